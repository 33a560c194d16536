/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EVENT_H
#define EVENT_H

/*
 * One event, with checked values but without names: decode makes it from a record, and enrich makes
 * a report from it. It has kernel addresses, which must not get into a file.
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
	EVENT_STATE, /* a socket changes its state */
	EVENT_LIFE,  /* a connection ends */
	EVENT_KIND_COUNT,
};

/* The kinds that are captured if the user does not choose: bit N is kind N. */
#define EVENTS_DEFAULT (1U << EVENT_DROP | 1U << EVENT_RETRANSMIT | 1U << EVENT_SYNACK)

/* How the socket was found. */
enum event_sock {
	EVENT_SOCK_NONE,
	EVENT_SOCK_RX_SK,  /* the tracepoint names the receiver */
	EVENT_SOCK_SKB,	   /* skb->sk */
	EVENT_SOCK_HOOK,   /* a hook of TCP names it */
	EVENT_SOCK_FENTRY, /* TCP was processing the packet for it */
	EVENT_SOCK_STACK,  /* the listener on the stack of the CPU that processed the packet */
};

/* The events whose stack the kernel walks. */
enum event_stacks {
	EVENT_STACKS_AUTO, /* all but those of a flood, which get the latest stack of their site */
	EVENT_STACKS_ALL,
	EVENT_STACKS_NONE,
};

/* Why a packet was dropped, where the kernel gives no reason. */
enum event_cause {
	CAUSE_NONE,
	CAUSE_LISTEN_OVERFLOW, /* the accept queue of the listener is full */
	CAUSE_SYN_QUEUE_FULL,  /* its queue of requests is full */
	CAUSE_LISTEN_DROP,     /* the listener drops it for another cause */
	CAUSE_COUNT,
};

/* How the kernel side sees the SYNs that listeners drop. */
enum event_listen_drops {
	LISTEN_DROPS_AUTO, /* by fentry, where that is permitted */
	LISTEN_DROPS_FENTRY,
	LISTEN_DROPS_CONSUME,
	LISTEN_DROPS_OFF,
};

/* How packets were dropped outside of skbs: they are counted, and have no event. */
enum outside_kind {
	OUTSIDE_XDP_ABORTED,  /* a program of XDP aborted them */
	OUTSIDE_XDP_TX,	      /* XDP could not send them */
	OUTSIDE_XDP_REDIRECT, /* XDP could not pass them to another device or CPU */
	OUTSIDE_TRAP,	      /* a device reported them as dropped (devlink) */
	OUTSIDE_OTHER,	      /* any of these, of devices beyond the 4,096th */
	OUTSIDE_KIND_COUNT,
};

struct outside_count {
	enum outside_kind kind;
	uint32_t netns;	 /* 0: the device is not known */
	char ifname[16]; /* NUL-terminated */
	uint64_t packets;
};

enum event_direction {
	EVENT_DIR_UNKNOWN,
	EVENT_IN,
	EVENT_OUT,
};

/* How the kernel side has found the process that owns a socket. */
enum owner_how {
	OWNER_UNKNOWN,
	OWNER_OPENED, /* by connect, listen or accept; it may have passed the socket on */
	OWNER_CLOSED, /* by the last close */
};

/*
 * The kernel side has compared address and flow: this is the owner of the socket, and not of an
 * earlier socket at the same address.
 */
struct event_owner {
	enum owner_how how;
	uint32_t pid;
	char comm[16]; /* NUL-terminated */
};

/*
 * The identity of a socket: both members together. The kernel uses an address again when its socket
 * is gone; the flow differs then. A socket has another flow once it is bound or connected.
 */
struct socket_id {
	uint64_t address; /* 0: no socket */
	uint64_t flow;	  /* a hash of both ends and the namespace */
};

/* The MPTCP connection and the subflow of the socket. */
struct event_mptcp {
	uint32_t token; /* 0: the socket is no subflow */
	int local_id;	/* of its addresses; below 0: unknown */
	int remote_id;
};

/* The queue discipline that has dropped the packet. */
struct event_qdisc {
	bool known; /* all members but reason */
	bool has_reason;
	char kind[16]; /* NUL-terminated */
	uint32_t handle;
	uint32_t parent;
	uint32_t reason; /* a number like that of a drop reason */
	uint16_t tx_queue;
};

/* The queues of a listener. */
struct event_queues {
	bool known;
	uint32_t accept_queue;
	uint32_t accept_queue_max;
	uint32_t syn_queue;
};

/* In the units of struct tcp_info, except rto_ticks. */
struct event_tcp {
	bool has_flow;	      /* bytes_acked to ca_state, and pending */
	bool has_memory;      /* rmem to backlog, and cc */
	bool has_retransmits; /* requests have this member alone */
	uint64_t bytes_acked;
	uint64_t bytes_received;
	uint32_t cwnd;
	uint32_t ssthresh;
	uint32_t srtt_us;
	uint32_t rttvar_us;
	uint32_t rto_ticks; /* CONFIG_HZ a second */
	uint32_t packets_out;
	uint32_t retrans_out;
	uint32_t lost_out;
	uint32_t sacked_out;
	uint32_t snd_wnd;
	uint32_t rcv_wnd;
	uint32_t total_retrans;
	uint8_t ca_state; /* TCP_CA_Open, ... (linux/tcp.h) */
	bool undo;	  /* TCP can still undo the loss or recovery; set after a timeout */
	uint8_t pending;  /* the timer: ICSK_TIME_RETRANS, ... (net/inet_connection_sock.h) */
	uint32_t rmem;
	uint32_t rcvbuf;
	uint32_t wmem;
	uint32_t sndbuf;
	uint32_t backlog;
	char cc[16]; /* NUL-terminated */
	uint8_t retransmits;
};

/* How a connection was opened on this host. */
enum life_opened {
	OPENED_UNKNOWN,
	OPENED_ACTIVE,	 /* by connect() */
	OPENED_PASSIVE,	 /* by a listener */
	OPENED_RESTORED, /* by a program that migrates connections (TCP_REPAIR) */
};

/* The socket at the moment when its connection ended. */
struct life_end {
	int err;	    /* sk_err: a positive errno, or 0 */
	int err_soft;	    /* sk_err_soft, an error that TCP has not given up for */
	bool in_call;	    /* a system call had the socket locked */
	bool no_process;    /* no process has it: never accepted, or closed */
	bool closed;	    /* a process has closed it */
	bool fin_received;  /* from the peer */
	bool all_acked;	    /* the peer has acknowledged all data and the FIN */
	bool no_fin_wait2;  /* TCP_LINGER2 is negative */
	bool read_shutdown; /* no process will read */
	bool repair;	    /* closed in repair mode, without a segment */
};

/* A connection, at its end. */
struct event_life {
	uint64_t birth_ns; /* CLOCK_BOOTTIME; 0: unknown */
	uint64_t
		unnoted_ns; /* if the birth is unknown, it was before this; 0: before the capture */
	enum life_opened opened;
	bool has_drops;
	uint32_t drops; /* of its packets, while the capture ran */
	bool has_min_rtt;
	uint32_t min_rtt_us;
	bool has_rto;
	uint32_t rto_time_ms; /* time spent waiting for the retransmission timer */
	uint32_t rto_count;   /* how often that timer expired */
	struct life_end end;
};

struct drop_event {
	enum event_kind kind;
	enum event_sock sock;
	enum event_direction direction;
	/* CLOCK_BOOTTIME: monotonic, and it counts the time of a suspend. */
	uint64_t boottime_ns;
	uint64_t location;    /* 0: none */
	uint64_t skb;	      /* 0: none */
	uint64_t lost_on_cpu; /* events that this CPU has lost since the start */
	bool has_reason;
	uint32_t reason;
	enum event_cause cause;
	bool has_err;
	int err;	     /* 0, -errno or NET_XMIT_DROP */
	uint16_t vlan_proto; /* of the tag that decode puts into the frame; 0: no tag */
	uint16_t vlan_tci;
	bool has_fragment_ports; /* a later fragment: those of the first one, which was seen */
	uint16_t fragment_sport;
	uint16_t fragment_dport;
	bool has_queue;
	uint16_t queue;
	bool checksum_partial;
	bool synthesized;    /* headers of the frame were made from the socket */
	bool l2_absent;	     /* the MAC addresses of the frame are unknown, and zero */
	bool length_clamped; /* the IPv6 payload length was 0, and is 65535 in the frame */
	uint8_t state;	     /* as in net/tcp_states.h; 0: no socket */
	uint8_t old_state;   /* EVENT_STATE, EVENT_LIFE: state is the new one */
	uint8_t pkt_type;
	uint16_t segs; /* 0: unknown */
	uint32_t cpu;
	uint32_t cpu_pid;
	char cpu_comm[16];	 /* NUL-terminated */
	uint32_t netns;		 /* 0: unknown */
	uint32_t ifindex;	 /* 0: unknown */
	char ifname[16];	 /* NUL-terminated; "": unknown */
	struct socket_id socket; /* the listener if it is a request, or not_accepted */
	bool not_accepted;	 /* the child of a listener, not accepted by a process yet */
	struct event_owner owner;
	bool has_uid;
	uint32_t uid;
	bool has_cgroup;
	uint64_t cgroup_id;
	struct event_tcp tcp;
	struct event_queues queues; /* of the listener */
	struct event_qdisc qdisc;
	struct event_mptcp mptcp;
	struct event_life life; /* EVENT_LIFE */
	struct packet packet;	/* packet.data points to frame */
	uint8_t frame[PACKET_FRAME_MAX];
	bool stack_sampled; /* not walked: it gets the latest stack of its site */
	size_t stack_depth;
	uint64_t stack[EVENT_STACK_MAX]; /* leaf first */
};

/* A TCP socket that a process has open. */
struct socket_holder {
	struct socket_id id;
	uint32_t pid;
	uint32_t netns;
	uint16_t port; /* local */
	uint8_t state;
	char comm[16]; /* NUL-terminated */
};

#endif
