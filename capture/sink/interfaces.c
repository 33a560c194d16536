// SPDX-License-Identifier: GPL-2.0-or-later
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "interfaces.h"

struct interfaces {
	struct interface **list; /* index: id */
	size_t count;
	size_t capacity;
	struct interface *last; /* found */
	void *tree;		/* the same, for tsearch(3) */
};

static int compare(const void *a, const void *b)
{
	const struct interface *left = a, *right = b;

	if (left->netns != right->netns)
		return left->netns < right->netns ? -1 : 1;
	if (left->ifindex != right->ifindex)
		return left->ifindex < right->ifindex ? -1 : 1;
	return strcmp(left->name, right->name);
}

static void keep(void *node)
{
	(void)node; /* the list has it */
}

struct interfaces *interfaces_new(void)
{
	return calloc(1, sizeof(struct interfaces));
}

void interfaces_free(struct interfaces *interfaces)
{
	if (!interfaces)
		return;
	tdestroy(interfaces->tree, keep);
	for (size_t id = 0; id < interfaces->count; id++)
		free(interfaces->list[id]);
	free(interfaces->list);
	free(interfaces);
}

size_t interfaces_count(const struct interfaces *interfaces)
{
	return interfaces->count;
}

struct interface *interfaces_get(struct interfaces *interfaces, size_t id)
{
	return interfaces->list[id];
}

static struct interface *add(struct interfaces *interfaces, const struct interface *wanted)
{
	struct interface *interface, **grown;

	if (interfaces->count == interfaces->capacity) {
		size_t capacity = interfaces->capacity ? interfaces->capacity * 2 : 16;

		grown = realloc(interfaces->list, capacity * sizeof(struct interface *));
		if (!grown)
			return NULL;
		interfaces->list = grown;
		interfaces->capacity = capacity;
	}
	interface = calloc(1, sizeof(*interface));
	if (!interface)
		return NULL;
	interface->netns = wanted->netns;
	interface->ifindex = wanted->ifindex;
	memcpy(interface->name, wanted->name, sizeof(interface->name));
	interface->id = (uint32_t)interfaces->count;
	if (!tsearch(interface, &interfaces->tree, compare)) {
		free(interface);
		return NULL;
	}
	interfaces->list[interfaces->count++] = interface;
	return interface;
}

static struct interface *find(const struct interfaces *interfaces, const struct interface *wanted)
{
	struct interface *const *found = tfind(wanted, &interfaces->tree, compare);

	return found ? *found : NULL;
}

struct interface *interfaces_find(struct interfaces *interfaces, const struct interface *wanted,
				  bool *is_new)
{
	static const struct interface nameless;

	*is_new = false;
	if (interfaces->last && compare(interfaces->last, wanted) == 0)
		return interfaces->last;
	interfaces->last = find(interfaces, wanted);
	if (!interfaces->last && interfaces->count >= INTERFACES_MAX) {
		wanted = &nameless;
		interfaces->last = find(interfaces, wanted);
	}
	if (!interfaces->last) {
		interfaces->last = add(interfaces, wanted);
		*is_new = true;
	}
	return interfaces->last;
}
