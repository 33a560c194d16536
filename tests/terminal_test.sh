#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What a capture shows on a terminal: the line that counts while a file is written, and the screen
# of count. Needs root.
#   TOOL=... PEER=... terminal_test.sh
# shellcheck disable=SC2317 # functions that traps and until_true call
set -u
: "${TOOL:?}" "${PEER:?}"
# shellcheck source=tests/checks.sh
. "$(dirname "$0")/checks.sh"
# shellcheck source=tests/wait.sh
. "$(dirname "$0")/wait.sh"
TOOL=$(readlink -f "$TOOL") PEER=$(readlink -f "$PEER")
if [ "$(id -u)" != 0 ]; then
	echo "skip terminal: not root"
	exit 0
fi
work=$(mktemp -d) || exit 1
ns=term$$
clean_up() {
	exec 7>&-
	[ -z "${child:-}" ] || kill "$child" 2>/dev/null
	ip netns del "$ns"
	rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 1' INT TERM HUP
cd "$work" || exit 1
ip netns add $ns && ip -n $ns link set lo up || exit 1
# A process with a name that would change the terminal.
ln -s "$PEER" "$(printf 'e\033[7m')"
knock() { # TIMES: SYNs to a closed port
	ip netns exec $ns "./$(printf 'e\033[7m')" connect 127.0.0.1 9 -c "$1" -t 1500 >/dev/null
}

# on_terminal NAME COLUMNS LINES COMMAND...: on a terminal of that size, whose keys come from the
# pipe "keys". NAME has what it wrote to the terminal. $child is the program.
on_terminal() {
	terminal=$1 columns=$2 lines=$3
	shift 3
	rm -f keys child "$terminal"
	mkfifo keys
	cat >"$terminal.sh" <<-END
		stty cols $columns rows $lines
		stty -g >'$terminal.before'
		echo \$\$ >child
		exec $*
	END
	cat >"$terminal.all" <<-END
		sh $terminal.sh
		echo \$? >'$terminal.status'
		stty -g >'$terminal.after'
	END
	TERM=xterm timeout 60 script -qfc "sh $terminal.all" "$terminal" <keys >/dev/null 2>&1 &
	typist=$!
	exec 7>keys
	until_true test -s child
	child=$(cat child)
}

has_ended() { # NAME STATUS
	wait "$typist"
	child=
	exec 7>&-
	same "$1_ends_well" "$(cat "$1.status")" "${2:-0}"
}

shows() { tr -d '\r' <"$1" 2>/dev/null | grep -qE "$2"; }

# The lines that remain on the screen: what follows a return replaces what was there. script(1) has
# a line of its own at both ends.
remains() {
	sed '1d;$d; s/\r$//' "$1" | awk '{
		n = split($0, part, "\r")
		line = ""
		for (i = 1; i <= n; i++) line = part[i] substr(line, length(part[i]) + 1)
		sub(/ *$/, "", line)
		print line
	}'
}

# A file is written: the line counts, fits, and leaves nothing. A line that is logged meanwhile
# begins on its own line.
on_terminal counter 50 24 "$TOOL" --netns $ns -e drop -w drops.pcapng
until_true shows counter capturing
knock 5
until_true shows counter '5 events, [0-9.]+ kB, 0 lost, [0-9]+/s'
kill -USR1 "$child"
until_true shows counter '5 events written to'
counters() { grep -o '5 events, [0-9.]* kB, 0 lost' counter | wc -l; }
counted=$(counters)
counts_again() { [ "$(counters)" -gt "$counted" ]; }
until_true counts_again && ok counter_comes_back_after_a_line || not_ok counter_comes_back_after_a_line "$(cat -v counter)"
kill -INT "$child"
has_ended counter
widest=$(tr '\r' '\n' <counter | grep ' lost, ' | awk '{ sub(/ *$/, ""); if (length > n) n = length } END { print n + 0 }')
[ "$widest" -gt 10 ] && [ "$widest" -lt 50 ] && ok counter_fits || not_ok counter_fits "$widest: $(cat -v counter)"
remains counter >lines
same counter_leaves_nothing "$(grep -cE ' kB,|/s' lines)" 0
same lines_begin_on_their_own "$(grep . lines | grep -vE '^tcpdropcap: |^5 events written to drops.pcapng, 0 lost: 5 x NO_SOCKET$')" ""
same counts_are_twice "$(grep -c '^5 events written' lines)" 2

# With -q, or into a pipe, there is none.
timeout 60 "$TOOL" --netns $ns -e drop --duration 2 -w piped.pcapng 2>piped &
pipe=$!
on_terminal quiet 80 24 "$TOOL" -q --netns $ns -e drop --duration 2 -w drops.pcapng
has_ended quiet
same no_counter_with_q "$(grep -c ' lost, ' quiet)" 0
wait $pipe
same no_counter_in_a_pipe "$(grep -c "$(printf '\r')" piped) $(grep -c '^0 events written' piped)" '0 1'

# The screen of count: the largest groups, in the size of the terminal, and names are escaped.
by=reason,lport,rport,remote,cpu_comm
on_terminal screen 60 10 "$TOOL" count --netns $ns -e drop --by $by
until_true shows screen 'q ends'
knock 11
until_true shows screen 'total: 11 events' || not_ok screen_counts "$(cat -v screen)"
printf q >&7
has_ended screen
same screen_restores_the_terminal "$(cat screen.after)" "$(cat screen.before)"
escape=$(printf '\033')
sed "1,/$escape\\[?1049h/d" screen | sed "/$escape\\[?1049l/,\$d" | tr -d '\r' |
	sed "s/$escape\\[H/\\n@\\n/g; s/$escape\\[[?0-9;]*[A-Za-z]//g" >frames
same screen_fits "$(awk '/^@/ { n = 0; next } length > 60 || ++n > 10 { bad++ } END { print bad + 0 }' frames)" 0
grep -qE 'other: [0-9]+ more groups' frames && ok screen_has_the_others || not_ok screen_has_the_others "$(cat frames)"
sed "1,/$escape\\[?1049l/d" screen | tr -d '\r' >rest
[ "$(grep -c NO_SOCKET rest)" = 12 ] && grep -qE '^# total: 11 events' rest && grep -q '^11 events, 0 lost: 11 x NO_SOCKET$' rest &&
	ok whole_table_at_the_end || not_ok whole_table_at_the_end "$(cat -v rest)"
[ "$(grep -cF 'e\x1b[7m' rest)" = 11 ] && ! grep -q "$escape" rest && ok screen_escapes_names || not_ok screen_escapes_names "$(cat -v rest)"

# Another size while it runs; a signal ends it.
on_terminal resized 60 10 "$TOOL" count --netns $ns -e drop --by $by
until_true shows resized 'q ends'
stty -F "/proc/$child/fd/1" cols 132 rows 24
kill -WINCH "$child"
knock 1
until_true shows resized 'e\\x1b\[7m' && ok screen_follows_the_size || not_ok screen_follows_the_size "$(cat -v resized)"
kill -TERM "$child"
has_ended resized

# Where it is no screen, it prints once.
on_terminal dumb 80 24 env TERM=dumb "$TOOL" count --netns $ns -e drop --duration 1
has_ended dumb
same no_screen_on_a_dumb_terminal "$(grep -c "$escape" dumb) $(grep -c 'COUNT' dumb)" '0 1'
exit $status
