/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIM_JUDGE_H
#define SIM_JUDGE_H

/*
 * Compares the verdicts of tcpdropcap compare with the truth. It runs the program, as a user would,
 * and reads its JSON: what happens between the files and the output is judged too.
 */

#include "sim_truth.h"

enum score {
	SCORE_RIGHT,
	SCORE_EXCUSED,	   /* false, but nothing in the captures says so */
	SCORE_JUSTIFIED,   /* unknown, and it could not be known */
	SCORE_UNJUSTIFIED, /* unknown, though it could be known */
	SCORE_WRONG,
	SCORE_MISSING, /* the program has no verdict, because it failed */
	SCORE_COUNT,
};

struct answers {
	unsigned int *verdicts; /* enum truth_verdict by event of the file; 0: none */
	char **because;
	uint32_t count;
	int status;   /* the program's exit status; 128 and more: a signal */
	char *stderr; /* what it said there, its first line */
};

/* Runs tcpdropcap compare on the files. Returns 0 or -errno; answers_free in any case. */
int judge_run(const char *tool, char *const *files, uint32_t file_count, uint32_t events,
	      struct answers *answers);
void answers_free(struct answers *answers);

enum score judge_score(const struct truth *truth, unsigned int verdict);

/* sim_table.c: what was found, by situation, and an example of each kind of wrong answer. */
struct finding {
	const char *situation, *event, *fate;
	unsigned int right, verdict;
	enum score score;
	const char *because;
	const char *untrue; /* of the reason for an unknown verdict; NULL */
	uint64_t seed;
	uint32_t number; /* of the event in the file */
	uint32_t events; /* of the capture: the fewer, the better the example */
};

void table_add(size_t situation, const struct finding *finding);
void table_count_capture(size_t situation);
/* Prints it at once if its score is bad, or its reason not true. */
void table_print_finding(const struct finding *finding);
void table_add_failure(size_t situation, uint64_t seed, const struct answers *answers);
/* Returns whether any verdict was wrong, or the program ended by a signal. */
bool table_print(void);

#endif
