// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "account_events.h"
#include "account_helper.h"
#include "account_mib.h"
#include "account_netlink.h"
#include "account_reading.h"
#include "util/namespaces.h"
#include "util/thread.h"

#define FILE_BYTES (64 << 10)

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71 /* include/uapi/asm-generic/socket.h */
#endif

struct account_reader {
	struct account_scope scope;
	pthread_t thread;
	atomic_bool is_done;
	struct account_reading *reading;
	char text[FILE_BYTES]; /* of the file that is being read */
};

void account_values_add(struct account_values *values, enum account_source source, bool subtract,
			const char *name, uint64_t value)
{
	for (size_t row = 0; row < account_row_count; row++) {
		const struct account_row *spec = &account_rows[row];

		if (spec->source != source)
			continue;
		if (source == ACCOUNT_QDISCS)
			values->rows[row] += value;
		for (size_t i = 0; i < ACCOUNT_COUNTERS_MAX && spec->counters[i]; i++) {
			if (strcmp(spec->counters[i], name) == 0)
				values->rows[row] += value;
		}
		/* The sum may pass through zero: netstat comes after snmp. */
		if (subtract && spec->without_event && strcmp(spec->without_event, name) == 0)
			values->rows[row] -= value;
	}
}

/* The destination of the counters that are read. */
struct adding {
	struct account_values *values;
	enum account_source source;
	bool subtract;
};

static void add_counter(void *context, const char *name, uint64_t value)
{
	const struct adding *adding = context;

	account_values_add(adding->values, adding->source, adding->subtract, name, value);
}

static void add_softnet(void *context, const char *name, uint64_t value)
{
	struct account_reading *reading = context;

	(void)name;
	reading->softnet += value;
}

static void add_xdp(void *context, const char *name, uint64_t value)
{
	struct account_reading *reading = context;

	(void)name;
	reading->xdp += value;
}

/* Returns the text of the file, NULL if there is none: not every kernel has all. */
static char *read_text(struct account_reader *reader, const char *path)
{
	size_t length = 0;
	ssize_t got = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return NULL;
	do {
		got = read(fd, reader->text + length, sizeof(reader->text) - 1 - length);
		length += got > 0 ? (size_t)got : 0;
	} while (got > 0 && length < sizeof(reader->text) - 1);
	close(fd);
	reader->text[length] = '\0';
	return got < 0 ? NULL : reader->text;
}

static void parse_file(struct account_reader *reader, const char *path, struct adding *adding,
		       void (*parse)(char *text, account_counter *found, void *context))
{
	char *text = read_text(reader, path);

	if (text)
		parse(text, add_counter, adding);
}

/* Of the namespace that the thread is in. */
static void read_values(struct account_reader *reader, struct account_values *values)
{
	struct adding adding = { values, ACCOUNT_MIB, reader->scope.subtract };
	int err;

	parse_file(reader, "/proc/thread-self/net/snmp", &adding, account_parse_mib);
	parse_file(reader, "/proc/thread-self/net/netstat", &adding, account_parse_mib);
	parse_file(reader, "/proc/thread-self/net/snmp6", &adding, account_parse_list);
	adding.source = ACCOUNT_CONNTRACK;
	parse_file(reader, "/proc/thread-self/net/stat/nf_conntrack", &adding,
		   account_parse_columns);
	adding.source = ACCOUNT_DEVICES;
	err = account_read_devices(add_counter, &adding);
	adding.source = ACCOUNT_QDISCS;
	if (!err)
		err = account_read_qdiscs(add_counter, &adding);
	if (!err)
		err = account_read_xdp(add_xdp, reader->reading);
	if (err && !reader->reading->error)
		reader->reading->error = err;
}

static uint64_t own_cookie(void)
{
	uint64_t cookie = 0;
	socklen_t length = sizeof(cookie);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return 0;
	if (getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &length))
		cookie = 0;
	close(fd);
	return cookie;
}

static struct account_values *add_namespace(struct account_reading *reading)
{
	struct account_values *grown;

	if (reading->count == reading->capacity) {
		reading->capacity = reading->capacity ? reading->capacity * 2 : 16;
		grown = reallocarray(reading->namespaces, reading->capacity, sizeof(*grown));
		if (!grown)
			return NULL;
		reading->namespaces = grown;
	}
	memset(&reading->namespaces[reading->count], 0, sizeof(*reading->namespaces));
	return &reading->namespaces[reading->count++];
}

static int visit(void *context)
{
	struct account_reader *reader = context;
	struct account_reading *reading = reader->reading;
	struct account_values *values;
	struct stat st;

	if (reading->count == ACCOUNT_NAMESPACES_MAX) {
		reading->unread++;
		return 0;
	}
	if (stat("/proc/thread-self/ns/net", &st))
		return -errno;
	values = add_namespace(reading);
	if (!values)
		return -ENOMEM;
	values->netns = (uint32_t)st.st_ino;
	values->cookie = own_cookie();
	read_values(reader, values);
	return 0;
}

/* A thread that has entered a namespace ends there. */
static void fill(struct account_reader *reader)
{
	struct account_reading *reading = reader->reading;
	char *text = read_text(reader, "/proc/net/softnet_stat");
	int err;

	if (text)
		account_parse_softnet(text, add_softnet, reading);
	if (reader->scope.netns_fd < 0)
		err = namespaces_visit(0, NULL, visit, reader);
	else if (setns(reader->scope.netns_fd, CLONE_NEWNET))
		err = -errno;
	else
		err = visit(reader);
	reading->is_refused = err == -EPERM;
	if (err && err != -EPERM)
		reading->error = err;
}

void account_reading_fill(const struct account_scope *scope, struct account_reading *reading)
{
	struct account_reader *reader = calloc(1, sizeof(*reader));

	if (!reader) {
		reading->error = -ENOMEM;
		return;
	}
	reader->scope = *scope;
	reader->reading = reading;
	fill(reader);
	free(reader);
}

static void *read_all(void *context)
{
	struct account_reader *reader = context;

	if (reader->scope.helper)
		account_helper_read(reader->scope.helper, reader->scope.subtract, reader->reading);
	else
		fill(reader);
	atomic_store(&reader->is_done, true);
	return NULL;
}

struct account_reader *account_reader_start(const struct account_scope *scope)
{
	struct account_reader *reader = calloc(1, sizeof(*reader));
	int err = -ENOMEM;

	if (!reader)
		return NULL;
	reader->scope = *scope;
	reader->reading = calloc(1, sizeof(*reader->reading));
	if (reader->reading)
		err = thread_start(&reader->thread, read_all, reader);
	if (!err)
		return reader;
	free(reader->reading);
	free(reader);
	errno = -err;
	return NULL;
}

bool account_reader_is_done(const struct account_reader *reader)
{
	return atomic_load(&reader->is_done);
}

struct account_reading *account_reader_end(struct account_reader *reader)
{
	struct account_reading *reading;

	if (!reader)
		return NULL;
	pthread_join(reader->thread, NULL);
	reading = reader->reading;
	free(reader);
	return reading;
}

void account_reading_free(struct account_reading *reading)
{
	if (reading)
		free(reading->namespaces);
	free(reading);
}

const struct account_values *account_reading_find(const struct account_reading *reading,
						  uint32_t netns)
{
	for (size_t i = 0; reading && i < reading->count; i++) {
		if (reading->namespaces[i].netns == netns)
			return &reading->namespaces[i];
	}
	return NULL;
}
