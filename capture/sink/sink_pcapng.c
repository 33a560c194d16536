// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <linux/if_packet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "pcapng/pcapng.h"
#include "report/annotation.h"
#include "interfaces.h"
#include "file/output.h"
#include "sink.h"
#include "util/strbuf.h"
#include "util/time.h"
#include "util/version.h"

#define OPTIONS_MAX	   8
#define STATISTICS_SECONDS 10
#define STACK_TEXTS	   4096
#define STACK_TEXT_NS	   1000000000ULL

/* When the text of a stack was written last; of two ids with one slot, the later. */
struct stack_text {
	uint64_t id;
	uint64_t timestamp_ns;
};

struct sink_pcapng {
	struct sink sink;
	struct pcapng_writer *writer;
	struct output *output;
	struct sink_pcapng_config config;
	struct interfaces *interfaces;
	struct interface *last; /* the last packet's */
	uint64_t start_ns;
	time_t next_statistics; /* monotonic */
	struct strbuf comment;
	struct strbuf stack;
	struct stack_text stack_texts[STACK_TEXTS];
};

struct option_list {
	struct pcapng_option list[OPTIONS_MAX];
	size_t count;
};

static void add_option(struct option_list *options, uint16_t code, const void *value, size_t length)
{
	options->list[options->count++] = (struct pcapng_option){
		.code = code,
		.length = (uint16_t)length,
		.value = value,
	};
}

/* A text longer than an option may be is cut; nothing of ours comes near it. */
static void add_bytes(struct option_list *options, uint16_t code, const char *text, size_t length)
{
	add_option(options, code, text, length < UINT16_MAX ? length : UINT16_MAX);
}

static void add_text(struct option_list *options, uint16_t code, const char *text)
{
	add_bytes(options, code, text, strlen(text));
}

static void add_comment(struct option_list *options, const struct strbuf *comment)
{
	add_bytes(options, PCAPNG_OPT_COMMENT, strbuf_string(comment), comment->length);
}

static struct pcapng_options options_of(const struct option_list *options)
{
	return (struct pcapng_options){ options->list, options->count };
}

static int add_section(struct sink_pcapng *self)
{
	struct option_list options = { 0 };
	struct utsname kernel;
	char os[sizeof(kernel.sysname) + sizeof(kernel.release) + 1];

	if (uname(&kernel))
		return -errno;
	stpcpy(stpcpy(stpcpy(os, kernel.sysname), " "), kernel.release);
	add_text(&options, PCAPNG_SHB_HARDWARE, kernel.machine);
	add_text(&options, PCAPNG_SHB_OS, os);
	add_text(&options, PCAPNG_SHB_USERAPPL, version_of_program());
	add_text(&options, PCAPNG_OPT_COMMENT, self->config.comment);
	return pcapng_writer_add_section(self->writer, options_of(&options));
}

static int write_interface(struct sink_pcapng *self, const struct interface *interface)
{
	struct option_list options = { 0 };
	struct strbuf name = { 0 }, description = { 0 }, filter = { 0 };
	const uint8_t nanoseconds = 9;
	uint32_t id;
	int err;

	strbuf_add_printable(&name, interface->name);
	if (interface->name[0])
		add_text(&options, PCAPNG_IF_NAME, strbuf_string(&name));
	if (interface->netns) {
		strbuf_addf(&description, "netns %u", interface->netns);
		add_text(&options, PCAPNG_IF_DESCRIPTION, strbuf_string(&description));
	}
	add_option(&options, PCAPNG_IF_TSRESOL, &nanoseconds, 1);
	if (self->config.filter) {
		/* The first byte says what follows: 0, a libpcap expression (draft section 4.2). */
		strbuf_add_bytes(&filter, "", 1);
		strbuf_add(&filter, self->config.filter);
		add_option(&options, PCAPNG_IF_FILTER, filter.data, filter.length);
	}
	err = pcapng_writer_add_interface(self->writer, PCAPNG_LINKTYPE_ETHERNET,
					  self->config.snaplen, options_of(&options), &id);
	strbuf_free(&name);
	strbuf_free(&description);
	strbuf_free(&filter);
	return err;
}

/* Sets last to the interface; writes a new one. */
static int use_interface(struct sink_pcapng *self, const struct interface *wanted)
{
	bool is_new;

	self->last = interfaces_find(self->interfaces, wanted, &is_new);
	if (!self->last)
		return -ENOMEM;
	return is_new ? write_interface(self, self->last) : 0;
}

static int find_interface(struct sink_pcapng *self, const struct drop_report *report)
{
	struct interface wanted = {
		.netns = (uint32_t)report_number(report, KEY_netns),
		.ifindex = (uint32_t)report_number(report, KEY_ifindex),
	};

	if (report->ifname)
		strncpy(wanted.name, report->ifname, sizeof(wanted.name) - 1);
	return use_interface(self, &wanted);
}

static uint32_t epb_flags(const struct drop_report *report)
{
	static const uint32_t reception[] = {
		[PACKET_HOST] = PCAPNG_UNICAST,
		[PACKET_BROADCAST] = PCAPNG_BROADCAST,
		[PACKET_MULTICAST] = PCAPNG_MULTICAST,
		[PACKET_OTHERHOST] = PCAPNG_PROMISCUOUS,
	};
	uint32_t flags = 0;

	if (report->has_direction)
		flags |= report->inbound ? PCAPNG_INBOUND : PCAPNG_OUTBOUND;
	if (report->has_direction && report->inbound && report->pkt_type <= PACKET_OTHERHOST)
		flags |= reception[report->pkt_type];
	if (report->checksum_not_ready)
		flags |= PCAPNG_CHECKSUM_NOT_READY;
	return flags;
}

/*
 * Appends the text of the packet's stack if it is its own. That of a sampled one stands on a packet
 * at most a second before: else here once more.
 */
static bool add_stack(struct sink_pcapng *self, const struct drop_report *report)
{
	uint64_t id = report_number(report, KEY_stack_id), now = report->timestamp_ns;
	struct stack_text *last = &self->stack_texts[id % STACK_TEXTS];
	bool recent = last->id == id && now - last->timestamp_ns < STACK_TEXT_NS;

	if (!annotation_format_stack(report, &self->stack) &&
	    (recent || !annotation_repeat_stack(report, &self->stack)))
		return false;
	*last = (struct stack_text){ id, now };
	return true;
}

static int add_packet(struct sink_pcapng *self, const struct drop_report *report)
{
	uint32_t flags = epb_flags(report), caplen = report->packet.caplen;
	uint64_t lost = report_number(report, KEY_lost);
	struct option_list options = { 0 };
	struct pcapng_packet packet;

	if (flags)
		add_option(&options, PCAPNG_EPB_FLAGS, &flags, sizeof(flags));
	if (lost)
		add_option(&options, PCAPNG_EPB_DROPCOUNT, &lost, sizeof(lost));
	if (report->has_packet_id)
		add_option(&options, PCAPNG_EPB_PACKETID, &report->packet_id,
			   sizeof(report->packet_id));
	if (report->has_queue)
		add_option(&options, PCAPNG_EPB_QUEUE, &report->queue, sizeof(report->queue));
	strbuf_clear(&self->comment);
	annotation_format(report, &self->comment);
	add_comment(&options, &self->comment);
	strbuf_clear(&self->stack);
	if (add_stack(self, report))
		add_comment(&options, &self->stack);
	if (self->comment.failed || self->stack.failed)
		return -ENOMEM;
	packet = (struct pcapng_packet){
		.interface_id = self->last->id,
		.timestamp = report->timestamp_ns,
		.caplen = caplen < self->config.snaplen ? caplen : self->config.snaplen,
		.len = report->packet.len,
		.data = report->packet.data,
		.options = options_of(&options),
	};
	return pcapng_writer_add_packet(self->writer, &packet);
}

static int add(struct sink *sink, const struct drop_report *report)
{
	struct sink_pcapng *self = (struct sink_pcapng *)sink;
	int err = find_interface(self, report);

	if (!err)
		err = add_packet(self, report);
	if (err)
		return err;
	self->last->packets++;
	self->last->lost += report_number(report, KEY_lost);
	return 0;
}

/* A time in an option is two 32-bit words, the upper one first (draft section 4.6). */
static void add_time(struct option_list *options, uint16_t code, uint32_t words[2], uint64_t time)
{
	words[0] = (uint32_t)(time >> 32);
	words[1] = (uint32_t)time;
	add_option(options, code, words, 2 * sizeof(words[0]));
}

/* A loss counts on the interface of the packet that followed it, as in epb_dropcount. */
static int add_statistics(struct sink_pcapng *self, struct interface *interface)
{
	uint64_t now = time_realtime_ns(), received = interface->packets + interface->lost;
	struct option_list options = { 0 };
	uint32_t start[2], end[2];

	add_time(&options, PCAPNG_ISB_STARTTIME, start, self->start_ns);
	add_time(&options, PCAPNG_ISB_ENDTIME, end, now);
	add_option(&options, PCAPNG_ISB_IFRECV, &received, sizeof(received));
	add_option(&options, PCAPNG_ISB_IFDROP, &interface->lost, sizeof(interface->lost));
	interface->told = received;
	return pcapng_writer_add_statistics(self->writer, interface->id, now, options_of(&options));
}

/*
 * Of those whose numbers have changed, and at the end of all: a capture that sees nothing does not
 * grow.
 */
static int add_all_statistics(struct sink_pcapng *self, bool at_end)
{
	int err = 0;

	for (size_t id = 0; !err && id < interfaces_count(self->interfaces); id++) {
		struct interface *interface = interfaces_get(self->interfaces, id);

		if (at_end || interface->packets + interface->lost != interface->told)
			err = add_statistics(self, interface);
	}
	return err;
}

static int tick(struct sink *sink)
{
	struct sink_pcapng *self = (struct sink_pcapng *)sink;
	int err = 0;

	if (time_monotonic_s() >= self->next_statistics) {
		self->next_statistics = time_monotonic_s() + STATISTICS_SECONDS;
		err = add_all_statistics(self, false);
	}
	return err ? err : pcapng_writer_flush(self->writer);
}

static int release(struct sink_pcapng *self)
{
	int err = pcapng_writer_free(self->writer), closed = output_close(self->output);

	strbuf_free(&self->comment);
	strbuf_free(&self->stack);
	interfaces_free(self->interfaces);
	free(self);
	return err ? err : closed;
}

static int end(struct sink *sink, uint64_t lost)
{
	struct sink_pcapng *self = (struct sink_pcapng *)sink;
	const struct interface nothing = { 0 };
	int err = 0, closed;

	/* libpcap takes no file without an interface, not even an empty one. */
	if (!self->last)
		err = use_interface(self, &nothing);
	if (!err) {
		self->last->lost += lost;
		err = add_all_statistics(self, true);
	}
	closed = release(self);
	return err ? err : closed;
}

struct sink *sink_pcapng_open(const struct sink_pcapng_config *config, struct error *error)
{
	struct sink_pcapng *self = calloc(1, sizeof(*self));
	int err;

	if (!self) {
		error_set(error, -ENOMEM, "out of memory");
		return NULL;
	}
	self->sink = (struct sink){ add, tick, end };
	self->config = *config;
	self->start_ns = time_realtime_ns();
	self->next_statistics = time_monotonic_s() + STATISTICS_SECONDS;
	self->output = output_open(config->path, error);
	if (!self->output) {
		free(self);
		return NULL;
	}
	self->interfaces = interfaces_new();
	self->writer = pcapng_writer_new(output_target(self->output));
	err = self->writer && self->interfaces ? add_section(self) : -ENOMEM;
	if (!err)
		err = pcapng_writer_flush(self->writer);
	if (err) {
		error_set(error, err, "%s: cannot write it: %s", config->path, strerror(-err));
		release(self);
		return NULL;
	}
	return &self->sink;
}
