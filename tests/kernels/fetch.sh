#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: fetch.sh CACHE VERSION
# Unpacks Debian's newest cloud kernel of that version (such as 6.12) into CACHE/VERSION: vmlinuz
# and lib/modules. VERSION-full (6.1-full) is the kernel with the drivers of real machines. apt uses
# lists and a cache below CACHE, and the mirrors that the machine uses already; the machine's own
# configuration does not change. Exits 77 if the kernel is not available.
set -eu
cache=$(mkdir -p "$1" && cd "$1" && pwd)
version=$2
[ ! -e "$cache/$version/vmlinuz" ] || exit 0
case $version in
*-full) flavour=amd64 ;;
*) flavour=cloud-amd64 ;;
esac

# shellcheck source=tests/mirrors.sh
. "$(dirname "$0")/../mirrors.sh"

apt_with() {
	command=$1
	shift
	"$command" -q -o Dir::Etc::SourceList="$cache/apt/sources.list" -o Dir::Etc::SourceParts=/dev/null \
		-o Dir::State::Lists="$cache/apt/lists" -o Dir::Cache="$cache/apt/cache" \
		-o Dir::State::status=/dev/null -o APT::Sandbox::User=root "$@"
}

if [ ! -e "$cache/apt/done" ]; then
	mkdir -p "$cache/apt/lists/partial" "$cache/apt/cache/archives/partial"
	for suite in bullseye-security bookworm-security trixie-security; do
		echo "deb $(mirror security) $suite main"
	done >"$cache/apt/sources.list"
	echo "deb $(mirror '!security') trixie-backports main" >>"$cache/apt/sources.list"
	apt_with apt-get update >"$cache/apt/log" 2>&1 || exit 77
	touch "$cache/apt/done"
fi

# A kernel that is listed may no longer have its file: takes the newest that can be downloaded.
packages=$(apt_with apt-cache pkgnames "linux-image-${version%-full}." |
	grep -E "^linux-image-[0-9.]+(-[0-9]+|\\+deb[0-9.]+)-$flavour\$" | sort -rV | head -4)
rm -rf "$cache/debs-$version"
mkdir "$cache/debs-$version"
cd "$cache/debs-$version"
for package in $packages; do
	# Since 7.2 the image's files are in two more packages.
	parts=$(apt_with apt-cache show "$package" | sed -n 's/^Depends: //p' | tr ',' '\n' |
		sed -n 's/^ *\(linux-\(binary\|modules\)-[^ ]*\).*/\1/p')
	# shellcheck disable=SC2086 # a list
	apt_with apt-get download "$package" $parts >>"$cache/apt/log" 2>&1 && break
	rm -f ./*.deb
done
ls ./*.deb >/dev/null 2>&1 || exit 77
for deb in ./*.deb; do
	dpkg-deb -x "$deb" root
done
# With a merged /usr and without: vmlinuz is under boot/ or beside the modules.
kernel=$(find root -name 'vmlinuz*' -type f | head -1)
modules=$(find root -type d -path '*/lib/modules/*' -prune | head -1)
[ -n "$kernel" ] && [ -n "$modules" ] || exit 77
mkdir -p "$cache/$version.new/lib/modules"
cp "$kernel" "$cache/$version.new/vmlinuz"
mv "$modules" "$cache/$version.new/lib/modules/"
cd "$cache"
rm -rf "debs-$version" "$version"
mv "$version.new" "$version"
