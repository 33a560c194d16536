// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A library to preload into tcpdropcap that takes the place of an exploit: when the program reads
 * bytes that contain "planted action", or looks for events while the file that PLANTED_FILE names
 * exists, it tries
 * what an attacker would do, and writes the result of each action to stderr. A folder to write in
 * is in PLANTED_OUTSIDE.
 */
#include <bpf/libbpf.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAGIC "planted action"

ssize_t read(int fd, void *bytes, size_t size);

static void result(const char *action, long got)
{
	char line[128];
	int length = snprintf(line, sizeof(line), "planted: %s: %s\n", action,
			      got >= 0 ? "done" : strerrorname_np(errno));

	if (write(STDERR_FILENO, line, (size_t)length) < 0)
		return;
}

static char *outside(const char *name)
{
	static char path[4096];
	const char *folder = getenv("PLANTED_OUTSIDE");

	snprintf(path, sizeof(path), "%s/%s", folder ? folder : "/nonexistent", name);
	return path;
}

/* The last action: where it succeeds, this process is another one. */
static void start_processes(void)
{
	char *const words[] = { (char[]){ "true" }, NULL };
	pid_t child = fork();

	if (!child)
		_exit(0);
	result("fork", child);
	if (child > 0)
		waitpid(child, NULL, 0);
	execv("/bin/true", words);
	result("execve", -1);
}

static void change_files(void)
{
	result("create", open(outside("new"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	result("overwrite", open(outside("old"), O_WRONLY | O_CLOEXEC));
	result("mkdir", mkdir(outside("folder"), 0700));
	result("symlink", symlink("/etc/passwd", outside("link")));
	result("chmod", chmod(outside("old"), 0666));
	result("unlink", unlink(outside("old")));
}

static void act(void)
{
	result("socket", socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
	result("unix socket", socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
	result("kill", kill(getppid(), 0));
	result("ptrace", ptrace(PTRACE_SEIZE, getppid(), 0, 0));
	result("code", mmap(NULL, 4096, PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			    0) == MAP_FAILED
			       ? -1
			       : 0);
	change_files();
	start_processes();
}

static pid_t loader;
static int (*next_consume)(struct ring_buffer *buffer);

__attribute__((constructor)) static void prepare(void)
{
	loader = getpid();
	*(void **)&next_consume = dlsym(RTLD_NEXT, "ring_buffer__consume");
}

/* Once; processes that the program has started do not act. */
static void act_if(bool is_triggered)
{
	static bool has_acted;
	int err = errno;

	if (!has_acted && is_triggered && getpid() == loader) {
		has_acted = true;
		act();
	}
	errno = err;
}

ssize_t read(int fd, void *bytes, size_t size)
{
	ssize_t n = syscall(SYS_read, fd, bytes, size);

	act_if(n > 0 && memmem(bytes, (size_t)n, MAGIC, strlen(MAGIC)));
	return n;
}

/* A capture calls it many times a second. */
int ring_buffer__consume(struct ring_buffer *buffer)
{
	const char *file = getenv("PLANTED_FILE");

	act_if(file && !access(file, F_OK));
	return next_consume(buffer);
}
