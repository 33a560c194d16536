/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef COUNT_SCREEN_H
#define COUNT_SCREEN_H

/* The table of counts on a terminal, drawn again each second. */

#include <stdbool.h>
#include <stdint.h>

#include "count.h"

struct count_screen {
	bool is_on;	 /* count_screen_is_possible(), and the screen is requested */
	bool is_open;	 /* the screen is shown */
	bool is_over;	 /* the user has pressed q, or a signal requests the end */
	uint64_t due_ns; /* when to draw next (monotonic) */
	const char *by;	 /* the keys, for the title */
};

/* Returns whether standard output is a terminal with a screen. */
bool count_screen_is_possible(void);

/* Opens the screen at the first call, and reads keys. Returns whether to draw now. */
bool count_screen_poll(struct count_screen *screen);

/*
 * Draws the largest groups, as many as there is room for. *text is scratch memory. Returns 0 or
 * -ENOMEM.
 */
int count_screen_draw(const struct count_screen *screen, struct counts *counts,
		      const struct count_view *view, struct strbuf *text);

/* Restores the terminal, if the screen is open. */
void count_screen_close(struct count_screen *screen);

#endif
