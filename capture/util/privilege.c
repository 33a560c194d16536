// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/capability.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "privilege.h"

bool privilege_to_capture(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
	uint64_t effective;

	if (syscall(SYS_capget, &header, data))
		return true; /* then the kernel will say it */
	effective = (uint64_t)data[1].effective << 32 | data[0].effective;
	if (effective >> CAP_SYS_ADMIN & 1) /* stands for both (kernel commit a17b53c4a4b5) */
		return true;
	return effective >> CAP_BPF & 1 && effective >> CAP_PERFMON & 1;
}

void privilege_command(struct strbuf *text)
{
	char path[4096];
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);

	path[length < 0 ? 0 : length] = '\0';
	strbuf_add(text, "sudo setcap " PRIVILEGE_CAPABILITIES " ");
	strbuf_add_printable(text, path);
}
