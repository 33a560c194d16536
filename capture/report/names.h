/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef NAMES_H
#define NAMES_H

/*
 * Names that are the same on every kernel: event kinds, TCP states and congestion control
 * states (part of the ABI through TCP_INFO), TCP flags. They do not include drop reasons: see
 * reason.h.
 */

#include <stdbool.h>
#include <stdint.h>

#include "event/event.h"
#include "util/strbuf.h"

#define STATE_COUNT 14

/* "drop", "retransmit", "synack", "tlp", "reset", "state", "life". */
const char *event_kind_name(enum event_kind kind);

/* "listen-overflow", ...; NULL for CAUSE_NONE. */
const char *cause_name(enum event_cause cause);

/* Case does not matter. Returns the cause, or CAUSE_NONE. */
enum event_cause cause_find(const char *name);

/* "ESTABLISHED", ...; NULL for 0 (no socket) and for numbers that TCP does not have. */
const char *state_name(unsigned int state);

/* "Open", "Disorder", "CWR", "Recovery", "Loss"; NULL for another number. */
const char *ca_state_name(unsigned int ca_state);

/* Case does not matter; "NONE" is 0, no socket. Returns the state, or -1. */
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
