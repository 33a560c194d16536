// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "option_list.h"
#include "report/annotation.h"

void option_list_clear(struct option_list *options)
{
	options->count = 0;
	options->failed = false;
}

void option_list_free(struct option_list *options)
{
	free(options->list);
	*options = (struct option_list){ 0 };
}

static bool reserve(struct option_list *options)
{
	size_t capacity = options->capacity ? options->capacity * 2 : 16;
	struct pcapng_option *grown;

	if (options->count < options->capacity)
		return true;
	grown = reallocarray(options->list, capacity, sizeof(*grown));
	if (!grown) {
		options->failed = true;
		return false;
	}
	options->list = grown;
	options->capacity = capacity;
	return true;
}

void option_list_add(struct option_list *options, uint16_t code, const void *value, size_t length)
{
	if (!reserve(options))
		return;
	options->list[options->count++] = (struct pcapng_option){
		.code = code,
		.length = (uint16_t)(length < UINT16_MAX ? length : UINT16_MAX),
		.value = value,
	};
}

void option_list_add_text(struct option_list *options, uint16_t code, const char *text)
{
	option_list_add(options, code, text, strlen(text));
}

void option_list_add_u32(struct option_list *options, uint16_t code, const uint32_t *value)
{
	option_list_add(options, code, value, sizeof(*value));
	if (options->count)
		options->list[options->count - 1].width = sizeof(*value);
}

void option_list_add_comments(struct option_list *options, const struct strbuf *annotation)
{
	const char *cursor = strbuf_string(annotation), *comment;
	size_t length;

	while ((comment = annotation_next(&cursor, &length)))
		option_list_add(options, PCAPNG_OPT_COMMENT, comment, length);
	options->failed |= annotation->failed;
}

void option_list_append(struct option_list *options, const struct option_list *others)
{
	for (size_t i = 0; i < others->count; i++) {
		if (reserve(options))
			options->list[options->count++] = others->list[i];
	}
}

struct pcapng_options option_list_all(const struct option_list *options)
{
	return (struct pcapng_options){ options->list, options->count };
}
