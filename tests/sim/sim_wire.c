// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pcapng/pcapng.h"
#include "sim_clock.h"
#include "sim_frame.h"
#include "sim_wire.h"

static bool is_taken(const struct wire *wire, const struct world *world,
		     const struct observation *observation)
{
	const struct wire_plan *plan = wire->plan;
	unsigned int tap = observation->tap ? TAP_OUTER : TAP_INNER;

	/* With one hop the only tap is both. */
	if (world->situation.hops > 1 && !(plan->taps & tap))
		return false;
	if (observation->time < plan->from || (plan->until && observation->time > plan->until))
		return false;
	if (plan->netns && world->segments[observation->segment].connection != plan->netns - 1)
		return false;
	return !plan->misses_a_connection || world->segments[observation->segment].connection != 0;
}

static void add(struct wire *wire, struct world *world, int64_t time, uint32_t observation)
{
	wire->records[wire->count++] = (struct wire_record){
		.time = time,
		.key = time + (wire->plan->out_of_order
				       ? random_in(&world->random, 0, wire->plan->out_of_order)
				       : 0),
		.observation = observation,
	};
}

static int compare_keys(const void *a, const void *b)
{
	const struct wire_record *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return (x->observation > y->observation) - (x->observation < y->observation);
}

static void lose_frames(struct wire *wire, struct world *world)
{
	for (uint32_t i = 0; i < wire->plan->lost && wire->count > 1; i++) {
		uint32_t at = (uint32_t)random_in(&world->random, 0, wire->count - 1);

		wire->count--;
		memmove(&wire->records[at], &wire->records[at + 1],
			(wire->count - at) * sizeof(*wire->records));
	}
}

static struct frame_form form_of(const struct wire *wire, const struct world *world,
				 const struct observation *observation)
{
	return (struct frame_form){
		.link = wire->plan->link,
		.translated = observation->tap == 1,
		.tunnelled = observation->tap == 1 && world->situation.tunnel,
		.outbound = observation->outbound,
		.ifindex = 2 + observation->tap,
	};
}

static void build(const struct wire *wire, const struct world *world,
		  const struct wire_record *record, struct frame *frame)
{
	const struct observation *observation;

	if (record->observation == NONE) {
		frame_build_noise(wire->plan->link, frame);
		return;
	}
	observation = &world->observations[record->observation];
	frame_build(world, &world->segments[observation->segment],
		    form_of(wire, world, observation), frame);
}

/* The contents that a reader can find in the file. */
static void note_contents(struct wire *wire, const struct world *world)
{
	wire->whole = !wire->plan->lost && wire->plan->link != LINK_UNREADABLE;
	for (uint32_t i = 0; i < wire->count; i++) {
		const struct wire_record *record = &wire->records[i];
		struct frame frame;

		if (!i || record->time < wire->first)
			wire->first = record->time;
		if (!i || record->time > wire->last)
			wire->last = record->time;
		if (record->observation == NONE)
			continue;
		build(wire, world, record, &frame);
		wire->cut += frame.headers > wire->plan->snaplen;
		if (frame.headers > wire->plan->snaplen)
			wire->whole = false;
		else if (wire->plan->link != LINK_UNREADABLE)
			wire->has[record->observation] = true;
	}
}

void wire_take(struct wire *wire, struct world *world, const struct wire_plan *plan)
{
	int64_t end = world->now + 500 * MS, noise = 0;

	*wire = (struct wire){ .plan = plan };
	wire->records = calloc(world->observation_count + 3000, sizeof(*wire->records));
	wire->has = calloc(world->observation_count + 1, sizeof(*wire->has));
	if (!wire->records || !wire->has)
		abort();
	for (uint32_t i = 0; i < world->observation_count; i++) {
		if (is_taken(wire, world, &world->observations[i]))
			add(wire, world, world->observations[i].time, i);
	}
	for (uint32_t i = 0; i < 2900 && noise < end; i++) {
		if (noise >= plan->from && (!plan->until || noise <= plan->until))
			add(wire, world, noise, NONE);
		noise += random_in(&world->random, 1, 200) * MS;
	}
	qsort(wire->records, wire->count, sizeof(*wire->records), compare_keys);
	lose_frames(wire, world);
	note_contents(wire, world);
	wire->has_clock = (!plan->offset && !plan->drift_ppm) || clock_is_known(wire, world);
}

void wire_free(struct wire *wire)
{
	free(wire->records);
	free(wire->has);
}

static uint64_t clock_of(const struct wire *wire, const struct world *world, int64_t time)
{
	return (uint64_t)world->situation.epoch + (uint64_t)time + (uint64_t)wire->plan->offset +
	       (uint64_t)(time / 1000 * wire->plan->drift_ppm / 1000);
}

static int write_pcap(const struct wire *wire, const struct world *world, const char *path)
{
	const struct wire_plan *plan = wire->plan;
	void *file;
	int err = pcap_open(path, plan->format, plan->snaplen, frame_linktype(plan->link), &file);

	if (err)
		return err;
	for (uint32_t i = 0; !err && i < wire->count; i++) {
		struct frame frame;
		struct pcap_record record;

		build(wire, world, &wire->records[i], &frame);
		record = (struct pcap_record){
			.timestamp_ns = clock_of(wire, world, wire->records[i].time),
			.data = frame.bytes,
			.caplen = frame.headers < plan->snaplen ? frame.headers : plan->snaplen,
			.len = frame.length,
		};
		err = pcap_add(file, plan->format, &record);
	}
	return pcap_close(file) ? -EIO : err;
}

static int add_packets(const struct wire *wire, const struct world *world,
		       struct pcapng_writer *writer, uint32_t interface, uint64_t unit)
{
	int err = 0;

	for (uint32_t i = 0; !err && i < wire->count; i++) {
		struct pcapng_packet packet = { .interface_id = interface };
		struct frame frame;

		build(wire, world, &wire->records[i], &frame);
		packet.timestamp = clock_of(wire, world, wire->records[i].time) / unit;
		packet.caplen = frame.headers < wire->plan->snaplen ? frame.headers
								    : wire->plan->snaplen;
		packet.len = frame.length;
		packet.data = frame.bytes;
		err = pcapng_writer_add_packet(writer, &packet);
	}
	return err;
}

static int write_pcapng(const struct wire *wire, const struct world *world, const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644), err = fd < 0 ? -errno : 0;
	struct pcapng_writer *writer = err ? NULL : pcapng_writer_new(pcapng_target_fd(fd));
	const uint8_t digits = wire->plan->format == FORMAT_PCAPNG_US ? 6 : 9;
	const uint64_t unit = digits == 6 ? 1000 : 1, lost = wire->plan->lost;
	const struct pcapng_option resolution = { PCAPNG_IF_TSRESOL, 1, &digits, 0 };
	const struct pcapng_option dropped = { PCAPNG_ISB_IFDROP, sizeof(lost), &lost, 8 };
	uint32_t interface;

	if (err || !writer)
		return err ? err : -ENOMEM;
	err = pcapng_writer_add_section(writer, (struct pcapng_options){ NULL, 0 });
	if (!err)
		err = pcapng_writer_add_interface(writer, frame_linktype(wire->plan->link),
						  wire->plan->snaplen,
						  (struct pcapng_options){ &resolution, 1 },
						  &interface);
	if (!err)
		err = add_packets(wire, world, writer, interface, unit);
	if (!err && lost)
		err = pcapng_writer_add_statistics(writer, interface,
						   clock_of(wire, world, wire->last) / unit,
						   (struct pcapng_options){ &dropped, 1 });
	if (pcapng_writer_free(writer) && !err)
		err = -EIO;
	close(fd);
	return err;
}

static bool is_pcapng(const struct wire_plan *plan)
{
	return plan->format == FORMAT_PCAPNG_US || plan->format == FORMAT_PCAPNG_NS;
}

int wire_write(const struct wire *wire, const struct world *world, const char *path)
{
	return (is_pcapng(wire->plan) ? write_pcapng : write_pcap)(wire, world, path);
}

const char *wire_extension(const struct wire_plan *plan)
{
	return is_pcapng(plan) ? "pcapng" : "pcap";
}
