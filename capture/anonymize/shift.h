/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SHIFT_H
#define SHIFT_H

/*
 * Offsets that are added to the numbers of TCP and IP, so that their differences stay: sequence
 * and acknowledgement numbers, SACK blocks, timestamps, IP IDs. They depend on the key alone, not
 * on the addresses and ports of a connection: compare finds a packet on the other side of a
 * translation (NAT), which changes these, by its numbers. So whoever knows the numbers of one
 * connection of a file from elsewhere knows those of the others.
 */

#include <stdint.h>

#include "secret.h"

struct shift {
	uint32_t sequence;
	uint32_t timestamp;
	uint16_t ip_id;
};

struct shift shift_make(const struct secret *secret);

/*
 * Adds the offset. 0 stays 0, which says that there is no ID, and no other ID becomes 0: the
 * numbers from 1 to 65535 are counted in a circle.
 */
uint16_t shift_ip_id(uint16_t ip_id, uint16_t offset);

#endif
