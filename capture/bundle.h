/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BUNDLE_H
#define BUNDLE_H

#include <limits.h>

#include "options.h"
#include "util/strbuf.h"

#define BUNDLE_PARTS 5

/*
 * A bundle that is being made: a folder with its files, which becomes an archive. Programs make the
 * files: this one again, and tar.
 */
struct bundle {
	const struct options *options;
	char self[PATH_MAX];
	char work[PATH_MAX];	    /* a temporary folder; removed at the end */
	char name[64];		    /* of the folder in it, and of the archive */
	char inside[PATH_MAX + 64]; /* the path of a file in the temporary folder */
	char seconds[24];
	int key_fd; /* has the key, if there is one */
	struct strbuf archive;
	struct strbuf part; /* the name of the archive until it is whole */
};

/* The files of a bundle. Its folder has the name that the archive gives it. */
struct bundle_part {
	const char *name;
	const char *contents;
	const char *named; /* what in it names somebody, unless it is anonymized; NULL: nothing */
};

extern const struct bundle_part bundle_parts[BUNDLE_PARTS];

/* Returns the path of a file in the folder, which the caller frees; NULL: no memory. */
char *bundle_path(const struct bundle *bundle, const char *file);

/*
 * Makes all files. On the way, after it has started what needs them, it gives up the privileges of
 * the process. Returns 0; -ECANCELED after a request to stop that leaves nothing to pack; or -errno
 * after it has printed why.
 */
int bundle_fill(struct bundle *bundle);

#endif
