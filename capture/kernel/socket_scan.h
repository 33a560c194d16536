/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SOCKET_SCAN_H
#define SOCKET_SCAN_H

/*
 * Reads the counters of all TCP connections by BPF iterators (bpf/top.bpf.c), which run when they
 * are read: nothing is attached to the path of packets or of system calls. Needs Linux 5.9.
 */

#include <stdbool.h>
#include <stdint.h>

#include "event/event.h"
#include "util/error.h"

/* A connection at one moment. */
struct socket_sample {
	struct socket_id id;
	uint64_t cookie; /* no other socket ever has it; 0: it has none */
	/*
	 * Payload that TCP has sent for the first time, and that it has received in order. The SYN,
	 * the FIN and retransmissions are not in them.
	 */
	uint64_t tx_bytes;
	uint64_t rx_bytes;
	uint64_t acked_bytes; /* grows only, but has SYN and FIN in it */
	uint32_t retransmits; /* segments, since the start of the connection */
	uint32_t drops;	      /* packets that the socket has received and discarded (sk_drops) */
	uint32_t srtt_us;     /* 0: not measured */
	uint32_t netns;
	uint32_t uid;
	bool has_cgroup;
	uint64_t cgroup_id;
	int family;	   /* AF_INET also for an IPv6 socket with mapped addresses */
	uint8_t local[16]; /* IPv4: the first four bytes */
	uint8_t remote[16];
	uint16_t local_port;
	uint16_t remote_port;
	uint8_t state;
	bool has_holder; /* by the scan of files: a process that has it open */
	uint32_t pid;
	char comm[16]; /* NUL-terminated */
};

struct socket_scan_config {
	int family;	/* AF_INET, AF_INET6; 0: both */
	uint32_t netns; /* inode number; 0: all */
};

struct socket_scan;

/* Returns NULL and the error. */
struct socket_scan *socket_scan_open(const struct socket_scan_config *config, struct error *error);
void socket_scan_close(struct socket_scan *scan);

typedef void (*socket_found)(void *context, const struct socket_sample *sample);

/*
 * Calls found for each connection of the calling thread's network namespace, also for those that no
 * process has open, but not in TIME_WAIT: the kernel has no counters of these. One connection may
 * come twice. Returns 0 or -errno.
 */
int socket_scan_namespace(const struct socket_scan *scan, socket_found found, void *context);

/*
 * Calls found for each connection in the open files of all processes, once for each holder, in all
 * namespaces. Returns 0 or -errno.
 */
int socket_scan_files(const struct socket_scan *scan, socket_found found, void *context);

#endif
