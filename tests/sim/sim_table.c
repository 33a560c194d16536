// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim_judge.h"

#define SITUATIONS_MAX 64
#define KINDS_MAX      2048

static uint64_t scores[SITUATIONS_MAX][SCORE_COUNT], captures[SITUATIONS_MAX];
static uint64_t untrue[SITUATIONS_MAX]; /* reasons */

/*
 * Verdicts that are wrong, or their reasons untrue, in the same way: the smallest capture is the
 * example.
 */
static struct kind {
	struct finding example;
	uint64_t count;
	char because[200];
} kinds[KINDS_MAX];
static size_t kind_count;

static struct failure {
	size_t situation;
	uint64_t seed, count;
	int status;
	char said[200];
} failures[SITUATIONS_MAX];
static size_t failure_count;

static bool is_same_kind(const struct finding *a, const struct finding *b)
{
	return a->untrue == b->untrue && a->score == b->score && a->verdict == b->verdict &&
	       strcmp(a->situation, b->situation) == 0 && strcmp(a->event, b->event) == 0 &&
	       strcmp(a->fate, b->fate) == 0;
}

static void keep_example(struct kind *kind, const struct finding *finding)
{
	kind->example = *finding;
	snprintf(kind->because, sizeof(kind->because), "%s", finding->because);
	kind->example.because = kind->because;
}

static void add_kind(const struct finding *finding)
{
	size_t i = 0;

	while (i < kind_count && !is_same_kind(&kinds[i].example, finding))
		i++;
	if (i == KINDS_MAX)
		return;
	if (i == kind_count) {
		kind_count++;
		keep_example(&kinds[i], finding);
	}
	kinds[i].count++;
	if (finding->events < kinds[i].example.events)
		keep_example(&kinds[i], finding);
}

static bool is_bad(const struct finding *finding)
{
	return finding->score == SCORE_WRONG || finding->score == SCORE_UNJUSTIFIED ||
	       finding->untrue;
}

void table_add(size_t situation, const struct finding *finding)
{
	scores[situation][finding->score]++;
	untrue[situation] += finding->untrue != NULL;
	if (is_bad(finding))
		add_kind(finding);
}

void table_count_capture(size_t situation)
{
	captures[situation]++;
}

void table_add_failure(size_t situation, uint64_t seed, const struct answers *answers)
{
	const char *said = answers->stderr ? answers->stderr : "";
	size_t i = 0;

	while (i < failure_count &&
	       (failures[i].situation != situation || failures[i].status != answers->status))
		i++;
	if (i == SITUATIONS_MAX)
		return;
	if (i == failure_count) {
		failure_count++;
		failures[i] = (struct failure){
			.situation = situation,
			.seed = seed,
			.status = answers->status,
		};
		snprintf(failures[i].said, sizeof(failures[i].said), "%s", said);
	}
	failures[i].count++;
}

static void print_row(const char *name, uint64_t count, const uint64_t *row, uint64_t reasons)
{
	uint64_t all = 0;

	for (int score = 0; score < SCORE_COUNT; score++)
		all += row[score];
	if (!all)
		return;
	printf("%-16s %8" PRIu64 " %8" PRIu64, name, count, all);
	for (int score = 0; score < SCORE_COUNT; score++)
		printf(" %11" PRIu64, row[score]);
	printf(" %14" PRIu64 "\n", reasons);
}

static void print_verdicts(unsigned int verdicts)
{
	const char *separator = "";

	for (unsigned int i = 0; i < TRUTH_VERDICTS; i++) {
		if (!(verdicts & 1U << i))
			continue;
		printf("%s%s", separator, truth_verdict_name(i));
		separator = " or ";
	}
}

void table_print_finding(const struct finding *finding)
{
	if (!is_bad(finding))
		return;
	printf("%s %" PRIu64 ", event %u: %s, %s: ", finding->situation, finding->seed,
	       finding->number, finding->event, finding->fate);
	print_verdicts(finding->right);
	fputs(" is right, it said ", stdout);
	print_verdicts(finding->verdict);
	printf(": %s%s%s\n", finding->because, finding->untrue ? ", but " : "",
	       finding->untrue ? finding->untrue : "");
}

static int compare_counts(const void *a, const void *b)
{
	const struct kind *x = a, *y = b;
	int order = strcmp(x->example.situation, y->example.situation);

	return order ? order : (x->count < y->count) - (x->count > y->count);
}

static bool is_wrong(const struct finding *finding)
{
	return finding->score == SCORE_WRONG;
}

static bool is_unjustified(const struct finding *finding)
{
	return finding->score == SCORE_UNJUSTIFIED;
}

static bool is_untrue(const struct finding *finding)
{
	return finding->untrue;
}

static void print_kinds(bool (*fits)(const struct finding *finding), const char *title)
{
	bool any = false;

	for (size_t i = 0; i < kind_count; i++) {
		const struct finding *example = &kinds[i].example;

		if (!fits(example))
			continue;
		if (!any)
			printf("\n%s\n", title);
		any = true;
		printf("%-16s %6" PRIu64 " x %s, %s: ", example->situation, kinds[i].count,
		       example->event, example->fate);
		print_verdicts(example->right);
		fputs(" is right, it said ", stdout);
		print_verdicts(example->verdict);
		printf("\n\t--situation %s --seeds %" PRIu64 "..%" PRIu64
		       ", event %u of %u: %s%s%s\n",
		       example->situation, example->seed, example->seed, example->number,
		       example->events, kinds[i].because, example->untrue ? ", but " : "",
		       example->untrue ? example->untrue : "");
	}
}

static void print_failures(void)
{
	for (size_t i = 0; i < failure_count; i++)
		printf("%s%-16s %6" PRIu64 " runs ended with %d, as seed %" PRIu64 ": %s\n",
		       i ? "" : "\nRuns without verdicts\n", situation_name(failures[i].situation),
		       failures[i].count, failures[i].status, failures[i].seed, failures[i].said);
}

static bool has_crashed(void)
{
	for (size_t i = 0; i < failure_count; i++) {
		if (failures[i].status >= 128)
			return true;
	}
	return false;
}

bool table_print(void)
{
	uint64_t sum[SCORE_COUNT] = { 0 }, capture_count = 0, untrue_count = 0;

	printf("%-16s %8s %8s %11s %11s %11s %11s %11s %11s %14s\n", "SITUATION", "CAPTURES",
	       "EVENTS", "RIGHT", "EXCUSED", "JUSTIFIED", "UNJUSTIFIED", "WRONG", "NO VERDICT",
	       "UNTRUE REASONS");
	for (size_t i = 0; i < situation_count(); i++) {
		print_row(situation_name(i), captures[i], scores[i], untrue[i]);
		capture_count += captures[i];
		untrue_count += untrue[i];
		for (int score = 0; score < SCORE_COUNT; score++)
			sum[score] += scores[i][score];
	}
	print_row("all", capture_count, sum, untrue_count);
	qsort(kinds, kind_count, sizeof(kinds[0]), compare_counts);
	for (size_t i = 0; i < kind_count; i++)
		kinds[i].example.because = kinds[i].because;
	print_kinds(is_wrong, "Wrong verdicts");
	print_kinds(is_unjustified, "Unknown, though the captures say it");
	print_kinds(is_untrue, "Unknown, and the reason is not true");
	print_failures();
	return sum[SCORE_WRONG] > 0 || has_crashed();
}
