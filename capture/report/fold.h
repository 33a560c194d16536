/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FOLD_H
#define FOLD_H

#include "util/strbuf.h"

/*
 * Appends frames in the folded form of flame graphs: root first, ";" between functions, no offsets,
 * the module as " [module]". A function without a name is "[unknown]".
 */
void fold_frames(const char *frames, struct strbuf *folded);

#endif
