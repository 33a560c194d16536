/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OVERVIEW_H
#define OVERVIEW_H

/*
 * The contents of a `tcpdropcap report`, without a form: gather.h fills it, finding.h makes
 * sentences from it, and overview_*.h print it. All texts are from the files: they are not trusted,
 * and each form escapes them.
 */

#include "explain/explain.h"
#include "group.h"
#include "report/report.h"
#include "timeline.h"

#define OVERVIEW_TEXT 32 /* bytes of a short text, its NUL included */

/* Of a group of overview.causes, whose name is the event, a NUL, and the word. */
struct cause {
	size_t number; /* of its series in the timeline */
	enum event_class class;
	enum explain_class explain; /* what kind of word it is */
	const char *event;	    /* "drop", ... */
	const char *word;	    /* the reason; the kind of a retransmission; else the event */
	struct group_table sites;   /* functions of the kernel */
	struct group_table interfaces;
	struct group_table owners;
	uint64_t inbound, outbound;
};

/* Of a group of overview.owners, whose name is the command. */
struct owner_extra {
	uint64_t pid;	  /* 0: unknown */
	bool several;	  /* processes of this name */
	char cgroup[128]; /* of the first event that has one; "": unknown */
	bool several_cgroups;
};

/* The numbers of TCP's state that a flow keeps, in the order of a table's columns. */
#define FLOW_NUMBERS(KEY) \
	KEY(cwnd)         \
	KEY(ssthresh)     \
	KEY(srtt_us)      \
	KEY(rttvar_us)    \
	KEY(rto_us)       \
	KEY(retransmits)  \
	KEY(packets_out)  \
	KEY(retrans_out)  \
	KEY(lost_out)     \
	KEY(sacked_out)   \
	KEY(snd_wnd)      \
	KEY(rcv_wnd)      \
	KEY(rmem)         \
	KEY(rcvbuf)       \
	KEY(wmem)         \
	KEY(sndbuf)       \
	KEY(backlog)      \
	KEY(total_retrans)

enum flow_number {
#define NUMBER(id) FLOW_##id,
	FLOW_NUMBERS(NUMBER)
#undef NUMBER
	FLOW_NUMBER_COUNT
};

extern const enum key flow_number_keys[FLOW_NUMBER_COUNT];

/* Of a group of overview.flows, whose name is "LOCAL > REMOTE": its values at its last event. */
struct flow {
	char owner[OVERVIEW_TEXT];
	char state[OVERVIEW_TEXT];
	char ca_state[OVERVIEW_TEXT];
	char cc[OVERVIEW_TEXT];
	uint32_t present; /* a bit for each number that is known */
	uint64_t numbers[FLOW_NUMBER_COUNT];
};

struct overview {
	struct event_counts all;
	struct group_table causes;
	struct group_table owners;
	struct group_table interfaces;
	struct group_table flows;
	struct group_table stacks; /* of drops: "root;...;leaf", without offsets */
	struct group_table frames; /* of drops: the frames of a report, with them */
	struct group_table about;  /* what the files say of themselves: label, a NUL, text */
	struct group_table
		verdicts; /* the verdict, a NUL, event and word; with wire captures alone */
	struct timeline timeline;
	uint64_t lost;
	uint64_t without_stack; /* drops */
	const char *const *paths;
	size_t path_count;
	const char *damage; /* why a file could not be read to its end; NULL: none */
};

/* The labels of overview.about, in the order in which they are printed. */
extern const char *const about_labels[];
extern const size_t about_label_count;

/* A group's cause, owner or flow. */
static inline const struct cause *cause_of(const struct group *group)
{
	return group->extra;
}

static inline const struct flow *flow_of(const struct group *group)
{
	return group->extra;
}

static inline const struct owner_extra *owner_of(const struct group *group)
{
	return group->extra;
}

/* The explanation of the cause, or NULL. */
const struct explanation *cause_explanation(const struct cause *cause);

/* The text after the first NUL of a group's name. */
static inline const char *group_second(const struct group *group)
{
	size_t first = strlen(group->name);

	return first < group->length ? group->name + first + 1 : "";
}

#endif
