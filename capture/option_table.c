// SPDX-License-Identifier: GPL-2.0-or-later
#include <stddef.h>

#include "option_set.h"
#include "option_table.h"

#define CAPTURE OPTION_CAPTURE
#define COUNT	OPTION_COUNT
#define COMPARE OPTION_COMPARE
#define LIFE	OPTION_LIFE
#define RETRANS OPTION_RETRANS
#define VIEWS	(LIFE | RETRANS)
#define TOP	OPTION_TOP
#define ALL	(EVENTS | COMPARE | VIEWS | TOP | EXPLAIN)
#define EXPLAIN OPTION_EXPLAIN
#define SCHEMA	OPTION_SCHEMA
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
	  .set = option_add_read_path, .values = VALUES_FILE },
	{ "read", 'r', COMPARE, "FILE",
	  "read the events from FILE or a folder; all words are wire captures",
	  .set = option_add_read_path, .values = VALUES_FILE },
	{ "write", 'w', CAPTURE, "FILE", "write pcapng to FILE; -: standard output",
	  TEXT(write_path), .values = VALUES_FILE },
	{ "file-size", 'C', CAPTURE | LIVE, "SIZE",
	  "new file after SIZE million bytes (also k, M, G), as tcpdump", .set = option_set_file_size },
	{ "file-seconds", 'G', CAPTURE | LIVE, "SECONDS",
	  "new file every SECONDS; -w may have a format of strftime", .set = option_set_file_seconds },
	{ "file-count", 'W', CAPTURE | LIVE, "COUNT",
	  "with -C: a ring of COUNT files; with -G: end after COUNT files", .set = option_set_file_count },
	{ "post-command", 'z', CAPTURE | LIVE, "COMMAND",
	  "run COMMAND FILE on each finished file of -C or -G", TEXT(rotate_command) },
	{ "duration", 0, EVENTS | VIEWS | LIVE, "SECONDS", "end after SECONDS",
	  .set = option_set_duration },
	{ "write", 'w', COMPARE, "FILE",
	  "copy the wire capture (only one) to FILE, with verdicts and events",
	  TEXT(write_path), .values = VALUES_FILE },
	{ "by", 0, COUNT, "KEYS", "group by these keys (default: event,kind,reason)",
	  TEXT(by), .values = VALUES_LIST, .add_values = option_add_keys },
	{ "top", 0, COUNT, "N", "print the N largest groups, and the others as one",
	  .set = option_set_top },
	{ "sum", 0, COUNT, "KEY", "also add up the numbers of a key, such as segs, and order by them",
	  TEXT(sum), .values = VALUES_ONE, .add_values = option_add_keys },
	{ "interval", 0, COUNT | LIVE, "SECONDS", "print the counts and reset them this often",
	  .set = option_set_interval },
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
	{ "count", 'c', EVENTS | LIFE, "N", "end after N events", .set = option_set_count },
	{ "ipv4", '4', EVENTS | VIEWS | TOP, NULL, "only IPv4", .set = option_set_ipv4 },
	{ "ipv6", '6', EVENTS | VIEWS | TOP, NULL, "only IPv6", .set = option_set_ipv6 },
	{ "events", 'e', EVENTS, "LIST",
	  "drop,retransmit,synack (default of a capture), tlp, reset, state, life",
	  .add_item = filter_add_event, .values = VALUES_LIST, .add_values = option_add_events },
	{ "netns", 0, EVENTS | VIEWS, "NAME|INODE", "only events of this network namespace",
	  TEXT(netns), .values = VALUES_NETNS },
	{ "netns", 0, TOP, "NAME|INODE", "only connections of this network namespace",
	  TEXT(netns), .values = VALUES_NETNS },
	{ "reason", 0, EVENTS, "LIST", "only drops and resets with one of these reasons",
	  .add_item = filter_add_reason },
	{ "state", 0, EVENTS, "LIST", "only events of sockets in these states; NONE: no socket",
	  .add_item = filter_add_state, .values = VALUES_LIST, .add_values = option_add_states },
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
	  .set = option_set_sort, .values = VALUES_ONE, .add_values = option_add_sorts },
	{ "noclear", 'C', TOP, NULL, "do not clear the screen", FLAG(no_clear) },
	{ "nosummary", 'S', TOP, NULL, "print no line with the load average", FLAG(no_summary) },
	{ "comm", 0, EVENTS | VIEWS, "LIST", "only events of sockets whose owner has one of these names",
	  .add_item = filter_add_comm },
	{ "kind", 0, EVENTS, "LIST", "only these kinds of retransmissions: rto, fast, tlp, syn, synack",
	  .add_item = filter_add_kind },
	{ "uid", 0, EVENTS | VIEWS, "LIST", "only events of sockets of these users, by number",
	  .add_item = filter_add_uid },
	{ "cgroup", 0, EVENTS | VIEWS, "PATH|PART",
	  "only of this cgroup and those below it, or of all that contain PART",
	  .add_item = filter_add_cgroup },
	{ "interface", 'i', EVENTS, "LIST", "only events on these interfaces",
	  .add_item = filter_add_ifname },
	{ "netns-of", 0, EVENTS | VIEWS | LIVE, "PID",
	  "only events of the network namespace of this process", .set = option_set_netns_of },
	{ "where", 0, EVENTS | VIEWS, "CONDITION",
	  "only events with KEY=VALUE,...; also !=, ~ (pattern), <, >",
	  .set = option_add_where },
	{ "all", 0, EVENTS | LIVE, NULL,
	  "also benign frees: packets that were freed, but not lost", FLAG(all) },
	{ "snaplen", 's', CAPTURE | LIVE, "BYTES",
	  "write at most BYTES of each packet's headers; 0: all (default)", .set = option_set_snaplen },
	{ "stack", 0, EVENTS | LIVE, "auto|all|none",
	  "kernel stack of each event; auto: in a flood, of some events", .set = option_set_stack,
	  .values = VALUES_ONE, .add_values = option_add_stacks },
	{ "buffer-size", 'B', EVENTS | VIEWS | LIVE, "MiB",
	  "size of the kernel's ring, a power of two (default: 16)", .set = option_set_ring },
	{ "json", 0, ALL, NULL, "print one JSON object per line instead of text",
	  FLAG(json) },
	{ "quiet", 'q', CAPTURE, NULL, "print no stacks in text and JSON", FLAG(quiet) },
	{ "timestamp", 't', CAPTURE, NULL,
	  "no time; -tt, -ttt, -tttt (date), -ttttt: other forms, as tcpdump",
	  .set = option_set_time },
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
	{ "numeric", 'n', EVENTS, NULL, "accepted, as in tcpdump: there are only numbers",
	  FLAG(accepted) },
	{ "packet-buffered", 'U', EVENTS, NULL, "accepted, as in tcpdump: no output waits",
	  FLAG(accepted) },
	{ "probe", 0, CAPTURE | LIVE, NULL,
	  "try and print what this kernel supports, for a bug report", FLAG(probe) },
	{ "completion", 0, CAPTURE, "bash|zsh|fish", "print the completion script of that shell",
	  .set = option_set_completion, .values = VALUES_ONE, .add_values = option_add_shells },
	{ "read", 'r', EXPLAIN, "FILE",
	  "explain the reasons in a capture file, the most frequent first",
	  .set = option_add_read_path, .values = VALUES_FILE },
	{ "version", 'V', ALL | SCHEMA, NULL, "print the version", FLAG(show_version) },
	{ "help", 'h', ALL | SCHEMA, NULL, "print this help", FLAG(show_help) },
};
/* clang-format on */

const size_t option_count = sizeof(option_table) / sizeof(option_table[0]);
