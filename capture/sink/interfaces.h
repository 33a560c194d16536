/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef INTERFACES_H
#define INTERFACES_H

/*
 * The interfaces of a section, numbered in the order in which they come: one for each device of
 * each namespace, under each of its names. An inode number or an index that the kernel uses again
 * for a device of another name is another interface.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * In one section: about 10 MiB of memory, as much in a reader, and a block of about 100 bytes each
 * in the file. pcapng cannot retire an interface within a section (draft section 4.2), so a section
 * that is full is followed by another one. The limit is high because Wireshark 4.0 looks for the
 * interfaces of each section in the first one, and so shows wrong names after it.
 */
#define INTERFACES_MAX 65536

/* Unknown members are zero. */
struct interface_key {
	uint32_t netns;
	uint32_t ifindex;
	char name[16]; /* with zeros up to its end */
};

struct interface {
	struct interface_key key;
	uint32_t id; /* in its section */
	uint64_t packets;
	uint64_t lost;
	uint64_t reported; /* packets and losses in the statistics written last */
};

struct interfaces;

/* Returns NULL for lack of memory. */
struct interfaces *interfaces_new(void);
void interfaces_free(struct interfaces *interfaces); /* NULL is accepted */

/* Forgets all of them, for a new section. */
void interfaces_clear(struct interfaces *interfaces);

size_t interfaces_count(const struct interfaces *interfaces);

/* Each returns an interface, which lives until the list is cleared or freed. */
struct interface *interfaces_get(struct interfaces *interfaces, size_t id);

/* NULL: it was not added. */
struct interface *interfaces_find(struct interfaces *interfaces, const struct interface_key *key);

/* Gives it the next id. NULL: no memory. */
struct interface *interfaces_add(struct interfaces *interfaces, const struct interface_key *key);

#endif
