/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef INTERFACES_H
#define INTERFACES_H

/*
 * The interfaces of a section, numbered in the order in which they come: one for each device of
 * each namespace, under each of its names. A number that the kernel uses again is that of another
 * interface if the device, or its namespace in /run/netns, has another name. It also knows which
 * interfaces have numbers that are not in the file yet.
 */

#include <stddef.h>
#include <stdint.h>

/*
 * In one section: about 9 MiB of memory, as much in a reader, and a block of about 100 bytes each
 * in the file. pcapng cannot retire an interface within a section (draft section 4.2).
 */
#define INTERFACES_MAX 65536

/* Unknown members are zero. */
struct interface_key {
	uint32_t netns;
	uint32_t ifindex;
	char name[16];	   /* with zeros up to its end */
	uint64_t named_id; /* of the name of the namespace (struct netns_name) */
};

struct interface {
	struct interface_key key;
	uint32_t id; /* in its section */
	uint64_t packets;
	uint64_t lost;
	struct interface *next_changed; /* of those that have changed; itself: the last of these */
};

struct interfaces;

/* Returns NULL for lack of memory. */
struct interfaces *interfaces_new(void);
void interfaces_free(struct interfaces *interfaces); /* NULL is accepted */

/* Forgets all of them, for a new section. */
void interfaces_clear(struct interfaces *interfaces);

size_t interfaces_count(const struct interfaces *interfaces);

/* Returns an interface, which lives until the list is cleared or freed. NULL: it was not added. */
struct interface *interfaces_find(struct interfaces *interfaces, const struct interface_key *key);

/* Gives it the next id. NULL: no memory. */
struct interface *interfaces_add(struct interfaces *interfaces, const struct interface_key *key);

/* Notes that the file lacks the numbers of the interface. */
void interfaces_note_change(struct interfaces *interfaces, struct interface *interface);

/* Returns how many interfaces the file lacks numbers of, and takes the one noted first of them. */
size_t interfaces_changed(const struct interfaces *interfaces);
struct interface *interfaces_take_changed(struct interfaces *interfaces); /* NULL: none */

#endif
