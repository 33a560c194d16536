/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CHAIN_BPF_H
#define CHAIN_BPF_H

/*
 * The TCP packet in a chain of headers: tags, tunnels, fragments and extension headers. Plain TCP
 * packets do not get here: packet.bpf.h passes on only packets that may have such headers.
 * capture/event/packet_chain.c parses the same headers, and finds the same packet in the bytes.
 *
 * The headers are examined one by one by a global function, whose state is in a map: the verifier
 * checks it once, for any number of headers.
 */

#include "benign.bpf.h"
#include "kernel.bpf.h"
#include "packet.bpf.h"

#define CHAIN_MAX 32 /* headers */
/* Returned by a step: the next header is known. Otherwise PARSE_NOT_TCP or PARSE_UNREADABLE. */
#define STEP_NEXT  1
#define STEP_FOUND 2 /* h->at is the TCP header, or what a later fragment has instead */

static __always_inline __u16 be16_at(const __u8 *bytes)
{
	return bytes[0] << 8 | bytes[1];
}

/* The next header, after length bytes, has that ethertype; smaller numbers are lengths (802.3). */
static __always_inline int step_to_type(struct headers *h, __u32 length, __u16 type)
{
	if (type < 0x600)
		return PARSE_NOT_TCP;
	h->at += length;
	h->next = type;
	return STEP_NEXT;
}

static __always_inline int step_ethernet(struct headers *h)
{
	__u8 type[2];

	if (!read_at(h, h->at + ETH_HLEN - 2, type, sizeof(type)))
		return PARSE_UNREADABLE;
	return step_to_type(h, ETH_HLEN, be16_at(type));
}

static __always_inline int step_vlan(struct headers *h)
{
	__u8 tag[VLAN_HLEN];

	if (!read_at(h, h->at, tag, sizeof(tag)))
		return PARSE_UNREADABLE;
	return step_to_type(h, sizeof(tag), be16_at(tag + 2));
}

/* RFC 3032: the label with the bottom bit is the last one. What follows has no type. */
static __always_inline int step_mpls(struct headers *h)
{
	__u8 label[4], version;

	if (!read_at(h, h->at, label, sizeof(label)))
		return PARSE_UNREADABLE;
	if (!(label[2] & 1))
		return step_to_type(h, sizeof(label), ETH_P_MPLS_UC);
	if (!read_at(h, h->at + sizeof(label), &version, 1))
		return PARSE_UNREADABLE;
	if (version >> 4 != 4 && version >> 4 != 6)
		return PARSE_NOT_TCP;
	return step_to_type(h, sizeof(label), version >> 4 == 4 ? ETH_P_IP : ETH_P_IPV6);
}

/* RFC 2516: six bytes, then the protocol of PPP. */
static __always_inline int step_pppoe(struct headers *h)
{
	__u8 protocol[2];

	if (!read_at(h, h->at + 6, protocol, sizeof(protocol)))
		return PARSE_UNREADABLE;
	if (be16_at(protocol) == PPP_IP)
		return step_to_type(h, 8, ETH_P_IP);
	return be16_at(protocol) == PPP_IPV6 ? step_to_type(h, 8, ETH_P_IPV6) : PARSE_NOT_TCP;
}

/*
 * A fragment at that offset, of a packet that has the protocol: only the first one has the next
 * header. A later one of TCP has none, and is found as it is.
 */
static __always_inline int step_fragment(struct headers *h, __u32 id, __u16 offset)
{
	if (offset && h->next != IPPROTO_TCP)
		return PARSE_NOT_TCP;
	h->fragment = offset ? FRAGMENT_LATER : FRAGMENT_FIRST;
	h->fragment_id = id;
	return offset ? STEP_FOUND : STEP_NEXT;
}

static __always_inline int step_ipv4(struct headers *h)
{
	__u8 ip[20];

	if (!read_at(h, h->at, ip, sizeof(ip)) || ip[0] >> 4 != 4 || (ip[0] & 15) < 5)
		return PARSE_UNREADABLE;
	h->family = AF_INET;
	h->network = h->at;
	h->fragment = FRAGMENT_NONE;
	h->at += (ip[0] & 15) * 4;
	h->next = ip[9];
	return ip[6] & 0x3f || ip[7] ? step_fragment(h, be16_at(ip + 4), be16_at(ip + 6) & 0x1fff)
				     : STEP_NEXT;
}

static __always_inline int step_ipv6(struct headers *h)
{
	__u8 ip[8];

	if (h->at + IPV6_HEADER > h->end || !read_at(h, h->at, ip, sizeof(ip)) || ip[0] >> 4 != 6)
		return PARSE_UNREADABLE;
	h->family = AF_INET6;
	h->network = h->at;
	h->fragment = FRAGMENT_NONE;
	h->at += IPV6_HEADER;
	h->next = ip[6];
	return STEP_NEXT;
}

static __always_inline int step_extension(struct headers *h)
{
	__u8 extension[8];

	if (!read_at(h, h->at, extension, sizeof(extension)))
		return PARSE_UNREADABLE;
	if (h->next == IPPROTO_AH)
		h->at += (extension[1] + 2) * 4;
	else if (h->next != IPPROTO_FRAGMENT)
		h->at += (extension[1] + 1) * 8;
	else
		h->at += sizeof(extension);
	if (h->next != IPPROTO_FRAGMENT) {
		h->next = extension[0];
		return STEP_NEXT;
	}
	h->next = extension[0];
	return step_fragment(h, be32_at(extension + 4), be16_at(extension + 2) & 0xfff8);
}

/* RFC 2784 and 2890. */
static __always_inline int step_gre(struct headers *h)
{
	__u8 gre[4];

	if (!read_at(h, h->at, gre, sizeof(gre)))
		return PARSE_UNREADABLE;
	if (gre[0] & 0x40 || gre[1] & 7) /* source routes, or PPTP */
		return PARSE_NOT_TCP;
	return step_to_type(h,
			    4 + (gre[0] >> 7 & 1) * 4 + (gre[0] >> 5 & 1) * 4 +
				    (gre[0] >> 4 & 1) * 4,
			    be16_at(gre + 2));
}

/* VXLAN: RFC 7348; Geneve: RFC 8926. Both have eight bytes, Geneve then options. */
static __always_inline int step_udp(struct headers *h)
{
	__u8 ports[4], tunnel[8];

	if (!read_at(h, h->at, ports, sizeof(ports)))
		return PARSE_UNREADABLE;
	if (!is_tunnel_port(bpf_htons(be16_at(ports + 2))))
		return PARSE_NOT_TCP;
	if (!read_at(h, h->at + 8, tunnel, sizeof(tunnel)))
		return PARSE_UNREADABLE;
	if (be16_at(ports + 2) == GENEVE_PORT)
		return tunnel[0] >> 6
			       ? PARSE_NOT_TCP
			       : step_to_type(h, 16 + (tunnel[0] & 0x3f) * 4, be16_at(tunnel + 2));
	return tunnel[0] & 8 ? step_to_type(h, 16, ETH_P_TEB) : PARSE_NOT_TCP;
}

static __always_inline int step(struct headers *h)
{
	__u32 next = h->next;

	if (next == IPPROTO_TCP)
		return STEP_FOUND;
	if (next == ETH_P_IP || next == IPPROTO_IPIP)
		return step_ipv4(h);
	if (next == ETH_P_IPV6 || next == IPPROTO_IPV6)
		return step_ipv6(h);
	if (next == ETH_P_TEB)
		return step_ethernet(h);
	if (is_vlan_type(next))
		return step_vlan(h);
	if (next == ETH_P_MPLS_UC || next == ETH_P_MPLS_MC || next == IPPROTO_MPLS)
		return step_mpls(h);
	if (next == ETH_P_PPP_SES)
		return step_pppoe(h);
	if (next == IPPROTO_UDP)
		return step_udp(h);
	if (next == IPPROTO_GRE)
		return step_gre(h);
	return next < 256 && h->family == AF_INET6 && is_ipv6_extension(next) ? step_extension(h)
									      : PARSE_NOT_TCP;
}

/* Examines the header at h->at of the slot's drop. */
__attribute__((noinline)) int chain_step(__u32 slot)
{
	struct drop *drop = bpf_map_lookup_elem(&drops, &slot);

	return drop ? step(&drop->headers) : PARSE_NOT_TCP;
}

/* Describes the TCP header at h->at. */
static __always_inline void describe_chain(struct headers *h)
{
	struct tcp_start start;

	h->tcp = h->at;
	if (h->fragment == FRAGMENT_LATER) {
		h->is_truncated = true;
		if (h->end > h->tcp)
			h->end = h->tcp;
	} else if (read_at(h, h->tcp, &start, sizeof(start))) {
		parse_tcp_start(h, &start, h->tcp);
	} else {
		h->is_truncated = true;
	}
}

/*
 * Looks for a TCP packet in the chain of headers that begins at h->outer. Returns whether there is
 * one, and describes it.
 */
static __always_inline bool find_in_chain(struct drop *drop)
{
	struct headers *h = &drop->headers;
	int result = STEP_NEXT;

	h->at = h->outer;
	h->next = h->type;
	h->is_truncated = false;
	for (int i = 0; i < CHAIN_MAX && result == STEP_NEXT; i++)
		result = chain_step(drop->slot);
	barrier();
	h->is_unparsed = result == PARSE_UNREADABLE || result == STEP_NEXT; /* too many headers */
	if (result != STEP_FOUND)
		return false;
	describe_chain(h);
	return true;
}

#endif
