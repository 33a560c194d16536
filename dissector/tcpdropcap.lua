-- SPDX-License-Identifier: GPL-2.0-or-later
--
-- Wireshark plugin: makes display filter fields of the annotation that tcpdropcap writes into
-- packet comments, links a retransmission to the drop of the same data, and counts events. It reads
-- the comments and the TCP header, and adds nothing to packets without an annotation. For Wireshark
-- 4.0 (Lua 5.2) and later (Lua 5.4). It is one file, because Wireshark loads each .lua file of a
-- plugin folder as a plugin of its own, and so that a user can copy it or name it with -X
-- lua_script.
--
-- The order of this file: keys and fields; explanations; text of values; pairs; comments; stacks;
-- the TCP header; links; summaries; requested fields; the tree; the position of the subtree;
-- statistics.
--
-- luacheck: std min, max line length 100
-- luacheck: read globals Proto ProtoField ProtoExpert Field Pref UInt64 Listener
-- luacheck: read globals Dissector DissectorTable TreeItem
-- luacheck: read globals base expert frametype register_postdissector register_menu
-- luacheck: read globals gui_enabled TextWindow retap_packets MENU_TOOLS_UNSORTED

-- All scripts share their globals. If a copy of this script was loaded before, as an installed
-- plugin, that copy gets the arguments, and this one does nothing.
do
	local first = rawget(_G, "tcpdropcap")

	if first then
		first.arguments = first.arguments .. "," .. table.concat({ ... }, ",")
		return
	end
	rawset(_G, "tcpdropcap", { arguments = table.concat({ ... }, ",") })
end

local byte, find, format, gmatch = string.byte, string.find, string.format, string.gmatch
local gsub, match, sub = string.gsub, string.match, string.sub
local concat, insert = table.concat, table.insert
-- Called directly, because tree:add() looks up "add" each time, and a packet has a hundred items.
-- An item without a range covers no bytes, as intended.
local add = TreeItem.add

-- The arguments of -X lua_script1: they name the statistics that tshark prints.
local loaded = rawget(_G, "tcpdropcap")

local TEXT, NUMBER = "text", "number"

-- The keys of the annotation as in capture/report/keys.h: the title of each group, which is a
-- branch of the tree, and after it the group's keys: name, type, unit, title, description.
local KEYS = {
	"Event",
	{ "event", TEXT, "", "Event",
		"Kind of the event: drop, retransmit, synack, tlp, reset, state or life" },
	{ "kind", TEXT, "", "Kind", "Kind of the retransmission: rto, fast, tlp, syn or synack" },
	{ "err", TEXT, "", "Error", "Error for which the retransmission could not be sent" },
	{ "reason", TEXT, "", "Reason", "Reason of the drop or reset, by its name in the kernel" },
	{ "reason_code", NUMBER, "", "Reason code",
		"Number of the reason in the kernel of the capture" },
	{ "at", TEXT, "", "Location", "Location of the drop in the kernel: symbol and offset" },
	{ "dir", TEXT, "", "Direction", "Direction: in or out" },
	{ "state", TEXT, "", "Socket state", "State of the socket" },
	{ "old_state", TEXT, "", "Old state", "State of the socket before the change" },
	{ "cause", TEXT, "", "Cause",
		"Cause of the drop: listen-overflow, syn-queue-full or listen-drop" },
	{ "qdisc", TEXT, "", "Queue discipline", "Queue discipline that dropped the packet: its kind" },
	{ "qdisc_handle", TEXT, "", "Queue discipline, handle", "Its handle, as tc shows it" },
	{ "qdisc_parent", TEXT, "", "Queue discipline, parent", "Its parent: root, or a class" },
	{ "qdisc_reason", TEXT, "", "Queue discipline, reason",
		"Why it dropped the packet, in Linux 7.1 and later" },
	{ "tx_queue", NUMBER, "", "Transmit queue",
		"Transmit queue of the device that has this discipline" },
	"Owner",
	{ "owner_pid", NUMBER, "", "Owner PID", "Process that owns the socket" },
	{ "owner", TEXT, "", "Owner", "Command name of the owner" },
	{ "owner_src", TEXT, "", "Owner source",
		"How certain the owner is: exact, listener or current" },
	"Connection",
	{ "duration_us", NUMBER, "us", "Duration", "Time from the birth of the connection to its end" },
	{ "duration_min_us", NUMBER, "us", "Duration, at least",
		"Lower bound of that time, if the birth was not seen" },
	{ "born", TEXT, "", "Born", "Why the duration is not known: before-start, restored or unknown" },
	{ "opened", TEXT, "", "Opened", "active: by connect(); passive: by a listener" },
	{ "ended", TEXT, "", "Ended", "How the connection ended: local-close, peer-reset, ..." },
	{ "sk_err", TEXT, "", "Socket error", "Error of the socket at the end" },
	{ "drops", NUMBER, "", "Drops", "Drops of packets of the connection that were seen" },
	{ "min_rtt_us", NUMBER, "us", "Minimum RTT", "Least round trip time of the last minutes" },
	{ "rto_time_ms", NUMBER, "ms", "Time in RTO",
		"Time spent waiting for the retransmission timer" },
	{ "rto_count", NUMBER, "", "RTO timeouts", "How often the retransmission timer expired" },
	"Verdict",
	{ "verdict", TEXT, "", "Verdict", "Verdict of tcpdropcap compare" },
	{ "wire_frame", NUMBER, "", "Wire frame",
		"Frame of the wire capture on which the verdict is based" },
	{ "because", TEXT, "", "Because", "Reason of the verdict" },
	"Socket",
	{ "sock", TEXT, "", "Socket source",
		"How the socket was found: rx_sk, skb, hook, fentry, stack or none" },
	{ "uid", NUMBER, "", "User ID", "User of the socket" },
	{ "cgroup", TEXT, "", "Cgroup", "Cgroup of the socket" },
	{ "netns", NUMBER, "", "Network namespace", "Inode number of the network namespace" },
	{ "ifindex", NUMBER, "", "Interface index", "Index of the network device" },
	{ "accept_queue", NUMBER, "connections", "Accept queue",
		"Connections of the listener that wait for accept()" },
	{ "accept_queue_max", NUMBER, "connections", "Accept queue, maximum",
		"Backlog of the listener; it has one more connection when it is full" },
	{ "syn_queue", NUMBER, "requests", "Request queue",
		"Requests of the listener: handshakes that are not complete" },
	{ "mptcp_token", TEXT, "", "MPTCP token", "Token of the MPTCP connection, as ss shows it" },
	{ "mptcp_local_id", NUMBER, "", "MPTCP subflow, local id",
		"Subflow: the id of its local address" },
	{ "mptcp_remote_id", NUMBER, "", "MPTCP subflow, remote id",
		"Subflow: the id of its remote address" },
	"TCP state",
	{ "ca_state", TEXT, "", "Congestion control state",
		"Congestion control state: Open, Disorder, CWR, Recovery, Loss" },
	{ "cwnd", NUMBER, "segments", "Congestion window", "Congestion window" },
	{ "ssthresh", NUMBER, "segments", "Slow start threshold", "Slow start threshold" },
	{ "srtt_us", NUMBER, "us", "Smoothed RTT", "Smoothed round trip time" },
	{ "rttvar_us", NUMBER, "us", "RTT variance", "Variance of the round trip time" },
	{ "rto_us", NUMBER, "us", "RTO", "Retransmission timeout" },
	{ "retransmits", NUMBER, "", "Consecutive timeouts",
		"Consecutive timeouts, including this one; for a SYN-ACK, retransmissions" },
	{ "packets_out", NUMBER, "segments", "Packets out",
		"Segments that are sent and not acknowledged" },
	{ "retrans_out", NUMBER, "segments", "Retransmitted out",
		"Retransmitted segments in flight" },
	{ "lost_out", NUMBER, "segments", "Lost out", "Segments that TCP considers lost" },
	{ "sacked_out", NUMBER, "segments", "SACKed out", "Segments that are acknowledged by SACK" },
	{ "snd_wnd", NUMBER, "bytes", "Send window", "Window that the peer offers" },
	{ "rcv_wnd", NUMBER, "bytes", "Receive window", "Window that is offered to the peer" },
	{ "rmem", NUMBER, "bytes", "Receive memory", "Receive memory in use" },
	{ "rcvbuf", NUMBER, "bytes", "Receive buffer", "Limit of the receive buffer" },
	{ "wmem", NUMBER, "bytes", "Send memory", "Send memory in use" },
	{ "sndbuf", NUMBER, "bytes", "Send buffer", "Limit of the send buffer" },
	{ "backlog", NUMBER, "bytes", "Backlog", "Length of the socket's backlog" },
	{ "bytes_acked", NUMBER, "bytes", "Bytes acked", "Bytes that the peer has acknowledged" },
	{ "bytes_received", NUMBER, "bytes", "Bytes received", "Bytes that were received in order" },
	{ "total_retrans", NUMBER, "segments", "Total retransmitted",
		"Segments that the connection has retransmitted so far" },
	{ "cc", TEXT, "", "Congestion control", "Congestion control algorithm" },
	"CPU",
	{ "cpu", NUMBER, "", "CPU", "CPU of the event" },
	{ "cpu_pid", NUMBER, "", "PID on CPU", "Process on that CPU, related or not" },
	{ "cpu_comm", TEXT, "", "Command on CPU", "Command name of the process on that CPU" },
	"Packet",
	{ "segs", NUMBER, "segments", "Segments",
		"Segments on the wire, if the packet is more than one" },
	{ "hdr", TEXT, "", "Headers",
		"wire: headers as sent or received; synthesized: made from the socket" },
	{ "l2", TEXT, "", "MAC header",
		"absent: the packet had no MAC header, which is zeros" },
	{ "skb_len", NUMBER, "bytes", "True length",
		"True length, if the IP length field had to be clamped" },
	{ "lost", NUMBER, "", "Events lost", "Events that were lost just before this one" },
	{ "tunnel", TEXT, "", "Tunnel",
		"What the packet is in: vxlan, geneve, gre, ipip, sit, ... from the outermost" },
	{ "vni", NUMBER, "", "VNI", "Network identifier of VXLAN or Geneve" },
	{ "vlan", TEXT, "", "VLAN", "VLAN ids of the frame, from the outermost" },
	{ "frag_sport", NUMBER, "", "Fragment source port",
		"Source port of a later fragment's first one" },
	{ "frag_dport", NUMBER, "", "Fragment destination port",
		"Destination port of a later fragment's first one" },
	"Stack",
	{ "stack", TEXT, "", "Stack source",
		"own: frames in comments of this packet; sampled: of a recent event; none" },
	{ "stack_id", NUMBER, "", "Stack ID", "Number of the stack in this file" },
}

local SCHEMA = 2
local MAX_NUMBER = "18446744073709551615"
-- How many faults of a packet are listed: a hostile comment of 64 KiB can have thousands.
local MAX_NOTES = 8

-- Wireshark cuts labels at about 240 bytes, depending on its version, but never before this length.
local LABEL_LEAST = 200

-- Wireshark uses the first unit for the number 1, the second for other numbers.
local UNITS = {
	us = { " us" },
	ms = { " ms" },
	segments = { " segment", " segments" },
	bytes = { " byte", " bytes" },
}

local proto = Proto("tcpdropcap", "TCP drop or retransmission")

proto.prefs.frames = Pref.bool("List the frames of a stack", true,
	"Show each frame of a stack, with its function, offset and module, below the stack")
proto.prefs.info = Pref.bool("Begin the Info column with the event", true,
	"Put the event and its reason before the packet's own text in the Info column")
proto.prefs.above = Pref.bool("Show above the packet's own protocols", false,
	"Show the event above Ethernet and IP, not below the last protocol; replaces the dissectors "
		.. "of the link types while a file with events is open")
proto.prefs.statistics = Pref.string("Statistics of tshark", "",
	"What tshark counts and prints at the end: reason, flow, owner, stack, or all")

-- The severity and the meaning of the reasons of drops and resets, the causes, the kinds of
-- retransmissions and the events. `make reasons` makes this table from that of tcpdropcap explain.
-- Begin of the explanations.
local EXPLANATIONS = {
	drop = {
		NO_SOCKET = { "note",
			"No socket accepts this packet, and the kernel answers it with a reset unless it "
				.. "is one." },
		PFMEMALLOC = { "error",
			"The packet was received in memory that is reserved for swapping, and the socket "
				.. "may not use it." },
		PROTO_MEM = { "error",
			"The receive buffer of the socket, or the memory that TCP may use, is exhausted." },
		QUEUE_PURGE = { "chat",
			"The packet was in a queue that was emptied as a whole." },
		SOCKET_BACKLOG = { "error",
			"The socket was in use by its program, and the queue in which packets wait for it "
				.. "was full." },
		SOCKET_RCVBUFF = { "warn",
			"The receive buffer of a socket that gets whole packets is full." },
		TCP_ABORT_ON_DATA = { "warn",
			"Data arrived for a connection that its program had already closed, so the kernel "
				.. "reset the connection." },
		TCP_ACK_UNSENT_DATA = { "warn",
			"The segment acknowledges data that this host has not sent." },
		TCP_CLOSE = { "chat",
			"The socket is closed: the packet came too late for it." },
		TCP_CSUM = { "error",
			"The checksum over the TCP header and the data is wrong." },
		TCP_FASTOPEN = { "note",
			"The segment does not fit the handshake of a connection that TCP Fast Open has "
				.. "opened early." },
		TCP_FLAGS = { "note",
			"The TCP flags are not possible in the state of the socket, such as an ACK for a "
				.. "listener." },
		TCP_INVALID_ACK_SEQUENCE = { "warn",
			"The answer to a SYN acknowledges something that this host has not sent." },
		TCP_INVALID_END_SEQUENCE = { "note",
			"The segment begins in the receive window but ends after it." },
		TCP_INVALID_SEQUENCE = { "warn",
			"The segment begins after the end of the receive window." },
		TCP_INVALID_SYN = { "note",
			"A SYN arrived in an open connection, and the kernel answers with a challenge "
				.. "acknowledgement." },
		TCP_LISTEN_OVERFLOW = { "error",
			"The handshake is complete, but the listener has no room for the connection in its "
				.. "accept queue." },
		TCP_MINTTL = { "note",
			"The TTL or hop limit is lower than the socket permits." },
		TCP_OFOMERGE = { "chat",
			"The data is already in the queue of segments that arrived out of order." },
		TCP_OFO_DROP = { "chat",
			"A segment from the queue out of order has been received as a whole by other "
				.. "segments." },
		TCP_OFO_QUEUE_PRUNE = { "warn",
			"Received data was discarded from the queue of segments out of order, because "
				.. "memory is short." },
		TCP_OLD_ACK = { "chat",
			"The segment acknowledges less than an earlier one did." },
		TCP_OLD_DATA = { "note",
			"All data of the segment has been received before." },
		TCP_OLD_SEQUENCE = { "chat",
			"The segment ends before the receive window: all of it has been received." },
		TCP_OVERWINDOW = { "note",
			"The data begins after the end of the receive window." },
		TCP_RESET = { "note",
			"The packet is a reset; whether it ended the connection is seen from the socket." },
		TCP_RFC7323_PAWS = { "warn",
			"The timestamp of the segment is older than the last one of the connection (PAWS, "
				.. "RFC 7323)." },
		TCP_RFC7323_PAWS_ACK = { "chat",
			"A pure acknowledgement arrived with an older timestamp than one that overtook it." },
		TCP_RFC7323_TSECR = { "note",
			"The last segment of a handshake echoes a timestamp that this host has not sent." },
		TCP_RFC7323_TW_PAWS = { "note",
			"The segment has an older timestamp than the connection in TIME_WAIT to which it "
				.. "belongs." },
		TCP_TOO_OLD_ACK = { "note",
			"The acknowledgement is older than any window of the connection, and the kernel "
				.. "answers with a challenge." },
		TCP_ZEROWINDOW = { "warn",
			"Data arrived although the receive window is closed." },
		DUP_FRAG = { "note",
			"A fragment with this range has already arrived." },
		FRAG_REASM_TIMEOUT = { "warn",
			"The other fragments of the packet did not arrive in time." },
		FRAG_TOO_FAR = { "note",
			"So many packets of the same sender came between the fragments that they cannot "
				.. "belong together." },
		IPV6DISABLED = { "note",
			"IPv6 is disabled on the device." },
		IPV6_BAD_EXTHDR = { "warn",
			"An extension header of IPv6 is invalid or not permitted." },
		IPV6_TOO_MANY_EXTHDRS = { "warn",
			"The packet has more extension headers of IPv6 than this host processes." },
		IP_CSUM = { "error",
			"The checksum of the IPv4 header is wrong." },
		IP_INADDRERRORS = { "warn",
			"The destination address is not valid on this host, or its host cannot be reached." },
		IP_INHDR = { "warn",
			"The IP header is invalid, or its TTL or hop limit ended on this router." },
		IP_INNOROUTES = { "warn",
			"This host has no route for a packet that it should forward." },
		IP_INVALID_DEST = { "warn",
			"The destination address is one that no host can have, such as 0.0.0.0." },
		IP_INVALID_SOURCE = { "warn",
			"The source address is one that no host can have: multicast, broadcast or zero." },
		IP_LOCALNET = { "warn",
			"The packet came from outside with an address of 127.0.0.0/8." },
		IP_LOCAL_SOURCE = { "warn",
			"The packet came from outside with an address of this host as its source." },
		IP_NOPROTO = { "note",
			"The host does not implement the protocol after the IP header." },
		IP_OUTNOROUTES = { "error",
			"This host has no route for a packet that it sends." },
		IP_RPFILTER = { "warn",
			"The route back to the sender leads through another interface than the one on "
				.. "which the packet came (reverse path filter)." },
		NOT_SPECIFIED = { "warn",
			"The function that dropped the packet gives no reason." },
		OTHERHOST = { "chat",
			"The frame is addressed to another host, or is of a VLAN that has no device here." },
		PKT_TOO_BIG = { "warn",
			"The packet is larger than the MTU of its way out and must not be fragmented." },
		PKT_TOO_SMALL = { "error",
			"The packet is shorter than its headers say." },
		UNICAST_IN_L2_MULTICAST = { "warn",
			"The packet for one host came in a frame for many (multicast or broadcast)." },
		BPF_CGROUP_EGRESS = { "warn",
			"A BPF program at the egress of the cgroup refused the packet." },
		NETFILTER_DROP = { "warn",
			"A rule or the default policy of the packet filter dropped the packet." },
		PSP_INPUT = { "warn",
			"The packet does not satisfy the PSP encryption of the connection." },
		PSP_OUTPUT = { "warn",
			"The packet could not be sent with the PSP encryption that the connection requires." },
		SECURITY_HOOK = { "warn",
			"A security module refused the received packet." },
		SOCKET_FILTER = { "warn",
			"A filter of the socket or of its cgroup rejected the received packet." },
		TCP_AOFAILURE = { "warn",
			"The TCP-AO signature of the segment does not fit the key that it names." },
		TCP_AOKEYNOTFOUND = { "warn",
			"The segment names a TCP-AO key that this socket does not have." },
		TCP_AONOTFOUND = { "warn",
			"The connection requires TCP-AO, but the segment has no such option." },
		TCP_AOUNEXPECTED = { "warn",
			"The segment has a TCP-AO option, but the socket uses none for this peer." },
		TCP_AUTH_HDR = { "warn",
			"The TCP header has contradictory or broken options for authentication." },
		TCP_MD5FAILURE = { "warn",
			"The MD5 signature of the segment does not fit the key of the socket." },
		TCP_MD5NOTFOUND = { "warn",
			"The socket has an MD5 key for this peer, but the segment has no MD5 signature." },
		TCP_MD5UNEXPECTED = { "warn",
			"The segment has an MD5 signature, but the socket has no MD5 key for this peer." },
		XFRM_POLICY = { "warn",
			"The packet does not satisfy the IPsec policy." },
		CAKE_FLOOD = { "warn",
			"The protection of cake against flows that do not react to drops dropped the "
				.. "packet." },
		DUALPI2_STEP_DROP = { "note",
			"The queue discipline dualpi2 dropped a packet of its low-latency queue that "
				.. "cannot be marked." },
		FQ_BAND_LIMIT = { "warn",
			"A priority band of the queue discipline fq is full." },
		FQ_FLOW_LIMIT = { "note",
			"The flow has as many packets in fq as one flow may have." },
		FQ_HORIZON_LIMIT = { "warn",
			"The time at which the packet should be sent is too far in the future for fq." },
		QDISC_BURST_DROP = { "warn",
			"So many CPUs queue packets on one queue discipline at once that the waiting list "
				.. "is at its limit." },
		QDISC_CONGESTED = { "note",
			"The queue management of the device (CoDel, PIE, RED) dropped the packet to signal "
				.. "congestion." },
		QDISC_DROP = { "warn",
			"The queue discipline of the device dropped the packet instead of sending it." },
		QDISC_DROP_BAND_LIMIT = { "warn",
			"A priority band of the queue discipline is full." },
		QDISC_DROP_CONGESTED = { "note",
			"The queue management of the qdisc (CoDel, PIE, RED) dropped the packet to signal "
				.. "congestion." },
		QDISC_DROP_FLOOD_PROTECTION = { "warn",
			"The protection of cake against flows that do not react to drops dropped the "
				.. "packet." },
		QDISC_DROP_FLOW_LIMIT = { "note",
			"The flow has as many packets in the qdisc as one flow may have." },
		QDISC_DROP_GENERIC = { "warn",
			"The queue discipline dropped the packet without a closer reason." },
		QDISC_DROP_HORIZON_LIMIT = { "warn",
			"The time at which the packet should be sent is too far in the future for the "
				.. "qdisc." },
		QDISC_DROP_L4S_STEP_NON_ECN = { "note",
			"The queue discipline dualpi2 dropped a packet of its low-latency queue that "
				.. "cannot be marked." },
		QDISC_DROP_MAXFLOWS = { "warn",
			"The queue discipline tracks as many flows as it can, and this is a further one." },
		QDISC_DROP_OVERLIMIT = { "warn",
			"The queue discipline holds as many packets or bytes as its limit permits." },
		QDISC_OVERLIMIT = { "warn",
			"The queue discipline holds as many packets or bytes as its limit permits." },
		TC_CHAIN_NOTFOUND = { "warn",
			"A rule of traffic control jumps to a chain that does not exist." },
		TC_COOKIE_ERROR = { "warn",
			"Traffic control could not continue at the place to which hardware or conntrack "
				.. "had brought the packet." },
		TC_EGRESS = { "warn",
			"A filter of traffic control on the device's egress dropped the packet." },
		TC_ERROR = { "warn",
			"Traffic control met an error of its own while it classified the packet (Linux "
				.. "6.7; closer names later)." },
		TC_INGRESS = { "warn",
			"A filter of traffic control on the device's ingress dropped the received packet." },
		TC_RECLASSIFY_LOOP = { "error",
			"Rules of traffic control send the packet to each other without an end." },
		CPU_BACKLOG = { "error",
			"The queue of received packets of a CPU is full." },
		DEV_HDR = { "warn",
			"The header in front of the packet, from a virtual machine or the driver, is "
				.. "invalid." },
		DEV_READY = { "warn",
			"The device is not ready to send or to receive." },
		FULL_RING = { "warn",
			"The ring between the device and its reader is full." },
		HDR_TRUNC = { "error",
			"The headers of the packet could not be read." },
		NEIGH_CREATEFAIL = { "error",
			"No entry for the next hop could be made in the neighbour table." },
		NEIGH_DEAD = { "note",
			"The neighbour entry of the next hop was being removed." },
		NEIGH_FAILED = { "error",
			"The next hop does not answer: its link layer address is not known." },
		NEIGH_HH_FILLFAIL = { "error",
			"The link layer header could not be written in front of the packet." },
		NEIGH_QUEUEFULL = { "warn",
			"Too many packets wait until the link layer address of the next hop is known." },
		NOMEM = { "error",
			"The kernel had no memory for the packet at this moment." },
		PACKET_SOCK_ERROR = { "chat",
			"The copy of a packet for a sniffer was dropped; the packet itself was not." },
		SKB_BAD_GSO = { "error",
			"A large packet has headers that do not fit its segment sizes." },
		SKB_CSUM = { "error",
			"The checksum of the packet could not be computed." },
		SKB_GSO_SEG = { "error",
			"A large packet could not be divided into segments." },
		SKB_UCOPY_FAULT = { "error",
			"The data of the packet could not be copied from or to a program." },
		TAP_FILTER = { "note",
			"A filter that a program has attached to the tun or tap device dropped the packet." },
		TAP_TXFILTER = { "note",
			"The tap device does not pass this destination MAC address to its reader." },
		UNHANDLED_PROTO = { "note",
			"Nothing in this host handles frames of this kind." },
		XDP = { "warn",
			"An XDP program dropped the packet, or returned an error." },
		BRIDGE_INGRESS_STP_STATE = { "note",
			"The port of the bridge does not forward now, by the spanning tree protocol." },
		IP_TUNNEL_ECN = { "warn",
			"The congestion marks of the inner and the outer header contradict each other (RFC "
				.. "6040)." },
		LOCAL_MAC = { "warn",
			"The frame came through the tunnel with the MAC address of this device as its "
				.. "source." },
		MAC_INVALID_SOURCE = { "warn",
			"The source MAC address is one that no host can have: zero or multicast." },
		NO_TX_TARGET = { "note",
			"There is no port or tunnel end to which the frame could be sent." },
		OVS_DROP_ACTION_ERROR = { "error",
			"An action of the flow of Open vSwitch failed." },
		OVS_DROP_CONNTRACK = { "warn",
			"The connection tracking of Open vSwitch refused the packet." },
		OVS_DROP_DEFERRED_LIMIT = { "error",
			"Open vSwitch has too many actions that wait for their turn." },
		OVS_DROP_EXPLICIT = { "warn",
			"A flow of Open vSwitch drops the packet on purpose." },
		OVS_DROP_EXPLICIT_WITH_ERROR = { "error",
			"A flow of Open vSwitch drops the packet because its translation failed." },
		OVS_DROP_FRAG_INVALID_PROTO = { "error",
			"Open vSwitch cannot fragment this kind of packet." },
		OVS_DROP_FRAG_L2_TOO_LONG = { "error",
			"The link layer header is too long for the fragmentation of Open vSwitch." },
		OVS_DROP_IP_TTL = { "warn",
			"The TTL or hop limit ended in Open vSwitch." },
		OVS_DROP_LAST_ACTION = { "warn",
			"The flow of Open vSwitch ended without an output." },
		OVS_DROP_METER = { "warn",
			"A meter of Open vSwitch dropped the packet: its rate is exceeded." },
		OVS_DROP_RECURSION_LIMIT = { "error",
			"Actions of Open vSwitch call each other too deeply." },
		RECURSION_LIMIT = { "error",
			"The packet came back to a device that was already sending it, too many times." },
		TUNNEL_TXINFO = { "warn",
			"A tunnel without a fixed destination got a packet that names none." },
		VXLAN_ENTRY_EXISTS = { "warn",
			"The source MAC address belongs to another tunnel end by a static entry." },
		VXLAN_INVALID_HDR = { "warn",
			"The header of a VXLAN packet is invalid." },
		VXLAN_VNI_NOT_FOUND = { "warn",
			"No VXLAN device of this host has the network identifier of the packet." },
	},
	reset = {
		ERROR = { "error",
			"The kernel met a reason for the reset that it cannot name." },
		INVALID_SYN = { "note",
			"A segment that does not fit ended a handshake before it was complete." },
		MPTCP_RST_EBADPERF = { "note",
			"The performance of the MPTCP subflow was too bad." },
		MPTCP_RST_EMIDDLEBOX = { "warn",
			"A middlebox disturbs the subflow of MPTCP, for example by changes that break its "
				.. "checksum." },
		MPTCP_RST_EMPTCP = { "warn",
			"The options of MPTCP on a subflow are invalid." },
		MPTCP_RST_EPROHIBIT = { "note",
			"The configuration does not permit this subflow of MPTCP." },
		MPTCP_RST_ERESOURCE = { "warn",
			"The host has no resources for another subflow of MPTCP." },
		MPTCP_RST_EUNSPEC = { "note",
			"A subflow of MPTCP was reset without a closer reason." },
		MPTCP_RST_EWQ2BIG = { "warn",
			"Too much data of an MPTCP subflow waits to be sent again." },
		NOT_SPECIFIED = { "warn",
			"The function that sent the reset gives no reason." },
		NO_SOCKET = { "note",
			"A packet came for a port or a connection that does not exist here, and the kernel "
				.. "refused it." },
		TCP_ABORT_ON_CLOSE = { "warn",
			"The program closed the connection while received data was not read." },
		TCP_ABORT_ON_DATA = { "warn",
			"Data arrived for a connection that its program had already closed." },
		TCP_ABORT_ON_LINGER = { "note",
			"The program closed the connection and does not wait for the close of the peer "
				.. "(TCP_LINGER2 below 0)." },
		TCP_ABORT_ON_MEMORY = { "error",
			"The kernel ended a connection that no program owns any more, because memory or "
				.. "the number of such connections is at its limit." },
		TCP_ACK_UNSENT_DATA = { "warn",
			"A segment of the handshake acknowledges data that this host has not sent." },
		TCP_DISCONNECT_WITH_DATA = { "note",
			"The program disconnected the socket while data was not sent or not acknowledged." },
		TCP_FLAGS = { "note",
			"A segment came whose flags are not possible in the state of the socket, such as "
				.. "an ACK for a listener." },
		TCP_INVALID_ACK_SEQUENCE = { "warn",
			"The answer to the SYN acknowledged something that this host has not sent." },
		TCP_KEEPALIVE_TIMEOUT = { "warn",
			"The peer answered none of the keepalive probes, or TCP_USER_TIMEOUT is over." },
		TCP_OLD_ACK = { "note",
			"An acknowledgement during the handshake is older than the connection." },
		TCP_RFC7323_PAWS = { "warn",
			"The handshake failed because a timestamp is older than it may be (PAWS, RFC 7323)." },
		TCP_STATE = { "note",
			"A connection was ended at once in a state in which TCP requires a reset for that." },
		TCP_TIMEWAIT_SOCKET = { "note",
			"A segment arrived for a connection in TIME_WAIT that it cannot belong to." },
		TCP_TOO_OLD_ACK = { "note",
			"An acknowledgement during the handshake or the close is older than any window of "
				.. "the connection." },
	},
	cause = {
		["listen-drop"] = { "error",
			"The listener dropped the packet, although its accept queue and its queue of "
				.. "requests had room." },
		["listen-overflow"] = { "error",
			"The accept queue of the listener is full: the program does not accept its "
				.. "connections fast enough." },
		["syn-queue-full"] = { "error",
			"The listener has as many requests as its backlog permits, and SYN cookies are off." },
	},
	kind = {
		rto = { "warn",
			"The retransmission timeout expired: nothing was acknowledged for the whole time." },
		fast = { "note",
			"Selective or duplicate acknowledgements showed that the segment is missing (fast "
				.. "retransmit)." },
		tlp = { "note",
			"A tail loss probe sent the last segment again, about two round trips after it." },
		syn = { "warn",
			"The SYN of a connection was sent again, because no answer came." },
		synack = { "warn",
			"The SYN-ACK of a handshake was sent again, because its last segment did not come." },
	},
	event = {
		drop = { "warn",
			"The kernel discarded the packet before it reached its destination." },
		retransmit = { "warn",
			"The kernel sent a segment again, because it was not acknowledged." },
		synack = { "warn",
			"The kernel sent a SYN-ACK again, because the handshake was not completed." },
		tlp = { "chat",
			"TCP tried a tail loss probe: no acknowledgement came for about two round trips." },
		reset = { "note",
			"A reset was sent or received: the connection has ended at once, or did not exist." },
		state = { "chat",
			"A TCP socket changed its state." },
		life = { "chat",
			"A connection has ended: its socket went to CLOSE." },
	},
}
-- End of the explanations.

-- Copies of the preferences, because Wireshark searches for a preference by its name each time.
local show_frames, show_info, show_above = true, true, false

local function read_preferences()
	show_frames, show_info, show_above = proto.prefs.frames, proto.prefs.info, proto.prefs.above
end

proto.prefs_changed = read_preferences

local own = {
	version = ProtoField.uint32("tcpdropcap.version", "Schema", base.DEC, nil, nil,
		"Version of the annotation's schema"),
	summary = ProtoField.string("tcpdropcap.summary", "Summary", base.NONE,
		"The event, its reason and location, the state of the socket and its owner"),
	explanation = ProtoField.string("tcpdropcap.explanation", "Explanation", base.NONE,
		"What the reason of the drop or reset, or the kind of the retransmission, means"),
	pid_comm = ProtoField.string("tcpdropcap.pid_comm", "Owner (PID/COMM)", base.NONE,
		"The owner as the text of tcpdropcap has it"),
	unknown = ProtoField.string("tcpdropcap.unknown", "Unknown", base.NONE,
		"A key that this dissector does not know, with its value"),
	dropped_in = ProtoField.framenum("tcpdropcap.dropped_in", "Dropped in", base.NONE,
		frametype.RETRANS_PREV, nil, "The frame in which the retransmitted data was dropped"),
	retransmitted_in = ProtoField.framenum("tcpdropcap.retransmitted_in", "Retransmitted in",
		base.NONE, frametype.RETRANS_NEXT, nil,
		"The first frame that retransmits the data that was dropped here"),
	stack = ProtoField.string("tcpdropcap.stack", "Stack", base.NONE,
		"Kernel stack, leaf first, also where it was sampled from an earlier packet"),
	frame = ProtoField.string("tcpdropcap.stack.frame", "Frame", base.NONE,
		"One frame of the kernel stack"),
	frame_function = ProtoField.string("tcpdropcap.stack.frame.function", "Function", base.NONE,
		"Function of a frame of the stack"),
	frame_offset = ProtoField.uint32("tcpdropcap.stack.frame.offset", "Offset", base.HEX, nil, nil,
		"Offset in the function, in bytes"),
	frame_module = ProtoField.string("tcpdropcap.stack.frame.module", "Module", base.NONE,
		"Kernel module that the function is in"),
}

-- An expert note has one severity, so there is one for each, all of the same name.
local function notes_of(name, title)
	local severity, list = expert.severity, {}

	for word, value in pairs({
		chat = severity.CHAT, note = severity.NOTE, warn = severity.WARN, error = severity.ERROR,
	}) do
		list[word] = ProtoExpert.new(name, title, expert.group.SEQUENCE, value)
	end
	return list
end

local notes = {
	drop = notes_of("tcpdropcap.drop", "The kernel dropped this packet"),
	retransmit = notes_of("tcpdropcap.retransmit", "The kernel retransmitted this segment"),
	reset = notes_of("tcpdropcap.reset", "A reset was sent or received"),
	malformed = ProtoExpert.new("tcpdropcap.malformed", "Malformed annotation",
		expert.group.MALFORMED, expert.severity.NOTE),
	newer = ProtoExpert.new("tcpdropcap.newer_schema",
		"Newer schema: fields may be missing or mean something else",
		expert.group.PROTOCOL, expert.severity.NOTE),
	no_stack = ProtoExpert.new("tcpdropcap.stack.missing",
		"The stack is neither in this packet nor in one before it",
		expert.group.PROTOCOL, expert.severity.NOTE),
}

local fields = {} -- by key: its ProtoField
local is_number = {}
local group_of = {} -- by key: the name of its group
local index_of = {} -- by key: its index in the order

-- The name tcpdropcap.stack is that of the stack's text, in which users search.
local function field_name(key)
	return key == "stack" and "tcpdropcap.stack.source" or "tcpdropcap." .. key
end

local function make_field(name, kind, unit, title, description)
	if kind == TEXT then
		return ProtoField.string(name, title, base.NONE, description)
	end
	return ProtoField.uint64(name, title, UNITS[unit] and base.UNIT_STRING or base.DEC,
		UNITS[unit], nil, description)
end

local function make_fields()
	local list, group, index = {}, nil, 0

	for _, field in pairs(own) do
		insert(list, field)
	end
	for _, row in ipairs(KEYS) do
		if type(row) == "string" then
			group = row
		else
			local key, kind, unit, title, description = row[1], row[2], row[3], row[4], row[5]
			index = index + 1
			fields[key] = make_field(field_name(key), kind, unit, title, description)
			is_number[key] = kind == NUMBER
			group_of[key] = group
			index_of[key] = index
			insert(list, fields[key])
		end
	end
	return list
end

proto.fields = make_fields()
local experts = { notes.malformed, notes.newer, notes.no_stack }
for _, list in pairs({ notes.drop, notes.retransmit, notes.reset }) do
	for _, one in pairs(list) do
		insert(experts, one)
	end
end
proto.experts = experts

local comment_field = Field.new("frame.comment")
local encapsulation_field = Field.new("frame.encap_type")

local function link_type()
	local encapsulation = encapsulation_field()

	return encapsulation and encapsulation()
end

local UTF8_SEQUENCES = {
	"^[\xc2-\xdf][\x80-\xbf]()",
	"^\xe0[\xa0-\xbf][\x80-\xbf]()",
	"^[\xe1-\xec\xee\xef][\x80-\xbf][\x80-\xbf]()",
	"^\xed[\x80-\x9f][\x80-\xbf]()",
	"^\xf0[\x90-\xbf][\x80-\xbf][\x80-\xbf]()",
	"^[\xf1-\xf3][\x80-\xbf][\x80-\xbf][\x80-\xbf]()",
	"^\xf4[\x80-\x8f][\x80-\xbf][\x80-\xbf]()",
}

local function utf8_sequence_end(text, at)
	for _, pattern in ipairs(UTF8_SEQUENCES) do
		local after = match(text, pattern, at)
		if after then
			return after
		end
	end
	return nil
end

-- Returns the position after the run of ASCII or the visible character there, or nil.
local visible_end

do
	-- Code points, first and last, that show nothing or reorder the text around them: those of
	-- capture/util/utf8.c, and the control characters of C1.
	local invisible = {
		{ 0x80, 0x9f }, { 0xad, 0xad }, { 0x34f, 0x34f }, { 0x61c, 0x61c },
		{ 0x115f, 0x1160 }, { 0x17b4, 0x17b5 }, { 0x180b, 0x180f }, { 0x200b, 0x200f },
		{ 0x2028, 0x202e }, { 0x2060, 0x206f }, { 0x3164, 0x3164 }, { 0xfe00, 0xfe0f },
		{ 0xfeff, 0xfeff }, { 0xffa0, 0xffa0 }, { 0xfff0, 0xfffb }, { 0x1bca0, 0x1bca3 },
		{ 0x1d173, 0x1d17a }, { 0xe0000, 0xe0fff },
	}

	local function code_point(text, at, stop)
		local first = byte(text, at)
		local value = first % (first < 0xe0 and 0x20 or first < 0xf0 and 0x10 or 0x08)

		for i = at + 1, stop - 1 do
			value = value * 64 + byte(text, i) % 64
		end
		return value
	end

	local function is_visible(value)
		for _, range in ipairs(invisible) do
			if value <= range[2] then
				return value < range[1]
			end
		end
		return true
	end

	visible_end = function(text, at)
		local stop = match(text, "^[\0-\127]+()", at)

		if stop then
			return stop
		end
		stop = utf8_sequence_end(text, at)
		return stop and is_visible(code_point(text, at, stop)) and stop or nil
	end
end

local NAMED_ESCAPES = { ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }

local function escape_byte(char)
	return NAMED_ESCAPES[char] or format("\\x%02x", byte(char))
end

-- Returns a value in the form for fields, labels and notes: with control characters escaped,
-- because tshark writes those of a string field to the terminal unchanged, and ends a string at
-- NUL.
local function printable(text)
	if not find(text, "[\0-\31\127-\255]") then
		return text
	end
	text = gsub(text, "[\0-\31\127]", escape_byte)

	local out, at = {}, 1
	while at <= #text do
		local stop = visible_end(text, at)
		insert(out, stop and sub(text, at, stop - 1) or escape_byte(sub(text, at, at)))
		at = stop or at + 1
	end
	return concat(out)
end

local ESCAPES = { ['"'] = '"', ["\\"] = "\\", n = "\n", r = "\r", t = "\t" }

-- Returns the value whose opening quote is before `at`, the position after its closing quote, and
-- the fault if it has a bad escape; or nil, nil and the fault if its end cannot be found.
local function unquote(text, at)
	local out, fault = {}, nil

	while true do
		local plain, stop, char = match(text, '^([^"\\\0-\31\127]*)()(.?)', at)
		insert(out, plain)
		if char == '"' then
			return concat(out), stop + 1, fault
		elseif char == "" or char == "\\" and stop == #text then
			return nil, nil, "unterminated quote"
		elseif char ~= "\\" then
			return nil, nil, "control character"
		end
		local hex = match(text, "^x([0-9a-f][0-9a-f])", stop + 1)
		local escaped = ESCAPES[sub(text, stop + 1, stop + 1)]
		if hex then
			insert(out, string.char(tonumber(hex, 16)))
		elseif escaped then
			insert(out, escaped)
		else
			fault = "bad escape"
		end
		at = stop + (hex and 4 or 2)
	end
end

-- Like unquote, for a value that starts at `at`, quoted or not.
local function take_value(text, at)
	local value, after, fault

	if sub(text, at, at) == '"' then
		value, after, fault = unquote(text, at + 1)
	else
		value, after = match(text, '^([^\0-\32"=\\\127]*)()', at)
		fault = value == "" and "no value" or nil
	end
	if after and find(text, "^[^ ]", after) then
		return nil, nil, "stray character in a value"
	end
	return value, after, fault
end

-- Returns the number without leading zeros, with which Wireshark 4.4 and later read it as octal;
-- nil if the text is not a number or needs more than 64 bits.
local function parse_digits(text)
	local digits = match(text, "^0*(%d+)$")

	if not digits or #digits > #MAX_NUMBER
		or (#digits == #MAX_NUMBER and digits > MAX_NUMBER) then
		return nil
	end
	return digits
end

-- UInt64 values by their text, because thousands of packets have the same few numbers.
local NUMBERS_KEPT = 1024
local numbers, numbers_count = {}, 0

local function parse_number(text)
	local number = numbers[text]
	if number then
		return number
	end
	local digits = parse_digits(text)
	number = digits and UInt64.new(digits)
	if number then
		if numbers_count == NUMBERS_KEPT then
			numbers, numbers_count = {}, 0
		end
		numbers[text] = number
		numbers_count = numbers_count + 1
	end
	return number
end

local function note_fault(annotation, fault, text, from, to)
	if #annotation.faults < MAX_NOTES then
		local excerpt = sub(text, from, math.min(to or #text, from + 59))
		insert(annotation.faults, format("%s: %s", fault, printable(excerpt)))
	end
end

-- Stores one pair. Returns what is wrong with it, or nil.
local function accept(annotation, key, value)
	if annotation.values[key] then
		return "duplicate key"
	end
	if is_number[key] then
		value = parse_number(value)
		if not value then
			return "not a number"
		end
	end
	annotation.values[key] = value
	insert(annotation.order, key)
	return nil
end

-- Returns whether the text is printable, without a quoted value and without a part of a value.
local function is_plain(text)
	return not find(text, "[^ -~]") and not find(text, '"', 1, true)
		and not find(text, "\\", 1, true) and not find(text, "[", 1, true)
end

local function new_annotation()
	return { values = {}, order = {}, faults = {} }
end

-- The fast path, for text that has only plain pairs, each after one space, from position `at` on.
-- Adds to the annotation and returns it, or nil if the text needs the slow path. Captured positions
-- would be slow: instead, the sum of the lengths shows whether there is other text between pairs.
local function parse_plain(annotation, text, at)
	local values, order = annotation.values, annotation.order
	local count = #order

	if not is_plain(text) then
		return nil
	end
	for key, value in gmatch(sub(text, at), " ([^ =]+)=([^ =]+)") do
		at = at + #key + #value + 2
		if is_number[key] then
			value = numbers[value] or parse_number(value)
		end
		if not value or values[key] then
			return nil
		end
		values[key] = value
		count = count + 1
		order[count] = key
	end
	annotation.plain = true
	return at == #text + 1 and annotation or nil
end

-- Keeps "key[2/3]=value". Returns what is wrong with it, or nil.
local function accept_part(annotation, key, value)
	local name, number, count = match(key, "^([^%[%]]+)%[(%d+)/(%d+)%]$")
	local parts = name and annotation.parts[name]

	if not name or #count > 5 then
		return "bad part of a value"
	elseif not parts then
		parts = {}
		annotation.parts[name] = parts
		insert(annotation.split, name)
	end
	insert(parts, { tonumber(number), tonumber(count), value })
	return nil
end

-- Parses "key=value" pairs from position `at` on. A pair with a fault is left out and noted; after
-- a fault that hides the end of a value, the rest is not read, so that no part of a value is taken
-- for a key. Since schema 2, a value may be in parts.
local function parse_any(annotation, text, at, version)
	at = match(text, "^ *()", at)
	while at <= #text do
		local key, value_at = match(text, '^([^\0-\32"=\\\127]+)=()', at)
		local value, after, fault
		if key then
			value, after, fault = take_value(text, value_at)
			if not fault and version > 1 and find(key, "[", 1, true) then
				fault = accept_part(annotation, key, value)
			else
				fault = fault or accept(annotation, key, value)
			end
		else
			after = match(text, '^[^\0-\32"\127]+()%f[\0 ]', at)
			fault = "not key=value"
		end
		if fault then
			note_fault(annotation, fault, text, at, after and after - 1)
		end
		if not after then
			break
		end
		at = match(text, "^ *()", after)
	end
end

local function by_number(a, b)
	return a[1] < b[1]
end

-- Joins the parts of values; a value with a missing part is left out and noted.
local function join_parts(annotation)
	for _, name in ipairs(annotation.split) do
		local parts, texts, fault = annotation.parts[name], {}, nil
		table.sort(parts, by_number)
		for i, part in ipairs(parts) do
			if part[1] ~= i or part[2] ~= #parts then
				fault = "part of a value is missing"
			end
			texts[i] = part[3]
		end
		fault = fault or accept(annotation, name, concat(texts))
		if fault then
			note_fault(annotation, fault, name, 1)
		end
	end
end

-- The tables of the last annotation are reused for the next one, because growing new ones takes
-- longer than parsing the text.
local last_annotation = new_annotation()

local function emptied(annotation)
	local values, order = annotation.values, annotation.order

	for i = #order, 1, -1 do
		values[order[i]] = nil
		order[i] = nil
	end
	annotation.info = nil
	return annotation
end

-- The comments of the packet's annotation that have pairs: their texts, and where the pairs start
-- (nil if a comment has no title, which is a fault).
local texts, starts, texts_count = {}, {}, 0

local function parse_slowly(version)
	local annotation = new_annotation()

	annotation.parts, annotation.split = {}, {}
	for i = 1, texts_count do
		if starts[i] then
			parse_any(annotation, texts[i], starts[i], version)
		else
			note_fault(annotation, "no title", texts[i], 1)
		end
	end
	join_parts(annotation)
	return annotation
end

local function parse(version)
	local annotation = emptied(last_annotation)

	for i = 1, texts_count do
		if not starts[i] or not parse_plain(annotation, texts[i], starts[i]) then
			return parse_slowly(version)
		end
	end
	return annotation
end

-- The keys before this one are the first ones, and describe the event. A file has few different
-- texts of them, so each is parsed once.
local FIRST_KEYS, NEXT_KEY = 6, " dir="
local HEADS_KEPT = 1024
local heads, heads_count = {}, 0

-- Reads no further than the first keys. Returns nil if the text does not begin with them, if the
-- next one is not there, or if the text before it is not plain.
local function parse_head(text, at)
	local stop = at and sub(text, at, at + 6) == " event=" and find(text, NEXT_KEY, at, true)
	local head = stop and sub(text, at, stop - 1)
	local annotation = head and heads[head]

	if annotation then
		return annotation
	end
	annotation = head and parse_plain(new_annotation(), head, 1)
	if annotation then
		if heads_count == HEADS_KEPT then
			heads, heads_count = {}, 0
		end
		heads[head] = annotation
		heads_count = heads_count + 1
	end
	return annotation
end

local MAGIC, STACK_MAGIC = "tcpdropcap/2 ", "tcpdropcap/2 Stack "

-- Returns the schema of a comment that has pairs, and where they start (nil if that is unknown); or
-- nil if it is not such a comment.
local function pairs_of(comment)
	if sub(comment, 1, #MAGIC) == MAGIC then
		if sub(comment, 1, #STACK_MAGIC) == STACK_MAGIC then
			return nil
		end
		return 2, match(comment, '^[^:="]*:()', #MAGIC + 1)
	end
	local version, at = match(comment, "^tcpdropcap/(%d+)()%f[\0-\32]")
	version = version and #version <= 9 and tonumber(version)
	if not version or version == 2 or match(comment, "^ Stack %d", at) then
		return nil
	elseif version == 1 then
		return version, at
	end
	return version, match(comment, '^ [^:="]*:()', at) or at
end

-- Returns the schema of a packet's annotation, and the number of its first comment with pairs; or
-- nil. Sets `texts` to this comment alone. Replaces the comments up to it by their text.
local function find_annotation(comments)
	for i, info in ipairs(comments) do
		local comment = info()
		local version, at = pairs_of(comment)

		comments[i] = comment
		if version then
			texts[1], starts[1], texts_count = comment, at, 1
			return version, i
		end
	end
	return nil
end

-- Like ends_with_lines, for a comment that is longer than a label, whose last lines are missing.
local function ends_with_cut_lines(comments, count, comment)
	local first = match(comment, "^[^\n]*")
	local _, breaks = gsub(comment, "\n", "")

	for i = count, math.max(1, count - breaks), -1 do
		if comments[i] == first then
			local lines = concat(comments, "\n", i, count)
			return #lines > LABEL_LEAST and sub(comment, 1, #lines) == lines, count - i + 1
		end
	end
	return false
end

-- Returns whether the last comments are the lines of this comment, and how many lines it has.
local function ends_with_lines(comments, count, comment)
	local line = comments[count]

	if not line then
		return false
	elseif sub(comment, -#line - 1) ~= "\n" .. line then
		if #comment > LABEL_LEAST then
			return ends_with_cut_lines(comments, count, comment)
		end
		return false
	end
	local _, breaks = gsub(comment, "\n", "")
	return count > breaks and concat(comments, "\n", count - breaks, count) == comment, breaks + 1
end

-- In Wireshark 4.0, a comment of several lines is one value. Since 4.2, its first line and then
-- each of its lines are further values before it. Removes these further values.
local function remove_lines(comments)
	local kept, total = 0, #comments

	for i = 1, total do
		local comment = comments[i]
		if find(comment, "\n", 1, true) then
			local are_lines, lines = ends_with_lines(comments, kept, comment)
			if are_lines then
				kept = kept - lines
				if kept > 0 and comments[kept] == comments[kept + 1] then
					kept = kept - 1
				end
			end
		end
		kept = kept + 1
		comments[kept] = comment
	end
	for i = kept + 1, total do
		comments[i] = nil
	end
end

-- Sets `texts` to all comments that have pairs of this schema; schema 1 has only one. Returns the
-- number of the first one.
local function read_comments(comments, version)
	local first

	for i = 1, #comments do
		if type(comments[i]) ~= "string" then
			comments[i] = comments[i]()
		end
	end
	remove_lines(comments)
	texts_count = 0
	for i = 1, #comments do
		local comment = comments[i]
		if sub(comment, 1, #STACK_MAGIC) ~= STACK_MAGIC and (version > 1 or not first) then
			local other, at = pairs_of(comment)
			if other == version then
				texts_count = texts_count + 1
				texts[texts_count], starts[texts_count] = comment, at
				first = first or i
			end
		end
	end
	return first
end

-- The stacks that were split into frames, by their text. A file has few different stacks.
local STACKS_KEPT = 1024
local split_stacks, split_count = {}, 0

local function split_stack(text)
	local stack = split_stacks[text]

	if stack then
		return stack
	end
	stack = { frames = {} }
	for line in gmatch(text, "[^\n]+") do
		local frame = printable(match(line, "^ *(.*)$"))
		local offset = match(frame, "%+0x(%x+)")
		insert(stack, frame)
		insert(stack.frames, {
			name = match(frame, "^[^ +]+"),
			offset = offset and #offset <= 8 and tonumber(offset, 16) or nil,
			module = match(frame, "%[([^%]]+)%]$"),
		})
	end
	stack.line = concat(stack, " <- ")
	if split_count == STACKS_KEPT then
		split_stacks, split_count = {}, 0
	end
	split_stacks[text] = stack
	split_count = split_count + 1
	return stack
end

-- Returns the frames in a stack comment of schema 1 with this id (any, if nil), and the id; or nil.
-- It comes after the annotation, which is comment `first`.
local function find_old_stack(comments, first, id)
	for i = #comments, first + 1, -1 do
		local number, frames = match(comments[i], "^stack (%d+)\n(.+)$")
		number = number and parse_digits(number)
		if number and (not id or number == id) then
			return frames, number
		end
	end
	return nil
end

local STACK_PATTERN = "^tcpdropcap/%d+ Stack (%d+), frames? (%d+)%-?(%d*) of (%d+)([^:]*):\n(.+)$"

-- Parsed stack comments by their text, because a file has few different ones. `rest` are the
-- comments that followed it in a packet, and `joined` is the text of the whole stack.
local COMMENTS_KEPT = 4096
local stack_comments, stack_comments_count = {}, 0

local function new_stack_comment(comment)
	local id, first, last, total, part, text = match(comment, STACK_PATTERN)
	local index, parts = match(part or "", "^, part (%d+)/(%d+)$")
	local one = {
		id = id and (index or part == "") and parse_digits(id),
		first = tonumber(first),
		last = tonumber(last ~= "" and last or first),
		total = tonumber(total),
		part = tonumber(index or 0),
		parts = tonumber(parts or 0),
		text = text,
		rest = {},
	}

	if stack_comments_count == COMMENTS_KEPT then
		stack_comments, stack_comments_count = {}, 0
	end
	stack_comments[comment] = one
	stack_comments_count = stack_comments_count + 1
	return one
end

local function by_frame(a, b)
	return a.first < b.first or a.first == b.first and a.part < b.part
end

-- Joins the comments of a stack, in any order. Returns nil if one is missing or duplicated.
local function join_stack(list)
	local lines, frame, part = {}, 1, 1

	table.sort(list, by_frame)
	for _, one in ipairs(list) do
		if one.first ~= frame or one.total ~= list[1].total
			or one.part ~= (one.parts > 0 and part or 0) then
			return nil
		elseif part > 1 then
			lines[#lines] = lines[#lines] .. match(one.text, "^ *(.*)$")
		else
			insert(lines, one.text)
		end
		if one.part < one.parts then
			part = part + 1
		else
			frame, part = one.last + 1, 1
		end
	end
	local text = concat(lines, "\n")
	return part == 1 and frame == list[1].total + 1 and #split_stack(text) == list[1].total and text
		or nil
end

-- Returns the frames of these comments, from the cache if the same comments were joined before.
local function joined_stack(list, count)
	local first = list[1]
	local rest, same = first.rest, first.joined and #first.rest == count - 1

	for i = 2, count do
		same = same and rest[i - 1] == list[i]
	end
	if not same then
		local copy = {}
		first.rest = {}
		for i = 1, count do
			copy[i] = list[i]
			if i > 1 then
				first.rest[i - 1] = list[i]
			end
		end
		first.joined = join_stack(copy)
	end
	return first.joined
end

local found = {}

-- Returns the frames in the stack comments with this id and the id, or nil if there are no such
-- comments; and whether any of them is damaged or missing.
local function find_stack(comments, id)
	local count, good = 0, true

	for i = 1, #comments do
		local comment = comments[i]
		if sub(comment, 1, #STACK_MAGIC) == STACK_MAGIC then
			local one = stack_comments[comment] or new_stack_comment(comment)
			good = good and one.id
			if one.id == id then
				count = count + 1
				found[count] = one
			end
		end
	end
	if count == 0 then
		return nil, nil, not good
	end
	local text = joined_stack(found, count)
	return text, id, not good or not text
end

-- By id: a list of { packet = number, text = frames }, ascending, one for each change of the text.
-- Packets are dissected again, and out of order, when the user clicks on them.
local stacks = {}

-- Returns the index of the last entry of this packet or one before it, 0 if there is none.
local function entry_before(list, packet)
	local low, high = 0, #list

	while low < high do
		local middle = math.ceil((low + high) / 2)
		if list[middle].packet <= packet then
			low = middle
		else
			high = middle - 1
		end
	end
	return low
end

local function remember_stack(id, packet, text)
	local list = stacks[id] or {}
	local index = entry_before(list, packet)

	stacks[id] = list
	if index > 0 and list[index].text == text then
		return
	elseif index > 0 and list[index].packet == packet then
		list[index].text = text
	else
		insert(list, index + 1, { packet = packet, text = text })
	end
end

local function recall_stack(id, packet)
	local list = stacks[id] or {}
	local entry = list[entry_before(list, packet)]

	return entry and entry.text
end

-- Returns the text of the packet's stack, whether there should be one, and whether a part of it is
-- missing.
local function resolve_stack(values, comments, first, packet)
	local id = values.stack_id and tostring(values.stack_id)

	if values.stack ~= "own" and (values.stack ~= "sampled" or not id) then
		return nil, false
	end
	-- In a part of a file, a sampled packet may have the frames itself.
	local text, number, damaged
	if id then
		text, number, damaged = find_stack(comments, id)
	end
	if not number then
		text, number = find_old_stack(comments, first, id)
	end
	if text then
		remember_stack(number, packet, text)
	elseif values.stack == "sampled" then
		text = recall_stack(id, packet)
	end
	return text, true, damaged
end

-- Returns only the values of the stack, for when no other key is requested. If a text has no quote,
-- no value in it has a space.
local stack_values = {}

local function parse_stack_values(version)
	for i = texts_count, 1, -1 do
		local text, at = texts[i], starts[i]
		if not at or find(text, '"', at, true) then
			return parse(version).values
		end
		local source, id = match(text, " stack=(%l+) stack_id=(%d+)", at)
		if source then
			stack_values.stack, stack_values.stack_id = source, parse_digits(id)
			return stack_values
		end
	end
	return parse(version).values
end

-- The numbers that wiretap gives to the two link types that tcpdropcap writes.
local ETHERNET, RAW_IP = 1, 7
-- MAC header with two VLAN tags, IPv6 with some extension headers, TCP without options.
local HEADERS_MAX = 160

local function number16(bytes, at)
	local high, low = byte(bytes, at, at + 1)
	return high * 256 + low
end

-- Returns where the IP header starts, counted from 1 like all positions here.
local function ip_start(bytes, encapsulation)
	local at = 13

	if encapsulation ~= ETHERNET then
		return 1
	end
	while at + 1 <= #bytes do
		local ethertype = number16(bytes, at)
		if ethertype ~= 0x8100 and ethertype ~= 0x88a8 and ethertype ~= 0x9100 then
			return at + 2
		end
		at = at + 4
	end
	return #bytes + 1
end

local HOP_BY_HOP, ROUTING, FRAGMENT, AUTHENTICATION, DESTINATION = 0, 43, 44, 51, 60
-- IPV6_EXTENSIONS_MAX of bpf/packet.bpf.h.
local EXTENSIONS_MAX = 12

-- Returns the length of this extension header of IPv6; nil if TCP cannot follow it.
local function extension_length(bytes, header, at)
	if header == HOP_BY_HOP or header == ROUTING or header == DESTINATION then
		return (byte(bytes, at + 1) + 1) * 8
	elseif header == AUTHENTICATION then
		return (byte(bytes, at + 1) + 2) * 4
	elseif header == FRAGMENT and number16(bytes, at + 2) < 8 then
		return 8 -- a later fragment has no TCP header
	end
	return nil
end

-- Returns where the addresses start and end, where the TCP header starts, and where IP says that
-- its payload ends; or nil if it is not TCP.
local function ip_layout(bytes, ip)
	local first = byte(bytes, ip) or 0

	if first >= 0x45 and first < 0x50 and #bytes >= ip + 19 and byte(bytes, ip + 9) == 6
		and number16(bytes, ip + 6) % 0x2000 == 0 then
		return ip + 12, ip + 19, ip + first % 16 * 4, ip + number16(bytes, ip + 2)
	elseif first < 0x60 or first >= 0x70 or #bytes < ip + 39 then
		return nil
	end
	local header, at = byte(bytes, ip + 6), ip + 40
	for _ = 1, EXTENSIONS_MAX do
		local size = header ~= 6 and at + 3 <= #bytes and extension_length(bytes, header, at)
		if not size then
			break
		end
		header, at = byte(bytes, at), at + size
	end
	if header ~= 6 then
		return nil
	end
	return ip + 8, ip + 39, at, ip + 40 + number16(bytes, ip + 4)
end

-- Returns the packet's flow (as bytes), its sequence number, and how many sequence numbers it has,
-- including SYN and FIN; or nil if it is not a TCP packet or uses none, like a pure ACK.
local function read_segment(tvb, encapsulation)
	local bytes = tvb:raw(0, math.min(tvb:len(), HEADERS_MAX))
	local from, to, tcp, stop = ip_layout(bytes, ip_start(bytes, encapsulation))

	if not tcp or #bytes < tcp + 13 then
		return nil
	end
	local b1, b2, b3, b4 = byte(bytes, tcp + 4, tcp + 7)
	local offset, flags = byte(bytes, tcp + 12, tcp + 13)
	-- FIN is the lowest bit of the flags, SYN the next.
	local length = math.max(stop - tcp - (offset - offset % 16) / 4, 0) + flags % 2
		+ (flags % 4 >= 2 and 1 or 0)
	if length == 0 then
		return nil
	end
	return sub(bytes, from, to) .. sub(bytes, tcp, tcp + 3),
		((b1 * 256 + b2) * 256 + b3) * 256 + b4, length
end

-- Returns the flags of the TCP header; nil if there is none.
local function tcp_flags(tvb, encapsulation)
	local bytes = tvb:raw(0, math.min(tvb:len(), HEADERS_MAX))
	local _, _, tcp = ip_layout(bytes, ip_start(bytes, encapsulation))

	return tcp and byte(bytes, tcp + 13)
end

-- Links. A drop is kept in its flow until a retransmission covers it; after that it is found by its
-- sequence number, if it is retransmitted once more. Memory is bounded: DROPS_KEPT drops of a flow,
-- FLOWS_KEPT flows (the most recently used) in each of two tables, and LINKS_KEPT links.
local DROPS_KEPT, FLOWS_KEPT, LINKS_KEPT = 64, 8192, 1000000
local young, old, young_count -- flows by their bytes
-- By frame: the linked frame, which is earlier for a retransmission and later for a drop. One dense
-- table takes a third of the memory of two sparse ones.
local linked, links_count
local last_linked -- the last frame that was searched for links

local function reset_links()
	young, old, young_count = {}, {}, 0
	linked, links_count = {}, 0
	last_linked = 0
end

-- Flows are forgotten when FLOWS_KEPT others have been used since.
local function find_flow(bytes, make)
	local flow = young[bytes]

	if flow then
		return flow
	end
	flow = old[bytes] or make and { waiting = {}, sent_again = {}, sent_count = 0 }
	if flow then
		if young_count == FLOWS_KEPT then
			old, young, young_count = young, {}, 0
		end
		young[bytes] = flow
		young_count = young_count + 1
	end
	return flow
end

local function link_drop(frame, bytes, seq, length)
	local waiting = find_flow(bytes, true).waiting

	if #waiting == DROPS_KEPT then
		table.remove(waiting, 1)
	end
	insert(waiting, { frame, seq, length })
end

local function overlap(seq, length, drop)
	return (drop[2] - seq) % 4294967296 < length or (seq - drop[2]) % 4294967296 < drop[3]
end

local function keep_sent_again(flow, drop)
	if flow.sent_count == DROPS_KEPT then
		flow.sent_again, flow.sent_count = {}, 0
	end
	flow.sent_again[drop[2]] = drop[1]
	flow.sent_count = flow.sent_count + 1
end

local function link_retransmit(frame, bytes, seq, length)
	local flow = find_flow(bytes, false)

	if not flow or links_count >= LINKS_KEPT then
		return
	end
	local waiting, newest = flow.waiting, nil
	for i = #waiting, 1, -1 do
		local drop = waiting[i]
		if overlap(seq, length, drop) then
			newest = newest or drop[1]
			linked[drop[1]] = frame
			keep_sent_again(flow, table.remove(waiting, i))
		end
	end
	linked[frame] = newest or flow.sent_again[seq]
	links_count = links_count + 1
end

-- Links a frame when it is dissected for the first time; all frames are, in the order of the file.
-- So a drop has the link to its retransmission only when it is dissected again: in the window, and
-- in tshark with -2 and a filter that uses a field of this plugin.
local function make_links(event, tvb, frame)
	if frame <= last_linked then
		return
	end
	last_linked = frame
	if event ~= "drop" and event ~= "retransmit" and event ~= "synack" then
		return
	end
	local flow, seq, length = read_segment(tvb, link_type())
	if not flow then
		return
	elseif event == "drop" then
		link_drop(frame, flow, seq, length)
	else
		link_retransmit(frame, flow, seq, length)
	end
end

local TITLES = {
	drop = "TCP drop",
	retransmit = "TCP retransmission",
	synack = "TCP retransmission",
	tlp = "TCP loss probe",
	reset = "TCP reset",
	state = "TCP state",
	life = "TCP connection",
}

local HEADINGS = {
	drop = "Dropped",
	retransmit = "Retransmitted",
	synack = "SYN-ACK retransmitted",
	tlp = "Loss probe",
	reset = "Reset",
	state = "State changed",
	life = "Connection ended",
}

local function heading(values)
	local event = values.event

	if event == "retransmit" and values.err then
		return "Retransmission failed"
	elseif event == "reset" and values.dir == "in" then
		return "Reset received"
	elseif event == "reset" and values.dir == "out" then
		return "Reset sent"
	end
	return HEADINGS[event] or event and "Event " .. event or "Event"
end

local function location(values)
	local reason = values.reason or values.cause
		or values.reason_code and "reason " .. tostring(values.reason_code)

	if reason and values.at then
		return reason .. " at " .. values.at
	end
	return reason or values.at and "at " .. values.at
end

-- "PID/COMM", as the text of tcpdropcap has it.
local function owner_name(values)
	local name, pid = values.owner ~= "" and values.owner, values.owner_pid

	if name or pid then
		return format("%s/%s", pid and tostring(pid) or "?", name or "?")
	end
end

local function owner(values)
	local text, source = owner_name(values), values.owner_src

	if text and source and source ~= "exact" then
		return format("%s (%s)", text, source)
	end
	return text
end

-- The state of the socket, after "OLD > " if it has changed.
local function states(values)
	return values.old_state and values.state and values.old_state .. " > " .. values.state
		or values.state
end

-- A time in us as text; nil for no value.
local function milliseconds(value, prefix)
	return value and format("%s%.3f ms", prefix, tonumber(tostring(value)) / 1000)
end

-- How a connection ended.
local function ending(values)
	local time = milliseconds(values.duration_us, "")
		or milliseconds(values.duration_min_us, "more than ")

	return values.ended and time and format("%s after %s", values.ended, time)
		or values.ended or time
end

local function add_part(parts, part)
	if part and part ~= "" then
		insert(parts, part)
	end
end

-- The summary of an event in a line like "Dropped: NETFILTER_DROP at nft_do_chain+0x3b8,
-- ESTABLISHED, 812/nginx". Returns what comes before the colon, and after.
local function summary(values)
	local parts = {}

	add_part(parts, values.kind ~= values.event and values.kind)
	add_part(parts, values.err)
	add_part(parts, location(values))
	add_part(parts, values.verdict)
	add_part(parts, ending(values))
	add_part(parts, states(values))
	add_part(parts, owner(values))
	return printable(heading(values)), printable(concat(parts, ", "))
end

local function joined(first, rest)
	return rest == "" and first or first .. ": " .. rest
end

-- The same for the Info column, with the reason alone.
local function short_summary(values)
	local why = values.err or values.reason or values.cause
		or values.kind ~= values.event and values.kind
		or values.ended or values.old_state and states(values)

	return printable("[" .. joined(heading(values), why or "") .. "] ")
end

local IN_WINDOW = gui_enabled()
local counting = false -- whether statistics are open
local latest -- for statistics: the frame number, values and stack of the last packet

-- How much of an annotation has to be read: its first keys, these and the stack, all but the stack,
-- or all. tshark shows no tree, so a filter on the reason must cost no more than the first keys. A
-- filter on the protocol alone needs all, for the notes on damage and unknown keys.
local HEAD, HEAD_AND_STACK, PAIRS, ALL = "head", "head and stack", "pairs", "all"

local function needed_extent(asked)
	local last = 0

	if asked.visible or IN_WINDOW or counting or asked.whole then
		return ALL
	end
	for key, index in pairs(index_of) do
		if asked[key] then
			last = math.max(last, index)
		end
	end
	if asked.any_stack then
		return last > FIRST_KEYS and ALL or HEAD_AND_STACK
	elseif last == 0 and asked.any then
		return ALL
	end
	return last > FIRST_KEYS and PAIRS or HEAD
end

-- Which of our fields are requested: all if the packet is shown. The call is slow, and its result
-- does not change in one pass over the file, so it is called again only when a pass starts.
local requested, requested_frame, requested_visible = nil, 0, nil

local function ask_requested(tree, visible)
	local asked = { any = tree:referenced(Dissector.get("tcpdropcap")), visible = visible }

	if asked.any then
		for key, field in pairs(fields) do
			asked[key] = tree:referenced(field)
		end
		for name, field in pairs(own) do
			asked["own " .. name] = tree:referenced(field)
		end
	end
	asked.frames = asked["own frame"] or asked["own frame_function"] or asked["own frame_offset"]
		or asked["own frame_module"]
	asked.any_stack = asked.frames or asked["own stack"]
	asked.whole = asked["own summary"] or asked["own unknown"] or asked["own pid_comm"]
	asked.extent = needed_extent(asked)
	return asked
end

local function requested_fields(tree, frame)
	local visible = tree.visible

	if visible ~= requested_visible or frame <= requested_frame or not requested then
		requested = ask_requested(tree, visible)
	end
	requested_frame, requested_visible = frame, visible
	return requested
end

local function add_frame(item, text, frame)
	local line = requested["own frame"] and add(item, own.frame, text) or item

	if frame.name and requested["own frame_function"] then
		add(line, own.frame_function, frame.name)
	end
	if frame.offset and requested["own frame_offset"] then
		add(line, own.frame_offset, frame.offset)
	end
	if frame.module and requested["own frame_module"] then
		add(line, own.frame_module, frame.module)
	end
end

local function add_stack(tree, text)
	local list_frames = show_frames and requested.frames

	if not requested["own stack"] and not list_frames then
		return
	end
	local stack = split_stack(text)
	local item = requested["own stack"] and add(tree, own.stack, stack.line) or tree
	if list_frames then
		for i, frame in ipairs(stack.frames) do
			add_frame(item, stack[i], frame)
		end
	end
end

-- Returns a group of one packet's subtree, which is made at the first call. If no tree is shown,
-- there are no groups.
local function group(tree, groups, name)
	if not requested.visible then
		return tree
	end
	groups[name] = groups[name] or add(tree, name)
	return groups[name]
end

local function add_pairs(tree, groups, annotation)
	local values, plain = annotation.values, annotation.plain

	for _, key in ipairs(annotation.order) do
		local value, field = values[key], fields[key]
		if not field then
			add(tree, own.unknown, printable(format("%s=%s", key, value)))
		elseif requested[key] then
			add(group(tree, groups, group_of[key] or "Event"), field,
				(plain or is_number[key]) and value or printable(value))
		end
	end
end

local function add_link(tree, frame)
	local other = linked[frame]

	if other then
		add(tree, other < frame and own.dropped_in or own.retransmitted_in, other):set_generated()
	end
end

-- Returns the explanation of the event: its severity and a sentence; or nil.
local function explanation(values)
	local event = values.event

	if event == "drop" or event == "reset" then
		return EXPLANATIONS[event][values.reason] or EXPLANATIONS.cause[values.cause]
	elseif event == "retransmit" or event == "synack" then
		return EXPLANATIONS.kind[values.kind]
	end
	return event == "tlp" and EXPLANATIONS.event.tlp or nil
end

-- Returns the expert notes for the event, by their severity, their text, and the severity of an
-- event without an explanation; or nil.
local function note(values)
	local event = values.event

	if event == "drop" then
		return notes.drop, joined("The kernel dropped this packet", location(values) or ""), "error"
	elseif event == "retransmit" or event == "synack" then
		return notes.retransmit, joined("The kernel retransmitted this segment", values.kind or ""),
			"warn"
	elseif event == "reset" then
		return notes.reset, joined(heading(values), location(values) or ""), "note"
	end
	return nil
end

local CLOSED = {
	FIN_WAIT1 = true, FIN_WAIT2 = true, TIME_WAIT = true, CLOSE = true, LAST_ACK = true,
	CLOSING = true,
}

-- Returns whether a packet without a socket comes after the end of its connection: it has FIN or
-- RST, or the state is one of a closed connection. If only the first keys were read, the state is
-- searched in the text after them.
local function is_after_close(values, tvb)
	local state = values.state or match(texts[1], '^[^"]* dir=%l+ state=([%u%d_]+)')

	if CLOSED[state] then
		return true
	end
	local flags = tcp_flags(tvb, link_type())
	return flags and (flags % 2 == 1 or flags % 8 >= 4)
end

-- Sets the members that add_notes needs, which are the same for all events with these first keys. A
-- retransmission that could not be sent is a warning, whatever its kind.
local function describe(annotation)
	local values = annotation.values
	local explained, list, text, severity = explanation(values), note(values)

	annotation.info = short_summary(values)
	annotation.notes, annotation.note_text = list, text and printable(text)
	annotation.severity = explained and not values.err and explained[1] or severity
	annotation.may_be_late = values.event == "drop" and values.reason == "NO_SOCKET"
end

local function add_notes(tree, annotation, tvb, stack_is_missing, stack_is_damaged)
	if not annotation.info then
		describe(annotation)
	end
	if annotation.notes then
		local late = annotation.may_be_late and is_after_close(annotation.values, tvb)
		tree:add_proto_expert_info(annotation.notes[late and "chat" or annotation.severity],
			annotation.note_text)
	end
	if stack_is_missing then
		tree:add_proto_expert_info(notes.no_stack)
	end
	if annotation.version > SCHEMA then
		tree:add_proto_expert_info(notes.newer)
	end
	if stack_is_damaged then
		tree:add_proto_expert_info(notes.malformed,
			"Malformed annotation: part of the stack is damaged or missing")
	end
	for _, fault in ipairs(annotation.faults) do
		tree:add_proto_expert_info(notes.malformed, "Malformed annotation: " .. fault)
	end
end

-- Adds the explanation of the event, and the owner as one text.
local function add_generated(tree, groups, values)
	local explained = requested["own explanation"] and explanation(values)
	local text = requested["own pid_comm"] and owner_name(values)

	if explained then
		add(group(tree, groups, "Event"), own.explanation, explained[2]):set_generated()
	end
	if text then
		add(group(tree, groups, "Owner"), own.pid_comm, printable(text)):set_generated()
	end
end

local function fill_tree(subtree, annotation, frame, stack)
	local values, groups = annotation.values, {}

	if requested.visible or requested["own summary"] then
		local first, rest = summary(values)
		subtree:set_text(joined(TITLES[values.event] or "TCP event", rest))
		add(subtree, own.summary, joined(first, rest))
	end
	add_link(subtree, frame)
	add_pairs(subtree, groups, annotation)
	add_generated(subtree, groups, values)
	if stack then
		add_stack(group(subtree, groups, "Stack"), stack)
	end
	if requested["own version"] then
		add(subtree, own.version, annotation.version)
	end
	if counting then
		latest = { frame = frame, values = values, stack = stack }
	end
end

-- Returns the annotation as far as it is requested, the packet's stack, whether a stack is missing,
-- and whether a part of it is missing.
local function read_annotation(comments, first, version, frame, extent)
	local annotation, stack, expected, damaged

	if extent == HEAD or extent == HEAD_AND_STACK then
		annotation = parse_head(texts[1], starts[1])
	end
	if not annotation or extent ~= HEAD then
		first = read_comments(comments, version)
	end
	annotation = annotation or parse(version)
	if extent == ALL then
		stack, expected, damaged = resolve_stack(annotation.values, comments, first, frame)
	elseif extent == HEAD_AND_STACK then
		stack, expected, damaged = resolve_stack(parse_stack_values(version), comments, first, frame)
	end
	return annotation, stack, expected and not stack, damaged
end

-- Adds the subtree. Returns the beginning of the Info column, or nil if the packet has no
-- annotation. Each pass over the file parses it: in tshark -2 without a filter, only the second
-- does.
local function annotate(tvb, pinfo, tree)
	local comments = { comment_field() }
	local version, first = find_annotation(comments)

	if not version then
		return nil
	end
	local frame = pinfo.number
	local extent = requested_fields(tree, frame).extent
	local annotation, stack, is_missing, is_damaged =
		read_annotation(comments, first, version, frame, extent)
	local subtree = add(tree, proto):set_generated()

	annotation.version = version
	if requested.any or IN_WINDOW then
		make_links(annotation.values.event, tvb, frame)
	end
	if requested.any or extent == ALL then
		fill_tree(subtree, annotation, frame, stack)
	end
	add_notes(subtree, annotation, tvb, is_missing, is_damaged)
	return annotation.info
end

-- An item is garbage as soon as it is added, and reused memory is in the processor's cache. So the
-- collector runs early and fast, which saves a quarter of the time of a list with fields. All
-- scripts share the collector, so its settings are restored after each packet. Lua 5.4 interprets
-- these settings differently: there, it would be 30 times as slow.
if _VERSION == "Lua 5.2" then
	local annotate_packet = annotate

	annotate = function(tvb, pinfo, tree)
		local pause = collectgarbage("setpause", 100)
		local speed = collectgarbage("setstepmul", 1000)
		local good, info = pcall(annotate_packet, tvb, pinfo, tree)

		collectgarbage("setpause", pause)
		collectgarbage("setstepmul", speed)
		if not good then
			error(info, 0)
		end
		return info
	end
end

-- A post-dissector adds its items below the packet's own protocols. To show them above, the plugin
-- replaces the dissector of the link type, and calls that itself; but only after the first
-- annotation of a file, so that nothing changes for other files. (So in one pass of tshark, the
-- first packet's subtree is below.) A packet that was dissected before the replacement keeps its
-- order, because TCP stores its state of a packet by its layer. Two calls for each packet cost more
-- than one: tshark makes them only for a tree that is shown.
local link_types = DissectorTable.get("wtap_encap")
local replaced = {} -- by link type: its own dissector, while ours replaces it
-- The packet in which that dissector runs: link types inside it are not replaced. The number is
-- compared, not only set and cleared, because an exception of the dissector, for example for a
-- truncated header, may skip our code.
local nested_in
local above_frame, above_info -- of the packet whose subtree is above, until it is finished

local function show_above_packet(encapsulation)
	local dissector = (encapsulation == ETHERNET or encapsulation == RAW_IP)
		and not replaced[encapsulation] and link_types:get_dissector(encapsulation)

	if dissector then
		replaced[encapsulation] = dissector
		link_types:add(encapsulation, proto)
	end
end

local function show_below_packet()
	for encapsulation, dissector in pairs(replaced) do
		link_types:add(encapsulation, dissector)
	end
	replaced, nested_in, above_frame = {}, nil, nil
end

-- Dissects the packet even if the annotation causes an error, which the caller shows.
local function dissect_first(dissector, tvb, pinfo, tree)
	local good, info = true, nil
	local was_nested_in = nested_in

	if nested_in ~= pinfo.number then
		was_nested_in = nil
		good, info = pcall(annotate, tvb, pinfo, tree)
		above_frame, above_info = pinfo.number, good and info
	end
	nested_in = pinfo.number
	pcall(dissector.call, dissector, tvb, pinfo, tree)
	nested_in = was_nested_in
	if not good then
		error(info, 0)
	end
end

-- Called twice for a packet whose link type is replaced: as that dissector and as a post-dissector.
function proto.dissector(tvb, pinfo, tree)
	local info

	if above_frame and above_frame == pinfo.number and (not nested_in or tvb:offset() == 0) then
		info = above_info
		above_frame, nested_in = nil, nil
	else
		local dissector = next(replaced) and replaced[link_type()]
		if dissector then
			return dissect_first(dissector, tvb, pinfo, tree)
		end
		info = annotate(tvb, pinfo, tree)
		if info and show_above and not pinfo.visited and (IN_WINDOW or requested.visible) then
			show_above_packet(link_type())
		end
	end
	if info and show_info then
		pinfo.cols.info:prepend(info)
	end
end

-- Statistics for the menu of the window and for tshark: name, title, function that returns the text
-- of an event's group, headings. The groups are those of tcpdropcap count by the keys in the
-- comments.
local STATISTICS

do
	-- An end of the connection as tcpdropcap count writes it.
	local function endpoint(address, port)
		address = tostring(address)
		return format(find(address, ":", 1, true) and "[%s]:%d" or "%s:%d", address, port)
	end

	-- The local end first, or the sender where the direction is unknown.
	local function flow(values, pinfo)
		local source = endpoint(pinfo.src, pinfo.src_port)
		local destination = endpoint(pinfo.dst, pinfo.dst_port)

		if values.dir == "in" then
			source, destination = destination, source
		end
		return source .. " > " .. destination
	end

	local function columns(...)
		local texts_of = { ... }

		for i = 1, select("#", ...) do
			texts_of[i] = format("%-10s", texts_of[i] or "-")
		end
		return match(concat(texts_of, " "), "^(.-) *$")
	end

	STATISTICS = {
		-- event,kind,reason
		{ "reason", "by reason", function(values)
			return columns(values.event, values.kind, values.reason)
		end, columns("EVENT", "KIND", "REASON") },
		{ "flow", "by flow", flow },
		-- owner,owner_pid
		{ "owner", "by owner", function(values)
			return owner_name(values) or "unknown"
		end },
		-- event,err
		{ "error", "by error", function(values)
			return columns(values.event, values.err)
		end, columns("EVENT", "ERROR") },
		-- event,verdict
		{ "verdict", "by verdict", function(values)
			return columns(values.event, values.verdict)
		end, columns("EVENT", "VERDICT") },
		{ "stack", "by stack", function(_, _, stack)
			return stack and split_stack(stack).line or "none"
		end },
	}
end

-- Further keys are counted together in one line.
local COUNTED_MAX = 65536

local function count_event(counts, key, event)
	local entry = counts.by_key[key]

	if not entry then
		if #counts.list == COUNTED_MAX then
			key = "others"
		end
		entry = counts.by_key[key] or { key = key, total = 0, drops = 0, retransmits = 0 }
		if not counts.by_key[key] then
			counts.by_key[key] = entry
			insert(counts.list, entry)
		end
	end
	entry.total = entry.total + 1
	if event == "drop" then
		entry.drops = entry.drops + 1
	elseif event == "retransmit" or event == "synack" then
		entry.retransmits = entry.retransmits + 1
	end
end

local function more_first(a, b)
	if a.total ~= b.total then
		return a.total > b.total
	end
	return a.key < b.key
end

local function counts_text(statistic, counts)
	local title = statistic[2]
	local columns = statistic[4] or gsub(title, "^by ", ""):upper()
	local lines = { format("TCP drops and retransmissions %s\n", title),
		format("%9s %9s %9s  %s", "EVENTS", "DROPS", "RETRANS", columns) }

	table.sort(counts.list, more_first)
	for _, entry in ipairs(counts.list) do
		insert(lines, format("%9d %9d %9d  %s", entry.total, entry.drops, entry.retransmits,
			printable(entry.key)))
	end
	return concat(lines, "\n") .. "\n"
end

-- Starts to count by these statistics. Calls `show` with the text each time it has to be drawn.
-- Returns the tap.
local function count_by(statistics, show)
	local counts = {}
	local tap = Listener.new("frame", "tcpdropcap")

	local function reset()
		for i = 1, #statistics do
			counts[i] = { by_key = {}, list = {} }
		end
	end

	function tap.packet(pinfo)
		if not latest or latest.frame ~= pinfo.number then
			return
		end
		for i, statistic in ipairs(statistics) do
			local key = statistic[3](latest.values, pinfo, latest.stack)
			count_event(counts[i], key, latest.values.event)
		end
	end
	tap.reset = reset
	function tap.draw()
		local tables = {}
		for i, statistic in ipairs(statistics) do
			insert(tables, counts_text(statistic, counts[i]))
		end
		show(concat(tables, "\n"))
	end
	reset()
	counting = true
	return tap
end

local function open_window(statistic)
	local window = TextWindow.new("TCP drops " .. statistic[2])
	local tap = count_by({ statistic }, function(text)
		window:set(text)
	end)

	window:set_atclose(function()
		tap:remove()
	end)
	retap_packets()
end

-- For tshark: counts by the statistics in a list such as "reason,owner".
local counted = false

local function count_named(names)
	local list = {}

	for _, statistic in ipairs(STATISTICS) do
		local name = statistic[1]
		if find(names, ",all,", 1, true) or find(names, "," .. name .. ",", 1, true) then
			insert(list, statistic)
		end
	end
	if #list > 0 and not counted then
		counted = true
		count_by(list, print)
	end
end

function proto.init()
	stacks, latest, requested = {}, nil, nil
	read_preferences()
	reset_links()
	show_below_packet()
	if not IN_WINDOW then
		count_named("," .. proto.prefs.statistics .. "," .. loaded.arguments .. ",")
	end
end

register_postdissector(proto)

if IN_WINDOW then
	for _, statistic in ipairs(STATISTICS) do
		register_menu("TCP drops/" .. gsub(statistic[2], "^b", "B"), function()
			open_window(statistic)
		end, MENU_TOOLS_UNSORTED)
	end
end
