/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIGGER_H
#define TRIGGER_H

/*
 * The conditions under which a recorder writes what it has. A trigger is a text of conditions with
 * "+" between them, all of which one event must fulfill:
 *
 *	reason=LIST	a drop or reset with one of these reasons
 *	owner=LIST	a socket whose owner has one of these names
 *	retransmits=N	a connection with N timeouts in a row or more, by the kernel's count
 *	rate=N/s	N events that fulfill the other conditions, within a second
 *
 * Pure: the time is that of the events.
 */

#include <stdint.h>

#include "report/report.h"
#include "util/error.h"
#include "util/strbuf.h"

#define TRIGGER_RATE_MAX 100000

/* Any of several triggers; NULL: there is none. */
struct triggers;

/*
 * Adds a trigger; the text must live as long. Returns 0; -EINVAL and the error, which names the
 * option --trigger; -ENOMEM.
 */
int triggers_add(struct triggers **triggers, const char *text, struct error *error);
void triggers_free(struct triggers *triggers);

/*
 * Returns the text of the first trigger that this event fires; NULL: none. Every trigger examines
 * every event. After it has fired, a rate needs N further events.
 */
const char *triggers_fired(struct triggers *triggers, const struct drop_report *report);

/* Returns a reason of theirs that is not in the list of names with commas; NULL: all are. */
const char *triggers_unknown_reason(const struct triggers *triggers, const char *names);

/* Appends the conditions that there are, each with "=", a space between two. */
void triggers_list(struct strbuf *text);

#endif
