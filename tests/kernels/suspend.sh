# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# The guest sleeps (S3) for some seconds, until the alarm of its clock: the events before and after
# have the times of the wall clock, and intervals of -G that were missed have no file. For guests
# alone: it suspends the machine that it runs on, while nothing else is played.
scenario() {
	rule "$server" input tcp dport 7018 drop
	mkdir "$dir/files"
	"$TOOL" --netns "$server" -e drop -G 3 -w "$dir/files/%s.pcapng" tcp dst port 7018 2>"$dir/rotation" &
	rotation=$!
	wait_for "$dir/rotation" capturing
	tool_start "$server"
	drops 7
	wait_until "7 events" has_written 7
	fall_asleep 10
	drops 13
	tool_stop
	kill -INT $rotation
	wait $rotation
	echo "equal 0 $? the exit status of the rotation" >>"$dir/expect"
	expect 20 'tcpdropcap.event == "drop"'
	expect 1 'frame.time_delta > 9'
	echo "equal 20 $("$TOOL" count -r "$dir/files" --by event --json | sed -n 's/^{"count":\([0-9]*\).*/\1/p') drops are in the files" >>"$dir/expect"
	at_least "the longest time without a file of -G" "$(longest_gap "$dir/files")" 6
}

# The names are times.
longest_gap() { # FOLDER
	longest=0 last=
	for file in "$1"/*; do
		now=${file##*/} now=${now%.pcapng}
		[ -z "$last" ] || [ $((now - last)) -le $longest ] || longest=$((now - last))
		last=$now
	done
	echo $longest
}

# So many drops, between two readings of the wall clock.
drops() { # COUNT
	from=$(date +%s)
	connect "$client" $server4 7018 -c "$1" -t 100
	expect "$1" "frame.time_epoch >= $from && frame.time_epoch < $(($(date +%s) + 1))"
}

# The uptime counts the sleep.
fall_asleep() { # SECONDS
	alarm=/sys/class/rtc/rtc0/wakealarm
	read -r asleep _ </proc/uptime
	echo 0 >$alarm
	echo "+$1" >$alarm
	echo mem >/sys/power/state || echo "false the kernel refuses to sleep" >>"$dir/expect"
	read -r awake _ </proc/uptime
	[ $((${awake%.*} - ${asleep%.*})) -ge $(($1 - 1)) ] || echo "false it was awake after $((${awake%.*} - ${asleep%.*})) s" >>"$dir/expect"
}
