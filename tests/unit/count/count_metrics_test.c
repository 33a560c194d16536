// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>

#include "count/count_metrics.h"
#include "test.h"

static struct error error;
static struct strbuf out;

static void add(struct counts *counts, const char *owner, const char *reason)
{
	struct drop_report report = { 0 };

	report_set_text(&report, KEY_owner, owner);
	if (reason)
		report_set_text(&report, KEY_reason, reason);
	if (counts_add(counts, &report))
		abort();
}

static const char *formatted(struct counts *counts)
{
	const struct capture_health health = { 1, 2, 3, 4, 5, 40960, 1795770940250000000 };

	strbuf_clear(&out);
	count_metrics_format(counts, &health, 1795770938, &out);
	return strbuf_string(&out);
}

TEST(counters_have_labels_and_an_end)
{
	const struct count_config config = { .by = "owner,reason",
					     .form = COUNT_TABLE,
					     .groups_max = 2 };
	struct counts *counts = counts_new(&config, &error);

	add(counts, "nginx", "NO_SOCKET");
	add(counts, "nginx", "NO_SOCKET");
	add(counts, "a\"\\\n\x1b", NULL);
	add(counts, "third", NULL);
	CHECK_STR(
		formatted(counts),
		"# TYPE tcpdropcap_events counter\n"
		"# HELP tcpdropcap_events Events: TCP packets that the kernel has dropped or sent "
		"again.\n"
		"tcpdropcap_events_total{owner=\"nginx\",reason=\"NO_SOCKET\"} 2\n"
		"tcpdropcap_events_total{owner=\"a\\\"\\\\\\\\\\\\n\\\\x1b\"} 1\n"
		"tcpdropcap_events_total{other=\"true\"} 1\n"
		"# TYPE tcpdropcap_lost_events counter\n"
		"# HELP tcpdropcap_lost_events Events lost because the ring was full.\n"
		"tcpdropcap_lost_events_total 2\n"
		"# TYPE tcpdropcap_filtered_events counter\n"
		"# HELP tcpdropcap_filtered_events Events that a filter has rejected.\n"
		"tcpdropcap_filtered_events_total 1\n"
		"# TYPE tcpdropcap_unparsed_packets counter\n"
		"# HELP tcpdropcap_unparsed_packets Freed IP packets whose headers could not be "
		"read.\n"
		"tcpdropcap_unparsed_packets_total 4\n"
		"# TYPE tcpdropcap_skipped_hook_runs counter\n"
		"# HELP tcpdropcap_skipped_hook_runs Runs of a hook that the kernel has skipped: at "
		"most so many events are missing.\n"
		"tcpdropcap_skipped_hook_runs_total 3\n"
		"# TYPE tcpdropcap_memory_bytes gauge\n"
		"# UNIT tcpdropcap_memory_bytes bytes\n"
		"# HELP tcpdropcap_memory_bytes Resident memory of the capture.\n"
		"tcpdropcap_memory_bytes 40960\n"
		"# TYPE tcpdropcap_last_event_time_seconds gauge\n"
		"# UNIT tcpdropcap_last_event_time_seconds seconds\n"
		"# HELP tcpdropcap_last_event_time_seconds Time of the latest event.\n"
		"tcpdropcap_last_event_time_seconds 1795770940.250\n"
		"# TYPE tcpdropcap_start_time_seconds gauge\n"
		"# UNIT tcpdropcap_start_time_seconds seconds\n"
		"# HELP tcpdropcap_start_time_seconds Start of the capture.\n"
		"tcpdropcap_start_time_seconds 1795770938\n"
		"# EOF\n");
	counts_free(counts);
}

TEST(counters_go_on)
{
	const struct count_config config = { .by = "owner", .form = COUNT_TABLE, .groups_max = 10 };
	struct counts *counts = counts_new(&config, &error);

	CHECK(strstr(formatted(counts), "tcpdropcap_events_total{other=\"true\"} 0\n"));
	add(counts, "x", NULL);
	CHECK(strstr(formatted(counts), "tcpdropcap_events_total{owner=\"x\"} 1\n"));
	add(counts, "x", NULL);
	CHECK(strstr(formatted(counts), "tcpdropcap_events_total{owner=\"x\"} 2\n"));
	counts_free(counts);
}
