// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "confinement.h"
#include "filter/cbpf_to_ebpf.h"
#include "util/log.h"
#include "report/names.h"
#include "filter/netns.h"
#include "session.h"
#include "session_reasons.h"
#include "util/signals.h"
#include "util/strbuf.h"
#include "util/time.h"

static int configure(struct session *session, const struct options *options, struct error *error)
{
	unsigned int events = options->filter.events;
	unsigned int drops = options->count_drops ? 1U << EVENT_DROP : 0;

	session->config = (struct source_config){
		.events = events | drops,
		.drops_only_counted = drops & ~events,
		.family = options->filter.family,
		.netns = options->filter.netns,
		.states = options->filter.states,
		.inner = options->filter.inner,
		.causes = options->filter.causes,
		.listen_drops = options->listen_drops,
		.all = options->all,
		.stack = options->stack,
		.ring_bytes = (uint64_t)options->ring_mib << 20,
	};
	return session_choose_reasons(session, &options->filter.reasons, error);
}

static void warn_refused(const char *missing, const char *why)
{
	log_warning("%s will be missing: the kernel refuses the hook: %s", missing, why);
}

/* The table of symbols is read in a thread while the programs are loaded. */
static int open_symbols(struct session *session, struct error *error)
{
	if (symbols_hidden())
		return 0;
	session->symbols = symbols_new();
	if (!session->symbols)
		return error_set(error, -ENOMEM, "out of memory");
	symbols_start(session->symbols);
	return 0;
}

static void use_symbols(struct session *session)
{
	int err = source_use_symbols(session->source, session->symbols);

	if (err)
		log_warning(
			"cannot give the kernel side the addresses of the kernel's functions: %s; "
			"packets that a driver has sent may be shown as drops",
			strerror(-err));
}

static void warn_of_no_symbols(void)
{
	static const char effect[] =
		"locations and stacks will be missing, SYNs that full "
		"listeners drop may be, and packets that a driver has sent may "
		"be shown as drops";

	if (access("/proc/kallsyms", F_OK))
		log_warning("/proc/kallsyms: %s: %s; run 'mount -t proc proc /proc'",
			    strerror(errno), effect);
	else
		log_warning("kernel addresses are hidden (kernel.kptr_restrict): %s; 'sysctl "
			    "kernel.kptr_restrict=1' shows the addresses to root and to processes "
			    "with CAP_SYSLOG",
			    effect);
}

/* Before the hooks are attached: without symbols, a driver's frees look like its drops. */
static void prepare_source(struct session *session)
{
	if (session->symbols)
		use_symbols(session);
	else
		warn_of_no_symbols();
}

/* Called once a second. Events in a namespace that was deleted are still captured. */
static void check_netns(struct session *session, const struct options *options)
{
	time_t now = time_monotonic_s();

	if (session->netns_gone || !options->netns || now == session->netns_checked_s)
		return;
	session->netns_checked_s = now;
	if (!netns_is_gone(options->netns, options->filter.netns))
		return;
	session->netns_gone = true;
	log_warning(
		"the namespace %s is gone: the capture continues in it; restart the capture for a "
		"new namespace of that name",
		options->netns);
}

void session_refresh(struct session *session, const struct options *options)
{
	check_netns(session, options);
	if (session->symbols && symbols_refresh(session->symbols))
		use_symbols(session);
}

static int open_names(struct session *session, struct error *error)
{
	struct enrich_sources sources = { 0 };

	session->clock = clock_new();
	session->owners = owners_new(source_scan_sockets, session->source);
	if (!session->clock || !session->owners || cgroups_start(session->cgroups))
		return error_set(error, -errno, "cannot look for the names of owners: %s",
				 error_reason(-errno));
	if (!cgroups_are_reachable(session->cgroups))
		log_warning("no cgroup2 file system is mounted: cgroups will be missing; run "
			    "'mount -t cgroup2 cgroup2 /sys/fs/cgroup'");
	owners_refresh(session->owners);
	sources.clock = session->clock;
	sources.drop_reasons = session->drop_reasons;
	sources.reset_reasons = session->reset_reasons;
	sources.symbols = session->symbols;
	sources.owners = session->owners;
	sources.cgroups = session->cgroups;
	sources.ticks_per_s = clock_ticks_per_s();
	sources.attached_ns = session->attached_ns;
	session->enrich = enrich_new(&sources);
	return session->enrich ? 0 : error_set(error, -errno, "%s", strerror(errno));
}

/* The description of the capture, for the head of the file. */
static void describe(const struct session *session, int argc, char **argv, struct strbuf *text)
{
	unsigned int attached = source_attached(session->source);

	strbuf_add(text, "command:");
	for (int i = 0; i < argc; i++) {
		strbuf_add(text, " ");
		strbuf_add_printable(text, argv[i]);
	}
	strbuf_add(text, "\nhooks attached:");
	for (enum event_kind kind = 0; kind < EVENT_KIND_COUNT; kind++) {
		if (attached >> kind & 1)
			strbuf_addf(text, " %s", event_kind_name(kind));
	}
}

/* At the end of a capture, which waits as long as its reader likes: that may be a pager. */
static void note_stall(size_t waiting)
{
	log_warning("waiting for the reader of the output, or its disk: %zu KiB are left; Ctrl-C "
		    "ends the capture without them",
		    waiting >> 10);
}

static int open_sink(struct session *session, struct run *run, struct error *error)
{
	/* Opening a FIFO waits for its reader, and the process that stopped us will not open it. */
	if (signals_stop_asked())
		return error_set(error, -ECANCELED, "stopped before the capture began");
	describe(session, run->argc, run->argv, &session->comment);
	session->queue = write_queue_new();
	if (!session->queue)
		return error_set(error, -errno, "cannot start the thread that writes: %s",
				 error_reason(-errno));
	write_queue_when_stalled(session->queue, note_stall);
	run->queue = session->queue;
	session->sink = run->open_sink(run, strbuf_string(&session->comment), error);
	return session->sink ? 0 : -EIO;
}

static void note_user_space(const char *prefix, const char *why)
{
	log_note("the filter expression is evaluated in user space, not in the kernel: %s%s",
		 prefix, why);
}

/* Returns NULL if no expression was given, or none that can run in the kernel. */
static struct ebpf_filter *translate_expression(const struct expression *expression)
{
	struct ebpf_filter *filter;
	struct error error;

	if (!expression)
		return NULL;
	filter = ebpf_filter_new(expression, &error);
	if (!filter)
		note_user_space("", error.text);
	return filter;
}

static int open_source(struct session *session, const struct options *options, struct error *error)
{
	struct ebpf_filter *filter = translate_expression(options->filter.expression);

	session->config.filter = filter ? filter->insns : NULL;
	session->config.filter_count = filter ? filter->count : 0;
	session->source = source_open(&session->config, session->btf, error);
	session->config.filter = NULL;
	free(filter);
	if (!session->source)
		return -EIO;
	if (source_filter_error(session->source))
		note_user_space("the kernel refuses it: ",
				strerror(-source_filter_error(session->source)));
	return 0;
}

/* Reads the facts that the configuration of the kernel side depends on. */
static int open_btf(struct session *session, const struct options *options, struct error *error)
{
	kernel_btf_set_verbose(options->verbose);
	session->btf = kernel_btf_open(error);
	return session->btf ? session_open_reasons(session, error) : -ENOENT;
}

/* The reasons that the table of the account names, in the running kernel. */
static int find_reason(void *context, const char *name, uint32_t *code)
{
	return reason_find_known(context, name, code);
}

/* A capture without an account is still a capture. */
static void open_account(struct session *session, const struct options *options)
{
	const struct account_config config = {
		.netns_fd = options->netns ? netns_pinned() : -1,
		.kinds = session->config.drops_only_counted
				 ? session->config.events & ~(1U << EVENT_DROP)
				 : session->config.events,
		.has_results = kernel_btf_tracepoint_args(session->btf, "tcp_retransmit_skb") >= 3,
		.find_reason = find_reason,
		.context = session->drop_reasons,
		.helper = session->counters,
	};

	if (!session->counters || !(config.kinds & ACCOUNT_KINDS))
		return;
	session->account = account_run_new(&config);
	if (!session->account)
		log_warning("there will be no account: %s", strerror(errno));
}

/*
 * No thread is left when the privileges are given up: the one that reads symbols ends in
 * prepare_source, that of the first reading in account_run_attaching.
 */
static int attach(struct session *session, const struct options *options, struct error *error)
{
	int err;

	prepare_source(session);
	account_run_attaching(session->account);
	err = source_attach(session->source, warn_refused, error);
	session->attached_ns = time_boottime_ns();
	if (!err)
		err = confinement_enter(options, error);
	if (!err)
		account_run_attached(session->account);
	return err;
}

/* Mounting the hierarchy of cgroups needs a privilege. */
static int prepare(struct session *session, const struct options *options, struct error *error)
{
	int err = confinement_prepare(options, &session->counters, error);

	session->cgroups = err ? NULL : cgroups_new();
	if (!err && !session->cgroups)
		err = error_set(error, -ENOMEM, "out of memory");
	return err;
}

int session_reopen_sink(struct session *session, const struct run *run, uint64_t lost,
			struct error *error)
{
	int err = session->sink->close(session->sink, lost);

	session->sink = NULL;
	if (err)
		return error_set(error, err, "%s: cannot write it: %s", run->options->write_path,
				 strerror(-err));
	session->sink = run->open_sink(run, strbuf_string(&session->comment), error);
	return session->sink ? 0 : -EIO;
}

int session_open(struct session *session, struct run *run, struct error *error)
{
	int err = prepare(session, run->options, error);

	if (!err)
		err = open_symbols(session, error);
	if (!err)
		err = open_btf(session, run->options, error);
	if (!err)
		err = configure(session, run->options, error);
	if (!err) {
		open_account(session, run->options);
		err = open_source(session, run->options, error);
	}
	if (!err)
		err = attach(session, run->options, error);
	if (!err)
		err = open_names(session, error);
	return err ? err : open_sink(session, run, error);
}

void session_close(struct session *session)
{
	if (session->sink)
		session->sink->close(session->sink, 0);
	write_queue_free(session->queue);
	strbuf_free(&session->comment);
	account_run_free(session->account);
	account_helper_end(session->counters);
	enrich_free(session->enrich);
	cgroups_free(session->cgroups);
	owners_free(session->owners);
	clock_free(session->clock);
	symbols_free(session->symbols);
	source_close(session->source);
	reasons_free(session->reset_reasons);
	reasons_free(session->drop_reasons);
	kernel_btf_close(session->btf);
}
