// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "explain/explain.h"
#include "filter/netns.h"
#include "option_amount.h"
#include "option_set.h"
#include "report/field.h"
#include "util/number.h"
#include "util/wrong_word.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static const char *const stack_names[] = {
	[EVENT_STACKS_AUTO] = "auto",
	[EVENT_STACKS_ALL] = "all",
	[EVENT_STACKS_NONE] = "none",
};

static const char *const sort_names[] = {
	[TOP_SORT_BOTH] = "both",	[TOP_SORT_RX] = "rx",	    [TOP_SORT_TX] = "tx",
	[TOP_SORT_RETRANS] = "retrans", [TOP_SORT_DROPS] = "drops", [TOP_SORT_RTT] = "rtt",
};

static const char *const shell_names[] = { "bash", "zsh", "fish" };

static int parse_number(const char *option, const char *text, uint64_t min, uint64_t max,
			uint64_t *number, struct error *error)
{
	if (!number_parse(text, number) || *number < min || *number > max)
		return error_set(error, -EINVAL, "%s: '%s' is not a number from %llu to %llu",
				 option, text, (unsigned long long)min, (unsigned long long)max);
	return 0;
}

void option_add_names(struct strbuf *values, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		strbuf_addf(values, "%s%s", i ? " " : "", names[i]);
}

int option_find_name(const char *option, const char *text, const char *const *names, size_t count,
		     struct error *error)
{
	struct strbuf known = { 0 };

	for (size_t i = 0; i < count; i++) {
		if (strcmp(text, names[i]) == 0)
			return (int)i;
	}
	option_add_names(&known, names, count);
	wrong_word_of_few(error, option, text, strbuf_string(&known));
	strbuf_free(&known);
	return -EINVAL;
}

int option_set_count(struct options *options, const char *text, struct error *error)
{
	return parse_number("-c", text, 1, UINT64_MAX, &options->count, error);
}

int option_add_read_path(struct options *options, const char *text, struct error *error)
{
	const char **grown = reallocarray(options->read_paths, options->read_count + 1,
					  sizeof(*grown));

	if (!grown)
		return error_set(error, -ENOMEM, "out of memory");
	options->read_paths = grown;
	options->read_paths[options->read_count++] = text;
	options->read_path = text;
	return 0;
}

/* As tcpdump: millions of bytes, unless a letter gives a power of two. */
int option_set_file_size(struct options *options, const char *text, struct error *error)
{
	static const char letters[] = "kKmMgG";
	const char *end = text, *letter;
	uint64_t unit = 1000000, number = 0;
	bool is_number = number_take(&end, &number);

	letter = *end ? strchr(letters, *end) : NULL;
	if (letter)
		unit = 1ULL << (10 * ((letter - letters) / 2 + 1));
	if (!is_number || !number || number > INT64_MAX / unit || (letter ? end[1] : *end))
		return error_set(error, -EINVAL,
				 "-C: '%s' is not a size: a number of millions of bytes, or one "
				 "with k, M or G after it for KiB, MiB, GiB",
				 text);
	options->rotate.bytes = number * unit;
	return 0;
}

int option_set_file_seconds(struct options *options, const char *text, struct error *error)
{
	uint64_t number;
	int err = option_take_seconds("-G", text, 1, OPTION_SECONDS_MAX, &number, error);

	if (!err)
		options->rotate.seconds = (uint32_t)number;
	return err;
}

int option_set_file_count(struct options *options, const char *text, struct error *error)
{
	uint64_t number;
	int err = parse_number("-W", text, 1, 1000000, &number, error);

	if (!err)
		options->rotate.files = (uint32_t)number;
	return err;
}

int option_set_duration(struct options *options, const char *text, struct error *error)
{
	return option_take_seconds("--duration", text, 1, OPTION_SECONDS_MAX, &options->duration_s,
				   error);
}

static int set_family(struct options *options, int family, struct error *error)
{
	if (options->filter.family && options->filter.family != family)
		return error_set(error, -EINVAL, "-4 and -6 exclude each other");
	options->filter.family = family;
	return 0;
}

int option_set_ipv4(struct options *options, const char *text, struct error *error)
{
	(void)text;
	return set_family(options, AF_INET, error);
}

int option_set_ipv6(struct options *options, const char *text, struct error *error)
{
	(void)text;
	return set_family(options, AF_INET6, error);
}

int option_add_where(struct options *options, const char *text, struct error *error)
{
	return where_add(&options->filter.where, "--where", text, error);
}

int option_set_netns_of(struct options *options, const char *text, struct error *error)
{
	uint64_t pid;
	int err = parse_number("--netns-of", text, 1, INT32_MAX, &pid, error);
	uint32_t inode;
	char path[64];

	if (err)
		return err;
	snprintf(path, sizeof(path), "/proc/%" PRIu64 "/ns/net", pid);
	if (netns_find(path, &inode, error))
		return error_set(error, -ENOENT,
				 "--netns-of: there is no process %s, or its namespace may not be "
				 "read",
				 text);
	/* By its number: the process can end, and the namespace stays. */
	snprintf(options->netns_number, sizeof(options->netns_number), "%" PRIu32, inode);
	return 0;
}

/* As tcpdump, which takes -tttt, and -t -t. */
int option_set_time(struct options *options, const char *text, struct error *error)
{
	(void)text;
	if (options->time + 1 == TIME_FORM_COUNT)
		return error_set(error, -EINVAL, "-t: at most five, -ttttt");
	options->time++;
	return 0;
}

int option_set_snaplen(struct options *options, const char *text, struct error *error)
{
	uint64_t number;
	int err = parse_number("-s", text, 0, 262144, &number, error);

	if (!err)
		options->snaplen = number && number < SNAPLEN_MAX ? (uint32_t)number : SNAPLEN_MAX;
	return err;
}

int option_set_ring(struct options *options, const char *text, struct error *error)
{
	uint64_t number;
	int err = parse_number("-B", text, 1, 2048, &number, error);

	if (err)
		return err;
	if (number & (number - 1))
		return error_set(
			error, -EINVAL,
			"-B: '%s' is not a power of two; the size of the kernel's ring is 1, 2, 4, "
			"8, ... MiB",
			text);
	options->ring_mib = (uint32_t)number;
	return 0;
}

/* One for the process. As in tcpdump, root means that nothing changes. */
int option_set_user(struct options *options, const char *text, struct error *error)
{
	static struct privilege_user user;
	int err = privilege_find_user(text, &user, error);

	options->user = !err && user.uid ? &user : NULL;
	return err;
}

int option_set_stack(struct options *options, const char *text, struct error *error)
{
	int stack = option_find_name("--stack", text, stack_names, COUNT_OF(stack_names), error);

	if (stack < 0)
		return stack;
	options->stack = (enum event_stacks)stack;
	return 0;
}

int option_set_sort(struct options *options, const char *text, struct error *error)
{
	int sort = option_find_name("--sort", text, sort_names, COUNT_OF(sort_names), error);

	if (sort < 0)
		return sort;
	options->sort = (enum top_sort)sort;
	return 0;
}

int option_set_top(struct options *options, const char *text, struct error *error)
{
	return parse_number("--top", text, 1, 1000000, &options->top, error);
}

/* As of every list, the items add up. */
int option_add_by(struct options *options, const char *text, struct error *error)
{
	char *joined;

	if (asprintf(&joined, "%s%s%s", options->by ? options->by : "", options->by ? "," : "",
		     text) < 0)
		return error_set(error, -ENOMEM, "out of memory");
	free(options->by_keys);
	options->by_keys = joined;
	options->by = joined;
	return 0;
}

int option_set_interval(struct options *options, const char *text, struct error *error)
{
	uint64_t number;
	int err = option_take_seconds("--interval", text, 1, 86400, &number, error);

	if (!err)
		options->interval_s = (uint32_t)number;
	return err;
}

int option_set_completion(struct options *options, const char *text, struct error *error)
{
	int shell = option_find_name("--completion", text, shell_names, COUNT_OF(shell_names),
				     error);

	options->completion = text;
	return shell < 0 ? shell : 0;
}

void option_add_stacks(struct strbuf *values)
{
	option_add_names(values, stack_names, COUNT_OF(stack_names));
}

void option_add_sorts(struct strbuf *values)
{
	option_add_names(values, sort_names, COUNT_OF(sort_names));
}

void option_add_shells(struct strbuf *values)
{
	option_add_names(values, shell_names, COUNT_OF(shell_names));
}

/* Those that have an explanation: each kernel has others. */
void option_add_reasons(struct strbuf *values)
{
	for (size_t i = 0; i < explain_table_count; i++) {
		const struct explain_table *table = &explain_tables[i];
		bool is_reason = table->class == EXPLAIN_DROP || table->class == EXPLAIN_RESET;

		for (size_t row = 0; is_reason && row < *table->count; row++)
			strbuf_addf(values, "%s%s", values->length ? " " : "",
				    table->rows[row].name);
	}
}

/* The list is one for people: without its commas it is one for shells. */
void option_add_keys(struct strbuf *values)
{
	struct strbuf list = { 0 };
	const char *key;
	char *rest;

	field_list(&list);
	for (rest = list.data; rest && (key = strsep(&rest, ","));)
		strbuf_add(values, key);
	strbuf_free(&list);
}
