/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DECODE_H
#define DECODE_H

/*
 * Makes an event from the bytes of a ring record: checks the version, sizes and ranges, and makes
 * an Ethernet frame of the packet. It has no state, and uses no value that it has not checked.
 */

#include <stddef.h>

#include "event.h"

/*
 * Returns 0 and fills *event, whose packet.data points into *event itself; -EPROTO if the record
 * has another version, -EINVAL if a size or number is out of range. Of event->stack, only the first
 * stack_depth entries are written.
 */
int decode_record(const void *bytes, size_t size, struct drop_event *event);

struct record_socket;	   /* bpf/record.h */
struct record_outside_key; /* bpf/outside_record.h, and the next */
struct record_outside;

/* Fills *holder from what the iterator over all open files has written of one socket. */
void decode_socket(const struct record_socket *record, struct socket_holder *holder);

/*
 * Fills *count from what the kernel side has counted of a device. Returns 0, -EBADMSG if it is of
 * no kind that there is.
 */
int decode_outside(const struct record_outside_key *key, const struct record_outside *record,
		   struct outside_count *count);

#endif
