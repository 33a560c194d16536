#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: install.sh install|uninstall global|user
# Installs the program, its man page and its completion below PREFIX, and the plugin, the profiles
# and the capture interface in Wireshark's folders, for all users (global) or for one (user). Each
# file and folder that it makes is listed in PREFIX/share/tcpdropcap/installed. Uninstalling removes
# these and no others; installing begins with it, because Wireshark would still load the scripts of
# an older version. The Makefile calls it with these variables:
#   BUILD PREFIX DESTDIR WITHOUT_BPF   as in the Makefile
#   WIRESHARK_LIBDIR                   the folder of plugins/ and extcap/
#   WIRESHARK_DATADIR                  the folder of profiles/
#   SYSTEMD_UNITDIR                    the folder of the service, for all users; empty: none
set -eu
: "${BUILD:=build}" "${PREFIX:=/usr/local}" "${DESTDIR:=}" "${WITHOUT_BPF:=}"
: "${WIRESHARK_LIBDIR:=}" "${WIRESHARK_DATADIR:=}"
noted=$PREFIX/share/tcpdropcap/installed

# The folder with that name in the list of tshark, if tshark is installed.
folder_named() {
	env -i PATH="$PATH" HOME=/ tshark -G folders 2>/dev/null | sed -n "s/^$1:[[:space:]]*//p" | head -1
}

# The folders of Wireshark's package do not depend on our PREFIX.
find_global() {
	libdir=${WIRESHARK_LIBDIR:-/usr/lib/$(gcc -print-multiarch 2>/dev/null || true)}
	[ -n "$WIRESHARK_LIBDIR" ] || libdir=${libdir%/}/wireshark
	plugins=$libdir/plugins extcaps=$libdir/extcap
	data=${WIRESHARK_DATADIR:-$(folder_named 'Global configuration')}
	profiles=${data:-/usr/share/wireshark}/profiles
	[ -z "$WIRESHARK_LIBDIR" ] || return 0
	found=$(folder_named 'Global Lua Plugins')
	plugins=${found:-$plugins}
	found=$(folder_named '\(Global \)\{0,1\}[Ee]xtcap path') # "Extcap path" in 4.0
	extcaps=${found:-$extcaps}
}

# Wireshark 4.2 moved the extcap folder; each version ignores the other's.
find_personal() {
	config=${XDG_CONFIG_HOME:-$HOME/.config}/wireshark
	libdir=${WIRESHARK_LIBDIR:-$HOME/.local/lib/wireshark}
	plugins=$libdir/plugins
	extcaps="$config/extcap
$libdir/extcap"
	profiles=${WIRESHARK_DATADIR:-$config}/profiles
}

note() { printf '%s\n' "$1" >>"$DESTDIR$noted"; }

# Makes a folder and its parents. $made collects them until the list exists.
folder() {
	[ ! -d "$DESTDIR$1" ] || return 0
	folder "$(dirname "$1")"
	mkdir "$DESTDIR$1"
	chmod 755 "$DESTDIR$1"
	if [ -e "$DESTDIR$noted" ]; then note "$1"; else made="$made$1
"; fi
}

begin() {
	made=
	mkdir -p "$DESTDIR/"
	folder "$PREFIX/share/tcpdropcap"
	printf '%s%s\n' "$made" "$noted" >"$DESTDIR$noted"
	chmod 644 "$DESTDIR$noted"
}

put() { # MODE FILE FOLDER NAME
	folder "$3"
	rm -f "$DESTDIR$3/$4"
	cp "$2" "$DESTDIR$3/$4"
	chmod "$1" "$DESTDIR$3/$4"
	note "$3/$4"
}

# The script of a shell, printed by the program itself.
put_completion() { # SHELL FOLDER NAME
	folder "$2"
	rm -f "$DESTDIR$2/$3"
	"$BUILD/tcpdropcap" --completion "$1" >"$DESTDIR$2/$3"
	chmod 644 "$DESTDIR$2/$3"
	note "$2/$3"
}

# The profile tcpdropcap-wire has files of its own for some of those of tcpdropcap.
put_in_profiles() { # FILE NAME
	wire=dissector/profile-wire/$2
	[ -f "$wire" ] || wire=$1
	put 644 "$1" "$profiles/tcpdropcap" "$2"
	put 644 "$wire" "$profiles/tcpdropcap-wire" "$2"
}

link() { # FOLDER
	folder "$1"
	ln -sf "$PREFIX/bin/tcpdropcap" "$DESTDIR$1/tcpdropcap"
	note "$1/tcpdropcap"
}

# The unit names the installed files. Where it goes, nothing is started.
put_service() {
	[ -n "$units" ] || return 0
	put 755 docs/service/spool.sh "$PREFIX/libexec/tcpdropcap" spool
	unit=$BUILD/tcpdropcap.service.installed
	sed "s,@bindir@,$PREFIX/bin,; s,@libexecdir@,$PREFIX/libexec/tcpdropcap," docs/service/tcpdropcap.service >"$unit"
	put 644 "$unit" "$units" tcpdropcap.service
	rm -f "$unit"
}

put_all() {
	put 755 "$BUILD/tcpdropcap" "$PREFIX/bin" tcpdropcap
	put 644 capture/tcpdropcap.8 "$PREFIX/share/man/man8" tcpdropcap.8
	put 644 docs/wireshark.md "$PREFIX/share/doc/tcpdropcap" wireshark.txt
	put_completion bash "$PREFIX/share/bash-completion/completions" tcpdropcap
	put_completion zsh "$PREFIX/share/zsh/site-functions" _tcpdropcap
	put_completion fish "$PREFIX/share/fish/vendor_completions.d" tcpdropcap.fish
	for script in dissector/*.lua; do
		put 644 "$script" "$plugins/tcpdropcap" "${script##*/}"
	done
	for file in dissector/profile/*; do
		[ ! -f "$file" ] || put_in_profiles "$file" "${file##*/}"
	done
	[ -z "$WITHOUT_BPF" ] || return 0
	put_service
	echo "$extcaps" | while IFS= read -r extcap; do
		link "$extcap"
	done
}

# Removes in the reverse order. A folder that holds files of others stays.
remove_installed() {
	[ -e "$DESTDIR$noted" ] || return 0
	backwards=$(sed '1!G;h;$!d' "$DESTDIR$noted")
	echo "$backwards" | while IFS= read -r path; do
		if [ -d "$DESTDIR$path" ] && [ ! -L "$DESTDIR$path" ]; then
			rmdir "$DESTDIR$path" 2>/dev/null || true
		else
			rm -f "$DESTDIR$path"
		fi
	done
}

case "$*" in
'install global')
	find_global
	units=${SYSTEMD_UNITDIR-$PREFIX/lib/systemd/system}
	;;
'install user')
	find_personal
	units=
	;;
uninstall\ *)
	remove_installed
	exit
	;;
*)
	sed -n 's/^# \(usage: .*\)/\1/p' "$0" >&2
	exit 2
	;;
esac
[ -x "$BUILD/tcpdropcap" ] || { echo "$BUILD/tcpdropcap is not built: make" >&2; exit 1; }
umask 022
remove_installed
begin
put_all
[ -n "$WITHOUT_BPF$DESTDIR" ] || echo "To capture as an ordinary user, for example from Wireshark, run once:
    sudo setcap cap_bpf,cap_perfmon,cap_syslog+ep $PREFIX/bin/tcpdropcap
Every user who can run it can then capture. 'man tcpdropcap', PRIVILEGES, limits this to a group."
