// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <linux/capability.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef SYS_landlock_create_ruleset /* headers since 5.13 */
#include <linux/landlock.h>
#endif

#include "privilege.h"

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

bool privilege_to_capture(void)
{
	uint64_t effective, permitted;

	if (get_capabilities(&effective, &permitted))
		return true;		    /* the kernel will refuse the capture, if it does */
	if (effective >> CAP_SYS_ADMIN & 1) /* includes both (kernel commit a17b53c4a4b5) */
		return true;
	return effective >> CAP_BPF & 1 && effective >> CAP_PERFMON & 1;
}

bool privilege_is_any(void)
{
	uint64_t effective, permitted;

	return !get_capabilities(&effective, &permitted) && permitted;
}

/*
 * Denies what changes the file system; to read, and to remove the output of a failed run, stays
 * allowed. Kernels without Landlock, or without one of the rights, have less protection.
 */
static void deny_changes(void)
{
#ifdef SYS_landlock_create_ruleset
	struct landlock_ruleset_attr denied = {
		.handled_access_fs = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE |
				     LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_MAKE_CHAR |
				     LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
				     LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
				     LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM,
	};
	int rules = (int)syscall(SYS_landlock_create_ruleset, &denied, sizeof(denied), 0);

	if (rules < 0)
		return;
	syscall(SYS_landlock_restrict_self, rules, 0);
	close(rules);
#endif
}

/* The bounding set first: to change it needs a capability. */
int privilege_drop(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { { 0, 0, 0 } };

	for (unsigned long i = 0; prctl(PR_CAPBSET_READ, i, 0, 0, 0) >= 0; i++)
		prctl(PR_CAPBSET_DROP, i, 0, 0, 0);
	if (syscall(SYS_capset, &header, none)) /* clears the ambient set too */
		return -errno;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -errno;
	deny_changes();
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
