// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>

#include "metrics.h"

void metrics_add_counter(struct strbuf *out, const char *name, const char *help, uint64_t count)
{
	strbuf_addf(out,
		    "# TYPE tcpdropcap_%s counter\n# HELP tcpdropcap_%s %s\n"
		    "tcpdropcap_%s_total %" PRIu64 "\n",
		    name, name, help, name, count);
}

void metrics_add_gauge(struct strbuf *out, const char *name, const char *unit, const char *help,
		       double value)
{
	const char *joint = *unit ? "_" : "";

	strbuf_addf(out, "# TYPE tcpdropcap_%s%s%s gauge\n", name, joint, unit);
	if (*unit)
		strbuf_addf(out, "# UNIT tcpdropcap_%s_%s %s\n", name, unit, unit);
	strbuf_addf(out, "# HELP tcpdropcap_%s%s%s %s\ntcpdropcap_%s%s%s %.*f\n", name, joint, unit,
		    help, name, joint, unit, value == (double)(uint64_t)value ? 0 : 3, value);
}

/* A value that is not known has no metric. */
void metrics_end(struct strbuf *out, const struct capture_health *health, uint64_t start_s)
{
	metrics_add_counter(out, "lost_events", "Events lost because the ring was full.",
			    health->lost);
	metrics_add_counter(out, "filtered_events", "Events that a filter has rejected.",
			    health->filtered);
	metrics_add_counter(out, "unparsed_packets",
			    "Freed IP packets whose headers could not be read.", health->unparsed);
	metrics_add_counter(out, "skipped_hook_runs",
			    "Runs of a hook that the kernel has skipped: at most so many events "
			    "are missing.",
			    health->skipped);
	if (health->memory_bytes)
		metrics_add_gauge(out, "memory", "bytes", "Resident memory of the capture.",
				  (double)health->memory_bytes);
	if (health->last_event_ns)
		metrics_add_gauge(out, "last_event_time", "seconds", "Time of the latest event.",
				  (double)(health->last_event_ns / 1000000) * 1e-3);
	metrics_add_gauge(out, "start_time", "seconds", "Start of the capture.", (double)start_s);
	strbuf_add(out, "# EOF\n");
}
