/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SCREEN_H
#define SCREEN_H

/*
 * A screen of text on the terminal that is standard output. It uses only control sequences that all
 * current terminals support (ECMA-48, and xterm's alternate screen), so no library for terminals is
 * needed. The terminal is restored at the end, also when a signal ends or stops the program; when
 * the program continues, the screen is shown again.
 */

#include <stdbool.h>
#include <stdint.h>

#include "strbuf.h"

/* Returns the columns and lines of the terminal; 80 and 24 if they are unknown. */
void screen_size(unsigned int *width, unsigned int *height);

/*
 * Switches to the alternate screen. To be called once, after signals_catch(). Keys are read from
 * standard input if that is a terminal.
 */
void screen_open(void);

/* Restores the terminal. Does nothing if the screen is not open. */
void screen_close(void);

/* Shows the lines of text, as many as there is room for. Returns 0 or -ENOMEM. */
int screen_draw(const struct strbuf *text);

enum screen_wake {
	SCREEN_WAKE_TIME,   /* the time is over */
	SCREEN_WAKE_STOP,   /* q, or a signal that requests the end */
	SCREEN_WAKE_REDRAW, /* the terminal has another size, or the program was stopped */
};

/*
 * Waits until that time (CLOCK_MONOTONIC), or until another SCREEN_WAKE_... occurs. Works without a
 * screen, too.
 */
enum screen_wake screen_wait(uint64_t until_ns);

#endif
