// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Checks whether a capture has every event with its stack, without tcpdropcap's own reader.
 *
 *   audit FILE
 *     prints "packets N own N sampled N without N bytes N": packets with their own stack, packets
 *     with the id of a stack whose text is at most a second earlier in the file, and packets with
 *     neither.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define ENHANCED_PACKET 6 /* draft-ietf-opsawg-pcapng, section 4.3 */
#define PACKET_FIXED	28
#define OPTION_COMMENT	1
#define SECOND_NS	1000000000ULL
#define TICK_NS		100000000ULL /* records of two CPUs may be in the other order */
#define STACKS_MAX	(1 << 20)    /* a power of two */

/* The time of the last text of a stack. */
struct seen {
	uint64_t id; /* 0: free */
	uint64_t time_ns;
};

struct audit {
	struct seen *seen;
	uint64_t packets;
	uint64_t own;
	uint64_t sampled;
	uint64_t without;
};

/* The stack of one packet. */
struct claim {
	uint64_t id;   /* of the annotation */
	uint64_t text; /* the stack whose text is in the packet; 0: none */
	bool own;
	bool sampled;
};

static struct seen *find(struct audit *audit, uint64_t id)
{
	for (size_t i = id * 0x9e3779b97f4a7c15ULL >> 32;; i++) {
		struct seen *seen = &audit->seen[i % STACKS_MAX];

		if (!seen->id || seen->id == id)
			return seen;
	}
}

static uint32_t get32(const uint8_t *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

/*
 * Takes the id of the stack from "tcpdropcap/2 Stack ID, frames 9-16 of 16:" or "frame 1 of 1:" if
 * the last frame is in this comment. Returns whether it is a comment of a stack.
 */
static bool read_stack(const char *text, struct claim *claim)
{
	unsigned long long id;
	unsigned int first, last, count;

	if (sscanf(text, "tcpdropcap/2 Stack %llu, frames %u-%u of %u", &id, &first, &last,
		   &count) != 4 &&
	    sscanf(text, "tcpdropcap/2 Stack %llu, frame %u of %u", &id, &last, &count) != 3)
		return false;
	if (last == count)
		claim->text = id;
	return true;
}

/*
 * The annotation consists of several comments, one of which has the keys of the stack. Options have
 * no NUL; comments of tcpdropcap are shorter than the buffer.
 */
static void read_comment(const uint8_t *bytes, size_t length, struct claim *claim)
{
	static char text[65536];
	const char *id;

	memcpy(text, bytes, length);
	text[length] = '\0';
	if (strncmp(text, "tcpdropcap/", 11) != 0 || read_stack(text, claim))
		return;
	claim->own = claim->own || strstr(text, " stack=own");
	claim->sampled = claim->sampled || strstr(text, " stack=sampled");
	id = strstr(text, " stack_id=");
	if (id)
		claim->id = strtoull(id + 10, NULL, 10);
}

static void judge(struct audit *audit, const struct claim *claim, uint64_t time_ns)
{
	struct seen *seen;

	audit->packets++;
	if (claim->text) {
		seen = find(audit, claim->text);
		*seen = (struct seen){ claim->text, time_ns };
	}
	seen = find(audit, claim->id);
	if (!claim->id || seen->id != claim->id)
		audit->without++;
	else if (claim->own && claim->text == claim->id)
		audit->own++;
	else if (claim->sampled && time_ns <= seen->time_ns + SECOND_NS + TICK_NS)
		audit->sampled++;
	else
		audit->without++;
}

static void read_packet(struct audit *audit, const uint8_t *block, uint32_t length)
{
	uint64_t time_ns = (uint64_t)get32(block + 12) << 32 | get32(block + 16);
	uint32_t at = PACKET_FIXED + (get32(block + 20) + 3) / 4 * 4, end = length - 4;
	struct claim claim = { 0 };

	while (at + 4 <= end) {
		uint32_t option = get32(block + at), size = option >> 16;

		if (at + 4 + size > end)
			break;
		if ((option & 0xffff) == OPTION_COMMENT)
			read_comment(block + at + 4, size, &claim);
		at += 4 + (size + 3) / 4 * 4;
	}
	judge(audit, &claim, time_ns);
}

int main(int argc, char **argv)
{
	struct audit audit = { .seen = calloc(STACKS_MAX, sizeof(struct seen)) };
	int fd = argc == 2 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1;
	const uint8_t *bytes;
	struct stat status;
	uint64_t at = 0;

	if (fd < 0 || fstat(fd, &status) || !status.st_size || !audit.seen) {
		fprintf(stderr, "usage: audit FILE\n");
		return 2;
	}
	bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (bytes == MAP_FAILED) {
		perror(argv[1]);
		return 1;
	}
	while (at + 12 <= (uint64_t)status.st_size) {
		uint32_t length = get32(bytes + at + 4);

		if (length < 12 || length % 4 || at + length > (uint64_t)status.st_size)
			break;
		if (get32(bytes + at) == ENHANCED_PACKET && length >= PACKET_FIXED + 4)
			read_packet(&audit, bytes + at, length);
		at += length;
	}
	printf("packets %llu own %llu sampled %llu without %llu bytes %llu\n",
	       (unsigned long long)audit.packets, (unsigned long long)audit.own,
	       (unsigned long long)audit.sampled, (unsigned long long)audit.without,
	       (unsigned long long)at);
	free(audit.seen);
	return 0;
}
