// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "bundle_step.h"
#include "commands.h"
#include "file/input_list.h"
#include "file/output.h"
#include "file/replace.h"
#include "file/same_file.h"
#include "util/log.h"
#include "util/signals.h"
#include "util/version.h"

#define SECONDS_DEFAULT 10

/* The files of a bundle. Its folder has the name that the archive gives it. */
static const struct part {
	const char *name;
	const char *contents;
	const char *named; /* what in it names somebody, unless it is anonymized; NULL: nothing */
} parts[] = {
	{ "drops.pcapng", "the events",
	  "addresses, ports, process and device names, cgroups, users" },
	{ "report.html", "what they say, for a browser", "the same" },
	{ "report.md", "the same as text", "the same" },
	{ "probe.txt", "what the kernel of this machine supports", NULL },
	{ "version.txt", "the version that made this", NULL },
};

struct bundle {
	const struct options *options;
	char self[PATH_MAX];
	char work[PATH_MAX]; /* a temporary folder; removed at the end */
	char name[64];	     /* of the folder in it, and of the archive */
	struct strbuf archive;
	struct strbuf part; /* the name of the archive until it is whole */
};

static void print_help(void)
{
	puts("Usage: tcpdropcap bundle [OPTION]... [EXPRESSION]\n\n"
	     "Makes an archive for a bug report: captured events, or those of files (-r), a report\n"
	     "on them, what the kernel supports, and the version. It says what could be secret.\n");
	options_print(OPTION_BUNDLE, stdout);
	puts("\nExit status: 0, 1 for a failure, 2 for wrong usage.");
}

/* The path of a file in the bundle. */
static char *path_of(const struct bundle *bundle, const char *file)
{
	char *path;

	return asprintf(&path, "%s/%s/%s", bundle->work, bundle->name, file) < 0 ? NULL : path;
}

static int make_events(struct bundle *bundle, const char *path)
{
	const struct options *options = bundle->options;
	uint64_t duration_s = options->duration_s ? options->duration_s : SECONDS_DEFAULT;
	struct step step = { .words = { bundle->self }, .count = 1, .output = -1 };
	char seconds[24];
	int err;

	for (size_t i = 0; i < options->read_count; i++) {
		step_add(&step, "-r");
		step_add(&step, options->read_paths[i]);
	}
	step_add(&step, "-w");
	step_add(&step, path);
	if (!options->read_count) {
		snprintf(seconds, sizeof(seconds), "%" PRIu64, duration_s);
		step_add(&step, "--duration");
		step_add(&step, seconds);
		step.capture_s = duration_s;
	}
	step_add(&step, "--");
	for (int i = 0; i < options->word_count; i++)
		step_add(&step, options->words[i]);
	if (step.count == STEP_WORDS_MAX - 1) {
		log_line("bundle: more than %d files and words; give a folder with -r",
			 STEP_WORDS_MAX);
		return -E2BIG;
	}
	err = step_run(&step);
	if (err || !access(path, F_OK))
		return err;
	log_line("stopped before the capture began");
	return -ECANCELED;
}

static int anonymize(struct bundle *bundle, const char *from, const char *to)
{
	const struct options *options = bundle->options;
	struct step step = { .words = { bundle->self, "-r", from, "-w", to, "--anonymize" },
			     .count = 6,
			     .output = -1 };
	int err;

	if (options->anonymize.key_path) {
		step_add(&step, "--key");
		step_add(&step, options->anonymize.key_path);
	}
	if (options->anonymize.ports)
		step_add(&step, "--anonymize-ports");
	if (options->anonymize.keep_private)
		step_add(&step, "--keep-private");
	err = step_run(&step);
	unlink(from);
	return err;
}

/* Runs the step with its standard output in a new file. */
static int run_into(struct step *step, const char *path)
{
	int err;

	step->output = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, OUTPUT_MODE);
	if (step->output < 0) {
		err = -errno;
		log_line("%s: cannot write it: %s", path, strerror(-err));
		return err;
	}
	err = step_run(step);
	close(step->output);
	return err;
}

static int make_report(struct bundle *bundle, const char *events, const char *path, bool markdown)
{
	struct step step = { .words = { bundle->self, "report", events }, .count = 3 };

	if (markdown)
		step_add(&step, "--markdown");
	return run_into(&step, path);
}

/* A kernel that supports nothing is described, too. */
static void describe_program(struct bundle *bundle, const char *probe, const char *version)
{
	struct step probing = { .words = { bundle->self, "--probe" },
				.count = 2,
				.may_fail = true };
	struct step naming = { .words = { bundle->self, "-V" }, .count = 2 };

	run_into(&probing, probe);
	run_into(&naming, version);
}

static int fill(struct bundle *bundle)
{
	bool is_anonymous = bundle->options->anonymize.asked;
	char *files[sizeof(parts) / sizeof(parts[0])], *raw = path_of(bundle, "raw.pcapng");
	int err = raw ? 0 : -ENOMEM;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		files[i] = path_of(bundle, parts[i].name);
		err = files[i] ? err : -ENOMEM;
	}
	if (!err)
		err = make_events(bundle, is_anonymous ? raw : files[0]);
	if (!err && is_anonymous)
		err = anonymize(bundle, raw, files[0]);
	if (!err)
		err = make_report(bundle, files[0], files[1], false);
	if (!err)
		err = make_report(bundle, files[0], files[2], true);
	if (!err)
		describe_program(bundle, files[3], files[4]);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		free(files[i]);
	free(raw);
	return err;
}

static int cannot_write(const char *path, int err)
{
	log_line("%s: cannot write it: %s; choose another file with -o", path, strerror(-err));
	return err;
}

/* A file of that name, even one that is left over, may be somebody's: it is not touched. */
static int open_part(const struct bundle *bundle)
{
	int fd = open(bundle->part.data, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, OUTPUT_MODE);

	return fd < 0 ? cannot_write(bundle->part.data, -errno) : fd;
}

/* The archive has no name of the user who made it. tar would take one with a colon for a host. */
static int pack(struct bundle *bundle)
{
	struct step step = { .words = { "tar", "-C", bundle->work, "--owner=0", "--group=0",
					"--numeric-owner", "-czf", "-", bundle->name },
			     .count = 9,
			     .object = bundle->archive.data };
	int err;

	step.output = open_part(bundle);
	if (step.output < 0)
		return step.output;
	err = step_run(&step);
	if (close(step.output) && !err)
		err = cannot_write(bundle->part.data, -errno);
	if (!err && rename(bundle->part.data, bundle->archive.data))
		err = cannot_write(bundle->archive.data, -errno);
	if (err)
		unlink(bundle->part.data);
	return err;
}

static void print_contents(const struct bundle *bundle)
{
	bool is_anonymous = bundle->options->anonymize.asked;
	struct stat st;

	if (!stat(bundle->archive.data, &st))
		printf("%s: %lld bytes\n", bundle->archive.data, (long long)st.st_size);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		char *path = path_of(bundle, parts[i].name);

		if (path && !stat(path, &st))
			printf("  %-13s %9lld bytes  %s%s%s\n", parts[i].name,
			       (long long)st.st_size, parts[i].contents,
			       parts[i].named && !is_anonymous ? "; it names: " : "",
			       parts[i].named && !is_anonymous ? parts[i].named : "");
		free(path);
	}
	puts(is_anonymous
		     ? "Addresses and names are pseudonyms; times and lengths are true. No payload "
		       "is in it."
		     : "No payload is in it. --anonymize replaces the names and addresses.");
}

static void remove_all(const struct bundle *bundle)
{
	static const char *const others[] = { "raw.pcapng", "" };

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]) + 2; i++) {
		size_t count = sizeof(parts) / sizeof(parts[0]);
		char *path = path_of(bundle, i < count ? parts[i].name : others[i - count]);

		if (path)
			remove(path);
		free(path);
	}
	rmdir(bundle->work);
}

/* Returns whether path is one of the files, also of those in the folders, that are read. */
static bool is_read(const char *path, const struct options *options)
{
	struct input_list inputs = { 0 };
	struct error error;
	bool found = false;

	/* One that cannot be read is said when it is. */
	for (size_t i = 0; i < options->read_count; i++)
		input_list_add(&inputs, options->read_paths[i], &error);
	for (size_t i = 0; i < inputs.count && !found; i++)
		found = same_file(path, inputs.paths[i]);
	input_list_free(&inputs);
	return found;
}

/* Returns 0, or the exit status, after it has printed why. */
static int check_archive(const struct bundle *bundle)
{
	const char *path = strbuf_string(&bundle->archive), *wrong = NULL;
	const char *key = bundle->options->anonymize.key_path;
	struct error error;
	int fd;

	if (strcmp(path, "-") == 0)
		wrong = "the archive is replaced as a whole, which standard output cannot be; name "
			"a file";
	else if (is_read(path, bundle->options))
		wrong = "it names a file that is read; choose another";
	else if (key && (strcmp(path, key) == 0 || same_file(path, key)))
		wrong = "it names the key; choose another";
	if (wrong) {
		log_line("bundle: -o %s: %s", path, wrong);
		return EXIT_USAGE;
	}
	if (file_replace_check(path, "-o", &error)) {
		log_line("%s", error.text);
		return EXIT_FAILURE;
	}
	fd = open_part(bundle);
	if (fd < 0)
		return EXIT_FAILURE;
	/* Until it is packed: a folder that is read would have an unfinished file. */
	close(fd);
	unlink(bundle->part.data);
	return 0;
}

static int name_files(struct bundle *bundle, const char *archive)
{
	time_t now = time(NULL);
	struct tm tm;

	localtime_r(&now, &tm);
	strftime(bundle->name, sizeof(bundle->name), "tcpdropcap-%Y%m%d-%H%M%S", &tm);
	if (archive)
		strbuf_add(&bundle->archive, archive);
	else
		strbuf_addf(&bundle->archive, "%s.tar.gz", bundle->name);
	strbuf_addf(&bundle->part, "%s" OUTPUT_PART, strbuf_string(&bundle->archive));
	return bundle->archive.failed || bundle->part.failed ? -ENOMEM : 0;
}

static int make_folder(struct bundle *bundle)
{
	const char *folder = secure_getenv("TMPDIR");
	ssize_t length = readlink("/proc/self/exe", bundle->self, sizeof(bundle->self) - 1);
	char *path;
	int err;

	if (length < 0)
		return -errno;
	bundle->self[length] = '\0';
	umask(077);
	snprintf(bundle->work, sizeof(bundle->work), "%s/tcpdropcap-XXXXXX",
		 folder && *folder ? folder : "/tmp");
	if (!mkdtemp(bundle->work))
		return -errno;
	path = path_of(bundle, "");
	err = !path ? -ENOMEM : mkdir(path, 0700) ? -errno : 0;
	free(path);
	return err;
}

static int fill_and_pack(struct bundle *bundle)
{
	int err = make_folder(bundle);

	if (err) {
		log_line("a temporary folder cannot be made: %s; TMPDIR names another place",
			 strerror(-err));
		return EXIT_FAILURE;
	}
	signals_catch();
	err = fill(bundle);
	if (!err)
		err = pack(bundle);
	if (err)
		log_line("bundle: no archive is made, because of the failure above");
	else
		print_contents(bundle);
	remove_all(bundle);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int make_bundle(struct options *options, int argc, char **argv)
{
	struct bundle bundle = { .options = options };
	int status = EXIT_FAILURE;

	(void)argc;
	(void)argv;
	if (name_files(&bundle, options->page_path))
		log_line("out of memory");
	else
		status = check_archive(&bundle);
	if (!status)
		status = fill_and_pack(&bundle);
	strbuf_free(&bundle.archive);
	strbuf_free(&bundle.part);
	return status;
}

int cmd_bundle(int argc, char **argv)
{
	return command_run(OPTION_BUNDLE, argc, argv, print_help, make_bundle);
}
