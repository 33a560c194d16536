/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OWNER_BPF_H
#define OWNER_BPF_H

/*
 * Which process a socket belongs to, as far as its system calls tell: who called connect, listen or
 * accept, and who closed it. A file descriptor may be passed on unseen, so userspace asks the
 * iterator over all open files for the rest.
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

/* The same of closed connections, by their flow: what is left of them is another socket (TIME_WAIT). */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, OWNERS_MAX);
	__type(key, struct flow_key);
	__type(value, struct record_owner);
} closed SEC(".maps");

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

static __always_inline void forget_owner(const struct sock *sk)
{
	__u64 key = (__u64)sk;

	bpf_map_delete_elem(&owners, &key);
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
	if (!owner)
		return;
	record->owner = *owner;
	/* After a shutdown, the socket still has a file that others may hold. */
	if (owner->how == RECORD_OWNER_CLOSED && is_full_socket(record->state) &&
	    BPF_CORE_READ(sk, sk_socket))
		record->owner.how = RECORD_OWNER_OPENED;
}

#endif
