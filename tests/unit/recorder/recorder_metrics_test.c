// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "recorder/recorder_metrics.h"
#include "test.h"

static int warnings;

static void warn(const char *format, ...)
{
	(void)format;
	warnings++;
}

/* Returns whether the file has the sample. */
static bool has(const char *path, const char *sample)
{
	char text[8192];
	FILE *file = fopen(path, "r");
	size_t n = file ? fread(text, 1, sizeof(text) - 1, file) : 0;

	text[n] = '\0';
	if (file)
		fclose(file);
	return strstr(text, sample);
}

static struct recorder_metrics *open_metrics(struct error *error)
{
	warnings = 0;
	return recorder_metrics_new("m.prom", 1, warn, error);
}

TEST(metrics_of_a_recorder_end_with_the_last_numbers)
{
	char folder[] = "/tmp/metrics_test_XXXXXX";
	struct error error;
	struct recorder_metrics *metrics;

	CHECK(mkdtemp(folder) && chdir(folder) == 0);
	metrics = open_metrics(&error);
	CHECK(metrics);
	/* The thread may still write the first one, and the second one is left out then. */
	recorder_metrics_write(metrics, &(struct recorder_numbers){ .recorded = 1 });
	recorder_metrics_write(metrics, &(struct recorder_numbers){ .recorded = 2 });
	recorder_metrics_end(metrics, &(struct recorder_numbers){ .recorded = 3 });
	CHECK(has("m.prom", "\ntcpdropcap_recorder_events_total 3\n") && !warnings);

	metrics = open_metrics(&error);
	CHECK(metrics && mkdir("m.prom.part", 0700) == 0);
	recorder_metrics_end(metrics, &(struct recorder_numbers){ .recorded = 4 });
	CHECK(has("m.prom", "\ntcpdropcap_recorder_events_total 3\n") && warnings == 1);
	CHECK(!open_metrics(&error) && strstr(error.text, "m.prom.part"));
	CHECK(rmdir("m.prom.part") == 0 && unlink("m.prom") == 0);
	CHECK(chdir("/") == 0 && rmdir(folder) == 0);
}
