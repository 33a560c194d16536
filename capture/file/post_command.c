// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "post_command.h"
#include "post_starter.h"
#include "util/thread.h"

#define FAILURES_KEPT 16

struct waiting_file {
	struct waiting_file *next;
	char path[];
};

struct post_commands {
	pthread_mutex_t lock;
	pthread_cond_t ended; /* a thread has; the monotonic clock */
	char *command;
	struct waiting_file *first, **last;
	unsigned int waiting;
	unsigned int threads;	 /* each runs one command */
	unsigned int used_slots; /* bit N: a thread has slot N */
	struct post_starter *starter;
	bool abandoned; /* the last thread frees everything */
	struct post_counts counts;
	struct error failures[FAILURES_KEPT];
	unsigned int failure_count;
};

static bool is_program(const char *path)
{
	return access(path, X_OK) == 0;
}

/* Returns whether execvp(3) would find it. */
static bool is_in_path(const char *command)
{
	const char *path = getenv("PATH");
	char file[PATH_MAX];

	if (strchr(command, '/'))
		return is_program(command);
	for (path = path ? path : "/bin:/usr/bin"; *path; path += strspn(path, ":")) {
		int length = (int)strcspn(path, ":");

		snprintf(file, sizeof(file), "%.*s/%s", length, path, command);
		if (is_program(file))
			return true;
		path += length;
	}
	return false;
}

static void release(struct post_commands *commands)
{
	while (commands->first) {
		struct waiting_file *next = commands->first->next;

		free(commands->first);
		commands->first = next;
	}
	pthread_cond_destroy(&commands->ended);
	pthread_mutex_destroy(&commands->lock);
	post_starter_free(commands->starter);
	free(commands->command);
	free(commands);
}

struct post_commands *post_commands_new(const char *command, struct error *error)
{
	struct post_commands *commands;
	pthread_condattr_t clock;

	if (!*command || !is_in_path(command)) {
		error_set(error, -ENOENT,
			  "-z: '%s' is not a program that can be run; it gets the name of the file "
			  "as its only argument, so put other arguments into a script",
			  command);
		return NULL;
	}
	commands = calloc(1, sizeof(*commands));
	if (commands)
		commands->command = strdup(command);
	if (commands && commands->command)
		commands->starter = post_starter_take();
	if (!commands || !commands->starter) {
		free(commands ? commands->command : NULL);
		free(commands);
		error_set(error, -ENOMEM, "-z: no process can be started for it");
		return NULL;
	}
	pthread_mutex_init(&commands->lock, NULL);
	pthread_condattr_init(&clock);
	pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
	pthread_cond_init(&commands->ended, &clock);
	pthread_condattr_destroy(&clock);
	commands->last = &commands->first;
	return commands;
}

/* The caller holds the lock. */
static void fail(struct post_commands *commands, const char *path, const char *what,
		 const char *detail)
{
	if (commands->failure_count < FAILURES_KEPT)
		error_set(&commands->failures[commands->failure_count++], 0, "-z %s %s: %s%s",
			  commands->command, path, what, detail);
}

static void run_one(struct post_commands *commands, unsigned int slot, struct waiting_file *file)
{
	char detail[32] = "";
	int status = 0, err;

	err = post_starter_run(commands->starter, slot, commands->command, file->path, &status);
	if (!err && WIFSIGNALED(status))
		snprintf(detail, sizeof(detail), "%d", WTERMSIG(status));
	else if (!err && status)
		snprintf(detail, sizeof(detail), "%d", WEXITSTATUS(status));
	pthread_mutex_lock(&commands->lock);
	if (err)
		fail(commands, file->path, "cannot run it: ", strerror(-err));
	else if (status)
		fail(commands, file->path,
		     WIFSIGNALED(status) ? "ended by signal " : "exit status ", detail);
	if (err || status)
		commands->counts.failed++;
	else
		commands->counts.succeeded++;
	pthread_mutex_unlock(&commands->lock);
}

static struct waiting_file *take(struct post_commands *commands)
{
	struct waiting_file *file = commands->first;

	if (!file || commands->abandoned)
		return NULL;
	commands->first = file->next;
	if (!commands->first)
		commands->last = &commands->first;
	commands->waiting--;
	return file;
}

/* Each thread has a slot of the starter. The caller holds the lock. */
static unsigned int take_slot(struct post_commands *commands)
{
	unsigned int slot = 0;

	while (commands->used_slots >> slot & 1)
		slot++;
	commands->used_slots |= 1U << slot;
	return slot;
}

static void *run_all(void *context)
{
	struct post_commands *commands = context;
	struct waiting_file *file;
	unsigned int slot;
	bool last;

	pthread_detach(pthread_self());
	pthread_mutex_lock(&commands->lock);
	slot = take_slot(commands);
	while ((file = take(commands))) {
		pthread_mutex_unlock(&commands->lock);
		run_one(commands, slot, file);
		free(file);
		pthread_mutex_lock(&commands->lock);
	}
	commands->used_slots &= ~(1U << slot);
	commands->threads--;
	pthread_cond_signal(&commands->ended);
	last = commands->abandoned && !commands->threads;
	pthread_mutex_unlock(&commands->lock);
	if (last)
		release(commands);
	return NULL;
}

/* The caller holds the lock. */
static void start_thread(struct post_commands *commands)
{
	pthread_t thread;

	if (commands->threads < POST_COMMANDS_RUNNING && !thread_start(&thread, run_all, commands))
		commands->threads++;
}

void post_commands_run(struct post_commands *commands, const char *path)
{
	size_t length = strlen(path) + 1;
	struct waiting_file *file = malloc(sizeof(*file) + length);

	pthread_mutex_lock(&commands->lock);
	if (!file || commands->waiting == POST_COMMANDS_WAITING) {
		fail(commands, path, "not run: too many files wait for it", "");
		commands->counts.skipped++;
		free(file);
	} else {
		file->next = NULL;
		memcpy(file->path, path, length);
		*commands->last = file;
		commands->last = &file->next;
		commands->waiting++;
		start_thread(commands);
	}
	pthread_mutex_unlock(&commands->lock);
}

bool post_commands_failure(struct post_commands *commands, struct error *error)
{
	bool failed;

	pthread_mutex_lock(&commands->lock);
	failed = commands->failure_count > 0;
	if (failed) {
		*error = commands->failures[0];
		commands->failure_count--;
		memmove(commands->failures, commands->failures + 1,
			commands->failure_count * sizeof(*error));
	}
	pthread_mutex_unlock(&commands->lock);
	return failed;
}

struct post_counts post_commands_wait(struct post_commands *commands, unsigned int timeout_s)
{
	struct post_counts counts;
	struct timespec end;
	int err = 0;

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += timeout_s;
	pthread_mutex_lock(&commands->lock);
	while (!err && (commands->threads || commands->first)) {
		if (!commands->threads)
			start_thread(commands);
		err = pthread_cond_timedwait(&commands->ended, &commands->lock, &end);
	}
	counts = commands->counts;
	counts.running = commands->threads;
	counts.skipped += commands->waiting;
	pthread_mutex_unlock(&commands->lock);
	return counts;
}

void post_commands_free(struct post_commands *commands)
{
	bool idle;

	if (!commands)
		return;
	pthread_mutex_lock(&commands->lock);
	commands->abandoned = true;
	idle = !commands->threads;
	pthread_mutex_unlock(&commands->lock);
	if (idle)
		release(commands);
}
