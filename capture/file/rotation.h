/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ROTATION_H
#define ROTATION_H

/*
 * Decides when a capture begins its next file, and the name of it, as tcpdump does with -C, -G and
 * -W. Pure: it gets the times and the sizes, and opens nothing.
 */

#include <stdbool.h>
#include <stdint.h>

#include "util/strbuf.h"

/* 0 means that the limit was not given. */
struct rotation_limits {
	const char *pattern; /* the name; with seconds, a format of strftime(3) */
	uint64_t bytes;	     /* -C: a larger file is the last one before a new one */
	uint32_t seconds;    /* -G: the time that a file covers */
	uint32_t files;	     /* -W: with bytes, the size of the ring; else how many there will be */
};

enum rotation_step {
	ROTATION_STAY,
	ROTATION_SIZE, /* the file is too large */
	ROTATION_TIME, /* its time is over */
	ROTATION_END,  /* so is the time of the last file */
};

struct rotation {
	struct rotation_limits limits;
	uint64_t due_ns;    /* end of the interval, in the clock of the caller */
	uint64_t intervals; /* that are over */
	uint64_t number;    /* of the file; with seconds, in its interval */
};

/* A request for any limit makes the output one of several files. */
static inline bool rotation_is_asked(const struct rotation_limits *limits)
{
	return limits->bytes || limits->seconds;
}

/*
 * The pattern must live as long as the rotation. now_ns is of a clock that is never set, wall_ns is
 * the same moment since the epoch. Intervals begin with a second of the wall clock, so that each
 * has a time of its own in names; the first one began before this moment.
 */
void rotation_start(struct rotation *rotation, const struct rotation_limits *limits,
		    uint64_t now_ns, uint64_t wall_ns);

/* Returns what has to be done at that time, if the file has this number of bytes. */
enum rotation_step rotation_step(const struct rotation *rotation, uint64_t bytes, uint64_t now_ns);

/*
 * Goes to the next file. ROTATION_SIZE is also the step of a file that ends before it is due: with
 * seconds alone, the next one of the interval has a number, too. Intervals follow each other
 * without a gap; those that were missed as a whole, in a suspend or while the process was stopped,
 * have no file.
 */
void rotation_advance(struct rotation *rotation, enum rotation_step step, uint64_t now_ns);

/*
 * Sets the name of the file, with the time at which its interval began; the two times are those of
 * one moment. A number comes before .gz or .zst, where it also is if tcpdump's -z compresses a
 * file. Returns 0; -ENAMETOOLONG, also for an empty name; -ENOMEM.
 */
int rotation_name(const struct rotation *rotation, uint64_t now_ns, uint64_t wall_ns,
		  struct strbuf *name);

/*
 * Sets the name of a file that begins at no fixed time; the pattern is always a format of
 * strftime(3). number: how many files had the same name, but for the number; 0 is not written,
 * unless limits->files gives the size of the ring. Returns as above.
 */
int rotation_name_at(const struct rotation_limits *limits, uint64_t number, uint64_t wall_ns,
		     struct strbuf *name);

/* Returns whether the pattern has a time, or another conversion, in it. */
bool rotation_has_time(const char *pattern);

/* Returns whether each file would have the name of the file before it. */
bool rotation_repeats_name(const struct rotation_limits *limits);

#endif
