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

/*
 * Outputs that are opened later, one after another, are all in one folder: that of -w, whose name
 * may have a time in it after that, or of the metrics. Root may need a capability there.
 */
static void plan_outputs(const struct options *options, struct confine_plan *plan)
{
	bool rotates = rotation_is_asked(&options->rotate);
	const char *path = rotates ? options->write_path : options->metrics_path;
	char *known;

	if (!path)
		return;
	plan->opens_outputs = true;
	known = strndup(path, rotates ? strcspn(path, "%") : strlen(path));
	if (known)
		confine_add_folder(plan, known);
	if (!plan->user && plan->folder_count && privilege_needs_override(plan->folders[0]))
		plan->more_capabilities = PRIVILEGE_BIT(CAP_DAC_OVERRIDE);
	free(known);
}

int confinement_enter(const struct options *options, struct error *error)
{
	struct confine_plan plan = { .role = CONFINE_CAPTURE, .user = options->user };
	/* The one that is opened now; NULL: none. */
	const char *output = rotation_is_asked(&options->rotate) ? NULL : options->write_path;
	const char *enforced;
	int err;

	/* Opening a FIFO waits for its reader, and the process that stopped us will not open it. */
	if (signals_stop_asked())
		return error_set(error, -ECANCELED, "stopped before the capture began");
	plan_outputs(options, &plan);
	if (output)
		confine_add_folder(&plan, output);
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
