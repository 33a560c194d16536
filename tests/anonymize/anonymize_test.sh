#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# -r IN -w OUT --anonymize: no name and no address of the input is in the output, compare finds the
# same in two anonymized files as in the two that they were, and other programs read them.
#   TOOL=... anonymize_test.sh BUILD
set -u
: "${TOOL:?}"
# shellcheck source=tests/checks.sh
. "$(dirname "$0")/../checks.sh"
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
TOOL=$(readlink -f "$TOOL") here=$(readlink -f "$(dirname "$0")") root=$PWD
simulate=$(readlink -f "$1/tests/simulate")
cd "$work" || exit 1

run() { # ARGUMENTS: into stdout, stderr, $got
	timeout 60 "$TOOL" "$@" >stdout 2>stderr </dev/null
	got=$?
}
anonymize() { # IN OUT OPTION...
	in=$1 out=$2
	shift 2
	run -r "$in" -w "$out" --anonymize "$@"
}
# A fixed key: with another one, a few bytes may be those of a name by chance.
printf '0123456789abcdefghijklmnopqrstuv' >key
chmod 600 key

# Everything in a file that names someone, as leaks.lua reads it.
names() { # FILE
	"$TOOL" -r "$1" --json -q 2>/dev/null | sed 's/":/"\n/g; s/,"/\n"/g; s/^{//' | awk '
		/^"/ && !value { key = $0; gsub(/"/, "", key); value = 1; next }
		{ value = 0; text = $0; gsub(/^"|"}*$|}$/, "", text) }
		key ~ /^(owner|cpu_comm|ifname)$/ && length(text) > 2 && text !~ /^(lo|tcpdropcap)$/ { print "text " text }
		key == "cgroup" && text != "/" { print "text " text }
		key == "netns" { print "number " text }
		key ~ /^[sd]addr$/ { print "ip " text }
		key ~ /^(seq|ack)$/ && text + 0 > 65535 { print "number " text }'
	tshark -r "$1" -T fields -e eth.src -e eth.dst -e tcp.options.timestamp.tsval 2>/dev/null |
		tr ',' '\t' | tr '\t' '\n' | awk '/:/ && !/^00:00:00:00:00:00$|^(ff|33|01):/ { print "bytes " $0; print "text " $0 }
			/^[0-9]+$/ && $0 > 65535 { print "number " $0 }'
}

malformed() { tshark -r "$1" -o tcp.check_checksum:TRUE -o ip.check_checksum:TRUE \
	-Y '_ws.malformed || tcp.checksum.status == "Bad" || ip.checksum.status == "Bad"' 2>/dev/null | wc -l; }

# All samples are one file of several sections.
cat "$root"/samples/*.pcapng "$root"/samples/schema-1/*.pcapng >all.pcapng
names all.pcapng | sort -u >list
result=$(lua5.4 "$here/leaks.lua" all.pcapng <list | wc -l)
[ "$result" -gt 300 ] && ok "leaks_are_found: $result" || not_ok leaks_are_found "$result of $(wc -l <list)"
anonymize all.pcapng all-out.pcapng --key key
packets=$(tshark -r all.pcapng 2>/dev/null | wc -l)
same samples_are_anonymized "$got, $(head -1 stderr | sed 's/:.*//')" "0, $packets events written to all-out.pcapng"
result=$(lua5.4 "$here/leaks.lua" all-out.pcapng <list)
same no_name_and_no_address_is_left "$result" "$(wc -l <list) looked for"
same no_command_line_is_left "$(grep -ac 'command:' all-out.pcapng)" 0
same no_more_packets_are_malformed "$(malformed all-out.pcapng)" "$(malformed all.pcapng)"
for file in all all-out; do
	"$TOOL" count --by event,kind,reason,at,dir,state,stack_id -r $file.pcapng >count-$file 2>/dev/null
	"$TOOL" count --folded -r $file.pcapng >>count-$file 2>/dev/null
done
[ -s count-all ] && cmp -s count-all count-all-out && ok counts_and_stacks_stay ||
	not_ok counts_and_stacks_stay "$(diff count-all count-all-out | head -3)"

verdicts() { # FILE EVENTS WIRE...
	file=$1
	shift
	run compare --json "$@"
	grep -o '"verdict":"[^"]*"\|"wire_frame":[0-9]*\|"verdicts":.*' stdout >"$file"
}
# same_verdicts NAME EVENTS WIRE...: also of the anonymized files; counts them.
compared=0
same_verdicts() {
	name=$1
	shift
	verdicts before "$@"
	after=
	for file in "$@"; do
		anonymize "$file" "out-${file##*/}" --key key
		after="$after out-${file##*/}"
	done
	# shellcheck disable=SC2086 # a list of files
	verdicts after $after
	[ -s before ] && cmp -s before after && compared=$((compared + 1)) ||
		not_ok "verdicts_of_$name" "$(diff before after | head -2 | tr '\n' ' ')"
}
for sample in "$root"/samples/*.pcapng "$root"/samples/schema-1/*.pcapng; do
	tcpdump -r "$sample" -w wire.pcap 2>/dev/null
	same_verdicts "${sample#"$root"/}" "$sample" wire.pcap
done
same verdicts_on_samples_are_the_same "$compared" "$(find "$root/samples" -name '*.pcapng' | wc -l)"

# Files whose fates are known, behind NAT and in all formats.
compared=0
for situation in only-loss only-ack-loss clock-hour any-device nat-any nat-two-files nat-outside gso-split no-sack formats port-reuse; do
	"$simulate" --tool /bin/true --situation $situation --seeds 3..4 --keep kept >/dev/null 2>&1
	for folder in kept/"$situation"-*; do
		same_verdicts "$folder" "$folder/drops.pcapng" "$folder"/wire*
	done
done
same verdicts_are_the_same "$compared" 22

# Packets that are not understood, and all that a file of Wireshark can have.
for link in 1 9 147; do
	lua5.4 "$here/make_wire.lua" $link >others.pcap
	anonymize others.pcap others.pcapng --key key
	cp stderr others-$link
	printf '%s\n' 'ip 203.0.113.77' 'ip 2001:db8:77::77' 'bytes 525400777777' 'text SECRET' \
		"bytes $(printf SECRET | od -An -tx1 | tr -d ' \n')" | lua5.4 "$here/leaks.lua" others.pcapng >leaks
	same "other_packets_of_link_type_$link" "exit $got, $(cat leaks), $(capinfos -rMc others.pcapng | awk 'END { print $NF }') packets" \
		"exit 0, 5 looked for, 22 packets"
done
same what_is_cut_is_said "$(grep '^cut:' others-1)" \
	"cut: 14 payloads, 4 packets after the link's header (not IP), 3 packets after the IP header (not TCP, UDP or an error of ICMP)"
same a_frame_of_an_unknown_link_is_cut "$(grep -c 'cut: 22 packets as a whole' others-147)" 1
same no_more_are_malformed "$(tshark -r others.pcapng -Y _ws.malformed 2>/dev/null | wc -l)" 0
printf 'CLIENT_RANDOM 00 11\n' >secrets
editcap --capture-comment 'of host acme-77' -a '1:seen at acme-77' --inject-secrets tls,secrets \
	"$root/samples/rto.pcapng" foreign.pcapng 2>/dev/null
anonymize foreign.pcapng out.pcapng --key key
same foreign_blocks_and_comments_are_left_out \
	"$(grep -c '^left out: [3-9] comments, 1 block$' stderr), $(grep -ac 'acme-77\|CLIENT_RANDOM' out.pcapng)" "1, 0"

# The key.
anonymize "$root/samples/rto.pcapng" first.pcapng --key new-key
same a_new_key_is_for_its_owner "$(stat -c '%a %s' new-key)" "600 32"
anonymize "$root/samples/rto.pcapng" second.pcapng --key new-key
cmp -s first.pcapng second.pcapng && ok one_key_gives_one_file || not_ok one_key_gives_one_file "they differ"
anonymize "$root/samples/rto.pcapng" third.pcapng
same a_random_key_is_said "$(grep -c 'key is random' stderr)" 1
cmp -s first.pcapng third.pcapng && not_ok another_key_gives_another_file "they are the same" ||
	ok another_key_gives_another_file
for half in 1-16 17-32; do
	echo "bytes $(head -c 32 new-key | cut -b $half 2>/dev/null | od -An -tx1 | tr -d ' \n' | cut -c 1-16)"
done | lua5.4 "$here/leaks.lua" first.pcapng >leaks
same the_key_is_not_in_the_file "$(cat leaks)" "2 looked for"
printf short >short
head -c 64 /dev/zero >long
refused a_short_key_is_refused 1 'short: a key has 32 bytes, and this file has fewer' -r "$root/samples/rto.pcapng" -w x --anonymize --key short
refused a_long_key_is_refused 1 'long: a key has 32 bytes, and this file has more' -r "$root/samples/rto.pcapng" -w x --anonymize --key long
refused the_key_is_not_written_over 1 'key: this is the key' -r "$root/samples/rto.pcapng" -w key --anonymize --key key
refused a_key_in_no_folder_is_refused 1 'nowhere/key: cannot create the key' -r "$root/samples/rto.pcapng" -w x --anonymize --key nowhere/key
refused anonymize_needs_two_files 2 'give -r and -w' -r "$root/samples/rto.pcapng" --anonymize
refused anonymize_writes_no_json 2 'writes a capture file' -r "$root/samples/rto.pcapng" -w x --json --anonymize
refused a_key_needs_anonymize 2 'belongs to --anonymize' -r "$root/samples/rto.pcapng" -w x --key key
chmod 644 key
anonymize "$root/samples/rto.pcapng" out.pcapng --key key
same a_key_that_others_may_read_is_named "$(grep -c 'warning: key: others may read' stderr)" 1
chmod 600 key

# Choices.
anonymize "$root/samples/rto.pcapng" out.pcapng --key key --keep-private
run -r out.pcapng -q
grep -q '10\.99\.0\.2' stdout && ok private_addresses_can_stay || not_ok private_addresses_can_stay "$(sed -n 2p stdout)"
anonymize "$root/samples/rto.pcapng" out.pcapng --key key --anonymize-ports
run -r out.pcapng -q
grep -q ':7005' stdout && not_ok ports_can_be_changed "$(sed -n 2p stdout)" || ok ports_can_be_changed
run -r "$root/samples/owner.pcapng" -w out.pcapng --anonymize --key key --comm gone
run -r out.pcapng --json
same filters_choose_by_the_true_names "$(grep -c '"owner":"comm-' stdout) $(grep -c '"owner":"gone"' stdout)" \
	"$("$TOOL" -r "$root/samples/owner.pcapng" --comm gone --json 2>/dev/null | wc -l) 0"

# Damaged files: what comes before the damage is anonymized, and can be read.
unread=
for file in "$root"/tests/bad/files/*; do
	rm -f out.pcapng
	anonymize "$file" out.pcapng --key key
	[ $got -le 1 ] || unread="$unread $(basename "$file"):$got"
	[ ! -s out.pcapng ] && continue
	run count -r out.pcapng
	grep -q 'block [0-9]* at offset' stderr && unread="$unread $(basename "$file")"
done
same damaged_files_are_read_up_to_the_damage "$unread" ""

# compare -w copies the payload, unless it is asked not to.
lua5.4 "$here/make_wire.lua" 1 >others.pcap
run compare -w copy.pcapng "$root/samples/rto.pcapng" others.pcap
same the_copy_of_a_wire_has_its_payload "$(grep -c 'copy.pcapng has the payload' stderr) $(grep -ac SECRET-TOKEN copy.pcapng | sed 's/[1-9].*/some/')" "1 some"
for file in others.pcap others-big.pcapng; do
	[ -e $file ] || editcap -F pcapng others.pcap $file
	run compare -w copy.pcapng --headers-only "$root/samples/rto.pcapng" $file
	same "headers_only_of_$file" "$(grep -c payload stderr) $(grep -ac SECRET-TOKEN copy.pcapng) $(tshark -r copy.pcapng 2>/dev/null | wc -l)" \
		"0 0 $(($(tshark -r others.pcap 2>/dev/null | wc -l) + $(tshark -r "$root/samples/rto.pcapng" 2>/dev/null | wc -l)))"
done
refused headers_only_needs_a_copy 2 'headers-only: it cuts' compare --headers-only "$root/samples/rto.pcapng" others.pcap
exit $status
