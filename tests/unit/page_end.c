// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "page_end.h"

#define BYTES_MAX (64 << 10)

void *at_page_end(const void *bytes, size_t length)
{
	static uint8_t *end;

	if (!end) {
		size_t page = (size_t)sysconf(_SC_PAGESIZE);
		uint8_t *map = mmap(NULL, BYTES_MAX + page, PROT_READ | PROT_WRITE,
				    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (map == MAP_FAILED || mprotect(map + BYTES_MAX, page, PROT_NONE))
			abort();
		end = map + BYTES_MAX;
	}
	if (length > BYTES_MAX)
		abort();
	return length ? memcpy(end - length, bytes, length) : end;
}
