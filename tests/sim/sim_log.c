// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim_log.h"
#include "sim_tcp.h"

/* A segment is sent, seen by a tap or comes to its fate, or an event is reported. */
struct line {
	int64_t time;
	enum {
		LINE_SENT,
		LINE_SEEN,
		LINE_FATE,
		LINE_EVENT
	} what;
	uint32_t index;
};

static int compare_lines(const void *a, const void *b)
{
	const struct line *x = a, *y = b;

	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	if (x->what != y->what)
		return x->what < y->what ? -1 : 1;
	return (x->index > y->index) - (x->index < y->index);
}

/* Numbers count from the first one of the sender, so that they can be compared by eye. */
static void print_segment(FILE *file, const struct world *world, uint32_t index)
{
	const struct segment *segment = &world->segments[index];
	const struct connection *connection = &world->connections[segment->connection];
	uint32_t iss = connection->ends[segment->side].iss;
	uint32_t other = connection->ends[!segment->side].iss;

	fprintf(file, "segment %u (connection %u, %s", index, segment->connection,
		segment->side == OURS ? "ours" : "peer");
	if (segment->parent != NONE)
		fprintf(file, ", part of %u", segment->parent);
	fprintf(file, ") flags %02x seq %u..%u ack %u id %u tsval %u tsecr %u", segment->flags,
		segment->seq - iss, segment_end(segment) - iss, segment->ack - other,
		segment->ip_id, segment->tsval, segment->tsecr);
	for (uint32_t i = 0; i < segment->sack_count; i++)
		fprintf(file, " %s %u..%u", segment->has_dsack && !i ? "dsack" : "sack",
			segment->sack[i].start - other, segment->sack[i].end - other);
}

static void print_seen(FILE *file, const struct recording *recording, uint32_t index)
{
	const struct observation *observation = &recording->world->observations[index];

	fprintf(file, "tap %u %s ", observation->tap, observation->outbound ? "out" : "in");
	print_segment(file, recording->world, observation->segment);
	for (uint32_t i = 0; i < recording->wire_count; i++) {
		const struct wire *wire = &recording->wires[i];

		for (uint32_t at = 0; at < wire->count; at++) {
			if (wire->records[at].observation == index)
				fprintf(file, ", frame %u of wire%u", at + 1, i);
		}
	}
}

static void print_event(FILE *file, const struct recording *recording, uint32_t index)
{
	const struct host_event *event = &recording->world->events[index];

	for (uint32_t i = 0; i < recording->event_count; i++) {
		if (recording->order[i] == index)
			fprintf(file, "EVENT %u: ", i + 1);
	}
	fprintf(file, "%s%s %s ", event->forgotten ? "forgotten " : "",
		event->retransmit ? event->retransmit
		: event->reason	  ? event->reason
				  : "probe",
		event->err ? event->err : "");
	print_segment(file, recording->world, event->segment);
}

static void print_line(FILE *file, const struct recording *recording, const struct line *line)
{
	static const char *const fates[] = { "moving", "split", "DROPPED", "LOST", "arrived" };

	fprintf(file, "%.6f ", (double)line->time / 1e9);
	if (line->what == LINE_SEEN) {
		print_seen(file, recording, line->index);
	} else if (line->what == LINE_EVENT) {
		print_event(file, recording, line->index);
	} else {
		fprintf(file, "%s ",
			line->what == LINE_SENT
				? "sent"
				: fates[recording->world->segments[line->index].fate]);
		print_segment(file, recording->world, line->index);
	}
	fputc('\n', file);
}

static uint32_t collect(const struct world *world, struct line *lines)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < world->segment_count; i++) {
		const struct segment *segment = &world->segments[i];

		if (segment->parent == NONE)
			lines[count++] = (struct line){ segment->sent, LINE_SENT, i };
		if (segment->fate_time)
			lines[count++] = (struct line){ segment->fate_time, LINE_FATE, i };
	}
	for (uint32_t i = 0; i < world->observation_count; i++)
		lines[count++] = (struct line){ world->observations[i].time, LINE_SEEN, i };
	for (uint32_t i = 0; i < world->event_count; i++)
		lines[count++] = (struct line){ world->events[i].time, LINE_EVENT, i };
	return count;
}

int log_write(const struct recording *recording, const char *path)
{
	const struct world *world = recording->world;
	uint32_t most = 2 * world->segment_count + world->observation_count + world->event_count;
	struct line *lines = calloc(most + 1, sizeof(*lines));
	FILE *file = lines ? fopen(path, "w") : NULL;
	uint32_t count;

	if (!file) {
		free(lines);
		return -errno;
	}
	count = collect(world, lines);
	qsort(lines, count, sizeof(*lines), compare_lines);
	for (uint32_t i = 0; i < count; i++)
		print_line(file, recording, &lines[i]);
	free(lines);
	return fclose(file) ? -EIO : 0;
}
