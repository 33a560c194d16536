// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>

#include "util/wrong_word.h"
#include "test.h"

static struct error error;

static const char *nearest(const char *word, const char *names)
{
	static struct strbuf found;

	strbuf_clear(&found);
	return wrong_word_nearest(word, names, &found) ? strbuf_string(&found) : "";
}

TEST(nearest_name_is_found)
{
	CHECK_STR(nearest("rot", "rto fast tlp syn synack"), "rto");
	CHECK_STR(nearest("dorp", "drop, retransmit"), "drop");
	CHECK_STR(nearest("no_soket", "NOT_SPECIFIED, NO_SOCKET"), "NO_SOCKET");
	CHECK_STR(nearest("LISTN", "ESTABLISHED LISTEN"), "LISTEN");
}

TEST(case_alone_is_the_nearest)
{
	CHECK_STR(nearest("SYN", "synack syn"), "syn");
}

TEST(part_of_a_name_is_enough)
{
	CHECK_STR(nearest("overflow", "listen-drop listen-overflow"), "listen-overflow");
	CHECK_STR(nearest("rx", "brxx other"), "");
}

TEST(nothing_similar_is_nothing)
{
	CHECK_STR(nearest("foo", "rto fast tlp"), "");
	CHECK_STR(nearest("", "rto fast"), "");
	CHECK_STR(nearest("rto", ""), "");
	CHECK_STR(nearest("rto", ", ,"), "");
}

TEST(long_words_are_within_bounds)
{
	char word[2000] = { 0 };

	for (size_t i = 0; i + 1 < sizeof(word); i++)
		word[i] = 'A';
	CHECK_STR(nearest(word, "AAAA BBBB"), "");
	CHECK_STR(nearest("AAAA", word), word); /* it has the word in it */
}

TEST(listed_is_exact)
{
	CHECK(wrong_word_is_listed("syn", "rto, syn") && wrong_word_is_listed("rto", "rto syn"));
	CHECK(!wrong_word_is_listed("sy", "rto syn") && !wrong_word_is_listed("syna", "rto syn"));
	CHECK(!wrong_word_is_listed("SYN", "rto syn") && !wrong_word_is_listed("", "rto syn"));
}

TEST(errors_name_the_option_and_the_word)
{
	CHECK(wrong_word_of_few(&error, "--kind", "rot", "rto fast") == -EINVAL);
	CHECK_STR(error.text, "--kind: 'rot' is not one of rto, fast; did you mean 'rto'?");
	CHECK(wrong_word_of_few(&error, "--kind", "x", "rto, fast") == -EINVAL);
	CHECK_STR(error.text, "--kind: 'x' is not one of rto, fast");
	CHECK(wrong_word_of_many(&error, "--by", "resaon", "a key", "reason at", "'man x'") ==
	      -EINVAL);
	CHECK_STR(error.text,
		  "--by: 'resaon' is not a key; did you mean 'reason'? 'man x' lists them");
	CHECK(wrong_word_of_many(&error, "--by", "x", "a key", "reason at", "'man x'") == -EINVAL);
	CHECK_STR(error.text, "--by: 'x' is not a key; 'man x' lists them");
}
