// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernel side of `top`: two iterators over TCP sockets, which run when user space reads them
 * and never otherwise. No program is in the path of a packet or of a system call.
 *
 * on_tcp visits all connections of one network namespace, also those that no process has open.
 * on_file visits the sockets in the open files of all processes, in all namespaces, with their
 * holders. Each writes a struct top_record for a connection.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

#include "flow.bpf.h"
#include "kernel.bpf.h"
#include "top_record.h"

const volatile __u8 top_family;	 /* 0: both */
const volatile __u32 top_netns;	 /* inode number; 0: all */
const volatile bool with_cookie; /* bpf_get_socket_cookie() takes a struct sock: 5.12 and later */

static __always_inline void fill_addresses(struct top_record *record,
					   const struct sock_common *common)
{
	if (record->family == AF_INET) {
		BPF_CORE_READ_INTO((__u32 *)record->local, common, skc_rcv_saddr);
		BPF_CORE_READ_INTO((__u32 *)record->remote, common, skc_daddr);
	} else {
		BPF_CORE_READ_INTO((struct in6_addr *)record->local, common, skc_v6_rcv_saddr);
		BPF_CORE_READ_INTO((struct in6_addr *)record->remote, common, skc_v6_daddr);
	}
	record->local_port = local_port(common);
	record->remote_port = bpf_ntohs(BPF_CORE_READ(common, skc_dport));
}

/*
 * A retransmission is added to bytes_retrans before it is added to bytes_sent. In the reverse order
 * of reading, their difference may be too small for an instant, and is never too large. In the same
 * way the flag of the FIN is read after bytes_received.
 */
static __always_inline void fill_counters(struct top_record *record, const struct sock *sk)
{
	const struct tcp_sock *tp = (const void *)sk;

	record->bytes_sent = BPF_CORE_READ(tp, bytes_sent);
	record->bytes_retrans = BPF_CORE_READ(tp, bytes_retrans);
	record->bytes_acked = BPF_CORE_READ(tp, bytes_acked);
	record->bytes_received = BPF_CORE_READ(tp, bytes_received);
	if (BPF_CORE_READ(sk, __sk_common.skc_flags) >> SOCK_DONE & 1)
		record->flags |= TOP_HAS_FIN;
	record->srtt = BPF_CORE_READ(tp, srtt_us);
	record->total_retrans = BPF_CORE_READ(tp, total_retrans);
	record->drops = BPF_CORE_READ(sk, sk_drops.counter);
}

static __always_inline void fill_cgroup(struct top_record *record, const struct sock *sk)
{
	struct cgroup *cgroup = kernel_sock_cgroup(sk);

	if (!cgroup)
		return;
	record->cgroup_id = BPF_CORE_READ(cgroup, kn, id);
	record->flags |= TOP_HAS_CGROUP;
}

/*
 * Fills the record of a full socket. Returns false if it is not a connection, or not requested. A
 * connection that has ended keeps its peer's port and its counters as long as a process has it
 * open.
 */
static __always_inline bool fill_record(struct top_record *record, const struct sock *sk)
{
	const struct sock_common *common = &sk->__sk_common;

	record->state = BPF_CORE_READ(common, skc_state);
	if (record->state == TCP_LISTEN || !BPF_CORE_READ(common, skc_dport))
		return false;
	record->family = socket_family(common);
	if (top_family && record->family != top_family)
		return false;
	record->netns = BPF_CORE_READ(common, skc_net.net, ns.inum);
	if (top_netns && record->netns != top_netns)
		return false;
	record->address = (__u64)sk;
	record->flow = socket_flow(common).whole;
	record->uid = BPF_CORE_READ(sk, sk_uid.val);
	fill_addresses(record, common);
	fill_counters(record, sk);
	fill_cgroup(record, sk);
	return true;
}

SEC("iter/tcp")
int on_tcp(struct bpf_iter__tcp *ctx)
{
	struct sock_common *common = ctx->sk_common;
	struct top_record record = {};
	struct tcp_sock *tp;

	if (!common)
		return 0;
	/* NULL for requests and TIME_WAIT, which have no counters. */
	tp = bpf_skc_to_tcp_sock(common);
	if (!tp || !fill_record(&record, (const void *)tp))
		return 0;
	record.cookie = with_cookie ? bpf_get_socket_cookie(tp)
				    : BPF_CORE_READ(common, skc_cookie.counter);
	bpf_seq_write(ctx->meta->seq, &record, sizeof(record));
	return 0;
}

SEC("iter/task_file")
int on_file(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;
	struct top_record record = {};
	struct socket *socket;
	struct sock *sk;
	__u16 family;

	if (!task || !file)
		return 0;
	socket = kernel_socket_of_file(file);
	sk = socket ? BPF_CORE_READ(socket, sk) : NULL;
	if (!sk)
		return 0;
	family = BPF_CORE_READ(sk, __sk_common.skc_family);
	if ((family != AF_INET && family != AF_INET6) ||
	    BPF_CORE_READ(sk, sk_protocol) != IPPROTO_TCP || !fill_record(&record, sk))
		return 0;
	record.cookie = BPF_CORE_READ(sk, __sk_common.skc_cookie.counter);
	record.pid = BPF_CORE_READ(task, tgid);
	BPF_CORE_READ_STR_INTO(&record.comm, task, group_leader, comm);
	record.flags |= TOP_HAS_HOLDER;
	bpf_seq_write(ctx->meta->seq, &record, sizeof(record));
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
