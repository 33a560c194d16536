// SPDX-License-Identifier: GPL-2.0-or-later
/* TCP is in tcp_rewrite.c; here are ports and checksums, UDP and ICMP. */
#include <netinet/in.h>

#include "event/packet.h"
#include "rewriter.h"

enum {
	PORTS_BYTES = 4,
	UDP_BYTES = 8,
	ICMP_BYTES = 8, /* of an error, before the packet in it */
	ICMP_TYPE_BYTES = 4,
	TCP_SEQUENCE_BYTES = 8,
	AT_TCP_CHECKSUM = 16,
	AT_UDP_CHECKSUM = 6,
	AT_ICMP_CHECKSUM = 2,
	TCP_BYTES = 20,
	ICMP_REDIRECT = 5,
};

static uint32_t payload_length(const struct ip_packet *ip)
{
	return ip->end > ip->payload_at ? ip->end - ip->payload_at : 0;
}

/* Checks the checksum of the whole payload before it is changed. */
static enum checksum_was look(const struct frame *frame, const struct ip_packet *ip, uint32_t sum)
{
	const uint8_t *payload = frame_bytes(frame, ip->payload_at, payload_length(ip));

	if (!payload || ip->unchecked || ip->fragment)
		return CHECKSUM_UNCHECKED;
	return checksum_look(checksum_add(sum, payload, payload_length(ip)));
}

/* Sets the checksum in the header, of which the safe bytes are all that is not zero. */
static void set_checksum(const struct frame *frame, const struct ip_packet *ip, uint32_t at,
			 uint32_t pseudo_sum, enum checksum_was was)
{
	uint8_t *payload = frame->data + ip->payload_at;
	uint32_t length = payload_length(ip), safe = frame->safe - ip->payload_at;
	uint32_t sum;

	packet_put16(payload + at, 0);
	sum = checksum_add(pseudo_sum, payload, safe < length ? safe : length);
	packet_put16(payload + at, checksum_make(sum, was));
}

static uint32_t new_pseudo_sum(const struct frame *frame, const struct ip_packet *ip)
{
	return checksum_pseudo(frame->data + ip->at, ip->protocol, payload_length(ip));
}

static bool take_ports(const struct frame *frame, struct ip_packet *ip)
{
	const uint8_t *ports = frame_bytes(frame, ip->payload_at, PORTS_BYTES);

	if (!ports)
		return false;
	ip->source = packet_get16(ports);
	ip->destination = packet_get16(ports + 2);
	return true;
}

static void set_ports(const struct packet_rewriter *rewriter, const struct frame *frame,
		      const struct ip_packet *ip)
{
	uint8_t *ports = frame->data + ip->payload_at;

	if (!rewriter->ports)
		return;
	packet_put16(ports, rewriter->ports[ip->source]);
	packet_put16(ports + 2, rewriter->ports[ip->destination]);
}

static void count_payload(struct packet_rewriter *rewriter, const struct frame *frame,
			  const struct ip_packet *ip)
{
	if (!ip->inner && frame_captured(frame, ip->payload_at, payload_length(ip)) >
				  frame->safe - ip->payload_at)
		rewriter->counts.payloads++;
}

static void rewrite_tcp_segment(struct packet_rewriter *rewriter, struct frame *frame,
				struct ip_packet *ip)
{
	enum checksum_was was;

	if (!take_ports(frame, ip))
		return;
	was = look(frame, ip, ip->pseudo_sum);
	frame->safe = ip->payload_at + PORTS_BYTES;
	if (frame_bytes(frame, ip->payload_at, TCP_SEQUENCE_BYTES))
		rewrite_tcp(rewriter, frame, ip);
	set_ports(rewriter, frame, ip);
	if (frame->safe >= ip->payload_at + TCP_BYTES)
		set_checksum(frame, ip, AT_TCP_CHECKSUM, new_pseudo_sum(frame, ip), was);
	count_payload(rewriter, frame, ip);
}

/* A UDP checksum of 0 says that there is none (RFC 768), so a checksum of 0 is sent as 0xffff. */
static void rewrite_udp(struct packet_rewriter *rewriter, struct frame *frame, struct ip_packet *ip)
{
	uint8_t *header = frame_bytes(frame, ip->payload_at, UDP_BYTES);
	enum checksum_was was;

	if (!take_ports(frame, ip))
		return;
	was = look(frame, ip, ip->pseudo_sum);
	frame->safe = ip->payload_at + (header ? UDP_BYTES : PORTS_BYTES);
	set_ports(rewriter, frame, ip);
	if (header && packet_get16(header + AT_UDP_CHECKSUM)) {
		set_checksum(frame, ip, AT_UDP_CHECKSUM, new_pseudo_sum(frame, ip), was);
		if (!packet_get16(header + AT_UDP_CHECKSUM))
			packet_put16(header + AT_UDP_CHECKSUM, 0xffff);
	}
	count_payload(rewriter, frame, ip);
}

/* Errors have the packet that caused them in them. */
static bool is_icmp_error(const struct ip_packet *ip, uint8_t type)
{
	if (ip->protocol == IPPROTO_ICMPV6)
		return type >= 1 && type <= 4;
	return type == 3 || type == 4 || type == ICMP_REDIRECT || type == 11 || type == 12;
}

/* Of other messages the type and the code stay: their contents may be addresses. */
static void rewrite_icmp(struct packet_rewriter *rewriter, struct frame *frame,
			 struct ip_packet *ip)
{
	bool is_v6 = ip->protocol == IPPROTO_ICMPV6;
	uint8_t *header = frame_bytes(frame, ip->payload_at, ICMP_TYPE_BYTES);
	enum checksum_was was;

	if (!header)
		return;
	was = look(frame, ip, is_v6 ? ip->pseudo_sum : 0);
	frame->safe = ip->payload_at + ICMP_TYPE_BYTES;
	if (!ip->inner && is_icmp_error(ip, header[0]) &&
	    frame_bytes(frame, ip->payload_at, ICMP_BYTES)) {
		frame->safe = ip->payload_at + ICMP_BYTES;
		if (!is_v6 && header[0] == ICMP_REDIRECT)
			rewrite_ipv4(rewriter, header + ICMP_TYPE_BYTES);
		rewrite_ip(rewriter, frame, ip->payload_at + ICMP_BYTES, true);
	}
	set_checksum(frame, ip, AT_ICMP_CHECKSUM, is_v6 ? new_pseudo_sum(frame, ip) : 0, was);
	count_payload(rewriter, frame, ip);
}

void rewrite_transport(struct packet_rewriter *rewriter, struct frame *frame, struct ip_packet *ip)
{
	if (ip->protocol == IPPROTO_TCP)
		rewrite_tcp_segment(rewriter, frame, ip);
	else if (ip->protocol == IPPROTO_UDP)
		rewrite_udp(rewriter, frame, ip);
	else if (ip->protocol == IPPROTO_ICMP || ip->protocol == IPPROTO_ICMPV6)
		rewrite_icmp(rewriter, frame, ip);
	else if (!ip->inner)
		rewriter->counts.other_protocols++;
}
