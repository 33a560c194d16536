// SPDX-License-Identifier: GPL-2.0-or-later
#include <limits.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "enrich/enrich.h"
#include "test.h"

static struct drop_event event;
static struct drop_report report;

/* A clock with a known offset, the same one for all tests. */
static struct clock *clock_of_test(void)
{
	static struct clock *clock;

	if (clock)
		return clock;
	clock = clock_new();
	if (!clock)
		abort();
	clock_note_step(clock, 0, 1700000000000000000);
	return clock;
}

/* An event with those values alone that each event has. */
static void make_event(void)
{
	memset(&event, 0, sizeof(event));
	event.boottime_ns = 123456789;
	strcpy(event.cpu_comm, "swapper/0");
	memcpy(event.frame + 12, (uint8_t[2]){ 0x08, 0x00 }, 2);
	event.frame[14] = 0x45;
	event.frame[23] = IPPROTO_TCP;
	event.frame[46] = 0x50;
	packet_parse(&event.packet, event.frame, 54, 154);
}

/* Without symbols and reasons: tests of those have to be skipped on some machines. */
static struct enrich *open_plain(void)
{
	struct enrich_sources sources = { .clock = clock_of_test() };

	make_event();
	return enrich_new(&sources);
}

static bool has(enum key key)
{
	return report_has(&report, key);
}

/* The text of a key, "absent" where there is none. */
static const char *text_of(enum key key)
{
	const char *text = report_text(&report, key);

	return text ? text : "absent";
}

TEST(error_without_a_name_is_absent)
{
	static const int errors[] = { -9999, -INT_MAX, INT_MIN };
	struct enrich *enrich = open_plain();

	CHECK(enrich);
	event.kind = EVENT_RETRANSMIT;
	event.has_err = true;
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		event.err = errors[i];
		enrich_event(enrich, &event, &report);
		CHECK(!has(KEY_err));
	}
	enrich_free(enrich);
}

TEST(bare_event_has_no_guesses)
{
	static const enum key present[] = { KEY_event,	  KEY_sock, KEY_cpu,  KEY_cpu_pid,
					    KEY_cpu_comm, KEY_hdr,  KEY_stack };
	size_t count = 0;
	struct enrich *enrich = open_plain();

	CHECK(enrich);
	memset(&report, 0xa5, sizeof(report));
	enrich_event(enrich, &event, &report);
	for (size_t i = 0; i < sizeof(present) / sizeof(present[0]); i++)
		CHECK(has(present[i]));
	for (enum key key = 0; key < KEY_COUNT; key++)
		count += has(key);
	CHECK(count == sizeof(present) / sizeof(present[0]));
	CHECK(!report.ifname && !report.frames && !report.has_direction && !report.has_packet_id);
	CHECK(!report.has_queue && !report.checksum_not_ready);
	CHECK(report.timestamp_ns == 1700000000123456789);
	CHECK_STR(text_of(KEY_event), "drop");
	CHECK_STR(text_of(KEY_sock), "none");
	CHECK_STR(text_of(KEY_hdr), "wire");
	CHECK_STR(text_of(KEY_stack), "none");
	CHECK_STR(text_of(KEY_cpu_comm), "swapper/0");
	CHECK(has(KEY_cpu) && report_number(&report, KEY_cpu) == 0);
	CHECK(has(KEY_cpu_pid) && report_number(&report, KEY_cpu_pid) == 0);
	enrich_free(enrich);
}

TEST(known_values_are_reported)
{
	struct enrich *enrich = open_plain();

	CHECK(enrich);
	event.kind = EVENT_RETRANSMIT;
	event.sock = EVENT_SOCK_HOOK;
	event.direction = EVENT_OUT;
	event.state = 1;
	event.cpu = 3;
	event.cpu_pid = 812;
	event.netns = 4026531840;
	event.ifindex = 2;
	event.has_queue = true;
	event.queue = 9;
	event.segs = 5;
	event.pkt_type = 3;
	event.checksum_partial = true;
	event.synthesized = true;
	event.l2_absent = true;
	event.length_clamped = true;
	strcpy(event.ifname, "eth0");
	enrich_event(enrich, &event, &report);
	CHECK_STR(text_of(KEY_event), "retransmit");
	CHECK_STR(text_of(KEY_sock), "hook");
	CHECK_STR(text_of(KEY_dir), "out");
	CHECK(report.has_direction && !report.inbound);
	CHECK_STR(text_of(KEY_state), "ESTABLISHED");
	CHECK(report_number(&report, KEY_cpu) == 3 && report_number(&report, KEY_cpu_pid) == 812);
	CHECK(report_number(&report, KEY_netns) == 4026531840);
	CHECK(report_number(&report, KEY_ifindex) == 2);
	CHECK(report_number(&report, KEY_segs) == 5);
	CHECK(report_number(&report, KEY_skb_len) == 140);
	CHECK(report.has_queue && report.queue == 9 && report.pkt_type == 3);
	CHECK(report.checksum_not_ready);
	CHECK_STR(text_of(KEY_hdr), "synthesized");
	CHECK_STR(text_of(KEY_l2), "absent");
	CHECK_STR(report.ifname, "eth0");
	CHECK(report.packet.data == event.frame && report.packet.len == 154);
	CHECK(report.packet.caplen == 54 && report.packet.tcp_at == 34);
	enrich_free(enrich);
}

TEST(each_number_that_has_a_name_gets_it)
{
	struct enrich *enrich = open_plain();

	CHECK(enrich);
	for (event.kind = 0; event.kind < EVENT_KIND_COUNT; event.kind++) {
		enrich_event(enrich, &event, &report);
		CHECK(has(KEY_event) && text_of(KEY_event)[0]);
	}
	event.kind = EVENT_SYNACK;
	event.sock = EVENT_SOCK_RX_SK;
	event.direction = EVENT_IN;
	event.segs = 1;
	enrich_event(enrich, &event, &report);
	CHECK_STR(text_of(KEY_event), "synack");
	CHECK_STR(text_of(KEY_sock), "rx_sk");
	CHECK_STR(text_of(KEY_dir), "in");
	CHECK(report.has_direction && report.inbound && !has(KEY_segs));
	event.sock = EVENT_SOCK_SKB;
	event.state = 99;
	enrich_event(enrich, &event, &report);
	CHECK_STR(text_of(KEY_sock), "skb");
	CHECK(!has(KEY_state));
	enrich_free(enrich);
}

TEST(losses_of_an_unwritten_report_are_in_the_next)
{
	struct enrich *enrich = open_plain();

	CHECK(enrich);
	event.lost_on_cpu = 3;
	enrich_event(enrich, &event, &report);
	CHECK(report_number(&report, KEY_lost) == 3 && enrich_lost(enrich) == 0);
	event.lost_on_cpu = 5;
	enrich_event(enrich, &event, &report);
	CHECK(report_number(&report, KEY_lost) == 5);
	enrich_written(enrich);
	enrich_event(enrich, &event, &report);
	CHECK(!has(KEY_lost) && enrich_lost(enrich) == 5);
	enrich_free(enrich);
}

/* At the end of a file, losses are written that no record has shown yet. */
TEST(losses_written_elsewhere_are_in_no_report)
{
	struct enrich *enrich = open_plain();

	CHECK(enrich);
	event.cpu = 1;
	event.lost_on_cpu = 3;
	enrich_event(enrich, &event, &report); /* filtered: not written */
	enrich_wrote_losses(enrich, 10);       /* 7 of other records */
	CHECK(enrich_lost(enrich) == 10);
	event.lost_on_cpu = 5;
	enrich_event(enrich, &event, &report);
	CHECK(!has(KEY_lost));
	event.cpu = 2;
	event.lost_on_cpu = 6; /* 5 of them are written */
	enrich_event(enrich, &event, &report);
	CHECK(report_number(&report, KEY_lost) == 1);
	enrich_written(enrich);
	CHECK(enrich_lost(enrich) == 11);
	enrich_free(enrich);
}

TEST(each_cpu_counts_its_own_losses)
{
	static const struct {
		uint32_t cpu;
		uint64_t lost_on_cpu, want;
	} steps[] = { { 0, 0, 0 }, { 0, 3, 3 }, { 0, 3, 0 },	   { 1, 4, 4 },	  { 0, 5, 2 },
		      { 1, 4, 0 }, { 0, 4, 0 }, { 1, 1004, 1000 }, { 511, 7, 7 }, { 0, 5, 0 } };
	struct enrich *enrich = open_plain();
	uint64_t sum = 0;

	CHECK(enrich && enrich_lost(enrich) == 0);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		event.cpu = steps[i].cpu;
		event.lost_on_cpu = steps[i].lost_on_cpu;
		enrich_event(enrich, &event, &report);
		CHECK(has(KEY_lost) == (steps[i].want != 0));
		CHECK(report_number(&report, KEY_lost) == steps[i].want);
		CHECK(enrich_lost(enrich) == sum);
		enrich_written(enrich);
		sum += steps[i].want;
		CHECK(enrich_lost(enrich) == sum);
	}
	enrich_free(enrich);
}

TEST(packet_id_distinguishes_packets_without_their_address)
{
	struct enrich *enrich = open_plain(), *other = open_plain();
	uint64_t first;

	CHECK(enrich && other);
	event.skb = 0xffff888012345600;
	enrich_event(enrich, &event, &report);
	first = report.packet_id;
	CHECK(report.has_packet_id && first != event.skb);
	enrich_event(other, &event, &report);
	CHECK(report.packet_id != first);
	event.skb += 256;
	enrich_event(enrich, &event, &report);
	CHECK(report.packet_id != first && report.packet_id != event.skb);
	event.skb -= 256;
	enrich_event(enrich, &event, &report);
	CHECK(report.packet_id == first);
	enrich_free(enrich);
	enrich_free(other);
}

TEST(hidden_symbols_leave_out_location_and_stack)
{
	struct enrich *enrich = open_plain();

	CHECK(enrich);
	event.location = event.stack[0] = 0xffffffff81234567;
	event.stack_depth = 1;
	enrich_event(enrich, &event, &report);
	CHECK(!has(KEY_at) && !has(KEY_stack_id) && !report.frames);
	CHECK_STR(text_of(KEY_stack), "none");
	CHECK(enrich_unnamed(enrich) == 0);
	enrich_free(enrich);
}

TEST(location_and_stack_are_named)
{
	struct symbols *symbols = symbols_new();
	struct enrich_sources sources = { .symbols = symbols, .clock = clock_of_test() };
	struct enrich *enrich = enrich_new(&sources);
	char line[1024], name[512], type;
	FILE *file = fopen("/proc/kallsyms", "re");

	CHECK(enrich && file);
	make_event();
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%lx %c %511s", &event.location, &type, name) == 3 &&
		    strcmp(name, "vfs_read") == 0)
			break;
	}
	fclose(file);
	if (symbols_hidden()) {
		test_skip("the kernel hides its symbols");
	} else {
		event.location += 16;
		event.stack[0] = event.location;
		event.stack[1] = 1; /* no symbol */
		event.stack_depth = 2;
		enrich_event(enrich, &event, &report);
		CHECK_STR(text_of(KEY_at), "vfs_read+0x10");
		CHECK_STR(text_of(KEY_stack), "own");
		CHECK(has(KEY_stack_id) && report_number(&report, KEY_stack_id) == 1);
		CHECK(report.frames);
		CHECK_STR(report.frames, "  vfs_read+0x10\n  ?");
		CHECK(enrich_unnamed(enrich) == 1);
		event.location = 1;
		event.stack_depth = 0;
		enrich_event(enrich, &event, &report);
		CHECK(!has(KEY_at) && !report.frames && !has(KEY_stack_id));
		CHECK_STR(text_of(KEY_stack), "none");
		CHECK(enrich_unnamed(enrich) == 2);
	}
	enrich_free(enrich);
	symbols_free(symbols);
}

TEST(queue_discipline_is_named_as_tc_does)
{
	struct enrich *enrich = open_plain();

	enrich_event(enrich, &event, &report);
	CHECK(!has(KEY_qdisc) && !has(KEY_qdisc_handle) && !has(KEY_tx_queue));
	event.qdisc = (struct event_qdisc){ .known = true, .kind = "tbf", .parent = 0x8001000a };
	enrich_event(enrich, &event, &report);
	CHECK_STR(text_of(KEY_qdisc), "tbf");
	CHECK_STR(text_of(KEY_qdisc_handle), "0:");
	CHECK_STR(text_of(KEY_qdisc_parent), "8001:a");
	CHECK(has(KEY_tx_queue) && !has(KEY_qdisc_reason));
	event.qdisc.handle = 0xffff0000;
	event.qdisc.parent = UINT32_MAX;
	enrich_event(enrich, &event, &report);
	CHECK_STR(text_of(KEY_qdisc_handle), "ffff:");
	CHECK_STR(text_of(KEY_qdisc_parent), "root");
	event.qdisc.parent = 0;
	enrich_event(enrich, &event, &report);
	CHECK(!has(KEY_qdisc_parent));
	enrich_free(enrich);
}

TEST(reason_is_named_or_numbered)
{
	struct error error;
	struct kernel_btf *btf = kernel_btf_open(&error);
	struct enrich_sources sources = { .clock = clock_of_test() };
	struct enrich *enrich;
	uint32_t code;

	if (!btf) {
		test_skip("no /sys/kernel/btf/vmlinux");
		return;
	}
	sources.drop_reasons = reasons_new(btf, &drop_reason_enum);
	CHECK(sources.drop_reasons);
	enrich = enrich_new(&sources);
	make_event();
	event.has_reason = true;
	event.reason = 60000;
	enrich_event(enrich, &event, &report);
	CHECK(!has(KEY_reason) && report_number(&report, KEY_reason_code) == 60000);
	if (!reason_find(sources.drop_reasons, "NO_SOCKET", &code)) {
		event.reason = code;
		enrich_event(enrich, &event, &report);
		CHECK_STR(text_of(KEY_reason), "NO_SOCKET");
		CHECK(report_number(&report, KEY_reason_code) == code);
	} else {
		test_skip("this kernel has no drop reasons");
	}
	enrich_free(enrich);
	reasons_free(sources.drop_reasons);
	kernel_btf_close(btf);
}

TEST(error_of_a_retransmission_is_named)
{
	struct enrich *enrich = open_plain();

	CHECK(enrich);
	event.kind = EVENT_RETRANSMIT;
	event.has_err = true;
	event.err = -105;
	enrich_event(enrich, &event, &report);
	CHECK_STR(text_of(KEY_err), "ENOBUFS");
	event.err = 1; /* NET_XMIT_DROP, the only such code that TCP passes on */
	enrich_event(enrich, &event, &report);
	CHECK_STR(text_of(KEY_err), "NET_XMIT_DROP");
	event.err = 0;
	enrich_event(enrich, &event, &report);
	CHECK(!has(KEY_err));
	event.has_err = false;
	event.err = -105;
	enrich_event(enrich, &event, &report);
	CHECK(!has(KEY_err));
	enrich_free(enrich);
}

TEST(free_accepts_null)
{
	enrich_free(NULL);
}
