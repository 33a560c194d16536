// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "post_starter.h"
#include "util/child.h"
#include "util/confine.h"

#define LOWEST_PRIORITY 19

extern char **environ;

struct post_starter {
	int fds[POST_SLOTS]; /* each for one command at a time */
};

/* A request is a message of two strings, each with its end. */
struct request {
	char text[2 * PATH_MAX];
};

struct answer {
	int err;
	int status;
};

static struct post_starter *begun;

/* Attributes of a child: no signal blocked or ignored, and none from the terminal. */
static void set_attributes(posix_spawnattr_t *attributes)
{
	sigset_t none, ignored;

	sigemptyset(&none);
	sigemptyset(&ignored);
	sigaddset(&ignored, SIGPIPE);
	sigaddset(&ignored, SIGXFSZ);
	posix_spawnattr_setsigmask(attributes, &none);
	posix_spawnattr_setsigdefault(attributes, &ignored);
	posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
						     POSIX_SPAWN_SETPGROUP);
}

/* Returns 0 and the pid, or -errno. */
static int start(char *command, char *path, pid_t *pid)
{
	char *const argv[] = { command, path, NULL };
	posix_spawnattr_t attributes;
	int err;

	posix_spawnattr_init(&attributes);
	set_attributes(&attributes);
	err = posix_spawnp(pid, command, NULL, &attributes, argv, environ);
	posix_spawnattr_destroy(&attributes);
	return -err;
}

/* Takes a request and starts its command. Returns false if the slot has ended. */
static bool take_request(int fd, pid_t *pid)
{
	struct request request;
	struct answer answer = { 0 };
	ssize_t length = read(fd, request.text, sizeof(request.text) - 1);
	size_t command;

	if (length <= 0)
		return length < 0 && errno == EINTR;
	request.text[length] = '\0';
	command = strlen(request.text) + 1;
	if (command > (size_t)length)
		return false;
	answer.err = start(request.text, request.text + command, pid);
	if (answer.err) {
		*pid = 0;
		return write(fd, &answer, sizeof(answer)) == sizeof(answer);
	}
	return true;
}

/* A command whose slot has ended is not waited for. */
static void reap(struct pollfd *slots, pid_t *pids)
{
	struct answer answer = { 0 };
	pid_t pid;

	while ((pid = waitpid(-1, &answer.status, WNOHANG)) > 0) {
		for (size_t i = 0; i < POST_SLOTS; i++) {
			if (pids[i] != pid)
				continue;
			pids[i] = 0;
			if (slots[i].fd >= 0 &&
			    write(slots[i].fd, &answer, sizeof(answer)) != sizeof(answer))
				slots[i].fd = -1;
		}
	}
}

static bool is_any_open(const struct pollfd *slots)
{
	for (size_t i = 0; i < POST_SLOTS; i++) {
		if (slots[i].fd >= 0)
			return true;
	}
	return false;
}

static void on_child(int number)
{
	(void)number;
}

static void serve(const int fds[POST_SLOTS])
{
	struct sigaction child = { .sa_handler = on_child };
	struct pollfd slots[POST_SLOTS];
	pid_t pids[POST_SLOTS] = { 0 };
	sigset_t waiting;

	for (size_t i = 0; i < POST_SLOTS; i++)
		slots[i] = (struct pollfd){ .fd = fds[i], .events = POLLIN };
	sigaction(SIGCHLD, &child, NULL);
	sigfillset(&waiting);
	sigdelset(&waiting, SIGCHLD);
	while (is_any_open(slots)) {
		int ready = ppoll(slots, POST_SLOTS, NULL, &waiting);

		reap(slots, pids);
		for (size_t i = 0; ready > 0 && i < POST_SLOTS; i++) {
			if (slots[i].fd < 0 || !slots[i].revents ||
			    take_request(slots[i].fd, &pids[i]))
				continue;
			slots[i].fd = -1; /* poll(2) skips it */
		}
	}
}

static void run_child(const int fds[POST_SLOTS], const struct privilege_user *user)
{
	const struct confine_plan plan = { .role = CONFINE_COMMANDS, .user = user };

	prctl(PR_SET_NAME, "tcpdropcap:-z", 0, 0, 0);
	setpriority(PRIO_PROCESS, 0, LOWEST_PRIORITY);
	signal(SIGPIPE, SIG_IGN);
	if (confine_privileges(&plan))
		_exit(EXIT_FAILURE);
	serve(fds);
	_exit(EXIT_SUCCESS);
}

static void close_all(const int *fds)
{
	for (size_t i = 0; i < POST_SLOTS; i++) {
		if (fds[i] >= 0)
			close(fds[i]);
	}
}

static int begin(struct post_starter *starter, const struct privilege_user *user)
{
	int theirs[POST_SLOTS], pair[2], err = 0;
	pid_t pid = 0;

	memset(starter->fds, -1, sizeof(starter->fds));
	memset(theirs, -1, sizeof(theirs));
	for (size_t i = 0; !err && i < POST_SLOTS; i++) {
		err = socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) ? -errno : 0;
		if (err)
			break;
		starter->fds[i] = pair[0];
		theirs[i] = pair[1];
	}
	if (!err)
		pid = child_start();
	if (!err && !pid) {
		close_all(starter->fds);
		run_child(theirs, user);
	}
	close_all(theirs);
	return err ? err : pid < 0 ? pid : 0;
}

static struct post_starter *new_starter(const struct privilege_user *user)
{
	struct post_starter *starter = calloc(1, sizeof(*starter));
	int err = starter ? begin(starter, user) : -ENOMEM;

	if (!err)
		return starter;
	post_starter_free(starter);
	errno = -err;
	return NULL;
}

int post_starter_begin(const struct privilege_user *user)
{
	begun = new_starter(user);
	return begun ? 0 : -errno;
}

struct post_starter *post_starter_take(void)
{
	struct post_starter *starter = begun ? begun : new_starter(NULL);

	begun = NULL;
	return starter;
}

void post_starter_free(struct post_starter *starter)
{
	if (!starter)
		return;
	close_all(starter->fds);
	free(starter);
}

int post_starter_run(struct post_starter *starter, unsigned int slot, const char *command,
		     const char *path, int *status)
{
	size_t first = strlen(command) + 1, second = strlen(path) + 1;
	struct request request;
	struct answer answer;
	ssize_t n;

	if (first + second >= sizeof(request.text))
		return -ENAMETOOLONG;
	memcpy(request.text, command, first);
	memcpy(request.text + first, path, second);
	if (write(starter->fds[slot], request.text, first + second) < 0)
		return -errno;
	do {
		n = read(starter->fds[slot], &answer, sizeof(answer));
	} while (n < 0 && errno == EINTR);
	if (n != sizeof(answer))
		return n < 0 ? -errno : -EPIPE;
	*status = answer.status;
	return answer.err;
}
