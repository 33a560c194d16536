/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EVENT_H
#define EVENT_H

/*
 * One event in host form: validated, still unnamed. decode makes it from a record, enrich turns it
 * into a report. Addresses of the kernel stand in it; they never leave for a file.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "packet.h"

#define EVENT_STACK_MAX 127

enum event_kind {
	EVENT_DROP,
	EVENT_RETRANSMIT,
	EVENT_SYNACK,
	EVENT_TLP,
	EVENT_RESET,
	EVENT_KIND_COUNT,
};

/* What is captured unless the user says otherwise. */
#define EVENTS_DEFAULT (1U << EVENT_DROP | 1U << EVENT_RETRANSMIT | 1U << EVENT_SYNACK)

enum event_sock {
	EVENT_SOCK_NONE,
	EVENT_SOCK_RX_SK,
	EVENT_SOCK_SKB,
	EVENT_SOCK_HOOK,
	EVENT_SOCK_FENTRY,
};

/* Of which events the kernel walks the stack. */
enum event_stacks {
	EVENT_STACKS_AUTO, /* of all but a flood's: those have the latest one of their place */
	EVENT_STACKS_ALL,
	EVENT_STACKS_NONE,
};

enum event_direction {
	EVENT_DIR_UNKNOWN,
	EVENT_IN,
	EVENT_OUT,
};

/* How the kernel side knows a process to be a socket's owner. */
enum owner_how {
	OWNER_UNKNOWN,
	OWNER_OPENED, /* it called connect, listen or accept; may have passed the socket on */
	OWNER_CLOSED, /* it was the one to close it */
};

struct event_owner {
	enum owner_how how;
	uint32_t pid;
	char comm[16]; /* NUL-terminated */
};

/* A socket's address is used again when it is gone; the flow tells one from the next. */
struct socket_id {
	uint64_t address; /* 0: no socket */
	uint64_t flow;
};

/* In the units of struct tcp_info, but for rto. */
struct event_tcp {
	bool has_flow;	      /* bytes_acked to ca_state, and pending */
	bool has_memory;      /* rmem to backlog, and cc */
	bool has_retransmits; /* of a request too */
	uint64_t bytes_acked;
	uint64_t bytes_received;
	uint32_t cwnd;
	uint32_t ssthresh;
	uint32_t srtt_us;
	uint32_t rttvar_us;
	uint32_t rto_ticks; /* of the kernel's clock */
	uint32_t packets_out;
	uint32_t retrans_out;
	uint32_t lost_out;
	uint32_t sacked_out;
	uint32_t snd_wnd;
	uint32_t rcv_wnd;
	uint32_t total_retrans;
	uint8_t ca_state; /* TCP_CA_Open, ... (linux/tcp.h) */
	bool undo; /* what began the loss or recovery may turn out to be false; of a timeout it is
		      set */
	uint8_t pending; /* the timer, ICSK_TIME_RETRANS, ... (net/inet_connection_sock.h) */
	uint32_t rmem;
	uint32_t rcvbuf;
	uint32_t wmem;
	uint32_t sndbuf;
	uint32_t backlog;
	char cc[16]; /* NUL-terminated */
	uint8_t retransmits;
};

struct drop_event {
	enum event_kind kind;
	enum event_sock sock;
	enum event_direction direction;
	uint64_t monotonic_ns;
	uint64_t location;    /* 0: none */
	uint64_t skb;	      /* 0: none */
	uint64_t lost_on_cpu; /* events this CPU has lost since the start */
	bool has_reason;
	uint32_t reason;
	bool has_err;
	int err;	     /* 0, -errno or NET_XMIT_DROP */
	uint16_t vlan_proto; /* of the tag in the frame: 0x8100, 0x88a8; 0: none */
	uint16_t vlan_tci;
	bool has_queue;
	uint16_t queue;
	bool checksum_partial;
	bool synthesized; /* the frame was made from the socket */
	bool l2_absent;	  /* the frame's MAC addresses are zeros of ours */
	bool length_clamped;
	uint8_t state; /* as in net/tcp_states.h; 0: no socket */
	uint8_t pkt_type;
	uint16_t segs; /* 0: unknown */
	uint32_t cpu;
	uint32_t cpu_pid;
	char cpu_comm[16];	 /* NUL-terminated */
	uint32_t netns;		 /* 0: unknown */
	uint32_t ifindex;	 /* 0: unknown */
	char ifname[16];	 /* NUL-terminated; "": unknown */
	struct socket_id socket; /* of a request, its listener */
	bool not_accepted;	 /* a listener's child that no process has yet */
	struct event_owner owner;
	bool has_uid;
	uint32_t uid;
	bool has_cgroup;
	uint64_t cgroup_id;
	struct event_tcp tcp;
	struct packet packet; /* its data is frame */
	uint8_t frame[PACKET_FRAME_MAX];
	bool stack_sampled; /* no stack of its own: that of an event before it at its place */
	size_t stack_depth;
	uint64_t stack[EVENT_STACK_MAX]; /* leaf first */
};

/* One TCP socket that a process has open. */
struct socket_holder {
	struct socket_id id;
	uint32_t pid;
	uint32_t netns;
	uint16_t port; /* local */
	uint8_t state;
	char comm[16]; /* NUL-terminated */
};

#endif
