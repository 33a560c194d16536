// SPDX-License-Identifier: GPL-2.0-or-later
#include <netinet/tcp.h>

#include "report/names.h"
#include "test.h"

TEST(event_kinds_have_names_of_their_own)
{
	CHECK_STR(event_kind_name(EVENT_DROP), "drop");
	CHECK_STR(event_kind_name(EVENT_RETRANSMIT), "retransmit");
	CHECK_STR(event_kind_name(EVENT_SYNACK), "synack");
	CHECK_STR(event_kind_name(EVENT_TLP), "tlp");
	CHECK_STR(event_kind_name(EVENT_RESET), "reset");
	for (enum event_kind a = 0; a < EVENT_KIND_COUNT; a++) {
		CHECK(event_kind_name(a) && event_kind_name(a)[0]);
		for (enum event_kind b = 0; b < a; b++)
			CHECK(strcmp(event_kind_name(a), event_kind_name(b)) != 0);
	}
}

TEST(states_have_the_kernels_numbers)
{
	CHECK_STR(state_name(TCP_ESTABLISHED), "ESTABLISHED");
	CHECK_STR(state_name(TCP_SYN_SENT), "SYN_SENT");
	CHECK_STR(state_name(TCP_SYN_RECV), "SYN_RECV");
	CHECK_STR(state_name(TCP_FIN_WAIT1), "FIN_WAIT1");
	CHECK_STR(state_name(TCP_FIN_WAIT2), "FIN_WAIT2");
	CHECK_STR(state_name(TCP_TIME_WAIT), "TIME_WAIT");
	CHECK_STR(state_name(TCP_CLOSE), "CLOSE");
	CHECK_STR(state_name(TCP_CLOSE_WAIT), "CLOSE_WAIT");
	CHECK_STR(state_name(TCP_LAST_ACK), "LAST_ACK");
	CHECK_STR(state_name(TCP_LISTEN), "LISTEN");
	CHECK_STR(state_name(TCP_CLOSING), "CLOSING");
	CHECK_STR(state_name(12), "NEW_SYN_RECV");
	CHECK_STR(state_name(13), "BOUND_INACTIVE");
}

TEST(numbers_that_are_no_state_have_no_name)
{
	CHECK(!state_name(0));
	for (unsigned int state = STATE_COUNT; state < 300; state++)
		CHECK(!state_name(state));
	CHECK(!state_name(~0U));
}

TEST(congestion_states_have_the_kernels_numbers)
{
	CHECK_STR(ca_state_name(TCP_CA_Open), "Open");
	CHECK_STR(ca_state_name(TCP_CA_Disorder), "Disorder");
	CHECK_STR(ca_state_name(TCP_CA_CWR), "CWR");
	CHECK_STR(ca_state_name(TCP_CA_Recovery), "Recovery");
	CHECK_STR(ca_state_name(TCP_CA_Loss), "Loss");
	for (unsigned int ca_state = TCP_CA_Loss + 1; ca_state < 300; ca_state++)
		CHECK(!ca_state_name(ca_state));
	CHECK(!ca_state_name(~0U));
}

TEST(states_are_found_in_any_case)
{
	for (int state = 1; state < STATE_COUNT; state++)
		CHECK(state_find(state_name((unsigned int)state)) == state);
	CHECK(state_find("established") == TCP_ESTABLISHED);
	CHECK(state_find("Close_Wait") == TCP_CLOSE_WAIT);
	CHECK(state_find("NONE") == 0);
	CHECK(state_find("none") == 0);
}

TEST(unknown_states_are_not_found)
{
	static const char *const unknown[] = { "", "CLOSE_", "CLOS", "TCP_CLOSE", "1", " LISTEN" };

	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++)
		CHECK(state_find(unknown[i]) == -1);
}

TEST(flags_are_joined_from_the_lowest_bit)
{
	static const struct {
		uint8_t flags;
		const char *want;
	} cases[] = {
		{ 0, "-" },
		{ TCP_SYN, "SYN" },
		{ TCP_SYN | TCP_ACK, "SYN|ACK" },
		{ TCP_CWR, "CWR" },
		{ 0xff, "FIN|SYN|RST|PSH|ACK|URG|ECE|CWR" },
	};
	struct strbuf text = { 0 };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		strbuf_clear(&text);
		flags_format(cases[i].flags, &text);
		CHECK_STR(strbuf_string(&text), cases[i].want);
	}
	strbuf_add(&text, " ");
	flags_format(TCP_RST, &text);
	CHECK_STR(strbuf_string(&text), "FIN|SYN|RST|PSH|ACK|URG|ECE|CWR RST");
	strbuf_free(&text);
}
