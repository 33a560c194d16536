// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <zlib.h>
#include <zstd.h>

#include "compression.h"

enum {
	OUTPUT_BYTES = 64 << 10,
	GZIP_WINDOW = 15 + 16, /* the largest, + 16: with gzip's header */
	GZIP_MEMORY = 8,       /* zlib's default */
};

struct compression {
	int (*put)(void *context, const void *bytes, size_t size);
	void *context;
	int (*step)(struct compression *self, const void *bytes, size_t size,
		    enum compression_step step);
	z_stream gzip;
	ZSTD_CCtx *zstd;
	uint8_t bytes[OUTPUT_BYTES]; /* compressed */
};

static int step_plain(struct compression *self, const void *bytes, size_t size,
		      enum compression_step step)
{
	(void)step;
	return self->put(self->context, bytes, size);
}

static int step_gzip(struct compression *self, const void *bytes, size_t size,
		     enum compression_step step)
{
	static const int flush[STEP_COUNT] = { Z_NO_FLUSH, Z_SYNC_FLUSH, Z_FINISH };
	z_stream *gzip = &self->gzip;
	int err;

	gzip->next_in = (void *)(uintptr_t)bytes; /* zlib does not write to it */
	gzip->avail_in = (uInt)size;
	do {
		gzip->next_out = self->bytes;
		gzip->avail_out = sizeof(self->bytes);
		deflate(gzip, flush[step]);
		err = self->put(self->context, self->bytes, sizeof(self->bytes) - gzip->avail_out);
	} while (!err && !gzip->avail_out); /* full: there may be more */
	return err;
}

static int step_zstd(struct compression *self, const void *bytes, size_t size,
		     enum compression_step step)
{
	static const ZSTD_EndDirective end[STEP_COUNT] = { ZSTD_e_continue, ZSTD_e_flush,
							   ZSTD_e_end };
	ZSTD_inBuffer in = { bytes, size, 0 };
	size_t left;
	int err;

	do {
		ZSTD_outBuffer out = { self->bytes, sizeof(self->bytes), 0 };

		left = ZSTD_compressStream2(self->zstd, &out, &in, end[step]);
		if (ZSTD_isError(left))
			return -EIO;
		err = self->put(self->context, self->bytes, out.pos);
	} while (!err && (step == STEP_MORE ? in.pos < in.size : left > 0));
	return err;
}

static bool ends_in(const char *name, const char *suffix)
{
	size_t length = strlen(name), end = strlen(suffix);

	return length > end && strcmp(name + length - end, suffix) == 0;
}

const char *compression_suffix(const char *name)
{
	static const char *const suffixes[] = {
		".gz", ".zst", ".xz",  ".bz2", ".lz4", ".lzma", ".lzo", ".lz",	 ".br",
		".z",  ".7z",  ".zip", ".rar", ".tar", ".tgz",	".txz", ".tbz2",
	};
	const char *dot = strrchr(name, '.');

	if (!dot || dot == name || strchr(dot, '/'))
		return NULL;
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		if (strcasecmp(dot, suffixes[i]) == 0)
			return dot;
	}
	return NULL;
}

/* With a checksum, like the zstd command, so that a reader notices damage. */
static int start(struct compression *self, const char *name)
{
	self->step = step_plain;
	if (ends_in(name, ".gz")) {
		if (deflateInit2(&self->gzip, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP_WINDOW,
				 GZIP_MEMORY, Z_DEFAULT_STRATEGY) != Z_OK)
			return -ENOMEM;
		self->step = step_gzip;
	} else if (ends_in(name, ".zst")) {
		self->zstd = ZSTD_createCCtx();
		if (!self->zstd)
			return -ENOMEM;
		ZSTD_CCtx_setParameter(self->zstd, ZSTD_c_checksumFlag, 1);
		self->step = step_zstd;
	}
	return 0;
}

struct compression *compression_new(const char *name,
				    int (*put)(void *context, const void *bytes, size_t size),
				    void *context)
{
	struct compression *self = calloc(1, sizeof(*self));

	if (!self)
		return NULL;
	self->put = put;
	self->context = context;
	if (!start(self, name))
		return self;
	free(self);
	return NULL;
}

void compression_free(struct compression *compression)
{
	if (!compression)
		return;
	if (compression->step == step_gzip)
		deflateEnd(&compression->gzip);
	ZSTD_freeCCtx(compression->zstd);
	free(compression);
}

bool compression_compresses(const struct compression *compression)
{
	return compression->step != step_plain;
}

int compression_step(struct compression *compression, const void *bytes, size_t size,
		     enum compression_step step)
{
	return compression->step(compression, bytes, size, step);
}
