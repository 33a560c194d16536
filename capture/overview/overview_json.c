// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <string.h>

#include "overview_json.h"
#include "phrase.h"

static const char *const class_keys[CLASS_COUNT] = { "drops", "retransmissions", "resets",
						     "others" };

static void add_text(struct strbuf *out, const char *key, const char *text)
{
	strbuf_addf(out, ",\"%s\":", key);
	strbuf_add_json(out, text);
}

static void add_number(struct strbuf *out, const char *key, uint64_t number)
{
	strbuf_addf(out, ",\"%s\":%" PRIu64, key, number);
}

static void add_counts(struct strbuf *out, const struct event_counts *counts)
{
	strbuf_addf(out, ",\"count\":%" PRIu64, counts->total);
	for (enum event_class class = 0; class < CLASS_COUNT; class ++)
		add_number(out, class_keys[class], counts->by_class[class]);
	if (!counts->total)
		return;
	add_number(out, "first_ns", counts->first_ns);
	add_number(out, "last_ns", counts->last_ns);
}

struct event_counts overview_rest(const struct group_table *table, size_t rows, size_t *groups)
{
	struct event_counts rest = table->other;
	size_t row = 0;

	*groups = 0;
	for (const struct group *group = table->groups; group; group = group->hh.next) {
		if (row++ < rows)
			continue;
		event_counts_merge(&rest, &group->counts);
		++*groups;
	}
	return rest;
}

/* {"name":NAME,COUNTS...} of each group, and of the rest; add_more may be NULL. */
static void add_table(struct strbuf *out, const char *key, const struct group_table *table,
		      void (*add_more)(struct strbuf *out, const struct group *group))
{
	struct event_counts rest;
	size_t rows = 0, groups;

	strbuf_addf(out, ",\"%s\":[", key);
	for (const struct group *group = table->groups; group && rows < OVERVIEW_ROWS;
	     group = group->hh.next) {
		strbuf_add(out, rows++ ? ",{\"name\":" : "{\"name\":");
		strbuf_add_json(out, group->name);
		add_counts(out, &group->counts);
		if (add_more)
			add_more(out, group);
		strbuf_add(out, "}");
	}
	strbuf_add(out, "]");
	rest = overview_rest(table, OVERVIEW_ROWS, &groups);
	if (rest.total)
		strbuf_addf(out, ",\"%s_other\":%" PRIu64, key, rest.total);
}

static void add_owner(struct strbuf *out, const struct group *group)
{
	const struct owner_extra *owner = owner_of(group);

	if (owner->pid && !owner->several)
		add_number(out, "owner_pid", owner->pid);
	if (*owner->cgroup && !owner->several_cgroups)
		add_text(out, "cgroup", owner->cgroup);
}

static void add_flow(struct strbuf *out, const struct group *group)
{
	const struct flow *flow = flow_of(group);

	if (*flow->owner)
		add_text(out, "owner", flow->owner);
	if (*flow->state)
		add_text(out, "state", flow->state);
	if (*flow->ca_state)
		add_text(out, "ca_state", flow->ca_state);
	if (*flow->cc)
		add_text(out, "cc", flow->cc);
	for (size_t i = 0; i < FLOW_NUMBER_COUNT; i++) {
		if (flow->present & 1U << i)
			add_number(out, key_table[flow_number_keys[i]].name, flow->numbers[i]);
	}
}

/* {"name":NAME,"count":NUMBER} of each place; their counts are of the cause's class alone. */
static void add_places(struct strbuf *out, const char *key, const struct group_table *places)
{
	const char *separator = "";

	strbuf_addf(out, ",\"%s\":[", key);
	for (const struct group *group = places->groups; group; group = group->hh.next) {
		strbuf_addf(out, "%s{\"name\":", separator);
		strbuf_add_json(out, group->name);
		add_number(out, "count", group->counts.total);
		strbuf_add(out, "}");
		separator = ",";
	}
	strbuf_add(out, "]");
	if (places->other.total)
		strbuf_addf(out, ",\"%s_other\":%" PRIu64, key, places->other.total);
}

static void add_cause(struct strbuf *out, const struct group *group)
{
	const struct cause *cause = cause_of(group);
	const struct explanation *explanation = cause_explanation(cause);

	add_text(out, "cause", cause->word);
	add_number(out, "inbound", cause->inbound);
	add_number(out, "outbound", cause->outbound);
	add_places(out, "sites", &cause->sites);
	add_places(out, "interfaces", &cause->interfaces);
	add_places(out, "owners", &cause->owners);
	if (!explanation)
		return;
	add_text(out, "severity", explain_severity_name(explanation->severity));
	add_text(out, "meaning", explanation->meaning);
}

static void add_verdict(struct strbuf *out, const struct group *group)
{
	add_text(out, "cause", group_second(group));
}

static void add_about(struct strbuf *out, const struct overview *overview)
{
	bool first = true;

	strbuf_add(out, ",\"about\":[");
	for (const struct group *group = overview->about.groups; group; group = group->hh.next) {
		strbuf_add(out, first ? "{\"label\":" : ",{\"label\":");
		strbuf_add_json(out, group->name);
		add_text(out, "text", group_second(group));
		strbuf_add(out, "}");
		first = false;
	}
	strbuf_add(out, "]");
}

/* The marks of names are for people. */
static void add_finding(struct strbuf *out, const struct finding *finding)
{
	struct strbuf text = { 0 };

	for (const char *at = strbuf_string(&finding->text); *at; at++)
		strbuf_add_bytes(&text, at, *at != *NAME_BEGIN && *at != *NAME_END);
	strbuf_addf(out, "{\"severity\":\"%s\"", explain_severity_name(finding->severity));
	add_text(out, "text", strbuf_string(&text));
	strbuf_add(out, "}");
	out->failed |= text.failed;
	strbuf_free(&text);
}

static void add_findings(struct strbuf *out, const struct findings *findings)
{
	strbuf_add(out, ",\"findings\":[");
	for (size_t i = 0; i < findings->count; i++) {
		strbuf_add(out, i ? "," : "");
		add_finding(out, &findings->list[i]);
	}
	strbuf_add(out, "]");
}

/* The counts of one series, or of all from this cause on. */
static void add_series(struct strbuf *out, const struct overview *overview,
		       const struct group *group, bool all)
{
	const struct timeline *timeline = &overview->timeline;

	strbuf_add(out, ",\"counts\":[");
	for (size_t i = 0; i < timeline->length; i++) {
		uint64_t count = 0;

		for (const struct group *each = group; each; each = all ? each->hh.next : NULL)
			count += timeline_count(timeline, cause_of(each)->number, i);
		if (all)
			count += timeline_count(timeline, overview->causes.groups_max, i);
		strbuf_add(out, i ? "," : "");
		strbuf_add_number(out, count);
	}
	strbuf_add(out, "]}");
}

static void add_timeline(struct strbuf *out, const struct overview *overview)
{
	const struct timeline *timeline = &overview->timeline;
	const struct group *group = overview->causes.groups;
	size_t count = 0;

	strbuf_add(out, ",\"timeline\":{\"first_ns\":");
	strbuf_add_number(out, timeline->first * timeline->width_ns);
	add_number(out, "width_ns", timeline->width_ns);
	strbuf_addf(out, ",\"zone_s\":%ld", phrase_zone_s(overview->all.first_ns));
	strbuf_add(out, ",\"series\":[");
	for (; group && count < OVERVIEW_SERIES; group = group->hh.next) {
		strbuf_add(out, count++ ? ",{\"event\":" : "{\"event\":");
		strbuf_add_json(out, cause_of(group)->event);
		add_text(out, "word", cause_of(group)->word);
		add_series(out, overview, group, false);
	}
	if (group || overview->causes.other.total) {
		strbuf_addf(out, "%s{\"event\":\"all others\",\"word\":\"\"", count ? "," : "");
		add_series(out, overview, group, true);
	}
	strbuf_add(out, "]}");
}

static void add_stack(struct strbuf *out, const struct group *group)
{
	const char *frame = group->name, *end;

	strbuf_add(out, "{\"frames\":[");
	for (;; frame = end + 1) {
		struct strbuf name = { 0 };

		end = strchrnul(frame, ';');
		strbuf_add_bytes(&name, frame, (size_t)(end - frame));
		strbuf_add(out, frame == group->name ? "" : ",");
		strbuf_add_json(out, strbuf_string(&name));
		out->failed |= name.failed;
		strbuf_free(&name);
		if (!*end)
			break;
	}
	strbuf_addf(out, "],\"count\":%" PRIu64 "}", group->counts.total);
}

static void add_stacks(struct strbuf *out, const struct overview *overview)
{
	struct event_counts rest;
	size_t count = 0, groups;

	strbuf_add(out, ",\"stacks\":[");
	for (const struct group *group = overview->stacks.groups; group && count < OVERVIEW_STACKS;
	     group = group->hh.next) {
		strbuf_add(out, count++ ? "," : "");
		add_stack(out, group);
	}
	strbuf_add(out, "]");
	rest = overview_rest(&overview->stacks, OVERVIEW_STACKS, &groups);
	add_number(out, "stacks_other", rest.total);
	add_number(out, "stacks_none", overview->without_stack);
}

void overview_add_json(const struct overview *overview, const struct findings *findings,
		       struct strbuf *out)
{
	strbuf_add(out, "{\"files\":[");
	for (size_t i = 0; i < overview->path_count; i++) {
		strbuf_add(out, i ? "," : "");
		strbuf_add_json(out, overview->paths[i]);
	}
	strbuf_add(out, "]");
	add_about(out, overview);
	add_counts(out, &overview->all);
	add_number(out, "lost", overview->lost);
	if (overview->damage)
		add_text(out, "damage", overview->damage);
	add_findings(out, findings);
	add_table(out, "causes", &overview->causes, add_cause);
	add_table(out, "owners", &overview->owners, add_owner);
	add_table(out, "interfaces", &overview->interfaces, NULL);
	add_table(out, "flows", &overview->flows, add_flow);
	if (overview->verdicts.groups)
		add_table(out, "verdicts", &overview->verdicts, add_verdict);
	add_timeline(out, overview);
	add_stacks(out, overview);
	strbuf_add(out, "}");
}
