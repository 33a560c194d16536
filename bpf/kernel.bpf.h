/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef KERNEL_BPF_H
#define KERNEL_BPF_H

/*
 * One accessor for each thing that differs between kernels. If a kernel renames a field, only this
 * file and the declaration in kernel_types.bpf.h have to be edited.
 */

#include <linux/bpf.h>
#include <stdbool.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>

#include "kernel_numbers.bpf.h"
#include "kernel_types.bpf.h"

#define HASH_FACTOR 0x9e3779b97f4a7c15ULL /* 2^64 divided by the golden ratio */

/*
 * The indexes of the programs in the per-CPU maps of their scratch memory. Each program has an
 * entry of its own, because programs may interrupt each other.
 */
enum slot {
	SLOT_FREE,
	SLOT_FREE_NESTED,
	SLOT_SILENT_FREE,
	SLOT_RESET,
	SLOT_RESET_NESTED,
	SLOT_SYN,
	SLOT_COUNT,
};

/* Numbers of arguments of the running kernel's tracepoints, counted in its BTF before the load. */
const volatile __u8 kfree_skb_args = 4; /* skb, location; reason (5.17); rx_sk (6.11) */
const volatile __u8 tcp_retransmit_skb_args = 3;
const volatile __u8 tcp_send_reset_args = 3;

/* Drop reasons of the running kernel; ~0: it has none of that name. */
const volatile __u32 reason_not_specified = ~0U;
const volatile __u32 reason_queue_purge = ~0U;
const volatile __u32 reason_packet_sock_error = ~0U;
const volatile __u32 reason_socket_rcvbuff = ~0U;
const volatile __u32 reason_tcp_old_sequence = ~0U;
const volatile __u32 reason_tcp_invalid_sequence = ~0U;
const volatile __u32 reason_tcp_listen_overflow = ~0U;

/* The reason of a drop: the third argument of kfree_skb, in 5.17 (c504e5c2f964) and later. */
static __always_inline bool kernel_drop_reason(const __u64 *ctx, __u32 *reason)
{
	if (kfree_skb_args < 3)
		return false;
	*reason = (__u32)ctx[2];
	return true;
}

/*
 * Returns whether it is the reason of the packets of a purged queue: QUEUE_PURGE, or NOT_SPECIFIED
 * on kernels that do not have that.
 */
static __always_inline bool kernel_reason_is_purge(__u32 reason)
{
	return reason == reason_queue_purge || reason == reason_not_specified;
}

/*
 * Returns the socket of an argument that may be NULL. It is read by a probe read, because since
 * 6.12 a typed pointer may only be passed to a helper where the verifier knows that it is not NULL.
 */
static __always_inline struct sock *kernel_sock_arg(const __u64 *arg)
{
	struct sock *sk = NULL;

	bpf_probe_read_kernel(&sk, sizeof(sk), arg);
	return sk;
}

/* Returns skb->sk. Most packets have none; the typed read that finds this is cheaper. */
static __always_inline struct sock *kernel_skb_sk(const struct sk_buff *skb)
{
	return skb->sk ? BPF_CORE_READ(skb, sk) : NULL;
}

/*
 * The receiving socket of a drop: the fourth argument of kfree_skb, in 6.11 (c53795d48ee8) and
 * later.
 */
static __always_inline struct sock *kernel_drop_rx_sk(const __u64 *ctx)
{
	return kfree_skb_args < 4 || !ctx[3] ? NULL : kernel_sock_arg(&ctx[3]);
}

/*
 * Whether tcp_drop() calls __kfree_skb(), which has no tracepoint: before 5.18 (082116ffcb74, which
 * made it tcp_drop_reason()).
 */
const volatile bool tcp_drop_is_silent;

/* Returns the number of packets that the socket has dropped; 0 where tcp_drop() is not silent. */
static __always_inline __u32 kernel_sock_drops(const struct sock *sk)
{
	if (!tcp_drop_is_silent || !bpf_core_field_exists(sk->sk_drops.counter))
		return 0;
	return BPF_CORE_READ(sk, sk_drops.counter);
}

/* The result of a retransmission: the third argument of tcp_retransmit_skb, in 6.17 and later. */
static __always_inline bool kernel_retransmit_err(const __u64 *ctx, __s32 *err)
{
	if (tcp_retransmit_skb_args < 3)
		return false;
	*err = (__s32)ctx[2];
	return true;
}

/* The reason of a reset: the third argument of tcp_send_reset, in 6.10 and later. */
static __always_inline bool kernel_reset_reason(const __u64 *ctx, __u32 *reason)
{
	if (tcp_send_reset_args < 3)
		return false;
	*reason = (__u32)ctx[2];
	return true;
}

/*
 * Returns the cgroup in which a socket was created, NULL if it is unknown. Before 5.15
 * (8520e224f547) the pointer shared its word with net_cls data, which set the lowest bit.
 */
static __always_inline struct cgroup *kernel_sock_cgroup(const struct sock *sk)
{
	const struct sock_cgroup_data___tagged *old = (const void *)&sk->sk_cgrp_data;
	__u64 value;

	if (bpf_core_field_exists(sk->sk_cgrp_data.cgroup))
		return BPF_CORE_READ(sk, sk_cgrp_data.cgroup);
	value = BPF_CORE_READ(old, val);
	return value & 1 ? NULL : (struct cgroup *)value;
}

/* Reads the id of that cgroup by a typed pointer to the socket. */
static __always_inline bool kernel_typed_cgroup(const struct sock *sk, __u64 *id)
{
	const struct cgroup *cgroup = NULL;

	if (bpf_core_field_exists(sk->sk_cgrp_data.cgroup)) {
		cgroup = sk->sk_cgrp_data.cgroup;
		if (cgroup)
			*id = cgroup->kn->id;
	} else {
		cgroup = kernel_sock_cgroup(sk);
		if (cgroup)
			*id = BPF_CORE_READ(cgroup, kn, id);
	}
	return cgroup;
}

/* The IP ID of the socket's next packet: a __u16, an atomic_t in 6.6 and later (and some 6.1.y). */
static __always_inline __u16 kernel_next_ip_id(const struct sock *sk)
{
	const struct inet_sock *inet = (const void *)sk;
	const struct inet_sock___plain_id *old = (const void *)sk;

	/* For CO-RE, a field of another type does not exist. */
	if (bpf_core_field_exists(inet->inet_id))
		return (__u16)BPF_CORE_READ(inet, inet_id.counter);
	return BPF_CORE_READ(old, inet_id);
}

/* The TCP flags of a queued segment: one byte, two since AccECN; the low byte is the same. */
static __always_inline __u8 kernel_tcp_flags(const struct tcp_skb_cb *cb)
{
	__u16 wide = 0;
	__u8 narrow = 0;

	if (bpf_core_field_size(cb->tcp_flags) == sizeof(narrow)) {
		bpf_core_read(&narrow, sizeof(narrow), &cb->tcp_flags);
		return narrow;
	}
	bpf_core_read(&wide, sizeof(wide), &cb->tcp_flags);
	return (__u8)wide;
}

/* Nanoseconds in a tick of the socket's TCP timestamps: 1 ms, or 1 us since 6.7 (614e8316aa4c). */
static __always_inline __u32 kernel_ts_tick_ns(const struct sock *sk)
{
	const struct tcp_sock___usec_ts *tp = (const void *)sk;

	if (bpf_core_field_exists(tp->tcp_usec_ts) &&
	    BPF_CORE_READ_BITFIELD_PROBED(tp, tcp_usec_ts))
		return 1000;
	return 1000000;
}

/*
 * Reads how long the connection has waited for the retransmission timer, in ms, and how often that
 * has expired, as tcp_get_info() does, by a typed pointer. 6.7 and later (3868ab0f1925); before,
 * returns false.
 */
static __always_inline bool kernel_rto_time(const struct tcp_sock *typed, __u32 *time_ms,
					    __u32 *count)
{
	const struct tcp_sock___rto_time *tp = (const void *)typed;
	__u32 since;

	if (!bpf_core_field_exists(tp->total_rto_time))
		return false;
	*time_ms = tp->total_rto_time;
	*count = tp->total_rto;
	since = tp->rto_stamp;
	if (since)
		*time_ms += (__u32)(bpf_ktime_get_ns() / 1000000) - since;
	return true;
}

/*
 * Returns whether the last descriptor of the socket's file is being closed; sk is a typed pointer.
 * 6.13 (90ee6ed776c0) replaced f_count by f_ref, whose counter is negative then.
 */
static __always_inline bool kernel_is_last_close(const struct sock *sk)
{
	struct file *file = sk->sk_socket->file;
	const struct file___ref *with_ref = (const void *)file;

	if (bpf_core_field_exists(with_ref->f_ref))
		return file && with_ref->f_ref.refcnt.counter < 0;
	return file && !file->f_count.counter;
}

/* Whether sk, a full socket, is a subflow of MPTCP, which a kernel may be built without. */
static __always_inline bool kernel_is_subflow(const struct sock *sk)
{
	const struct tcp_sock___mptcp *tp = (const void *)sk;

	return bpf_core_field_exists(tp->is_mptcp) && BPF_CORE_READ_BITFIELD_PROBED(tp, is_mptcp);
}

/*
 * Returns the id of a subflow's local address: a byte, or two bytes in later kernels, which are -1
 * while it has none.
 */
static __always_inline __s16 kernel_subflow_local_id(const struct mptcp_subflow_context *context)
{
	__s16 wide = 0;
	__u8 narrow = 0;

	if (bpf_core_field_size(context->local_id) == sizeof(narrow)) {
		bpf_core_read(&narrow, sizeof(narrow), &context->local_id);
		return narrow;
	}
	bpf_core_read(&wide, sizeof(wide), &context->local_id);
	return wide;
}

/* Returns the first eight bytes of the extended error that an skb for an error queue has. */
static __always_inline __u64 kernel_extended_error(const struct sk_buff *skb)
{
	__u64 at = bpf_core_field_offset(struct sock_exterr_skb, ee);

	barrier_var(at); /* or clang merges two relocations into one instruction */
	return *(const __u64 *)(skb->cb + at);
}

/*
 * Reads the 802.1Q tag that is in the skb, not in the packet's bytes. Returns whether there is one,
 * for which there was a bit before 6.2 (354259fa73e2).
 */
static __always_inline bool kernel_vlan_tag(const struct sk_buff *skb, __u16 *proto, __u16 *tci)
{
	const struct sk_buff___vlan_bit *old = (const void *)skb;

	*proto = bpf_ntohs(skb->vlan_proto);
	*tci = skb->vlan_tci;
	if (bpf_core_field_exists(old->vlan_present) &&
	    !BPF_CORE_READ_BITFIELD_PROBED(old, vlan_present))
		return false;
	return *proto;
}

/*
 * Returns the listener of which inet_csk_clone_lock() has just made the copy sk, a typed pointer.
 * The copy still has the listener's links in the list of the sockets that are bound to the port,
 * and its neighbour there points to the listener. NULL if it does not, for example because the
 * neighbour was removed.
 */
static __always_inline struct sock *kernel_listener_of_copy(const struct sock *sk)
{
	struct hlist_node **pprev = sk->__sk_common.skc_bind_node.pprev, *node = NULL;
	struct sock *listener;

	if (!pprev || bpf_probe_read_kernel(&node, sizeof(node), pprev) || !node)
		return NULL;
	listener = (void *)node - bpf_core_field_offset(struct sock, __sk_common.skc_bind_node);
	if (listener == sk || BPF_CORE_READ(listener, __sk_common.skc_bind_node.pprev) != pprev ||
	    BPF_CORE_READ(listener, __sk_common.skc_state) != TCP_LISTEN)
		return NULL;
	return listener;
}

/* The current task as a typed pointer; NULL before 5.11, which has no helper for it. */
static __always_inline const struct task_struct *kernel_current(void)
{
	if (!bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_get_current_task_btf))
		return NULL;
	return (const struct task_struct *)bpf_get_current_task_btf();
}

/*
 * Returns the socket of an open file; NULL if it is no socket. Kernels before 5.11 have no helper
 * for it: there the file system of the file's inode shows what it is.
 */
static __always_inline struct socket *kernel_socket_of_file(struct file *file)
{
	if (bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_sock_from_file))
		return bpf_sock_from_file(file);
	if ((BPF_CORE_READ(file, f_inode, i_mode) & S_IFMT) != S_IFSOCK ||
	    BPF_CORE_READ(file, f_inode, i_sb, s_magic) != SOCKFS_MAGIC)
		return NULL;
	return BPF_CORE_READ(file, private_data);
}

/* Returns the device with that index, NULL if it is not among the first of its hash bucket. */
static __always_inline struct net_device *kernel_device(struct net *net, int ifindex)
{
	struct hlist_head *buckets = BPF_CORE_READ(net, dev_index_head);
	struct hlist_node *node = NULL;

	/* NETDEV_HASHENTRIES is 256; the hash is the low byte of the index (net/core/dev.h). */
	bpf_probe_read_kernel(&node, sizeof(node), &buckets[ifindex & 255]);
	for (int i = 0; i < 16 && node; i++) {
		struct net_device *dev;

		dev = (void *)node - bpf_core_field_offset(struct net_device, index_hlist);
		if (BPF_CORE_READ(dev, ifindex) == ifindex)
			return dev;
		node = BPF_CORE_READ(node, next);
	}
	return NULL;
}

/* Returns the device that receives the packets of sk; NULL if unknown (always before 5.17). */
static __always_inline struct net_device *kernel_rx_device(const struct sock *sk)
{
	int ifindex = 0;

	if (bpf_core_field_exists(sk->sk_rx_dst_ifindex))
		ifindex = BPF_CORE_READ(sk, sk_rx_dst_ifindex);
	return ifindex ? kernel_device(BPF_CORE_READ(sk, __sk_common.skc_net.net), ifindex) : NULL;
}

#endif
