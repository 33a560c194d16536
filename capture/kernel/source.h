/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SOURCE_H
#define SOURCE_H

/*
 * The kernel side: loads and attaches the BPF programs, hands out the ring's records and counts.
 * The only user of libbpf besides kernel_btf.
 */

#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/error.h"
#include "event/event.h"
#include "btf.h"
#include "symbolize.h"

#define SOURCE_REASONS_MAX 64

struct source;

/* What the kernel side is to capture. */
struct source_config {
	unsigned int events;		      /* bit N: enum event_kind N */
	int family;			      /* AF_INET, AF_INET6; 0: both */
	uint32_t netns;			      /* inode number; 0: all */
	uint32_t states;		      /* bit N: state N, bit 0: no socket; 0: all */
	bool by_reason;			      /* only events with one of these */
	uint32_t reasons[SOURCE_REASONS_MAX]; /* of drops */
	size_t reason_count;
	uint32_t reset_reasons[SOURCE_REASONS_MAX];
	size_t reset_reason_count;
	uint32_t reason_not_specified; /* UINT32_MAX: the kernel has no such reason */
	uint32_t reason_queue_purge;
	uint32_t reason_packet_sock_error;
	uint32_t reason_socket_rcvbuff;
	uint32_t reason_tcp_old_sequence;
	uint32_t reason_tcp_invalid_sequence;
	/*
	 * The body of a function as in kernel_filter.h, which chooses among dropped packets; NULL: all
	 * pass.
	 */
	const struct bpf_insn *filter;
	size_t filter_count;
	bool all; /* also benign frees */
	enum event_stacks stack;
	uint64_t ring_bytes; /* a power of two, a page at least */
};

/* The filters of the kernel side. An event is counted at the first one that it does not pass. */
enum source_filter {
	SOURCE_FILTER_EXPRESSION,
	SOURCE_FILTER_FAMILY,
	SOURCE_FILTER_NETNS,
	SOURCE_FILTER_STATE,
	SOURCE_FILTER_REASON,
	SOURCE_FILTER_BENIGN,
	SOURCE_FILTER_COUNT,
};

struct source_counters {
	uint64_t seen;
	uint64_t lost;
	uint64_t filtered[SOURCE_FILTER_COUNT];
	uint64_t unparsed; /* not part of seen: freed packets that may be TCP (bpf/record.h) */
};

/* Returns NULL and the error; nothing is attached yet. */
struct source *source_open(const struct source_config *config, const struct kernel_btf *btf,
			   struct error *error);

/*
 * Names to the kernel side the functions by which it tells where a packet was when it was freed:
 * before source_attach, and when the symbols have changed. Without it such packets have no
 * direction, and what a driver has sent may be taken for lost. Returns 0, -ENOSPC if not all found
 * room, or -errno.
 */
int source_use_symbols(struct source *source, struct symbols *symbols);

/* Why the kernel does not take the filter, -errno: then all pass. 0: it does, or there is none. */
int source_filter_error(const struct source *source);

/*
 * Attaches the hooks of the chosen events. Calls refused(what will be missing, why) for each thing
 * that the kernel does not let us have. Returns 0, or a negative error if no event is to be had.
 */
int source_attach(struct source *source, void (*refused)(const char *missing, const char *why),
		  struct error *error);

/* One hook, as source_probe finds it. */
struct hook_finding {
	const char *hook;  /* "tp_btf/kfree_skb" */
	const char *gives; /* "drop events" */
	bool needed;	   /* on this kernel; else nothing was tried */
	int error;	   /* of loading or attaching it, -errno; 0: it could be attached */
};

struct source_hook_visitor {
	void (*visit)(void *context, const struct hook_finding *finding);
	void *context;
};

/* Tries each hook on the running kernel, one after another. Returns 0 or -errno. */
int source_probe(const struct kernel_btf *btf, struct source_hook_visitor *visitor);

/* Whether the running kernel takes the filter: 0 or -errno. */
int source_probe_filter(const struct kernel_btf *btf, const struct bpf_insn *filter, size_t count);

/* Bit N: a hook of enum event_kind N is attached. */
unsigned int source_attached(const struct source *source);

/*
 * An owners_scan; context is the source. -EOPNOTSUPP where the kernel has no iterator for it.
 */
int source_scan_sockets(void *context,
			void (*found)(void *found_context, const struct socket_holder *holder),
			void *found_context);

/* Waits until much is waiting in the ring, a signal comes or the time is over. */
void source_wait(struct source *source, int timeout_ms);

/*
 * Hands the waiting records to handle, a bounded number of them; their bytes live during the call.
 * Returns 1 if there may be more, 0 if the ring is empty, or -errno.
 */
int source_consume(struct source *source,
		   void (*handle)(void *context, const void *bytes, size_t size), void *context);

/* Ends the hooks. When it returns, no program runs any more and all records are in the ring. */
void source_detach(struct source *source);

/* Of one kind, over all CPUs, since the start. Returns 0 or -errno. */
int source_count(const struct source *source, enum event_kind kind,
		 struct source_counters *counters);

/* Hook runs that the kernel has skipped: at most so many events more are lost (hooks.h). */
uint64_t source_missed(const struct source *source);

/* What the hooks have cost, where the kernel counts it (hooks.h). */
void source_costs(const struct source *source,
		  void (*visit)(const char *hook, uint64_t runs, uint64_t ns));

void source_close(struct source *source);

#endif
