// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The bench's generator: SYNs as Linux sends them, or UDP, as fast as one core can send them on a
 * cable.
 *
 *   flood DEVICE SOURCE-MAC DESTINATION-MAC SOURCE DESTINATION [-p PORT] [-f FLOWS] [-n COUNT]
 *         [-ur]
 *     sends COUNT packets (0: until SIGTERM) from FLOWS source ports in turn, each with a new
 *     sequence number and IP ID; prints "packets N seconds S rate R". -u: UDP. -r: through a raw
 *     socket, with a system call and a routing decision per packet, as flooding programs do;
 *     otherwise frames go directly to the device, 64 per call.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ether.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BATCH	    64
#define FIRST_PORT  10000
#define OPTIONS_LEN 20

struct frame {
	struct ether_header ether;
	struct iphdr ip;
	union {
		struct {
			struct tcphdr tcp;
			uint8_t options[OPTIONS_LEN];
		};
		struct udphdr udp;
	};
} __attribute__((packed));

struct flood {
	struct frame frame; /* the first packet; its checksums cover the constant fields */
	size_t length;
	uint32_t flows;
	uint64_t count;
	uint64_t sent;
	bool udp;
	bool raw;
	int fd;
};

static volatile sig_atomic_t stop;

static void on_signal(int number)
{
	(void)number;
	stop = 1;
}

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static uint32_t sum_words(const void *data, size_t length, uint32_t sum)
{
	const uint8_t *bytes = data;

	for (size_t i = 0; i + 1 < length; i += 2) {
		uint16_t word;

		memcpy(&word, bytes + i, sizeof(word));
		sum += word;
	}
	return sum;
}

/* The Internet checksum (RFC 1071) of an accumulated sum. */
static uint16_t fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static void make_transport(struct flood *flood, uint16_t port)
{
	/* MSS 1460, SACK permitted, timestamps, window scale 7 */
	static const uint8_t options[OPTIONS_LEN] = { 2, 4, 5, 180, 4, 2, 8, 10, 0, 0,
						      1, 0, 0, 0,   0, 0, 1, 3,	 3, 7 };
	struct frame *frame = &flood->frame;

	if (flood->udp) {
		frame->udp.dest = htons(port);
		frame->udp.len = htons(sizeof(frame->udp)); /* no checksum: optional in IPv4 */
		flood->length = offsetof(struct frame, udp) + sizeof(frame->udp);
		return;
	}
	frame->tcp.dest = htons(port);
	frame->tcp.doff = (sizeof(frame->tcp) + OPTIONS_LEN) / 4;
	frame->tcp.syn = 1;
	frame->tcp.window = htons(64240);
	memcpy(frame->options, options, OPTIONS_LEN);
	flood->length = sizeof(*frame);
}

static void make_frame(struct flood *flood, char **argv, uint16_t port)
{
	struct frame *frame = &flood->frame;

	if (!ether_aton_r(argv[1], (struct ether_addr *)frame->ether.ether_shost) ||
	    !ether_aton_r(argv[2], (struct ether_addr *)frame->ether.ether_dhost) ||
	    inet_pton(AF_INET, argv[3], &frame->ip.saddr) != 1 ||
	    inet_pton(AF_INET, argv[4], &frame->ip.daddr) != 1) {
		fprintf(stderr, "flood: two MAC and two IPv4 addresses are needed\n");
		exit(2);
	}
	frame->ether.ether_type = htons(ETHERTYPE_IP);
	make_transport(flood, port);
	frame->ip.version = 4;
	frame->ip.ihl = 5;
	frame->ip.ttl = 64;
	frame->ip.protocol = flood->udp ? IPPROTO_UDP : IPPROTO_TCP;
	frame->ip.tot_len = htons((uint16_t)(flood->length - sizeof(frame->ether)));
}

/* The sums of all constant fields. */
struct sums {
	uint32_t ip;
	uint32_t tcp;
};

static struct sums sum_frame(const struct flood *flood)
{
	const struct frame *frame = &flood->frame;
	size_t tcp_length = sizeof(frame->tcp) + OPTIONS_LEN;
	struct sums sums = { .ip = sum_words(&frame->ip, sizeof(frame->ip), 0) };

	sums.tcp = sum_words(&frame->ip.saddr, 8, htons(IPPROTO_TCP) + htons((uint16_t)tcp_length));
	sums.tcp = sum_words(&frame->tcp, tcp_length, sums.tcp);
	return sums;
}

/* Sequence numbers as random as real ones, so that compression has to store them. */
static uint32_t next_sequence(void)
{
	static uint64_t state = 0x9e3779b97f4a7c15ULL;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 32);
}

static void vary(const struct flood *flood, const struct sums *sums, struct frame *frame,
		 uint64_t number)
{
	uint16_t port = htons((uint16_t)(FIRST_PORT + number % flood->flows));
	uint32_t sequence;

	frame->ip.id = (uint16_t)number;
	frame->ip.check = fold(sums->ip + frame->ip.id);
	if (flood->udp) {
		frame->udp.source = port;
		return;
	}
	sequence = next_sequence();
	frame->tcp.source = port;
	frame->tcp.seq = sequence;
	frame->tcp.check = fold(sums->tcp + port + (sequence & 0xffff) + (sequence >> 16));
}

static void send_all(struct flood *flood)
{
	static struct frame frames[BATCH];
	static struct iovec parts[BATCH];
	static struct mmsghdr messages[BATCH];
	struct sums sums = sum_frame(flood);

	size_t skip = flood->raw ? sizeof(flood->frame.ether) : 0;
	unsigned int batch = flood->raw ? 1 : BATCH;

	for (int i = 0; i < BATCH; i++) {
		frames[i] = flood->frame;
		parts[i] = (struct iovec){ (char *)&frames[i] + skip, flood->length - skip };
		messages[i].msg_hdr.msg_iov = &parts[i];
		messages[i].msg_hdr.msg_iovlen = 1;
	}
	while (!stop && (!flood->count || flood->sent < flood->count)) {
		uint64_t left = flood->count ? flood->count - flood->sent : batch;
		unsigned int size = left < batch ? (unsigned int)left : batch;
		int done;

		for (unsigned int i = 0; i < size; i++)
			vary(flood, &sums, &frames[i], flood->sent + i);
		done = sendmmsg(flood->fd, messages, size, 0);
		if (done > 0)
			flood->sent += (uint64_t)done;
		else if (errno != EINTR && errno != ENOBUFS && errno != EAGAIN)
			die("sendmmsg");
	}
}

static void open_device(struct flood *flood, const char *device)
{
	struct sockaddr_ll address = {
		.sll_family = AF_PACKET,
		.sll_ifindex = (int)if_nametoindex(device),
	};

	flood->fd = socket(AF_PACKET, SOCK_RAW, 0);
	if (flood->fd < 0 || !address.sll_ifindex ||
	    bind(flood->fd, (struct sockaddr *)&address, sizeof(address)))
		die(device);
}

static void open_raw(struct flood *flood)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = flood->frame.ip.daddr,
	};

	flood->fd = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
	if (flood->fd < 0 || connect(flood->fd, (struct sockaddr *)&address, sizeof(address)))
		die("raw socket");
}

static double now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	struct flood flood = { .flows = 1, .count = 1000000 };
	struct sigaction action = { .sa_handler = on_signal };
	uint16_t port = 7;
	double start, seconds;
	int option;

	while ((option = getopt(argc, argv, "p:f:n:ur")) != -1) {
		switch (option) {
		case 'p':
			port = (uint16_t)atoi(optarg);
			break;
		case 'f':
			flood.flows = (uint32_t)atoi(optarg);
			break;
		case 'n':
			flood.count = strtoull(optarg, NULL, 10);
			break;
		case 'u':
			flood.udp = true;
			break;
		case 'r':
			flood.raw = true;
			break;
		default:
			return 2;
		}
	}
	if (argc - optind != 5 || !flood.flows || flood.flows > UINT16_MAX - FIRST_PORT) {
		fprintf(stderr, "usage: flood DEVICE MAC MAC ADDRESS ADDRESS [-p PORT] "
				"[-f FLOWS] [-n COUNT] [-ur]\n");
		return 2;
	}
	make_frame(&flood, argv + optind, port);
	if (flood.raw)
		open_raw(&flood);
	else
		open_device(&flood, argv[optind]);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	start = now_s();
	send_all(&flood);
	seconds = now_s() - start;
	printf("packets %llu seconds %.3f rate %.0f\n", (unsigned long long)flood.sent, seconds,
	       (double)flood.sent / seconds);
	return 0;
}
