// SPDX-License-Identifier: GPL-2.0-or-later
#include "explain_tables.h"

/* Reasons of drops within IPv4 and IPv6. */

/* clang-format off */
const struct explanation reasons_ip[] = {
	{ "DUP_FRAG", EXPLAIN_NOTE,
	  "ip_frag_queue, ip6_frag_queue, inet_frag_queue_insert",
	  "A fragment with this range has already arrived.",
	  "The network duplicated a fragment, or two packets have the same IP identification.",
	  "`nstat IpReasmFails Ip6ReasmFails` counts them. TCP should not be fragmented: look at "
	  "the MTU on the way." },
	{ "FRAG_REASM_TIMEOUT", EXPLAIN_WARN,
	  "ip_expire, ip6frag_expire_frag_queue",
	  "The other fragments of the packet did not arrive in time.",
	  "A fragment was lost, or a firewall drops fragments after the first one.",
	  "`nstat IpReasmTimeout Ip6ReasmTimeout` counts them. TCP should not be fragmented: look "
	  "at the MTU on the way." },
	{ "FRAG_TOO_FAR", EXPLAIN_NOTE,
	  "ip_frag_reinit, ip_frag_too_far",
	  "So many packets of the same sender came between the fragments that they cannot belong "
	  "together.",
	  "Heavy traffic of fragments with lost ones among it; the 16 bits of the IP "
	  "identification are reused.",
	  "`sysctl net.ipv4.ipfrag_max_dist`, `nstat IpReasmFails`. TCP should not be fragmented: "
	  "look at the MTU on the way." },
	{ "IPV6DISABLED", EXPLAIN_NOTE,
	  "ip6_rcv_core, ip6_output",
	  "IPv6 is disabled on the device.",
	  "The sysctl disable_ipv6 is set, for all devices or this one, and a neighbour or a "
	  "program uses IPv6 nevertheless.",
	  "`sysctl net.ipv6.conf.DEVICE.disable_ipv6 net.ipv6.conf.all.disable_ipv6`." },
	{ "IPV6_BAD_EXTHDR", EXPLAIN_WARN,
	  "ipv6_rthdr_rcv, ipv6_destopt_rcv, ip6_parse_tlv",
	  "An extension header of IPv6 is invalid or not permitted.",
	  "A routing header that this host does not accept, an unknown option that demands a "
	  "drop, or a wrong length.",
	  "`nstat Ip6InHdrErrors` counts them. Look at the extension headers of the packet." },
	{ "IPV6_TOO_MANY_EXTHDRS", EXPLAIN_WARN,
	  "ip6_protocol_deliver_rcu",
	  "The packet has more extension headers of IPv6 than this host processes.",
	  "A packet that was made by hand, or an attack: ordinary traffic has one or two.",
	  "Look at the extension headers and at the sender of the packet." },
	{ "IP_CSUM", EXPLAIN_ERROR,
	  "ip_rcv_core",
	  "The checksum of the IPv4 header is wrong.",
	  "A faulty card, cable or memory, or a device that changes the header without computing "
	  "the checksum again.",
	  "`nstat IpExtInCsumErrors` counts them; `ethtool -S DEVICE` has the errors of the card." },
	{ "IP_INADDRERRORS", EXPLAIN_WARN,
	  "ip_error, ip6_pkt_drop",
	  "The destination address is not valid on this host, or its host cannot be reached.",
	  "A packet for an address that this host neither has nor forwards, or a route of type "
	  "unreachable.",
	  "`nstat IpInAddrErrors Ip6InAddrErrors` counts them. `ip route get ADDRESS from SOURCE "
	  "iif DEVICE`, `sysctl net.ipv4.ip_forward`." },
	{ "IP_INHDR", EXPLAIN_WARN,
	  "ip_rcv_core, ip6_rcv_core, ip_rcv_finish_core, ip_forward",
	  "The IP header is invalid, or its TTL or hop limit ended on this router.",
	  "A wrong version or header length, source routing that is not permitted, or a routing "
	  "loop that used up the TTL.",
	  "`nstat IpInHdrErrors Ip6InHdrErrors` counts them. For an ended TTL: `traceroute`, `ip "
	  "route get ADDRESS`." },
	{ "IP_INNOROUTES", EXPLAIN_WARN,
	  "ip_error, ip6_pkt_drop",
	  "This host has no route for a packet that it should forward.",
	  "A missing route, a route that was withdrawn, or traffic that should not come to this "
	  "router.",
	  "`nstat IpExtInNoRoutes Ip6InNoRoutes` counts them. `ip route get ADDRESS from SOURCE "
	  "iif DEVICE`." },
	{ "IP_INVALID_DEST", EXPLAIN_WARN,
	  "ip_route_input_slow",
	  "The destination address is one that no host can have, such as 0.0.0.0.",
	  "A broken program or a forged packet.",
	  "Look at the sender of the packet; net.ipv4.conf.DEVICE.log_martians logs each." },
	{ "IP_INVALID_SOURCE", EXPLAIN_WARN,
	  "ip_route_input_slow, ip_route_use_hint",
	  "The source address is one that no host can have: multicast, broadcast or zero.",
	  "A host without an address, a broken program, or a forged packet.",
	  "`nstat IpInAddrErrors`; net.ipv4.conf.DEVICE.log_martians logs each. Look at the MAC "
	  "address of the sender." },
	{ "IP_LOCALNET", EXPLAIN_WARN,
	  "ip_route_input_slow, ip_mc_validate_source",
	  "The packet came from outside with an address of 127.0.0.0/8.",
	  "A redirection to the loopback address (DNAT to 127.0.0.1) without the sysctl that it "
	  "needs, or a forged packet.",
	  "`sysctl net.ipv4.conf.DEVICE.route_localnet` permits it; `nft list ruleset` shows the "
	  "redirection." },
	{ "IP_LOCAL_SOURCE", EXPLAIN_WARN,
	  "fib_validate_source, __fib_validate_source",
	  "The packet came from outside with an address of this host as its source.",
	  "Two hosts have the same address, a loop of the network returns the packet, or somebody "
	  "forges the source.",
	  "`ip addr`, `arping -D -I DEVICE ADDRESS`; net.ipv4.conf.DEVICE.accept_local permits "
	  "it, log_martians logs it." },
	{ "IP_NOPROTO", EXPLAIN_NOTE,
	  "ip_protocol_deliver_rcu, ip6_protocol_deliver_rcu",
	  "The host does not implement the protocol after the IP header.",
	  "TCP is always there, so the header chain is unusual: an extension header of IPv6, or a "
	  "tunnel whose module is not loaded.",
	  "`nstat IpInUnknownProtos Ip6InUnknownProtos` counts them. Look at the header chain of "
	  "the packet." },
	{ "IP_OUTNOROUTES", EXPLAIN_ERROR,
	  "__ip_queue_xmit, ip6_pkt_discard_out",
	  "This host has no route for a packet that it sends.",
	  "The route or the address was removed while connections were open, a route of type "
	  "unreachable or prohibit matches, or the source address is no longer there.",
	  "`nstat IpOutNoRoutes Ip6OutNoRoutes` counts them. `ip route get ADDRESS from SOURCE`, "
	  "`ip rule`, `ip monitor route`." },
	{ "IP_RPFILTER", EXPLAIN_WARN,
	  "ip_rcv_finish_core, fib_validate_source",
	  "The route back to the sender leads through another interface than the one on which the "
	  "packet came (reverse path filter).",
	  "Asymmetric routing, several uplinks, a VPN or policy routing without the matching "
	  "route; or a forged source address.",
	  "`nstat TcpExtIPReversePathFilter` counts them. `sysctl net.ipv4.conf.all.rp_filter "
	  "net.ipv4.conf.DEVICE.rp_filter` (2: loose), `ip route get SOURCE from ADDRESS iif "
	  "DEVICE`." },
	{ "NOT_SPECIFIED", EXPLAIN_WARN,
	  "kfree_skb and all its callers",
	  "The function that dropped the packet gives no reason.",
	  "Much of the kernel gives none yet: drivers, tunnels, and on older kernels most of TCP. "
	  "Before 6.15 the last segment of a handshake for which the accept queue has no room is "
	  "among them.",
	  "The key at and the stack name the function: look it up for your kernel. `nstat` before "
	  "and after shows which counters move with it." },
	{ "OTHERHOST", EXPLAIN_CHAT,
	  "ip_rcv_core, ip6_rcv_core",
	  "The frame is addressed to another host, or is of a VLAN that has no device here.",
	  "The device is promiscuous (a sniffer, a bridge), a switch floods frames whose "
	  "destination it does not know, or it sends frames with the tag of a VLAN (key vlan) that "
	  "is not configured on this host.",
	  "`ip -d link show DEVICE` shows promiscuity, `ip -d link show type vlan` the VLANs. It "
	  "needs no action unless the packet should have been accepted: then compare the MAC "
	  "addresses and the VLAN." },
	{ "PKT_TOO_BIG", EXPLAIN_WARN,
	  "ip_forward, ip6_forward, ip_fragment",
	  "The packet is larger than the MTU of its way out and must not be fragmented.",
	  "Path MTU discovery at work: the sender gets an ICMP message and sends smaller "
	  "segments. It fails where a firewall drops ICMP.",
	  "`nstat IpFragFails Ip6InTooBigErrors Ip6FragFails`; `ip route get ADDRESS` (mtu), "
	  "`tracepath ADDRESS`. Clamp the MSS or permit ICMP if connections hang." },
	{ "PKT_TOO_SMALL", EXPLAIN_ERROR,
	  "ip_rcv_core, ip6_rcv_core, tcp_v4_rcv, tcp_v6_rcv",
	  "The packet is shorter than its headers say.",
	  "The packet was truncated on its way or made by hand; a driver reports a wrong length; "
	  "the TCP data offset is smaller than the header.",
	  "`nstat IpExtInTruncatedPkts Ip6InTruncatedPkts IpInHdrErrors TcpInErrs` counts them. "
	  "Look at the lengths in the packet." },
	{ "UNICAST_IN_L2_MULTICAST", EXPLAIN_WARN,
	  "ip_rcv_finish_core",
	  "The packet for one host came in a frame for many (multicast or broadcast).",
	  "A cluster that shares a multicast MAC address (NLB and the like), or a forged packet.",
	  "`sysctl net.ipv4.conf.DEVICE.drop_unicast_in_l2_multicast` switches the check. Look at "
	  "the destination MAC address." },
};
const size_t reasons_ip_count = sizeof(reasons_ip) / sizeof(reasons_ip[0]);
/* clang-format on */
