#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: check.sh TOOL PEER CACHE RESULTS GUEST...
# The lab of real drivers. A GUEST is a kernel of tests/kernels/fetch.sh and the network cards that
# it gets, such as 6.1:virtio-net-pci,vmxnet3. Boots the guests, two at a time, and judges here the
# captures that each leaves. A kernel that cannot be downloaded and a card that qemu does not have
# are skipped with their reason; if more than a third of the cards is skipped, that is a failure.
set -u
here=$(cd "$(dirname "$0")" && pwd)
tool=$1 peer=$2 cache=$3 results=$4
shift 4
mkdir -p "$cache" "$results"

qemu-system-x86_64 -device help 2>/dev/null | sed -n 's/^name "\([^"]*\)".*/\1/p' >"$results/models"

all_models_of() { echo "${1#*:}" | tr , '\n'; } # GUEST
models_of() { all_models_of "$1" | grep -Fxf "$results/models"; }
name_of() { echo "$1" | tr :, --; }

boot() { # GUEST: leaves RESULTS/NAME and NAME.judged, or the reason in NAME.failed or .skipped
	guest=$(name_of "$1") version=${1%%:*} models=$(models_of "$1" | paste -sd' ')
	out=$results/$guest
	rm -rf "${out:?}" "$out".*
	sh "$here/../kernels/fetch.sh" "$cache" "$version" 2>"$out.log"
	status=$?
	if [ $status = 77 ]; then
		echo "Debian has no such kernel to download" >"$out.skipped"
		return
	fi
	if [ $status != 0 ] || ! GUEST=$guest MODELS=$models \
		sh "$here/../kernels/initrd.sh" "$cache" "$version" "$tool" "$peer" 2>>"$out.log"; then
		tail -1 "$out.log" >"$out.failed"
		return
	fi
	for next in second third no; do
		attempt && return
		[ $next = no ] || echo "this is a $next try; in the one before: $(cat "$out.failed" "$out.judged" 2>/dev/null |
			grep -m1 -v '^ok ')" >>"$out.again"
	done
}

# A guest that stalls in emulation loses packets that no real machine would: it has two more tries,
# which are reported.
attempt() { # for $guest
	rm -f "$out.failed" "$out.judged" "$out.status"
	# shellcheck disable=SC2046,SC2086 # options, a list
	GUEST=$guest sh "$here/cable.sh" "drivers-$$-$turn" sh "$here/../kernels/boot.sh" "$cache/$version" "$out" \
		$(sh "$here/models.sh" qemu $models) >"$out.failed" || return 1
	rm "$out.failed"
	# shellcheck disable=SC2086 # a list
	sh "$here/../live/judge.sh" "$out" dissector/tcpdropcap.lua $models >"$out.judged"
	echo $? >"$out.status"
	return "$(cat "$out.status")"
}

# One after the other, since two guests may need the same kernel.
for guest in "$@"; do
	sh "$here/../kernels/fetch.sh" "$cache" "${guest%%:*}" >/dev/null 2>&1
done
# Two workers: each boots every second guest.
worker() { # 0|1 GUEST...
	turn=$1 skip=$1
	shift
	for worker_guest in "$@"; do
		[ "$skip" = 1 ] || boot "$worker_guest"
		skip=$((1 - skip))
	done
}
worker 0 "$@" &
worker 1 "$@" &
wait

asked=0 ran=0 status=0
for guest in "$@"; do
	out=$results/$(name_of "$guest")
	for model in $(all_models_of "$guest"); do
		asked=$((asked + 1))
		if [ -e "$out.skipped" ]; then
			echo "skip ${guest%%:*} $model: $(cat "$out.skipped")"
		elif ! grep -qFx "$model" "$results/models"; then
			echo "skip ${guest%%:*} $model: qemu has no such card"
		elif [ -e "$out.judged" ]; then
			ran=$((ran + 1))
		fi
	done
	[ ! -e "$out.again" ] || sed "s/^/skip $guest: /" "$out.again"
	if [ -e "$out.failed" ]; then
		echo "not ok $guest: $(cat "$out.failed")"
		status=1
	elif [ -e "$out.judged" ]; then
		[ "$(cat "$out.status")" = 0 ] || status=1
		sed "s/^\(ok\|not ok\|skip\) /\1 $(cat "$out/release") /" "$out.judged"
	fi
done
if [ $((ran * 3)) -lt $((asked * 2)) ]; then
	echo "not ok drivers: only $ran of $asked cards were tried, too few to say anything"
	status=1
fi
exit $status
