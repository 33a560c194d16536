#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What hosts do to a program that is left running: signals, limits, full devices, readers that stop,
# other programs on the same file. The counts at the end are those of the file, and add up to what
# the kernel has counted.
#   TOOL=... PEER=... FLOOD=... faults_test.sh
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
samples=$PWD/samples
if [ "$(id -u)" != 0 ]; then
	echo "skip faults: not root"
	exit 0
fi
work=$(mktemp -d) || exit 1
ns=tflt$$
passing=
tool=
cgroup=
memory=
# shellcheck disable=SC2317 # the trap calls it
clean_up() {
	[ -z "$tool" ] || kill -KILL "$tool" 2>/dev/null
	ip netns del "$ns" 2>/dev/null
	[ -z "$passing" ] || ip netns del "$passing" 2>/dev/null
	[ -z "$cgroup" ] || rmdir "$cgroup"
	[ -z "$memory" ] || until_true rmdir "$memory" 2>/dev/null
	cd / && rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 1' INT TERM HUP
cd "$work" || exit 1
ip netns add "$ns"
ip netns exec "$ns" ip link set lo up

# The tool below another program: TOOL=$(below COMMAND...) is a script that executes it.
real=$TOOL
below() {
	printf '#!/bin/sh\nexec %s "%s" "$@"\n' "$*" "$real" >below
	chmod +x below
	echo "$work/below"
}

# Signals. timeout(1) sends two at once.
bad=
for _ in 1 2 3 4; do
	start signals -w a.pcapng
	knock 50
	for signal in TERM INT CONT TERM; do kill -$signal "$tool" 2>/dev/null; done
	finish
	[ "$got" = 0 ] && [ "$written" = "$provoked" ] && [ "$(packets signals/a.pcapng)" = "$provoked" ] ||
		bad="$bad exit $got, $provoked provoked: $(cat log)"
done
same several_signals_are_one_request "$bad" ""

TOOL=$(below nohup)
start hangup -w a.pcapng
kill -HUP "$tool"
knock 7
until_true grep -qsa NO_SOCKET hangup/a.pcapng
stop
same nohup_is_obeyed "$got $written" "0 7"

TOOL=$real
start stopped -w a.pcapng
kill -STOP "$tool"
knock 199
kill -CONT "$tool"
stop
same stopped_process_loses_nothing "$got $written $lost $(packets stopped/a.pcapng)" "0 $provoked 0 $provoked"

# A bundle is made of what was captured until the signal.
forget bundle-out bundle-log
"$TOOL" bundle --duration 60 -o bundle.tar.gz tcp port 9 >bundle-out 2>bundle-log &
tool=$!
captures bundle-log
same bundle_gives_up_privileges "$(awk '/^(CapPrm|NoNewPrivs):/ { print $2 }' "/proc/$tool/status" | xargs)" '0000000000000000 1'
knock 3
kill -INT "$tool"
wait "$tool"
got=$?
tool=
mkdir unpacked
tar -C unpacked --strip-components=1 -xzf bundle.tar.gz
inode=$(stat -L -c %i "/run/netns/$ns")
same bundle_is_made_after_a_signal "$got $("$TOOL" -r unpacked/drops.pcapng --netns "$inode" -e drop -q 2>/dev/null | grep -c '127.0.0.1:9 ') $(grep -c '^drop reasons' unpacked/probe.txt)" '0 3 1'
same bundle_says_that_it_captures "$(cat bundle-log)" 'tcpdropcap: capturing for 60 s; Ctrl-C ends it earlier'

# bundle_stopped: a bundle whose terminal's Ctrl-C comes when the command succeeds.
bundle_stopped() { # COMMAND...
	forget bundle-out bundle-log
	rm -rf temporary unpacked bundle.tar.gz
	mkdir temporary unpacked
	TMPDIR=$work/temporary setsid "$TOOL" bundle --duration 60 -o bundle.tar.gz tcp port 9 >bundle-out 2>bundle-log &
	tool=$!
	until_true "$@"
	kill -INT "-$tool"
	wait "$tool"
	got=$?
	tool=
	[ ! -e bundle.tar.gz ] || tar -C unpacked --strip-components=1 -xzf bundle.tar.gz
	left="$(ls temporary)$(find . -maxdepth 1 -name '*.part')"
	files=$(find unpacked -type f -size +0 | wc -l)
}
# Until the capture has begun, there is no archive, and one line says so.
# shellcheck disable=SC2317 # bundle_stopped calls it
has_folder() { [ -n "$(ls temporary)" ]; }
bad=
for _ in 1 2 3; do
	bundle_stopped has_folder
	case "$got $files $(cat bundle-log)" in
	"1 0 tcpdropcap: bundle: stopped before it was complete; no archive is made" | '0 5 '*) ;;
	*) bad="$bad exit $got, $files files: $(cat bundle-log)" ;;
	esac
	bad=$bad$left
done
same bundle_that_is_stopped_at_once_leaves_nothing "$bad" ''
bundle_stopped grep -qs 'capturing for' bundle-log
same bundle_is_complete_after_ctrl_c "$got $files $(grep -c '^drop reasons' unpacked/probe.txt) $left" '0 5 1 '

# Limits. The file ends with a whole block, and each event is counted.
TOOL=$(below prlimit --fsize=30000)
start size -w a.pcapng
knock 9
until_true grep -qsa NO_SOCKET size/a.pcapng
knock 199
finish
TOOL=$real
seen=$(sed -n 's/^\([0-9]*\) drops.*/\1/p' log)
filtered=$(sed -n 's/.* \([0-9]*\) filtered.*/\1/p' log)
unwritten=$(sed -n 's/.* \([0-9]*\) events\{0,1\} could not be written/\1/p' log)
readable size/a.pcapng && [ "$got" = 1 ] && [ "$found" = "$written" ] && [ "$unwritten" -gt 0 ] &&
	[ "$written" -gt 0 ] && [ "$seen" = $((written + filtered + unwritten)) ] && grep -q 'a.pcapng: cannot write it: File too large' log &&
	ok limit_of_file_size_ends_the_capture ||
	not_ok limit_of_file_size_ends_the_capture "exit $got, $found in the file: $(cat log complaints)"
# No event takes 3,000 bytes: all that fit are in the file.
[ "$(stat -c %s size/a.pcapng)" -gt 27000 ] && ok events_that_fit_are_kept || not_ok events_that_fit_are_kept "$(ls -l size)"
for limit in 20 30 39 40 41; do
	timeout 60 prlimit --nofile=$limit "$TOOL" -e reset >stdout 2>stderr
	[ $? = 1 ] && grep -q 'Too many open files; raise the limit of this process (ulimit -n 256)' stderr &&
		ok "limit_of_$limit.descriptors_is_named" || not_ok "limit_of_$limit.descriptors_is_named" "$(cat stderr)"
done

# Namespaces that come and go: the kernel uses their numbers again, and each has a device lo of the
# index 1. The port says which of them an event is from. The first one stays until its event is in
# the file. The address is that of this run.
own=127.$(($$ >> 16 & 255)).$(($$ >> 8 & 255)).$(($$ & 255))
mkdir -p passing
forget log
"$TOOL" -v -e drop -w passing/a.pcapng "dst host $own and dst portrange 61001-61300" 2>log &
tool=$!
captures log
provoked=0
for i in $(seq 300); do
	passing=tflp$$-$i
	ip netns add "$passing"
	ip -n "$passing" link set lo up
	ip netns exec "$passing" "$PEER" connect "$own" $((61000 + i)) -c 1 -e -t 30000 >/dev/null
	# shellcheck disable=SC2016 # awk expands it
	provoked=$((provoked + $(ip netns exec "$passing" awk '/^Tcp:/ && !/OutRsts/ { print $15 }' /proc/net/snmp)))
	[ "$i" != 1 ] || until_true grep -qsa "($passing)" passing/a.pcapng || not_ok namespace_is_named "$(cat log)"
	ip netns del "$passing"
done
passing=
kill -INT "$tool"
wait "$tool"
tool=
tshark -r passing/a.pcapng -T fields -e frame.interface_description -e tcp.dstport -e frame.interface_name \
	-e frame.comment 2>/dev/null | awk -F '\t' -v ns="tflp$$" '
	{ events[$2]++; wrong += $3 != "lo"
	  split($1, word, " "); wrong += !index($4, "netns=" word[3] " ")
	  if (index($1, "(") && !index($1, "(" ns "-" $2 - 61000 ")")) wrong++ }
	END { for (port in events) ports++; print NR, ports, wrong + 0 }' >seen
same events_of_namespaces_that_come_and_go_are_their_own "$(cat seen)" "$provoked 300 0"
tshark -r passing/a.pcapng -T fields -e frame.interface_description 2>/dev/null | sort -u | awk 'END { exit NR == 300 }' ||
	echo "skip numbers_of_namespaces_are_used_again: the kernel gave each of them another one"

# A limit of memory: what suffices at the start suffices in a flood. Then another program takes the
# memory, and the kernel kills the capture.
make_memory_cgroup() { # BYTES, into $memory
	# shellcheck disable=SC2013 # words without spaces
	for root in $(awk '$3 == "cgroup2" || ($3 == "cgroup" && $4 ~ /(^|,)memory(,|$)/) { print $2 }' /proc/mounts); do
		memory=$root/tfltm$$
		mkdir "$memory" 2>/dev/null || continue
		for limit in memory.max memory.limit_in_bytes; do
			if [ -w "$memory/$limit" ] && echo "$1" >"$memory/$limit"; then
				return
			fi
		done
		rmdir "$memory"
	done
	memory=
	return 1
}
if ldd "$TOOL" 2>/dev/null | grep -q lib.san || nm "$TOOL" 2>/dev/null | grep -q __asan_init; then
	echo "skip memory: a build with sanitizers needs much more of it"
elif make_memory_cgroup 96M; then
	ip -n "$ns" link add f0 address 02:00:00:00:09:01 type veth peer name f1 address 02:00:00:00:09:02
	ip -n "$ns" link set f0 up
	ip -n "$ns" link set f1 up
	ip -n "$ns" addr add 10.9.8.2/24 dev f1
	ip -n "$ns" neigh add 10.9.8.1 lladdr 02:00:00:00:09:01 dev f1
	printf '#!/bin/sh\necho 0 >"%s/cgroup.procs"\nexec "$@"\n' "$memory" >within
	chmod +x within
	TOOL=$(below "$work/within")
	start memory -w a.pcapng dst port 9
	ip netns exec "$ns" "$FLOOD" f0 02:00:00:00:09:01 02:00:00:00:09:02 10.9.8.1 10.9.8.2 -p 9 -n 60000 >/dev/null
	stop
	[ "$got" = 0 ] && [ "$provoked" -ge 60000 ] && [ $((written + lost)) = "$provoked" ] &&
		[ "$(packets memory/a.pcapng)" = "$written" ] && ok flood_fits_into_a_limit_of_memory ||
		not_ok flood_fits_into_a_limit_of_memory "exit $got, $provoked provoked: $(cat log)"
	start short -w a.pcapng
	knock 199
	# shellcheck disable=SC2317 # until_true calls it
	has_199() { [ "$(packets short/a.pcapng)" = 199 ]; }
	until_true has_199
	echo 1000 >"/proc/$tool/oom_score_adj" # it is the one to be killed
	head -c 72M /dev/zero | ./within tail -c 72M >eaten
	finish
	TOOL=$real
	kills=$(sed -n 's/^oom_kill //p' "$memory/memory.events" "$memory/memory.oom_control" 2>/dev/null)
	readable short/a.pcapng && [ "$got" = 137 ] && [ "${kills:-0}" -ge 1 ] && [ "$found" = 199 ] && ok capture_killed_for_memory_leaves_a_whole_file ||
		not_ok capture_killed_for_memory_leaves_a_whole_file "exit $got, $kills killed, $found in the file: $(cat log complaints)"
	rm eaten
else
	echo "skip memory: no cgroup of its controller can be made"
fi

# Two programs on one file; a file that is read and written.
start twice -w a.pcapng
knock 5
run -w twice/a.pcapng
grep -q '^tcpdropcap: .*a.pcapng: another process writes it' stderr && [ "$got" = 1 ] && ok second_writer_is_refused ||
	not_ok second_writer_is_refused "$got $(cat stderr)"
knock 5
stop
same first_writer_goes_on "$written $(packets twice/a.pcapng)" "10 10"
# shellcheck disable=SC2094 # that is the fault
timeout 60 "$TOOL" -r - -w twice/a.pcapng <twice/a.pcapng 2>stderr
[ $? = 1 ] && grep -q 'this is the file that is read' stderr && [ "$(packets twice/a.pcapng)" = 10 ] &&
	ok standard_input_is_not_overwritten || not_ok standard_input_is_not_overwritten "$(cat stderr)"

# Outputs that fail, and that are no files.
for words in --help -V --probe 'count --help' 'explain NO_SOCKET' '--completion bash' "-r $samples/rto.pcapng" \
	"count -r $samples/rto.pcapng" "-r $samples/rto.pcapng --json" "-r $samples/rto.pcapng -w -"; do
	# shellcheck disable=SC2086 # arguments
	timeout 60 "$TOOL" $words >/dev/full 2>stderr
	[ $? = 1 ] && [ "$(grep -c 'cannot write it: No space left on device' stderr)" = 1 ] ||
		not_ok full_output_is_reported "$words: $(cat stderr)"
	# shellcheck disable=SC2086 # arguments
	timeout 60 "$TOOL" $words 2>stderr | true
	grep -q 'cannot write' stderr && not_ok closed_output_is_no_failure "$words: $(cat stderr)"
done
[ $status = 0 ] && ok full_output_is_reported
mkdir folder
run -w folder
grep -q 'folder: cannot write it: Is a directory; choose another file' stderr && [ "$got" = 1 ] && ok folder_is_refused ||
	not_ok folder_is_refused "$(cat stderr)"

# Without /proc and /sys the right thing is named; ip-netns(8) hides the cgroups, which are found.
unshare -m sh -c "mount -t tmpfs none /sys && exec timeout 60 $TOOL" 2>stderr
grep -q 'sysfs is not mounted' stderr && ok sysfs_is_named || not_ok sysfs_is_named "$(cat stderr)"
unshare -m sh -c "mount -t tmpfs none /proc && exec timeout 60 $TOOL --duration 1" >stdout 2>stderr
grep -q "/proc/kallsyms: No such file or directory: .*run 'mount -t proc proc /proc'" stderr && ok procfs_is_named ||
	not_ok procfs_is_named "$(cat stderr)"
cgroup=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
if [ -n "$cgroup" ] && mkdir "$cgroup/tflt$$"; then
	cgroup=$cgroup/tflt$$
	ip -n "$ns" link add v0 type veth peer name v1
	ip -n "$ns" addr add 10.9.9.1/24 dev v0
	ip -n "$ns" link set v0 up
	ip -n "$ns" link set v1 up
	ip -n "$ns" neigh add 10.9.9.2 lladdr 02:00:00:00:00:01 dev v0
	forget log
	timeout 60 ip netns exec "$ns" "$TOOL" --netns "$ns" -e retransmit -c 1 --json >stdout 2>log &
	tool=$!
	captures log
	(
		echo 0 >"$cgroup/cgroup.procs"
		exec ip netns exec "$ns" "$PEER" connect 10.9.9.2 9 -c 1 -t 5000 >peer-out 2>&1
	) &
	wait $tool
	tool=
	same cgroup_is_known_below_ip_netns "$(jq -r 'select(.event).cgroup' stdout)" "/tflt$$"
	wait
else
	cgroup=
	echo "skip cgroup_is_known_below_ip_netns: no cgroup2"
fi
exit $status
