// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * bpf_stats COMMAND...: runs the command while the kernel counts the run time of BPF programs.
 * Unlike the sysctl, this needs no restoring, and no other process can switch it off.
 *
 * bpf_stats -e SECONDS: attaches an empty program to kfree_skb and prints "runs N ns T", with the
 * time T of one run: the cost of the counting itself.
 */
#include <linux/bpf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int bpf(enum bpf_cmd command, union bpf_attr *attr)
{
	return (int)syscall(SYS_bpf, command, attr, sizeof(*attr));
}

static int load_empty(void)
{
	static const struct bpf_insn nothing[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.prog_type = BPF_PROG_TYPE_RAW_TRACEPOINT;
	attr.insns = (uintptr_t)nothing;
	attr.insn_cnt = sizeof(nothing) / sizeof(nothing[0]);
	attr.license = (uintptr_t) "GPL";
	return bpf(BPF_PROG_LOAD, &attr);
}

static int measure_empty(unsigned int seconds)
{
	struct bpf_prog_info info;
	union bpf_attr attr;
	int fd = load_empty();

	memset(&attr, 0, sizeof(attr));
	attr.raw_tracepoint.name = (uintptr_t) "kfree_skb";
	attr.raw_tracepoint.prog_fd = (__u32)fd;
	if (fd < 0 || bpf(BPF_RAW_TRACEPOINT_OPEN, &attr) < 0) {
		perror("kfree_skb");
		return 1;
	}
	sleep(seconds);
	memset(&info, 0, sizeof(info));
	memset(&attr, 0, sizeof(attr));
	attr.info.bpf_fd = (__u32)fd;
	attr.info.info_len = sizeof(info);
	attr.info.info = (uintptr_t)&info;
	if (bpf(BPF_OBJ_GET_INFO_BY_FD, &attr) < 0 || !info.run_cnt) {
		fprintf(stderr, "bpf_stats: the kernel counted no run\n");
		return 1;
	}
	printf("runs %llu ns %.1f\n", (unsigned long long)info.run_cnt,
	       (double)info.run_time_ns / (double)info.run_cnt);
	return 0;
}

int main(int argc, char **argv)
{
	union bpf_attr attr;
	int fd;

	if (argc < 2) {
		fprintf(stderr, "usage: bpf_stats COMMAND... | -e SECONDS\n");
		return 2;
	}
	memset(&attr, 0, sizeof(attr));
	attr.enable_stats.type = BPF_STATS_RUN_TIME;
	fd = bpf(BPF_ENABLE_STATS, &attr);
	if (fd < 0 || dup(fd) < 0) { /* the copy stays open in the command */
		perror("BPF_ENABLE_STATS");
		return 1;
	}
	if (strcmp(argv[1], "-e") == 0 && argc == 3)
		return measure_empty((unsigned int)atoi(argv[2]));
	execvp(argv[1], argv + 1);
	perror(argv[1]);
	return 127;
}
