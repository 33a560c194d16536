/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DECODE_H
#define DECODE_H

/*
 * Turns the bytes of a ring record into an event: checks version, sizes and ranges, and brings the
 * packet into an Ethernet frame. Pure; trusts nothing that it has not checked.
 */

#include <stddef.h>

#include "event.h"

/*
 * Returns 0 and fills *event, whose packet points into *event itself; -EPROTO for another record
 * version, -EINVAL for a size or number that is out of range.
 */
int decode_record(const void *bytes, size_t size, struct drop_event *event);

#endif
