// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>

#include "expression.h"
#include "util/strbuf.h"

#define SNAPLEN 262144 /* as in tcpdump; libpcap gets the captured length with each packet */

struct expression {
	struct strbuf text;
	struct bpf_program program;
};

static int compile(struct expression *expression, struct error *error)
{
	pcap_t *pcap = pcap_open_dead(DLT_EN10MB, SNAPLEN);
	const char *text = strbuf_string(&expression->text);
	int err = 0;

	if (!pcap || expression->text.failed)
		err = error_set(error, -ENOMEM, "out of memory");
	else if (pcap_compile(pcap, &expression->program, text, 1, PCAP_NETMASK_UNKNOWN))
		err = error_set(error, -EINVAL, "expression '%s': %s", text, pcap_geterr(pcap));
	if (pcap)
		pcap_close(pcap);
	return err;
}

struct expression *expression_new(char *const *words, int count, struct error *error)
{
	struct expression *expression = calloc(1, sizeof(*expression));
	int err;

	if (!expression) {
		errno = -error_set(error, -ENOMEM, "out of memory");
		return NULL;
	}
	for (int i = 0; i < count; i++) {
		strbuf_add(&expression->text, i ? " " : "");
		strbuf_add(&expression->text, words[i]);
	}
	err = compile(expression, error);
	if (!err)
		return expression;
	expression_free(expression);
	errno = -err;
	return NULL;
}

void expression_free(struct expression *expression)
{
	if (!expression)
		return;
	pcap_freecode(&expression->program);
	strbuf_free(&expression->text);
	free(expression);
}

/*
 * libpcap has no list of its keywords. Each keyword begins an expression if one of these operands
 * follows it, except "gateway", which needs the name of a host. With none of these operands does
 * libpcap look up a name.
 */
bool expression_may_begin(const char *word)
{
	static char *const operands[] = {
		"", "1", "1-2", "192.0.2.1", "= 1", "tcp", "host 192.0.2.1", "broadcast"
	};
	struct error error;
	bool found = false;

	for (size_t i = 0; !found && i < sizeof(operands) / sizeof(operands[0]); i++) {
		char *words[] = { (char *)(uintptr_t)word, operands[i] };
		struct expression *expression = expression_new(words, 2, &error);

		/* An operand of the wrong kind is another error. */
		found = expression || !strstr(error.text, "syntax error");
		expression_free(expression);
	}
	return found;
}

const char *expression_text(const struct expression *expression)
{
	return strbuf_string(&expression->text);
}

size_t expression_program(const struct expression *expression, struct classic_insn **program)
{
	const struct bpf_program *compiled = &expression->program;

	*program = calloc(compiled->bf_len, sizeof(**program));
	for (unsigned int i = 0; *program && i < compiled->bf_len; i++) {
		const struct bpf_insn *from = &compiled->bf_insns[i];

		(*program)[i] = (struct classic_insn){ from->code, from->jt, from->jf, from->k };
	}
	return *program ? compiled->bf_len : 0;
}

bool expression_matches(const struct expression *expression, const struct packet *packet)
{
	struct pcap_pkthdr header = { .caplen = packet->caplen, .len = packet->len };

	return packet->data && pcap_offline_filter(&expression->program, &header, packet->data);
}
