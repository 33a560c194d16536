// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>

#include "syscall_filter.h"

#ifdef WITHOUT_SECCOMP
int syscall_filter_load(enum confine_role role, bool opens_outputs)
{
	(void)role;
	(void)opens_outputs;
	return -EOPNOTSUPP;
}
#else
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/nsfs.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define ROLE(name)  (1U << CONFINE_##name)
#define EVERY	    (ROLE(READER) | ROLE(CAPTURE) | ROLE(TOP) | ROLE(COUNTERS))
#define OF_KERNEL   (ROLE(CAPTURE) | ROLE(TOP))
#define OF_THREADS  (ROLE(CAPTURE) | ROLE(TOP))
#define OF_ENTERING (ROLE(TOP) | ROLE(COUNTERS))
#define OF_OUTPUTS  (1U << 31) /* of each role that opens outputs */

#define READ_ONLY    (O_ACCMODE | O_CREAT | O_TRUNC)

/* What later C libraries use for a terminal; older headers lack struct termios2, of 44 bytes. */
#define GET_TERMIOS2 _IOC(_IOC_READ, 'T', 0x2a, 44)
#define SET_TERMIOS2 _IOC(_IOC_WRITE, 'T', 0x2b, 44)

/* libseccomp knows these by their numbers alone, if the headers are older than the kernel. */
#define CALL(name)   SCMP_SYS(name)

/* A system call, by its name: one that the machine does not have is left out. */
struct rule {
	int number;
	unsigned int roles;
	struct scmp_arg_cmp argument; /* what it must be; all zero: anything */
};

#define ANY(name, roles)           \
	{                          \
		CALL(name), roles, \
		{                  \
			0          \
		}                  \
	}
#define ONE(name, roles, arg, value)               \
	{                                          \
		CALL(name), roles,                 \
		{                                  \
			arg, SCMP_CMP_EQ, value, 0 \
		}                                  \
	}
#define BITS(name, roles, arg, mask, value)                  \
	{                                                    \
		CALL(name), roles,                           \
		{                                            \
			arg, SCMP_CMP_MASKED_EQ, mask, value \
		}                                            \
	}

/* clang-format off */
static const struct rule rules[] = {
	/* Descriptors that are open. */
	ANY(read, EVERY), ANY(readv, EVERY), ANY(pread64, EVERY), ANY(write, EVERY),
	ANY(writev, EVERY), ANY(pwrite64, EVERY), ANY(close, EVERY), ANY(lseek, EVERY),
	ANY(_llseek, EVERY), ANY(fstat, EVERY), ANY(fstat64, EVERY), ANY(fstatfs, EVERY),
	ANY(fstatfs64, EVERY), ANY(fcntl, EVERY), ANY(fcntl64, EVERY), ANY(dup, EVERY),
	ANY(ftruncate, EVERY), ANY(ftruncate64, EVERY), ANY(flock, EVERY), ANY(fsync, EVERY),
	ANY(fdatasync, EVERY), ANY(getdents64, EVERY), ANY(poll, EVERY), ANY(ppoll, EVERY),
	ANY(ppoll_time64, EVERY), ANY(select, EVERY), ANY(pselect6, EVERY),
	/* The terminal, and the number of a namespace. */
	ONE(ioctl, EVERY, 1, TCGETS), ONE(ioctl, EVERY, 1, TIOCGWINSZ),
	ONE(ioctl, EVERY, 1, GET_TERMIOS2), ONE(ioctl, OF_KERNEL, 1, SET_TERMIOS2),
	ONE(ioctl, OF_KERNEL, 1, TCSETS), ONE(ioctl, OF_KERNEL, 1, TIOCGPGRP),
	ONE(ioctl, EVERY, 1, NS_GET_NSTYPE),
	ONE(ioctl, OF_KERNEL, 1, PERF_EVENT_IOC_DISABLE),
	/* Files by name. */
	BITS(openat, EVERY, 2, READ_ONLY, O_RDONLY), BITS(open, EVERY, 1, READ_ONLY, O_RDONLY),
	ANY(openat, OF_OUTPUTS), ANY(open, OF_OUTPUTS), ANY(rename, OF_OUTPUTS),
	ANY(renameat, OF_OUTPUTS), ANY(renameat2, OF_OUTPUTS), ANY(unlink, EVERY),
	ANY(unlinkat, EVERY), ANY(stat, EVERY), ANY(stat64, EVERY), ANY(lstat, EVERY),
	ANY(lstat64, EVERY), ANY(newfstatat, EVERY), ANY(fstatat64, EVERY), ANY(statx, EVERY),
	ANY(statfs, EVERY), ANY(statfs64, EVERY), ANY(access, EVERY), ANY(faccessat, EVERY),
	ANY(faccessat2, EVERY), ANY(readlink, EVERY), ANY(readlinkat, EVERY), ANY(getcwd, EVERY),
	ANY(open_by_handle_at, OF_KERNEL),
	/* Memory. */
	ANY(brk, EVERY), ANY(munmap, EVERY), ANY(mremap, EVERY), ANY(madvise, EVERY),
	BITS(mmap, EVERY, 2, PROT_EXEC, 0), BITS(mmap2, EVERY, 2, PROT_EXEC, 0),
	BITS(mprotect, EVERY, 2, PROT_EXEC, 0),
	/* Time. */
	ANY(clock_gettime, EVERY), ANY(clock_gettime64, EVERY), ANY(clock_getres, EVERY),
	ANY(clock_nanosleep, EVERY), ANY(clock_nanosleep_time64, EVERY), ANY(nanosleep, EVERY),
	ANY(gettimeofday, EVERY), ANY(time, EVERY), ANY(times, EVERY),
	/* The process itself. */
	ANY(getpid, EVERY), ANY(gettid, EVERY), ANY(getuid, EVERY), ANY(geteuid, EVERY),
	ANY(getgid, EVERY), ANY(getegid, EVERY), ANY(getppid, EVERY), ANY(getpgrp, EVERY),
	ANY(getpgid, EVERY), ANY(capget, EVERY),
	ANY(rt_sigaction, EVERY), ANY(rt_sigprocmask, EVERY), ANY(rt_sigreturn, EVERY),
	ANY(sigreturn, EVERY), ANY(sigaltstack, EVERY), ANY(restart_syscall, EVERY),
	ANY(exit, EVERY), ANY(exit_group, EVERY), ANY(getrandom, EVERY), ANY(uname, EVERY),
	ANY(sysinfo, EVERY), ANY(sched_yield, EVERY), ANY(sched_getaffinity, EVERY),
	ANY(getrusage, EVERY), ANY(getrlimit, EVERY), ANY(ugetrlimit, EVERY),
	ONE(prlimit64, EVERY, 2, 0), ANY(umask, EVERY), ANY(getcpu, EVERY),
	/* Threads. */
	ANY(futex, EVERY), ANY(futex_time64, EVERY), ANY(set_robust_list, EVERY),
	ANY(rseq, EVERY), ANY(membarrier, OF_KERNEL), ANY(sched_setscheduler, OF_KERNEL),
	ANY(setpriority, OF_KERNEL), ANY(getpriority, OF_KERNEL),
	BITS(clone, OF_THREADS, 0, CLONE_THREAD, CLONE_THREAD),
	ONE(prctl, OF_THREADS, 0, PR_SET_NAME),
	/* The kernel's ring and tables. */
	ANY(epoll_create1, OF_KERNEL), ANY(epoll_ctl, OF_KERNEL), ANY(epoll_wait, OF_KERNEL),
	ANY(epoll_pwait, OF_KERNEL), ANY(epoll_pwait2, OF_KERNEL), ANY(eventfd2, OF_KERNEL),
	ANY(timerfd_create, OF_KERNEL),
	ANY(timerfd_settime, OF_KERNEL), ANY(timerfd_settime64, OF_KERNEL), ANY(wait4, OF_KERNEL),
	ONE(bpf, OF_KERNEL, 0, BPF_MAP_LOOKUP_ELEM), ONE(bpf, OF_KERNEL, 0, BPF_MAP_UPDATE_ELEM),
	ONE(bpf, OF_KERNEL, 0, BPF_MAP_DELETE_ELEM), ONE(bpf, OF_KERNEL, 0, BPF_MAP_GET_NEXT_KEY),
	ONE(bpf, OF_KERNEL, 0, BPF_PROG_GET_NEXT_ID), ONE(bpf, OF_KERNEL, 0, BPF_PROG_GET_FD_BY_ID),
	ONE(bpf, OF_KERNEL, 0, BPF_BTF_GET_NEXT_ID),
	ONE(bpf, OF_KERNEL, 0, BPF_BTF_GET_FD_BY_ID), ONE(bpf, OF_KERNEL, 0, BPF_OBJ_GET_INFO_BY_FD),
	ONE(bpf, OF_KERNEL, 0, BPF_ITER_CREATE),
	/* Namespaces and their counters. */
	ONE(setns, OF_ENTERING, 1, CLONE_NEWNET),
	ONE(socket, ROLE(COUNTERS), 0, AF_NETLINK), ONE(socket, ROLE(COUNTERS), 0, AF_UNIX),
	ANY(getsockopt, ROLE(COUNTERS)), ANY(sendto, ROLE(COUNTERS)), ANY(send, ROLE(COUNTERS)),
	ANY(recvfrom, ROLE(COUNTERS)), ANY(recv, ROLE(COUNTERS)), ANY(shutdown, ROLE(CAPTURE)),
};
/* clang-format on */

static int add(scmp_filter_ctx filter, const struct rule *rule)
{
	struct scmp_arg_cmp nothing = { 0 };
	bool compares = rule->argument.op != nothing.op;

	return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, rule->number, compares,
				      &rule->argument);
}

/*
 * A thread may only send signals to its own process: abort(3) and raise(3) do. The C library tries
 * clone3 first, whose flags a filter cannot see.
 */
static int add_special(scmp_filter_ctx filter)
{
	int err = seccomp_rule_add(filter, SCMP_ACT_ALLOW, CALL(tgkill), 1,
				   SCMP_A0(SCMP_CMP_EQ, (uint64_t)getpid()));

	return err ? err : seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), CALL(clone3), 0);
}

int syscall_filter_load(enum confine_role role, bool opens_outputs)
{
	unsigned int roles = 1U << role | (opens_outputs ? OF_OUTPUTS : 0);
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int err = filter ? seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1) : -ENOMEM;

	for (size_t i = 0; !err && i < sizeof(rules) / sizeof(rules[0]); i++) {
		if (rules[i].roles & roles)
			err = add(filter, &rules[i]);
	}
	if (!err)
		err = add_special(filter);
	if (!err)
		err = seccomp_load(filter);
	seccomp_release(filter);
	return err;
}
#endif
