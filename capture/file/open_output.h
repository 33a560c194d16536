/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OPEN_OUTPUT_H
#define OPEN_OUTPUT_H

/*
 * Opens files for writing where nobody else has decided what they are. In a sticky folder in which
 * all may create files (/tmp), another user may have put a link, a FIFO or a file in the place of
 * an output, or a link on the way to it, before the call or during it: these are refused, whatever
 * fs.protected_symlinks, protected_hardlinks, protected_fifos and protected_regular are
 * (Documentation/admin-guide/sysctl/fs.rst). As there, what belongs to this user or to the owner of
 * the folder is trusted, unless it is a file with another name; so is a FIFO of the user who has
 * called sudo(8). A FIFO is opened without O_CREAT, which fs.protected_fifos would refuse.
 */

#include <sys/types.h>

#include "util/error.h"

/*
 * As open(2) for writing; flags may be O_CREAT, O_EXCL, O_NOFOLLOW and O_NONBLOCK.
 * Nothing is truncated. Returns the descriptor, or -errno; -EPERM is also the refusal.
 */
int open_output(const char *path, int flags, mode_t mode);

/* Returns 0, or -EPERM if the path is one that open_output would refuse. */
int open_output_check(const char *path);

/*
 * Sets the message for a path that cannot be written: with who has put what there, or which folder
 * this user may not search, where that is the reason. Returns err.
 */
int open_output_failed(struct error *error, int err, const char *path);

#endif
