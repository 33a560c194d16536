/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FRAME_ORDER_H
#define FRAME_ORDER_H

/*
 * Puts the frames of a wire capture into the order of time. A capture of several queues or
 * interfaces has neighbours in the wrong order; each frame is held until a frame comes that is
 * later by the window. Memory is bounded: if too many frames are held, the first one is given
 * earlier. A frame that comes after a later one was given cannot be put into the order any more; it
 * is counted instead. The headers of held frames are copied, their bytes are not.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "match.h"

struct frame_order;

/* window_ns: by how much a frame may be late. NULL: out of memory. */
struct frame_order *frame_order_new(uint64_t window_ns, size_t frames_max);
void frame_order_free(struct frame_order *order); /* NULL is accepted */

/* Adds the next frame of the file. Returns 0 or -ENOMEM. */
int frame_order_add(struct frame_order *order, const struct wire_frame *frame);

/*
 * Takes the frame that is next by its time, and of several at one time by its number. Returns true
 * and fills *frame, whose packet lives until the next call of this module and has no data; false
 * while a frame that comes later may be before it. all: no frame comes later.
 */
bool frame_order_take(struct frame_order *order, bool all, struct wire_frame *frame);

/* Frames that came too late, and were not given. */
uint64_t frame_order_late(const struct frame_order *order);

#endif
