// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "commands.h"
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

/* Wireshark takes what is on stdout for the fault, and a failing exit for no answer. */
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
	log_line(
		"capturing needs privileges that you do not have. Give them to tcpdropcap, once: %s",
		strbuf_string(&command));
	strbuf_free(&command);
	return EXIT_FAILURE;
}

/*
 * The reader of a FIFO that no one has opened for writing waits for ever, and with it, what is on
 * stderr. Opening and closing it ends that. It may come a while later; ENXIO: it is not there yet.
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
 * Whatever is on stderr when the capture ends, Wireshark shows as an error: an ordinary one says
 * nothing. A wrong option is told before a missing privilege, since it can be put right here.
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
