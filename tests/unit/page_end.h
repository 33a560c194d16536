/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PAGE_END_H
#define PAGE_END_H

#include <stddef.h>

/*
 * Returns a copy of the bytes (64 KiB at most) that a page follows which cannot be read, so that
 * reading one byte too many faults. It lives until the next call.
 */
void *at_page_end(const void *bytes, size_t length);

#endif
