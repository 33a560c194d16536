// SPDX-License-Identifier: GPL-2.0-or-later
/* Damage to compressed files, and compressed files that are damaged inside. */
#include <zlib.h>
#include <zstd.h>

#include "fault.h"

static void gzip(struct capture_bytes *file)
{
	struct capture_bytes plain = *file;
	z_stream stream = { .next_in = plain.bytes, .avail_in = (uInt)plain.length };

	stream.next_out = file->bytes;
	stream.avail_out = sizeof(file->bytes);
	if (deflateInit2(&stream, 9, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY) != Z_OK ||
	    deflate(&stream, Z_FINISH) != Z_STREAM_END)
		abort();
	file->length = stream.total_out;
	file->start = 0;
	deflateEnd(&stream);
}

static void zstd_of(struct capture_bytes *file, const void *bytes, size_t length)
{
	ZSTD_CCtx *context = ZSTD_createCCtx();

	ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
	file->length = ZSTD_compress2(context, file->bytes, sizeof(file->bytes), bytes, length);
	if (ZSTD_isError(file->length))
		abort();
	file->start = 0;
	ZSTD_freeCCtx(context);
}

static void zstd(struct capture_bytes *file)
{
	struct capture_bytes plain = *file;

	zstd_of(file, plain.bytes, plain.length);
}
FAULT(gzip_magic_alone, "pcapng.gz")
{
	put_bytes(file, "\x1f\x8b", 2);
}
FAULT(gzip_method_unknown, "pcapng.gz")
{
	begin_good(file);
	gzip(file);
	patch(file, 2, 7, 1);
}
FAULT(gzip_cut_in_head, "pcapng.gz")
{
	begin_good(file);
	gzip(file);
	file->length = 9;
}
FAULT(gzip_cut_in_checksum, "pcapng.gz")
{
	begin_good(file);
	gzip(file);
	cut(file, 6);
}
FAULT(gzip_checksum_wrong, "pcapng.gz")
{
	begin_good(file);
	gzip(file);
	patch(file, file->length - 8, 0, 4);
}
FAULT(gzip_size_wrong, "pcapng.gz")
{
	begin_good(file);
	gzip(file);
	patch(file, file->length - 4, 1, 4);
}
FAULT(gzip_block_type_unknown, "pcapng.gz")
{
	begin_good(file);
	gzip(file);
	patch(file, 10, 7, 1);
}
FAULT(gzip_then_text, "pcapng.gz")
{
	begin_good(file);
	gzip(file);
	put_bytes(file, "rubbish", 7);
}
FAULT(gzip_of_text, "pcapng.gz")
{
	put_bytes(file, "Hello, world\n", 13);
	gzip(file);
}
FAULT(gzip_of_nothing, "pcapng.gz")
{
	gzip(file);
}
FAULT(gzip_of_gzip, "pcapng.gz")
{
	begin_good(file);
	gzip(file);
	gzip(file);
}
FAULT(gzip_of_lengths_disagree, "pcapng.gz")
{
	begin_good(file);
	put_block(file, 0xbeef, 8);
	patch(file, 16, 24, 4);
	gzip(file);
}
FAULT(gzip_of_classic_cut, "pcap.gz")
{
	put_classic_head(file, 0xa1b2c3d4, 96);
	put_classic_record(file, 4);
	put_classic_record(file, 4);
	cut(file, 1);
	gzip(file);
}
FAULT(zstd_magic_alone, "pcapng.zst")
{
	put_bytes(file, "\x28\xb5\x2f\xfd", 4);
}
FAULT(zstd_cut, "pcapng.zst")
{
	begin_good(file);
	zstd(file);
	cut(file, 10);
}
FAULT(zstd_cut_in_checksum, "pcapng.zst")
{
	begin_good(file);
	zstd(file);
	cut(file, 1);
}
FAULT(zstd_checksum_wrong, "pcapng.zst")
{
	begin_good(file);
	zstd(file);
	patch(file, file->length - 4, 0, 4);
}
FAULT(zstd_block_type_unknown, "pcapng.zst")
{
	begin_good(file);
	zstd(file);
	patch(file, 6, 7, 1);
}
FAULT(zstd_reserved_bit, "pcapng.zst")
{
	begin_good(file);
	zstd(file);
	patch(file, 4, 0x2c, 1);
}
FAULT(zstd_window_of_64_mib, "pcapng.zst")
{
	put_bytes(file, "\x28\xb5\x2f\xfd\0\x80\1\0\0", 9);
}
FAULT(zstd_then_text, "pcapng.zst")
{
	begin_good(file);
	zstd(file);
	put_bytes(file, "rubbish", 7);
}
FAULT(zstd_of_text, "pcapng.zst")
{
	put_bytes(file, "Hello, world\n", 13);
	zstd(file);
}
FAULT(zstd_of_nothing, "pcapng.zst")
{
	zstd(file);
}
FAULT(zstd_of_caplen_past_end, "pcapng.zst")
{
	begin_good(file);
	put_packet(file, 0, 1, "second..");
	patch(file, AT_BODY + 12, 9, 4);
	zstd(file);
}
/* A small file that unpacks to much: a block that has a third of the bytes that it claims. */
FAULT(zstd_of_5_mib_of_zeros, "pcapng.zst")
{
	const size_t length = 5 << 20;
	uint8_t *zeros = calloc(1, length);

	begin_good(file);
	put_block(file, 0xbeef, 8);
	patch_total(file, (16 << 20) - 4);
	if (!zeros)
		abort();
	memcpy(zeros, file->bytes, file->length);
	zstd_of(file, zeros, length);
	free(zeros);
}
FAULT(compressed_by_xz, "pcapng.xz")
{
	put_bytes(file,
		  "\xfd"
		  "7zXZ",
		  6);
}
FAULT(compressed_by_bzip2, "pcapng.bz2")
{
	put_bytes(file, "BZh91AY", 7);
}
FAULT(compressed_by_lz4, "pcapng.lz4")
{
	put_bytes(file, "\x04\x22\x4d\x18", 4);
}
