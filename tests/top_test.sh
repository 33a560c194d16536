#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# top on terminals of several widths, in pipes, and its arguments. That its numbers are right is
# shown by the live scenario of that name.
#   TOOL=... PEER=... top_test.sh
# shellcheck disable=SC2317 # functions that traps and until_true call
set -u
: "${TOOL:?}" "${PEER:?}"
# shellcheck source=tests/checks.sh
. "$(dirname "$0")/checks.sh"
# shellcheck source=tests/wait.sh
. "$(dirname "$0")/wait.sh"
TOOL=$(readlink -f "$TOOL") PEER=$(readlink -f "$PEER")
work=$(mktemp -d) || exit 1
pids=''
clean_up() {
	for pid in $pids; do
		kill "$pid" 2>/dev/null
	done
	rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 1' INT TERM HUP
cd "$work" || exit 1

run() {
	timeout 60 "$@" >stdout 2>stderr
	got=$?
}

refused top_three_arguments 2 "'3' is one argument too many" "$TOOL" top 1 2 3
refused top_bad_interval 2 "INTERVAL: '0' is not a number from 1 to 86400" "$TOOL" top 0
refused top_bad_count 2 "COUNT: 'x' is not a number" "$TOOL" top 1 x
refused top_escaped_argument 2 "INTERVAL: '.x1b'" "$TOOL" top "$(printf '\033')"
refused top_bad_sort 2 "--sort: 'size' is not one of both, rx, tx, retrans, drops, rtt" "$TOOL" top --sort size
refused top_bad_pid 2 "--pid: 'x' is not a process id" "$TOOL" top -p x
refused top_reads_no_file 2 "-r: unknown option" "$TOOL" top -r x
refused top_unknown_netns 1 "no namespace 'nosuch'" "$TOOL" top --netns nosuch
"$TOOL" top --help | grep -q '^Usage: tcpdropcap top ' && ok top_help || not_ok top_help ""
if [ "$(id -u)" != 0 ]; then
	echo "skip top as root: not root"
	exit $status
fi

# Traffic that goes on: a client that sends to a server on the loopback device, over IPv4 and IPv6.
holds() { grep -qF "$2" "$1" 2>/dev/null; }
ns=top$$
ip netns add $ns && ip -n $ns link set lo up || exit 1
trap 'clean_up; ip netns del $ns' EXIT
ip netns exec $ns "$PEER" serve :: 7301 read >listener 2>&1 &
pids="$pids $!"
until_true holds listener ready
ln -s "${PEER%/*}/mover" "$(printf 'e\033[7m')"
for address in 127.0.0.1 ::1; do
	ip netns exec $ns "./$(printf 'e\033[7m')" $address 7301 trickle 1000000000 >mover-$address &
	pids="$pids $!"
	until_true holds mover-$address owner
	kill -USR1 $!
done

# In a pipe: lines, all columns, no control sequence, and so many rounds.
run "$TOOL" top --netns $ns 1 2
same top_in_a_pipe_ends_after_its_rounds "$got $(grep -c loadavg stdout) $(grep -c '^PID .* LADDR .* CGROUP$' stdout)" '0 2 2'
LC_ALL=C tr -d '\n' <stdout | LC_ALL=C grep -q '[[:cntrl:]]' && not_ok top_in_a_pipe_has_no_control_character "$(cat -v stdout)" ||
	ok top_in_a_pipe_has_no_control_character
grep -q ' e\\x1b\[7m  *\[::1\]:' stdout && grep -q ' e\\x1b\[7m  *127.0.0.1:' stdout && ok top_escapes_names ||
	not_ok top_escapes_names "$(cat -v stdout)"
awk '/^PID/ { at = index($0, "RX_KB") + 4; next }
	/7301/ { n++; if (substr($0, at, 2) !~ /^[0-9] $/) bad = bad $0 }
	END { if (n < 2 || bad) print n " " bad }' stdout >bad
same top_in_a_pipe_has_straight_columns "$(cat bad)" ''

# As another user it sees the same.
"$TOOL" top -Z nobody 1 >theirs 2>stderr &
pids="$pids $!"
until_true grep -q 'mover\|e.x1b.*:7301' theirs
same top_becomes_a_user "$(awk '/^(Uid|CapEff|NoNewPrivs):/ { print $2 }' "/proc/$!/status" | xargs)" '65534 0000008000280004 1'
kill $!
run "$TOOL" top -S --netns $ns 1 1
same top_without_a_summary "$got $(grep -c loadavg stdout) $(head -1 stdout | cut -c1-4)" '0 0 PID '
run "$TOOL" top -6 --netns $ns 1 1
grep -q 7301 stdout && ! grep -q 127.0.0.1 stdout && ok top_of_ipv6 || not_ok top_of_ipv6 "$(cat stdout)"
run "$TOOL" top -4 --netns $ns 1 1
grep -q 7301 stdout && ! grep -q ::1 stdout && ok top_of_ipv4 || not_ok top_of_ipv4 "$(cat stdout)"
run "$TOOL" top --cgroup /nosuch --netns $ns 1 1
grep -q 7301 stdout && not_ok top_of_no_cgroup "$(cat stdout)" || ok top_of_no_cgroup

# A reader that goes away is no failure.
("$TOOL" top --netns $ns 1; echo $? >ended) 2>stderr | head -1 >/dev/null
same top_whose_reader_goes_away "$(cat ended)" 0

# on_terminal NAME COLUMNS LINES OPTION...: top on a terminal of that size, whose keys come from the
# pipe "keys". Leaves what it wrote to the terminal in NAME.
on_terminal() {
	terminal=$1 columns=$2 lines=$3
	shift 3
	rm -f keys "$terminal" "$terminal.status"
	mkfifo keys
	cat >"$terminal.sh" <<-END
		stty cols $columns rows $lines
		stty -g >'$terminal.before'
		$TOOL top --netns $ns $*
		echo \$? >'$terminal.status'
		stty -g >'$terminal.after'
	END
	TERM=xterm timeout 60 script -qfc "sh $terminal.sh" "$terminal" <keys >/dev/null 2>&1 &
	typist=$!
	exec 7>keys
	until_true holds "$terminal" 7301
}

# The terminal has been given back, as it was.
given_back() { # NAME
	wait "$typist"
	exec 7>&-
	same "top_on_$1_ends_well" "$(cat "$1.status")" "${2:-0}"
	same "top_on_$1_restores_the_terminal" "$(cat "$1.after")" "$(cat "$1.before")"
	grep -q "$(printf '\033\\[?1049h')" "$1" && grep -q "$(printf '\033\\[?25h\033\\[?1049l')" "$1" && ok "top_on_$1_leaves_its_screen" ||
		not_ok "top_on_$1_leaves_its_screen" "$(cat -v "$1")"
}

# The lines of the screen, without control sequences; script(1) has a line of its own at both ends.
screen_of() {
	sed '1d;$d' "$1" | tr -d '\r' | sed "s/$(printf '\033')\\[H/\\n/g; s/$(printf '\033')\\[[?0-9;]*[A-Za-z]//g"
}

for columns in 60 80 132; do
	on_terminal "width$columns" "$columns" 24
	printf q >&7
	given_back "width$columns"
	screen_of "width$columns" >screen
	widest=$(awk '{ if (length > n) n = length } END { print n }' screen)
	[ "$widest" -le "$columns" ] && [ "$widest" -ge 50 ] && ok "top_fits_$columns" || not_ok "top_fits_$columns" "$widest: $(cat screen)"
done
screen_of width60 | grep -q '^PID     COMM         RADDR  *RX_KB  *TX_KB$' && ok top_of_60_columns || not_ok top_of_60_columns "$(screen_of width60)"
screen_of width80 | grep -q '^PID     COMM         LADDR  *RADDR  *RX_KB  *TX_KB$' && ok top_of_80_columns ||
	not_ok top_of_80_columns "$(screen_of width80)"
screen_of width132 | grep -q 'RETR  RTT_MS SKDROP STATE       CGROUP$' && ok top_of_132_columns || not_ok top_of_132_columns "$(screen_of width132)"
grep -q "$(printf '\033\\[1mPID')" width80 && ok top_has_bold_titles || not_ok top_has_bold_titles "$(cat -v width80)"

# As high as the terminal, and another size while it runs.
on_terminal height 80 3
child=$(pgrep -f "^$TOOL top --netns $ns" | head -1)
stty -F "/proc/$child/fd/1" cols 132 rows 24
kill -WINCH "$child"
until_true holds height CGROUP
printf q >&7
given_back height
same top_is_as_high_as_the_terminal "$(screen_of height | awk '/loadavg/ { n = 0 } /CGROUP/ { exit } { n++; if (n > most) most = n } END { print most }')" 3

# A signal ends it, and stops it; the terminal is given back each time.
for signal in INT TERM HUP; do
	on_terminal signal-$signal 80 24
	kill -$signal "$(pgrep -f "^$TOOL top --netns $ns" | head -1)"
	given_back signal-$signal
done
prlimit --pid $$ --core=0
on_terminal signal-QUIT 80 24
kill -QUIT "$(pgrep -f "^$TOOL top --netns $ns" | head -1)"
given_back signal-QUIT 131
on_terminal stopped 80 24
child=$(pgrep -f "^$TOOL top --netns $ns" | head -1)
kill -TSTP "$child"
is_stopped() { grep -q '^State:.T' "/proc/$child/status"; }
until_true is_stopped
# script(1) may be about to write what it has read.
has_left() { [ "$(tr -d '\r' <stopped | tail -c 8 | cat -v)" = "$(printf '\033[?1049l' | cat -v)" ]; }
until_true has_left && ok top_that_is_stopped_leaves_its_screen ||
	not_ok top_that_is_stopped_leaves_its_screen "$(tail -c 20 stopped | cat -v)"
kill -CONT "$child"
entered_twice() { [ "$(grep -o "$(printf '\033\\[?1049h')" stopped | wc -l)" = 2 ]; }
until_true entered_twice && ok top_that_continues_takes_the_screen || not_ok top_that_continues_takes_the_screen ""
printf q >&7
given_back stopped

# No clearing, and no colour.
on_terminal noclear 80 24 -C 1 2
wait "$typist"
exec 7>&-
grep -q "$(printf '\033\\[[?H0-9]')[^m]*[hlHJK]" noclear && not_ok top_without_clearing "$(cat -v noclear)" || ok top_without_clearing
NO_COLOR=1 on_terminal nocolor 80 24 -C 1 1
wait "$typist"
exec 7>&-
sed 1d nocolor | grep -q "$(printf '\033')" && not_ok top_without_colour "$(cat -v nocolor)" || ok top_without_colour
exit $status
