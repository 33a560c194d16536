// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "count.h"
#include "count_print.h"
#include "util/list.h"

#define BYTES_MAX (64 << 20) /* of all groups' values */

struct counts {
	struct count_layout layout;
	struct count_group **slots; /* a hash table, half full at most */
	size_t slot_count;	    /* a power of two */
	size_t group_count;
	size_t groups_max;
	size_t bytes;
	uint64_t other; /* events of groups that found no room */
	uint64_t lost;	/* that the events name */
	struct strbuf values;
	struct strbuf frames;
};

static bool has_key(const struct counts *counts, enum key key)
{
	for (size_t i = 0; i < counts->layout.key_count; i++) {
		if (counts->layout.keys[i].key == key)
			return true;
	}
	return false;
}

static int add_key(void *context, const char *name, struct error *error)
{
	struct counts *counts = context;
	struct strbuf known = { 0 };

	for (size_t i = 0; i < counts->layout.key_count; i++) {
		if (strcmp(counts->layout.keys[i].name, name) == 0)
			return error_set(error, -EINVAL, "--by: '%s' stands there twice", name);
	}
	if (counts->layout.key_count == COUNT_KEYS_MAX)
		return error_set(error, -EINVAL, "--by: more than %d keys", COUNT_KEYS_MAX);
	if (!count_key_find(name, &counts->layout.keys[counts->layout.key_count])) {
		counts->layout.key_count++;
		return 0;
	}
	count_key_list(&known);
	error_set(error, -EINVAL, "--by: unknown key '%s'; there are %s", name,
		  strbuf_string(&known));
	strbuf_free(&known);
	return -EINVAL;
}

/*
 * Moves the stack behind the other keys: in the folded form all else stands before its root, and in
 * a table it is wider than any column should be.
 */
static int put_stack_last(struct counts *counts, struct error *error)
{
	size_t kept = 0;

	for (size_t i = 0; i < counts->layout.key_count; i++) {
		if (counts->layout.keys[i].key != KEY_stack)
			counts->layout.keys[kept++] = counts->layout.keys[i];
	}
	counts->layout.key_count = kept;
	return add_key(counts, "stack", error);
}

struct counts *counts_new(const char *by, enum count_form form, size_t groups_max,
			  struct error *error)
{
	struct counts *counts = calloc(1, sizeof(*counts));
	int err = 0;

	if (!counts) {
		errno = -error_set(error, -ENOMEM, "out of memory");
		return NULL;
	}
	counts->layout.form = form;
	counts->groups_max = groups_max;
	counts->slot_count = 64;
	if (by)
		err = list_each("--by", by, add_key, counts, error);
	if (!err && (form == COUNT_FOLDED || (form == COUNT_TABLE && has_key(counts, KEY_stack))))
		err = put_stack_last(counts, error);
	counts->slots = calloc(counts->slot_count, sizeof(*counts->slots));
	if (!err && !counts->slots)
		err = error_set(error, -ENOMEM, "out of memory");
	if (!err)
		return counts;
	counts_free(counts);
	errno = -err;
	return NULL;
}

static void clear(struct counts *counts)
{
	for (size_t i = 0; counts->slots && i < counts->slot_count; i++) {
		free(counts->slots[i]);
		counts->slots[i] = NULL;
	}
	counts->group_count = 0;
	counts->bytes = 0;
	counts->other = 0;
	counts->lost = 0;
}

void counts_free(struct counts *counts)
{
	if (!counts)
		return;
	clear(counts);
	free(counts->slots);
	strbuf_free(&counts->values);
	strbuf_free(&counts->frames);
	free(counts);
}

bool counts_want_stack(const struct counts *counts)
{
	return has_key(counts, KEY_stack) || has_key(counts, KEY_stack_id);
}

/* Puts the report's values together, as a group has them. */
static void collect(struct counts *counts, const struct drop_report *report)
{
	struct strbuf *values = &counts->values;

	strbuf_clear(values);
	for (size_t i = 0; i < counts->layout.key_count; i++) {
		const struct count_key *key = &counts->layout.keys[i];
		size_t start = values->length;
		bool fold = counts->layout.form == COUNT_FOLDED && key->key == KEY_stack;

		strbuf_add(values, "+");
		if (fold && report->frames)
			count_key_fold(report->frames, values);
		else if (!count_key_value(key, report, values) && !values->failed)
			values->data[start] = '-';
		strbuf_add_bytes(values, "", 1);
	}
}

/* FNV-1a; equality is decided by the values. */
static uint64_t hash_bytes(const char *bytes, size_t length)
{
	uint64_t hash = 0xcbf29ce484222325;

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)bytes[i]) * 0x100000001b3;
	return hash ^ hash >> 32;
}

/* The slot of the group with these values, or the free one where it belongs. */
static struct count_group **find_slot(struct count_group **slots, size_t slot_count, uint64_t hash,
				      const char *values, size_t length)
{
	for (size_t i = hash;; i++) {
		struct count_group *group = slots[i & (slot_count - 1)];

		if (!group || (group->hash == hash && group->length == length &&
			       memcmp(group->values, values, length) == 0))
			return &slots[i & (slot_count - 1)];
	}
}

static int grow(struct counts *counts)
{
	size_t slot_count = counts->slot_count * 2;
	struct count_group **slots = calloc(slot_count, sizeof(*slots));

	if (!slots)
		return -ENOMEM;
	for (size_t i = 0; i < counts->slot_count; i++) {
		struct count_group *group = counts->slots[i];

		if (group)
			*find_slot(slots, slot_count, group->hash, group->values,
				   group->length) = group;
	}
	free(counts->slots);
	counts->slots = slots;
	counts->slot_count = slot_count;
	return 0;
}

static int add_group(struct counts *counts, struct count_group **slot, uint64_t hash)
{
	size_t length = counts->values.length;

	if (counts->group_count == counts->groups_max || counts->bytes + length > BYTES_MAX) {
		counts->other++;
		return 0;
	}
	*slot = malloc(sizeof(**slot) + length);
	if (!*slot)
		return -ENOMEM;
	**slot = (struct count_group){ .count = 1, .hash = hash, .length = length };
	memcpy((*slot)->values, counts->values.data, length);
	counts->bytes += length;
	counts->group_count++;
	return counts->group_count * 2 > counts->slot_count ? grow(counts) : 0;
}

int counts_add(struct counts *counts, const struct drop_report *report)
{
	struct count_group **slot;
	uint64_t hash;

	collect(counts, report);
	if (counts->values.failed)
		return -ENOMEM;
	counts->lost += report_number(report, KEY_lost);
	hash = hash_bytes(strbuf_string(&counts->values), counts->values.length);
	slot = find_slot(counts->slots, counts->slot_count, hash, strbuf_string(&counts->values),
			 counts->values.length);
	if (!*slot)
		return add_group(counts, slot, hash);
	(*slot)->count++;
	return 0;
}

/* Largest first; among equals by their values, so that the order is always the same. */
static int compare_groups(const void *a, const void *b)
{
	const struct count_group *left = *(struct count_group *const *)a,
				 *right = *(struct count_group *const *)b;
	size_t shorter = left->length < right->length ? left->length : right->length;

	if (left->count != right->count)
		return left->count < right->count ? 1 : -1;
	return memcmp(left->values, right->values, shorter);
}

void counts_print(struct counts *counts, uint64_t lost, struct strbuf *out)
{
	struct count_group **groups = counts->slots;
	size_t count = 0;

	/* The table is emptied below: its groups may leave their slots. */
	for (size_t i = 0; i < counts->slot_count; i++) {
		struct count_group *group = groups[i];

		groups[i] = NULL;
		if (group)
			groups[count++] = group;
	}
	qsort(groups, count, sizeof(struct count_group *), compare_groups);
	count_print_groups(&counts->layout, groups, count, out);
	count_print_rest(counts->layout.form, counts->other, counts->lost + lost, out);
	clear(counts);
}
