// SPDX-License-Identifier: GPL-2.0-or-later
/* usage: replay FILE...: runs a fuzz target on each, without libFuzzer. */
#include "fuzz.h"

/* A buffer that ends where the file does: an overread of one byte is one. */
static void run(const char *path)
{
	FILE *file = fopen(path, "rb");
	uint8_t *bytes;
	long length;

	PROPERTY(file && !fseek(file, 0, SEEK_END));
	length = ftell(file);
	rewind(file);
	bytes = length >= 0 ? malloc((size_t)length + !length) : NULL;
	PROPERTY(bytes && fread(bytes, 1, (size_t)length, file) == (size_t)length);
	fclose(file);
	LLVMFuzzerTestOneInput(bytes, (size_t)length);
	free(bytes);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		run(argv[i]);
	return 0;
}
