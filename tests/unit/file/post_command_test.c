// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file/post_command.h"
#include "test.h"

#define WAIT_S 60

static char directory[] = "/tmp/post_command_test.XXXXXX";
static struct error error;

/* A script with these lines, which finds its folder in $d. */
static const char *script(const char *lines)
{
	static char path[64];
	FILE *file;

	strcpy(directory, "/tmp/post_command_test.XXXXXX");
	if (!mkdtemp(directory))
		abort();
	snprintf(path, sizeof(path), "%s/script", directory);
	file = fopen(path, "we");
	fprintf(file, "#!/bin/sh\nd=%s\n%s\n", directory, lines);
	fclose(file);
	chmod(path, 0700);
	return path;
}

static void text_of(const char *file, char text[256])
{
	char path[96];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", directory, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? 0 : read(fd, text, 255);
	text[n > 0 ? n : 0] = '\0';
	close(fd);
}

static void done(void)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -rf '%s'", directory);
	if (system(command))
		abort();
}

/*
 * sed takes the place of the shell, which blocks all signals for an instant when it starts a
 * program. What this program's caller ignored would be ignored by the command, too.
 */
TEST(command_gets_the_file_alone_at_the_lowest_priority)
{
	struct post_commands *commands;
	struct post_counts counts;
	char text[256];

	/* Whoever runs the tests may ignore signals, as nohup does. */
	for (int number = 1; number < 32; number++)
		signal(number, SIG_DFL);
	signal(SIGPIPE, SIG_IGN);
	commands = post_commands_new(
		script("echo \"$# $1 $(nice) $(readlink /proc/$$/fd/0)\" >$d/out\n"
		       "exec sed -En 's/^Sig(Blk|Ign).*(.....)$/\\2/p' /proc/self/status >$d/signals"),
		&error);
	CHECK(commands);
	post_commands_run(commands, "a b;c");
	counts = post_commands_wait(commands, WAIT_S);
	CHECK(counts.succeeded == 1 && !counts.failed && !counts.running && !counts.skipped);
	text_of("out", text);
	CHECK_STR(text, "1 a b;c 19 /dev/null\n");
	text_of("signals", text);
	CHECK_STR(text, "00000\n00000\n");
	CHECK(!post_commands_failure(commands, &error));
	post_commands_free(commands);
	done();
}

TEST(failures_are_kept_and_counted)
{
	struct post_commands *commands =
		post_commands_new(script("[ $1 != k ] || kill -9 $$\n[ $1 != f ] || exit 3"),
				  &error);
	struct post_counts counts;
	bool status = false, killed = false;

	post_commands_run(commands, "f");
	post_commands_run(commands, "k");
	post_commands_run(commands, "good");
	counts = post_commands_wait(commands, WAIT_S);
	CHECK(counts.succeeded == 1 && counts.failed == 2);
	while (post_commands_failure(commands, &error)) {
		status |= strstr(error.text, " f: exit status 3") != NULL;
		killed |= strstr(error.text, " k: ended by signal 9") != NULL;
	}
	CHECK(status && killed);
	post_commands_free(commands);
	done();
}

TEST(some_run_at_a_time_and_all_in_the_end)
{
	struct post_commands *commands = post_commands_new(
		script("mkdir $d/run.$$; ls -d $d/run.* 2>/dev/null | wc -l >>$d/counts; rmdir $d/run.$$"),
		&error);
	struct post_counts counts;
	char text[256];

	for (int i = 0; i < 40; i++)
		post_commands_run(commands, "x");
	counts = post_commands_wait(commands, WAIT_S);
	CHECK(counts.succeeded == 40);
	text_of("counts", text);
	CHECK(strlen(text) == 80); /* one digit each */
	for (const char *at = text; *at; at += 2)
		CHECK(*at >= '1' && *at <= '0' + POST_COMMANDS_RUNNING);
	post_commands_free(commands);
	done();
}

TEST(command_that_hangs_is_not_waited_for)
{
	struct post_commands *commands =
		post_commands_new(script("echo $$ >$d/pid.$1\nexec sleep 600"), &error);
	struct post_counts counts;
	char text[256] = "", name[] = "pid.0";

	for (int i = 0; i < POST_COMMANDS_RUNNING + 2; i++)
		post_commands_run(commands, (char[]){ (char)('0' + i), '\0' });
	for (int i = 0; i < POST_COMMANDS_RUNNING; i++) {
		name[4] = (char)('0' + i);
		for (text_of(name, text); !strchr(text, '\n'); text_of(name, text))
			usleep(1000);
	}
	counts = post_commands_wait(commands, 0);
	CHECK(counts.running == POST_COMMANDS_RUNNING && counts.skipped == 2);
	post_commands_free(commands);
	for (int i = 0; i < POST_COMMANDS_RUNNING; i++) {
		name[4] = (char)('0' + i);
		text_of(name, text);
		kill(atoi(text), SIGKILL);
	}
	done();
}

TEST(list_of_waiting_files_is_bounded)
{
	struct post_commands *commands =
		post_commands_new(script("while ! [ -e $d/go ]; do sleep 0.1; done"), &error);
	struct post_counts counts;
	char path[96];

	for (int i = 0; i < POST_COMMANDS_RUNNING + POST_COMMANDS_WAITING + 5; i++)
		post_commands_run(commands, "x");
	CHECK(post_commands_failure(commands, &error));
	CHECK(strstr(error.text, "too many files wait"));
	snprintf(path, sizeof(path), "%s/go", directory);
	close(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	counts = post_commands_wait(commands, WAIT_S);
	CHECK(counts.succeeded + counts.skipped ==
	      POST_COMMANDS_RUNNING + POST_COMMANDS_WAITING + 5);
	CHECK(counts.succeeded >= POST_COMMANDS_WAITING && counts.skipped >= 5);
	post_commands_free(commands);
	done();
}

TEST(unknown_command_is_refused)
{
	CHECK(!post_commands_new("no-such-command-anywhere", &error));
	CHECK(strstr(error.text, "-z: 'no-such-command-anywhere'"));
	CHECK(!post_commands_new("gzip -9", &error));
	CHECK(!post_commands_new("", &error));
}
