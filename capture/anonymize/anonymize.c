// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "anonymize.h"
#include "file/output.h"
#include "pseudonym.h"
#include "report/annotation.h"
#include "report/annotation_reader.h"
#include "report_rewrite.h"
#include "sink/interface_text.h"
#include "sink/option_list.h"
#include "sink/stack_comments.h"
#include "util/version.h"

#define IF_FCSLEN     13 /* if_fcslen: how many bytes after the frame are no part of it */
#define TSRESOL_MICRO 6
#define TSRESOL_NANO  9

struct anonymizer {
	struct output *output;
	struct pcapng_writer *writer;
	const struct secret *secret;
	struct packet_rewriter *packets;
	struct report_rewriter *reports;
	struct stack_comments *stacks;
	struct option_list options; /* of the block that is being written */
	struct strbuf annotation;
	struct strbuf frame;
	struct strbuf texts; /* of options, each terminated */
	struct anonymize_counts counts;
};

struct anonymizer *anonymizer_open(const char *path, const struct rewrite_config *config,
				   struct error *error)
{
	struct anonymizer *anonymizer = calloc(1, sizeof(*anonymizer));

	if (!anonymizer) {
		error_set(error, -ENOMEM, "out of memory");
		return NULL;
	}
	anonymizer->output = output_open(path, error);
	if (!anonymizer->output) {
		free(anonymizer);
		return NULL;
	}
	anonymizer->secret = config->secret;
	anonymizer->packets = packet_rewriter_new(config);
	anonymizer->reports = report_rewriter_new(config->secret, config->ports);
	anonymizer->stacks = stack_comments_new();
	anonymizer->writer = pcapng_writer_new(output_target(anonymizer->output));
	if (anonymizer->packets && anonymizer->reports && anonymizer->stacks && anonymizer->writer)
		return anonymizer;
	error_set(error, -ENOMEM, "out of memory");
	anonymizer_close(anonymizer);
	return NULL;
}

/* Timestamps are written in microseconds where the interface has them, else in nanoseconds. */
static bool has_microseconds(const struct pcapng_interface *interface)
{
	return interface->tsresol == TSRESOL_MICRO && !interface->offset_s;
}

static uint64_t units_of(const struct pcapng_item *item)
{
	if (!item->has_timestamp)
		return 0;
	return has_microseconds(item->interface) ? item->timestamp_ns / 1000 : item->timestamp_ns;
}

static void left_out(struct anonymizer *anonymizer, const struct pcapng_option *option)
{
	if (option->code == PCAPNG_OPT_COMMENT)
		anonymizer->counts.comments++;
	else
		anonymizer->counts.options++;
}

/* The text of an option, with control characters escaped; an offset in the texts. */
static size_t take_text(struct anonymizer *anonymizer, const struct pcapng_option *option)
{
	struct strbuf *texts = &anonymizer->texts, text = { 0 };
	size_t at = texts->length;

	strbuf_add_bytes(&text, option->value, option->length);
	strbuf_add_printable(texts, strbuf_string(&text));
	strbuf_add_bytes(texts, "", 1);
	texts->failed |= text.failed;
	strbuf_free(&text);
	return at;
}

/*
 * The machine, the kernel and the program stay: without them, a stack says little. The comment of
 * a capture is its command line.
 */
static int write_section(struct anonymizer *anonymizer, const struct pcapng_item *item)
{
	static const uint16_t kept[] = { PCAPNG_SHB_HARDWARE, PCAPNG_SHB_OS, PCAPNG_SHB_USERAPPL };
	size_t at_text[] = { 0, 0, 0 }, at = 0;
	bool has[] = { false, false, false };
	struct pcapng_option option;

	stack_comments_forget(anonymizer->stacks);
	option_list_clear(&anonymizer->options);
	strbuf_clear(&anonymizer->texts);
	strbuf_addf(&anonymizer->texts, "anonymized by %s", version_of_program());
	strbuf_add_bytes(&anonymizer->texts, "", 1);
	while (pcapng_item_option(item, &at, &option)) {
		size_t i = (size_t)(option.code - PCAPNG_SHB_HARDWARE);

		if (option.code < PCAPNG_SHB_HARDWARE || option.code > PCAPNG_SHB_USERAPPL ||
		    has[i]) {
			left_out(anonymizer, &option);
			continue;
		}
		has[i] = true;
		at_text[i] = take_text(anonymizer, &option);
	}
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		if (has[i])
			option_list_add_text(&anonymizer->options, kept[i],
					     strbuf_string(&anonymizer->texts) + at_text[i]);
	}
	option_list_add_text(&anonymizer->options, PCAPNG_OPT_COMMENT,
			     strbuf_string(&anonymizer->texts));
	if (anonymizer->options.failed || anonymizer->texts.failed)
		return -ENOMEM;
	return pcapng_writer_add_section(anonymizer->writer, option_list_all(&anonymizer->options));
}

/* The options of an interface that stay, with their new values. */
struct interface_options {
	char name[32];
	uint32_t netns; /* of the description; 0: none */
	uint8_t fcslen;
	bool has_fcslen;
};

static void take_name(struct anonymizer *anonymizer, const struct pcapng_option *option,
		      struct interface_options *kept)
{
	struct strbuf printed = { 0 }, name = { 0 }, pseudonym = { 0 };

	strbuf_add_bytes(&printed, option->value, option->length);
	strbuf_parse_printable(&name, strbuf_string(&printed));
	if (name.length)
		pseudonym_add_device(anonymizer->secret, strbuf_string(&name), &pseudonym);
	snprintf(kept->name, sizeof(kept->name), "%s", strbuf_string(&pseudonym));
	anonymizer->texts.failed |= printed.failed | name.failed | pseudonym.failed;
	strbuf_free(&printed);
	strbuf_free(&name);
	strbuf_free(&pseudonym);
}

/* Of the description, the number of the namespace stays, as a pseudonym. */
static bool take_description(struct anonymizer *anonymizer, const struct pcapng_option *option,
			     struct interface_options *kept)
{
	struct strbuf text = { 0 };
	uint32_t inode;
	bool taken;

	strbuf_add_bytes(&text, option->value, option->length);
	taken = interface_read_description(strbuf_string(&text), &inode);
	if (taken)
		kept->netns = pseudonym_of_namespace(anonymizer->secret, inode);
	anonymizer->texts.failed |= text.failed;
	strbuf_free(&text);
	return taken;
}

static bool take_interface_option(struct anonymizer *anonymizer, const struct pcapng_option *option,
				  struct interface_options *kept)
{
	switch (option->code) {
	case PCAPNG_IF_NAME:
		take_name(anonymizer, option, kept);
		return true;
	case PCAPNG_IF_DESCRIPTION:
		return take_description(anonymizer, option, kept);
	case IF_FCSLEN:
		kept->has_fcslen = option->length == 1;
		if (kept->has_fcslen)
			memcpy(&kept->fcslen, option->value, 1);
		return kept->has_fcslen;
	case PCAPNG_IF_TSRESOL:
	case PCAPNG_IF_TSOFFSET:
		return true; /* the timestamps are converted */
	default:
		return false;
	}
}

static int write_interface(struct anonymizer *anonymizer, const struct pcapng_item *item)
{
	const struct pcapng_interface *interface = item->interface;
	uint8_t tsresol = has_microseconds(interface) ? TSRESOL_MICRO : TSRESOL_NANO;
	struct option_list *options = &anonymizer->options;
	struct interface_options kept = { 0 };
	struct strbuf description = { 0 };
	struct pcapng_option option;
	size_t at = 0;
	uint32_t id;
	int err = -ENOMEM;

	option_list_clear(options);
	while (pcapng_item_option(item, &at, &option)) {
		if (!take_interface_option(anonymizer, &option, &kept))
			left_out(anonymizer, &option);
	}
	if (kept.name[0])
		option_list_add_text(options, PCAPNG_IF_NAME, kept.name);
	interface_describe(&description, kept.name, kept.netns, NULL);
	if (description.length)
		option_list_add_text(options, PCAPNG_IF_DESCRIPTION, strbuf_string(&description));
	option_list_add(options, PCAPNG_IF_TSRESOL, &tsresol, 1);
	if (kept.has_fcslen)
		option_list_add(options, IF_FCSLEN, &kept.fcslen, 1);
	if (!options->failed && !anonymizer->texts.failed && !description.failed)
		err = pcapng_writer_add_interface(anonymizer->writer, interface->linktype,
						  interface->snaplen, option_list_all(options),
						  &id);
	strbuf_free(&description);
	return err;
}

/* The counts of an interface. The times of its start and end are those of its packets. */
static int write_statistics(struct anonymizer *anonymizer, const struct pcapng_item *item)
{
	struct option_list *options = &anonymizer->options;
	uint64_t received = 0, lost = item->lost;
	struct pcapng_option option;
	bool has_received = false;
	size_t at = 0;

	option_list_clear(options);
	while (pcapng_item_option(item, &at, &option)) {
		if (option.code == PCAPNG_ISB_IFRECV) {
			received = pcapng_item_u64(item, &option);
			has_received = true;
		} else if (option.code == PCAPNG_OPT_COMMENT || option.code > PCAPNG_ISB_IFDROP) {
			left_out(anonymizer, &option);
		}
	}
	if (has_received)
		option_list_add(options, PCAPNG_ISB_IFRECV, &received, sizeof(received));
	option_list_add(options, PCAPNG_ISB_IFDROP, &lost, sizeof(lost));
	if (options->failed)
		return -ENOMEM;
	return pcapng_writer_add_statistics(anonymizer->writer, item->interface->id, units_of(item),
					    option_list_all(options));
}

int anonymizer_block(struct anonymizer *anonymizer, const struct pcapng_item *item)
{
	switch (item->type) {
	case PCAPNG_SECTION:
		return write_section(anonymizer, item);
	case PCAPNG_INTERFACE:
		return write_interface(anonymizer, item);
	case PCAPNG_STATISTICS:
		return write_statistics(anonymizer, item);
	default:
		anonymizer->counts.blocks++;
		return 0;
	}
}

/*
 * Returns whether the comment is not part of the annotation, which is written again from the
 * report.
 */
static void count_options(struct anonymizer *anonymizer, const struct pcapng_item *item)
{
	struct pcapng_option option;
	size_t at = 0;

	while (pcapng_item_option(item, &at, &option)) {
		bool is_known = option.code == PCAPNG_EPB_FLAGS ||
				option.code == PCAPNG_EPB_DROPCOUNT ||
				option.code == PCAPNG_EPB_PACKETID ||
				option.code == PCAPNG_EPB_QUEUE;

		if (option.code == PCAPNG_OPT_COMMENT)
			is_known = annotation_is_comment(option.value, option.length);
		if (!is_known)
			left_out(anonymizer, &option);
	}
}

/* The flags that say something about the packet and not about the link. */
static uint32_t flags_of(const struct pcapng_item *item)
{
	struct pcapng_option option;
	size_t at = 0;

	while (pcapng_item_option(item, &at, &option)) {
		if (option.code == PCAPNG_EPB_FLAGS)
			return pcapng_item_u32(item, &option);
	}
	return 0;
}

static void add_annotation(struct anonymizer *anonymizer, const struct drop_report *report)
{
	strbuf_clear(&anonymizer->annotation);
	annotation_format(report, &anonymizer->annotation);
	option_list_add_comments(&anonymizer->options, &anonymizer->annotation);
	stack_comments_add(anonymizer->stacks, report, &anonymizer->options);
}

int anonymizer_packet(struct anonymizer *anonymizer, const struct pcapng_item *item,
		      struct drop_report *report, bool annotated)
{
	struct option_list *options = &anonymizer->options;
	uint64_t lost = annotated ? report_number(report, KEY_lost) : item->lost;
	uint32_t flags = flags_of(item);
	struct pcapng_packet packet = {
		.interface_id = item->interface->id,
		.timestamp = units_of(item),
		.len = item->len,
	};

	option_list_clear(options);
	if (flags)
		option_list_add(options, PCAPNG_EPB_FLAGS, &flags, sizeof(flags));
	if (lost)
		option_list_add(options, PCAPNG_EPB_DROPCOUNT, &lost, sizeof(lost));
	if (report->has_packet_id)
		option_list_add(options, PCAPNG_EPB_PACKETID, &report->packet_id,
				sizeof(report->packet_id));
	if (report->has_queue)
		option_list_add(options, PCAPNG_EPB_QUEUE, &report->queue, sizeof(report->queue));
	count_options(anonymizer, item);
	if (annotated && report_rewrite(anonymizer->reports, report))
		return -ENOMEM;
	if (annotated)
		add_annotation(anonymizer, report);
	strbuf_clear(&anonymizer->frame);
	if (item->caplen)
		strbuf_add_bytes(&anonymizer->frame, (const char *)item->data, item->caplen);
	if (options->failed || anonymizer->frame.failed)
		return -ENOMEM;
	packet.data = anonymizer->frame.data;
	packet.caplen = packet_rewrite(anonymizer->packets, item->interface->linktype,
				       (uint8_t *)anonymizer->frame.data, item->caplen, item->len);
	packet.options = option_list_all(options);
	return pcapng_writer_add_packet(anonymizer->writer, &packet);
}

int anonymizer_flush(struct anonymizer *anonymizer)
{
	return pcapng_writer_flush(anonymizer->writer);
}

void anonymizer_count(const struct anonymizer *anonymizer, struct anonymize_counts *counts)
{
	*counts = anonymizer->counts;
	counts->packets = *packet_rewriter_counts(anonymizer->packets);
	counts->values = report_rewriter_removed(anonymizer->reports);
}

int anonymizer_close(struct anonymizer *anonymizer)
{
	int err = pcapng_writer_free(anonymizer->writer);
	int closed = output_close(anonymizer->output);

	packet_rewriter_free(anonymizer->packets);
	report_rewriter_free(anonymizer->reports);
	stack_comments_free(anonymizer->stacks);
	option_list_free(&anonymizer->options);
	strbuf_free(&anonymizer->annotation);
	strbuf_free(&anonymizer->frame);
	strbuf_free(&anonymizer->texts);
	free(anonymizer);
	return err ? err : closed;
}
