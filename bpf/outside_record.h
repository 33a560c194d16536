/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OUTSIDE_RECORD_H
#define OUTSIDE_RECORD_H

/*
 * The counts of packets that are dropped outside of skbs, in the map `outside_counts`
 * (outside.bpf.h). User space reads them; no event is in the ring.
 */

#include <linux/types.h>

#include "record.h"

#define OUTSIDE_COUNTS_MAX 4096

enum record_outside_kind {
	RECORD_OUTSIDE_ABORTED,	 /* a program of XDP aborted them */
	RECORD_OUTSIDE_TX,	 /* XDP could not send them */
	RECORD_OUTSIDE_REDIRECT, /* XDP could not pass them to another device or CPU */
	RECORD_OUTSIDE_TRAP,	 /* a device reported them as dropped (devlink) */
	RECORD_OUTSIDE_OTHER,	 /* any of these, for which the map had no room */
	RECORD_OUTSIDE_END,
};

struct record_outside_key {
	__u32 netns; /* inode number; 0: the device is unknown */
	__u32 ifindex;
	__u32 kind; /* enum record_outside_kind */
};

struct record_outside {
	__u64 packets;
	char ifname[RECORD_IFNAME_LEN];
};

#endif
