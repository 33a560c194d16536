// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "report/annotation.h"
#include "stack_comments.h"

#define STACKS_WRITTEN 4096
#define STACKS_KEPT    256
#define REPEAT_NS      1000000000ULL

/* When the frames of a stack were written last; the later one of two ids with one slot. */
struct written_stack {
	uint64_t id;
	uint64_t timestamp_ns;
};

/* The comments of a stack, the later one of two ids with one slot. */
struct kept_stack {
	uint64_t id;
	char *frames; /* NULL: free */
	struct strbuf text;
	struct option_list comments; /* in the text */
};

struct stack_comments {
	struct written_stack written[STACKS_WRITTEN];
	struct kept_stack kept[STACKS_KEPT];
};

struct stack_comments *stack_comments_new(void)
{
	return calloc(1, sizeof(struct stack_comments));
}

void stack_comments_free(struct stack_comments *stacks)
{
	for (size_t i = 0; stacks && i < STACKS_KEPT; i++) {
		free(stacks->kept[i].frames);
		strbuf_free(&stacks->kept[i].text);
		option_list_free(&stacks->kept[i].comments);
	}
	free(stacks);
}

void stack_comments_forget(struct stack_comments *stacks)
{
	memset(stacks->written, 0, sizeof(stacks->written));
}

static bool has_stack_of(const struct kept_stack *kept, const struct drop_report *report,
			 uint64_t id)
{
	return kept->frames && kept->id == id &&
	       (report->has_unique_stack_id || strcmp(kept->frames, report->frames) == 0);
}

/* The comments of the stack in its slot, made if it has another stack; NULL: no memory. */
static const struct kept_stack *find_comments(struct stack_comments *stacks,
					      const struct drop_report *report, uint64_t id)
{
	struct kept_stack *kept = &stacks->kept[id % STACKS_KEPT];

	if (has_stack_of(kept, report, id))
		return kept;
	free(kept->frames);
	kept->id = id;
	kept->frames = strdup(report->frames);
	strbuf_clear(&kept->text);
	option_list_clear(&kept->comments);
	if (!annotation_format_stack(report, &kept->text))
		annotation_repeat_stack(report, &kept->text);
	option_list_add_comments(&kept->comments, &kept->text);
	if (kept->frames && !kept->comments.failed)
		return kept;
	free(kept->frames);
	kept->frames = NULL;
	return NULL;
}

void stack_comments_add(struct stack_comments *stacks, const struct drop_report *report,
			struct option_list *options)
{
	const char *source = report_text(report, KEY_stack);
	uint64_t id = report_number(report, KEY_stack_id), now = report->timestamp_ns;
	struct written_stack *last = &stacks->written[id % STACKS_WRITTEN];
	bool recent = last->id == id && now - last->timestamp_ns < REPEAT_NS;
	const struct kept_stack *kept;

	if (!report->frames || !source)
		return;
	if (strcmp(source, "own") != 0 && (recent || strcmp(source, "sampled") != 0))
		return;
	kept = find_comments(stacks, report, id);
	if (kept)
		option_list_append(options, &kept->comments);
	else
		options->failed = true;
	*last = (struct written_stack){ id, now };
}
