#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: guest.sh BUILD SECONDS VERSION...
# The same rounds in Debian's kernels under qemu, one after the other, for so long each: these have what the machine's
# own kernel may lack, VLANs and netem among it.
set -u
here=$(cd "$(dirname "$0")" && pwd)
build=$1 seconds=$2 status=0
shift 2
GUEST=torture TORTURE=$seconds GUEST_SECONDS=$((seconds * 2 + 240))
export GUEST TORTURE GUEST_SECONDS
mkdir -p "$build/kernels" "$build/torture-results"
for version in "$@"; do
	results=$build/torture-results/$version
	sh "$here/../kernels/fetch.sh" "$build/kernels" "$version" || {
		echo "skip torture on $version: Debian has no cloud kernel of it to download"
		continue
	}
	if sh "$here/../kernels/initrd.sh" "$build/kernels" "$version" "$build/tcpdropcap-static" "$build/tests/peer-static" &&
		sh "$here/../kernels/boot.sh" "$build/kernels/$version" "$results" >"$results.failed"; then
		sed "s/^\(ok\|not ok\|skip\) /\1 $version: /" "$results/torture"
		grep -q '^ok' "$results/torture" || echo "not ok torture on $version: no round was played"
		! grep -q '^not ok' "$results/torture" || status=1
	else
		echo "not ok torture on $version: $(cat "$results.failed")"
		status=1
	fi
done
exit $status
