// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "commands.h"
#include "decode.h"
#include "enrich.h"
#include "kernel_btf.h"
#include "log.h"
#include "names.h"
#include "options.h"
#include "reason.h"
#include "sink.h"
#include "source.h"
#include "symbolize.h"
#include "text.h"
#include "version.h"

#define TICK_MS	   100
#define EXIT_USAGE 2
#define EXIT_LOST  3

struct capture {
	struct options options;
	struct source_config config;
	struct kernel_btf *btf;
	struct reasons *reasons;
	struct symbols *symbols;
	struct clock clock;
	struct enrich *enrich;
	struct source *source;
	struct sink *sink;
	struct drop_event event;
	struct drop_report report;
	uint64_t written;
	uint64_t beyond; /* events behind the last one that -c asked for */
	uint64_t damaged;
	int error; /* of the sink */
};

static volatile sig_atomic_t stop_asked, counts_asked;

static void on_stop(int signal)
{
	(void)signal;
	stop_asked = 1;
}

static void on_counts(int signal)
{
	(void)signal;
	counts_asked = 1;
}

/* A second SIGINT or SIGTERM has its usual effect, in case a reader of the output has stalled. */
static void catch_signals(void)
{
	struct sigaction stop = { .sa_handler = on_stop, .sa_flags = (int)SA_RESETHAND };
	struct sigaction counts = { .sa_handler = on_counts, .sa_flags = SA_RESTART };
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	sigaction(SIGINT, &stop, NULL);
	sigaction(SIGTERM, &stop, NULL);
	sigaction(SIGHUP, &stop, NULL);
	sigaction(SIGUSR1, &counts, NULL);
	sigaction(SIGPIPE, &ignore, NULL);
}

static int use_reason(void *context, const char *item, struct error *error)
{
	struct capture *capture = context;
	struct source_config *config = &capture->config;
	struct text known = { 0 };

	if (config->reason_count == SOURCE_REASONS_MAX)
		return error_set(error, -E2BIG, "--reason: more than %d reasons",
				 SOURCE_REASONS_MAX);
	if (!reason_find(capture->reasons, item, &config->reasons[config->reason_count])) {
		config->reason_count++;
		return 0;
	}
	reasons_list(capture->reasons, &known);
	error_set(error, -ENOENT, "--reason: unknown reason '%s'; this kernel has %s", item,
		  known.length ? text_string(&known) : "none");
	text_free(&known);
	return -ENOENT;
}

static int configure(struct capture *capture, struct error *error)
{
	const struct options *options = &capture->options;

	capture->config = (struct source_config){
		.events = options->events,
		.family = options->family,
		.netns = options->netns,
		.states = options->states,
		.purges = options->all,
		.stack = options->stack,
		.ring_bytes = (uint64_t)options->ring_mib << 20,
	};
	reason_find(capture->reasons, "NOT_SPECIFIED", &capture->config.reason_not_specified);
	reason_find(capture->reasons, "QUEUE_PURGE", &capture->config.reason_queue_purge);
	if (!options->reasons)
		return 0;
	return options_each("--reason", options->reasons, use_reason, capture, error);
}

static void warn_refused(const char *event, const char *why)
{
	log_warning("%s events will be missing: the kernel refuses the hook: %s", event, why);
}

static int open_names(struct capture *capture, struct error *error)
{
	struct enrich_sources sources = { .clock = &capture->clock };

	capture->reasons = reasons_new(capture->btf);
	if (!capture->reasons)
		return error_set(error, -ENOMEM, "out of memory");
	if (!symbols_hidden())
		capture->symbols = symbols_new();
	clock_sample(&capture->clock);
	sources.reasons = capture->reasons;
	sources.symbols = capture->symbols;
	capture->enrich = enrich_new(&sources);
	return capture->enrich ? 0 : error_set(error, -errno, "%s", strerror(errno));
}

/* How the file came about, for its head. */
static void describe(const struct capture *capture, int argc, char **argv, struct text *text)
{
	unsigned int attached = source_attached(capture->source);

	text_add(text, "command:");
	for (int i = 0; i < argc; i++) {
		text_add(text, " ");
		text_add_printable(text, argv[i]);
	}
	text_add(text, "\nhooks attached:");
	for (enum event_kind kind = 0; kind < EVENT_KIND_COUNT; kind++) {
		if (attached >> kind & 1)
			text_addf(text, " %s", event_kind_name(kind));
	}
}

static int open_sink(struct capture *capture, int argc, char **argv, struct error *error)
{
	const struct options *options = &capture->options;
	bool with_stack = !options->quiet;
	struct text comment = { 0 };
	struct sink_pcapng_config config;

	if (options->write_path) {
		describe(capture, argc, argv, &comment);
		config = (struct sink_pcapng_config){
			.path = options->write_path,
			.comment = text_string(&comment),
			.snaplen = options->snaplen,
		};
		capture->sink = sink_pcapng_open(&config, error);
		text_free(&comment);
	} else if (options->json) {
		capture->sink = sink_json_open(stdout, with_stack, error);
	} else {
		capture->sink = sink_text_open(stdout, with_stack, error);
	}
	return capture->sink ? 0 : -EIO;
}

/* The output is opened last: a capture that cannot start leaves nothing behind. */
static int open_all(struct capture *capture, int argc, char **argv, struct error *error)
{
	int err;

	kernel_btf_set_verbose(capture->options.verbose);
	capture->btf = kernel_btf_open(error);
	if (!capture->btf)
		return -ENOENT;
	err = open_names(capture, error);
	if (!err)
		err = configure(capture, error);
	if (err)
		return err;
	capture->source = source_open(&capture->config, capture->btf, error);
	if (!capture->source)
		return -EIO;
	err = source_attach(capture->source, warn_refused, error);
	if (err)
		return err;
	if (!capture->symbols)
		log_warning(
			"kernel addresses are hidden (kernel.kptr_restrict): locations and stacks "
			"will be missing; 'sysctl kernel.kptr_restrict=1' shows them to root");
	return open_sink(capture, argc, argv, error);
}

static void handle_record(void *context, const void *bytes, size_t size)
{
	struct capture *capture = context;
	uint64_t limit = capture->options.count;

	if (limit && capture->written >= limit) {
		capture->beyond++;
		return;
	}
	if (decode_record(bytes, size, &capture->event)) {
		capture->damaged++;
		return;
	}
	if (capture->error)
		return;
	enrich_event(capture->enrich, &capture->event, &capture->report);
	capture->error = capture->sink->add(capture->sink, &capture->report);
	if (!capture->error)
		capture->written++;
}

static struct source_counters count_all(const struct capture *capture, struct text *kinds)
{
	static const char *const plurals[EVENT_KIND_COUNT] = {
		[EVENT_DROP] = "drops",
		[EVENT_RETRANSMIT] = "retransmits",
		[EVENT_SYNACK] = "synacks",
	};
	struct source_counters sum = { 0 }, one;

	for (enum event_kind kind = 0; kind < EVENT_KIND_COUNT; kind++) {
		source_count(capture->source, kind, &one);
		text_addf(kinds, "%s%" PRIu64 " %s", kind ? ", " : "", one.seen, plurals[kind]);
		sum.seen += one.seen;
		sum.filtered += one.filtered;
		sum.lost += one.lost;
	}
	return sum;
}

/* Returns the number of lost events. */
static uint64_t print_counts(const struct capture *capture)
{
	struct text kinds = { 0 };
	struct source_counters sum = count_all(capture, &kinds);
	uint64_t unnamed = enrich_unnamed(capture->enrich);

	fprintf(stderr, "%s; %" PRIu64 " written, %" PRIu64 " filtered, %" PRIu64 " lost\n",
		text_string(&kinds), capture->written, sum.filtered, sum.lost);
	text_free(&kinds);
	if (capture->beyond)
		log_line("%" PRIu64 " events came after the %" PRIu64 " that -c asked for",
			 capture->beyond, capture->options.count);
	if (capture->damaged)
		log_warning("%" PRIu64 " records were damaged and are not written",
			    capture->damaged);
	if (unnamed)
		log_line("%" PRIu64 " kernel addresses have no symbol and are shown as ?", unnamed);
	return sum.lost;
}

static bool is_over(const struct capture *capture)
{
	uint64_t limit = capture->options.count;

	return stop_asked || capture->error || (limit && capture->written >= limit);
}

static int run(struct capture *capture)
{
	int more = 0;

	while (more >= 0 && !is_over(capture)) {
		if (!more)
			source_wait(capture->source, TICK_MS);
		clock_resample(&capture->clock);
		more = source_consume(capture->source, handle_record, capture);
		if (more <= 0 && !capture->error)
			capture->error = capture->sink->tick(capture->sink);
		if (counts_asked) {
			counts_asked = 0;
			print_counts(capture);
		}
	}
	return more < 0 ? more : 0;
}

/* What is in the ring when the hooks are gone still belongs to the capture. */
static int drain(struct capture *capture)
{
	int more;

	source_detach(capture->source);
	do {
		more = source_consume(capture->source, handle_record, capture);
	} while (more > 0);
	return more;
}

static int report_end(const struct capture *capture, int err)
{
	const char *output = capture->options.write_path ? capture->options.write_path : "output";
	uint64_t lost = print_counts(capture);

	/* A reader that has seen enough closes the pipe: an end like any other. */
	if (capture->error && capture->error != -EPIPE) {
		log_line("%s: cannot write it: %s; what was written before is whole", output,
			 strerror(-capture->error));
		return EXIT_FAILURE;
	}
	if (err) {
		log_line("cannot read the ring buffer: %s", strerror(-err));
		return EXIT_FAILURE;
	}
	return lost && capture->options.strict ? EXIT_LOST : EXIT_SUCCESS;
}

static uint64_t lost_at_end(const struct capture *capture)
{
	struct text kinds = { 0 };
	struct source_counters sum = count_all(capture, &kinds);

	text_free(&kinds);
	return sum.lost - enrich_lost(capture->enrich);
}

static int capture_events(struct capture *capture)
{
	int err, drained, closed;

	log_line("capturing%s%s; Ctrl-C ends it", capture->options.write_path ? " to " : "",
		 capture->options.write_path ? capture->options.write_path : "");
	err = run(capture);
	drained = drain(capture);
	closed = capture->sink->close(capture->sink, lost_at_end(capture));
	capture->sink = NULL;
	if (!capture->error)
		capture->error = closed;
	return report_end(capture, err ? err : drained);
}

static void close_all(struct capture *capture)
{
	if (capture->sink)
		capture->sink->close(capture->sink, 0);
	source_close(capture->source);
	enrich_free(capture->enrich);
	symbols_free(capture->symbols);
	reasons_free(capture->reasons);
	kernel_btf_close(capture->btf);
	free(capture);
}

int cmd_capture(int argc, char **argv)
{
	struct capture *capture = calloc(1, sizeof(*capture));
	struct error error = { 0 };
	int err, status = EXIT_FAILURE;

	if (!capture) {
		log_line("out of memory");
		return status;
	}
	err = options_parse(argc, argv, &capture->options, &error);
	if (err) {
		log_line("%s", error.text);
		status = err == -EINVAL ? EXIT_USAGE : EXIT_FAILURE;
	} else if (capture->options.show_help) {
		options_print_help(stdout);
		status = EXIT_SUCCESS;
	} else if (capture->options.show_version) {
		puts("tcpdropcap " VERSION);
		status = EXIT_SUCCESS;
	} else {
		catch_signals();
		if (open_all(capture, argc, argv, &error))
			log_line("%s", error.text);
		else
			status = capture_events(capture);
	}
	close_all(capture);
	return status;
}
