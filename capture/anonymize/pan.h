/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PAN_H
#define PAN_H

/*
 * Prefix-preserving pseudonyms of IP addresses by Crypto-PAn (Xu, Fan, Ammar, Moon, ICNP 2002). Two
 * addresses that have their first n bits in common have so afterwards, too, and no more. It is a
 * permutation: different addresses stay different.
 *
 * Addresses with a meaning of their own keep it, so that a reader sees a private address as one:
 * an address of such a range stays in it, and one outside stays outside. Unspecified, loopback and
 * multicast addresses and the broadcast address stay as they are; others of those ranges have the
 * prefix of their range, and the rest is anonymized. One outside whose pseudonym would be inside
 * has the pseudonym of that: its bits are in common with those neighbours that do the same.
 */

#include <stdbool.h>
#include <stdint.h>

#include "secret.h"

struct pan;

/*
 * keep_private: private addresses (RFC 1918, RFC 6598, RFC 4193) stay as they are. Returns NULL for
 * lack of memory; NULL is accepted by _free.
 */
struct pan *pan_new(const uint8_t key[SECRET_BYTES], bool keep_private);
void pan_free(struct pan *pan);

/* Each replaces the address, in network byte order. */
void pan_ipv4(struct pan *pan, uint8_t address[4]);
void pan_ipv6(struct pan *pan, uint8_t address[16]);

/*
 * The algorithm alone, for all addresses of 4 or 16 bytes: the first `kept` bits stay. With 0 it is
 * Crypto-PAn as published.
 */
void pan_bits(const struct pan *pan, uint8_t *address, unsigned int bytes, unsigned int kept);

#endif
