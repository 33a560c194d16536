// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "interfaces.h"
#include "util/hash.h"

struct entry {
	struct interface interface;
	UT_hash_handle hh;
};

struct interfaces {
	struct entry **list; /* by id */
	size_t count;
	size_t capacity;
	struct entry *last; /* found */
	struct entry *table;
};

struct interfaces *interfaces_new(void)
{
	return calloc(1, sizeof(struct interfaces));
}

void interfaces_clear(struct interfaces *interfaces)
{
	HASH_CLEAR(hh, interfaces->table);
	for (size_t id = 0; id < interfaces->count; id++)
		free(interfaces->list[id]);
	interfaces->count = 0;
	interfaces->last = NULL;
}

void interfaces_free(struct interfaces *interfaces)
{
	if (!interfaces)
		return;
	interfaces_clear(interfaces);
	free(interfaces->list);
	free(interfaces);
}

size_t interfaces_count(const struct interfaces *interfaces)
{
	return interfaces->count;
}

struct interface *interfaces_get(struct interfaces *interfaces, size_t id)
{
	return &interfaces->list[id]->interface;
}

struct interface *interfaces_find(struct interfaces *interfaces, const struct interface_key *key)
{
	struct entry *entry = interfaces->last;

	/* Most packets have the interface of the one before. */
	if (entry && memcmp(&entry->interface.key, key, sizeof(*key)) == 0)
		return &entry->interface;
	HASH_FIND(hh, interfaces->table, key, sizeof(*key), entry);
	if (!entry)
		return NULL;
	interfaces->last = entry;
	return &entry->interface;
}

static bool reserve(struct interfaces *interfaces)
{
	size_t capacity = interfaces->capacity ? interfaces->capacity * 2 : 16;
	struct entry **grown;

	if (interfaces->count < interfaces->capacity)
		return true;
	grown = reallocarray(interfaces->list, capacity, sizeof(*grown));
	if (!grown)
		return false;
	interfaces->list = grown;
	interfaces->capacity = capacity;
	return true;
}

struct interface *interfaces_add(struct interfaces *interfaces, const struct interface_key *key)
{
	struct entry *entry;

	if (!reserve(interfaces))
		return NULL;
	entry = calloc(1, sizeof(*entry));
	if (!entry)
		return NULL;
	entry->interface.key = *key;
	entry->interface.id = (uint32_t)interfaces->count;
	HASH_ADD(hh, interfaces->table, interface.key, sizeof(*key), entry);
	if (!entry->hh.tbl) {
		free(entry);
		return NULL;
	}
	interfaces->list[interfaces->count++] = entry;
	interfaces->last = entry;
	return &entry->interface;
}
