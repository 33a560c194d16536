// SPDX-License-Identifier: GPL-2.0-or-later
#include <stddef.h>
#include <strings.h>

#include "names.h"

static const char *const state_names[STATE_COUNT] = {
	NULL,	     "ESTABLISHED", "SYN_SENT",	    "SYN_RECV",	      "FIN_WAIT1",
	"FIN_WAIT2", "TIME_WAIT",   "CLOSE",	    "CLOSE_WAIT",     "LAST_ACK",
	"LISTEN",    "CLOSING",	    "NEW_SYN_RECV", "BOUND_INACTIVE",
};

const char *event_kind_name(enum event_kind kind)
{
	static const char *const names[EVENT_KIND_COUNT] = {
		[EVENT_DROP] = "drop", [EVENT_RETRANSMIT] = "retransmit", [EVENT_SYNACK] = "synack",
		[EVENT_TLP] = "tlp",   [EVENT_RESET] = "reset",		  [EVENT_STATE] = "state",
		[EVENT_LIFE] = "life",
	};

	return names[kind];
}

const char *cause_name(enum event_cause cause)
{
	static const char *const names[CAUSE_COUNT] = {
		[CAUSE_LISTEN_OVERFLOW] = "listen-overflow",
		[CAUSE_SYN_QUEUE_FULL] = "syn-queue-full",
		[CAUSE_LISTEN_DROP] = "listen-drop",
	};

	return names[cause];
}

enum event_cause cause_find(const char *name)
{
	for (enum event_cause cause = CAUSE_NONE + 1; cause < CAUSE_COUNT; cause++) {
		if (strcasecmp(name, cause_name(cause)) == 0)
			return cause;
	}
	return CAUSE_NONE;
}

const char *state_name(unsigned int state)
{
	return state < STATE_COUNT ? state_names[state] : NULL;
}

const char *ca_state_name(unsigned int ca_state)
{
	static const char *const names[] = { "Open", "Disorder", "CWR", "Recovery", "Loss" };

	return ca_state < sizeof(names) / sizeof(names[0]) ? names[ca_state] : NULL;
}

void event_kinds_list(struct strbuf *names)
{
	for (enum event_kind kind = 0; kind < EVENT_KIND_COUNT; kind++)
		strbuf_addf(names, "%s%s", kind ? " " : "", event_kind_name(kind));
}

void causes_list(struct strbuf *names)
{
	for (enum event_cause cause = CAUSE_NONE + 1; cause < CAUSE_COUNT; cause++)
		strbuf_addf(names, "%s%s", cause > CAUSE_NONE + 1 ? " " : "", cause_name(cause));
}

void states_list(struct strbuf *names)
{
	for (unsigned int state = 1; state < STATE_COUNT; state++)
		strbuf_addf(names, "%s%s", state > 1 ? " " : "", state_name(state));
}

void ca_states_list(struct strbuf *names)
{
	for (unsigned int state = 0; ca_state_name(state); state++)
		strbuf_addf(names, "%s%s", state ? " " : "", ca_state_name(state));
}

void retransmit_kinds_list(struct strbuf *names)
{
	strbuf_add(names, "rto fast tlp syn synack");
}

int state_find(const char *name)
{
	if (strcasecmp(name, "NONE") == 0)
		return 0;
	for (int state = 1; state < STATE_COUNT; state++) {
		if (strcasecmp(name, state_names[state]) == 0)
			return state;
	}
	return -1;
}

void flags_format(uint8_t flags, struct strbuf *text)
{
	static const char *const names[] = {
		"FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR"
	};
	const char *separator = "";

	if (!flags)
		strbuf_add(text, "-");
	for (unsigned int bit = 0; bit < 8; bit++) {
		if (!(flags >> bit & 1))
			continue;
		strbuf_add(text, separator);
		strbuf_add(text, names[bit]);
		separator = "|";
	}
}
