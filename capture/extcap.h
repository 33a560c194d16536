/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EXTCAP_H
#define EXTCAP_H

/*
 * The protocol by which Wireshark finds, configures and starts a capture program (extcap(4)): its
 * requests and the text of the responses. There is one interface. Opens nothing and captures
 * nothing, because the list of interfaces must be fast and work without privileges.
 */

#include <stdbool.h>

#include "util/error.h"
#include "util/strbuf.h"

enum extcap_question {
	EXTCAP_NOTHING, /* a question of a later version of the protocol */
	EXTCAP_INTERFACES,
	EXTCAP_LINK_TYPES,
	EXTCAP_CONFIG,
	EXTCAP_CHECK_FILTER,
	EXTCAP_CAPTURE,
};

struct extcap_call {
	enum extcap_question question;
	const char *interface; /* NULL: not given, or empty; so are the next two */
	const char *filter;
	const char *fifo;
	char **arguments; /* the command line of the requested capture, NULL after the last */
	int argument_count;
};

/* Returns whether Wireshark is the caller: an argument begins with --extcap-. */
bool extcap_is_call(int argc, char *const *argv);

/*
 * Fills *call, which points into argv; the caller frees it, after an error too. Unknown arguments
 * of the protocol are ignored. Every other argument is an option of the capture, unless its value
 * is empty: an empty field of the dialog. Returns 0; -EINVAL if an argument is missing or the
 * interface is not ours; -ENOMEM.
 */
int extcap_parse(int argc, char **argv, struct extcap_call *call, struct error *error);
void extcap_free(struct extcap_call *call);

/* Each function appends one response. */
void extcap_interfaces(struct strbuf *text);
void extcap_link_types(struct strbuf *text);
void extcap_config(struct strbuf *text);

#endif
