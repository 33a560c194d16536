// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>

#include "kernel_reasons.h"

/* Takes the place of live/kernel_reasons.c in the build without BPF. */

int kernel_reasons_list(bool resets, struct strbuf *names, struct error *error)
{
	(void)resets;
	(void)names;
	return error_set(error, -ENOTSUP, "this build cannot ask the kernel (make offline)");
}

int kernel_reason_of_number(uint32_t code, struct strbuf *name, struct error *error)
{
	(void)name;
	return error_set(error, -ENOTSUP,
			 "%" PRIu32
			 ": numbers differ in each kernel, and this build cannot ask the "
			 "running one (make offline); give the name",
			 code);
}
