// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>

#include "capture_file.h"

int capture_file_no_memory(int err, struct error *error)
{
	if (err == -EOVERFLOW)
		return error_set(error, err, "too many events or captures: compare parts of them");
	return error_set(error, err, "out of memory");
}

int capture_file_open(struct capture_file *file, const char *path, struct error *error)
{
	*file = (struct capture_file){ .input = input_open(path, error) };
	if (!file->input)
		return -EIO;
	file->reader = pcapng_reader_new(input_source(file->input));
	return file->reader ? 0 : capture_file_no_memory(-ENOMEM, error);
}

void capture_file_close(struct capture_file *file)
{
	pcapng_reader_free(file->reader);
	input_close(file->input);
}

int capture_file_end(const struct capture_file *file, int got, struct strbuf *damage,
		     struct error *error)
{
	struct error found;

	if (got >= 0)
		return 0;
	if (got == -ENOMEM)
		return capture_file_no_memory(got, error);
	input_failed(file->input, file->reader, got, &found);
	if (got == -EPROTO)
		return error_set(error, got, "%s", found.text);
	strbuf_addf(damage, "%s\n", found.text);
	return damage->failed ? capture_file_no_memory(-ENOMEM, error) : 0;
}
