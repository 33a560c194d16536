#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: offline_test.sh BUILD
# The build without BPF: it needs none of its tools and libraries, has all commands, and says what
# it cannot.
set -u
build=$1/without-bpf
# shellcheck source=tests/checks.sh
. "$(dirname "$0")/checks.sh"

# The only link line has no -lbpf and -lelf: it would fail if they were needed.
rm -rf "$build"
if ! make -s offline BUILD="$build" CLANG=false BPFTOOL=false WERROR=1 V=1 >"$1/offline.log" 2>&1; then
	not_ok offline_builds "$(tail -3 "$1/offline.log" | tr '\n' ' ')"
	exit 1
fi
ok offline_builds
tool=$build/offline/tcpdropcap
libraries=$(ldd "$tool" | grep -E 'lib(bpf|elf)')
[ -z "$libraries" ] && ok offline_links_no_libbpf || not_ok offline_links_no_libbpf "$libraries"
[ ! -e "$build/offline/bpf" ] && ok offline_makes_no_bpf_object ||
	not_ok offline_makes_no_bpf_object "$(ls "$build/offline/bpf")"

for arguments in '' '-w x.pcapng' 'count' '--probe'; do
	# shellcheck disable=SC2086 # a list
	why=$("$tool" $arguments 2>&1)
	[ $? = 1 ] && [ "$why" = "tcpdropcap: this build cannot capture (make offline); -r reads a file" ] &&
		ok "offline_refuses_to_capture $arguments" || not_ok "offline_refuses_to_capture $arguments" "$why"
done
why=$("$tool" top 2>&1)
[ $? = 1 ] && [ "$why" = "tcpdropcap: this build cannot read the kernel's sockets (make offline): it has no top" ] &&
	ok offline_refuses_top || not_ok offline_refuses_top "$why"
# explain lists all that it knows, and cannot name a number.
"$tool" explain >"$1/offline.explain" 2>"$1/offline.stderr"
same offline_explains_all_reasons "$(grep -cE '^(drop +(XDP|QDISC_DROP_GENERIC|TCP_OLD_DATA)|reset +NO_SOCKET) ' "$1/offline.explain")" 4
same offline_says_that_it_lists_all "$(cat "$1/offline.stderr")" \
	"tcpdropcap: all known reasons are listed: this build cannot ask the kernel (make offline)"
why=$("$tool" explain 3 2>&1)
[ $? = 1 ] && [ "$why" = "tcpdropcap: 3: numbers differ in each kernel, and this build cannot ask the running one (make offline); give the name" ] &&
	ok offline_refuses_a_number || not_ok offline_refuses_a_number "$why"
TOOL=$tool sh "$(dirname "$0")/files_test.sh" | sed 's/^\(ok\|not ok\) /&offline: /' >"$1/offline.files"
cat "$1/offline.files"
grep -q '^not ok' "$1/offline.files" && status=1
grep -q '^ok offline: count_of_a_part' "$1/offline.files" || not_ok offline_commands "they ended early"
rm -rf "$build"
exit $status
