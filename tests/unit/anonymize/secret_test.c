// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <unistd.h>

#include "anonymize/secret.h"
#include "test.h"

static char path[] = "/tmp/secret-test-XXXXXX";
static struct error error;

static void write_key(const char *text, size_t length)
{
	FILE *file = fopen(path, "w");

	if (!file || fwrite(text, 1, length, file) != length || fclose(file))
		abort();
}

TEST(kind_and_bytes_are_kept_apart)
{
	const struct secret secret = { .key = "a key of thirty-two bytes, as it" };
	uint8_t first[DIGEST_BYTES], second[DIGEST_BYTES];

	secret_digest(&secret, "ab", "c", 1, first);
	secret_digest(&secret, "a", "bc", 2, second);
	CHECK(memcmp(first, second, sizeof(first)) != 0);
	secret_digest(&secret, "ab", "c", 1, second);
	CHECK(memcmp(first, second, sizeof(first)) == 0);
}

TEST(a_key_is_created_once_and_read_again)
{
	struct secret first, second;

	close(mkstemp(path));
	unlink(path);
	CHECK(!secret_load(&first, path, &error) && !secret_is_public(path));
	CHECK(!secret_load(&second, path, &error));
	CHECK(memcmp(first.key, second.key, SECRET_BYTES) == 0);
	unlink(path);
}

TEST(a_key_of_another_length_is_refused)
{
	struct secret secret;

	write_key("0123456789abcdef0123456789abcde", 31);
	CHECK(secret_load(&secret, path, &error) < 0 && strstr(error.text, "fewer"));
	write_key("0123456789abcdef0123456789abcdef\n", 33);
	CHECK(secret_load(&secret, path, &error) < 0 && strstr(error.text, "more"));
	unlink(path);
}

TEST(without_a_file_keys_are_random)
{
	struct secret first, second;

	CHECK(!secret_load(&first, NULL, &error) && !secret_load(&second, NULL, &error));
	CHECK(memcmp(first.key, second.key, SECRET_BYTES) != 0);
}
