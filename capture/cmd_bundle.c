// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "commands.h"
#include "util/log.h"
#include "util/signals.h"
#include "util/version.h"

#define SECONDS_DEFAULT 10
#define ARGUMENTS_MAX	1024
#define WAIT_US		20000

extern char **environ;

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
};

/* A command line; the texts are not copied. */
struct line {
	const char *words[ARGUMENTS_MAX];
	size_t count;
};

static void print_help(void)
{
	puts("Usage: tcpdropcap bundle [OPTION]... [EXPRESSION]\n\n"
	     "Makes an archive for a bug report: captured events, or those of files (-r), a report\n"
	     "on them, what the kernel supports, and the version. It says what could be secret.\n");
	options_print(OPTION_BUNDLE, stdout);
	puts("\nExit status: 0, 1 for a failure, 2 for wrong usage.");
}

static void add(struct line *line, const char *word)
{
	if (line->count < ARGUMENTS_MAX - 1)
		line->words[line->count++] = word;
}

/* Waits for the child; a request to stop is passed on: a capture ends, and the bundle goes on. */
static int wait_for(pid_t child)
{
	static bool is_told; /* once: the steps after the capture are made */
	pid_t ended;
	int status;

	/* A wait without an end could miss a signal that comes just before it. */
	while ((ended = waitpid(child, &status, WNOHANG)) == 0) {
		if (signals_stop_asked() && !is_told)
			kill(child, SIGINT);
		is_told = signals_stop_asked();
		usleep(WAIT_US);
	}
	if (ended < 0)
		return -errno;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -ECHILD;
}

/*
 * Runs the program. output: a file for its standard output; what such a program says of its input
 * has been said before. NULL: both stay. Returns 0 or -errno.
 */
static int run(const struct line *line, const char *output)
{
	posix_spawn_file_actions_t actions;
	pid_t child;
	int err;

	posix_spawn_file_actions_init(&actions);
	if (output)
		posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output,
						 O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (output)
		posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	err = posix_spawnp(&child, line->words[0], &actions, NULL, (char *const *)line->words,
			   environ);
	posix_spawn_file_actions_destroy(&actions);
	if (err) {
		log_line("%s: cannot run it: %s", line->words[0], strerror(err));
		return -err;
	}
	err = wait_for(child);
	if (err && output)
		log_line("bundle: '%s' has failed", line->words[1]);
	return err;
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
	struct line line = { { bundle->self }, 1 };
	char seconds[24];

	for (size_t i = 0; i < options->read_count; i++) {
		add(&line, "-r");
		add(&line, options->read_paths[i]);
	}
	add(&line, "-w");
	add(&line, path);
	if (!options->read_count) {
		snprintf(seconds, sizeof(seconds), "%" PRIu64,
			 options->duration_s ? options->duration_s : SECONDS_DEFAULT);
		add(&line, "--duration");
		add(&line, seconds);
	}
	add(&line, "--");
	for (int i = 0; i < options->word_count; i++)
		add(&line, options->words[i]);
	if (line.count == ARGUMENTS_MAX - 1) {
		log_line("bundle: more than %d files and words; give a folder with -r",
			 ARGUMENTS_MAX);
		return -E2BIG;
	}
	return run(&line, NULL);
}

static int anonymize(struct bundle *bundle, const char *from, const char *to)
{
	const struct options *options = bundle->options;
	struct line line = { { bundle->self, "-r", from, "-w", to, "--anonymize" }, 6 };
	int err;

	if (options->anonymize.key_path) {
		add(&line, "--key");
		add(&line, options->anonymize.key_path);
	}
	if (options->anonymize.ports)
		add(&line, "--anonymize-ports");
	if (options->anonymize.keep_private)
		add(&line, "--keep-private");
	err = run(&line, NULL);
	unlink(from);
	return err;
}

static int make_report(struct bundle *bundle, const char *events, const char *path, bool markdown)
{
	struct line line = { { bundle->self, "report", events }, 3 };

	if (markdown)
		add(&line, "--markdown");
	return run(&line, path);
}

/* A kernel that supports nothing is described, too. */
static void describe_program(struct bundle *bundle, const char *probe, const char *version)
{
	const struct line probing = { { bundle->self, "--probe" }, 2 };
	const struct line naming = { { bundle->self, "-V" }, 2 };

	run(&probing, probe);
	run(&naming, version);
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

/* The archive has no name of the user who made it. */
static int pack(struct bundle *bundle)
{
	const struct line line = { { "tar", "-C", bundle->work, "--owner=0", "--group=0",
				     "--numeric-owner", "-czf", strbuf_string(&bundle->archive),
				     bundle->name },
				   9 };

	return bundle->archive.failed ? -ENOMEM : run(&line, NULL);
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

static int prepare(struct bundle *bundle, const struct options *options)
{
	const char *folder = secure_getenv("TMPDIR");
	time_t now = time(NULL);
	ssize_t length = readlink("/proc/self/exe", bundle->self, sizeof(bundle->self) - 1);
	struct tm tm;
	char *path;
	int err;

	if (length < 0)
		return -errno;
	bundle->self[length] = '\0';
	umask(077);
	localtime_r(&now, &tm);
	strftime(bundle->name, sizeof(bundle->name), "tcpdropcap-%Y%m%d-%H%M%S", &tm);
	if (options->page_path)
		strbuf_add(&bundle->archive, options->page_path);
	else
		strbuf_addf(&bundle->archive, "%s.tar.gz", bundle->name);
	snprintf(bundle->work, sizeof(bundle->work), "%s/tcpdropcap-XXXXXX",
		 folder && *folder ? folder : "/tmp");
	if (!mkdtemp(bundle->work))
		return -errno;
	path = path_of(bundle, "");
	err = !path ? -ENOMEM : mkdir(path, 0700) ? -errno : 0;
	free(path);
	return err;
}

static int make_bundle(struct options *options, int argc, char **argv)
{
	struct bundle bundle = { .options = options };
	int err = prepare(&bundle, options);

	(void)argc;
	(void)argv;
	if (err) {
		log_line("a temporary folder cannot be made: %s; TMPDIR names another place",
			 strerror(-err));
		return EXIT_FAILURE;
	}
	signals_catch();
	err = fill(&bundle);
	if (!err && (err = pack(&bundle)))
		unlink(strbuf_string(&bundle.archive));
	if (err)
		log_line("bundle: no archive is made, because of the failure above");
	else
		print_contents(&bundle);
	remove_all(&bundle);
	strbuf_free(&bundle.archive);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}

int cmd_bundle(int argc, char **argv)
{
	return command_run(OPTION_BUNDLE, argc, argv, print_help, make_bundle);
}
