// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <time.h>

#include "rotation.h"
#include "util/time.h"

static uint64_t seconds_ns(const struct rotation_limits *limits)
{
	return limits->seconds * NS_PER_S;
}

void rotation_start(struct rotation *rotation, const struct rotation_limits *limits,
		    uint64_t now_ns, uint64_t wall_ns)
{
	*rotation = (struct rotation){
		.limits = *limits,
		.due_ns = now_ns - wall_ns % NS_PER_S + seconds_ns(limits),
	};
}

enum rotation_step rotation_step(const struct rotation *rotation, uint64_t bytes, uint64_t now_ns)
{
	const struct rotation_limits *limits = &rotation->limits;

	if (limits->seconds && now_ns >= rotation->due_ns) {
		/* With both limits, tcpdump's -W is about the numbers in an interval. */
		if (!limits->bytes && limits->files && rotation->intervals + 1 >= limits->files)
			return ROTATION_END;
		return ROTATION_TIME;
	}
	return limits->bytes && bytes > limits->bytes ? ROTATION_SIZE : ROTATION_STAY;
}

void rotation_advance(struct rotation *rotation, enum rotation_step step, uint64_t now_ns)
{
	const struct rotation_limits *limits = &rotation->limits;

	if (step == ROTATION_SIZE) {
		rotation->number++;
		if (limits->bytes && limits->files && rotation->number >= limits->files)
			rotation->number = 0;
	} else if (step == ROTATION_TIME) {
		rotation->number = 0;
		rotation->intervals++;
		rotation->due_ns += ((now_ns - rotation->due_ns) / seconds_ns(limits) + 1) *
				    seconds_ns(limits);
	}
}

/* Returns the digits of the largest number in a ring of that many files. */
static int digits_of(uint32_t files)
{
	int digits = 1;

	for (uint32_t last = files - 1; last >= 10; last /= 10)
		digits++;
	return digits;
}

/* ring: of how many files it is; 0: none, and the first file has no number. */
static void add_number(uint32_t ring, uint64_t file, struct strbuf *name)
{
	const char *compressed[] = { ".gz", ".zst" };
	size_t at = name->length;
	char number[32] = "";

	if (ring)
		snprintf(number, sizeof(number), "%0*" PRIu64, digits_of(ring), file);
	else if (file)
		snprintf(number, sizeof(number), "%" PRIu64, file);
	for (size_t i = 0; i < sizeof(compressed) / sizeof(compressed[0]); i++) {
		size_t length = strlen(compressed[i]);

		if (name->length > length &&
		    strcmp(name->data + name->length - length, compressed[i]) == 0)
			at = name->length - length;
	}
	strbuf_insert(name, at, number);
}

/* Returns false if the formatted time is empty or longer than the name of a file can be. */
static bool add_time(const char *pattern, time_t wall_s, struct strbuf *name)
{
	char text[PATH_MAX];
	struct tm tm;

	if (!localtime_r(&wall_s, &tm) || !strftime(text, sizeof(text), pattern, &tm))
		return false;
	strbuf_add(name, text);
	return true;
}

/* The times of one moment are read one after the other: to the nearest second. */
static time_t interval_begin_s(const struct rotation *rotation, uint64_t now_ns, uint64_t wall_ns)
{
	uint64_t begin_ns = rotation->due_ns - seconds_ns(&rotation->limits);

	return (time_t)((wall_ns - (now_ns - begin_ns) + NS_PER_S / 2) / NS_PER_S);
}

int rotation_name(const struct rotation *rotation, uint64_t now_ns, uint64_t wall_ns,
		  struct strbuf *name)
{
	const struct rotation_limits *limits = &rotation->limits;

	strbuf_clear(name);
	if (!limits->seconds)
		strbuf_add(name, limits->pattern);
	else if (!add_time(limits->pattern, interval_begin_s(rotation, now_ns, wall_ns), name))
		return -ENAMETOOLONG;
	if ((limits->bytes || rotation->number) && !name->failed && name->length)
		add_number(limits->bytes ? limits->files : 0, rotation->number, name);
	return name->failed ? -ENOMEM : 0;
}

int rotation_name_at(const struct rotation_limits *limits, uint64_t number, uint64_t wall_ns,
		     struct strbuf *name)
{
	strbuf_clear(name);
	if (!add_time(limits->pattern, (time_t)(wall_ns / NS_PER_S), name))
		return -ENAMETOOLONG;
	if (!name->failed)
		add_number(limits->files, limits->files ? number % limits->files : number, name);
	return name->failed ? -ENOMEM : 0;
}

/* "%%" is a percent sign. */
bool rotation_has_time(const char *pattern)
{
	while ((pattern = strchr(pattern, '%')) && pattern[1] == '%')
		pattern += 2;
	return pattern != NULL;
}

bool rotation_repeats_name(const struct rotation_limits *limits)
{
	return limits->seconds && !rotation_has_time(limits->pattern);
}
