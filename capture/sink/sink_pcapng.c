// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <linux/if_packet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "account/account_text.h"
#include "pcapng/pcapng.h"
#include "report/annotation.h"
#include "interface_text.h"
#include "interfaces.h"
#include "option_list.h"
#include "file/output.h"
#include "file/whole_events.h"
#include "sink.h"
#include "stack_comments.h"
#include "util/netns_names.h"
#include "util/strbuf.h"
#include "util/time.h"
#include "util/version.h"

#define STATISTICS_SECONDS 10
#define STATISTICS_AT_ONCE 1024 /* at a tick: about 100 KiB (WRITE_QUEUE_RESERVE) */

/* The interface of all devices that come when the file has no more room for interfaces. */
static const struct interface_key other_devices = { .named_id = UINT64_MAX };

struct sink_pcapng {
	struct sink sink;
	struct pcapng_writer *writer;
	struct output *output;
	struct sink_pcapng_config config;
	struct interfaces *interfaces;
	struct netns_names *netns_names;
	struct interface *last; /* the last packet's */
	uint64_t start_ns;
	time_t next_statistics;	    /* monotonic */
	size_t statistics_due;	    /* of so many interfaces, at the next ticks */
	struct option_list options; /* of the block that is being written */
	struct strbuf annotation;
	struct strbuf account; /* comments of the last statistics */
	struct stack_comments *stacks;
};

static int add_section(struct sink_pcapng *self)
{
	struct option_list *options = &self->options;
	struct utsname kernel;
	char os[sizeof(kernel.sysname) + sizeof(kernel.release) + 1];

	if (uname(&kernel))
		return -errno;
	option_list_clear(options);
	stpcpy(stpcpy(stpcpy(os, kernel.sysname), " "), kernel.release);
	option_list_add_text(options, PCAPNG_SHB_HARDWARE, kernel.machine);
	option_list_add_text(options, PCAPNG_SHB_OS, os);
	option_list_add_text(options, PCAPNG_SHB_USERAPPL, version_of_program());
	option_list_add_text(options, PCAPNG_OPT_COMMENT, self->config.comment);
	return options->failed ? -ENOMEM
			       : pcapng_writer_add_section(self->writer, option_list_all(options));
}

static void describe(const struct interface_key *key, const char *netns_name,
		     struct strbuf *description)
{
	if (key->named_id == other_devices.named_id)
		strbuf_addf(description,
			    "other devices (a file has %d interfaces at most; the events have "
			    "netns and ifindex)",
			    INTERFACES_MAX);
	else if (key->netns)
		interface_describe(description, key->name, key->netns, netns_name);
}

/* netns_name: of its namespace; NULL: it is not known. */
static int write_interface(struct sink_pcapng *self, const struct interface_key *key,
			   const char *netns_name)
{
	struct option_list *options = &self->options;
	struct strbuf name = { 0 }, description = { 0 }, filter = { 0 };
	const uint8_t nanoseconds = 9;
	uint32_t id;
	int err;

	option_list_clear(options);
	strbuf_add_printable(&name, key->name);
	if (key->name[0])
		option_list_add_text(options, PCAPNG_IF_NAME, strbuf_string(&name));
	describe(key, netns_name, &description);
	if (description.length)
		option_list_add_text(options, PCAPNG_IF_DESCRIPTION, strbuf_string(&description));
	option_list_add(options, PCAPNG_IF_TSRESOL, &nanoseconds, 1);
	if (self->config.filter) {
		/*
		 * The first byte is the type of the filter; 0: a libpcap expression (draft section
		 * 4.2).
		 */
		strbuf_add_bytes(&filter, "", 1);
		strbuf_add(&filter, self->config.filter);
		option_list_add(options, PCAPNG_IF_FILTER, filter.data, filter.length);
	}
	if (name.failed || description.failed || filter.failed || options->failed)
		err = -ENOMEM;
	else
		err = pcapng_writer_add_interface(self->writer, PCAPNG_LINKTYPE_ETHERNET,
						  self->config.snaplen, option_list_all(options),
						  &id);
	strbuf_free(&name);
	strbuf_free(&description);
	strbuf_free(&filter);
	return err;
}

/* A time in an option is two 32-bit words, the upper one first (draft section 4.6). */
static void add_time(struct option_list *options, uint16_t code, uint32_t words[2], uint64_t time)
{
	words[0] = (uint32_t)(time >> 32);
	words[1] = (uint32_t)time;
	option_list_add(options, code, words, 2 * sizeof(words[0]));
}

/*
 * A loss counts on the interface of the packet that followed it, as in epb_dropcount. account:
 * comments, or NULL.
 */
static int add_statistics(struct sink_pcapng *self, struct interface *interface,
			  const struct strbuf *account)
{
	uint64_t now = time_realtime_ns(), received = interface->packets + interface->lost;
	struct option_list *options = &self->options;
	uint32_t start[2], end[2];

	option_list_clear(options);
	add_time(options, PCAPNG_ISB_STARTTIME, start, self->start_ns);
	add_time(options, PCAPNG_ISB_ENDTIME, end, now);
	option_list_add(options, PCAPNG_ISB_IFRECV, &received, sizeof(received));
	option_list_add(options, PCAPNG_ISB_IFDROP, &interface->lost, sizeof(interface->lost));
	if (account)
		option_list_add_comments(options, account);
	if (options->failed)
		return -ENOMEM;
	return pcapng_writer_add_statistics(self->writer, interface->id, now,
					    option_list_all(options));
}

/* Of so many of the interfaces whose numbers have changed: others would only be repeated. */
static int add_changed_statistics(struct sink_pcapng *self, size_t count,
				  const struct interface *but)
{
	struct interface *interface;
	int err = 0;

	while (!err && count-- && (interface = interfaces_take_changed(self->interfaces))) {
		if (interface != but)
			err = add_statistics(self, interface, NULL);
	}
	return err;
}

/* The last block is that of the last interface, with the account. */
static int add_last_statistics(struct sink_pcapng *self)
{
	int err = add_changed_statistics(self, SIZE_MAX, self->last);

	return err ? err : add_statistics(self, self->last, &self->account);
}

/*
 * Sets last to the interface, and writes it if it is new. The last one that there is room for is
 * that of other devices. (A new section would have room for more, but Wireshark 4.0 shows the
 * packets of a later section with the interfaces of the first.)
 */
static int use_interface(struct sink_pcapng *self, const struct interface_key *key,
			 const char *netns_name)
{
	self->last = interfaces_find(self->interfaces, key);
	if (!self->last && interfaces_count(self->interfaces) >= INTERFACES_MAX - 1) {
		key = &other_devices;
		self->last = interfaces_find(self->interfaces, key);
	}
	if (self->last)
		return 0;
	self->last = interfaces_add(self->interfaces, key);
	return self->last ? write_interface(self, key, netns_name) : -ENOMEM;
}

static int find_interface(struct sink_pcapng *self, const struct drop_report *report)
{
	struct interface_key key = {
		.netns = (uint32_t)report_number(report, KEY_netns),
		.ifindex = (uint32_t)report_number(report, KEY_ifindex),
	};
	const struct netns_name *netns = netns_names_find(self->netns_names, key.netns,
							  report->timestamp_ns);

	if (report->ifname)
		strncpy(key.name, report->ifname, sizeof(key.name) - 1);
	key.named_id = netns ? netns->id : 0;
	return use_interface(self, &key, netns ? netns->name : NULL);
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

static int add_packet(struct sink_pcapng *self, const struct drop_report *report)
{
	uint32_t flags = epb_flags(report), caplen = report->packet.caplen;
	uint64_t lost = report_number(report, KEY_lost);
	struct option_list *options = &self->options;
	struct pcapng_packet packet;

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
	strbuf_clear(&self->annotation);
	annotation_format(report, &self->annotation);
	option_list_add_comments(options, &self->annotation);
	stack_comments_add(self->stacks, report, options);
	if (options->failed)
		return -ENOMEM;
	packet = (struct pcapng_packet){
		.interface_id = self->last->id,
		.timestamp = report->timestamp_ns,
		.caplen = caplen < self->config.snaplen ? caplen : self->config.snaplen,
		.len = report->packet.len,
		.data = report->packet.data,
		.options = option_list_all(options),
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
	interfaces_note_change(self->interfaces, self->last);
	return 0;
}

/* Returns also the error of a write that was done later. */
static int flush(struct sink_pcapng *self)
{
	struct pcapng_target target = output_target(self->output);
	int err = pcapng_writer_flush(self->writer);

	return err ? err : target.flush(target.context);
}

/*
 * The statistics wait for the next flush: each write has events alone at its end, whose number the
 * queue gets right after it (write_queue_mark).
 */
static int tick(struct sink *sink)
{
	struct sink_pcapng *self = (struct sink_pcapng *)sink;
	int err = flush(self);
	size_t count;

	if (time_monotonic_s() >= self->next_statistics) {
		self->next_statistics = time_monotonic_s() + STATISTICS_SECONDS;
		self->statistics_due = interfaces_changed(self->interfaces);
	}
	count = self->statistics_due < STATISTICS_AT_ONCE ? self->statistics_due
							  : STATISTICS_AT_ONCE;
	self->statistics_due -= count;
	return err ? err : add_changed_statistics(self, count, NULL);
}

static int add_account(struct sink *sink, const struct account *account)
{
	struct sink_pcapng *self = (struct sink_pcapng *)sink;

	strbuf_clear(&self->account);
	account_add_comments(account, &self->account);
	return self->account.failed ? -ENOMEM : 0;
}

/* While the compression and its buffers hold bytes back, the size lags behind by these. */
static uint64_t bytes(const struct sink *sink)
{
	const struct sink_pcapng *self = (const struct sink_pcapng *)sink;

	return output_is_compressed(self->output) ? output_bytes(self->output)
						  : pcapng_writer_bytes(self->writer);
}

static bool has_all(const struct sink *sink)
{
	const struct sink_pcapng *self = (const struct sink_pcapng *)sink;

	return !output_is_compressed(self->output) && !pcapng_writer_buffered(self->writer);
}

static int release(struct sink_pcapng *self)
{
	int err = pcapng_writer_free(self->writer), closed = output_close(self->output);

	stack_comments_free(self->stacks);
	strbuf_free(&self->annotation);
	strbuf_free(&self->account);
	option_list_free(&self->options);
	interfaces_free(self->interfaces);
	netns_names_free(self->netns_names);
	free(self);
	return err ? err : closed;
}

static int end(struct sink *sink, uint64_t lost)
{
	struct sink_pcapng *self = (struct sink_pcapng *)sink;
	const struct interface_key nothing = { 0 };
	int err = 0, closed;

	/* libpcap refuses a file without an interface, even if it has no packet. */
	if (!self->last)
		err = use_interface(self, &nothing, NULL);
	if (!err) {
		self->last->lost += lost;
		err = add_last_statistics(self);
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
	self->sink = (struct sink){
		.add = add,
		.tick = tick,
		.close = end,
		.account = add_account,
		.has_all = has_all,
		.bytes = bytes,
	};
	self->config = *config;
	self->start_ns = time_realtime_ns();
	self->next_statistics = time_monotonic_s() + STATISTICS_SECONDS;
	self->output = output_open_aside(config->path, config->part, &config->aside, error);
	if (!self->output) {
		free(self);
		return NULL;
	}
	self->interfaces = interfaces_new();
	self->netns_names = netns_names_new(NETNS_NAMES_DIR);
	self->stacks = stack_comments_new();
	output_keep_whole(self->output, whole_packets);
	self->writer = pcapng_writer_new(output_target(self->output));
	err = self->writer && self->interfaces && self->netns_names && self->stacks
		      ? add_section(self)
		      : -ENOMEM;
	if (!err && !config->aside.opens_later) { /* else the first tick finds an error */
		err = pcapng_writer_flush(self->writer);
		err = err ? err : output_settle(self->output);
	}
	if (err) {
		error_set(error, err, "%s%s: cannot write it: %s", config->path,
			  config->part ? OUTPUT_PART : "", strerror(-err));
		release(self);
		return NULL;
	}
	return &self->sink;
}
