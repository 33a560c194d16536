// SPDX-License-Identifier: GPL-2.0-or-later
#include "anonymize/report_rewrite.h"
#include "test.h"

static const struct secret secret = { .key = "a key of thirty-two bytes, as it" };
static struct report_rewriter *rewriter;
static struct drop_report report;

static void begin(void)
{
	report_rewriter_free(rewriter);
	rewriter = report_rewriter_new(&secret, true);
	report_clear(&report);
}

static const char *rewritten(enum key key, const char *text)
{
	report_set_text(&report, key, text);
	if (report_rewrite(rewriter, &report))
		return "no memory";
	return report_text(&report, key) ? report_text(&report, key) : "removed";
}

TEST(names_of_the_host_are_replaced)
{
	begin();
	CHECK(strncmp(rewritten(KEY_owner, "nginx"), "comm-", 5) == 0);
	CHECK(strncmp(rewritten(KEY_cpu_comm, "nginx"), "comm-", 5) == 0);
	CHECK(strncmp(rewritten(KEY_cgroup, "/acme/web"), "/cg-", 4) == 0);
}

TEST(names_of_the_kernel_stay)
{
	begin();
	CHECK_STR(rewritten(KEY_reason, "QDISC_DROP"), "QDISC_DROP");
	CHECK_STR(rewritten(KEY_at, "nft_do_chain+0x3e8"), "nft_do_chain+0x3e8");
	CHECK_STR(rewritten(KEY_at, "tcp_v4_rcv.part.0+0x91"), "tcp_v4_rcv.part.0+0x91");
	CHECK_STR(rewritten(KEY_cc, "bbr"), "bbr");
	CHECK_STR(rewritten(KEY_qdisc_handle, "8001:"), "8001:");
	CHECK_STR(rewritten(KEY_qdisc_parent, "1:10"), "1:10");
	CHECK_STR(rewritten(KEY_tunnel, "vxlan,sit"), "vxlan,sit");
	CHECK_STR(rewritten(KEY_vlan, "6,7"), "6,7");
}

TEST(a_text_of_another_form_is_replaced)
{
	begin();
	CHECK(strncmp(rewritten(KEY_qdisc_handle, "2001:db8::1"), "text-", 5) == 0);
	CHECK(strncmp(rewritten(KEY_qdisc_parent, "10000:1"), "text-", 5) == 0);
	CHECK(strncmp(rewritten(KEY_mptcp_token, "0x12345678"), "tok-", 4) == 0);
	CHECK(strncmp(rewritten(KEY_reason, "from 192.0.2.1"), "text-", 5) == 0);
	CHECK(strncmp(rewritten(KEY_at, "host acme.example"), "text-", 5) == 0);
	CHECK(strncmp(rewritten(KEY_state, ""), "text-", 5) == 0);
}

TEST(what_nothing_is_known_about_is_removed)
{
	begin();
	report.unknown = "name\0acme\0other\0value\0";
	CHECK_STR(rewritten(KEY_because, "not in acme.pcap"), "removed");
	CHECK(!report.unknown && report_rewriter_removed(rewriter) == 3);
}

TEST(ports_of_a_first_fragment_leave_only_with_the_others)
{
	begin();
	report_set_number(&report, KEY_frag_sport, 443);
	CHECK(report_rewrite(rewriter, &report) == 0 && !report_has(&report, KEY_frag_sport));
	report_rewriter_free(rewriter);
	rewriter = report_rewriter_new(&secret, false);
	report_set_number(&report, KEY_frag_dport, 443);
	CHECK(report_rewrite(rewriter, &report) == 0 && report_has(&report, KEY_frag_dport));
}

TEST(frames_keep_symbols_and_modules)
{
	begin();
	report.frames = "  nft_do_chain+0x47f [nf_tables]\n  nf_hook_slow+0x41\n"
			"  bpf_prog_0123456789abcdef_acme_fw+0x7f [bpf]\n  acme corp\n  0x12 x";
	CHECK(!report_rewrite(rewriter, &report));
	CHECK(strstr(report.frames,
		     "  nft_do_chain+0x47f [nf_tables]\n  nf_hook_slow+0x41\n  bpf-"));
	CHECK(!strstr(report.frames, "acme") && strstr(report.frames, "+0x7f\n  ?\n  ?"));
}

TEST(numbers_of_namespaces_and_people_are_replaced)
{
	begin();
	report_set_number(&report, KEY_netns, 4026531840);
	report_set_number(&report, KEY_uid, 1000);
	report_set_number(&report, KEY_cwnd, 10);
	CHECK(!report_rewrite(rewriter, &report));
	CHECK(report_number(&report, KEY_netns) != 4026531840);
	CHECK(report_number(&report, KEY_uid) != 1000 && report_number(&report, KEY_cwnd) == 10);
}
