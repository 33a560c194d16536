// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "landlock.h"

#ifndef SYS_landlock_create_ruleset /* headers before 5.13; the numbers are those of all machines */
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule	    445
#define SYS_landlock_restrict_self  446
#endif

/* include/uapi/linux/landlock.h; the headers of the building machine may have fewer of them. */
enum {
	ASK_VERSION = 1 << 0,
	RULE_PATH_BENEATH = 1,
	FS_EXECUTE = 1 << 0,
	FS_WRITE_FILE = 1 << 1,
	FS_REMOVE_DIR = 1 << 4,
	FS_REMOVE_FILE = 1 << 5,
	FS_MAKE_REG = 1 << 8,
	FS_MAKE_ANY = 0x7f << 6, /* MAKE_CHAR to MAKE_SYM */
	FS_REFER = 1 << 13,	 /* version 2 */
	FS_TRUNCATE = 1 << 14,	 /* version 3 */
	FS_IOCTL_DEV = 1 << 15,	 /* version 5 */
	NET_ALL = 0x3,		 /* version 4 */
	SCOPE_ABSTRACT = 1 << 0, /* version 6 */
	SCOPE_SIGNAL = 1 << 1,
};

struct rules {
	uint64_t fs;
	uint64_t net;
	uint64_t scoped;
};

struct beneath {
	uint64_t allowed;
	int32_t folder;
} __attribute__((packed));

/* A kernel refuses rights that it does not know, but not zeroes at the end of the structure. */
static struct rules denied_by(int version, enum landlock_work work)
{
	bool starts = work == LANDLOCK_STARTS;

	return (struct rules){
		.fs = (starts ? 0 : FS_EXECUTE | FS_REMOVE_DIR) | FS_WRITE_FILE | FS_REMOVE_FILE |
		      FS_MAKE_ANY | (version >= 2 ? FS_REFER : 0) |
		      (version >= 3 ? FS_TRUNCATE : 0) | (version >= 5 ? FS_IOCTL_DEV : 0),
		.net = version >= 4 ? NET_ALL : 0,
		.scoped = version < 6 ? 0 : SCOPE_ABSTRACT | (starts ? 0 : SCOPE_SIGNAL),
	};
}

int landlock_deny(const int *folders, size_t count, enum landlock_work work)
{
	int version = (int)syscall(SYS_landlock_create_ruleset, NULL, 0, ASK_VERSION), fd, err = 0;
	struct rules rules = denied_by(version, work);
	uint64_t allowed = FS_REMOVE_FILE;

	if (version < 1)
		return 0;
	if (work != LANDLOCK_REMOVES)
		allowed |= FS_WRITE_FILE | FS_MAKE_REG | (rules.fs & FS_TRUNCATE);
	fd = (int)syscall(SYS_landlock_create_ruleset, &rules, sizeof(rules), 0);
	if (fd < 0)
		return -errno;
	for (size_t i = 0; !err && i < count; i++) {
		const struct beneath beneath = { allowed, folders[i] };

		if (syscall(SYS_landlock_add_rule, fd, RULE_PATH_BENEATH, &beneath, 0))
			err = -errno;
	}
	if (!err && syscall(SYS_landlock_restrict_self, fd, 0))
		err = -errno;
	close(fd);
	return err ? err : version;
}
