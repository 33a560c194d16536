/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPORT_H
#define REPORT_H

/*
 * An event with its names, which every sink and every command reads. The values are indexed by key.
 * An unknown value is absent; no value is a guess. Reading a report back from a file makes the same
 * report.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "keys.h"
#include "event/packet.h"
#include "util/strbuf.h"

enum value_type {
	VALUE_TEXT,
	VALUE_NUMBER,
};

struct key_info {
	const char *name;
	size_t name_length;
	char pair[STRBUF_ARRAY]; /* " name=", the start of a pair in the annotation */
	size_t pair_length;
	enum value_type type;
	enum key_group group;
	const char *unit; /* "": none */
	const char *description;
};

extern const struct key_info key_table[KEY_COUNT];
extern const char *const group_titles[GROUP_COUNT];

/* Returns the key of that name (length bytes), KEY_COUNT if there is none. */
enum key key_find(const char *name, size_t length);

/* The same; fast if it is the key `first` or one of the next ones, as in an annotation. */
enum key key_find_from(enum key first, const char *name, size_t length);

#define KEY_WORDS ((KEY_COUNT + 63) / 64)

union value {
	uint64_t number;
	const char *text; /* of a text key; must outlive the report's use */
};

struct drop_report {
	uint64_t timestamp_ns; /* since the epoch */
	const char *ifname;    /* NULL: unknown */
	bool has_direction;
	bool inbound;
	uint8_t pkt_type; /* PACKET_HOST, ... of an inbound packet */
	bool checksum_not_ready;
	bool has_packet_id;
	uint64_t packet_id;
	bool has_queue;
	uint32_t queue;
	struct packet packet;
	const char *frames; /* "  leaf\n  caller\n..." without the last newline; NULL: no stack */
	bool has_unique_stack_id; /* the same id always means the same frames, as in a capture */
	/* Keys of a later version, each with its value: "a\0" "1\0" "b\0" "2\0" "\0"; NULL: none */
	const char *unknown;
	/*
	 * One bit for each key that has a value. Only these values are initialized (report_clear).
	 */
	uint64_t present[KEY_WORDS];
	union value values[KEY_COUNT];
};

/* Makes the report empty. The values stay uninitialized. */
static inline void report_clear(struct drop_report *report)
{
	memset(report, 0, offsetof(struct drop_report, values));
}

static inline bool report_has(const struct drop_report *report, enum key key)
{
	return report->present[key / 64] >> key % 64 & 1;
}

static inline void report_set(struct drop_report *report, enum key key, union value value)
{
	report->present[key / 64] |= (uint64_t)1 << key % 64;
	report->values[key] = value;
}

static inline void report_unset(struct drop_report *report, enum key key)
{
	report->present[key / 64] &= ~((uint64_t)1 << key % 64);
}

/* Returns the first key from this one on that has a value; KEY_COUNT: none has. */
static inline enum key report_next(const struct drop_report *report, enum key key)
{
	size_t word = key / 64;
	uint64_t bits;

	if (key >= KEY_COUNT)
		return KEY_COUNT;
	bits = report->present[word] >> key % 64 << key % 64;
	while (!bits && ++word < KEY_WORDS)
		bits = report->present[word];
	return bits ? (enum key)(word * 64 + (size_t)__builtin_ctzll(bits)) : KEY_COUNT;
}

static inline void report_set_text(struct drop_report *report, enum key key, const char *text)
{
	report_set(report, key, (union value){ .text = text });
}

static inline void report_set_number(struct drop_report *report, enum key key, uint64_t number)
{
	report_set(report, key, (union value){ .number = number });
}

/* Returns the value of a text key; NULL if it is absent. */
const char *report_text(const struct drop_report *report, enum key key);

/* Returns the value of a number key; 0 if it is absent, too (report_has() distinguishes them). */
uint64_t report_number(const struct drop_report *report, enum key key);

#endif
