// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * usage: xdp DEVICE native|generic PORT TARGET
 * Attaches a program of XDP to the device, which decides by the destination port of a TCP packet
 * over IPv4 without options, or over IPv6 without extensions: PORT is aborted, PORT+1 dropped,
 * PORT+2 redirected to a device that does not exist, PORT+3 sent back, PORT+4 redirected to the
 * device TARGET. All others pass. Prints "ready"; the program is detached when this one ends.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <netinet/in.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NOWHERE 0x7ffffff0 /* no device has that index */

#define INSN(code, dst, src, off, imm) ((struct bpf_insn){ (code), (dst), (src), (off), (imm) })
#define JUMP(op, dst, value, skipped)  INSN(BPF_JMP | (op) | BPF_K, dst, 0, skipped, value)
#define MOVE(dst, value)	       INSN(BPF_ALU64 | BPF_MOV | BPF_K, dst, 0, 0, value)
#define COPY(dst, src)		       INSN(BPF_ALU64 | BPF_MOV | BPF_X, dst, src, 0, 0)
#define ADD(dst, value)		       INSN(BPF_ALU64 | BPF_ADD | BPF_K, dst, 0, 0, value)
#define LOAD(size, dst, src, at)       INSN(BPF_LDX | (size) | BPF_MEM, dst, src, at, 0)
#define LEAVE()			       INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)

#define PORT4_AT (ETH_HLEN + 20 + 2)
#define PORT6_AT (ETH_HLEN + 40 + 2)

static void die(const char *what)
{
	perror(what);
	exit(1);
}

/* Redirects to the device, if the port in register 4 is the port. */
static size_t add_redirect(struct bpf_insn *insns, int port, int device)
{
	const struct bpf_insn redirect[] = {
		JUMP(BPF_JNE, 4, htons((uint16_t)port), 4),	      MOVE(1, device), MOVE(2, 0),
		INSN(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_redirect), LEAVE(),
	};

	memcpy(insns, redirect, sizeof(redirect));
	return sizeof(redirect) / sizeof(redirect[0]);
}

static size_t add_action(struct bpf_insn *insns, int port, int action)
{
	const struct bpf_insn act[] = {
		JUMP(BPF_JNE, 4, htons((uint16_t)port), 2),
		MOVE(0, action),
		LEAVE(),
	};

	memcpy(insns, act, sizeof(act));
	return sizeof(act) / sizeof(act[0]);
}

/* Leaves the destination port in register 4; packets that have none pass. */
static size_t add_port(struct bpf_insn *insns)
{
	const struct bpf_insn port[] = {
		LOAD(BPF_W, 2, 1, offsetof(struct xdp_md, data)),
		LOAD(BPF_W, 3, 1, offsetof(struct xdp_md, data_end)),
		COPY(5, 2),
		ADD(5, PORT4_AT + 2),
		INSN(BPF_JMP | BPF_JGT | BPF_X, 5, 3, 12, 0), /* too short: pass */
		LOAD(BPF_H, 5, 2, ETH_HLEN - 2),
		JUMP(BPF_JNE, 5, htons(ETH_P_IP), 3),
		LOAD(BPF_B, 5, 2, ETH_HLEN + 9), /* IPv4: the protocol */
		LOAD(BPF_H, 4, 2, PORT4_AT),
		JUMP(BPF_JA, 0, 0, 6),
		JUMP(BPF_JNE, 5, htons(ETH_P_IPV6), 6),
		COPY(5, 2),
		ADD(5, PORT6_AT + 2),
		INSN(BPF_JMP | BPF_JGT | BPF_X, 5, 3, 3, 0),
		LOAD(BPF_B, 5, 2, ETH_HLEN + 6), /* IPv6: the next header */
		LOAD(BPF_H, 4, 2, PORT6_AT),
		JUMP(BPF_JEQ, 5, IPPROTO_TCP, 2),
		MOVE(0, XDP_PASS),
		LEAVE(),
	};

	memcpy(insns, port, sizeof(port));
	return sizeof(port) / sizeof(port[0]);
}

static int load(int port, int target)
{
	static char log[65536];
	struct bpf_insn insns[64];
	size_t count = add_port(insns);
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_XDP,
		.insns = (uintptr_t)insns,
		.license = (uintptr_t) "GPL",
		.log_buf = (uintptr_t)log,
		.log_size = sizeof(log),
		.log_level = 1,
		.expected_attach_type = BPF_XDP,
	};
	long fd;

	count += add_action(insns + count, port, XDP_ABORTED);
	count += add_action(insns + count, port + 1, XDP_DROP);
	count += add_redirect(insns + count, port + 2, NOWHERE);
	count += add_action(insns + count, port + 3, XDP_TX);
	count += add_redirect(insns + count, port + 4, target);
	insns[count++] = MOVE(0, XDP_PASS);
	insns[count++] = LEAVE();
	attr.insn_cnt = (uint32_t)count;
	fd = syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr));
	if (fd < 0) {
		fputs(log, stderr);
		die("load");
	}
	return (int)fd;
}

static void attach(unsigned int device, int program, uint32_t flags)
{
	union bpf_attr attr = { 0 };

	attr.link_create.prog_fd = (uint32_t)program;
	attr.link_create.target_ifindex = device;
	attr.link_create.attach_type = BPF_XDP;
	attr.link_create.flags = flags;
	if (syscall(SYS_bpf, BPF_LINK_CREATE, &attr, sizeof(attr)) < 0)
		die("attach");
}

int main(int argc, char **argv)
{
	const struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };
	unsigned int device, target;
	sigset_t term;
	int number;

	if (argc != 5) {
		fprintf(stderr, "usage: xdp DEVICE native|generic PORT TARGET\n");
		return 2;
	}
	device = if_nametoindex(argv[1]);
	target = if_nametoindex(argv[4]);
	if (!device || !target)
		die("device");
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, NULL);
	setrlimit(RLIMIT_MEMLOCK, &unlimited); /* kernels before 5.11 count programs */
	attach(device, load(atoi(argv[3]), (int)target),
	       strcmp(argv[2], "native") ? XDP_FLAGS_SKB_MODE : XDP_FLAGS_DRV_MODE);
	puts("ready");
	fflush(stdout);
	sigwait(&term, &number);
	return 0;
}
