/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EXPRESSION_H
#define EXPRESSION_H

/*
 * A pcap filter expression (pcap-filter(7)) on Ethernet frames, compiled and run by libpcap. The
 * only user of it. It sees what an event has of a packet: the headers.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/error.h"
#include "event/packet.h"

struct expression;

/*
 * Compiles the words, joined by spaces, as tcpdump does. Returns NULL and the error: errno is
 * EINVAL for what libpcap does not take, with its own message; ENOMEM.
 */
struct expression *expression_new(char *const *words, int count, struct error *error);
void expression_free(struct expression *expression); /* NULL is accepted */

/*
 * Whether the word, of letters and digits, can be the first one of an expression ("tcp", "host"). A
 * word that is not begins nothing that libpcap understands.
 */
bool expression_may_begin(const char *word);

/* The words as one text; lives as long as the expression. */
const char *expression_text(const struct expression *expression);

/* An instruction of classic BPF (bpf(4)), which is what an expression compiles to. */
struct classic_insn {
	uint16_t code;
	uint8_t jt;
	uint8_t jf;
	uint32_t k;
};

/* Returns the number of instructions, and in *program the caller's copy of them; 0: no memory. */
size_t expression_program(const struct expression *expression, struct classic_insn **program);

/* Packets that are no Ethernet frames match nothing. */
bool expression_matches(const struct expression *expression, const struct packet *packet);

#endif
