// SPDX-License-Identifier: GPL-2.0-or-later
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "recorder_case.h"
#include "report/report_file.h"
#include "util/signals.h"
#include "util/time.h"

#define WAIT_S 60 /* for a thread that writes */

char recorder_folder[] = "/tmp/recorder-XXXXXX";
struct triggers *triggers;
struct sink *sink;
struct error open_error, dump_failure;
char notes[RECORDER_NOTES];
static uint64_t next_number, next_folder;

static void note(const char *format, ...)
{
	size_t length = strlen(notes);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(notes + length, sizeof(notes) - length - 1, format, arguments);
	va_end(arguments);
	strcat(notes, "\n");
}

struct recorder_config config_of(const char *pattern, uint64_t after_s, uint64_t pause_s)
{
	return (struct recorder_config){
		.files = { .limits = { .pattern = pattern },
			   .json = true,
			   .warn = note,
			   .note = note,
			   .failure = &dump_failure },
		.bytes = 16 << 20,
		.after_s = after_s,
		.pause_s = pause_s,
		.triggers = triggers,
	};
}

static void remove_folder(void)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -rf %s", recorder_folder);
	if (chdir("/") || system(command))
		printf("# %s is left\n", recorder_folder);
}

bool begin(const struct recorder_config *config)
{
	if (next_folder++)
		remove_folder();
	else
		atexit(remove_folder);
	strcpy(recorder_folder + strlen(recorder_folder) - 6, "XXXXXX");
	notes[0] = '\0';
	dump_failure.text[0] = '\0';
	next_number = 0;
	if (!mkdtemp(recorder_folder) || chdir(recorder_folder) || mkdir("sub", 0700))
		return false;
	signals_catch_dump();
	sink = sink_recorder_open(config, &open_error);
	return sink != NULL;
}

void use_trigger(const char *text)
{
	triggers_free(triggers);
	triggers = NULL;
	triggers_add(&triggers, text, &open_error);
}

bool add_events(uint64_t count, const char *reason)
{
	while (count--) {
		report_count = 0;
		report_set_number(add_report(AF_INET), KEY_skb_len, next_number++);
		if (!count && reason)
			report_set_text(&reports[0], KEY_reason, reason);
		if (sink->add(sink, &reports[0]))
			return false;
	}
	return true;
}

bool noted(const char *text)
{
	return strstr(notes, text) != NULL;
}

bool exists(const char *path)
{
	return access(path, F_OK) == 0;
}

bool until(bool (*is_fulfilled)(const char *what), const char *what)
{
	time_t end_s = time_monotonic_s() + WAIT_S;

	while (!sink->tick(sink) && time_monotonic_s() < end_s) {
		if (is_fulfilled(what))
			return true;
		usleep(1000);
	}
	return false;
}

bool shows(const char *text)
{
	size_t length = strlen(notes);
	bool found = !sink->show(sink) && strstr(notes + length, text);

	notes[length] = '\0';
	return found;
}

bool is_over(const char *path)
{
	return exists(path) && !shows("wait for the disk");
}

bool shows_no(const char *counts)
{
	return !shows(counts);
}
