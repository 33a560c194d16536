// SPDX-License-Identifier: GPL-2.0-or-later
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/membarrier.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bpf/record.h"
#include "event/decode.h"
#include "hooks.h"
#include "prog_try.h"
#include "ring.h"
#include "source.h"
#include "prog_patch.h"
#include "symbol_table.h"
#include "tcpdropcap.skel.h"

#define LOCATIONS_MAX 4096 /* more than the map has */

struct source {
	struct tcpdropcap_bpf *bpf;
	struct ring *ring;
	struct hooks hooks;
	int filter_error;
};

static const enum record_event record_events[] = {
	[EVENT_DROP] = RECORD_DROP,	[EVENT_RETRANSMIT] = RECORD_RETRANSMIT,
	[EVENT_SYNACK] = RECORD_SYNACK, [EVENT_TLP] = RECORD_TLP,
	[EVENT_RESET] = RECORD_RESET,
};

static const enum record_filter record_filters[] = {
	[SOURCE_FILTER_EXPRESSION] = RECORD_FILTER_EXPRESSION,
	[SOURCE_FILTER_FAMILY] = RECORD_FILTER_FAMILY,
	[SOURCE_FILTER_NETNS] = RECORD_FILTER_NETNS,
	[SOURCE_FILTER_STATE] = RECORD_FILTER_STATE,
	[SOURCE_FILTER_REASON] = RECORD_FILTER_REASON,
	[SOURCE_FILTER_BENIGN] = RECORD_FILTER_BENIGN,
};

static const enum stack_mode stack_modes[] = {
	[EVENT_STACKS_AUTO] = STACK_AUTO,
	[EVENT_STACKS_ALL] = STACK_ALL,
	[EVENT_STACKS_NONE] = STACK_NONE,
};

/* The tables have no size of their own, so that a forgotten row is noticed. */
_Static_assert(sizeof(record_events) == EVENT_KIND_COUNT * sizeof(int), "a row for each kind");
_Static_assert(sizeof(record_filters) == SOURCE_FILTER_COUNT * sizeof(int), "one for each filter");
_Static_assert(sizeof(stack_modes) == STACK_MODE_END * sizeof(int), "one for each mode");
_Static_assert((int)SOURCE_FILTER_COUNT == (int)RECORD_FILTER_END, "the filters have twins");
_Static_assert(SOURCE_REASONS_MAX == RECORD_REASONS_MAX, "the lists of reasons are copied whole");

/* The object, the filter in its stub. Returns NULL and errno. */
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

static unsigned int cpu_count(void)
{
	int cpus = libbpf_num_possible_cpus();

	return cpus > 0 ? (unsigned int)cpus : 1;
}

/* Opens the object and sets what is constant in it. */
static int open_configured(struct source *source, const struct source_config *config,
			   const struct kernel_btf *btf)
{
	struct tcpdropcap_bpf__rodata *rodata;

	source->bpf = open_object(config->filter, config->filter_count);
	if (!source->bpf)
		return -errno;
	rodata = source->bpf->rodata;
	rodata->kfree_skb_args = (__u8)kernel_btf_tracepoint_args(btf, "kfree_skb");
	rodata->tcp_retransmit_skb_args = (__u8)kernel_btf_tracepoint_args(btf,
									   "tcp_retransmit_skb");
	rodata->tcp_send_reset_args = (__u8)kernel_btf_tracepoint_args(btf, "tcp_send_reset");
	rodata->inet_csk_accept_args = (__u8)kernel_btf_function_args(btf, "inet_csk_accept");
	rodata->with_skb_dynptr = prog_try_skb_dynptr(btf);
	rodata->tcp_drop_is_silent = hooks_tcp_drop_is_silent(btf);
	rodata->filter_family = (__u8)config->family;
	rodata->filter_netns = config->netns;
	rodata->filter_states = config->states;
	rodata->filter_by_reason = config->by_reason;
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
	rodata->with_expression = config->filter != NULL;
	rodata->with_benign = config->all;
	rodata->stack_mode = stack_modes[config->stack];
	/* A quarter of the ring, of all CPUs together. */
	rodata->wakeup_bytes =
		(__u32)(config->ring_bytes / 4 / (__u64)sysconf(_SC_NPROCESSORS_ONLN));
	bpf_map__set_max_entries(source->bpf->maps.ring, (__u32)config->ring_bytes);
	if (rodata->kfree_skb_args >= 4) /* then the kernel itself tells what is for TIME_WAIT */
		bpf_map__set_max_entries(source->bpf->maps.time_waits, 1);
	hooks_choose(&source->hooks, source->bpf->obj, config->events, btf);
	return 0;
}

/* What was learned by the symbols of before: a module may have another's addresses. */
static void forget_locations(int map)
{
	__u64 location;

	for (int i = 0; i < LOCATIONS_MAX && !bpf_map_get_next_key(map, NULL, &location); i++)
		bpf_map_delete_elem(map, &location);
}

int source_use_symbols(struct source *source, struct symbols *symbols)
{
	struct symbol_table table;
	size_t left_out = symbol_table_fill(&table, symbols);
	__u32 zero = 0;

	if (bpf_map_update_elem(bpf_map__fd(source->bpf->maps.symtab), &zero, &table, BPF_ANY))
		return -errno;
	forget_locations(bpf_map__fd(source->bpf->maps.sent_locations));
	return left_out ? -ENOSPC : 0;
}

static int explain_load(int err, struct error *error)
{
	if (err == -EPERM || err == -EACCES)
		return error_set(
			error, err,
			"cannot load BPF programs: %s; need CAP_BPF and CAP_PERFMON: run as "
			"root (-v shows the kernel's log)",
			strerror(-err));
	if (err == -ENOMEM)
		return error_set(error, err,
				 "cannot load BPF programs: %s; try a smaller ring (-B)",
				 strerror(-err));
	return error_set(error, err, "this kernel refuses the BPF programs: %s; -v shows its log",
			 strerror(-err));
}

/* Once more without the filter, if there is one: it may be what the kernel has refused. */
static int load(struct source *source, const struct source_config *config,
		const struct kernel_btf *btf)
{
	struct source_config without = *config;
	int err = tcpdropcap_bpf__load(source->bpf);

	if (!err || !config->filter)
		return err;
	source->filter_error = err;
	tcpdropcap_bpf__destroy(source->bpf);
	without.filter = NULL;
	err = open_configured(source, &without, btf);
	return err ? err : tcpdropcap_bpf__load(source->bpf);
}

struct source *source_open(const struct source_config *config, const struct kernel_btf *btf,
			   struct error *error)
{
	struct source *source = calloc(1, sizeof(*source));
	int err;

	if (!source) {
		error_set(error, -ENOMEM, "out of memory");
		return NULL;
	}
	err = open_configured(source, config, btf);
	if (!err)
		err = load(source, config, btf);
	if (err) {
		explain_load(err, error);
		goto fail;
	}
	source->ring = ring_new(bpf_map__fd(source->bpf->maps.ring), error);
	if (source->ring)
		return source;
fail:
	source_close(source);
	return NULL;
}

int source_filter_error(const struct source *source)
{
	return source->filter_error;
}

int source_attach(struct source *source, void (*refused)(const char *missing, const char *why),
		  struct error *error)
{
	int err = hooks_attach(&source->hooks, refused);

	if (err)
		return error_set(
			error, err,
			err == -EPERM || err == -EACCES
				? "no hook attached: %s; run as root"
				: "none of the events that -e asks for is to be had from this "
				  "kernel: %s",
			strerror(-err));
	return 0;
}

/* For a load that tries no more than whether it is possible. */
static int open_small(struct source *source, const struct bpf_insn *filter, size_t count,
		      const struct kernel_btf *btf)
{
	struct source_config config = {
		.events = ~0U, .filter = filter, .filter_count = count, .ring_bytes = 1 << 16
	};
	int err = open_configured(source, &config, btf);

	if (err)
		return err;
	bpf_map__set_max_entries(source->bpf->maps.owners, 1);
	bpf_map__set_max_entries(source->bpf->maps.closed_owners, 1);
	bpf_map__set_max_entries(source->bpf->maps.listeners, 1);
	return 0;
}

/* Each hook gets an object of its own: one refusal ends a whole load. */
static int probe_hook(size_t number, const struct kernel_btf *btf,
		      struct source_hook_visitor *visitor)
{
	struct source source = { 0 };
	struct hook_finding finding;
	int err = open_small(&source, NULL, 0, btf);

	if (err)
		return err;
	if (hooks_choose_one(&source.hooks, source.bpf->obj, number))
		err = tcpdropcap_bpf__load(source.bpf);
	hooks_probe_one(&source.hooks, source.bpf->obj, number, err, &finding);
	visitor->visit(visitor->context, &finding);
	hooks_close(&source.hooks);
	tcpdropcap_bpf__destroy(source.bpf);
	return 0;
}

int source_probe(const struct kernel_btf *btf, struct source_hook_visitor *visitor)
{
	int err = 0;

	for (size_t i = 0; !err && i < hooks_count(); i++)
		err = probe_hook(i, btf, visitor);
	return err;
}

/* In the program of the first hook, by which most drops come. */
int source_probe_filter(const struct kernel_btf *btf, const struct bpf_insn *filter, size_t count)
{
	struct source source = { 0 };
	int err = open_small(&source, filter, count, btf);

	if (err)
		return err;
	hooks_choose_one(&source.hooks, source.bpf->obj, 0);
	err = tcpdropcap_bpf__load(source.bpf);
	tcpdropcap_bpf__destroy(source.bpf);
	return err;
}

unsigned int source_attached(const struct source *source)
{
	return hooks_attached(&source->hooks);
}

/* The iterator's output is one struct after another; a read may end within one. */
static int read_sockets(int fd, void (*found)(void *found_context, const struct socket_holder *),
			void *found_context)
{
	struct record_socket sockets[256];
	struct socket_holder holder;
	size_t length = 0;
	ssize_t n;

	while ((n = read(fd, (char *)sockets + length, sizeof(sockets) - length)) != 0) {
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n < 0)
			return -errno;
		length += (size_t)n;
		for (size_t i = 0; i < length / sizeof(sockets[0]); i++) {
			decode_socket(&sockets[i], &holder);
			found(found_context, &holder);
		}
		n = (ssize_t)(length / sizeof(sockets[0]) * sizeof(sockets[0]));
		length -= (size_t)n;
		memmove(sockets, (char *)sockets + n, length);
	}
	return 0;
}

int source_scan_sockets(void *context,
			void (*found)(void *found_context, const struct socket_holder *holder),
			void *found_context)
{
	struct source *source = context;
	struct bpf_link *link = hooks_scan_link(&source->hooks);
	int fd, err;

	if (!link)
		return -EOPNOTSUPP;
	fd = bpf_iter_create(bpf_link__fd(link));
	if (fd < 0)
		return -errno;
	err = read_sockets(fd, found, found_context);
	close(fd);
	return err;
}

void source_wait(struct source *source, int timeout_ms)
{
	ring_wait(source->ring, timeout_ms);
}

int source_consume(struct source *source,
		   void (*handle)(void *context, const void *bytes, size_t size), void *context)
{
	return ring_consume(source->ring, handle, context);
}

void source_detach(struct source *source)
{
	hooks_detach(&source->hooks);
	/* A program may still run on another CPU; tracepoints end with an RCU grace period. */
	if (syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0))
		usleep(100000);
}

int source_count(const struct source *source, enum event_kind kind,
		 struct source_counters *counters)
{
	struct record_counters *per_cpu = calloc(cpu_count(), sizeof(*per_cpu));
	__u32 index = record_events[kind];
	int err;

	*counters = (struct source_counters){ 0 };
	if (!per_cpu)
		return -ENOMEM;
	err = bpf_map_lookup_elem(bpf_map__fd(source->bpf->maps.counters), &index, per_cpu);
	for (unsigned int cpu = 0; !err && cpu < cpu_count(); cpu++) {
		counters->seen += per_cpu[cpu].seen;
		counters->lost += per_cpu[cpu].lost;
		counters->unparsed += per_cpu[cpu].unparsed;
		for (size_t i = 0; i < SOURCE_FILTER_COUNT; i++)
			counters->filtered[i] += per_cpu[cpu].filtered[record_filters[i]];
	}
	free(per_cpu);
	return err;
}

uint64_t source_missed(const struct source *source)
{
	return hooks_missed(&source->hooks);
}

void source_costs(const struct source *source,
		  void (*visit)(const char *hook, uint64_t runs, uint64_t ns))
{
	hooks_costs(&source->hooks, visit);
}

void source_close(struct source *source)
{
	if (!source)
		return;
	hooks_close(&source->hooks);
	ring_free(source->ring);
	tcpdropcap_bpf__destroy(source->bpf);
	free(source);
}
