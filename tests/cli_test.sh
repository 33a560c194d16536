#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The command line: an error is one line that names the object, and no file is left; captures end as
# they should.
#   TOOL=... cli_test.sh
set -u
: "${TOOL:?}"
TOOL=$(readlink -f "$TOOL")
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
cp "$TOOL" "$work/tcpdropcap"
# shellcheck source=tests/checks.sh
. "$(dirname "$0")/checks.sh"
# shellcheck source=tests/wait.sh
. "$(dirname "$0")/wait.sh"

# refused NAME STATUS PATTERN COMMAND...: the command exits with the status and prints one line, on
# stderr, that matches. Warnings about hooks that this kernel refuses may come before it.
refused() {
	name=$1 expected=$2 pattern=$3
	shift 3
	timeout 60 "$@" >"$work/stdout" 2>"$work/all" </dev/null
	got=$?
	grep -v 'will be missing: the kernel refuses' "$work/all" >"$work/stderr"
	if [ $got != "$expected" ]; then
		not_ok "$name" "exit $got, not $expected: $(head -1 "$work/stderr")"
	elif [ "$(wc -l <"$work/stderr")" != 1 ] || [ -s "$work/stdout" ]; then
		not_ok "$name" "not one line: $(cat "$work/stderr" "$work/stdout")"
	elif ! grep -qE "^tcpdropcap: .*$pattern" "$work/stderr"; then
		not_ok "$name" "$(cat "$work/stderr")"
	elif [ -e "$work/out.pcapng" ]; then
		not_ok "$name" "a file is left"
	else
		ok "$name"
	fi
	rm -f "$work/out.pcapng"
}

out="-w $work/out.pcapng"
# shellcheck disable=SC2086 # out is an option and its argument
{
	refused unknown_option 2 '--nosuch: unknown option' "$TOOL" $out --nosuch
	refused unknown_letter 2 '-X: unknown option' "$TOOL" $out -X
	refused option_of_tcptop_is_explained 2 '-p: unknown option; --pid LIST' "$TOOL" $out -p 3
	refused option_of_tcpdrop_is_explained 2 '--pid-netns: unknown option; --netns takes the inode' "$TOOL" $out --pid-netns 3
	refused option_with_a_value_is_explained 2 '--netnsid=3: unknown option; --netns takes' "$TOOL" $out --netnsid=3
	refused missing_argument 2 '-c: needs an argument' "$TOOL" $out -c
	refused bad_number 2 "-c: '12x' is not a number" "$TOOL" $out -c 12x
	refused negative_number 2 "-s: '-1' is not a number" "$TOOL" $out -s -1
	refused too_large 2 "-B: '4096' is not a number from 1 to 2048" "$TOOL" $out -B 4096
	refused ring_of_no_power_of_two 2 "-B: '3' is not a power of two" "$TOOL" $out -B 3
	refused unknown_event 2 "--events: 'dorp' is not one of drop, retransmit, .*; did you mean 'drop'" "$TOOL" $out -e drop,dorp
	refused empty_item 2 'empty item' "$TOOL" $out -e drop,
	refused bad_expression 2 "expression 'tcp and and': .*syntax error" "$TOOL" $out tcp and and
	refused unknown_port 2 "expression 'tcp port 70000': .*70000" "$TOOL" $out 'tcp port 70000'
	refused both_families 2 'exclude each other' "$TOOL" $out -4 -6
	refused bad_stack 2 "--stack: 'half'" "$TOOL" $out --stack half
	refused escape_in_argument 2 "-c: '.x1b.1m'" "$TOOL" $out -c "$(printf '\033[1m')"
	refused unknown_state 2 "--state: 'OPEN' is not one of ESTABLISHED, .*NONE" "$TOOL" $out --state OPEN
	refused misspelled_command 2 "'comapre' is neither a command .*resembles 'compare'; usage: " "$TOOL" comapre a b
	refused unknown_command 2 "'frobnicate' is neither a command \(count, compare, retrans, life, top, explain, report, bundle, schema, help\) nor the start" "$TOOL" frobnicate
	refused command_after_options 2 "'count' is a command, which comes before all options" "$TOOL" $out -q count
	refused expression_that_is_not_complete 2 "expression 'host': .*syntax error" "$TOOL" $out host
	refused help_of_nothing 2 "help: 'frobnicate' is not a command" "$TOOL" help frobnicate
	refused life_writes_no_file 2 "-w: unknown option; -W prints wide lines" "$TOOL" life -w
	refused life_in_two_forms 2 '--json and --csv exclude each other' "$TOOL" life --json -s
	refused bad_port 2 "--lport: '80x' is not a port" "$TOOL" life -L 80x
	refused unknown_shell 2 "--completion: 'ksh' is not one of bash, zsh, fish" "$TOOL" --completion ksh
	refused ambiguous_option 2 '--rea: several options begin with this: --read --reason' "$TOOL" --rea x
	refused misspelled_option 2 '--no-acount: unknown option; did you mean --no-account' "$TOOL" $out --no-acount
	refused unknown_kind 2 "--kind: 'rot' is not one of rto, .*; did you mean 'rto'" "$TOOL" $out --kind fast,rot
	refused unknown_cause 2 "--cause: 'overflow' is not one of .*; did you mean 'listen-overflow'" "$TOOL" $out --cause overflow
	refused misspelled_sum 2 "--sum: 'seg' is not a key; did you mean 'segs'" "$TOOL" count --sum seg
	refused option_twice 2 '--netns: given twice, but it takes one NAME.INODE' "$TOOL" $out --netns 1 --netns 2
	refused output_twice 2 '-w: given twice, but it takes one FILE' "$TOOL" $out $out
	refused two_namespaces 2 '--netns and --netns-of exclude each other' "$TOOL" $out --netns-of $$ --netns 1
	refused unknown_user 1 "-Z: there is no user 'nosuch'" "$TOOL" $out -Z nosuch
	refused option_as_a_file 2 "-w: '-r' looks like an option; write ./-r" "$TOOL" -w -r x
	for suffix in lz4 xz bz2 zip GZ; do
		refused "no_compression_.$suffix" 2 "'x.$suffix' would not be compressed: only files whose names end in .gz or .zst" "$TOOL" -w x.$suffix
	done
	refused report_is_not_compressed 2 "-o: 'x.bz2' would not be compressed" "$TOOL" report -o x.bz2 samples/rto.pcapng
	refused bundle_is_no_zip 2 "-o: 'x.zip' would be a tar file compressed with gzip" "$TOOL" bundle -o x.zip -r samples/rto.pcapng
	refused metrics_are_not_compressed 2 "--openmetrics: 'x.gz' would not be compressed" "$TOOL" count --openmetrics x.gz
	refused file_without_its_option 2 "'samples/rto.pcapng' is a file, which -r reads: tcpdropcap count -r samples/rto.pcapng" "$TOOL" count samples/rto.pcapng
	refused file_alone 2 "is a file, which -r reads: tcpdropcap -r samples" "$TOOL" samples/rto.pcapng
	refused help_after_a_command 2 "tcpdropcap count --help prints the options" "$TOOL" count help
	refused help_with_another_option 2 "help: '-V' is not a command" "$TOOL" help -V
	refused schema_of_a_word 2 "schema: 'x' is one argument too many" "$TOOL" schema x
	refused no_file 1 'nosuch: cannot read it: No such file' "$TOOL" -r nosuch
	refused no_capture_file 1 'README.md: not a pcapng or pcap file' "$TOOL" -r README.md
	printf '\3757zXZ' >"$work/x.pcapng.xz"
	refused other_compression 1 'compression by xz is not supported; pipe it through xz -dc' "$TOOL" -r "$work/x.pcapng.xz"
	refused unknown_netns 1 "no namespace 'nosuch'" "$TOOL" $out --netns nosuch
	refused unknown_netns_number 1 'namespace 12345' "$TOOL" $out --netns 12345
}

"$TOOL" --help >"$work/help"
grep -q '^Usage: tcpdropcap \[OPTION' "$work/help" && ok help || not_ok help "$(head -1 "$work/help")"
for words in -h help 'help help' 'help --help'; do
	# shellcheck disable=SC2086 # words
	same "help_by_$words" "$("$TOOL" $words)" "$(cat "$work/help")"
done
for command in count compare retrans life top explain report bundle schema; do
	same "help_of_$command" "$("$TOOL" help $command)" "$("$TOOL" $command --help)"
	same "help_option_before_$command" "$("$TOOL" --help $command)" "$("$TOOL" help $command)"
	"$TOOL" $command -h | grep -q "^Usage: tcpdropcap $command " && ok "usage_of_$command" || not_ok "usage_of_$command" ""
done
# A reader that ends early is no failure, and nothing is printed about it.
for words in '-r samples/rto.pcapng' '-r samples/rto.pcapng --json' 'count -r samples/rto.pcapng' 'retrans -r samples/rto.pcapng' \
	'explain' 'report --json samples/rto.pcapng' 'schema'; do
	# shellcheck disable=SC2086 # words
	{ "$TOOL" $words 2>"$work/stderr" || echo failed >>"$work/stderr"; } | head -1 >/dev/null
	same "head of $words" "$(grep -v '^10 events: ' "$work/stderr")" ''
done
"$TOOL" report -o "$work/no/x" samples/rto.pcapng 2>"$work/stderr"
same report_names_the_file_alone "$? $(grep -c -- '-w' "$work/stderr") $(grep -c 'no/x: cannot write it: No such file' "$work/stderr")" '1 0 1'

# What a filter selects, and no event of the file has, is named at the end; what the file or a
# kernel has is not.
"$TOOL" -r samples/rto.pcapng -i eth0,nosuch --reason NO_SOCKET,NO_SOKET >"$work/stdout" 2>"$work/stderr"
same nothing_is_selected "$? $(head -1 "$work/stderr")" '0 0 of 10 events'
same unmatched_names_are_named "$(sed 1d "$work/stderr")" "tcpdropcap: --reason: no event has the reason 'NO_SOKET', and no kernel is known to have it; similar: NO_SOCKET
tcpdropcap: --interface: no event is on 'nosuch'; the events are on eth0"
LC_ALL=C sed "s/eth0/et$(printf '\033')0/" samples/rto.pcapng >"$work/hostile.pcapng"
"$TOOL" -r "$work/hostile.pcapng" -i nosuch >"$work/stdout" 2>"$work/stderr"
same unmatched_names_are_escaped "$(tail -1 "$work/stderr")" "tcpdropcap: --interface: no event is on 'nosuch'; the events are on et\\x1b0"
"$TOOL" -r samples/rto.pcapng -i eth0 -i any >"$work/stdout" 2>"$work/stderr"
same known_names_are_not "$(cat "$work/stderr")" '10 events: 10 x rto retransmission'
same lists_of_keys_add_up "$("$TOOL" count -r samples/rto.pcapng --by event --by kind 2>/dev/null | head -1)" '   COUNT      %  event       kind'

# Expressions that libpcap accepts are accepted.
for expression in 'tcp port 80' 'host 192.0.2.1' 'not port 22' '(tcp)' '! tcp' '( tcp or udp ) and ip' 'port 80' \
	'ip6' 'less 100' 'len > 5' 'src net 10.0.0.0/8' 'vlan' 'tcp[13] & 2 != 0' 'portrange 1-2' 'ether broadcast'; do
	# shellcheck disable=SC2086 # words
	why=$("$TOOL" -r samples/rto.pcapng $expression 2>&1 >/dev/null) && ok "expression $expression" ||
		not_ok "expression $expression" "$why"
done
if [ "$("$TOOL" -V)" = "$("$TOOL" --version)" ] && "$TOOL" -V | grep -qE '^tcpdropcap [0-9.]+(-[a-z0-9]+)?( \([0-9a-f]+(-dirty)?\))?$'; then
	ok version
else
	not_ok version "$("$TOOL" -V)"
fi

if [ "$(id -u)" != 0 ]; then
	echo "skip cli_as_root: not root"
	exit $status
fi
# A file is read without privileges: by the time that the first byte comes, they are gone.
mkfifo "$work/pipe"
without_privileges() { # NAME WORDS...: the last command reads the pipe
	name=$1
	shift
	: >"$work/stderr"
	timeout 20 "$TOOL" "$@" >"$work/stdout" 2>"$work/stderr" &
	tool=$!
	exec 8>"$work/pipe"
	head -c 500 samples/rto.pcapng >&8
	for _ in $(seq 50); do
		pid=$(pgrep -P $tool -x tcpdropcap) && grep -q '^NoNewPrivs:	1' "/proc/$pid/status" && break
		sleep 0.1
	done
	had=$(sed -n 's/^Cap\(Inh\|Prm\|Eff\|Bnd\|Amb\):	//p' "/proc/$pid/status" | sort -u)
	tail -c +501 samples/rto.pcapng >&8
	exec 8>&-
	wait $tool
	same "$name" "$? $had" '0 0000000000000000'
}
without_privileges read_without_privileges -r "$work/pipe"
[ "$(grep -c '^[0-9:.]* retransmit' "$work/stdout")" = 10 ] && ok reads_all_without_privileges ||
	not_ok reads_all_without_privileges "$(cat "$work/stdout" "$work/stderr")"
without_privileges count_without_privileges count -r "$work/pipe"
tcpdump -r samples/rto.pcapng -w "$work/wire.pcap" 2>/dev/null
without_privileges compare_without_privileges compare "$work/pipe" "$work/wire.pcap"
without_privileges copy_without_privileges -r "$work/pipe" -w "$work/copy.pcapng"
cmp -s samples/rto.pcapng "$work/copy.pcapng" && ok copies_all_without_privileges || not_ok copies_all_without_privileges ""

# Files that only a privileged root can reach were opened before.
mkdir "$work/theirs"
cp samples/rto.pcapng "$work/wire.pcap" "$work/theirs"
chmod 600 "$work"/theirs/*
chown -R 65534:65534 "$work/theirs"
chmod 700 "$work/theirs"
(
	cd "$work/theirs" || exit 1
	"$TOOL" -r rto.pcapng -w copy.pcapng && cmp rto.pcapng copy.pcapng &&
		"$TOOL" -r rto.pcapng -w copy.pcapng -c 3 && [ "$(wc -c <copy.pcapng)" -lt "$(wc -c <rto.pcapng)" ] &&
		"$TOOL" compare -w both.pcapng rto.pcapng wire.pcap && [ -s both.pcapng ]
) >"$work/stdout" 2>&1 && ok files_of_others_are_opened_before || not_ok files_of_others_are_opened_before "$(cat "$work/stdout")"
cp "$work/wire.pcap" "$work/plain.pcap"
refused nothing_to_copy 1 'has no annotations' "$TOOL" -r "$work/plain.pcap" -w "$work/out.pcapng"
refused copy_onto_itself 1 'this is the file that is read' "$TOOL" -r "$work/copy.pcapng" -w "$work/copy.pcapng"
cmp -s samples/rto.pcapng "$work/copy.pcapng" && ok file_that_is_read_stays || not_ok file_that_is_read_stays ""

# shellcheck disable=SC2086 # out is an option and its argument
{
	refused not_root 1 'run as root' setpriv --reuid=65534 --regid=65534 --clear-groups \
		--inh-caps=-all --bounding-set=-all "$work/tcpdropcap"
	refused unknown_reason 2 "--reason: 'NOSUCH' is not a reason of this kernel; 'tcpdropcap explain' lists them" "$TOOL" $out \
		--reason NO_SOCKET,NOSUCH
	refused misspelled_reason 2 "'NO_SOKET' is not a reason of this kernel; did you mean 'NO_SOCKET'. 'tcpdropcap explain' lists" \
		"$TOOL" count --reason NO_SOKET
	refused no_btf 1 'no type information \(BTF\)' unshare -m sh -c "mount --bind /dev/null \
		/sys/kernel/btf/vmlinux && exec $TOOL $out"
}
# These fail after the hooks are attached, so the line of the start is printed too.
timeout 60 "$TOOL" -w /nonexistent/x.pcapng 2>"$work/stderr"
[ $? = 1 ] && grep -q '/nonexistent/x.pcapng: cannot write it: No such file' "$work/stderr" &&
	[ "$(grep -vc "will be missing" "$work/stderr")" = 1 ] && ok unwritable_output ||
	not_ok unwritable_output "$(cat "$work/stderr")"
timeout 60 "$TOOL" -w /dev/full 2>"$work/stderr"
[ $? = 1 ] && grep -q '/dev/full: cannot write it: No space left' "$work/stderr" &&
	ok full_disk || not_ok full_disk "$(cat "$work/stderr")"

# Hidden symbols are reported once, and the capture continues without them.
sed 's/^[0-9a-f]*/0000000000000000/' /proc/kallsyms >"$work/kallsyms"
forget "$work/stderr"
unshare -m sh -c "mount --bind $work/kallsyms /proc/kallsyms && exec $TOOL -q" >"$work/stdout" 2>"$work/stderr" &
captures "$work/stderr"
kill -INT $!
wait $!
[ "$(grep -c kptr_restrict "$work/stderr")" = 1 ] && ok hidden_symbols_are_reported ||
	not_ok hidden_symbols_are_reported "$(cat "$work/stderr")"

# A hook that the kernel refuses is reported in one line, and the capture continues. An interface
# that no namespace has is, too, but it may appear.
ns=tcli$$
ip netns add $ns
ip -n $ns link add far$$ type veth peer name near$$
forget "$work/stderr"
"$TOOL" -q -e drop,tlp -i lo,far$$,none$$ >"$work/stdout" 2>"$work/stderr" &
captures "$work/stderr"
kill -INT $!
wait $!
refusals=$(grep -c 'will be missing: ' "$work/stderr")
if [ "$(grep 'will be missing: ' "$work/stderr" | sort | uniq -d | wc -l)" = 0 ] && [ "$(grep -c 'refuses' "$work/stderr")" = "$refusals" ] &&
	grep -qE '^[0-9]+ events?, 0 lost' "$work/stderr"; then
	ok refused_hook_is_one_line
else
	not_ok refused_hook_is_one_line "$(cat "$work/stderr")"
fi

same missing_interface_is_named "$(grep -- --interface "$work/stderr")" \
	"tcpdropcap: --interface: there is no interface 'none$$' in any network namespace at present; its events are captured if it appears"

# Process 1 exists, and the number of one that has ended does not.
sh -c 'exit 0' &
ended=$!
wait $ended
"$TOOL" -q --pid 1,$ended --duration 1 >"$work/stdout" 2>"$work/stderr"
same missing_process_is_named "$(grep -- --pid "$work/stderr")" "tcpdropcap: --pid: there is no process $ended at present"

# -c N ends the capture after N events; a reader that closes its pipe ends it too.
in_ns() { ip netns exec $ns "$@"; }
in_ns ip link set lo up
knock() { # TIMES: SYNs to a closed port
	in_ns "$PEER" connect 127.0.0.1 9 -c "$1" -e -t 30000 >/dev/null
}
knock 7 &
sleep 0.3
forget "$work/stderr"
timeout 60 "$TOOL" --netns $ns -e drop -w "$work/count.pcapng" -c 3 2>"$work/stderr" &
tool=$!
captures "$work/stderr"
knock 5
wait $tool
same_count=$(tcpdump -nr "$work/count.pcapng" 2>/dev/null | wc -l)
[ "$same_count" = 3 ] && grep -q '^3 events written to ' "$work/stderr" && ok count_ends_the_capture ||
	not_ok count_ends_the_capture "$same_count packets; $(cat "$work/stderr")"

forget "$work/stderr"
timeout 60 "$TOOL" --netns $ns -q 2>"$work/stderr" | head -2 >"$work/stdout" &
captures "$work/stderr"
knock 2
knock 2
wait
[ "$(wc -l <"$work/stdout")" = 2 ] && grep -q '^[0-9]* events\{0,1\}, 0 lost' "$work/stderr" &&
	! grep -q 'cannot write' "$work/stderr" && ok closed_pipe_ends_the_capture ||
	not_ok closed_pipe_ends_the_capture "$(cat "$work/stderr")"

# A full disk: the file has whole blocks, and the other events are counted.
mkdir "$work/small"
mount -t tmpfs -o size=32k tmpfs "$work/small"
forget "$work/stderr"
timeout 60 "$TOOL" -v --netns $ns -e drop -w "$work/small/full.pcapng" 2>"$work/stderr" &
tool=$!
captures "$work/stderr"
knock 199 &
wait $tool
got=$?
seen=$(sed -n 's/^\([0-9]*\) drops.*/\1/p' "$work/stderr")
written=$(sed -n 's/.*; \([0-9]*\) written.*/\1/p' "$work/stderr")
filtered=$(sed -n 's/.* \([0-9]*\) filtered.*/\1/p' "$work/stderr")
unwritten=$(sed -n 's/.* \([0-9]*\) events\{0,1\} could not be written/\1/p' "$work/stderr")
if [ $got = 1 ] && [ "$seen" = $((written + filtered + unwritten)) ] && [ "$unwritten" -gt 0 ] &&
	why=$(capinfos "$work/small/full.pcapng" 2>&1 >"$work/capinfos") && [ -z "$why" ] &&
	[ "$(awk '/^Number of packets/ { print $4 }' "$work/capinfos")" = "$written" ]; then
	ok full_disk_leaves_a_whole_file
else
	not_ok full_disk_leaves_a_whole_file "exit $got; $(cat "$work/stderr"); ${why-}"
fi
umount "$work/small"
wait

# count: as many events as were provoked, at the end and at each interval, also with an expression.
forget "$work/stderr"
timeout -s INT 60 "$TOOL" count --netns $ns -e drop --by reason,rport,owner_pid >"$work/stdout" 2>"$work/stderr" &
tool=$!
forget "$work/stderr2"
timeout -s INT 60 "$TOOL" count --netns $ns -e drop --by event --interval 1 --json dst port 9 >"$work/intervals" \
	2>"$work/stderr2" &
other=$!
captures "$work/stderr"
captures "$work/stderr2"
knock 5
until_true grep -q '"event":"drop"' "$work/intervals"
knock 6
# SIGUSR1 prints the table so far.
# shellcheck disable=SC2317 # until_true calls it
shows_eleven() {
	pkill -USR1 -P "$tool"
	grep -q '^# total: 11 events in ' "$work/stdout"
}
until_true shows_eleven && ok usr1_prints_the_table || not_ok usr1_prints_the_table "$(cat "$work/stdout")"
pkill -INT -P $tool 2>/dev/null
pkill -INT -P $other 2>/dev/null
wait $tool
wait $other
[ "$(awk '/^ *COUNT/ { sum = 0 } / NO_SOCKET / { sum += $1 } END { print sum }' "$work/stdout")" = 11 ] &&
	grep -q '^11 events, 0 lost: 11 x NO_SOCKET$' "$work/stderr" && ok count_of_a_capture ||
	not_ok count_of_a_capture "$(cat "$work/stdout" "$work/stderr")"
[ "$(grep -c '"event":"drop"' "$work/intervals")" -ge 2 ] &&
	[ "$(sed 's/{"count":\([0-9]*\).*/\1/' "$work/intervals" | awk '{ sum += $1 } END { print sum }')" = 11 ] &&
	ok count_at_each_interval || not_ok count_at_each_interval "$(cat "$work/intervals" "$work/stderr2")"

# A compressed capture that is killed can be read up to its last flush.
has_seven() { # SUFFIX
	case $1 in
	gz) gzip -dc "$work/killed.pcapng.gz" ;;
	zst) zstd -dqc "$work/killed.pcapng.zst" ;;
	esac >"$work/killed.pcapng" 2>/dev/null
	packets=$(tcpdump -nr "$work/killed.pcapng" 2>/dev/null | wc -l)
	[ "$packets" = 7 ]
}
for suffix in gz zst; do
	forget "$work/stderr"
	"$TOOL" --netns $ns -e drop -w "$work/killed.pcapng.$suffix" 2>"$work/stderr" &
	tool=$!
	captures "$work/stderr"
	knock 7
	until_true has_seven $suffix
	quiet=$(wc -c <"$work/killed.pcapng.$suffix")
	sleep 0.5
	still=$(wc -c <"$work/killed.pcapng.$suffix")
	kill -KILL $tool
	wait $tool 2>/dev/null
	has_seven $suffix
	[ "$packets" = 7 ] && [ "$quiet" = "$still" ] && ok "killed_${suffix}_can_be_read" ||
		not_ok "killed_${suffix}_can_be_read" "$packets packets, $quiet and $still bytes"
done

# SIGUSR1 prints the counts, SIGTERM ends cleanly.
forget "$work/stderr"
"$TOOL" --netns $ns -w "$work/usr1.pcapng" 2>"$work/stderr" &
tool=$!
captures "$work/stderr"
kill -USR1 $tool
until_true grep -q ' written to ' "$work/stderr"
[ "$(grep -c ' written to ' "$work/stderr")" = 1 ] && ok usr1_prints_counts ||
	not_ok usr1_prints_counts "$(cat "$work/stderr")"
kill -TERM $tool
wait $tool && [ "$(grep -c ' written to ' "$work/stderr")" = 2 ] && ok term_ends_cleanly ||
	not_ok term_ends_cleanly "$(cat "$work/stderr")"
ip netns del $ns

# --probe: one line for each hook.
"$TOOL" --probe >"$work/stdout" 2>"$work/stderr" && ! [ -s "$work/stderr" ] &&
	grep -q "on Linux $(uname -r) " "$work/stdout" &&
	grep -qE '^  attached +tp_btf/kfree_skb +drop events$' "$work/stdout" &&
	grep -qE '^drop reasons +[0-9]+ names$' "$work/stdout" && ok probe_reports_each_hook ||
	not_ok probe_reports_each_hook "$(cat "$work/stdout" "$work/stderr")"
hooks=$(grep -cE '^  (attached|refused|absent|not needed) ' "$work/stdout")
"$TOOL" --probe --json >"$work/stdout" 2>"$work/stderr"
[ "$(wc -l <"$work/stdout")" = 1 ] &&
	[ "$(grep -o '"status":"' "$work/stdout" | wc -l)" = "$hooks" ] && ok probe_is_json_too ||
	not_ok probe_is_json_too "$(cat "$work/stdout" "$work/stderr")"
setpriv --reuid=65534 --regid=65534 --clear-groups "$TOOL" --probe >"$work/stdout" 2>"$work/stderr"
[ $? = 1 ] && ! grep -q '^  attached' "$work/stdout" && grep -q 'run as root' "$work/stderr" &&
	ok probe_without_privilege_names_what_it_needs ||
	not_ok probe_without_privilege_names_what_it_needs "$(cat "$work/stdout" "$work/stderr")"
exit $status
