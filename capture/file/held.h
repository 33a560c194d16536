/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HELD_H
#define HELD_H

/*
 * Files that are opened while the process has privileges and are read or written after it has given
 * them up. input.h and output.h find them by the path that they are given. The list belongs to the
 * process. Only main's thread uses it.
 */

/*
 * Opens the file and holds it, or the error: without privileges, another one may come. "-" is
 * ignored, and so is a file that would use up the descriptors of the process.
 */
void held_add_input(const char *path);

/*
 * The same for an output: it is created if it does not exist, and stays as it is until it is taken.
 * An output that is one of the inputs is not held.
 */
void held_add_output(const char *path);

/*
 * Returns a descriptor at the start of the file, which is the caller's. -EBADF: it is not held;
 * else -errno of the failure to open it.
 */
int held_take_input(const char *path);

/* The same for an output, which has its old content; once, then it is not held any more. */
int held_take_output(const char *path);

/* Closes all of them, and removes an output that was created and never taken. */
void held_release(void);

#endif
