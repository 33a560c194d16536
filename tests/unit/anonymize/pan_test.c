// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <stdlib.h>

#include "anonymize/pan.h"
#include "test.h"
#include "xorshift.h"

/* The key and the addresses of the sample that comes with the authors' program. */
static const uint8_t published_key[SECRET_BYTES] = {
	21,  34,  23,  141, 51,	 164, 207, 128, 19, 10, 91, 22, 73, 144, 125, 16,
	216, 152, 143, 131, 121, 121, 101, 39,	98, 87, 76, 45, 42, 132, 34,  2,
};

static const char *const published[][2] = {
	{ "128.11.68.132", "135.242.180.132" },	  { "129.118.74.4", "134.136.186.123" },
	{ "130.132.252.244", "133.68.164.234" },  { "141.223.7.43", "141.167.8.160" },
	{ "141.233.145.108", "141.129.237.235" }, { "152.163.225.39", "151.140.114.167" },
	{ "156.29.3.236", "147.225.12.42" },	  { "165.247.96.84", "162.9.99.234" },
	{ "166.107.77.190", "160.132.178.185" },  { "192.102.249.13", "252.138.62.131" },
	{ "192.215.32.125", "252.43.47.189" },	  { "192.233.80.103", "252.25.108.8" },
	{ "24.5.0.80", "100.9.15.210" },	  { "38.15.67.68", "64.3.66.187" },
	{ "4.3.88.225", "124.60.155.63" },	  { "64.39.15.238", "0.219.7.41" },
	{ "10.185.25.118", "117.161.29.118" },
};

/* The vectors that the programs for IPv6 share. */
static const char *const shared[][2] = {
	{ "::1", "78ff:f001:9fc0:20df:8380:b1f1:704:ed" },
	{ "::2", "78ff:f001:9fc0:20df:8380:b1f1:704:ef" },
	{ "::ffff", "78ff:f001:9fc0:20df:8380:b1f1:704:f838" },
	{ "2001:db8::1", "4401:2bc:603f:d91d:27f:ff8e:e6f1:dc1e" },
	{ "2001:db8::2", "4401:2bc:603f:d91d:27f:ff8e:e6f1:dc1c" },
};

static struct pan *pan;

static const char *text_of(int family, const uint8_t *address)
{
	static char text[INET6_ADDRSTRLEN];

	return inet_ntop(family, address, text, sizeof(text));
}

static const char *by_policy(const char *text)
{
	uint8_t address[16];
	int family = strchr(text, ':') ? AF_INET6 : AF_INET;

	inet_pton(family, text, address);
	if (family == AF_INET)
		pan_ipv4(pan, address);
	else
		pan_ipv6(pan, address);
	return text_of(family, address);
}

static void begin(bool keep_private)
{
	pan_free(pan);
	pan = pan_new(published_key, keep_private);
}

TEST(ipv4_has_the_published_pseudonyms)
{
	begin(false);
	for (size_t i = 0; i < sizeof(published) / sizeof(published[0]); i++) {
		uint8_t address[4];

		inet_pton(AF_INET, published[i][0], address);
		pan_bits(pan, address, 4, 0);
		CHECK_STR(text_of(AF_INET, address), published[i][1]);
	}
}

TEST(ipv6_has_the_pseudonyms_of_other_programs)
{
	begin(false);
	for (size_t i = 0; i < sizeof(shared) / sizeof(shared[0]); i++) {
		uint8_t address[16];

		inet_pton(AF_INET6, shared[i][0], address);
		pan_bits(pan, address, 16, 0);
		CHECK_STR(text_of(AF_INET6, address), shared[i][1]);
	}
}

TEST(addresses_of_no_host_stay)
{
	static const char *const same[] = {
		"0.0.0.0",	   "127.0.0.1", "127.9.8.7", "224.0.0.251", "239.1.2.3",
		"255.255.255.255", "::",	"::1",	     "ff02::1",	    "ff02::fb",
		"::ffff:127.0.0.1"
	};

	begin(false);
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		CHECK_STR(by_policy(same[i]), same[i]);
}

TEST(private_addresses_stay_private)
{
	static const char *const addresses[][2] = {
		{ "10.1.2.3", "10." },
		{ "192.168.7.9", "192.168." },
		{ "169.254.1.2", "169.254." },
		{ "fd00:1:2::3", "fd" },
		{ "fe80::5054:ff:fe12:3456", "fe80::" },
		{ "2001:db8::1", "" },
	};

	begin(false);
	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		const char *text = by_policy(addresses[i][0]), *prefix = addresses[i][1];

		CHECK(strcmp(text, addresses[i][0]) != 0);
		CHECK(strncmp(text, prefix, strlen(prefix)) == 0);
	}
	CHECK(strncmp(by_policy("172.31.255.1"), "172.", 4) == 0);
}

TEST(private_addresses_stay_as_they_are_if_asked)
{
	begin(true);
	CHECK_STR(by_policy("10.1.2.3"), "10.1.2.3");
	CHECK_STR(by_policy("fd00::2"), "fd00::2");
	CHECK(strcmp(by_policy("192.0.2.1"), "192.0.2.1") != 0);
	CHECK(strcmp(by_policy("fe80::5054:ff:fe12:3456"), "fe80::5054:ff:fe12:3456") != 0);
}

/* ff02::1:ffXX:XXXX ends with the last 24 bits of a unicast address. */
TEST(groups_of_neighbours_say_no_address)
{
	begin(false);
	CHECK_STR(by_policy("ff02::1:ff12:3456"), "ff02::1:ff00:0");
	CHECK(strcmp(by_policy("ff3e:40:2001:db8::1"), "ff3e:40:2001:db8::1") != 0);
}

static unsigned int common_bits(const uint8_t *a, const uint8_t *b, unsigned int bits)
{
	unsigned int at = 0;

	while (at < bits && !((a[at / 8] ^ b[at / 8]) >> (7 - at % 8) & 1))
		at++;
	return at;
}

/* A second address that has so many bits in common with the first one. */
static void neighbour(const uint8_t *of, uint8_t *address, unsigned int bytes, unsigned int common,
		      uint64_t *random)
{
	for (unsigned int bit = 0; bit < bytes * 8; bit++) {
		uint8_t mask = (uint8_t)(0x80 >> bit % 8), old = of[bit / 8] & mask;
		uint8_t new = bit < common    ? old
			      : bit == common ? old ^ mask
					      : (uint8_t)xorshift(random) & mask;

		address[bit / 8] = (uint8_t)((address[bit / 8] & ~mask) | new);
	}
}

TEST(common_prefixes_stay_as_long_as_they_were)
{
	uint64_t random = 7;

	begin(false);
	for (int round = 0; round < 300; round++) {
		unsigned int bytes = round % 2 ? 16 : 4;
		unsigned int common = (unsigned int)(xorshift(&random) % (bytes * 8));
		uint8_t a[16], b[16];

		for (unsigned int i = 0; i < bytes; i++)
			a[i] = (uint8_t)xorshift(&random);
		neighbour(a, b, bytes, common, &random);
		CHECK(common_bits(a, b, bytes * 8) == common);
		pan_bits(pan, a, bytes, 0);
		pan_bits(pan, b, bytes, 0);
		CHECK(common_bits(a, b, bytes * 8) == common);
	}
}

/* Also where the pseudonym of an address had to be taken again, because it was a special one. */
TEST(different_addresses_stay_different)
{
	static uint8_t seen[1 << 21]; /* the first 24 bits */

	begin(false);
	for (uint32_t net = 0; net < 1 << 24; net += 257) {
		uint8_t address[4] = { (uint8_t)(net >> 16), (uint8_t)(net >> 8), (uint8_t)net };
		uint32_t to;

		pan_ipv4(pan, address);
		to = (uint32_t)(address[0] << 16 | address[1] << 8 | address[2]);
		CHECK(!(seen[to / 8] >> to % 8 & 1));
		seen[to / 8] |= (uint8_t)(1 << to % 8);
	}
}
