#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Recorders, several at once on the same events: which events a dump has, what sets it off, and that
# the counts at the end are those of the files and of the kernel.
#   TOOL=... PEER=... recorder_test.sh
# shellcheck disable=SC2154,SC2317 # the words of rotate.sh; until_true calls functions
set -u
: "${TOOL:?}" "${PEER:?}"
TOOL=$(readlink -f "$TOOL") PEER=$(readlink -f "$PEER")
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/checks.sh
. "$here/checks.sh"
# shellcheck source=tests/wait.sh
. "$here/wait.sh"
# shellcheck source=tests/rotate.sh
. "$here/rotate.sh"
if [ "$(id -u)" != 0 ]; then
	echo "skip recorder: not root"
	exit 0
fi
work=$(mktemp -d) || exit 1
ns=trec$$
pids=
# shellcheck disable=SC2317 # the trap calls it
clean_up() {
	for pid in $pids; do kill -KILL "$pid" 2>/dev/null; done
	ip netns del "$ns" 2>/dev/null
	cd / && rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 1' INT TERM HUP
cd "$work" || exit 1
ip netns add "$ns"
ip netns exec "$ns" ip link set lo up
# A SYN to port 10 is dropped on its way out, and sent again; one to port 9 is refused.
ip netns exec "$ns" nft 'add table inet lab; add chain inet lab out { type filter hook output priority 0; };
	add rule inet lab out tcp dport 10 drop'

# record NAME ARGUMENTS...: a recorder of $limit in a folder of that name; its pid is in NAME.pid.
record() {
	name=$1
	shift
	mkdir "$name"
	(cd "$name" && exec "$TOOL" --netns "$ns" --recorder "$limit" "$@") >/dev/null 2>"$name.log" &
	echo $! >"$name.pid"
	pids="$pids $!"
}
send() { kill "-$1" "$(cat "$2.pid")"; } # SIGNAL NAME
exists() { [ -e "$1" ]; }
# recorded COUNT NAME...: each recorder has so many events; they print their counts when asked.
recorded() {
	count=$1
	shift
	for name in "$@"; do
		send USR1 "$name"
		until_true grep -q "^tcpdropcap: recorder: $count events recorded" "$name.log" || return 1
	done
}
# counts NAME: its last lines of counts, as numbers: recorded, dumped, overwritten, too old, not
# dumped; dumps, triggers, ignored during a dump, ignored in the pause.
counts() {
	for line in 'events* recorded' 'dumps* made'; do
		grep "^tcpdropcap: recorder: .*$line" "$1.log" | tail -1 | grep -o '[0-9][0-9]*' | xargs
	done | xargs
}
metric() { sed -n "s/^tcpdropcap_$2 //p" "metrics/$1.prom"; } # NAME METRIC
values() { "$TOOL" -r "$1" --json 2>/dev/null | jq -r "select(.time).$2" | xargs; } # FILE KEY
why() { capinfos "$1" 2>/dev/null | sed -n 's/.* dump: //p'; }

mkdir metrics
limit=4M
record user -e drop -w 'u-%Y.pcapng.zst' --after 0 --openmetrics ../metrics/user.prom --interval 1 tcp dst port 9
record rate -e drop -w r.json --json --trigger rate=5/s --after 1h tcp dst port 9
record pause -e drop -w p.pcapng --trigger reason=no_socket --after 0 --dump-pause 1h tcp dst port 9
record owner -e drop -w o.pcapng -W 2 -z "$work/on-dump" --trigger owner=nobody --trigger reason=NETFILTER_DROP+owner=peer --after 1
record again -e retransmit -w t.pcapng --trigger retransmits=2 --after 0
limit=4M,1s
record young -e drop -w y.pcapng --after 0 tcp dst port 9
cat >on-dump <<-END
	#!/bin/sh
	echo "\$1" >>"$work/commands"
END
chmod +x on-dump
for name in user rate pause owner again young; do captures "$name.log"; done

# Three events are in memory, and nothing is on the disk, but what a trigger has asked for.
before=$(resets)
knock 3
recorded 3 user rate owner young
until_true exists pause/p.pcapng
until_true grep -qs '^tcpdropcap_recorder_memory_events 3$' metrics/user.prom && ok metrics_have_what_is_in_memory ||
	not_ok metrics_have_what_is_in_memory "$(cat metrics/user.prom user.log)"
same nothing_is_written_before_a_trigger "$(find user rate owner again young -type f)" ''
too_old() {
	send USR1 young
	grep -q '3 events recorded: 0 dumped, 0 overwritten, 3 too old' young.log
}
until_true too_old && ok events_expire || not_ok events_expire "$(cat young.log)"

# A flood of the same, and a connection whose packets never leave.
ip netns exec "$ns" "$PEER" connect 127.0.0.1 10 -c 1 -t 20000 >peer-out 2>&1 &
connection=$!
pids="$pids $connection"
knock 500
until_true exists again/t.pcapng
until_true exists owner/o.pcapng0
kill "$connection"
provoked=$(($(resets) - before))
recorded "$provoked" user rate pause
send USR2 user
until_true exists "user/u-$(date +%Y).pcapng.zst"
send USR2 young
until_true exists young/y.pcapng
for name in user rate pause owner again young; do
	send INT "$name"
	wait "$(cat $name.pid)" || not_ok "exit_of_$name" "$(cat $name.log)"
done
pids=

file=user/u-$(date +%Y).pcapng.zst
readable "$file" || not_ok dump_is_readable "$(cat complaints)"
same user_gets_all "$found $(counts user)" "$provoked $provoked $provoked 0 0 0 1 1 0 0"
same metrics_of_the_end_are_exact "$(for name in events dumped_events dumps triggers unwritten_events; do metric user recorder_${name}_total; done | xargs) $(metric user recorder_memory_events) $(tail -1 metrics/user.prom)" \
	"$provoked $provoked 1 1 0 0 # EOF"
zstd -dqc "$file" >user.pcapng
same file_says_why "$(why user.pcapng)" "by SIGUSR2, with $provoked events from memory"
grep -q "^tcpdropcap: recorder: dump by SIGUSR2, with $provoked events from memory: u-" user.log && ok line_says_why ||
	not_ok line_says_why "$(cat user.log)"

# From the first event, long before the trigger, to the last one.
same rate_dumps_what_was_before_and_after "$(jq -r 'select(.time).reason' rate/r.json | uniq -c | xargs) $(counts rate | cut -d ' ' -f 1-6)" \
	"$provoked NO_SOCKET $provoked $provoked 0 0 0 1"
jq -r '.dump // empty' rate/r.json | grep -qE '^by rate=5/s, with ([5-9]|[1-9][0-9]+) events from memory$' && ok json_says_why ||
	not_ok json_says_why "$(head -1 rate/r.json)"

# Each event is a trigger; the first one has a dump, and all others are counted.
readable pause/p.pcapng || not_ok dump_of_pause_is_readable "$(cat complaints)"
# shellcheck disable=SC2046 # numbers
set -- $(counts pause)
same pause_is_exact "$(ls pause) $1 $2 $(($2 + $5)) $6 $7 $(($8 + $9))" "p.pcapng $provoked $found $provoked 1 $provoked $((provoked - 1))"
same pause_is_said_once "$(grep -c 'is ignored; SIGUSR2' pause.log)" 1

# Conditions that must hold together; the command gets the file.
same owner_and_reason "$(why owner/o.pcapng0 | cut -d , -f 1) $(head -1 commands)" 'by reason=NETFILTER_DROP+owner=peer o.pcapng0'
same owner_has_what_was_before "$(values owner/o.pcapng0 reason | cut -d ' ' -f 1-3)" 'NO_SOCKET NO_SOCKET NO_SOCKET'
# shellcheck disable=SC2046 # numbers
set -- $(counts owner)
sum=0
for file in owner/*; do
	readable "$file" || not_ok "readable $file" "$(cat complaints)"
	sum=$((sum + found))
done
same owner_is_exact "$2 $(($2 + $5)) $3 $4" "$sum $1 0 0"

# By the kernel's count of timeouts in a row.
same retransmits_in_a_row "$(values again/t.pcapng retransmits) $(why again/t.pcapng)" \
	'1 2 by retransmits=2, with 2 events from memory'
# shellcheck disable=SC2046 # numbers
set -- $(counts young)
readable young/y.pcapng || not_ok dump_of_young_is_readable "$(cat complaints)"
same young_is_exact "$1 $2 $(($2 + $4)) $5" "$provoked $found $provoked 0"

# Wrong usage.
refused unknown_trigger_reason 2 "--trigger: 'NO_SUCH' is not a reason of this kernel" --recorder 1M -w x --trigger reason=NO_SUCH
refused recorder_of_count 2 '--recorder: unknown option; a capture into files has it' count --recorder 1M
refused recorder_of_a_file 2 '--recorder applies to a live capture only' -r user.pcapng -w x --recorder 1M
refused recorder_without_a_file 2 '--recorder: it needs -w' --recorder 1M
refused ambiguous_minutes 2 "'5m' may be a size or a time" -w x --recorder 5m
exit $status
