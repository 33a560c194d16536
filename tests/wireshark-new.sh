#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: wireshark-new.sh FOLDER
# Unpacks tshark of Debian 13 (Wireshark 4.4, Lua 5.4) with all that it needs into FOLDER/root, to
# run there with chroot. apt works with lists and a cache of its own, from the mirrors that the
# machine uses already. Exits 77 if it is not available.
set -eu
folder=$(mkdir -p "$1" && cd "$1" && pwd)
[ ! -e "$folder/root/usr/bin/tshark" ] || exit 0

mirror() { # PATTERN: the first mirror whose address matches, or does not if it starts with !
	sed -n 's/^URIs: *\([^ ]*\).*/\1/p; s/^deb \(\[[^]]*\] \)\{0,1\}\([^ ]*\).*/\2/p' \
		/etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | grep debian |
		if [ "${1#!}" = "$1" ]; then grep "$1"; else grep -v "${1#!}"; fi | head -1
}

apt_with() {
	apt-get -q -o Dir::Etc::SourceList="$folder/apt/sources.list" \
		-o Dir::Etc::SourceParts=/dev/null -o Dir::State::Lists="$folder/apt/lists" \
		-o Dir::Cache="$folder/apt/cache" -o Dir::State::status=/dev/null \
		-o APT::Sandbox::User=root "$@" >>"$folder/apt/log" 2>&1
}

mkdir -p "$folder/apt/lists/partial" "$folder/apt/cache/archives/partial"
{
	echo "deb $(mirror '!security') trixie main"
	echo "deb $(mirror security) trixie-security main"
} >"$folder/apt/sources.list"
# With no package installed, apt names all that tshark needs, and dash to start it.
apt_with update || exit 77
apt_with install -y --download-only --no-install-recommends tshark dash || exit 77
rm -rf "$folder/root.new" "$folder/root"
mkdir "$folder/root.new"
for link in bin lib lib64 sbin; do
	mkdir -p "$folder/root.new/usr/$link"
	ln -s "usr/$link" "$folder/root.new/$link"
done
for deb in "$folder"/apt/cache/archives/*.deb; do
	dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$folder/root.new" --keep-directory-symlink
done
mkdir -p "$folder/root.new/tmp"
chmod 1777 "$folder/root.new/tmp"
mv "$folder/root.new" "$folder/root"
rm -rf "$folder/apt/cache"
