/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef INTERFACES_H
#define INTERFACES_H

/*
 * The interfaces of a file, numbered as they come: one for each device of each namespace, under
 * each of its names. Devices come and go without end: those beyond a limit share one without a
 * name.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define INTERFACES_MAX 65536 /* 4 MiB of memory; a block of 100 bytes each in the file */

struct interface {
	uint32_t netns;
	uint32_t ifindex;
	char name[16]; /* "": unknown */
	uint32_t id;   /* in the file */
	uint64_t packets;
	uint64_t lost;
	uint64_t reported; /* packets and losses in the statistics written last */
};

struct interfaces;

/* Returns NULL for lack of memory. */
struct interfaces *interfaces_new(void);
void interfaces_free(struct interfaces *interfaces); /* NULL is accepted */

size_t interfaces_count(const struct interfaces *interfaces);

/* The interface of that id, which lives as long as the list. */
struct interface *interfaces_get(struct interfaces *interfaces, size_t id);

/*
 * The interface of the device, with *is_new set if it was not known: it has the next id then.
 * wanted's counts are ignored. NULL: no memory.
 */
struct interface *interfaces_find(struct interfaces *interfaces, const struct interface *wanted,
				  bool *is_new);

#endif
