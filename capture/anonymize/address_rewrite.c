// SPDX-License-Identifier: GPL-2.0-or-later
/* Values of headers that come again and again: their pseudonyms are kept. */
#include <string.h>

#include "event/packet.h"
#include "rewriter.h"

#define MAC_BYTES 6

/* The slot of the value; *is_known: it has its pseudonym. */
static struct known *find_known(struct packet_rewriter *rewriter, enum known_kind kind,
				const uint8_t *from, size_t length, bool *is_known)
{
	uint8_t bytes[16] = { 0 };
	uint64_t words[2];
	struct known *slot;

	memcpy(bytes, from, length);
	memcpy(words, bytes, sizeof(words));
	words[0] = (words[0] ^ (words[1] * 0x9e3779b97f4a7c15ULL) ^ kind) * 0xff51afd7ed558ccdULL;
	slot = &rewriter->known[words[0] >> 40 & (KNOWN_SLOTS - 1)];
	*is_known = slot->kind == kind && memcmp(slot->from, bytes, sizeof(bytes)) == 0;
	slot->kind = (uint8_t)kind;
	memcpy(slot->from, bytes, sizeof(bytes));
	return slot;
}

/* Groups of IP, of bridges and of Cisco's protocols, and all stations: they are everywhere. */
static bool is_known_group(const uint8_t mac[6])
{
	static const struct {
		uint8_t length;
		uint8_t first[MAC_BYTES];
	} groups[] = {
		{ 6, { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } },
		{ 2, { 0x33, 0x33 } },
		{ 3, { 0x01, 0x00, 0x5e } },
		{ 5, { 0x01, 0x80, 0xc2, 0x00, 0x00 } },
		{ 5, { 0x01, 0x00, 0x0c, 0xcc, 0xcc } },
	};

	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		if (memcmp(mac, groups[i].first, groups[i].length) == 0)
			return true;
	}
	return false;
}

/*
 * An address of a known group stays: it says nothing about a host, but for the end of that of a
 * neighbour solicitation, which is the end of an IPv6 address. Other groups become groups, and
 * hosts become locally administered addresses.
 */
static void pseudonym_of_mac(const struct secret *secret, const uint8_t from[6], uint8_t to[6])
{
	static const uint8_t nothing[MAC_BYTES], solicited[] = { 0x33, 0x33, 0xff };
	uint8_t digest[DIGEST_BYTES];

	memcpy(to, from, MAC_BYTES);
	if (memcmp(from, solicited, sizeof(solicited)) == 0)
		memset(to + 3, 0, 3);
	if (is_known_group(from) || memcmp(from, nothing, MAC_BYTES) == 0)
		return;
	secret_digest(secret, "mac", from, MAC_BYTES, digest);
	memcpy(to, digest, MAC_BYTES);
	to[0] = (uint8_t)((to[0] & ~3) | 2 | (from[0] & 1));
}

void rewrite_mac(struct packet_rewriter *rewriter, uint8_t mac[6])
{
	bool is_known;
	struct known *known = find_known(rewriter, KNOWN_MAC, mac, MAC_BYTES, &is_known);

	if (!is_known)
		pseudonym_of_mac(rewriter->config.secret, mac, known->to);
	memcpy(mac, known->to, MAC_BYTES);
}

void rewrite_ipv4(struct packet_rewriter *rewriter, uint8_t address[4])
{
	bool is_known;
	struct known *known = find_known(rewriter, KNOWN_IPV4, address, 4, &is_known);

	if (!is_known) {
		memcpy(known->to, address, 4);
		pan_ipv4(rewriter->pan, known->to);
	}
	memcpy(address, known->to, 4);
}

void rewrite_ipv6(struct packet_rewriter *rewriter, uint8_t address[16])
{
	bool is_known;
	struct known *known = find_known(rewriter, KNOWN_IPV6, address, 16, &is_known);

	if (!is_known) {
		memcpy(known->to, address, 16);
		pan_ipv6(rewriter->pan, known->to);
	}
	memcpy(address, known->to, 16);
}

uint32_t rewrite_label(struct packet_rewriter *rewriter, uint32_t label)
{
	uint8_t name[4], digest[DIGEST_BYTES];
	struct known *known;
	bool is_known;

	if (!label)
		return 0;
	packet_put32(name, label);
	known = find_known(rewriter, KNOWN_LABEL, name, sizeof(name), &is_known);
	if (!is_known) {
		secret_digest(rewriter->config.secret, "flow label", name, sizeof(name), digest);
		memcpy(known->to, digest, sizeof(name));
	}
	return packet_get32(known->to) & LABEL_BITS;
}
