// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "confinement.h"
#include "file/held.h"
#include "file/post_starter.h"
#include "filter/netns.h"
#include "util/confine.h"
#include "util/log.h"
#include "util/signals.h"

int confinement_prepare(const struct options *options, struct account_helper **counters,
			struct error *error)
{
	int err = 0;

	if (options->rotate_command)
		err = post_starter_begin(options->user);
	if (err)
		return error_set(error, err, "-z: no process can be started for it: %s",
				 error_reason(err));
	if (options->no_account)
		return 0;
	*counters = account_helper_start(options->netns ? netns_pinned() : -1, options->user);
	if (!*counters)
		log_warning("no process can be started that reads counters: %s; there will be no "
			    "account",
			    error_reason(-errno));
	return 0;
}

/* The name of -w is then that of several files, and may have a time in it. */
static bool writes_several(const struct options *options)
{
	return rotation_is_asked(&options->rotate) || options->recorder.bytes;
}

/* Returns whether root needs a capability in the folder of that path. */
static bool add_folder(struct confine_plan *plan, const char *path, size_t length)
{
	size_t count = plan->folder_count;
	char *known = strndup(path, length);

	if (known)
		confine_add_folder(plan, known);
	free(known);
	return !plan->user && plan->folder_count > count &&
	       privilege_needs_override(plan->folders[count]);
}

/*
 * Outputs that are opened later, one after another, are in the folders of -w and of the metrics.
 * SIGHUP opens a file again. Root may need a capability there.
 */
static void plan_outputs(const struct options *options, struct confine_plan *plan)
{
	const char *path = options->write_path, *metrics = options->metrics_path;
	bool of_file = false, of_metrics = false;

	if (path && strcmp(path, "-") != 0) {
		plan->opens_outputs = true;
		of_file = add_folder(plan, path,
				     writes_several(options) ? strcspn(path, "%") : strlen(path));
	}
	if (metrics) {
		plan->opens_outputs = true;
		of_metrics = add_folder(plan, metrics, strlen(metrics));
	}
	if (of_file || of_metrics)
		plan->more_capabilities = PRIVILEGE_BIT(CAP_DAC_OVERRIDE);
	if (of_file && options->rotate_command)
		log_warning("-z: the command has no capabilities and cannot create files beside "
			    "%s, in the folder of another user; -Z USER makes both the user's",
			    path);
}

int confinement_enter(const struct options *options, struct error *error)
{
	struct confine_plan plan = { .role = CONFINE_CAPTURE, .user = options->user };
	/* The one that is opened now; NULL: none. */
	const char *output = writes_several(options) ? NULL : options->write_path;
	const char *enforced;
	int err;

	/* Opening a FIFO waits for its reader, and the process that stopped us will not open it. */
	if (signals_stop_asked())
		return error_set(error, -ECANCELED, "stopped before the capture began");
	plan_outputs(options, &plan);
	if (output && !options->user)
		held_add_output(output);
	err = confine_privileges(&plan);
	if (err)
		return error_set(error, err, "cannot give up privileges: %s", strerror(-err));
	if (output && options->user)
		held_add_output(output);
	enforced = confine_access(&plan);
	if (options->verbose)
		log_note("privileges are given up; %s", enforced);
	return 0;
}
