// SPDX-License-Identifier: GPL-2.0-or-later
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "decode_case.h"

struct drop_record record;
struct drop_event decoded;

int decode(void)
{
	memset(&decoded, 0xa5, sizeof(decoded));
	return decode_record(&record, RECORD_SIZE_NO_STACK, &decoded);
}

/*
 * Puts IP and TCP headers into the packet, after l2_len bytes. Returns the length of the headers.
 */
static uint16_t put_headers(int family, size_t l2_len)
{
	uint8_t *ip = record.packet + l2_len, *tcp = ip + (family == AF_INET ? 20 : 40);

	if (family == AF_INET) {
		memcpy(ip, (uint8_t[20]){ 0x45, 0, 0,  40, 0, 1, 0x40, 0, 64, IPPROTO_TCP,
					  0,	0, 10, 0,  0, 1, 10,   0, 0,  2 },
		       20);
	} else {
		memcpy(ip, (uint8_t[8]){ 0x60, 0, 0, 0, 0, 20, IPPROTO_TCP, 64 }, 8);
		ip[8] = 0xfd;
		ip[24] = 0xfe;
	}
	packet_put16(tcp, 12345);
	packet_put16(tcp + 2, 443);
	packet_put32(tcp + 4, 1000);
	packet_put32(tcp + 8, 2000);
	tcp[12] = 0x50;
	tcp[13] = TCP_ACK;
	packet_put16(tcp + 14, 501);
	return (uint16_t)(tcp + 20 - ip);
}

void make_drop(int family, uint16_t l2_len)
{
	record = (struct drop_record){
		.version = RECORD_VERSION,
		.event = RECORD_DROP,
		.family = (uint8_t)family,
		.timestamp_ns = 1234567890123,
		.direction = RECORD_DIR_IN,
		.sock = RECORD_SOCK_RX_SK,
		.l2_len = l2_len,
		.protocol = family == AF_INET ? 0x0800 : 0x86dd,
	};
	for (uint16_t i = 0; i < l2_len; i++)
		record.packet[i] = (uint8_t)(i + 1);
	if (l2_len >= 14)
		packet_put16(record.packet + 12, family == AF_INET ? 0x0800 : 0x86dd);
	record.packet_len = (uint16_t)(l2_len + put_headers(family, l2_len));
	record.len = record.packet_len;
}

void put_payload_len(uint32_t payload_len)
{
	uint8_t *ip = record.packet + record.l2_len;
	uint32_t length = record.packet_len - record.l2_len + payload_len;
	bool v4 = record.family == AF_INET;

	record.flow.payload_len = payload_len;
	if (!v4)
		length -= 40;
	packet_put16(ip + (v4 ? 2 : 4), length > 65535 ? 0 : (uint16_t)length);
}

void make_retransmit(int family)
{
	make_drop(family, 14);
	record.event = RECORD_RETRANSMIT;
	record.direction = RECORD_DIR_OUT;
	record.sock = RECORD_SOCK_HOOK;
	record.flags = RECORD_HAS_FLOW | RECORD_ETHERNET;
	record.flow = (struct record_flow){
		.sport = 12345,
		.dport = 443,
		.seq = 1000,
		.ack = 2000,
		.window = 501,
		.tcp_flags = TCP_ACK,
	};
	if (family == AF_INET) {
		memcpy(record.flow.saddr, (uint8_t[4]){ 10, 0, 0, 1 }, 4);
		memcpy(record.flow.daddr, (uint8_t[4]){ 10, 0, 0, 2 }, 4);
	} else {
		record.flow.saddr[0] = 0xfd;
		record.flow.daddr[0] = 0xfe;
	}
	put_payload_len(100);
}
