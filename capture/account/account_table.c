// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>
#include <sys/socket.h>

#include "account_table.h"

#define DROP	   (1U << EVENT_DROP)
#define RETRANSMIT (1U << EVENT_RETRANSMIT)
#define SYNACK	   (1U << EVENT_SYNACK)

#define PROTOCOLS "packets of other protocols"

static bool is_text(const struct drop_report *report, enum key key, const char *wanted)
{
	const char *text = report_text(report, key);

	return text && strcmp(text, wanted) == 0;
}

/*
 * __tcp_retransmit_skb() has given up before it counted anything: the segment is still in a queue
 * of the host, there is no memory, no route, or nothing to send.
 */
static bool is_given_up(const struct drop_report *report)
{
	static const char *const errors[] = { "EBUSY", "EAGAIN", "EHOSTUNREACH", "ENOMEM",
					      "EINVAL" };

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		if (is_text(report, KEY_err, errors[i]))
			return true;
	}
	return false;
}

static bool is_sent_again(const struct drop_report *report)
{
	return !is_given_up(report);
}

/* Of a SYN-ACK, tcp_rtx_synack() counts the same. */
static bool is_syn(const struct drop_report *report)
{
	return report->packet.flags & TCP_SYN && !is_given_up(report);
}

/* tcp_xmit_retransmit_queue() counts what it could send. */
static bool is_fast(const struct drop_report *report)
{
	return is_text(report, KEY_kind, "fast") && !report_has(report, KEY_err);
}

/* The same in the state Loss, in which the timer of retransmissions sends, too. */
static bool is_in_loss(const struct drop_report *report)
{
	return is_text(report, KEY_ca_state, "Loss") && !report_has(report, KEY_err);
}

static bool is_probe(const struct drop_report *report)
{
	return is_text(report, KEY_kind, "tlp") && !report_has(report, KEY_err);
}

/*
 * The kernel's functions that increment the counters:
 * - RetransSegs, TCPSynRetrans: __tcp_retransmit_skb(), tcp_rtx_synack(). Before 6.17 the
 *   tracepoint has no result and is silent on failure, which TCPRetransFail counts.
 * - TCPFastRetrans, TCPSlowStartRetrans: tcp_xmit_retransmit_queue().
 * - TCPLossProbes: tcp_send_loss_probe(). TCPLostRetransmit: tcp_mark_skb_lost().
 * - ListenDrops: tcp_listendrop(). ListenOverflows, TCPReqQFullDrop: tcp_conn_request(); the first
 *   one in tcp_v4_syn_recv_sock(), too.
 * - TCPBacklogDrop: tcp_add_backlog(). TCPRcvQDrop, TCPZeroWindowDrop: tcp_data_queue().
 *   TCPOFODrop: tcp_data_queue_ofo(), with the reason of TCPRcvQDrop.
 * - PAWS...: tcp_validate_incoming(), tcp_rcv_synsent_state_process(), tcp_check_req(),
 *   tcp_timewait_state_process(). Which of them has which counter differs between kernels.
 * TWKilled and TCPTimeWaitOverflow are not here: they count sockets, and drop no packet.
 */
/* clang-format off */
const struct account_row account_rows[] = {
	{ "TcpRetransSegs",
	  .counters = { "TcpRetransSegs" },
	  .without_event = "TcpExtTCPRetransFail",
	  .kinds = RETRANSMIT | SYNACK,
	  .flags = ACCOUNT_SEGMENTS,
	  .counts = is_sent_again,
	  .hint = "nstat -az TcpRetransSegs TcpExtTCPRetransFail; ss -ti shows each connection's" },
	{ "TcpExtTCPSynRetrans",
	  .counters = { "TcpExtTCPSynRetrans" },
	  .kinds = RETRANSMIT | SYNACK,
	  .flags = ACCOUNT_FAILURES,
	  .counts = is_syn,
	  .hint = "ss -tno state syn-sent state syn-recv shows connections that wait" },
	{ "TcpExtTCPFastRetrans",
	  .counters = { "TcpExtTCPFastRetrans" },
	  .kinds = RETRANSMIT,
	  .flags = ACCOUNT_SEGMENTS,
	  .counts = is_fast,
	  .hint = "ss -ti shows the congestion state of each connection" },
	{ "TcpExtTCPSlowStartRetrans",
	  .counters = { "TcpExtTCPSlowStartRetrans" },
	  .kinds = RETRANSMIT,
	  .flags = ACCOUNT_SEGMENTS | ACCOUNT_SUPERSET,
	  .counts = is_in_loss,
	  .hint = "ss -ti shows the congestion state of each connection" },
	{ "TcpExtTCPLossProbes",
	  .counters = { "TcpExtTCPLossProbes" },
	  .kinds = RETRANSMIT,
	  .counts = is_probe,
	  .others = "probes that send new data",
	  .hint = "-e tlp shows each attempt" },
	{ "TcpExtTCPLostRetransmit",
	  .counters = { "TcpExtTCPLostRetransmit" },
	  .kinds = RETRANSMIT,
	  .flags = ACCOUNT_SEGMENTS | ACCOUNT_NO_EVENTS,
	  .others = "segments that were retransmitted, and are lost again",
	  .hint = "compare shows where they were lost" },
	{ "TcpExtListenOverflows",
	  .counters = { "TcpExtListenOverflows" },
	  .kinds = DROP,
	  .reasons = { "TCP_LISTEN_OVERFLOW" },
	  .causes = { "listen-overflow" },
	  .hint = "ss -ltn shows the accept queue (Recv-Q) of each listener and its limit; "
		  "--listen-drops consume shows the SYNs where fentry is not permitted" },
	{ "TcpExtListenDrops",
	  .counters = { "TcpExtListenDrops" },
	  .kinds = DROP,
	  .reasons = { "TCP_LISTEN_OVERFLOW" },
	  .causes = { "listen-overflow", "syn-queue-full", "listen-drop" },
	  .hint = "ss -ltn shows the accept queue (Recv-Q) of each listener and its limit; "
		  "--listen-drops consume shows the SYNs where fentry is not permitted" },
	{ "TcpExtTCPReqQFullDrop",
	  .counters = { "TcpExtTCPReqQFullDrop" },
	  .kinds = DROP,
	  .causes = { "syn-queue-full" },
	  .hint = "sysctl net.ipv4.tcp_max_syn_backlog net.ipv4.tcp_syncookies" },
	{ "TcpExtTCPBacklogDrop",
	  .counters = { "TcpExtTCPBacklogDrop" },
	  .kinds = DROP,
	  .reasons = { "SOCKET_BACKLOG" },
	  .hint = "ss -tm shows the backlog (bl) of each socket" },
	{ "TcpExtTCPRcvQDrop+TcpExtTCPOFODrop",
	  .counters = { "TcpExtTCPRcvQDrop", "TcpExtTCPOFODrop" },
	  .kinds = DROP,
	  .reasons = { "PROTO_MEM" },
	  .hint = "ss -tm shows the receive memory (r, rb) of each socket" },
	{ "TcpExtTCPZeroWindowDrop",
	  .counters = { "TcpExtTCPZeroWindowDrop" },
	  .kinds = DROP,
	  .reasons = { "TCP_ZEROWINDOW" },
	  .hint = "ss -tm shows sockets whose process does not read (r near rb)" },
	{ "TcpExtPAWS",
	  .counters = { "TcpExtPAWSActive", "TcpExtPAWSEstab", "TcpExtPAWSOldAck",
			"TcpExtPAWSTimewait" },
	  .kinds = DROP,
	  .reasons = { "TCP_RFC7323_PAWS", "TCP_RFC7323_PAWS_ACK", "TCP_RFC7323_TW_PAWS" },
	  .hint = "nstat -az 'TcpExtPAWS*' shows for which state of connections" },
	{ "TcpExtTCPMinTTLDrop",
	  .counters = { "TcpExtTCPMinTTLDrop" },
	  .kinds = DROP,
	  .reasons = { "TCP_MINTTL" },
	  .hint = "a program has set IP_MINTTL or IPV6_MINHOPCOUNT, as BGP daemons do" },
	{ "TcpInCsumErrors",
	  .counters = { "TcpInCsumErrors" },
	  .kinds = DROP,
	  .reasons = { "TCP_CSUM" },
	  .hint = "ethtool -S shows the checksum errors of a device" },
	{ "IpExtInCsumErrors",
	  .counters = { "IpExtInCsumErrors" },
	  .kinds = DROP,
	  .reasons = { "IP_CSUM" },
	  .others = PROTOCOLS,
	  .hint = "ethtool -S shows the checksum errors of a device" },
	{ "IpInDiscards",
	  .counters = { "IpInDiscards" },
	  .kinds = DROP,
	  .family = AF_INET,
	  .reasons = { "NOMEM", "XFRM_POLICY" },
	  .others = PROTOCOLS,
	  .hint = "the host has no memory, or a policy of XFRM forbids the packet" },
	{ "Ip6InDiscards",
	  .counters = { "Ip6InDiscards" },
	  .kinds = DROP,
	  .family = AF_INET6,
	  .reasons = { "NOMEM", "XFRM_POLICY", "IPV6DISABLED" },
	  .others = PROTOCOLS,
	  .hint = "sysctl net.ipv6.conf shows devices without IPv6 (disable_ipv6)" },
	{ "IpOutDiscards",
	  .counters = { "IpOutDiscards" },
	  .kinds = DROP,
	  .family = AF_INET,
	  .reasons = { "NOMEM" },
	  .others = PROTOCOLS,
	  .hint = "nft list ruleset: the output chain may refuse answers of the kernel" },
	{ "Ip6OutDiscards",
	  .counters = { "Ip6OutDiscards" },
	  .kinds = DROP,
	  .family = AF_INET6,
	  .reasons = { "NOMEM", "IPV6DISABLED" },
	  .others = PROTOCOLS,
	  .hint = "sysctl net.ipv6.conf shows devices without IPv6 (disable_ipv6)" },
	{ "IpOutNoRoutes",
	  .counters = { "IpOutNoRoutes" },
	  .kinds = DROP,
	  .family = AF_INET,
	  .reasons = { "IP_OUTNOROUTES" },
	  .others = PROTOCOLS ", and calls that fail without a packet",
	  .hint = "ip route get ADDRESS" },
	{ "Ip6OutNoRoutes",
	  .counters = { "Ip6OutNoRoutes" },
	  .kinds = DROP,
	  .family = AF_INET6,
	  .reasons = { "IP_OUTNOROUTES" },
	  .others = PROTOCOLS ", and calls that fail without a packet",
	  .hint = "ip -6 route get ADDRESS" },
	{ "qdisc drops",
	  .source = ACCOUNT_QDISCS,
	  .kinds = DROP,
	  .reasons = { "QDISC_DROP", "QDISC_OVERLIMIT", "QDISC_CONGESTED", "QDISC_BURST_DROP",
		       "TC_EGRESS", "TC_INGRESS", "CAKE_FLOOD", "FQ_BAND_LIMIT", "FQ_HORIZON_LIMIT",
		       "FQ_FLOW_LIMIT" },
	  .others = PROTOCOLS,
	  .hint = "tc -s qdisc" },
	{ "rx_dropped",
	  .source = ACCOUNT_DEVICES,
	  .counters = { "rx_dropped" },
	  .kinds = DROP,
	  .reasons = { "CPU_BACKLOG", "PTYPE_ABSENT", "UNHANDLED_PROTO", "XDP", "TC_INGRESS" },
	  .others = PROTOCOLS,
	  .hint = "ip -s link" },
	{ "tx_dropped",
	  .source = ACCOUNT_DEVICES,
	  .counters = { "tx_dropped" },
	  .kinds = DROP,
	  .reasons = { "FULL_RING", "DEV_READY", "DEV_HDR", "NOMEM", "QDISC_DROP" },
	  .others = PROTOCOLS,
	  .hint = "ip -s link" },
	{ "rx_missed_errors",
	  .source = ACCOUNT_DEVICES,
	  .counters = { "rx_missed_errors" },
	  .kinds = DROP,
	  .flags = ACCOUNT_NO_EVENTS,
	  .others = "packets that a device had no buffer for, before the kernel had them",
	  .hint = "ethtool -g shows the size of a device's ring, ethtool -G changes it" },
	{ "softnet drops",
	  .source = ACCOUNT_SOFTNET,
	  .kinds = DROP,
	  .reasons = { "CPU_BACKLOG" },
	  .others = PROTOCOLS,
	  .hint = "sysctl net.core.netdev_max_backlog; /proc/net/softnet_stat has each CPU's" },
	{ "XDP aborted",
	  .source = ACCOUNT_OUTSIDE,
	  .outside = OUTSIDE_XDP_ABORTED,
	  .kinds = DROP,
	  .flags = ACCOUNT_NO_EVENTS,
	  .others = "packets of any protocol that a program of XDP aborted before they were skbs; "
		    "at a veth device they are drops, too",
	  .hint = "bpftool net" },
	{ "XDP_TX failed",
	  .source = ACCOUNT_OUTSIDE,
	  .outside = OUTSIDE_XDP_TX,
	  .kinds = DROP,
	  .flags = ACCOUNT_NO_EVENTS,
	  .others = "packets of any protocol that XDP could not send back",
	  .hint = "bpftool net; ethtool -S" },
	{ "XDP redirect failed",
	  .source = ACCOUNT_OUTSIDE,
	  .outside = OUTSIDE_XDP_REDIRECT,
	  .kinds = DROP,
	  .flags = ACCOUNT_NO_EVENTS,
	  .others = "packets of any protocol that XDP could not pass to another device or CPU",
	  .hint = "bpftool net; perf trace -e xdp:xdp_redirect_err shows the error" },
	{ "devlink trap",
	  .source = ACCOUNT_OUTSIDE,
	  .outside = OUTSIDE_TRAP,
	  .kinds = DROP,
	  .flags = ACCOUNT_NO_EVENTS,
	  .others = "packets of any protocol that the device dropped and reported",
	  .hint = "devlink -s trap" },
	{ "XDP or devlink",
	  .source = ACCOUNT_OUTSIDE,
	  .outside = OUTSIDE_OTHER,
	  .kinds = DROP,
	  .flags = ACCOUNT_NO_EVENTS,
	  .others = "packets of the kinds above, at devices beyond the 4,096th",
	  .hint = "bpftool net; devlink -s trap" },
	{ "conntrack drops",
	  .source = ACCOUNT_CONNTRACK,
	  .counters = { "drop", "insert_failed" },
	  .kinds = DROP,
	  .flags = ACCOUNT_NO_EVENTS,
	  .others = "packets that connection tracking drops, of any protocol; those of TCP are "
		    "among the drops with reason NETFILTER_DROP",
	  .hint = "conntrack -S; sysctl net.netfilter.nf_conntrack_max" },
};
/* clang-format on */

const size_t account_row_count = sizeof(account_rows) / sizeof(account_rows[0]);

_Static_assert(sizeof(account_rows) / sizeof(account_rows[0]) <= ACCOUNT_ROWS_MAX,
	       "a row is a bit of 64");

const struct account_row *account_row_find(const char *name)
{
	for (size_t i = 0; i < account_row_count; i++) {
		if (strcmp(account_rows[i].name, name) == 0)
			return &account_rows[i];
	}
	return NULL;
}
