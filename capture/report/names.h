/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef NAMES_H
#define NAMES_H

/*
 * Names that are the same on every kernel: event kinds, TCP states and congestion control states
 * (part of the ABI by TCP_INFO), TCP flags. Drop reasons differ between kernels (kernel/reason.h).
 */

#include <stdbool.h>
#include <stdint.h>

#include "event/event.h"
#include "util/strbuf.h"

#define STATE_COUNT 14 /* with 0, no socket (include/net/tcp_states.h) */

/* Returns "drop", "retransmit", "synack", "tlp", "reset", "state" or "life". */
const char *event_kind_name(enum event_kind kind);

/* Returns "listen-overflow", ...; NULL for CAUSE_NONE. */
const char *cause_name(enum event_cause cause);

/* Returns the cause with that name, in any case; CAUSE_NONE if there is none. */
enum event_cause cause_find(const char *name);

/* Returns "ESTABLISHED", ...; NULL for 0 (no socket) and for numbers that are not a state. */
const char *state_name(unsigned int state);

/* Returns "Open", "Disorder", "CWR", "Recovery" or "Loss"; NULL for another number. */
const char *ca_state_name(unsigned int ca_state);

/* Returns the state with that name, in any case; 0 for "NONE" (no socket); -1: none. */
int state_find(const char *name);

/* Each appends all of these names, with a space between two. */
void event_kinds_list(struct strbuf *names);
void causes_list(struct strbuf *names);
void states_list(struct strbuf *names);
void ca_states_list(struct strbuf *names);
void retransmit_kinds_list(struct strbuf *names); /* those of enrich_tcp.c */

/* Appends "SYN|ACK" and the like; "-" for no flag. */
void flags_format(uint8_t flags, struct strbuf *text);

#endif
