/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BTF_H
#define BTF_H

/*
 * The type information (BTF) of the running kernel and its modules: parameters of tracepoints and
 * functions, and the names in enums. It needs no privilege and loads nothing into the kernel.
 */

#include <stdbool.h>
#include <stdint.h>

#include "util/error.h"

struct kernel_btf;

/*
 * Whether libbpf prints its messages, with the verifier's log, to stderr. Set it before any load.
 */
void kernel_btf_set_verbose(bool verbose);

/* Returns NULL and the error if the kernel has no BTF. */
struct kernel_btf *kernel_btf_open(struct error *error);

/* The same; the BTF of modules is looked for in that directory, which must outlive it. */
struct kernel_btf *kernel_btf_open_from(const char *modules_dir, struct error *error);
void kernel_btf_close(struct kernel_btf *btf);

/*
 * Number of arguments that the tracepoint passes to a tp_btf program; 0 if the kernel has it not.
 */
unsigned int kernel_btf_tracepoint_args(const struct kernel_btf *btf, const char *tracepoint);

/* The BTF id of the tracepoint's typedef, which a tp_btf program names, or a negative number. */
int kernel_btf_tracepoint_id(const struct kernel_btf *btf, const char *tracepoint);

/* Number of parameters of a kernel function, 0 if there is none of that name. */
unsigned int kernel_btf_function_args(const struct kernel_btf *btf, const char *function);

/* The BTF id of a kernel function, or a negative number. */
int kernel_btf_function_id(const struct kernel_btf *btf, const char *function);

/* Returns whether an enum of the kernel has that enumerator. */
bool kernel_btf_has_enumerator(const struct kernel_btf *btf, const char *name_of_enum,
			       const char *enumerator);

/*
 * Looks for an enumerator in the kernel's enums without a name. Returns whether there is one, and
 * fills *value then.
 */
bool kernel_btf_enumerator(const struct kernel_btf *btf, const char *enumerator, uint32_t *value);

/*
 * Calls visit for each enumerator of each enum whose name ends in suffix, those of the kernel first
 * and, if modules is set, then those of the modules that are loaded now. The names live as long as
 * *btf. Modules are read when they are seen for the first time, in about a millisecond each.
 */
void kernel_btf_visit_enums(struct kernel_btf *btf, const char *suffix, bool modules,
			    void (*visit)(void *context, const char *name, uint32_t value),
			    void *context);

#endif
