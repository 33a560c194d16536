/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OWNER_BPF_H
#define OWNER_BPF_H

/*
 * Which process a socket belongs to, as far as its system calls tell: who called connect, listen or
 * accept, and who closed it; and of which listener it is a child, until it is accepted. A file
 * descriptor may be passed on unseen, so user space asks the iterator over all open files for the
 * rest.
 */

#include "flow.bpf.h"
#include "kernel.bpf.h"
#include "record.h"

#define OWNERS_MAX 65536

/* Key: address of the socket. Forgetting the least recent is no harm: the owner is unknown then. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, OWNERS_MAX);
	__type(key, __u64);
	__type(value, struct record_owner);
} owners SEC(".maps");

/*
 * The same of closed connections, by their flow: what is left of them is another socket
 * (TIME_WAIT).
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, OWNERS_MAX);
	__type(key, struct flow_key);
	__type(value, struct record_owner);
} closed SEC(".maps");

/*
 * Key: address of a child; value: its listener. A child that is made at an address replaces what
 * was there.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, OWNERS_MAX);
	__type(key, __u64);
	__type(value, struct record_socket_id);
} listeners SEC(".maps");

static __always_inline void fill_socket_id(struct record_socket_id *id, const struct sock *sk)
{
	id->address = (__u64)sk;
	id->flow = socket_flow(&sk->__sk_common);
}

static __always_inline void fill_process(struct record_owner *owner, struct task_struct *task)
{
	owner->pid = BPF_CORE_READ(task, tgid);
	BPF_CORE_READ_STR_INTO(&owner->comm, task, group_leader, comm);
}

/* Called in the context of a system call: the current process has sk in its hands. */
static __always_inline void remember_owner(const struct sock *sk, __u32 how)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct record_owner owner = { .how = how };
	struct flow_key flow = {};
	__u64 key = (__u64)sk;

	if (BPF_CORE_READ(task, flags) & PF_KTHREAD)
		return; /* the kernel's own socket, or a file that a work queue closes */
	fill_process(&owner, task);
	bpf_map_update_elem(&owners, &key, &owner, BPF_ANY);
	if (how != RECORD_OWNER_CLOSED)
		return;
	flow_of(&sk->__sk_common, &flow);
	bpf_map_update_elem(&closed, &flow, &owner, BPF_ANY);
}

/* A new connection: who had one of its flow before has nothing to do with it. */
static __always_inline void forget_flow(const struct sock *sk)
{
	struct flow_key flow = {};

	flow_of(&sk->__sk_common, &flow);
	bpf_map_delete_elem(&closed, &flow);
}

/*
 * TIME_WAIT takes the socket's place: its owner stays known, if only as the one that had opened it.
 */
static __always_inline void keep_owner_of_flow(const struct sock *sk)
{
	__u64 key = (__u64)sk;
	struct record_owner *owner = bpf_map_lookup_elem(&owners, &key);
	struct flow_key flow = {};

	if (!owner)
		return;
	flow_of(&sk->__sk_common, &flow);
	bpf_map_update_elem(&closed, &flow, owner, BPF_NOEXIST);
}

static __always_inline void remember_listener(const struct sock *child)
{
	struct sock *listener = kernel_listener_of_copy(child);
	struct record_socket_id id;
	__u64 key = (__u64)child;

	if (!listener) {
		bpf_map_delete_elem(&listeners, &key);
		return;
	}
	fill_socket_id(&id, listener);
	bpf_map_update_elem(&listeners, &key, &id, BPF_ANY);
}

static __always_inline void forget_owner(const struct sock *sk)
{
	__u64 key = (__u64)sk;

	bpf_map_delete_elem(&owners, &key);
	bpf_map_delete_elem(&listeners, &key);
}

/*
 * Of a child that no process has accepted, the listener stands for the socket; absent if it is
 * unknown.
 */
static __always_inline void fill_listener(struct drop_record *record, const struct sock *child)
{
	__u64 key = (__u64)child;
	struct record_socket_id *listener = bpf_map_lookup_elem(&listeners, &key);

	if (listener)
		record->socket = *listener;
}

/* What is known of the owner of sk; a closed connection's, if sk is what is left of it. */
static __always_inline void fill_owner(struct drop_record *record, const struct sock *sk)
{
	struct flow_key flow = {};
	struct record_owner *owner;
	__u64 key = (__u64)sk;

	if (record->state == TCP_TIME_WAIT) {
		flow_of(&sk->__sk_common, &flow);
		owner = bpf_map_lookup_elem(&closed, &flow);
	} else {
		owner = bpf_map_lookup_elem(&owners, &key);
	}
	if (owner)
		record->owner = *owner;
}

#endif
