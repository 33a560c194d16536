/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ITER_TYPES_BPF_H
#define ITER_TYPES_BPF_H

/* The types of maps and of iterators, as kernel_types.bpf.h has those of the network. */

#include <linux/bpf.h>
#include <bpf/bpf_core_read.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct task_struct;
struct file;
struct bpf_map;
struct sock_common;

/* A per-CPU array map. */
struct bpf_array {
	void *pptrs[1];
};

struct seq_file;

struct bpf_iter_meta {
	struct seq_file *seq;
};

struct bpf_iter__task_file {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
	__u32 fd;
	struct file *file;
};

struct bpf_iter__bpf_map_elem {
	struct bpf_iter_meta *meta;
	struct bpf_map *map;
	void *key;
	void *value;
};

struct bpf_iter__tcp {
	struct bpf_iter_meta *meta;
	struct sock_common *sk_common;
};

#pragma clang attribute pop

#endif
