#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The completion scripts, in the real shells: they offer each option of --help, and nothing that the
# program refuses.
#   TOOL=... completion_test.sh
# shellcheck disable=SC2317 # offered calls functions by their names
set -u
: "${TOOL:?}"
# shellcheck source=tests/checks.sh
. "$(dirname "$0")/checks.sh"
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
TOOL=$(readlink -f "$TOOL")
tests=$(readlink -f "$(dirname "$0")")
cp samples/rto.pcapng "$work"
cd "$work" || exit 1

# offered_SHELL WORD...: the words offered for the last one, each on a line.
offered_bash() {
	# shellcheck disable=SC2016 # for the inner shell
	bash --norc -c '
		source "$1"
		shift
		compopt() { [[ $* == "-o default" ]] && files=1; }
		complete=$(complete -p tcpdropcap)
		complete=${complete##*-F } COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) files=
		"${complete%% *}" tcpdropcap "${!#}" "${COMP_WORDS[COMP_CWORD - 1]}"
		[[ ${#COMPREPLY[@]} -gt 0 ]] && printf "%s\n" "${COMPREPLY[@]}"
		[[ -z $files ]] || compgen -f -- "${!#}"' bash ./script "$@"
}
offered_zsh() { zsh -f "$tests/complete.zsh" ./script "$*"; }
offered_fish() {
	# shellcheck disable=SC2016 # for the inner shell
	HOME=$work fish --no-config -c 'source ./script; complete -C "$argv"' "$*" | sed 's/	.*//'
}

offered() { "offered_$shell" tcpdropcap "$@" | sort -u | tr '\n' ' '; }

# The program's own lists: the options of a command, the commands, the values of an option.
options_of() { "$TOOL" "$@" --help | sed -n 's/^  \(-.,\|   \) \(--[a-z0-9-]*\).*/\2/p' | sort | tr '\n' ' '; }
commands=$("$TOOL" --help | sed -n '/^Commands/,/^$/s/^  \([a-z]*\) .*/\1/p')
values_of() { # COMMAND... OPTION
	case $* in
	*--by) # the error does not list them: they are too many
		sed -n 's/^	KEY(\([a-z0-9_]*\),.*/\1/p; s/^	{ "\([a-z]*\)", VALUE_.*/\1/p' \
			"$tests/../capture/report/keys.h" "$tests/../capture/report/field.c"
		;;
	*) "$TOOL" "$@" '?' -r rto.pcapng 2>&1 | sed 's/.*is not one of //; s/, /\n/g' ;;
	esac | sort -u | tr '\n' ' '
}

# accepted NAME COMMAND... OPTION: the offered values are those that the program lists, and it takes
# each.
accepted() {
	name=$1
	shift
	words=$(offered "$@" '')
	[ -n "$words" ] || not_ok "$shell: values of $name" "none is offered"
	same "$shell: values of $name" "$words" "$(values_of "$@")"
	for word in $words; do
		case $name in
		--stack | --completion | --sort) why=$("$TOOL" "$@" "$word" --help 2>&1 >/dev/null) ;;
		*) why=$("$TOOL" "$@" "$word" -r rto.pcapng 2>&1 >/dev/null | grep '^tcpdropcap: ') ;;
		esac
		[ -z "$why" ] || not_ok "$shell: $name takes $word" "$why"
	done
}

check_shell() {
	same "$shell: commands" "$(offered '')" "$(echo "$commands" | sort | tr '\n' ' ')"
	same "$shell: commands for help" "$(offered help '')" "$(echo "$commands" | sort | tr '\n' ' ')"
	same "$shell: options" "$(offered --)" "$(options_of)"
	for command in count compare retrans life top explain report bundle schema; do
		same "$shell: options of $command" "$(offered $command --)" "$(options_of $command)"
	done
	accepted --events --events
	accepted -e -e
	accepted --state --state
	accepted --kind --kind
	accepted --cause count --cause
	accepted --stack --stack
	accepted --completion --completion
	accepted --by count --by
	accepted --sort top --sort
	[ $shell != bash ] || same "$shell: value after a sign" "$(offered --stack = n)" 'none ' # words of bash
	[ $shell = bash ] || same "$shell: value after a sign" "$(offered --stack=n)" '--stack=none '
	same "$shell: next item of a list" "$(offered -e drop,re)" 'drop,reset drop,retransmit '
	same "$shell: reasons" "$(offered explain TCP_OFO)" 'TCP_OFOMERGE TCP_OFO_DROP TCP_OFO_QUEUE_PRUNE '
	same "$shell: reasons of a filter" "$(offered --reason NO_SOCKET,NETFILTER_D)" 'NO_SOCKET,NETFILTER_DROP '
	same "$shell: items of another command" "$(offered count --state fo,LIS)" 'fo,LISTEN '
	same "$shell: values of a number" "$(offered -c '')" ''
	same "$shell: words of an expression" "$(offered host '')" ''
	for before in -r -w 'count --read' compare 'compare rto.pcapng' report 'report -o'; do
		# shellcheck disable=SC2086 # words
		same "$shell: files after $before" "$(offered $before rt)" 'rto.pcapng '
	done
}

for shell in bash zsh fish; do
	if ! command -v $shell >/dev/null; then
		echo "skip completion of $shell: it is not installed"
	elif ! "$TOOL" --completion $shell >script || ! $shell -n script 2>stderr; then
		not_ok "$shell: the script is valid" "$(head -1 stderr)"
	else
		ok "$shell: the script is valid"
		check_shell
	fi
done

# Names of namespaces: those of this machine.
if [ "$(id -u)" = 0 ] && ip netns add tcompletion$$ 2>/dev/null; then
	for shell in bash zsh fish; do
		command -v $shell >/dev/null || continue
		"$TOOL" --completion $shell >script
		same "$shell: namespaces" "$(offered --netns tcompletion$$)" "tcompletion$$ "
	done
	ip netns del tcompletion$$
else
	echo "skip names of namespaces: not root"
fi
exit $status
