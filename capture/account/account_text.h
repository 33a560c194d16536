/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ACCOUNT_TEXT_H
#define ACCOUNT_TEXT_H

/* The account as text: lines for people, JSON, and the comments of a capture file. */

#include "account.h"
#include "util/strbuf.h"

/*
 * Appends the account as text, each line with a newline: one line if all counters are explained,
 * else one for each counter that is not; with `all`, one for each counter. Appends nothing if
 * nothing was counted.
 */
void account_print(const struct account *account, bool all, struct strbuf *out);

/* Appends an object for each line of the account, each ended by a newline. */
void account_print_json(const struct account *account, struct strbuf *out);

/*
 * Appends the comments of a capture file, each ended by a newline: a line of the account is
 *
 *   tcpdropcap account: counter=NAME netns=N counted=N doubt=N events=N state=STATE missing=N why=W
 *
 * netns is absent for a counter of the whole host; doubt and missing are absent if they are 0, why
 * unless the state is open. An account without a line is one comment without these pairs.
 */
void account_add_comments(const struct account *account, struct strbuf *out);

/*
 * Reads a comment of a capture file and adds its line to the account. Returns 0, -ENOENT if it is a
 * comment of something else, -EINVAL if it is damaged, -ENOMEM. Unknown pairs are ignored.
 */
int account_read_comment(const char *comment, struct account *account);

#endif
