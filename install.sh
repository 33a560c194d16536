#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: install.sh install|uninstall global|user
# Puts the tool, its page and completion below PREFIX, and what belongs into Wireshark where Wireshark
# looks for it: for all users, or for one ("user"). Everything made, folders too, is noted in
# PREFIX/share/tcpdropcap/installed; uninstalling takes back that, and no more. A new version so leaves
# nothing of an old one, whose scripts Wireshark would still load. The Makefile calls it; its knobs:
#   BUILD PREFIX DESTDIR WITHOUT_BPF   as in the Makefile
#   WIRESHARK_LIBDIR WIRESHARK_DATADIR   what has plugins/ and extcap/, and what has profiles/
set -eu
: "${BUILD:=build}" "${PREFIX:=/usr/local}" "${DESTDIR:=}" "${WITHOUT_BPF:=}"
: "${WIRESHARK_LIBDIR:=}" "${WIRESHARK_DATADIR:=}"
noted=$PREFIX/share/tcpdropcap/installed

# The folder that tshark, if it is here, names so.
folder_named() {
	env -i PATH="$PATH" HOME=/ tshark -G folders 2>/dev/null | sed -n "s/^$1:[[:space:]]*//p" | head -1
}

# Wireshark's own folders are those of its package, whatever PREFIX is.
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

# 4.2 moved the extcap folder; each version passes over the other's.
find_personal() {
	config=${XDG_CONFIG_HOME:-$HOME/.config}/wireshark
	libdir=${WIRESHARK_LIBDIR:-$HOME/.local/lib/wireshark}
	plugins=$libdir/plugins
	extcaps="$config/extcap
$libdir/extcap"
	profiles=${WIRESHARK_DATADIR:-$config}/profiles
}

note() { printf '%s\n' "$1" >>"$DESTDIR$noted"; }

# Makes a folder and those above it; $made has those that are not noted yet.
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

link() { # FOLDER
	folder "$1"
	ln -sf "$PREFIX/bin/tcpdropcap" "$DESTDIR$1/tcpdropcap"
	note "$1/tcpdropcap"
}

put_all() {
	put 755 "$BUILD/tcpdropcap" "$PREFIX/bin" tcpdropcap
	put 644 capture/tcpdropcap.8 "$PREFIX/share/man/man8" tcpdropcap.8
	put 644 capture/completion.bash "$PREFIX/share/bash-completion/completions" tcpdropcap
	for script in dissector/*.lua; do
		put 644 "$script" "$plugins/tcpdropcap" "${script##*/}"
	done
	for file in dissector/profile/*; do
		[ ! -f "$file" ] || put 644 "$file" "$profiles/tcpdropcap" "${file##*/}"
	done
	[ -z "$WITHOUT_BPF" ] || return 0
	echo "$extcaps" | while IFS= read -r extcap; do
		link "$extcap"
	done
}

# Last what was made first. A folder that has got something else since stays.
take_back() {
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
'install global') find_global ;;
'install user') find_personal ;;
uninstall\ *)
	take_back
	exit
	;;
*)
	sed -n 's/^# \(usage: .*\)/\1/p' "$0" >&2
	exit 2
	;;
esac
[ -x "$BUILD/tcpdropcap" ] || { echo "$BUILD/tcpdropcap is not built: make" >&2; exit 1; }
umask 022
take_back
begin
put_all
[ -n "$WITHOUT_BPF$DESTDIR" ] || echo "To capture as an ordinary user, from Wireshark's list say, once:
    sudo setcap cap_bpf,cap_perfmon,cap_syslog+ep $PREFIX/bin/tcpdropcap
Then whoever can run it can capture; 'man tcpdropcap', PRIVILEGES, has a narrower way."
