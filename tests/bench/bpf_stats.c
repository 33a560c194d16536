// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * bpf_stats COMMAND...: runs the command with the kernel counting what BPF programs cost. Unlike with
 * the sysctl, there is nothing to be set back, and nobody else can switch it off.
 */
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	union bpf_attr attr;
	int fd;

	if (argc < 2) {
		fprintf(stderr, "usage: bpf_stats COMMAND...\n");
		return 2;
	}
	memset(&attr, 0, sizeof(attr));
	attr.enable_stats.type = BPF_STATS_RUN_TIME;
	fd = (int)syscall(SYS_bpf, BPF_ENABLE_STATS, &attr, sizeof(attr.enable_stats));
	if (fd < 0 || dup(fd) < 0) { /* the copy stays open in the command */
		perror("BPF_ENABLE_STATS");
		return 1;
	}
	execvp(argv[1], argv + 1);
	perror(argv[1]);
	return 127;
}
