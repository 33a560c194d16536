// SPDX-License-Identifier: GPL-2.0-or-later
#include <byteswap.h>
#include <errno.h>
#include <stdio.h>

#include "sim_wire.h"

static uint32_t in_order(enum wire_format format, uint32_t value)
{
	return format == FORMAT_PCAP_SWAPPED ? bswap_32(value) : value;
}

static int put(FILE *file, enum wire_format format, const uint32_t *words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		uint32_t word = in_order(format, words[i]);

		if (fwrite(&word, sizeof(word), 1, file) != 1)
			return -EIO;
	}
	return 0;
}

int pcap_open(const char *path, enum wire_format format, uint32_t snaplen, uint16_t linktype,
	      void **file)
{
	uint32_t magic = format == FORMAT_PCAP_NS	  ? 0xa1b23c4d
			 : format == FORMAT_PCAP_MODIFIED ? 0xa1b2cd34
							  : 0xa1b2c3d4;
	uint32_t minor = format == FORMAT_PCAP_OLD ? 3 : 4;
	uint32_t version = format == FORMAT_PCAP_SWAPPED ? 2U << 16 | minor : minor << 16 | 2U;
	const uint32_t header[] = { magic, version, 0, 0, snaplen, linktype };

	*file = fopen(path, "w");
	return *file ? put(*file, format, header, 6) : -errno;
}

int pcap_add(void *file, enum wire_format format, const struct pcap_record *record)
{
	uint64_t unit = format == FORMAT_PCAP_NS ? 1 : 1000;
	const uint32_t words[] = {
		(uint32_t)(record->timestamp_ns / 1000000000),
		(uint32_t)(record->timestamp_ns % 1000000000 / unit),
		record->caplen,
		record->len,
		2, /* Kuznetzov's: the interface, then protocol, kind and padding */
		0x0008,
	};
	int err = put(file, format, words, format == FORMAT_PCAP_MODIFIED ? 6 : 4);

	if (!err && fwrite(record->data, 1, record->caplen, file) != record->caplen)
		err = -EIO;
	return err;
}

int pcap_close(void *file)
{
	return fclose(file) ? -EIO : 0;
}
