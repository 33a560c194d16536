// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * usage: read_file FILE
 * Reads a capture file as the commands do and prints the number of its packets. Exits 1 with one
 * line on stderr if the file is damaged.
 */
#include <stdio.h>

#include "file/input.h"

static int read_all(struct input *input, struct pcapng_reader *reader, struct error *error)
{
	struct pcapng_item item;
	unsigned long long packets = 0;
	int got;

	while ((got = pcapng_reader_next(reader, &item)) > 0)
		packets += item.type == PCAPNG_PACKET;
	printf("%llu packets\n", packets);
	return got ? input_failed(input, reader, got, error) : 0;
}

int main(int argc, char **argv)
{
	static struct error error;
	struct pcapng_reader *reader = NULL;
	struct input *input;
	int err = -1;

	if (argc != 2) {
		fprintf(stderr, "usage: read_file FILE\n");
		return 2;
	}
	input = input_open(argv[1], &error);
	if (input)
		reader = pcapng_reader_new(input_source(input));
	if (reader)
		err = read_all(input, reader, &error);
	if (err)
		fprintf(stderr, "%s\n", error.text);
	pcapng_reader_free(reader);
	input_close(input);
	return err ? 1 : 0;
}
