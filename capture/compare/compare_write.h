/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef COMPARE_WRITE_H
#define COMPARE_WRITE_H

#include "compare.h"

/* How many events a file got: the sum is that of all events. */
struct compare_written {
	uint64_t on_frames;	     /* as comments on the frame that is their packet */
	uint64_t own_packets;	     /* as packets of their own */
	uint64_t left_out;	     /* these would be, but for frames_only */
	bool has_payload;	     /* of frames, beyond their headers */
	uint64_t of_other_link_type; /* of these: they could not have the link type of the wire */
};

/*
 * Copies the only wire capture to a file, with all events. An event whose packet is a frame becomes
 * comments of that frame. A frame has the annotation of one event at most, because readers take the
 * first one: every other event is a packet of its own, in the order of time, on an interface
 * "tcpdropcap". This interface has the link type of the capture, if that has only one, so that
 * programs that use libpcap read the file; if they cannot, this is a note of the comparison. No
 * event comes before a frame that its verdict says is its cause, neither by its place nor by its
 * time. With frames_only, only the events on frames are written: all packets are those of the
 * capture, so that their sequence numbers can be analysed. Refuses to write over a file that was
 * read. Returns 0 or -errno and the error.
 */
int compare_write(struct compare *compare, const char *path, struct compare_written *written,
		  struct error *error);

#endif
