/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BUNDLE_STEP_H
#define BUNDLE_STEP_H

/* The programs that make the parts of a bundle, and the part of their output that the user sees. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define STEP_WORDS_MAX 1024

/* A program with its arguments; the texts are not copied. */
struct step {
	const char *words[STEP_WORDS_MAX];
	size_t count;
	int output;	    /* the descriptor of its standard output; negative: that of bundle */
	uint64_t capture_s; /* it captures for so long, which is said when it begins; 0: not */
	const char *object; /* a file that a program of others writes; NULL: it is ours */
	bool may_fail;	    /* its output says why: nothing is printed */
	bool is_kept;	    /* a request to stop is not passed on to it */
	pid_t child;	    /* while it runs, of step_begin */
	int said;	    /* a descriptor: its standard error, likewise */
};

/* Ignores what is too much: the count is then STEP_WORDS_MAX - 1. */
void step_add(struct step *step, const char *word);

/*
 * Runs it to its end; a request to stop is passed on once, which ends a capture, and a repeated one
 * kills it. Our program's failures are printed, its notes and warnings are not: they are about
 * temporary files. Of another program, the first line is, if it fails. Returns 0; -ECANCELED if the
 * request ended it, unless that was a capture that is complete until then; or -errno, after
 * something was printed. It is in a process group of its own, which the terminal does not signal.
 */
int step_run(struct step *step);

/* The same in two parts: it runs until step_end, which must follow a step_begin that returns 0. */
int step_begin(struct step *step);
int step_end(struct step *step);

/* Instead of step_end: what it makes is not needed any more. */
void step_abandon(struct step *step);

#endif
