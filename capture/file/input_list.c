// SPDX-License-Identifier: GPL-2.0-or-later
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "input.h"
#include "input_list.h"
#include "output.h"
#include "pcapng/reader.h"

#define PROGRAM		"tcpdropcap"
#define BLOCKS_READ_MAX 100000 /* of a file, until one has a time */

struct listed_input {
	char *path;
	bool of_folder;
	bool is_ours;
	uint64_t time_ns; /* of its first packet or statistics; 0: unknown */
	size_t place;	  /* in the order of the names */
};

static int no_memory(struct error *error)
{
	return error_set(error, -ENOMEM, "out of memory");
}

static bool reserve(struct input_list *list)
{
	size_t capacity = list->capacity ? list->capacity * 2 : 16;
	struct listed_input *inputs;
	const char **paths;

	if (list->count < list->capacity)
		return true;
	inputs = reallocarray(list->inputs, capacity, sizeof(*inputs));
	if (!inputs)
		return false;
	list->inputs = inputs;
	paths = reallocarray(list->paths, capacity, sizeof(*paths));
	if (!paths)
		return false;
	list->paths = paths;
	list->capacity = capacity;
	return true;
}

/* Takes the path, which may be NULL for lack of memory. */
static int add(struct input_list *list, char *path, bool of_folder, struct error *error)
{
	if (list->count == INPUT_LIST_MAX) {
		free(path);
		return error_set(error, -E2BIG, "-r: more than %d files; read parts of them",
				 INPUT_LIST_MAX);
	}
	if (!path || !reserve(list)) {
		free(path);
		return no_memory(error);
	}
	list->paths[list->count] = path;
	list->inputs[list->count] =
		(struct listed_input){ .path = path, .of_folder = of_folder, .place = list->count };
	list->count++;
	return 0;
}

static bool is_unfinished(const char *name)
{
	size_t length = strlen(name), end = strlen(OUTPUT_PART);

	return length > end && strcmp(name + length - end, OUTPUT_PART) == 0;
}

static int add_entry(struct input_list *list, const char *folder, const char *name,
		     struct error *error)
{
	struct stat st;
	char *path;

	if (name[0] == '.')
		return 0;
	if (is_unfinished(name)) {
		list->unfinished++;
		return 0;
	}
	if (asprintf(&path, "%s/%s", folder, name) < 0)
		return no_memory(error);
	if (stat(path, &st) || !S_ISREG(st.st_mode)) {
		free(path);
		return 0;
	}
	return add(list, path, true, error);
}

static int add_folder(struct input_list *list, const char *folder, struct error *error)
{
	struct dirent **names;
	size_t before = list->count;
	int count = scandir(folder, &names, NULL, alphasort), err = 0;

	if (count < 0)
		return error_set(error, -errno, "%s: cannot read it: %s", folder, strerror(errno));
	for (int i = 0; i < count; i++) {
		if (!err)
			err = add_entry(list, folder, names[i]->d_name, error);
		free(names[i]);
	}
	free(names);
	if (!err && list->count == before)
		return error_set(error, -ENOENT, "%s: no finished file is in this folder", folder);
	return err;
}

int input_list_add(struct input_list *list, const char *path, struct error *error)
{
	struct stat st;

	if (strcmp(path, "-") != 0 && !stat(path, &st) && S_ISDIR(st.st_mode))
		return add_folder(list, path, error);
	return add(list, strdup(path), false, error);
}

static bool names_us(const struct pcapng_item *item)
{
	struct pcapng_option option;
	size_t at = 0;

	while (pcapng_item_option(item, &at, &option)) {
		if (option.code == PCAPNG_SHB_USERAPPL && option.length >= strlen(PROGRAM) &&
		    memcmp(option.value, PROGRAM, strlen(PROGRAM)) == 0)
			return true;
	}
	return false;
}

/* Damage is ignored here; the reader of the whole file reports it. */
static void read_start(struct listed_input *input, struct pcapng_reader *reader)
{
	struct pcapng_item item;

	for (int i = 0; i < BLOCKS_READ_MAX && pcapng_reader_next(reader, &item) > 0; i++) {
		if (item.type == PCAPNG_SECTION && item.raw)
			input->is_ours |= names_us(&item);
		if (item.has_timestamp &&
		    (item.type == PCAPNG_PACKET || item.type == PCAPNG_STATISTICS)) {
			input->time_ns = item.timestamp_ns;
			return;
		}
		if (input->of_folder && !input->is_ours)
			return;
	}
}

static int find_start(struct listed_input *input, struct error *error)
{
	struct pcapng_reader *reader;
	struct error ignored;
	struct stat st;
	struct input *file;

	if (strcmp(input->path, "-") == 0 || (!stat(input->path, &st) && !S_ISREG(st.st_mode)))
		return error_set(error, -EINVAL,
				 "-r %s: a pipe can only be read alone, not with other files",
				 input->path);
	file = input_open(input->path, &ignored);
	if (!file)
		return 0;
	reader = pcapng_reader_new(input_source(file));
	if (reader)
		read_start(input, reader);
	pcapng_reader_free(reader);
	input_close(file);
	return reader ? 0 : no_memory(error);
}

static int by_time(const void *a, const void *b)
{
	const struct listed_input *one = a, *other = b;

	if (one->time_ns != other->time_ns)
		return one->time_ns < other->time_ns ? -1 : 1;
	return one->place < other->place ? -1 : one->place > other->place;
}

static void remove_foreign(struct input_list *list)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++) {
		struct listed_input *input = &list->inputs[i];

		if (input->of_folder && !input->is_ours) {
			list->foreign++;
			free(input->path);
		} else {
			list->inputs[kept++] = *input;
		}
	}
	list->count = kept;
}

int input_list_sort(struct input_list *list, struct error *error)
{
	int err = 0;

	if (list->count == 1 && !list->inputs[0].of_folder)
		return 0;
	for (size_t i = 0; !err && i < list->count; i++)
		err = find_start(&list->inputs[i], error);
	if (err)
		return err;
	remove_foreign(list);
	if (!list->count)
		return error_set(error, -ENOENT, "-r: the folder has no capture file of " PROGRAM);
	qsort(list->inputs, list->count, sizeof(*list->inputs), by_time);
	for (size_t i = 0; i < list->count; i++)
		list->paths[i] = list->inputs[i].path;
	return 0;
}

void input_list_free(struct input_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->inputs[i].path);
	free(list->inputs);
	free(list->paths);
	*list = (struct input_list){ 0 };
}
