// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "sim_tcp.h"

#define RTO_MIN (200 * MS)

static void take_rtt(struct tcp *tcp, int64_t rtt)
{
	if (!tcp->srtt) {
		tcp->srtt = rtt > 0 ? rtt : 1;
		tcp->rttvar = rtt / 2;
	} else {
		tcp->rttvar += (llabs(rtt - tcp->srtt) - tcp->rttvar) / 4;
		tcp->srtt += (rtt - tcp->srtt) / 8;
	}
	/* Linux: the variance counts as 200 ms at least. */
	tcp->rto = tcp->srtt + (4 * tcp->rttvar > RTO_MIN ? 4 * tcp->rttvar : RTO_MIN);
}

static void note_delivered(const struct world *world, struct tcp *tcp, const struct sent *sent)
{
	if (!sent->ever_retransmitted)
		take_rtt(tcp, world->now - sent->time);
	if (sent->time > tcp->rack_time &&
	    (!sent->ever_retransmitted || world->now - sent->time >= tcp->srtt / 2))
		tcp->rack_time = sent->time;
}

static bool take_sacks(const struct world *world, struct tcp *tcp, const struct segment *segment)
{
	bool news = false;

	for (uint32_t b = segment->has_dsack; b < segment->sack_count; b++) {
		for (uint32_t i = 0; i < tcp->sent_count; i++) {
			struct sent *sent = &tcp->sent[i];

			if (sent->sacked || before(sent->seq, segment->sack[b].start) ||
			    before(segment->sack[b].end, sent->end))
				continue;
			note_delivered(world, tcp, sent);
			sent->sacked = true;
			sent->lost = false;
			news = true;
		}
	}
	return news;
}

static uint32_t remove_acknowledged(const struct world *world, struct tcp *tcp, uint32_t ack)
{
	uint32_t count = 0;

	while (count < tcp->sent_count && !before(ack, tcp->sent[count].end)) {
		if (!tcp->sent[count].sacked)
			note_delivered(world, tcp, &tcp->sent[count]);
		count++;
	}
	tcp->sent_count -= count;
	memmove(tcp->sent, tcp->sent + count, tcp->sent_count * sizeof(*tcp->sent));
	if (tcp->sent_count && before(tcp->sent[0].seq, ack))
		tcp->sent[0].seq = ack;
	tcp->snd_una = ack;
	return count;
}

static void detect_by_sack(struct tcp *tcp)
{
	uint32_t above = 0;

	for (uint32_t i = tcp->sent_count; i > 0; i--) {
		struct sent *sent = &tcp->sent[i - 1];

		above += sent->sacked;
		if (sent->sacked)
			continue;
		/* RACK: what was sent well before something that has arrived. */
		if (sent->ever_retransmitted &&
		    sent->time + tcp->srtt / 4 + 1 * US < tcp->rack_time) {
			sent->lost = true;
			sent->retransmitted = false;
		} else if (!sent->ever_retransmitted && above >= 3) {
			sent->lost = true;
		}
	}
}

static bool has_lost(const struct tcp *tcp)
{
	for (uint32_t i = 0; i < tcp->sent_count; i++) {
		if (tcp->sent[i].lost)
			return true;
	}
	return false;
}

static void end_recovery(struct tcp *tcp)
{
	if (tcp->ca == CA_OPEN || before(tcp->snd_una, tcp->high_seq))
		return;
	tcp->ca = CA_OPEN;
	if (tcp->cwnd < 2)
		tcp->cwnd = 2;
}

static void detect_loss(struct tcp *tcp, bool moved)
{
	if (tcp->connection->sack)
		detect_by_sack(tcp);
	else if (tcp->duplicate_acks == 3 || (tcp->ca == CA_RECOVERY && moved))
		tcp->sent[0].lost = true; /* RFC 6582: a partial acknowledgement */
	if (tcp->ca != CA_OPEN || !has_lost(tcp))
		return;
	tcp->ca = CA_RECOVERY;
	tcp->high_seq = tcp->snd_nxt;
	tcp->ssthresh = tcp->cwnd * 7 / 10 > 2 ? tcp->cwnd * 7 / 10 : 2;
	tcp->cwnd = tcp->ssthresh;
}

void tcp_acknowledged(struct world *world, struct tcp *tcp, const struct segment *segment)
{
	bool news, moved = before(tcp->snd_una, segment->ack);
	uint32_t count;

	if (!(segment->flags & TCP_ACK) || before(tcp->snd_nxt, segment->ack) ||
	    before(segment->ack, tcp->snd_una))
		return;
	news = take_sacks(world, tcp, segment);
	if (moved) {
		count = remove_acknowledged(world, tcp, segment->ack);
		tcp->duplicate_acks = 0;
		tcp->timeouts = 0;
		tcp->probed = false;
		if (tcp->ca != CA_RECOVERY)
			tcp->cwnd += tcp->cwnd < tcp->ssthresh ? count : 1;
		if (tcp->cwnd > 120)
			tcp->cwnd = 120;
		end_recovery(tcp);
	} else if (tcp->sent_count && !segment->payload_len && !segment->has_dsack) {
		tcp->duplicate_acks++;
	}
	if (tcp->sent_count && (moved || news || tcp->duplicate_acks == 3))
		detect_loss(tcp, moved);
	if (moved)
		tcp_arm(world, tcp);
	if (tcp->ca != CA_OPEN)
		tcp_retransmit_lost(world, tcp);
	tcp_push(world, tcp);
}
