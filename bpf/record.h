/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RECORD_H
#define RECORD_H

/*
 * The record that a BPF program puts into the ring for one event: raw numbers in host byte order,
 * nothing named. The only file that both sides include; in user space through
 * source, its symbol table and decode alone.
 */

#include <linux/types.h>

#define RECORD_VERSION	  2
#define RECORD_PACKET_MAX 256 /* Ethernet, 60 bytes of IPv4 or IPv6 with extensions, 60 of TCP */
#define RECORD_HEADROOM	  160 /* the largest headers that precede a retransmitted skb's data */
#define RECORD_STACK_MAX  127 /* the kernel walks no deeper (kernel.perf_event_max_stack) */
#define RECORD_COMM_LEN	  16
#define RECORD_IFNAME_LEN 16

enum record_event {
	RECORD_DROP = 1,
	RECORD_RETRANSMIT,
	RECORD_SYNACK,
	RECORD_TLP,
	RECORD_RESET,
	RECORD_EVENT_END,
};

/* Which events have their stack walked. */
enum stack_mode {
	STACK_NONE,
	STACK_AUTO, /* all but a flood's */
	STACK_ALL,
};

/* How the socket of an event was found. */
enum record_sock {
	RECORD_SOCK_NONE,
	RECORD_SOCK_RX_SK,  /* argument of the kfree_skb tracepoint: the receiving socket */
	RECORD_SOCK_SKB,    /* skb->sk: the sender, or an early demuxed receiver */
	RECORD_SOCK_HOOK,   /* argument of the hook: TCP itself says whose packet it is */
	RECORD_SOCK_FENTRY, /* the socket for which TCP was processing it */
};

enum record_direction {
	RECORD_DIR_UNKNOWN,
	RECORD_DIR_IN,
	RECORD_DIR_OUT,
};

enum record_flag {
	RECORD_HAS_REASON = 1 << 0,
	RECORD_HAS_QUEUE = 1 << 1,
	RECORD_CSUM_PARTIAL = 1 << 2, /* the device was to fill in the checksum */
	RECORD_HAS_FLOW = 1 << 3,
	RECORD_HAS_TSVAL = 1 << 4,
	RECORD_HAS_IP_ID = 1 << 5,
	RECORD_HAS_ERR = 1 << 6,
	RECORD_HAS_UID = 1 << 7,
	RECORD_HAS_CGROUP = 1 << 8,
	RECORD_HAS_MEMORY = 1 << 9, /* of record_tcp: rmem to backlog and cc */
	RECORD_HAS_TCP = 1 << 10,   /* of record_tcp: the rest */
	RECORD_HAS_RETRANSMITS = 1 << 11,
	RECORD_NOT_ACCEPTED = 1 << 12,	/* a listener's child that no process has yet */
	RECORD_ETHERNET = 1 << 13,	/* ifindex is a device with Ethernet headers */
	RECORD_STACK_SAMPLED = 1 << 14, /* not walked: its place has had its share */
	RECORD_HAS_VLAN = 1 << 15,	/* an 802.1Q tag that is not among the packet's bytes */
	RECORD_NO_IP_HEADER = 1 << 16,	/* packet[] starts with TCP; flow has the addresses */
};

/* What TCP is to send, as the socket has it: proves the headroom's bytes, or stands in for them. */
struct record_flow {
	__u8 saddr[16]; /* IPv4 in the first four bytes */
	__u8 daddr[16];
	__u16 sport;
	__u16 dport;
	__u32 seq;
	__u32 ack;
	__u32 tsval; /* RECORD_HAS_TSVAL: the timestamp that this transmission carries */
	__u32 payload_len;
	__u16 window; /* as in the TCP header, scaled */
	__u16 ip_id;  /* RECORD_HAS_IP_ID: the last IP ID that the socket used */
	__u8 tcp_flags;
	__u8 pad[7];
};

/* How the kernel side came to know a socket's process. */
enum record_owner_how {
	RECORD_OWNER_NONE,
	RECORD_OWNER_OPENED, /* it called connect, listen, accept; may have passed the socket on */
	RECORD_OWNER_CLOSED, /* it was the one to close it */
};

struct record_owner {
	__u32 pid;
	__u32 how; /* enum record_owner_how */
	char comm[RECORD_COMM_LEN];
};

/*
 * Which socket it is. An address is used again when its socket is gone: the flow tells one from the
 * next. Both are 0 where there is no socket.
 */
struct record_socket_id {
	__u64 address;
	__u64 flow; /* ports and peer, mixed */
};

/* One socket of one process, from the iterator over all open files. */
struct record_socket {
	struct record_socket_id id;
	struct record_owner owner; /* how: RECORD_OWNER_NONE */
	__u32 netns;
	__u16 port; /* local */
	__u8 state;
	__u8 pad;
};

/* TCP's state in the kernel's units: srtt in 1/8 us, mdev in 1/4 us, rto in ticks. */
struct record_tcp {
	__u64 bytes_acked;
	__u64 bytes_received;
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
	__u8 retransmits; /* RECORD_HAS_RETRANSMITS; of a request too */
	__u8 undo;	  /* whether what began the loss or recovery may turn out to be false */
	char cc[RECORD_COMM_LEN];
};

struct drop_record {
	__u16 version;	    /* RECORD_VERSION */
	__u8 event;	    /* enum record_event */
	__u8 family;	    /* AF_INET or AF_INET6 */
	__u32 flags;	    /* enum record_flag */
	__u64 timestamp_ns; /* CLOCK_MONOTONIC */
	__u64 location;	    /* kernel address that freed the skb; 0: not a drop */
	__u64 skb;	    /* kernel address, the packet's identity; 0: none */
	__u64 cgroup_id;    /* RECORD_HAS_CGROUP */
	__u64 lost;	    /* events this CPU has lost since the start, all kinds */
	__u32 reason;	    /* RECORD_HAS_REASON */
	__u32 cpu;
	__u32 cpu_pid;
	__u32 netns;	  /* inode number; 0: unknown */
	__u32 ifindex;	  /* 0: unknown */
	__u32 len;	  /* true length of the packet, from its first byte in packet[] on */
	__s32 err;	  /* RECORD_HAS_ERR: 0 or -errno of the transmission */
	__u16 queue;	  /* RECORD_HAS_QUEUE: the receive queue */
	__u16 packet_len; /* bytes in packet[]; of a retransmit: headroom, up to the payload */
	__u16 l2_len;	/* bytes of MAC header at the start of packet[] (drops); 0: none is valid */
	__u16 segs;	/* segments on the wire; 0: unknown */
	__u8 direction; /* enum record_direction */
	__u8 pkt_type;	/* PACKET_HOST, ... (linux/if_packet.h) */
	__u8 sock;	/* enum record_sock */
	__u8 state;	/* TCP_ESTABLISHED, ... (net/tcp_states.h); 0: no socket */
	__u32 stack_len;  /* bytes in stack[] */
	__u32 uid;	  /* RECORD_HAS_UID */
	__u16 vlan_proto; /* RECORD_HAS_VLAN: 0x8100, 0x88a8 */
	__u16 vlan_tci;
	__u32 pad;
	char cpu_comm[RECORD_COMM_LEN];
	char ifname[RECORD_IFNAME_LEN];
	struct record_flow flow; /* RECORD_HAS_FLOW */
	/* The event's; of a request, and of a child that no process has accepted, the listener. */
	struct record_socket_id socket;
	struct record_owner owner; /* as far as the kernel side knows */
	struct record_tcp tcp;
	__u8 packet[RECORD_PACKET_MAX];
	/* Return addresses, leaf first; left out where none were walked. */
	__u64 stack[RECORD_STACK_MAX];
};

/*
 * What user space tells the kernel side about the kernel's symbols (struct symbol_table of the map
 * `symbol_table`). A function may have several parts (NAME.cold), and one part is a range.
 */
#define SYMBOL_RANGES_MAX 128 /* a power of two */

enum symbol_kind {
	SYMBOL_NONE,
	SYMBOL_OUT, /* on the way of a packet out: IP's output, queues, a driver's transmission */
	SYMBOL_IN,  /* on its way in, up to where it is forwarded */
	SYMBOL_TCP, /* the same: TCP's entry */
	SYMBOL_SEGMENT,	 /* out: a queue that frees a GSO packet when it has queued its segments */
	SYMBOL_SENT,	 /* out: a driver that sends a copy, and frees the packet */
	SYMBOL_COPY,	 /* frees a copy that a packet or raw socket, or a timestamp, was to have */
	SYMBOL_BOUNDARY, /* what happens in it has nothing to do with what it interrupted */
};

struct symbol_range {
	__u64 start;
	__u64 size;
	__u64 kind; /* enum symbol_kind */
};

struct symbol_table {
	/* Destructors; 0: unknown. */
	__u64 sock_rfree;			       /* of what is in a socket's receive queue */
	__u64 mptcp_rfree;			       /* the same, until 6.16 */
	__u64 sock_rmem_free;			       /* of what is in its error queue */
	struct symbol_range ranges[SYMBOL_RANGES_MAX]; /* by start; of those not used, ~0 */
};

#define RECORD_SIZE_NO_STACK __builtin_offsetof(struct drop_record, stack)

/* Which filter an event did not pass: the first one, in this order. */
enum record_filter {
	RECORD_FILTER_EXPRESSION,
	RECORD_FILTER_FAMILY,
	RECORD_FILTER_NETNS,
	RECORD_FILTER_STATE,
	RECORD_FILTER_REASON,
	RECORD_FILTER_BENIGN, /* the stack was done with the packet: it was not lost */
	RECORD_FILTER_END,    /* none: it is requested */
};

/* Per event kind and CPU: seen = submitted + filtered (all) + lost. */
struct record_counters {
	__u64 seen;
	__u64 lost;
	__u64 filtered[RECORD_FILTER_END];
};

_Static_assert(sizeof(struct record_flow) == 64, "no hidden padding");
_Static_assert(sizeof(struct record_socket) == 48, "no hidden padding");
_Static_assert(sizeof(struct record_tcp) == 104, "no hidden padding");
_Static_assert(__builtin_offsetof(struct drop_record, cpu_comm) == 104, "no hidden padding");
_Static_assert(__builtin_offsetof(struct drop_record, packet) == 344, "no hidden padding");
_Static_assert(RECORD_SIZE_NO_STACK == 600, "a new size is a new RECORD_VERSION");

#endif
