// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "open_output.h"
#include "util/number.h"

/* A part of a path: the path up to one of its names, and the folder that has the name. */
struct part {
	char path[PATH_MAX];
	struct stat folder;
	struct stat st; /* of the link, if it is one */
	bool exists;
	bool is_last;
};

/* Returns whether all may create files in it, and nobody may remove those of others. */
static bool is_shared(const struct stat *folder)
{
	return (folder->st_mode & (S_ISVTX | S_IWOTH)) == (S_ISVTX | S_IWOTH);
}

/* Returns whether it is the FIFO of the user who has called sudo(8), such as one for Wireshark. */
static bool is_fifo_of_caller(const struct stat *st)
{
	const char *caller = secure_getenv("SUDO_UID");
	uint64_t uid;

	return S_ISFIFO(st->st_mode) && caller && number_parse(caller, &uid) && st->st_uid == uid;
}

static bool is_foreign(const struct stat *st, const struct stat *folder)
{
	return is_shared(folder) && st->st_uid != geteuid() && st->st_uid != folder->st_uid &&
	       !is_fifo_of_caller(st);
}

/*
 * A file with several names may be one of ours, or of the owner of the folder, that another user
 * has given a name here.
 */
static bool has_other_name(const struct stat *st, const struct stat *folder)
{
	return is_shared(folder) && S_ISREG(st->st_mode) && st->st_nlink > 1;
}

static bool is_refused(const struct part *part)
{
	if (!part->exists)
		return false;
	if (part->is_last && has_other_name(&part->st, &part->folder))
		return true;
	return is_foreign(&part->st, &part->folder) &&
	       (S_ISLNK(part->st.st_mode) || (part->is_last && !S_ISDIR(part->st.st_mode)));
}

/*
 * Looks at each part of the path. Returns 0, and *part is the last one; -EPERM, and *part is the
 * one that is refused; -errno, and *part is the one that cannot be found.
 */
static int walk(const char *path, struct part *part)
{
	size_t length = strspn(path, "/");

	if (strlen(path) >= sizeof(part->path))
		return -ENAMETOOLONG;
	*part = (struct part){ .is_last = false };
	if (stat(length ? "/" : ".", &part->folder))
		return -errno;
	while (!part->is_last) {
		length += strcspn(path + length, "/");
		memcpy(part->path, path, length);
		part->path[length] = '\0';
		length += strspn(path + length, "/");
		part->is_last = !path[length];
		part->exists = !lstat(part->path, &part->st);
		if (!part->exists && !(part->is_last && errno == ENOENT))
			return -errno;
		if (is_refused(part))
			return -EPERM;
		if (!part->is_last && stat(part->path, &part->folder))
			return -errno;
	}
	return 0;
}

/* What was put there after the walk is refused as well, and no link is followed. */
int open_output(const char *path, int flags, mode_t mode)
{
	struct part part;
	struct stat st;
	int err = walk(path, &part), fd;

	if (err)
		return err;
	if (is_shared(&part.folder) && !(part.exists && S_ISLNK(part.st.st_mode)))
		flags |= O_NOFOLLOW;
	if (part.exists && S_ISFIFO(part.st.st_mode))
		flags &= ~O_CREAT;
	fd = open(path, O_WRONLY | O_CLOEXEC | flags, mode);
	if (fd < 0)
		return -errno;
	if (flags & O_NOFOLLOW && !fstat(fd, &st) &&
	    (is_foreign(&st, &part.folder) || has_other_name(&st, &part.folder))) {
		close(fd);
		return -EPERM;
	}
	return fd;
}

int open_output_check(const char *path)
{
	struct part part;

	return walk(path, &part) == -EPERM && is_refused(&part) ? -EPERM : 0;
}

/* The name of a user, or the number where it is not known. */
static const char *name_user(uid_t uid, char *buffer, size_t size)
{
	const struct passwd *user = getpwuid(uid);

	if (user)
		snprintf(buffer, size, "%s", user->pw_name);
	else
		snprintf(buffer, size, "%u", uid);
	return buffer;
}

static void say_refused(const struct part *part, const char *path, struct error *error)
{
	mode_t mode = part->st.st_mode;
	char user[64];

	if (!is_foreign(&part->st, &part->folder))
		error_set(error, 0,
			  "%s: cannot write it: it is also a file of another name, in a folder "
			  "that is writable for all; choose another file",
			  path);
	else
		error_set(error, 0,
			  "%s: cannot write it: %s is a %s of user %s, in a folder that is "
			  "writable for all; choose another file",
			  path, part->path,
			  S_ISLNK(mode)	   ? "link"
			  : S_ISFIFO(mode) ? "FIFO"
					   : "file",
			  name_user(part->st.st_uid, user, sizeof(user)));
}

/* verb: what this user may not do in the folder of the part. */
static void say_denied(struct part *part, const char *verb, const char *path, struct error *error)
{
	char *slash = strrchr(part->path, '/'), user[64];

	if (slash)
		slash[slash == part->path] = '\0';
	error_set(error, 0,
		  "%s: cannot write it: Permission denied: user %s may not %s %s; choose another "
		  "folder",
		  path, name_user(geteuid(), user, sizeof(user)), verb, slash ? part->path : ".");
}

int open_output_failed(struct error *error, int err, const char *path)
{
	struct part part;
	int found = walk(path, &part);

	if (found == -EPERM && is_refused(&part))
		say_refused(&part, path, error);
	else if (found == -EACCES && err == -EACCES)
		say_denied(&part, "search", path, error);
	else if (!found && !part.exists && err == -EACCES)
		say_denied(&part, "create files in", path, error);
	else
		error_set(error, 0, "%s: cannot write it: %s; choose another file", path,
			  strerror(-err));
	return err;
}
