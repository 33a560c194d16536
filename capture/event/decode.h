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
struct record_outside_key; /* bpf/outside_record.h */
struct record_outside;	   /* bpf/outside_record.h */

/* Fills *holder from a record that the iterator over all open files has written. */
void decode_socket(const struct record_socket *record, struct socket_holder *holder);

/*
 * Fills *count from the kernel side's count of packets of a device. Returns 0, or -EBADMSG for an
 * unknown kind of count.
 */
int decode_outside(const struct record_outside_key *key, const struct record_outside *record,
		   struct outside_count *count);

#endif
