// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <unistd.h>

#include "progress.h"
#include "util/log.h"
#include "util/plural.h"
#include "util/strbuf.h"
#include "util/terminal.h"
#include "util/time.h"

#define INTERVAL_NS NS_PER_S

struct progress progress_start(const struct options *options)
{
	uint64_t now_ns = time_monotonic_ns();

	return (struct progress){
		.is_on = options->write_path && !options->quiet && isatty(STDERR_FILENO),
		.due_ns = now_ns + INTERVAL_NS,
		.shown_ns = now_ns,
	};
}

static void add_bytes(struct strbuf *line, uint64_t bytes)
{
	static const char *const units[] = { "B", "kB", "MB", "GB", "TB" };
	double value = (double)bytes;
	size_t unit = 0;

	for (; value >= 1000 && unit + 1 < sizeof(units) / sizeof(units[0]); unit++)
		value /= 1000;
	strbuf_addf(line, ", %.*f %s", unit > 0, value, units[unit]);
}

/* The file of a sink that writes several is one of them: its size says nothing. */
static void add_counts(struct strbuf *line, const struct progress *progress,
		       const struct capture_counts *counts, const struct session *session,
		       double seconds)
{
	const struct sink *sink = session->sink;
	struct capture_health health;

	summary_health(counts, session, &health);
	strbuf_addf(line, "%" PRIu64 " event%s", counts->written, plural(counts->written));
	if (sink && sink->bytes)
		add_bytes(line, sink->bytes(sink));
	strbuf_addf(line, ", %" PRIu64 " lost, %.0f/s", health.lost,
		    (double)(counts->written - progress->written) / seconds);
}

static void show(struct progress *progress, const struct capture_counts *counts,
		 const struct session *session, uint64_t now_ns)
{
	unsigned int columns = terminal_columns(STDERR_FILENO);
	struct strbuf line = { 0 };

	add_counts(&line, progress, counts, session, (double)(now_ns - progress->shown_ns) * 1e-9);
	/* The last column stays free: a terminal may go to the next line after it. */
	if (columns && line.length >= columns)
		line.data[columns - 1] = '\0';
	log_status(strbuf_string(&line));
	strbuf_free(&line);
	progress->shown_ns = now_ns;
	progress->written = counts->written;
}

void progress_tick(struct progress *progress, const struct capture_counts *counts,
		   const struct session *session)
{
	uint64_t now_ns = progress->is_on ? time_monotonic_ns() : 0;

	if (!progress->is_on || now_ns < progress->due_ns)
		return;
	progress->due_ns = now_ns + INTERVAL_NS;
	if (terminal_is_ready(STDERR_FILENO))
		show(progress, counts, session, now_ns);
}

void progress_end(struct progress *progress)
{
	if (progress->is_on)
		log_status("");
	progress->is_on = false;
}
