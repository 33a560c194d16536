// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "kernel/btf.h"
#include "kernel/socket_scan.h"
#include "top_scan.h"
#include "util/namespaces.h"
#include "util/signals.h"
#include "util/time.h"

#define SHARE 20 /* each kind of scan may take a 20th of the time */

/*
 * When a scan started last, and the CPU time that it took. Waiting on a busy machine costs nothing.
 */
struct scan_cost {
	uint64_t start_ns;
	uint64_t start_cpu_ns;
	uint64_t cost_ns;
};

struct top_scan {
	struct socket_scan *sockets;
	struct top_table *table;
	uint32_t netns; /* 0: all */
	bool is_refused;
	struct scan_cost files;
	struct scan_cost namespaces;
};

struct top_scan *top_scan_open(const struct options *options, struct top_table *table,
			       struct error *error)
{
	const struct socket_scan_config config = { options->filter.family, options->filter.netns };
	struct top_scan *scan = calloc(1, sizeof(*scan));

	if (!scan) {
		error_set(error, -ENOMEM, "out of memory");
		return NULL;
	}
	kernel_btf_set_verbose(options->verbose);
	scan->table = table;
	scan->netns = options->filter.netns;
	scan->sockets = socket_scan_open(&config, error);
	if (scan->sockets)
		return scan;
	free(scan);
	return NULL;
}

void top_scan_close(struct top_scan *scan)
{
	if (!scan)
		return;
	socket_scan_close(scan->sockets);
	free(scan);
}

static uint64_t thread_cpu_ns(void)
{
	struct timespec time;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
	return (uint64_t)time.tv_sec * NS_PER_S + (uint64_t)time.tv_nsec;
}

static void cost_start(struct scan_cost *cost)
{
	cost->start_ns = time_monotonic_ns();
	cost->start_cpu_ns = thread_cpu_ns();
}

static void cost_end(struct scan_cost *cost)
{
	cost->cost_ns = thread_cpu_ns() - cost->start_cpu_ns;
}

/* Returns whether the time since the start of the last scan is long enough for the next one. */
static bool is_due(const struct scan_cost *cost, uint64_t now_ns)
{
	return now_ns - cost->start_ns >= cost->cost_ns * SHARE;
}

static int visit_namespace(void *context)
{
	struct top_scan *scan = context;

	return socket_scan_namespace(scan->sockets, top_table_add, scan->table);
}

static int scan_namespaces(struct top_scan *scan)
{
	int err;

	cost_start(&scan->namespaces);
	err = namespaces_visit(scan->netns, signals_stop_asked, visit_namespace, scan);
	cost_end(&scan->namespaces);
	if (err == -EPERM) {
		scan->is_refused = true;
		err = 0;
	}
	if (!err)
		top_table_end_namespaces(scan->table);
	return err;
}

static int scan_files(struct top_scan *scan)
{
	int err;

	cost_start(&scan->files);
	top_table_begin_files(scan->table);
	err = socket_scan_files(scan->sockets, top_table_add, scan->table);
	cost_end(&scan->files);
	return err;
}

int top_scan_baseline(struct top_scan *scan)
{
	int err = 0;

	top_table_begin_round(scan->table);
	for (int i = 0; !err && i < 2; i++) {
		err = scan_namespaces(scan);
		if (!err)
			err = scan_files(scan);
	}
	top_table_end_baseline(scan->table);
	return err;
}

int top_scan_round(struct top_scan *scan)
{
	uint64_t now_ns = time_monotonic_ns();
	bool files = is_due(&scan->files, now_ns);
	bool namespaces = is_due(&scan->namespaces, now_ns);
	int err = 0;

	if (!files && !namespaces) {
		files = scan->files.cost_ns < scan->namespaces.cost_ns;
		namespaces = !files;
	}
	top_table_begin_round(scan->table);
	if (namespaces)
		err = scan_namespaces(scan);
	if (!err && files)
		err = scan_files(scan);
	return err;
}

bool top_scan_is_refused(const struct top_scan *scan)
{
	return scan->is_refused;
}
