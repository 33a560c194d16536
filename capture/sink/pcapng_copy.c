// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "file/output.h"
#include "file/same_file.h"
#include "option_list.h"
#include "pcapng_copy.h"
#include "report/annotation.h"
#include "util/strbuf.h"

#define STACK_SLOTS 4096 /* as many as a reader keeps (report_reader.c) */

struct pcapng_copy {
	struct output *output;
	struct pcapng_writer *writer;
	/* Ids, from 1, of stacks whose frames are in this section of the copy. */
	uint64_t stacks[STACK_SLOTS];
	struct option_list options;
	struct strbuf stack;
};

struct pcapng_copy *pcapng_copy_open(const char *path, const char *from, struct error *error)
{
	struct pcapng_copy *copy;

	if (same_file(path, from)) {
		error_set(error, -EINVAL,
			  "%s: this is the file that is read; choose another with -w", path);
		return NULL;
	}
	copy = calloc(1, sizeof(*copy));
	if (!copy) {
		error_set(error, -ENOMEM, "out of memory");
		return NULL;
	}
	copy->output = output_open(path, error);
	if (!copy->output) {
		free(copy);
		return NULL;
	}
	copy->writer = pcapng_writer_new(output_target(copy->output));
	if (!copy->writer) {
		error_set(error, -errno, "%s", strerror(errno));
		pcapng_copy_close(copy);
		return NULL;
	}
	return copy;
}

int pcapng_copy_block(struct pcapng_copy *copy, const struct pcapng_item *item)
{
	if (item->type == PCAPNG_SECTION)
		memset(copy->stacks, 0, sizeof(copy->stacks));
	return pcapng_writer_copy(copy->writer, item);
}

int pcapng_copy_packet(struct pcapng_copy *copy, const struct pcapng_item *item,
		       const struct drop_report *report, bool shared)
{
	uint64_t id = report_number(report, KEY_stack_id), *slot = &copy->stacks[id % STACK_SLOTS];
	bool repeat = shared && *slot != id;

	if (report->frames)
		*slot = id;
	strbuf_clear(&copy->stack);
	if (!repeat || !annotation_repeat_stack(report, &copy->stack))
		return pcapng_writer_copy(copy->writer, item);
	option_list_clear(&copy->options);
	option_list_add_comments(&copy->options, &copy->stack);
	if (copy->options.failed)
		return -ENOMEM;
	return pcapng_writer_copy_with(copy->writer, item, option_list_all(&copy->options));
}

int pcapng_copy_flush(struct pcapng_copy *copy)
{
	return pcapng_writer_flush(copy->writer);
}

int pcapng_copy_close(struct pcapng_copy *copy)
{
	int err = pcapng_writer_free(copy->writer), closed = output_close(copy->output);

	strbuf_free(&copy->stack);
	option_list_free(&copy->options);
	free(copy);
	return err ? err : closed;
}
