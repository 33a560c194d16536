// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * bystander kind=packet|cooked|raw|raw6 [dev=DEVICE] [rcvbuf=N]
 *   opens a socket that gets copies of the TCP traffic, and never reads it
 * inject dev=DEVICE smac=MAC dmac=MAC from=ADDRESS:PORT to=ADDRESS:PORT [n=N] [ttl=N] [ext=N]
 *        [flags=csum,ack]
 *   sends n SYNs, or ACKs (ack), as frames; with an invalid checksum (csum), with ext IPv6
 *   extension headers
 */
#include "actor.h"
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int open_packet(const char *device, int type)
{
	int fd = socket(AF_PACKET, type, htons(ETH_P_ALL));
	struct sockaddr_ll at = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL) };

	at.sll_ifindex = device[0] ? (int)if_nametoindex(device) : 0;
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)))
		die("packet socket");
	return fd;
}

void act_bystander(const struct step *step)
{
	const char *kind = step_text(step, "kind", "packet");
	int rcvbuf = step_number(step, "rcvbuf", 2304), fd;

	if (strcmp(kind, "packet") == 0)
		fd = open_packet(step_text(step, "dev", ""), SOCK_RAW);
	else if (strcmp(kind, "cooked") == 0)
		fd = open_packet("", SOCK_DGRAM);
	else
		fd = socket(strcmp(kind, "raw6") == 0 ? AF_INET6 : AF_INET, SOCK_RAW, IPPROTO_TCP);
	if (fd < 0)
		die("raw socket");
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &rcvbuf, sizeof(rcvbuf));
	tell_up();
	for (;;)
		pause();
}

static uint32_t sum_of(const void *data, size_t length)
{
	const uint8_t *bytes = data;
	uint32_t sum = 0;

	for (size_t i = 0; i < length; i++)
		sum += (uint32_t)bytes[i] << (i % 2 ? 0 : 8);
	return sum;
}

static uint16_t folded(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons((uint16_t)~sum);
}

static void put_mac(uint8_t *to, const char *text)
{
	unsigned int part[6] = { 0 };

	if (sscanf(text, "%x:%x:%x:%x:%x:%x", &part[0], &part[1], &part[2], &part[3], &part[4],
		   &part[5]) != 6)
		die(text);
	for (int i = 0; i < 6; i++)
		to[i] = (uint8_t)part[i];
}

/* Writes the IP header and the extension headers; returns the start of the TCP header. */
static size_t put_ip(uint8_t *ip, const struct step *step, const struct endpoint *from,
		     const struct endpoint *to)
{
	size_t at = 20;
	int ext = step_number(step, "ext", 0);

	if (from->address.sin6_family == AF_INET) {
		const uint8_t start[] = {
			0x45, 0, 0, 40, 0x12, 0x34, 0x40, 0, 64, IPPROTO_TCP, 0, 0
		};
		uint16_t sum;

		memcpy(ip, start, sizeof(start));
		ip[8] = (uint8_t)step_number(step, "ttl", 64);
		memcpy(ip + 12, &((const struct sockaddr_in *)&from->address)->sin_addr, 4);
		memcpy(ip + 16, &((const struct sockaddr_in *)&to->address)->sin_addr, 4);
		sum = folded(sum_of(ip, 20));
		memcpy(ip + 10, &sum, 2);
		return at;
	}
	ip[0] = 0x60;
	ip[5] = (uint8_t)(20 + ext * 8);
	ip[6] = ext ? IPPROTO_DSTOPTS : IPPROTO_TCP;
	ip[7] = (uint8_t)step_number(step, "ttl", 64);
	memcpy(ip + 8, &from->address.sin6_addr, 16);
	memcpy(ip + 24, &to->address.sin6_addr, 16);
	for (at = 40; ext--; at += 8) {
		const uint8_t padding[8] = { ext ? IPPROTO_DSTOPTS : IPPROTO_TCP, 0, 1, 4 };

		memcpy(ip + at, padding, 8);
	}
	return at;
}

static void put_tcp(uint8_t *tcp, const struct step *step, const struct endpoint *from,
		    const struct endpoint *to, int number)
{
	bool v4 = from->address.sin6_family == AF_INET;
	const void *source =
		v4 ? (const void *)&((const struct sockaddr_in *)&from->address)->sin_addr
		   : (const void *)&from->address.sin6_addr;
	const void *target =
		v4 ? (const void *)&((const struct sockaddr_in *)&to->address)->sin_addr
		   : (const void *)&to->address.sin6_addr;
	uint16_t port = htons((uint16_t)(ntohs(from->address.sin6_port) + number));
	size_t length = v4 ? 4 : 16;
	uint16_t sum;

	memcpy(tcp, &port, 2);
	memcpy(tcp + 2, &to->address.sin6_port, 2);
	tcp[7] = (uint8_t)number;
	tcp[12] = 5 << 4;
	tcp[13] = step_flag(step, "ack") ? 0x10 : 0x02;
	tcp[14] = 0xff;
	sum = folded(sum_of(source, length) + sum_of(target, length) + IPPROTO_TCP + 20 +
		     sum_of(tcp, 20));
	if (step_flag(step, "csum"))
		sum ^= 0x5555;
	memcpy(tcp + 16, &sum, 2);
}

void act_inject(const struct step *step)
{
	struct endpoint from = endpoint_parse(step_text(step, "from", ":"));
	struct endpoint to = endpoint_parse(step_text(step, "to", ":"));
	int fd = open_packet(step_text(step, "dev", ""), SOCK_RAW);
	bool v4 = from.address.sin6_family == AF_INET;

	for (int i = 0; i < step_number(step, "n", 1); i++) {
		uint8_t frame[256] = { 0 };
		size_t at = 14 + put_ip(frame + 14, step, &from, &to);

		put_mac(frame, step_text(step, "dmac", ""));
		put_mac(frame + 6, step_text(step, "smac", ""));
		frame[12] = v4 ? 0x08 : 0x86;
		frame[13] = v4 ? 0x00 : 0xdd;
		put_tcp(frame + at, step, &from, &to, i);
		send(fd, frame, at + 20, 0); /* the device or the qdisc counts a full queue */
	}
	tell_up();
}
