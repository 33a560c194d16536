/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OWNER_BPF_H
#define OWNER_BPF_H

/*
 * The process that owns a socket, as far as its system calls show: the process that called connect,
 * listen or accept, and the one that closed the socket; and the listener of a child that no process
 * has accepted. A file descriptor can be passed to another process unseen, so user space also scans
 * all open files.
 *
 * The address of a socket does not identify it: the kernel uses it again. An owner is noted with
 * the flow of its socket and counts only for a socket of that address and that flow. Thus an entry
 * that outlives its socket does no harm. That can happen: tcp_destroy_sock is not run for a socket
 * that is destroyed by an interrupt of its own program.
 */

#include "flow.bpf.h"
#include "kernel.bpf.h"
#include "mptcp.bpf.h"
#include "record.h"

#define OWNERS_MAX 65536

struct noted_owner {
	__u64 flow; /* owner_flow() of the socket */
	struct record_owner owner;
};

/*
 * Key: address of the socket. An owner that was evicted, the least recently used one, is unknown.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, OWNERS_MAX);
	__type(key, __u64);
	__type(value, struct noted_owner);
} owners SEC(".maps");

/* The owners of closed connections by flow: TIME_WAIT replaces the socket by another one. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, OWNERS_MAX);
	__type(key, struct flow_key);
	__type(value, struct record_owner);
} closed_owners SEC(".maps");

/*
 * Key: address of a child; value: its listener. The flow of the child is not known yet when this is
 * noted; a new child at the same address replaces the entry.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, OWNERS_MAX);
	__type(key, __u64);
	__type(value, struct record_socket_id);
} listeners SEC(".maps");

/*
 * The flow with which the owner of a socket in that state is noted. connect() and listen() change
 * the state first and choose the local port then, so the port does not count in these states.
 */
static __always_inline __u64 owner_flow(const struct socket_flow *flow, __u8 state)
{
	return state == TCP_SYN_SENT || state == TCP_LISTEN ? flow->without_port : flow->whole;
}

/*
 * Deletes an entry. A lookup takes no lock, and mostly there is no entry: most sockets have no
 * listener, and no earlier connection with the same flow.
 */
static __always_inline void delete_if_there(void *map, const void *key)
{
	if (bpf_map_lookup_elem(map, key))
		bpf_map_delete_elem(map, key);
}

static __always_inline void fill_process(struct record_owner *owner, struct task_struct *task)
{
	owner->pid = BPF_CORE_READ(task, tgid);
	BPF_CORE_READ_STR_INTO(&owner->comm, task, group_leader, comm);
}

/* Fills the current process. Returns false in a thread of the kernel. */
static __always_inline bool fill_current_process(struct record_owner *owner)
{
	const struct task_struct *task = kernel_current();
	struct task_struct *untyped;
	const __u64 *comm;

	if (!task) {
		untyped = (struct task_struct *)bpf_get_current_task();
		fill_process(owner, untyped);
		return !(BPF_CORE_READ(untyped, flags) & PF_KTHREAD);
	}
	comm = (const __u64 *)task->group_leader->comm;
	owner->pid = task->tgid;
	((__u64 *)owner->comm)[0] = comm[0];
	((__u64 *)owner->comm)[1] = comm[1];
	return !(task->flags & PF_KTHREAD);
}

/*
 * Returns whether this owner of the socket is noted already, as is usual when it closes the socket.
 * Only how it is known may differ then: it is changed in place, for less than an update costs.
 */
static __always_inline bool is_owner_noted(__u64 address, const struct noted_owner *new)
{
	struct noted_owner *noted = bpf_map_lookup_elem(&owners, &address);
	const __u64 *comm = (const __u64 *)new->owner.comm;

	if (!noted || noted->flow != new->flow || noted->owner.pid != new->owner.pid ||
	    ((const __u64 *)noted->owner.comm)[0] != comm[0] ||
	    ((const __u64 *)noted->owner.comm)[1] != comm[1])
		return false;
	noted->owner.how = new->owner.how;
	return true;
}

/*
 * Notes the current process as the owner of sk, which enters that state. To be called in the
 * context of the process's system call.
 */
static __always_inline void note_owner(const struct sock *sk, const struct flow_key *key,
				       __u8 state, __u32 how)
{
	struct socket_flow flow = flow_hash(key);
	struct noted_owner noted = { .flow = owner_flow(&flow, state), .owner = { .how = how } };
	__u64 address = (__u64)sk;

	if (!fill_current_process(&noted.owner))
		return; /* a socket of the kernel, or a file that a work queue closes */
	if (!is_owner_noted(address, &noted))
		bpf_map_update_elem(&owners, &address, &noted, BPF_ANY);
	/* Of the closing states, LAST_ACK and CLOSE have no TIME_WAIT after them. */
	if (how == RECORD_OWNER_CLOSED && state == TCP_FIN_WAIT1)
		bpf_map_update_elem(&closed_owners, key, &noted.owner, BPF_ANY);
}

/* sk leaves SYN_SENT, and has its local port: the port counts from now on. */
static __always_inline void note_connected(const struct sock *sk, const struct flow_key *key)
{
	__u64 address = (__u64)sk;
	struct noted_owner *noted = bpf_map_lookup_elem(&owners, &address);
	struct socket_flow flow = flow_hash(key);

	if (noted && noted->flow == flow.without_port)
		noted->flow = flow.whole;
}

/* TIME_WAIT replaces sk: its owner stays known by the flow, unless the process closed sk before. */
static __always_inline void keep_owner_for_time_wait(const struct sock *sk,
						     const struct flow_key *key)
{
	__u64 address = (__u64)sk;
	struct noted_owner *noted;

	if (bpf_map_lookup_elem(&closed_owners, key))
		return;
	noted = bpf_map_lookup_elem(&owners, &address);
	if (noted && noted->flow == flow_hash(key).whole)
		bpf_map_update_elem(&closed_owners, key, &noted->owner, BPF_NOEXIST);
}

/* sk enters CLOSE. An error is that of a reset, a timeout, or of whoever aborts it (ss -K). */
static __always_inline __u32 owner_by_end(const struct sock *sk)
{
	if (!BPF_CORE_READ(sk, sk_lock.owned) || BPF_CORE_READ(sk, sk_err) ||
	    !BPF_CORE_READ(sk, sk_socket))
		return RECORD_OWNER_NONE;
	return kernel_is_last_close(sk) ? RECORD_OWNER_CLOSED : RECORD_OWNER_OPENED;
}

/*
 * Returns how a change of state shows that the current process owns sk, RECORD_OWNER_NONE if it
 * does not. Only close() and shutdown() move a socket from ESTABLISHED to FIN_WAIT1, or from
 * CLOSE_WAIT to LAST_ACK. After a shutdown, another process may have the socket, too, and close it
 * later, which no hook shows. A process that has locked a socket without an error when it enters
 * CLOSE resets the connection by close() or connect().
 */
static __always_inline __u32 owner_by_state(const struct sock *sk, __u8 old, __u8 state)
{
	if (state == TCP_SYN_SENT || state == TCP_LISTEN)
		return RECORD_OWNER_OPENED;
	if (state == TCP_CLOSE)
		return old != TCP_CLOSE && old != TCP_LISTEN ? owner_by_end(sk) : RECORD_OWNER_NONE;
	if (!(old == TCP_ESTABLISHED && state == TCP_FIN_WAIT1) &&
	    !(old == TCP_CLOSE_WAIT && state == TCP_LAST_ACK))
		return RECORD_OWNER_NONE;
	if (BPF_CORE_READ_BITFIELD_PROBED(sk, sk_shutdown) != SHUTDOWN_MASK)
		return RECORD_OWNER_NONE;
	return kernel_is_last_close(sk) ? RECORD_OWNER_CLOSED : RECORD_OWNER_OPENED;
}

/* Whether TIME_WAIT replaces the socket (its FIN_WAIT2, too), unless it has an error. */
static __always_inline bool is_replaced(__u8 old, __u8 state)
{
	return state == TCP_CLOSE && (old == TCP_FIN_WAIT2 || old == TCP_CLOSING);
}

/* sk, whose flow is key, changes its state; how is the value of owner_by_state(). */
static __always_inline void note_owner_by_state(const struct sock *sk, const struct flow_key *key,
						__u32 how, __u8 old, __u8 state)
{
	if (how != RECORD_OWNER_NONE)
		note_owner(sk, key, state, how);
	if (old == TCP_SYN_SENT)
		note_connected(sk, key);
	/* A new connection: an earlier one with the same flow may have had another owner. */
	if (state == TCP_ESTABLISHED)
		delete_if_there(&closed_owners, key);
	if (is_replaced(old, state))
		keep_owner_for_time_wait(sk, key);
}

/* child is a listener's copy that becomes a connection. */
static __always_inline void note_listener(const struct sock *child)
{
	struct sock *listener = kernel_listener_of_copy(child);
	struct record_socket_id id = { .address = (__u64)listener };
	__u64 address = (__u64)child;

	if (!listener) {
		delete_if_there(&listeners, &address);
		return;
	}
	id.flow = socket_flow(&listener->__sk_common).whole;
	identify_subflow(listener, &id);
	bpf_map_update_elem(&listeners, &address, &id, BPF_ANY);
}

static __always_inline void forget_socket(const struct sock *sk)
{
	__u64 address = (__u64)sk;

	delete_if_there(&owners, &address);
	delete_if_there(&listeners, &address);
}

/* Fills the listener of a child that no process has accepted as the event's socket, if known. */
static __always_inline void fill_listener(struct drop_record *record, const struct sock *child)
{
	__u64 address = (__u64)child;
	struct record_socket_id *listener = bpf_map_lookup_elem(&listeners, &address);

	if (listener)
		record->socket = *listener;
}

/* Fills the id of sk, which has that flow and state, and its owner, if known. */
static __always_inline void fill_owner_of(struct drop_record *record, const struct sock *sk,
					  const struct flow_key *key, __u8 state)
{
	__u64 address = (__u64)sk;
	struct record_owner *closed;
	struct noted_owner *noted;
	struct socket_flow flow = flow_hash(key);

	record->socket.address = address;
	record->socket.flow = flow.whole;
	if (state == TCP_TIME_WAIT) { /* a socket of its own, which has replaced the owner's */
		closed = bpf_map_lookup_elem(&closed_owners, key);
		if (closed)
			record->owner = *closed;
		return;
	}
	if (is_full_socket(state))
		identify_subflow(sk, &record->socket);
	noted = bpf_map_lookup_elem(&owners, &address);
	if (noted && noted->flow == owner_flow(&flow, state))
		record->owner = noted->owner;
}

static __always_inline void fill_owner(struct drop_record *record, const struct sock *sk,
				       __u8 state)
{
	struct flow_key key = {};

	flow_of(&sk->__sk_common, &key);
	fill_owner_of(record, sk, &key, state);
}

#endif
