// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "enrich/enrich.h"
#include "report/names.h"
#include "test.h"

/* The keys of the event's socket: its owner, the state of TCP, and why TCP retransmits. */

#define TIMER_RETRANSMIT 1 /* net/inet_connection_sock.h */
#define TIMER_LOSS_PROBE 5

enum {
	SYN_SENT = 2,
	SYN_RECV = 3,
	ESTABLISHED = 1,
};

static struct drop_event event;
static struct drop_report report;

static bool has(enum key key)
{
	return report_has(&report, key);
}

static bool is_number(enum key key, uint64_t number)
{
	return has(key) && report_number(&report, key) == number;
}

/* Enriches the event with these sources and a clock. Returns "absent" if the key has no text. */
static const char *text_with(struct enrich_sources sources, enum key key)
{
	struct enrich *enrich;
	const char *text;

	sources.clock = clock_new();
	enrich = enrich_new(&sources);
	if (!sources.clock || !enrich)
		abort();
	enrich_event(enrich, &event, &report);
	text = report_text(&report, key);
	enrich_free(enrich);
	clock_free(sources.clock);
	return text ? text : "absent";
}

static const char *text_of(enum key key)
{
	return text_with((struct enrich_sources){ 0 }, key);
}

static void enrich_tcp(uint32_t ticks_per_s)
{
	text_with((struct enrich_sources){ .ticks_per_s = ticks_per_s }, KEY_event);
}

/* A transmission of that kind by a socket whose state is known completely. */
static void make_event(enum event_kind kind, uint8_t state, uint8_t ca_state, uint8_t pending)
{
	memset(&event, 0, sizeof(event));
	event.kind = kind;
	event.state = state;
	event.tcp.has_flow = event.tcp.has_memory = event.tcp.has_retransmits = true;
	event.tcp.ca_state = ca_state;
	event.tcp.pending = pending;
}

TEST(kind_is_what_made_tcp_retransmit)
{
	static const struct {
		uint8_t state, ca_state, pending;
		const char *want;
	} cases[] = {
		{ SYN_SENT, TCP_CA_Loss, TIMER_RETRANSMIT, "syn" },
		{ SYN_SENT, TCP_CA_Open, 0, "syn" },
		{ ESTABLISHED, TCP_CA_Loss, TIMER_RETRANSMIT, "rto" },
		{ ESTABLISHED, TCP_CA_Loss, TIMER_LOSS_PROBE, "rto" },
		{ ESTABLISHED, TCP_CA_Recovery, TIMER_RETRANSMIT, "fast" },
		{ ESTABLISHED, TCP_CA_Recovery, TIMER_LOSS_PROBE, "fast" },
		{ ESTABLISHED, TCP_CA_Open, TIMER_LOSS_PROBE, "tlp" },
		{ ESTABLISHED, TCP_CA_Disorder, TIMER_LOSS_PROBE, "tlp" },
		{ ESTABLISHED, TCP_CA_CWR, TIMER_LOSS_PROBE, "tlp" },
		{ ESTABLISHED, TCP_CA_Open, TIMER_RETRANSMIT, "absent" },
		{ ESTABLISHED, TCP_CA_CWR, 0, "absent" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		make_event(EVENT_RETRANSMIT, cases[i].state, cases[i].ca_state, cases[i].pending);
		event.tcp.undo = true;
		CHECK_STR(text_of(KEY_kind), cases[i].want);
	}
}

TEST(kind_of_a_syn_ack_that_a_full_socket_retransmits)
{
	make_event(EVENT_RETRANSMIT, SYN_RECV, TCP_CA_Loss, TIMER_RETRANSMIT);
	event.tcp.undo = true;
	event.packet.family = AF_INET;
	event.packet.flags = TCP_SYN | TCP_ACK;
	CHECK_STR(text_of(KEY_kind), "synack");
	event.packet.flags = TCP_ACK;
	CHECK_STR(text_of(KEY_kind), "rto");
}

TEST(loss_without_a_timeout_has_no_kind)
{
	make_event(EVENT_RETRANSMIT, ESTABLISHED, TCP_CA_Loss, TIMER_RETRANSMIT);
	event.tcp.undo = false;
	CHECK_STR(text_of(KEY_kind), "absent");
	event.tcp.retransmits = 1;
	CHECK_STR(text_of(KEY_kind), "rto");
}

TEST(kind_without_tcp_state_is_absent)
{
	make_event(EVENT_RETRANSMIT, ESTABLISHED, TCP_CA_Loss, TIMER_LOSS_PROBE);
	event.tcp.has_flow = false;
	CHECK_STR(text_of(KEY_kind), "absent");
	make_event(EVENT_SYNACK, 12, 0, 0);
	event.tcp.has_flow = false;
	CHECK_STR(text_of(KEY_kind), "synack");
}

TEST(other_events_have_no_kind)
{
	static const enum event_kind kinds[] = { EVENT_DROP, EVENT_TLP, EVENT_RESET };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		make_event(kinds[i], ESTABLISHED, TCP_CA_Loss, TIMER_LOSS_PROBE);
		CHECK_STR(text_of(KEY_kind), "absent");
		CHECK_STR(text_of(KEY_event), event_kind_name(kinds[i]));
	}
}

/* All numbers differ, so that a key with the number of another one is noticed. */
static void make_tcp(void)
{
	make_event(EVENT_RETRANSMIT, ESTABLISHED, TCP_CA_Recovery, 0);
	event.tcp.cwnd = 1;
	event.tcp.ssthresh = 0x7fffffff;
	event.tcp.srtt_us = 2;
	event.tcp.rttvar_us = 3;
	event.tcp.rto_ticks = 51;
	event.tcp.retransmits = 4;
	event.tcp.packets_out = 5;
	event.tcp.retrans_out = 6;
	event.tcp.lost_out = 7;
	event.tcp.sacked_out = 8;
	event.tcp.snd_wnd = 9;
	event.tcp.rcv_wnd = 10;
	event.tcp.rmem = 11;
	event.tcp.rcvbuf = 12;
	event.tcp.wmem = 13;
	event.tcp.sndbuf = 14;
	event.tcp.backlog = 15;
	event.tcp.bytes_acked = 0x100000001;
	event.tcp.bytes_received = 0x200000002;
	event.tcp.total_retrans = 16;
	strcpy(event.tcp.cc, "cubic");
}

TEST(tcp_state_has_a_key_each)
{
	make_tcp();
	enrich_tcp(250);
	CHECK_STR(report_text(&report, KEY_ca_state), "Recovery");
	CHECK_STR(report_text(&report, KEY_cc), "cubic");
	CHECK(is_number(KEY_cwnd, 1) && is_number(KEY_ssthresh, 0x7fffffff));
	CHECK(is_number(KEY_srtt_us, 2) && is_number(KEY_rttvar_us, 3));
	CHECK(is_number(KEY_retransmits, 4) && is_number(KEY_packets_out, 5));
	CHECK(is_number(KEY_retrans_out, 6) && is_number(KEY_lost_out, 7));
	CHECK(is_number(KEY_sacked_out, 8));
	CHECK(is_number(KEY_snd_wnd, 9) && is_number(KEY_rcv_wnd, 10));
	CHECK(is_number(KEY_rmem, 11) && is_number(KEY_rcvbuf, 12));
	CHECK(is_number(KEY_wmem, 13) && is_number(KEY_sndbuf, 14));
	CHECK(is_number(KEY_backlog, 15) && is_number(KEY_total_retrans, 16));
	CHECK(is_number(KEY_bytes_acked, 0x100000001));
	CHECK(is_number(KEY_bytes_received, 0x200000002));
}

TEST(round_trip_time_is_absent_before_one_was_measured)
{
	make_tcp();
	event.tcp.srtt_us = 0;
	event.tcp.rttvar_us = 250000; /* as tcp_init_sock() sets it */
	enrich_tcp(250);
	CHECK(!has(KEY_srtt_us) && !has(KEY_rttvar_us) && has(KEY_rto_us));
}

TEST(rto_is_in_ticks_of_the_kernel)
{
	make_tcp();
	enrich_tcp(250);
	CHECK(is_number(KEY_rto_us, 204000));
	enrich_tcp(1000);
	CHECK(is_number(KEY_rto_us, 51000));
	enrich_tcp(0);
	CHECK(!has(KEY_rto_us) && has(KEY_srtt_us));
	event.tcp.rto_ticks = UINT32_MAX;
	enrich_tcp(300);
	CHECK(is_number(KEY_rto_us, 14316557650000));
	event.tcp.rto_ticks = 60;
	enrich_tcp(300);
	CHECK(is_number(KEY_rto_us, 200000));
}

/* Returns how many of the keys from ca_state to cc are present. */
static size_t tcp_keys(void)
{
	size_t count = 0;

	for (enum key key = KEY_ca_state; key <= KEY_cc; key++)
		count += has(key);
	return count;
}

TEST(tcp_state_that_is_not_known_is_absent)
{
	make_tcp();
	enrich_tcp(250);
	CHECK(tcp_keys() == KEY_cc - KEY_ca_state + 1);
	event.tcp.has_flow = false;
	enrich_tcp(250);
	CHECK(tcp_keys() == 7 && has(KEY_retransmits) && has(KEY_rmem) && has(KEY_rcvbuf));
	CHECK(has(KEY_wmem) && has(KEY_sndbuf) && has(KEY_backlog) && has(KEY_cc));
	event.tcp.has_memory = false;
	enrich_tcp(250);
	CHECK(tcp_keys() == 1 && has(KEY_retransmits));
	event.tcp.has_retransmits = false;
	enrich_tcp(250);
	CHECK(tcp_keys() == 0);
	event.tcp.has_flow = true;
	event.tcp.ca_state = 7;
	enrich_tcp(250);
	CHECK(tcp_keys() == 14 && !has(KEY_ca_state) && !has(KEY_cc));
}

TEST(cc_without_a_name_is_absent)
{
	make_tcp();
	event.tcp.cc[0] = '\0';
	enrich_tcp(0);
	CHECK(!has(KEY_cc) && has(KEY_backlog));
}

/* The holders of two sockets. */
static int scan(void *context,
		void (*found)(void *found_context, const struct socket_holder *holder),
		void *found_context)
{
	struct socket_holder listener = {
		.id = { 0x2000, 0 }, .pid = 700, .port = 80, .state = 10, .comm = "sshd"
	};
	struct socket_holder holder = {
		.id = { 0x1000, 7 }, .pid = 812, .state = 1, .comm = "nginx"
	};

	(void)context;
	found(found_context, &holder);
	found(found_context, &listener);
	return 0;
}

TEST(owner_has_its_keys)
{
	struct enrich_sources sources = { .owners = owners_new(scan, NULL) };

	make_event(EVENT_DROP, ESTABLISHED, 0, 0);
	event.socket = (struct socket_id){ 0x1000, 7 };
	event.boottime_ns = 1;
	owners_refresh(sources.owners);
	CHECK(owners_wait(sources.owners, 10000000000));
	CHECK_STR(text_with(sources, KEY_owner_src), "exact");
	CHECK(is_number(KEY_owner_pid, 812));
	event.socket.flow = 8;
	CHECK_STR(text_with(sources, KEY_owner_src), "absent");
	CHECK(!has(KEY_owner) && !has(KEY_owner_pid));
	event.not_accepted = true;
	event.socket = (struct socket_id){ 0x2000, 0 };
	CHECK_STR(text_with(sources, KEY_owner_src), "listener");
	CHECK(is_number(KEY_owner_pid, 700));
	event.not_accepted = false;
	event.socket.flow = 8;
	event.owner = (struct event_owner){ OWNER_OPENED, 900, "curl" };
	CHECK_STR(text_with(sources, KEY_owner_src), "current");
	CHECK_STR(text_with(sources, KEY_owner), "curl");
	CHECK(is_number(KEY_owner_pid, 900));
	owners_free(sources.owners);
}

TEST(subflow_of_mptcp_is_named_as_ss_does)
{
	make_event(EVENT_DROP, ESTABLISHED, 0, 0);
	CHECK_STR(text_with((struct enrich_sources){ 0 }, KEY_mptcp_local_id), "absent");
	CHECK(!has(KEY_mptcp_token) && !has(KEY_mptcp_local_id) && !has(KEY_mptcp_remote_id));
	event.mptcp.token = 0x35f5c9;
	event.mptcp.local_id = -1;
	text_with((struct enrich_sources){ 0 }, KEY_event);
	CHECK(has(KEY_mptcp_token) && !has(KEY_mptcp_local_id) &&
	      is_number(KEY_mptcp_remote_id, 0));
	event.mptcp.local_id = 255;
	text_with((struct enrich_sources){ 0 }, KEY_event);
	CHECK(is_number(KEY_mptcp_local_id, 255));
}

TEST(queues_of_a_listener_are_keys)
{
	make_event(EVENT_DROP, ESTABLISHED, 0, 0);
	event.cause = CAUSE_SYN_QUEUE_FULL;
	CHECK_STR(text_with((struct enrich_sources){ 0 }, KEY_cause), "syn-queue-full");
	CHECK(!has(KEY_accept_queue) && !has(KEY_accept_queue_max) && !has(KEY_syn_queue));
	event.cause = CAUSE_NONE;
	event.queues = (struct event_queues){ true, 0, 128, 7 };
	CHECK_STR(text_with((struct enrich_sources){ 0 }, KEY_cause), "absent");
	CHECK(is_number(KEY_accept_queue, 0) && is_number(KEY_accept_queue_max, 128) &&
	      is_number(KEY_syn_queue, 7));
}

TEST(user_and_cgroup_of_the_socket_are_keys)
{
	struct enrich_sources sources = { .cgroups = cgroups_new() };

	make_event(EVENT_DROP, ESTABLISHED, 0, 0);
	CHECK_STR(text_with(sources, KEY_cgroup), "absent");
	CHECK(!has(KEY_uid));
	event.has_uid = true; /* of root, 0 */
	event.has_cgroup = true;
	event.cgroup_id = UINT64_MAX;
	CHECK_STR(text_with(sources, KEY_cgroup), "absent");
	CHECK(is_number(KEY_uid, 0));
	cgroups_free(sources.cgroups);
}

TEST(reset_has_a_reset_reason)
{
	struct error error;
	struct kernel_btf *btf = kernel_btf_open(&error);
	struct enrich_sources sources = { 0 };
	uint32_t code, drop;

	if (!btf) {
		test_skip("no /sys/kernel/btf/vmlinux");
		return;
	}
	sources.drop_reasons = reasons_new(btf, &drop_reason_enum);
	sources.reset_reasons = reasons_new(btf, &reset_reason_enum);
	make_event(EVENT_RESET, ESTABLISHED, 0, 0);
	event.has_reason = true;
	if (reason_find(sources.reset_reasons, "TCP_ABORT_ON_CLOSE", &code) ||
	    reason_find(sources.drop_reasons, "NETFILTER_DROP", &drop)) {
		test_skip("this kernel has no reset reasons");
	} else {
		event.reason = code;
		CHECK_STR(text_with(sources, KEY_reason), "TCP_ABORT_ON_CLOSE");
		CHECK(is_number(KEY_reason_code, code));
		event.kind = EVENT_DROP;
		CHECK(strcmp(text_with(sources, KEY_reason), "TCP_ABORT_ON_CLOSE") != 0);
		event.reason = drop;
		CHECK_STR(text_with(sources, KEY_reason), "NETFILTER_DROP");
	}
	reasons_free(sources.reset_reasons);
	reasons_free(sources.drop_reasons);
	kernel_btf_close(btf);
}
