#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: links_test.sh DIRECTORY-OF-make_links tcpdropcap.lua
# Checks the links between drops and retransmissions, below each kind of headers, in tshark's
# output.

set -u

if [ $# -ne 2 ]; then
	echo "usage: links_test.sh DIRECTORY-OF-make_links tcpdropcap.lua" >&2
	exit 2
fi

# shellcheck source=tests/tshark.sh
. "$(dirname "$0")/../tshark.sh"
tshark_setup "$2"

"$1/make_links" cases >"$work/cases" && "$1/make_links" >"$work/file.pcapng"
same make_links_writes_its_file $? 0
chmod 644 "$work/file.pcapng"

# The headers have the form of their name: tshark finds TCP in each, and nothing malformed.
same every_packet_is_tcp "$(dissect -Y 'tcp && !_ws.malformed' | wc -l)" "$(wc -l <"$work/cases")"
same headers_are_of_their_form "$(dissect -T fields -E separator=, -E occurrence=f -e frame.encap_type \
	-e ieee8021ad.id -e vlan.id -e ip.version -e ipv6.dstopts.nxt -e ip.opt.type | uniq | tr '\n' ' ')" \
	"1,,,4,, 1,,,4,,1 1,,,6,, 1,,,6,43, 1,,101,4,, 1,,101,6,, 1,102,101,6,43, 7,,,4,, 7,,,6,, 7,,,6,43, "

# One line per packet: its form and name, the drop of the same data, its retransmission.
dissect -2 -R tcpdropcap -T fields -E separator=, -e frame.number -e tcpdropcap.dropped_in \
	-e tcpdropcap.retransmitted_in | awk '
	NR == FNR { form[$1] = $2; name[$1] = $3; next }
	{ split($0, of, ","); print form[of[1]], name[of[1]], "<" name[of[2]], ">" name[of[3]] }
	' "$work/cases" - >"$work/links"
awk '!seen[$2]++ { print $2 }' "$work/cases" >"$work/forms"

while read -r form; do
	same "$form:_drops_and_retransmissions_link_both_ways" \
		"$(awk -v form="$form" '$1 == form && $3 $4 != "<>" { print $2 $3 $4 }' "$work/links" | tr '\n' ' ')" \
		"drop<>again again<drop> fin_drop<>fin_again fin_again<fin_drop> syn_drop<>syn_again syn_again<syn_drop> "
done <"$work/forms"

# The links to later packets: tshark sees comments in the first of two passes only if it has to
# select packets in it, and a Lua plugin cannot request them.
later() { dissect -V -O tcpdropcap "$@" | grep -c 'Retransmitted in: '; }
links=$(grep -c '>[a-z]' "$work/links")
same links_to_later_packets_with_a_display_filter "$(later -2 -Y tcpdropcap)" "$links"
same links_to_later_packets_with_a_read_filter "$(later -2 -R tcpdropcap)" "$links"
same links_to_earlier_packets_in_one_pass "$(dissect -V -O tcpdropcap | grep -c 'Dropped in: ')" "$links"

same links_print_nothing_on_stderr "$(tr -s '\n' ' ' <"$work/stderr")" ""
exit $status
