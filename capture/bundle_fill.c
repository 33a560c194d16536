// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "anonymize/secret.h"
#include "bundle.h"
#include "bundle_step.h"
#include "file/output.h"
#include "util/confine.h"
#include "util/log.h"
#include "util/signals.h"

#define SECONDS_DEFAULT 10

const struct bundle_part bundle_parts[BUNDLE_PARTS] = {
	{ "drops.pcapng", "the events",
	  "addresses, ports, process and device names, cgroups, users" },
	{ "report.html", "what they say, for a browser", "the same" },
	{ "report.md", "the same as text", "the same" },
	{ "probe.txt", "what the kernel of this machine supports", NULL },
	{ "version.txt", "the version that made this", NULL },
};

char *bundle_path(const struct bundle *bundle, const char *file)
{
	char *path;

	return asprintf(&path, "%s/%s/%s", bundle->work, bundle->name, file) < 0 ? NULL : path;
}

/* Starts to capture, or to copy the files. */
static int begin_events(struct bundle *bundle, struct step *step, const char *path)
{
	const struct options *options = bundle->options;
	uint64_t duration_s = options->duration_s ? options->duration_s : SECONDS_DEFAULT;

	for (size_t i = 0; i < options->read_count; i++) {
		step_add(step, "-r");
		step_add(step, options->read_paths[i]);
	}
	step_add(step, "-w");
	step_add(step, path);
	if (!options->read_count) {
		snprintf(bundle->seconds, sizeof(bundle->seconds), "%" PRIu64, duration_s);
		step_add(step, "--duration");
		step_add(step, bundle->seconds);
		step->capture_s = duration_s;
	}
	step_add(step, "--");
	for (int i = 0; i < options->word_count; i++)
		step_add(step, options->words[i]);
	if (step->count == STEP_WORDS_MAX - 1) {
		log_line("bundle: more than %d files and words; give a folder with -r",
			 STEP_WORDS_MAX);
		return -E2BIG;
	}
	return step_begin(step);
}

/*
 * A request to stop ends a capture, whose events are complete until then. It has made no file if it
 * had not begun.
 */
static int end_events(struct step *step, const char *path)
{
	int err = step_end(step);

	return !err && access(path, F_OK) ? -ECANCELED : err;
}

static int anonymize(struct bundle *bundle, const char *from, const char *to)
{
	const struct options *options = bundle->options;
	struct step step = { .words = { bundle->self, "-r", from, "-w", to, "--anonymize" },
			     .count = 6,
			     .output = -1 };
	char key[24];
	int err;

	if (options->anonymize.key_path) {
		snprintf(key, sizeof(key), "/dev/fd/%d", bundle->key_fd);
		fcntl(bundle->key_fd, F_SETFD, 0); /* the step inherits it, no other has */
		step_add(&step, "--key");
		step_add(&step, key);
	}
	if (options->anonymize.ports)
		step_add(&step, "--anonymize-ports");
	if (options->anonymize.keep_private)
		step_add(&step, "--keep-private");
	err = step_run(&step);
	if (options->anonymize.key_path)
		fcntl(bundle->key_fd, F_SETFD, FD_CLOEXEC);
	unlink(from);
	return err;
}

/* Starts the step with its standard output in a new file. */
static int begin_into(struct step *step, const char *path)
{
	int err;

	step->output = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, OUTPUT_MODE);
	if (step->output < 0) {
		err = -errno;
		log_line("%s: cannot write it: %s", path, strerror(-err));
		return err;
	}
	err = step_begin(step);
	close(step->output);
	return err;
}

static int run_into(struct step *step, const char *path)
{
	int err = begin_into(step, path);

	return err ? err : step_end(step);
}

static int make_report(struct bundle *bundle, const char *events, const char *path, bool markdown)
{
	struct step step = { .words = { bundle->self, "report", events }, .count = 3 };

	if (markdown)
		step_add(&step, "--markdown");
	return run_into(&step, path);
}

/*
 * The key is read, or created, with the privileges that are left for the steps that need them. The
 * step that uses it gets it in a file without a name.
 */
static int open_key(struct bundle *bundle)
{
	const char *path = bundle->options->anonymize.key_path;
	struct secret secret;
	struct error error;
	int fd;

	if (!path)
		return 0;
	if (secret_load(&secret, path, &error)) {
		log_line("%s", error.text);
		return -EIO;
	}
	fd = memfd_create("key", MFD_CLOEXEC);
	if (fd < 0 || fchmod(fd, 0600) ||
	    write(fd, secret.key, sizeof(secret.key)) != (ssize_t)sizeof(secret.key)) {
		log_line("%s: cannot hand over the key: %s", path, strerror(errno));
		return -EIO;
	}
	bundle->key_fd = fd;
	return 0;
}

/*
 * What needs privileges has been started: from now on, nothing is done but to start programs (this
 * one again, and tar), to signal them, and to write in the temporary folder and beside the archive.
 */
static void give_up(const struct bundle *bundle)
{
	struct confine_plan plan = { .role = CONFINE_STARTER, .opens_outputs = true };
	int err;

	confine_add_folder(&plan, bundle->archive.data);
	if (plan.folder_count && privilege_needs_override(plan.folders[0]))
		plan.more_capabilities = PRIVILEGE_BIT(CAP_DAC_OVERRIDE);
	confine_add_folder(&plan, bundle->inside);
	err = confine_privileges(&plan);
	if (err)
		log_warning("cannot give up privileges: %s", strerror(-err));
	confine_access(&plan);
}

/* A kernel that supports nothing is described, too. */
static int make_events(struct bundle *bundle, const char *path, const char *probe)
{
	struct step events = { .words = { bundle->self }, .count = 1, .output = -1 };
	struct step probing = {
		.words = { bundle->self, "--probe" }, .count = 2, .may_fail = true, .is_kept = true
	};
	bool is_probing;
	int err = signals_stop_asked() ? -ECANCELED : open_key(bundle);

	if (!err)
		err = begin_events(bundle, &events, path);
	if (err)
		return err;
	is_probing = !begin_into(&probing, probe);
	give_up(bundle);
	err = end_events(&events, path);
	if (is_probing && err)
		step_abandon(&probing);
	else if (is_probing)
		step_end(&probing);
	return err;
}

static int make_parts(struct bundle *bundle, char *const *files, const char *raw)
{
	bool is_anonymous = bundle->options->anonymize.asked;
	struct step naming = { .words = { bundle->self, "-V" }, .count = 2 };
	int err = make_events(bundle, is_anonymous ? raw : files[0], files[3]);

	if (!err && is_anonymous)
		err = anonymize(bundle, raw, files[0]);
	if (!err)
		err = make_report(bundle, files[0], files[1], false);
	if (!err)
		err = make_report(bundle, files[0], files[2], true);
	if (!err)
		err = run_into(&naming, files[4]);
	return err;
}

int bundle_fill(struct bundle *bundle)
{
	char *files[BUNDLE_PARTS], *raw = bundle_path(bundle, "raw.pcapng");
	int err = raw ? 0 : -ENOMEM;

	for (size_t i = 0; i < BUNDLE_PARTS; i++) {
		files[i] = bundle_path(bundle, bundle_parts[i].name);
		err = files[i] ? err : -ENOMEM;
	}
	if (!err)
		err = make_parts(bundle, files, raw);
	for (size_t i = 0; i < BUNDLE_PARTS; i++)
		free(files[i]);
	free(raw);
	return err;
}
