// SPDX-License-Identifier: GPL-2.0-or-later
#include "json_schema.h"
#include "report/report.h"

/*
 * What an event has besides the keys of the annotation, as sink_json.c writes it, and what a line
 * of the account has (account_record.c).
 */
static const struct {
	const char *name;
	const char *type; /* pairs of JSON */
	const char *description;
} fields[] = {
	{ "time", "\"type\":\"number\",\"minimum\":0", "Seconds since 1970, with nine decimals" },
	{ "time_iso",
	  "\"type\":\"string\",\"pattern\":\"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}"
	  "\\\\.[0-9]{9}Z$\"",
	  "The same as text, in UTC" },
	{ "ifname", "\"type\":\"string\"", "Network interface of the packet" },
	{ "len", "\"type\":\"integer\",\"minimum\":0", "Bytes that the packet had" },
	{ "caplen", "\"type\":\"integer\",\"minimum\":0", "Bytes that were captured" },
	{ "ip", "\"enum\":[4,6]", "Version of IP" },
	{ "saddr", "\"type\":\"string\"", "Source address" },
	{ "daddr", "\"type\":\"string\"", "Destination address" },
	{ "sport", "\"type\":\"integer\",\"minimum\":0,\"maximum\":65535", "Source port" },
	{ "dport", "\"type\":\"integer\",\"minimum\":0,\"maximum\":65535", "Destination port" },
	{ "flags", "\"type\":\"string\"", "TCP flags, with | between them" },
	{ "seq", "\"type\":\"integer\",\"minimum\":0,\"maximum\":4294967295", "Sequence number" },
	{ "ack", "\"type\":\"integer\",\"minimum\":0,\"maximum\":4294967295",
	  "Acknowledgement number, if the segment has one" },
	{ "window", "\"type\":\"integer\",\"minimum\":0,\"maximum\":65535",
	  "Window as it is in the header, without its scale" },
	{ "payload_len", "\"type\":\"integer\",\"minimum\":0", "Bytes of payload" },
	{ "dump", "\"type\":\"string\"", "What a dump of a recorder was made by: its first line" },
	{ "account", "\"type\":\"string\"",
	  "Counter of the kernel that events are set against; state is then that of the account: "
	  "equal, unexplained, open, shared, more or noted" },
	{ "device", "\"type\":\"string\"", "Device, if the counter is of one alone" },
	{ "counted", "\"type\":\"integer\",\"minimum\":0",
	  "What it counted in the capture's time" },
	{ "doubt", "\"type\":\"integer\",\"minimum\":0",
	  "Part of it that may be of the time before or after" },
	{ "events", "\"type\":\"integer\",\"minimum\":0", "Events that explain it" },
	{ "missing", "\"type\":\"integer\",\"minimum\":0",
	  "Part of counted that no event explains; of state more: events beyond counted and doubt" },
	{ "why", "\"type\":\"string\"",
	  "Why an account is open: missing events may be filtered, lost (or after -c, or without a "
	  "namespace), unparsed, no-reason or failed" },
	{ "frames", "\"type\":\"array\",\"items\":{\"type\":\"string\"}",
	  "Kernel stack, innermost function first" },
};

static void add_property(struct strbuf *out, const char *name, const char *type,
			 const char *description)
{
	strbuf_add(out, out->data[out->length - 1] == '{' ? "\n\t\t" : ",\n\t\t");
	strbuf_add_json(out, name);
	strbuf_addf(out, ": {%s,\"description\":", type);
	strbuf_add_json(out, description);
	strbuf_add(out, "}");
}

static void add_key(struct strbuf *out, const struct key_info *key)
{
	struct strbuf description = { 0 };

	strbuf_add(&description, key->description);
	if (*key->unit)
		strbuf_addf(&description, " (%s)", key->unit);
	add_property(out, key->name,
		     key->type == VALUE_NUMBER ? "\"type\":\"integer\",\"minimum\":0"
					       : "\"type\":\"string\"",
		     strbuf_string(&description));
	out->failed |= description.failed;
	strbuf_free(&description);
}

void json_schema_format(struct strbuf *out)
{
	strbuf_add(
		out,
		"{\n\t\"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n"
		"\t\"title\": \"A line of tcpdropcap --json\",\n"
		"\t\"description\": \"An event, the number of events that were lost after the "
		"last one, a counter of the account, or what a dump was made by. A value that is not known has no "
		"key.\",\n"
		"\t\"type\": \"object\",\n"
		"\t\"anyOf\": [{\"required\": [\"time\", \"time_iso\", \"event\", \"len\", "
		"\"caplen\"]}, {\"required\": [\"lost\"]}, "
		"{\"required\": [\"dump\"]}, "
		"{\"required\": [\"account\", \"counted\", \"events\", \"state\"]}],\n"
		"\t\"properties\": {");
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		add_property(out, fields[i].name, fields[i].type, fields[i].description);
	for (enum key key = 0; key < KEY_COUNT; key++)
		add_key(out, &key_table[key]);
	strbuf_add(out, "\n\t},\n\t\"additionalProperties\": false\n}\n");
}
