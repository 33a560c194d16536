// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "outcome.h"
#include "summary.h"
#include "util/log.h"
#include "util/plural.h"
#include "util/strbuf.h"
#include "util/time.h"

/*
 * Sums up the kernel side's counters; appends "3 drops, 0 retransmits, ..." to kinds, unless NULL.
 */
static struct source_counters count_all(const struct session *session, unsigned int shown,
					struct strbuf *kinds)
{
	static const char *const plurals[EVENT_KIND_COUNT] = {
		[EVENT_DROP] = "drops",	    [EVENT_RETRANSMIT] = "retransmits",
		[EVENT_SYNACK] = "synacks", [EVENT_TLP] = "tlps",
		[EVENT_RESET] = "resets",   [EVENT_STATE] = "state changes",
		[EVENT_LIFE] = "lives",
	};
	struct source_counters sum = { 0 }, one;

	for (enum event_kind kind = 0; kind < EVENT_KIND_COUNT; kind++) {
		source_count(session->source, kind, &one);
		if (kinds && shown >> kind & 1)
			strbuf_addf(kinds, "%s%" PRIu64 " %s", kind ? ", " : "", one.seen,
				    plurals[kind]);
		sum.lost += one.lost;
		sum.unparsed += one.unparsed;
		for (size_t i = 0; i < SOURCE_FILTER_COUNT; i++)
			sum.filtered[i] += one.filtered[i];
	}
	return sum;
}

static void add_filtered(struct strbuf *text, uint64_t *total, uint64_t count, const char *why)
{
	if (count)
		strbuf_addf(text, "%s%" PRIu64 " %s", *total ? ", " : "", count, why);
	*total += count;
}

/*
 * Appends which filters rejected events. Returns how many events were rejected; of them,
 * *requested by the filters of the user.
 */
static uint64_t explain_filtered(const struct capture_counts *counts,
				 const struct source_counters *sum, struct strbuf *text,
				 uint64_t *requested)
{
	static const char *const filters[SOURCE_FILTER_COUNT] = {
		[SOURCE_FILTER_EXPRESSION] = "by the expression in the kernel",
		[SOURCE_FILTER_FAMILY] = "of the other address family",
		[SOURCE_FILTER_NETNS] = "of other namespaces",
		[SOURCE_FILTER_STATE] = "in other states",
		[SOURCE_FILTER_REASON] = "with another reason, or none",
		[SOURCE_FILTER_CAUSE] = "with another cause, or none",
		[SOURCE_FILTER_BENIGN] = "benign frees (--all shows them)",
	};
	uint64_t total = 0;

	for (size_t i = 0; i < SOURCE_FILTER_COUNT; i++)
		add_filtered(text, &total, sum->filtered[i], filters[i]);
	add_filtered(text, &total, counts->filtered,
		     "by other options, or by the expression in user space");
	*requested = total - sum->filtered[SOURCE_FILTER_BENIGN];
	return total;
}

/* Searches that failed: names may be missing from events. */
static void print_failed_searches(const struct session *session)
{
	int err;
	uint64_t failures = owners_failed_scans(session->owners, &err);

	if (failures)
		log_note("%" PRIu64 " scan%s of open files failed: %s; owners may be missing",
			 failures, plural(failures), strerror(-err));
	failures = cgroups_failures(session->cgroups, &err);
	if (failures)
		log_note("%" PRIu64 " search%s for cgroups failed: %s; cgroups may be missing",
			 failures, failures == 1 ? "" : "es", strerror(-err));
}

static void print_exceptions(const struct capture_counts *counts, const struct session *session,
			     const struct options *options)
{
	uint64_t unnamed = enrich_unnamed(session->enrich);

	if (counts->unwritten)
		log_note("%" PRIu64 " event%s could not be written", counts->unwritten,
			 plural(counts->unwritten));
	if (counts->slow)
		log_warning("%" PRIu64 " event%s not written: the output was too slow",
			    counts->slow, plural(counts->slow));
	if (counts->after_limit)
		log_note("%" PRIu64 " event%s came after the %" PRIu64 " that -c requested",
			 counts->after_limit, plural(counts->after_limit), options->count);
	if (counts->damaged)
		log_warning("%" PRIu64 " damaged record%s not written", counts->damaged,
			    plural(counts->damaged));
	if (unnamed)
		log_note("%" PRIu64 " kernel address%s without a symbol, shown as ?", unnamed,
			 unnamed == 1 ? "" : "es");
}

/* What was written comes first. */
static void print_written(const struct capture_counts *counts, uint64_t lost,
			  const struct options *options)
{
	const struct outcome outcome = {
		.written = counts->written,
		.path = options->write_path,
		.is_live = true,
		.is_recorded = options->recorder.bytes,
		.lost = lost,
		.tally = counts->unwritten ? NULL : counts->tally, /* it has those, too */
	};

	outcome_print(&outcome);
}

/* Every capture has benign frees, so they are printed only if the user requests all counts. */
static void print_filtered(const struct capture_counts *counts, const struct session *session,
			   const struct options *options)
{
	struct strbuf kinds = { 0 }, why = { 0 };
	unsigned int shown = EVENTS_DEFAULT | options->filter.events;
	struct source_counters sum = count_all(session, shown, &kinds);
	uint64_t requested, filtered = explain_filtered(counts, &sum, &why, &requested);

	if (options->verbose)
		log_counts("%s; %" PRIu64 " %s, %" PRIu64 " filtered, %" PRIu64 " lost",
			   strbuf_string(&kinds), counts->written,
			   options->recorder.bytes ? "recorded" : "written", filtered, sum.lost);
	if (requested || (filtered && options->verbose))
		log_note("filtered: %s", strbuf_string(&why));
	strbuf_free(&kinds);
	strbuf_free(&why);
}

/* Events that are missing, and why. */
static void print_missing(const struct source_counters *sum, const struct session *session)
{
	uint64_t missed = source_missed(session->source);
	uint64_t unnoted = source_unnoted_births(session->source);
	uint64_t unseen = source_unseen_ends(session->source);

	if (sum->lost)
		log_note("%" PRIu64 " event%s lost because the ring was full; -B makes it larger",
			 sum->lost, plural(sum->lost));
	if (sum->unparsed)
		log_note("%" PRIu64 " freed IPv4 or IPv6 packet%s could not be parsed: drops of "
			 "TCP packets among them are missing",
			 sum->unparsed, plural(sum->unparsed));
	if (unnoted)
		log_note("%" PRIu64 " connection%s began while more were open than can be noted: "
			 "durations are unknown",
			 unnoted, plural(unnoted));
	if (unseen)
		log_note("%" PRIu64 " connection%s ended while the kernel ran no hook: not shown",
			 unseen, plural(unseen));
	if (missed)
		log_note("the kernel skipped a hook %" PRIu64
			 " time%s, because it was already running: at most that many events are "
			 "missing",
			 missed, plural(missed));
}

uint64_t summary_print(const struct capture_counts *counts, const struct session *session,
		       const struct options *options)
{
	struct source_counters sum = count_all(session, 0, NULL);

	print_written(counts, sum.lost, options);
	print_filtered(counts, session, options);
	print_missing(&sum, session);
	print_exceptions(counts, session, options);
	print_failed_searches(session);
	return sum.lost + counts->slow + source_missed(session->source) +
	       source_unseen_ends(session->source);
}

uint64_t summary_print_unaccounted(const struct session *session)
{
	int64_t pending = source_pending(session->source);

	if (pending < 0) {
		log_warning(
			"cannot read the counters of the kernel side: %s; events may be missing",
			strerror((int)-pending));
		return 1;
	}
	if (pending)
		log_warning("%" PRId64 " events are unaccounted for: the kernel side counted them, "
			    "but did not deliver them in time",
			    pending);
	return (uint64_t)pending;
}

/*
 * Filters of user space come after the account. Of other namespaces, the counters are others, too;
 * and a benign free is not what they count.
 */
void summary_hidden(const struct capture_counts *counts, const struct session *session,
		    struct account_hidden hidden[EVENT_KIND_COUNT])
{
	uint64_t anywhere = counts->after_limit + counts->damaged + counts->pending +
			    source_missed(session->source);
	struct source_counters one;

	for (enum event_kind kind = 0; kind < EVENT_KIND_COUNT; kind++) {
		hidden[kind] = (struct account_hidden){ .lost = anywhere };
		if (source_count(session->source, kind, &one))
			continue;
		hidden[kind].lost += one.lost;
		hidden[kind].unparsed = one.unparsed;
		for (size_t i = 0; i < SOURCE_FILTER_COUNT; i++) {
			if (i != SOURCE_FILTER_NETNS && i != SOURCE_FILTER_BENIGN)
				hidden[kind].filtered += one.filtered[i];
		}
	}
}

uint64_t summary_print_account(const struct account *account, const struct options *options)
{
	outcome_print_account(account, options->verbose);
	return account_unexplained(account);
}

/* Returns 0 if it is not known. */
static uint64_t resident_bytes(void)
{
	unsigned long long total, resident = 0;
	FILE *file = fopen("/proc/self/statm", "re");

	if (!file)
		return 0;
	if (fscanf(file, "%llu %llu", &total, &resident) != 2)
		resident = 0;
	fclose(file);
	return resident * (uint64_t)sysconf(_SC_PAGESIZE);
}

void summary_print_health(const struct capture_counts *counts, const struct session *session,
			  const struct options *options)
{
	struct write_counts output = write_queue_counts(session->queue);
	uint64_t resident = resident_bytes();

	if (resident)
		log_note("memory: %" PRIu64 " KiB, and %" PRIu32 " MiB of the kernel for the ring",
			 resident >> 10, options->ring_mib);
	if (output.waiting)
		log_note("%zu KiB wait for the output; when %u MiB wait, events are lost",
			 (output.waiting + 1023) >> 10,
			 (WRITE_QUEUE_BYTES - WRITE_QUEUE_RESERVE) >> 20);
	if (counts->last_ns)
		log_note("the last event was %.1f s ago",
			 (double)(time_boottime_ns() - counts->last_ns) * 1e-9);
}

/* Since the epoch; 0: there was none. */
static uint64_t last_event_ns(const struct capture_counts *counts)
{
	return counts->last_ns ? time_realtime_ns() - (time_boottime_ns() - counts->last_ns) : 0;
}

void summary_health(const struct capture_counts *counts, const struct session *session,
		    struct capture_health *health)
{
	struct source_counters sum = count_all(session, 0, NULL);

	*health = (struct capture_health){
		.filtered = counts->filtered,
		.lost = sum.lost,
		.skipped = source_missed(session->source),
		.unparsed = sum.unparsed,
		.unwritten = counts->unwritten + counts->slow,
		.memory_bytes = resident_bytes(),
		.last_event_ns = last_event_ns(counts),
	};
	for (size_t i = 0; i < SOURCE_FILTER_COUNT; i++)
		health->filtered += sum.filtered[i];
}

static void print_cost(const char *hook, uint64_t runs, uint64_t ns)
{
	log_note("%s: %" PRIu64 " runs, %" PRIu64 " ns each", hook, runs, ns / runs);
}

void summary_print_costs(const struct session *session)
{
	source_costs(session->source, print_cost);
}

uint64_t summary_lost_at_end(const struct capture_counts *counts, const struct session *session)
{
	return count_all(session, 0, NULL).lost + counts->slow + counts->unwritten -
	       enrich_lost(session->enrich);
}
