/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Puts a packet into hand-made tags and tunnels. Refuses only what it cannot write.
 *
 * The headers are listed from the outermost, separated by commas:
 *   vlan=ID, qinq=ID (802.1ad), mpls=LABEL, pppoe, ip4=FROM/TO, ip6=FROM/TO, opt=COUNT (IPv6
 *   destination options of eight bytes), gre, gre=KEY, vxlan=VNI and geneve=VNI (both with their
 *   UDP header), eth (an Ethernet header in a tunnel)
 */
#ifndef TESTS_LIVE_WRAP_H
#define TESTS_LIVE_WRAP_H

#include <stddef.h>
#include <stdint.h>

#define WRAP_ROOM 512 /* bytes that must be free before the packet */

/*
 * Puts the headers before the packet of *length bytes with that ethertype. Returns its new start,
 * and sets *length and *type. Exits with a message if the list is not one.
 */
uint8_t *wrap_packet(const char *headers, uint8_t *packet, size_t *length, uint16_t *type);

#endif
