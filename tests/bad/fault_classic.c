// SPDX-License-Identifier: GPL-2.0-or-later
/* Damage to classic capture files. */
#include "fault.h"

void put_classic_head(struct capture_bytes *file, uint32_t magic, uint32_t snaplen)
{
	put32(file, magic);
	put16(file, 2);
	put16(file, 4);
	put64(file, 0);
	put32(file, snaplen);
	put32(file, 1);
}

void put_classic_record(struct capture_bytes *file, uint32_t caplen)
{
	put32(file, 1);
	put32(file, 2);
	put32(file, caplen);
	put32(file, caplen);
	put_bytes(file, "data", 4);
}

static void begin_classic(struct capture_bytes *file)
{
	put_classic_head(file, 0xa1b2c3d4, 96);
	put_classic_record(file, 4);
}
FAULT(classic_magic_alone, "pcap")
{
	put32(file, 0xa1b2c3d4);
}
FAULT(classic_magic_of_another_format, "pcap")
{
	put_classic_head(file, 0xa1b234cd, 96);
}
FAULT(classic_head_cut, "pcap")
{
	put_classic_head(file, 0xa1b2c3d4, 96);
	cut(file, 1);
}
FAULT(classic_version_1_4, "pcap")
{
	begin_classic(file);
	patch(file, 4, 1, 2);
}
FAULT(classic_version_2_5, "pcap")
{
	begin_classic(file);
	patch(file, 6, 5, 2);
}
FAULT(classic_version_2_2_caplen_ffffffff, "pcap") /* the captured length is the second one */
{
	begin_classic(file);
	put_classic_record(file, 4);
	patch(file, 6, 2, 2);
	patch(file, 44 + 12, UINT32_MAX, 4);
}
FAULT(classic_version_2_3_caplen_262145, "pcap") /* and here the smaller one */
{
	begin_classic(file);
	put_classic_record(file, 262145);
	patch(file, 6, 3, 2);
	patch(file, 44 + 8, 262146, 4);
}
FAULT(classic_modified_cut_in_head, "pcap")
{
	put_classic_head(file, 0xa1b2cd34, 96);
	put_classic_record(file, 4);
	cut(file, 1);
}
FAULT(classic_version_in_other_byte_order, "pcap")
{
	begin_classic(file);
	patch(file, 4, 0x04000200, 4);
}
FAULT(classic_record_cut_in_head, "pcap")
{
	begin_classic(file);
	put_classic_record(file, 4);
	cut(file, 5);
}
FAULT(classic_record_of_one_byte, "pcap")
{
	begin_classic(file);
	put_bytes(file, "x", 1);
}
FAULT(classic_record_cut_in_data, "pcap")
{
	begin_classic(file);
	put_classic_record(file, 4);
	cut(file, 1);
}
FAULT(classic_caplen_past_end, "pcap")
{
	begin_classic(file);
	put_classic_record(file, 5);
}
FAULT(classic_caplen_262145, "pcap")
{
	begin_classic(file);
	put_classic_record(file, 262145);
}
FAULT(classic_caplen_ffffffff, "pcap")
{
	begin_classic(file);
	put_classic_record(file, UINT32_MAX);
}
FAULT(classic_caplen_ffffffff_snaplen_too, "pcap")
{
	put_classic_head(file, 0xa1b2c3d4, UINT32_MAX);
	put_classic_record(file, 4);
	put_classic_record(file, UINT32_MAX);
}
FAULT(classic_caplen_16_mib_of_announced, "pcap")
{
	put_classic_head(file, 0xa1b2c3d4, UINT32_MAX);
	put_classic_record(file, 4);
	put_classic_record(file, 16000000);
}
FAULT(classic_nanoseconds_cut, "pcap")
{
	put_classic_head(file, 0xa1b23c4d, 96);
	put_classic_record(file, 4);
	put_classic_record(file, 4);
	cut(file, 2);
}
FAULT(classic_big_endian_cut, "pcap")
{
	file->big = true;
	begin_classic(file);
	put_classic_record(file, 4);
	cut(file, 2);
}
