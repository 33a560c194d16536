// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * usage: deny fentry|fentry,kprobe COMMAND...
 * Runs the command in its own process and refuses it what some kernels and containers refuse:
 * EPERM for the load of fentry and fexit programs and, in the second form, for perf_event_open,
 * which attaches kprobes. A child process inspects each bpf() call (seccomp's user notification,
 * Linux 5.5) and lets the others pass.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static int install(bool deny_perf)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_bpf, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_perf_event_open, 0, 1),
		BPF_STMT(BPF_RET | BPF_K,
			 deny_perf ? SECCOMP_RET_ERRNO | EPERM : SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof(filter) / sizeof(filter[0]), filter };
	long fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER,
			  &program);

	if (fd < 0)
		die("seccomp");
	return (int)fd;
}

static bool is_denied(int memory, const struct seccomp_data *call)
{
	union bpf_attr attr = { 0 };
	size_t size = call->args[2] < sizeof(attr) ? call->args[2] : sizeof(attr);

	if (call->args[0] != BPF_PROG_LOAD ||
	    pread(memory, &attr, size, (off_t)call->args[1]) != (ssize_t)size)
		return false;
	return attr.prog_type == BPF_PROG_TYPE_TRACING &&
	       (attr.expected_attach_type == BPF_TRACE_FENTRY ||
		attr.expected_attach_type == BPF_TRACE_FEXIT);
}

static void supervise(int listener, pid_t pid)
{
	struct seccomp_notif_resp response;
	struct seccomp_notif call;
	char path[64];
	int memory;

	/* Landlock keeps the command's end from sending a signal. */
	snprintf(path, sizeof(path), "/proc/%d/mem", pid);
	for (;;) {
		struct pollfd asked = { .fd = listener, .events = POLLIN };

		if (poll(&asked, 1, 200) == 0) {
			if (getppid() != pid)
				exit(0);
			continue;
		}
		memset(&call, 0, sizeof(call));
		if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &call)) {
			if (errno == EINTR)
				continue;
			exit(0);
		}
		memory = open(path, O_RDONLY | O_CLOEXEC); /* again: exec replaced the memory */
		response = (struct seccomp_notif_resp){ .id = call.id };
		if (is_denied(memory, &call.data))
			response.error = -EPERM;
		else
			response.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
		close(memory);
		ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response);
	}
}

int main(int argc, char **argv)
{
	int listener;

	if (argc < 3 || strncmp(argv[1], "fentry", 6) != 0) {
		fprintf(stderr, "usage: deny fentry|fentry,kprobe COMMAND...\n");
		return 2;
	}
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		die("prctl");
	listener = install(strcmp(argv[1], "fentry,kprobe") == 0);
	if (fork() == 0)
		supervise(listener, getppid());
	close(listener);
	execvp(argv[2], argv + 2);
	die(argv[2]);
}
