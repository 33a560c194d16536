// SPDX-License-Identifier: GPL-2.0-or-later
#include "explain_tables.h"

/* Reasons of drops at neighbours, devices and queues of the host. */

/* clang-format off */
const struct explanation reasons_device[] = {
	{ "CPU_BACKLOG", EXPLAIN_ERROR,
	  "enqueue_to_backlog",
	  "The queue of received packets of a CPU is full.",
	  "One CPU gets more packets than it can process: RPS to a busy CPU, veth pairs and "
	  "tunnels at a high rate, or the flow limit of RPS.",
	  "/proc/net/softnet_stat (second column), `mpstat -P ALL 1`. Raise "
	  "net.core.netdev_max_backlog, or spread the load (RSS, RPS)." },
	{ "DEV_HDR", EXPLAIN_WARN,
	  "tun_get_user, tap_get_user, virtio_net_hdr_to_skb",
	  "The header in front of the packet, from a virtual machine or the driver, is invalid.",
	  "A faulty driver in the guest, or a program that writes to a tun device.",
	  "`ip -s link show DEVICE` (frame errors). Look at the guest's driver." },
	{ "DEV_READY", EXPLAIN_WARN,
	  "tun_net_xmit, __dev_queue_xmit, dev_hard_start_xmit",
	  "The device is not ready to send or to receive.",
	  "The device is down or being removed, or no program has the tun or tap device open.",
	  "`ip -s link show DEVICE`, `ip monitor link`." },
	{ "FULL_RING", EXPLAIN_WARN,
	  "tun_net_xmit, tap_handle_frame",
	  "The ring between the device and its reader is full.",
	  "The virtual machine or the program (VPN, qemu) behind a tun or tap device does not "
	  "read fast enough.",
	  "`ip -s link show DEVICE` (dropped), the load of the reader; `ip link set DEVICE "
	  "txqueuelen N` sets the size." },
	{ "HDR_TRUNC", EXPLAIN_ERROR,
	  "tun_get_user, tap_get_user, skb_ensure_writable",
	  "The headers of the packet could not be read.",
	  "The packet ends before its headers do, or its parts cannot be brought together in "
	  "memory.",
	  "Look at the sender, for a virtual machine at its driver; `ip -s link show DEVICE` "
	  "counts errors." },
	{ "NEIGH_CREATEFAIL", EXPLAIN_ERROR,
	  "ip_finish_output2, ip6_finish_output2",
	  "No entry for the next hop could be made in the neighbour table.",
	  "The table is full (large flat networks, many containers), memory is short, or the "
	  "device has no link layer address.",
	  "`dmesg` (neighbour table overflow), `ip -s neigh`, net.ipv4.neigh.default.gc_thresh3 "
	  "and the one of ipv6." },
	{ "NEIGH_DEAD", EXPLAIN_NOTE,
	  "__neigh_event_send",
	  "The neighbour entry of the next hop was being removed.",
	  "The device went down, its address changed, or the entries were flushed.",
	  "`ip monitor neigh link` shows the changes." },
	{ "NEIGH_FAILED", EXPLAIN_ERROR,
	  "__neigh_event_send, arp_error_report, ndisc_error_report",
	  "The next hop does not answer: its link layer address is not known.",
	  "The host is down, is in another VLAN, or does not answer ARP or neighbour discovery; a "
	  "wrong netmask or gateway.",
	  "`ip neigh show` (FAILED, INCOMPLETE), `arping -I DEVICE ADDRESS`, `ip route get "
	  "ADDRESS`." },
	{ "NEIGH_HH_FILLFAIL", EXPLAIN_ERROR,
	  "neigh_resolve_output, neigh_connected_output",
	  "The link layer header could not be written in front of the packet.",
	  "The device changes its address or goes away at this moment, or it builds no header for "
	  "this kind of address.",
	  "`ip -d link show DEVICE`, `ip neigh show dev DEVICE`." },
	{ "NEIGH_QUEUEFULL", EXPLAIN_WARN,
	  "__neigh_event_send",
	  "Too many packets wait until the link layer address of the next hop is known.",
	  "Much traffic to a host that does not answer yet, or any more.",
	  "`ip neigh show`, `ip -s ntable show`; net.ipv4.neigh.DEVICE.unres_qlen_bytes is the "
	  "limit. Find out why the neighbour does not answer." },
	{ "NOMEM", EXPLAIN_ERROR,
	  "the function that allocates: see the stack",
	  "The kernel had no memory for the packet at this moment.",
	  "The host is short of memory, or a cgroup is at its limit.",
	  "`dmesg`, `vmstat 1`, vm.min_free_kbytes; memory.events of the cgroup." },
	{ "PACKET_SOCK_ERROR", EXPLAIN_CHAT,
	  "packet_rcv, tpacket_rcv",
	  "The copy of a packet for a sniffer was dropped; the packet itself was not.",
	  "tcpdump or another program with a packet socket does not read fast enough.",
	  "The sniffer reports the number at its end (`packets dropped by kernel`); give it a "
	  "larger buffer (-B) or a filter." },
	{ "SKB_BAD_GSO", EXPLAIN_ERROR,
	  "__dev_queue_xmit, qdisc_pkt_len_segs_init",
	  "A large packet has headers that do not fit its segment sizes.",
	  "A virtual machine or a program with a packet socket passes a faulty packet with a "
	  "virtio header.",
	  "Find the sender of the packet; look at the driver of the virtual machine." },
	{ "SKB_CSUM", EXPLAIN_ERROR,
	  "skb_checksum_help, tap_handle_frame, tun_net_xmit",
	  "The checksum of the packet could not be computed.",
	  "The packet has wrong offsets for its checksum, as after a faulty header from a virtual "
	  "machine, or memory was short.",
	  "Look at the sender of the packet and the offloads: `ethtool -k DEVICE`." },
	{ "SKB_GSO_SEG", EXPLAIN_ERROR,
	  "tap_handle_frame, validate_xmit_skb, ip_finish_output_gso",
	  "A large packet could not be divided into segments.",
	  "Wrong segment sizes in the packet (from a virtual machine or after a BPF program "
	  "changed it), or memory was short.",
	  "`ethtool -k DEVICE` and switch off tso, gso and gro one after the other; `dmesg`." },
	{ "SKB_UCOPY_FAULT", EXPLAIN_ERROR,
	  "tun_get_user, tun_net_xmit, skb_orphan_frags_rx",
	  "The data of the packet could not be copied from or to a program.",
	  "A program behind a tun or tap device gave a bad address, or memory was short.",
	  "Look at the program that has the device open: `ip -d tuntap show`." },
	{ "TAP_FILTER", EXPLAIN_NOTE,
	  "tun_net_xmit, run_ebpf_filter",
	  "A filter that a program has attached to the tun or tap device dropped the packet.",
	  "The program (qemu, a VPN) uses a socket filter or TUNSETFILTEREBPF.",
	  "`ip -d tuntap show` names the program; look at its configuration." },
	{ "TAP_TXFILTER", EXPLAIN_NOTE,
	  "tun_net_xmit, check_filter",
	  "The tap device does not pass this destination MAC address to its reader.",
	  "The virtual machine asked for its own addresses only, and the bridge floods others.",
	  "`bridge fdb show` shows whether the bridge knows the address." },
	{ "UNHANDLED_PROTO", EXPLAIN_NOTE,
	  "__netif_receive_skb_core",
	  "Nothing in this host handles frames of this kind.",
	  "A VLAN that no device has, a bridge or bond port that is not attached, or a protocol "
	  "whose module is not loaded.",
	  "`ip -d link show`, `bridge vlan show`. Look at the EtherType and the VLAN tag of the "
	  "frame." },
	{ "XDP", EXPLAIN_WARN,
	  "do_xdp_generic, veth_xdp_rcv_skb, tun_get_user",
	  "An XDP program dropped the packet, or returned an error.",
	  "A load balancer, a protection against floods, or a container network that uses XDP.",
	  "`bpftool net show`, `ip link show DEVICE` (prog/xdp), `ethtool -S DEVICE`." },
};
const size_t reasons_device_count = sizeof(reasons_device) / sizeof(reasons_device[0]);
/* clang-format on */
