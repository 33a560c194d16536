/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIM_CLOCK_H
#define SIM_CLOCK_H

/*
 * Whether anyone could find out, from the files alone, how far the clock of a capture is from that
 * of the events. Packets that both have say so: surely with an IP ID or timestamps. Without either,
 * equal packets do only together, and not if as many of them agree on something false.
 */

#include "sim_wire.h"

/* Returns whether the two packets have the same headers, so that no frame says which it is. */
bool is_equal(const struct world *world, const struct segment *a, const struct segment *b);

/* The capture has all its frames. */
bool clock_is_known(const struct wire *wire, const struct world *world);

#endif
