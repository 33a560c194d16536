/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PACKET_H
#define PACKET_H

/*
 * The headers of the TCP packet in a frame: their offsets and fields. The packet may be in tunnels.
 * The bytes may be hostile: all are read through one bounds check. It is used for frames of events
 * and of files alike.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PACKET_ETH_LEN	 14
#define PACKET_TAG_LEN	 4 /* 802.1Q: between the MAC addresses and the type */
#define PACKET_FRAME_MAX (PACKET_ETH_LEN + PACKET_TAG_LEN + 256)
#define PACKET_SACK_MAX	 4
#define PACKET_CHAIN_MAX 8 /* tunnels, or tags, of which the types are kept */

enum tcp_flag {
	TCP_FIN = 1 << 0,
	TCP_SYN = 1 << 1,
	TCP_RST = 1 << 2,
	TCP_PSH = 1 << 3,
	TCP_ACK = 1 << 4,
	TCP_URG = 1 << 5,
	TCP_ECE = 1 << 6,
	TCP_CWR = 1 << 7,
};

/* The tunnels that the TCP packet may be in: the header of each is before it. */
enum packet_tunnel {
	TUNNEL_IPIP,   /* IPv4 in IPv4 */
	TUNNEL_SIT,    /* IPv6 in IPv4 */
	TUNNEL_IPIP6,  /* IPv4 in IPv6 */
	TUNNEL_IP6IP6, /* IPv6 in IPv6 */
	TUNNEL_GRE,
	TUNNEL_VXLAN,
	TUNNEL_GENEVE,
	TUNNEL_MPLS,
	TUNNEL_PPPOE,
	TUNNEL_COUNT,
};

/* A later fragment has no TCP header. */
enum packet_fragment {
	PACKET_WHOLE,
	PACKET_FIRST_FRAGMENT,
	PACKET_LATER_FRAGMENT,
};

struct packet {
	const uint8_t *data; /* the frame; the caller's */
	uint32_t caplen;     /* bytes at data */
	uint32_t len;	     /* bytes of the whole frame */
	bool cut;	     /* the headers, TCP's options included, end after caplen */
	uint8_t vlan_count; /* of tags before the first IP header or tunnel; may exceed the array */
	uint16_t vlans[PACKET_CHAIN_MAX];  /* their ids, the outermost first */
	uint8_t tunnel_count;		   /* may exceed the array */
	uint8_t tunnels[PACKET_CHAIN_MAX]; /* enum packet_tunnel, the outermost first */
	bool has_vni;
	uint32_t vni;	   /* of the outermost tunnel that has one */
	int outer_family;  /* of the first IP header; 0: none */
	uint32_t outer_at; /* its offset */
	int family;	   /* AF_INET, AF_INET6; 0: neither, and nothing below is set */
	uint32_t ip_at;	   /* offset of the last IP header, the one before TCP */
	enum packet_fragment fragment;
	uint32_t fragment_id; /* IP ID, if it is a fragment */
	uint8_t saddr[16];    /* IPv4 in the first four bytes */
	uint8_t daddr[16];
	uint32_t tcp_at;    /* offset of the TCP header; 0: not captured, nothing below is set */
	uint16_t ip_id;	    /* IPv4 */
	bool dont_fragment; /* IPv4 */
	uint16_t sport;
	uint16_t dport;
	uint32_t seq;
	uint32_t ack;
	uint16_t window;
	uint8_t flags;	      /* enum tcp_flag */
	uint32_t header_len;  /* of the TCP header with its options, by its data offset */
	uint32_t ip_end;      /* offset of the end of the IP packet; the rest is padding */
	uint32_t payload_len; /* bytes from the end of the TCP header to ip_end */
	bool has_tsval;
	uint32_t tsval; /* RFC 7323 */
	uint32_t tsecr;
	uint8_t sack_count;
	struct {
		uint32_t start;
		uint32_t end;	 /* after the last byte */
	} sack[PACKET_SACK_MAX]; /* RFC 2018 */
};

/*
 * Fills *packet for an Ethernet frame. TCP is found after VLAN tags (802.1Q, 802.1ad), MPLS labels,
 * PPPoE, IP in IP, GRE (except version 1), and VXLAN and Geneve at their usual ports, in any order;
 * bpf/chain.bpf.h finds the same packets. packet->data is frame, which must outlive *packet.
 * Members whose bytes are not there are zero.
 */
void packet_parse(struct packet *packet, const uint8_t *frame, uint32_t caplen, uint32_t len);

/*
 * The same for a frame of that link type: Ethernet, Linux cooked (SLL, SLL2), raw IP (also with its
 * old numbers), BSD loopback. For any other link type, the family stays 0.
 */
void packet_parse_link(struct packet *packet, uint16_t linktype, const uint8_t *frame,
		       uint32_t caplen, uint32_t len);

/*
 * Returns whether packet_parse_link() supports the link type
 * (https://www.tcpdump.org/linktypes.html).
 */
bool packet_knows_link(uint16_t linktype);

/* Returns whether the ethertype is that of a VLAN tag. */
bool packet_is_tag(uint16_t ethertype);

/* Read and write big-endian fields at any address. */
uint16_t packet_get16(const uint8_t *at);
uint32_t packet_get32(const uint8_t *at);
void packet_put16(uint8_t *at, uint16_t value);
void packet_put32(uint8_t *at, uint32_t value);

#endif
