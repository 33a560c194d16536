// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "names.h"
#include "netns.h"
#include "options.h"
#include "text.h"

#define LONG_ONLY 256 /* getopt value of the first option without a letter */

struct option_spec {
	const char *name;     /* without the dashes; NULL: a letter only */
	char letter;	      /* 0: none */
	const char *argument; /* NULL: none */
	const char *help;
	int (*set)(struct options *options, const char *text, struct error *error);
};

static int parse_number(const char *option, const char *text, uint64_t min, uint64_t max,
			uint64_t *number, struct error *error)
{
	char *end;

	errno = 0;
	*number = strtoull(text, &end, 10);
	if (*text < '0' || *text > '9' || *end || errno || *number < min || *number > max)
		return error_set(error, -EINVAL, "%s: '%s' is not a number from %llu to %llu",
				 option, text, (unsigned long long)min, (unsigned long long)max);
	return 0;
}

int options_each(const char *option, const char *list,
		 int (*use)(void *context, const char *item, struct error *error), void *context,
		 struct error *error)
{
	char *copy = strdup(list), *rest = copy, *item;
	int err = copy ? 0 : error_set(error, -ENOMEM, "out of memory");

	while (!err && (item = strsep(&rest, ","))) {
		if (!*item)
			err = error_set(error, -EINVAL, "%s: '%s' has an empty item", option, list);
		else
			err = use(context, item, error);
	}
	free(copy);
	return err;
}

static int set_write(struct options *options, const char *text, struct error *error)
{
	(void)error;
	options->write_path = text;
	return 0;
}

static int set_count(struct options *options, const char *text, struct error *error)
{
	return parse_number("-c", text, 1, UINT64_MAX, &options->count, error);
}

static int set_ipv4(struct options *options, const char *text, struct error *error)
{
	(void)text;
	if (options->family == AF_INET6)
		return error_set(error, -EINVAL, "-4 and -6 exclude each other");
	options->family = AF_INET;
	return 0;
}

static int set_ipv6(struct options *options, const char *text, struct error *error)
{
	(void)text;
	if (options->family == AF_INET)
		return error_set(error, -EINVAL, "-4 and -6 exclude each other");
	options->family = AF_INET6;
	return 0;
}

static void list_events(struct text *known)
{
	for (enum event_kind kind = 0; kind < EVENT_KIND_COUNT; kind++)
		text_addf(known, "%s%s", kind ? ", " : "", event_kind_name(kind));
}

static int use_event(void *context, const char *item, struct error *error)
{
	struct options *options = context;
	struct text known = { 0 };

	for (enum event_kind kind = 0; kind < EVENT_KIND_COUNT; kind++) {
		if (strcmp(item, event_kind_name(kind)) == 0) {
			options->events |= 1U << kind;
			return 0;
		}
	}
	list_events(&known);
	error_set(error, -EINVAL, "--events: unknown event '%s'; there are %s", item,
		  text_string(&known));
	text_free(&known);
	return -EINVAL;
}

static int set_events(struct options *options, const char *text, struct error *error)
{
	options->events = 0;
	return options_each("--events", text, use_event, options, error);
}

static int set_snaplen(struct options *options, const char *text, struct error *error)
{
	uint64_t number;
	int err = parse_number("-s", text, 0, 262144, &number, error);

	if (!err)
		options->snaplen = number && number < SNAPLEN_MAX ? (uint32_t)number : SNAPLEN_MAX;
	return err;
}

static int set_ring(struct options *options, const char *text, struct error *error)
{
	uint64_t number;
	int err = parse_number("-B", text, 1, 2048, &number, error);

	if (err)
		return err;
	if (number & (number - 1))
		return error_set(
			error, -EINVAL,
			"-B: '%s' is not a power of two; the kernel's ring takes 1, 2, 4, 8, "
			"... MiB",
			text);
	options->ring_mib = (uint32_t)number;
	return 0;
}

static int set_quiet(struct options *options, const char *text, struct error *error)
{
	(void)text;
	(void)error;
	options->quiet = true;
	return 0;
}

static int set_verbose(struct options *options, const char *text, struct error *error)
{
	(void)text;
	(void)error;
	options->verbose = true;
	return 0;
}

static int set_netns(struct options *options, const char *text, struct error *error)
{
	return netns_find(text, &options->netns, error);
}

static int set_reasons(struct options *options, const char *text, struct error *error)
{
	(void)error;
	options->reasons = text;
	return 0;
}

static int use_state(void *context, const char *item, struct error *error)
{
	struct options *options = context;
	struct text known = { 0 };
	int state = state_find(item);

	if (state >= 0) {
		options->states |= 1U << state;
		return 0;
	}
	for (unsigned int i = 1; i < STATE_COUNT; i++)
		text_addf(&known, "%s, ", state_name(i));
	error_set(error, -ENOENT, "--state: unknown state '%s'; there are %sand NONE (no socket)",
		  item, text_string(&known));
	text_free(&known);
	return -ENOENT;
}

static int set_states(struct options *options, const char *text, struct error *error)
{
	return options_each("--state", text, use_state, options, error);
}

static int use_pid(void *context, const char *item, struct error *error)
{
	return filter_add_pid(context, item, error);
}

static int set_pids(struct options *options, const char *text, struct error *error)
{
	return options_each("--pid", text, use_pid, &options->filter, error);
}

static int use_comm(void *context, const char *item, struct error *error)
{
	return filter_add_comm(context, item, error);
}

static int set_comms(struct options *options, const char *text, struct error *error)
{
	return options_each("--comm", text, use_comm, &options->filter, error);
}

static int set_stack(struct options *options, const char *text, struct error *error)
{
	if (strcmp(text, "full") != 0 && strcmp(text, "none") != 0)
		return error_set(error, -EINVAL, "--stack: '%s' is neither full nor none", text);
	options->stack = text[0] == 'f';
	return 0;
}

static int set_all(struct options *options, const char *text, struct error *error)
{
	(void)text;
	(void)error;
	options->all = true;
	return 0;
}

static int set_json(struct options *options, const char *text, struct error *error)
{
	(void)text;
	(void)error;
	options->json = true;
	return 0;
}

static int set_strict(struct options *options, const char *text, struct error *error)
{
	(void)text;
	(void)error;
	options->strict = true;
	return 0;
}

static int set_probe(struct options *options, const char *text, struct error *error)
{
	(void)text;
	(void)error;
	options->probe = true;
	return 0;
}

static int set_version(struct options *options, const char *text, struct error *error)
{
	(void)text;
	(void)error;
	options->show_version = true;
	return 0;
}

static int set_help(struct options *options, const char *text, struct error *error)
{
	(void)text;
	(void)error;
	options->show_help = true;
	return 0;
}

static const struct option_spec specs[] = {
	{ "write", 'w', "FILE", "write pcapng to FILE, - for standard output", set_write },
	{ "count", 'c', "N", "end after N events", set_count },
	{ "ipv4", '4', NULL, "IPv4 only", set_ipv4 },
	{ "ipv6", '6', NULL, "IPv6 only", set_ipv6 },
	{ "events", 'e', "LIST", "drop, retransmit, synack (these by default), tlp, reset",
	  set_events },
	{ "netns", 0, "NAME|INODE", "only events of this network namespace", set_netns },
	{ "reason", 0, "LIST", "only drops with one of these reasons", set_reasons },
	{ "state", 0, "LIST", "only events of sockets in one of these states; NONE: no socket",
	  set_states },
	{ "pid", 0, "LIST", "only events of sockets that one of these processes owns", set_pids },
	{ "comm", 0, "LIST", "the same, by command name", set_comms },
	{ "all", 0, NULL, "also packets that are freed because they have served their purpose",
	  set_all },
	{ "snaplen", 's', "BYTES", "at most this much of a packet's headers, 0: all (default)",
	  set_snaplen },
	{ "stack", 0, "full|none", "kernel stack of each event (default: full)", set_stack },
	{ "buffer-size", 'B', "MiB", "size of the kernel's ring, a power of two (default: 16)",
	  set_ring },
	{ "json", 0, NULL, "one JSON object a line instead of text", set_json },
	{ "quiet", 'q', NULL, "leave the stacks out of text and JSON", set_quiet },
	{ "verbose", 'v', NULL,
	  "TCP's state below each line of text; the kernel's log if it refuses", set_verbose },
	{ "strict", 0, NULL, "exit 3 if any event was lost, or may be", set_strict },
	{ "probe", 0, NULL, "try and print what this kernel offers, for a bug report", set_probe },
	{ "version", 'V', NULL, "print the version and end", set_version },
	{ "help", 'h', NULL, "print this and end", set_help },
};

#define SPEC_COUNT (sizeof(specs) / sizeof(specs[0]))

void options_print_help(FILE *out)
{
	fputs("Usage: tcpdropcap [OPTION]...\n"
	      "Captures the TCP packets that the kernel drops or retransmits, each with why.\n"
	      "Without -w it prints them as text.\n\n",
	      out);
	for (size_t i = 0; i < SPEC_COUNT; i++) {
		const struct option_spec *spec = &specs[i];
		char names[64];

		snprintf(names, sizeof(names), "%c%c%s --%s%s%s", spec->letter ? '-' : ' ',
			 spec->letter ? spec->letter : ' ', spec->letter ? "," : " ", spec->name,
			 spec->argument ? " " : "", spec->argument ? spec->argument : "");
		fprintf(out, "  %-26s %s\n", names, spec->help);
	}
	fputs("\nSIGINT and SIGTERM end the capture, SIGUSR1 prints its counts.\n"
	      "Exit status: 0, 1 for a failure, 2 for bad usage, 3 with --strict for losses.\n",
	      out);
}

/* Fills what getopt_long wants from the table. A spec's value is its index behind LONG_ONLY. */
static void getopt_tables(struct option longs[SPEC_COUNT + 1], char shorts[SPEC_COUNT * 2 + 2])
{
	*shorts++ = ':'; /* a missing argument is told apart, and getopt prints nothing */
	for (size_t i = 0; i < SPEC_COUNT; i++) {
		longs[i] = (struct option){
			.name = specs[i].name,
			.has_arg = specs[i].argument ? required_argument : no_argument,
			.val = LONG_ONLY + (int)i,
		};
		if (!specs[i].letter)
			continue;
		*shorts++ = specs[i].letter;
		if (specs[i].argument)
			*shorts++ = ':';
	}
	longs[SPEC_COUNT] = (struct option){ 0 };
	*shorts = '\0';
}

static const struct option_spec *find_spec(int value)
{
	if (value >= LONG_ONLY)
		return &specs[value - LONG_ONLY];
	for (size_t i = 0; i < SPEC_COUNT; i++) {
		if (specs[i].letter == value)
			return &specs[i];
	}
	return NULL;
}

/* getopt leaves a letter in optopt, of a long option its value or 0, and then has passed the word. */
static int bad_option(int value, char **argv, struct error *error)
{
	char letter[3] = { '-', (char)optopt, '\0' };
	const char *word = optopt && optopt < LONG_ONLY ? letter : argv[optind - 1];

	if (value == ':')
		return error_set(error, -EINVAL, "%s: needs an argument", word);
	if (optopt >= LONG_ONLY)
		return error_set(error, -EINVAL, "%.*s: takes no argument", (int)strcspn(word, "="),
				 word);
	return error_set(error, -EINVAL, "%s: unknown option; --help lists the options", word);
}

int options_parse(int argc, char **argv, struct options *options, struct error *error)
{
	struct option longs[SPEC_COUNT + 1];
	char shorts[SPEC_COUNT * 2 + 2];
	int value, err;

	*options = (struct options){
		.events = EVENTS_DEFAULT,
		.snaplen = SNAPLEN_MAX,
		.ring_mib = 16,
		.stack = true,
	};
	getopt_tables(longs, shorts);
	optind = 0; /* starts anew, amid a cluster of letters too (getopt(3)) */
	while ((value = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		if (value == '?' || value == ':')
			return bad_option(value, argv, error);
		err = find_spec(value)->set(options, optarg, error);
		if (err)
			return err;
	}
	if (options->json && options->write_path)
		return error_set(error, -EINVAL, "--json is text; it excludes -w");
	if (optind < argc)
		return error_set(error, -EINVAL,
				 "unexpected argument '%s'; --help lists the options",
				 argv[optind]);
	return 0;
}
