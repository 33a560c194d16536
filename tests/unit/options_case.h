/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OPTIONS_CASE_H
#define OPTIONS_CASE_H

/* A command line of the capture, and what the options become. */

#include <stdbool.h>

#include "options.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define PARSE(...)   parse_list((const char *const[]){ __VA_ARGS__, NULL })

extern struct options options;
extern struct error error;

/* Parses the arguments, which end with NULL. Returns what options_parse() returns. */
int parse_list(const char *const *list);

/* The same, when getopt may have stopped within the arguments of the last call. */
int parse_next(const char *const *list);

/* The message of the last failure has this part. */
bool says(const char *part);

#endif
