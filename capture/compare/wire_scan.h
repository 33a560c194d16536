/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef WIRE_SCAN_H
#define WIRE_SCAN_H

/*
 * The first reading of wire captures: the offset of each clock, and which capture continues the one
 * before it.
 */

#include "compare.h"
#include "pcapng/reader.h"

/*
 * Makes a frame for the matcher. Returns false for an item that is no frame or has no time. The
 * packet of an unknown link type has no headers: all that the matcher learns is its time.
 */
bool wire_scan_frame(const struct pcapng_item *item, struct packet *packet,
		     struct wire_frame *frame);

/* Notes the link type of an interface; each may be noted several times. */
void wire_scan_link_type(struct compare_wire *wire, uint16_t link_type);

/* Reads all wires. Returns 0, or -errno and the error. Damage is left to the second reading. */
int wire_scan(struct compare *compare, struct error *error);

#endif
