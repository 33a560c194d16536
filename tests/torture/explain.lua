-- SPDX-License-Identifier: GPL-2.0-or-later
-- Explanations of drops that neither a rule nor a qdisc nor a router made: for each reason of TCP,
-- IP and devices, the kernel's counter, and whether the counter is the exact number or an upper
-- limit. Nothing explains a reason that is not listed here.
local explain = {}

-- Segments that arrive twice, or are probes: retransmissions, keepalives, segments doubled by a
-- cable.
local function repeated(world)
	local n = world.actors.doubled
	for _, qdisc in ipairs(world.truth.qdiscs) do
		if qdisc.kind:match("duplicate") then return math.huge end
	end
	for _, counts in pairs(world.high) do
		n = n + counts["Tcp.RetransSegs"] + counts["TcpExt.TCPKeepAlive"] + counts["TcpExt.TCPWinProbe"]
	end
	return n
end
local function resets(world)
	local n = 0
	for _, counts in pairs(world.high) do n = n + counts["Tcp.OutRsts"] end
	for index, rule in ipairs(world.truth.rules) do
		if rule.reject then n = n + world.high[rule.role]["nft.n" .. index] end
	end
	return n
end
local function counter(name)
	return function(_, counts) return counts[name] end
end
-- Segments that TCP answers with a reset, for which there may be no route.
local function answered(world, counts, role)
	for _, flow in ipairs(world.truth.flows) do
		if flow.broken and flow.broken.role == role then return math.huge end
	end
	return counts["Tcp.OutRsts"]
end
local function at_most(how) return { most = how } end
local function exactly(how) return { exact = how } end

local reasons = {
	TCP_CSUM = exactly(counter("Tcp.InCsumErrors")),
	TCP_OFOMERGE = exactly(counter("TcpExt.TCPOFOMerge")),
	TCP_ZEROWINDOW = exactly(counter("TcpExt.TCPZeroWindowDrop")),
	SOCKET_BACKLOG = exactly(counter("TcpExt.TCPBacklogDrop")),
	PROTO_MEM = at_most(function(_, counts) return counts["TcpExt.TCPRcvQDrop"] + counts["TcpExt.TCPOFODrop"] end),
	TCP_OFO_QUEUE_PRUNE = at_most(counter("TcpExt.OfoPruned")),
	TCP_RFC7323_PAWS = exactly(counter("TcpExt.PAWSEstab")),
	TCP_LISTEN_OVERFLOW = at_most(function(_, counts) return counts["TcpExt.ListenDrops"] end),
	["too long for the device"] = at_most(function(_, counts) return counts["Ip.FragFails"] + counts["Ip6FragFails"] end),
	TCP_ABORT_ON_DATA = at_most(counter("TcpExt.TCPAbortOnData")),
	TCP_OLD_DATA = at_most(repeated),
	TCP_OLD_SEQUENCE = at_most(repeated),
	TCP_OVERWINDOW = at_most(repeated),
	TCP_INVALID_SEQUENCE = at_most(repeated),
	TCP_RFC7323_PAWS_ACK = at_most(repeated),
	TCP_RESET = at_most(resets),
	TCP_OFO_DROP = at_most(repeated),
	TCP_INVALID_ACK_SEQUENCE = at_most(answered),
	["data or a SYN in TIME_WAIT"] = at_most(function() return math.huge end),
	TCP_INVALID_SYN = at_most(counter("TcpExt.TCPSYNChallenge")),
	TCP_FLAGS = at_most(answered),
	TCP_CLOSE = at_most(function(world) return resets(world) > 0 and math.huge or 0 end),
	SOCKET_RCVBUFF = at_most(counter("TcpExt.TCPRcvQDrop")),
	CPU_BACKLOG = at_most(function(world) return world.softnet end),
	["NO_SOCKET"] = at_most(answered),
	["a reset that is ignored"] = at_most(resets),
	["a rule's reset without a route"] = at_most(resets),
	["a cookie for a full listener"] = at_most(function(_, counts)
		return counts["TcpExt.ListenDrops"] + counts["TcpExt.SyncookiesRecv"] + counts["TcpExt.SyncookiesFailed"]
	end),
}

-- Returns the name under which a drop is counted, or nil.
function explain.name(event)
	local name = event.reason
	if event.flags:match("RST") and (name == "NO_SOCKET" or name:match("^TCP_")) and name ~= "TCP_CSUM" then
		name = "a reset that is ignored"
	end
	if name == "NOT_SPECIFIED" and event.state == "TIME_WAIT" and (event.payload_len > 0 or event.flags:match("SYN")) then
		name = "data or a SYN in TIME_WAIT"
	end
	if name == "NOT_SPECIFIED" and event.state == "CLOSE" and event.dir == "in" then
		name = "TCP_CLOSE" -- before the kernel had that reason
	end
	local at = event.at or ""
	if name == "PKT_TOO_BIG" or at:match("^ip6?_fragment") or at:match("^ip6_xmit") then
		name = "too long for the device"
	end
	if at:match("^cookie_v[46]_check") then name = "a cookie for a full listener" end
	if at:match("^nf_send_reset") and event.flags:match("RST") and event.dir == "out" then
		name = "a rule's reset without a route"
	end
	return reasons[name] and name
end

-- Checks all events of a role with one name: returns nil if they are explained, or the reason why
-- not.
function explain.check(world, role, name, found)
	local rule, low, high = reasons[name], world.low[role], world.high[role]
	if rule.exact then
		local least, most = rule.exact(world, low), rule.exact(world, high)
		if found < least or found > most then return string.format("%d events, counter %d", found, most) end
	elseif found > rule.most(world, high, role) then
		return string.format("%d events, the counters explain %d at most", found, rule.most(world, high, role))
	end
end

-- The names with an exact counter, for which a missing event is a failure as well.
function explain.exact_names()
	local names = {}
	for name, rule in pairs(reasons) do
		if rule.exact then names[#names + 1] = name end
	end
	table.sort(names)
	return names
end

return explain
