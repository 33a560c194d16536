// SPDX-License-Identifier: GPL-2.0-or-later
/* Files that are not capture files, and damage to sections, interfaces and blocks in general. */
#include "fault.h"

/* Files that are not capture files. */
FAULT(empty, "pcapng")
{
	(void)file;
}
FAULT(one_byte, "pcapng")
{
	put_bytes(file, "\n", 1);
}
FAULT(three_bytes, "pcapng")
{
	put_bytes(file, "\n\r\r", 3);
}
FAULT(text, "pcapng")
{
	put_bytes(file, "Hello, world\n", 13);
}
FAULT(text_of_escapes, "pcapng")
{
	put_bytes(file, "\033[1mred", 7);
}
FAULT(zeros, "pcapng")
{
	put_bytes(file, "\0\0\0\0\0\0\0\0", 8);
}
FAULT(line_ends_changed, "pcapng")
{
	put_bytes(file, "\n\r\n\r\n\n\x1c\0\0\0", 10);
}
FAULT(interface_is_first, "pcapng")
{
	put_interface(file, 0);
}

/* Sections. */
FAULT(section_type_alone, "pcapng")
{
	put_bytes(file, "\n\r\r\n", 4);
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
	patch_total(file, 0);
}
FAULT(section_too_short, "pcapng")
{
	put_section(file);
	patch_total(file, 24);
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
	begin_good(file);
	put_section(file);
	patch(file, AT_BODY, 0, 4);
}
FAULT(second_section_cut, "pcapng")
{
	begin_good(file);
	put_section(file);
	cut(file, 20);
}
FAULT(second_section_has_no_interface, "pcapng")
{
	begin_good(file);
	put_section(file);
	put_packet(file, 0, 1, "of the first section");
}

/* Blocks. */
FAULT(block_cut_in_type, "pcapng")
{
	begin_good(file);
	put_bytes(file, "\6\0\0", 3);
}
FAULT(block_cut_in_length, "pcapng")
{
	begin_good(file);
	put_bytes(file, "\6\0\0\0\x20", 5);
}
FAULT(block_length_0, "pcapng")
{
	begin_good(file);
	put_block(file, 0xbeef, 8);
	patch_total(file, 0);
}
FAULT(block_length_8, "pcapng")
{
	begin_good(file);
	put_block(file, 0xbeef, 8);
	patch_total(file, 8);
}
FAULT(block_length_of_no_multiple_of_4, "pcapng")
{
	begin_good(file);
	put_block(file, 0xbeef, 7);
}
FAULT(block_length_16_mib, "pcapng")
{
	begin_good(file);
	put_block(file, 0xbeef, 8);
	patch_total(file, 16 << 20);
}
FAULT(block_length_nearly_16_mib, "pcapng")
{
	begin_good(file);
	put_block(file, 0xbeef, 8);
	patch_total(file, (16 << 20) - 4);
}
FAULT(block_length_2_gib, "pcapng")
{
	begin_good(file);
	put_block(file, 0xbeef, 8);
	patch_total(file, 0x80000000);
}
FAULT(block_length_4_gib, "pcapng")
{
	begin_good(file);
	put_block(file, 0xbeef, 8);
	patch_total(file, 0xfffffffc);
}
FAULT(block_length_in_other_byte_order, "pcapng")
{
	begin_good(file);
	put_block(file, 0xbeef, 8);
	patch_total(file, 0x14000000);
}
FAULT(block_longer_than_file, "pcapng")
{
	begin_good(file);
	put_block(file, 0xbeef, 8);
	patch_total(file, 24);
}
FAULT(block_lengths_disagree, "pcapng")
{
	begin_good(file);
	put_block(file, 0xbeef, 8);
	patch(file, 16, 24, 4);
}
FAULT(block_second_length_0, "pcapng")
{
	begin_good(file);
	put_block(file, 0xbeef, 8);
	patch(file, 16, 0, 4);
}
FAULT(custom_too_short, "pcapng")
{
	begin_good(file);
	put_block(file, 0xbad, 0);
}
FAULT(block_cut_in_body, "pcapng")
{
	begin_good(file);
	put_block(file, 0xbeef, 8);
	cut(file, 6);
}
FAULT(zeros_after_last_block, "pcapng")
{
	begin_good(file);
	put_bytes(file, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16);
}
FAULT(text_after_last_block, "pcapng")
{
	begin_good(file);
	put_bytes(file, "rubbish behind it", 17);
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
