// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "timeline.h"
#include "util/time.h"

/* How many times longer each next length is: 1, 2, 10, 20, 100, 200 ms, 1, 2, 10, 20, 60 s, ... */
static const uint8_t factors[] = {
	2, 5, 2, 5, 2, 5, /* to 1 s */
	2, 5, 2, 3,	  /* 2, 10, 20, 60 s */
	2, 5, 2, 3,	  /* 2, 10, 20, 60 min */
	2, 3, 2, 2,	  /* 2, 6, 12, 24 h */
};

static unsigned int next_factor(const struct timeline *timeline)
{
	return timeline->step < sizeof(factors) ? factors[timeline->step] : 2;
}

/* Puts the counts of `factor` intervals of a series together. */
static void merge(struct timeline_series *series, uint64_t first, size_t length,
		  unsigned int factor)
{
	struct timeline_series merged = { { 0 } };

	for (size_t i = 0; i < length; i++)
		merged.counts[(first + i) / factor - first / factor] += series->counts[i];
	*series = merged;
}

static void widen(struct timeline *timeline)
{
	unsigned int factor = next_factor(timeline);
	uint64_t last = timeline->first + timeline->length - 1;

	for (size_t i = 0; i < timeline->series_count; i++) {
		if (timeline->series[i])
			merge(timeline->series[i], timeline->first, timeline->length, factor);
	}
	timeline->width_ns *= factor;
	timeline->step++;
	timeline->first /= factor;
	timeline->length = (size_t)(last / factor - timeline->first + 1);
}

/* Makes room for intervals before the first one. */
static void begin_earlier(struct timeline *timeline, uint64_t first)
{
	size_t more = (size_t)(timeline->first - first);

	for (size_t i = 0; i < timeline->series_count; i++) {
		struct timeline_series *series = timeline->series[i];

		if (!series)
			continue;
		memmove(series->counts + more, series->counts,
			timeline->length * sizeof(*series->counts));
		memset(series->counts, 0, more * sizeof(*series->counts));
	}
	timeline->first = first;
	timeline->length += more;
}

/* Makes room for the time. Returns the number of its interval, from the first one. */
static size_t reach(struct timeline *timeline, uint64_t timestamp_ns)
{
	uint64_t interval, first, last;

	if (!timeline->width_ns) {
		timeline->width_ns = NS_PER_MS;
		timeline->first = timestamp_ns / NS_PER_MS;
		timeline->length = 1;
	}
	for (;; widen(timeline)) {
		interval = timestamp_ns / timeline->width_ns;
		last = timeline->first + timeline->length - 1;
		first = interval < timeline->first ? interval : timeline->first;
		last = interval > last ? interval : last;
		if (last - first < TIMELINE_MAX)
			break;
	}
	if (first < timeline->first)
		begin_earlier(timeline, first);
	timeline->length = (size_t)(last - first + 1);
	return (size_t)(interval - first);
}

/* Returns 0 or -ENOMEM. */
static int need_series(struct timeline *timeline, size_t series)
{
	struct timeline_series **grown;

	if (series >= timeline->series_count) {
		grown = reallocarray(timeline->series, series + 1,
				     sizeof(struct timeline_series *));
		if (!grown)
			return -ENOMEM;
		memset(grown + timeline->series_count, 0,
		       (series + 1 - timeline->series_count) * sizeof(struct timeline_series *));
		timeline->series = grown;
		timeline->series_count = series + 1;
	}
	if (!timeline->series[series])
		timeline->series[series] = calloc(1, sizeof(**timeline->series));
	return timeline->series[series] ? 0 : -ENOMEM;
}

int timeline_add(struct timeline *timeline, size_t series, uint64_t timestamp_ns)
{
	size_t interval;
	int err = need_series(timeline, series);

	if (err)
		return err;
	interval = reach(timeline, timestamp_ns);
	timeline->series[series]->counts[interval]++;
	return 0;
}

uint64_t timeline_count(const struct timeline *timeline, size_t series, size_t interval)
{
	if (series >= timeline->series_count || !timeline->series[series] ||
	    interval >= timeline->length)
		return 0;
	return timeline->series[series]->counts[interval];
}

size_t timeline_burst(const struct timeline *timeline, size_t series, unsigned int share,
		      size_t *first)
{
	uint64_t all = 0, needed, sum = 0;
	size_t best = 0, start = 0;

	for (size_t i = 0; i < timeline->length; i++)
		all += timeline_count(timeline, series, i);
	needed = all / 100 * share + (all % 100 * share + 99) / 100;
	for (size_t end = 0; all && end < timeline->length; end++) {
		sum += timeline_count(timeline, series, end);
		while (sum - timeline_count(timeline, series, start) >= needed)
			sum -= timeline_count(timeline, series, start++);
		if (sum >= needed && (!best || end - start + 1 < best)) {
			best = end - start + 1;
			*first = start;
		}
	}
	return best;
}

void timeline_free(struct timeline *timeline)
{
	for (size_t i = 0; i < timeline->series_count; i++)
		free(timeline->series[i]);
	free(timeline->series);
	*timeline = (struct timeline){ 0 };
}
