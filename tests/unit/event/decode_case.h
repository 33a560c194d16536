/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DECODE_CASE_H
#define DECODE_CASE_H

/* A record of the kernel side, and the event that it becomes. */

#include "bpf/record.h"
#include "event/decode.h"

extern struct drop_record record;
extern struct drop_event decoded;

/* Decodes the record, which is whole and has no stack. Returns what decode_record() returns. */
int decode(void);

/* A dropped packet as it is in an skb, after a MAC header of l2_len bytes. */
void make_drop(int family, uint16_t l2_len);

/* A retransmission of 100 bytes whose headers are in the headroom. */
void make_retransmit(int family);

/* The length of the payload in the socket's fields and in the IP header. */
void put_payload_len(uint32_t payload_len);

#endif
