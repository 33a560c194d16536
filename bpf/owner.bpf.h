/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OWNER_BPF_H
#define OWNER_BPF_H

/*
 * Which process a socket belongs to, as far as its system calls tell: who called connect, listen or
 * accept, and who closed it. A file descriptor may be passed on unseen, so userspace asks the
 * iterator over all open files for the rest.
 */

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
	__type(key, struct record_socket_id);
	__type(value, struct record_owner);
} closed SEC(".maps");

/* Ports, peer and namespace, mixed into a number that another socket hardly has. */
static __always_inline __u64 socket_flow(const struct sock_common *common)
{
	__u32 peer[4] = {}, ports = BPF_CORE_READ(common, skc_num) << 16;

	ports |= BPF_CORE_READ(common, skc_dport);
	if (BPF_CORE_READ(common, skc_family) == AF_INET6)
		BPF_CORE_READ_INTO((struct in6_addr *)peer, common, skc_v6_daddr);
	else
		peer[3] = BPF_CORE_READ(common, skc_daddr);
	peer[3] ^= peer[0] ^ peer[1];
	peer[2] ^= BPF_CORE_READ(common, skc_net.net, ns.inum);
	return ((__u64)ports << 32 | peer[3]) ^ (__u64)peer[2] << 16;
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
	struct record_socket_id id = {};
	__u64 key = (__u64)sk;

	if (BPF_CORE_READ(task, flags) & PF_KTHREAD)
		return; /* the kernel's own socket, or a file that a work queue closes */
	fill_process(&owner, task);
	bpf_map_update_elem(&owners, &key, &owner, BPF_ANY);
	if (how != RECORD_OWNER_CLOSED)
		return;
	id.flow = socket_flow(&sk->__sk_common);
	bpf_map_update_elem(&closed, &id, &owner, BPF_ANY);
}

static __always_inline void forget_owner(const struct sock *sk)
{
	__u64 key = (__u64)sk;

	bpf_map_delete_elem(&owners, &key);
}

/* What is known of the owner of sk; a closed connection's, if sk is what is left of it. */
static __always_inline void fill_owner(struct drop_record *record, const struct sock *sk)
{
	struct record_socket_id id = {};
	struct record_owner *owner;
	__u64 key = (__u64)sk;

	if (record->state == TCP_TIME_WAIT) {
		id.flow = socket_flow(&sk->__sk_common);
		owner = bpf_map_lookup_elem(&closed, &id);
	} else {
		owner = bpf_map_lookup_elem(&owners, &key);
	}
	if (owner)
		record->owner = *owner;
}

#endif
