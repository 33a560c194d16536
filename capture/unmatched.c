// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <net/if.h>
#include <signal.h>
#include <string.h>

#include "explain/explain.h"
#include "unmatched.h"
#include "util/log.h"
#include "util/namespaces.h"
#include "util/wrong_word.h"

#define IFNAMES_MAX_BYTES 1024

_Static_assert(FILTER_ITEMS_MAX <= 64, "reasons_seen has a bit for each");

void unmatched_add(struct unmatched *unmatched, const struct drop_report *report)
{
	const struct filter_list *reasons = &unmatched->filter->reasons;
	const char *reason = reasons->count ? report_text(report, KEY_reason) : NULL;
	struct strbuf *ifnames = &unmatched->ifnames;

	for (size_t i = 0; reason && i < reasons->count; i++) {
		if (filter_reason_is(reasons->items[i], reason))
			unmatched->reasons_seen |= 1ULL << i;
	}
	if (!filter_ifname(unmatched->filter, 0) || !report->ifname ||
	    ifnames->length > IFNAMES_MAX_BYTES ||
	    wrong_word_is_listed(report->ifname, strbuf_string(ifnames)))
		return;
	strbuf_addf(ifnames, "%s%s", ifnames->length ? ", " : "", report->ifname);
}

static bool is_reason(const char *name)
{
	return explain_find(EXPLAIN_DROP, name) || explain_find(EXPLAIN_RESET, name) ||
	       explain_is_not_tcp(name);
}

static void print_reasons(const struct unmatched *unmatched)
{
	const struct filter_list *reasons = &unmatched->filter->reasons;

	for (size_t i = 0; i < reasons->count; i++) {
		const char *reason = reasons->items[i];
		struct strbuf similar = { 0 };
		struct error text;

		if (unmatched->reasons_seen >> i & 1 || is_reason(reason))
			continue;
		explain_suggest(reason, &similar);
		error_set(&text, 0,
			  "--reason: no event has the reason '%s', and no kernel is known to have "
			  "it%s%s",
			  reason, similar.length ? "; similar: " : "", strbuf_string(&similar));
		log_note("%s", text.text);
		strbuf_free(&similar);
	}
}

/* The names of a file are those of others: error_set() escapes control characters. */
void unmatched_print(const struct unmatched *unmatched)
{
	const struct strbuf *ifnames = &unmatched->ifnames;
	const char *ifname;
	struct error text;

	print_reasons(unmatched);
	for (size_t i = 0; (ifname = filter_ifname(unmatched->filter, i)); i++) {
		if (ifnames->length > IFNAMES_MAX_BYTES ||
		    wrong_word_is_listed(ifname, strbuf_string(ifnames)))
			continue;
		error_set(&text, 0, "--interface: no event is on '%s'%s%s", ifname,
			  ifnames->length ? "; the events are on " : "", strbuf_string(ifnames));
		log_note("%s", text.text);
	}
}

void unmatched_free(struct unmatched *unmatched)
{
	strbuf_free(&unmatched->ifnames);
}

/* What a visit of all namespaces looks for. */
struct interface_search {
	const struct filter *filter;
	uint64_t missing; /* bit N: no namespace has interface N so far */
};

static int find_interfaces(void *context)
{
	struct interface_search *search = context;
	const char *ifname;

	for (size_t i = 0; i < 64 && (ifname = filter_ifname(search->filter, i)); i++) {
		if (if_nametoindex(ifname))
			search->missing &= ~(1ULL << i);
	}
	return search->missing ? 0 : -ECANCELED; /* all are found */
}

static void print_absent_interfaces(const struct filter *filter)
{
	struct interface_search search = { .filter = filter };
	const char *ifname, *where = "in any network namespace";
	struct error text;
	int err;

	for (size_t i = 0; i < 64 && filter_ifname(filter, i); i++)
		search.missing |= 1ULL << i;
	if (!search.missing)
		return;
	err = namespaces_visit(filter->netns, NULL, find_interfaces, &search);
	if (err == -EPERM)
		where = "in this network namespace";
	else if (filter->netns)
		where = "in that network namespace";
	for (size_t i = 0; i < 64 && (ifname = filter_ifname(filter, i)); i++) {
		if (!(search.missing >> i & 1))
			continue;
		error_set(&text, 0,
			  "--interface: there is no interface '%s' %s at present; its events are "
			  "captured if it appears",
			  ifname, where);
		log_note("%s", text.text);
	}
}

static void print_absent_processes(const struct filter *filter)
{
	struct error text;

	for (size_t i = 0; i < filter->pid_count; i++) {
		if (!kill((pid_t)filter->pids[i], 0) || errno != ESRCH)
			continue;
		error_set(&text, 0, "--pid: there is no process %" PRIu32 " at present",
			  filter->pids[i]);
		log_note("%s", text.text);
	}
}

void unmatched_print_absent(const struct filter *filter)
{
	print_absent_interfaces(filter);
	print_absent_processes(filter);
}
