/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EXTCAP_H
#define EXTCAP_H

/*
 * The protocol by which Wireshark finds, configures and starts a capture tool (extcap(4)): what it
 * asks, and the sentences that answer it. One interface. Opens nothing and captures nothing:
 * listing must be fast and work for everyone.
 */

#include <stdbool.h>

#include "util/error.h"
#include "util/strbuf.h"

enum extcap_question {
	EXTCAP_NOTHING, /* of a later protocol */
	EXTCAP_INTERFACES,
	EXTCAP_LINK_TYPES,
	EXTCAP_CONFIG,
	EXTCAP_CHECK_FILTER,
	EXTCAP_CAPTURE,
};

struct extcap_call {
	enum extcap_question question;
	const char *interface; /* these are NULL where they were not given, or empty */
	const char *filter;
	const char *fifo;
	char **arguments; /* the command line of the capture that is asked for; ends in NULL */
	int argument_count;
};

/* Whether Wireshark calls: an argument begins with --extcap-. */
bool extcap_is_call(int argc, char *const *argv);

/*
 * Fills *call, which points into argv; free it in either case. Arguments of the protocol that are
 * unknown are passed over; what is none of the protocol is an option of the capture, unless it is
 * empty, which is how an empty field of the dialog comes. Returns 0; -EINVAL: what is there is not
 * enough, or the interface is not ours; -ENOMEM.
 */
int extcap_parse(int argc, char **argv, struct extcap_call *call, struct error *error);
void extcap_free(struct extcap_call *call);

/* Each appends one answer. */
void extcap_interfaces(struct strbuf *text);
void extcap_link_types(struct strbuf *text);
void extcap_config(struct strbuf *text);

#endif
