// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <string.h>

#include "account_text.h"
#include "util/plural.h"

#define HEAD "account: "

/* Why the account cannot be closed, after "N of them may be". */
static const char *const open_causes[ACCOUNT_WHY_COUNT] = {
	[ACCOUNT_CLOSED] = "unknown",
	[ACCOUNT_FILTERED] = "among the filtered events",
	[ACCOUNT_LOST] = "among events that were lost, came after -c, or have no namespace",
	[ACCOUNT_UNPARSED] = "among the packets that could not be parsed",
	[ACCOUNT_FAILED] = "transmissions that failed, which are no events on this kernel",
	[ACCOUNT_NO_NAME] = "drops that this kernel gives no reason of their own",
};

static void add_missing(const struct account_line *line, const struct account_row *row,
			struct strbuf *out)
{
	const char *others = row && row->others ? row->others : "not of TCP";

	switch (line->state) {
	case ACCOUNT_UNEXPLAINED:
		strbuf_addf(out, ", not explained: %" PRIu64, line->missing);
		break;
	case ACCOUNT_OPEN:
		strbuf_addf(out, ", %" PRIu64 " may be %s", line->missing, open_causes[line->why]);
		break;
	case ACCOUNT_SHARED:
		strbuf_addf(out, ", %" PRIu64 " may be %s", line->missing, others);
		break;
	case ACCOUNT_MORE:
		strbuf_addf(out, ", %" PRIu64 " more than that", line->missing);
		break;
	case ACCOUNT_NOTED:
		strbuf_addf(out, " (%s)", others);
		break;
	default:
		break;
	}
}

static void print_line(const struct account_line *line, struct strbuf *out)
{
	const struct account_row *row = account_row_find(line->name);

	strbuf_add(out, HEAD);
	strbuf_add_printable(out, line->name);
	strbuf_addf(out, ": %" PRIu64, line->counted);
	if (line->doubt)
		strbuf_addf(out, " to %" PRIu64, line->counted + line->doubt);
	strbuf_add(out, " counted");
	if (line->device[0]) {
		strbuf_add(out, " on ");
		strbuf_add_printable(out, line->device);
	}
	if (line->netns)
		strbuf_addf(out, " in namespace %" PRIu32, line->netns);
	if (line->state != ACCOUNT_NOTED)
		strbuf_addf(out, ", %" PRIu64 " in events", line->events);
	add_missing(line, row, out);
	if (row && row->hint && line->state != ACCOUNT_EQUAL)
		strbuf_addf(out, "; see: %s", row->hint);
	strbuf_add(out, "\n");
}

static uint64_t count_lines(const struct account *account, enum account_state state)
{
	uint64_t lines = 0;

	for (size_t i = 0; i < account->count; i++)
		lines += account->lines[i].state == state;
	return lines;
}

/* Lists the counters in that state, each with its number: of all, or of what has no event. */
static void list_counters(const struct account *account, enum account_state state, bool missing,
			  struct strbuf *out)
{
	uint64_t sums[ACCOUNT_ROWS_MAX + 1] = { 0 }; /* the last one: of names that are unknown */
	const char *separator = "";

	for (size_t i = 0; i < account->count; i++) {
		const struct account_line *line = &account->lines[i];
		const struct account_row *row = account_row_find(line->name);

		if (line->state == state)
			sums[row ? row - account_rows : ACCOUNT_ROWS_MAX] +=
				missing ? line->missing : line->counted;
	}
	for (size_t i = 0; i <= ACCOUNT_ROWS_MAX; i++) {
		if (!sums[i])
			continue;
		strbuf_addf(out, "%s%" PRIu64 " %s", separator, sums[i],
			    i < account_row_count ? account_rows[i].name : "of other counters");
		separator = ", ";
	}
}

/* What the account does not have. */
static void print_limits(const struct account *account, struct strbuf *out)
{
	if (account->xdp)
		strbuf_addf(out,
			    HEAD "devices with XDP in their driver: %" PRIu64 "; no hook sees what "
				 "its programs drop (XDP_DROP); see: ethtool -S\n",
			    account->xdp);
	if (account->is_refused)
		strbuf_add(out, HEAD "the counters of other namespaces were not read: that needs "
				     "CAP_SYS_ADMIN\n");
	if (account->error)
		strbuf_addf(out, HEAD "some counters could not be read: %s\n",
			    strerror(-account->error));
	if (account->failed)
		strbuf_add(out, HEAD "out of memory: it is not complete\n");
	if (account->unread)
		strbuf_addf(out,
			    HEAD "the counters of %" PRIu64 " namespace%s were not read: there "
				 "are more than %d\n",
			    account->unread, plural(account->unread), ACCOUNT_NAMESPACES_MAX);
	if (account->ended)
		strbuf_addf(out, HEAD "%" PRIu64 " namespace%s ended, and %s\n", account->ended,
			    plural(account->ended),
			    account->ended == 1 ? "its counters with it"
						: "their counters with them");
}

/* Whether it has a line of its own without -v; a line for all names the others. */
static bool is_printed(const struct account_line *line)
{
	const struct account_row *row = account_row_find(line->name);

	return (row && row->source == ACCOUNT_OUTSIDE) ||
	       (line->state != ACCOUNT_EQUAL && line->state != ACCOUNT_SHARED &&
		line->state != ACCOUNT_NOTED);
}

void account_print(const struct account *account, bool all, struct strbuf *out)
{
	uint64_t equal = count_lines(account, ACCOUNT_EQUAL);
	uint64_t shared = count_lines(account, ACCOUNT_SHARED);

	if (equal && !all) {
		strbuf_add(out, HEAD "events explain what the kernel counted: ");
		list_counters(account, ACCOUNT_EQUAL, false, out);
		strbuf_add(out, "\n");
	}
	if (all && account->read)
		strbuf_addf(out, HEAD "the counters of %" PRIu64 " namespace%s were read\n",
			    account->read, plural(account->read));
	for (size_t i = 0; i < account->count; i++) {
		if (all || is_printed(&account->lines[i]))
			print_line(&account->lines[i], out);
	}
	if (shared && !all) {
		strbuf_add(out, HEAD "not of TCP, or without an event: ");
		list_counters(account, ACCOUNT_SHARED, true, out);
		strbuf_add(out, " (-v has more)\n");
	}
	print_limits(account, out);
}
