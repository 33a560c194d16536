#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Some 2,000 simulated captures and their verdicts; the simulator and its judge: the files of a
# seed, their readability for other programs, and that a program that lies, gives untrue reasons,
# crashes or prints nothing is detected.
#   TOOL=... sim_test.sh BUILD
set -u
: "${TOOL:?}"
# shellcheck source=tests/checks.sh
. "$(dirname "$0")/../checks.sh"
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
TOOL=$(readlink -f "$TOOL")
simulate=$(readlink -f "$1/tests/simulate")
seeds=$(readlink -f "$(dirname "$0")/SEEDS")
cd "$work" || exit 1

# The files of two runs of a seed, without the time in the events' head.
contents() { (cd "$1" && cat only-loss-7/wire0.* only-loss-7/truth | cksum); }
for folder in first second; do
	"$simulate" --tool "$TOOL" --situation only-loss --seeds 7 --keep $folder >$folder.table
done
same a_seed_makes_the_same_world "$(contents first)" "$(contents second)"
same a_seed_makes_the_same_table "$(cat first.table)" "$(cat second.table)"
same each_event_has_its_truth "$(wc -l <first/only-loss-7/truth)" \
	"$(tcpdump -nr first/only-loss-7/drops.pcapng 2>/dev/null | wc -l)"

# One cause, and nothing that hides it: the live scenarios say that these verdicts are right.
for situation in only-loss only-ack-loss only-input-drop; do
	if "$simulate" --tool "$TOOL" --situation $situation --seeds 1..10 >table; then
		ok "$situation: no verdict is wrong"
	else
		not_ok "$situation: no verdict is wrong" "$(sed -n '/^Wrong/,$p' table | head -3 | tr '\n' ' ')"
	fi
done

# All situations. A verdict that is wrong is a bug. Those that are unknown where the captures say
# more are counted, and may only become fewer. The reason for each must be true. The table is
# printed, so that the number of captures and of each kind of verdict can be seen.
wrong_at_most=0 unjustified_at_most=8 untrue_at_most=0
"$simulate" --tool "$TOOL" --seeds 1..48 >table
sed '/^$/,$d' table
sum=$(grep '^all ' table)
# shellcheck disable=SC2086 # columns
set -- $sum
result="$2 captures, $3 events: $4 right, $5 excused, $6 justified, $7 unjustified, $8 wrong, $9 without a verdict, untrue reasons: ${10}"
if [ "$2" -ge 1900 ] && [ "$8" -le $wrong_at_most ] && [ "$7" -le $unjustified_at_most ] && [ "$9" = 0 ] &&
	[ "${10}" -le $untrue_at_most ]; then
	ok "verdicts: $result"
else
	not_ok "verdicts: at most $wrong_at_most are wrong, $unjustified_at_most unjustified, $untrue_at_most reasons untrue" "$result"
fi
"$simulate" --tool "$TOOL" --replay "$seeds" >table
same captures_that_were_wrong_stay_right "$?: $(sed -n '/^Wrong/,$p' table | head -3 | tr '\n' ' ')" "0: "

"$simulate" --tool "$TOOL" --situation formats --seeds 1..12 --keep formats >/dev/null
for wire in formats/*/wire0.*; do
	tcpdump -nr "$wire" tcp >frames 2>errors && [ -s frames ] || echo "$wire: $(tail -1 errors)"
done >unread
same tcpdump_reads_each_format "$(cat unread)" ""

# A tool that says the same of every event.
cat >liar <<'END'
#!/bin/sh
for _ in $(seq 200); do echo '{"verdict":"lost-beyond-host","because":"always"}'; done
END
# It knows nothing, and says why, but the captures cover all.
cat >evasive <<'END'
#!/bin/sh
for _ in $(seq 200); do
	echo '{"verdict":"unknown","because":"outside the time that the wire captures cover"}'
done
END
# Its reasons name another frame than the one that it means.
cat >careless <<'END'
#!/bin/sh
"$TOOL" "$@" | sed 's/"because":"frame [0-9]*/"because":"frame 1/'
END
export TOOL
cat >silent <<'END'
#!/bin/sh
exit 1
END
cat >crashing <<'END'
#!/bin/sh
kill -SEGV $$
END
chmod +x liar evasive careless silent crashing
judged() { # NAME STATUS TOOL PATTERN [SITUATION SEEDS]
	"$simulate" --tool "$work/$3" --situation "${5:-only-input-drop}" --seeds "${6:-1..2}" >table
	got=$?
	[ $got = "$2" ] && grep -qE "$4" table && ok "$1" || not_ok "$1" "exit $got: $(head -3 table)"
}
judged a_liar_is_found_out 1 liar '^Wrong verdicts'
judged an_untrue_reason_is_found_out 0 evasive '^Unknown, and the reason is not true'
judged a_reason_with_a_wrong_frame_is_found_out 0 careless 'older timestamp.*, but ' only-stalls 5
judged a_crash_is_found_out 1 crashing 'runs ended with 139'
judged silence_is_counted 0 silent 'runs ended with 1,'
"$simulate" --situation nowhere >/dev/null 2>errors
same an_unknown_situation_is_refused "$?" 2
exit $status
