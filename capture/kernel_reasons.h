/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef KERNEL_REASONS_H
#define KERNEL_REASONS_H

/* The reasons of the running kernel, for commands that also exist in the build without BPF. */

#include <stdbool.h>
#include <stdint.h>

#include "util/error.h"
#include "util/strbuf.h"

/*
 * Appends the names of all reasons of drops (resets: of resets), also those of modules that are
 * loaded, ", " between two. Returns 0, or -errno and the error: -ENOTSUP in the build without BPF.
 */
int kernel_reasons_list(bool resets, struct strbuf *names, struct error *error);

/*
 * Appends the name of that drop reason. Returns 0; -ENOENT and the error if the kernel has no such
 * reason; another -errno and the error.
 */
int kernel_reason_of_number(uint32_t code, struct strbuf *name, struct error *error);

#endif
