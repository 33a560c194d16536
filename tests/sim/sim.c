// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim_check.h"
#include "sim_judge.h"
#include "sim_log.h"
#include "sim_reason.h"

#define PATH_LENGTH 512

struct options {
	const char *tool, *keep, *situation, *replay;
	uint64_t from, until;
	bool verbose;
};

/* One simulated capture: the files and the truth. */
struct capture {
	struct world world;
	struct wire wires[WIRES_MAX];
	uint32_t *order, count;
	struct truth *truths;
	char paths[WIRES_MAX + 1][PATH_LENGTH];
	char *files[WIRES_MAX + 1];
};

static void print_help(void)
{
	puts("Usage: sim [OPTION]...\n\n"
	     "Simulates TCP traffic whose fates are known, and judges the verdicts of\n"
	     "tcpdropcap compare on captures of it.\n\n"
	     "  --tool PATH           the program (build/tcpdropcap)\n"
	     "  --seeds FROM..TO      of each situation (1..20)\n"
	     "  --situation NAME      this one only; --list prints all names\n"
	     "  --replay FILE         these alone: a line \"NAME SEED\" each, # begins a comment\n"
	     "  --keep DIR            leaves the files in DIR/NAME-SEED: drops.pcapng, wire*,\n"
	     "                        truth, and log: all that happened\n"
	     "  --verbose             each wrong verdict or untrue reason, not an\n"
	     "                        example of each kind\n"
	     "  --list, --help\n\n"
	     "Exit status: 0, 1 if a verdict is wrong, 2 for bad usage or a failure.");
}

static bool parse_seeds(const char *text, struct options *options)
{
	char rest;
	int got = sscanf(text, "%" SCNu64 "..%" SCNu64 "%c", &options->from, &options->until,
			 &rest);

	if (got == 1)
		options->until = options->from;
	return got == 2 || got == 1;
}

static int parse(int argc, char **argv, struct options *options)
{
	static const struct option list[] = {
		{ "tool", required_argument, NULL, 't' },
		{ "seeds", required_argument, NULL, 's' },
		{ "situation", required_argument, NULL, 'n' },
		{ "keep", required_argument, NULL, 'k' },
		{ "replay", required_argument, NULL, 'r' },
		{ "verbose", no_argument, NULL, 'v' },
		{ "list", no_argument, NULL, 'l' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int value;

	while ((value = getopt_long(argc, argv, "", list, NULL)) != -1) {
		if (value == 't')
			options->tool = optarg;
		else if (value == 'n')
			options->situation = optarg;
		else if (value == 'k')
			options->keep = optarg;
		else if (value == 'r')
			options->replay = optarg;
		else if (value == 'v')
			options->verbose = true;
		else if (value == 'l' || value == 'h')
			return value;
		else if (value != 's' || !parse_seeds(optarg, options))
			return -EINVAL;
	}
	return 0;
}

static int name_files(struct capture *capture, const char *folder)
{
	if (mkdir(folder, 0755) && errno != EEXIST)
		return -errno;
	snprintf(capture->paths[0], PATH_LENGTH, "%s/drops.pcapng", folder);
	capture->files[0] = capture->paths[0];
	for (uint32_t i = 0; i < capture->world.situation.wire_count; i++) {
		snprintf(capture->paths[i + 1], PATH_LENGTH, "%s/wire%u.%s", folder, i,
			 wire_extension(capture->wires[i].plan));
		capture->files[i + 1] = capture->paths[i + 1];
	}
	return 0;
}

static int make(struct capture *capture, size_t situation, uint64_t seed)
{
	struct random random = { seed * 1000003 + situation };
	struct situation drawn;

	situation_draw(situation, &random, &drawn);
	world_run(&capture->world, random_next(&random), &drawn);
	if (!world_check(&capture->world))
		return -EPROTO;
	for (uint32_t i = 0; i < drawn.wire_count; i++)
		wire_take(&capture->wires[i], &capture->world, &capture->world.situation.wires[i]);
	capture->order = events_order(&capture->world, &capture->count);
	capture->truths = calloc(capture->count + 1, sizeof(*capture->truths));
	if (!capture->truths)
		return -ENOMEM;
	for (uint32_t i = 0; i < capture->count; i++)
		truth_find(&capture->world, capture->wires, drawn.wire_count, capture->order[i],
			   &capture->truths[i]);
	return 0;
}

static void destroy(struct capture *capture)
{
	for (uint32_t i = 0; i < capture->world.situation.wire_count; i++)
		wire_free(&capture->wires[i]);
	free(capture->order);
	free(capture->truths);
	world_free(&capture->world);
	free(capture);
}

static void write_verdicts(FILE *file, unsigned int verdicts)
{
	for (unsigned int i = 0, any = 0; i < TRUTH_VERDICTS; i++) {
		if (verdicts & 1U << i)
			fprintf(file, "%s%s", any++ ? "|" : "", truth_verdict_name(i));
	}
}

static const char *kind_of(const struct capture *capture, uint32_t index)
{
	const struct host_event *event = &capture->world.events[capture->order[index]];

	switch (event->kind) {
	case EVENT_DROP:
		return event->direction == EVENT_IN ? "drop in" : "drop out";
	case EVENT_RETRANSMIT:
		return event->err ? "failed retransmit" : "retransmit";
	case EVENT_SYNACK:
		return event->err ? "failed synack" : "synack";
	default:
		return event->kind == EVENT_TLP ? "tlp" : "reset";
	}
}

/*
 * One line an event: number, kind, verdicts that are right, or excused, whether unknown is right.
 */
static int write_truth(const struct capture *capture, const char *folder)
{
	char path[PATH_LENGTH];
	FILE *file;

	snprintf(path, sizeof(path), "%s/truth", folder);
	file = fopen(path, "w");
	if (!file)
		return -errno;
	for (uint32_t i = 0; i < capture->count; i++) {
		const struct truth *truth = &capture->truths[i];

		fprintf(file, "%u\t%s\t%s\t", i + 1, kind_of(capture, i), truth->fate);
		write_verdicts(file, truth->right);
		fputc('\t', file);
		write_verdicts(file, truth->excused);
		fprintf(file, "\t%s\n", truth->why ? truth->why : "knowable");
	}
	return fclose(file) ? -EIO : 0;
}

static struct recording recording_of(const struct capture *capture)
{
	return (struct recording){
		.world = &capture->world,
		.wires = capture->wires,
		.wire_count = capture->world.situation.wire_count,
		.order = capture->order,
		.event_count = capture->count,
	};
}

static int write_log(const struct capture *capture, const char *folder)
{
	const struct recording recording = recording_of(capture);
	char path[PATH_LENGTH];

	snprintf(path, sizeof(path), "%s/log", folder);
	return log_write(&recording, path);
}

static int write_files(struct capture *capture, const char *folder)
{
	int err = name_files(capture, folder);

	if (!err)
		err = events_write(&capture->world, capture->order, capture->count,
				   capture->paths[0]);
	for (uint32_t i = 0; !err && i < capture->world.situation.wire_count; i++)
		err = wire_write(&capture->wires[i], &capture->world, capture->paths[i + 1]);
	return err;
}

static void add_to_table(const struct options *options, const struct capture *capture,
			 size_t situation, uint64_t seed, const struct answers *answers)
{
	const struct recording recording = recording_of(capture);

	for (uint32_t i = 0; i < capture->count; i++) {
		unsigned int verdict = i < answers->count ? answers->verdicts[i] : 0;
		struct finding finding = {
			.situation = situation_name(situation),
			.event = kind_of(capture, i),
			.fate = capture->truths[i].fate,
			.right = capture->truths[i].right,
			.verdict = verdict,
			.score = judge_score(&capture->truths[i], verdict),
			.because = i < answers->count ? answers->because[i] : "",
			.seed = seed,
			.number = i + 1,
			.events = capture->count,
		};

		if (verdict == TRUTH_UNKNOWN)
			finding.untrue = reason_find_untrue(&recording, i + 1, finding.because);
		table_add(situation, &finding);
		if (options->verbose)
			table_print_finding(&finding);
	}
	table_count_capture(situation);
	if (answers->status)
		table_add_failure(situation, seed, answers);
}

static int run_one(const struct options *options, const char *scratch, size_t situation,
		   uint64_t seed)
{
	struct capture *capture = calloc(1, sizeof(*capture));
	struct answers answers = { 0 };
	char folder[PATH_LENGTH / 2];
	int err = capture ? make(capture, situation, seed) : -ENOMEM;

	snprintf(folder, sizeof(folder), "%s", scratch);
	if (options->keep)
		snprintf(folder, sizeof(folder), "%s/%s-%" PRIu64, options->keep,
			 situation_name(situation), seed);
	/* Without an event there is no question for compare. */
	if (!err && capture->count) {
		err = write_files(capture, folder);
		if (!err && options->keep)
			err = write_truth(capture, folder);
		if (!err && options->keep)
			err = write_log(capture, folder);
		if (!err)
			err = judge_run(options->tool, capture->files,
					capture->world.situation.wire_count + 1, capture->count,
					&answers);
		if (!err)
			add_to_table(options, capture, situation, seed, &answers);
		answers_free(&answers);
	}
	if (capture)
		destroy(capture);
	if (err)
		fprintf(stderr, "%s, seed %" PRIu64 ": %s\n", situation_name(situation), seed,
			strerror(-err));
	return err;
}

static void remove_scratch(const char *scratch)
{
	static const char *const names[] = { "drops.pcapng", "drops.pcapng.stderr", "wire0.pcap",
					     "wire0.pcapng", "wire1.pcap",	    "wire1.pcapng",
					     "wire2.pcap",   "wire2.pcapng" };
	char path[PATH_LENGTH];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", scratch, names[i]);
		unlink(path);
	}
	rmdir(scratch);
}

/* Returns situation_count() if there is no such situation. */
static size_t find_situation(const char *name)
{
	size_t i = 0;

	while (i < situation_count() && strcmp(name, situation_name(i)) != 0)
		i++;
	if (i == situation_count())
		fprintf(stderr, "unknown situation %s; --list prints all\n", name);
	return i;
}

/* A line of a file of captures: "NAME SEED", then perhaps a comment. */
static int replay_line(const struct options *options, const char *scratch, char *line)
{
	char name[64];
	uint64_t seed;
	size_t situation;
	int got;

	line[strcspn(line, "#\n")] = '\0';
	got = sscanf(line, "%63s %" SCNu64, name, &seed);
	if (got <= 0)
		return 0;
	situation = got == 2 ? find_situation(name) : situation_count();
	return situation < situation_count() ? run_one(options, scratch, situation, seed) : -EINVAL;
}

static int replay(const struct options *options, const char *scratch)
{
	FILE *file = fopen(options->replay, "r");
	char *line = NULL;
	size_t size = 0;
	int err = 0;

	if (!file) {
		fprintf(stderr, "%s: %s\n", options->replay, strerror(errno));
		return -errno;
	}
	while (!err && getline(&line, &size, file) > 0)
		err = replay_line(options, scratch, line);
	free(line);
	fclose(file);
	return err;
}

static int run_seeds(const struct options *options, const char *scratch)
{
	size_t first = options->situation ? find_situation(options->situation) : 0;
	size_t end = options->situation ? first + 1 : situation_count();
	int err = first < situation_count() ? 0 : -EINVAL;

	for (size_t i = first; !err && i < end; i++) {
		for (uint64_t seed = options->from; !err && seed <= options->until; seed++)
			err = run_one(options, scratch, i, seed);
	}
	return err;
}

static int run_all(const struct options *options)
{
	char scratch[] = "/tmp/sim-XXXXXX";
	int err;

	if (!mkdtemp(scratch))
		return -errno;
	err = (options->replay ? replay : run_seeds)(options, scratch);
	remove_scratch(scratch);
	return err;
}

int main(int argc, char **argv)
{
	struct options options = { .tool = "build/tcpdropcap", .from = 1, .until = 20 };
	int what = parse(argc, argv, &options);

	if (what == 'h')
		print_help();
	for (size_t i = 0; what == 'l' && i < situation_count(); i++)
		puts(situation_name(i));
	if (what > 0)
		return EXIT_SUCCESS;
	if (what < 0)
		fputs("--help prints the options\n", stderr);
	if (what < 0 || (options.keep && mkdir(options.keep, 0755) && errno != EEXIST) ||
	    run_all(&options))
		return 2;
	return table_print();
}
