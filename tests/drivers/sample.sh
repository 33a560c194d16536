#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: sample.sh BUILD MODEL FILE
# Makes a small capture with a real driver, in a guest with Debian's 6.1 cloud kernel: nftables
# drops seven segments on input, which are retransmitted. Writes FILE only if the capture has all
# these events.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
build=$1 model=$2 file=$3 version=6.1
GUEST=sample-$model MODELS=$model STEPS=sample
export GUEST MODELS STEPS
make -s --no-print-directory BUILD="$build" lab-static
sh "$here/../kernels/fetch.sh" "$build/kernels" $version
sh "$here/../kernels/initrd.sh" "$build/kernels" $version "$build/tcpdropcap-static" "$build/tests/peer-static"
# shellcheck disable=SC2046 # options
sh "$here/cable.sh" "drivers-$$" sh "$here/../kernels/boot.sh" "$build/kernels/$version" "$build/driver-results/$GUEST" \
	$(sh "$here/models.sh" qemu "$model")
sh "$here/../live/judge.sh" "$build/driver-results/$GUEST" dissector/tcpdropcap.lua "$model" >"$build/driver-results/$GUEST.judged" || {
	grep '^not ok' "$build/driver-results/$GUEST.judged"
	exit 1
}
cp "$build/driver-results/$GUEST/$model/drops.pcapng" "$file"
