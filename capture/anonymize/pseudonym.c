// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "pseudonym.h"

#define FIRST_PERSON 1000 /* of the users that useradd(8) creates for people */
#define NOBODY	     65534

/* Namespaces have inode numbers from 4026531836 on (PROC_DYNAMIC_FIRST in linux/proc_ns.h). */
#define NAMESPACE_FIRST 0xf0000000U
#define USER_FIRST	100000U
#define USERS		2000000000U

void pseudonym_add(const struct secret *secret, const char *kind, const char *name,
		   struct strbuf *text)
{
	uint8_t digest[DIGEST_BYTES];

	secret_digest(secret, kind, name, strlen(name), digest);
	strbuf_addf(text, "%s-%02x%02x%02x%02x%02x", kind, digest[0], digest[1], digest[2],
		    digest[3], digest[4]);
}

void pseudonym_add_device(const struct secret *secret, const char *name, struct strbuf *text)
{
	if (strcmp(name, "lo") == 0 || strcmp(name, "any") == 0)
		strbuf_add(text, name);
	else
		pseudonym_add(secret, "if", name, text);
}

static const char *unit_ending(const char *name, size_t length)
{
	static const char *const endings[] = { ".slice", ".service", ".scope" };

	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		size_t ending = strlen(endings[i]);

		if (length > ending && memcmp(name + length - ending, endings[i], ending) == 0)
			return endings[i];
	}
	return "";
}

static void add_folder(const struct secret *secret, const char *name, size_t length,
		       struct strbuf *text)
{
	uint8_t digest[DIGEST_BYTES];

	secret_digest(secret, "cg", name, length, digest);
	strbuf_addf(text, "cg-%02x%02x%02x%02x%02x%s", digest[0], digest[1], digest[2], digest[3],
		    digest[4], unit_ending(name, length));
}

void pseudonym_add_cgroup(const struct secret *secret, const char *path, struct strbuf *text)
{
	while (*path) {
		size_t length = strcspn(path, "/");

		if (length)
			add_folder(secret, path, length, text);
		path += length;
		if (*path == '/')
			strbuf_add_bytes(text, path++, 1);
	}
}

static uint32_t digest_of(const struct secret *secret, const char *kind, uint32_t number)
{
	const uint8_t name[4] = { (uint8_t)(number >> 24), (uint8_t)(number >> 16),
				  (uint8_t)(number >> 8), (uint8_t)number };
	uint8_t digest[DIGEST_BYTES];

	secret_digest(secret, kind, name, sizeof(name), digest);
	return (uint32_t)digest[0] << 24 | digest[1] << 16 | digest[2] << 8 | digest[3];
}

uint32_t pseudonym_of_namespace(const struct secret *secret, uint32_t inode)
{
	return inode ? NAMESPACE_FIRST | digest_of(secret, "namespace", inode) : 0;
}

uint32_t pseudonym_of_user(const struct secret *secret, uint32_t uid)
{
	if (uid < FIRST_PERSON || uid == NOBODY)
		return uid;
	return USER_FIRST + digest_of(secret, "user", uid) % USERS;
}
