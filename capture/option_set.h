/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OPTION_SET_H
#define OPTION_SET_H

/* The functions of the table of options (option_table.h). */

#include "options.h"
#include "util/strbuf.h"

/* Each checks and stores the argument of an option. Returns 0, or -errno and the error. */
int option_set_count(struct options *options, const char *text, struct error *error);
int option_add_read_path(struct options *options, const char *text, struct error *error);
int option_set_file_size(struct options *options, const char *text, struct error *error);
int option_set_file_seconds(struct options *options, const char *text, struct error *error);
int option_set_file_count(struct options *options, const char *text, struct error *error);
int option_set_duration(struct options *options, const char *text, struct error *error);
int option_set_ipv4(struct options *options, const char *text, struct error *error);
int option_set_ipv6(struct options *options, const char *text, struct error *error);
int option_add_where(struct options *options, const char *text, struct error *error);
int option_set_netns_of(struct options *options, const char *text, struct error *error);
int option_set_time(struct options *options, const char *text, struct error *error);
int option_set_snaplen(struct options *options, const char *text, struct error *error);
int option_set_ring(struct options *options, const char *text, struct error *error);
int option_set_user(struct options *options, const char *text, struct error *error);
int option_set_stack(struct options *options, const char *text, struct error *error);
int option_set_sort(struct options *options, const char *text, struct error *error);
int option_add_by(struct options *options, const char *text, struct error *error);
int option_set_top(struct options *options, const char *text, struct error *error);
int option_set_interval(struct options *options, const char *text, struct error *error);
int option_set_completion(struct options *options, const char *text, struct error *error);

/* Each appends the values that an option can have, with a space between two. */
void option_add_stacks(struct strbuf *values);
void option_add_sorts(struct strbuf *values);
void option_add_shells(struct strbuf *values);
void option_add_reasons(struct strbuf *values);
void option_add_keys(struct strbuf *values);

/* The same for the names of an array. */
void option_add_names(struct strbuf *values, const char *const *names, size_t count);

/* Returns the index of the name, or -EINVAL and the error, which lists the names. */
int option_find_name(const char *option, const char *text, const char *const *names, size_t count,
		     struct error *error);

#endif
