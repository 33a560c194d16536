// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Sends hand-made frames, and attaches programs that observe a namespace's packets too slowly.
 *
 *   inject send DEVICE MAC FROM TO SPORT DPORT [-s SEQ] [-a ACK] [-f FLAGS] [-b BYTES] [-o OFFSET]
 *                                              [-e HEADERS] [-v VLAN] [-l LENGTH] [-c COUNT]
 *                                              [-t TSVAL [-T TSECR]] [-k] [-w HEADERS] [-i ID]
 *                                              [-g OFFSET] [-L BYTES] [-G]
 *     sends COUNT segments (default 1) through a packet socket to the MAC address; a "#" in DEVICE
 *     is replaced by the number of the segment, which is also added to SPORT. FLAGS: TCP flags
 *     (default 0x02, SYN). OFFSET: TCP's data offset, in words. HEADERS: the number of IPv6
 *     destination option headers. VLAN: the id of an 802.1Q tag. LENGTH: sends only that many
 *     bytes, counted from the IP header. -w: tags and tunnels before the packet (wrap.h). ID: the
 *     IP ID. OFFSET: leaves out that many bytes of the TCP segment, and makes the rest a later
 *     fragment; BYTES: of it, only so many; -G: more fragments follow. TSVAL: with a timestamp,
 *     which echoes TSECR. -k: TCP's checksum is wrong.
 *   inject hold packet|raw4|raw6 DEVICE [full]
 *     opens a packet or raw socket and never reads it; with "full", its buffer has the smallest
 *     size. Prints "ready"; closes the socket on SIGTERM.
 *   inject xdp DEVICE
 *     attaches an XDP program that passes each packet that the device receives. Prints "ready",
 *     ends on SIGTERM.
 */
#include "segment.h"
#include "wrap.h"

#include <errno.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LIFE_SECONDS 600

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void wait_for_term(void)
{
	sigset_t set;
	int number;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGALRM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	alarm(LIFE_SECONDS);
	puts("ready");
	fflush(stdout);
	sigwait(&set, &number);
}

struct injection {
	const char *device;
	uint8_t mac[6];
	struct segment segment;
	int vlan;      /* -1: no tag */
	size_t length; /* limit for the length of the packet */
	int count;
	const char *headers; /* of wrap.h; NULL: none */
};

static bool parse(int argc, char **argv, struct injection *it)
{
	struct segment *segment = &it->segment;
	int option;

	if (argc < 8)
		return false;
	it->device = argv[2];
	segment_mac(argv[3], it->mac);
	segment->family = segment_address(argv[4], segment->source);
	segment_address(argv[5], segment->dest);
	segment->source_port = (uint16_t)atoi(argv[6]);
	segment->dest_port = (uint16_t)atoi(argv[7]);
	segment->flags = SEGMENT_SYN;
	segment->data_offset = -1;
	it->vlan = -1;
	it->length = SEGMENT_MAX;
	it->count = 1;
	optind = 8;
	while ((option = getopt(argc, argv, "s:a:f:b:o:e:v:l:c:t:T:kw:i:g:L:G")) != -1) {
		if (option == 's')
			segment->seq = (uint32_t)strtoul(optarg, NULL, 0);
		else if (option == 'a')
			segment->ack = (uint32_t)strtoul(optarg, NULL, 0);
		else if (option == 'f')
			segment->flags = (uint8_t)strtoul(optarg, NULL, 0);
		else if (option == 'b')
			segment->payload = strtoul(optarg, NULL, 0);
		else if (option == 'o')
			segment->data_offset = atoi(optarg);
		else if (option == 'e')
			segment->destination_options = atoi(optarg);
		else if (option == 'v')
			it->vlan = atoi(optarg);
		else if (option == 'l')
			it->length = strtoul(optarg, NULL, 0);
		else if (option == 'c')
			it->count = atoi(optarg);
		else if (option == 't')
			segment->tsval = (uint32_t)strtoul(optarg, NULL, 0);
		else if (option == 'T')
			segment->tsecr = (uint32_t)strtoul(optarg, NULL, 0);
		else if (option == 'k')
			segment->is_spoilt = 1;
		else if (option == 'w')
			it->headers = optarg;
		else if (option == 'i')
			segment->id = (uint16_t)atoi(optarg);
		else if (option == 'g')
			segment->fragment_offset = (size_t)atoi(optarg);
		else if (option == 'L')
			segment->fragment_length = (size_t)atoi(optarg);
		else if (option == 'G')
			segment->more_fragments = 1;
		else
			return false;
	}
	return segment->payload <= SEGMENT_MAX - 256;
}

/* Writes the name of a device: the pattern with i in place of the "#". */
static void name_device(const char *pattern, int i, char *name, size_t size)
{
	const char *hash = strchr(pattern, '#');

	if (hash)
		snprintf(name, size, "%.*s%d%s", (int)(hash - pattern), pattern, i, hash + 1);
	else
		snprintf(name, size, "%s", pattern);
}

static uint8_t *put_tag(uint8_t *at, int id)
{
	memcpy(at, (uint8_t[]){ 0x81, 0, (uint8_t)(id >> 8), (uint8_t)id }, 4);
	return at + 4;
}

static void send_frame(int fd, const struct injection *it, int i)
{
	static uint8_t room[18 + WRAP_ROOM + SEGMENT_MAX];
	struct sockaddr_ll to = { .sll_family = AF_PACKET };
	struct segment segment = it->segment;
	uint16_t type = segment.family == AF_INET ? ETH_P_IP : ETH_P_IPV6;
	uint8_t *packet = room + 18 + WRAP_ROOM, *frame, *next;
	char device[IF_NAMESIZE + 16];
	size_t length;

	segment.source_port = (uint16_t)(segment.source_port + i);
	length = segment_build(&segment, packet);
	if (it->headers)
		packet = wrap_packet(it->headers, packet, &length, &type);
	if (length > it->length)
		length = it->length;
	frame = packet - (it->vlan >= 0 ? 18 : 14);
	memcpy(frame, it->mac, 6);
	memcpy(frame + 6, "\x02\0\0\0\x99\xff", 6);
	next = it->vlan >= 0 ? put_tag(frame + 12, it->vlan) : frame + 12;
	memcpy(next, (uint8_t[]){ (uint8_t)(type >> 8), (uint8_t)type }, 2);
	length += (size_t)(packet - frame);
	name_device(it->device, i, device, sizeof(device));
	to.sll_ifindex = (int)if_nametoindex(device);
	if (!to.sll_ifindex)
		die(device);
	/* A full ring on the other side is not a failure of this program. */
	if (sendto(fd, frame, length, 0, (struct sockaddr *)&to, sizeof(to)) < 0 &&
	    errno != ENOBUFS)
		die("sendto");
}

static int send_all(int argc, char **argv)
{
	struct injection it = { 0 };
	int fd;

	if (!parse(argc, argv, &it))
		return 2;
	fd = socket(AF_PACKET, SOCK_RAW, 0);
	if (fd < 0)
		die("packet socket");
	for (int i = 0; i < it.count; i++)
		send_frame(fd, &it, i);
	return 0;
}

static int hold(int argc, char **argv)
{
	const int smallest = 0;
	struct sockaddr_ll at = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL) };
	int fd = -1;

	if (argc < 4)
		return 2;
	if (strcmp(argv[2], "packet") == 0)
		fd = socket(AF_PACKET, SOCK_RAW, 0);
	else if (strcmp(argv[2], "raw4") == 0)
		fd = socket(AF_INET, SOCK_RAW, IPPROTO_TCP);
	else if (strcmp(argv[2], "raw6") == 0)
		fd = socket(AF_INET6, SOCK_RAW, IPPROTO_TCP);
	if (fd < 0)
		die(argv[2]);
	if (argc > 4)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &smallest, sizeof(smallest));
	at.sll_ifindex = (int)if_nametoindex(argv[3]);
	if (strcmp(argv[2], "packet") == 0 && bind(fd, (struct sockaddr *)&at, sizeof(at)))
		die("bind");
	wait_for_term();
	if (strcmp(argv[2], "packet") == 0) {
		struct tpacket_stats stats = { 0 };
		socklen_t length = sizeof(stats);

		getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, &stats, &length);
		printf("packets %u drops %u\n", stats.tp_packets, stats.tp_drops);
	}
	close(fd);
	return 0;
}

static int bpf(int command, union bpf_attr *attr)
{
	return (int)syscall(SYS_bpf, command, attr, sizeof(*attr));
}

static int pass_all(const char *device)
{
	const struct bpf_insn pass[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = XDP_PASS },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr load = { .prog_type = BPF_PROG_TYPE_XDP, .insn_cnt = 2 }, link = { 0 };
	int program;

	load.insns = (uint64_t)(uintptr_t)pass;
	load.license = (uint64_t)(uintptr_t) "GPL";
	load.expected_attach_type = BPF_XDP;
	program = bpf(BPF_PROG_LOAD, &load);
	if (program < 0)
		die("BPF_PROG_LOAD");
	link.link_create.prog_fd = (uint32_t)program;
	link.link_create.target_ifindex = if_nametoindex(device);
	link.link_create.attach_type = BPF_XDP;
	link.link_create.flags = 1 << 2; /* in the driver, XDP_FLAGS_DRV_MODE */
	if (bpf(BPF_LINK_CREATE, &link) < 0)
		die("BPF_LINK_CREATE");
	wait_for_term();
	return 0;
}

int main(int argc, char **argv)
{
	int status = 2;

	if (argc > 2 && strcmp(argv[1], "send") == 0)
		status = send_all(argc, argv);
	else if (argc > 2 && strcmp(argv[1], "hold") == 0)
		status = hold(argc, argv);
	else if (argc > 2 && strcmp(argv[1], "xdp") == 0)
		status = pass_all(argv[2]);
	if (status == 2)
		fprintf(stderr, "usage: inject send|hold|xdp ...; see the source\n");
	return status;
}
