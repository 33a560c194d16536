#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Lists and checks the packages that the project needs.
#   packages.sh --missing build|offline  tries the tools and libraries of the build, or of the build
#                                without BPF, and names those that are missing; exit 1 if any is
#   packages.sh --install [kernels|screenshots|bench|bench-guest|debian13]  on Debian, as root,
#                                installs what is missing for building and testing, and for the
#                                virtual machines of check-kernels, the pictures, the peers of
#                                bench, bench-guest, or check-debian13
# CC, CLANG, BPFTOOL, CPPFLAGS, LDFLAGS as for make.
set -eu

# A library or tool, how to find it, and Debian's package.
offline_needs='zlib zlib.h zlib1g-dev
libzstd zstd.h libzstd-dev
libpcap pcap/pcap.h libpcap-dev
nettle nettle/aes.h nettle-dev
libseccomp seccomp.h libseccomp-dev
uthash uthash.h uthash-dev'
build_needs='libbpf bpf/libbpf.h libbpf-dev
libelf libelf.h libelf-dev'
check="iproute2 nftables ethtool tcpdump tshark clang-format clang-tidy cppcheck shellcheck lua-check lua5.4
	procps util-linux zstd jq curl libcap2-bin python3-jsonschema man-db zsh fish chromium"
screenshots="wireshark xvfb xdotool imagemagick x11-utils openbox chromium"
kernels="qemu-system-x86 busybox-static cpio kmod xz-utils dash ethtool"
bench="bpftrace bpfcc-tools linux-perf xdp-tools iperf3"
bench_guest="mmdebstrap qemu-system-x86 e2fsprogs"
debian13="mmdebstrap"

has_header() { # HEADER
	# shellcheck disable=SC2086 # lists of flags
	echo "#include <$1>" | ${CC:-gcc} ${CPPFLAGS-} -E -x c - >/dev/null 2>&1
}

# Sets missing and their packages.
look() { # build|offline
	missing='' packages=''
	if ! has_header stdio.h; then
		missing="a C compiler (CC=${CC:-gcc}) with the C library's headers"
		packages=" gcc libc6-dev"
		return 0 # nothing else can be tried
	fi
	needs=$offline_needs
	[ "$1" = offline ] || needs="$offline_needs
$build_needs"
	while read -r name header package; do
		has_header "$header" && continue
		missing="${missing:+$missing, }$name ($header)"
		packages="$packages $package"
	done <<-EOF
		$needs
	EOF
	[ "$1" != offline ] || return 0
	if ! echo 'int x;' | "${CLANG:-clang}" -target bpf -c -x c - -o /dev/null 2>/dev/null; then
		missing="${missing:+$missing, }a clang that compiles for BPF (CLANG=${CLANG:-clang})"
		packages="$packages clang"
	fi
	if ! "${BPFTOOL:-bpftool}" version >/dev/null 2>&1; then
		missing="${missing:+$missing, }bpftool (BPFTOOL=${BPFTOOL:-bpftool})"
		packages="$packages bpftool"
	fi
}

# The packages among these that are not installed.
absent() {
	for package in "$@"; do
		dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
			printf '%s ' "$package"
	done
}

# The sanitizers' library that belongs to Debian's clang: libclang-rt-14-dev in Debian 12.
sanitizers() {
	apt-cache show clang | sed -n 's/^Depends:.*clang-\([0-9]*\) .*/libclang-rt-\1-dev/p' | head -1
}

install() { # PACKAGE...
	[ "$(id -u)" = 0 ] || { echo "packages are missing: $*; run this as root" >&2; exit 1; }
	export DEBIAN_FRONTEND=noninteractive
	apt-get -qq -y --no-install-recommends install "$@" </dev/null >/dev/null
}

case "${1-}" in
--missing)
	look "${2-build}"
	[ -n "$missing" ] || exit 0
	echo "the build needs what this machine does not have: $missing" >&2
	command -v apt-get >/dev/null && echo "install it: sudo apt-get install$packages" >&2
	exit 1
	;;
--install)
	if ! command -v apt-get >/dev/null; then
		echo "this is not Debian: install what the tests need by hand (tests/packages.sh lists it)" >&2
		exit 0
	fi
	case "${2-}" in
	'') more= ;;
	kernels) more=$kernels ;;
	screenshots) more=$screenshots ;;
	bench) more=$bench ;;
	bench-guest) more=$bench_guest ;;
	debian13) more=$debian13 ;;
	*) echo "packages.sh: unknown list '$2'" >&2; exit 2 ;;
	esac
	libraries=$(printf '%s\n%s\n' "$offline_needs" "$build_needs" | awk '{ print $3 }')
	# shellcheck disable=SC2046,SC2086 # lists
	needed=$(absent gcc libc6-dev clang bpftool $libraries $check $more)
	if [ -n "$needed" ]; then
		[ "$(id -u)" = 0 ] && apt-get -qq update
		# shellcheck disable=SC2086 # a list
		install $needed
	fi
	rt=$(sanitizers)
	[ -z "$rt" ] || [ -z "$(absent "$rt")" ] || install "$rt"
	;;
*)
	echo "usage: packages.sh --missing build|offline | --install [kernels|screenshots|bench|bench-guest|debian13]" >&2
	exit 2
	;;
esac
