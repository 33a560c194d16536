#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The man page has the same commands and options as --help, with the same letters and arguments.
#   TOOL=... man_test.sh
set -u
: "${TOOL:?}"
man=capture/tcpdropcap.8
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
status=0

# same NAME: the two lists are equal.
same() {
	if why=$(diff "$work/help" "$work/man"); then
		echo "ok $1"
	else
		echo "not ok $1: $(echo "$why" | grep '^[<>]' | head -3 | tr '\n' ' ')(<: --help alone, >: man page alone)"
		status=1
	fi
}

# "LETTER NAME [arg]" of each option in --help, "-" for no letter.
help_options() {
	"$TOOL" "$@" --help | sed -n 's/^  \(-\(.\),\|   \) --\([a-z0-9-]*\)\( [^ ][^ ]*\)\{0,1\}  *.*/\2 \3\4/p' |
		sed 's/^ /- /; s/^\([^ ]* [^ ]*\) ..*/\1 arg/' | sort
}

# A section of the page.
section() { awk -v name="$1" '/^\.Sh/ { on = $2 == name } on' $man; }

# The same form, from the .It lines of stdin.
man_options() {
	awk '$1 == ".It" && $2 == "Fl" {
		letter = "-"
		for (i = 2; i <= NF; i++) {
			if ($i != "Fl") continue
			if ($(i + 1) != "Fl") { letter = $(++i); continue }
			name = $(i += 2)
			print letter " " name ($(i + 1) == "Ar" ? " arg" : "")
			letter = "-"
		}
	}' | sort
}

commands=$("$TOOL" --help | sed -n '/^Commands/,/^$/s/^  \([a-z]*\) .*/\1/p')
help_options >"$work/capture"
[ -s "$work/capture" ] && [ -n "$commands" ] || { echo "not ok help: nothing to compare"; exit 1; }
cp "$work/capture" "$work/help"
section DESCRIPTION | man_options >"$work/main"
cp "$work/main" "$work/man"
same "options of tcpdropcap"

# A command's section lists its options. If it names options that the command does not have, then
# those are the only ones of the main list that it lacks.
for command in $commands; do
	section SYNOPSIS | grep -q "^\.Cm $command\$" && echo "ok $command is in the synopsis" || {
		echo "not ok $command is in the synopsis: it is not"
		status=1
	}
	[ "$command" != help ] || continue
	name=$(echo "$command" | tr '[:lower:]' '[:upper:]')
	help_options "$command" >"$work/help"
	section "$name" >"$work/section"
	[ -s "$work/section" ] || {
		echo "not ok $command has a section: no $name"
		status=1
	}
	man_options <"$work/section" >"$work/own"
	sed -n 's/^\.Fl Fl \([a-z0-9-]*\).*/\1/p' "$work/section" | while read -r option; do
		grep -q "^. $option\( arg\)*$" "$work/help" || echo "$option"
	done >"$work/lacks"
	[ ! -s "$work/lacks" ] || while read -r letter option argument; do
		grep -qx "$option" "$work/lacks" || echo "$letter $option${argument:+ $argument}"
	done <"$work/main" | sort -u - "$work/own" >"$work/man"
	[ -s "$work/lacks" ] || cp "$work/own" "$work/man"
	same "options of tcpdropcap $command"
done
exit $status
