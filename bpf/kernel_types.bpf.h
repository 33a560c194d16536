/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef KERNEL_TYPES_BPF_H
#define KERNEL_TYPES_BPF_H

/*
 * The kernel's types, with only the fields that the programs read: all that they depend on. CO-RE
 * finds the offsets of the running kernel.
 */

#include <linux/bpf.h>
#include <bpf/bpf_core_read.h>

#include "iter_types.bpf.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct ns_common {
	unsigned int inum;
};

struct hlist_node {
	struct hlist_node *next;
	struct hlist_node **pprev;
};

struct hlist_head {
	struct hlist_node *first;
};

/* The counters of TcpExt, one for each CPU. */
struct linux_mib {
	unsigned long mibs[1];
};

struct netns_mib {
	struct linux_mib *net_statistics;
};

struct net {
	struct ns_common ns;
	struct netns_mib mib;
	struct hlist_head *dev_index_head;
};

typedef struct {
	struct net *net;
} possible_net_t;

typedef struct {
	long counter;
} atomic64_t;

struct kernfs_node {
	__u64 id;
};

struct cgroup {
	struct kernfs_node *kn;
};

struct sock_cgroup_data {
	struct cgroup *cgroup;
};

struct task_struct {
	struct task_struct *group_leader;
	unsigned int flags;
	int tgid;
	char comm[16];
};

struct device {
	struct device *parent;
};

struct Qdisc_ops {
	char id[16];
};

struct Qdisc {
	void *enqueue; /* a function; NULL: noqueue */
	const struct Qdisc_ops *ops;
	__u32 handle;
	__u32 parent;
};

struct netdev_queue {
	struct Qdisc *qdisc;
};

struct net_device {
	int ifindex;
	unsigned int num_tx_queues;
	struct netdev_queue *_tx;
	unsigned short type;
	struct device dev;
	struct bpf_prog *xdp_prog;
	possible_net_t nd_net;
	char name[16];
	struct hlist_node index_hlist;
};

/* A packet that a device reports, 5.10 (5b88823bfe0a) and later. */
enum devlink_trap_type {
	DEVLINK_TRAP_TYPE_DROP,
};

struct devlink_trap_metadata {
	struct net_device *input_dev;
	enum devlink_trap_type trap_type;
};

struct dst_entry {
	struct net_device *dev;
	unsigned short flags;
};

struct in6_addr {
	__u8 in6_u[16];
};

struct sock_common {
	__be32 skc_daddr;
	__be32 skc_rcv_saddr;
	__be16 skc_dport;
	__u16 skc_num;
	unsigned short skc_family;
	volatile unsigned char skc_state;
	int skc_bound_dev_if;
	unsigned long skc_flags;
	struct hlist_node skc_bind_node;
	possible_net_t skc_net;
	struct in6_addr skc_v6_daddr;
	struct in6_addr skc_v6_rcv_saddr;
	atomic64_t skc_cookie;
	struct sock *skc_listener; /* requests only */
	__u32 skc_rcv_wnd;
};

typedef struct {
	int counter;
} atomic_t;

typedef struct {
	__u32 val;
} kuid_t;

struct rb_node {
	struct rb_node *rb_right;
};

struct rb_root {
	struct rb_node *rb_node;
};

struct sk_buff_head {
	struct sk_buff *next;
};

struct sock {
	struct sock_common __sk_common;
	struct dst_entry *sk_dst_cache;
	int sk_rx_dst_ifindex; /* 5.17 and later */
	struct socket *sk_socket;
	struct {
		int owned;
	} sk_lock;
	struct sk_buff_head sk_write_queue;
	struct rb_root tcp_rtx_queue;
	struct {
		atomic_t rmem_alloc;
		int len;
	} sk_backlog;
	int sk_rcvbuf;
	int sk_wmem_queued;
	int sk_sndbuf;
	kuid_t sk_uid;
	atomic_t sk_drops;
	__u32 sk_ack_backlog;
	__u32 sk_max_ack_backlog;
	int sk_err;
	int sk_err_soft;
	__u8 sk_shutdown;
	__u16 sk_type;
	__u16 sk_protocol;
	struct sock_cgroup_data sk_cgrp_data;
};

typedef struct {
	long counter;
} atomic_long_t;

struct super_block {
	unsigned long s_magic;
};

struct inode {
	unsigned short i_mode;
	struct super_block *i_sb;
};

struct file {
	atomic_long_t f_count;
	struct inode *f_inode;
	void *private_data;
};

struct socket {
	struct file *file;
	struct sock *sk;
};

struct sk_buff {
	struct net_device *dev;
	struct sock *sk;
	char cb[48];
	__u64 skb_mstamp_ns;
	unsigned long _skb_refdst;
	void (*destructor)(struct sk_buff *skb);
	unsigned int len;
	unsigned int data_len;
	__u16 queue_mapping;
	__u8 pkt_type : 3;
	__u8 ip_summed : 2;
	int skb_iif;
	__be16 vlan_proto;
	__u16 vlan_tci;
	__be16 protocol;
	__u16 network_header;
	__u16 mac_header;
	unsigned int tail;
	unsigned int end;
	unsigned char *head;
	unsigned char *data;
};

struct page {
	unsigned long flags;
};

struct bio_vec {
	struct page *bv_page;
};

struct skb_shared_info {
	__u8 nr_frags;
	unsigned short gso_size;
	unsigned short gso_segs;
	struct sk_buff *frag_list;
	struct bio_vec frags[17]; /* of another type since 6.10, with the same layout */
};

struct sock_extended_err {
	__u32 ee_errno;
	__u8 ee_origin;
};

struct sock_exterr_skb {
	struct sock_extended_err ee;
};

struct tcp_skb_cb {
	__u32 seq;
	__u16 tcp_gso_segs;
	__u16 tcp_flags;
};

struct inet_sock {
	__be16 inet_sport;
	atomic_t inet_id;
};

struct tcp_congestion_ops {
	char name[16];
};

struct request_sock_queue {
	atomic_t qlen;
};

struct inet_connection_sock {
	struct request_sock_queue icsk_accept_queue;
	void *icsk_ulp_data;
	__u32 icsk_rto;
	const struct tcp_congestion_ops *icsk_ca_ops;
	__u8 icsk_ca_state : 5;
	__u8 icsk_retransmits;
	__u8 icsk_pending;
};

struct tcp_options_received {
	__u16 rcv_wscale : 4;
};

struct minmax_sample {
	__u32 v;
};

struct minmax {
	struct minmax_sample s[3];
};

struct tcp_sock {
	__u64 bytes_sent;
	__u64 bytes_retrans;
	__u64 bytes_acked;
	__u64 bytes_received;
	__u32 tsoffset;
	__u32 rcv_nxt;
	__u32 snd_nxt;
	__u32 snd_una;
	__u32 write_seq;
	__u32 segs_out;
	int linger2;
	struct minmax rtt_min;
	__u8 repair : 1;
	__u32 rcv_wnd;
	__u32 snd_wnd;
	__u32 mss_cache;
	__u32 snd_cwnd;
	__u32 snd_ssthresh;
	__u32 srtt_us;
	__u32 mdev_us;
	__u32 packets_out;
	__u32 retrans_out;
	__u32 lost_out;
	__u32 sacked_out;
	__u32 total_retrans;
	__u32 undo_marker;
	__u32 last_oow_ack_time;
	struct tcp_options_received rx_opt;
};

struct mptcp_sock {
	__u32 token;
	struct sock *first; /* subflow */
};

struct mptcp_subflow_context {
	__s16 local_id;
	__u8 remote_id;
	struct sock *conn; /* the MPTCP socket */
};

struct request_sock {
	struct sock_common __req_common;
	__u8 num_retrans;
};

struct inet_request_sock {
	__u16 ecn_ok : 1;
};

struct tcp_request_sock {
	__u32 rcv_nxt;
	__u32 snt_isn;
};

#pragma clang attribute pop

/*
 * Fields of other kernels; libbpf ignores the part of a type's name from the three underscores on.
 */
struct inet_sock___plain_id {
	__u16 inet_id;
} __attribute__((preserve_access_index));

struct sock_cgroup_data___tagged {
	__u64 val;
} __attribute__((preserve_access_index));

struct sk_buff___vlan_bit {
	__u8 vlan_present : 1;
} __attribute__((preserve_access_index));

struct file___ref {
	struct {
		struct {
			long counter;
		} refcnt;
	} f_ref;
} __attribute__((preserve_access_index));

struct tcp_sock___rto_time {
	__u32 rto_stamp;
	__u16 total_rto;
	__u32 total_rto_time;
} __attribute__((preserve_access_index));

struct tcp_sock___usec_ts {
	__u8 tcp_usec_ts : 1;
} __attribute__((preserve_access_index));

struct tcp_sock___mptcp {
	__u8 is_mptcp : 1;
} __attribute__((preserve_access_index));

#endif
