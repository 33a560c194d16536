// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tally.h"
#include "util/hash.h"

struct word {
	uint64_t count;
	UT_hash_handle hh;
	char key[]; /* the class as a letter, and the name */
};

struct tally {
	struct word *words;
	struct word *last; /* of the previous event; most often, the next event has the same word */
	uint64_t other;
	struct strbuf key;
};

struct tally *tally_new(void)
{
	return calloc(1, sizeof(struct tally));
}

void tally_free(struct tally *tally)
{
	struct word *word, *next;

	if (!tally)
		return;
	HASH_ITER(hh, tally->words, word, next)
	{
		HASH_DEL(tally->words, word);
		free(word);
	}
	strbuf_free(&tally->key);
	free(tally);
}

/* Returns the reason, or its number if the name is unknown; NULL if the event has no reason. */
static const char *reason_of(const struct drop_report *report, char number[32])
{
	const char *reason = report_text(report, KEY_reason);

	if (!reason && report_has(report, KEY_reason_code)) {
		snprintf(number, 32, "%llu",
			 (unsigned long long)report_number(report, KEY_reason_code));
		return number;
	}
	return reason;
}

static enum explain_class word_of(const struct drop_report *report, const char **name,
				  char number[32])
{
	const char *event = report_text(report, KEY_event);
	const char *kind = report_text(report, KEY_kind);
	const char *reason = reason_of(report, number);

	event = event ? event : "-";
	*name = reason;
	if (reason && strcmp(event, "drop") == 0)
		return EXPLAIN_DROP;
	if (reason && strcmp(event, "reset") == 0)
		return EXPLAIN_RESET;
	*name = report_text(report, KEY_cause);
	if (*name)
		return EXPLAIN_CAUSE;
	*name = kind ? kind : event;
	return kind ? EXPLAIN_KIND : EXPLAIN_EVENT;
}

static struct word *add_word(struct tally *tally)
{
	size_t length = tally->key.length;
	struct word *word = malloc(sizeof(*word) + length + 1);

	if (!word)
		return NULL;
	word->count = 0;
	memcpy(word->key, tally->key.data, length + 1);
	HASH_ADD_KEYPTR(hh, tally->words, word->key, length, word);
	if (!word->hh.tbl) {
		free(word);
		return NULL;
	}
	return word;
}

/* Returns the word, which is added if it is new; NULL for lack of memory or of room. */
static struct word *find_word(struct tally *tally, char letter, const char *name)
{
	struct word *word;

	strbuf_clear(&tally->key);
	strbuf_add_bytes(&tally->key, &letter, 1);
	strbuf_add(&tally->key, name);
	if (tally->key.failed)
		return NULL;
	HASH_FIND(hh, tally->words, tally->key.data, tally->key.length, word);
	if (!word && HASH_COUNT(tally->words) < TALLY_MAX)
		word = add_word(tally);
	return word;
}

int tally_add(struct tally *tally, const struct drop_report *report)
{
	struct word *word = tally->last;
	const char *name;
	char number[32], letter;

	letter = (char)('a' + word_of(report, &name, number));
	if (!word || word->key[0] != letter || strcmp(word->key + 1, name) != 0)
		word = find_word(tally, letter, name);
	if (!word && (tally->key.failed || HASH_COUNT(tally->words) < TALLY_MAX))
		return -ENOMEM;
	tally->last = word;
	if (word)
		word->count++;
	else
		tally->other++;
	return 0;
}

static int compare(struct word *a, struct word *b)
{
	if (a->count != b->count)
		return a->count < b->count ? 1 : -1;
	return strcmp(a->key, b->key);
}

void tally_sort(struct tally *tally)
{
	HASH_SORT(tally->words, compare);
}

void tally_visit(const struct tally *tally,
		 void (*visit)(void *context, const struct explain_entry *entry), void *context)
{
	for (const struct word *word = tally->words; word; word = word->hh.next) {
		enum explain_class class = (enum explain_class)(word->key[0] - 'a');
		const char *name = word->key + 1;

		visit(context, &(struct explain_entry){ .class = class,
							.name = name,
							.text = explain_find(class, name),
							.count = word->count });
	}
}

uint64_t tally_other(const struct tally *tally)
{
	return tally->other;
}
