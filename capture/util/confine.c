// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "confine.h"
#include "landlock.h"
#include "syscall_filter.h"

/*
 * CAP_SYS_ADMIN: names of BPF programs (BPF_PROG_GET_NEXT_ID), and to enter network namespaces.
 * CAP_BPF: reading maps before Linux 5.19 (kernel commit c8644cd0efe7), where the one above is
 * missing. CAP_SYSLOG: addresses in /proc/kallsyms, which is read again when modules come.
 * CAP_DAC_READ_SEARCH: to open a cgroup by its number. CAP_SYS_PTRACE: the namespaces of processes
 * of other users.
 */
static const uint64_t capabilities[] = {
	[CONFINE_CAPTURE] = PRIVILEGE_BIT(CAP_SYS_ADMIN) | PRIVILEGE_BIT(CAP_BPF) |
			    PRIVILEGE_BIT(CAP_SYSLOG) | PRIVILEGE_BIT(CAP_DAC_READ_SEARCH),
	[CONFINE_TOP] = PRIVILEGE_BIT(CAP_SYS_ADMIN) | PRIVILEGE_BIT(CAP_BPF) |
			PRIVILEGE_BIT(CAP_SYS_PTRACE) | PRIVILEGE_BIT(CAP_DAC_READ_SEARCH),
	[CONFINE_COUNTERS] = PRIVILEGE_BIT(CAP_SYS_ADMIN) | PRIVILEGE_BIT(CAP_SYS_PTRACE),
	[CONFINE_READER] = 0,
	[CONFINE_COMMANDS] = 0,
	[CONFINE_STARTER] = 0,
};

int confine_privileges(const struct confine_plan *plan)
{
	int err = plan->user ? privilege_become(plan->user) : 0;

	return err ? err : privilege_keep(capabilities[plan->role] | plan->more_capabilities);
}

static bool has_landlock(enum confine_role role)
{
	return role == CONFINE_READER || role == CONFINE_CAPTURE || role == CONFINE_STARTER;
}

static bool has_filter(enum confine_role role)
{
	return role != CONFINE_COMMANDS && role != CONFINE_STARTER;
}

static enum landlock_work work_of(const struct confine_plan *plan)
{
	if (plan->role == CONFINE_STARTER)
		return LANDLOCK_STARTS;
	return plan->opens_outputs ? LANDLOCK_WRITES : LANDLOCK_REMOVES;
}

void confine_add_folder(struct confine_plan *plan, const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t length = !slash || slash == path ? 1 : (size_t)(slash - path);
	char folder[PATH_MAX];
	int fd;

	if (plan->folder_count == CONFINE_FOLDERS_MAX || strcmp(path, "-") == 0)
		return;
	snprintf(folder, sizeof(folder), "%.*s", (int)length, slash ? path : ".");
	fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0)
		plan->folders[plan->folder_count++] = fd;
}

const char *confine_access(struct confine_plan *plan)
{
	static char line[192];
	int filter = 0, landlock = 0;
	char version[32];

	if (has_landlock(plan->role))
		landlock = landlock_deny(plan->folders, plan->folder_count, work_of(plan));
	if (has_filter(plan->role))
		filter = syscall_filter_load(plan->role, plan->opens_outputs);
	while (plan->folder_count)
		close(plan->folders[--plan->folder_count]);
	snprintf(version, sizeof(version), "version %d", landlock);
	snprintf(line, sizeof(line), "seccomp: %s; Landlock: %s",
		 filter == -EOPNOTSUPP ? "not in this build"
		 : filter	       ? strerror(-filter)
				       : "yes",
		 landlock > 0	? version
		 : landlock < 0 ? strerror(-landlock)
				: "no");
	return line;
}
