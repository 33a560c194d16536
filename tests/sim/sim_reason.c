// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "sim_claim.h"
#include "sim_reason.h"

#define SENTENCE_MAX 512

/*
 * All reasons for an unknown verdict, in the words of the program. #w is the name of a capture, #f
 * a frame's number in it, #e that of an event, #n another number, and #* any text.
 */
static const struct sentence {
	const char *text;
	claim_fn find_untrue;
} sentences[] = {
	{ "outside the time that the wire captures cover", claim_outside },
	{ "outside the time that the wire captures cover, but no frame shows how far the clocks "
	  "are apart",
	  claim_outside_unknown_clock },
	{ "not in #w, but #n of its packets were lost", claim_frames_lost },
	{ "not in #w, but #n of its packets cut before the end of the TCP header",
	  claim_frames_cut },
	{ "not in #w, but #n of its packets have link type #*, which compare cannot read",
	  claim_frames_unreadable },
	{ "no packet of its connection is in #w: captured elsewhere, with a filter, or with "
	  "translated addresses (NAT)",
	  claim_no_connection },
	{ "not in #w, which covers its time: captured elsewhere, or with a filter",
	  claim_elsewhere },
	{ "not near its time in #w: captured elsewhere, with a filter, or by a clock that is apart",
	  claim_not_near },
	{ "its earlier transmission is neither in #w nor an event", claim_no_earlier },
	{ "its earlier transmission is neither in #w nor an event, unless it is frame #f of #w, "
	  "which may be its own",
	  claim_no_earlier_but },
	{ "only drops show how far the clocks are apart, and they may be late",
	  claim_doubtful_clock },
	{ "no frame shows how far the clocks are apart", claim_no_clock },
	{ "its own frame is not near it, and none shows how far the clocks are apart",
	  claim_own_frame_not_near },
	{ "#n events were lost", claim_events_lost },
	{ "a frame of #w is equal, less than 1 ms from it: the clocks may be apart by that",
	  claim_equal_frame },
	{ "frame #f of #w is equal to it, but #n us before it: it may be that of an earlier "
	  "transmission",
	  claim_either_frame },
	{ "event #e dropped it or the transmission before it, which are equal", claim_either_drop },
	{ "acknowledgements of it without an IP ID came before, and this host dropped some of "
	  "them, perhaps all",
	  claim_dropped_acks },
	{ "it was sent as a whole, just after parts of its data that are equal to parts of it",
	  claim_equal_parts },
	{ "new data, never sent before", claim_new_data },
	{ "a reset is neither a drop nor a retransmission", claim_reset },
	{ "event #e dropped it, but no whole capture shows whether it was sent again since",
	  claim_perhaps_resent },
	{ "frame #f of #w acknowledges its first bytes, but not all", claim_acked_part },
	{ "a DSACK reports it or a later transmission, whose event was lost", claim_dsack_of_lost },
	{ "DSACKs report it, or other retransmissions of the same data", claim_dsacks_of_others },
	{ "frame #f of #w acknowledges it with an older timestamp: that of an earlier "
	  "transmission, or of other data that was missing",
	  claim_older_echo },
	{ "this host dropped parts of it, but nothing shows whether all of them were sent again "
	  "since",
	  claim_parts_dropped },
	{ "this host dropped more than two parts of it, and only the last two are compared",
	  claim_many_parts },
	{ "event #e sent it again and is in no wire capture", claim_unseen },
	{ "it did not leave, and frame #f of #w acknowledges the data, but no whole capture shows "
	  "whether it was sent again before that",
	  claim_acked_in_gap },
	{ "event #e dropped an acknowledgement of it, but perhaps not that of its last "
	  "transmission",
	  claim_dropped_ack },
	{ "frame #f of #w, which sent it, and its drop, event #e, are nearer to each other than "
	  "the clocks are known",
	  claim_order_unknown },
	{ "frame #f of #w acknowledges it long before, and was dropped perhaps by one of the "
	  "events that were lost",
	  claim_ack_drop_lost },
	{ "event #e dropped a part of it, and that was sent again since, or not: events were lost",
	  claim_rest_lost },
	{ "parts of its data were sent twice just before it, and are equal", claim_part_twice },
};

static bool take_number(const char **text, uint64_t *number)
{
	char *end;

	if (!isdigit((unsigned char)**text))
		return false;
	*number = strtoull(*text, &end, 10);
	*text = end;
	return true;
}

static bool take_word(const char **text, const char *word)
{
	size_t length = strlen(word);

	if (strncmp(*text, word, length) != 0)
		return false;
	*text += length;
	return true;
}

static bool take_wire(const char **text, struct claim *claim)
{
	uint64_t number;

	if (!take_word(text, "wire") || !take_number(text, &number) || !take_word(text, ".pcap") ||
	    number >= claim->recording->wire_count)
		return false;
	take_word(text, "ng");
	claim->wire = (uint32_t)number;
	return true;
}

/* #*: up to the text that follows it. */
static void take_any(const char **text, const char *following)
{
	const char *end = strchr(*text, *following);

	*text = end ? end : *text + strlen(*text);
}

static bool take_event(const char **text, struct claim *claim)
{
	uint64_t number;

	if (!take_number(text, &number) || !number || number > claim->recording->event_count)
		return false;
	claim->other = claim->recording->order[number - 1];
	return true;
}

/* Returns whether the text is that sentence, and fills the claim with what it names. */
static bool is_sentence(const char *text, const char *sentence, struct claim *claim)
{
	uint64_t frame = 0;
	bool fits = true;

	for (; fits && *sentence; sentence++) {
		if (*sentence != '#') {
			fits = *text++ == *sentence;
			continue;
		}
		sentence++;
		if (*sentence == 'w')
			fits = take_wire(&text, claim);
		else if (*sentence == 'e')
			fits = take_event(&text, claim);
		else if (*sentence == '*')
			take_any(&text, sentence + 1);
		else
			fits = take_number(&text, *sentence == 'f' ? &frame : &claim->count);
	}
	if (!fits || *text)
		return false;
	if (frame && frame <= claim->recording->wires[claim->wire].count)
		claim->observation =
			claim->recording->wires[claim->wire].records[frame - 1].observation;
	return true;
}

/* A probe that sends data again is reported before the retransmission that it causes. */
static const struct host_event *find_sent_by(const struct world *world,
					     const struct host_event *probe)
{
	for (uint32_t i = 0; i < world->event_count; i++) {
		const struct host_event *event = &world->events[i];

		if (event->retransmit && event->segment == probe->segment + 1)
			return event;
	}
	return probe;
}

static struct claim no_claim(const struct recording *recording, uint32_t number)
{
	const struct world *world = recording->world;
	const struct host_event *event = &world->events[recording->order[number - 1]];

	if (event->kind == EVENT_TLP && !event->new_data)
		event = find_sent_by(world, event);
	return (struct claim){
		.inquiry = {
			.world = world,
			.wires = recording->wires,
			.wire_count = recording->wire_count,
			.event = event,
			.segment = &world->segments[event->segment],
		},
		.recording = recording,
		.wire = NONE,
		.observation = NONE,
		.other = NONE,
	};
}

/* Returns the sentence that the text is, and fills the claim with what it names; NULL: none. */
static const struct sentence *find_sentence(const struct recording *recording, uint32_t number,
					    const char *text, struct claim *claim)
{
	for (size_t i = 0; i < sizeof(sentences) / sizeof(sentences[0]); i++) {
		*claim = no_claim(recording, number);
		if (is_sentence(text, sentences[i].text, claim))
			return &sentences[i];
	}
	return NULL;
}

/* What follows a semicolon is a claim of its own. */
const char *reason_find_untrue(const struct recording *recording, uint32_t number,
			       const char *because)
{
	const char *untrue = NULL, *at = because;
	const struct sentence *sentence;
	struct claim claim;

	while (!untrue && at) {
		const char *end = strstr(at, "; ");
		char text[SENTENCE_MAX];
		size_t length = end ? (size_t)(end - at) : strlen(at);

		if (length >= sizeof(text))
			return "it is too long";
		memcpy(text, at, length);
		text[length] = '\0';
		sentence = find_sentence(recording, number, text, &claim);
		untrue = sentence ? sentence->find_untrue(&claim)
				  : "no such reason is possible here";
		at = end ? end + 2 : NULL;
	}
	return untrue;
}
