/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OWNER_BPF_H
#define OWNER_BPF_H

/*
 * The process that owns a socket, as far as its system calls show: the process that called connect,
 * listen, accept or shutdown, and the one that closed the socket; and the listener of a child that
 * no process has accepted. A file descriptor can be passed to another process unseen, so user space
 * also scans all open files.
 *
 * The address of a socket does not identify it: the kernel uses it again. An owner is noted with
 * the flow of its socket and counts only for a socket of that address and that flow. Thus an entry
 * that outlives its socket does no harm: entries are not deleted, but replaced when a socket is
 * born at their address (connect, listen, a child of a listener).
 *
 * This runs for each connection, so it must be cheap: entries are changed in place, without the
 * lock that an update of a map takes.
 */

#include "closed_owner.bpf.h"
#include "flow.bpf.h"
#include "kernel.bpf.h"
#include "mptcp.bpf.h"
#include "record.h"

#define OWNERS_MAX 65536

/* Whether an event may be that of a socket in TIME_WAIT: not a change of state. */
const volatile bool with_time_wait_events = true;

struct noted_owner {
	struct flow_owner owner; /* its flow: owner_flow() of the socket */
	/*
	 * Of a child that no process has accepted. The flow of the child is not known yet when this
	 * is noted; each birth at the address replaces it. Its address is 0 if there is none.
	 */
	struct record_socket_id listener;
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

/*
 * The flow with which the owner of a socket in that state is noted. connect() and listen() change
 * the state first and choose the local port then, so the port does not count in these states.
 */
static __always_inline __u64 owner_flow(const struct socket_flow *flow, __u8 state)
{
	return state == TCP_SYN_SENT || state == TCP_LISTEN ? flow->without_port : flow->whole;
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
 * The listener of the latest child on this CPU: reading its flow takes ten probe reads. It holds
 * until a socket begins to listen, which may be at the same address.
 */
struct latest_listener {
	__u64 listener; /* its address; id may be that of the MPTCP socket */
	struct record_socket_id id;
	__u64 begun; /* listeners_begun when the flow was read */
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct latest_listener);
} latest_listeners SEC(".maps");

__u64 listeners_begun;

/* Returns the entry of the socket's address; NULL: none, or another one has been evicted for it. */
static __always_inline struct noted_owner *noted_owner_at(const struct sock *sk)
{
	__u64 address = (__u64)sk;

	return bpf_map_lookup_elem(&owners, &address);
}

/*
 * Notes the current process as the owner of sk, whose flow is whole in the state that it enters. To
 * be called in the context of the process's system call.
 */
static __always_inline void note_owner(const struct sock *sk, const struct socket_flow *flow,
				       __u8 state, __u32 how)
{
	struct noted_owner new = { .owner.owner.how = how };
	struct noted_owner *noted;
	__u64 address = (__u64)sk;

	if (!fill_current_process(&new.owner.owner))
		return; /* a socket of the kernel, or a file that a work queue closes */
	noted = noted_owner_at(sk);
	if (noted) {
		write_owner(&noted->owner, owner_flow(flow, state), &new.owner.owner);
		if (state != TCP_ESTABLISHED) /* accept() has not yet given it a struct socket */
			noted->listener.address = 0;
	} else {
		write_owner(&new.owner, owner_flow(flow, state), &new.owner.owner);
		bpf_map_update_elem(&owners, &address, &new, BPF_ANY);
	}
	/* Of the closing states, LAST_ACK and CLOSE have no TIME_WAIT after them. */
	if (with_time_wait_events && how == RECORD_OWNER_CLOSED && state != TCP_LAST_ACK &&
	    state != TCP_CLOSE)
		note_closed_owner(flow->whole, &new.owner.owner);
}

/* sk leaves SYN_SENT, and has its local port: the port counts from now on. */
static __always_inline void note_connected(const struct sock *sk, const struct socket_flow *flow)
{
	struct noted_owner *noted = noted_owner_at(sk);
	struct record_owner owner;

	if (noted && read_owner(&noted->owner, flow->without_port, &owner))
		write_owner(&noted->owner, flow->whole, &owner);
}

/*
 * TIME_WAIT replaces sk: its owner stays known by the flow. That of a process which has closed sk
 * is noted already. An earlier connection with the same flow may have had another owner.
 */
static __always_inline void keep_owner_for_time_wait(const struct sock *sk, __u64 flow)
{
	struct noted_owner *noted = noted_owner_at(sk);
	struct record_owner owner;

	if (!noted || !read_owner(&noted->owner, flow, &owner))
		forget_closed_owner(flow);
	else if (owner.how != RECORD_OWNER_CLOSED)
		note_closed_owner(flow, &owner);
}

/* sk enters CLOSE. An error is that of a reset, a timeout, or of whoever aborts it (ss -K). */
static __always_inline __u32 owner_by_end(const struct sock *sk)
{
	if (!sk->sk_lock.owned || sk->sk_err || !sk->sk_socket)
		return RECORD_OWNER_NONE;
	return kernel_is_last_close(sk) ? RECORD_OWNER_CLOSED : RECORD_OWNER_OPENED;
}

/*
 * Only close() and shutdown() change the state in one of these ways, in the process's system call.
 * A shutdown in SYN_RECV waits for the end of the handshake, which an interrupt may bring.
 */
static __always_inline bool is_sent_fin(__u8 old, __u8 state)
{
	return (old == TCP_ESTABLISHED && state == TCP_FIN_WAIT1) ||
	       (old == TCP_CLOSE_WAIT && state == TCP_LAST_ACK);
}

/* Only close() sets these states again: a shutdown has sent the FIN before. */
static __always_inline bool is_close_after_fin(__u8 old, __u8 state)
{
	return old == state && (state == TCP_FIN_WAIT1 || state == TCP_FIN_WAIT2 ||
				state == TCP_CLOSING || state == TCP_LAST_ACK);
}

/*
 * Whether another process may be the owner that is noted, so that a shutdown does not replace it:
 * who shuts down one way may be a process that leaves the socket to the owner.
 */
static __always_inline bool is_noted_half_close(const struct sock *sk, __u64 flow)
{
	struct noted_owner *noted = noted_owner_at(sk);
	struct record_owner owner;

	return BPF_CORE_READ_BITFIELD(sk, sk_shutdown) != SHUTDOWN_MASK && noted &&
	       read_owner(&noted->owner, flow, &owner);
}

/*
 * Returns how a change of state shows that the current process owns sk, RECORD_OWNER_NONE if it
 * does not. After a shutdown, another process may have the socket, too. A process that has locked a
 * socket without an error when it enters CLOSE resets the connection by close() or connect().
 */
static __always_inline __u32 owner_by_state(const struct sock *sk, const struct socket_flow *flow,
					    __u8 old, __u8 state)
{
	if (state == TCP_SYN_SENT || state == TCP_LISTEN)
		return RECORD_OWNER_OPENED;
	if (state == TCP_CLOSE)
		return owner_by_end(sk);
	if (!sk->sk_lock.owned)
		return RECORD_OWNER_NONE;
	if (is_close_after_fin(old, state))
		return kernel_is_last_close(sk) ? RECORD_OWNER_CLOSED : RECORD_OWNER_NONE;
	if (!is_sent_fin(old, state) || is_noted_half_close(sk, flow->whole))
		return RECORD_OWNER_NONE;
	return kernel_is_last_close(sk) ? RECORD_OWNER_CLOSED : RECORD_OWNER_OPENED;
}

/* Whether TIME_WAIT replaces the socket (its FIN_WAIT2, too), unless it has an error. */
static __always_inline bool is_replaced(__u8 old, __u8 state)
{
	return state == TCP_CLOSE && (old == TCP_FIN_WAIT2 || old == TCP_CLOSING);
}

/*
 * Whether a change of state is followed for the owner. After LAST_ACK, only a process that still
 * has the socket can show something, and where no event needs the owner of TIME_WAIT, after
 * FIN_WAIT2, too.
 */
static __always_inline bool matters_for_owner(const struct sock *sk, __u8 old, __u8 state)
{
	bool is_left = old == TCP_LAST_ACK || (!with_time_wait_events && is_replaced(old, state));

	if (old == state)
		return is_close_after_fin(old, state);
	if (state == TCP_CLOSE)
		return old != TCP_LISTEN && (!is_left || sk->sk_socket);
	return state == TCP_SYN_SENT || state == TCP_LISTEN || old == TCP_LISTEN ||
	       old == TCP_SYN_SENT || is_sent_fin(old, state);
}

/* A process has sk, or it has entered CLOSE. */
static __always_inline void forget_listener(const struct sock *sk)
{
	struct noted_owner *noted = noted_owner_at(sk);

	if (noted)
		noted->listener.address = 0;
}

/* sk, by a typed pointer, changes its state and has that flow. */
static __always_inline void note_owner_by_state(const struct sock *sk,
						const struct socket_flow *flow, __u8 old,
						__u8 state)
{
	__u32 how = owner_by_state(sk, flow, old, state);

	if (state == TCP_LISTEN)
		__sync_fetch_and_add(&listeners_begun, 1);
	if (how != RECORD_OWNER_NONE)
		note_owner(sk, flow, state, how);
	else if (is_sent_fin(old, state))
		forget_listener(sk);
	if (old == TCP_SYN_SENT)
		note_connected(sk, flow);
	if (with_time_wait_events && is_replaced(old, state))
		keep_owner_for_time_wait(sk, flow->whole);
}

static __always_inline void fill_listener_id(struct record_socket_id *id,
					     const struct sock *listener)
{
	__u32 zero = 0;
	struct latest_listener *latest = bpf_map_lookup_elem(&latest_listeners, &zero);
	__u64 begun = *(volatile __u64 *)&listeners_begun;

	if (!latest)
		return;
	if (latest->listener != (__u64)listener || latest->begun != begun) {
		latest->listener = (__u64)listener;
		latest->id.address = (__u64)listener;
		latest->id.flow = socket_flow(&listener->__sk_common).whole;
		identify_subflow(listener, &latest->id);
		latest->begun = begun;
	}
	*id = latest->id;
}

/* child is a listener's copy that becomes a connection. */
static __always_inline void note_listener(const struct sock *child)
{
	const struct sock *listener = kernel_listener_of_copy(child);
	struct noted_owner *noted = noted_owner_at(child);
	struct noted_owner new = {};
	__u64 address = (__u64)child;

	if (listener)
		fill_listener_id(&new.listener, listener);
	if (noted) {
		noted->owner.tag = 0;
		noted->listener = new.listener;
	} else if (new.listener.address) {
		bpf_map_update_elem(&owners, &address, &new, BPF_ANY);
	}
}

/* Fills the listener of a child that no process has accepted as the event's socket, if known. */
static __always_inline void fill_listener(struct drop_record *record, const struct sock *child)
{
	struct noted_owner *noted = noted_owner_at(child);

	if (noted && noted->listener.address)
		record->socket = noted->listener;
}

/* Fills the id of sk, which has that flow and state, and its owner, if known. */
static __always_inline void fill_owner_of(struct drop_record *record, const struct sock *sk,
					  const struct socket_flow *flow, __u8 state)
{
	struct noted_owner *noted;

	record->socket.address = (__u64)sk;
	record->socket.flow = flow->whole;
	if (state == TCP_TIME_WAIT) { /* a socket of its own, which has replaced the owner's */
		find_closed_owner(flow->whole, &record->owner);
		return;
	}
	if (is_full_socket(state))
		identify_subflow(sk, &record->socket);
	noted = noted_owner_at(sk);
	if (noted)
		read_owner(&noted->owner, owner_flow(flow, state), &record->owner);
}

static __always_inline void fill_owner(struct drop_record *record, const struct sock *sk,
				       __u8 state)
{
	struct socket_flow flow = socket_flow(&sk->__sk_common);

	fill_owner_of(record, sk, &flow, state);
}

#endif
