// SPDX-License-Identifier: GPL-2.0-or-later
/* Each test is a child of its own: what it requests stays requested. */
#include <signal.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/signals.h"
#include "test.h"

/* Returns the status of a process that catches signals and does this. */
static int status_of(int (*work)(void))
{
	pid_t child = fork();
	int status = -1;

	if (!child) {
		signals_catch();
		_exit(work());
	}
	waitpid(child, &status, 0);
	return status;
}

static int two_at_once(void)
{
	raise(SIGTERM);
	raise(SIGINT);
	raise(SIGTERM);
	return signals_stop_asked() ? 7 : 1;
}

TEST(signals_that_follow_at_once_are_one_request)
{
	int status = status_of(two_at_once);

	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 7);
}

static int two_with_a_pause(void)
{
	raise(SIGINT);
	usleep(1100000);
	raise(SIGINT);
	return 1;
}

TEST(a_signal_a_second_later_ends_the_process)
{
	int status = status_of(two_with_a_pause);

	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT);
}

static int note_repeated(void)
{
	signals_note_repeated();
	raise(SIGINT);
	raise(SIGINT);
	if (signals_stop_repeated())
		return 1;
	usleep(1100000);
	raise(SIGINT);
	return signals_stop_repeated() ? 7 : 2;
}

TEST(a_signal_a_second_later_may_be_noted)
{
	int status = status_of(note_repeated);

	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 7);
}

/* Returns the exit status of a child with this action that gets a request, 0 if it ended that. */
static int end_of_child(void (*action)(int))
{
	pid_t child = signals_fork(action);
	int status = -1;

	if (!child) {
		raise(SIGTERM);
		raise(SIGINT);
		_exit(7);
	}
	waitpid(child, &status, 0);
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM ? 0 : WEXITSTATUS(status);
}

static int fork_children(void)
{
	return end_of_child(SIG_DFL) + 10 * end_of_child(SIG_IGN) + 100 * signals_stop_asked();
}

TEST(forked_child_does_not_catch_requests)
{
	int status = status_of(fork_children);

	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 70);
}

static int hang_up(void)
{
	raise(SIGHUP);
	return signals_stop_asked();
}

TEST(hangup_stays_ignored)
{
	signal(SIGHUP, SIG_DFL);
	CHECK(WEXITSTATUS(status_of(hang_up)) == 1);
	signal(SIGHUP, SIG_IGN);
	CHECK(WEXITSTATUS(status_of(hang_up)) == 0);
	signal(SIGHUP, SIG_DFL);
}

static int ask_for_counts(void)
{
	raise(SIGUSR1);
	raise(SIGPIPE);
	raise(SIGXFSZ);
	return signals_counts_asked() && !signals_counts_asked() && !signals_stop_asked() ? 7 : 1;
}

TEST(counts_are_requested_once)
{
	CHECK(WEXITSTATUS(status_of(ask_for_counts)) == 7);
}

/* Returns whether a wait ends at once, since it was watched or since the last one. */
static bool is_awake(int epoll)
{
	struct epoll_event event;

	return epoll_wait(epoll, &event, 1, 0) == 1;
}

static int ask_before_a_wait(void)
{
	static const int requests[] = { SIGUSR1, SIGUSR1, SIGUSR2, SIGHUP, SIGINT };
	struct epoll_event event = { .events = EPOLLIN | EPOLLET };
	int epoll = epoll_create1(0);

	signals_catch_dump();
	signals_rotate_on_hangup();
	if (epoll_ctl(epoll, EPOLL_CTL_ADD, signals_fd(), &event) || is_awake(epoll))
		return 1;
	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
		raise(requests[i]);
		if (!is_awake(epoll) || is_awake(epoll))
			return 1;
	}
	return 7;
}

TEST(a_request_before_a_wait_ends_it)
{
	CHECK(WEXITSTATUS(status_of(ask_before_a_wait)) == 7);
}
