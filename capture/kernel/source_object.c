// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bpf/record.h"
#include "hooks.h"
#include "prog_patch.h"
#include "prog_try.h"
#include "source_object.h"
#include "tcpdropcap.skel.h"

static const enum stack_mode stack_modes[] = {
	[EVENT_STACKS_AUTO] = STACK_AUTO,
	[EVENT_STACKS_ALL] = STACK_ALL,
	[EVENT_STACKS_NONE] = STACK_NONE,
};

/* The table has no size of its own, so that a forgotten row is noticed. */
_Static_assert(sizeof(stack_modes) == STACK_MODE_END * sizeof(int), "a row for each mode");

static struct tcpdropcap_bpf *open_object(const struct bpf_insn *filter, size_t count)
{
	struct tcpdropcap_bpf *bpf;
	int err;

	if (!filter)
		return tcpdropcap_bpf__open();
	bpf = calloc(1, sizeof(*bpf));
	err = bpf ? tcpdropcap_bpf__create_skeleton(bpf) : -ENOMEM;
	if (!err)
		err = prog_patch_open(bpf->skeleton, "expression_accepts", filter, count);
	if (!err)
		return bpf;
	tcpdropcap_bpf__destroy(bpf);
	errno = -err;
	return NULL;
}

/* The counters of listeners: without them, hooks_choose() leaves their hooks out. */
static void set_listen_counts(struct tcpdropcap_bpf__rodata *rodata, const struct kernel_btf *btf)
{
	uint32_t drops = 0, overflows = 0, queue_full = 0;

	kernel_btf_enumerator(btf, "LINUX_MIB_LISTENDROPS", &drops);
	kernel_btf_enumerator(btf, "LINUX_MIB_LISTENOVERFLOWS", &overflows);
	kernel_btf_enumerator(btf, "LINUX_MIB_TCPREQQFULLDROP", &queue_full);
	rodata->mib_listen_drops = drops;
	rodata->mib_listen_overflows = overflows;
	rodata->mib_request_queue_full = queue_full;
}

/* Differences between this kernel and others. */
static void set_kernel(struct tcpdropcap_bpf__rodata *rodata, const struct kernel_btf *btf)
{
	rodata->kfree_skb_args = (__u8)kernel_btf_tracepoint_args(btf, "kfree_skb");
	rodata->tcp_retransmit_skb_args = (__u8)kernel_btf_tracepoint_args(btf,
									   "tcp_retransmit_skb");
	rodata->tcp_send_reset_args = (__u8)kernel_btf_tracepoint_args(btf, "tcp_send_reset");
	rodata->consume_skb_args = (__u8)kernel_btf_tracepoint_args(btf, "consume_skb");
	rodata->inet_csk_accept_args = (__u8)kernel_btf_function_args(btf, "inet_csk_accept");
	rodata->with_skb_dynptr = prog_try_skb_dynptr(btf);
	rodata->tcp_drop_is_silent = hooks_tcp_drop_is_silent(btf);
	set_listen_counts(rodata, btf);
}

static void set_reasons(struct tcpdropcap_bpf__rodata *rodata, const struct source_config *config)
{
	rodata->filter_by_reason = config->by_reason;
	_Static_assert(sizeof(rodata->filter_reasons) == sizeof(config->reasons) &&
			       sizeof(rodata->filter_reset_reasons) ==
				       sizeof(config->reset_reasons),
		       "the kernel side takes as many reasons");
	memcpy((void *)rodata->filter_reasons, config->reasons, sizeof(rodata->filter_reasons));
	rodata->filter_reason_count = (__u32)config->reason_count;
	memcpy((void *)rodata->filter_reset_reasons, config->reset_reasons,
	       sizeof(rodata->filter_reset_reasons));
	rodata->filter_reset_reason_count = (__u32)config->reset_reason_count;
	rodata->reason_not_specified = config->reason_not_specified;
	rodata->reason_queue_purge = config->reason_queue_purge;
	rodata->reason_packet_sock_error = config->reason_packet_sock_error;
	rodata->reason_socket_rcvbuff = config->reason_socket_rcvbuff;
	rodata->reason_tcp_old_sequence = config->reason_tcp_old_sequence;
	rodata->reason_tcp_invalid_sequence = config->reason_tcp_invalid_sequence;
	rodata->reason_tcp_listen_overflow = config->reason_tcp_listen_overflow;
	_Static_assert(sizeof(rodata->qdisc_reasons) == sizeof(config->qdisc_reasons),
		       "the kernel side knows as many reasons of queue disciplines");
	memcpy((void *)rodata->qdisc_reasons, config->qdisc_reasons, sizeof(rodata->qdisc_reasons));
}

/* The kernel side has the causes in its own order. */
static __u32 cause_bits(uint32_t causes)
{
	static const enum record_cause record_causes[CAUSE_COUNT] = {
		[CAUSE_NONE] = RECORD_CAUSE_NONE,
		[CAUSE_LISTEN_OVERFLOW] = RECORD_CAUSE_LISTEN_OVERFLOW,
		[CAUSE_SYN_QUEUE_FULL] = RECORD_CAUSE_SYN_QUEUE_FULL,
		[CAUSE_LISTEN_DROP] = RECORD_CAUSE_LISTEN_DROP,
	};
	__u32 bits = 0;

	for (enum event_cause cause = CAUSE_NONE; cause < CAUSE_COUNT; cause++)
		bits |= (causes >> cause & 1U) << record_causes[cause];
	return bits;
}

static void set_filters(struct tcpdropcap_bpf__rodata *rodata, const struct source_config *config)
{
	const unsigned int changes = 1U << EVENT_STATE | 1U << EVENT_LIFE;

	rodata->filter_family = (__u8)config->family;
	rodata->filter_netns = config->netns;
	rodata->filter_states = config->states;
	rodata->filter_causes = cause_bits(config->causes);
	rodata->with_expression = config->filter != NULL;
	rodata->with_inner = config->inner;
	rodata->with_benign = config->all;
	rodata->with_state = config->events >> EVENT_STATE & 1;
	rodata->with_life = config->events >> EVENT_LIFE & 1;
	rodata->with_drops_of_lives = rodata->with_life && config->events >> EVENT_DROP & 1;
	rodata->with_drop_events = !config->drops_only_counted;
	rodata->with_time_wait_events = config->events & ~changes && !config->drops_only_counted;
	rodata->stack_mode = stack_modes[config->stack];
	/* Each CPU wakes the reader after its share of a quarter of the ring. */
	rodata->wakeup_bytes =
		(__u32)(config->ring_bytes / 4 / (__u64)sysconf(_SC_NPROCESSORS_ONLN));
}

struct tcpdropcap_bpf *source_object_open(const struct source_config *config,
					  const struct kernel_btf *btf)
{
	struct tcpdropcap_bpf *bpf = open_object(config->filter, config->filter_count);

	if (!bpf)
		return NULL;
	set_kernel(bpf->rodata, btf);
	set_reasons(bpf->rodata, config);
	set_filters(bpf->rodata, config);
	bpf_map__set_max_entries(bpf->maps.ring, (__u32)config->ring_bytes);
	/* kfree_skb with four arguments itself shows which packets TIME_WAIT sockets receive. */
	if (bpf->rodata->kfree_skb_args >= 4)
		bpf_map__set_max_entries(bpf->maps.time_waits, 1);
	if (!bpf->rodata->with_life)
		bpf_map__set_max_entries(bpf->maps.lives, 1);
	return bpf;
}
