# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Completion of tcpdropcap for bash: what --help lists, so that it is never older than the tool.

_tcpdropcap() {
	local tool=$1 word=$2 before=$3 command='' names
	COMPREPLY=()
	[[ ${COMP_WORDS[1]-} == count && $COMP_CWORD -gt 1 ]] && command=count
	case $before in
	-e | --events) names='drop retransmit synack tlp reset' ;;
	--stack) names='full none' ;;
	--netns) names=$(cd /run/netns 2>/dev/null && echo *) ;;
	--state)
		names='ESTABLISHED SYN_SENT SYN_RECV FIN_WAIT1 FIN_WAIT2 TIME_WAIT CLOSE CLOSE_WAIT
			LAST_ACK LISTEN CLOSING NEW_SYN_RECV BOUND_INACTIVE NONE'
		;;
	-r | --read | -w | --write)
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
		return
		;;
	*)
		names=$("$tool" $command --help 2>/dev/null |
			sed -n 's/^  \(-.,\|   \) \(--[a-z0-9-]*\).*/\2/p; s/^  \([a-z][a-z]*\)  .*/\1/p')
		;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$names" -- "$word")
}

complete -o default -F _tcpdropcap tcpdropcap
