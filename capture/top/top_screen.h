/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TOP_SCREEN_H
#define TOP_SCREEN_H

/*
 * A screen of text on the terminal that is standard output, by the control sequences that all
 * terminals of today have (ECMA-48, and xterm's alternate screen): a library of terminals would
 * bring nothing more for it. The terminal is restored at the end, also when a signal ends or stops
 * the program, and taken again when it continues.
 */

#include <stdbool.h>
#include <stdint.h>

#include "util/strbuf.h"

/* Columns and lines of the terminal that is standard output; 80 and 24 if it does not say. */
void top_screen_size(unsigned int *width, unsigned int *height);

/*
 * Takes the terminal. Call it once, after signals_catch(). Keys are read from standard input if it
 * is a terminal, too.
 */
void top_screen_open(void);

/* Gives the terminal back. Does nothing if it is not taken. */
void top_screen_close(void);

/* Shows the lines of text, as many as there is room for. Returns 0 or -errno. */
int top_screen_draw(const struct strbuf *text);

enum top_wake {
	TOP_WAKE_TIME,	 /* the time is over */
	TOP_WAKE_STOP,	 /* q, or a signal that requests the end */
	TOP_WAKE_REDRAW, /* the screen has another size, or was somebody else's meanwhile */
};

/* Waits until that time (CLOCK_MONOTONIC), or for one of the others; also without a screen. */
enum top_wake top_screen_wait(uint64_t until_ns);

#endif
