// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>

#include "enrich_life.h"
#include "report/names.h"
#include "util/time.h"

#define NS_PER_US 1000

/*
 * Returns how a connection ended whose socket has the error of tcp_reset(). The kernel calls that
 * function for a reset from the peer, and also for data that arrive after a process has closed the
 * socket, to which it responds with a reset (tcp_rcv_state_process(), TcpExtTCPAbortOnData).
 */
static const char *reset_by(const struct drop_event *event)
{
	bool closing = event->old_state == TCP_FIN_WAIT1 || event->old_state == TCP_FIN_WAIT2;

	return closing && event->life.end.read_shutdown ? "reset-after-close" : "peer-reset";
}

static bool is_unreachable(int err)
{
	return err == EHOSTUNREACH || err == ENETUNREACH || err == EHOSTDOWN;
}

/*
 * Returns how a connection ended whose socket has an error; NULL if that is unknown. An ICMP
 * message ends only a handshake; later it is a soft error, which becomes the error of the socket
 * when the retransmission times out (tcp_write_err()).
 */
static const char *ended_by_error(const struct drop_event *event)
{
	const struct life_end *end = &event->life.end;
	bool opening = event->old_state == TCP_SYN_SENT || event->old_state == TCP_SYN_RECV;

	if (end->err == ETIMEDOUT)
		return "timeout";
	if (end->err == ECONNRESET || end->err == EPIPE)
		return reset_by(event);
	if (end->err == ECONNABORTED)
		return "aborted";
	if (opening && end->err == ECONNREFUSED)
		return "refused";
	if (opening && is_unreachable(end->err))
		return "unreachable";
	return !opening && end->err == end->err_soft ? "timeout" : NULL;
}

/*
 * Returns local-reset if a process has ended the connection without a FIN: by a system call on the
 * socket, or by closing the listener before it accepted the connection; else NULL. Without an
 * error, the kernel itself ends closed connections for lack of memory, or when their namespace is
 * deleted.
 */
static const char *dropped_by_process(const struct life_end *end)
{
	return !end->closed && (end->in_call || end->no_process) ? "local-reset" : NULL;
}

/* The last state of a connection shows which end has sent its FIN first. */
static const char *ended_without_error(const struct drop_event *event)
{
	const struct life_end *end = &event->life.end;

	if (end->repair)
		return NULL;
	switch (event->old_state) {
	case TCP_SYN_SENT:
		return end->in_call ? "local-close" : NULL;
	case TCP_LAST_ACK:
		return end->all_acked ? "peer-close" : dropped_by_process(end);
	case TCP_CLOSING:
		return end->all_acked ? "local-close" : dropped_by_process(end);
	case TCP_FIN_WAIT2:
		if (end->fin_received || (end->closed && !end->no_fin_wait2))
			return "local-close";
		return end->closed ? "local-reset" : dropped_by_process(end);
	default:
		return dropped_by_process(end);
	}
}

static void name_end(const struct drop_event *event, struct drop_report *report)
{
	const struct life_end *end = &event->life.end;
	const char *ended = end->err ? ended_by_error(event) : ended_without_error(event);
	const char *err = end->err ? strerrorname_np(end->err) : NULL;

	if (ended)
		report_set_text(report, KEY_ended, ended);
	if (err)
		report_set_text(report, KEY_sk_err, err);
}

/*
 * A connection whose birth was not seen was opened before the capture began, or while the kernel
 * side had no room to note it: the later of the two times gives the lower bound of its duration.
 */
static void name_birth(const struct drop_event *event, uint64_t attached_ns,
		       struct drop_report *report)
{
	const struct event_life *life = &event->life;
	uint64_t since = life->birth_ns, now = event->boottime_ns;
	const char *born = NULL;

	if (life->birth_ns && life->opened == OPENED_RESTORED)
		born = "restored";
	if (!life->birth_ns) {
		born = life->unnoted_ns ? "unknown" : "before-start";
		since = life->unnoted_ns > attached_ns ? life->unnoted_ns : attached_ns;
	}
	if (born)
		report_set_text(report, KEY_born, born);
	if (since && since <= now)
		report_set_number(report, born ? KEY_duration_min_us : KEY_duration_us,
				  (now - since) / NS_PER_US);
}

static void name_life(const struct drop_event *event, uint64_t attached_ns,
		      struct drop_report *report)
{
	const struct event_life *life = &event->life;

	name_birth(event, attached_ns, report);
	if (life->opened == OPENED_ACTIVE || life->opened == OPENED_PASSIVE)
		report_set_text(report, KEY_opened,
				life->opened == OPENED_ACTIVE ? "active" : "passive");
	name_end(event, report);
	if (life->has_drops)
		report_set_number(report, KEY_drops, life->drops);
	if (life->has_min_rtt)
		report_set_number(report, KEY_min_rtt_us, life->min_rtt_us);
	if (!life->has_rto)
		return;
	report_set_number(report, KEY_rto_time_ms, life->rto_time_ms);
	report_set_number(report, KEY_rto_count, life->rto_count);
}

void enrich_life(const struct drop_event *event, uint64_t attached_ns, struct drop_report *report)
{
	const char *old_state = state_name(event->old_state);

	if (event->kind != EVENT_STATE && event->kind != EVENT_LIFE)
		return;
	if (old_state)
		report_set_text(report, KEY_old_state, old_state);
	if (event->kind == EVENT_LIFE)
		name_life(event, attached_ns, report);
}
