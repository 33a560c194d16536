// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * usage: copy_file FILE COPY
 * Copies a capture file block by block, as the commands that write do.
 */
#include <stdio.h>
#include <string.h>

#include "file/input.h"
#include "file/output.h"

static int copy_all(struct input *input, struct pcapng_reader *reader, struct pcapng_writer *writer,
		    struct error *error)
{
	struct pcapng_item item;
	int got, err = 0;

	while (!err && (got = pcapng_reader_next(reader, &item)) > 0)
		err = pcapng_writer_copy(writer, &item);
	if (err)
		return error_set(error, err, "cannot copy: %s", strerror(-err));
	return got ? input_failed(input, reader, got, error) : 0;
}

int main(int argc, char **argv)
{
	static struct error error;
	struct pcapng_reader *reader = NULL;
	struct pcapng_writer *writer = NULL;
	struct input *input = NULL;
	struct output *output = NULL;
	int err = -1;

	if (argc != 3)
		return 2;
	input = input_open(argv[1], &error);
	if (input)
		reader = pcapng_reader_new(input_source(input));
	if (reader)
		output = output_open(argv[2], &error);
	if (output)
		writer = pcapng_writer_new(output_target(output));
	if (writer)
		err = copy_all(input, reader, writer, &error);
	pcapng_reader_free(reader);
	input_close(input);
	if (pcapng_writer_free(writer) || output_close(output))
		err = error_set(&error, -1, "%s: cannot write it", argv[2]);
	if (err)
		fprintf(stderr, "%s\n", error.text);
	return err ? 1 : 0;
}
