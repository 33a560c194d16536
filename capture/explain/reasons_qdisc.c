// SPDX-License-Identifier: GPL-2.0-or-later
#include "explain_tables.h"

/* Reasons of drops by traffic control: filters and queue disciplines. */

/* clang-format off */
const struct explanation reasons_qdisc[] = {
	{ "CAKE_FLOOD", EXPLAIN_WARN,
	  "cake_dequeue",
	  "The protection of cake against flows that do not react to drops dropped the packet.",
	  "A flow that does not slow down, or a flood.",
	  "`tc -s qdisc show dev DEVICE`. Look at the flows with the most drops." },
	{ "DUALPI2_STEP_DROP", EXPLAIN_NOTE,
	  "dualpi2_qdisc_dequeue",
	  "The queue discipline dualpi2 dropped a packet of its low-latency queue that cannot be "
	  "marked.",
	  "The delay of that queue is above its threshold, and the packet does not support ECN.",
	  "`tc -s qdisc show dev DEVICE`. Switch on ECN for the sender (net.ipv4.tcp_ecn)." },
	{ "FQ_BAND_LIMIT", EXPLAIN_WARN,
	  "fq_enqueue",
	  "A priority band of the queue discipline fq is full.",
	  "The host sends more of this priority than the link takes.",
	  "`tc -s qdisc show dev DEVICE` (band drops, limit). Raise limit, or lower the rate." },
	{ "FQ_FLOW_LIMIT", EXPLAIN_NOTE,
	  "fq_enqueue",
	  "The flow has as many packets in fq as one flow may have.",
	  "A connection without TCP's small queues, as through a virtual machine or a tunnel, "
	  "sends in large bursts.",
	  "`tc -s qdisc show dev DEVICE` (flows_plimit). Raise flow_limit." },
	{ "FQ_HORIZON_LIMIT", EXPLAIN_WARN,
	  "fq_enqueue",
	  "The time at which the packet should be sent is too far in the future for fq.",
	  "A pacing rate that is far too low, a wrong SO_TXTIME, or a clock that jumped.",
	  "`tc -s qdisc show dev DEVICE` (horizon_drops), `ss -tni` (pacing_rate)." },
	{ "QDISC_BURST_DROP", EXPLAIN_WARN,
	  "__dev_xmit_skb",
	  "So many CPUs queue packets on one queue discipline at once that the waiting list is at "
	  "its limit.",
	  "A burst from many CPUs to a device with one queue and a lock that is contended.",
	  "`sysctl net.core.qdisc_max_burst`, `tc -s qdisc show dev DEVICE`. A device with "
	  "several queues (mq) spreads the load." },
	{ "QDISC_CONGESTED", EXPLAIN_NOTE,
	  "codel_dequeue, fq_codel_dequeue, cake_dequeue, red_enqueue, pie_enqueue",
	  "The queue management of the device (CoDel, PIE, RED) dropped the packet to signal "
	  "congestion.",
	  "The queue has been long for some time: this is how TCP learns that it must send more "
	  "slowly.",
	  "`tc -s qdisc show dev DEVICE` (drops, ecn_mark). Few of them are right; with ECN the "
	  "packets are marked instead." },
	{ "QDISC_DROP", EXPLAIN_WARN,
	  "__dev_xmit_skb, dev_qdisc_enqueue, tcf_kfree_skb_list",
	  "The queue discipline of the device dropped the packet instead of sending it.",
	  "The queue is full because the host sends faster than the link or its shaper (tbf, htb) "
	  "permits; on 7.1 and later the tracepoint qdisc:qdisc_drop has a closer reason.",
	  "`tc -s qdisc show dev DEVICE` (dropped, overlimits, backlog). A larger limit, fq or "
	  "fq_codel, or a higher rate of the shaper help. TCP reduces its rate by itself." },
	{ "QDISC_DROP_BAND_LIMIT", EXPLAIN_WARN,
	  "fq_enqueue",
	  "A priority band of the queue discipline is full.",
	  "The host sends more of this priority than the link takes.",
	  "`tc -s qdisc show dev DEVICE` (band drops, limit). Raise limit, or lower the rate." },
	{ "QDISC_DROP_CONGESTED", EXPLAIN_NOTE,
	  "qdisc_drop_reason, qdisc_dequeue_drop",
	  "The queue management of the qdisc (CoDel, PIE, RED) dropped the packet to signal "
	  "congestion.",
	  "The queue has been long for some time: this is how TCP learns that it must send more "
	  "slowly.",
	  "`tc -s qdisc show dev DEVICE` (drops, ecn_mark). Few of them are right; with ECN the "
	  "packets are marked instead." },
	{ "QDISC_DROP_FLOOD_PROTECTION", EXPLAIN_WARN,
	  "cake_dequeue",
	  "The protection of cake against flows that do not react to drops dropped the packet.",
	  "A flow that does not slow down, or a flood.",
	  "`tc -s qdisc show dev DEVICE`. Look at the flows with the most drops." },
	{ "QDISC_DROP_FLOW_LIMIT", EXPLAIN_NOTE,
	  "fq_enqueue, sfq_enqueue",
	  "The flow has as many packets in the qdisc as one flow may have.",
	  "A connection without TCP's small queues, as through a virtual machine or a tunnel, "
	  "sends in large bursts.",
	  "`tc -s qdisc show dev DEVICE` (flows_plimit). Raise flow_limit, for sfq depth." },
	{ "QDISC_DROP_GENERIC", EXPLAIN_WARN,
	  "qdisc_drop",
	  "The queue discipline dropped the packet without a closer reason.",
	  "The queue is full, or the qdisc's filter has no class for the packet.",
	  "`tc -s qdisc show dev DEVICE`, `tc -s class show dev DEVICE`." },
	{ "QDISC_DROP_HORIZON_LIMIT", EXPLAIN_WARN,
	  "fq_enqueue",
	  "The time at which the packet should be sent is too far in the future for the qdisc.",
	  "A pacing rate that is far too low, a wrong SO_TXTIME, or a clock that jumped.",
	  "`tc -s qdisc show dev DEVICE` (horizon_drops), `ss -tni` (pacing_rate)." },
	{ "QDISC_DROP_L4S_STEP_NON_ECN", EXPLAIN_NOTE,
	  "dualpi2_qdisc_dequeue",
	  "The queue discipline dualpi2 dropped a packet of its low-latency queue that cannot be "
	  "marked.",
	  "The delay of that queue is above its threshold, and the packet does not support ECN.",
	  "`tc -s qdisc show dev DEVICE`. Switch on ECN for the sender (net.ipv4.tcp_ecn)." },
	{ "QDISC_DROP_MAXFLOWS", EXPLAIN_WARN,
	  "sfq_enqueue",
	  "The queue discipline tracks as many flows as it can, and this is a further one.",
	  "More concurrent flows than sfq has room for.",
	  "`tc -s qdisc show dev DEVICE`. Raise flows, or use fq_codel." },
	{ "QDISC_DROP_OVERLIMIT", EXPLAIN_WARN,
	  "qdisc_drop_reason",
	  "The queue discipline holds as many packets or bytes as its limit permits.",
	  "The host sends faster than the link or its shaper.",
	  "`tc -s qdisc show dev DEVICE` (dropped, overlimits). Raise limit or the rate, or let "
	  "fq_codel keep the queue short." },
	{ "QDISC_OVERLIMIT", EXPLAIN_WARN,
	  "qdisc_enqueue and the enqueue functions of qdiscs",
	  "The queue discipline holds as many packets or bytes as its limit permits.",
	  "The host sends faster than the link or its shaper.",
	  "`tc -s qdisc show dev DEVICE` (dropped, overlimits). Raise limit or the rate, or let "
	  "fq_codel keep the queue short." },
	{ "TC_CHAIN_NOTFOUND", EXPLAIN_WARN,
	  "tcf_classify",
	  "A rule of traffic control jumps to a chain that does not exist.",
	  "The rules are incomplete, or they are being changed at this moment.",
	  "`tc chain show dev DEVICE ingress`, `tc -s filter show dev DEVICE ingress`." },
	{ "TC_COOKIE_ERROR", EXPLAIN_WARN,
	  "tcf_classify",
	  "Traffic control could not continue at the place to which hardware or conntrack had "
	  "brought the packet.",
	  "The rule or chain that the packet refers to has been removed, or a tc offload lost its "
	  "state.",
	  "`tc -s filter show dev DEVICE ingress`, `dmesg`." },
	{ "TC_EGRESS", EXPLAIN_WARN,
	  "sch_handle_egress, __dev_queue_xmit",
	  "A filter of traffic control on the device's egress dropped the packet.",
	  "A rule with the action drop or police, or a BPF program of clsact or tcx (container "
	  "networks use them).",
	  "`tc -s filter show dev DEVICE egress`, `bpftool net show`." },
	{ "TC_ERROR", EXPLAIN_WARN,
	  "tcf_classify, tcf_action_exec",
	  "Traffic control met an error of its own while it classified the packet (Linux 6.7; "
	  "closer names later).",
	  "A jump to a chain that does not exist, a loop of rules, or a place that a rule refers "
	  "to has been removed.",
	  "`tc -s filter show dev DEVICE ingress` and egress, `tc chain show dev DEVICE ingress`." },
	{ "TC_INGRESS", EXPLAIN_WARN,
	  "sch_handle_ingress",
	  "A filter of traffic control on the device's ingress dropped the received packet.",
	  "A rule with the action drop or police, or a BPF program of clsact or tcx (container "
	  "networks use them).",
	  "`tc -s filter show dev DEVICE ingress`, `bpftool net show`." },
	{ "TC_RECLASSIFY_LOOP", EXPLAIN_ERROR,
	  "tcf_classify",
	  "Rules of traffic control send the packet to each other without an end.",
	  "Actions of the kind reclassify or goto chain form a loop.",
	  "`tc -s filter show dev DEVICE ingress` and egress: look for goto chain and reclassify." },
};
const size_t reasons_qdisc_count = sizeof(reasons_qdisc) / sizeof(reasons_qdisc[0]);
/* clang-format on */
