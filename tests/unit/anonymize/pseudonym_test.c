// SPDX-License-Identifier: GPL-2.0-or-later
#include "anonymize/pseudonym.h"
#include "test.h"

static const struct secret secret = { .key = "a key of thirty-two bytes, as it" };
static const struct secret other = { .key = "another key of thirty-two bytes." };
static struct strbuf text;

static const char *begin(void (*add)(const struct secret *key, const char *name, struct strbuf *to),
			 const struct secret *key, const char *name)
{
	strbuf_clear(&text);
	add(key, name, &text);
	return strbuf_string(&text);
}

static void add_comm(const struct secret *key, const char *name, struct strbuf *to)
{
	pseudonym_add(key, "comm", name, to);
}

TEST(a_name_has_one_pseudonym_under_one_key)
{
	char first[32];

	snprintf(first, sizeof(first), "%s", begin(add_comm, &secret, "nginx"));
	CHECK_STR(begin(add_comm, &secret, "nginx"), first);
	CHECK(strcmp(begin(add_comm, &secret, "nginy"), first) != 0);
	CHECK(strcmp(begin(add_comm, &other, "nginx"), first) != 0);
	CHECK(strlen(first) == 15 && strncmp(first, "comm-", 5) == 0);
}

TEST(devices_of_all_hosts_stay)
{
	CHECK_STR(begin(pseudonym_add_device, &secret, "lo"), "lo");
	CHECK_STR(begin(pseudonym_add_device, &secret, "any"), "any");
	CHECK(strncmp(begin(pseudonym_add_device, &secret, "eth0"), "if-", 3) == 0);
}

TEST(a_cgroup_keeps_its_folders_and_the_kind_of_its_unit)
{
	CHECK_STR(begin(pseudonym_add_cgroup, &secret, "/"), "/");
	CHECK_STR(begin(pseudonym_add_cgroup, &secret, ""), "");
	begin(pseudonym_add_cgroup, &secret, "/a.slice/a.slice/b.service/ab12");
	CHECK(memcmp(text.data, "/cg-", 4) == 0);
	CHECK(memcmp(text.data, text.data + 20, 20) == 0); /* "/cg-0123456789.slice" */
	CHECK(memcmp(text.data + 14, ".slice/", 7) == 0);
	CHECK(strstr(text.data, ".service/cg-") && !strstr(text.data, "ab12"));
}

TEST(system_users_and_no_namespace_stay)
{
	CHECK(pseudonym_of_user(&secret, 0) == 0 && pseudonym_of_user(&secret, 999) == 999);
	CHECK(pseudonym_of_user(&secret, 65534) == 65534);
	CHECK(pseudonym_of_user(&secret, 1000) >= 100000);
	CHECK(pseudonym_of_user(&secret, 1000) == pseudonym_of_user(&secret, 1000));
	CHECK(pseudonym_of_user(&secret, 1000) != pseudonym_of_user(&secret, 1001));
	CHECK(pseudonym_of_namespace(&secret, 0) == 0);
	CHECK(pseudonym_of_namespace(&secret, 4026531840) != 4026531840);
}
