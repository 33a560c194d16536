#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Privileges: what is left of them, what an exploit of a reader or of a capture could still do, who
# owns the outputs, and what a program with file capabilities may write.
#   privilege_test.sh BUILD
set -u
: "${TOOL:?}"
TOOL=$(readlink -f "$TOOL") planted=$(readlink -f "$1/tests/planted.so")
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/checks.sh
. "$here/checks.sh"
# shellcheck source=tests/wait.sh
. "$here/wait.sh"
samples=$PWD/samples
work=$(mktemp -d) || exit 1
chmod 755 "$work"
tool=
# shellcheck disable=SC2317 # the trap calls it
clean_up() {
	[ -z "$tool" ] || kill -KILL "$tool" 2>/dev/null
	cd / && rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 1' INT TERM HUP
cd "$work" || exit 1
umask 022
user='setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all'

run() {
	timeout 60 "$TOOL" "$@" >stdout 2>stderr
	got=$?
}

mode() { stat -c %a "$1" 2>/dev/null; }

# New files are for their owner alone, old ones keep their mode.
"$TOOL" -r "$samples/rto.pcapng" -w new.pcapng 2>/dev/null
"$TOOL" -r "$samples/rto.pcapng" --json -w new.json 2>/dev/null
"$TOOL" report new.pcapng -o new.html >/dev/null 2>&1
: >old.pcapng
"$TOOL" -r "$samples/rto.pcapng" -w old.pcapng 2>/dev/null
(umask 0377 && "$TOOL" -r "$samples/rto.pcapng" -w masked.pcapng 2>/dev/null)
same outputs_are_private "$(mode new.pcapng) $(mode new.json) $(mode new.html) $(mode old.pcapng) $(mode masked.pcapng)" \
	'600 600 600 644 400'

# A reader that is taken over: the library does what an exploit would.
if ldd "$TOOL" | grep -q lib.san || nm "$TOOL" 2>/dev/null | grep -q __asan_init; then
	echo "skip planted_actions: a build with sanitizers has no filter of system calls"
	planted=
	# It traces the process, which may not be traced after it has become another user.
	export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0"
fi
[ -z "$planted" ] || editcap -a '1:planted action' "$samples/rto.pcapng" planted.pcapng
mkdir outside readers
# denied NAME COMMAND...: all that it tries is refused.
denied() {
	name=$1
	shift
	: >outside/old
	PLANTED_OUTSIDE=$work/outside LD_PRELOAD=$planted timeout 60 "$@" >stdout 2>stderr
	tried=$(grep -c '^planted: ' stderr) done=$(grep '^planted: .*: done' stderr)
	[ "$tried" = 13 ] && [ -z "$done" ] && [ "$(ls outside)" = old ] && ok "$name" ||
		not_ok "$name" "$tried tried; $done; $(tail -3 stderr)"
}
if [ -n "$planted" ]; then
	denied reader_is_confined "$TOOL" -r planted.pcapng
	denied copying_reader_is_confined "$TOOL" -r planted.pcapng -w readers/copy.pcapng
	"$TOOL" -r planted.pcapng -w expected.pcapng 2>/dev/null
	cmp -s expected.pcapng readers/copy.pcapng && ok output_is_whole_all_the_same ||
		not_ok output_is_whole_all_the_same "$(tail -2 stderr)"
	denied count_is_confined "$TOOL" count -r planted.pcapng
	denied report_is_confined "$TOOL" report planted.pcapng -o readers/report.html
	denied explain_is_confined "$TOOL" explain -r planted.pcapng
	denied compare_is_confined "$TOOL" compare planted.pcapng planted.pcapng
	denied anonymize_is_confined "$TOOL" -r planted.pcapng -w readers/anonymous.pcapng --anonymize
	# The control: without confinement, all succeeds, and the last one is another program then.
	: >outside/old
	PLANTED_OUTSIDE=$work/outside LD_PRELOAD=$planted timeout 60 cat planted.pcapng 2>stderr | cat >stdout
	same planted_actions_are_possible "$(grep -c '^planted: .*: done' stderr) $(grep -c '^planted: ' stderr)" '12 12'
	rm -rf outside && mkdir outside
fi
"$TOOL" -v -r "$samples/rto.pcapng" 2>&1 >/dev/null | grep -q '^tcpdropcap: no capabilities; seccomp: ' &&
	ok verbose_reader_says_so || not_ok verbose_reader_says_so ""

if [ "$(id -u)" != 0 ]; then
	echo "skip privileges_of_captures: not root"
	exit $status
fi

# start NAME WORDS...: a capture with an output below its own folder.
start() {
	folder=$1
	shift
	mkdir -p "$folder" && chown "${owner:-0}" "$folder"
	forget "$folder/log"
	PLANTED_OUTSIDE=$work/outside PLANTED_FILE=$work/trigger LD_PRELOAD=$planted \
		"$TOOL" -v --netns-of $$ -e reset "$@" port 9 2>"$folder/log" &
	tool=$!
	captures "$folder/log" || not_ok "start of $folder" "$(cat "$folder/log")"
}
stop() {
	kill -INT "$tool"
	wait "$tool"
	got=$?
	tool=
}
# The sets of a process and of those that it has started, one a line: name, uid, capabilities, ...
states() {
	for pid in $tool $(pgrep -P "$tool"); do
		awk '/^(Name|Uid|CapPrm|CapEff|CapBnd|NoNewPrivs|Seccomp):/ { printf "%s ", $2 } END { print "" }' "/proc/$pid/status" | sed 's/ $//'
	done
}
none=0000000000000000
filtered=2
[ -n "$planted" ] || filtered=0

# CAP_DAC_READ_SEARCH, CAP_SYS_ADMIN, CAP_SYSLOG, CAP_BPF are 2, 21, 34, 39; CAP_SYS_PTRACE is 19.
start all -w all/a.pcapng -C 1k -z true
same capabilities_that_are_left "$(states | sort)" "tcpdropcap 0 0000008400200004 0000008400200004 $none 1 $filtered
tcpdropcap:-z 0 $none $none $none 1 0
tcpdropcap:cnt 0 0000000000280000 0000000000280000 $none 1 $filtered"
if [ -n "$planted" ]; then
	: >outside/old
	: >trigger
	until_true grep -q '^planted: execve' all/log
	rm trigger
	same capture_is_confined "$(grep -c '^planted: ' all/log) $(grep -c '^planted: .*: done' all/log) $(ls outside)" '13 0 old'
fi
stop
[ "$got" = 0 ] && grep -q '^tcpdropcap: 1 file written$' all/log && [ "$(mode all/a.pcapng)" = 600 ] &&
	ok confined_capture_writes_its_files || not_ok confined_capture_writes_its_files "$got $(cat all/log)"

# Another user owns the new files, and is who runs the command.
owner=65534
start theirs -Z nobody -w theirs/a.pcapng -C 1k -z true
same user_of_all_processes "$(states | cut -d ' ' -f 1,2 | sort | xargs)" 'tcpdropcap 65534 tcpdropcap:-z 65534 tcpdropcap:cnt 65534'
stop
same user_owns_the_files "$got $(stat -c '%u %a' theirs/a.pcapng)" '0 65534 600'
owner=0
mkdir mine && chmod 700 mine
timeout 60 "$TOOL" -Z nobody -w mine/a.pcapng -c 1 2>stderr
[ $? = 1 ] && grep -q 'mine/a.pcapng: cannot write it: Permission denied: user nobody may not create files in mine; choose another folder' stderr && [ -z "$(ls mine)" ] &&
	ok user_may_not_write_what_root_may || not_ok user_may_not_write_what_root_may "$(cat stderr)"
"$TOOL" -Z nobody -r "$samples/rto.pcapng" -w theirs/read.pcapng 2>stderr
same reader_becomes_the_user "$(stat -c %u theirs/read.pcapng)" 65534
start root -Z root -w root/a.pcapng
same root_stays_root "$(states | cut -d ' ' -f 2 | sort -u)" 0
stop
refused unknown_user 1 "there is no user .no-such-user" -Z no-such-user

# A service: its manager hears when the capture begins and ends, and the journal gets levels.
cat >manager.py <<'PY'
import os, socket, subprocess, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind('notify')
s.settimeout(60)
log = open('journal', 'w')
st = os.fstat(log.fileno())
env = dict(os.environ, NOTIFY_SOCKET=os.path.abspath('notify'), JOURNAL_STREAM=f'{st.st_dev}:{st.st_ino}')
p = subprocess.Popen(sys.argv[1:], env=env, stderr=log, stdout=subprocess.DEVNULL)
print(s.recv(100).decode(), end=' ')
p.terminate()
print(s.recv(100).decode(), p.wait())
PY
same manager_is_notified "$(timeout 100 python3 manager.py "$TOOL" --netns-of $$ -e reset -w service.pcapng port 9)" \
	'READY=1 STOPPING=1 0'
grep -q '^<6>tcpdropcap: capturing to service.pcapng' journal && ok journal_gets_levels || not_ok journal_gets_levels "$(cat journal)"

# The example of -z compresses each file and keeps the newest, also of those of -C in one interval.
mkdir spool
for file in 010000.pcapng 010000.pcapng2 010000.pcapng9 010000.pcapng10; do
	head -c 700000 /dev/urandom >spool/drops-20270101-$file
	TCPDROPCAP_SPOOL_MIB=2 sh "$here/../docs/service/spool.sh" spool/drops-20270101-$file
done
: >spool/drops-20270101-050000.pcapng.part
same spool_keeps_the_newest "$(find spool -type f | sed "s,.*/,," | sort | xargs)" \
	'drops-20270101-010000.pcapng10.gz drops-20270101-010000.pcapng9.gz drops-20270101-050000.pcapng.part'

# What another user has put into a folder that is writable for all is not written, nor what it leads
# to, whatever fs.protected_symlinks and the like are here.
mkdir -m 1777 sticky
echo kept >kept
# shellcheck disable=SC2016,SC2086 # for the inner shell; user is a command and its arguments
$user sh -c 'ln -s "$0/kept" sticky/link && mkfifo -m 666 sticky/fifo && : >sticky/file && ln -s "$0/mine" sticky/way &&
	ln -s "$0/kept" sticky/a.part' "$work"
# not_written NAME WHAT ARGUMENTS...
not_written() {
	name=$1 what=$2
	shift 2
	run "$@" "sticky/$name"
	[ "$got" = 1 ] && [ "$(grep -c "^tcpdropcap: sticky/$name.*: cannot write it: sticky/$what of user nobody, in a folder that is writable for all; choose another" stderr)" = 1 ] ||
		bad="$bad; $* $name: exit $got $(cat stderr)"
}
bad=
for place in 'link link is a link' 'fifo fifo is a FIFO' 'file file is a file' 'way/new way is a link'; do
	name=${place%% *} what=${place#* }
	not_written "$name" "$what" -r "$samples/rto.pcapng" -w
	not_written "$name" "$what" report "$samples/rto.pcapng" -o
	not_written "$name" "$what" count --openmetrics
	not_written "$name" "$what" bundle -r "$samples/rto.pcapng" -o
done
not_written link 'link is a link' --netns-of $$ -w
not_written a 'a.part is a link' --netns-of $$ -C 1k -w
not_written a 'a.part is a link' count --openmetrics
same outputs_of_others_are_refused "$bad" ''
same nothing_is_written_through "$(cat kept sticky/file) $(ls mine)" 'kept '
timeout 60 cat sticky/fifo >piped &
reader=$!
SUDO_UID=65534 timeout 60 "$TOOL" -r "$samples/rto.pcapng" -w sticky/fifo 2>stderr
got=$?
wait $reader
same fifo_of_the_user_of_sudo_is_written "$got $(od -An -tx1 -N4 piped | xargs)" '0 0a 0d 0d 0a'
ln -s "$work/own" sticky/own
run -r "$samples/rto.pcapng" -w sticky/own
same own_link_is_followed "$got $(mode own)" '0 600'
ln kept sticky/second
run -r "$samples/rto.pcapng" -w sticky/second
[ "$got" = 1 ] && grep -q 'it is also a file of another name' stderr && [ "$(cat kept)" = kept ] && ok second_name_of_a_file_is_refused ||
	not_ok second_name_of_a_file_is_refused "$got $(cat stderr)"

# With -Z, a file of that user is no file of another one, and what the user may not write is refused
# at once, although root may.
for place in sticky/file sticky/file "$work/denied"; do
	for kind in count "--recorder 1M -w sticky/d%n.pcapng"; do
		# shellcheck disable=SC2086 # kind has several words
		run $kind --netns-of $$ --duration 1 -Z nobody --openmetrics "$place"
		echo "$got $(grep -c "^tcpdropcap: $work/denied: cannot write it: Permission denied: user nobody may not create" stderr)"
	done
done >as_user
same metrics_are_written_as_the_user "$(sort as_user | uniq -c | xargs)" '4 0 0 2 1 1'

# Root may write in the folder of another user, also later.
owner=65534
start visited -w visited/a.pcapng -C 1k
chmod 755 visited
same override_is_kept_where_it_is_needed "$(states | head -1 | cut -d ' ' -f 3)" 0000008400200006
stop
same folder_of_another_user_is_written "$got $(stat -c %u visited/a.pcapng)" '0 0'
run bundle -r "$samples/rto.pcapng" -o visited/b.tar.gz
same bundle_in_the_folder_of_another_user "$got $(stat -c '%u %a' visited/b.tar.gz) $(find visited -name '*.part')" '0 0 600 '
owner=0

# A program with file capabilities, and a caller without.
cp "$TOOL" raised
setcap cap_bpf,cap_perfmon,cap_syslog,cap_dac_override,cap_dac_read_search+ep raised 2>/dev/null || {
	echo "skip file_capabilities: setcap is refused"
	exit $status
}
: >secret && chmod 600 secret
cp "$samples/rto.pcapng" unreadable.pcapng && chmod 600 unreadable.pcapng
mkdir -m 777 public
# shellcheck disable=SC2086 # user is a command and its arguments
{
	timeout 60 $user "$work/raised" -w "$work/mine/raised.pcapng" -c 1 2>stderr
	same raised_program_writes_nothing_of_others "$? $(ls mine) $(grep -c 'cannot write it: Permission denied' stderr)" '1  1'
	timeout 60 $user "$work/raised" -w "$work/secret" -c 1 2>stderr
	same raised_program_keeps_files_of_others "$? $(mode secret)" '1 600'
	timeout 60 $user "$work/raised" -r "$work/unreadable.pcapng" >stdout 2>stderr
	same raised_program_reads_nothing_of_others "$? $(wc -c <stdout) $(grep -c 'Permission denied' stderr)" '1 0 1'
	timeout 60 $user env LIBBPF_LOG_LEVEL=debug "$work/raised" -w "$work/public/a.pcapng" --duration 1 2>stderr
	same raised_program_captures "$? $(stat -c '%u %a' public/a.pcapng) $(grep -c '^libbpf' stderr)" '0 65534 600 0'
	timeout 60 $user "$work/raised" bundle --duration 1 -o "$work/public/b.tar.gz" >stdout 2>stderr
	same raised_program_makes_a_bundle "$? $(stat -c '%u %a' public/b.tar.gz) $(tar tzf public/b.tar.gz | wc -l)" '0 65534 600 6'
}
exit $status
