#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The commands on files, as an ordinary user: -r, -r -w, count, expressions, and their messages
# about bad files.
#   TOOL=... files_test.sh
set -u
: "${TOOL:?}"
# shellcheck source=tests/checks.sh
. "$(dirname "$0")/checks.sh"
# shellcheck source=tests/wait.sh
. "$(dirname "$0")/wait.sh"
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
TOOL=$(readlink -f "$TOOL") root=$PWD
cp "$TOOL" "$work/tcpdropcap"
cp samples/*.pcapng "$work"
chmod -R a+rX "$work"
drop_root=
if [ "$(id -u)" = 0 ]; then
	drop_root="setpriv --reuid=65534 --regid=65534 --clear-groups"
	mkdir "$work/out" && chown 65534:65534 "$work/out"
else
	mkdir "$work/out"
fi
cd "$work" || exit 1

tool() {
	# shellcheck disable=SC2086 # a command and its arguments
	timeout 60 $drop_root "$work/tcpdropcap" "$@"
}
run() { # ARGUMENTS: into stdout, stderr, $got
	tool "$@" >stdout 2>stderr </dev/null
	got=$?
}

# Without a filter, the copy of each sample is the sample, byte for byte; so is a copy through
# pipes.
for sample in *.pcapng; do
	run -r "$sample" -w out/copy.pcapng
	packets=$(tool -r "$sample" -q 2>/dev/null | tail -n +2 | wc -l)
	cmp -s "$sample" out/copy.pcapng && [ $got = 0 ] &&
		[ "$(wc -l <stderr)" = 1 ] && grep -q "^$packets events written to out/copy.pcapng: [1-9]" stderr &&
		ok "copy_of_$sample" || not_ok "copy_of_$sample" "exit $got: $(cat stderr)"
done
# shellcheck disable=SC2094 # both only read it
tool -r - -w - <owner.pcapng 2>stderr | cmp -s - owner.pcapng && ok copy_through_pipes ||
	not_ok copy_through_pipes "$(cat stderr)"

# With a filter, a copy has the events that the same filter prints, and the other blocks of the
# file.
run -r frozen-sender.pcapng -q -e drop --state ESTABLISHED
cp stdout drops
run -r frozen-sender.pcapng -w out/drops.pcapng -e drop --state ESTABLISHED
run -r out/drops.pcapng -q
[ "$(wc -l <drops)" = 4 ] && cmp -s stdout drops && ok filtered_copy_is_what_is_printed ||
	not_ok filtered_copy_is_what_is_printed "$(cat stdout stderr)"

# What a filter leaves is printed and counted, of all events.
sums() { # NAME SAMPLE FILTER...
	name=$1 sample=$2
	shift 2
	run -r "$sample" -q
	all=$(($(wc -l <stdout) - 1))
	run -r "$sample" -q "$@"
	read -r written _ seen _ <stderr
	printed=$(($(wc -l <stdout) - 1))
	[ "$seen" = $all ] && [ $printed = "$written" ] && [ "$written" -gt 0 ] &&
		[ "$written" -lt $all ] && ok "filter_$name" ||
		not_ok "filter_$name" "$(cat stderr)"
}
sums events frozen-sender.pcapng -e drop
# On a terminal of COLUMNS: what it shows of rto.pcapng.
on_terminal() { # COLUMNS
	script -qfc "stty cols $1; exec '$TOOL' -q -r rto.pcapng" "$work/typescript" </dev/null 2>/dev/null | tr -d '\r'
}
longest() { awk 'length > n { n = length } END { print n + 0 }'; }
same narrow_terminal_is_not_exceeded "$(TERM=xterm NO_COLOR=1 on_terminal 80 | longest | awk '{ print ($1 > 60 && $1 <= 80) }')" 1
same wide_terminal_has_the_long_lines "$(TERM=xterm NO_COLOR=1 on_terminal 160 | longest | awk '{ print ($1 > 100) }')" 1
escape=$(printf '\033')
same terminal_has_colours "$(TERM=xterm NO_COLOR='' on_terminal 80 | grep -c "$escape\[33mretrans ")" 10
same no_color_is_respected "$(TERM=xterm NO_COLOR=1 on_terminal 80 | grep -c "$escape")" 0

sums ipv4 rto.pcapng -4
sums ipv6 rto.pcapng --ipv6
sums reason frozen-sender.pcapng --reason skb_drop_reason_netfilter_drop
sums state frozen-sender.pcapng --state established -e drop
sums comm owner.pcapng --comm late,keeper
# of FIELD FILTER...: the number that the first event of rto.pcapng has there
of() {
	field=$1
	shift
	tool -r rto.pcapng --json -c 1 "$@" 2>/dev/null | sed 's/.*"'"$field"'":\([0-9]*\).*/\1/'
}
sums pid rto.pcapng --pid "$(of owner_pid)"
sums expression rto.pcapng ip6 and src port "$(of sport ip6)"
sums all_at_once owner.pcapng -4 -e retransmit --comm late --state ESTABLISHED tcp port 7013
run -r rto.pcapng -q -c 3
[ "$(wc -l <stdout)" = 4 ] && grep -q '^3 events: ' stderr && ok count_of_a_file ||
	not_ok count_of_a_file "$(cat stderr)"
# The kind of a retransmission says where it comes from: its stack is shown on request.
run -r rto.pcapng
same retransmissions_have_no_stack "$(grep -c '^  ' stdout)" 0
run -r rto.pcapng -v
grep -q '^  __tcp_retransmit_skb+' stdout && ok stacks_of_retransmissions_on_request ||
	not_ok stacks_of_retransmissions_on_request "$(cat stdout)"
run -r input-drop.pcapng
grep -q '^  nft_do_chain+' stdout && ok drops_have_their_stacks || not_ok drops_have_their_stacks "$(cat stdout)"
netns=$(tool -r rto.pcapng --json -c 1 2>/dev/null | sed 's/.*"netns":\([0-9]*\).*/\1/')
run --netns "$netns" -r rto.pcapng -q
cp stderr one
run --netns 1 -r rto.pcapng -q
[ "$(cat one stderr | cut -d: -f1 | tr '\n' ' ')" = "10 events 0 of 10 events " ] && ok netns_that_is_gone_has_its_number ||
	not_ok netns_that_is_gone_has_its_number "$(cat one stderr)"
refused netns_that_is_gone_has_no_name 1 "no namespace 'nosuch'" --netns nosuch -r rto.pcapng

# A compressed file, and one from standard input, are printed like the plain one.
gzip -k rto.pcapng && zstd -q rto.pcapng
run -r rto.pcapng
cp stdout plain
for file in rto.pcapng.gz rto.pcapng.zst; do
	run -r $file
	cmp -s stdout plain && ok "read_$file" || not_ok "read_$file" "$(cat stderr)"
	tool -r - <$file >stdout 2>stderr
	cmp -s stdout plain && ok "read_${file}_from_a_pipe" || not_ok "read_${file}_from_a_pipe" "$(cat stderr)"
done

# For a damaged file, the events before the damage are printed, then one line with its position,
# then the counts.
head -c 9000 rto.pcapng >cut.pcapng
run -r cut.pcapng
lines=$(wc -l <stdout)
[ $got = 1 ] && head -n "$lines" plain | cmp -s - stdout && [ "$lines" -gt 5 ] &&
	[ "$(wc -l <stderr)" = 2 ] && head -1 stderr | grep -q '^tcpdropcap: cut.pcapng: .*offset' &&
	tail -1 stderr | grep -q '^[0-9]* events: [0-9]* x rto retransmission$' && ok cut_file ||
	not_ok cut_file "exit $got, $lines lines: $(cat stderr)"
head -c 700 rto.pcapng.gz >cut.gz
run -r cut.gz -q
[ $got = 1 ] && grep -q '^tcpdropcap: cut.gz: ' stderr && ok cut_gz || not_ok cut_gz "$(cat stderr)"
echo 'this is not a capture file' >text.txt
: >empty.pcapng
refused no_capture_file 1 'text.txt: ' -r text.txt
refused empty_file 1 'empty.pcapng: ' -r empty.pcapng
refused no_file 1 'nosuch.pcapng: .*No such file' -r nosuch.pcapng
mkdir empty && chmod 755 empty
refused empty_folder 1 'empty: no finished file is in this folder' -r empty
cp rto.pcapng secret.pcapng && chmod 600 secret.pcapng
[ -z "$drop_root" ] || refused unreadable_file 1 'secret.pcapng: .*Permission' -r secret.pcapng
refused unwritable_copy 1 '/nonexistent/x: cannot write it' -r rto.pcapng -w /nonexistent/x
cp rto.pcapng out/same.pcapng && chmod 666 out/same.pcapng
refused copy_onto_itself 1 'this is the file that is read' -r out/same.pcapng -w out/../out/same.pcapng
cmp -s rto.pcapng out/same.pcapng && ok file_that_is_read_is_left || not_ok file_that_is_read_is_left ""
refused bad_expression 2 "expression 'tcp and and': .*syntax error" -r rto.pcapng tcp and and
refused option_of_a_capture 2 '--buffer-size applies to a live capture only and cannot be combined with -r' -r rto.pcapng -B 4
refused count_key_of_another_name 2 "--by: 'comm' is not a key: here it is owner; .* cpu_comm" count -r rto.pcapng --by comm
refused count_unknown_key 2 "--by: 'colour' is not a key; 'man tcpdropcap'" count -r rto.pcapng \
	--by event,colour
refused count_empty_key 2 'empty item' count -r rto.pcapng --by event,
refused count_two_forms 2 '--json and --folded exclude' count -r rto.pcapng --json --folded
refused count_writes_no_file 2 '-w: unknown option' count -r rto.pcapng -w x
refused count_bad_interval 2 "--interval: '0' is not a time from 1 to 86400 seconds" count --interval 0
refused count_no_file 1 'nosuch: .*No such file' count -r nosuch
run -r rto.pcapng -w /dev/full
[ $got = 1 ] && grep -q '/dev/full: cannot write it: No space left' stderr && ok copy_to_a_full_disk ||
	not_ok copy_to_a_full_disk "$(cat stderr)"
tool -r rto.pcapng >/dev/full 2>stderr
[ $? = 1 ] && grep -q 'cannot write it: No space left' stderr && ok text_to_a_full_disk ||
	not_ok text_to_a_full_disk "$(cat stderr)"

# Captures by other programs have no events: classic files, and pcapng files of packets without
# annotations.
printf '\324\303\262\241\2\0\4\0\0\0\0\0\0\0\0\0\0\0\4\0\1\0\0\0' >classic.pcap
for _ in 1 2 3; do
	printf '\1\0\0\0\0\0\0\0\4\0\0\0\4\0\0\0abcd' >>classic.pcap
done
refused classic_pcap 1 'classic.pcap has no annotations of tcpdropcap: 3 packets skipped' \
	-r classic.pcap
refused classic_pcap_copied 1 'has no annotations of tcpdropcap: 3 packets' -r classic.pcap -w out/c.pcapng
[ ! -e out/c.pcapng ] && ok nothing_is_written_of_it || not_ok nothing_is_written_of_it "out/c.pcapng"
{
	cat rto.pcapng
	printf '\12\15\15\12\34\0\0\0\115\74\53\32\1\0\0\0\377\377\377\377\377\377\377\377\34\0\0\0'
	printf '\1\0\0\0\24\0\0\0\1\0\0\0\0\0\0\0\24\0\0\0'
	printf '\6\0\0\0\44\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\4\0\0\0\4\0\0\0abcd\44\0\0\0'
} >mixed.pcapng
run -r mixed.pcapng
[ $got = 0 ] && cmp -s stdout plain && [ "$(wc -l <stderr)" = 2 ] &&
	grep -q '^tcpdropcap: 1 packet has no annotation' stderr && ok packets_of_others_are_counted ||
	not_ok packets_of_others_are_counted "exit $got: $(cat stderr)"
run -r mixed.pcapng -w out/mixed.pcapng
run -r out/mixed.pcapng
cmp -s stdout plain && [ "$(cat stderr)" = '10 events: 10 x rto retransmission' ] &&
	ok packets_of_others_are_not_copied || not_ok packets_of_others_are_not_copied "$(cat stderr)"
sed 's/ uid=0 / uid=x /' rto.pcapng >damaged.pcapng
run -r damaged.pcapng -q
[ $got = 0 ] && [ "$(wc -l <stdout)" = 11 ] && grep -q 'warning: 10 annotations are damaged' stderr &&
	ok damaged_annotations_are_counted || not_ok damaged_annotations_are_counted "$(cat stderr)"

# --strict counts the losses that a file reports.
cp "$root/tests/fuzz/corpus-report_read/annotated.pcapng" lossy.pcapng && chmod a+r lossy.pcapng
run -r lossy.pcapng -q --strict
[ $got = 3 ] && grep -q '^# [0-9]* events lost here' stdout && ok losses_of_a_file_are_strict ||
	not_ok losses_of_a_file_are_strict "exit $got"
run -r rto.pcapng -q --strict
[ $got = 0 ] && ok file_without_losses_is_strict || not_ok file_without_losses_is_strict "exit $got"
run count -r lossy.pcapng --strict
[ $got = 3 ] && grep -q '^# [0-9]* events lost$' stdout && ok counted_losses_are_strict ||
	not_ok counted_losses_are_strict "exit $got"

# A bundle has its files, and an anonymized one has no name of its input in any of them.
run bundle -r owner.pcapng -o out/named.tar.gz
same bundle_lists_its_files "$(awk '/ bytes/ { print $1 }' stdout | xargs) $got" \
	'out/named.tar.gz: drops.pcapng report.html report.md probe.txt version.txt 0'
# A fixed key: with one in some hundred, two bytes of an address stay as they are.
# shellcheck disable=SC2086 # a command and its arguments
$drop_root sh -c "umask 077 && printf 0123456789abcdefghijklmnopqrstuv >out/fixed-key"
run bundle -r owner.pcapng -o out/nameless.tar.gz --anonymize --key out/fixed-key
for bundle in named nameless; do
	mkdir $bundle && tar -C $bundle --strip-components=1 -xzf out/$bundle.tar.gz
	find $bundle -type f | while read -r file; do
		grep -aoE 'keeper|10\.99\.0\.[12]|eth0|t9482x13' "$file"
	done | sort -u >$bundle.names
done
same bundle_has_the_names "$(xargs <named.names)" '10.99.0.1 10.99.0.2 eth0 keeper t9482x13'
same anonymized_bundle_has_none "$(xargs <nameless.names)" ''
same bundle_has_the_events "$(capinfos -Tmrc nameless/drops.pcapng 2>/dev/null | sed 's/.*,//')" 108
same bundle_is_nobodys "$(tar tvzf out/nameless.tar.gz | awk '{ print $1, $2 }' | sort -u | xargs)" '-rw------- 0/0 drwx------ 0/0'
same bundle_is_silent "$(cat stderr)" ''
run bundle -r nosuch -o out/no.tar.gz
[ "$got" = 1 ] && grep -q '^tcpdropcap: nosuch: cannot read it' stderr && ! [ -e out/no.tar.gz ] && ok bundle_of_no_file_fails ||
	not_ok bundle_of_no_file_fails "$got $(cat stdout stderr)"
same failed_bundle_is_silent_about_folders "$(grep -c /tmp/ stderr) $(wc -l <stderr)" '0 2'

# What is not a regular file, is read, or cannot be written is refused, and stays. The node is of
# the device full.
mkfifo out/fifo && ln -s old.tar.gz out/link && ln -s nowhere out/other.part && mkdir out/folder
echo old >out/old.tar.gz && echo mine >out/mine.tar.gz.part && cp owner.pcapng out/read.pcapng && echo key >out/key
[ -z "$drop_root" ] || { mknod out/full c 1 7 && chown -R 65534:65534 out; }
files_of_out() { find out -type f -exec cksum {} + -o -printf '%p %y %l\n' | sort; }
files_of_out >before
for target in fifo link other folder full; do
	[ $target = full ] && [ -z "$drop_root" ] && continue
	refused bundle_is_not_written_to_$target 1 "out/$target.*: it is not a regular file.*choose another with -o" \
		bundle -r owner.pcapng -o out/$target
	refused metrics_are_not_written_to_$target 1 "out/$target.*: it is not a regular file.*choose another with --openmetrics" \
		count --openmetrics out/$target
done
refused bundle_needs_a_folder 1 "/nosuch/x.tgz.part: cannot write it: No such file" bundle -r owner.pcapng -o /nosuch/x.tgz
refused bundle_leaves_the_part_of_others 1 "out/mine.tar.gz.part: cannot write it: File exists" bundle -r owner.pcapng -o out/mine.tar.gz
refused bundle_does_not_write_over_a_file_that_it_reads 2 'names a file that is read' bundle -r out/read.pcapng -o out/../out/read.pcapng
refused bundle_does_not_write_over_a_file_of_a_folder 2 'names a file that is read' bundle -r out -o out/read.pcapng
refused bundle_does_not_write_over_the_key 2 'names the key' bundle -r owner.pcapng --anonymize --key out/key -o out/key
refused bundle_is_not_written_to_standard_output 2 'name a file' bundle -r owner.pcapng -o -
refused metrics_are_not_written_to_standard_output 2 'name a file' count --openmetrics -
refused metrics_need_a_folder 1 '/nosuch/x.prom: cannot write it: No such file' count --openmetrics /nosuch/x.prom
[ -z "$drop_root" ] || refused metrics_need_a_folder_that_can_be_written 1 'x.prom: cannot write it: Permission denied' \
	count --openmetrics x.prom
run bundle -r nosuch -o out/old.tar.gz
files_of_out | diff before - >difference && ok refused_files_stay || not_ok refused_files_stay "$(cat difference)"

mkdir bin
bundle_with_tar() { # COMMANDS ARCHIVE: of a tar
	printf '#!/bin/sh\n%s\n' "$1" >bin/tar && chmod -R a+rx bin
	(PATH=$work/bin:$PATH && run bundle -r owner.pcapng -o "$2" && echo "$got" >status)
}

# tar fails: an older archive stays, and there is one line on it.
bundle_with_tar 'echo "gzip: stdout: it is full" >&2; echo further >&2; exit 2' out/old.tar.gz
files_of_out | diff before - >difference && same failure_of_tar_is_one_line "$(cat status) $(head -1 stderr) $(wc -l <stderr)" \
	'1 tcpdropcap: out/old.tar.gz: cannot write it: gzip: stdout: it is full 2' || not_ok failure_of_tar_is_one_line "$(cat difference)"
run bundle -r owner.pcapng -o out/old.tar.gz
same older_bundle_is_replaced "$got $(tar tzf out/old.tar.gz | wc -l) $(find out -name 'old*' | wc -l)" '0 6 1'

# A program that makes a part is signalled by bundle alone: once, as a request to stop is for all of
# them, it leaves no archive; a crash after one is a failure all the same.
# shellcheck disable=SC2016 # for the tar
bundle_with_tar 'echo "$(ps -o pgid= -p $$) $(ps -o pgid= -p $PPID)" | awk "{ print (\$1 != \$2) }" >&2; exit 2' out/stopped.tar.gz
same bundle_starts_programs_in_their_own_group "$(sed -n '1s/.*: //p' stderr)" 1
# shellcheck disable=SC2016
bundle_with_tar 'kill -INT $PPID; exec sleep 60' out/stopped.tar.gz
same bundle_that_is_stopped_while_it_packs_makes_none "$(cat status stderr) $(find out -name 'stopped*')" \
	'1
tcpdropcap: bundle: stopped before it was complete; no archive is made '
# shellcheck disable=SC2016
bundle_with_tar 'trap "" INT; kill -INT $PPID; echo "tar: it is full" >&2; kill -SEGV $$' out/stopped.tar.gz
same crash_of_a_program_is_no_stop "$(cat status) $(head -1 stderr)" '1 tcpdropcap: out/stopped.tar.gz: cannot write it: tar: it is full'

# Ctrl-C while the events are anonymized: no archive, or all events.
mkdir many
for _ in $(seq 400); do cat "$root/samples/owner.pcapng"; done >many/many.pcapng
# shellcheck disable=SC2317 # until_true calls it
anonymizes() {
	pgrep -P "$bundle" -f -- 'raw.pcapng .*--anonymize' >children && return 0
	[ -z "$(tr -d '\0' <"/proc/$bundle/cmdline")" ] # it has ended
}
"$TOOL" bundle -r many/many.pcapng --anonymize -o many/b.tar.gz >stdout 2>stderr &
bundle=$!
until_true anonymizes 2>/dev/null
kill -INT "$bundle" 2>/dev/null
wait "$bundle"
case "$? $(ls many) $(cat stderr)" in
"1 many.pcapng tcpdropcap: bundle: stopped before it was complete; no archive is made") ok bundle_has_all_anonymized_events_or_is_none ;;
"0 b.tar.gz
many.pcapng "*)
	tar -xzOf many/b.tar.gz --wildcards '*/drops.pcapng' >many/drops.pcapng
	same bundle_has_all_anonymized_events_or_is_none "$("$TOOL" -r many/drops.pcapng -q 2>/dev/null | wc -l)" \
		"$("$TOOL" -r many/many.pcapng -q 2>/dev/null | wc -l)"
	;;
*) not_ok bundle_has_all_anonymized_events_or_is_none "$(ls many) $(cat stderr)" ;;
esac
rm -rf many

# The schema is one, and all lines of JSON are of its form.
run schema
cp stdout schema.json
for file in "$root"/samples/*.pcapng "$root"/samples/schema-1/*.pcapng; do
	"$TOOL" -r "$file" --json >>lines.json 2>stderr
done
if why=$(python3 - <<-'E' 2>&1
	import json, jsonschema
	schema = json.load(open("schema.json"))
	jsonschema.Draft202012Validator.check_schema(schema)
	check = jsonschema.Draft202012Validator(schema)
	lines = [json.loads(line) for line in open("lines.json")]
	assert len(lines) > 100, len(lines)
	for line in lines:
	    check.validate(line)
	assert check.is_valid({"lost": 3})
	assert not check.is_valid({"time": 1}) and not check.is_valid(dict(lines[0], sport="x"))
	assert not check.is_valid(dict(lines[0], colour="red"))
	E
); then
	ok json_has_the_form_of_the_schema
else
	not_ok json_has_the_form_of_the_schema "$(echo "$why" | head -5)"
fi

# A reader that closes the pipe and an interrupt are not errors.
tool -r owner.pcapng 2>stderr | head -1 >stdout
[ "$(wc -l <stdout)" = 1 ] && ! grep -q 'cannot write' stderr && ok closed_pipe ||
	not_ok closed_pipe "$(cat stderr)"
mkfifo pipe
(
	cat rto.pcapng
	exec sleep 60
) >pipe &
writer=$!
# shellcheck disable=SC2086 # a command and its arguments
$drop_root "$work/tcpdropcap" -r - <pipe >stdout 2>stderr &
reader=$!
until_true cmp -s stdout plain
kill -INT $reader
wait $reader
got=$?
[ $got = 0 ] && cmp -s stdout plain && grep -q '^10 events: 10 x rto retransmission$' stderr &&
	ok pipe_that_waits_is_printed_and_ends || not_ok pipe_that_waits_is_printed_and_ends "exit $got: $(cat stderr)"
kill $writer
wait

# count: for each choice of keys, the sum is the number of events.
for keys in event reason,state flow owner,kind,at stack uid,ifname,remote; do
	run count -r owner.pcapng --by $keys
	total=$(awk 'NR > 1 { sum += $1 } END { print sum }' stdout)
	run count -r owner.pcapng --by $keys --json
	json=$(sed 's/^{"count":\([0-9]*\).*/\1/' stdout | awk '{ sum += $1 } END { print sum }')
	run count -r owner.pcapng --by $keys --folded
	folded=$(awk '{ sum += $NF } END { print sum }' stdout)
	[ "$total $json $folded" = "108 108 108" ] && ok "count_by_$keys" ||
		not_ok "count_by_$keys" "$total $json $folded"
done
run count -r owner.pcapng --by flow -4 -c 20 tcp port 7013
[ "$(awk 'NR > 1 { sum += $1 } END { print sum }' stdout)" = 20 ] && ok count_of_a_part ||
	not_ok count_of_a_part "$(cat stdout stderr)"
exit $status
