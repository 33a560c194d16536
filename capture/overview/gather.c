// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "cause.h"
#include "gather.h"
#include "stacks.h"
#include "report/format.h"

#define CAUSES_MAX     256
#define OWNERS_MAX     4096
#define INTERFACES_MAX 4096
#define FLOWS_MAX      65536
#define STACKS_MAX     8192
#define STACKS_BYTES   (16 << 20)
#define NAMES_BYTES    (4 << 20)
#define FLOWS_BYTES    (32 << 20)
#define ABOUT_MAX      64
#define ABOUT_BYTES    (64 << 10)

const char *const about_labels[] = { "Kernel", "Machine", "Program", "Command", "Filter", "Note" };
const size_t about_label_count = sizeof(about_labels) / sizeof(about_labels[0]);

const enum key flow_number_keys[FLOW_NUMBER_COUNT] = {
#define NUMBER(id) KEY_##id,
	FLOW_NUMBERS(NUMBER)
#undef NUMBER
};

void overview_init(struct overview *overview)
{
	*overview = (struct overview){
		.causes = { .groups_max = CAUSES_MAX,
			    .bytes_max = NAMES_BYTES,
			    .extra_bytes = sizeof(struct cause),
			    .free_extra = cause_free },
		.owners = { .groups_max = OWNERS_MAX,
			    .bytes_max = NAMES_BYTES,
			    .extra_bytes = sizeof(struct owner_extra) },
		.interfaces = { .groups_max = INTERFACES_MAX, .bytes_max = NAMES_BYTES },
		.flows = { .groups_max = FLOWS_MAX,
			   .bytes_max = FLOWS_BYTES,
			   .extra_bytes = sizeof(struct flow) },
		.frames = { .groups_max = STACKS_MAX, .bytes_max = STACKS_BYTES },
		.stacks = { .groups_max = STACKS_MAX, .bytes_max = STACKS_BYTES },
		.about = { .groups_max = ABOUT_MAX, .bytes_max = ABOUT_BYTES },
		.verdicts = { .groups_max = CAUSES_MAX, .bytes_max = NAMES_BYTES },
	};
}

void overview_free(struct overview *overview)
{
	group_table_free(&overview->causes);
	group_table_free(&overview->owners);
	group_table_free(&overview->interfaces);
	group_table_free(&overview->flows);
	group_table_free(&overview->frames);
	group_table_free(&overview->stacks);
	group_table_free(&overview->about);
	group_table_free(&overview->verdicts);
	timeline_free(&overview->timeline);
}

static int add_about(struct overview *overview, const char *label, const char *text, size_t length)
{
	struct strbuf name = { 0 };
	struct group *group;
	int err;

	strbuf_add_bytes(&name, label, strlen(label) + 1);
	strbuf_add_bytes(&name, text, length);
	err = name.failed ? -ENOMEM
			  : group_count(&overview->about, name.data, name.length, CLASS_OTHER, 0,
					&group);
	strbuf_free(&name);
	return err;
}

/* The lines of the comment of a section: "command: tcpdropcap -w ...", "hooks attached: ...". */
static int add_comment(struct overview *overview, const char *text, size_t length)
{
	const char *end = text + length, *line_end, *colon;
	int err = 0;

	for (; !err && text < end; text = line_end + 1) {
		line_end = memchr(text, '\n', (size_t)(end - text));
		line_end = line_end ? line_end : end;
		colon = memmem(text, (size_t)(line_end - text), ": ", 2);
		if (colon && colon - text == 7 && memcmp(text, "command", 7) == 0)
			err = add_about(overview, "Command", colon + 2,
					(size_t)(line_end - colon - 2));
		else if (line_end > text)
			err = add_about(overview, "Note", text, (size_t)(line_end - text));
	}
	return err;
}

int gather_block(struct overview *overview, const struct pcapng_item *item)
{
	struct pcapng_option option;
	size_t at = 0;
	int err = 0;

	while (!err && pcapng_item_option(item, &at, &option)) {
		size_t length = strnlen(option.value, option.length);
		const char *text = option.value;

		if (item->type == PCAPNG_SECTION && option.code == PCAPNG_SHB_OS)
			err = add_about(overview, "Kernel", text, length);
		else if (item->type == PCAPNG_SECTION && option.code == PCAPNG_SHB_HARDWARE)
			err = add_about(overview, "Machine", text, length);
		else if (item->type == PCAPNG_SECTION && option.code == PCAPNG_SHB_USERAPPL)
			err = add_about(overview, "Program", text, length);
		else if (item->type == PCAPNG_SECTION && option.code == PCAPNG_OPT_COMMENT)
			err = add_comment(overview, text, length);
		else if (item->type == PCAPNG_INTERFACE && option.code == PCAPNG_IF_FILTER &&
			 length > 1 && !*text) /* the kind of the filter: 0 is a text */
			err = add_about(overview, "Filter", text + 1, length - 1);
	}
	return err;
}

static void copy_text(char text[OVERVIEW_TEXT], const char *from)
{
	if (!from)
		return;
	strncpy(text, from, OVERVIEW_TEXT - 1);
	text[OVERVIEW_TEXT - 1] = '\0';
}

/* Several processes may have a socket, one after the other: the last one is shown. */
static void fill_flow(struct flow *flow, const struct drop_report *report)
{
	copy_text(flow->owner, report_text(report, KEY_owner));
	copy_text(flow->state, report_text(report, KEY_state));
	copy_text(flow->ca_state, report_text(report, KEY_ca_state));
	copy_text(flow->cc, report_text(report, KEY_cc));
	for (size_t i = 0; i < FLOW_NUMBER_COUNT; i++) {
		if (!report_has(report, flow_number_keys[i]))
			continue;
		flow->present |= 1U << i;
		flow->numbers[i] = report_number(report, flow_number_keys[i]);
	}
}

/* The local end comes first, whatever the direction of the packet. */
static int add_flow(struct overview *overview, const struct drop_report *report,
		    enum event_class class)
{
	bool inbound = report->has_direction && report->inbound;
	struct strbuf name = { 0 };
	struct group *group;
	int err;

	if (!report->packet.family)
		return 0;
	format_endpoint(&name, &report->packet, !inbound);
	strbuf_add(&name, " > ");
	format_endpoint(&name, &report->packet, inbound);
	err = name.failed ? -ENOMEM
			  : group_count(&overview->flows, name.data, name.length, class,
					report->timestamp_ns, &group);
	if (!err && group)
		fill_flow(group->extra, report);
	strbuf_free(&name);
	return err;
}

static void fill_owner(struct owner_extra *owner, const struct drop_report *report)
{
	const char *cgroup = report_text(report, KEY_cgroup);
	uint64_t pid = report_number(report, KEY_owner_pid);

	if (pid && !owner->pid)
		owner->pid = pid;
	owner->several |= pid && pid != owner->pid;
	if (cgroup && !*owner->cgroup)
		strncpy(owner->cgroup, cgroup, sizeof(owner->cgroup) - 1);
	owner->several_cgroups |= cgroup &&
				  strncmp(cgroup, owner->cgroup, sizeof(owner->cgroup) - 1) != 0;
}

static int add_names(struct overview *overview, const struct drop_report *report,
		     enum event_class class)
{
	struct group *group = NULL;
	int err = cause_count_name(&overview->owners, report_text(report, KEY_owner), class,
				   report->timestamp_ns, &group);

	if (!err && group)
		fill_owner(group->extra, report);
	if (!err)
		err = cause_count_name(&overview->interfaces, report->ifname, class,
				       report->timestamp_ns, &group);
	return err;
}

static int add_stack(struct overview *overview, const struct drop_report *report)
{
	struct group *group;

	if (!report->frames || !*report->frames) {
		overview->without_stack++;
		return 0;
	}
	return group_count(&overview->frames, report->frames, strlen(report->frames), CLASS_DROP,
			   report->timestamp_ns, &group);
}

int gather_report(struct overview *overview, const struct drop_report *report)
{
	enum event_class class = cause_class(report);
	struct group *group;
	int err = cause_add(&overview->causes, report, &group);

	overview->lost += report_number(report, KEY_lost);
	event_counts_add(&overview->all, class, report->timestamp_ns);
	if (!err)
		err = timeline_add(&overview->timeline,
				   group ? cause_of(group)->number : CAUSES_MAX,
				   report->timestamp_ns);
	if (!err)
		err = add_names(overview, report, class);
	if (!err)
		err = add_flow(overview, report, class);
	if (!err && class == CLASS_DROP)
		err = add_stack(overview, report);
	return err;
}

int gather_verdict(struct overview *overview, const struct drop_report *report)
{
	const char *verdict = report_text(report, KEY_verdict);
	struct strbuf name = { 0 };
	struct group *group;
	int err;

	verdict = verdict ? verdict : "unknown";
	strbuf_add_bytes(&name, verdict, strlen(verdict) + 1);
	cause_add_title(&name, report);
	err = name.failed ? -ENOMEM
			  : group_count(&overview->verdicts, name.data, name.length,
					cause_class(report), report->timestamp_ns, &group);
	strbuf_free(&name);
	return err;
}

int gather_end(struct overview *overview, uint64_t lost)
{
	int err = fold_stacks(&overview->frames, &overview->stacks);

	overview->lost += lost;
	group_sort(&overview->causes);
	for (struct group *group = overview->causes.groups; group; group = group->hh.next)
		cause_sort(group->extra);
	group_sort_by_trouble(&overview->owners);
	group_sort_by_trouble(&overview->interfaces);
	group_sort_by_trouble(&overview->flows);
	group_sort(&overview->frames);
	group_sort(&overview->stacks);
	group_sort(&overview->verdicts);
	return err;
}
