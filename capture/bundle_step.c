// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bundle_step.h"
#include "util/log.h"
#include "util/signals.h"
#include "util/strbuf.h"

#define WAIT_US 20000
#define PREFIX	"tcpdropcap: "
#define FAILURE "<3>" /* the level of a failure, as sd-daemon(3) has it */

void step_add(struct step *step, const char *word)
{
	if (step->count < STEP_WORDS_MAX - 1)
		step->words[step->count++] = word;
}

/*
 * A signal of the terminal must reach a step only when wait_for() passes it on, so it is in a group
 * of its own. From there, the terminal cannot be read (nothing of it should be), which must not
 * stop the step. What ends this process, as SIGQUIT does, ends the step, too.
 */
static void leave_group(void)
{
	setpgid(0, 0);
	signal(SIGTTIN, SIG_IGN);
	signal(SIGTTOU, SIG_IGN);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
}

/* The words go where the journal of systemd seems to be, so that each line has its level. */
static void become(const struct step *step)
{
	int said = step->said;
	char stream[64];
	struct stat st;

	leave_group();
	if (!fstat(said, &st)) {
		snprintf(stream, sizeof(stream), "%ju:%ju", (uintmax_t)st.st_dev,
			 (uintmax_t)st.st_ino);
		setenv("JOURNAL_STREAM", stream, 1);
	}
	if (dup2(said, STDERR_FILENO) >= 0 &&
	    (step->output < 0 || dup2(step->output, STDOUT_FILENO) >= 0))
		execvp(step->words[0], (char *const *)step->words);
	dprintf(said, "%s: cannot run it: %s\n", step->words[0], strerror(errno));
	_exit(127);
}

/* All that was said so far. The place in the file is that of the writer. */
static void read_said(int said, struct strbuf *text)
{
	char bytes[4096];
	ssize_t n;

	while ((n = pread(said, bytes, sizeof(bytes), (off_t)text->length)) > 0 && !text->failed)
		strbuf_add_bytes(text, bytes, (size_t)n);
}

static bool has_begun(int said)
{
	struct strbuf text = { 0 };
	bool has;

	read_said(said, &text);
	has = strstr(strbuf_string(&text), PREFIX "capturing to ");
	strbuf_free(&text);
	return has;
}

/* Returns whether a request to stop ended it. Else, even after one, its end is a failure. */
static bool is_ended_by_request(int status)
{
	if (!WIFSIGNALED(status) || !signals_stop_asked())
		return false;
	switch (WTERMSIG(status)) {
	case SIGINT:
	case SIGTERM:
	case SIGHUP:
		return true;
	case SIGKILL:
		return signals_stop_repeated();
	default:
		return false;
	}
}

/* Only a capture that is told to stop is complete; a copy that ends early succeeds, too. */
static int result_of(const struct step *step, int status, bool is_told)
{
	if (is_ended_by_request(status))
		return -ECANCELED;
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		return -ECHILD;
	return is_told && !step->capture_s ? -ECANCELED : 0;
}

static int wait_for(const struct step *step)
{
	static bool is_passed_on; /* once: the steps after the capture are made */
	bool is_told = false, is_awaited = step->capture_s;
	pid_t ended;
	int status;

	/* A wait without an end could miss a signal that comes just before it. */
	while ((ended = waitpid(step->child, &status, WNOHANG)) == 0) {
		if (!is_passed_on && !step->is_kept && signals_stop_asked()) {
			is_passed_on = is_told = true;
			kill(step->child, SIGINT);
		}
		if (signals_stop_repeated())
			kill(step->child, SIGKILL);
		if (is_awaited && has_begun(step->said)) {
			log_note("capturing for %" PRIu64 " s; Ctrl-C ends it earlier",
				 step->capture_s);
			is_awaited = false;
		}
		usleep(WAIT_US);
	}
	return ended < 0 ? -errno : result_of(step, status, is_told);
}

static void print_line(const struct step *step, const char *line)
{
	if (strncmp(line, PREFIX, strlen(PREFIX)) == 0)
		line += strlen(PREFIX);
	if (step->object)
		log_line("%s: cannot write it: %s", step->object, line);
	else
		log_line("%s", line);
}

/*
 * A line without a level is of another program, or of ours when it has the capabilities of
 * setcap(8), with which it does not trust the environment.
 */
static bool is_printed(const struct step *step, const char *line, bool failed, size_t printed)
{
	if (strncmp(line, FAILURE, strlen(FAILURE)) == 0)
		return true;
	return failed && *line && *line != '<' && !(step->object && printed);
}

static void print_failures(const struct step *step, char *text, bool failed)
{
	size_t printed = 0;
	char *rest = text;

	for (char *line; rest && (line = strsep(&rest, "\n"));) {
		if (!is_printed(step, line, failed, printed))
			continue;
		print_line(step, *line == '<' ? line + strlen(FAILURE) : line);
		printed++;
	}
	if (failed && !printed)
		log_line("bundle: '%s' has failed", step->words[step->object ? 0 : 1]);
}

int step_begin(struct step *step)
{
	int err;

	step->said = memfd_create("said", MFD_CLOEXEC);
	step->child = step->said < 0 ? -1 : signals_fork(step->is_kept ? SIG_IGN : SIG_DFL);
	if (step->child == 0)
		become(step);
	if (step->child > 0)
		return 0;
	err = -errno;
	log_line("%s: cannot run it: %s", step->words[0], strerror(-err));
	if (step->said >= 0)
		close(step->said);
	return err;
}

int step_end(struct step *step)
{
	struct strbuf text = { 0 };
	int err = wait_for(step);

	read_said(step->said, &text);
	strbuf_add(&text, "");
	if (!step->may_fail && err != -ECANCELED)
		print_failures(step, text.data, err);
	strbuf_free(&text);
	close(step->said);
	return err;
}

void step_abandon(struct step *step)
{
	kill(step->child, SIGKILL);
	waitpid(step->child, NULL, 0);
	close(step->said);
}

int step_run(struct step *step)
{
	int err = step_begin(step);

	return err ? err : step_end(step);
}
