/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYMBOL_H
#define SYMBOL_H

#include <stdint.h>

/* A function of the kernel, of one of its modules or of a BPF program, found by an address. */
struct symbol {
	const char *name;
	const char *module; /* "bpf" for a BPF program, NULL for the kernel itself */
	uint64_t start;	    /* address of its first byte */
	uint64_t end;	    /* address after its last byte, as far as that is known for sure */
	uint64_t offset;    /* of the address, from start */
};

#endif
