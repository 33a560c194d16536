// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "count/count_key.h"
#include "option_listen.h"
#include "option_table.h"
#include "report/names.h"

#define SECONDS_MAX 315360000 /* ten years */

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
	char *end;

	errno = 0;
	*number = strtoull(text, &end, 10);
	if (*text < '0' || *text > '9' || *end || errno || *number < min || *number > max)
		return error_set(error, -EINVAL, "%s: '%s' is not a number from %llu to %llu",
				 option, text, (unsigned long long)min, (unsigned long long)max);
	return 0;
}

static void add_names(struct strbuf *text, const char *const *names, size_t count,
		      const char *separator)
{
	for (size_t i = 0; i < count; i++)
		strbuf_addf(text, "%s%s", i ? separator : "", names[i]);
}

/* Returns the index of the name, or -EINVAL and the error. */
static int find_name(const char *option, const char *text, const char *const *names, size_t count,
		     struct error *error)
{
	struct strbuf known = { 0 };

	for (size_t i = 0; i < count; i++) {
		if (strcmp(text, names[i]) == 0)
			return (int)i;
	}
	add_names(&known, names, count, ", ");
	error_set(error, -EINVAL, "%s: '%s' is not one of %s", option, text, strbuf_string(&known));
	strbuf_free(&known);
	return -EINVAL;
}

static int set_count(struct options *options, const char *text, struct error *error)
{
	return parse_number("-c", text, 1, UINT64_MAX, &options->count, error);
}

static int add_read_path(struct options *options, const char *text, struct error *error)
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
static int set_file_size(struct options *options, const char *text, struct error *error)
{
	static const char letters[] = "kKmMgG";
	char *end;
	const char *letter;
	uint64_t unit = 1000000, number;

	errno = 0;
	number = strtoull(text, &end, 10);
	letter = *end ? strchr(letters, *end) : NULL;
	if (letter)
		unit = 1ULL << (10 * ((letter - letters) / 2 + 1));
	if (*text < '0' || *text > '9' || errno || !number || number > INT64_MAX / unit ||
	    (letter ? end[1] : *end))
		return error_set(error, -EINVAL,
				 "-C: '%s' is not a size: a number of millions of bytes, or one "
				 "with k, M or G after it for KiB, MiB, GiB",
				 text);
	options->rotate.bytes = number * unit;
	return 0;
}

static int set_file_seconds(struct options *options, const char *text, struct error *error)
{
	uint64_t number;
	int err = parse_number("-G", text, 1, SECONDS_MAX, &number, error);

	if (!err)
		options->rotate.seconds = (uint32_t)number;
	return err;
}

static int set_file_count(struct options *options, const char *text, struct error *error)
{
	uint64_t number;
	int err = parse_number("-W", text, 1, 1000000, &number, error);

	if (!err)
		options->rotate.files = (uint32_t)number;
	return err;
}

static int set_duration(struct options *options, const char *text, struct error *error)
{
	return parse_number("--duration", text, 1, SECONDS_MAX, &options->duration_s, error);
}

static int set_family(struct options *options, int family, struct error *error)
{
	if (options->filter.family && options->filter.family != family)
		return error_set(error, -EINVAL, "-4 and -6 exclude each other");
	options->filter.family = family;
	return 0;
}

static int set_ipv4(struct options *options, const char *text, struct error *error)
{
	(void)text;
	return set_family(options, AF_INET, error);
}

static int set_ipv6(struct options *options, const char *text, struct error *error)
{
	(void)text;
	return set_family(options, AF_INET6, error);
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
			"-B: '%s' is not a power of two; the size of the kernel's ring is 1, 2, 4, "
			"8, ... MiB",
			text);
	options->ring_mib = (uint32_t)number;
	return 0;
}

static int set_stack(struct options *options, const char *text, struct error *error)
{
	int stack = find_name("--stack", text, stack_names, COUNT_OF(stack_names), error);

	if (stack < 0)
		return stack;
	options->stack = (enum event_stacks)stack;
	return 0;
}

static int set_sort(struct options *options, const char *text, struct error *error)
{
	int sort = find_name("--sort", text, sort_names, COUNT_OF(sort_names), error);

	if (sort < 0)
		return sort;
	options->sort = (enum top_sort)sort;
	return 0;
}

static int set_interval(struct options *options, const char *text, struct error *error)
{
	uint64_t number;
	int err = parse_number("--interval", text, 1, 86400, &number, error);

	if (!err)
		options->interval_s = (uint32_t)number;
	return err;
}

static int set_completion(struct options *options, const char *text, struct error *error)
{
	int shell = find_name("--completion", text, shell_names, COUNT_OF(shell_names), error);

	options->completion = text;
	return shell < 0 ? shell : 0;
}

static void add_stacks(struct strbuf *values)
{
	add_names(values, stack_names, COUNT_OF(stack_names), " ");
}

static void add_sorts(struct strbuf *values)
{
	add_names(values, sort_names, COUNT_OF(sort_names), " ");
}

static void add_shells(struct strbuf *values)
{
	add_names(values, shell_names, COUNT_OF(shell_names), " ");
}

static void add_events(struct strbuf *values)
{
	for (enum event_kind kind = 0; kind < EVENT_KIND_COUNT; kind++)
		strbuf_addf(values, "%s%s", kind ? " " : "", event_kind_name(kind));
}

static void add_states(struct strbuf *values)
{
	for (unsigned int state = 1; state < STATE_COUNT; state++)
		strbuf_addf(values, "%s ", state_name(state));
	strbuf_add(values, "NONE");
}

/* The list is one for people: without its commas it is one for shells. */
static void add_keys(struct strbuf *values)
{
	struct strbuf list = { 0 };
	const char *key;
	char *rest;

	count_key_list(&list);
	for (rest = list.data; rest && (key = strsep(&rest, ","));)
		strbuf_add(values, key);
	strbuf_free(&list);
}

#define CAPTURE OPTION_CAPTURE
#define COUNT	OPTION_COUNT
#define COMPARE OPTION_COMPARE
#define LIFE	OPTION_LIFE
#define RETRANS OPTION_RETRANS
#define VIEWS	(LIFE | RETRANS)
#define TOP	OPTION_TOP
#define ALL	(EVENTS | COMPARE | VIEWS | TOP | EXPLAIN)
#define EXPLAIN OPTION_EXPLAIN
#define EVENTS	(CAPTURE | COUNT)
#define LIVE	OPTION_LIVE

/* The comparison of pointers makes the compiler check the type of the member. */
#define MEMBER(type, member)                         \
	.offset = offsetof(struct options, member) + \
		  0 * sizeof((type *)0 == &((struct options *)0)->member)
#define FLAG(member) MEMBER(bool, member)
#define TEXT(member) MEMBER(const char *, member)

/* clang-format off */
const struct option_spec option_table[] = {
	{ "read", 'r', EVENTS | VIEWS, "FILE",
	  "read a capture file, also .gz and .zst, or a folder; -: standard input",
	  .set = add_read_path, .values = VALUES_FILE },
	{ "read", 'r', COMPARE, "FILE",
	  "read the events from FILE or a folder; all words are wire captures",
	  .set = add_read_path, .values = VALUES_FILE },
	{ "write", 'w', CAPTURE, "FILE", "write pcapng to FILE; -: standard output",
	  TEXT(write_path), .values = VALUES_FILE },
	{ "file-size", 'C', CAPTURE | LIVE, "SIZE",
	  "new file after SIZE million bytes (also k, M, G), as tcpdump", .set = set_file_size },
	{ "file-seconds", 'G', CAPTURE | LIVE, "SECONDS",
	  "new file every SECONDS; -w may have a format of strftime", .set = set_file_seconds },
	{ "file-count", 'W', CAPTURE | LIVE, "COUNT",
	  "with -C: a ring of COUNT files; with -G: end after COUNT files", .set = set_file_count },
	{ "post-command", 'z', CAPTURE | LIVE, "COMMAND",
	  "run COMMAND FILE on each finished file of -C or -G", TEXT(rotate_command) },
	{ "duration", 0, EVENTS | VIEWS | LIVE, "SECONDS", "end after SECONDS",
	  .set = set_duration },
	{ "write", 'w', COMPARE, "FILE",
	  "copy the wire capture (only one) to FILE, with verdicts and events",
	  TEXT(write_path), .values = VALUES_FILE },
	{ "by", 0, COUNT, "KEYS", "group by these keys (default: event,kind,reason)",
	  TEXT(by), .values = VALUES_LIST, .add_values = add_keys },
	{ "interval", 0, COUNT | LIVE, "SECONDS", "print the counts and reset them this often",
	  .set = set_interval },
	{ "folded", 0, COUNT, NULL, "print folded stacks, the input of flame graphs",
	  FLAG(folded) },
	{ "timestamp", 't', LIFE, NULL, "print the seconds since the first connection that ended",
	  FLAG(life.seconds) },
	{ "time", 'T', LIFE, NULL, "print the time of day", FLAG(life.time) },
	{ "wide", 'W', LIFE, NULL,
	  "wide lines: room for IPv6, retransmissions, drops, RTT, how it ended, how sure the owner is",
	  FLAG(life.wide) },
	{ "csv", 's', LIFE, NULL, "print values separated by commas", FLAG(life.csv) },
	{ "lport", 'L', LIFE, "LIST", "only connections with one of these local ports",
	  .add_item = filter_add_local_port },
	{ "rport", 'D', LIFE, "LIST", "only connections with one of these remote ports",
	  .add_item = filter_add_remote_port },
	{ "lossprobe", 'l', RETRANS, NULL, "also the attempts of tail loss probes", FLAG(retrans.tlp) },
	{ "count", 'c', RETRANS, NULL, "count the retransmissions of each flow", FLAG(retrans.count) },
	{ "sequence", 's', RETRANS, NULL, "print the sequence numbers", FLAG(retrans.sequence) },
	{ "count", 'c', EVENTS | LIFE, "N", "end after N events", .set = set_count },
	{ "ipv4", '4', EVENTS | VIEWS | TOP, NULL, "only IPv4", .set = set_ipv4 },
	{ "ipv6", '6', EVENTS | VIEWS | TOP, NULL, "only IPv6", .set = set_ipv6 },
	{ "events", 'e', EVENTS, "LIST",
	  "drop,retransmit,synack (default of a capture), tlp, reset, state, life",
	  .add_item = filter_add_event, .values = VALUES_LIST, .add_values = add_events },
	{ "netns", 0, EVENTS | VIEWS, "NAME|INODE", "only events of this network namespace",
	  TEXT(netns), .values = VALUES_NETNS },
	{ "netns", 0, TOP, "NAME|INODE", "only connections of this network namespace",
	  TEXT(netns), .values = VALUES_NETNS },
	{ "reason", 0, EVENTS, "LIST", "only drops and resets with one of these reasons",
	  .add_item = filter_add_reason },
	{ "cause", 0, EVENTS, "LIST", "only drops with one of these causes: listen-overflow, ...",
	  .add_item = filter_add_cause, .values = VALUES_LIST, .add_values = add_causes },
	{ "state", 0, EVENTS, "LIST", "only events of sockets in these states; NONE: no socket",
	  .add_item = filter_add_state, .values = VALUES_LIST, .add_values = add_states },
	{ "pid", 0, EVENTS, "LIST", "only events of sockets that these processes own",
	  .add_item = filter_add_pid },
	{ "pid", 'p', VIEWS, "LIST", "only connections that these processes own",
	  .add_item = filter_add_pid },
	{ "pid", 'p', TOP, "LIST", "only connections that these processes have open",
	  .add_item = filter_add_pid },
	{ "cgroup", 0, TOP, "PATH|PART",
	  "only of this cgroup and those below it, or of all that contain PART",
	  TEXT(cgroup) },
	{ "sort", 0, TOP, "KEY", "the order: both (rx + tx, default), rx, tx, retrans, drops, rtt",
	  .set = set_sort, .values = VALUES_ONE, .add_values = add_sorts },
	{ "noclear", 'C', TOP, NULL, "do not clear the screen", FLAG(no_clear) },
	{ "nosummary", 'S', TOP, NULL, "print no line with the load average", FLAG(no_summary) },
	{ "comm", 0, EVENTS | VIEWS, "LIST", "only events of sockets whose owner has one of these names",
	  .add_item = filter_add_comm },
	{ "all", 0, EVENTS | LIVE, NULL,
	  "also benign frees: packets that were freed, but not lost", FLAG(all) },
	{ "snaplen", 's', CAPTURE | LIVE, "BYTES",
	  "write at most BYTES of each packet's headers; 0: all (default)", .set = set_snaplen },
	{ "stack", 0, EVENTS | LIVE, "auto|all|none",
	  "kernel stack of each event; auto: in a flood, of some events", .set = set_stack,
	  .values = VALUES_ONE, .add_values = add_stacks },
	{ "listen-drops", 0, EVENTS | LIVE, "auto|fentry|consume|off",
	  "how to see the SYNs that full listeners drop", .set = set_listen_drops,
	  .values = VALUES_ONE, .add_values = add_listen_ways },
	{ "buffer-size", 'B', EVENTS | VIEWS | LIVE, "MiB",
	  "size of the kernel's ring, a power of two (default: 16)", .set = set_ring },
	{ "json", 0, ALL, NULL, "print one JSON object per line instead of text",
	  FLAG(json) },
	{ "quiet", 'q', CAPTURE, NULL, "print no stacks in text and JSON", FLAG(quiet) },
	{ "wide", 0, CAPTURE, NULL, "print long lines on a narrow terminal, too", FLAG(wide) },
	{ "verbose", 'v', EVENTS, NULL,
	  "also print TCP's state; if the kernel refuses a program, its log", FLAG(verbose) },
	{ "verbose", 'v', VIEWS, NULL, "if the kernel refuses a program, print its log",
	  FLAG(verbose) },
	{ "verbose", 'v', COMPARE, NULL, "print a line for each event", FLAG(verbose) },
	{ "verbose", 'v', TOP, NULL, "if the kernel refuses a program, print its log",
	  FLAG(verbose) },
	{ "strict", 0, EVENTS | VIEWS, NULL, "exit with 3 if events were lost, or may have been",
	  FLAG(strict) },
	{ "probe", 0, CAPTURE | LIVE, NULL,
	  "try and print what this kernel supports, for a bug report", FLAG(probe) },
	{ "completion", 0, CAPTURE, "bash|zsh|fish", "print the completion script of that shell",
	  .set = set_completion, .values = VALUES_ONE, .add_values = add_shells },
	{ "read", 'r', EXPLAIN, "FILE",
	  "explain the reasons in a capture file, the most frequent first",
	  .set = add_read_path, .values = VALUES_FILE },
	{ "version", 'V', ALL, NULL, "print the version", FLAG(show_version) },
	{ "help", 'h', ALL, NULL, "print this help", FLAG(show_help) },
};
/* clang-format on */

const size_t option_count = COUNT_OF(option_table);
