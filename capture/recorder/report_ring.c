// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "report/report_pack.h"
#include "report_ring.h"

#define SEGMENTS      32
#define SEGMENT_MIN   (64ULL << 10)
#define SEGMENT_MAX   (1ULL << 20) /* what is written at once if a dump must make room */
#define STACKS	      1024	   /* whose place is known; later one of two ids with one slot */
#define ENTRY_ALIGNED 8

/* Before the bytes of each report. */
struct entry {
	uint64_t time_ns;
	uint32_t size;	    /* with this head, and with frames of its own after the report */
	uint32_t frames_at; /* in the segment; 0: none */
	uint8_t report[];
};

struct segment {
	size_t used;	 /* bytes */
	size_t read;	 /* bytes of the reports that were taken or have expired */
	uint64_t length; /* reports */
};

/* The last copy of the frames with this id. */
struct known_stack {
	uint64_t id;
	uint64_t serial; /* of the segment that has it */
	uint32_t at;
};

struct report_ring {
	uint8_t *memory;
	size_t segment_bytes;
	size_t segment_count;
	size_t first;	 /* the oldest segment in use */
	size_t used;	 /* segments, of which the last one is being filled */
	uint64_t serial; /* of the last one, from 1 */
	struct report_ring_counts counts;
	struct known_stack stacks[STACKS];
	struct segment segments[];
};

struct report_ring *report_ring_new(uint64_t bytes)
{
	uint64_t segment = bytes / SEGMENTS / ENTRY_ALIGNED * ENTRY_ALIGNED;
	struct report_ring *ring;
	uint8_t *memory;
	size_t count;

	segment = segment < SEGMENT_MIN	  ? SEGMENT_MIN
		  : segment > SEGMENT_MAX ? SEGMENT_MAX
					  : segment;
	count = bytes / segment;
	if (count < 2 || bytes > SIZE_MAX) {
		errno = EINVAL;
		return NULL;
	}
	memory = mmap(NULL, count * segment, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		      -1, 0);
	if (memory == MAP_FAILED)
		return NULL;
	ring = calloc(1, sizeof(*ring) + count * sizeof(ring->segments[0]));
	if (!ring) {
		munmap(memory, count * segment);
		errno = ENOMEM;
		return NULL;
	}
	ring->memory = memory;
	ring->segment_bytes = segment;
	ring->segment_count = count;
	return ring;
}

void report_ring_free(struct report_ring *ring)
{
	if (ring)
		munmap(ring->memory, ring->segment_count * ring->segment_bytes);
	free(ring);
}

static size_t newest(const struct report_ring *ring)
{
	return (ring->first + ring->used - 1) % ring->segment_count;
}

static void forget_oldest_segment(struct report_ring *ring)
{
	ring->first = (ring->first + 1) % ring->segment_count;
	ring->used--;
}

/* Returns false if it may not overwrite the oldest segment. */
static bool begin_segment(struct report_ring *ring, bool may_overwrite)
{
	if (ring->used == ring->segment_count) {
		if (!may_overwrite)
			return false;
		ring->counts.overwritten += ring->segments[ring->first].length;
		forget_oldest_segment(ring);
	}
	ring->used++;
	ring->serial++;
	ring->segments[newest(ring)] = (struct segment){ 0 };
	return true;
}

/*
 * Adds the frames after the report of this length, unless the segment has them. Returns the size of
 * the entry, or 0 if there is no room.
 */
static size_t add_frames(struct report_ring *ring, const struct drop_report *report,
			 struct entry *entry, size_t length, size_t room)
{
	uint64_t id = report_number(report, KEY_stack_id);
	struct known_stack *known = &ring->stacks[id % STACKS];
	const uint8_t *segment = ring->memory + newest(ring) * ring->segment_bytes;
	size_t frames_length;

	entry->frames_at = 0;
	if (!report->frames)
		return length;
	if (report->has_unique_stack_id && known->serial == ring->serial && known->id == id) {
		entry->frames_at = known->at;
		return length;
	}
	frames_length = strlen(report->frames) + 1;
	if (room - length < frames_length)
		return 0;
	memcpy((uint8_t *)entry + length, report->frames, frames_length);
	entry->frames_at = (uint32_t)((const uint8_t *)entry + length - segment);
	*known = (struct known_stack){ id, ring->serial, entry->frames_at };
	return length + frames_length;
}

/* Returns whether the newest segment had room for it. */
static bool add_to_segment(struct report_ring *ring, const struct drop_report *report,
			   uint64_t now_ns)
{
	struct segment *segment = &ring->segments[newest(ring)];
	size_t room = ring->segment_bytes - segment->used, length;
	struct entry *entry =
		(struct entry *)(ring->memory + newest(ring) * ring->segment_bytes + segment->used);

	if (room <= sizeof(*entry))
		return false;
	length = report_pack(report, entry->report, room - sizeof(*entry));
	if (length)
		length = add_frames(ring, report, entry, sizeof(*entry) + length, room);
	if (!length)
		return false;
	length = (length + ENTRY_ALIGNED - 1) / ENTRY_ALIGNED * ENTRY_ALIGNED;
	entry->time_ns = now_ns;
	entry->size = (uint32_t)length;
	segment->used += length;
	segment->length++;
	ring->counts.added++;
	return true;
}

int report_ring_add(struct report_ring *ring, const struct drop_report *report, uint64_t now_ns,
		    bool may_overwrite)
{
	if (ring->used && add_to_segment(ring, report, now_ns))
		return 0;
	/* An empty segment has no more room than this one. */
	if (ring->used && !ring->segments[newest(ring)].used)
		return -E2BIG;
	if (!begin_segment(ring, may_overwrite))
		return -EAGAIN;
	return add_to_segment(ring, report, now_ns) ? 0 : -E2BIG;
}

/* The oldest entry, NULL if there is none. Frees segments without one. */
static const struct entry *find_oldest(struct report_ring *ring)
{
	while (ring->used) {
		const struct segment *segment = &ring->segments[ring->first];

		if (segment->length)
			return (const struct entry *)(ring->memory +
						      ring->first * ring->segment_bytes +
						      segment->read);
		if (ring->used == 1)
			break;
		forget_oldest_segment(ring);
	}
	return NULL;
}

static void remove_oldest(struct report_ring *ring, const struct entry *entry)
{
	struct segment *segment = &ring->segments[ring->first];

	segment->read += entry->size;
	segment->length--;
}

bool report_ring_take(struct report_ring *ring, struct drop_report *report)
{
	const struct entry *entry = find_oldest(ring);
	const uint8_t *segment = ring->memory + ring->first * ring->segment_bytes;

	if (!entry)
		return false;
	report_unpack(report, entry->report);
	if (entry->frames_at)
		report->frames = (const char *)segment + entry->frames_at;
	remove_oldest(ring, entry);
	ring->counts.taken++;
	return true;
}

void report_ring_expire(struct report_ring *ring, uint64_t before_ns)
{
	const struct entry *entry;

	while ((entry = find_oldest(ring)) && entry->time_ns < before_ns) {
		remove_oldest(ring, entry);
		ring->counts.expired++;
	}
}

struct report_ring_counts report_ring_counts(const struct report_ring *ring)
{
	return ring->counts;
}

uint64_t report_ring_length(const struct report_ring *ring)
{
	const struct report_ring_counts *counts = &ring->counts;

	return counts->added - counts->overwritten - counts->expired - counts->taken;
}
