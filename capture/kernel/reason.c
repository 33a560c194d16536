// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "reason.h"
#include "util/time.h"

static const char *const drop_markers[] = { "SKB_NOT_DROPPED_YET", "SKB_CONSUMED",
					    "SKB_DROP_REASON_MAX", "SKB_DROP_REASON_SUBSYS_MASK",
					    NULL };
static const char *const reset_markers[] = { "SK_RST_REASON_MAX", NULL };

const struct reason_enum drop_reason_enum = { "_drop_reason", "SKB_DROP_REASON_", drop_markers };
const struct reason_enum reset_reason_enum = { "sk_rst_reason", "SK_RST_REASON_", reset_markers };

struct reason {
	uint32_t code;
	const char *name;
};

struct reasons {
	struct kernel_btf *btf;
	const struct reason_enum *from;
	struct reason *list; /* sorted by code */
	size_t count;
	bool failed;
	bool modules_read;
	time_t read_s; /* monotonic: when the modules were read */
};

static const char *without_prefix(const struct reasons *reasons, const char *name)
{
	size_t length = strlen(reasons->from->prefix);

	return strncasecmp(name, reasons->from->prefix, length) == 0 ? name + length : name;
}

static bool is_marker(const struct reasons *reasons, const char *name)
{
	for (const char *const *marker = reasons->from->markers; *marker; marker++) {
		if (strcmp(name, *marker) == 0)
			return true;
	}
	return false;
}

static void add_reason(void *context, const char *name, uint32_t code)
{
	struct reasons *reasons = context;
	struct reason *grown;

	if (is_marker(reasons, name))
		return;
	grown = realloc(reasons->list, (reasons->count + 1) * sizeof(*grown));
	if (!grown) {
		reasons->failed = true;
		return;
	}
	reasons->list = grown;
	reasons->list[reasons->count++] = (struct reason){ code, without_prefix(reasons, name) };
}

static int compare_codes(const void *a, const void *b)
{
	const struct reason *left = a, *right = b;

	return (left->code > right->code) - (left->code < right->code);
}

static void read_names(struct reasons *reasons, bool modules)
{
	reasons->count = 0;
	kernel_btf_visit_enums(reasons->btf, reasons->from->suffix, modules, add_reason, reasons);
	if (reasons->count)
		qsort(reasons->list, reasons->count, sizeof(*reasons->list), compare_codes);
}

/* Returns whether it read them, which it does once a second at most. */
static bool read_modules(struct reasons *reasons)
{
	time_t now = time_monotonic_s();

	if (reasons->modules_read && reasons->read_s == now)
		return false;
	reasons->modules_read = true;
	reasons->read_s = now;
	read_names(reasons, true);
	return true;
}

struct reasons *reasons_new(struct kernel_btf *btf, const struct reason_enum *from)
{
	struct reasons *reasons = calloc(1, sizeof(*reasons));

	if (!reasons)
		return NULL;
	reasons->btf = btf;
	reasons->from = from;
	read_names(reasons, false);
	if (reasons->failed) {
		reasons_free(reasons);
		return NULL;
	}
	return reasons;
}

void reasons_free(struct reasons *reasons)
{
	if (!reasons)
		return;
	free(reasons->list);
	free(reasons);
}

size_t reasons_count(const struct reasons *reasons)
{
	return reasons->count;
}

static const struct reason *find_code(const struct reasons *reasons, uint32_t code)
{
	struct reason key = { .code = code };

	return reasons->count
		       ? bsearch(&key, reasons->list, reasons->count, sizeof(key), compare_codes)
		       : NULL;
}

const char *reason_name(struct reasons *reasons, uint32_t code)
{
	const struct reason *found = find_code(reasons, code);

	if (!found && code >> 16 && read_modules(reasons))
		found = find_code(reasons, code);
	return found ? found->name : NULL;
}

int reason_find_known(const struct reasons *reasons, const char *name, uint32_t *code)
{
	for (size_t i = 0; i < reasons->count; i++) {
		if (strcasecmp(without_prefix(reasons, name), reasons->list[i].name) == 0) {
			*code = reasons->list[i].code;
			return 0;
		}
	}
	return -ENOENT;
}

int reason_find(struct reasons *reasons, const char *name, uint32_t *code)
{
	if (!reason_find_known(reasons, name, code))
		return 0;
	return read_modules(reasons) ? reason_find_known(reasons, name, code) : -ENOENT;
}

void reasons_list(const struct reasons *reasons, struct strbuf *text)
{
	for (size_t i = 0; i < reasons->count; i++) {
		if (i)
			strbuf_add(text, ", ");
		strbuf_add(text, reasons->list[i].name);
	}
}
