/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MATCH_OFFSET_H
#define MATCH_OFFSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The difference of two clocks: that of a wire capture less that of the events. */
struct match_offset {
	int64_t ns;	   /* 0 where the samples allow it */
	int64_t median_ns; /* of the samples; all limits of int64_t but INT64_MIN are possible */
	int64_t within_ns; /* how far it may be from that, beyond the way through the kernel */
	bool by_drops;	   /* it is a bound by drops alone, all of which may have been late */
	size_t matches;	   /* samples; 0: the offset is unknown, and taken for 0 */
	int64_t drift_ppb; /* by which the wire's clock is faster; 0: not more than noise */
	size_t copies;	   /* how often most packets are in it again, at other devices */
	int64_t at;	   /* the time of the wire's clock (match_time.h) when the offset was ns */
};

#endif
