// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The hooks. Each only adapts its arguments: drop and event decide, and packet, socket and owner
 * read the kernel's objects.
 */
#include <linux/ptrace.h>
#include "kernel.bpf.h"
#include <bpf/bpf_tracing.h>
#include "claim.bpf.h"
#include "drop.bpf.h"
#include "event.bpf.h"
#include "life.bpf.h"
#include "listen.bpf.h"
#include "output.bpf.h"
#include "outside.bpf.h"
#include "owner.bpf.h"
#include "packet.bpf.h"
#include "record.h"
#include "reset.bpf.h"
#include "rx.bpf.h"
#include "socket.bpf.h"

SEC("tp_btf/kfree_skb")
int on_kfree_skb(__u64 *ctx)
{
	return on_free(ctx, false);
}

SEC("tp_btf/kfree_skb")
int on_kfree_skb_nested(__u64 *ctx)
{
	nested_enter(RECORD_DROP);
	on_free(ctx, true);
	nested_exit(RECORD_DROP);
	return 0;
}

SEC("fentry/tcp_v4_do_rcv")
int on_tcp_v4_do_rcv(__u64 *ctx)
{
	return rx_enter((const void *)ctx[0], (const void *)ctx[1]);
}

SEC("fexit/tcp_v4_do_rcv")
int on_tcp_v4_do_rcv_exit(__u64 *ctx)
{
	(void)ctx;
	return rx_exit();
}

SEC("fentry/tcp_v6_do_rcv")
int on_tcp_v6_do_rcv(__u64 *ctx)
{
	return rx_enter((const void *)ctx[0], (const void *)ctx[1]);
}

SEC("fexit/tcp_v6_do_rcv")
int on_tcp_v6_do_rcv_exit(__u64 *ctx)
{
	(void)ctx;
	return rx_exit();
}

SEC("fentry/__kfree_skb")
int on_silent_kfree_skb(__u64 *ctx)
{
	return on_silent_free(ctx);
}

SEC("tp_btf/consume_skb")
int on_consume_skb(__u64 *ctx)
{
	return on_consumed(ctx);
}

SEC("fentry/tcp_conn_request")
int on_tcp_conn_request(__u64 *ctx)
{
	return on_request((const void *)ctx[2]);
}

SEC("fexit/tcp_conn_request")
int on_tcp_conn_request_exit(__u64 *ctx)
{
	return on_request_done(ctx, (struct sock *)ctx[2], (const void *)ctx[3]);
}

SEC("tp_btf/qdisc_drop")
int on_qdisc_drop(__u64 *ctx)
{
	return on_qdisc_dropped(ctx[3], (__u32)ctx[4]);
}

SEC("tp_btf/xdp_exception")
int on_xdp_exception(__u64 *ctx)
{
	return on_exception((const void *)ctx[0], (const void *)ctx[1], (__u32)ctx[2]);
}

SEC("tp_btf/xdp_bulk_tx")
int on_xdp_bulk_tx(__u64 *ctx)
{
	return count_outside((const void *)ctx[0], RECORD_OUTSIDE_TX, (__u32)ctx[2]);
}

SEC("tp_btf/xdp_redirect_err")
int on_xdp_redirect_err(__u64 *ctx)
{
	return on_redirect_error((const void *)ctx[0], (const void *)ctx[1]);
}

/* The device is the one that should have sent them. */
SEC("tp_btf/xdp_devmap_xmit")
int on_xdp_devmap_xmit(__u64 *ctx)
{
	return count_outside((const void *)ctx[1], RECORD_OUTSIDE_REDIRECT, (__u32)ctx[3]);
}

SEC("tp_btf/xdp_cpumap_enqueue")
int on_xdp_cpumap_enqueue(__u64 *ctx)
{
	return count_outside(NULL, RECORD_OUTSIDE_REDIRECT, (__u32)ctx[2]);
}

SEC("tp_btf/devlink_trap_report")
int on_devlink_trap_report(__u64 *ctx)
{
	return on_trap((const void *)ctx[2]);
}

static __always_inline int retransmit(__u64 *ctx, bool nested)
{
	const struct sock *sk = (const void *)ctx[0];
	const struct sk_buff *skb = (const void *)ctx[1];
	struct candidate event = { .event = RECORD_RETRANSMIT };
	struct drop_record *record, *with_stack;
	__u64 headroom;

	if (!claim_event(skb, RECORD_RETRANSMIT, nested))
		return 0;
	record = reserve_output(&event, &with_stack, &sk->__sk_common,
				BPF_CORE_READ(sk, sk_dst_cache, dev));
	if (!record)
		return 0;
	record->skb = (__u64)skb;
	if (BPF_CORE_READ_BITFIELD(skb, ip_summed) == CHECKSUM_PARTIAL)
		record->flags |= RECORD_CSUM_PARTIAL;
	if (kernel_retransmit_err(ctx, &record->err))
		record->flags |= RECORD_HAS_ERR;
	fill_segment(record, sk, skb);
	headroom = skb->data - skb->head;
	if (headroom > RECORD_HEADROOM)
		headroom = RECORD_HEADROOM;
	copy_bytes(record, skb->data - headroom, headroom);
	event_submit(ctx, with_stack, record);
	return 0;
}

SEC("tp_btf/tcp_retransmit_skb")
int on_tcp_retransmit_skb(__u64 *ctx)
{
	return retransmit(ctx, false);
}

SEC("tp_btf/tcp_retransmit_skb")
int on_tcp_retransmit_skb_nested(__u64 *ctx)
{
	nested_enter(RECORD_RETRANSMIT);
	retransmit(ctx, true);
	nested_exit(RECORD_RETRANSMIT);
	return 0;
}

static __always_inline int retransmit_synack(__u64 *ctx, bool nested)
{
	const struct request_sock *req = (const void *)ctx[1];
	struct candidate event = { .event = RECORD_SYNACK };
	struct net *net = BPF_CORE_READ(req, __req_common.skc_net.net);
	int ifindex = BPF_CORE_READ(req, __req_common.skc_bound_dev_if);
	struct drop_record *record, *with_stack;

	if (!claim_event(req, RECORD_SYNACK, nested))
		return 0;
	record = reserve_output(&event, &with_stack, &req->__req_common,
				ifindex ? kernel_device(net, ifindex) : NULL);
	if (!record)
		return 0;
	fill_synack(record, req);
	event_submit(ctx, with_stack, record);
	return 0;
}

SEC("tp_btf/tcp_retransmit_synack")
int on_tcp_retransmit_synack(__u64 *ctx)
{
	return retransmit_synack(ctx, false);
}

SEC("tp_btf/tcp_retransmit_synack")
int on_tcp_retransmit_synack_nested(__u64 *ctx)
{
	nested_enter(RECORD_SYNACK);
	retransmit_synack(ctx, true);
	nested_exit(RECORD_SYNACK);
	return 0;
}

/* A tail loss probe (RFC 8985, section 7). */
static __always_inline int loss_probe(void *ctx, const struct sock *sk)
{
	struct candidate event = { .event = RECORD_TLP };
	struct drop_record *record, *with_stack;

	record = reserve_output(&event, &with_stack, &sk->__sk_common,
				BPF_CORE_READ(sk, sk_dst_cache, dev));
	if (!record)
		return 0;
	fill_probe(record, sk);
	event_submit(ctx, with_stack, record);
	return 0;
}

SEC("fentry/tcp_send_loss_probe")
int on_tcp_send_loss_probe(__u64 *ctx)
{
	return loss_probe(ctx, kernel_sock_arg(&ctx[0]));
}

SEC("kprobe/tcp_send_loss_probe")
int on_kprobe_tcp_send_loss_probe(struct pt_regs *ctx)
{
	return loss_probe(ctx, (const struct sock *)PT_REGS_PARM1(ctx));
}

static __always_inline int send_reset(__u64 *ctx, bool nested)
{
	const struct sk_buff *skb = (const void *)ctx[1];
	struct sock *sk = kernel_sock_arg(&ctx[0]);
	struct drop *drop;

	if (!nested && is_interrupt_of_itself(SLOT_RESET))
		return 0;
	if (!claim_event(skb ?: (const void *)sk, RECORD_RESET, nested))
		return 0;
	drop = drop_acquire(nested ? SLOT_RESET_NESTED : SLOT_RESET, RECORD_RESET);
	if (!drop)
		return 0;
	drop->event.has_reason = kernel_reset_reason(ctx, &drop->event.reason);
	if (sk && !is_tcp_socket(sk))
		sk = NULL;
	if (skb)
		reset_for_packet(ctx, skb, sk, drop);
	else if (sk)
		reset_of_socket(ctx, sk, &drop->event);
	drop_release(drop);
	return 0;
}

SEC("tp_btf/tcp_send_reset")
int on_tcp_send_reset(__u64 *ctx)
{
	return send_reset(ctx, false);
}

SEC("tp_btf/tcp_send_reset")
int on_tcp_send_reset_nested(__u64 *ctx)
{
	nested_enter(RECORD_RESET);
	send_reset(ctx, true);
	nested_exit(RECORD_RESET);
	return 0;
}

static __always_inline int receive_reset(__u64 *ctx, bool nested)
{
	const struct sock *sk = kernel_sock_arg(&ctx[0]);
	struct candidate event = { .event = RECORD_RESET };
	struct drop_record *record, *with_stack;

	if (!sk || !claim_event(sk, HOOK_RESET_RECEIVED, nested))
		return 0;
	record = reserve_output(&event, &with_stack, &sk->__sk_common, kernel_rx_device(sk));
	if (!record)
		return 0;
	record->direction = RECORD_DIR_IN;
	fill_received_reset(record, sk);
	event_submit(ctx, with_stack, record);
	return 0;
}

SEC("tp_btf/tcp_receive_reset")
int on_tcp_receive_reset(__u64 *ctx)
{
	return receive_reset(ctx, false);
}

SEC("tp_btf/tcp_receive_reset")
int on_tcp_receive_reset_nested(__u64 *ctx)
{
	nested_enter(HOOK_RESET_RECEIVED);
	receive_reset(ctx, true);
	nested_exit(HOOK_RESET_RECEIVED);
	return 0;
}

SEC("tp_btf/inet_sock_set_state")
int on_inet_sock_set_state(__u64 *ctx)
{
	return on_state_change(ctx, false);
}

SEC("tp_btf/inet_sock_set_state")
int on_inet_sock_set_state_nested(__u64 *ctx)
{
	nested_enter(RECORD_STATE);
	on_state_change(ctx, true);
	nested_exit(RECORD_STATE);
	return 0;
}

SEC("tp_btf/tcp_destroy_sock")
int on_tcp_destroy_sock(__u64 *ctx)
{
	forget_life(kernel_sock_arg(&ctx[0]));
	return 0;
}

/* The function returns the accepted socket: in ctx, that is after its arguments. */
const volatile __u8 inet_csk_accept_args = 2;

SEC("fexit/inet_csk_accept")
int on_inet_csk_accept(__u64 *ctx)
{
	struct socket_flow flow;
	struct sock *sk = NULL;

	if (inet_csk_accept_args <= 4)
		bpf_probe_read_kernel(&sk, sizeof(sk), &ctx[inet_csk_accept_args]);
	if (!sk)
		return 0;
	flow = socket_flow(&sk->__sk_common);
	note_owner(sk, &flow, TCP_ESTABLISHED, RECORD_OWNER_OPENED);
	return 0;
}

/* Writes a struct record_socket for each TCP socket that each process has open. */
SEC("iter/task_file")
int on_task_file(struct bpf_iter__task_file *ctx)
{
	struct record_socket entry = {};
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;
	struct socket *socket;
	struct sock *sk;
	__u16 protocol;

	if (!task || !file)
		return 0;
	socket = bpf_sock_from_file(file);
	if (!socket)
		return 0;
	sk = BPF_CORE_READ(socket, sk);
	entry.port = BPF_CORE_READ(sk, __sk_common.skc_family);
	protocol = BPF_CORE_READ(sk, sk_protocol);
	if (!sk || (entry.port != AF_INET && entry.port != AF_INET6) ||
	    (protocol != IPPROTO_TCP && protocol != IPPROTO_MPTCP))
		return 0;
	entry.netns = BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
	if (filter_netns && entry.netns != filter_netns)
		return 0;
	entry.id.address = (__u64)sk;
	entry.id.flow = socket_flow(&sk->__sk_common).whole;
	if (protocol == IPPROTO_MPTCP)
		identify_mptcp(sk, &entry.id);
	entry.port = BPF_CORE_READ(sk, __sk_common.skc_num);
	entry.state = socket_state(sk);
	fill_process(&entry.owner, task);
	bpf_seq_write(ctx->meta->seq, &entry, sizeof(entry));
	return 0;
}

/* Writes a byte for each connection that has ended without an event. */
SEC("?iter/bpf_map_elem")
int on_noted_life(struct bpf_iter__bpf_map_elem *ctx)
{
	__u8 gone = 1;

	if (has_unseen_end(ctx->key, ctx->value))
		bpf_seq_write(ctx->meta->seq, &gone, sizeof(gone));
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
