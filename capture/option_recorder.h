/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OPTION_RECORDER_H
#define OPTION_RECORDER_H

/* The options of a recorder, for rows of option_table.h. */

#include "options.h"

#define RECORDER_AFTER_S 10
#define RECORDER_PAUSE_S 60

/* Each returns 0, or -EINVAL (the triggers: also -ENOMEM) and the error. */
int option_set_recorder(struct options *options, const char *text, struct error *error);
int option_add_trigger(struct options *options, const char *text, struct error *error);
int option_set_after(struct options *options, const char *text, struct error *error);
int option_set_dump_pause(struct options *options, const char *text, struct error *error);

/* Checks the options of a recorder with the others. */
int option_check_recorder(enum option_command command, const struct options *options,
			  struct error *error);

#endif
