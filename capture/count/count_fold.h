/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef COUNT_FOLD_H
#define COUNT_FOLD_H

#include "util/strbuf.h"

/*
 * Appends frames as flame graphs take them: root first, ";" between functions, no offsets, the
 * module as " [module]".
 */
void count_fold(const char *frames, struct strbuf *folded);

#endif
