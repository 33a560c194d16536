// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * TUN and TAP devices of the lab, whose other side is a process.
 *
 *   tap hold DEVICE
 *     a TUN device that nobody reads: its ring soon is full.
 *   tap talk DEVICE FROM TO PORT [-n BURSTS] [-k SEGMENTS] [-b BYTES] [-w MS] [-2] [-a]
 *     a TAP device whose other side is a hand-made TCP peer at FROM. It connects to TO and PORT and
 *     sends BURSTS (5) of SEGMENTS (42) with BYTES (1400) each, MS (100) apart; GRO joins a burst
 *     to one packet (IFF_NAPI). -2 sends each burst twice, -a sends each after the previous one was
 *     acknowledged. At the end it prints "sent BYTES acked BYTES", the second as TO acknowledged.
 * Prints "ready" when the device exists; the caller configures it, with the peer's MAC address
 * 02:00:00:00:96:02 and the device's own 02:00:00:00:96:01. The device is removed on SIGTERM, or
 * after a minute.
 */
#include "segment.h"

#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define LIFE_SECONDS   600
#define ETHERNET_BYTES 14
#define CONNECT_TRIES  100
#define FIRST_SEQ      1000
#define MSS	       1460
#define ACK_WAIT_MS    1500  /* where some may never be acknowledged */
#define PATIENCE_MS    10000 /* of -a */

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static int open_device(const char *name, short flags)
{
	struct ifreq request = { .ifr_flags = (short)(flags | IFF_NO_PI) };
	int fd = open("/dev/net/tun", O_RDWR);

	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
	if (fd < 0 || ioctl(fd, TUNSETIFF, &request))
		die("/dev/net/tun");
	alarm(LIFE_SECONDS);
	puts("ready");
	fflush(stdout);
	return fd;
}

/* A packet that is written to a device that is down is a drop, and a real one. */
static void wait_until_up(const char *name)
{
	struct ifreq request = { 0 };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
	do {
		poll(NULL, 0, 50);
		if (fd < 0 || ioctl(fd, SIOCGIFFLAGS, &request))
			die(name);
	} while (!(request.ifr_flags & IFF_UP));
	poll(NULL, 0, 300); /* IPv6 is not ready at once */
	close(fd);
}

struct talk {
	int device;
	struct segment segment; /* the next one to send */
	int bursts, segments, wait_ms;
	size_t bytes;
	uint32_t acked; /* bytes */
	bool twice, patient;
};

static void send_segment(struct talk *talk)
{
	static uint8_t frame[ETHERNET_BYTES + SEGMENT_MAX];
	bool v4 = talk->segment.family == AF_INET;
	size_t length;

	memcpy(frame, "\x02\0\0\0\x96\x01\x02\0\0\0\x96\x02", 12);
	memcpy(frame + 12, v4 ? "\x08\x00" : "\x86\xdd", 2);
	length = segment_build(&talk->segment, frame + ETHERNET_BYTES);
	talk->segment.id++;
	if (write(talk->device, frame, ETHERNET_BYTES + length) < 0)
		die("write");
}

/* Waits for a segment of the connection with all of these flags. */
static bool receive_segment(struct talk *talk, uint8_t flags, int wait_ms, struct segment *got)
{
	struct pollfd fd = { .fd = talk->device, .events = POLLIN };
	uint8_t frame[4096];

	while (poll(&fd, 1, wait_ms) > 0) {
		ssize_t length = read(talk->device, frame, sizeof(frame));

		if (length > ETHERNET_BYTES &&
		    segment_parse(frame + ETHERNET_BYTES, (size_t)length - ETHERNET_BYTES, got) &&
		    got->source_port == talk->segment.dest_port && (got->flags & flags) == flags)
			return true;
	}
	return false;
}

static void connect_by_hand(struct talk *talk)
{
	struct segment *next = &talk->segment, answer;
	int tries = 0;

	next->seq = FIRST_SEQ;
	next->flags = SEGMENT_SYN;
	next->mss = MSS;
	do {
		if (++tries > CONNECT_TRIES) {
			fprintf(stderr, "no SYN-ACK arrived\n");
			exit(1);
		}
		send_segment(talk);
	} while (!receive_segment(talk, SEGMENT_SYN | SEGMENT_ACK, 200, &answer));
	next->mss = 0;
	next->flags = SEGMENT_ACK;
	next->seq = FIRST_SEQ + 1;
	next->ack = answer.seq + 1;
	send_segment(talk);
	poll(NULL, 0, 300);
}

/* Receives until all that was sent is acknowledged, or nothing has arrived for that time. */
static void wait_for_acks(struct talk *talk, int wait_ms)
{
	uint32_t sent = talk->segment.seq - (FIRST_SEQ + 1);
	struct segment answer;

	while (talk->acked < sent && receive_segment(talk, SEGMENT_ACK, wait_ms, &answer))
		talk->acked = answer.ack - (FIRST_SEQ + 1);
}

/*
 * The last segment has PSH: GRO then passes the packet up the stack at once, within this write.
 */
static void send_burst(struct talk *talk)
{
	for (int i = 0; i < talk->segments; i++) {
		talk->segment.flags = i + 1 < talk->segments ? SEGMENT_ACK
							     : SEGMENT_ACK | SEGMENT_PSH;
		talk->segment.payload = talk->bytes;
		send_segment(talk);
		talk->segment.seq += (uint32_t)talk->bytes;
	}
}

static int talk(int argc, char **argv)
{
	struct talk talk = { .bursts = 5, .segments = 42, .bytes = 1400, .wait_ms = 100 };
	uint32_t burst;
	int option;

	if (argc < 6)
		return 2;
	talk.segment.family = segment_address(argv[3], talk.segment.source);
	segment_address(argv[4], talk.segment.dest);
	talk.segment.source_port = 3000;
	talk.segment.dest_port = (uint16_t)atoi(argv[5]);
	talk.segment.data_offset = -1;
	optind = 6;
	while ((option = getopt(argc, argv, "n:k:b:w:2a")) != -1) {
		if (option == 'n')
			talk.bursts = atoi(optarg);
		else if (option == 'k')
			talk.segments = atoi(optarg);
		else if (option == 'b')
			talk.bytes = strtoul(optarg, NULL, 10);
		else if (option == 'w')
			talk.wait_ms = atoi(optarg);
		else if (option == 'a')
			talk.patient = true;
		else if (option == '2')
			talk.twice = true;
		else
			return 2;
	}
	talk.device = open_device(argv[2], IFF_TAP | IFF_NAPI);
	wait_until_up(argv[2]);
	connect_by_hand(&talk);
	for (int i = 0; i < talk.bursts; i++) {
		burst = talk.segment.seq;
		send_burst(&talk);
		poll(NULL, 0, talk.wait_ms);
		if (talk.patient)
			wait_for_acks(&talk, PATIENCE_MS);
		if (!talk.twice)
			continue;
		talk.segment.seq = burst;
		send_burst(&talk);
		poll(NULL, 0, talk.wait_ms);
	}
	wait_for_acks(&talk, talk.patient ? PATIENCE_MS : ACK_WAIT_MS);
	printf("sent %u acked %u\n", talk.segment.seq - (FIRST_SEQ + 1), talk.acked);
	fflush(stdout);
	for (;;)
		pause();
}

static _Noreturn void hold(const char *name)
{
	open_device(name, IFF_TUN);
	for (;;)
		pause();
}

int main(int argc, char **argv)
{
	int status = 2;

	if (argc > 2 && strcmp(argv[1], "hold") == 0)
		hold(argv[2]);
	else if (argc > 2 && strcmp(argv[1], "talk") == 0)
		status = talk(argc, argv);
	if (status == 2)
		fprintf(stderr, "usage: tap hold|talk DEVICE ...; see the source\n");
	return status;
}
