#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The rules of the architecture (HACKING.md), by their includes; and rules for every file.
status=0

# nothing NAME FILES: the list of offenders is empty.
nothing() {
	if [ -z "$2" ]; then
		echo "ok $1"
	else
		echo "not ok $1: $(echo "$2" | tr '\n' ' ')"
		status=1
	fi
}

# who_includes PATTERN FILE...: the files that include a header matching the pattern.
who_includes() {
	pattern=$1
	shift
	grep -lE "^#include [<\"]($pattern)[>\"]" "$@"
}

nothing "pcapng/ includes nothing of ours" \
	"$(who_includes '\.\./.*|bpf/.*|capture/.*' pcapng/*)"
nothing "record.h enters userspace through source, its symbol table, and decode alone" \
	"$(who_includes '.*record\.h' capture/* | grep -vE '/((source|decode)\.c|symbol_table\.h)$')"
nothing "libbpf is used by source, its hooks, ring, stub and tries, and kernel_btf alone" \
	"$(who_includes 'bpf/(bpf|btf|libbpf).*|.*skel\.h' capture/* |
		grep -vE '/(source\.c|(hooks|ring|stub|program_try)\.[ch]|kernel_btf\.c)$')"
nothing "compression is known to the ends of files alone" \
	"$(who_includes '(zlib|zstd.*)\.h' capture/* pcapng/* | grep -vE '/(input|output)\.c$')"
nothing "libpcap is used by the expression alone" \
	"$(who_includes 'pcap(/.*)?\.h' capture/* | grep -v '/expression\.c$')"
nothing "what works on files knows no kernel" "$(
	files=$(make -pn 2>/dev/null | sed -n 's/^FILES := //p')
	for name in $files; do
		who_includes '(source|session|hooks|decode|enrich|kernel_btf|owner|reason|symbolize|stacks)\.h' \
			"capture/$name.c"
	done)"
nothing "sinks know no source, record or kernel" \
	"$(who_includes '(source|decode|enrich|event|kernel_btf|symbolize)\.h' capture/sink*)"
nothing "the stages do not call each other" "$(
	who_includes '(enrich|source|sink.*)\.h' capture/event/decode.c capture/kernel/symbolize.c capture/kernel/reason.c
	who_includes '(source|decode|sink.*)\.h' capture/enrich/enrich.c
	who_includes '(enrich|decode|sink.*)\.h' capture/kernel/source.c)"
nothing "only the annotation knows how it is written" \
	"$(grep -l 'tcpdropcap/1' capture/*.c | grep -v '/annotation\.c$')"
man=capture/tcpdropcap.8
nothing "the man page has each key of the annotation" "$(
	sed -n 's/^	KEY(\([a-z0-9_]*\),.*/\1/p' capture/report/keys.h | while read -r key; do
		grep -q "^\.It $key\$" $man || echo "$key"
	done)"
nothing "each file names its licence" "$(git ls-files |
	grep -vE '\.(md|pcapng|out|png)$|^LICENSE$|\.gitignore$|^tests/(bad/files|fuzz/corpus-.*)/' |
	while read -r file; do
		head -3 "$file" | grep -q 'SPDX-License-Identifier: GPL-2.0-or-later' || echo "$file"
	done)"
nothing "no C file is over 400 lines" "$(git ls-files '*.c' | grep -v '^tests/' |
	while read -r file; do [ "$(wc -l <"$file")" -le 400 ] || echo "$file"; done)"
exit $status
