// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "privilege.h"

/* What a capture needs, also in kernels before CAP_BPF; and memory for maps (before 5.11). */
#define OF_A_CAPTURE                                                                       \
	(PRIVILEGE_BIT(CAP_BPF) | PRIVILEGE_BIT(CAP_PERFMON) | PRIVILEGE_BIT(CAP_SYSLOG) | \
	 PRIVILEGE_BIT(CAP_SYS_ADMIN) | PRIVILEGE_BIT(CAP_SYS_PTRACE) |                    \
	 PRIVILEGE_BIT(CAP_SYS_RESOURCE))

/* Returns 0 or -errno. */
static int get_capabilities(uint64_t *effective, uint64_t *permitted)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

	*effective = *permitted = 0;
	if (syscall(SYS_capget, &header, data))
		return -errno;
	*effective = (uint64_t)data[1].effective << 32 | data[0].effective;
	*permitted = (uint64_t)data[1].permitted << 32 | data[0].permitted;
	return 0;
}

/* The inheritable set becomes empty, and so does the ambient one. Returns 0 or -errno. */
static int set_effective(uint64_t effective, uint64_t permitted)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {
		{ (uint32_t)effective, (uint32_t)permitted, 0 },
		{ (uint32_t)(effective >> 32), (uint32_t)(permitted >> 32), 0 },
	};

	return syscall(SYS_capset, &header, data) ? -errno : 0;
}

static int set_capabilities(uint64_t set)
{
	return set_effective(set, set);
}

bool privilege_to_capture(void)
{
	uint64_t effective, permitted;

	if (get_capabilities(&effective, &permitted))
		return true;		    /* the kernel will refuse the capture, if it does */
	if (effective >> CAP_SYS_ADMIN & 1) /* includes both (kernel commit a17b53c4a4b5) */
		return true;
	return effective >> CAP_BPF & 1 && effective >> CAP_PERFMON & 1;
}

void privilege_limit_raised(void)
{
	uint64_t effective, permitted;

	if (!getauxval(AT_SECURE))
		return;
	unsetenv("LIBBPF_LOG_LEVEL");
	unsetenv("TMPDIR");
	if (!get_capabilities(&effective, &permitted))
		set_capabilities(permitted & OF_A_CAPTURE);
}

/* The bounding set first: to change it needs a capability. */
int privilege_keep(uint64_t capabilities)
{
	uint64_t effective, permitted;
	int err;

	for (unsigned long i = 0; prctl(PR_CAPBSET_READ, i, 0, 0, 0) >= 0; i++)
		prctl(PR_CAPBSET_DROP, i, 0, 0, 0);
	err = get_capabilities(&effective, &permitted);
	if (!err)
		err = set_capabilities(permitted & capabilities);
	if (!err && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		err = -errno;
	return err;
}

bool privilege_needs_override(int folder)
{
	uint64_t effective, permitted;
	char path[64];
	bool needs;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", folder);
	if (get_capabilities(&effective, &permitted) || set_effective(0, permitted))
		return false;
	needs = faccessat(AT_FDCWD, path, W_OK | X_OK, AT_EACCESS) != 0;
	set_effective(effective, permitted);
	return needs;
}

int privilege_find_user(const char *name, struct privilege_user *user, struct error *error)
{
	const struct passwd *found = getpwnam(name);

	if (!found)
		return error_set(error, -ENOENT, "-Z: there is no user '%s'", name);
	user->uid = found->pw_uid;
	user->gid = found->pw_gid;
	user->group_count = PRIVILEGE_GROUPS_MAX;
	if (getgrouplist(name, user->gid, user->groups, &user->group_count) < 0)
		user->group_count = PRIVILEGE_GROUPS_MAX; /* as many as there is room for */
	if (geteuid() && geteuid() != user->uid)
		return error_set(error, -EPERM, "-Z: only root can become another user");
	return 0;
}

int privilege_become(const struct privilege_user *user)
{
	if (geteuid() == user->uid)
		return 0;
	if (setgroups((size_t)user->group_count, user->groups) ||
	    setresgid(user->gid, user->gid, user->gid) || prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) ||
	    setresuid(user->uid, user->uid, user->uid))
		return -errno;
	return 0;
}

void privilege_command(struct strbuf *text)
{
	char path[4096];
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);

	path[length < 0 ? 0 : length] = '\0';
	strbuf_add(text, "sudo setcap " PRIVILEGE_CAPABILITIES " ");
	strbuf_add_printable(text, path);
}
