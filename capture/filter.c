// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "filter.h"

static int full(const char *option, size_t count, struct error *error)
{
	if (count < FILTER_ITEMS_MAX)
		return 0;
	return error_set(error, -EINVAL, "%s: more than %d items", option, FILTER_ITEMS_MAX);
}

int filter_add_pid(struct filter *filter, const char *text, struct error *error)
{
	unsigned long long pid;
	char *end;
	int err = full("--pid", filter->pid_count, error);

	if (err)
		return err;
	errno = 0;
	pid = strtoull(text, &end, 10);
	if (*text < '0' || *text > '9' || *end || errno || !pid || pid > UINT32_MAX)
		return error_set(error, -EINVAL, "--pid: '%s' is not a process id", text);
	filter->pids[filter->pid_count++] = (uint32_t)pid;
	return 0;
}

int filter_add_comm(struct filter *filter, const char *comm, struct error *error)
{
	int err = full("--comm", filter->comm_count, error);

	if (err)
		return err;
	if (strlen(comm) > 15)
		return error_set(error, -EINVAL,
				 "--comm: '%s' is longer than the 15 characters of a command name",
				 comm);
	filter->comms[filter->comm_count] = strdup(comm);
	if (!filter->comms[filter->comm_count])
		return error_set(error, -ENOMEM, "out of memory");
	filter->comm_count++;
	return 0;
}

void filter_free(struct filter *filter)
{
	for (size_t i = 0; i < filter->comm_count; i++)
		free(filter->comms[i]);
	*filter = (struct filter){ 0 };
}

static bool pid_matches(const struct filter *filter, const struct drop_report *report)
{
	uint64_t pid = report_number(report, KEY_owner_pid);

	for (size_t i = 0; i < filter->pid_count; i++) {
		if (filter->pids[i] == pid)
			return true;
	}
	return !filter->pid_count;
}

static bool comm_matches(const struct filter *filter, const struct drop_report *report)
{
	const char *comm = report_text(report, KEY_owner);

	for (size_t i = 0; comm && i < filter->comm_count; i++) {
		if (strcmp(filter->comms[i], comm) == 0)
			return true;
	}
	return !filter->comm_count;
}

bool filter_matches(const struct filter *filter, const struct drop_report *report)
{
	return pid_matches(filter, report) && comm_matches(filter, report);
}
