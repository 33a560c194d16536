#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: debian13.sh FOLDER COMMAND...
# Runs a command in a fresh Debian 13, in a clone of the last commit: a root of its own below
# FOLDER, with mounts of its own. The kernel, its namespaces of networks and its processes are the
# machine's. The root is kept for the next time; remove FOLDER to start again. Needs root,
# mmdebstrap and a mirror.
set -eu
folder=$(mkdir -p "$1" && cd "$1" && pwd)
shift
root=$folder/root

# shellcheck source=tests/mirrors.sh
. "$(dirname "$0")/mirrors.sh"
if [ ! -e "$root/etc/debian_version" ]; then
	main=$(mirror '!security') security=$(mirror security)
	rm -rf "$root"
	mmdebstrap --quiet --variant=minbase --include=ca-certificates,git,make trixie "$root" \
		"deb $main trixie main" ${security:+"deb $security trixie-security main"}
fi
rm -rf "$root/project"
git clone -q . "$root/project"

# Mounts are private to this process, and end with it.
# shellcheck disable=SC2016 # the inner shell expands it
exec unshare --mount --propagation private sh -euc '
	root=$1
	shift
	mount --bind "$root" "$root"
	mount -t proc proc "$root/proc"
	mount --rbind /sys "$root/sys"
	mount --rbind /dev "$root/dev"
	mount -t tmpfs tmpfs "$root/run"
	mount -t tmpfs tmpfs "$root/tmp"
	cp /etc/hosts /etc/resolv.conf "$root/etc/" 2>/dev/null || true
	exec chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
		sh -c "cd /project && exec \"\$@\"" sh "$@"
' sh "$root" "$@"
