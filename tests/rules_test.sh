#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The rules between folders (HACKING.md), by their includes; and rules for every file. A rule whose
# input is empty fails: it would hold for anything.
status=0

fails() { # NAME WHY
	echo "not ok $1: $2"
	status=1
}

# nothing NAME INPUT OFFENDERS: there is an input, and no offender in it.
nothing() {
	if [ -z "$2" ]; then
		fails "$1" "the list of files is empty"
	elif [ -n "$3" ]; then
		fails "$1" "$(echo "$3" | tr '\n' ' ')"
	else
		echo "ok $1"
	fi
}

# Files of the project: those of a checkout, else (an unpacked release) all that is not built.
all_files() {
	git ls-files 2>/dev/null | grep . ||
		find . -path './build*' -prune -o -type f -print | sed 's,^\./,,' | sort
}
sources=$(all_files | grep '\.[ch]$')

# includers PATTERN FILE...: the files that include a header matching the pattern.
includers() {
	pattern=$1
	shift
	grep -lE "^#include [<\"]($pattern)[>\"]" "$@"
}

# foreign_includes FILE ALLOWED...: its headers that are neither beside it nor in an allowed folder.
# "capture" allows those of capture/ itself.
foreign_includes() {
	file=$1
	shift
	sed -n 's/^#include "\(.*\)"$/\1/p' "$file" | while read -r header; do
		[ -e "$(dirname "$file")/$header" ] && continue
		folder=${header%/*}
		[ "$folder" = "$header" ] && folder=capture
		case " $* tcpdropcap.skel.h top.skel.h " in
		*" $folder "* | *" $header "*) ;;
		*) echo "$file includes $header" ;;
		esac
	done
}

# may_include FOLDER ALLOWED...: what the files of capture/FOLDER include besides their own headers.
may_include() {
	folder=$1
	shift
	files=$(echo "$sources" | grep "^capture/$folder/")
	nothing "capture/$folder includes ${*:-nothing} alone" "$files" \
		"$(for file in $files; do foreign_includes "$file" "$@"; done)"
}

# Floor by floor: no folder includes one that comes after it.
may_include util
may_include event bpf/record.h util
may_include kernel bpf/record.h bpf/top_record.h event util
may_include report event pcapng util
may_include filter event report util
may_include enrich event kernel report util
may_include file pcapng util
may_include account event report util
may_include sink report account file pcapng util
may_include count report util
may_include compare event report sink file pcapng util # sink: copying blocks is there
may_include explain report util
may_include anonymize event report sink file pcapng util
may_include overview explain report pcapng util
may_include offline util capture
may_include top event kernel enrich report file util capture
may_include live event kernel enrich report filter account sink file util capture

# shellcheck disable=SC2086 # lists of files
{
	files=$(echo "$sources" | grep '^pcapng/')
	nothing "pcapng/ includes nothing of ours" "$files" "$(includers '(bpf|capture|tests)/.*|\.\./.*' $files)"
	files=$(echo "$sources" | grep '^capture/')
	nothing "libbpf is used by kernel/ alone" "$files" \
		"$(includers 'bpf/(bpf|btf|libbpf).*|.*skel\.h' $files | grep -v '^capture/kernel/')"
	nothing "enrich/ knows what the kernel calls things, not how it is asked" "$files" \
		"$(includers 'kernel/.*' $files | grep '/enrich/' | xargs grep -hE '"kernel/' |
			grep -vE 'kernel/(reason|symbolize)\.h')"
	nothing "record.h enters user space through source, its symbol table and decode alone" "$files" \
		"$(includers '.*record\.h' $files | grep -vE '/((source|source_object|decode|decode_frame|socket_scan)\.c|symbol_table\.h)$')"
	nothing "compression is known to the ends of files alone" "$files" \
		"$(includers '(zlib|zstd.*)\.h' $files | grep -v '^capture/file/')"
	nothing "cryptography is known to the anonymization alone" "$files" \
		"$(includers 'nettle/.*\.h' $files | grep -v '^capture/anonymize/')"
	nothing "libpcap is used by the expression alone" "$files" \
		"$(includers 'pcap(/.*)?\.h' $files | grep -v '/expression\.c$')"
	nothing "only the annotation knows how it is written" "$files" \
		"$(grep -l 'tcpdropcap/[0-9]' $files | grep -v '/annotation\(_reader\|_text\)*\.[ch]$')"
}
keys=$(sed -n 's/^	KEY(\([a-z0-9_]*\),.*/\1/p' capture/report/keys.h)
nothing "the man page has each key of the annotation" "$keys" "$(
	for key in $keys; do
		grep -q "^\.It $key\$" capture/tcpdropcap.8 || echo "$key"
	done)"
licensed=$(all_files | grep -vE '\.(md|pcapng|out|status|png|json)$|^LICENSE$|\.gitignore$|^capture/web/charts\.(js|css)$|^tests/(bad/files|fuzz/corpus-.*)/')
# shellcheck disable=SC2086 # lists of files
{
	nothing "each file names its licence" "$licensed" "$(
		awk 'FNR <= 3 && /SPDX-License-Identifier: GPL-2.0-or-later/ { named[FILENAME] }
			END { for (i = 1; i < ARGC; i++) if (!(ARGV[i] in named)) print ARGV[i] }' $licensed)"
	code=$(all_files | grep -E '\.([chs]|sh|lua|zsh)$|(^|/)Makefile$')
	# Wireshark loads a plugin of one file wherever the user puts it.
	nothing "no file of code has over 400 lines" "$code" "$(
		wc -l $code | awk '$1 > 400 && $2 != "total" && $2 != "dissector/tcpdropcap.lua" { print $2 }')"
	# What a tool reads from a comment is one line.
	nothing "no comment line has over 100 columns" "$code" "$(
		awk '/^[ \t]*(\/\*|\*|\/\/|#|--) / && !/# shellcheck / {
			line = $0
			tabs = gsub(/\t/, "", line)
			if (length(line) + 8 * tabs > 100)
				print FILENAME ":" FNR
		}' $code)"
}
exit $status
