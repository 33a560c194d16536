#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Files that follow each other: by size, by time, as a ring, compressed, as JSON, with a command;
# their events add up to those that were provoked, and each can be read alone.
#   TOOL=... PEER=... rotate_test.sh
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
samples=$PWD/samples
if [ "$(id -u)" != 0 ]; then
	echo "skip rotation: not root"
	exit 0
fi
work=$(mktemp -d) || exit 1
ns=trot$$
tool=
# shellcheck disable=SC2317 # the trap calls it
clean_up() {
	[ -z "$tool" ] || kill -KILL "$tool" 2>/dev/null
	umount "$work/small" 2>/dev/null
	ip netns del "$ns" 2>/dev/null
	cd / && rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 1' INT TERM HUP
cd "$work" || exit 1
ip netns add "$ns"
ip netns exec "$ns" ip link set lo up

# By size.
start size -w a.pcapng -C 20k
knock 211
stop
[ "$got" = 0 ] || not_ok exit_of_size "$got: $(cat log)"
sums_up files_by_size_sum_up size
files=$(find size -type f | wc -l)
grep -q "^tcpdropcap: $files files written$" log && [ "$files" -gt 5 ] && ok files_are_counted ||
	not_ok files_are_counted "$files: $(cat log)"
[ "$(find size -type f | sed 's,.*/a.pcapng,,' | grep . | sort -n)" = "$(seq 1 $((files - 1)))" ] && [ -e size/a.pcapng ] &&
	ok names_by_size || not_ok names_by_size "$(ls size)"
# Each file exceeds the limit by at most one event, whose annotation and stack have a few KiB.
small=$(find size -type f -size -20480c | wc -l) large=$(find size -type f -size +32768c | wc -l)
[ "$small" -le 1 ] && [ "$large" = 0 ] && ok sizes_are_what_was_asked_for || not_ok sizes_are_what_was_asked_for "$(ls -l size)"

# Read in the order of time, concatenated and merged: the same events.
cat size/a.pcapng size/a.pcapng1 size/a.pcapng2 >cat.pcapng
mergecap -w merged.pcapng size/a.pcapng2 size/a.pcapng size/a.pcapng1 2>/dev/null
"$TOOL" -r size/a.pcapng2 -r size/a.pcapng1 -r size/a.pcapng >named.txt 2>/dev/null
"$TOOL" -r cat.pcapng >cat.txt 2>/dev/null
"$TOOL" -r merged.pcapng -q >merged.txt 2>/dev/null
[ -s named.txt ] && cmp -s named.txt cat.txt && ok files_are_read_in_the_order_of_time ||
	not_ok files_are_read_in_the_order_of_time "$(diff named.txt cat.txt | head -5)"
"$TOOL" -r cat.pcapng -q 2>/dev/null | cmp -s - merged.txt && ok merged_files_are_the_same ||
	not_ok merged_files_are_the_same "$(head -3 merged.txt)"
readable cat.pcapng && ok concatenated_files_are_readable || not_ok concatenated_files_are_readable "$(cat complaints)"
"$TOOL" -r size -w copy.pcapng 2>stderr && [ "$(packets copy.pcapng)" = "$provoked" ] && ok folder_is_copied ||
	not_ok folder_is_copied "$(cat stderr)"
run -r size --json -w copy.json.zst
same folder_becomes_json "$(zstd -dqc copy.json.zst | jq -r 'select(.time).reason' | sort | uniq -c | xargs)" "$provoked NO_SOCKET"

# More files than descriptors, and without privileges.
mkdir many
for i in $(seq 100); do cp size/a.pcapng1 "many/$i"; done
prlimit --nofile=48 "$TOOL" count -r many --by event --json >stdout 2>stderr
same more_files_than_descriptors "$(sed -n 's/^{"count":\([0-9]*\),"event":"drop"}$/\1/p' stdout)" $((100 * $(packets size/a.pcapng1)))

# Compressed files have the number before the ending.
for ending in gz zst; do
	start "$ending" -w "a.pcapng.$ending" -C 8k
	# Several batches: a flush passes on what the compression holds.
	for _ in 1 2 3 4 5; do
		knock 97
		sleep 0.2
	done
	stop
	sums_up "${ending}_files_sum_up" "$ending"
	[ -e "$ending/a.pcapng1.$ending" ] && ok "number_is_before_$ending" || not_ok "number_is_before_$ending" "$(ls "$ending")"
done

# JSON lines.
start json --json -w a.json -C 20k
knock 101
stop
same json_files_sum_up "$(cat json/a.json json/a.json[0-9]* | jq -r 'select(.time).event' | sort | uniq -c | xargs) $got" "$provoked drop 0"
[ -e json/a.json3 ] && ! ls json/*.part >/dev/null 2>&1 && ok json_rotates || not_ok json_rotates "$(ls -l json)"

# By time: a quiet interval ends its file.
start quiet -w 'a-%Y%m%d-%H%M%S.pcapng' -G 1
until_true finished quiet 3 && ok silence_ends_a_file || not_ok silence_ends_a_file "$(ls quiet)"
same one_file_is_unfinished "$(find quiet -name '*.part' | wc -l)" 1
same unfinished_files_are_skipped "$("$TOOL" -r quiet 2>&1 | grep -c '^tcpdropcap: 1 file of the folder is not finished')" 1
knock 13
until_true grep -qsa NO_SOCKET quiet/*
stop
sums_up quiet_files_sum_up quiet

# -G and -W: the end, with the events until then.
start count -w 'a-%H%M%S.pcapng' -G 2 -W 2
knock 17
finish
same time_ends_the_capture "$got $(find count -type f | wc -l)" '0 2'
sums_up files_until_the_end_sum_up count

# -C and -W: a ring keeps the last events.
start ring -w a.pcapng -C 20k -W 3
knock 211
stop
same ring_has_its_files "$(find ring -type f | sort | tr '\n' ' ')" 'ring/a.pcapng0 ring/a.pcapng1 ring/a.pcapng2 '
"$TOOL" -r ring --json 2>/dev/null | grep '^{"time"' >ring.json
kept=$(wc -l <ring.json)
same ring_is_in_the_order_of_time "$(jq -r .time ring.json | sort -c 2>&1)" ''
# The peer's ports grow from one connection to the next, or the kernel picks them: compare the last
# events by time with those of a second capture, which has all.
[ "$kept" -gt 20 ] && [ "$kept" -lt "$provoked" ] && [ "$written" = "$provoked" ] && ok ring_forgets_the_oldest ||
	not_ok ring_forgets_the_oldest "$kept of $provoked; $(cat log)"
start ring-all -w all.pcapng
(cd ring && exec "$TOOL" --netns "$ns" -e drop -w a.pcapng -C 20k -W 3) 2>log2 &
other=$!
captures log2
knock 211
stop
kill -INT $other
wait $other
tshark -r ring-all/all.pcapng -T fields -e tcp.srcport 2>/dev/null >all.ports
"$TOOL" -r ring --json 2>/dev/null | grep '^{"time"' | jq -r .sport >ring.ports
[ -s ring.ports ] && tail -n "$(wc -l <ring.ports)" all.ports | cmp -s - ring.ports && ok ring_keeps_the_last ||
	not_ok ring_keeps_the_last "$(wc -l ring.ports all.ports)"

# -c counts over all files.
start limit -w a.pcapng -C 20k -c 50
knock 80
finish
sum=0
for file in limit/*; do
	sum=$((sum + $(packets "$file")))
done
same count_is_over_all_files "$got $sum $written" '0 50 50'

# --duration, also without files.
start duration -w a.pcapng --duration 1
knock 3
finish
same duration_ends_the_capture "$got $(packets duration/a.pcapng)" '0 3'

# The names are those of tcpdump, for the same limits.
tcpdump -r "$samples/rto.pcapng" -w wire.pcap 2>/dev/null
tail -c +25 wire.pcap >packets
while [ "$(wc -c <wire.pcap)" -lt 13000000 ]; do
	cat packets packets packets packets packets packets packets packets >more.packets
	mv more.packets packets
	cat packets >>wire.pcap
done
mkdir theirs
tcpdump -Z root -r wire.pcap -w theirs/a.pcapng -C 1 2>/dev/null
tcpdump -Z root -r wire.pcap -w theirs/b.pcapng -C 1 -W 12 2>/dev/null
start ours -w b.pcapng -C 1k -W 12
knock 60
stop
start ours -w a.pcapng -C 1k
knock 60
stop
same names_of_a_ring_are_those_of_tcpdump "$(cd ours && echo b*)" "$(cd theirs && echo b*)"
missing=$(cd theirs && for file in a*; do [ -e "../ours/$file" ] || echo "$file"; done)
[ -n "$(ls theirs/a.pcapng12 2>/dev/null)" ] && [ -z "$missing" ] && ok names_are_those_of_tcpdump ||
	not_ok names_are_those_of_tcpdump "ours lacks $missing; theirs: $(ls theirs)"

# -z gets each file, when it is whole.
cat >command.sh <<-END
	#!/bin/sh
	if [ -e "\$1" ] && [ ! -e "\$1.part" ]; then echo "\$1 \$# \$(nice)" >>"$work/commands"; fi
END
cat >failing <<-END
	#!/bin/sh
	exit 7
END
chmod +x command.sh failing
start command.d -w a.pcapng -C 20k -z "$work/command.sh"
knock 111
stop
same command_gets_each_file "$(sort commands)" "$(cd command.d && for file in *; do echo "$file 1 19"; done | sort)"
[ "$(wc -l <commands)" -gt 3 ] && [ "$got" = 0 ] && ok command_runs_often || not_ok command_runs_often "$got $(cat log)"
start failing.d -w a.pcapng -C 20k -z "$work/failing"
knock 111
stop
files=$(find failing.d -type f | wc -l)
[ "$got" = 0 ] && grep -q "warning: -z $work/failing: failed for $files of $files files, not run for 0" log &&
	grep -q "warning: -z $work/failing a.pcapng: exit status 7" log && ok failing_command_is_reported ||
	not_ok failing_command_is_reported "$got $(cat log)"
sums_up failing_command_loses_nothing failing.d
start gzip.d -w a.pcapng -C 20k -z gzip
knock 111
stop
sums_up command_may_compress gzip.d
[ "$(find gzip.d -name '*.gz' | wc -l)" -gt 3 ] && ok gzip_ran || not_ok gzip_ran "$(ls gzip.d) $(cat log)"
# Nothing waits for a command that hangs: the next files are written. All are ended by the test.
cat >hanging <<-END
	#!/bin/sh
	echo \$\$ >>"$work/hanging.pids"
	exec sleep 600
END
chmod +x hanging
start hanging.d -w a.pcapng -C 20k -z "$work/hanging"
knock 111
has_four() { [ "$(wc -l <hanging.pids)" = 4 ]; }
until_true has_four
knock 50
until_true finished hanging.d 8
stop
[ "$got" = 0 ] && grep -q 'still runs on 4 files' log && has_four && ok hanging_command_is_left ||
	not_ok hanging_command_is_left "$got $(cat log)"
# shellcheck disable=SC2046 # pids
kill $(cat hanging.pids)
sums_up hanging_command_loses_nothing hanging.d

# A capture that is killed leaves a file that can be read.
start killed -w a.pcapng -C 1
knock 19
# shellcheck disable=SC2317 # until_true calls it
has_19() { [ "$(packets killed/a.pcapng.part)" = 19 ]; }
until_true has_19
kill -KILL "$tool"
wait "$tool" 2>/dev/null
tool=
run -r killed/a.pcapng.part -q
[ "$got" = 0 ] && [ "$(grep -c NO_SOCKET stdout)" = 19 ] && readable killed/a.pcapng.part && [ ! -e killed/a.pcapng ] &&
	ok killed_capture_leaves_its_part || not_ok killed_capture_leaves_its_part "$(ls killed) $(cat complaints stderr)"
run -r killed
grep -q 'no finished file' stderr && [ "$got" = 1 ] && ok part_is_not_taken_for_finished || not_ok part_is_not_taken_for_finished "$(cat stderr)"

# Losses are in the file in which they happened: those that no event follows, too.
start lossy -B 1 -w 'a-%H%M%S.pcapng' -G 2 --stack all
kill -STOP "$tool"
for _ in 1 2 3; do
	knock 997
done
kill -CONT "$tool"
files_now=$(find lossy -type f ! -name '*.part' | wc -l)
until_true finished lossy $((files_now + 2))
knock 5
stop
sum=0 in_files=0
for file in lossy/*; do
	readable "$file" || not_ok "readable $file" "$(cat complaints)"
	sum=$((sum + found))
	in_files=$((in_files + $(losses_of "$file")))
done
last=$(find lossy -type f | sort | tail -1)
if [ "$lost" -gt 0 ] && [ $((written + lost)) = "$provoked" ] && [ "$sum" = "$written" ] &&
	[ "$in_files" = "$lost" ] && [ "$(packets "$last")" = 5 ] && [ "$(losses_of "$last")" = 0 ]; then
	ok losses_are_in_their_file
else
	not_ok losses_are_in_their_file "$written written, $lost lost, $provoked provoked; $sum and $in_files in the files; $(cat log)"
fi
same losses_of_a_folder "$(losses_of lossy)" "$lost"

# A full disk: finished files stay, others are not finished, and each event is counted. The capture
# waits for room; stalls_test.sh gives it some.
mkdir small
mount -t tmpfs -o size=96k tmpfs small
start small -w a.pcapng -C 20k
knock 199
until_true grep -q 'the next file begins when there is room' log
knock 3
stop
unwritten=$(sed -n 's/.* \([0-9]*\) events\{0,1\} could not be written/\1/p' log)
seen=$(sed -n 's/^\([0-9]*\) drops.*/\1/p' log)
filtered=$(sed -n 's/.* \([0-9]*\) filtered.*/\1/p' log)
sum=0 bad=
for file in small/*; do
	sum=$((sum + $(packets "$file")))
	[ ! -s "$file" ] || readable "$file" || bad="$bad $file"
done
if [ "$got" = 1 ] && [ "$seen" = $((written + filtered + unwritten)) ] && [ "$unwritten" -gt 0 ] && [ -z "$bad" ] &&
	[ "$sum" = "$written" ] && grep -q '\.part: the last events could not be written: No space left' log && [ -e small/a.pcapng ]; then
	ok full_disk_is_reported
else
	not_ok full_disk_is_reported "exit $got, $sum in the files, bad:$bad; $(ls -l small) $(cat log)"
fi
umount small

# The folder of the next file is gone: the first file is whole, and nothing is lost in silence.
run --netns "$ns" -w 'gone/%S/a.pcapng' -G 1
[ "$got" = 1 ] && grep -q '/a.pcapng.part: cannot write it: No such file' stderr && ok missing_folder_is_reported ||
	not_ok missing_folder_is_reported "$got $(cat stderr)"
mkdir gone
start . -w 'gone/a-%H%M%S.pcapng' -G 1
knock 7
until_true grep -qsa NO_SOCKET gone/a*
mv gone moved
finish
[ "$got" = 1 ] && [ "$(grep -c 'cannot write it: No such file' log)" = 1 ] && ok folder_that_vanishes_is_reported ||
	not_ok folder_that_vanishes_is_reported "$got $(cat log)"

# Wrong usage, and names that must not be replaced.
refused size_needs_a_file 2 '-C: it needs -w with the name of a file' -C 1
refused time_needs_a_file 2 '-G: it needs -w' -G 1 -w -
refused count_needs_a_limit 2 '-W: it limits the files of -C or -G' -W 1 -w x
refused command_needs_a_limit 2 '-z: it runs on each finished file' -z gzip -w x
refused bad_size 2 "-C: '1T' is not a size" -C 1T -w x
refused no_size 2 "-C: '0' is not a size" -C 0 -w x
refused huge_size 2 "-C: '99999999999G' is not a size" -C 99999999999G -w x
refused rotation_of_a_file 2 'applies to a live capture only' -r wire.pcap -C 1 -w x
refused pipe_among_files 1 'a pipe can only be read alone' -r - -r wire.pcap
mkdir empty
refused folder_without_files 1 'empty: no finished file is in this folder' -r empty
run -C 1 -w /dev/null
[ "$got" = 1 ] && grep -q '/dev/null: it is not a regular file' stderr && [ -c /dev/null ] && [ ! -e /dev/null.part ] &&
	ok device_is_not_replaced || not_ok device_is_not_replaced "$(cat stderr)"
run -C 1 -w x -z no-such-program
[ "$got" = 1 ] && grep -q "'no-such-program' is not a program" stderr && ! ls x* >/dev/null 2>&1 &&
	ok unknown_command_is_refused || not_ok unknown_command_is_refused "$(cat stderr)"
"$TOOL" --netns "$ns" -w same.pcapng -G 60 --duration 1 2>stderr
grep -q 'has no time in it' stderr && ok name_without_a_time_is_noticed || not_ok name_without_a_time_is_noticed "$(cat stderr)"

# compare reads the events of a folder.
mkdir events
"$TOOL" -r "$samples/rto.pcapng" -w events/2.pcapng -c 4 2>/dev/null
"$TOOL" -r "$samples/rto.pcapng" -w events/1.pcapng.gz 2>/dev/null
tcpdump -r "$samples/rto.pcapng" -w rto.pcap 2>/dev/null
one=$("$TOOL" compare events/1.pcapng.gz rto.pcap --json 2>/dev/null | grep -c '"event"')
four=$("$TOOL" compare events/2.pcapng rto.pcap --json 2>/dev/null | grep -c '"event"')
same compare_reads_a_folder "$("$TOOL" compare events rto.pcap --json 2>/dev/null | grep -c '"event"')" $((one + four))
same compare_reads_named_files "$("$TOOL" compare -r events/1.pcapng.gz -r events/2.pcapng rto.pcap --json 2>/dev/null | grep -c '"event"')" $((one + four))
exit $status
