// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cause.h"

#define NAME_MAX_BYTES 256
#define PLACES_MAX     64 /* sites, interfaces, owners of a cause */
#define PLACES_BYTES   (16 << 10)

/* A cause as a report has it. */
struct word {
	const char *event;
	const char *word;
	enum explain_class explain;
	char number[32]; /* a reason of which only the number is known */
};

enum event_class cause_class(const struct drop_report *report)
{
	const char *event = report_text(report, KEY_event);

	if (!event)
		return CLASS_OTHER;
	if (strcmp(event, "drop") == 0)
		return CLASS_DROP;
	if (strcmp(event, "retransmit") == 0 || strcmp(event, "synack") == 0 ||
	    strcmp(event, "tlp") == 0)
		return CLASS_RETRANSMIT;
	return strcmp(event, "reset") == 0 ? CLASS_RESET : CLASS_OTHER;
}

static void find_word(const struct drop_report *report, struct word *word)
{
	const char *reason = report_text(report, KEY_reason);
	enum event_class class = cause_class(report);

	word->event = report_text(report, KEY_event);
	word->event = word->event ? word->event : "-";
	word->word = report_text(report, KEY_kind);
	word->explain = word->word ? EXPLAIN_KIND : EXPLAIN_EVENT;
	word->word = word->word ? word->word : word->event;
	if (!reason && report_has(report, KEY_reason_code)) {
		snprintf(word->number, sizeof(word->number), "%llu",
			 (unsigned long long)report_number(report, KEY_reason_code));
		reason = word->number;
	}
	if (!reason || (class != CLASS_DROP && class != CLASS_RESET))
		return;
	word->word = reason;
	word->explain = class == CLASS_DROP ? EXPLAIN_DROP : EXPLAIN_RESET;
}

void cause_add_title(struct strbuf *out, const struct drop_report *report)
{
	struct word word;

	find_word(report, &word);
	strbuf_add(out, word.event);
	if (strcmp(word.word, word.event) == 0)
		return;
	strbuf_add(out, " ");
	strbuf_add(out, word.word);
}

int cause_count_name(struct group_table *table, const char *name, enum event_class class,
		     uint64_t timestamp_ns, struct group **group)
{
	name = name ? name : "-";
	return group_count(table, name, strnlen(name, NAME_MAX_BYTES), class, timestamp_ns, group);
}

/* The function of the drop: "nft_do_chain+0x3e8 [nf_tables]" without the offset. */
static int count_site(struct cause *cause, const struct drop_report *report)
{
	const char *at = report_text(report, KEY_at), *offset, *rest;
	char name[NAME_MAX_BYTES];
	struct group *group;

	offset = at ? strstr(at, "+0x") : NULL;
	if (offset && offset - at < NAME_MAX_BYTES / 2) {
		rest = strchrnul(offset, ' ');
		snprintf(name, sizeof(name), "%.*s%s", (int)(offset - at), at, rest);
		at = name;
	}
	return cause_count_name(&cause->sites, at, cause->class, report->timestamp_ns, &group);
}

static int count_places(struct cause *cause, const struct drop_report *report)
{
	struct group *group;
	int err = count_site(cause, report);

	cause->inbound += report->has_direction && report->inbound;
	cause->outbound += report->has_direction && !report->inbound;
	if (!err)
		err = cause_count_name(&cause->interfaces, report->ifname, cause->class,
				       report->timestamp_ns, &group);
	if (!err)
		err = cause_count_name(&cause->owners, report_text(report, KEY_owner), cause->class,
				       report->timestamp_ns, &group);
	return err;
}

static void begin_cause(struct group *group, const struct word *word, size_t number,
			enum event_class class)
{
	const struct group_table places = { .groups_max = PLACES_MAX, .bytes_max = PLACES_BYTES };

	*(struct cause *)group->extra = (struct cause){
		.number = number,
		.class = class,
		.explain = word->explain,
		.event = group->name,
		.word = group_second(group),
		.sites = places,
		.interfaces = places,
		.owners = places,
	};
}

int cause_add(struct group_table *causes, const struct drop_report *report, struct group **group)
{
	enum event_class class = cause_class(report);
	char name[2 * NAME_MAX_BYTES];
	struct word word;
	size_t event;
	int err;

	find_word(report, &word);
	event = strnlen(word.event, NAME_MAX_BYTES - 1);
	memcpy(name, word.event, event);
	name[event] = '\0';
	snprintf(name + event + 1, NAME_MAX_BYTES, "%s", word.word);
	err = group_count(causes, name, event + 1 + strlen(name + event + 1), class,
			  report->timestamp_ns, group);
	if (err || !*group)
		return err;
	if ((*group)->counts.total == 1)
		begin_cause(*group, &word, group_table_count(causes) - 1, class);
	return count_places((*group)->extra, report);
}

const struct explanation *cause_explanation(const struct cause *cause)
{
	return explain_find(cause->explain, cause->word);
}

void cause_sort(struct cause *cause)
{
	group_sort(&cause->sites);
	group_sort(&cause->interfaces);
	group_sort(&cause->owners);
}

void cause_free(void *extra)
{
	struct cause *cause = extra;

	group_table_free(&cause->sites);
	group_table_free(&cause->interfaces);
	group_table_free(&cause->owners);
}
