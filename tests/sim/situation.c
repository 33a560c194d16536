// SPDX-License-Identifier: GPL-2.0-or-later
#include "sim.h"
#include "situation_easy.h"
#include "situation_world.h"

/* The table of situations. Each is a function that changes what the seed has drawn. */

#define HOUR (3600 * SECOND)

static int64_t either_sign(struct random *random, int64_t value)
{
	return draw(random, 50) ? value : -value;
}

static void plain(struct random *random, struct situation *situation)
{
	(void)random;
	(void)situation;
}

static void clock_100us(struct random *random, struct situation *situation)
{
	situation->wires[0].offset = either_sign(random, random_in(random, 60, 240) * US);
}

static void clock_1ms(struct random *random, struct situation *situation)
{
	situation->wires[0].offset = either_sign(random, random_in(random, 500, 20000) * US);
}

static void clock_hour(struct random *random, struct situation *situation)
{
	situation->wires[0].offset =
		either_sign(random, random_in(random, 1, 3) * HOUR + random_in(random, 0, SECOND));
}

static void clock_drift(struct random *random, struct situation *situation)
{
	situation->wires[0].offset = either_sign(random, random_in(random, 0, 2000) * US);
	situation->wires[0].drift_ppm = either_sign(random, random_in(random, 20, 200));
}

static void queue(struct random *random, struct situation *situation)
{
	situation->queue_bytes_per_ms = (uint32_t)random_in(random, 500, 5000);
	situation->queue_limit = (uint32_t)random_in(random, 20000, 200000);
	situation->queue_splits = draw(random, 60);
}

static void queue_and_clock(struct random *random, struct situation *situation)
{
	queue(random, situation);
	situation->wires[0].offset = either_sign(random, random_in(random, 1, 3000) * MS);
}

static void out_of_order(struct random *random, struct situation *situation)
{
	static const int64_t most[] = { 300 * US, 5 * MS, 100 * MS, SECOND };

	situation->wires[0].out_of_order = most[random_in(random, 0, 3)];
	situation->shuffled_events = draw(random, 50);
}

static void cut_start(struct random *random, struct situation *situation)
{
	situation->wires[0].from = random_in(random, 10, 1500) * MS;
}

static void cut_end(struct random *random, struct situation *situation)
{
	situation->wires[0].until = random_in(random, 100, 3000) * MS;
}

static void cut_middle(struct random *random, struct situation *situation)
{
	situation->wire_count = 2;
	situation->wires[0].until = random_in(random, 100, 1500) * MS;
	situation->wires[1].from = situation->wires[0].until + random_in(random, 1, 800) * MS;
}

static void rotated(struct random *random, struct situation *situation)
{
	int64_t from = 0;

	situation->wire_count = 3;
	for (uint32_t i = 0; i < 3; i++) {
		situation->wires[i].format = situation->wires[0].format;
		situation->wires[i].from = from ? from + 1 : 0;
		from += random_in(random, 100, 1200) * MS;
		situation->wires[i].until = i < 2 ? from : 0;
	}
}

static void same_capture_twice(struct random *random, struct situation *situation)
{
	situation->wire_count = 2;
	if (draw(random, 50))
		situation->wires[1].offset = either_sign(random, random_in(random, 1, 5000) * US);
}

static void two_hops(struct random *random, struct situation *situation)
{
	situation->hops = 2;
	situation->dropped_forward = (uint32_t)random_in(random, 1, 5) * PERCENT;
}

static void two_interfaces(struct random *random, struct situation *situation)
{
	two_hops(random, situation);
	situation->wire_count = 2;
	situation->wires[1].taps = TAP_OUTER;
	if (draw(random, 30))
		situation->wires[1].offset = either_sign(random, random_in(random, 1, 5000) * US);
}

static void outer_interface(struct random *random, struct situation *situation)
{
	two_hops(random, situation);
	situation->wires[0].taps = TAP_OUTER;
}

static void any_device(struct random *random, struct situation *situation)
{
	if (draw(random, 70))
		two_hops(random, situation);
	situation->wires[0].taps = TAP_INNER | TAP_OUTER;
	situation->wires[0].link = LINK_SLL2;
}

static void nat_any(struct random *random, struct situation *situation)
{
	any_device(random, situation);
	two_hops(random, situation);
	situation->nat = draw(random, 50) ? NAT_SOURCE : NAT_DESTINATION;
}

static void nat_two_files(struct random *random, struct situation *situation)
{
	two_interfaces(random, situation);
	situation->nat = draw(random, 50) ? NAT_SOURCE : NAT_DESTINATION;
}

static void nat_outside(struct random *random, struct situation *situation)
{
	outer_interface(random, situation);
	situation->nat = draw(random, 50) ? NAT_SOURCE : NAT_DESTINATION;
}

static void unreadable(struct random *random, struct situation *situation)
{
	situation->wires[0].link = LINK_UNREADABLE;
	if (draw(random, 50))
		situation->wire_count = 2;
}

static void raw_ip(struct random *random, struct situation *situation)
{
	(void)random;
	situation->wires[0].link = LINK_RAW;
}

/* Frames that are equal byte by byte: no IP ID, and fast again within one tick of timestamps. */
static void equal_frames(struct random *random, struct situation *situation)
{
	situation->ipv6 = true;
	situation->timestamps = draw(random, 60);
	situation->delay = random_in(random, 5, 60) * US;
	situation->jitter = situation->delay / 10;
	if (draw(random, 50)) {
		two_hops(random, situation);
		situation->wires[0].taps = draw(random, 80) ? TAP_INNER : TAP_OUTER;
	}
}

static void gso(struct random *random, struct situation *situation)
{
	situation->gso_segs = (uint32_t)random_in(random, 2, 44);
	situation->network_splits = draw(random, 70);
}

static void gso_split(struct random *random, struct situation *situation)
{
	gso(random, situation);
	situation->queue_splits = true;
}

static void no_sack(struct random *random, struct situation *situation)
{
	(void)random;
	situation->sack = false;
}

static void no_timestamps(struct random *random, struct situation *situation)
{
	(void)random;
	situation->timestamps = false;
}

static void spurious(struct random *random, struct situation *situation)
{
	situation->stalls = (uint32_t)random_in(random, 1, 4) * PERCENT;
	situation->reordered = (uint32_t)random_in(random, 0, 5) * PERCENT;
}

static void filtered(struct random *random, struct situation *situation)
{
	situation->connections = (uint32_t)random_in(random, 2, 4);
	situation->wires[0].misses_a_connection = true;
}

static void frames_lost(struct random *random, struct situation *situation)
{
	situation->wires[0].format = FORMAT_PCAPNG_NS;
	situation->wires[0].lost = (uint32_t)random_in(random, 1, 60);
}

static void short_frames(struct random *random, struct situation *situation)
{
	static const uint32_t lengths[] = { 40, 54, 60, 66, 68, 74, 82, 96 };

	situation->wires[0].snaplen = lengths[random_in(random, 0, 7)];
}

static void formats(struct random *random, struct situation *situation)
{
	situation->wires[0].format = (enum wire_format)random_in(random, 0, FORMAT_PCAPNG_NS);
}

static void far_future(struct random *random, struct situation *situation)
{
	/* pcap has 32 bits of seconds: only pcapng reaches so far. */
	situation->wires[0].format = FORMAT_PCAPNG_NS;
	if (draw(random, 50))
		situation->wires[0].offset = INT64_MAX - SITUATION_EPOCH +
					     random_in(random, 1, HOUR);
	else
		situation->epoch = INT64_MAX - random_in(random, 0, 3 * SECOND);
}

static void events_lost(struct random *random, struct situation *situation)
{
	situation->forgotten = (uint32_t)random_in(random, 1, 30) * PERCENT;
}

static void port_reuse(struct random *random, struct situation *situation)
{
	situation->connections = (uint32_t)random_in(random, 2, 3);
	situation->same_ports = true;
}

/* Each namespace has a tap of its own; there may be a file of one alone. */
static void same_addresses(struct random *random, struct situation *situation)
{
	situation->same_addresses = true;
	situation->connections = 2;
	situation->wire_count = draw(random, 60) ? 2 : 1;
	situation->wires[0].netns = 1;
	situation->wires[1].netns = 2;
}

/* Like a file that mergecap makes of two interfaces' captures. */
static void merged(struct random *random, struct situation *situation)
{
	two_hops(random, situation);
	situation->wires[0].taps = TAP_INNER | TAP_OUTER;
}

/* Both devices in one capture, as with -i any; or that of the outer one alone. */
static void tunnel(struct random *random, struct situation *situation)
{
	two_hops(random, situation);
	situation->tunnel = true;
	situation->outer_delay = draw(random, 40) ? random_in(random, 10, 3000) * US : 0;
	situation->wires[0].taps = draw(random, 80) ? TAP_INNER | TAP_OUTER : TAP_OUTER;
	situation->wires[0].link = LINK_SLL2;
}

/* Nothing but drops ties the clocks, and a drop may be late. */
static void clock_of_drops(struct random *random, struct situation *situation)
{
	situation->only_drops = draw(random, 60);
	situation->ipv6 = draw(random, 70);
	situation->timestamps = draw(random, 30);
	if (draw(random, 50))
		situation->delay = random_in(random, 5, 60) * US;
	situation->jitter = situation->delay / 10;
	situation->dropped_driver = draw(random, 50) ? 2 * PERCENT : 0;
	situation->dropped_input = 3 * PERCENT;
	situation->wires[0].offset = either_sign(random, random_in(random, 100, 1500) * US);
}

static const struct {
	const char *name;
	void (*change)(struct random *random, struct situation *situation);
} table[] = {
	{ "only-loss", only_loss },
	{ "only-ack-loss", only_ack_loss },
	{ "only-output-drop", only_output_drop },
	{ "only-late-drop", only_late_drop },
	{ "only-input-drop", only_input_drop },
	{ "only-stalls", only_stalls },
	{ "plain", plain },
	{ "clock-100us", clock_100us },
	{ "clock-1ms", clock_1ms },
	{ "clock-hour", clock_hour },
	{ "clock-drift", clock_drift },
	{ "queue", queue },
	{ "queue-clock", queue_and_clock },
	{ "out-of-order", out_of_order },
	{ "cut-start", cut_start },
	{ "cut-end", cut_end },
	{ "cut-middle", cut_middle },
	{ "rotated", rotated },
	{ "twice", same_capture_twice },
	{ "two-interfaces", two_interfaces },
	{ "outer-interface", outer_interface },
	{ "any-device", any_device },
	{ "nat-any", nat_any },
	{ "nat-two-files", nat_two_files },
	{ "nat-outside", nat_outside },
	{ "unreadable", unreadable },
	{ "raw-ip", raw_ip },
	{ "equal-frames", equal_frames },
	{ "gso", gso },
	{ "gso-split", gso_split },
	{ "no-sack", no_sack },
	{ "no-timestamps", no_timestamps },
	{ "spurious", spurious },
	{ "filtered", filtered },
	{ "frames-lost", frames_lost },
	{ "short-frames", short_frames },
	{ "formats", formats },
	{ "far-future", far_future },
	{ "events-lost", events_lost },
	{ "port-reuse", port_reuse },
	{ "same-addresses", same_addresses },
	{ "merged", merged },
	{ "tunnel", tunnel },
	{ "clock-of-drops", clock_of_drops },
};

size_t situation_count(void)
{
	return sizeof(table) / sizeof(table[0]);
}

const char *situation_name(size_t index)
{
	return table[index].name;
}

void situation_draw(size_t index, struct random *random, struct situation *situation)
{
	*situation = (struct situation){ .name = table[index].name };
	situation_draw_world(random, situation);
	situation_draw_wires(random, situation);
	table[index].change(random, situation);
}
