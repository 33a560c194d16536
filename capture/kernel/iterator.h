/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ITERATOR_H
#define ITERATOR_H

/* Reads what a BPF iterator writes. It uses libbpf. */

#include <stddef.h>

struct bpf_link;

/*
 * Runs the iterator of the link once. It writes items of this size, at least 1 and at most 4096
 * bytes, one after another: found(context, item) is called for each, and the item lives during the
 * call. Returns 0, or -errno; the items before the error were found.
 */
int iterator_run(const struct bpf_link *link, size_t size,
		 void (*found)(void *context, const void *item), void *context);

#endif
