// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * usage: make_bad DIRECTORY
 * Writes the damaged capture files of this folder, each named after its one fault (fault_*.c). TESTLIST
 * has the message that each must cause.
 */
#include <stdio.h>

#include "fault.h"

static struct fault *faults;

void register_fault(struct fault *fault)
{
	fault->next = faults;
	faults = fault;
}

void begin_good(struct capture_bytes *file)
{
	put_section(file);
	put_interface(file, 96);
	put_packet(file, 0, 1, "first");
}

void put_bytes(struct capture_bytes *file, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		put_number(file, (uint8_t)bytes[i], 1);
}

void patch(struct capture_bytes *file, size_t at, uint64_t value, unsigned int size)
{
	size_t end = file->length;

	file->length = file->start + at;
	put_number(file, value, size);
	file->length = end;
}

void cut(struct capture_bytes *file, size_t bytes)
{
	file->length -= bytes;
}

void patch_total(struct capture_bytes *file, uint32_t total)
{
	patch(file, AT_TOTAL, total, 4);
	patch(file, file->length - file->start - 4, total, 4);
}

void put_block(struct capture_bytes *file, uint32_t type, size_t body)
{
	begin_block(file, type);
	while (body--)
		put_number(file, 0, 1);
	end_block(file);
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

int main(int argc, char **argv)
{
	for (const struct fault *fault = faults; argc == 2 && fault; fault = fault->next) {
		if (write_file(argv[1], fault)) {
			perror(argv[1]);
			return 1;
		}
	}
	return argc == 2 ? 0 : 2;
}
