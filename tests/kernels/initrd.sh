#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: initrd.sh CACHE VERSION TOOL PEER SCENARIO...
# Makes CACHE/VERSION/initrd: busybox, ip, nft, ss, tc and tcpdump with their libraries, the modules
# that the lab needs, tcpdropcap, the lab and its scenarios; "suspend" is one that is played last.
# The guest uses nothing else. With COST=1 it also measures the cost of the hooks (cost.sh). With
# MODELS="vmxnet3 ..." it is the guest of tests/drivers, CACHE/VERSION/initrd-GUEST, and runs that
# lab (or STEPS of it) for each of these network cards; with TORTURE=SECONDS it is the guest of
# tests/torture, and plays random rounds for that time.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
kernel=$1/$2 tool=$3 peer=$4
shift 4
models=${MODELS:-}
initrd=$kernel/initrd${GUEST:+-$GUEST}
root=$initrd.root
modules="af_packet veth nf_tables nf_tables_inet nf_tables_ipv4 nf_tables_ipv6 nft_numgen nft_quota nft_counter
	nft_limit nft_compat nft_reject_inet nft_tproxy tun xfrm_user sch_tbf sch_ingress cls_bpf tcp_diag"
on_demand="tcp_bbr macvlan ipvlan vxlan geneve ip_gre ip6_gre ipip sit ip6_tunnel 8021q"
programs="ip nft ss tc tcpdump"
if [ -n "$models" ]; then
	# nf_tables needs a checksum that the full kernel has in a module.
	modules="crc32c_generic $modules nf_tables_netdev 8021q ipip $(sh "$here/../drivers/models.sh" drivers)"
	programs="$programs ethtool"
fi
if [ -n "${TORTURE:-}" ]; then
	modules="$modules nft_objref nft_ct nft_fib nf_tables_netdev nf_nat nft_chain_nat nft_nat nft_masq nft_redir nft_reject_bridge nft_reject_netdev
		nft_reject_ipv4 nft_reject_ipv6 nf_tables_bridge nft_meta_bridge 8021q macvlan vxlan bridge sch_netem mptcp_diag"
	programs="$programs ethtool bridge lua5.4 stdbuf"
fi
rm -rf "$root"
mkdir -p "$root/bin" "$root/lib" "$root/usr/sbin" "$root/usr/bin" "$root/live" "$root/proc" "$root/sys" \
	"$root/dev" "$root/run" "$root/tmp" "$root/etc"

cp /bin/busybox "$root/bin/"
for applet in $("$root/bin/busybox" --list); do
	[ "$applet" = busybox ] || ln -sf busybox "$root/bin/$applet"
done

# Adds a program and the libraries that ldd lists.
add_program() { # PATH TO
	cp "$(readlink -f "$1")" "$root$2"
	ldd "$1" | sed -n 's/.*=> \(\/[^ ]*\).*/\1/p; s/^[[:space:]]*\(\/[^ ]*ld-linux[^ ]*\).*/\1/p' |
		while read -r library; do
			mkdir -p "$root$(dirname "$library")"
			cp -Ln "$library" "$root$library"
		done
}
for program in $programs; do
	path=$(PATH=$PATH:/usr/sbin:/sbin command -v "$program")
	add_program "$path" "/usr/sbin/$program"
done
cp "$tool" "$root/tcpdropcap"
cp "$peer" "$root/peer"
for program in deny inject tap owners redirect xdp lives odd_lives mover; do
	cp "${peer%/*}/$program-static" "$root/$program"
done
cp -r "$here/../live/lib.sh" "$here/../live/expect.sh" "$here/../live/provoke.sh" "$here/../live/scenarios" "$root/live/"
[ -z "${COST:-}" ] || cp "$here/cost.sh" "$root/cost.sh"
cp "$here/init" "$root/init"
chmod 755 "$root/init"
# busybox's shell prefers its own ip to the one in the path; dash does not.
rm "$root/bin/sh"
add_program /bin/dash /bin/sh
for scenario in "$@"; do
	case $scenario in
	suspend) cp "$here/suspend.sh" "$root/" ;;
	*) printf '%s ' "$scenario" ;;
	esac
done >"$root/scenarios"
# shellcheck disable=SC2086 # a list
echo $modules >"$root/modules"
if [ -n "$models" ]; then
	cp "$here/../drivers/lab.sh" "$here/../drivers/cards.sh" "$root/live/"
	echo "$models" >"$root/models"
	echo "${STEPS:-}" >"$root/steps"
fi
if [ -n "${TORTURE:-}" ]; then
	cp -r "$here/../torture" "$root/"
	cp "${peer%/*}/actors-static" "$root/actors"
	echo "$TORTURE" >"$root/torture/seconds"
fi
echo "root:x:0:0::/:/bin/sh" >"$root/etc/passwd"

# The modules with all their dependencies, uncompressed, since busybox cannot unpack xz.
release=$(ls "$kernel/lib/modules")
mkdir -p "$root/lib/modules/$release"
depmod -b "$kernel" "$release"
for module in $modules $on_demand; do
	modprobe -d "$kernel" -S "$release" --show-depends "$module" 2>/dev/null || true
done | sed -n 's/^insmod \([^ ]*\).*/\1/p' | sort -u | while read -r file; do
	cp "$file" "$root/lib/modules/$release/"
	case $file in
	*.xz) xz -d -f "$root/lib/modules/$release/$(basename "$file")" ;;
	*.zst) zstd -q -d --rm -f "$root/lib/modules/$release/$(basename "$file")" ;;
	esac
done
depmod -b "$root" "$release" 2>/dev/null
(cd "$root" && find . | cpio -o -H newc --quiet | gzip -1) >"$initrd"
rm -rf "$root"
