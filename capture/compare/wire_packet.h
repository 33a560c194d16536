/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef WIRE_PACKET_H
#define WIRE_PACKET_H

/*
 * The packet of an event, which is an Ethernet frame, in the form of another link type: its MAC
 * header is replaced by the header of that link type. libpcap reads no file whose interfaces have
 * several link types.
 */

#include <stdbool.h>
#include <stdint.h>

#include "report/report.h"
#include "util/strbuf.h"

/*
 * Replaces *bytes by the packet in the form of the link type, and sets *len to its length on that
 * link. Returns false if it has no such form: a link type without one, or a packet that is not IP
 * where the link type has IP alone. Check bytes->failed for lack of memory. big: the byte order of
 * the file, in which the header of BSD loopback is.
 */
bool wire_packet_make(const struct drop_report *report, uint16_t link_type, bool big,
		      struct strbuf *bytes, uint32_t *len);

/*
 * Returns the number of the link type for a further interface beside one of that link type.
 * libpcap (1.10.3) compares the number of a further interface in the file with its own number of
 * the first one, and those of raw IP differ: 101 in files, 12 in libpcap. Readers take both.
 */
uint16_t wire_packet_link_type(uint16_t link_type);

#endif
