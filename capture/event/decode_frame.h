/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DECODE_FRAME_H
#define DECODE_FRAME_H

/* The frame of an event. A part of decode: only decode.c includes it. */

#include "event.h"

struct drop_record; /* bpf/record.h */

/*
 * Makes the frame in *event from a record whose sizes have been checked, and parses it. Returns 0,
 * or -EINVAL if a segment without an IP header has no whole TCP header either.
 */
int decode_frame(const struct drop_record *record, struct drop_event *event);

#endif
