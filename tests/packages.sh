#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Debian packages that the project needs.
#   packages.sh --install [kernels|screenshots|bench]  installs what is missing for building and testing
#                                (root), for the virtual machines of check-kernels, for pictures or for the
#                                peers of bench as well
#   packages.sh --missing build|offline  says which packages for building, or for building without BPF,
#                                are missing; exit 1 if any is
set -eu

offline="gcc libc6-dev zlib1g-dev libzstd-dev libpcap-dev uthash-dev"
build="$offline clang llvm libbpf-dev libelf-dev bpftool"
check="iproute2 nftables ethtool tcpdump tshark clang-format clang-tidy cppcheck shellcheck lua-check lua5.4
	libclang-rt-14-dev procps util-linux zstd libcap2-bin man-db zsh fish"

screenshots="wireshark xvfb xdotool imagemagick x11-utils openbox"
kernels="qemu-system-x86 busybox-static cpio kmod xz-utils dash ethtool"
bench="bpftrace linux-perf xdp-tools"

missing() {
	for package in "$@"; do
		dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
			printf '%s ' "$package"
	done
}

case "${1-}" in
--install)
	[ "${2-}" = kernels ] || kernels=
	[ "${2-}" = screenshots ] || screenshots=
	[ "${2-}" = bench ] || bench=
	# shellcheck disable=SC2086 # a list
	needed=$(missing $build $check $kernels $screenshots $bench)
	[ -n "$needed" ] || exit 0
	[ "$(id -u)" = 0 ] || { echo "packages missing: $needed; run as root" >&2; exit 1; }
	export DEBIAN_FRONTEND=noninteractive
	apt-get -qq update
	# shellcheck disable=SC2086 # a list
	apt-get -qq -y --no-install-recommends install $needed </dev/null >/dev/null
	;;
--missing)
	command -v dpkg-query >/dev/null || exit 0 # not Debian: the compiler will say
	[ "${2-}" = offline ] && build=$offline
	# shellcheck disable=SC2086 # a list
	needed=$(missing $build)
	[ -z "$needed" ] || {
		echo "packages missing for the build: $needed" >&2
		echo "install them: sudo apt-get install $needed" >&2
		exit 1
	}
	;;
*)
	echo "usage: packages.sh --install | --missing build|offline" >&2
	exit 2
	;;
esac
