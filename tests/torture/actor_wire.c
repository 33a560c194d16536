// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * wire a=NAMESPACE:DEVICE b=NAMESPACE:DEVICE [lose=N] [double=N] [stop=N] [stop_ms=MS]
 *      [flags=napi,frags]
 *   A cable between two TAP devices: a frame that one sends, the other receives, in bursts, so that
 *   GRO can join segments. Every lose-th TCP segment with data is lost, every double-th is sent
 *   twice. After `stop` frames from a, the device a is not read for stop_ms. On SIGTERM the actor
 *   prints how many segments it has lost and doubled.
 */
#include "actor.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>

#define BURST	  64
#define FRAME_MAX 70000

static char frames[BURST][FRAME_MAX];
static ssize_t lengths[BURST];
static volatile sig_atomic_t ended;
static bool frags;
static int lost, doubled, data_frames;

static void on_end(int signal)
{
	(void)signal;
	ended = 1;
}

static int open_tap(const struct step *step, const char *key)
{
	struct ifreq request = { .ifr_flags = IFF_TAP | IFF_NO_PI };
	const char *device = step_text(step, key, "");
	const char *colon = strrchr(device, ':');
	char ns[128] = "";
	int fd;

	if (!colon)
		die(key);
	snprintf(ns, sizeof(ns), "%.*s", (int)(colon - device), device);
	enter_netns(ns);
	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", colon + 1);
	if (step_flag(step, "napi"))
		request.ifr_flags |= IFF_NAPI;
	if (frags)
		request.ifr_flags |= IFF_NAPI_FRAGS;
	fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 || ioctl(fd, TUNSETIFF, &request))
		die("tun");
	return fd;
}

/* TCP with data, IPv4 or IPv6 without extension headers. */
static bool has_data(const char *frame, ssize_t length)
{
	const unsigned char *ip = (const unsigned char *)frame + 14;
	int header = ip[0] >> 4 == 4 ? (ip[0] & 15) * 4 : 40;

	if (length < 14 + header + 20 || (header == 40 ? ip[6] : ip[9]) != IPPROTO_TCP)
		return false;
	return length > 14 + header + (ip[header + 12] >> 4) * 4;
}

static void put(int fd, int i)
{
	struct iovec parts[2] = { { frames[i], 14 }, { frames[i] + 14, (size_t)lengths[i] - 14 } };

	/* The device counts a full queue, and packets for a device that is down. */
	if (frags ? writev(fd, parts, 2) < 0 : write(fd, frames[i], (size_t)lengths[i]) < 0)
		return;
}

static int carry(const struct step *step, int from, int to)
{
	const int lose = step_number(step, "lose", 0), twice = step_number(step, "double", 0);
	int n = 0;

	while (n < BURST && (lengths[n] = read(from, frames[n], FRAME_MAX)) > 14)
		n++;
	for (int i = 0; i < n; i++) {
		if (has_data(frames[i], lengths[i])) {
			data_frames++;
			if (lose && data_frames % lose == 0) {
				lost++;
				continue;
			}
			if (twice && data_frames % twice == 0) {
				doubled++;
				put(to, i);
			}
		}
		put(to, i);
	}
	return n;
}

/* Waits for the carrier: until the kernel knows of the open file, the device's queue drops all. */
static void wait_for_carrier(const struct step *step, const char *key)
{
	struct ifreq request = { 0 };
	const char *device = step_text(step, key, "");
	const char *colon = strrchr(device, ':');
	char ns[128];
	int fd;

	snprintf(ns, sizeof(ns), "%.*s", (int)(colon - device), device);
	enter_netns(ns);
	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", colon + 1);
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	for (int tries = 0; tries < 400; tries++) {
		if (ioctl(fd, SIOCGIFFLAGS, &request) == 0 && request.ifr_flags & IFF_RUNNING)
			break;
		sleep_ms(5);
	}
	close(fd);
}

void act_wire(const struct step *step)
{
	int from_a = 0, stop = step_number(step, "stop", 0);
	struct pollfd fds[2];

	frags = step_flag(step, "frags");
	fds[0] = (struct pollfd){ .fd = open_tap(step, "a"), .events = POLLIN };
	fds[1] = (struct pollfd){ .fd = open_tap(step, "b"), .events = POLLIN };
	signal(SIGTERM, on_end);
	wait_for_carrier(step, "a");
	wait_for_carrier(step, "b");
	sleep_ms(20);
	tell_up();
	while (!ended) {
		if (poll(fds, 2, 1000) <= 0)
			continue;
		sleep_ms(1); /* otherwise no burst has more than a frame or two */
		from_a += carry(step, fds[0].fd, fds[1].fd);
		carry(step, fds[1].fd, fds[0].fd);
		if (stop && from_a >= stop) {
			stop = 0;
			sleep_ms(step_number(step, "stop_ms", 300));
		}
	}
	dprintf(STDOUT_FILENO, "note lost %d\nnote doubled %d\n", lost, doubled);
}
