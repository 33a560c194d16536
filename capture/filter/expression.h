/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EXPRESSION_H
#define EXPRESSION_H

/*
 * A pcap filter expression (pcap-filter(7)) for Ethernet frames. libpcap compiles and runs it; this
 * module is its only user. The packets are those of events: headers only.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/error.h"
#include "event/packet.h"

struct expression;

/*
 * Compiles the words, joined by spaces, as tcpdump does. Returns NULL and the error: errno is
 * EINVAL if libpcap refuses the expression, with libpcap's message; ENOMEM.
 */
struct expression *expression_new(char *const *words, int count, struct error *error);
void expression_free(struct expression *expression); /* NULL is accepted */

/*
 * Returns whether the word, of letters and digits, can be the first word of an expression ("tcp",
 * "host"). libpcap refuses every expression that begins with another one.
 */
bool expression_may_begin(const char *word);

/* Returns the words as one text, which is valid as long as the expression. */
const char *expression_text(const struct expression *expression);

/* An instruction of classic BPF (bpf(4)), the compiled form of an expression. */
struct classic_insn {
	uint16_t code;
	uint8_t jt;
	uint8_t jf;
	uint32_t k;
};

/*
 * Returns the number of instructions, and in *program a copy that the caller frees; 0 and NULL for
 * lack of memory.
 */
size_t expression_program(const struct expression *expression, struct classic_insn **program);

/* Returns whether the expression matches the packet; false if the packet has no frame. */
bool expression_matches(const struct expression *expression, const struct packet *packet);

#endif
