/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BTF_H
#define BTF_H

/*
 * What the running kernel's type information says: the parameters of its tracepoints and the names
 * of its enums. Beside source.c the only user of libbpf, because names are wanted before any load.
 */

#include <stdbool.h>
#include <stdint.h>

#include "util/error.h"

struct kernel_btf;

/* Whether libbpf's messages, the verifier's log among them, go to stderr (not before this call). */
void kernel_btf_set_verbose(bool verbose);

/* Returns NULL and the error if the kernel has no BTF. */
struct kernel_btf *kernel_btf_open(struct error *error);
void kernel_btf_close(struct kernel_btf *btf);

/* Number of arguments that the tracepoint passes to a tp_btf program; 0 if there is no such one. */
unsigned int kernel_btf_tracepoint_args(const struct kernel_btf *btf, const char *tracepoint);

/* The BTF id of that tracepoint's typedef, which a tp_btf program names, or a negative number. */
int kernel_btf_tracepoint_id(const struct kernel_btf *btf, const char *tracepoint);

/* Number of parameters of a kernel function, 0 if there is none of that name. */
unsigned int kernel_btf_function_args(const struct kernel_btf *btf, const char *function);

/* The BTF id of a kernel function, or a negative number. */
int kernel_btf_function_id(const struct kernel_btf *btf, const char *function);

/* Whether an enum of the kernel has that enumerator. */
bool kernel_btf_has_enumerator(const struct kernel_btf *btf, const char *name_of_enum,
			       const char *enumerator);

/*
 * Calls visit for each enumerator of each enum whose name ends in suffix, the kernel's first and,
 * where modules is set, those of loaded modules; names live as long as *btf.
 */
void kernel_btf_visit_enums(struct kernel_btf *btf, const char *suffix, bool modules,
			    void (*visit)(void *context, const char *name, uint32_t value),
			    void *context);

#endif
