// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/btf.h"
#include "kernel/reason.h"
#include "kernel_reasons.h"

#define SUBSYSTEMS	 "skb_drop_reason_subsys"
#define SUBSYSTEM_PREFIX "SKB_DROP_REASON_SUBSYS_"

/* No number: with it, reason_name() has read the modules. */
#define CODE_OF_MODULES 0xffff0000U

static struct reasons *open_reasons(struct kernel_btf **btf, const struct reason_enum *from,
				    struct error *error)
{
	struct reasons *reasons;

	*btf = kernel_btf_open(error);
	if (!*btf)
		return NULL;
	reasons = reasons_new(*btf, from);
	if (!reasons)
		error_set(error, -ENOMEM, "out of memory");
	return reasons;
}

int kernel_reasons_list(bool resets, struct strbuf *names, struct error *error)
{
	const struct reason_enum *from = resets ? &reset_reason_enum : &drop_reason_enum;
	struct kernel_btf *btf = NULL;
	struct reasons *reasons = open_reasons(&btf, from, error);

	if (reasons) {
		reason_name(reasons, CODE_OF_MODULES);
		reasons_list(reasons, names);
	}
	reasons_free(reasons);
	kernel_btf_close(btf);
	return reasons ? 0 : -EIO;
}

/* Returns the subsystem of a number without a name. */
struct subsystem {
	uint32_t number;
	const char *name;
};

static void find_subsystem(void *context, const char *name, uint32_t value)
{
	struct subsystem *wanted = context;

	if (value == wanted->number && strncmp(name, SUBSYSTEM_PREFIX, 23) == 0)
		wanted->name = name + 23;
}

static int unnamed(struct kernel_btf *btf, uint32_t code, struct error *error)
{
	struct subsystem wanted = { .number = code >> 16 };

	if (wanted.number)
		kernel_btf_visit_enums(btf, SUBSYSTEMS, false, find_subsystem, &wanted);
	if (wanted.name)
		return error_set(error, -ENOENT,
				 "%" PRIu32 ": the running kernel has no name for number %" PRIu32
				 " of subsystem %s; its module may not be loaded",
				 code, code & 0xffff, wanted.name);
	return error_set(error, -ENOENT,
			 "%" PRIu32 ": the running kernel has no drop reason with this number",
			 code);
}

int kernel_reason_of_number(uint32_t code, struct strbuf *name, struct error *error)
{
	struct kernel_btf *btf = NULL;
	struct reasons *reasons = open_reasons(&btf, &drop_reason_enum, error);
	const char *found = reasons ? reason_name(reasons, code) : NULL;
	int err = 0;

	if (found)
		strbuf_add(name, found);
	else
		err = reasons ? unnamed(btf, code, error) : -EIO;
	reasons_free(reasons);
	kernel_btf_close(btf);
	return err;
}
