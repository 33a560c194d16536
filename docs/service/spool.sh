#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: spool FILE
# An example of a command for tcpdropcap -z: compresses the finished file, then removes the oldest
# compressed files of its folder until they have TCPDROPCAP_SPOOL_MIB together (2048 by default).
# Files that are not finished (.part), or that this has not compressed, are not touched.
set -eu
umask 077
limit=$((${TCPDROPCAP_SPOOL_MIB:-2048} * 1024))
folder=$(dirname "$1")
gzip -q "$1"
# The newest first, by the time of the last write, which gzip keeps: by name, pcapng2 of an
# interval would be newer than pcapng10. Several commands may run.
kept=0
find "$folder" -maxdepth 1 -type f -name '*.pcapng*.gz' -printf '%T@ %p\n' | LC_ALL=C sort -rn |
	while IFS= read -r file; do
		file=${file#* }
		size=$(du -k "$file" 2>/dev/null | cut -f1)
		kept=$((kept + ${size:-0}))
		[ "$kept" -le "$limit" ] || rm -f "$file"
	done
