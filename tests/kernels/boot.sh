#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: boot.sh KERNEL-DIRECTORY RESULTS [QEMU-OPTION...]
# Boots vmlinuz and initrd (with GUEST: initrd-GUEST) of the directory in a guest of GUEST_CPUS
# processors (default: 1), and unpacks the results that the guest sends into RESULTS. qemu's exit
# status is 0 even for a guest that panics, so the guest's last line on the console decides. On a
# busy machine the emulated timer may fail the kernel's check at its start, which it leaves out.
# Exits 1 with one line on stdout that says what went wrong.
set -u
kernel=$1 results=$2
shift 2
rm -rf "$results"
mkdir -p "$results"
timeout "${GUEST_SECONDS:-900}" qemu-system-x86_64 -machine q35 -accel tcg -cpu max -m 1024 -smp "${GUEST_CPUS:-1}" \
	-display none -no-reboot -nodefaults -monitor none \
	-serial "file:$results/console" -serial "file:$results/results.tgz" \
	-kernel "$kernel/vmlinuz" -initrd "$kernel/initrd${GUEST:+-$GUEST}" \
	-append "console=ttyS0 quiet panic=-1 no_timer_check" "$@" >"$results/qemu" 2>&1
status=$?

last_words() { (grep -m1 -aE 'panic|BUG|Oops' "$results/console" || tail -1 "$results/console") | tr -d '\r'; }
failed() {
	echo "$*"
	exit 1
}
[ $status != 124 ] || failed "the guest hangs, its last words: $(last_words)"
grep -q '^guest: .* is up' "$results/console" || failed "the guest did not start: $(last_words)"
grep -q '^guest: done' "$results/console" || failed "the guest ended early: $(last_words)"
tar -C "$results" -xzf "$results/results.tgz" 2>"$results/tar" ||
	failed "the guest's results are damaged: $(head -1 "$results/tar")"
