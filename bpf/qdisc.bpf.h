/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef QDISC_BPF_H
#define QDISC_BPF_H

/*
 * The queue discipline (qdisc) that has dropped a packet: the one at the root of the device's
 * transmit queue, which __dev_xmit_skb() gave the packet. Its classes may have others below it; the
 * kernel does not say which of these it was. A reason that only qdiscs give makes it certain that
 * one has dropped the packet; kernels without reasons leave that open.
 */

#include "cpu_state.bpf.h"
#include "kernel.bpf.h"
#include "origin.bpf.h"
#include "record.h"

#define QDISC_REASONS_MAX 8

/* The reasons of skbs that only qdiscs give; ~0: this kernel has it not. */
const volatile __u32 qdisc_reasons[QDISC_REASONS_MAX];

/*
 * The tracepoint qdisc_drop, in 7.1 (ff2998f29f39) and later: it is just before kfree_skb on the
 * same CPU, which has only the reason QDISC_DROP since then.
 */
static __always_inline int on_qdisc_dropped(__u64 skb, __u32 reason)
{
	struct cpu_state *state = this_cpu_state();

	if (!state)
		return 0;
	state->qdisc_skb = skb;
	state->qdisc_reason = reason;
	return 0;
}

static __always_inline bool is_qdisc_reason(__u32 reason)
{
	for (int i = 0; i < QDISC_REASONS_MAX; i++) {
		if (qdisc_reasons[i] == reason)
			return true;
	}
	return false;
}

/* Returns the qdisc of the packet's transmit queue, NULL if there is none that queues. */
static __always_inline struct Qdisc *queue_discipline(struct net_device *dev, __u16 queue)
{
	struct netdev_queue *queues = BPF_CORE_READ(dev, _tx);
	struct Qdisc *qdisc;

	if (!queues || queue >= BPF_CORE_READ(dev, num_tx_queues))
		return NULL;
	queues = (void *)queues + queue * bpf_core_type_size(struct netdev_queue);
	qdisc = BPF_CORE_READ(queues, qdisc);
	return qdisc && BPF_CORE_READ(qdisc, enqueue) ? qdisc : NULL;
}

/* Fills the qdisc that has dropped the packet, if one has. */
static __always_inline void fill_qdisc(struct drop_record *record, const struct sk_buff *skb,
				       struct net_device *dev)
{
	struct record_qdisc *to = &record->qdisc;
	struct cpu_state *state = this_cpu_state();
	struct Qdisc *qdisc;

	/* A later fragment has the ports of the first one in the same place. */
	if (!(record->flags & RECORD_HAS_REASON) || record->flags & RECORD_FRAGMENT_PORTS ||
	    !is_qdisc_reason(record->reason))
		return;
	if (state && state->qdisc_skb == (__u64)skb) {
		to->reason = state->qdisc_reason;
		record->flags |= RECORD_HAS_QDISC_REASON;
		state->qdisc_skb = 0;
	}
	to->tx_queue = skb->queue_mapping;
	qdisc = dev ? queue_discipline(dev, to->tx_queue) : NULL;
	if (!qdisc)
		return;
	to->handle = BPF_CORE_READ(qdisc, handle);
	to->parent = BPF_CORE_READ(qdisc, parent);
	BPF_CORE_READ_INTO(&to->kind, qdisc, ops, id);
	record->flags |= RECORD_HAS_QDISC;
}

#endif
