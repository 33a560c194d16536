/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CHECKSUM_H
#define CHECKSUM_H

/*
 * The Internet checksum (RFC 1071), before and after headers are rewritten. One that was right is
 * right again; one that was wrong stays wrong, since that may be why the packet was dropped; one
 * that could not be checked, because bytes are missing, is made as if these were zeros.
 */

#include <stdint.h>

enum checksum_was {
	CHECKSUM_UNCHECKED,
	CHECKSUM_RIGHT,
	CHECKSUM_WRONG,
};

/* Returns the sum of what it was, and of further bytes, of which only the last may be odd. */
uint32_t checksum_add(uint32_t sum, const uint8_t *bytes, uint32_t length);

/* Of the addresses, the protocol and the length of the payload of an IP packet. */
uint32_t checksum_pseudo(const uint8_t *ip, uint8_t protocol, uint32_t length);

/* The sum of all bytes, the checksum included, says what that was. */
enum checksum_was checksum_look(uint32_t sum);

/* Returns the checksum for the sum of all bytes but it. */
uint16_t checksum_make(uint32_t sum, enum checksum_was was);

#endif
