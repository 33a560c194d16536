// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Saves and restores the owners that a capture has recorded by socket address (bpf/owner.bpf.h), to
 * test entries that outlive their sockets.
 *
 *   owners save PID FILE
 *     writes all entries of the map `owners` of the capture with that PID to FILE; prints their
 *     number.
 *   owners restore PID FILE
 *     writes them into the map again; prints their number.
 *   owners reused PID FILE
 *     prints how many of their addresses now belong to another socket: the capture has recorded
 *     another owner for the address, or a child of a listener.
 *   owners fill PID MAP
 *     fills that map of the capture with entries of the addresses 1, 2, ..., which no socket has,
 *     until it is full; each begins with the byte 1. Prints their number.
 *   owners empty PID MAP
 *     removes those from 4 on; prints their number.
 */
#include <dirent.h>
#include <linux/bpf.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define VALUE_MAX 256

struct entry {
	uint64_t address;
	uint8_t value[VALUE_MAX];
};

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static long bpf(enum bpf_cmd command, union bpf_attr *attr)
{
	return syscall(SYS_bpf, command, attr, sizeof(*attr));
}

/* Returns a descriptor of the map with that id if the map has that name, else -1. */
static int open_map(uint32_t id, const char *name)
{
	struct bpf_map_info info = { 0 };
	union bpf_attr attr = { .map_id = id };
	int fd = (int)bpf(BPF_MAP_GET_FD_BY_ID, &attr);

	if (fd < 0)
		return -1;
	memset(&attr, 0, sizeof(attr));
	attr.info.bpf_fd = (uint32_t)fd;
	attr.info.info_len = sizeof(info);
	attr.info.info = (uintptr_t)&info;
	if (!bpf(BPF_OBJ_GET_INFO_BY_FD, &attr) && strcmp(info.name, name) == 0 &&
	    info.key_size == sizeof(uint64_t) && info.value_size <= VALUE_MAX)
		return fd;
	close(fd);
	return -1;
}

/* Returns the map id of the process's descriptor, 0 if the descriptor is not a map. */
static uint32_t map_id(const char *pid, const char *descriptor)
{
	char path[300], line[100];
	uint32_t id = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%s/fdinfo/%s", pid, descriptor);
	file = fopen(path, "r");
	while (file && fgets(line, sizeof(line), file))
		sscanf(line, "map_id: %u", &id);
	if (file)
		fclose(file);
	return id;
}

static int find_map(const char *pid, const char *name)
{
	struct dirent *entry;
	char path[100];
	int fd = -1;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%s/fdinfo", pid);
	dir = opendir(path);
	if (!dir)
		die(path);
	while (fd < 0 && (entry = readdir(dir))) {
		uint32_t id = map_id(pid, entry->d_name);

		if (id)
			fd = open_map(id, name);
	}
	closedir(dir);
	if (fd < 0)
		die(name);
	return fd;
}

static int save(int map, FILE *file)
{
	struct entry entry = { 0 };
	union bpf_attr attr;
	uint64_t previous = 0;
	int count = 0;

	for (;;) {
		memset(&attr, 0, sizeof(attr));
		attr.map_fd = (uint32_t)map;
		attr.key = count ? (uintptr_t)&previous : 0;
		attr.next_key = (uintptr_t)&entry.address;
		if (bpf(BPF_MAP_GET_NEXT_KEY, &attr))
			return count;
		attr.key = (uintptr_t)&entry.address;
		attr.value = (uintptr_t)entry.value;
		if (bpf(BPF_MAP_LOOKUP_ELEM, &attr) || fwrite(&entry, sizeof(entry), 1, file) != 1)
			die("save");
		previous = entry.address;
		count++;
	}
}

static bool look_up(int map, uint64_t address, uint8_t *value)
{
	union bpf_attr attr = { .map_fd = (uint32_t)map };

	attr.key = (uintptr_t)&address;
	attr.value = (uintptr_t)value;
	return !bpf(BPF_MAP_LOOKUP_ELEM, &attr);
}

static bool restore(int map, struct entry *entry)
{
	union bpf_attr attr = { .map_fd = (uint32_t)map };

	attr.key = (uintptr_t)&entry->address;
	attr.value = (uintptr_t)entry->value;
	return !bpf(BPF_MAP_UPDATE_ELEM, &attr);
}

static int fill(int map)
{
	struct entry entry = { .value = { 1 } };

	do
		entry.address++;
	while (restore(map, &entry));
	return (int)entry.address - 1;
}

static int empty(int map)
{
	uint64_t address = 4;
	union bpf_attr attr = { .map_fd = (uint32_t)map };

	attr.key = (uintptr_t)&address;
	while (!bpf(BPF_MAP_DELETE_ELEM, &attr))
		address++;
	return (int)address - 4;
}

static bool is_reused(int owners, const struct entry *entry)
{
	uint8_t value[VALUE_MAX] = { 0 };

	return look_up(owners, entry->address, value) &&
	       memcmp(value, entry->value, sizeof(value)) != 0;
}

int main(int argc, char **argv)
{
	int owners, count = 0;
	struct entry entry;
	FILE *file;

	if (argc != 4)
		return 2;
	if (strcmp(argv[1], "fill") == 0 || strcmp(argv[1], "empty") == 0) {
		owners = find_map(argv[2], argv[3]);
		printf("%d\n", argv[1][0] == 'f' ? fill(owners) : empty(owners));
		return 0;
	}
	owners = find_map(argv[2], "owners");
	file = fopen(argv[3], strcmp(argv[1], "save") == 0 ? "w" : "r");
	if (!file)
		die(argv[3]);
	if (strcmp(argv[1], "save") == 0)
		count = save(owners, file);
	else if (strcmp(argv[1], "restore") == 0)
		while (fread(&entry, sizeof(entry), 1, file) == 1)
			count += restore(owners, &entry);
	else
		while (fread(&entry, sizeof(entry), 1, file) == 1)
			count += is_reused(owners, &entry);
	if (fclose(file))
		die(argv[3]);
	printf("%d\n", count);
	return 0;
}
