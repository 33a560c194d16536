// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "account_events.h"
#include "account_helper.h"
#include "util/child.h"

struct account_helper {
	int fd;
	pid_t pid;
	pthread_mutex_t lock; /* of a request and its answer */
};

static int write_all(int fd, const void *bytes, size_t size)
{
	const char *at = bytes;

	while (size) {
		ssize_t n = write(fd, at, size);

		if (n < 0 && errno != EINTR)
			return -errno;
		at += n > 0 ? n : 0;
		size -= n > 0 ? (size_t)n : 0;
	}
	return 0;
}

static int read_exactly(int fd, void *bytes, size_t size)
{
	char *at = bytes;

	while (size) {
		ssize_t n = read(fd, at, size);

		if (n == 0)
			return -EPIPE;
		if (n < 0 && errno != EINTR)
			return -errno;
		at += n > 0 ? n : 0;
		size -= n > 0 ? (size_t)n : 0;
	}
	return 0;
}

/* The response is the structure, whose pointer is ignored, and then the namespaces. */
static int answer(int fd, int netns_fd, bool subtract)
{
	const struct account_scope scope = { .netns_fd = netns_fd, .subtract = subtract };
	struct account_reading reading = { 0 };
	int err;

	account_reading_fill(&scope, &reading);
	err = write_all(fd, &reading, sizeof(reading));
	if (!err)
		err = write_all(fd, reading.namespaces,
				reading.count * sizeof(*reading.namespaces));
	free(reading.namespaces);
	return err;
}

static void serve(int fd, int netns_fd, const struct privilege_user *user)
{
	struct confine_plan plan = { .role = CONFINE_COUNTERS, .user = user };
	uint8_t subtract;

	prctl(PR_SET_NAME, "tcpdropcap:cnt", 0, 0, 0);
	if (confine_privileges(&plan))
		_exit(EXIT_FAILURE);
	confine_access(&plan);
	while (!read_exactly(fd, &subtract, sizeof(subtract)) && !answer(fd, netns_fd, subtract))
		;
	_exit(EXIT_SUCCESS);
}

struct account_helper *account_helper_start(int netns_fd, const struct privilege_user *user)
{
	struct account_helper *helper = calloc(1, sizeof(*helper));
	int ends[2];

	if (!helper || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends)) {
		free(helper);
		return NULL;
	}
	helper->pid = child_start();
	if (!helper->pid) {
		close(ends[0]);
		serve(ends[1], netns_fd, user);
	}
	close(ends[1]);
	helper->fd = ends[0];
	pthread_mutex_init(&helper->lock, NULL);
	if (helper->pid > 0)
		return helper;
	account_helper_end(helper);
	errno = EAGAIN;
	return NULL;
}

static int receive(struct account_helper *helper, bool subtract, struct account_reading *reading)
{
	uint8_t request = subtract;
	int err = write_all(helper->fd, &request, sizeof(request));

	if (!err)
		err = read_exactly(helper->fd, reading, sizeof(*reading));
	if (err)
		return err;
	reading->namespaces = NULL;
	reading->capacity = reading->count;
	if (reading->count > ACCOUNT_NAMESPACES_MAX)
		return -EBADMSG;
	reading->namespaces = calloc(reading->count + 1, sizeof(*reading->namespaces));
	if (!reading->namespaces)
		return -ENOMEM;
	return read_exactly(helper->fd, reading->namespaces,
			    reading->count * sizeof(*reading->namespaces));
}

void account_helper_read(struct account_helper *helper, bool subtract,
			 struct account_reading *reading)
{
	int err;

	pthread_mutex_lock(&helper->lock);
	err = receive(helper, subtract, reading);
	if (err) {
		shutdown(helper->fd, SHUT_RDWR); /* whatever else comes has no meaning */
		free(reading->namespaces);
		*reading = (struct account_reading){ .error = err };
	}
	pthread_mutex_unlock(&helper->lock);
}

void account_helper_end(struct account_helper *helper)
{
	if (!helper)
		return;
	close(helper->fd);
	if (helper->pid > 0)
		child_wait(helper->pid);
	pthread_mutex_destroy(&helper->lock);
	free(helper);
}
