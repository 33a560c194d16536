// SPDX-License-Identifier: GPL-2.0-or-later
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/membarrier.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bpf/outside_record.h"
#include "bpf/record.h"
#include "event/decode.h"
#include "hooks.h"
#include "iterator.h"
#include "ring.h"
#include "source.h"
#include "source_object.h"
#include "symbol_table.h"
#include "tcpdropcap.skel.h"

#define DESCRIPTORS_OF_A_LOAD 64   /* at least */
#define LOCATIONS_MAX	      4096 /* more than the map has */

struct source {
	struct tcpdropcap_bpf *bpf;
	struct ring *ring;
	struct hooks hooks;
	int filter_error;
	struct bpf_link *noted_lives; /* the iterator over them; NULL: no lives are noted */
	uint64_t gone;		      /* of them, those without a socket at the end */
};

static const enum record_event record_events[] = {
	[EVENT_DROP] = RECORD_DROP,	[EVENT_RETRANSMIT] = RECORD_RETRANSMIT,
	[EVENT_SYNACK] = RECORD_SYNACK, [EVENT_TLP] = RECORD_TLP,
	[EVENT_RESET] = RECORD_RESET,	[EVENT_STATE] = RECORD_STATE,
	[EVENT_LIFE] = RECORD_LIFE,
};

static const enum record_filter record_filters[] = {
	[SOURCE_FILTER_EXPRESSION] = RECORD_FILTER_EXPRESSION,
	[SOURCE_FILTER_FAMILY] = RECORD_FILTER_FAMILY,
	[SOURCE_FILTER_NETNS] = RECORD_FILTER_NETNS,
	[SOURCE_FILTER_STATE] = RECORD_FILTER_STATE,
	[SOURCE_FILTER_REASON] = RECORD_FILTER_REASON,
	[SOURCE_FILTER_CAUSE] = RECORD_FILTER_CAUSE,
	[SOURCE_FILTER_BENIGN] = RECORD_FILTER_BENIGN,
};

/* The tables have no size of their own, so that a forgotten row is noticed. */
_Static_assert(sizeof(record_events) == EVENT_KIND_COUNT * sizeof(int), "a row for each kind");
_Static_assert(sizeof(record_filters) == SOURCE_FILTER_COUNT * sizeof(int), "one for each filter");
_Static_assert((int)SOURCE_FILTER_COUNT == (int)RECORD_FILTER_END, "the filters have counterparts");

static unsigned int cpu_count(void)
{
	int cpus = libbpf_num_possible_cpus();

	return cpus > 0 ? (unsigned int)cpus : 1;
}

static int open_object(struct source *source, const struct source_config *config,
		       const struct kernel_btf *btf)
{
	enum event_listen_drops way;

	source->bpf = source_object_open(config, btf);
	if (!source->bpf)
		return -errno;
	source->hooks.listen_drops = config->listen_drops;
	hooks_choose(&source->hooks, source->bpf->obj, config->events, btf);
	way = hooks_listen_drops(&source->hooks);
	source->bpf->rodata->with_listen_drops = way != LISTEN_DROPS_OFF;
	source->bpf->rodata->listen_by_fentry = way == LISTEN_DROPS_FENTRY;
	bpf_program__set_autoload(source->bpf->progs.on_noted_life,
				  config->events >> EVENT_LIFE & 1);
	return 0;
}

/*
 * Forgets locations that were classified by the previous table, because a module may be at the
 * addresses of another one.
 */
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
	source->bpf->bss->listen_code_start = table.listen_code.start;
	source->bpf->bss->listen_code_size = table.listen_code.size;
	forget_locations(bpf_map__fd(source->bpf->maps.sent_locations));
	return left_out ? -ENOSPC : 0;
}

static int explain_load(int err, struct error *error)
{
	struct rlimit limit;

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
	if (err == -EMFILE ||
	    (!getrlimit(RLIMIT_NOFILE, &limit) && limit.rlim_cur < DESCRIPTORS_OF_A_LOAD)) {
		err = -EMFILE; /* a probe of libbpf that fails for it looks like another error */
		return error_set(error, err, "cannot load BPF programs: %s", error_reason(err));
	}
	return error_set(error, err, "this kernel refuses the BPF programs: %s; -v shows its log",
			 strerror(-err));
}

/* Tries again without the filter, if there is one: it may be what the kernel refuses. */
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
	err = open_object(source, &without, btf);
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
	err = open_object(source, config, btf);
	if (!err)
		err = load(source, config, btf);
	if (err) {
		explain_load(err, error);
		goto fail;
	}
	source->ring = ring_new(bpf_map__fd(source->bpf->maps.ring),
				&source->bpf->bss->wake_requested, error);
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

/* Without the iterator, ends that were not seen are counted only if their address is used again. */
static void attach_noted_lives(struct source *source)
{
	union bpf_iter_link_info info = {
		.map.map_fd = (__u32)bpf_map__fd(source->bpf->maps.lives),
	};
	struct bpf_iter_attach_opts opts;

	memset(&opts, 0, sizeof(opts)); /* libbpf requires the padding to be zero */
	opts.sz = sizeof(opts);
	opts.link_info = &info;
	opts.link_info_len = sizeof(info);
	if (bpf_program__autoload(source->bpf->progs.on_noted_life))
		source->noted_lives = bpf_program__attach_iter(source->bpf->progs.on_noted_life,
							       &opts);
}

/* The count of the devices for which the map has no room must have room. */
static void make_outside_rest(const struct source *source)
{
	const struct record_outside_key key = { .kind = RECORD_OUTSIDE_OTHER };
	const struct record_outside none = { 0 };

	bpf_map_update_elem(bpf_map__fd(source->bpf->maps.outside_counts), &key, &none, BPF_ANY);
}

int source_attach(struct source *source, void (*refused)(const char *missing, const char *why),
		  struct error *error)
{
	int err;

	make_outside_rest(source);
	err = hooks_attach(&source->hooks, refused);
	attach_noted_lives(source);
	if (err == -EPERM || err == -EACCES)
		return error_set(error, err, "cannot attach any hook: %s; run as root",
				 strerror(-err));
	if (err == -EMFILE || err == -ENOMEM)
		return error_set(error, err, "cannot attach any hook: %s", error_reason(err));
	if (err)
		return error_set(error, err,
				 "this kernel supports none of the events requested with -e: %s",
				 strerror(-err));
	return 0;
}

unsigned int source_attached(const struct source *source)
{
	return hooks_attached(&source->hooks);
}

struct holder_receiver {
	void (*found)(void *context, const struct socket_holder *holder);
	void *context;
};

static void on_socket(void *context, const void *record)
{
	const struct holder_receiver *receiver = context;
	struct socket_holder holder;

	decode_socket(record, &holder);
	receiver->found(receiver->context, &holder);
}

int source_scan_sockets(void *context,
			void (*found)(void *found_context, const struct socket_holder *holder),
			void *found_context)
{
	struct source *source = context;
	struct bpf_link *link = hooks_scan_link(&source->hooks);
	struct holder_receiver receiver = { found, found_context };

	return link ? iterator_run(link, sizeof(struct record_socket), on_socket, &receiver)
		    : -EOPNOTSUPP;
}

bool source_wait(struct source *source, int busy_ms, int idle_ms)
{
	return ring_wait(source->ring, busy_ms, idle_ms);
}

int source_consume(struct source *source,
		   void (*handle)(void *context, const void *bytes, size_t size), void *context)
{
	return ring_consume(source->ring, handle, context);
}

static void count_item(void *context, const void *item)
{
	uint64_t *count = context;

	(void)item;
	++*count;
}

/* The iterator writes a byte for each. While the hooks are attached, no other life is gone. */
static uint64_t count_gone(const struct source *source)
{
	uint64_t gone = 0;

	if (source->noted_lives)
		iterator_run(source->noted_lives, 1, count_item, &gone);
	return gone;
}

/*
 * A program may still be running on another CPU. Tracepoints are protected by RCU, or by SRCU from
 * 7.x on, for which membarrier does not wait: source_pending() is the proof.
 */
void source_detach(struct source *source)
{
	source->gone = count_gone(source);
	hooks_detach(&source->hooks);
	if (syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0))
		usleep(100000);
}

int64_t source_pending(const struct source *source)
{
	int64_t pending = -(int64_t)ring_handed_out(source->ring);
	struct source_counters counters;
	int err;

	for (enum event_kind kind = 0; kind < EVENT_KIND_COUNT; kind++) {
		err = source_count(source, kind, &counters);
		if (err)
			return err;
		pending += (int64_t)(counters.seen - counters.lost);
		for (size_t i = 0; i < SOURCE_FILTER_COUNT; i++)
			pending -= (int64_t)counters.filtered[i];
	}
	return pending > 0 ? pending : 0;
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

static struct record_unnoted read_unnoted(const struct source *source)
{
	struct record_unnoted unnoted = { 0 };
	__u32 zero = 0;

	bpf_map_lookup_elem(bpf_map__fd(source->bpf->maps.unnoted_births), &zero, &unnoted);
	return unnoted;
}

uint64_t source_unnoted_births(const struct source *source)
{
	return read_unnoted(source).count;
}

uint64_t source_unseen_ends(const struct source *source)
{
	return read_unnoted(source).unseen_ends + source->gone;
}

void source_visit_outside(const struct source *source,
			  void (*visit)(void *context, const struct outside_count *count),
			  void *context)
{
	int map = bpf_map__fd(source->bpf->maps.outside_counts);
	struct record_outside_key key, *last = NULL;
	struct record_outside record;
	struct outside_count count;

	for (; !bpf_map_get_next_key(map, last, &key); last = &key) {
		if (!bpf_map_lookup_elem(map, &key, &record) && record.packets &&
		    !decode_outside(&key, &record, &count))
			visit(context, &count);
	}
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
	bpf_link__destroy(source->noted_lives);
	hooks_close(&source->hooks);
	ring_free(source->ring);
	tcpdropcap_bpf__destroy(source->bpf);
	free(source);
}
