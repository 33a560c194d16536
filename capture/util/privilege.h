/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PRIVILEGE_H
#define PRIVILEGE_H

/*
 * The privileges of the process: those that a capture needs (tried on 6.18: CAP_BPF and CAP_PERFMON
 * load and attach every hook), and the ways to give them up. Capabilities belong to a thread: to
 * give them up is for a process that has one thread alone.
 */

#include <linux/capability.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "error.h"
#include "strbuf.h"

/* The argument of setcap(8): CAP_SYSLOG too, without which the kernel hides its symbols. */
#define PRIVILEGE_CAPABILITIES "cap_bpf,cap_perfmon,cap_syslog+ep"

#define PRIVILEGE_GROUPS_MAX 64

/* A capability in a set of them. */
#define PRIVILEGE_BIT(capability) (1ULL << (capability))

struct privilege_user {
	uid_t uid;
	gid_t gid;
	gid_t groups[PRIVILEGE_GROUPS_MAX];
	int group_count;
};

/* Returns whether the process may capture. Root in a container may lack these capabilities. */
bool privilege_to_capture(void);

/*
 * If the program has capabilities that its caller may not have (setcap(8)), all that a capture does
 * not need are given up, those above all that open files which the caller may not open; and
 * variables of the environment that change what libraries do are removed.
 */
void privilege_limit_raised(void);

/*
 * Gives up all capabilities but those in the set, for this process and every program that it may
 * start (no_new_privs). Those that the process does not have, it does not get. Returns 0 or -errno.
 */
int privilege_keep(uint64_t capabilities);

/*
 * Returns whether the process could not create files in the folder by the rights of its user alone:
 * it needs CAP_DAC_OVERRIDE, as root does in the folder of somebody else.
 */
bool privilege_needs_override(int folder);

/* Finds a user by name, with the groups. Returns 0, or -errno and the error. */
int privilege_find_user(const char *name, struct privilege_user *user, struct error *error);

/*
 * Becomes that user. Capabilities stay permitted, but none is in effect until privilege_keep.
 * Nothing happens if the process is that user. Returns 0 or -errno.
 */
int privilege_become(const struct privilege_user *user);

/* Appends the command that gives this program the privileges of a capture. */
void privilege_command(struct strbuf *text);

#endif
