/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SOURCE_H
#define SOURCE_H

/*
 * The kernel side of a capture: loads and attaches the BPF programs, passes on the records of the
 * ring buffer, and counts. It does not interpret the records.
 */

#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/error.h"
#include "event/event.h"
#include "btf.h"
#include "symbolize.h"

#define SOURCE_REASONS_MAX   64
#define SOURCE_QDISC_REASONS 8

struct source;

/* The events to capture. */
struct source_config {
	unsigned int events; /* bit N: enum event_kind N */
	/* EVENT_DROP is in events only so that EVENT_LIFE has its drops: they are no events. */
	bool drops_only_counted;
	int family;			      /* AF_INET, AF_INET6; 0: both */
	uint32_t netns;			      /* inode number; 0: all */
	uint32_t states;		      /* bit N: state N, bit 0: no socket; 0: all */
	bool by_reason;			      /* only events with one of these reasons */
	uint32_t reasons[SOURCE_REASONS_MAX]; /* of drops */
	size_t reason_count;
	uint32_t reset_reasons[SOURCE_REASONS_MAX];
	size_t reset_reason_count;
	uint32_t causes; /* bit N: enum event_cause N; 0: all */
	enum event_listen_drops listen_drops;
	/* Reasons that have a meaning for the kernel side; UINT32_MAX: the kernel has it not. */
	uint32_t reason_not_specified;
	uint32_t reason_queue_purge;
	uint32_t reason_packet_sock_error;
	uint32_t reason_socket_rcvbuff;
	uint32_t reason_tcp_old_sequence;
	uint32_t reason_tcp_invalid_sequence;
	uint32_t reason_tcp_listen_overflow;
	uint32_t qdisc_reasons[SOURCE_QDISC_REASONS]; /* those of queue disciplines */
	/* The body of a function that accepts packets (cbpf_to_ebpf.h); NULL: all are accepted. */
	const struct bpf_insn *filter;
	size_t filter_count;
	bool inner; /* the filter is about the TCP packet, without tags and tunnels */
	bool all;   /* also benign frees */
	enum event_stacks stack;
	uint64_t ring_bytes; /* a power of two, at least a page */
};

/* The filters of the kernel side. An event is counted at the first one that rejects it. */
enum source_filter {
	SOURCE_FILTER_EXPRESSION,
	SOURCE_FILTER_FAMILY,
	SOURCE_FILTER_NETNS,
	SOURCE_FILTER_STATE,
	SOURCE_FILTER_REASON,
	SOURCE_FILTER_CAUSE,
	SOURCE_FILTER_BENIGN,
	SOURCE_FILTER_COUNT,
};

/* seen = filtered + lost + the records that are in the ring, were there, or are about to be. */
struct source_counters {
	uint64_t seen;
	uint64_t lost;
	uint64_t filtered[SOURCE_FILTER_COUNT];
	uint64_t unparsed; /* not part of seen: freed packets that may be TCP (bpf/record.h) */
};

/* Loads the programs; nothing is attached yet. Returns NULL and the error. */
struct source *source_open(const struct source_config *config, const struct kernel_btf *btf,
			   struct error *error);

/*
 * Passes the kernel side the addresses of the functions by which it decides where a packet was when
 * it was freed. To be called before source_attach(), and whenever symbols_refresh() reports a new
 * table. Otherwise such packets have no direction, and packets that a driver has sent may be shown
 * as drops. Returns 0; -ENOSPC if there was no room for some functions; another -errno.
 */
int source_use_symbols(struct source *source, struct symbols *symbols);

/*
 * Why the kernel refused the filter, -errno: then all packets are accepted. 0 if it runs, or if
 * there is none.
 */
int source_filter_error(const struct source *source);

/*
 * Attaches the hooks of the requested events. Calls refused(what will be missing, why) for each
 * thing that the kernel refuses. Returns 0, or a negative number and the error if no event can be
 * captured.
 */
int source_attach(struct source *source, void (*refused)(const char *missing, const char *why),
		  struct error *error);

/* Bit N: a hook of enum event_kind N is attached. */
unsigned int source_attached(const struct source *source);

/*
 * Calls found for each TCP socket in the open files of all processes, with its holder; an
 * owners_scan, whose context is the source. Returns 0, -EOPNOTSUPP if the kernel has no iterator
 * for it, or -errno.
 */
int source_scan_sockets(void *context,
			void (*found)(void *found_context, const struct socket_holder *holder),
			void *found_context);

/*
 * Blocks until the kernel side requests a wakeup, a signal arrives, or a time elapses: busy_ms, or,
 * while no events come, idle_ms, in which the first event ends the wait. Returns whether it was
 * such a wait.
 */
bool source_wait(struct source *source, int busy_ms, int idle_ms);

/*
 * Calls handle() for the records in the ring, at most a bounded number of them. The bytes live
 * during the call. Returns 1 if there may be more, 0 if the ring is empty, or -errno.
 */
int source_consume(struct source *source,
		   void (*handle)(void *context, const void *bytes, size_t size), void *context);

/*
 * Detaches the hooks. A program that is running on another CPU may still commit a record: consume
 * until source_pending() is 0.
 */
void source_detach(struct source *source);

/*
 * Counts the events that were seen, but neither filtered nor lost nor passed on. Only meaningful
 * after source_detach(). Returns -errno if the counters cannot be read.
 */
int64_t source_pending(const struct source *source);

/* The counters of one kind of event, over all CPUs, since the start. Returns 0 or -errno. */
int source_count(const struct source *source, enum event_kind kind,
		 struct source_counters *counters);

/*
 * Connections that were opened while the kernel side had no room to note more of them (EVENT_LIFE):
 * their time of opening is unknown.
 */
uint64_t source_unnoted_births(const struct source *source);

/*
 * Connections that ended without an event (EVENT_LIFE), because the kernel ran no hook for their
 * end: as far as that is known, all of them after source_detach. They are not in
 * source_counters.seen.
 */
uint64_t source_unseen_ends(const struct source *source);

/*
 * Calls visit for each count of packets that were dropped outside of skbs (EVENT_DROP), by device
 * and kind.
 */
void source_visit_outside(const struct source *source,
			  void (*visit)(void *context, const struct outside_count *count),
			  void *context);

/*
 * Runs of hooks that the kernel has skipped: at most this number of events is missing, too
 * (hooks.h).
 */
uint64_t source_missed(const struct source *source);

/* The cost of the hooks, if the kernel counts it (hooks.h). */
void source_costs(const struct source *source,
		  void (*visit)(const char *hook, uint64_t runs, uint64_t ns));

void source_close(struct source *source);

#endif
