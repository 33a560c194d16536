// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * usage: make_bad DIRECTORY
 * Writes the damaged capture files of this folder, each named after its one fault. TESTLIST has the
 * message about each; ANNOTATIONS what is read of those whose annotation alone is damaged.
 */
#include <stdio.h>

#include <zlib.h>
#include <zstd.h>

#include "pcapng/capture_bytes.h"

struct fault {
	const char *name;
	const char *suffix;
	void (*make)(struct capture_bytes *file);
	struct fault *next;
};

static struct fault *faults;

#define FAULT(id, type)                                              \
	static void id(struct capture_bytes *file);                  \
	static struct fault fault_##id = { #id, type, id, NULL };    \
	__attribute__((constructor)) static void register_##id(void) \
	{                                                            \
		fault_##id.next = faults;                            \
		faults = &fault_##id;                                \
	}                                                            \
	static void id(struct capture_bytes *file)

enum {
	SECTION_BYTES = 28,
	AT_TOTAL = 4, /* in a block */
	AT_BODY = 8,
};

/* Most files begin with these and one good packet. */
static void begin(struct capture_bytes *file)
{
	put_section(file);
	put_interface(file, 96);
	put_packet(file, 0, 1, "first");
}

static void put_text(struct capture_bytes *file, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		put_number(file, (uint8_t)text[i], 1);
}

/* Overwrites a number of the last block. */
static void patch(struct capture_bytes *file, size_t at, uint64_t value, unsigned int size)
{
	size_t end = file->length;

	file->length = file->start + at;
	put_number(file, value, size);
	file->length = end;
}

static void cut(struct capture_bytes *file, size_t bytes)
{
	file->length -= bytes;
}

/* Both lengths of the last block say this. */
static void say_total(struct capture_bytes *file, uint32_t total)
{
	patch(file, AT_TOTAL, total, 4);
	patch(file, file->length - file->start - 4, total, 4);
}

/* A block of that type and so many bytes of body, all 0. */
static void put_block(struct capture_bytes *file, uint32_t type, size_t body)
{
	begin_block(file, type);
	while (body--)
		put_number(file, 0, 1);
	end_block(file);
}

/* What is no capture file. */
FAULT(empty, "pcapng")
{
	(void)file;
}
FAULT(one_byte, "pcapng")
{
	put_text(file, "\n", 1);
}
FAULT(three_bytes, "pcapng")
{
	put_text(file, "\n\r\r", 3);
}
FAULT(text, "pcapng")
{
	put_text(file, "Hello, world\n", 13);
}
FAULT(text_of_escapes, "pcapng")
{
	put_text(file, "\033[1mred", 7);
}
FAULT(zeros, "pcapng")
{
	put_text(file, "\0\0\0\0\0\0\0\0", 8);
}
FAULT(line_ends_changed, "pcapng")
{
	put_text(file, "\n\r\n\r\n\n\x1c\0\0\0", 10);
}
FAULT(interface_is_first, "pcapng")
{
	put_interface(file, 0);
}

/* Sections. */
FAULT(section_type_alone, "pcapng")
{
	put_text(file, "\n\r\r\n", 4);
}
FAULT(section_cut_before_byte_order, "pcapng")
{
	put_section(file);
	cut(file, SECTION_BYTES - 8);
}
FAULT(section_cut_in_byte_order, "pcapng")
{
	put_section(file);
	cut(file, SECTION_BYTES - 11);
}
FAULT(section_byte_order_unknown, "pcapng")
{
	put_section(file);
	patch(file, AT_BODY, 0x1a2b4d3c, 4);
}
FAULT(section_length_0, "pcapng")
{
	put_section(file);
	say_total(file, 0);
}
FAULT(section_too_short, "pcapng")
{
	put_section(file);
	say_total(file, 24);
}
FAULT(section_cut, "pcapng")
{
	put_section(file);
	cut(file, 4);
}
FAULT(section_lengths_disagree, "pcapng")
{
	put_section(file);
	patch(file, 24, 32, 4);
}
FAULT(section_version_2_0, "pcapng")
{
	put_section(file);
	patch(file, AT_BODY + 4, 2, 2);
}
FAULT(section_version_1_1, "pcapng")
{
	put_section(file);
	patch(file, AT_BODY + 6, 1, 2);
}
FAULT(section_option_past_end, "pcapng")
{
	begin_block(file, 0x0a0d0d0a);
	put32(file, 0x1a2b3c4d);
	put16(file, 1);
	put16(file, 0);
	put64(file, UINT64_MAX);
	put_option(file, 1, "comment", 7);
	end_block(file);
	patch(file, AT_BODY + 18, 9, 2);
}
FAULT(second_section_byte_order_unknown, "pcapng")
{
	begin(file);
	put_section(file);
	patch(file, AT_BODY, 0, 4);
}
FAULT(second_section_cut, "pcapng")
{
	begin(file);
	put_section(file);
	cut(file, 20);
}
FAULT(second_section_has_no_interface, "pcapng")
{
	begin(file);
	put_section(file);
	put_packet(file, 0, 1, "of the first section");
}

/* Blocks. */
FAULT(block_cut_in_type, "pcapng")
{
	begin(file);
	put_text(file, "\6\0\0", 3);
}
FAULT(block_cut_in_length, "pcapng")
{
	begin(file);
	put_text(file, "\6\0\0\0\x20", 5);
}
FAULT(block_length_0, "pcapng")
{
	begin(file);
	put_block(file, 0xbeef, 8);
	say_total(file, 0);
}
FAULT(block_length_8, "pcapng")
{
	begin(file);
	put_block(file, 0xbeef, 8);
	say_total(file, 8);
}
FAULT(block_length_of_no_multiple_of_4, "pcapng")
{
	begin(file);
	put_block(file, 0xbeef, 7);
}
FAULT(block_length_16_mib, "pcapng")
{
	begin(file);
	put_block(file, 0xbeef, 8);
	say_total(file, 16 << 20);
}
FAULT(block_length_nearly_16_mib, "pcapng")
{
	begin(file);
	put_block(file, 0xbeef, 8);
	say_total(file, (16 << 20) - 4);
}
FAULT(block_length_2_gib, "pcapng")
{
	begin(file);
	put_block(file, 0xbeef, 8);
	say_total(file, 0x80000000);
}
FAULT(block_length_4_gib, "pcapng")
{
	begin(file);
	put_block(file, 0xbeef, 8);
	say_total(file, 0xfffffffc);
}
FAULT(block_length_in_other_byte_order, "pcapng")
{
	begin(file);
	put_block(file, 0xbeef, 8);
	say_total(file, 0x14000000);
}
FAULT(block_longer_than_file, "pcapng")
{
	begin(file);
	put_block(file, 0xbeef, 8);
	say_total(file, 24);
}
FAULT(block_lengths_disagree, "pcapng")
{
	begin(file);
	put_block(file, 0xbeef, 8);
	patch(file, 16, 24, 4);
}
FAULT(block_second_length_0, "pcapng")
{
	begin(file);
	put_block(file, 0xbeef, 8);
	patch(file, 16, 0, 4);
}
FAULT(custom_too_short, "pcapng")
{
	begin(file);
	put_block(file, 0xbad, 0);
}
FAULT(block_cut_in_body, "pcapng")
{
	begin(file);
	put_block(file, 0xbeef, 8);
	cut(file, 6);
}
FAULT(zeros_behind, "pcapng")
{
	begin(file);
	put_text(file, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16);
}
FAULT(text_behind, "pcapng")
{
	begin(file);
	put_text(file, "rubbish behind it", 17);
}

/* Interfaces. */
FAULT(interface_too_short, "pcapng")
{
	put_section(file);
	put_block(file, 1, 4);
}
FAULT(interface_cut, "pcapng")
{
	put_section(file);
	put_interface(file, 96);
	cut(file, 8);
}

static void put_interface_with(struct capture_bytes *file, uint16_t code, size_t length)
{
	put_section(file);
	begin_block(file, 1);
	put16(file, 1);
	put16(file, 0);
	put32(file, 96);
	put_option(file, code, "12345678", length);
	end_block(file);
}
FAULT(tsresol_of_2_bytes, "pcapng")
{
	put_interface_with(file, 9, 2);
}
FAULT(tsresol_of_0_bytes, "pcapng")
{
	put_interface_with(file, 9, 0);
}
FAULT(tsoffset_of_4_bytes, "pcapng")
{
	put_interface_with(file, 14, 4);
}
FAULT(interface_option_past_end, "pcapng")
{
	put_interface_with(file, 2, 8);
	patch(file, AT_BODY + 10, 9, 2);
}
FAULT(interface_option_of_65535_bytes, "pcapng")
{
	put_interface_with(file, 2, 8);
	patch(file, AT_BODY + 10, 0xffff, 2);
}

/* Packets. */
FAULT(packet_before_any_interface, "pcapng")
{
	put_section(file);
	put_packet(file, 0, 1, "first");
}
FAULT(packet_interface_too_large, "pcapng")
{
	begin(file);
	put_packet(file, 1, 1, "second");
}
FAULT(packet_interface_ffffffff, "pcapng")
{
	begin(file);
	put_packet(file, UINT32_MAX, 1, "second");
}
FAULT(packet_too_short, "pcapng")
{
	begin(file);
	put_block(file, 6, 16);
}
FAULT(packet_caplen_past_end, "pcapng")
{
	begin(file);
	put_packet(file, 0, 1, "second..");
	patch(file, AT_BODY + 12, 9, 4);
}
FAULT(packet_caplen_ffffffff, "pcapng")
{
	begin(file);
	put_packet(file, 0, 1, "second");
	patch(file, AT_BODY + 12, UINT32_MAX, 4);
}
FAULT(packet_caplen_fffffffd, "pcapng") /* its padding wraps to 0 */
{
	begin(file);
	put_packet(file, 0, 1, "second");
	patch(file, AT_BODY + 12, UINT32_MAX - 2, 4);
}
FAULT(packet_cut_in_data, "pcapng")
{
	begin(file);
	put_packet(file, 0, 1, "second..");
	cut(file, 7);
}
FAULT(packet_cut_in_last_length, "pcapng")
{
	begin(file);
	put_packet(file, 0, 1, "second");
	cut(file, 1);
}

/* A second packet with an option, left open. */
static void begin_commented(struct capture_bytes *file)
{
	begin(file);
	begin_packet(file, 0, 1, "data");
	put_option(file, 1, "comment", 7);
}
FAULT(packet_option_past_end, "pcapng")
{
	begin_commented(file);
	end_block(file);
	patch(file, AT_BODY + 26, 9, 2);
}
FAULT(packet_option_of_65535_bytes, "pcapng")
{
	begin_commented(file);
	end_block(file);
	patch(file, AT_BODY + 26, 0xffff, 2);
}
FAULT(packet_option_without_its_value, "pcapng")
{
	begin_commented(file);
	put16(file, 1);
	put16(file, 4);
	end_block(file);
}
FAULT(packet_cut_in_option, "pcapng")
{
	begin_commented(file);
	end_block(file);
	cut(file, 10);
}

FAULT(simple_before_any_interface, "pcapng")
{
	put_section(file);
	put_block(file, 3, 8);
}
FAULT(simple_too_short, "pcapng")
{
	begin(file);
	put_block(file, 3, 0);
}
FAULT(simple_len_past_end, "pcapng")
{
	begin(file);
	put_block(file, 3, 8);
	patch(file, AT_BODY, 5, 4);
}
FAULT(simple_snaplen_past_end, "pcapng")
{
	begin(file);
	put_block(file, 3, 8);
	patch(file, AT_BODY, 1500, 4);
}
FAULT(obsolete_interface_too_large, "pcapng")
{
	begin(file);
	put_block(file, 2, 20);
	patch(file, AT_BODY, 1, 2);
}
FAULT(obsolete_too_short, "pcapng")
{
	begin(file);
	put_block(file, 2, 16);
}
FAULT(obsolete_caplen_past_end, "pcapng")
{
	begin(file);
	put_block(file, 2, 24);
	patch(file, AT_BODY + 12, 5, 4);
}
FAULT(obsolete_option_past_end, "pcapng")
{
	begin(file);
	put_block(file, 2, 28);
	patch(file, AT_BODY + 20, 0x00050002, 4);
}
FAULT(statistics_interface_too_large, "pcapng")
{
	begin(file);
	put_block(file, 5, 12);
	patch(file, AT_BODY, 7, 4);
}
FAULT(statistics_too_short, "pcapng")
{
	begin(file);
	put_block(file, 5, 8);
}
FAULT(statistics_option_past_end, "pcapng")
{
	begin(file);
	put_block(file, 5, 16);
	patch(file, AT_BODY + 12, 0x00080004, 4);
}

/* The other byte order. */
FAULT(big_endian_lengths_disagree, "pcapng")
{
	file->big = true;
	begin(file);
	put_block(file, 0xbeef, 8);
	patch(file, 16, 24, 4);
}
FAULT(big_endian_caplen_past_end, "pcapng")
{
	file->big = true;
	begin(file);
	put_packet(file, 0, 1, "second..");
	patch(file, AT_BODY + 12, 9, 4);
}
FAULT(big_endian_option_past_end, "pcapng")
{
	file->big = true;
	begin_commented(file);
	end_block(file);
	patch(file, AT_BODY + 26, 9, 2);
}
FAULT(block_in_the_order_of_the_section_before, "pcapng")
{
	begin(file);
	file->big = true;
	put_section(file);
	file->big = false;
	put_interface(file, 96);
}

/* Classic files. */
static void put_head(struct capture_bytes *file, uint32_t magic, uint32_t snaplen)
{
	put32(file, magic);
	put16(file, 2);
	put16(file, 4);
	put64(file, 0);
	put32(file, snaplen);
	put32(file, 1);
}

static void put_record(struct capture_bytes *file, uint32_t caplen)
{
	put32(file, 1);
	put32(file, 2);
	put32(file, caplen);
	put32(file, caplen);
	put_text(file, "data", 4);
}

static void begin_classic(struct capture_bytes *file)
{
	put_head(file, 0xa1b2c3d4, 96);
	put_record(file, 4);
}
FAULT(classic_magic_alone, "pcap")
{
	put32(file, 0xa1b2c3d4);
}
FAULT(classic_magic_of_another_format, "pcap")
{
	put_head(file, 0xa1b2cd34, 96);
}
FAULT(classic_head_cut, "pcap")
{
	put_head(file, 0xa1b2c3d4, 96);
	cut(file, 1);
}
FAULT(classic_version_1_4, "pcap")
{
	begin_classic(file);
	patch(file, 4, 1, 2);
}
FAULT(classic_version_2_3, "pcap")
{
	begin_classic(file);
	patch(file, 6, 3, 2);
}
FAULT(classic_version_in_other_byte_order, "pcap")
{
	begin_classic(file);
	patch(file, 4, 0x04000200, 4);
}
FAULT(classic_record_cut_in_head, "pcap")
{
	begin_classic(file);
	put_record(file, 4);
	cut(file, 5);
}
FAULT(classic_record_of_one_byte, "pcap")
{
	begin_classic(file);
	put_text(file, "x", 1);
}
FAULT(classic_record_cut_in_data, "pcap")
{
	begin_classic(file);
	put_record(file, 4);
	cut(file, 1);
}
FAULT(classic_caplen_past_end, "pcap")
{
	begin_classic(file);
	put_record(file, 5);
}
FAULT(classic_caplen_262145, "pcap")
{
	begin_classic(file);
	put_record(file, 262145);
}
FAULT(classic_caplen_ffffffff, "pcap")
{
	begin_classic(file);
	put_record(file, UINT32_MAX);
}
FAULT(classic_caplen_ffffffff_snaplen_too, "pcap")
{
	put_head(file, 0xa1b2c3d4, UINT32_MAX);
	put_record(file, 4);
	put_record(file, UINT32_MAX);
}
FAULT(classic_caplen_16_mib_of_announced, "pcap")
{
	put_head(file, 0xa1b2c3d4, UINT32_MAX);
	put_record(file, 4);
	put_record(file, 16000000);
}
FAULT(classic_nanoseconds_cut, "pcap")
{
	put_head(file, 0xa1b23c4d, 96);
	put_record(file, 4);
	put_record(file, 4);
	cut(file, 2);
}
FAULT(classic_big_endian_cut, "pcap")
{
	file->big = true;
	begin_classic(file);
	put_record(file, 4);
	cut(file, 2);
}

/* Compressed ones. The whole file is made again from what it was. */
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
	put_text(file, "\x1f\x8b", 2);
}
FAULT(gzip_method_unknown, "pcapng.gz")
{
	begin(file);
	gzip(file);
	patch(file, 2, 7, 1);
}
FAULT(gzip_cut_in_head, "pcapng.gz")
{
	begin(file);
	gzip(file);
	file->length = 9;
}
FAULT(gzip_cut_in_checksum, "pcapng.gz")
{
	begin(file);
	gzip(file);
	cut(file, 6);
}
FAULT(gzip_checksum_wrong, "pcapng.gz")
{
	begin(file);
	gzip(file);
	patch(file, file->length - 8, 0, 4);
}
FAULT(gzip_size_wrong, "pcapng.gz")
{
	begin(file);
	gzip(file);
	patch(file, file->length - 4, 1, 4);
}
FAULT(gzip_block_type_unknown, "pcapng.gz")
{
	begin(file);
	gzip(file);
	patch(file, 10, 7, 1);
}
FAULT(gzip_text_behind, "pcapng.gz")
{
	begin(file);
	gzip(file);
	put_text(file, "rubbish", 7);
}
FAULT(gzip_of_text, "pcapng.gz")
{
	put_text(file, "Hello, world\n", 13);
	gzip(file);
}
FAULT(gzip_of_nothing, "pcapng.gz")
{
	gzip(file);
}
FAULT(gzip_of_gzip, "pcapng.gz")
{
	begin(file);
	gzip(file);
	gzip(file);
}
FAULT(gzip_of_lengths_disagree, "pcapng.gz")
{
	block_lengths_disagree(file);
	gzip(file);
}
FAULT(gzip_of_classic_cut, "pcap.gz")
{
	classic_record_cut_in_data(file);
	gzip(file);
}
FAULT(zstd_magic_alone, "pcapng.zst")
{
	put_text(file, "\x28\xb5\x2f\xfd", 4);
}
FAULT(zstd_cut, "pcapng.zst")
{
	begin(file);
	zstd(file);
	cut(file, 10);
}
FAULT(zstd_cut_in_checksum, "pcapng.zst")
{
	begin(file);
	zstd(file);
	cut(file, 1);
}
FAULT(zstd_checksum_wrong, "pcapng.zst")
{
	begin(file);
	zstd(file);
	patch(file, file->length - 4, 0, 4);
}
FAULT(zstd_block_type_unknown, "pcapng.zst")
{
	begin(file);
	zstd(file);
	patch(file, 6, 7, 1);
}
FAULT(zstd_reserved_bit, "pcapng.zst")
{
	begin(file);
	zstd(file);
	patch(file, 4, 0x2c, 1);
}
FAULT(zstd_window_of_64_mib, "pcapng.zst")
{
	put_text(file, "\x28\xb5\x2f\xfd\0\x80\1\0\0", 9);
}
FAULT(zstd_text_behind, "pcapng.zst")
{
	begin(file);
	zstd(file);
	put_text(file, "rubbish", 7);
}
FAULT(zstd_of_text, "pcapng.zst")
{
	put_text(file, "Hello, world\n", 13);
	zstd(file);
}
FAULT(zstd_of_nothing, "pcapng.zst")
{
	zstd(file);
}
FAULT(zstd_of_caplen_past_end, "pcapng.zst")
{
	packet_caplen_past_end(file);
	zstd(file);
}
/* Small for what it becomes: a block that has a third of what it says. */
FAULT(zstd_of_5_mib_of_zeros, "pcapng.zst")
{
	const size_t length = 5 << 20;
	uint8_t *zeros = calloc(1, length);

	begin(file);
	put_block(file, 0xbeef, 8);
	say_total(file, (16 << 20) - 4);
	if (!zeros)
		abort();
	memcpy(zeros, file->bytes, file->length);
	zstd_of(file, zeros, length);
	free(zeros);
}
FAULT(compressed_by_xz, "pcapng.xz")
{
	put_text(file,
		 "\xfd"
		 "7zXZ",
		 6);
}
FAULT(compressed_by_bzip2, "pcapng.bz2")
{
	put_text(file, "BZh91AY", 7);
}
FAULT(compressed_by_lz4, "pcapng.lz4")
{
	put_text(file, "\x04\x22\x4d\x18", 4);
}

static int write_file(const char *directory, const struct fault *fault)
{
	static struct capture_bytes file;
	char path[512];
	size_t end;
	FILE *out;

	file = (struct capture_bytes){ 0 };
	fault->make(&file);
	end = (size_t)snprintf(path, sizeof(path), "%s/", directory);
	snprintf(path + end, sizeof(path) - end, "%s.%s", fault->name, fault->suffix);
	for (char *at = path + end; *at; at++)
		*at = *at == '_' ? '-' : *at;
	out = fopen(path, "wb");
	if (!out)
		return -1;
	end = fwrite(file.bytes, 1, file.length, out);
	return fclose(out) || end != file.length ? -1 : 0;
}

/* Good files of one packet whose annotation is damaged: ANNOTATIONS has what is read of each. */
static const struct annotation {
	const char *name;
	const char *comments[4];
} annotations[] = {
	{ "annotation-1-key-twice", { "tcpdropcap/1 event=drop uid=1 uid=2 cpu=3" } },
	{ "annotation-1-quote-open", { "tcpdropcap/1 event=drop owner=\"a uid=1" } },
	{ "annotation-1-not-a-number", { "tcpdropcap/1 event=drop cpu=x uid=1" } },
	{ "annotation-1-line-break", { "tcpdropcap/1 event=drop uid=1\ncpu=3" } },
	{ "annotation-2-key-twice",
	  { "tcpdropcap/2 Packet dropped: event=drop uid=1", "tcpdropcap/2 CPU: uid=2 cpu=3" } },
	{ "annotation-2-comment-twice",
	  { "tcpdropcap/2 Packet dropped: event=drop", "tcpdropcap/2 CPU: cpu=3",
	    "tcpdropcap/2 CPU: cpu=3" } },
	{ "annotation-2-quote-open",
	  { "tcpdropcap/2 Packet dropped: event=drop owner=\"a uid=1",
	    "tcpdropcap/2 CPU: cpu=3" } },
	{ "annotation-2-no-title", { "tcpdropcap/2 event=drop uid=1", "tcpdropcap/2 CPU: cpu=3" } },
	{ "annotation-2-no-pairs", { "tcpdropcap/2 Packet dropped" } },
	{ "annotation-2-order-wrong",
	  { "tcpdropcap/2 Stack 1, frames 2-3 of 3:\n  b\n  c",
	    "tcpdropcap/2 CPU: cpu=3 stack=own stack_id=1",
	    "tcpdropcap/2 Stack 1, frame 1 of 3:\n  a",
	    "tcpdropcap/2 Packet dropped: event=drop" } },
	{ "annotation-2-first-missing", { "tcpdropcap/2 CPU: cpu=3" } },
	{ "annotation-2-too-long",
	  { "tcpdropcap/2 Packet dropped: event=drop owner=0123456789012345678901234567890123456789"
	    "012345678901234567890123456789012345678901234567890123456789012345678901234567890123"
	    "01234567890123456789012345678901234567890123456789012345678901234567890123456789 "
	    "uid=1" } },
	{ "annotation-2-part-without-end",
	  { "tcpdropcap/2 Packet dropped: event=drop", "tcpdropcap/2 Socket: cgroup[1/3]=/a",
	    "tcpdropcap/2 Socket: cgroup[2/3]=/b uid=1" } },
	{ "annotation-2-part-number-of-20-digits",
	  { "tcpdropcap/2 Packet dropped: event=drop cgroup[1/99999999999999999999]=/a uid=1" } },
	{ "annotation-2-stack-without-end",
	  { "tcpdropcap/2 Packet dropped: event=drop stack=own stack_id=1",
	    "tcpdropcap/2 Stack 1, frames 1-2 of 3:\n  a\n  b" } },
	{ "annotation-2-stack-of-20-digits",
	  { "tcpdropcap/2 Packet dropped: event=drop stack=own stack_id=1",
	    "tcpdropcap/2 Stack 1, frames 1-99999999999999999999 of 99999999999999999999:\n  a" } },
};

static int write_annotation(const char *directory, const struct annotation *annotation)
{
	static struct capture_bytes file;
	char path[4096];
	FILE *out;

	file = (struct capture_bytes){ 0 };
	put_section(&file);
	put_interface(&file, 96);
	begin_packet(&file, 0, 1, "data");
	for (size_t i = 0; i < 4 && annotation->comments[i]; i++)
		put_option(&file, 1, annotation->comments[i], strlen(annotation->comments[i]));
	put_option(&file, 0, "", 0);
	end_block(&file);
	snprintf(path, sizeof(path), "%s/%s.pcapng", directory, annotation->name);
	out = fopen(path, "wb");
	if (!out)
		return -1;
	fwrite(file.bytes, 1, file.length, out);
	return fclose(out);
}

int main(int argc, char **argv)
{
	for (const struct fault *fault = faults; argc == 2 && fault; fault = fault->next) {
		if (write_file(argv[1], fault)) {
			perror(argv[1]);
			return 1;
		}
	}
	for (size_t i = 0; argc == 2 && i < sizeof(annotations) / sizeof(annotations[0]); i++) {
		if (write_annotation(argv[1], &annotations[i])) {
			perror(argv[1]);
			return 1;
		}
	}
	return argc == 2 ? 0 : 2;
}
