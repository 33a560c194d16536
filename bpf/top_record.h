/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TOP_RECORD_H
#define TOP_RECORD_H

/*
 * What the iterators of `top` write for each socket, one struct after another: raw numbers in host
 * byte order, without names. In user space, only socket_scan includes this file.
 */

#include <linux/types.h>

#define TOP_COMM_LEN 16

enum top_flag {
	TOP_HAS_CGROUP = 1 << 0,
	TOP_HAS_HOLDER = 1 << 1, /* pid and comm: a process that has the socket open */
	TOP_HAS_FIN = 1 << 2,	 /* bytes_received has the peer's FIN in it, as one byte */
};

/* The counters are those of struct tcp_sock, without any conversion. */
struct top_record {
	__u64 address;
	__u64 flow;   /* socket_flow().whole */
	__u64 cookie; /* 0: the socket has none */
	__u64 bytes_sent;
	__u64 bytes_retrans;
	__u64 bytes_acked;
	__u64 bytes_received;
	__u64 cgroup_id;
	__u32 netns;
	__u32 srtt; /* eighths of a microsecond */
	__u32 total_retrans;
	__u32 drops; /* sk_drops */
	__u32 uid;
	__u32 pid;
	__u8 local[16]; /* IPv4: the first four bytes */
	__u8 remote[16];
	__u16 local_port;
	__u16 remote_port;
	__u8 family; /* AF_INET, AF_INET6 */
	__u8 state;
	__u8 flags;
	__u8 pad;
	char comm[TOP_COMM_LEN];
};

_Static_assert(sizeof(struct top_record) == 144, "no hidden padding");

#endif
