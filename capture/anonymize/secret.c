// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <nettle/hmac.h>
#include <stdbool.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "secret.h"

static int draw(struct secret *secret, struct error *error)
{
	ssize_t got = getrandom(secret->key, sizeof(secret->key), 0);

	if (got == (ssize_t)sizeof(secret->key))
		return 0;
	return error_set(error, -EIO, "the kernel gives no random key: %s",
			 got < 0 ? strerror(errno) : "too few bytes");
}

/* A file that is only in part a key is removed: it would be refused the next time. */
static int create(struct secret *secret, const char *path, struct error *error)
{
	int fd, err = draw(secret, error);
	ssize_t put;

	if (err)
		return err;
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return error_set(error, -errno, "%s: cannot create the key: %s", path,
				 strerror(errno));
	put = write(fd, secret->key, sizeof(secret->key));
	if (put == (ssize_t)sizeof(secret->key) && !fsync(fd) && !close(fd))
		return 0;
	err = errno;
	unlink(path);
	return error_set(error, -EIO, "%s: cannot write the key: %s", path, strerror(err));
}

/* One byte more than a key is read, so that a longer file is noticed. */
static int read_key(struct secret *secret, int fd, const char *path, struct error *error)
{
	uint8_t bytes[SECRET_BYTES + 1];
	size_t length = 0;
	ssize_t got = 1;

	while (got > 0 && length < sizeof(bytes)) {
		got = read(fd, bytes + length, sizeof(bytes) - length);
		if (got > 0)
			length += (size_t)got;
	}
	if (got < 0)
		return error_set(error, -errno, "%s: cannot read the key: %s", path,
				 strerror(errno));
	if (length != SECRET_BYTES)
		return error_set(
			error, -EINVAL,
			"%s: a key has %d bytes, and this file has %s; --key creates one under a "
			"name that does not exist",
			path, SECRET_BYTES, length < SECRET_BYTES ? "fewer" : "more");
	memcpy(secret->key, bytes, SECRET_BYTES);
	return 0;
}

int secret_load(struct secret *secret, const char *path, struct error *error)
{
	int fd, err;

	if (!path)
		return draw(secret, error);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return create(secret, path, error);
	if (fd < 0)
		return error_set(error, -errno, "%s: cannot read the key: %s", path,
				 strerror(errno));
	err = read_key(secret, fd, path, error);
	close(fd);
	return err;
}

bool secret_is_public(const char *path)
{
	struct stat status;

	return !stat(path, &status) && status.st_mode & (S_IRWXG | S_IRWXO);
}

void secret_digest(const struct secret *secret, const char *kind, const void *bytes, size_t length,
		   uint8_t digest[DIGEST_BYTES])
{
	uint8_t prefix[16] = { 0 }; /* of one length, so that a kind never runs into the bytes */
	struct hmac_sha256_ctx mac;

	memcpy(prefix, kind, strnlen(kind, sizeof(prefix)));
	hmac_sha256_set_key(&mac, sizeof(secret->key), secret->key);
	hmac_sha256_update(&mac, sizeof(prefix), prefix);
	hmac_sha256_update(&mac, length, bytes);
	hmac_sha256_digest(&mac, DIGEST_BYTES, digest);
}
