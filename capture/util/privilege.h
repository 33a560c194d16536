/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PRIVILEGE_H
#define PRIVILEGE_H

/*
 * What the kernel asks of who captures. Tried on 6.18: CAP_BPF and CAP_PERFMON load and attach
 * every hook.
 */

#include <stdbool.h>

#include "strbuf.h"

/* What setcap(8) is given: the two, and CAP_SYSLOG, for which the kernel shows its symbols. */
#define PRIVILEGE_CAPABILITIES "cap_bpf,cap_perfmon,cap_syslog+ep"

/* Whether the process has enough to capture; root without it, as in a container, has not. */
bool privilege_to_capture(void);

/* Appends the command that gives this binary the privilege. */
void privilege_command(struct strbuf *text);

#endif
