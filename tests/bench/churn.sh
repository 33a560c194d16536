#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: churn.sh BUILD
# A capture into one file, while CHURN_COUNT (5000) namespaces come and go, each with a device of
# its own, on which two SYNs to a closed port come and are dropped: no event may be missing, and
# each has to be on an interface of its own device. Prints a table. Root.
set -u
build=$(cd "$1" && pwd)
tool=$build/tcpdropcap peer=$build/tests/peer
count=${CHURN_COUNT:-5000}
[ "$(id -u)" = 0 ] || { echo "churn: run it as root" >&2; exit 1; }
work=$(mktemp -d) || exit 1
far=tchf$$
near=
pid=
# shellcheck disable=SC2317 # the trap calls it
clean_up() {
	[ -z "$pid" ] || kill -KILL "$pid" 2>/dev/null
	ip netns del "$far" 2>/dev/null
	[ -z "$near" ] || ip netns del "$near" 2>/dev/null
	rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 1' INT TERM HUP
resident() { awk '/^VmRSS/ { print $2 }' "/proc/$pid/status"; }

# A namespace with a device, which leads to the far one. It fails seldom, on a busy host.
set_up() {
	near=tchn$$x$round
	ip netns add "$near" && ip -n "$near" -batch - <<BATCH && ip -n "$far" -batch - <<FAR
link add v$round type veth peer name w netns $far
addr add 10.97.0.2/24 dev v$round
link set v$round up
BATCH
addr add 10.97.0.1/24 dev w
link set w up
FAR
}
take_down() {
	ip -n "$far" link del w # at once; the end of the namespace takes longer
	ip netns del "$near"
}

ip netns add "$far"
"$tool" -v -e drop -w "$work/a.pcapng" dst host 10.97.0.2 and dst port 9 2>"$work/log" &
pid=$!
until grep -q '^tcpdropcap: capturing' "$work/log"; do sleep 0.1; done
first=$(resident) early=0 provoked=0 round=0
start=$(date +%s)
while [ $round -lt "$count" ]; do
	round=$((round + 1))
	until set_up; do take_down; done
	ip netns exec "$far" "$peer" connect 10.97.0.2 9 -c 2 -e -t 30000 >/dev/null
	# shellcheck disable=SC2016 # awk expands it
	provoked=$((provoked + $(ip netns exec "$near" awk '/^Tcp:/ && !/OutRsts/ { print $15 }' /proc/net/snmp)))
	take_down
	[ $round != $((count / 10)) ] || early=$(resident)
done
took=$(($(date +%s) - start)) last=$(resident)
kill -INT "$pid"
wait "$pid"
pid=
written=$(sed -n 's/.*; \([0-9]*\) written, [0-9]* filtered, 0 lost/\1/p' "$work/log")
tshark -r "$work/a.pcapng" -T fields -e frame.interface_name -e frame.interface_id >"$work/packets" 2>/dev/null
interfaces=$(sort -u "$work/packets" | wc -l)
# Two events of each device, one after the other. The second may have another interface, since the
# name of its namespace has become known.
right=$(cut -f 1 "$work/packets" | uniq -c | awk '$1 == 2 && $2 == "v" NR { n++ } END { print n + 0 }')
cat <<TABLE
| $count namespaces and devices in $took s | measured |
|---|---|
| events provoked (resets that the kernel sent) | $provoked |
| events written | ${written:-no counts} |
| interfaces of the file | $interfaces |
| devices whose two events are on an interface with their name | $right |
| resident memory at the start, after a tenth, at the end | $first, $early, $last KiB |
| size of the file | $(($(stat -c %s "$work/a.pcapng") / 1024)) KiB |
TABLE
grep -E 'cannot|lost: |could not' "$work/log" >&2
[ "$written" = "$provoked" ] && [ "$right" = "$count" ] && [ "$interfaces" -ge "$count" ]
