/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FRAGMENT_BPF_H
#define FRAGMENT_BPF_H

/*
 * Later fragments have no ports. They get those of the first fragment of the same packet if that
 * was dropped shortly before, too: by the same firewall, or by the end of the time in which the
 * kernel waits for the others (ip_expire(), which frees the first one first).
 *
 * A fragment in the kernel's queue has no route, and a link of the queue in the place of skb->dev:
 * its namespace and device are only known from the first one.
 */

#include "benign.bpf.h"
#include "kernel.bpf.h"
#include "packet.bpf.h"
#include "record.h"

#define FRAGMENTS_MAX	 1024
#define FRAGMENT_LIFE_NS 60000000000ULL
/* Frees of one queue follow each other on its CPU: then the namespace need not be known. */
#define SAME_QUEUE_NS 10000000

/* A packet in fragments (RFC 791, 3.2; RFC 8200, 4.5). */
struct fragment_key {
	__u32 addresses[8];
	__u32 id;
};

/* The last dropped first fragments. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, FRAGMENTS_MAX);
	__type(key, struct fragment_key);
	__type(value, struct first_fragment);
} fragments SEC(".maps");

static __always_inline void fragment_key_of(const struct headers *h, struct fragment_key *key)
{
	__u32 at = h->family == AF_INET ? 12 : 8;

	__builtin_memset(key, 0, sizeof(*key));
	key->id = h->fragment_id;
	if (h->family == AF_INET)
		bpf_probe_read_kernel(key->addresses, 8, h->bytes + h->network + at);
	else
		bpf_probe_read_kernel(key->addresses, 32, h->bytes + h->network + at);
}

/* Returns whether the pointer is to a device, and that with this index. */
static __always_inline bool is_device(struct net_device *dev, int ifindex)
{
	return dev && BPF_CORE_READ(dev, ifindex) == ifindex &&
	       kernel_device(device_net(dev), ifindex) == dev;
}

static __always_inline void note_first(const struct fragment_key *key, struct drop *drop)
{
	struct first_fragment *first = &drop->first;
	struct net_device *dev = drop->origin.dev;

	first->seen_ns = bpf_ktime_get_ns();
	first->cpu = bpf_get_smp_processor_id();
	first->netns = drop->origin.netns;
	first->sport = drop->headers.sport;
	first->dport = drop->headers.dport;
	first->ifindex = BPF_CORE_READ(dev, ifindex);
	BPF_CORE_READ_STR_INTO(&first->ifname, dev, name);
	bpf_map_update_elem(&fragments, key, first, BPF_ANY);
}

static __always_inline void find_first(const struct fragment_key *key, struct drop *drop)
{
	const struct first_fragment *first = bpf_map_lookup_elem(&fragments, key);
	struct origin *origin = &drop->origin;
	__u64 age;

	if (!first)
		return;
	age = bpf_ktime_get_ns() - first->seen_ns;
	if (origin->netns ? first->netns != origin->netns || age > FRAGMENT_LIFE_NS
			  : first->cpu != bpf_get_smp_processor_id() || age > SAME_QUEUE_NS)
		return;
	drop->first = *first;
	origin->netns = first->netns;
}

/* For the fragment that is the slot's drop. iif: its skb_iif. Global for the verifier's sake. */
__attribute__((noinline)) int examine_fragment(__u32 slot, int iif)
{
	struct drop *drop = bpf_map_lookup_elem(&drops, &slot);
	struct fragment_key key;

	if (!drop)
		return 0;
	if (iif && drop->origin.dev && !is_device(drop->origin.dev, iif)) {
		drop->origin.dev = NULL;
		drop->origin.netns = 0;
		drop->origin.direction = RECORD_DIR_IN;
	}
	fragment_key_of(&drop->headers, &key);
	if (drop->headers.fragment == FRAGMENT_LATER)
		find_first(&key, drop);
	else if (!drop->headers.is_truncated || drop->headers.sport)
		note_first(&key, drop);
	return 0;
}

/* Adds what is known of a later fragment from the first one. */
static __always_inline void fill_fragment(struct drop_record *record, const struct drop *drop)
{
	const struct first_fragment *first = &drop->first;

	if (drop->headers.fragment != FRAGMENT_LATER || !first->seen_ns)
		return;
	record->flags |= RECORD_FRAGMENT_PORTS;
	record->flow.sport = first->sport;
	record->flow.dport = first->dport;
	if (record->ifindex)
		return;
	record->ifindex = first->ifindex;
	__builtin_memcpy(record->ifname, first->ifname, sizeof(record->ifname));
}

#endif
