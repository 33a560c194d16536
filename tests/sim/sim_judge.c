// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sim_judge.h"

#define ARGUMENTS_MAX (WIRES_MAX + 8)
#define TRIES_MAX     600

extern char **environ;

/* The value of a key of one JSON line, in place; NULL if it has none. */
static char *find_text(char *line, const char *key)
{
	char *at = strstr(line, key), *end;

	if (!at)
		return NULL;
	at += strlen(key);
	end = strchr(at, '"');
	if (end)
		*end = '\0';
	return at;
}

static unsigned int verdict_of(const char *name)
{
	for (unsigned int i = 0; name && i < TRUTH_VERDICTS; i++) {
		if (strcmp(name, truth_verdict_name(i)) == 0)
			return 1U << i;
	}
	return 0;
}

static void read_answers(FILE *output, struct answers *answers, uint32_t most)
{
	char *line = NULL;
	size_t size = 0;

	while (getline(&line, &size, output) > 0) {
		char *because = strstr(line, "\"because\":\"");

		if (strncmp(line, "{\"wires\"", 8) == 0 || answers->count == most)
			continue;
		because = because ? find_text(because, "\"because\":\"") : NULL;
		answers->because[answers->count] = strdup(because ? because : "");
		answers->verdicts[answers->count++] = verdict_of(find_text(line, "\"verdict\":\""));
	}
	free(line);
}

static int start(const char *tool, char *const *files, uint32_t file_count, int output,
		 const char *errors, pid_t *pid)
{
	char *arguments[ARGUMENTS_MAX] = { (char *)tool, "compare", "--json" };
	posix_spawn_file_actions_t actions;
	int err = EAGAIN;

	for (uint32_t i = 0; i < file_count && i + 4 < ARGUMENTS_MAX; i++)
		arguments[i + 3] = files[i];
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errors,
					 O_WRONLY | O_CREAT | O_TRUNC, 0644);
	/* A machine with too many processes has room again later. */
	for (int tries = 0; tries < TRIES_MAX; tries++) {
		err = posix_spawn(pid, tool, &actions, NULL, arguments, environ);
		if (err != EAGAIN)
			break;
		nanosleep(&(struct timespec){ .tv_nsec = 100000000 }, NULL);
	}
	posix_spawn_file_actions_destroy(&actions);
	return -err;
}

static char *read_first_line(const char *path)
{
	FILE *file = fopen(path, "r");
	char *line = NULL;
	size_t size = 0;

	if (file && getline(&line, &size, file) > 0)
		line[strcspn(line, "\n")] = '\0';
	if (file)
		fclose(file);
	return line;
}

static int collect(FILE *output, pid_t pid, uint32_t events, struct answers *answers)
{
	int status;

	read_answers(output, answers, events);
	if (waitpid(pid, &status, 0) < 0)
		return -errno;
	answers->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	return 0;
}

int judge_run(const char *tool, char *const *files, uint32_t file_count, uint32_t events,
	      struct answers *answers)
{
	char errors[4096];
	FILE *output = NULL;
	int pipes[2], err;
	pid_t pid;

	*answers = (struct answers){ 0 };
	answers->verdicts = calloc(events + 1, sizeof(*answers->verdicts));
	answers->because = calloc(events + 1, sizeof(*answers->because));
	if (!answers->verdicts || !answers->because || pipe2(pipes, O_CLOEXEC))
		return -errno;
	snprintf(errors, sizeof(errors), "%s.stderr", files[0]);
	err = start(tool, files, file_count, pipes[1], errors, &pid);
	close(pipes[1]);
	if (!err)
		output = fdopen(pipes[0], "r");
	if (!output)
		close(pipes[0]);
	if (!err)
		err = output ? collect(output, pid, events, answers) : -ENOMEM;
	if (output)
		fclose(output);
	answers->stderr = read_first_line(errors);
	return err;
}

void answers_free(struct answers *answers)
{
	for (uint32_t i = 0; i < answers->count; i++)
		free(answers->because[i]);
	free(answers->because);
	free(answers->verdicts);
	free(answers->stderr);
}

enum score judge_score(const struct truth *truth, unsigned int verdict)
{
	if (!verdict)
		return SCORE_MISSING;
	if (truth->right & verdict)
		return SCORE_RIGHT;
	if (verdict == TRUTH_UNKNOWN)
		return truth->knowable ? SCORE_UNJUSTIFIED : SCORE_JUSTIFIED;
	return truth->excused & verdict ? SCORE_EXCUSED : SCORE_WRONG;
}
