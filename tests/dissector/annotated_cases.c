// SPDX-License-Identifier: GPL-2.0-or-later
/* The table is in schema 1, except for what only schema 2 has. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "report/keys.h"
#include "annotated_cases.h"

#define FRAMES_10 \
	"\n  a+0x1\n  b+0x2\n  c+0x3\n  d+0x4\n  e+0x5\n  f+0x6\n  g+0x7\n  h+0x8\n  i+0x9\n  j+0xa"

/* Filled before use: every key with its own value, and as much text as an option can have. */
static char every_key[8192];
static char longest[COMMENT_LIMIT + 1];

const struct annotated_packet annotated_packets[] = {
	{ "every_key", { every_key } },
	{ "longest", { longest } },

	{ "drop",
	  { "tcpdropcap/1 event=drop reason=NETFILTER_DROP reason_code=12 at=nft_do_chain+0x3b8 "
	    "dir=in state=ESTABLISHED owner_pid=812 owner=nginx owner_src=exact stack=own "
	    "stack_id=12",
	    "stack 12\n  nft_do_chain+0x3b8 [nf_tables]\n  nf_hook_slow+0x41\n  ip_rcv+0x8c" } },
	{ "drop_bare", { "tcpdropcap/1 event=drop" } },
	{ "drop_unnamed", { "tcpdropcap/1 event=drop reason_code=77 owner_pid=9" } },
	{ "drop_place", { "tcpdropcap/1 event=drop at=tcp_v4_rcv+0x10 owner=sshd" } },
	{ "retransmit",
	  { "tcpdropcap/1 event=retransmit kind=rto state=ESTABLISHED owner_pid=101 owner=curl "
	    "owner_src=listener bytes_acked=18446744073709551615 stack=none" } },
	{ "retransmit_failed",
	  { "tcpdropcap/1 event=retransmit kind=fast err=EHOSTUNREACH state=FIN_WAIT1" } },
	{ "synack", { "tcpdropcap/1 event=synack kind=synack state=NEW_SYN_RECV" } },
	{ "tlp", { "tcpdropcap/1 event=tlp kind=tlp state=ESTABLISHED" } },
	{ "reset_out", { "tcpdropcap/1 event=reset reason=NO_SOCKET dir=out" } },
	{ "reset_in", { "tcpdropcap/1 event=reset dir=in state=ESTABLISHED" } },
	{ "other_event", { "tcpdropcap/1 event=teleport state=LISTEN" } },
	{ "version_only", { "tcpdropcap/1" } },

	{ "sampled", { "tcpdropcap/1 event=drop stack=sampled stack_id=12" } },
	{ "sampled_unseen", { "tcpdropcap/1 event=drop stack=sampled stack_id=99" } },
	{ "own_again",
	  { "tcpdropcap/1 event=drop stack=own stack_id=12", "stack 12\n  after_rotation+0x1" } },
	{ "sampled_again", { "tcpdropcap/1 event=drop stack=sampled stack_id=12" } },
	{ "sampled_in_a_part",
	  { "tcpdropcap/1 event=drop stack=sampled stack_id=77", "stack 77\n  repeated+0x1" } },
	{ "sampled_after_it", { "tcpdropcap/1 event=drop stack=sampled stack_id=77" } },
	{ "own_deep",
	  { "tcpdropcap/1 event=drop stack=own stack_id=40",
	    "stack 40" FRAMES_10 FRAMES_10 FRAMES_10 FRAMES_10 "\n  last_frame+0xff" } },
	{ "own_after_note",
	  { "a note\nof two lines", "tcpdropcap/1 event=drop stack=own stack_id=3",
	    "stack 3\n  one_frame+0x0" } },
	{ "own_empty", { "tcpdropcap/1 event=drop stack=own stack_id=4", "stack 4" } },
	{ "stack_not_ours",
	  { "tcpdropcap/1 event=drop stack=none", "stack 12\n  forged_frame+0x1" } },
	{ "stack_other_id",
	  { "tcpdropcap/1 event=drop stack=own stack_id=5", "stack 6\n  other_frame+0x1" } },

	{ "link_drop", { "tcpdropcap/1 event=drop uid=50" } },
	{ "link_other_flow", { "tcpdropcap/1 event=retransmit kind=rto" } },
	{ "link_other_seq", { "tcpdropcap/1 event=retransmit kind=rto" } },
	{ "link_ack_alone", { "tcpdropcap/1 event=drop" } },
	{ "link_again", { "tcpdropcap/1 event=retransmit kind=rto" } },
	{ "link_once_more", { "tcpdropcap/1 event=retransmit kind=rto" } },
	{ "link_no_ack", { "tcpdropcap/1 event=retransmit kind=rto" } },

	{ "explained_chat", { "tcpdropcap/1 event=drop reason=TCP_OFOMERGE" } },
	{ "explained_error",
	  { "tcpdropcap/1 event=drop reason=NEIGH_FAILED reason_code=9 dir=out" } },
	{ "explained_reset", { "tcpdropcap/1 event=reset reason=TCP_ABORT_ON_DATA dir=out" } },
	{ "late_no_state", { "tcpdropcap/1 event=drop reason=NO_SOCKET dir=in uid=60" } },
	{ "late_closed", { "tcpdropcap/1 event=drop reason=NO_SOCKET dir=in state=TIME_WAIT" } },
	{ "late_fin", { "tcpdropcap/1 event=drop reason=NO_SOCKET dir=in" } },
	{ "late_rst", { "tcpdropcap/1 event=drop reason=NO_SOCKET dir=in" } },
	{ "late_hostile",
	  { "tcpdropcap/1 event=drop reason=NO_SOCKET owner=\"x dir=in state=CLOSE\" uid=61" } },

	{ "plain", { NULL } },
	{ "foreign", { "the client hangs here" } },
	{ "foreign_lines", { "look at this:\nowner=forged state=ESTABLISHED" } },
	{ "foreign_alike", { "tcpdropcap/one state=ESTABLISHED", "tcpdropcap/1.2 state=LISTEN" } },

	{ "value_space", { "tcpdropcap/1 event=drop owner=\"a state=ESTABLISHED\" uid=1" } },
	{ "value_newline", { "tcpdropcap/1 event=drop owner=\"a\\nstate=ESTABLISHED\" uid=2" } },
	{ "value_quote", { "tcpdropcap/1 event=drop owner=\"a\\\" state=ESTABLISHED\" uid=3" } },
	{ "value_backslash",
	  { "tcpdropcap/1 event=drop owner=\"a\\\\\" "
	    "cpu_comm=\"\\\\\\\" state=ESTABLISHED\" uid=4" } },
	{ "value_escape", { "tcpdropcap/1 event=drop owner=\"\\x1b[31mred\\x7f\\t\\r\" uid=5" } },
	{ "value_bytes", { "tcpdropcap/1 event=drop owner=\"\\xff\\xc3(\" uid=6" } },
	{ "value_nul", { "tcpdropcap/1 event=drop owner=\"a\\x00b\" uid=7" } },
	{ "value_utf8", { "tcpdropcap/1 event=drop owner=na\xc3\xafve uid=8" } },
	{ "value_utf8_escaped", { "tcpdropcap/1 event=drop owner=\"na\\xc3\\xafve\" uid=9" } },
	{ "value_invisible",
	  { "tcpdropcap/1 event=drop owner=\"a\\xe2\\x80\\xaeb\\xf3\\xa0\\x80\\x81\\xc2\\x9b"
	    "\\xc3\\xa9\" cgroup=/\xe2\x81\xa6x uid=13" } },
	{ "value_percent", { "tcpdropcap/1 event=drop owner=%s%n%5d uid=15" } },
	{ "value_equals", { "tcpdropcap/1 event=drop cgroup=\"/a=b\" uid=10" } },
	{ "value_empty", { "tcpdropcap/1 event=drop owner=\"\" uid=11" } },
	{ "value_lead",
	  { "tcpdropcap/1 event=drop owner=\"tcpdropcap/1 state=ESTABLISHED\" uid=12" } },

	{ "unknown_keys", { "tcpdropcap/1 event=drop color=blue shape=\"a b\" uid=13" } },
	{ "newer", { "tcpdropcap/3 event=drop state=LISTEN future=\"x y\" uid=14" } },

	{ "malformed_unterminated", { "tcpdropcap/1 event=drop uid=20 owner=\"a state=LISTEN" } },
	{ "malformed_end", { "tcpdropcap/1 event=drop uid=21 owner=\"a\\" } },
	{ "malformed_escape", { "tcpdropcap/1 event=drop owner=\"a\\qb\" uid=22" } },
	{ "malformed_hex", { "tcpdropcap/1 event=drop owner=\"a\\x4 \" uid=23" } },
	{ "malformed_hex_case", { "tcpdropcap/1 event=drop owner=\"\\xFF\" uid=24" } },
	{ "malformed_token", { "tcpdropcap/1 event=drop nonsense uid=25" } },
	{ "malformed_no_key", { "tcpdropcap/1 event=drop =5 uid=26" } },
	{ "malformed_no_value", { "tcpdropcap/1 event=drop owner= uid=27" } },
	{ "malformed_number", { "tcpdropcap/1 event=drop owner_pid=12x uid=28" } },
	{ "malformed_negative", { "tcpdropcap/1 event=drop owner_pid=-1 uid=29" } },
	{ "malformed_overflow",
	  { "tcpdropcap/1 event=drop owner_pid=18446744073709551616 uid=30" } },
	{ "malformed_duplicate", { "tcpdropcap/1 event=drop state=LISTEN state=CLOSE uid=31" } },
	{ "malformed_duplicate_unknown", { "tcpdropcap/1 event=drop color=1 color=2 uid=32" } },
	{ "malformed_bare_quote", { "tcpdropcap/1 event=drop uid=33 owner=a\"b state=LISTEN\"" } },
	{ "malformed_after_quote",
	  { "tcpdropcap/1 event=drop uid=34 owner=\"a\"b state=LISTEN\"" } },
	{ "malformed_bare_backslash",
	  { "tcpdropcap/1 event=drop uid=35 owner=a\\b state=LISTEN" } },
	{ "malformed_bare_equals", { "tcpdropcap/1 event=drop uid=36 owner=a=b state=LISTEN" } },
	{ "malformed_control", { "tcpdropcap/1 event=drop uid=37 owner=a\x1b[31m state=LISTEN" } },
	{ "malformed_quoted_control",
	  { "tcpdropcap/1 event=drop uid=38 owner=\"a\x1b[31m\" state=LISTEN" } },
	{ "malformed_lines", { "tcpdropcap/1 event=drop uid=39\nstate=LISTEN" } },
	{ "malformed_no_title", { "tcpdropcap/2 event=drop state=LISTEN" } },
	{ "malformed_part", { "tcpdropcap/2 Event: event=drop cgroup[2]=a uid=200" } },
	{ "malformed_part_missing",
	  { "tcpdropcap/2 Event: event=drop uid=201", "tcpdropcap/2 Socket: cgroup[1/3]=a",
	    "tcpdropcap/2 Socket: cgroup[3/3]=c" } },
	{ "malformed_part_twice",
	  { "tcpdropcap/2 Event: event=drop uid=202", "tcpdropcap/2 Socket: cgroup[1/2]=a",
	    "tcpdropcap/2 Socket: cgroup[1/2]=a" } },
	{ "malformed_key_of_another",
	  { "tcpdropcap/2 Event: event=drop uid=203", "tcpdropcap/2 Socket: uid=204 cpu=9" } },
	{ "malformed_stack_missing",
	  { "tcpdropcap/2 Event: event=drop uid=205 stack=own stack_id=50",
	    "tcpdropcap/2 Stack 50, frames 1-2 of 4:\n  a+0x1\n  b+0x2" } },
	{ "malformed_stack_twice",
	  { "tcpdropcap/2 Event: event=drop uid=206 stack=own stack_id=50",
	    "tcpdropcap/2 Stack 50, frames 1-2 of 2:\n  a+0x1\n  b+0x2",
	    "tcpdropcap/2 Stack 50, frames 1-2 of 2:\n  a+0x1\n  b+0x2" } },
	{ "malformed_stack_short",
	  { "tcpdropcap/2 Event: event=drop uid=207 stack=own stack_id=50",
	    "tcpdropcap/2 Stack 50, frames 1-3 of 3:\n  a+0x1\n  b+0x2" } },

	{ "many_comments",
	  { "tcpdropcap/2 Packet dropped: event=drop reason=NETFILTER_DROP at=x+0x1 dir=in",
	    "tcpdropcap/2 Socket: uid=300 cgroup[1/2]=/a", "a note of a user",
	    "tcpdropcap/2 Socket: cgroup[2/2]=\"/b c\"", "tcpdropcap/2 CPU: cpu=3" } },
	{ "many_comments_shuffled",
	  { "tcpdropcap/2 Stack 60, frames 3-4 of 4:\n  r+0x3\n  s+0x4",
	    "tcpdropcap/2 CPU: cpu=3 stack=own stack_id=60", "tcpdropcap/2 Socket: cgroup[2/2]=/b",
	    "tcpdropcap/2 Packet dropped: event=drop reason=SHUFFLED at=x+0x1 dir=in",
	    "tcpdropcap/2 Socket: uid=301 cgroup[1/2]=/a",
	    "tcpdropcap/2 Stack 60, frames 1-2 of 4:\n  p+0x1\n  q+0x2" } },
	{ "frame_in_parts",
	  { "tcpdropcap/2 Event: event=drop uid=302 stack=own stack_id=61",
	    "tcpdropcap/2 Stack 61, frame 1 of 3:\n  p+0x1",
	    "tcpdropcap/2 Stack 61, frame 2 of 3, part 1/2:\n  long_",
	    "tcpdropcap/2 Stack 61, frame 2 of 3, part 2/2:\n  name+0x2",
	    "tcpdropcap/2 Stack 61, frame 3 of 3:\n  q+0x3" } },
	{ "frame_in_parts_sampled",
	  { "tcpdropcap/2 Event: event=drop uid=303 stack=sampled stack_id=61" } },
};

const size_t annotated_count = ARRAY_SIZE(annotated_packets);

static void append(char *text, size_t size, const char *format, ...)
{
	size_t length = strlen(text);
	va_list args;

	va_start(args, format);
	vsnprintf(text + length, size - length, format, args);
	va_end(args);
}

/* The nth key, counted from 1, is NAME-value or the number 1000 + n. */
static void fill_every_key(void)
{
	enum {
		TEXT,
		NUMBER
	};
	static const struct {
		const char *name;
		int type;
	} keys[] = {
#define KEY(id, type, group, unit, description) { #id, type },
		ANNOTATION_KEYS(KEY)
#undef KEY
	};

	append(every_key, sizeof(every_key), "tcpdropcap/1"); /* in_schema() changes it */
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		append(every_key, sizeof(every_key), " %s=", keys[i].name);
		if (keys[i].type == NUMBER)
			append(every_key, sizeof(every_key), "%zu", 1001 + i);
		else
			append(every_key, sizeof(every_key), "%s-value", keys[i].name);
	}
}

static void fill_longest(unsigned int schema)
{
	size_t length;

	append(longest, sizeof(longest),
	       "tcpdropcap/%s event=drop uid=100 cgroup=", schema == 1 ? "1" : "2 Event:");
	length = strlen(longest);
	memset(longest + length, 'a', COMMENT_LIMIT - length);
}

void annotated_fill(unsigned int schema)
{
	fill_every_key();
	fill_longest(schema);
}
