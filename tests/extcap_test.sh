#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Wireshark's list of interfaces: tshark finds, asks and starts the program as it is installed for
# one user.
#   TOOL=... PEER=... extcap_test.sh
# shellcheck disable=SC2317 # until_true calls functions by their names
set -u
: "${TOOL:?}" "${PEER:?}"
# shellcheck source=tests/tshark.sh
. "$(dirname "$0")/tshark.sh"
# shellcheck source=tests/wait.sh
. "$(dirname "$0")/wait.sh"
tshark_setup dissector/tcpdropcap.lua
PEER=$(readlink -f "$PEER")
ns=text$$
home=$work/home
tool=$home/.local/bin/tcpdropcap
mkdir "$work/tmp" "$work/bin"
chmod 1777 "$work/tmp"
rm "$work/dissector.lua"
BUILD=${TOOL%/*} PREFIX=$home/.local HOME=$home XDG_CONFIG_HOME='' sh install.sh install user >"$work/installed" ||
	not_ok extcap_installs "$(cat "$work/installed")"
[ -z "$drop_root" ] || chown -R 65534:65534 "$home"

# Runs as the user, with the test's folder for temporary files.
as_user() {
	# shellcheck disable=SC2086 # drop_root is a command and its arguments
	cd "$work" && exec $drop_root env -i PATH="$work/bin:$PATH" LC_ALL=C.UTF-8 HOME="$home" \
		TMPDIR="$work/tmp" "$@"
}

# says NAME STATUS PATTERN COMMAND...: that exit status, and output or errors match the pattern.
says() {
	name=$1 expected=$2 pattern=$3
	shift 3
	(as_user timeout 60 "$@") >"$work/said" 2>&1
	got=$?
	[ $got = "$expected" ] && grep -q "$pattern" "$work/said" && ok "$name" ||
		not_ok "$name" "exit $got: $(tail -5 "$work/said" | tr '\n' ' ')"
}

ask() { (as_user "$tool" "$@") 2>&1; }

# The questions of the protocol, without privileges: none may load BPF programs or open an output.
says listed 0 '^[0-9]*\. tcpdropcap (TCP drops and retransmits)$' tshark -D
same asked_without_privilege "$(ask --extcap-interfaces --extcap-version=4.0 | tail -1)" \
	'interface {value=tcpdropcap}{display=TCP drops and retransmits}'
same link_type "$(ask --extcap-dlts --extcap-interface tcpdropcap)" \
	'dlt {number=1}{name=EN10MB}{display=Ethernet}'
same help_is_a_file "$(head -1 "$(ask --extcap-interfaces | sed -n 's,.*{help=file://\([^}]*\)}.*,\1,p')")" \
	"$(head -1 docs/wireshark.md)"
says link_type_listed 0 'EN10MB (Ethernet)' tshark -i tcpdropcap -L
same good_filter_prints_nothing "$(ask --extcap-interface tcpdropcap --extcap-capture-filter 'tcp port 443')" ''
same wrong_filter_is_libpcaps_message "$(ask --extcap-interface tcpdropcap --extcap-capture-filter 'tcp and and')" \
	"expression 'tcp and and': can't parse filter expression: syntax error"
same unknown_question_is_ignored "$(ask --extcap-nosuch 4 --extcap-interface tcpdropcap; echo $?)" 0
says other_interface 1 "no interface 'eth0'" "$tool" --extcap-dlts --extcap-interface eth0

# tshark shows the reason why a capture cannot start.
run="tshark -i tcpdropcap -w $home/out.pcapng"
# shellcheck disable=SC2086 # run is a command and its arguments
{
	says wrong_filter_is_refused 1 "expression 'tcp and and': .*syntax error" $run -f 'tcp and and'
	says wrong_event_is_refused 1 "'dorp' is not one of drop, .*did you mean 'drop'" $run -o extcap.tcpdropcap.events:dorp
	says unknown_netns_is_refused 1 "no namespace 'nosuch'" $run -o extcap.tcpdropcap.netns:nosuch
	[ -z "$drop_root" ] && skip missing_privilege "not root, or root alone" ||
		says missing_privilege 1 \
			"capturing needs privileges that you do not have.*: sudo setcap cap_bpf,.* $tool\$" $run
}

if [ "$(id -u)" != 0 ]; then
	skip extcap_captures "not root"
	exit $status
fi
# Runs the command that the message names. Where files cannot have capabilities, or a build with
# sanitizers does not run with them, tshark runs as root.
# shellcheck disable=SC2091 # it is to be run
$(sed -n 's/.*once: sudo \(setcap .*\)/\1/p' "$work/said") 2>"$work/stderr"
if [ "$(ask --extcap-interfaces 2>&1 | wc -l)" != 2 ] || ! getcap "$tool" | grep -q cap_bpf; then
	skip captures_as_ordinary_user "files get no capabilities here, or this build cannot use them"
	setcap -r "$tool" 2>/dev/null
	drop_root=
	chown -R 0:0 "$home"
fi

trap 'ip netns del $ns; rm -rf "$work"' EXIT
ip netns add $ns
ip -n $ns link set lo up
# SYNs to a closed port: knock COUNT [PORT].
knock() { ip netns exec $ns "$PEER" connect 127.0.0.1 "${2:-9}" -c "$1" -e -t 30000 >/dev/null; }

# Succeeds if the capture that $client has started writes into tshark's pipe, and so sees every
# event; its pid is $child.
is_capturing() {
	for child in $(pgrep -P "$client" -x tcpdropcap); do
		[ -n "$(find "/proc/$child/fd" -lname '*wireshark_extcap*' 2>/dev/null)" ] && return 0
	done
	return 1
}
is_gone() { ! kill -0 "$child" 2>/dev/null; }
has_packets() { [ "$(run_tshark -r "$1" 2>/dev/null | wc -l)" -ge "$2" ]; }
# The owner depends on the time at which each of the two captures looked for it, and without --stack
# all so do the stacks that are walked; all else is the same in both.
comments() {
	run_tshark -r "$1" -T fields -e frame.comment -e frame.interface_description -e frame.packet_flags -e tcp.flags
}
words_of() { tr ' ' '\n' <"$1" | grep -v '^owner'; }

# tshark and, at the same time, a capture without Wireshark.
"$TOOL" --netns $ns -e drop,reset --stack all -w "$work/direct.pcapng" tcp port 9 2>"$work/direct" &
direct=$!
(as_user tshark -i tcpdropcap -o extcap.tcpdropcap.netns:$ns -o extcap.tcpdropcap.events:drop,reset -o extcap.tcpdropcap.stack:all \
	-f 'tcp port 9' -w "$home/live.pcapng") 2>"$work/client" &
client=$!
until_true is_capturing && captures "$work/direct" || not_ok capture_starts "$(cat "$work/client")"
knock 7
until_true has_packets "$home/live.pcapng" 21
knock 3 10 # the filter rejects these, which is not a failure
kill -INT $client
wait $client
got=$?
kill -INT $direct
wait $direct
[ -z "$drop_root" ] || chmod 644 "$work/direct.pcapng" # tshark is not root
comments "$home/live.pcapng" >"$work/live.txt"
comments "$work/direct.pcapng" >"$work/direct.txt"
same captured_as_many_as_there_were "$(grep -c 'event=drop' "$work/live.txt") $(grep -c 'event=reset' "$work/live.txt")" '7 14'
words_of "$work/live.txt" >"$work/live.words"
words_of "$work/direct.txt" | diff "$work/live.words" - >"$work/said" && grep -q 'Stack 1,' "$work/live.txt" &&
	ok comments_arrive_byte_for_byte || not_ok comments_arrive_byte_for_byte "$(head -5 "$work/said" | tr '\n' ' ')"
same owner_is_known "$(grep 'dir=in state=SYN_SENT' "$work/live.txt" | grep -c 'owner=peer')" 7
capinfos "$home/live.pcapng" 2>&1 | grep -q 'Capture application: *tcpdropcap' && ok file_head_arrives ||
	not_ok file_head_arrives "$(capinfos "$home/live.pcapng" 2>&1 | tail -5)"

# tshark prints an extcap's errors, and all that it writes to stderr as an error.
[ $got = 0 ] && ! grep -q 'extcap pipe\|tcpdropcap:' "$work/client" && ok stop_prints_nothing ||
	not_ok stop_prints_nothing "exit $got: $(cat "$work/client")"
until_true is_gone && ok stop_ends_the_capture || not_ok stop_ends_the_capture "it runs on"
same stop_leaves_no_pipe "$(ls "$work/tmp")" ''

catches_term() {
	[ "$(cat "/proc/$child/comm")" = tcpdropcap ] && grep -q '^SigCgt:.*[4-7c-f]...$' "/proc/$child/status"
}

# stopped NAME: on a signal, the capture exits 0 and prints nothing.
stopped() {
	kill -TERM $child
	wait $child
	same "$1" "$? $(cat "$work/said")" '0 '
}
capture() { (as_user "$tool" --capture --extcap-interface tcpdropcap --fifo "$home/fifo" --netns $ns "$@") 2>"$work/said" & }

(as_user mkfifo "$home/fifo")
capture
child=$!
head -c 4 "$home/fifo" >"$work/head"
stopped stop_after_the_pipe_was_closed
capture
child=$!
until_true catches_term
stopped stop_before_anyone_reads
capture --extcap-capture-filter 'ip6 protochain 6' # it has a loop, so that the kernel cannot run it
child=$!
head -c 4 "$home/fifo" >"$work/head"
stopped stop_of_a_filter_in_user_space

# Captures from another machine, by the line of the README; here ssh and sudo only run the command
# that they are given.
printf '#!/bin/sh\nshift\nexec sh -c "$*"\n' >"$work/bin/ssh"
printf '#!/bin/sh\nexec "$@"\n' >"$work/bin/sudo"
chmod 755 "$work/bin/ssh" "$work/bin/sudo"
cp "$TOOL" "$work/bin/tcpdropcap"
(PATH=$work/bin:$PATH timeout 60 ssh host sudo tcpdropcap -w - --netns $ns -e drop -c 5 not port 22 2>"$work/far" |
	as_user tshark -i - -T fields -e tcp.dstport -e frame.comment) >"$work/remote" 2>"$work/said" &
remote=$!
captures "$work/far"
knock 5
wait $remote
same remote_by_a_pipe "$(grep -c '^9	tcpdropcap/2 Packet dropped: event=drop' "$work/remote")" 5
exit $status
