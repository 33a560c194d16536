/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ACCOUNT_NETLINK_H
#define ACCOUNT_NETLINK_H

/* The counters that rtnetlink has, of the network namespace of the calling thread. */

#include "account_mib.h"

/*
 * Calls found for the counters of each device: "rx_dropped", "tx_dropped" and "rx_missed_errors".
 * Returns 0 or -errno.
 */
int account_read_devices(account_counter *found, void *context);

/*
 * Calls found with the drops of each queueing discipline that is the outermost of its device and
 * direction, as "drops": it counts those of the inner ones, too. Returns 0 or -errno.
 */
int account_read_qdiscs(account_counter *found, void *context);

/*
 * Calls found with 1 for each device whose driver runs a program of XDP, as "xdp". Returns 0 or
 * -errno.
 */
int account_read_xdp(account_counter *found, void *context);

#endif
