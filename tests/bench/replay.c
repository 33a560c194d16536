// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Measures user space alone: records as the kernel side would write them into the ring go through
 * decode, enrich and the pcapng sink.
 *
 *   replay FILE [-n EVENTS] [-s STACKS] [-f FLOWS] [-g] [-R MIB]
 *     writes EVENTS drops of a SYN flood of FLOWS flows, with STACKS different stacks of this
 *     kernel's functions; each event has its own stack, or with -g only as many as the kernel
 *     side's stack budget allows. With -R, a recorder of that size takes them and writes nothing.
 *     Prints "events N seconds S rate R cpu NS rss-early KIB rss-late KIB": the CPU time of an
 *     event, resident memory after a tenth of the events, and after all.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <net/ethernet.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bpf/record.h"
#include "enrich/clock.h"
#include "event/decode.h"
#include "enrich/enrich.h"
#include "kernel/btf.h"
#include "options.h"
#include "recorder/recorder.h"
#include "sink/sink.h"
#include "util/log.h"

#define TICK_EVENTS   65536
#define DEPTH	      20 /* as for a SYN that nftables drops on input */
#define SHARED	      14 /* the callers of the softirq are the same for all */
#define FUNCTIONS_MAX 65536
#define EVENT_NS      1000 /* from one event to the next */
#define STACK_WALKS   1000 /* with -g, per site and second, as in bpf/stack_budget.bpf.h */
#define RECORDS	      8192 /* together about as large as a ring that is never empty */

/* Everything between the record and the file, as a session has it. */
struct stages {
	struct kernel_btf *btf;
	struct reasons *drop_reasons;
	struct reasons *reset_reasons;
	struct symbols *symbols;
	struct owners *owners;
	struct cgroups *cgroups;
	struct clock *clock;
	struct enrich *enrich;
	struct sink *sink;
	struct drop_event event;
	struct drop_report report;
};

struct replay {
	struct stages stages;
	uint64_t *functions;
	size_t function_count;
	struct drop_record *records;
	uint64_t events;
	uint32_t stacks;
	uint32_t flows;
	uint64_t recorder_mib; /* 0: none */
	bool governed;
	long rss_early_kib;
};

static void die(const char *what)
{
	fprintf(stderr, "replay: %s\n", what);
	exit(1);
}

/* Functions that occur in stacks: neither the padding before a function nor tracing. */
static bool is_usual(const char *name)
{
	return strlen(name) <= 32 && !strstr(name, "__pfx_") && !strstr(name, "trace") &&
	       !strstr(name, "bpf_");
}

/* The functions of the kernel itself, in the order of the list. */
static void read_functions(struct replay *replay)
{
	FILE *file = fopen("/proc/kallsyms", "re");
	char line[1024], name[512], type;
	unsigned long long address;
	bool within = false;

	replay->functions = calloc(FUNCTIONS_MAX, sizeof(*replay->functions));
	if (!file || !replay->functions)
		die("cannot read /proc/kallsyms");
	while (replay->function_count < FUNCTIONS_MAX && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%llx %c %511s", &address, &type, name) != 3)
			continue;
		if (strcmp(name, "_stext") == 0)
			within = address != 0;
		if (strcmp(name, "_etext") == 0)
			break;
		if (within && (type == 't' || type == 'T') && is_usual(name))
			replay->functions[replay->function_count++] = address;
	}
	fclose(file);
	if (replay->function_count < 2 * DEPTH)
		die("/proc/kallsyms shows no addresses");
}

static uint64_t mix(uint64_t value)
{
	value = (value ^ value >> 31) * 0x9e3779b97f4a7c15ULL;
	return value ^ value >> 29;
}

/* Stacks differ in their upper frames, like real ones. */
static uint64_t frame_of(const struct replay *replay, uint32_t stack, uint32_t depth)
{
	uint64_t seed = depth < DEPTH - SHARED ? mix((uint64_t)stack << 8 | depth) : mix(depth);

	return replay->functions[seed % replay->function_count] + 1 + seed % 16;
}

static void fill_packet(struct drop_record *record, uint16_t sport)
{
	static const uint8_t options[] = { 2, 4, 5, 180, 4, 2, 8, 10, 0, 0,
					   1, 0, 0, 0,	 0, 0, 1, 3,  3, 7 };
	struct ether_header ether = {
		.ether_dhost = { 2, 0, 0, 0, 0x99, 1 },
		.ether_shost = { 2, 0, 0, 0, 0x99, 2 },
		.ether_type = htons(ETHERTYPE_IP),
	};
	struct tcphdr tcp = {
		.source = htons(sport),
		.dest = htons(7),
		.doff = (sizeof(tcp) + sizeof(options)) / 4,
		.syn = 1,
		.window = htons(64240),
	};
	struct iphdr ip = {
		.version = 4,
		.ihl = 5,
		.ttl = 64,
		.protocol = IPPROTO_TCP,
		.tot_len = htons(sizeof(ip) + sizeof(tcp) + sizeof(options)),
		.saddr = htonl(0x0a630002),
		.daddr = htonl(0x0a630001),
	};
	uint8_t *at = record->packet;

	at = mempcpy(at, &ether, sizeof(ether));
	at = mempcpy(at, &ip, sizeof(ip));
	at = mempcpy(at, &tcp, sizeof(tcp));
	at = mempcpy(at, options, sizeof(options));
	record->packet_len = (uint16_t)(at - record->packet);
	record->l2_len = sizeof(ether);
	record->protocol = 0x0800;
	record->len = record->packet_len;
}

/*
 * Fills a record as the kernel side does for a SYN that nftables drops. Only this function knows
 * the fields of a record.
 */
static void fill_record(const struct replay *replay, struct drop_record *record, uint32_t number,
			uint32_t reason)
{
	memset(record, 0, sizeof(*record));
	record->version = RECORD_VERSION;
	record->event = RECORD_DROP;
	record->family = AF_INET;
	record->flags = reason ? RECORD_HAS_REASON : 0;
	record->reason = reason;
	record->cpu = number % 2;
	record->cpu_pid = 12345;
	memcpy(record->cpu_comm, "flood", 6);
	record->netns = 4026532246;
	record->ifindex = 2;
	memcpy(record->ifname, "eth0", 5);
	record->direction = RECORD_DIR_IN;
	record->sock = RECORD_SOCK_NONE;
	fill_packet(record, (uint16_t)(10000 + number % replay->flows));
}

/* Returns whether an event has its own stack. The sites occur in turn. */
static bool is_walked(const struct replay *replay, uint64_t number)
{
	uint64_t in_second = number % (1000000000 / EVENT_NS);

	return !replay->governed || in_second / replay->stacks < STACK_WALKS;
}

static void vary_stack(const struct replay *replay, struct drop_record *record, uint64_t number)
{
	uint32_t stack = (uint32_t)(number % replay->stacks);
	bool walked = is_walked(replay, number);

	record->flags &= ~(uint32_t)RECORD_STACK_SAMPLED;
	record->flags |= walked ? 0 : RECORD_STACK_SAMPLED;
	record->stack_len = walked ? DEPTH * sizeof(record->stack[0]) : 0;
	if (record->location == frame_of(replay, stack, 0))
		return;
	for (uint32_t i = 0; i < DEPTH; i++)
		record->stack[i] = frame_of(replay, stack, i);
	record->location = record->stack[0];
}

/* Sets the fields that differ between events: identity, time, sequence number, IP ID and stack. */
static void vary(const struct replay *replay, struct drop_record *record, uint64_t number,
		 uint64_t start_ns)
{
	uint8_t *ip = record->packet + record->l2_len;
	uint32_t sequence = (uint32_t)mix(number);

	record->timestamp_ns = start_ns + number * EVENT_NS;
	record->skb = 0xffff888100000000ULL + mix(number) % 4096 * 256;
	memcpy(ip + offsetof(struct iphdr, id), &number, sizeof(uint16_t));
	memcpy(ip + sizeof(struct iphdr) + offsetof(struct tcphdr, seq), &sequence,
	       sizeof(sequence));
	vary_stack(replay, record, number);
}

static struct sink *open_sink(const char *path, uint64_t recorder_mib, struct error *error)
{
	struct sink_pcapng_config pcapng = {
		.path = path,
		.comment = "command: replay",
		.snaplen = SNAPLEN_MAX,
	};
	struct recorder_config recorder = {
		.files = { .limits.pattern = path, .note = log_note, .warn = log_warning },
		.bytes = recorder_mib << 20,
	};

	return recorder_mib ? sink_recorder_open(&recorder, error)
			    : sink_pcapng_open(&pcapng, error);
}

static void open_stages(struct stages *stages, const char *path, uint64_t recorder_mib)
{
	struct enrich_sources sources = { 0 };
	struct error error = { 0 };

	stages->btf = kernel_btf_open(&error);
	if (!stages->btf)
		die(error.text);
	sources.drop_reasons = stages->drop_reasons = reasons_new(stages->btf, &drop_reason_enum);
	sources.reset_reasons = stages->reset_reasons = reasons_new(stages->btf,
								    &reset_reason_enum);
	sources.symbols = stages->symbols = symbols_new();
	sources.owners = stages->owners = owners_new(NULL, NULL);
	sources.cgroups = stages->cgroups = cgroups_new();
	sources.clock = stages->clock = clock_new();
	if (!stages->drop_reasons || !stages->reset_reasons || !stages->symbols ||
	    !stages->owners || !stages->cgroups || !stages->clock)
		die("out of memory");
	sources.ticks_per_s = clock_ticks_per_s();
	stages->enrich = enrich_new(&sources);
	if (!stages->enrich)
		die(strerror(errno));
	stages->sink = open_sink(path, recorder_mib, &error);
	if (!stages->sink)
		die(error.text);
}

static void close_stages(struct stages *stages)
{
	if (stages->sink->close(stages->sink, 0))
		die("the file cannot be written");
	enrich_free(stages->enrich);
	cgroups_free(stages->cgroups);
	owners_free(stages->owners);
	clock_free(stages->clock);
	symbols_free(stages->symbols);
	reasons_free(stages->reset_reasons);
	reasons_free(stages->drop_reasons);
	kernel_btf_close(stages->btf);
}

/* Does what handle_record() of run_capture.c does. */
static void handle(struct stages *stages, const struct drop_record *record)
{
	size_t size = RECORD_SIZE_NO_STACK + record->stack_len;

	if (decode_record(record, size, &stages->event))
		die("decode refuses the record");
	enrich_event(stages->enrich, &stages->event, &stages->report);
	if (stages->sink->add(stages->sink, &stages->report))
		die("the file cannot be written");
	enrich_written(stages->enrich);
}

/* The resident memory of the stages, without replay's own buffers. */
static long rss_kib(void)
{
	FILE *file = fopen("/proc/self/status", "re");
	char line[256];
	long kib = 0;

	while (file && fgets(line, sizeof(line), file) && sscanf(line, "VmRSS: %ld", &kib) != 1)
		;
	if (file)
		fclose(file);
	return kib -
	       (long)(RECORDS * sizeof(struct drop_record) + FUNCTIONS_MAX * sizeof(uint64_t)) /
		       1024;
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void run(struct replay *replay)
{
	struct stages *stages = &replay->stages;
	uint64_t start_ns = now_ns();

	for (uint64_t i = 0; i < replay->events; i++) {
		struct drop_record *record = &replay->records[i % RECORDS];

		vary(replay, record, i, start_ns);
		handle(stages, record);
		if (i % TICK_EVENTS == 0 && stages->sink->tick(stages->sink))
			die("the file cannot be written");
		if (i == replay->events / 10)
			replay->rss_early_kib = rss_kib();
	}
}

int main(int argc, char **argv)
{
	struct replay *replay = calloc(1, sizeof(*replay));
	uint32_t reason = 0;
	long rss_late_kib;
	uint64_t start_ns;
	clock_t start_cpu;
	double seconds, cpu_ns;
	int option;

	if (!replay)
		die("out of memory");
	replay->events = 1000000;
	replay->stacks = 16;
	replay->flows = 1;
	while ((option = getopt(argc, argv, "n:s:f:gR:")) != -1) {
		if (option == 'n')
			replay->events = strtoull(optarg, NULL, 10);
		else if (option == 's')
			replay->stacks = (uint32_t)atoi(optarg);
		else if (option == 'f')
			replay->flows = (uint32_t)atoi(optarg);
		else if (option == 'g')
			replay->governed = true;
		else if (option == 'R')
			replay->recorder_mib = strtoull(optarg, NULL, 10);
		else
			return 2;
	}
	if (optind != argc - 1 || !replay->events || !replay->stacks || !replay->flows) {
		fprintf(stderr,
			"usage: replay FILE [-n EVENTS] [-s STACKS] [-f FLOWS] [-g] [-R MIB]\n");
		return 2;
	}
	read_functions(replay);
	open_stages(&replay->stages, argv[optind], replay->recorder_mib);
	replay->records = calloc(RECORDS, sizeof(*replay->records));
	if (!replay->records)
		die("out of memory");
	reason_find(replay->stages.drop_reasons, "NETFILTER_DROP", &reason);
	for (uint32_t i = 0; i < RECORDS; i++)
		fill_record(replay, &replay->records[i], i, reason);
	symbols_count(replay->stages.symbols); /* reads them now, since that belongs to the start */
	start_ns = now_ns();
	start_cpu = clock();
	run(replay);
	rss_late_kib = rss_kib();
	close_stages(&replay->stages);
	seconds = (double)(now_ns() - start_ns) / 1e9;
	cpu_ns = (double)(clock() - start_cpu) / CLOCKS_PER_SEC * 1e9 / (double)replay->events;
	printf("events %llu seconds %.3f rate %.0f cpu %.1f rss-early %ld rss-late %ld\n",
	       (unsigned long long)replay->events, seconds, (double)replay->events / seconds,
	       cpu_ns, replay->rss_early_kib, rss_late_kib);
	free(replay->records);
	free(replay->functions);
	free(replay);
	return 0;
}
