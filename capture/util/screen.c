// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "screen.h"
#include "signals.h"
#include "time.h"

/* Enter: alternate screen, no cursor, no automatic wrapping, home, clear. Leave: the reverse. */
#define ENTER "\033[?1049h\033[?25l\033[?7l\033[H\033[J"
#define LEAVE "\033[?7h\033[?25h\033[?1049l"

static const int end_signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
#define END_SIGNALS (sizeof(end_signals) / sizeof(end_signals[0]))

/* Global, because signal handlers have no argument of ours. A process has one terminal. */
static struct {
	volatile sig_atomic_t is_shown;
	volatile sig_atomic_t redraw;
	bool has_keys;
	struct termios before; /* of standard input, if it has keys */
	struct sigaction end_actions[END_SIGNALS];
} screen;

/*
 * Signal handlers call this, and enter() and leave(): write() and tcsetattr() are
 * async-signal-safe (signal-safety(7)). After a request to end, a terminal that accepts no output
 * does not block the program.
 */
static void write_text(const char *text)
{
	size_t length = strlen(text);
	ssize_t n;

	while (length && ((n = write(STDOUT_FILENO, text, length)) > 0 ||
			  (errno == EINTR && !signals_stop_asked()))) {
		text += n > 0 ? n : 0;
		length -= n > 0 ? (size_t)n : 0;
	}
}

static void enter(void)
{
	struct termios raw = screen.before;

	raw.c_lflag &= (tcflag_t) ~(ICANON | ECHO);
	if (screen.has_keys)
		tcsetattr(STDIN_FILENO, TCSANOW, &raw);
	write_text(ENTER);
	screen.is_shown = 1;
}

static void leave(void)
{
	if (!screen.is_shown)
		return;
	screen.is_shown = 0;
	write_text(LEAVE);
	if (screen.has_keys)
		tcsetattr(STDIN_FILENO, TCSANOW, &screen.before);
}

static void on_resize(int signal)
{
	(void)signal;
	screen.redraw = 1;
}

static void on_suspend(int signal)
{
	int saved = errno;

	(void)signal;
	leave();
	raise(SIGSTOP); /* until SIGCONT */
	enter();
	screen.redraw = 1;
	errno = saved;
}

/* The first signal requests the end (signals.h). A later one ends the program at once. */
static void on_end(int signal)
{
	int saved = errno;

	for (size_t i = 0; i < END_SIGNALS; i++) {
		const struct sigaction *action = &screen.end_actions[i];

		if (end_signals[i] == signal && !signals_stop_asked() &&
		    action->sa_handler != SIG_DFL && action->sa_handler != SIG_IGN) {
			action->sa_handler(signal);
			errno = saved;
			return;
		}
	}
	leave();
	sigaction(signal, &(struct sigaction){ .sa_handler = SIG_DFL }, NULL);
	raise(signal);
}

static void catch_signals(void)
{
	struct sigaction resize = { .sa_handler = on_resize };
	struct sigaction suspend = { .sa_handler = on_suspend };
	struct sigaction end = { .sa_handler = on_end };

	sigaction(SIGWINCH, &resize, NULL);
	sigaction(SIGTSTP, &suspend, NULL);
	for (size_t i = 0; i < END_SIGNALS; i++)
		sigaction(end_signals[i], &end, &screen.end_actions[i]);
}

void screen_size(unsigned int *width, unsigned int *height)
{
	struct winsize size = { 0 };

	ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	*width = size.ws_col ? size.ws_col : 80;
	*height = size.ws_row ? size.ws_row : 24;
}

void screen_open(void)
{
	screen.has_keys = isatty(STDIN_FILENO) && !tcgetattr(STDIN_FILENO, &screen.before);
	catch_signals();
	enter();
}

void screen_close(void)
{
	leave();
}

int screen_draw(const struct strbuf *text)
{
	unsigned int width, height;
	struct strbuf frame = { 0 };
	const char *line = strbuf_string(text);
	int err;

	screen_size(&width, &height);
	strbuf_add(&frame, "\033[H");
	for (unsigned int i = 0; i < height && *line; i++) {
		size_t length = strcspn(line, "\n");

		/* A newline after the last line would scroll the screen. */
		strbuf_add(&frame, i ? "\n" : "");
		strbuf_add_bytes(&frame, line, length);
		strbuf_add(&frame, "\033[K");
		line += length + (line[length] == '\n');
	}
	strbuf_add(&frame, "\033[J");
	err = frame.failed ? -ENOMEM : 0;
	if (!err)
		write_text(strbuf_string(&frame));
	strbuf_free(&frame);
	return err;
}

/* Returns whether a key requests the end. */
static bool read_keys(void)
{
	char keys[64];
	ssize_t n = read(STDIN_FILENO, keys, sizeof(keys));

	if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN))
		screen.has_keys = false;
	for (ssize_t i = 0; i < n; i++) {
		if (keys[i] == 'q' || keys[i] == 'Q')
			return true;
	}
	return false;
}

enum screen_wake screen_wait(uint64_t until_ns)
{
	struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };
	uint64_t now_ns;
	int timeout_ms;

	while (!signals_stop_asked()) {
		if (screen.redraw) {
			screen.redraw = 0;
			return SCREEN_WAKE_REDRAW;
		}
		now_ns = time_monotonic_ns();
		timeout_ms = now_ns >= until_ns
				     ? 0
				     : (int)((until_ns - now_ns + NS_PER_MS - 1) / NS_PER_MS);
		if (poll(&input, screen.is_shown && screen.has_keys, timeout_ms) > 0) {
			if (read_keys())
				return SCREEN_WAKE_STOP;
		} else if (!timeout_ms) {
			return SCREEN_WAKE_TIME;
		}
	}
	return SCREEN_WAKE_STOP;
}
