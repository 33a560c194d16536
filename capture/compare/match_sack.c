// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "match_dsack.h"
#include "match_sack.h"
#include "match_time.h"

#define SACKS_MAX	256	   /* a power of two: gaps that one stream has at a time */
#define BLOCK_BYTES_MAX (1U << 27) /* of data that a connection can have in flight */

struct sack {
	uint32_t start, end;
	struct frame_ref frame;
};

/* In the order of numbers; no block touches another one. */
struct sack_list {
	uint32_t count, capacity;
	struct sack list[];
};

void sack_list_free(struct sack_list *list)
{
	free(list);
}

/* Removes those that are below the ACK. */
static void forget_acked(struct sack_list *list, uint32_t ack)
{
	uint32_t count = 0;

	while (count < list->count && !before32(ack, list->list[count].end))
		count++;
	list->count -= count;
	memmove(list->list, list->list + count, list->count * sizeof(list->list[0]));
}

/* Returns how many blocks end before that number. */
static uint32_t count_before(const struct sack_list *list, uint32_t start)
{
	uint32_t low = 0, high = list->count;

	while (low < high) {
		uint32_t middle = (low + high) / 2;

		if (before32(list->list[middle].end, start))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct frame_ref sack_find(const struct sack_list *list, const struct segment_info *packet)
{
	uint32_t at = list ? count_before(list, segment_end(packet)) : 0;
	const struct sack *sack = list && at < list->count ? &list->list[at] : NULL;

	if (!sack || before32(packet->seq, sack->start) || before32(sack->end, segment_end(packet)))
		return (struct frame_ref){ 0 };
	return sack->frame;
}

/* A block that is smaller than a known one is older; the same block has no new information. */
static bool is_known(const struct sack_list *list, const struct sack *sack, bool is_drop)
{
	uint32_t at = count_before(list, sack->end);
	const struct sack *known = &list->list[at];

	return at < list->count && !before32(sack->start, known->start) &&
	       !before32(known->end, sack->end) &&
	       !(is_drop && sack->start == known->start && sack->end == known->end);
}

/* Joins the block with those that it touches. Without room for one more it takes another's. */
static void add(struct sack_list *list, bool has_ack, uint32_t ack, struct sack sack, bool is_drop)
{
	uint32_t at, end;

	if (has_ack)
		forget_acked(list, ack);
	if (is_known(list, &sack, is_drop))
		return;
	at = end = count_before(list, sack.start);
	for (; end < list->count && !before32(sack.end, list->list[end].start); end++) {
		if (before32(list->list[end].start, sack.start))
			sack.start = list->list[end].start;
		if (before32(sack.end, list->list[end].end))
			sack.end = list->list[end].end;
	}
	if (at == end && list->count == SACKS_MAX) {
		at -= at == SACKS_MAX;
	} else {
		memmove(list->list + at + 1, list->list + end,
			(list->count - end) * sizeof(list->list[0]));
		list->count += 1 + at - end;
	}
	list->list[at] = sack;
}

/* Makes room for one more block, up to SACKS_MAX. */
static int grow(struct sack_list **list)
{
	uint32_t capacity = *list ? (*list)->capacity * 2 : 2;
	struct sack_list *grown;

	if (*list && ((*list)->count < (*list)->capacity || (*list)->capacity == SACKS_MAX))
		return 0;
	grown = realloc(*list, sizeof(*grown) + capacity * sizeof(grown->list[0]));
	if (!grown)
		return -ENOMEM;
	if (!*list)
		*grown = (struct sack_list){ 0 };
	grown->capacity = capacity;
	*list = grown;
	return 0;
}

/* RFC 2883: the first block reports a duplicate if it is acknowledged, or in the second block. */
static bool is_dsack(const struct packet *packet)
{
	uint32_t start = packet->sack[0].start, end = packet->sack[0].end;

	if (!before32(packet->ack, end))
		return true;
	return packet->sack_count > 1 && !before32(start, packet->sack[1].start) &&
	       !before32(packet->sack[1].end, end);
}

int sack_keep_drop(struct matcher *matcher, uint32_t event, const struct packet *packet)
{
	struct drop_sacks sacks = { .event = event, .ack = packet->ack };
	bool has_dsack = is_dsack(packet);

	sacks.dsack = (struct sack_block){ packet->sack[0].start, packet->sack[0].end };
	sacks.has_dsack = has_dsack && sacks.dsack.end - sacks.dsack.start - 1 < BLOCK_BYTES_MAX;
	for (uint32_t i = has_dsack; i < packet->sack_count; i++) {
		if (packet->sack[i].end - packet->sack[i].start - 1 >= BLOCK_BYTES_MAX)
			continue;
		sacks.blocks[sacks.count].start = packet->sack[i].start;
		sacks.blocks[sacks.count++].end = packet->sack[i].end;
	}
	if (!sacks.count && !sacks.has_dsack)
		return 0;
	if (matcher->drop_sack_count == matcher->drop_sack_capacity) {
		size_t capacity = matcher->drop_sack_capacity ? matcher->drop_sack_capacity * 2
							      : 16;
		struct drop_sacks *list = reallocarray(matcher->drop_sacks, capacity,
						       sizeof(*list));

		if (!list)
			return -ENOMEM;
		matcher->drop_sacks = list;
		matcher->drop_sack_capacity = capacity;
	}
	matcher->drop_sacks[matcher->drop_sack_count++] = sacks;
	return 0;
}

static int compare_event(const void *key, const void *element)
{
	uint32_t event = *(const uint32_t *)key,
		 other = ((const struct drop_sacks *)element)->event;

	return (event > other) - (event < other);
}

/* Returns what sack_keep_drop() has kept of the event; NULL: nothing. */
static const struct drop_sacks *find_drop(const struct matcher *matcher, uint32_t event)
{
	if (!matcher->drop_sack_count)
		return NULL;
	return bsearch(&event, matcher->drop_sacks, matcher->drop_sack_count,
		       sizeof(*matcher->drop_sacks), compare_event);
}

bool sack_drop_reports(const struct matcher *matcher, uint32_t event,
		       const struct segment_info *packet)
{
	const struct drop_sacks *sacks = find_drop(matcher, event);

	return sacks && sacks->has_dsack && before32(packet->seq, sacks->dsack.end) &&
	       before32(sacks->dsack.start, segment_end(packet));
}

int sack_add_drop(struct matcher *matcher, struct sack_list **list, uint32_t event)
{
	const struct drop_sacks *sacks = find_drop(matcher, event);

	for (uint32_t i = 0; sacks && i < sacks->count; i++) {
		struct sack sack = { sacks->blocks[i].start,
				     sacks->blocks[i].end,
				     { event + 1ULL, 0, matcher->events[event].packet.time } };

		if (grow(list))
			return -ENOMEM;
		add(*list, true, sacks->ack, sack, true);
	}
	return 0;
}

int sack_add_frame(struct matcher *matcher, struct sack_list **list, const struct sack_frame *from)
{
	const struct packet *packet = from->packet;

	for (uint32_t i = 0; i < packet->sack_count; i++) {
		struct sack sack = { packet->sack[i].start, packet->sack[i].end,
				     frame_ref(from->frame) };

		if (sack.end - sack.start - 1 >= BLOCK_BYTES_MAX)
			continue;
		if (i == 0 && is_dsack(packet)) {
			if (dsack_add(matcher, from, sack.start, sack.end))
				return -ENOMEM;
		} else if (from->is_dropped)
			return 0;
		else if (grow(list))
			return -ENOMEM;
		else
			add(*list, from->has_ack, from->ack, sack, false);
	}
	return 0;
}
