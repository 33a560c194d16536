// SPDX-License-Identifier: GPL-2.0-or-later
#include <netinet/tcp.h>
#include <string.h>

#include "enrich_tcp.h"
#include "report/names.h"

#define ERRNO_END	 4096 /* include/linux/err.h */
#define TIMER_LOSS_PROBE 5    /* ICSK_TIME_LOSS_PROBE, include/net/inet_connection_sock.h */
#define XMIT_DROP	 1    /* NET_XMIT_DROP, include/linux/netdevice.h */

/*
 * Returns why TCP retransmits; NULL if that is unknown. Loss and Recovery are tested first, because
 * the timer of a probe may still be pending when an acknowledgement has just started a recovery
 * (tcp_xmit_recovery(), net/ipv4/tcp_input.c).
 */
static const char *retransmit_kind(const struct drop_event *event)
{
	if (event->kind == EVENT_SYNACK)
		return "synack";
	if (event->kind != EVENT_RETRANSMIT || !event->tcp.has_flow)
		return NULL;
	if (event->state == TCP_SYN_SENT)
		return "syn";
	/* Of a connection whose ends have sent a SYN each at the same time (RFC 9293, 3.5). */
	if (event->packet.family && event->packet.flags & TCP_SYN)
		return "synack";
	/*
	 * Loss without undo is not caused by a timeout, but by a smaller path MTU, or by a peer
	 * that did not accept the data of a SYN.
	 */
	if (event->tcp.ca_state == TCP_CA_Loss)
		return event->tcp.undo || event->tcp.retransmits ? "rto" : NULL;
	if (event->tcp.ca_state == TCP_CA_Recovery)
		return "fast";
	return event->tcp.pending == TIMER_LOSS_PROBE ? "tlp" : NULL;
}

/* Returns the name of the result of a transmission: -errno, or NET_XMIT_DROP; NULL for success. */
static const char *err_name(int err)
{
	if (err < 0 && err > -ERRNO_END)
		return strerrorname_np(-err);
	return err == XMIT_DROP ? "NET_XMIT_DROP" : NULL;
}

void enrich_transmission(const struct drop_event *event, struct drop_report *report)
{
	const char *kind = retransmit_kind(event), *err = NULL;

	if (kind)
		report_set_text(report, KEY_kind, kind);
	if (event->has_err)
		err = err_name(event->err);
	if (err)
		report_set_text(report, KEY_err, err);
	if (event->segs > 1)
		report_set_number(report, KEY_segs, event->segs);
}

static void name_flow(const struct event_tcp *tcp, uint32_t ticks_per_s, struct drop_report *report)
{
	const char *ca_state = ca_state_name(tcp->ca_state);

	if (ca_state)
		report_set_text(report, KEY_ca_state, ca_state);
	report_set_number(report, KEY_cwnd, tcp->cwnd);
	report_set_number(report, KEY_ssthresh, tcp->ssthresh);
	if (tcp->srtt_us) { /* tcp_rtt_estimator() makes it 1 at least */
		report_set_number(report, KEY_srtt_us, tcp->srtt_us);
		report_set_number(report, KEY_rttvar_us, tcp->rttvar_us);
	}
	if (ticks_per_s)
		report_set_number(report, KEY_rto_us,
				  (uint64_t)tcp->rto_ticks * 1000000 / ticks_per_s);
	report_set_number(report, KEY_packets_out, tcp->packets_out);
	report_set_number(report, KEY_retrans_out, tcp->retrans_out);
	report_set_number(report, KEY_lost_out, tcp->lost_out);
	report_set_number(report, KEY_sacked_out, tcp->sacked_out);
	report_set_number(report, KEY_snd_wnd, tcp->snd_wnd);
	report_set_number(report, KEY_rcv_wnd, tcp->rcv_wnd);
	report_set_number(report, KEY_bytes_acked, tcp->bytes_acked);
	report_set_number(report, KEY_bytes_received, tcp->bytes_received);
	report_set_number(report, KEY_total_retrans, tcp->total_retrans);
}

static void name_memory(const struct event_tcp *tcp, struct drop_report *report)
{
	report_set_number(report, KEY_rmem, tcp->rmem);
	report_set_number(report, KEY_rcvbuf, tcp->rcvbuf);
	report_set_number(report, KEY_wmem, tcp->wmem);
	report_set_number(report, KEY_sndbuf, tcp->sndbuf);
	report_set_number(report, KEY_backlog, tcp->backlog);
	if (tcp->cc[0])
		report_set_text(report, KEY_cc, tcp->cc);
}

void enrich_tcp(const struct event_tcp *tcp, uint32_t ticks_per_s, struct drop_report *report)
{
	if (tcp->has_flow)
		name_flow(tcp, ticks_per_s, report);
	if (tcp->has_retransmits)
		report_set_number(report, KEY_retransmits, tcp->retransmits);
	if (tcp->has_memory)
		name_memory(tcp, report);
}
