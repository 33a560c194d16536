// SPDX-License-Identifier: GPL-2.0-or-later
#include <signal.h>
#include <stddef.h>

#include "signals.h"

static volatile sig_atomic_t stop_asked, counts_asked;

static void on_stop(int signal)
{
	(void)signal;
	stop_asked = 1;
}

static void on_counts(int signal)
{
	(void)signal;
	counts_asked = 1;
}

void signals_catch(void)
{
	struct sigaction stop = { .sa_handler = on_stop, .sa_flags = (int)SA_RESETHAND };
	struct sigaction counts = { .sa_handler = on_counts, .sa_flags = SA_RESTART };
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	sigaction(SIGINT, &stop, NULL);
	sigaction(SIGTERM, &stop, NULL);
	sigaction(SIGHUP, &stop, NULL);
	sigaction(SIGUSR1, &counts, NULL);
	sigaction(SIGPIPE, &ignore, NULL);
}

bool signals_stop_asked(void)
{
	return stop_asked;
}

bool signals_counts_asked(void)
{
	bool asked = counts_asked;

	counts_asked = 0;
	return asked;
}
