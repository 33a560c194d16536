/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EXPLAIN_H
#define EXPLAIN_H

/*
 * Explanations of the words in an event: reasons of drops and resets, kinds of events and
 * retransmissions, states. They are our own texts about the kernels 5.17 to 7.2. The command,
 * docs/reasons.md and the dissector use this one table. It has no numbers of reasons, because these
 * differ between kernels. Pure.
 */

#include <stdbool.h>
#include <stddef.h>

#include "util/strbuf.h"

enum explain_class {
	EXPLAIN_DROP,
	EXPLAIN_RESET,
	EXPLAIN_CAUSE,
	EXPLAIN_EVENT,
	EXPLAIN_KIND,
	EXPLAIN_STATE,
	EXPLAIN_CA_STATE,
	EXPLAIN_CLASSES,
};

/* How serious it usually is, in Wireshark's words. */
enum explain_severity {
	EXPLAIN_CHAT, /* part of ordinary traffic */
	EXPLAIN_NOTE, /* unusual, mostly harmless */
	EXPLAIN_WARN, /* a connection is slower or fails; it may be intended */
	EXPLAIN_ERROR /* something is broken or too small */
};

/* Sentences, each of which ends with a full stop. Commands in them are in back quotes. */
struct explanation {
	const char *name; /* in the kernel, without SKB_DROP_REASON_ or SK_RST_REASON_ */
	enum explain_severity severity;
	const char *functions; /* kernel functions, separated by ", "; "" for a state */
	const char *meaning;   /* one sentence, 140 bytes at most: Wireshark shows it whole */
	const char *origins;
	const char *look; /* what to look at next */
};

/* A part of the table, sorted by name (words: by the numbers of the kernel). */
struct explain_table {
	enum explain_class class;
	const char *title;
	const struct explanation *rows;
	const size_t *count;
};

extern const struct explain_table explain_tables[];
extern const size_t explain_table_count;

/* Return "reason of a drop", ...; and "drop", ..., the word in JSON and in lists. */
const char *explain_class_title(enum explain_class class);
const char *explain_class_name(enum explain_class class);

/* Returns "chat", "note", "warn" or "error". */
const char *explain_severity_name(enum explain_severity severity);

/* Returns the name after the prefix of the kernel's enum, which may be in any case. */
const char *explain_without_prefix(const char *name);

/*
 * Returns the explanation of a name, which may be in any case and may have the prefix of its class;
 * NULL if there is none.
 */
const struct explanation *explain_find(enum explain_class class, const char *name);

/* Returns whether it is a drop reason of the kernel that no TCP packet can have. */
bool explain_is_not_tcp(const char *name);

/* Returns whether it is in an enum of reasons, but no packet is freed with it. */
bool explain_is_marker(const char *name);

/*
 * Appends the names that contain the word or resemble it, separated by ", "; nothing if none does.
 */
void explain_suggest(const char *word, struct strbuf *names);

#endif
