// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "file/replace.h"
#include "file/write_queue.h"
#include "recorder_metrics.h"
#include "report/metrics.h"
#include "util/time.h"

struct recorder_metrics {
	const char *path;
	void (*warn)(const char *format, ...);
	uint64_t interval_ns;
	uint64_t next_ns;
	uint64_t start_s; /* since the epoch */
	bool has_failed;  /* that has been said */
	struct write_queue *queue;
	struct capture_health health;
};

struct recorder_metrics *recorder_metrics_new(const char *path, uint64_t interval_s,
					      void (*warn)(const char *format, ...),
					      struct error *error)
{
	struct recorder_metrics *metrics;

	if (file_replace_try(path, "--openmetrics", error))
		return NULL;
	metrics = calloc(1, sizeof(*metrics));
	if (!metrics) {
		error_set(error, -ENOMEM, "out of memory");
		return NULL;
	}
	metrics->path = path;
	metrics->warn = warn;
	metrics->interval_ns = interval_s * NS_PER_S;
	metrics->start_s = time_realtime_ns() / NS_PER_S;
	metrics->queue = write_queue_new();
	if (metrics->queue)
		return metrics;
	error_set(error, -errno, "cannot start the thread that writes %s: %s", path,
		  error_reason(-errno));
	free(metrics);
	return NULL;
}

void recorder_metrics_free(struct recorder_metrics *metrics)
{
	if (!metrics)
		return;
	write_queue_free(metrics->queue);
	free(metrics);
}

struct capture_health *recorder_metrics_health(struct recorder_metrics *metrics)
{
	return metrics ? &metrics->health : NULL;
}

/* What was missed, because the machine slept or was busy, is skipped. */
bool recorder_metrics_is_due(struct recorder_metrics *metrics, uint64_t now_ns)
{
	if (!metrics || now_ns < metrics->next_ns)
		return false;
	metrics->next_ns = now_ns + metrics->interval_ns;
	return true;
}

static void format(const struct recorder_metrics *metrics, const struct recorder_numbers *numbers,
		   struct strbuf *text)
{
	const struct {
		const char *name, *help;
		uint64_t count;
	} counters[] = {
		{ "events", "Events that were recorded.", numbers->recorded },
		{ "dumped_events", "Events that were written into dumps.", numbers->dumped },
		{ "overwritten_events", "Events that made room for newer ones.",
		  numbers->overwritten },
		{ "expired_events", "Events that became too old.", numbers->expired },
		{ "unwritten_events", "Events of dumps that could not be written.",
		  numbers->unwritten },
		{ "too_large_events", "Events that were too large to be recorded.",
		  numbers->too_large },
		{ "dumps", "Dumps that are whole.", numbers->dumps },
		{ "failed_dumps", "Dumps that could not be written.", numbers->failed_dumps },
		{ "triggers", "Triggers that went off, and requests of the user.",
		  numbers->triggers },
	};
	struct strbuf name = { 0 };

	for (size_t i = 0; i < sizeof(counters) / sizeof(counters[0]); i++) {
		strbuf_clear(&name);
		strbuf_addf(&name, "recorder_%s", counters[i].name);
		metrics_add_counter(text, strbuf_string(&name), counters[i].help,
				    counters[i].count);
	}
	text->failed |= name.failed;
	strbuf_free(&name);
	metrics_add_gauge(text, "recorder_memory_events", "", "Events in memory.",
			  (double)numbers->in_memory);
	if (numbers->last_dump_ns)
		metrics_add_gauge(text, "recorder_last_dump_time", "seconds",
				  "Start of the latest dump.",
				  (double)(numbers->last_dump_ns / NS_PER_S));
	metrics_end(text, &metrics->health, metrics->start_s);
}

/* A job of the queue. */
static int replace(void *context, const void *bytes, size_t size)
{
	return file_replace(((struct recorder_metrics *)context)->path, bytes, size);
}

/* rest: what is done about the failure. */
static void note_result(struct recorder_metrics *metrics, int err, const char *rest)
{
	if (err && !metrics->has_failed)
		metrics->warn("%s: cannot write it: %s%s", metrics->path, strerror(-err), rest);
	metrics->has_failed = err;
}

void recorder_metrics_write(struct recorder_metrics *metrics,
			    const struct recorder_numbers *numbers)
{
	struct write_counts counts = write_queue_counts(metrics->queue);
	struct strbuf text = { 0 };

	if (counts.waiting)
		return;
	note_result(metrics, counts.error, "; it is tried again at each interval");
	format(metrics, numbers, &text);
	if (!text.failed)
		write_queue_add(metrics->queue, replace, metrics, text.data, text.length);
	strbuf_free(&text);
}

void recorder_metrics_end(struct recorder_metrics *metrics, const struct recorder_numbers *numbers)
{
	if (!metrics)
		return;
	write_queue_wait(metrics->queue);
	recorder_metrics_write(metrics, numbers);
	write_queue_wait(metrics->queue);
	note_result(metrics, write_queue_counts(metrics->queue).error, "");
	recorder_metrics_free(metrics);
}
