// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "pseudonym.h"
#include "report_rewrite.h"

#define WORD_MAX   64	       /* bytes of the name of a reason, a state or such */
#define BPF_PREFIX "bpf_prog_" /* then come the tag and the name of the program */

struct report_rewriter {
	const struct secret *secret;
	bool ports; /* they may not leave */
	uint64_t removed;
	struct strbuf texts;  /* all new texts of a report, each terminated */
	size_t at[KEY_COUNT]; /* of the new text of a key, + 1; 0: it stays */
	struct strbuf frames;
};

struct report_rewriter *report_rewriter_new(const struct secret *secret, bool ports)
{
	struct report_rewriter *rewriter = calloc(1, sizeof(*rewriter));

	if (!rewriter)
		return NULL;
	rewriter->secret = secret;
	rewriter->ports = ports;
	return rewriter;
}

void report_rewriter_free(struct report_rewriter *rewriter)
{
	if (!rewriter)
		return;
	strbuf_free(&rewriter->texts);
	strbuf_free(&rewriter->frames);
	free(rewriter);
}

/* A name of the kernel or of this program, as opposed to a text that a file may have there. */
static bool is_word(const char *text)
{
	size_t length = 0;

	while (isalnum((unsigned char)text[length]) ||
	       (text[length] && strchr("_-.", text[length])))
		length++;
	return length && length <= WORD_MAX && !text[length];
}

/* Words, or numbers, with commas between them. */
static bool is_list(const char *text)
{
	return *text && strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789,") == strlen(text);
}

/* The handle or the class of a queue discipline: root, 1:, 8001:1. */
static bool is_handle(const char *text)
{
	size_t major = strspn(text, "0123456789abcdef");

	if (strcmp(text, "root") == 0)
		return true;
	return major <= 4 && text[major] == ':' &&
	       strspn(text + major + 1, "0123456789abcdef") == strlen(text + major + 1) &&
	       strlen(text + major + 1) <= 4;
}

static size_t symbol_length(const char *text)
{
	size_t length = 0;

	while (isalnum((unsigned char)text[length]) ||
	       (text[length] && strchr("_.$", text[length])))
		length++;
	return length;
}

static size_t offset_length(const char *text)
{
	size_t length = 3;

	if (strncmp(text, "+0x", 3) != 0)
		return 0;
	while (isxdigit((unsigned char)text[length]))
		length++;
	return length;
}

/*
 * Appends "symbol+0x1f" or "symbol+0x1f [module]", from a text of so many bytes. The name of a BPF
 * program is replaced. Returns false for a text of another form.
 */
static bool add_location(const struct report_rewriter *rewriter, const char *text, size_t length,
			 struct strbuf *to)
{
	size_t symbol = symbol_length(text), offset, module;

	if (!symbol || symbol > length)
		return false;
	offset = offset_length(text + symbol);
	module = symbol + offset;
	if (module < length) {
		if (strncmp(text + module, " [", 2) != 0)
			return false;
		module += 2 + symbol_length(text + module + 2);
		if (text[module++] != ']')
			return false;
	}
	if (module != length)
		return false;
	if (strncmp(text, BPF_PREFIX, strlen(BPF_PREFIX)) == 0) {
		char name[256] = { 0 };

		memcpy(name, text, symbol < sizeof(name) ? symbol : sizeof(name) - 1);
		pseudonym_add(rewriter->secret, "bpf", name, to);
		strbuf_add_bytes(to, text + symbol, offset);
	} else {
		strbuf_add_bytes(to, text, length);
	}
	return true;
}

/* Lines "  symbol+0x1f [module]". One of another form may be anything. */
static void rewrite_frames(struct report_rewriter *rewriter, struct drop_report *report)
{
	const char *line = report->frames;
	struct strbuf *frames = &rewriter->frames;

	strbuf_clear(frames);
	for (;;) {
		size_t length = strcspn(line, "\n"), indent = strspn(line, " ");

		strbuf_add(frames, "  ");
		indent = indent < length ? indent : length;
		if (!add_location(rewriter, line + indent, length - indent, frames))
			strbuf_add(frames, "?");
		line += length;
		if (!*line)
			break;
		strbuf_add(frames, "\n");
		line++;
	}
	report->frames = strbuf_string(frames);
}

static void add_text(struct report_rewriter *rewriter, enum key key, const char *text)
{
	struct strbuf *to = &rewriter->texts;

	switch (key) {
	case KEY_owner:
	case KEY_cpu_comm:
		pseudonym_add(rewriter->secret, "comm", text, to);
		break;
	case KEY_cgroup:
		pseudonym_add_cgroup(rewriter->secret, text, to);
		break;
	case KEY_at:
		if (!add_location(rewriter, text, strlen(text), to))
			pseudonym_add(rewriter->secret, "text", text, to);
		break;
	case KEY_mptcp_token:
		pseudonym_add(rewriter->secret, "tok", text, to);
		break;
	default:
		if (is_word(text) || (key == KEY_tunnel && is_list(text)) ||
		    (key == KEY_vlan && is_list(text)) ||
		    (key == KEY_qdisc_handle && is_handle(text)) ||
		    (key == KEY_qdisc_parent && is_handle(text)))
			strbuf_add(to, text);
		else
			pseudonym_add(rewriter->secret, "text", text, to);
	}
	strbuf_add_bytes(to, "", 1);
}

static void rewrite_texts(struct report_rewriter *rewriter, struct drop_report *report)
{
	strbuf_clear(&rewriter->texts);
	memset(rewriter->at, 0, sizeof(rewriter->at));
	for (enum key key = 0; (key = report_next(report, key)) < KEY_COUNT; key++) {
		if (key_table[key].type != VALUE_TEXT)
			continue;
		rewriter->at[key] = rewriter->texts.length + 1;
		add_text(rewriter, key, report->values[key].text);
	}
	/* The texts have moved while they grew. */
	for (enum key key = 0; key < KEY_COUNT; key++) {
		if (rewriter->at[key])
			report_set_text(report, key,
					strbuf_string(&rewriter->texts) + rewriter->at[key] - 1);
	}
}

static void rewrite_number(struct drop_report *report, enum key key,
			   uint32_t (*pseudonym)(const struct secret *secret, uint32_t number),
			   const struct secret *secret)
{
	if (report_has(report, key))
		report_set_number(report, key,
				  pseudonym(secret, (uint32_t)report_number(report, key)));
}

static void remove_value(struct report_rewriter *rewriter, struct drop_report *report, enum key key)
{
	rewriter->removed += report_has(report, key);
	report_unset(report, key);
}

static void remove_values(struct report_rewriter *rewriter, struct drop_report *report)
{
	for (const char *pair = report->unknown; pair && *pair;) {
		rewriter->removed++;
		pair += strlen(pair) + 1;
		pair += strlen(pair) + 1;
	}
	report->unknown = NULL;
	remove_value(rewriter, report, KEY_because);
	if (rewriter->ports) {
		remove_value(rewriter, report, KEY_frag_sport);
		remove_value(rewriter, report, KEY_frag_dport);
	}
}

int report_rewrite(struct report_rewriter *rewriter, struct drop_report *report)
{
	remove_values(rewriter, report);
	rewrite_texts(rewriter, report);
	rewrite_number(report, KEY_netns, pseudonym_of_namespace, rewriter->secret);
	rewrite_number(report, KEY_uid, pseudonym_of_user, rewriter->secret);
	if (report->frames)
		rewrite_frames(rewriter, report);
	return rewriter->texts.failed || rewriter->frames.failed ? -ENOMEM : 0;
}

uint64_t report_rewriter_removed(const struct report_rewriter *rewriter)
{
	return rewriter->removed;
}
