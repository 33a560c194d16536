// SPDX-License-Identifier: GPL-2.0-or-later
#include "sink/interface_text.h"
#include "test.h"

static char described[600];

static const char *describe(const char *name, uint32_t netns, const char *netns_name)
{
	struct strbuf text = { 0 };

	interface_describe(&text, name, netns, netns_name);
	snprintf(described, sizeof(described), "%s", strbuf_string(&text));
	strbuf_free(&text);
	return described;
}

TEST(interface_has_its_device_and_its_namespace)
{
	CHECK_STR(describe("eth0", 4026532177u, "blue"), "eth0, netns 4026532177 (blue)");
	CHECK_STR(describe("eth0", 4026532177u, NULL), "eth0, netns 4026532177");
	CHECK_STR(describe("", 4026532177u, "blue"), "netns 4026532177 (blue)");
	CHECK_STR(describe("eth0", 0, NULL), "");
}

TEST(interface_names_are_escaped)
{
	CHECK_STR(describe("e\033[2J", 7, "a\nb\xff"), "e\\x1b[2J, netns 7 (a\\nb\\xff)");
}

TEST(interface_description_is_read_back)
{
	uint32_t netns = 0;

	CHECK(interface_read_description(describe("eth0", 4026532177u, "b) netns 7 ("), &netns));
	CHECK(netns == 4026532177u);
	CHECK(interface_read_description(describe("a,b,", 8, NULL), &netns) && netns == 8);
	CHECK(interface_read_description("netns 9", &netns) && netns == 9);
	CHECK(!interface_read_description("netns 9x", &netns));
	CHECK(!interface_read_description("my netns 9", &netns));
	CHECK(!interface_read_description("", &netns));
}
