/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PRIVILEGE_H
#define PRIVILEGE_H

/*
 * The privileges of the process: those that a capture needs (tried on 6.18: CAP_BPF and CAP_PERFMON
 * load and attach every hook), and the way to give all of them up.
 */

#include <stdbool.h>

#include "strbuf.h"

/* The argument of setcap(8): CAP_SYSLOG too, without which the kernel hides its symbols. */
#define PRIVILEGE_CAPABILITIES "cap_bpf,cap_perfmon,cap_syslog+ep"

/* Returns whether the process may capture. Root in a container may lack these capabilities. */
bool privilege_to_capture(void);

/* Returns whether the process has any capability. */
bool privilege_is_any(void);

/*
 * Gives up all capabilities, for this process and every program that it may start, and forbids it
 * to create, execute or open for writing any file (where the kernel has Landlock, 5.13): a process
 * of root without capabilities still owns root's files. Files that are open stay usable. Returns 0,
 * or -errno if the capabilities are still there.
 */
int privilege_drop(void);

/* Appends the command that gives this program the privileges of a capture. */
void privilege_command(struct strbuf *text);

#endif
