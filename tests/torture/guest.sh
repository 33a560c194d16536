#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: guest.sh BUILD SECONDS VERSION...
# Plays the rounds of run.sh in Debian's kernels under qemu, one kernel after the other, for SECONDS
# each: these have VLANs, netem and other features that the machine's own kernel may lack.
set -u
here=$(cd "$(dirname "$0")" && pwd)
build=$1 seconds=$2 status=0 ran=0
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
		ran=$((ran + 1))
		if ! grep -q '^ok' "$results/torture" || [ "$(tail -1 "$results/torture")" != 'status 0' ]; then
			echo "not ok torture on $version: no round was played, or a round failed: $(tail -1 "$results/torture")"
			status=1
		fi
	else
		echo "not ok torture on $version: $(cat "$results.failed")"
		status=1
	fi
done
if [ $ran = 0 ]; then
	echo "not ok torture: no kernel could be booted"
	status=1
fi
exit $status
