/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MPTCP_BPF_H
#define MPTCP_BPF_H

/*
 * The MPTCP connection of a TCP socket. Processes have the MPTCP socket open, and the kernel makes
 * a TCP socket for each subflow. So the identity of a subflow, by which user space finds its owner,
 * is that of the MPTCP socket: its address and its token, which no other connection of the
 * namespace has. A listener has no token; its first subflow has the port.
 */

#include "flow.bpf.h"
#include "kernel.bpf.h"
#include "record.h"

/* Returns the context of a subflow; NULL if sk, which is a full socket, is not one. */
static __always_inline struct mptcp_subflow_context *subflow_context(const struct sock *sk)
{
	const struct inet_connection_sock *icsk = (const void *)sk;

	return kernel_is_subflow(sk) ? BPF_CORE_READ(icsk, icsk_ulp_data) : NULL;
}

static __always_inline __u64 token_hash(__u32 token, __u32 netns)
{
	return ((__u64)netns << 32 | token) * HASH_FACTOR;
}

/* Fills the identity of an MPTCP socket. */
static __always_inline void identify_mptcp(const struct sock *mptcp, struct record_socket_id *id)
{
	const struct mptcp_sock *msk = (const void *)mptcp;
	__u32 token = BPF_CORE_READ(msk, token);
	struct sock *first;

	id->address = (__u64)mptcp;
	if (token) {
		id->flow = token_hash(token,
				      BPF_CORE_READ(mptcp, __sk_common.skc_net.net, ns.inum));
		return;
	}
	first = BPF_CORE_READ(msk, first);
	id->flow = first ? socket_flow(&first->__sk_common).whole : 0;
}

/* Replaces the identity of a full socket by that of its MPTCP socket, if it is a subflow. */
static __always_inline void identify_subflow(const struct sock *sk, struct record_socket_id *id)
{
	struct mptcp_subflow_context *context = subflow_context(sk);
	struct sock *mptcp = context ? BPF_CORE_READ(context, conn) : NULL;

	if (mptcp)
		identify_mptcp(mptcp, id);
}

/* Fills the connection and the subflow of a full socket. A listener is neither. */
static __always_inline void fill_mptcp(struct drop_record *record, const struct sock *sk)
{
	struct mptcp_subflow_context *context = subflow_context(sk);
	const struct mptcp_sock *msk;

	if (!context)
		return;
	msk = (const void *)BPF_CORE_READ(context, conn);
	record->mptcp.token = msk ? BPF_CORE_READ(msk, token) : 0;
	if (!record->mptcp.token)
		return;
	record->mptcp.local_id = kernel_subflow_local_id(context);
	record->mptcp.remote_id = BPF_CORE_READ(context, remote_id);
	record->flags |= RECORD_HAS_MPTCP;
}

#endif
