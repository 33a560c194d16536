/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FILTER_H
#define FILTER_H

/* Which reports the user wants, by what only userspace knows: the owner. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "report.h"

#define FILTER_ITEMS_MAX 64

/* Zero-initialized lets everything pass. */
struct filter {
	uint32_t pids[FILTER_ITEMS_MAX];
	size_t pid_count;
	char *comms[FILTER_ITEMS_MAX];
	size_t comm_count;
};

/* Each returns 0, or -EINVAL and the error. */
int filter_add_pid(struct filter *filter, const char *text, struct error *error);
int filter_add_comm(struct filter *filter, const char *comm, struct error *error);
void filter_free(struct filter *filter);

/* A report without an owner passes no filter on the owner. */
bool filter_matches(const struct filter *filter, const struct drop_report *report);

#endif
