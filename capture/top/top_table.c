// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "top_table.h"
#include "util/hash.h"

/* The counters of a connection at some moment. */
struct counters {
	uint64_t rx_bytes;
	uint64_t tx_bytes;
	uint32_t retransmits;
	uint32_t drops;
};

struct entry {
	struct top_row row;
	struct counters before; /* at the end of the previous round in which it was found */
	struct counters now;	/* these never decrease */
	uint64_t round;		/* the last round in which it was found */
	uint64_t files;		/* the last scan of files that found a holder */
	uint64_t namespaces;	/* how many scans of all namespaces had ended when it was found */
	UT_hash_handle hh;	/* by row.sample.id */
};

struct top_table {
	struct entry *entries;
	const uint32_t *pids;
	size_t pid_count;
	size_t max;
	bool has_baseline;
	uint64_t round;
	uint64_t files;
	uint64_t namespaces;
	uint64_t left_out;
};

struct top_table *top_table_new(const uint32_t *pids, size_t pid_count, size_t max)
{
	struct top_table *table = calloc(1, sizeof(*table));

	if (!table)
		return NULL;
	table->pids = pids;
	table->pid_count = pid_count;
	table->max = max;
	return table;
}

static void forget(struct top_table *table, struct entry *entry)
{
	HASH_DEL(table->entries, entry);
	free(entry);
}

void top_table_free(struct top_table *table)
{
	struct entry *entry, *next;

	if (!table)
		return;
	for (entry = table->entries; entry; entry = next) {
		next = entry->hh.next;
		forget(table, entry);
	}
	free(table);
}

void top_table_begin_round(struct top_table *table)
{
	table->round++;
}

void top_table_begin_files(struct top_table *table)
{
	table->files++;
}

static struct counters counters_of(const struct socket_sample *sample)
{
	return (struct counters){ sample->rx_bytes, sample->tx_bytes, sample->retransmits,
				  sample->drops };
}

/*
 * Returns whether the sample is of another connection than the entry with the same address and
 * flow. Without a cookie the counters decide, except tx_bytes, which may be too small for an
 * instant. rx_bytes may decrease by one byte: for an instant, the peer's FIN may have been counted
 * as one.
 */
static bool is_another(const struct entry *entry, const struct socket_sample *sample)
{
	const struct socket_sample *known = &entry->row.sample;

	if (known->cookie)
		return known->cookie != sample->cookie;
	return sample->acked_bytes < known->acked_bytes || sample->rx_bytes + 1 < known->rx_bytes ||
	       sample->retransmits < known->retransmits;
}

static struct entry *add_entry(struct top_table *table, const struct socket_sample *sample)
{
	struct entry *entry;

	if (HASH_COUNT(table->entries) >= table->max)
		return NULL;
	entry = calloc(1, sizeof(*entry));
	if (!entry)
		return NULL;
	entry->row.sample = *sample;
	HASH_ADD(hh, table->entries, row.sample.id, sizeof(sample->id), entry);
	if (entry->hh.tbl)
		return entry;
	free(entry);
	return NULL;
}

/* Returns the connection's entry, a new one if there is none yet; NULL if there is no room. */
static struct entry *find_entry(struct top_table *table, const struct socket_sample *sample)
{
	struct entry *entry;

	HASH_FIND(hh, table->entries, &sample->id, sizeof(sample->id), entry);
	if (!entry) {
		entry = add_entry(table, sample);
		/* If the table was full before, the connection need not be new. */
		if (entry && (!table->has_baseline || table->left_out))
			entry->now = counters_of(sample);
	} else if (is_another(entry, sample)) {
		entry->row.owner.known = false;
		entry->round = 0;
		entry->now = (struct counters){ 0 };
	}
	return entry;
}

static uint64_t greater(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static void advance(struct counters *counters, const struct socket_sample *sample)
{
	counters->rx_bytes = greater(counters->rx_bytes, sample->rx_bytes);
	counters->tx_bytes = greater(counters->tx_bytes, sample->tx_bytes);
	counters->retransmits = (uint32_t)greater(counters->retransmits, sample->retransmits);
	counters->drops = (uint32_t)greater(counters->drops, sample->drops);
}

static bool is_preferred(const struct top_table *table, uint32_t pid)
{
	for (size_t i = 0; i < table->pid_count; i++) {
		if (table->pids[i] == pid)
			return true;
	}
	return false;
}

/* Returns whether the process is shown as the owner instead of the other process. */
static bool precedes(const struct top_table *table, uint32_t pid, uint32_t other)
{
	bool preferred = is_preferred(table, pid);

	if (preferred != is_preferred(table, other))
		return preferred;
	return pid < other;
}

static void note_holder(struct top_table *table, struct entry *entry,
			const struct socket_sample *sample)
{
	struct top_owner *owner = &entry->row.owner;

	if (!sample->has_holder)
		return;
	if (owner->known && entry->files == table->files &&
	    !precedes(table, sample->pid, owner->pid))
		return;
	owner->known = true;
	owner->pid = sample->pid;
	memcpy(owner->comm, sample->comm, sizeof(owner->comm));
	entry->files = table->files;
}

void top_table_add(void *context, const struct socket_sample *sample)
{
	struct top_table *table = context;
	struct entry *entry = find_entry(table, sample);

	if (!entry) {
		table->left_out++;
		return;
	}
	if (entry->round != table->round)
		entry->before = entry->now;
	entry->round = table->round;
	entry->namespaces = table->namespaces;
	advance(&entry->now, sample);
	entry->row.sample = *sample;
	note_holder(table, entry, sample);
}

void top_table_end_namespaces(struct top_table *table)
{
	struct entry *entry, *next;

	table->namespaces++;
	for (entry = table->entries; entry; entry = next) {
		next = entry->hh.next;
		if (entry->namespaces + 2 < table->namespaces)
			forget(table, entry);
	}
}

void top_table_end_baseline(struct top_table *table)
{
	table->has_baseline = true;
}

/* Fills the differences of the row. Returns whether the connection is shown. */
static bool fill_row(const struct top_table *table, struct entry *entry)
{
	struct top_row *row = &entry->row;

	if (entry->round != table->round)
		return false;
	row->rx_bytes = entry->now.rx_bytes - entry->before.rx_bytes;
	row->tx_bytes = entry->now.tx_bytes - entry->before.tx_bytes;
	row->retransmits = entry->now.retransmits - entry->before.retransmits;
	row->drops = entry->now.drops - entry->before.drops;
	row->owner.is_current = row->owner.known && entry->files == table->files;
	return row->rx_bytes || row->tx_bytes || row->retransmits || row->drops;
}

int top_table_rows(struct top_table *table, struct top_row ***rows, size_t *count)
{
	struct entry *entry;

	*count = 0;
	*rows = calloc(HASH_COUNT(table->entries) + 1, sizeof(**rows));
	if (!*rows)
		return -ENOMEM;
	for (entry = table->entries; entry; entry = entry->hh.next) {
		if (fill_row(table, entry))
			(*rows)[(*count)++] = &entry->row;
	}
	return 0;
}

size_t top_table_size(const struct top_table *table)
{
	return HASH_COUNT(table->entries);
}

uint64_t top_table_left_out(const struct top_table *table)
{
	return table->left_out;
}
