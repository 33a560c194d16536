// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <sys/stat.h>

#include "filter/netns.h"
#include "test.h"

#define OWN "/proc/self/ns/net"

static struct error error;
static uint32_t inode;

static int find(const char *text)
{
	error.text[0] = '\0';
	inode = 0;
	return netns_find(text, &inode, &error);
}

static uint32_t inode_of(const char *path)
{
	struct stat st;

	return stat(path, &st) ? 0 : (uint32_t)st.st_ino;
}

TEST(own_netns_is_found_by_path)
{
	CHECK(find(OWN) == 0);
	CHECK(inode && inode == inode_of(OWN));
}

TEST(own_netns_is_found_by_number)
{
	char number[16];

	snprintf(number, sizeof(number), "%u", inode_of(OWN));
	CHECK(find(number) == 0);
	CHECK(inode == inode_of(OWN));
}

TEST(netns_is_gone_if_its_path_refers_to_another_one)
{
	char number[16];

	CHECK(find(OWN) == 0);
	CHECK(!netns_is_gone(OWN, inode));
	CHECK(netns_is_gone(OWN, inode + 1) && netns_is_gone("/no/such/netns", inode));
	snprintf(number, sizeof(number), "%u", inode);
	CHECK(!netns_is_gone(number, inode + 1)); /* a number has no path */
}

TEST(unknown_name_is_refused)
{
	static const char *const names[] = { "no-such-netns", "", "/no/such/netns", "12x", "-1" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		CHECK(find(names[i]) == -ENOENT);
		CHECK(strstr(error.text, "--netns") && strstr(error.text, names[i]));
	}
}

TEST(unknown_number_is_refused)
{
	static const char *const numbers[] = { "0",
					       "1",
					       "4294967295",
					       "4294967296",
					       "18446744073709551616",
					       "99999999999999999999999" };

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		CHECK(find(numbers[i]) == -ENOENT);
		CHECK(strstr(error.text, "--netns") && strstr(error.text, numbers[i]));
	}
}

TEST(number_is_not_truncated_to_32_bits)
{
	char number[32];

	snprintf(number, sizeof(number), "%llu", (1ULL << 32) + inode_of(OWN));
	CHECK(find(number) == -ENOENT);
}

TEST(file_that_is_not_a_namespace_is_refused)
{
	CHECK(find("/etc/passwd") == -ENOENT);
	CHECK(strstr(error.text, "/etc/passwd"));
	CHECK(find("/") == -ENOENT);
}

TEST(namespace_of_another_kind_is_refused)
{
	CHECK(find("/proc/self/ns/mnt") == -ENOENT);
}

TEST(dots_are_not_names)
{
	CHECK(find(".") == -ENOENT);
	CHECK(find("..") == -ENOENT);
}
