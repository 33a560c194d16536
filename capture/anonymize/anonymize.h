/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ANONYMIZE_H
#define ANONYMIZE_H

/*
 * Writes the blocks of a capture file, of tcpdropcap or of another program, into a file that names
 * no one: packets by packet_rewrite.h, annotations by report_rewrite.h, names of devices and
 * numbers of namespaces by pseudonym.h. It makes each block anew from what it knows: comments of
 * others, options and blocks that it does not know, names that were resolved, secrets of TLS are
 * left out and counted. Files that were written with one key match each other.
 */

#include "packet_rewrite.h"
#include "pcapng/reader.h"
#include "report/report.h"
#include "util/error.h"

struct anonymize_counts {
	struct rewrite_counts packets;
	uint64_t comments; /* of the user or of other programs */
	uint64_t options;  /* of other kinds */
	uint64_t blocks;
	uint64_t values; /* of annotations: of unknown keys, and reasons of verdicts */
};

struct anonymizer;

/*
 * Opens path for writing (output.h). The secret must outlive it. Returns NULL and the error.
 */
struct anonymizer *anonymizer_open(const char *path, const struct rewrite_config *config,
				   struct error *error);

/* A block that is no packet. Returns 0 or -errno, as the functions below. */
int anonymizer_block(struct anonymizer *anonymizer, const struct pcapng_item *item);

/* A packet with its report, which is changed; annotated: it has values. */
int anonymizer_packet(struct anonymizer *anonymizer, const struct pcapng_item *item,
		      struct drop_report *report, bool annotated);

int anonymizer_flush(struct anonymizer *anonymizer);

/* Fills *counts: the packets and blocks that were left out or cut so far. */
void anonymizer_count(const struct anonymizer *anonymizer, struct anonymize_counts *counts);

/* Closes and frees. Returns 0 or the first error of all writing. */
int anonymizer_close(struct anonymizer *anonymizer);

#endif
