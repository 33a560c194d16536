/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPORT_PACK_H
#define REPORT_PACK_H

/*
 * A report of a capture as a few hundred bytes that outlive the event: all values, the packet's
 * headers, the times. The frames of the stack are left to the caller, who has many reports with the
 * same ones; keys of a later version (drop_report.unknown) do not occur in a capture.
 */

#include <stddef.h>
#include <stdint.h>

#include "report.h"

/* Returns the length, or 0 if the report does not fit into size bytes. */
size_t report_pack(const struct drop_report *report, uint8_t *bytes, size_t size);

/*
 * The reverse, of bytes of report_pack. The texts and the packet point into them. The report has no
 * frames.
 */
void report_unpack(struct drop_report *report, const uint8_t *bytes);

#endif
