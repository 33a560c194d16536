// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "signals.h"

#define REPEATED_AFTER_S 1 /* a later signal is not part of the first request */

static volatile sig_atomic_t stop_asked, stop_repeated, notes_repeated, counts_asked, rotate_asked,
	dump_asked;
static int requests = -1;	   /* signals_fd() */
static struct timespec first_stop; /* used only in the handler, which blocks its signals */

/* Returns whether the request to end is repeated, because the end takes too long. */
static bool is_repeated(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (!stop_asked)
		first_stop = now;
	now.tv_sec -= REPEATED_AFTER_S;
	return now.tv_sec > first_stop.tv_sec ||
	       (now.tv_sec == first_stop.tv_sec && now.tv_nsec >= first_stop.tv_nsec);
}

/* Notes the request for the main loop, which may be about to wait. */
static void note(volatile sig_atomic_t *asked)
{
	const uint64_t one = 1;
	int saved = errno;

	*asked = 1;
	if (requests >= 0 && write(requests, &one, sizeof(one)) < 0)
		errno = saved; /* the request is noted all the same */
}

static void on_stop(int number)
{
	if (is_repeated() && notes_repeated) {
		stop_repeated = 1;
	} else if (is_repeated()) {
		signal(number, SIG_DFL);
		raise(number); /* takes effect when the handler returns */
	}
	note(&stop_asked);
}

static void on_counts(int number)
{
	(void)number;
	note(&counts_asked);
}

static void on_dump(int number)
{
	(void)number;
	note(&dump_asked);
}

static void on_rotate(int number)
{
	(void)number;
	note(&rotate_asked);
}

static void on_interrupt(int number)
{
	(void)number;
}

/* A program that is started with SIGHUP ignored, as nohup(1) does, must outlive its terminal. */
static bool is_ignored(int number)
{
	struct sigaction old;

	return !sigaction(number, NULL, &old) && old.sa_handler == SIG_IGN;
}

void signals_catch(void)
{
	struct sigaction stop = { .sa_handler = on_stop };
	struct sigaction counts = { .sa_handler = on_counts, .sa_flags = SA_RESTART };
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	if (requests < 0)
		requests = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	sigaddset(&stop.sa_mask, SIGINT);
	sigaddset(&stop.sa_mask, SIGTERM);
	sigaddset(&stop.sa_mask, SIGHUP);
	sigaction(SIGINT, &stop, NULL);
	sigaction(SIGTERM, &stop, NULL);
	if (!is_ignored(SIGHUP))
		sigaction(SIGHUP, &stop, NULL);
	sigaction(SIGUSR1, &counts, NULL);
	sigaction(SIGPIPE, &ignore, NULL);
	sigaction(SIGXFSZ, &ignore, NULL);
}

pid_t signals_fork(void (*action)(int))
{
	sigset_t stop, old;
	pid_t child;

	sigemptyset(&stop);
	sigaddset(&stop, SIGINT);
	sigaddset(&stop, SIGTERM);
	sigaddset(&stop, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &stop, &old);
	child = fork();
	if (child == 0) {
		signal(SIGINT, action);
		signal(SIGTERM, action);
		if (!is_ignored(SIGHUP))
			signal(SIGHUP, action);
	}
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return child;
}

void signals_catch_dump(void)
{
	struct sigaction dump = { .sa_handler = on_dump, .sa_flags = SA_RESTART };

	sigaction(SIGUSR2, &dump, NULL);
}

int signals_fd(void)
{
	return requests;
}

bool signals_stop_asked(void)
{
	return stop_asked;
}

bool signals_stop_repeated(void)
{
	return stop_repeated;
}

void signals_note_repeated(void)
{
	notes_repeated = 1;
}

bool signals_counts_asked(void)
{
	bool asked = counts_asked;

	counts_asked = 0;
	return asked;
}

bool signals_dump_asked(void)
{
	bool asked = dump_asked;

	dump_asked = 0;
	return asked;
}

void signals_rotate_on_hangup(void)
{
	struct sigaction rotate = { .sa_handler = on_rotate, .sa_flags = SA_RESTART };

	if (!is_ignored(SIGHUP))
		sigaction(SIGHUP, &rotate, NULL);
}

bool signals_rotate_asked(void)
{
	bool asked = rotate_asked;

	rotate_asked = 0;
	return asked;
}

/*
 * Without SA_RESTART, so that the system call fails. SIGURG is ignored by default: it does no harm
 * to a process that has not installed a handler.
 */
void signals_allow_interrupt(void)
{
	struct sigaction interrupt = { .sa_handler = on_interrupt };
	sigset_t allowed;

	sigaction(SIGURG, &interrupt, NULL);
	sigemptyset(&allowed);
	sigaddset(&allowed, SIGURG);
	pthread_sigmask(SIG_UNBLOCK, &allowed, NULL);
}

void signals_interrupt(pthread_t thread)
{
	pthread_kill(thread, SIGURG);
}
