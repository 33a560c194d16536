// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "commands.h"
#include "file/held.h"
#include "filter/expression.h"
#include "extcap.h"
#include "util/log.h"
#include "util/privilege.h"
#include "util/signals.h"

static int print(void (*answer)(struct strbuf *))
{
	struct strbuf text = { 0 };
	bool failed;

	answer(&text);
	failed = text.failed || fputs(strbuf_string(&text), stdout) == EOF || fflush(stdout);
	strbuf_free(&text);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* Wireshark shows stdout as the error. It ignores the answer of a call that fails. */
static int check_filter(const struct extcap_call *call)
{
	char *words[] = { (char *)(uintptr_t)call->filter };
	struct error error = { 0 };
	struct expression *expression = expression_new(words, 1, &error);

	if (!expression)
		puts(error.text);
	expression_free(expression);
	return EXIT_SUCCESS;
}

static int refuse_unprivileged(void)
{
	struct strbuf command = { 0 };

	privilege_command(&command);
	log_line("capturing needs privileges that you do not have. Give them to tcpdropcap, "
		 "once: %s",
		 strbuf_string(&command));
	strbuf_free(&command);
	return EXIT_FAILURE;
}

/*
 * Wireshark opens the FIFO for reading and blocks until it is opened for writing; before that, it
 * shows no error either. Opening and closing the FIFO ends the wait. While Wireshark has not opened
 * it yet, open(2) fails with ENXIO.
 */
static void release_reader(const char *fifo)
{
	int fd = -1;

	for (int i = 0; i < 100 && !signals_stop_asked(); i++) {
		fd = open(fifo, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
		if (fd >= 0 || errno != ENXIO)
			break;
		usleep(50000);
	}
	if (fd >= 0)
		close(fd);
}

/*
 * Wireshark shows everything on stderr as an error when the capture ends, so a capture without
 * failures prints nothing there. A wrong option is reported before a missing privilege, because the
 * user can correct it in the dialog.
 */
static int capture(const struct extcap_call *call)
{
	struct options options;
	struct error error = { 0 };
	int status = EXIT_FAILURE;

	log_failures_only();
	signals_catch();
	if (options_parse(OPTION_CAPTURE, call->argument_count, call->arguments, &options, &error))
		log_line("%s", error.text);
	else if (!privilege_to_capture())
		status = refuse_unprivileged();
	else
		status = capture_with(&options, call->argument_count, call->arguments);
	held_release();
	options_free(&options);
	if (status != EXIT_SUCCESS)
		release_reader(call->fifo);
	return status;
}

int cmd_extcap(int argc, char **argv)
{
	struct extcap_call call;
	struct error error = { 0 };
	int status = EXIT_SUCCESS;

	if (extcap_parse(argc, argv, &call, &error)) {
		log_line("%s", error.text);
		status = EXIT_FAILURE;
	} else if (call.question == EXTCAP_INTERFACES) {
		status = print(extcap_interfaces);
	} else if (call.question == EXTCAP_LINK_TYPES) {
		status = print(extcap_link_types);
	} else if (call.question == EXTCAP_CONFIG) {
		status = print(extcap_config);
	} else if (call.question == EXTCAP_CHECK_FILTER) {
		status = check_filter(&call);
	} else if (call.question == EXTCAP_CAPTURE) {
		status = capture(&call);
	}
	extcap_free(&call);
	return status;
}
