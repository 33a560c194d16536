#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The examples in README.md and docs/ that read a sample print what is shown below them.
#   TOOL=... examples_test.sh
set -u
: "${TOOL:?}"
# shellcheck source=tests/checks.sh
. "$(dirname "$0")/checks.sh"
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
ln -s "$(readlink -f "$TOOL")" "$work/tcpdropcap"
cd "$(dirname "$0")/.." || exit 1
export PATH="$work:$PATH" TZ=UTC
command -v jq >/dev/null || { echo "skip examples: there is no jq" && exit 0; }

# A command is "    $ tcpdropcap ..."; its output are the indented lines that follow.
count=0
for page in README.md docs/*.md; do
	awk -v work="$work" '
	/^    \$ tcpdropcap .*samples\// { name = work "/" ++n; print substr($0, 7) >(name ".sh"); printf "" >(name ".expected"); next }
	/^    \$/ || !/^    / { name = ""; next }
	name { print substr($0, 5) >(name ".expected") }' "$page"
	for command in "$work"/*.sh; do
		[ -e "$command" ] || continue
		sh "$command" 2>"$work/stderr" | sed 's/ *$//' >"$work/got"
		sed 's/ *$//' "${command%.sh}.expected" >"$work/want"
		count=$((count + 1))
		if [ -s "$work/got" ] && diff -u "$work/want" "$work/got" >"$work/diff"; then
			ok "$page: $(cut -c1-70 "$command")"
		else
			not_ok "$page: $(cat "$command")" "$(cat "$work/diff" "$work/stderr" | tr '\n' ' ')"
		fi
		rm -f "$command" "${command%.sh}.expected"
	done
done
[ $count -ge 8 ] && ok "examples are found: $count" || not_ok "examples are found" "$count"
exit $status
