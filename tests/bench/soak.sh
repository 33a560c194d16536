#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: soak.sh BUILD
# A capture into a ring of files, for SOAK_SECONDS (1800), with SOAK_RATE (5000) dropped SYNs a
# second, each from another address and port than those of the minutes before: its memory must stay
# what it is after the first tenth of the time, and nothing may be lost. Prints a table. Root.
set -u
build=$(cd "$1" && pwd)
tool=$build/tcpdropcap flood=$build/tests/flood
seconds=${SOAK_SECONDS:-1800} rate=${SOAK_RATE:-5000}
[ "$(id -u)" = 0 ] || { echo "soak: run it as root" >&2; exit 1; }
work=$(mktemp -d) || exit 1
near=tskn$$ far=tskf$$ pid=
# shellcheck disable=SC2317 # the trap calls it
clean_up() {
	[ -z "$pid" ] || kill -KILL "$pid" 2>/dev/null
	ip netns del $near 2>/dev/null
	ip netns del $far 2>/dev/null
	rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 1' INT TERM HUP
ip netns add $near
ip netns add $far
ip -n $far link add far0 address 02:00:00:00:0a:01 type veth peer name near0 address 02:00:00:00:0a:02 netns $near
ip -n $far link set far0 up
ip -n $near link set near0 arp off up
ip -n $near addr add 10.8.0.2/16 dev near0
# shellcheck disable=SC2016 # awk expands it
resets() { ip netns exec $near awk '/^Tcp:/ && !/OutRsts/ { print $15 }' /proc/net/snmp; }
resident() { awk '/^VmRSS/ { print $2 }' /proc/$pid/status; }

# 2,500 SYNs from as many ports of an address; the addresses change with each.
burst() {
	ip netns exec $far "$flood" far0 02:00:00:00:0a:01 02:00:00:00:0a:02 \
		"10.8.$((1 + round / 250 % 250)).$((1 + round % 250))" 10.8.0.2 -p 9 -f 2500 -n 2500 >/dev/null
}

mkdir "$work/files"
"$tool" -v --netns $near -e drop -w "$work/files/a.pcapng" -C 50M -W 4 2>"$work/log" &
pid=$!
until grep -q '^tcpdropcap: capturing' "$work/log"; do sleep 0.1; done
start=$(date +%s%N) round=0 early=0 most=0
while now=$(($(date +%s%N) - start)) && [ $now -lt $((seconds * 1000000000)) ]; do
	due=$((round * 2500 * 1000000000 / rate))
	if [ $now -lt $due ]; then
		sleep "$(awk "BEGIN { print ($due - $now) / 1e9 }")"
	fi
	burst
	round=$((round + 1))
	if [ $((round % 20)) = 0 ]; then
		now_kib=$(resident)
		[ $now -gt $((seconds * 100000000)) ] || early=$now_kib
		[ "$now_kib" -le "$most" ] || most=$now_kib
	fi
done
took=$((($(date +%s%N) - start) / 1000000000))
last=$(resident)
ticks=$(awk '{ print $14 + $15 }' /proc/$pid/stat)
kill -INT $pid
wait $pid
pid=
counts=$(sed -n 's/.*; \([0-9]*\) written, [0-9]* filtered, \([0-9]*\) lost/written \1, lost \2/p' "$work/log")
slow=$(sed -n 's/.* \([0-9]*\) events\{0,1\} not written.*/\1/p' "$work/log")
cat <<TABLE
| soak of $took s | measured |
|---|---|
| events provoked (resets that the kernel sent) | $(resets) |
| events | ${counts:-no counts}, not written ${slow:-0} |
| rate | $((round * 2500 / took)) events/s |
| resident memory after a tenth of the time, at the end, at most | $early, $last, $most KiB |
| CPU of the capture | $(awk "BEGIN { printf \"%.2f\", $ticks / $(getconf CLK_TCK) / $took * 100 }") % of one |
TABLE
grep -E 'warning|cannot|unaccounted|explained' "$work/log" >&2
[ "$counts" = "written $(resets), lost 0" ] && [ "${slow:-0}" = 0 ]
