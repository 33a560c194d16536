// SPDX-License-Identifier: GPL-2.0-or-later
/* Damage to the blocks of packets and statistics, in both byte orders. */
#include "fault.h"

FAULT(packet_before_any_interface, "pcapng")
{
	put_section(file);
	put_packet(file, 0, 1, "first");
}
FAULT(packet_interface_too_large, "pcapng")
{
	begin_good(file);
	put_packet(file, 1, 1, "second");
}
FAULT(packet_interface_ffffffff, "pcapng")
{
	begin_good(file);
	put_packet(file, UINT32_MAX, 1, "second");
}
FAULT(packet_too_short, "pcapng")
{
	begin_good(file);
	put_block(file, 6, 16);
}
FAULT(packet_caplen_past_end, "pcapng")
{
	begin_good(file);
	put_packet(file, 0, 1, "second..");
	patch(file, AT_BODY + 12, 9, 4);
}
FAULT(packet_caplen_ffffffff, "pcapng")
{
	begin_good(file);
	put_packet(file, 0, 1, "second");
	patch(file, AT_BODY + 12, UINT32_MAX, 4);
}
FAULT(packet_caplen_fffffffd, "pcapng") /* its padding wraps to 0 */
{
	begin_good(file);
	put_packet(file, 0, 1, "second");
	patch(file, AT_BODY + 12, UINT32_MAX - 2, 4);
}
FAULT(packet_cut_in_data, "pcapng")
{
	begin_good(file);
	put_packet(file, 0, 1, "second..");
	cut(file, 7);
}
FAULT(packet_cut_in_last_length, "pcapng")
{
	begin_good(file);
	put_packet(file, 0, 1, "second");
	cut(file, 1);
}

/* A second packet with an option, left open. */
static void begin_commented(struct capture_bytes *file)
{
	begin_good(file);
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
	begin_good(file);
	put_block(file, 3, 0);
}
FAULT(simple_len_past_end, "pcapng")
{
	begin_good(file);
	put_block(file, 3, 8);
	patch(file, AT_BODY, 5, 4);
}
FAULT(simple_snaplen_past_end, "pcapng")
{
	begin_good(file);
	put_block(file, 3, 8);
	patch(file, AT_BODY, 1500, 4);
}
FAULT(obsolete_interface_too_large, "pcapng")
{
	begin_good(file);
	put_block(file, 2, 20);
	patch(file, AT_BODY, 1, 2);
}
FAULT(obsolete_too_short, "pcapng")
{
	begin_good(file);
	put_block(file, 2, 16);
}
FAULT(obsolete_caplen_past_end, "pcapng")
{
	begin_good(file);
	put_block(file, 2, 24);
	patch(file, AT_BODY + 12, 5, 4);
}
FAULT(obsolete_option_past_end, "pcapng")
{
	begin_good(file);
	put_block(file, 2, 28);
	patch(file, AT_BODY + 20, 0x00050002, 4);
}
FAULT(statistics_interface_too_large, "pcapng")
{
	begin_good(file);
	put_block(file, 5, 12);
	patch(file, AT_BODY, 7, 4);
}
FAULT(statistics_too_short, "pcapng")
{
	begin_good(file);
	put_block(file, 5, 8);
}
FAULT(statistics_option_past_end, "pcapng")
{
	begin_good(file);
	put_block(file, 5, 16);
	patch(file, AT_BODY + 12, 0x00080004, 4);
}

/* The other byte order. */
FAULT(big_endian_lengths_disagree, "pcapng")
{
	file->big = true;
	begin_good(file);
	put_block(file, 0xbeef, 8);
	patch(file, 16, 24, 4);
}
FAULT(big_endian_caplen_past_end, "pcapng")
{
	file->big = true;
	begin_good(file);
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
	begin_good(file);
	file->big = true;
	put_section(file);
	file->big = false;
	put_interface(file, 96);
}
