// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "count_key.h"
#include "report/format.h"

/* Without a direction, the sender is taken for the local end. */
static bool is_inbound(const struct drop_report *report)
{
	return report->has_direction && report->inbound;
}

static bool add_address(const struct drop_report *report, struct strbuf *value, bool sender)
{
	if (!report->packet.family)
		return false;
	format_address(value, &report->packet, sender);
	return true;
}

static bool add_port(const struct drop_report *report, struct strbuf *value, bool sender)
{
	if (!report->packet.tcp_at)
		return false;
	strbuf_add_number(value, sender ? report->packet.sport : report->packet.dport);
	return true;
}

static bool add_local(const struct drop_report *report, struct strbuf *value)
{
	return add_address(report, value, !is_inbound(report));
}

static bool add_remote(const struct drop_report *report, struct strbuf *value)
{
	return add_address(report, value, is_inbound(report));
}

static bool add_lport(const struct drop_report *report, struct strbuf *value)
{
	return add_port(report, value, !is_inbound(report));
}

static bool add_rport(const struct drop_report *report, struct strbuf *value)
{
	return add_port(report, value, is_inbound(report));
}

static bool add_flow(const struct drop_report *report, struct strbuf *value)
{
	bool inbound = is_inbound(report);

	if (!report->packet.family)
		return false;
	format_endpoint(value, &report->packet, !inbound);
	strbuf_add(value, " > ");
	format_endpoint(value, &report->packet, inbound);
	return true;
}

static bool add_ifname(const struct drop_report *report, struct strbuf *value)
{
	strbuf_add(value, report->ifname ? report->ifname : "");
	return report->ifname != NULL;
}

static bool add_stack(const struct drop_report *report, struct strbuf *value)
{
	strbuf_add(value, report->frames ? report->frames : "");
	return report->frames != NULL;
}

static const struct count_key derived_keys[] = {
	{ "flow", VALUE_TEXT, KEY_COUNT, add_flow },
	{ "local", VALUE_TEXT, KEY_COUNT, add_local },
	{ "remote", VALUE_TEXT, KEY_COUNT, add_remote },
	{ "lport", VALUE_NUMBER, KEY_COUNT, add_lport },
	{ "rport", VALUE_NUMBER, KEY_COUNT, add_rport },
	{ "ifname", VALUE_TEXT, KEY_COUNT, add_ifname },
	{ "stack", VALUE_TEXT, KEY_stack, add_stack }, /* not the annotation's */
};

#define DERIVED_COUNT (sizeof(derived_keys) / sizeof(derived_keys[0]))

int count_key_find(const char *name, struct count_key *key)
{
	enum key known = key_find(name, strlen(name));

	for (size_t i = 0; i < DERIVED_COUNT; i++) {
		if (strcmp(derived_keys[i].name, name) == 0) {
			*key = derived_keys[i];
			return 0;
		}
	}
	if (known == KEY_COUNT)
		return -ENOENT;
	*key = (struct count_key){ key_table[known].name, key_table[known].type, known, NULL };
	return 0;
}

void count_key_list(struct strbuf *text)
{
	for (size_t i = 0; i < DERIVED_COUNT; i++)
		strbuf_addf(text, "%s%s", i ? ", " : "", derived_keys[i].name);
	for (enum key key = 0; key < KEY_COUNT; key++) {
		if (key != KEY_stack)
			strbuf_addf(text, ", %s", key_table[key].name);
	}
}

bool count_key_value(const struct count_key *key, const struct drop_report *report,
		     struct strbuf *value)
{
	if (key->add)
		return key->add(report, value);
	if (!report_has(report, key->key))
		return false;
	if (key->type == VALUE_NUMBER)
		strbuf_add_number(value, report->values[key->key].number);
	else
		strbuf_add(value, report->values[key->key].text);
	return true;
}

/* Appends one frame, "  name+0x1f [module]" or "  ?". A ";" in a name would separate two frames. */
static void fold_frame(const char *frame, size_t length, struct strbuf *folded)
{
	const char *end = frame + length, *plus, *module;

	while (frame < end && *frame == ' ')
		frame++;
	module = memchr(frame, ' ', (size_t)(end - frame));
	plus = memmem(frame, (size_t)(end - frame), "+0x", 3);
	if (end - frame == 1 && *frame == '?') {
		strbuf_add(folded, "[unknown]");
		return;
	}
	for (const char *at = frame; at < end; at++) {
		if (at == plus)
			at = module && module > plus ? module : end;
		if (at < end)
			strbuf_add_bytes(folded, *at == ';' ? ":" : at, 1);
	}
}

void count_key_fold(const char *frames, struct strbuf *folded)
{
	const char *end = frames + strlen(frames), *start;

	while (end > frames) {
		start = memrchr(frames, '\n', (size_t)(end - frames));
		start = start ? start + 1 : frames;
		fold_frame(start, (size_t)(end - start), folded);
		end = start > frames ? start - 1 : frames;
		if (end > frames)
			strbuf_add(folded, ";");
	}
}
