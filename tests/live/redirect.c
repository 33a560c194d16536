// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * usage: redirect DEVICE SINK PORT COUNT NAME
 * Loads COUNT BPF programs and attaches them to the egress of DEVICE, which needs a clsact qdisc.
 * The first program is called NAME and PORT ("port7101_") and sends a copy of each IPv4 packet to
 * that TCP port to the device SINK; the next program does the same for the next port, and so on. If
 * SINK is down, the copy is dropped while the program runs. The programs remain until the filters
 * are deleted.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/netlink.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define DPORT_AT (ETH_HLEN + 20 + 2)

struct request {
	struct nlmsghdr head;
	struct tcmsg tc;
	char attributes[256];
};

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static int load(const char *name, unsigned int sink, int port)
{
	/*
	 * if (port of the packet == port) bpf_clone_redirect(skb, sink, 0); return TC_ACT_UNSPEC;
	 */
	struct bpf_insn insns[] = {
		{ BPF_ALU64 | BPF_MOV | BPF_X, BPF_REG_6, BPF_REG_1, 0, 0 },
		{ BPF_LD | BPF_ABS | BPF_H, 0, 0, 0, DPORT_AT },
		{ BPF_JMP | BPF_JNE | BPF_K, BPF_REG_0, 0, 4, port },
		{ BPF_ALU64 | BPF_MOV | BPF_X, BPF_REG_1, BPF_REG_6, 0, 0 },
		{ BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_2, 0, 0, (int)sink },
		{ BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_3, 0, 0, 0 },
		{ BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_clone_redirect },
		{ BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_0, 0, 0, TC_ACT_UNSPEC },
		{ BPF_JMP | BPF_EXIT, 0, 0, 0, 0 },
	};
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_SCHED_CLS,
		.insns = (uintptr_t)insns,
		.insn_cnt = sizeof(insns) / sizeof(insns[0]),
		.license = (uintptr_t) "GPL",
	};
	long fd;

	snprintf(attr.prog_name, sizeof(attr.prog_name), "%s%d_", name, port);
	fd = syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr));
	if (fd < 0)
		die("load");
	return (int)fd;
}

static struct rtattr *add_attribute(struct request *request, unsigned short type, const void *bytes,
				    size_t size)
{
	struct rtattr *attribute =
		(struct rtattr *)((char *)request + NLMSG_ALIGN(request->head.nlmsg_len));

	attribute->rta_type = type;
	attribute->rta_len = (unsigned short)RTA_LENGTH(size);
	if (size)
		memcpy(RTA_DATA(attribute), bytes, size);
	request->head.nlmsg_len = NLMSG_ALIGN(request->head.nlmsg_len) +
				  RTA_ALIGN(attribute->rta_len);
	return attribute;
}

static void attach(int netlink, unsigned int device, int priority, int program, const char *name)
{
	struct request request = {
		.head = { .nlmsg_len = NLMSG_LENGTH(sizeof(struct tcmsg)),
			  .nlmsg_type = RTM_NEWTFILTER,
			  .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL },
		.tc = { .tcm_family = AF_UNSPEC,
			.tcm_ifindex = (int)device,
			.tcm_parent = TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_EGRESS),
			.tcm_info = TC_H_MAKE((unsigned int)priority << 16, htons(ETH_P_ALL)) },
	};
	uint32_t flags = TCA_BPF_FLAG_ACT_DIRECT;
	struct {
		struct nlmsghdr head;
		struct nlmsgerr error;
		char request[sizeof(request)];
	} answer;
	struct rtattr *options;

	add_attribute(&request, TCA_KIND, "bpf", sizeof("bpf"));
	options = add_attribute(&request, TCA_OPTIONS, NULL, 0);
	add_attribute(&request, TCA_BPF_FD, &program, sizeof(program));
	add_attribute(&request, TCA_BPF_NAME, name, strlen(name) + 1);
	add_attribute(&request, TCA_BPF_FLAGS, &flags, sizeof(flags));
	options->rta_len =
		(unsigned short)((char *)&request + request.head.nlmsg_len - (char *)options);
	if (send(netlink, &request, request.head.nlmsg_len, 0) < 0 ||
	    recv(netlink, &answer, sizeof(answer), 0) < 0)
		die("netlink");
	errno = answer.head.nlmsg_type == NLMSG_ERROR ? -answer.error.error : EPROTO;
	if (errno)
		die("attach");
}

int main(int argc, char **argv)
{
	const struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };
	int netlink = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
	unsigned int device, sink;
	int port, count, program;

	if (argc != 6) {
		fprintf(stderr, "usage: redirect DEVICE SINK PORT COUNT NAME\n");
		return 2;
	}
	device = if_nametoindex(argv[1]);
	sink = if_nametoindex(argv[2]);
	port = atoi(argv[3]);
	count = atoi(argv[4]);
	if (netlink < 0 || !device || !sink)
		die("device");
	setrlimit(RLIMIT_MEMLOCK, &unlimited); /* kernels before 5.11 count programs */
	for (int i = 0; i < count; i++) {
		program = load(argv[5], sink, port + i);
		attach(netlink, device, 1 + i, program, argv[5]);
		close(program);
	}
	return 0;
}
