// SPDX-License-Identifier: GPL-2.0-or-later
#include "explain_tables.h"

/* Reasons of drops by policy: packet filters, BPF programs, authentication and encryption. */

/* clang-format off */
const struct explanation reasons_policy[] = {
	{ "BPF_CGROUP_EGRESS", EXPLAIN_WARN,
	  "ip_finish_output, ip6_finish_output",
	  "A BPF program at the egress of the cgroup refused the packet.",
	  "systemd's IPAddressDeny, the network policy of a container platform, or a program of "
	  "the administrator.",
	  "`bpftool cgroup tree` lists the programs; `systemctl show -p IPAddressDeny UNIT`. The "
	  "key cgroup names the group." },
	{ "NETFILTER_DROP", EXPLAIN_WARN,
	  "nf_hook_slow, nft_do_chain",
	  "A rule or the default policy of the packet filter dropped the packet.",
	  "A firewall of nftables or iptables: a rule that drops, a chain with policy drop, an "
	  "invalid state of connection tracking, a verdict from user space (NFQUEUE).",
	  "`nft list ruleset` with counters, `nft monitor trace` with a rule `meta nftrace set "
	  "1`, `iptables -nvL`, `conntrack -S`. The stack names the hook (input, forward, output)." },
	{ "PSP_INPUT", EXPLAIN_WARN,
	  "psp_sk_rx_policy_check",
	  "The packet does not satisfy the PSP encryption of the connection.",
	  "The packet came in clear text, or with another key than the connection has agreed on.",
	  "Compare the PSP associations on both sides; a key that was rotated on one side alone "
	  "is the usual fault." },
	{ "PSP_OUTPUT", EXPLAIN_WARN,
	  "psp_validate_xmit",
	  "The packet could not be sent with the PSP encryption that the connection requires.",
	  "The route changed to a device without PSP, or the device has lost its keys.",
	  "`ip route get ADDRESS` shows the device; check whether it supports PSP and still has "
	  "the association." },
	{ "SECURITY_HOOK", EXPLAIN_WARN,
	  "sk_filter_trim_cap, security_sock_rcv_skb",
	  "A security module refused the received packet.",
	  "A rule of SELinux (labelled networking), Smack, or a BPF program of the LSM kind.",
	  "`ausearch -m AVC -ts recent` or `dmesg` shows the refusal; `bpftool prog list` shows "
	  "programs of type lsm." },
	{ "SOCKET_FILTER", EXPLAIN_WARN,
	  "tcp_filter, sk_filter_trim_cap",
	  "A filter of the socket or of its cgroup rejected the received packet.",
	  "A BPF program at the cgroup's ingress (systemd's IPAddressDeny, a container's policy), "
	  "or a filter that the program attached by SO_ATTACH_FILTER or SO_ATTACH_BPF.",
	  "`bpftool cgroup tree` lists the programs of cgroups, `ss -tnbe` the filters of "
	  "sockets. The key cgroup names the group." },
	{ "TCP_AOFAILURE", EXPLAIN_WARN,
	  "tcp_inbound_ao_hash",
	  "The TCP-AO signature of the segment does not fit the key that it names.",
	  "The key has different secrets on the two sides, or a middlebox has changed the segment.",
	  "`nstat TcpExtTCPAOBad` counts them. Compare the secrets; look for NAT between the "
	  "peers." },
	{ "TCP_AOKEYNOTFOUND", EXPLAIN_WARN,
	  "tcp_inbound_ao_hash",
	  "The segment names a TCP-AO key that this socket does not have.",
	  "A key was changed on one side before the other side had the new one.",
	  "`nstat TcpExtTCPAOKeyNotFound` counts them. Compare the key identifiers on both sides." },
	{ "TCP_AONOTFOUND", EXPLAIN_WARN,
	  "tcp_inbound_hash, tcp_inbound_ao_hash",
	  "The connection requires TCP-AO, but the segment has no such option.",
	  "The peer is configured without TCP-AO, a middlebox removes the option, or somebody "
	  "forges segments.",
	  "`nstat TcpExtTCPAORequired` counts them. Compare the keys on both sides." },
	{ "TCP_AOUNEXPECTED", EXPLAIN_WARN,
	  "tcp_inbound_hash, tcp_inbound_ao_hash",
	  "The segment has a TCP-AO option, but the socket uses none for this peer.",
	  "Only the peer is configured with keys for TCP-AO.",
	  "`nstat TcpExtTCPAOKeyNotFound` counts them. Compare the keys on both sides." },
	{ "TCP_AUTH_HDR", EXPLAIN_WARN,
	  "tcp_inbound_hash",
	  "The TCP header has contradictory or broken options for authentication.",
	  "Both MD5 (RFC 2385) and TCP-AO (RFC 5925) are in one header, an option occurs twice, "
	  "or its length is wrong.",
	  "Compare the authentication options on both sides, for BGP in the configuration of the "
	  "daemons. `nstat TcpInErrs`." },
	{ "TCP_MD5FAILURE", EXPLAIN_WARN,
	  "tcp_inbound_hash, tcp_inbound_md5_hash",
	  "The MD5 signature of the segment does not fit the key of the socket.",
	  "The two sides have different passwords, or a middlebox has changed the addresses, the "
	  "header or the data (NAT breaks the signature).",
	  "`nstat TcpExtTCPMD5Failure` counts them. Compare the passwords; look for NAT between "
	  "the peers." },
	{ "TCP_MD5NOTFOUND", EXPLAIN_WARN,
	  "tcp_inbound_hash, tcp_inbound_md5_hash",
	  "The socket has an MD5 key for this peer, but the segment has no MD5 signature.",
	  "The peer is configured without a password, mostly a BGP neighbour; or somebody forges "
	  "segments.",
	  "`nstat TcpExtTCPMD5NotFound` counts them. Compare the passwords of the BGP daemons." },
	{ "TCP_MD5UNEXPECTED", EXPLAIN_WARN,
	  "tcp_inbound_hash, tcp_inbound_md5_hash",
	  "The segment has an MD5 signature, but the socket has no MD5 key for this peer.",
	  "Only the peer is configured with a password; or the key was set for another address or "
	  "VRF.",
	  "`nstat TcpExtTCPMD5Unexpected` counts them. Compare the passwords of the BGP daemons." },
	{ "XFRM_POLICY", EXPLAIN_WARN,
	  "tcp_v4_rcv, tcp_v6_rcv, ip_forward",
	  "The packet does not satisfy the IPsec policy.",
	  "The packet came unencrypted where a policy demands ESP, or through another tunnel than "
	  "the policy names; a security association has expired.",
	  "`ip xfrm policy`, `ip xfrm state`, /proc/net/xfrm_stat (XfrmInNoPols, "
	  "XfrmInTmplMismatch, XfrmInPolBlock). Look at the IKE daemon's log." },
};
const size_t reasons_policy_count = sizeof(reasons_policy) / sizeof(reasons_policy[0]);
/* clang-format on */
