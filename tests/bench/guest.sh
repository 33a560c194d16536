#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: guest.sh BUILD SCRIPT [ARGUMENT...]
# Runs a benchmark (life.sh, top.sh) in a virtual machine with Debian 12, its kernel and that
# kernel's headers, without which bcc's tools do not work. Prints what the benchmark prints. The
# machine is emulated: only the ratios within its tables mean anything. The root is kept in
# BUILD/bench-guest for the next time. Needs root, mmdebstrap, qemu and a mirror.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
build=$1 script=$2
shift 2
guest=$build/bench-guest
packages=linux-image-cloud-amd64,linux-headers-cloud-amd64,initramfs-tools,kmod,bpfcc-tools,bpftrace,iproute2,nftables,procps,iperf3,gawk

# shellcheck source=tests/mirrors.sh
. "$here/../mirrors.sh"
mkdir -p "$guest"
if [ ! -e "$guest/root/boot" ]; then
	rm -rf "$guest/root"
	mmdebstrap --quiet --variant=minbase --include=$packages bookworm "$guest/root" \
		"deb $(mirror '!security') bookworm main"
fi

# The benchmark, and an init that runs it.
project=$guest/root/project
rm -rf "$project"
mkdir -p "$project/build/tests"
cp -r "$here/.." "$project/tests"
cp "$build/tcpdropcap-static" "$project/build/tcpdropcap"
for binary in peer connections hold; do
	cp "$build/tests/$binary" "$project/build/tests/"
done
cat >"$guest/root/init" <<-END
	#!/bin/sh
	export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
	mount -t proc proc /proc
	mount -t sysfs sysfs /sys
	mount -t devtmpfs dev /dev 2>/dev/null
	mount -t tmpfs tmpfs /run
	mount -t tmpfs tmpfs /tmp
	mount -t cgroup2 none /sys/fs/cgroup
	mount -t debugfs none /sys/kernel/debug
	ip link set lo up
	cd /project
	sh tests/bench/$script build $* >/dev/ttyS1 2>/dev/ttyS0
	echo "guest: done" >/dev/ttyS0
	echo o >/proc/sysrq-trigger
	sleep 60
END
chmod +x "$guest/root/init"
rm -f "$guest/disk"
mke2fs -q -t ext4 -d "$guest/root" "$guest/disk" 3G

timeout "${GUEST_SECONDS:-7200}" qemu-system-x86_64 -machine q35 -accel tcg,thread=multi -cpu max -m 3072 -smp 2 \
	-display none -no-reboot -nodefaults -monitor none \
	-serial "file:$guest/console" -serial "file:$guest/table" \
	-drive "file=$guest/disk,format=raw,if=virtio" \
	-kernel "$(echo "$guest"/root/boot/vmlinuz-*)" -initrd "$(echo "$guest"/root/boot/initrd.img-*)" \
	-append "console=ttyS0 quiet panic=-1 root=/dev/vda rw init=/init" >"$guest/qemu" 2>&1 || true
tr -d '\r' <"$guest/table"
grep -q '^guest: done' "$guest/console" || {
	echo "the guest did not come to its end: $(tail -1 "$guest/console" | tr -d '\r')" >&2
	exit 1
}
