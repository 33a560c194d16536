// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "field.h"
#include "format.h"
#include "names.h"
#include "util/wrong_word.h"

/* If the direction is unknown, the sender counts as the local end. */
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

static const struct field derived_fields[] = {
	{ "flow", VALUE_TEXT, KEY_COUNT, add_flow },
	{ "local", VALUE_TEXT, KEY_COUNT, add_local },
	{ "remote", VALUE_TEXT, KEY_COUNT, add_remote },
	{ "lport", VALUE_NUMBER, KEY_COUNT, add_lport },
	{ "rport", VALUE_NUMBER, KEY_COUNT, add_rport },
	{ "ifname", VALUE_TEXT, KEY_COUNT, add_ifname },
	{ "stack", VALUE_TEXT, KEY_stack, add_stack }, /* the frames, not the value of the key */
};

#define DERIVED_COUNT (sizeof(derived_fields) / sizeof(derived_fields[0]))

int field_find(const char *name, struct field *field)
{
	enum key known = key_find(name, strlen(name));

	for (size_t i = 0; i < DERIVED_COUNT; i++) {
		if (strcmp(derived_fields[i].name, name) == 0) {
			*field = derived_fields[i];
			return 0;
		}
	}
	if (known == KEY_COUNT)
		return -ENOENT;
	*field = (struct field){ key_table[known].name, key_table[known].type, known, NULL };
	return 0;
}

void field_list(struct strbuf *text)
{
	for (size_t i = 0; i < DERIVED_COUNT; i++)
		strbuf_addf(text, "%s%s", i ? ", " : "", derived_fields[i].name);
	for (enum key key = 0; key < KEY_COUNT; key++) {
		if (key != KEY_stack)
			strbuf_addf(text, ", %s", key_table[key].name);
	}
}

/* Names of options, of bcc's tools and of Wireshark, and the fields here that have these values. */
static const struct {
	const char *name, *here;
} other_names[] = {
	{ "comm", "owner; the process on the CPU is cpu_comm" },
	{ "pid", "owner_pid; the process on the CPU is cpu_pid" },
	{ "interface", "ifname" },
	{ "saddr", "local or remote, and both are in flow" },
	{ "daddr", "local or remote, and both are in flow" },
	{ "sport", "lport or rport" },
	{ "dport", "lport or rport" },
	{ "location", "at" },
};

int field_unknown(const char *option, const char *name, struct error *error)
{
	struct strbuf known = { 0 };

	for (size_t i = 0; i < sizeof(other_names) / sizeof(other_names[0]); i++) {
		if (strcmp(name, other_names[i].name) == 0)
			return error_set(error, -EINVAL, "%s: '%s' is not a key: here it is %s",
					 option, name, other_names[i].here);
	}
	field_list(&known);
	wrong_word_of_many(error, option, name, "a key", strbuf_string(&known),
			   "'man tcpdropcap' (COUNT and FILE)");
	strbuf_free(&known);
	return -EINVAL;
}

bool field_list_values(const struct field *field, struct strbuf *values)
{
	static const struct {
		enum key key;
		void (*list)(struct strbuf *values);
	} lists[] = {
		{ KEY_event, event_kinds_list }, { KEY_kind, retransmit_kinds_list },
		{ KEY_cause, causes_list },	 { KEY_state, states_list },
		{ KEY_old_state, states_list },	 { KEY_ca_state, ca_states_list },
	};

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		if (field->key != lists[i].key)
			continue;
		lists[i].list(values);
		return true;
	}
	return false;
}

bool field_value(const struct field *field, const struct drop_report *report, struct strbuf *value)
{
	if (field->add)
		return field->add(report, value);
	if (!report_has(report, field->key))
		return false;
	if (field->type == VALUE_NUMBER)
		strbuf_add_number(value, report->values[field->key].number);
	else
		strbuf_add(value, report->values[field->key].text);
	return true;
}
