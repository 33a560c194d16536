/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FORMAT_H
#define FORMAT_H

/* Formats parts of a report as text, for all modules that print lines: sinks, count and compare. */

#include "event/packet.h"
#include "report.h"
#include "util/strbuf.h"

/* Appends the address of the sender, or of the receiver. The packet has an IP header. */
void format_address(struct strbuf *out, const struct packet *packet, bool sender);

/*
 * Appends the sender's (or receiver's) end: "10.0.0.1:80", "[fe80::1]:80"; the port is "?" without
 * a TCP header. The packet has an IP header.
 */
void format_endpoint(struct strbuf *out, const struct packet *packet, bool sender);

/* Appends the local time of day, "14:03:59". */
void format_clock(struct strbuf *out, uint64_t timestamp_ns);

/* Appends "SENDER > RECEIVER". */
void format_flow(struct strbuf *out, const struct packet *packet);

/*
 * Appends the owner as "PID/COMM", as netstat does; where it is unknown, the process that ran on
 * the CPU, as "(PID/COMM)".
 */
void format_owner(struct strbuf *out, const struct drop_report *report);

/* Appends a value made printable, "-" for NULL, padded to width, and a space. */
void format_column(struct strbuf *out, const char *value, int width);

/*
 * Appends the frames of a stack with the separator between them: calls add() with each frame,
 * without its indentation.
 */
void format_frames(struct strbuf *out, const char *frames, const char *separator,
		   void (*add)(struct strbuf *out, const char *frame));

#endif
