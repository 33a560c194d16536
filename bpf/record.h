/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RECORD_H
#define RECORD_H

/*
 * The record that a BPF program submits to the ring for one event, and the other data that the two
 * sides exchange: raw numbers in host byte order, without names. In user space, only source, its
 * symbol table and decode include this file.
 */

#include <linux/types.h>

#define RECORD_VERSION	   3
#define RECORD_PACKET_MAX  256 /* Ethernet, IPv4 or IPv6 with extensions, and 60 bytes of TCP */
#define RECORD_HEADROOM	   160 /* bytes before the data of a retransmitted skb that are copied */
#define RECORD_STACK_MAX   127 /* default of kernel.perf_event_max_stack */
#define RECORD_COMM_LEN	   16
#define RECORD_IFNAME_LEN  16
#define RECORD_REASONS_MAX 64 /* reasons that a filter may have, of each kind of event */

/* A new kind goes before the end: user space has a table of them. So with all enums here. */
enum record_event {
	RECORD_DROP = 1,
	RECORD_RETRANSMIT,
	RECORD_SYNACK,
	RECORD_TLP,
	RECORD_RESET,
	RECORD_STATE,
	RECORD_LIFE,
	RECORD_EVENT_END,
};

/* The events whose stack is walked. */
enum stack_mode {
	STACK_NONE,
	STACK_AUTO, /* within the stack budget of their site (stack_budget.bpf.h) */
	STACK_ALL,
	STACK_MODE_END,
};

/* How the socket of an event was found. */
enum record_sock {
	RECORD_SOCK_NONE,
	RECORD_SOCK_RX_SK,  /* argument of the kfree_skb tracepoint: the receiving socket */
	RECORD_SOCK_SKB,    /* skb->sk: the sender, or a receiver found by early demux */
	RECORD_SOCK_HOOK,   /* argument of a hook of TCP */
	RECORD_SOCK_FENTRY, /* the socket for which TCP was processing the packet (rx.bpf.h) */
	RECORD_SOCK_STACK,  /* the listener on the stack of the CPU that processed the packet */
	RECORD_SOCK_END,
};

enum record_direction {
	RECORD_DIR_UNKNOWN,
	RECORD_DIR_IN,
	RECORD_DIR_OUT,
	RECORD_DIR_END,
};

enum record_flag {
	RECORD_HAS_REASON = 1 << 0,
	RECORD_HAS_QUEUE = 1 << 1,
	RECORD_CSUM_PARTIAL = 1 << 2, /* the device has to fill in the checksum */
	RECORD_HAS_FLOW = 1 << 3,
	RECORD_HAS_TSVAL = 1 << 4,
	RECORD_HAS_IP_ID = 1 << 5,
	RECORD_HAS_ERR = 1 << 6,
	RECORD_HAS_UID = 1 << 7,
	RECORD_HAS_CGROUP = 1 << 8,
	RECORD_HAS_MEMORY = 1 << 9, /* record_tcp: rmem to backlog, and cc */
	RECORD_HAS_TCP = 1 << 10,   /* record_tcp: all other members */
	RECORD_HAS_RETRANSMITS = 1 << 11,
	RECORD_NOT_ACCEPTED = 1 << 12,	/* the child of a listener, not accepted by a process yet */
	RECORD_ETHERNET = 1 << 13,	/* ifindex is a device with Ethernet headers */
	RECORD_STACK_SAMPLED = 1 << 14, /* not walked: the stack budget of its site is used up */
	RECORD_HAS_VLAN = 1 << 15,	/* an 802.1Q tag that is not in packet[] */
	RECORD_NO_IP_HEADER = 1 << 16,	/* packet[] starts with TCP; flow has the addresses */
	RECORD_HAS_DROPS = 1 << 17,	/* record_life: drops */
	RECORD_HAS_RTO_TIME = 1 << 18,	/* record_life: rto_time_ms and rto_count */
	RECORD_HAS_QUEUES = 1 << 19,	/* record_tcp: queues */
	RECORD_HAS_QDISC = 1 << 20,	/* record_qdisc: all but reason */
	RECORD_HAS_QDISC_REASON = 1 << 21,
	RECORD_HAS_MPTCP = 1 << 22,	 /* record_mptcp */
	RECORD_FRAGMENT_PORTS = 1 << 24, /* a later fragment: flow has the ports of the first one */
};

/* Why a packet was dropped, where the kernel gives no reason. */
enum record_cause {
	RECORD_CAUSE_NONE,
	RECORD_CAUSE_LISTEN_OVERFLOW, /* the accept queue of the listener is full */
	RECORD_CAUSE_SYN_QUEUE_FULL,  /* its queue of requests is full */
	RECORD_CAUSE_LISTEN_DROP,     /* the listener drops it for another cause */
	RECORD_CAUSE_END,
};

/*
 * The segment that TCP sends, by the values of the socket. User space compares the bytes of the
 * headroom with it, or makes the frame from it.
 */
struct record_flow {
	__u8 saddr[16]; /* IPv4 in the first four bytes */
	__u8 daddr[16];
	__u16 sport;
	__u16 dport;
	__u32 seq;
	__u32 ack;
	__u32 tsval; /* RECORD_HAS_TSVAL: the timestamp of this transmission */
	__u32 payload_len;
	__u16 window; /* as in the TCP header */
	__u16 ip_id;  /* RECORD_HAS_IP_ID: the last IP ID that the socket has used */
	__u8 tcp_flags;
	__u8 pad[7];
};

/* How the kernel side has found the process that owns a socket. */
enum record_owner_how {
	RECORD_OWNER_NONE,
	RECORD_OWNER_OPENED, /* by connect, listen or accept; it may have passed the socket on */
	RECORD_OWNER_CLOSED, /* by the last close */
	RECORD_OWNER_END,
};

struct record_owner {
	__u32 pid;
	__u32 how; /* enum record_owner_how */
	char comm[RECORD_COMM_LEN];
};

/*
 * The identity of a socket. The kernel uses an address again when its socket is gone; the flow
 * differs then. It changes when the socket is bound or connected. Both are 0 if there is no socket.
 */
struct record_socket_id {
	__u64 address;
	__u64 flow; /* a hash of both ends and the namespace (flow.bpf.h) */
};

/* A socket that a process has open, from the iterator over all open files. */
struct record_socket {
	struct record_socket_id id;
	struct record_owner owner; /* how: RECORD_OWNER_NONE */
	__u32 netns;
	__u16 port; /* local */
	__u8 state;
	__u8 pad;
};

/* The MPTCP connection and the subflow of a socket. */
struct record_mptcp {
	__u32 token;
	__s16 local_id; /* -1: unknown */
	__u8 remote_id;
	__u8 pad;
};

/* The queue discipline that has dropped the packet. */
struct record_qdisc {
	char kind[16];
	__u32 handle;
	__u32 parent;
	__u32 reason; /* RECORD_HAS_QDISC_REASON: enum qdisc_drop_reason of the kernel */
	__u16 tx_queue;
	__u16 pad;
};

/* The queues of a listener. */
struct record_queues {
	__u32 accept_queue; /* connections that no process has accepted yet */
	__u32 accept_queue_max;
	__u32 syn_queue; /* requests, which are not connections yet */
};

/* The state of TCP in the kernel's units: srtt in 1/8 us, mdev in 1/4 us, rto in ticks. */
struct record_tcp {
	union {
		struct {
			__u64 bytes_acked;
			__u64 bytes_received;
		};
		struct record_queues queues; /* RECORD_HAS_QUEUES: of the listener */
	};
	__u32 cwnd;
	__u32 ssthresh;
	__u32 srtt;
	__u32 mdev;
	__u32 rto;
	__u32 packets_out;
	__u32 retrans_out;
	__u32 lost_out;
	__u32 sacked_out;
	__u32 snd_wnd;
	__u32 rcv_wnd;
	__u32 total_retrans;
	__u32 rmem;
	__u32 rcvbuf;
	__u32 wmem;
	__u32 sndbuf;
	__u32 backlog;
	__u8 ca_state;
	__u8 pending;	  /* the timer: ICSK_TIME_RETRANS, ... */
	__u8 retransmits; /* RECORD_HAS_RETRANSMITS; requests have it, too */
	__u8 undo;	  /* whether TCP can still undo the loss or recovery (undo_marker) */
	char cc[RECORD_COMM_LEN];
};

/* How a connection was opened on this host. */
enum record_opened {
	RECORD_OPENED_UNKNOWN,
	RECORD_OPENED_ACTIVE,	/* by connect() */
	RECORD_OPENED_PASSIVE,	/* by a listener */
	RECORD_OPENED_RESTORED, /* by connect() of a socket in repair mode (TCP_REPAIR) */
	RECORD_OPENED_END,
};

/* The socket at the moment when its connection ended. */
enum record_end {
	RECORD_END_OWNED = 1 << 0,	  /* a system call had it locked (sk_lock.owned) */
	RECORD_END_NO_SOCKET = 1 << 1,	  /* no process has it: never accepted, or closed */
	RECORD_END_DEAD = 1 << 2,	  /* SOCK_DEAD: a process has closed it */
	RECORD_END_FIN_RECEIVED = 1 << 3, /* SOCK_DONE */
	RECORD_END_ALL_ACKED = 1 << 4,	  /* the peer has acknowledged all, also the FIN */
	RECORD_END_NO_FIN_WAIT2 = 1 << 5, /* TCP_LINGER2 is negative */
	RECORD_END_RCV_SHUTDOWN = 1 << 6, /* no process will read */
	RECORD_END_REPAIR = 1 << 7,	  /* in repair mode: closed without a segment */
};

/* Counts births that the kernel side had no room to note: birth_ns of their connections is 0. */
struct record_unnoted {
	__u64 count;
	__u64 last_ns;	   /* CLOCK_BOOTTIME */
	__u64 unseen_ends; /* connections that ended without a run of the hook: they have no record */
};

/* The part of a record about a change of state, and about the connection that it has ended. */
struct record_life {
	__u64 birth_ns;	  /* CLOCK_BOOTTIME; 0: unknown */
	__u64 unnoted_ns; /* when a birth last found no room: unknown ones may be as late; 0: none */
	__u32 drops;	  /* RECORD_HAS_DROPS: of packets of this connection */
	__u32 min_rtt_us;  /* ~0: not measured */
	__u32 rto_time_ms; /* RECORD_HAS_RTO_TIME */
	__u32 rto_count;   /* RECORD_HAS_RTO_TIME */
	__s32 err;	   /* sk_err: a positive errno, or 0 */
	__s32 err_soft;	   /* sk_err_soft */
	__u8 old_state;	   /* of RECORD_STATE, too; the new one is drop_record.state */
	__u8 opened;	   /* enum record_opened */
	__u8 end;	   /* enum record_end */
	__u8 pad[5];
};

struct drop_record {
	__u16 version;	    /* RECORD_VERSION */
	__u8 event;	    /* enum record_event */
	__u8 family;	    /* AF_INET or AF_INET6 */
	__u32 flags;	    /* enum record_flag */
	__u64 timestamp_ns; /* CLOCK_BOOTTIME */
	__u64 location;	    /* kernel address that freed the skb; 0: not a drop */
	__u64 skb;	    /* kernel address; 0: none */
	__u64 cgroup_id;    /* RECORD_HAS_CGROUP */
	__u64 lost;	    /* events of all kinds that this CPU has lost since the start */
	__u32 reason;	    /* RECORD_HAS_REASON */
	__u32 cpu;
	__u32 cpu_pid;
	__u32 netns;	  /* inode number; 0: unknown */
	__u32 ifindex;	  /* 0: unknown */
	__u32 len;	  /* length of the whole packet, of which packet[] has the start */
	__s32 err;	  /* RECORD_HAS_ERR: result of the transmission, 0 or -errno */
	__u16 queue;	  /* RECORD_HAS_QUEUE: the receive queue */
	__u16 packet_len; /* bytes in packet[]; of a retransmit: the headroom, up to the payload */
	__u16 l2_len;	  /* drops: bytes of the MAC header, with tags, in packet[]; 0: none */
	__u16 segs;	  /* segments on the wire; 0: unknown */
	__u8 direction;	  /* enum record_direction */
	__u8 pkt_type;	  /* PACKET_HOST, ... (linux/if_packet.h) */
	__u8 sock;	  /* enum record_sock */
	__u8 state;	  /* TCP_ESTABLISHED, ... (net/tcp_states.h); 0: no socket */
	__u32 stack_len;  /* bytes in stack[] */
	__u32 uid;	  /* RECORD_HAS_UID */
	__u16 vlan_proto; /* RECORD_HAS_VLAN: 0x8100, 0x88a8 */
	__u16 vlan_tci;
	__u16 protocol; /* of a drop: the ethertype of what follows the l2_len bytes */
	__u8 cause;	/* enum record_cause */
	__u8 pad;
	char cpu_comm[RECORD_COMM_LEN];
	char ifname[RECORD_IFNAME_LEN];
	union {
		struct record_flow flow;   /* RECORD_HAS_FLOW */
		struct record_qdisc qdisc; /* of a drop with an IP header, which has no flow */
	};
	/* For a request, and for a child that no process has accepted, this is the listener. */
	struct record_socket_id socket;
	struct record_owner owner; /* RECORD_OWNER_NONE: the kernel side does not know it */
	struct record_tcp tcp;
	struct record_mptcp mptcp; /* RECORD_HAS_MPTCP */
	union {
		__u8 packet[RECORD_PACKET_MAX];
		struct record_life life; /* RECORD_STATE and RECORD_LIFE, which have no packet */
	};
	/*
	 * Return addresses, leaf first. A record without a stack ends before them
	 * (RECORD_SIZE_NO_STACK), that of a change of state after its life (RECORD_SIZE_CHANGE).
	 */
	__u64 stack[RECORD_STACK_MAX];
};

/*
 * Kernel functions that the kernel side has to know, from user space's symbol table (map
 * `symtab`). The compiler may split a function (NAME.cold): each part is a range.
 */
#define SYMBOL_RANGES_MAX 128 /* a power of two */

enum symbol_kind {
	SYMBOL_NONE,
	SYMBOL_OUT,	 /* the way out: output of IP, queues, transmission of a driver */
	SYMBOL_IN,	 /* the way in, until the packet is forwarded */
	SYMBOL_TCP,	 /* the way in: the entry of TCP */
	SYMBOL_SEGMENT,	 /* the way out: a queue that splits a GSO packet and then frees it */
	SYMBOL_SENT,	 /* the way out: a driver that sends a copy and then frees the packet */
	SYMBOL_COPY,	 /* frees a copy for a packet or raw socket, or for a timestamp */
	SYMBOL_BOUNDARY, /* an interrupt or another context: its callers are unrelated to it */
};

struct symbol_range {
	__u64 start;
	__u64 size;
	__u64 kind; /* enum symbol_kind */
};

struct symbol_table {
	/* Destructors of skbs; 0: unknown. */
	__u64 sock_rfree;     /* in the receive queue of a socket */
	__u64 mptcp_rfree;    /* the same, until 6.16 */
	__u64 sock_rmem_free; /* in the error queue of a socket */
	/* Variables of x86_64; 0: unknown. */
	__u64 page_offset_base;			       /* where all memory is mapped */
	__u64 vmemmap_base;			       /* the struct page of its first page */
	struct symbol_range listen_code;	       /* where a listener frees its SYNs */
	struct symbol_range ranges[SYMBOL_RANGES_MAX]; /* sorted by start; unused: start is ~0 */
};

#define RECORD_SIZE_NO_STACK __builtin_offsetof(struct drop_record, stack)
#define RECORD_SIZE_CHANGE                              \
	(__builtin_offsetof(struct drop_record, life) + \
	 sizeof(struct record_life)) /* RECORD_STATE and RECORD_LIFE without a stack */

/* The filters, in the order in which they are applied. */
enum record_filter {
	RECORD_FILTER_EXPRESSION,
	RECORD_FILTER_FAMILY,
	RECORD_FILTER_NETNS,
	RECORD_FILTER_STATE,
	RECORD_FILTER_REASON,
	RECORD_FILTER_CAUSE,
	RECORD_FILTER_BENIGN, /* benign frees */
	RECORD_FILTER_END,    /* the event has passed all */
};

/*
 * For each kind of event and CPU: seen = submitted + lost + the sum of filtered.
 *
 * unparsed (of drops) is not part of seen: freed packets that are said to be IPv4 or IPv6, but
 * whose headers up to TCP's are not all readable, or are not of IP. They may be TCP packets. The
 * main cause are headers outside the linear part of the skb, where the kernel gives no access to
 * them (nonlinear.bpf.h). A packet that is known to be of another protocol is not counted.
 */
struct record_counters {
	__u64 seen;
	__u64 lost;
	__u64 filtered[RECORD_FILTER_END]; /* index: the first filter that the event did not pass */
	__u64 unparsed;
};

_Static_assert(sizeof(struct record_flow) == 64, "no hidden padding");
_Static_assert(sizeof(struct record_socket) == 48, "no hidden padding");
_Static_assert(sizeof(struct record_tcp) == 104, "no hidden padding");
_Static_assert(sizeof(struct record_life) == 48, "no hidden padding");
_Static_assert(__builtin_offsetof(struct drop_record, cpu_comm) == 104, "no hidden padding");
_Static_assert(__builtin_offsetof(struct drop_record, packet) == 352, "no hidden padding");
_Static_assert(RECORD_SIZE_NO_STACK == 608, "a new size is a new RECORD_VERSION");

#endif
