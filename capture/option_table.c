// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "option_table.h"
#include "util/list.h"

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

static int set_read(struct options *options, const char *text, struct error *error)
{
	(void)error;
	options->read_path = text;
	return 0;
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
	if (options->filter.family == AF_INET6)
		return error_set(error, -EINVAL, "-4 and -6 exclude each other");
	options->filter.family = AF_INET;
	return 0;
}

static int set_ipv6(struct options *options, const char *text, struct error *error)
{
	(void)text;
	if (options->filter.family == AF_INET)
		return error_set(error, -EINVAL, "-4 and -6 exclude each other");
	options->filter.family = AF_INET6;
	return 0;
}

static int use_event(void *context, const char *item, struct error *error)
{
	return filter_add_event(context, item, error);
}

static int set_events(struct options *options, const char *text, struct error *error)
{
	options->filter.events = 0;
	return list_each("--events", text, use_event, &options->filter, error);
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
	(void)error;
	options->netns = text;
	return 0;
}

static int use_reason(void *context, const char *item, struct error *error)
{
	return filter_add_reason(context, item, error);
}

static int set_reasons(struct options *options, const char *text, struct error *error)
{
	return list_each("--reason", text, use_reason, &options->filter, error);
}

static int use_state(void *context, const char *item, struct error *error)
{
	return filter_add_state(context, item, error);
}

static int set_states(struct options *options, const char *text, struct error *error)
{
	return list_each("--state", text, use_state, &options->filter, error);
}

static int use_pid(void *context, const char *item, struct error *error)
{
	return filter_add_pid(context, item, error);
}

static int set_pids(struct options *options, const char *text, struct error *error)
{
	return list_each("--pid", text, use_pid, &options->filter, error);
}

static int use_comm(void *context, const char *item, struct error *error)
{
	return filter_add_comm(context, item, error);
}

static int set_comms(struct options *options, const char *text, struct error *error)
{
	return list_each("--comm", text, use_comm, &options->filter, error);
}

static int set_stack(struct options *options, const char *text, struct error *error)
{
	static const char *const names[] = {
		[EVENT_STACKS_AUTO] = "auto",
		[EVENT_STACKS_ALL] = "all",
		[EVENT_STACKS_NONE] = "none",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(text, names[i]) == 0) {
			options->stack = (enum event_stacks)i;
			return 0;
		}
	}
	return error_set(error, -EINVAL, "--stack: '%s' is none of auto, all, none", text);
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

static int set_probe(struct options *options, const char *text, struct error *error)
{
	(void)text;
	(void)error;
	options->probe = true;
	return 0;
}

static int set_by(struct options *options, const char *text, struct error *error)
{
	(void)error;
	options->by = text;
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

static int set_folded(struct options *options, const char *text, struct error *error)
{
	(void)text;
	(void)error;
	options->folded = true;
	return 0;
}

static int set_strict(struct options *options, const char *text, struct error *error)
{
	(void)text;
	(void)error;
	options->strict = true;
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

#define CAPTURE OPTION_CAPTURE
#define COUNT	OPTION_COUNT
#define ANY	(CAPTURE | COUNT)
#define LIVE	OPTION_LIVE

/* clang-format off */
const struct option_spec option_table[] = {
	{ "read", 'r', ANY, "FILE",
	  "read a capture of this tool, .gz and .zst too, - for standard input", set_read },
	{ "write", 'w', CAPTURE, "FILE", "write pcapng to FILE, - for standard output", set_write },
	{ "by", 0, COUNT, "KEYS", "group by these keys (default: event,kind,reason)", set_by },
	{ "interval", 0, COUNT | LIVE, "SECONDS",
	  "print and start anew each time that long has passed", set_interval },
	{ "folded", 0, COUNT, NULL, "stacks in the folded form that flame graphs are made from",
	  set_folded },
	{ "count", 'c', ANY, "N", "end after N events", set_count },
	{ "ipv4", '4', ANY, NULL, "IPv4 only", set_ipv4 },
	{ "ipv6", '6', ANY, NULL, "IPv6 only", set_ipv6 },
	{ "events", 'e', ANY, "LIST",
	  "drop, retransmit, synack (these by default; of a file, all), tlp, reset", set_events },
	{ "netns", 0, ANY, "NAME|INODE", "only events of this network namespace", set_netns },
	{ "reason", 0, ANY, "LIST", "only drops with one of these reasons", set_reasons },
	{ "state", 0, ANY, "LIST", "only events of sockets in one of these states; NONE: no socket",
	  set_states },
	{ "pid", 0, ANY, "LIST", "only events of sockets that one of these processes owns",
	  set_pids },
	{ "comm", 0, ANY, "LIST", "the same, by command name", set_comms },
	{ "all", 0, ANY | LIVE, NULL,
	  "also benign frees: packets that were freed, but not lost", set_all },
	{ "snaplen", 's', CAPTURE | LIVE, "BYTES",
	  "at most this much of a packet's headers, 0: all (default)", set_snaplen },
	{ "stack", 0, ANY | LIVE, "auto|all|none",
	  "kernel stack of each event; auto: in a flood, a recent one of its place",
	  set_stack },
	{ "buffer-size", 'B', ANY | LIVE, "MiB",
	  "size of the kernel's ring, a power of two (default: 16)", set_ring },
	{ "json", 0, ANY, NULL, "one JSON object a line instead of text", set_json },
	{ "quiet", 'q', CAPTURE, NULL, "leave the stacks out of text and JSON", set_quiet },
	{ "verbose", 'v', ANY, NULL,
	  "TCP's state below each line of text; the kernel's log if it refuses", set_verbose },
	{ "strict", 0, ANY, NULL, "exit 3 if any event was lost, or may be", set_strict },
	{ "probe", 0, CAPTURE | LIVE, NULL,
	  "try and print what this kernel offers, for a bug report", set_probe },
	{ "version", 'V', ANY, NULL, "print the version and end", set_version },
	{ "help", 'h', ANY, NULL, "print this and end", set_help },
};
/* clang-format on */

const size_t option_count = sizeof(option_table) / sizeof(option_table[0]);
