// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "explain_tables.h"
#include "util/edit_distance.h"

#define DROP_PREFIX  "SKB_DROP_REASON_"
#define RESET_PREFIX "SK_RST_REASON_"

#define SUGGESTIONS_MAX 6
#define SUBSTRING_MIN	3 /* letters that a part of a name must have */

#define TABLE(class, title, rows)                 \
	{                                         \
		class, title, rows, &rows##_count \
	}

const struct explain_table explain_tables[] = {
	TABLE(EXPLAIN_DROP, "Drops within TCP and at its sockets", reasons_tcp),
	TABLE(EXPLAIN_DROP, "Drops within IP", reasons_ip),
	TABLE(EXPLAIN_DROP, "Drops by policy: packet filters, BPF, authentication, encryption",
	      reasons_policy),
	TABLE(EXPLAIN_DROP, "Drops by traffic control and queue disciplines", reasons_qdisc),
	TABLE(EXPLAIN_DROP, "Drops at neighbours, devices and queues of the host", reasons_device),
	TABLE(EXPLAIN_DROP, "Drops by bridges, tunnels and Open vSwitch", reasons_tunnel),
	TABLE(EXPLAIN_RESET, "Resets", reasons_reset),
	TABLE(EXPLAIN_CAUSE, "Causes of drops", reasons_cause),
	TABLE(EXPLAIN_EVENT, "Events", event_words),
	TABLE(EXPLAIN_KIND, "Kinds of retransmissions", kind_words),
	TABLE(EXPLAIN_STATE, "States of a socket", state_words),
	TABLE(EXPLAIN_CA_STATE, "States of congestion control", ca_state_words),
};

const size_t explain_table_count = sizeof(explain_tables) / sizeof(explain_tables[0]);

/*
 * Reasons that no TCP packet can have: those of other protocols, of frames without IP, of
 * multicast, and of sockets of other families. A name that ends in _ is the prefix of several.
 */
static const char *const not_tcp[] = {
	"UDP_CSUM",
	"ICMP_CSUM",
	"INVALID_PROTO", /* ICMP */
	"ARP_PVLAN_DISABLE",
	"IPV6_NDISC_",
	"UNIX_",
	"SOCKET_CLOSE", /* AF_UNIX */
	"CAN_RX_",
	"CANFD_RX_",
	"CANXL_RX_",
	"MAC_IEEE_MAC_CONTROL",	     /* frames of pause and link control */
	"IPVLAN_MULTICAST_BACKLOG",  /* multicast and broadcast frames alone */
	"MACVLAN_BROADCAST_BACKLOG", /* the same */
	"RX_DROP_",		     /* mac80211: frames of 802.11, before they are IP */
	"RX_CONTINUE",
	"RX_QUEUED",
};

/* Enumerators of subsystems that only mark the ends of a list; more begin with "__". */
static const char *const markers[] = { "QDISC_DROP_UNSPEC", "QDISC_DROP_MAX", "OVS_DROP_MAX" };

const char *explain_class_title(enum explain_class class)
{
	static const char *const titles[EXPLAIN_CLASSES] = {
		[EXPLAIN_DROP] = "reason of a drop",
		[EXPLAIN_RESET] = "reason of a reset",
		[EXPLAIN_CAUSE] = "cause of a drop",
		[EXPLAIN_EVENT] = "event",
		[EXPLAIN_KIND] = "kind of a retransmission",
		[EXPLAIN_STATE] = "state of a socket",
		[EXPLAIN_CA_STATE] = "state of congestion control",
	};

	return titles[class];
}

const char *explain_class_name(enum explain_class class)
{
	static const char *const names[EXPLAIN_CLASSES] = {
		[EXPLAIN_DROP] = "drop",   [EXPLAIN_RESET] = "reset",
		[EXPLAIN_EVENT] = "event", [EXPLAIN_KIND] = "kind",
		[EXPLAIN_STATE] = "state", [EXPLAIN_CA_STATE] = "ca_state",
		[EXPLAIN_CAUSE] = "cause",
	};

	return names[class];
}

const char *explain_severity_name(enum explain_severity severity)
{
	static const char *const names[] = {
		[EXPLAIN_CHAT] = "chat",
		[EXPLAIN_NOTE] = "note",
		[EXPLAIN_WARN] = "warn",
		[EXPLAIN_ERROR] = "error",
	};

	return names[severity];
}

static const char *skip(const char *name, const char *prefix)
{
	size_t length = strlen(prefix);

	return strncasecmp(name, prefix, length) == 0 ? name + length : name;
}

const char *explain_without_prefix(const char *name)
{
	const char *rest = skip(name, DROP_PREFIX);

	return rest == name ? skip(name, RESET_PREFIX) : rest;
}

/* Returns the name without the prefix of its class. The prefix of another class never matches. */
static const char *name_of_class(enum explain_class class, const char *name)
{
	if (class == EXPLAIN_DROP)
		return skip(name, DROP_PREFIX);
	return class == EXPLAIN_RESET ? skip(name, RESET_PREFIX) : name;
}

const struct explanation *explain_find(enum explain_class class, const char *name)
{
	name = name_of_class(class, name);
	for (size_t i = 0; i < explain_table_count; i++) {
		const struct explain_table *table = &explain_tables[i];

		if (table->class != class)
			continue;
		for (size_t row = 0; row < *table->count; row++) {
			if (strcasecmp(table->rows[row].name, name) == 0)
				return &table->rows[row];
		}
	}
	return NULL;
}

bool explain_is_not_tcp(const char *name)
{
	name = skip(name, DROP_PREFIX);
	for (size_t i = 0; i < sizeof(not_tcp) / sizeof(not_tcp[0]); i++) {
		size_t length = strlen(not_tcp[i]);
		bool is_beginning = not_tcp[i][length - 1] == '_';

		if (is_beginning ? strncasecmp(name, not_tcp[i], length) == 0
				 : strcasecmp(name, not_tcp[i]) == 0)
			return true;
	}
	return false;
}

bool explain_is_marker(const char *name)
{
	for (size_t i = 0; i < sizeof(markers) / sizeof(markers[0]); i++) {
		if (strcmp(name, markers[i]) == 0)
			return true;
	}
	return strncmp(name, "__", 2) == 0;
}

static void upper(char out[EDIT_WORD_MAX + 2], const char *word)
{
	size_t i = 0;

	for (; i < EDIT_WORD_MAX + 1 && word[i]; i++)
		out[i] = (char)toupper((unsigned char)word[i]);
	out[i] = '\0';
}

/* Returns the edit distance of the two, in upper case; 0 if the word is a part of the name. */
static unsigned int distance(const char *word, const char *name)
{
	char folded[EDIT_WORD_MAX + 2];

	upper(folded, name);
	if (strlen(word) >= SUBSTRING_MIN && strstr(folded, word))
		return 0;
	return edit_distance(word, folded);
}

/* Appends the names at that distance, unless they are in both enums. */
static void suggest_at(const char *word, unsigned int at, size_t *count, struct strbuf *names)
{
	for (size_t i = 0; i < explain_table_count; i++) {
		const struct explain_table *table = &explain_tables[i];

		for (size_t row = 0; row < *table->count && *count < SUGGESTIONS_MAX; row++) {
			const char *name = table->rows[row].name;

			if (distance(word, name) != at ||
			    (table->class == EXPLAIN_RESET && explain_find(EXPLAIN_DROP, name)))
				continue;
			strbuf_addf(names, "%s%s", names->length ? ", " : "", name);
			(*count)++;
		}
	}
}

void explain_suggest(const char *word, struct strbuf *names)
{
	char folded[EDIT_WORD_MAX + 2];
	unsigned int most;
	size_t count = 0;

	word = explain_without_prefix(word);
	upper(folded, word);
	/* At most a third of the letters may differ. Only the nearest names are suggested. */
	most = (unsigned int)strlen(folded) / 3;
	for (unsigned int at = 0; at <= most && !count; at++)
		suggest_at(folded, at, &count, names);
}
