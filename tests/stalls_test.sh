#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Outputs that stall or are full, and files that get another name while they are written. The
# kernel counts what was provoked; written, lost and not written add up to it, and the files say so.
#   TOOL=... PEER=... FLOOD=... stalls_test.sh
# shellcheck disable=SC2317 # until_true calls functions
set -u
: "${TOOL:?}" "${PEER:?}" "${FLOOD:?}"
TOOL=$(readlink -f "$TOOL") PEER=$(readlink -f "$PEER") FLOOD=$(readlink -f "$FLOOD")
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/checks.sh
. "$here/checks.sh"
# shellcheck source=tests/wait.sh
. "$here/wait.sh"
# shellcheck source=tests/rotate.sh
. "$here/rotate.sh"
if [ "$(id -u)" != 0 ]; then
	echo "skip stalls: not root"
	exit 0
fi
work=$(mktemp -d) || exit 1
ns=tstl$$
far=tstf$$
tool=
frozen=
# shellcheck disable=SC2317 # the trap calls it
clean_up() {
	[ -z "$frozen" ] || fsfreeze -u "$work/disk"
	[ -z "$tool" ] || kill -KILL "$tool" 2>/dev/null
	ip netns del "$ns" 2>/dev/null
	ip netns del "$far" 2>/dev/null
	cd / && umount "$work/disk" "$work/small" 2>/dev/null
	rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 1' INT TERM HUP
cd "$work" || exit 1
ip netns add "$ns"
ip netns add "$far"
ip netns exec "$ns" ip link set lo up
ip -n "$far" link add far0 address 02:00:00:00:09:01 type veth peer name near0 address 02:00:00:00:09:02 netns "$ns"
ip -n "$far" link set far0 up
ip -n "$ns" link set near0 up
ip -n "$ns" addr add 10.9.9.2/24 dev near0
ip -n "$ns" neigh add 10.9.9.1 lladdr 02:00:00:00:09:01 dev near0

# Each SYN is dropped, and answered by a reset, which the kernel counts.
flood() {
	ip netns exec "$far" "$FLOOD" far0 02:00:00:00:09:01 02:00:00:00:09:02 10.9.9.1 10.9.9.2 -p 9 -n "$1" >/dev/null
}

number() { sed -n "s/^tcpdropcap: \(warning: \)\{0,1\}\([0-9]*\) $1.*/\2/p" log | tail -1 | grep . || echo 0; }

# shows PATTERN: the log has it after a request for the counts.
shows() {
	kill -USR1 "$tool"
	grep -q "$1" log
}

# adds_up NAME EXIT FILES...: exact, and the files know what they lack.
adds_up() {
	name=$1 expected=$2
	shift 2
	slow=$(number 'events\{0,1\} not written') failed=$(number 'events\{0,1\} could not be written')
	in_files=0 losses=0
	for file in "$@"; do
		readable "$file" || not_ok "readable $file" "$(cat complaints)"
		in_files=$((in_files + found))
		losses=$((losses + $(losses_of "$file")))
	done
	missing=$((lost + slow + failed))
	if [ "$got" = "$expected" ] && [ $((written + missing)) = "$provoked" ] && [ "$in_files" = "$written" ] &&
		[ "$losses" = "$missing" ]; then
		ok "$name"
	else
		not_ok "$name" "exit $got, $provoked provoked: $written written, $lost lost, $slow too slow, $failed failed; in the files $in_files and $losses lost: $(cat log)"
	fi
}

# A reader that takes nothing: the ring is emptied all the same, and signals are answered.
mkfifo pipe
sh -c 'exec 3<pipe; until [ -e go ]; do sleep 0.1; done; exec cat <&3 >from-pipe.pcapng' &
reader=$!
start . --strict -w pipe
flood 60000
until_true shows 'KiB wait for the output' && ok counts_are_shown_during_a_stall || not_ok counts_are_shown_during_a_stall "$(cat log)"
until_true shows 'events not written: the output was too slow' || not_ok stall_is_counted "$(cat log)"
touch go
until_true grep -qsa NO_SOCKET from-pipe.pcapng
has_room() {
	: >log
	kill -USR1 "$tool"
	until_true grep -q 'the last event' log
	! grep -q 'wait for the' log # output or disk
}
until_true has_room
flood 5
stop
wait $reader
adds_up stalled_reader_loses_what_is_counted 3 from-pipe.pcapng

# It stays so: the end comes all the same.
sh -c 'exec 3<pipe; until [ -e ended ]; do sleep 0.1; done' &
reader=$!
start . -w pipe
flood 2000
stop
touch ended
wait $reader
[ "$got" = 1 ] && grep -q 'pipe: cannot write it: Resource temporarily unavailable' log &&
	[ $((written + $(number 'events\{0,1\} could not be written'))) = "$provoked" ] &&
	ok capture_ends_with_a_stalled_reader || not_ok capture_ends_with_a_stalled_reader "$got $(cat log)"

# The end waits for a reader, and says so: nothing of what was captured is missing.
sh -c 'exec 3<pipe; until [ -e late ]; do sleep 0.1; done; exec cat <&3 >late-pipe.pcapng' &
reader=$!
start . -w pipe -c 2000
flood 2000
until_true grep -q 'waiting for the reader of the output, or its disk: [0-9]* KiB are left' log && ok wait_for_a_reader_is_reported ||
	not_ok wait_for_a_reader_is_reported "$(cat log)"
touch late
finish
wait $reader
adds_up capture_waits_for_its_reader 0 late-pipe.pcapng

# Text to a reader that takes nothing.
mkfifo lines
sh -c 'exec 3<lines; until [ -e text-go ]; do sleep 0.1; done; exec cat <&3 >from-lines' &
reader=$!
forget log
"$TOOL" -v --netns "$ns" -e drop -q >lines 2>log &
tool=$!
captures log
before=$(resets)
flood 3000
until_true shows 'KiB wait for the output' && ok counts_are_shown_while_text_waits || not_ok counts_are_shown_while_text_waits "$(cat log)"
touch text-go
kill -INT "$tool"
finish
wait $reader
same text_is_complete "$got $written $(grep -c ':9 ' from-lines)" "0 $provoked $provoked"

# A disk that stalls.
mkdir disk
truncate -s 64M image
if mkfs.ext4 -q image 2>mkfs-out && mount -o loop image disk 2>>mkfs-out; then
	start disk -w a.pcapng
	flood 5
	until_true grep -qsa NO_SOCKET disk/a.pcapng
	fsfreeze -f disk && frozen=1
	flood 3000
	until_true shows 'KiB wait for the output' && ok counts_are_shown_while_the_disk_stalls ||
		not_ok counts_are_shown_while_the_disk_stalls "$(cat log)"
	fsfreeze -u disk && frozen=
	stop
	adds_up stalled_disk_loses_nothing 0 disk/a.pcapng

	# A recorder goes on during a dump. What has no room in memory or the queue is overwritten.
	start disk -w d.pcapng --recorder 1M --after 1h
	flood 1000
	until_true shows 'recorder: 1000 events recorded' || not_ok events_are_recorded "$(cat log)"
	fsfreeze -f disk && frozen=1
	kill -USR2 "$tool"
	until_true grep -q 'recorder: dump by SIGUSR2, with 1000 events' log
	flood 60000
	until_true shows 'KiB of the dump wait for the disk' && ok counts_are_shown_while_a_dump_stalls ||
		not_ok counts_are_shown_while_a_dump_stalls "$(cat log)"
	until_true shows 'recorder: .* dumped, [1-9][0-9]* overwritten' || not_ok events_are_overwritten "$(cat log)"
	fsfreeze -u disk && frozen=
	until_true has_room
	flood 5
	stop
	readable disk/d.pcapng || not_ok stalled_dump_is_readable "$(cat complaints)"
	# An event that was overwritten may have had a number of lost ones.
	# shellcheck disable=SC2046 # numbers
	set -- $(grep -a 'events recorded: ' log | tail -1 | grep -o '[0-9][0-9]*')
	same stalled_dump_is_whole_and_exact "$got $(($1 + lost)) $2 $(($2 + $3)) $4 $5" "0 $provoked $found $1 0 0"
	losses=$(losses_of disk/d.pcapng)
	[ "$losses" -ge "$3" ] && [ "$losses" -le $(($3 + lost)) ] && ok gap_in_a_dump_is_reported ||
		not_ok gap_in_a_dump_is_reported "$losses, $3 overwritten, $lost lost"
	umount disk
else
	echo "skip stalled_disk: $(head -1 mkfs-out)"
fi

# A full disk, and space freed later: the capture goes on in the next file.
goes_on() {
	flood 3
	grep -q 'there is room again' log
}
for limit in '-C 20k' '-G 3600'; do
	rm -rf small
	mkdir small
	mount -t tmpfs -o size=400k tmpfs small
	head -c 307200 /dev/zero >small/other
	# shellcheck disable=SC2086 # arguments
	start small -w a.pcapng $limit
	flood 400
	until_true grep -q 'cannot write it: No space left.*the next file begins when there is room' log
	rm small/other
	until_true goes_on
	stop
	[ "$(number 'events\{0,1\} could not be written')" -gt 0 ] || not_ok events_are_missing "$limit $(cat log)"
	adds_up "capture_goes_on_after_a_full_disk_${limit% *}" 0 small/a*
	umount small
done

# SIGHUP, without a terminal: a file that has another name is opened again, and files that follow
# each other turn. logrotate renames, then sends it.
real=$TOOL
printf '#!/bin/sh\nexec setsid "%s" "$@"\n' "$real" >alone
chmod +x alone
TOOL=$work/alone
start turned -w a.pcapng
flood 3
until_true grep -qsa NO_SOCKET turned/a.pcapng
kill -HUP "$tool"
until_true grep -q 'SIGHUP: it still has its name' log
mv turned/a.pcapng turned/a.1.pcapng
kill -HUP "$tool"
until_true [ -s turned/a.pcapng ]
flood 4
stop
adds_up hangup_opens_a_file_again 0 turned/a.pcapng turned/a.1.pcapng
same renamed_file_has_what_came_before "$(packets turned/a.1.pcapng)" 3
start asked -w a.pcapng -G 3600
flood 3
until_true grep -qsa NO_SOCKET asked/a.pcapng.part
kill -HUP "$tool"
until_true [ -s asked/a.pcapng ]
flood 4
stop
adds_up hangup_turns_the_file 0 asked/a.pcapng asked/a.pcapng1
TOOL=$real

# kill -9: what was written is whole.
start killed -w a.pcapng
flood 199
has_199() { [ "$(packets killed/a.pcapng)" = 199 ]; }
until_true has_199
kill -KILL "$tool"
wait "$tool" 2>/dev/null
tool=
readable killed/a.pcapng && [ "$found" = 199 ] && ok killed_capture_leaves_a_whole_file ||
	not_ok killed_capture_leaves_a_whole_file "$found $(cat complaints)"
exit $status
