// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <string.h>

#include "account/account_text.h"
#include "outcome.h"
#include "util/log.h"
#include "util/strbuf.h"

#define REASONS_SHOWN 3

struct reasons {
	struct strbuf *out;
	unsigned int shown;
	uint64_t events;
};

/* What the name needs to be understood without the line of its event. */
static const char *title_of(enum explain_class class)
{
	if (class == EXPLAIN_KIND)
		return " retransmission";
	return class == EXPLAIN_RESET ? " (reset)" : "";
}

static void add_reason(void *context, const struct explain_entry *entry)
{
	struct reasons *reasons = context;

	if (reasons->shown == REASONS_SHOWN)
		return;
	strbuf_addf(reasons->out, "%s%" PRIu64 " x ", reasons->shown ? ", " : ": ", entry->count);
	strbuf_add_printable(reasons->out, entry->name);
	strbuf_add(reasons->out, title_of(entry->class));
	reasons->shown++;
	reasons->events += entry->count;
}

static void add_path(const struct outcome *outcome, struct strbuf *out)
{
	const char *path = outcome->path;

	if (outcome->is_recorded)
		strbuf_add(out, " recorded");
	if (!path || outcome->is_recorded)
		return;
	strbuf_add(out, " written to ");
	if (strcmp(path, "-") == 0)
		strbuf_add(out, "standard output");
	else
		strbuf_add_printable(out, path);
}

static void add_line(const struct outcome *outcome, struct strbuf *out)
{
	struct reasons reasons = { .out = out };
	uint64_t count = outcome->is_live ? outcome->written : outcome->read;

	strbuf_add_number(out, outcome->written);
	if (outcome->written != count)
		strbuf_addf(out, " of %" PRIu64, count);
	strbuf_add(out, count == 1 ? " event" : " events");
	add_path(outcome, out);
	if (outcome->is_live)
		strbuf_addf(out, ", %" PRIu64 " lost", outcome->lost);
	if (!outcome->tally)
		return;
	tally_sort(outcome->tally);
	tally_visit(outcome->tally, add_reason, &reasons);
	if (reasons.events < outcome->written)
		strbuf_addf(out, ", %" PRIu64 " more", outcome->written - reasons.events);
}

void outcome_print(const struct outcome *outcome)
{
	struct strbuf line = { 0 };

	add_line(outcome, &line);
	log_counts("%s", strbuf_string(&line));
	strbuf_free(&line);
}

void outcome_print_account(const struct account *account, bool verbose)
{
	struct strbuf text = { 0 };
	char *rest, *line;

	account_print(account, verbose, &text);
	for (rest = text.data; rest && *rest;) {
		line = strsep(&rest, "\n");
		log_note("%s", line);
	}
	strbuf_free(&text);
}

void outcome_print_skipped(const struct input_list *inputs)
{
	bool one = inputs->unfinished == 1;

	if (inputs->unfinished)
		log_line(
			"%zu %s of the folder %s not finished (.part): skipped; name %s to read %s",
			inputs->unfinished, one ? "file" : "files", one ? "is" : "are",
			one ? "it" : "them", one ? "it" : "them");
	if (inputs->foreign)
		log_line("%zu %s not of tcpdropcap: skipped", inputs->foreign,
			 inputs->foreign == 1 ? "file of the folder is"
					      : "files of the folder are");
}

void outcome_print_none(const struct input_list *inputs, uint64_t plain)
{
	const char *end = plain == 1 ? "packet skipped" : "packets skipped";
	const char *path = inputs->paths[0];

	if (inputs->count > 1)
		log_line("the files have no annotations of tcpdropcap: %" PRIu64 " %s", plain, end);
	else
		log_line("%s has no annotations of tcpdropcap: %" PRIu64 " %s",
			 strcmp(path, "-") == 0 ? "standard input" : path, plain, end);
}
