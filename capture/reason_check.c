// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "kernel_reasons.h"
#include "reason_check.h"
#include "util/list.h"
#include "util/wrong_word.h"

static int unknown(const char *option, const char *reason, const char *names, struct error *error)
{
	return wrong_word_of_many(error, option, reason, "a reason of this kernel", names,
				  "'tcpdropcap explain'");
}

/* names has ", " between two of them. */
static int check_names(const struct options *options, const char *names, struct error *error)
{
	const char *of_trigger = triggers_unknown_reason(options->recorder.triggers, names);
	const char *reason = filter_unknown_reason(&options->filter, names);

	if (reason)
		return unknown("--reason", reason, names, error);
	return of_trigger ? unknown("--trigger", of_trigger, names, error) : 0;
}

int reason_check(const struct options *options, struct error *error)
{
	struct strbuf names = { 0 };
	struct error unreadable;
	int err = 0;

	if (!filter_unknown_reason(&options->filter, "") &&
	    !triggers_unknown_reason(options->recorder.triggers, ""))
		return 0;
	if (!kernel_reasons_list(false, &names, &unreadable)) {
		strbuf_add(&names, ", ");
		if (!kernel_reasons_list(true, &names, &unreadable))
			err = check_names(options, strbuf_string(&names), error);
	}
	strbuf_free(&names);
	return err;
}
