// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "account_text.h"
#include "util/number.h"

static const char *const state_names[ACCOUNT_STATE_COUNT] = {
	[ACCOUNT_EQUAL] = "equal", [ACCOUNT_UNEXPLAINED] = "unexplained",
	[ACCOUNT_OPEN] = "open",   [ACCOUNT_SHARED] = "shared",
	[ACCOUNT_MORE] = "more",   [ACCOUNT_NOTED] = "noted",
};

static const char *const why_names[ACCOUNT_WHY_COUNT] = {
	[ACCOUNT_CLOSED] = "closed",	 [ACCOUNT_FILTERED] = "filtered",
	[ACCOUNT_LOST] = "lost",	 [ACCOUNT_UNPARSED] = "unparsed",
	[ACCOUNT_NO_NAME] = "no-reason", [ACCOUNT_FAILED] = "failed",
};

static void add_json_line(const struct account_line *line, struct strbuf *out)
{
	strbuf_add(out, "{\"account\":");
	strbuf_add_json(out, line->name);
	if (line->netns)
		strbuf_addf(out, ",\"netns\":%" PRIu32, line->netns);
	if (line->device[0]) {
		strbuf_add(out, ",\"device\":");
		strbuf_add_json(out, line->device);
	}
	strbuf_addf(out, ",\"counted\":%" PRIu64, line->counted);
	if (line->doubt)
		strbuf_addf(out, ",\"doubt\":%" PRIu64, line->doubt);
	strbuf_addf(out, ",\"events\":%" PRIu64 ",\"state\":\"%s\"", line->events,
		    state_names[line->state]);
	if (line->missing)
		strbuf_addf(out, ",\"missing\":%" PRIu64, line->missing);
	if (line->state == ACCOUNT_OPEN)
		strbuf_addf(out, ",\"why\":\"%s\"", why_names[line->why]);
	strbuf_add(out, "}\n");
}

void account_print_json(const struct account *account, struct strbuf *out)
{
	for (size_t i = 0; i < account->count; i++)
		add_json_line(&account->lines[i], out);
}

#define COMMENT "tcpdropcap account:"

static void add_comment(const struct account_line *line, struct strbuf *out)
{
	strbuf_add(out, COMMENT " counter=");
	strbuf_add_logfmt(out, line->name);
	if (line->netns)
		strbuf_addf(out, " netns=%" PRIu32, line->netns);
	if (line->device[0]) {
		strbuf_add(out, " device=");
		strbuf_add_logfmt(out, line->device);
	}
	strbuf_addf(out, " counted=%" PRIu64, line->counted);
	if (line->doubt)
		strbuf_addf(out, " doubt=%" PRIu64, line->doubt);
	strbuf_addf(out, " events=%" PRIu64 " state=%s", line->events, state_names[line->state]);
	if (line->missing)
		strbuf_addf(out, " missing=%" PRIu64, line->missing);
	if (line->state == ACCOUNT_OPEN)
		strbuf_addf(out, " why=%s", why_names[line->why]);
	strbuf_add(out, "\n");
}

void account_add_comments(const struct account *account, struct strbuf *out)
{
	if (!account->count)
		strbuf_add(out, COMMENT "\n");
	for (size_t i = 0; i < account->count; i++)
		add_comment(&account->lines[i], out);
}

/* Returns the index of the text in the names, or -EINVAL. */
static int find_name(const char *text, const char *const *names, int count)
{
	for (int i = 0; i < count; i++) {
		if (strcmp(text, names[i]) == 0)
			return i;
	}
	return -EINVAL;
}

static int parse_count(const char *text, uint64_t max, uint64_t *number)
{
	return number_parse(text, number) && *number <= max ? 0 : -EINVAL;
}

static int take_state(const char *value, struct account_line *line)
{
	int state = find_name(value, state_names, ACCOUNT_STATE_COUNT);

	if (state < 0)
		return state;
	line->state = (enum account_state)state;
	return 0;
}

static int take_why(const char *value, struct account_line *line)
{
	int why = find_name(value, why_names, ACCOUNT_WHY_COUNT);

	line->why = why < 0 ? ACCOUNT_CLOSED : (enum account_why)why;
	return 0;
}

static int take_text(const char *value, char *text, size_t size)
{
	if (strlen(value) >= size)
		return -EINVAL;
	strcpy(text, value);
	return 0;
}

static int take_pair(const char *name, size_t length, const char *value, struct account_line *line)
{
	const struct {
		const char *name;
		uint64_t *number;
	} numbers[] = {
		{ "counted", &line->counted },
		{ "doubt", &line->doubt },
		{ "events", &line->events },
		{ "missing", &line->missing },
	};
	uint64_t number;
	int err;

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		if (length == strlen(numbers[i].name) && !strncmp(name, numbers[i].name, length))
			return parse_count(value, UINT64_MAX, numbers[i].number);
	}
	if (length == 5 && !strncmp(name, "netns", length)) {
		err = parse_count(value, UINT32_MAX, &number);
		line->netns = err ? 0 : (uint32_t)number;
		return err;
	}
	if (length == 5 && !strncmp(name, "state", length))
		return take_state(value, line);
	if (length == 3 && !strncmp(name, "why", length))
		return take_why(value, line);
	if (length == 7 && !strncmp(name, "counter", length))
		return *value ? take_text(value, line->name, sizeof(line->name)) : -EINVAL;
	if (length == 6 && !strncmp(name, "device", length))
		return take_text(value, line->device, sizeof(line->device));
	return 0;
}

/* Takes " name=value" at the cursor. */
static int take_next(const char **cursor, struct strbuf *value, struct account_line *line)
{
	const char *name = *cursor + 1;
	size_t length = strcspn(name, " =");
	int err;

	if (**cursor != ' ' || name[length] != '=')
		return -EINVAL;
	*cursor = name + length + 1;
	strbuf_clear(value);
	err = strbuf_parse_logfmt(value, cursor);
	if (value->failed)
		return -ENOMEM;
	return err ? err : take_pair(name, length, strbuf_string(value), line);
}

int account_read_comment(const char *comment, struct account *account)
{
	struct account_line line = { 0 }, *added;
	struct strbuf value = { 0 };
	const char *cursor = comment + strlen(COMMENT);
	int err = 0;

	if (strncmp(comment, COMMENT, strlen(COMMENT)) != 0)
		return -ENOENT;
	if (!*cursor)
		return 0;
	while (!err && *cursor)
		err = take_next(&cursor, &value, &line);
	strbuf_free(&value);
	if (!err && (!*line.name || account->count >= ACCOUNT_LINES_MAX))
		err = -EINVAL;
	if (err)
		return err;
	added = account_add(account);
	if (!added)
		return -ENOMEM;
	*added = line;
	return 0;
}
