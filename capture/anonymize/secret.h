/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SECRET_H
#define SECRET_H

/*
 * The key of an anonymization, and the keyed hash from which all pseudonyms but those of addresses
 * are made: HMAC-SHA-256 (RFC 2104). It is never printed and never written but to the file that
 * the user names.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/error.h"

#define SECRET_BYTES 32 /* as a key of Crypto-PAn */
#define DIGEST_BYTES 32

struct secret {
	uint8_t key[SECRET_BYTES];
};

/*
 * Reads the key from the file, which is created with a random one, for its owner alone, if it does
 * not exist. path NULL: a random key. Returns 0, or -errno and the error.
 */
int secret_load(struct secret *secret, const char *path, struct error *error);

/* Returns whether others than its owner may read or write the file. */
bool secret_is_public(const char *path);

/*
 * Fills digest with the hash of the bytes. The kind, at most 16 letters, keeps apart what is
 * hashed: one text as the name of a device and as that of a process.
 */
void secret_digest(const struct secret *secret, const char *kind, const void *bytes, size_t length,
		   uint8_t digest[DIGEST_BYTES]);

#endif
