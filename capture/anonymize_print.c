// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>

#include "anonymize_print.h"
#include "util/log.h"
#include "util/strbuf.h"

/* Appends "12 comments" to a list, if there are any. */
static void add(struct strbuf *list, uint64_t count, const char *what)
{
	if (count)
		strbuf_addf(list, "%s%" PRIu64 " %s", list->length ? ", " : "", count, what);
}

static void print(const char *what, struct strbuf *list)
{
	if (list->length && !list->failed)
		log_counts("%s: %s", what, strbuf_string(list));
	strbuf_free(list);
}

void anonymize_print(const struct anonymize_counts *counts, uint64_t plain, uint64_t plain_written)
{
	const struct rewrite_counts *packets = &counts->packets;
	struct strbuf cut = { 0 }, out = { 0 };

	if (plain)
		log_counts("%" PRIu64 " packets without an annotation read; %" PRIu64
			   " written, %" PRIu64 " filtered",
			   plain, plain_written, plain - plain_written);
	add(&cut, packets->payloads, "payloads");
	add(&cut, packets->not_ip, "packets after the link's header (not IP)");
	add(&cut, packets->other_protocols,
	    "packets after the IP header (not TCP, UDP or an error of ICMP)");
	add(&cut, packets->unknown_links, "packets as a whole (unknown link type)");
	print("cut", &cut);
	add(&out, counts->comments, "comments");
	add(&out, counts->values, "values of annotations");
	add(&out, counts->options, "options of the file");
	add(&out, counts->blocks, "blocks");
	add(&out, packets->options, "options of IP and TCP");
	print("left out", &out);
}
