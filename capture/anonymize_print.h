/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ANONYMIZE_PRINT_H
#define ANONYMIZE_PRINT_H

#include "anonymize/anonymize.h"

/*
 * Prints what was cut and left out. plain: packets without an annotation that were read, and those
 * of them that were written.
 */
void anonymize_print(const struct anonymize_counts *counts, uint64_t plain, uint64_t plain_written);

#endif
