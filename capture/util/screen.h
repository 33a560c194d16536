/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SCREEN_H
#define SCREEN_H

/*
 * A screen of text on the terminal that is standard output, by the control sequences that all
 * terminals of today have (ECMA-48, and xterm's alternate screen): a library of terminals would
 * bring nothing more for it. The terminal is restored at the end, also when a signal ends or stops
 * the program, and taken again when it continues.
 */

#include <stdbool.h>
#include <stdint.h>

#include "strbuf.h"

/* Columns and lines of the terminal that is standard output; 80 and 24 if it does not say. */
void screen_size(unsigned int *width, unsigned int *height);

/*
 * Takes the terminal. Call it once, after signals_catch(). Keys are read from standard input if it
 * is a terminal, too.
 */
void screen_open(void);

/* Gives the terminal back. Does nothing if it is not taken. */
void screen_close(void);

/* Shows the lines of text, as many as there is room for. Returns 0 or -ENOMEM. */
int screen_draw(const struct strbuf *text);

enum screen_wake {
	SCREEN_WAKE_TIME,   /* the time is over */
	SCREEN_WAKE_STOP,   /* q, or a signal that requests the end */
	SCREEN_WAKE_REDRAW, /* the screen has another size, or was somebody else's meanwhile */
};

/* Waits until that time (CLOCK_MONOTONIC), or for one of the others; also without a screen. */
enum screen_wake screen_wait(uint64_t until_ns);

#endif
