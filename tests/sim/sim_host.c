// SPDX-License-Identifier: GPL-2.0-or-later
#include "sim_tcp.h"

/*
 * The watched host between TCP and the cable. Out: nftables, qdisc, tap, driver, and with two hops
 * the forwarding namespace with a tap of its own. In: the same backwards, without a qdisc. As in
 * Linux, the tap sees what leaves the qdisc, and what comes in before nftables does.
 */

static bool happens(struct world *world, uint32_t ppm)
{
	return random_ppm(&world->random, ppm);
}

static int64_t us_in(struct world *world, int64_t low, int64_t high)
{
	return random_in(&world->random, low, high) * US;
}

static uint32_t wire_bytes(const struct segment *segment)
{
	return segment->segs * 66 + segment->payload_len;
}

/* When what TCP has begun to send passes the next stage: it sends one packet after the other. */
static int64_t sending_at(const struct world *world)
{
	return world->now < world->busy_until ? world->busy_until : world->now;
}

static void drop_out(struct world *world, int64_t time, uint32_t segment, const char *reason,
		     const char *at)
{
	const struct host_event drop = {
		.direction = EVENT_OUT,
		.segment = segment,
		.reason = reason,
		.at = at,
	};

	world_drop(world, time, &drop);
}

/* A GSO packet is in the queue until its last part has left. */
static void leave(struct world *world, uint32_t index)
{
	struct segment *segment = &world->segments[index], *parent;

	segment->left = true;
	if (segment->parent == NONE)
		return;
	parent = &world->segments[segment->parent];
	if (!--parent->parts)
		parent->left = true;
}

/*
 * By the forwarding namespace, or by the device below a tunnel: TCP is not informed. The hook sees
 * the addresses before a source NAT, and after a destination NAT.
 */
static void drop_forwarded(struct world *world, uint32_t segment)
{
	bool leaves = world->situation.tunnel && world->segments[segment].side == OURS;
	const struct host_event drop = {
		.direction = leaves ? EVENT_OUT : EVENT_IN,
		.hop = 1,
		.segment = segment,
		.translated = world->situation.nat == NAT_DESTINATION,
		.reason = leaves ? "QDISC_DROP" : "NETFILTER_DROP",
		.at = leaves ? "__dev_queue_xmit+0xd01" : "nft_do_chain+0x3e8",
	};

	world_drop(world, world->now + us_in(world, 1, 3), &drop);
}

static void leave_outer(struct world *world, void *unused, uint64_t index)
{
	(void)unused;
	world_see(world, (uint32_t)index, 1, true);
	network_send(world, (uint32_t)index);
}

static void forward_out(struct world *world, void *unused, uint64_t index)
{
	(void)unused;
	if (happens(world, world->situation.dropped_forward))
		drop_forwarded(world, (uint32_t)index);
	else
		world_at(world, world->now + world->situation.outer_delay + us_in(world, 1, 3),
			 leave_outer, NULL, index);
}

/* The qdisc passes it to the device. */
static void dequeue(struct world *world, void *unused, uint64_t argument)
{
	uint32_t index = (uint32_t)argument;
	(void)unused;

	leave(world, index);
	/* Like fq_codel: TCP is not informed. */
	if (happens(world, world->situation.dropped_late)) {
		drop_out(world, world->now + us_in(world, 0, 1), index, "QDISC_DROP",
			 "codel_qdisc_dequeue+0x11a");
		return;
	}
	world_see(world, index, 0, true);
	if (happens(world, world->situation.dropped_driver))
		drop_out(world, world->now + us_in(world, 0, 2), index, "FULL_RING",
			 "veth_xmit+0x2a4");
	else if (world->situation.hops > 1)
		world_at(world, world->now + us_in(world, 2, 6), forward_out, NULL, index);
	else
		network_send(world, index);
}

static bool has_room(const struct world *world, uint32_t bytes)
{
	int64_t waits = world->queue_free_at - world->now;

	return waits <= 0 || waits / MS * world->situation.queue_bytes_per_ms + bytes <
				     world->situation.queue_limit;
}

/* Returns false if the qdisc has no room for it. */
static bool enqueue(struct world *world, uint32_t index)
{
	uint32_t bytes = wire_bytes(&world->segments[index]);

	if (!world->situation.queue_bytes_per_ms) {
		if (happens(world, world->situation.dropped_queue))
			return false;
		world_at(world, sending_at(world) + us_in(world, 1, 3), dequeue, NULL, index);
		return true;
	}
	if (!has_room(world, bytes) || happens(world, world->situation.dropped_queue))
		return false;
	if (world->queue_free_at < sending_at(world))
		world->queue_free_at = sending_at(world) + us_in(world, 1, 3);
	world_at(world, world->queue_free_at, dequeue, NULL, index);
	world->queue_free_at += bytes * MS / world->situation.queue_bytes_per_ms;
	return true;
}

static bool enqueue_or_drop(struct world *world, uint32_t index)
{
	if (enqueue(world, index))
		return true;
	leave(world, index);
	drop_out(world, sending_at(world) + 2 * US, index, "QDISC_DROP", "__dev_queue_xmit+0xd01");
	return false;
}

static const char *output(struct world *world, uint32_t index)
{
	uint32_t parts = 1, mss = world->connections[world->segments[index].connection].mss;
	bool queued = false;

	if (happens(world, world->situation.dropped_output)) {
		drop_out(world, sending_at(world) + 1 * US, index, "NETFILTER_DROP",
			 "nft_do_chain+0x3e8");
		return "EPERM";
	}
	if (world->segments[index].segs > 1 && world->situation.queue_splits)
		index = world_split(world, index, mss, &parts);
	for (uint32_t i = 0; i < parts; i++)
		queued |= enqueue_or_drop(world, index + i);
	return queued ? NULL : "NET_XMIT_DROP";
}

const char *host_output(struct world *world, uint32_t index)
{
	const char *err = output(world, index);

	world->busy_until = sending_at(world) + us_in(world, 5, 9);
	return err;
}

static void deliver(struct world *world, void *unused, uint64_t argument)
{
	const struct segment *segment = &world->segments[argument];
	(void)unused;

	if (world->now < world->busy_until) {
		world_at(world, world->busy_until, deliver, NULL, argument);
		return;
	}
	/* A process has locked its socket: the backlog waits until it is done. */
	if (happens(world, world->situation.locked)) {
		world->busy_until = world->now + us_in(world, 100, 2000);
		world_at(world, world->busy_until, deliver, NULL, argument);
		return;
	}
	tcp_receive(world, &world->connections[segment->connection].ends[OURS], (uint32_t)argument);
}

static void drop_in(struct world *world, uint32_t segment, int64_t time, const char *reason,
		    const char *at)
{
	const struct host_event drop = {
		.direction = EVENT_IN,
		.segment = segment,
		.reason = reason,
		.at = at,
	};

	world_drop(world, time, &drop);
}

static void arrive(struct world *world, void *unused, uint64_t argument)
{
	uint32_t index = (uint32_t)argument;
	(void)unused;

	world_see(world, index, 0, false);
	if (happens(world, world->situation.dropped_burst))
		world->rcvbuf_until = world->now + us_in(world, 100, 3000);
	if (happens(world, world->situation.dropped_input))
		drop_in(world, index, world->now + us_in(world, 2, 20), "NETFILTER_DROP",
			"nft_do_chain+0x3e8");
	else if (world->now < world->rcvbuf_until)
		drop_in(world, index, world->now + us_in(world, 2, 60), "SOCKET_BACKLOG",
			"tcp_add_backlog+0x1d2");
	else
		world_at(world, world->now + us_in(world, 2, 15), deliver, NULL, index);
}

void host_input(struct world *world, uint32_t index)
{
	if (world->situation.hops < 2) {
		arrive(world, NULL, index);
		return;
	}
	world_see(world, index, 1, false);
	if (happens(world, world->situation.dropped_forward))
		drop_forwarded(world, index);
	else
		world_at(world, world->now + us_in(world, 3, 8), arrive, NULL, index);
}
