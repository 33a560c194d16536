# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# For tests that read files with tshark: prints a line per result, and runs tshark with the
# dissector as an ordinary user, since Wireshark from 4.4 on silently ignores Lua scripts as root.
# Sourced.

status=0

ok() {
	echo "ok $1"
}

not_ok() {
	printf 'not ok %s: %s\n' "$1" "$2"
	status=1
}

skip() {
	echo "skip $1: $2"
}

# same NAME GOT EXPECTED
same() {
	if [ "$2" = "$3" ]; then
		ok "$1"
	else
		not_ok "$1" "got \"$2\", expected \"$3\""
	fi
}

# tshark_setup SCRIPT: makes $work, removed at exit, with the script in it. Skips all tests if it
# cannot. TSHARK_ROOT is a folder to run tshark in with chroot, as wireshark-new.sh makes it.
tshark_setup() {
	TSHARK_ROOT=${TSHARK_ROOT-}
	if [ -z "$TSHARK_ROOT" ] && ! command -v tshark >/dev/null; then
		skip tshark "tshark is not installed"
		exit $status
	fi
	drop_root=
	if [ "$(id -u)" -eq 0 ]; then
		if ! command -v setpriv >/dev/null; then
			skip tshark "setpriv, which drops root, is not installed"
			exit $status
		fi
		drop_root="setpriv --reuid=65534 --regid=65534 --clear-groups"
	fi
	if [ -n "$TSHARK_ROOT" ]; then
		if [ -z "$drop_root" ]; then
			skip tshark "chroot needs root"
			exit $status
		fi
		drop_root="chroot --userspec=65534:65534 --groups= $TSHARK_ROOT"
	fi
	work=$(mktemp -d "$TSHARK_ROOT${TMPDIR:-/tmp}/XXXXXX") || exit 1
	trap 'rm -rf "$work"' EXIT
	trap 'exit 1' HUP INT TERM
	mkdir "$work/home" "$work/plugins"
	chmod 755 "$work"
	if [ -n "$drop_root" ]; then
		chown 65534:65534 "$work/home"
	fi
	: >"$work/stderr"
	cp "$1" "$work/dissector.lua"
	chmod 644 "$work/dissector.lua"
}

install_profile() { # FOLDER
	mkdir -p "$work/home/.config/wireshark/profiles"
	cp -r "$1" "$work/home/.config/wireshark/profiles/tcpdropcap"
	chmod -R a+rX "$work/home"
}

# The profile tcpdropcap-wire, of the files of tcpdropcap and this folder.
install_profile_wire() { # FOLDER
	cp -r "$work/home/.config/wireshark/profiles/tcpdropcap" "$work/home/.config/wireshark/profiles/tcpdropcap-wire"
	cp "$1"/* "$work/home/.config/wireshark/profiles/tcpdropcap-wire"
}

# Runs tshark independently of the user's settings and of a copy of the dissector that is installed.
run_tshark() {
	inside=${work#"$TSHARK_ROOT"}
	# shellcheck disable=SC2086,SC2016 # drop_root is a command and its arguments; sh expands the rest
	env -i PATH="$PATH" LC_ALL=C.UTF-8 HOME="$inside/home" WIRESHARK_PLUGIN_DIR="$inside/plugins" \
		$drop_root sh -c 'cd "$0" && exec tshark "$@"' "$inside" "$@" 2>>"$work/stderr"
}

# The same, on $work/file.pcapng and with the script. TCP analysis is off: a file of events is not a
# complete flow, and would get expert notes for that. tshark takes UDP for the protocol of the lower
# port, and the kernel sends Geneve (6081) from any port (udp_flow_src_port() in geneve.c); VXLAN is
# 4789.
dissect() {
	run_tshark -r file.pcapng -X lua_script:dissector.lua -d udp.port==1-4788,geneve \
		-d udp.port==4790-6080,geneve -o tcp.analyze_sequence_numbers:FALSE "$@"
}
