/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYSCALL_FILTER_H
#define SYSCALL_FILTER_H

#include "confine.h"

/*
 * Allows the system calls of the role, to all threads of the process; any other fails with EPERM,
 * and does nothing. No role may start a program or another process, or make memory executable; one
 * that opens no outputs may open files for reading alone. Returns 0; -EOPNOTSUPP: this build has
 * no filter (WITHOUT_SECCOMP), because a sanitizer needs other calls; another -errno.
 */
int syscall_filter_load(enum confine_role role, bool opens_outputs);

#endif
