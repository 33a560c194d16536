// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "report/cgroup_path.h"
#include "report/field.h"
#include "util/list.h"
#include "util/number.h"
#include "util/wrong_word.h"
#include "where.h"

#define KEY_LETTERS "abcdefghijklmnopqrstuvwxyz0123456789_"

enum comparison {
	COMPARE_EQUAL, /* of a new condition */
	COMPARE_PATTERN,
	COMPARE_CGROUP,
	COMPARE_LESS,
	COMPARE_LESS_EQUAL,
	COMPARE_GREATER,
	COMPARE_GREATER_EQUAL,
	COMPARE_KNOWN,
};

struct where_value {
	struct where_value *next;
	uint64_t number; /* if the field is a number */
	char text[];
};

struct where {
	struct where *next;
	const char
		*option; /* the option whose values this condition has; NULL: that of where_add() */
	struct field field;
	enum comparison op;
	bool is_negated;
	struct where_value *values;
};

static bool is_number(const struct where *condition)
{
	return condition->field.type == VALUE_NUMBER && condition->op != COMPARE_PATTERN;
}

static int parse_number(const char *option, const struct where *condition, const char *text,
			uint64_t *number, struct error *error)
{
	if (!number_parse(text, number))
		return error_set(error, -EINVAL, "%s: '%s' is not a number, but %s is one", option,
				 text, condition->field.name);
	return 0;
}

/* A value that no event can have is a mistake: it would select nothing, or all. */
static int check_value(const char *option, const struct where *condition, const char *text,
		       struct error *error)
{
	struct strbuf values = { 0 }, name = { 0 };
	int err = 0;

	if (condition->op == COMPARE_EQUAL && field_list_values(&condition->field, &values) &&
	    !wrong_word_is_listed(text, strbuf_string(&values))) {
		strbuf_add(&name, option);
		if (!condition->option)
			strbuf_addf(&name, ": %s", condition->field.name);
		err = wrong_word_of_few(error, strbuf_string(&name), text, strbuf_string(&values));
	}
	strbuf_free(&name);
	strbuf_free(&values);
	return err;
}

static int add_value(struct where *condition, const char *option, const char *text,
		     struct error *error)
{
	struct where_value *value;
	uint64_t number = 0;
	int err;

	if (is_number(condition))
		err = parse_number(option, condition, text, &number, error);
	else
		err = check_value(option, condition, text, error);
	if (err)
		return err;
	value = malloc(sizeof(*value) + strlen(text) + 1);
	if (!value)
		return error_set(error, -ENOMEM, "out of memory");
	value->next = condition->values;
	value->number = number;
	strcpy(value->text, text);
	condition->values = value;
	return 0;
}

/* Returns the new first condition, or NULL and the error; errno is EINVAL or ENOMEM. */
static struct where *add_condition(struct where **where, const char *option, const char *key,
				   struct error *error)
{
	struct where *condition = calloc(1, sizeof(*condition));

	if (!condition) {
		errno = ENOMEM;
		error_set(error, -ENOMEM, "out of memory");
		return NULL;
	}
	if (field_find(key, &condition->field)) {
		free(condition);
		field_unknown(option, key, error);
		errno = EINVAL;
		return NULL;
	}
	condition->next = *where;
	*where = condition;
	return condition;
}

/* Returns the condition of an option of its own, a new one at the first call; NULL as above. */
static struct where *find_condition(struct where **where, const char *option, const char *key,
				    struct error *error)
{
	struct where *condition = *where;

	while (condition && (!condition->option || strcmp(condition->option, option) != 0))
		condition = condition->next;
	if (!condition)
		condition = add_condition(where, option, key, error);
	if (condition)
		condition->option = option;
	return condition;
}

int where_add_value(struct where **where, const char *option, const char *key, const char *value,
		    struct error *error)
{
	struct where *condition = find_condition(where, option, key, error);

	return condition ? add_value(condition, option, value, error) : -errno;
}

int where_add_cgroup(struct where **where, const char *value, struct error *error)
{
	struct where *condition = find_condition(where, "--cgroup", "cgroup", error);

	if (!condition)
		return -errno;
	condition->op = COMPARE_CGROUP;
	return add_value(condition, "--cgroup", value, error);
}

/* Returns the text after the operator, or NULL if there is none. */
static const char *parse_operator(const char *text, struct where *condition)
{
	static const struct {
		char text[3];
		enum comparison op;
		bool is_negated;
	} operators[] = {
		{ "!=", COMPARE_EQUAL, true },	     { "!~", COMPARE_PATTERN, true },
		{ "<=", COMPARE_LESS_EQUAL, false }, { ">=", COMPARE_GREATER_EQUAL, false },
		{ "==", COMPARE_EQUAL, false },	     { "=", COMPARE_EQUAL, false },
		{ "~", COMPARE_PATTERN, false },     { "<", COMPARE_LESS, false },
		{ ">", COMPARE_GREATER, false },
	};

	for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++) {
		size_t length = strlen(operators[i].text);

		if (strncmp(text, operators[i].text, length) != 0)
			continue;
		condition->op = operators[i].op;
		condition->is_negated = operators[i].is_negated;
		return text + length;
	}
	return NULL;
}

/* The context of list_each(). */
struct where_context {
	struct where *condition;
	const char *option;
};

static int add_list_value(void *context, const char *item, struct error *error)
{
	struct where_context *values = context;

	return add_value(values->condition, values->option, item, error);
}

static int parse_rest(struct where *condition, const char *option, const char *rest,
		      bool is_negated, struct error *error)
{
	struct where_context context = { condition, option };
	const char *values = parse_operator(rest, condition);

	if (!*rest) {
		condition->op = COMPARE_KNOWN;
		condition->is_negated = is_negated;
		return 0;
	}
	if (!values || is_negated)
		return error_set(error, -EINVAL,
				 "%s: '%s' after %s is not a condition: KEY=VALUE, with = or !=, ~ "
				 "or !~ (patterns), <, <=, > or >=; KEY; !KEY",
				 option, rest, condition->field.name);
	if (condition->op < COMPARE_LESS)
		return list_each(option, values, add_list_value, &context, error);
	if (condition->field.type != VALUE_NUMBER)
		return error_set(error, -EINVAL, "%s: %s is text: it has no order", option,
				 condition->field.name);
	return add_value(condition, option, values, error);
}

int where_add(struct where **where, const char *option, const char *text, struct error *error)
{
	bool is_negated = *text == '!';
	size_t length = strspn(text + is_negated, KEY_LETTERS);
	char *key = strndup(text + is_negated, length);
	struct where *condition;

	if (!key)
		return error_set(error, -ENOMEM, "out of memory");
	condition = add_condition(where, option, key, error);
	free(key);
	if (!condition)
		return -errno;
	return parse_rest(condition, option, text + is_negated + length, is_negated, error);
}

const char *where_option_value(const struct where *where, const char *option, size_t index)
{
	const struct where_value *value;

	while (where && (!where->option || strcmp(where->option, option) != 0))
		where = where->next;
	value = where ? where->values : NULL;
	while (value && index--)
		value = value->next;
	return value ? value->text : NULL;
}

void where_free(struct where *where)
{
	while (where) {
		struct where *next = where->next;

		while (where->values) {
			struct where_value *value = where->values;

			where->values = value->next;
			free(value);
		}
		free(where);
		where = next;
	}
}

static bool compare_number(enum comparison op, uint64_t number, uint64_t other)
{
	switch (op) {
	case COMPARE_LESS:
		return number < other;
	case COMPARE_LESS_EQUAL:
		return number <= other;
	case COMPARE_GREATER:
		return number > other;
	case COMPARE_GREATER_EQUAL:
		return number >= other;
	default:
		return number == other;
	}
}

static bool compare_text(enum comparison op, const char *text, const char *other)
{
	if (op == COMPARE_PATTERN)
		return fnmatch(other, text, 0) == 0;
	if (op == COMPARE_CGROUP)
		return cgroup_path_matches(other, text);
	return strcmp(text, other) == 0;
}

static bool matches_any(const struct where *condition, const char *text)
{
	bool is_numeric = is_number(condition);
	uint64_t number = is_numeric ? strtoull(text, NULL, 10) : 0;

	for (const struct where_value *value = condition->values; value; value = value->next) {
		if (is_numeric ? compare_number(condition->op, number, value->number)
			       : compare_text(condition->op, text, value->text))
			return true;
	}
	return condition->op == COMPARE_KNOWN;
}

bool where_matches(const struct where *where, const struct drop_report *report)
{
	struct strbuf text = { 0 };
	bool matches = true;

	for (; where && matches; where = where->next) {
		strbuf_clear(&text);
		matches = field_value(&where->field, report, &text) &&
			  matches_any(where, strbuf_string(&text));
		matches ^= where->is_negated;
	}
	strbuf_free(&text);
	return matches;
}
