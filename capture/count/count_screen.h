/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef COUNT_SCREEN_H
#define COUNT_SCREEN_H

/* The table of counts on a terminal, drawn again each second. */

#include <stdbool.h>
#include <stdint.h>

#include "count.h"

struct count_screen {
	bool is_on;   /* standard output is such a terminal */
	bool is_open; /* the terminal is taken */
	bool is_over; /* q has been pressed, or a signal requests the end */
	uint64_t due_ns;
	const char *by; /* the keys, for the title */
};

/* Returns whether standard output is a terminal with a screen. */
bool count_screen_is_possible(void);

/* Takes the terminal at the first call, reads the keys. Returns whether to draw now. */
bool count_screen_is_due(struct count_screen *screen);

/*
 * Draws the largest groups, as many as there is room for; text is for its use. Returns 0 or
 * -ENOMEM.
 */
int count_screen_draw(const struct count_screen *screen, struct counts *counts,
		      const struct count_view *view, struct strbuf *text);

/* Gives the terminal back. */
void count_screen_close(struct count_screen *screen);

#endif
