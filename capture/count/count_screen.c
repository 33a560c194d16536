// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "count_screen.h"
#include "report/format.h"
#include "util/screen.h"
#include "util/terminal.h"
#include "util/time.h"

#define INTERVAL_NS NS_PER_S

/* The title, the headings, the total, the losses, and two lines for other groups. */
#define OTHER_LINES 6

bool count_screen_is_possible(void)
{
	const char *type = getenv("TERM");

	return isatty(STDOUT_FILENO) && type && strcmp(type, "dumb") != 0;
}

bool count_screen_poll(struct count_screen *screen)
{
	enum screen_wake wake;
	uint64_t now_ns;

	/* In the background, a write to the terminal would stop the capture (SIGTTOU). */
	if (!terminal_is_ready(STDOUT_FILENO))
		return false;
	if (!screen->is_open)
		screen_open();
	screen->is_open = true;
	wake = screen_wait(0);
	now_ns = time_monotonic_ns();
	screen->is_over |= wake == SCREEN_WAKE_STOP;
	if (screen->is_over || (wake == SCREEN_WAKE_TIME && now_ns < screen->due_ns))
		return false;
	screen->due_ns = now_ns + INTERVAL_NS;
	return true;
}

/* Appends the lines of a text, each cut to `width` characters. */
static void add_cut(struct strbuf *out, const char *text, unsigned int width)
{
	unsigned int column = 0;

	for (; *text; text++) {
		bool is_start = ((unsigned char)*text & 0xc0) != 0x80; /* of a UTF-8 character */

		column = *text == '\n' ? 0 : column + is_start;
		if (column <= width)
			strbuf_add_bytes(out, text, 1);
	}
}

int count_screen_draw(const struct count_screen *screen, struct counts *counts,
		      const struct count_view *view, struct strbuf *text)
{
	struct count_view fitting = *view;
	struct strbuf cut = { 0 };
	unsigned int width, height;
	size_t room;
	int err;

	screen_size(&width, &height);
	room = height > OTHER_LINES ? height - OTHER_LINES : 1;
	if (!fitting.top || fitting.top > room)
		fitting.top = room;
	strbuf_clear(text);
	format_clock(text, time_realtime_ns());
	strbuf_addf(text, "  (q ends) events by %s\n", screen->by);
	counts_print(counts, &fitting, text);
	add_cut(&cut, strbuf_string(text), width);
	err = text->failed || cut.failed ? -ENOMEM : screen_draw(&cut);
	strbuf_free(&cut);
	strbuf_clear(text);
	return err;
}

void count_screen_close(struct count_screen *screen)
{
	if (screen->is_open)
		screen_close();
	screen->is_open = false;
}
