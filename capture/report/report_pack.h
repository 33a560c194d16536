/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPORT_PACK_H
#define REPORT_PACK_H

/*
 * Packs a report of a capture into a few hundred bytes that outlive the event: all values, the
 * headers of the packet, the time. The frames of the stack are not included, because many reports
 * have the same ones; the caller stores them. Neither are the keys of a later version
 * (drop_report.unknown), which do not occur in a capture.
 */

#include <stddef.h>
#include <stdint.h>

#include "report.h"

/* Returns the number of bytes written; 0 if the report needs more than size bytes. */
size_t report_pack(const struct drop_report *report, uint8_t *bytes, size_t size);

/*
 * Unpacks bytes of report_pack(), which are trusted. The texts and the packet of the report point
 * into them. The report has no frames.
 */
void report_unpack(struct drop_report *report, const uint8_t *bytes);

#endif
