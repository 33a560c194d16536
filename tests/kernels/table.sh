#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: table.sh RESULTS VERSION...
# Prints what each kernel supports, from the guests' own --probe and the judged scenarios, as the
# table in README.
results=$1
shift

status_of() { # HOOK: attached, refused, absent or not needed; if there are two ways to the same thing, the better status
	sed -n "s|^  \([a-z ]*[a-z]\)  *$1 .*|\1|p" "$probe" | sort | head -1
}

yes_if_attached() { [ "$(status_of "$1")" = attached ] && echo yes || echo no; }

within_tcp() {
	case $(status_of fentry/__kfree_skb) in
	'not needed') echo kfree_skb ;;
	attached) echo fentry ;;
	*) echo no ;;
	esac
}

probes() {
	for how in fentry kprobe; do
		[ "$(status_of $how/tcp_send_loss_probe)" != attached ] || { echo $how; return; }
	done
	echo no
}

echo '| kernel | reasons | reset reasons | socket on receipt | drops within TCP | TLP attempts | owner at accept | owner by open files | checks |'
echo '|---|---|---|---|---|---|---|---|---|'
for version in "$@"; do
	probe=$results/$version/probe
	if ! [ -e "$results/$version.judged" ] || [ -e "$results/$version.failed" ] ||
		[ -e "$results/$version.skipped" ]; then
		echo "| $version | $(cat "$results/$version.failed" "$results/$version.skipped" 2>/dev/null) |"
		continue
	fi
	echo "| $(cat "$results/$version/release")" \
		"| $(sed -n 's/^drop reasons *\([0-9]*\).*/\1/p' "$probe")" \
		"| $(sed -n 's/^reset reasons *\([0-9]*\).*/\1/p' "$probe")" \
		"| $(sed -n 's/^receiving sockets *\([a-z_]*\).*/\1/p' "$probe")" \
		"| $(within_tcp) | $(probes) | $(yes_if_attached fexit/inet_csk_accept)" \
		"| $(yes_if_attached iter/task_file)" \
		"| $(grep -c '^ok' "$results/$version.judged") passed, $(grep -c '^not ok' "$results/$version.judged") failed |"
done
