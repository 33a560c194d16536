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
	struct entry *table;
	struct entry *last; /* found */
	struct interface *first_changed, *last_changed;
	size_t changed;
};

struct interfaces *interfaces_new(void)
{
	return calloc(1, sizeof(struct interfaces));
}

void interfaces_clear(struct interfaces *interfaces)
{
	struct entry *entry = interfaces->table, *following;

	HASH_CLEAR(hh, interfaces->table); /* the table; the entries are still a list */
	for (; entry; entry = following) {
		following = entry->hh.next;
		free(entry);
	}
	*interfaces = (struct interfaces){ 0 };
}

void interfaces_free(struct interfaces *interfaces)
{
	if (!interfaces)
		return;
	interfaces_clear(interfaces);
	free(interfaces);
}

size_t interfaces_count(const struct interfaces *interfaces)
{
	return HASH_COUNT(interfaces->table);
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

struct interface *interfaces_add(struct interfaces *interfaces, const struct interface_key *key)
{
	struct entry *entry = calloc(1, sizeof(*entry));

	if (!entry)
		return NULL;
	entry->interface.key = *key;
	entry->interface.id = (uint32_t)interfaces_count(interfaces);
	HASH_ADD(hh, interfaces->table, interface.key, sizeof(*key), entry);
	if (!entry->hh.tbl) {
		free(entry);
		return NULL;
	}
	interfaces->last = entry;
	return &entry->interface;
}

void interfaces_note_change(struct interfaces *interfaces, struct interface *interface)
{
	if (interface->next_changed)
		return;
	if (interfaces->last_changed)
		interfaces->last_changed->next_changed = interface;
	else
		interfaces->first_changed = interface;
	interface->next_changed = interface;
	interfaces->last_changed = interface;
	interfaces->changed++;
}

size_t interfaces_changed(const struct interfaces *interfaces)
{
	return interfaces->changed;
}

struct interface *interfaces_take_changed(struct interfaces *interfaces)
{
	struct interface *first = interfaces->first_changed;

	if (!first)
		return NULL;
	interfaces->first_changed = first->next_changed == first ? NULL : first->next_changed;
	if (!interfaces->first_changed)
		interfaces->last_changed = NULL;
	first->next_changed = NULL;
	interfaces->changed--;
	return first;
}
