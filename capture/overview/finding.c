// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <errno.h>

#include "finding.h"
#include "phrase.h"
#include "util/time.h"

#define CAUSES_MAX	3  /* that get a sentence */
#define CAUSE_SHARE_MIN 10 /* percent of its class, but the first one */
#define MOST_SHARE	80 /* percent that are "most" */
#define KINDS_MAX	5

static struct strbuf *begin(struct findings *findings, enum explain_severity severity)
{
	struct finding *finding = &findings->list[findings->count];

	if (findings->count + 1 < FINDINGS_MAX)
		findings->count++;
	finding->severity = severity;
	strbuf_clear(&finding->text);
	return &finding->text;
}

static bool is_most(uint64_t part, uint64_t whole)
{
	return part && part >= whole / 100 * MOST_SHARE + (whole % 100 * MOST_SHARE + 99) / 100;
}

/* Appends the name that most of a cause's events have, if there is one. Returns whether. */
static bool add_most(struct strbuf *out, const char *before, const struct group_table *places,
		     uint64_t whole)
{
	const struct group *first = places->groups;

	if (!first || strcmp(first->name, "-") == 0 || !is_most(first->counts.total, whole))
		return false;
	strbuf_add(out, before);
	phrase_name(out, first->name);
	if (first->counts.total < whole) {
		strbuf_add(out, " (");
		phrase_share(out, first->counts.total, whole);
		strbuf_add(out, ")");
	}
	return true;
}

static void add_where(struct strbuf *out, const struct group *group)
{
	const struct cause *cause = cause_of(group);
	uint64_t whole = group->counts.total;
	const char *preposition = ", on ";

	add_most(out, ", in ", &cause->sites, whole);
	if (is_most(cause->inbound, whole))
		preposition = ", received on ";
	else if (is_most(cause->outbound, whole))
		preposition = ", sent on ";
	if (!add_most(out, preposition, &cause->interfaces, whole)) {
		if (is_most(cause->inbound, whole))
			strbuf_add(out, ", received");
		else if (is_most(cause->outbound, whole))
			strbuf_add(out, ", sent");
	}
	strbuf_add(out, ", ");
	phrase_range(out, group->counts.first_ns, group->counts.last_ns);
}

/* Says so if most of the cause's events are close together in a long capture. */
static void add_burst(struct strbuf *out, const struct overview *overview,
		      const struct group *group)
{
	const struct timeline *timeline = &overview->timeline;
	size_t first = 0;
	size_t length = timeline_burst(timeline, cause_of(group)->number, MOST_SHARE, &first);
	uint64_t span = group->counts.last_ns - group->counts.first_ns;

	if (group->counts.total < 10 || !length || length > span / timeline->width_ns / 4)
		return;
	strbuf_addf(out, " %d%% of them are within ", MOST_SHARE);
	phrase_duration(out, length * timeline->width_ns);
	strbuf_add(out, " from ");
	phrase_time(out, (timeline->first + first) * timeline->width_ns);
	strbuf_add(out, " on.");
}

/* "92% of 1,340 drops (1,233)", "All 7 drops", "The only drop". */
static void add_amount(struct strbuf *out, uint64_t part, uint64_t whole, enum event_class class)
{
	size_t start = out->length;

	if (part < whole) {
		phrase_share(out, part, whole);
		strbuf_add(out, " of ");
		if (!out->failed) /* "Less than 1%" */
			out->data[start] = (char)toupper((unsigned char)out->data[start]);
	} else {
		strbuf_add(out, whole == 1 ? "The only " : "All ");
	}
	if (whole == 1)
		strbuf_add(out, class_name(class));
	else
		phrase_count(out, whole, class_name(class), class_plural(class));
	if (part == whole)
		return;
	strbuf_add(out, " (");
	phrase_number(out, part);
	strbuf_add(out, ")");
}

static void add_cause(struct findings *findings, const struct overview *overview,
		      const struct group *group)
{
	const struct cause *cause = cause_of(group);
	const struct explanation *explanation = cause_explanation(cause);
	uint64_t part = group->counts.total, whole = overview->all.by_class[cause->class];
	struct strbuf *out = begin(findings, explanation ? explanation->severity : EXPLAIN_NOTE);

	add_amount(out, part, whole, cause->class);
	if (cause->explain == EXPLAIN_EVENT) {
		strbuf_add(out, whole == 1 ? " has no known reason" : " have no known reason");
	} else {
		strbuf_add(out, whole == 1 ? " has the reason " : " have the reason ");
		phrase_name(out, cause->word);
	}
	add_where(out, group);
	strbuf_add(out, ".");
	if (add_most(out, " Sockets of ", &cause->owners, part))
		strbuf_add(out, ".");
	add_burst(out, overview, group);
	if (explanation) {
		strbuf_add(out, " ");
		strbuf_add(out, explanation->meaning);
	}
}

static void add_causes(struct findings *findings, const struct overview *overview,
		       enum event_class class)
{
	uint64_t whole = overview->all.by_class[class];
	int count = 0;

	for (const struct group *group = overview->causes.groups; group; group = group->hh.next) {
		if (cause_of(group)->class != class)
			continue;
		if (count && group->counts.total < whole / 100 * CAUSE_SHARE_MIN + 1)
			return;
		if (count++ == CAUSES_MAX)
			return;
		add_cause(findings, overview, group);
	}
}

/* Connections that have events of that class, and those of them that have drops as well. */
static void count_flows(const struct overview *overview, enum event_class class, uint64_t *all,
			uint64_t *dropped)
{
	for (const struct group *flow = overview->flows.groups; flow; flow = flow->hh.next) {
		bool has = flow->counts.by_class[class];

		*all += has;
		*dropped += has && flow->counts.by_class[CLASS_DROP];
	}
}

/* ": 8 rto, 5 syn."; ", all rto." */
static void add_kinds(struct strbuf *out, const struct overview *overview, uint64_t all)
{
	const char *separator = ": ";
	int kinds = 0;

	for (const struct group *group = overview->causes.groups; group && kinds < KINDS_MAX;
	     group = group->hh.next) {
		if (cause_of(group)->class != CLASS_RETRANSMIT)
			continue;
		if (group->counts.total == all) {
			strbuf_add(out, all > 1 ? ", all " : ", ");
		} else {
			strbuf_add(out, separator);
			phrase_number(out, group->counts.total);
			strbuf_add(out, " ");
		}
		phrase_name(out, cause_of(group)->word);
		separator = ", ";
		kinds++;
	}
	strbuf_add(out, ".");
}

static void add_retransmissions(struct findings *findings, const struct overview *overview)
{
	uint64_t all = overview->all.by_class[CLASS_RETRANSMIT], flows = 0, dropped = 0;
	struct strbuf *out;

	if (!all)
		return;
	out = begin(findings, EXPLAIN_WARN);
	phrase_count(out, all, "retransmission", "retransmissions");
	add_kinds(out, overview, all);
	count_flows(overview, CLASS_RETRANSMIT, &flows, &dropped);
	if (!flows || !overview->all.by_class[CLASS_DROP] || overview->flows.other.total)
		return;
	strbuf_add(out, " ");
	phrase_number(out, dropped);
	strbuf_add(out, " of ");
	phrase_count(out, flows, "connection", "connections");
	strbuf_add(out, dropped == 1 ? " with retransmissions has drops in this capture, too."
				     : " with retransmissions have drops in this capture, too.");
}

static void add_tcp(struct strbuf *out, const struct flow *flow)
{
	const uint64_t *numbers = flow->numbers;

	if (!*flow->ca_state && !(flow->present & 1U << FLOW_rto_us))
		return;
	strbuf_add(out, " TCP at its last event:");
	if (*flow->ca_state) {
		strbuf_add(out, " state ");
		phrase_name(out, flow->ca_state);
	}
	if (flow->present & 1U << FLOW_cwnd) {
		strbuf_add(out, ", congestion window ");
		phrase_count(out, numbers[FLOW_cwnd], "segment", "segments");
	}
	if (flow->present & 1U << FLOW_rto_us && numbers[FLOW_rto_us] < UINT64_MAX / 1000) {
		strbuf_add(out, ", timeout ");
		phrase_duration(out, numbers[FLOW_rto_us] * 1000);
	}
	if (flow->present & 1U << FLOW_lost_out && numbers[FLOW_lost_out]) {
		strbuf_add(out, ", ");
		phrase_number(out, numbers[FLOW_lost_out]);
		strbuf_add(out, " considered lost");
	}
	strbuf_add(out, ".");
}

static uint64_t trouble_of(const struct event_counts *counts)
{
	return counts->total - counts->by_class[CLASS_OTHER];
}

static void add_worst_flow(struct findings *findings, const struct overview *overview)
{
	const struct group *worst = overview->flows.groups;
	uint64_t whole = trouble_of(&overview->all);
	struct strbuf *out;

	if (!worst || group_table_count(&overview->flows) < 2 ||
	    trouble_of(&worst->counts) * 2 < whole || whole < 5)
		return;
	out = begin(findings, EXPLAIN_NOTE);
	phrase_share(out, trouble_of(&worst->counts), whole);
	strbuf_add(out, " of the drops, retransmissions and resets are of one connection, ");
	phrase_name(out, worst->name);
	if (*flow_of(worst)->owner) {
		strbuf_add(out, ", of ");
		phrase_name(out, flow_of(worst)->owner);
	}
	strbuf_add(out, ".");
	add_tcp(out, flow_of(worst));
}

/* What the numbers leave out. */
static void add_limits(struct findings *findings, const struct overview *overview)
{
	struct strbuf *out;

	if (overview->lost) {
		out = begin(findings, EXPLAIN_WARN);
		phrase_count(out, overview->lost, "event was", "events were");
		strbuf_add(out, " lost while the capture was made: there are more events than are "
				"counted here.");
	}
	if (overview->damage) {
		out = begin(findings, EXPLAIN_WARN);
		strbuf_add(out, "A file could not be read to its end: ");
		phrase_name(out, overview->damage);
		strbuf_add(out, ".");
	}
}

static void add_others(struct findings *findings, const struct overview *overview)
{
	uint64_t others = overview->all.by_class[CLASS_OTHER];

	if (!overview->all.total)
		strbuf_add(begin(findings, EXPLAIN_CHAT), "There are no events.");
	else if (others == overview->all.total)
		strbuf_add(begin(findings, EXPLAIN_CHAT),
			   "There are no drops, retransmissions and resets.");
}

int findings_make(const struct overview *overview, struct findings *findings)
{
	*findings = (struct findings){ .count = 0 };
	add_causes(findings, overview, CLASS_DROP);
	add_retransmissions(findings, overview);
	add_causes(findings, overview, CLASS_RESET);
	add_worst_flow(findings, overview);
	add_others(findings, overview);
	add_limits(findings, overview);
	for (size_t i = 0; i < findings->count; i++) {
		if (findings->list[i].text.failed)
			return -ENOMEM;
	}
	return 0;
}

void findings_free(struct findings *findings)
{
	for (size_t i = 0; i < FINDINGS_MAX; i++)
		strbuf_free(&findings->list[i].text);
}
