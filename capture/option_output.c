// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "file/compression.h"
#include "option_output.h"

static int check_plain(const char *option, const char *path, const char *suffix,
		       struct error *error)
{
	return error_set(error, -EINVAL,
			 "%s: '%s' would not be compressed, so its name must not end in %s", option,
			 path, suffix);
}

/* The name of an archive of `bundle`, which is always a tar file compressed with gzip. */
static int check_archive(const char *option, const char *path, const char *suffix,
			 struct error *error)
{
	if (strcmp(suffix, ".gz") == 0 || strcmp(suffix, ".tgz") == 0)
		return 0;
	return error_set(error, -EINVAL,
			 "%s: '%s' would be a tar file compressed with gzip: give a name that ends "
			 "in .tar.gz",
			 option, path);
}

static int check_compression(const char *option, const char *path, const char *suffix,
			     struct error *error)
{
	if (strcmp(suffix, ".gz") == 0 || strcmp(suffix, ".zst") == 0)
		return 0;
	return error_set(
		error, -EINVAL,
		"%s: '%s' would not be compressed: only files whose names end in .gz or "
		".zst are; choose one of these, or pipe %s - into a program that compresses",
		option, path, option);
}

int option_check_file(enum option_command command, const struct option_spec *spec,
		      const char *option, const char *path, struct error *error)
{
	const char *suffix = compression_suffix(path);

	if (path[0] == '-' && path[1])
		return error_set(error, -EINVAL,
				 "%s: '%s' looks like an option; write ./%s for a file with this "
				 "name",
				 option, path, path);
	if (!suffix)
		return 0;
	if (spec->offset == offsetof(struct options, metrics_path))
		return check_plain(option, path, suffix, error);
	if (spec->offset == offsetof(struct options, page_path) && command == OPTION_BUNDLE)
		return check_archive(option, path, suffix, error);
	if (spec->offset == offsetof(struct options, page_path) ||
	    spec->offset == offsetof(struct options, write_path))
		return check_compression(option, path, suffix, error);
	return 0;
}
