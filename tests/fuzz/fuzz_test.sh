#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: fuzz_test.sh DIRECTORY
# Replays the corpus of each fuzz target that is built in the directory; make fuzz looks for more.
set -u
here=$(dirname "$0")
status=0
for target in "$here"/fuzz_*.c; do
	target=$(basename "$target" .c)
	corpus=$here/corpus-${target#fuzz_}
	if why=$("$1/$target" "$corpus"/* 2>&1); then
		echo "ok $target: $(find "$corpus" -type f | wc -l) files"
		continue
	fi
	status=1
	for file in "$corpus"/*; do
		why=$("$1/$target" "$file" 2>&1) || echo "not ok $target $(basename "$file"): $why" |
			head -1
	done
done
exit $status
