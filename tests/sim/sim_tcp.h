/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIM_TCP_H
#define SIM_TCP_H

/*
 * TCP as Linux does it, simplified: RFC 6298 timeouts of at least 200 ms, SACK with loss detection
 * by three segments or by RACK's time, tail loss probes, NewReno without SACK, delayed
 * acknowledgements, DSACK, RFC 7323 timestamps of 1 ms. What matters is that packets and events
 * are consistent with each other; rates need not be right.
 */

#include "sim.h"

#define WRITES_MAX 64
#define RANGES_MAX 16

enum tcp_state {
	TCP_CLOSED,
	TCP_SYN_SENT,
	TCP_SYN_RECEIVED,
	TCP_OPEN,
	TCP_DEAD
};
enum ca_state {
	CA_OPEN,
	CA_RECOVERY,
	CA_LOSS
};
enum timer_kind {
	TIMER_NONE,
	TIMER_RTO,
	TIMER_PROBE,
	TIMER_UNSENT
};

/* At most one MSS of data that was sent and is not acknowledged. */
struct sent {
	uint32_t seq, end;
	uint8_t flags; /* SYN, FIN, PSH */
	bool sacked, lost, retransmitted, ever_retransmitted;
	int64_t time;	  /* of its last transmission */
	uint32_t segment; /* its last transmission */
};

struct tcp {
	struct connection *connection;
	enum side side;
	enum tcp_state state;
	/* to send */
	uint32_t iss, snd_una, snd_nxt, write_seq;
	bool closing; /* a FIN follows the data */
	bool fin_sent;
	struct sent *sent;
	uint32_t sent_count, sent_capacity;
	uint32_t cwnd, ssthresh, duplicate_acks, high_seq;
	enum ca_state ca;
	int64_t srtt, rttvar, rto, rack_time;
	uint32_t timeouts;
	bool probed; /* since the last acknowledgement */
	enum timer_kind timer;
	uint64_t timer_id, ack_timer_id;
	uint16_t ip_id;
	uint32_t clock_base;
	/* to receive */
	uint32_t rcv_nxt, rcv_wup, ts_recent;
	struct block ranges[RANGES_MAX]; /* out of order, the latest first */
	uint32_t range_count;
	bool has_dsack;
	struct block dsack;
	bool ack_pending;
	uint32_t quick_acks;
	bool fin_received;
	/* the application */
	struct {
		int64_t after; /* the last write */
		uint32_t bytes;
	} writes[WRITES_MAX];
	uint32_t write_count, next_write;
	bool closes_first, aborts;
};

struct connection {
	struct tcp ends[2];
	uint32_t index, mss;
	uint16_t ports[2], nat_port;
	bool ipv6, timestamps, sack, dsack, client_is_ours;
};

/* sim_tcp.c */
void tcp_connect(struct world *world, void *connection, uint64_t unused);
void tcp_receive(struct world *world, struct tcp *tcp, uint32_t segment);
struct segment tcp_segment(struct world *world, struct tcp *tcp, uint32_t seq, uint8_t flags);
const char *tcp_send(struct world *world, struct tcp *tcp, const struct segment *segment,
		     uint32_t *index);
void tcp_send_ack(struct world *world, struct tcp *tcp);
void tcp_ack_later(struct world *world, struct tcp *tcp);

/* sim_tcp_send.c */
void tcp_push(struct world *world, struct tcp *tcp);
void tcp_send_syn(struct world *world, struct tcp *tcp);
void tcp_arm(struct world *world, struct tcp *tcp);
const char *tcp_retransmit(struct world *world, struct tcp *tcp, uint32_t first, uint32_t most,
			   const char *kind);
void tcp_retransmit_lost(struct world *world, struct tcp *tcp);

/* sim_tcp_ack.c */
void tcp_acknowledged(struct world *world, struct tcp *tcp, const struct segment *segment);

/* sim_tcp_data.c: data that came. Returns why it was dropped, NULL if it was not. */
const char *tcp_take_data(struct world *world, struct tcp *tcp, const struct segment *segment);
void tcp_take_ranges(const struct tcp *tcp, struct segment *segment);

#endif
