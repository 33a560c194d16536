/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EDIT_DISTANCE_H
#define EDIT_DISTANCE_H

/* The edit distance of two words. Pure. */

#define EDIT_WORD_MAX 31

/*
 * Returns how many letters have to be inserted, deleted or replaced, or adjacent ones swapped, to
 * turn the first word into the second (optimal string alignment); UINT_MAX if one of them is longer
 * than EDIT_WORD_MAX.
 */
unsigned int edit_distance(const char *a, const char *b);

#endif
