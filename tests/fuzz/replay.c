// SPDX-License-Identifier: GPL-2.0-or-later
/* usage: replay FILE...: runs a fuzz target on each, without libFuzzer. */
#include "fuzz.h"

static void run(const char *path)
{
	FILE *file = fopen(path, "rb");
	uint8_t *bytes = NULL;
	size_t length = 0, n = 1;

	PROPERTY(file);
	while (n) {
		bytes = realloc(bytes, length + 4096);
		PROPERTY(bytes);
		n = fread(bytes + length, 1, 4096, file);
		length += n;
	}
	fclose(file);
	bytes = realloc(bytes, length + !length); /* an overread of one byte is one */
	LLVMFuzzerTestOneInput(bytes, length);
	free(bytes);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		run(argv[i]);
	return 0;
}
