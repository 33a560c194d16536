#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# For each damaged file of TESTLIST, the reader and the program give the packets before the damage,
# then one line that describes it, within 64 MiB of memory and ten seconds.
#   READ_FILE=... TOOL=... bad_test.sh
set -u
: "${READ_FILE:?}" "${TOOL:?}"
here=$(dirname "$0")
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
status=0

not_ok() {
	echo "not ok $1: $2"
	status=1
}

# Under a sanitizer a program does not run within any limit: only the plain build has one.
limit="prlimit --as=67108864"
$limit "$READ_FILE" "$here/../../samples/rto.pcapng" >/dev/null 2>&1 || {
	limit=
	echo "skip memory_of_damaged_files: this build does not run in 64 MiB"
}

# says EXPECTED GOT: both are the same, up to a "..." at the end of EXPECTED. Libraries word their
# errors differently between versions.
says() {
	case $1 in
	*...) case $2 in "${1%...}"*) true ;; *) false ;; esac ;;
	*) [ "$1" = "$2" ] ;;
	esac
}

check() { # FILE PACKETS MESSAGE
	file=$here/files/$1
	# shellcheck disable=SC2086 # a command and its argument, or nothing
	timeout 10 $limit "$READ_FILE" "$file" >"$work/stdout" 2>"$work/stderr"
	got=$?
	packets=$(sed -n 's/ packets$//p' "$work/stdout")
	message=$(cat "$work/stderr")
	if [ $got != 1 ]; then
		not_ok "$1" "exit $got, not 1: $(head -3 "$work/stderr" | tr '\n' ' ')"
	elif [ "${packets:--}" != "$2" ]; then
		not_ok "$1" "packets before the damage: ${packets:--}, not $2"
	elif ! says "$file: $3" "$message"; then
		not_ok "$1" "it says '$message'"
	else
		check_tool "$1" "$file" "$3"
	fi
}

check_tool() { # NAME FILE MESSAGE
	# shellcheck disable=SC2086 # a command and its argument, or nothing
	timeout 10 $limit "$TOOL" -r "$2" >"$work/stdout" 2>"$work/stderr"
	got=$?
	if [ $got = 1 ] && says "tcpdropcap: $2: $3" "$(tail -1 "$work/stderr")"; then
		echo "ok $1"
	else
		not_ok "$1" "tcpdropcap -r: exit $got: $(tail -1 "$work/stderr")"
	fi
}

while read -r name packets message; do
	case $name in '#'* | '') continue ;; esac
	check "$name" "$packets" "$message"
done <"$here/TESTLIST"

# Checks which values of a damaged annotation are read, and that tcpdropcap reports the damage.
while read -r name damaged values; do
	case $name in '#'* | '') continue ;; esac
	"$TOOL" --json -r "$here/files/$name" >"$work/stdout" 2>"$work/stderr"
	read_back=$(sed 's/^{"time":[0-9.]*,"time_iso":"[^"]*",//; s/,*"len":[0-9]*,"caplen":[0-9]*//; s/}$//' "$work/stdout")
	got=$(sed -n 's/^.*: \([0-9]*\) annotations\{0,1\} \(is\|are\) damaged.*/\1/p' "$work/stderr")
	if [ "$read_back" = "$values" ] && [ "${got:-0}" = "$damaged" ]; then
		echo "ok $name"
	else
		not_ok "$name" "damaged ${got:-0}, read $read_back"
	fi
done <"$here/ANNOTATIONS"

# Every file is in a list, and none of them is large.
unlisted=$(for file in "$here"/files/*; do
	grep -q "^$(basename "$file")  " "$here/TESTLIST" "$here/ANNOTATIONS" || basename "$file"
done)
[ -z "$unlisted" ] && echo "ok every_file_is_listed" || not_ok every_file_is_listed "$unlisted"
large=$(find "$here/files" -type f -size +1024c)
[ -z "$large" ] && echo "ok no_file_is_over_1_kib" || not_ok no_file_is_over_1_kib "$large"
exit $status
