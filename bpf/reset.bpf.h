/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RESET_BPF_H
#define RESET_BPF_H

/* The flow of a reset that answers a packet. */

#include "packet.bpf.h"
#include "record.h"

/* Fills the flow of the reset that answers the packet, as tcp_v4_send_reset() makes it. */
static __always_inline void fill_answering_reset(struct drop_record *record,
						 const struct sk_buff *skb, const struct headers *h)
{
	__u32 size = h->family == AF_INET ? 4 : 16, at = h->family == AF_INET ? 12 : 8;
	__u32 payload = payload_len(h, skb);
	struct record_flow *flow = &record->flow;
	__u8 tcp[20] = {};

	bpf_probe_read_kernel(flow->daddr, size, h->bytes + h->network + at);
	bpf_probe_read_kernel(flow->saddr, size, h->bytes + h->network + at + size);
	if (!read_at(h, h->tcp, tcp, sizeof(tcp)))
		return;
	flow->dport = tcp[0] << 8 | tcp[1];
	flow->sport = tcp[2] << 8 | tcp[3];
	flow->tcp_flags = TCPHDR_RST;
	if (tcp[13] & TCPHDR_ACK) {
		flow->seq = be32_at(tcp + 8);
	} else {
		flow->tcp_flags |= TCPHDR_ACK;
		flow->ack = be32_at(tcp + 4) + payload + !!(tcp[13] & TCPHDR_SYN) +
			    !!(tcp[13] & TCPHDR_FIN);
	}
	record->flags |= RECORD_HAS_FLOW;
}

#endif
