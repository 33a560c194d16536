// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * usage: make_bad DIRECTORY
 * Writes the damaged capture files of this folder, each named after its one fault (fault_*.c).
 * TESTLIST has the message that each must cause; ANNOTATIONS what is read of those whose annotation
 * alone is damaged.
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

/* Good files of one packet whose annotation is damaged: ANNOTATIONS has what is read of each. */
static const struct annotation {
	const char *name;
	const char *comments[4];
} annotations[] = {
	{ "annotation-1-key-twice", { "tcpdropcap/1 event=drop uid=1 uid=2 cpu=3" } },
	{ "annotation-1-quote-open", { "tcpdropcap/1 event=drop owner=\"a uid=1" } },
	{ "annotation-1-not-a-number", { "tcpdropcap/1 event=drop cpu=x uid=1" } },
	{ "annotation-1-line-break", { "tcpdropcap/1 event=drop uid=1\ncpu=3" } },
	{ "annotation-2-key-twice",
	  { "tcpdropcap/2 Packet dropped: event=drop uid=1", "tcpdropcap/2 CPU: uid=2 cpu=3" } },
	{ "annotation-2-comment-twice",
	  { "tcpdropcap/2 Packet dropped: event=drop", "tcpdropcap/2 CPU: cpu=3",
	    "tcpdropcap/2 CPU: cpu=3" } },
	{ "annotation-2-quote-open",
	  { "tcpdropcap/2 Packet dropped: event=drop owner=\"a uid=1",
	    "tcpdropcap/2 CPU: cpu=3" } },
	{ "annotation-2-no-title", { "tcpdropcap/2 event=drop uid=1", "tcpdropcap/2 CPU: cpu=3" } },
	{ "annotation-2-no-pairs", { "tcpdropcap/2 Packet dropped" } },
	{ "annotation-2-order-wrong",
	  { "tcpdropcap/2 Stack 1, frames 2-3 of 3:\n  b\n  c",
	    "tcpdropcap/2 CPU: cpu=3 stack=own stack_id=1",
	    "tcpdropcap/2 Stack 1, frame 1 of 3:\n  a",
	    "tcpdropcap/2 Packet dropped: event=drop" } },
	{ "annotation-2-first-missing", { "tcpdropcap/2 CPU: cpu=3" } },
	{ "annotation-2-too-long",
	  { "tcpdropcap/2 Packet dropped: event=drop owner=0123456789012345678901234567890123456789"
	    "012345678901234567890123456789012345678901234567890123456789012345678901234567890123"
	    "01234567890123456789012345678901234567890123456789012345678901234567890123456789 "
	    "uid=1" } },
	{ "annotation-2-part-without-end",
	  { "tcpdropcap/2 Packet dropped: event=drop", "tcpdropcap/2 Socket: cgroup[1/3]=/a",
	    "tcpdropcap/2 Socket: cgroup[2/3]=/b uid=1" } },
	{ "annotation-2-part-number-of-20-digits",
	  { "tcpdropcap/2 Packet dropped: event=drop cgroup[1/99999999999999999999]=/a uid=1" } },
	{ "annotation-2-stack-without-end",
	  { "tcpdropcap/2 Packet dropped: event=drop stack=own stack_id=1",
	    "tcpdropcap/2 Stack 1, frames 1-2 of 3:\n  a\n  b" } },
	{ "annotation-2-stack-of-20-digits",
	  { "tcpdropcap/2 Packet dropped: event=drop stack=own stack_id=1",
	    "tcpdropcap/2 Stack 1, frames 1-99999999999999999999 of 99999999999999999999:\n  a" } },
};

static int write_annotation(const char *directory, const struct annotation *annotation)
{
	static struct capture_bytes file;
	char path[4096];
	FILE *out;

	file = (struct capture_bytes){ 0 };
	put_section(&file);
	put_interface(&file, 96);
	begin_packet(&file, 0, 1, "data");
	for (size_t i = 0; i < 4 && annotation->comments[i]; i++)
		put_option(&file, 1, annotation->comments[i], strlen(annotation->comments[i]));
	put_option(&file, 0, "", 0);
	end_block(&file);
	snprintf(path, sizeof(path), "%s/%s.pcapng", directory, annotation->name);
	out = fopen(path, "wb");
	if (!out)
		return -1;
	fwrite(file.bytes, 1, file.length, out);
	return fclose(out);
}

int main(int argc, char **argv)
{
	for (const struct fault *fault = faults; argc == 2 && fault; fault = fault->next) {
		if (write_file(argv[1], fault)) {
			perror(argv[1]);
			return 1;
		}
	}
	for (size_t i = 0; argc == 2 && i < sizeof(annotations) / sizeof(annotations[0]); i++) {
		if (write_annotation(argv[1], &annotations[i])) {
			perror(argv[1]);
			return 1;
		}
	}
	return argc == 2 ? 0 : 2;
}
