#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: mutants.sh BUILD [LINE...]
# Checks that the tests can fail: applies each line of mutants.list (or those lines of it) to a copy
# of the tree, builds the copy and runs the quick suites on it until one notices. Fails if the tests
# do not notice nine of ten, or if a line of the list no longer applies.
set -u
unset MAKEFLAGS MAKEOVERRIDES
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1/mutants"
build=$(cd "$1" && pwd) list=$here/mutants.list
shift
work=$build/mutants
# shellcheck disable=SC2046 # a list of numbers
[ $# -gt 0 ] || set -- $(grep -n ': .* => ' "$list" | grep -v '^[0-9]*:#' | cut -d: -f1)

# A copy of the tree with the objects that are there already, so that only what changes is compiled.
copy() { # WORKER
	tree=$work/tree-$1
	rm -rf "$tree"
	mkdir -p "$tree/build"
	find . -mindepth 1 -maxdepth 1 ! -name .git ! -name build -exec cp -a {} "$tree" \;
	find "$build" -mindepth 1 -maxdepth 1 \( -name .tools -o -name bpf -o -name capture -o -name pcapng -o -name tests \
		-o -name '*.a' -o -name tcpdropcap \) -exec cp -a {} "$tree/build" \;
	quick unit && return
	echo "not ok mutants: the tests fail without any mutant: $(grep -m1 '^not ok' "$tree/log")"
	return 1
}

# quick SUITE...: the suites pass in the copy, in bounded memory and time.
quick() {
	(cd "$tree" && prlimit --as=8589934592 timeout 300 sh tests/run.sh build "$@") >"$tree/log" 2>&1
}

# The file below FOLDER with the text, if exactly one line has it.
find_line() { # FOLDER TEXT
	find "$1" -name '*.[ch]' -exec awk -v text="$2" '{
		line = $0
		gsub(/[ \t]+/, " ", line)
		if (index(line, text)) print FILENAME ":" FNR
	}' {} +
}

# replace FILE:LINE TEXT REPLACEMENT: prints the file with the line changed.
replace() {
	awk -v at="${1##*:}" -v text="$2" -v with="$3" 'NR != at { print; next }
	{
		gsub(/[ \t]+/, " ")
		i = index($0, text)
		print substr($0, 1, i - 1) with substr($0, i + length(text))
	}' "${1%:*}"
}

# The unit tests for the file, by name, then the others of its room.
tests_of() { # FILE
	room=tests/unit/$(dirname "${1#capture/}") # of pcapng/ its name, of capture/ itself "."
	name=$(basename "${1%.[ch]}")
	(cd "$tree" && printf '%s\n' "$room/$name"*_test.c "$room"/*_test.c) | grep -v '\*' | awk '!seen[$0]++'
}

# The suites that notice, quickest first: the unit tests of the file's own room, then all.
noticed_by() { # FILE
	for test in $(tests_of "$1"); do
		test=build/${test%.c}
		(cd "$tree" && make -s "$test") >"$tree/log" 2>&1 || return 2
		(cd "$tree" && prlimit --as=8589934592 timeout 60 "$test") >"$tree/log" 2>&1 &&
			[ "$(tail -1 "$tree/log")" = end ] || {
			echo "${test##*/}"
			return 0
		}
	done
	(cd "$tree" && make -s tests) >"$tree/log" 2>&1 || return 2
	for suite in unit bad golden files fuzz copy sim; do
		quick $suite || {
			echo "$suite"
			return 0
		}
	done
	return 1
}

mutant() { # LINE
	line=$(sed -n "$1p" "$list")
	folder=${line%%: *} change=${line#*: }
	text=${change%% => *} with=${change#* => }
	at=$(cd "$tree" && find_line "$folder" "$text")
	case $at in
	'' | *[!0-9a-zA-Z_./:-]*)
		echo "stale $1 $line: $(echo "$at" | grep -c .) lines have the text"
		return
		;;
	esac
	file=${at%:*}
	cp "$tree/$file" "$tree/original"
	(cd "$tree" && replace "$at" "$text" "$with") >"$tree/mutated"
	cp "$tree/mutated" "$tree/$file"
	suite=$(noticed_by "$file")
	case $? in
	0) echo "noticed $1 by $suite: $line" ;;
	1) echo "missed $1 $line" ;;
	*) echo "unbuilt $1 $line: $(grep -m1 error "$tree/log")" ;;
	esac
	# Newer than the object that was made of the mutant.
	cp "$tree/original" "$tree/$file"
}

# Two workers: each has every second line.
worker() { # 0|1 LINE...
	turn=$1
	shift
	copy "$turn" || return
	skip=$turn
	for number in "$@"; do
		[ "$skip" = 1 ] || mutant "$number"
		skip=$((1 - skip))
	done
	rm -rf "$tree"
}
worker 0 "$@" >"$work/results-0" &
worker 1 "$@" >"$work/results-1" &
wait
cat "$work/results-0" "$work/results-1" >"$work/results"
grep -v '^noticed' "$work/results"
awk -v asked=$# '{ n[$1]++ }
END {
	tried = n["noticed"] + n["missed"]
	printf "%d mutants: %d noticed, %d not noticed, %d do not compile, %d of the list no longer apply\n",
		asked, n["noticed"], n["missed"], n["unbuilt"], n["stale"]
	exit n["stale"] || tried + n["unbuilt"] != asked || n["noticed"] < tried * 9 / 10
}' "$work/results"
