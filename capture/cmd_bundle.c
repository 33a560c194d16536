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

#include "bundle.h"
#include "bundle_step.h"
#include "commands.h"
#include "file/input_list.h"
#include "file/output.h"
#include "file/replace.h"
#include "file/same_file.h"
#include "util/log.h"
#include "util/signals.h"
#include "util/version.h"

static void print_help(void)
{
	puts("Usage: tcpdropcap bundle [OPTION]... [EXPRESSION]\n\n"
	     "Makes an archive for a bug report: captured events, or those of files (-r), a report\n"
	     "on them, what the kernel supports, and the version. It says what could be secret.\n");
	options_print(OPTION_BUNDLE, stdout);
	puts("\nExit status: 0, 1 for a failure, 2 for wrong usage.");
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

/* The name of the user is not in the archive. tar would interpret a name with a colon as a host. */
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
	for (size_t i = 0; i < BUNDLE_PARTS; i++) {
		char *path = bundle_path(bundle, bundle_parts[i].name);

		if (path && !stat(path, &st))
			printf("  %-13s %9lld bytes  %s%s%s\n", bundle_parts[i].name,
			       (long long)st.st_size, bundle_parts[i].contents,
			       bundle_parts[i].named && !is_anonymous ? "; it names: " : "",
			       bundle_parts[i].named && !is_anonymous ? bundle_parts[i].named : "");
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

	for (size_t i = 0; i < BUNDLE_PARTS + 2; i++) {
		size_t count = BUNDLE_PARTS;
		char *path = bundle_path(bundle,
					 i < count ? bundle_parts[i].name : others[i - count]);

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
	snprintf(bundle->inside, sizeof(bundle->inside), "%s/%s", bundle->work, bundle->name);
	path = bundle_path(bundle, "");
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
	err = bundle_fill(bundle);
	if (!err)
		err = pack(bundle);
	if (err == -ECANCELED)
		log_line("bundle: stopped before it was complete; no archive is made");
	else if (err)
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
	signals_catch(); /* before there is anything to remove */
	signals_note_repeated();
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
