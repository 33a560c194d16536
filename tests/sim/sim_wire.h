/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIM_WIRE_H
#define SIM_WIRE_H

/* Captures of a simulated world: which frames each has, and the files. */

#include "sim.h"

struct wire_record {
	int64_t time;	      /* of the world */
	int64_t key;	      /* its place in the file */
	uint32_t observation; /* NONE: noise */
};

struct wire {
	const struct wire_plan *plan;
	struct wire_record *records;
	uint32_t count;
	bool *has; /* by observation: the file has it, and its headers can be read */
	int64_t first, last;
	bool has_clock; /* its clock is that of the events, or can be compared with it */
	bool whole;	/* all that the taps saw while it ran is there and can be read */
	uint32_t cut;	/* frames that do not have all their headers */
};

/* A world, and what was recorded of it. */
struct recording {
	const struct world *world;
	const struct wire *wires;
	uint32_t wire_count;
	const uint32_t *order; /* the events of the file */
	uint32_t event_count;
};

void wire_take(struct wire *wire, struct world *world, const struct wire_plan *plan);
void wire_free(struct wire *wire);

/* Returns 0 or -errno. */
int wire_write(const struct wire *wire, const struct world *world, const char *path);
const char *wire_extension(const struct wire_plan *plan);

/* sim_pcap.c: classic pcap in its varieties. */
struct pcap_record {
	uint64_t timestamp_ns;
	const uint8_t *data;
	uint32_t caplen, len;
};
int pcap_open(const char *path, enum wire_format format, uint32_t snaplen, uint16_t linktype,
	      void **file);
int pcap_add(void *file, enum wire_format format, const struct pcap_record *record);
int pcap_close(void *file);

/* sim_events.c: the events through tcpdropcap's own sink. Returns 0 or -errno. */
int events_write(const struct world *world, const uint32_t *order, uint32_t count,
		 const char *path);
/* The events in the order of the file, without those that are not in it; the caller frees it. */
uint32_t *events_order(struct world *world, uint32_t *count);

#endif
