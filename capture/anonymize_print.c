// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>

#include "anonymize_print.h"
#include "util/log.h"
#include "util/plural.h"
#include "util/strbuf.h"

/* Appends "12 comments" to a list, if there are any; rest follows, also after "1 comment". */
static void add(struct strbuf *list, uint64_t count, const char *what, const char *rest)
{
	if (count)
		strbuf_addf(list, "%s%" PRIu64 " %s%s%s", list->length ? ", " : "", count, what,
			    plural(count), rest);
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
		log_counts("%" PRIu64 " packet%s without an annotation read; %" PRIu64
			   " written, %" PRIu64 " filtered",
			   plain, plural(plain), plain_written, plain - plain_written);
	add(&cut, packets->payloads, "payload", "");
	add(&cut, packets->not_ip, "packet", " after the link's header (not IP)");
	add(&cut, packets->other_protocols, "packet",
	    " after the IP header (not TCP, UDP or an error of ICMP)");
	add(&cut, packets->unknown_links, "packet", " as a whole (unknown link type)");
	print("cut", &cut);
	add(&out, counts->comments, "comment", "");
	add(&out, counts->values, "value", " of annotations");
	add(&out, counts->options, "option", " of the file");
	add(&out, counts->blocks, "block", "");
	add(&out, packets->options, "option", " of IP and TCP");
	print("left out", &out);
}
