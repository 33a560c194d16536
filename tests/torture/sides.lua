-- SPDX-License-Identifier: GPL-2.0-or-later
-- The side of its flow that an event is on, and what it may report there: the socket is that of the
-- packet's sender on output and of its receiver on input, and belongs to that side's namespace; its
-- possible states and owners follow from the packet and from the actors' reports.
local sides = {}

-- How late an actor may report what it did, in seconds.
local late = 0.1

local function set(...)
	local members = {}
	for _, member in ipairs { ... } do members[member] = true end
	return members
end
local opening = set("LISTEN", "NEW_SYN_RECV", "SYN_RECV")
local of_client = set("LISTEN", "NEW_SYN_RECV", "SYN_RECV")

local function state_problem(e, client)
	local syn, ack = e.flags:match("SYN"), e.flags:match("ACK")
	if client and of_client[e.state] then return "a client is never in that state" end
	if not client and e.state == "SYN_SENT" then return "a server is never in that state" end
	if syn and not ack and e.dir == "out" and e.state ~= "SYN_SENT" then return "a SYN is sent in SYN_SENT" end
	if syn and ack and e.dir == "out" and not opening[e.state] then return "a SYN-ACK is sent before it is established" end
	-- A listener acknowledges for connections that it has not made yet.
	local bare = not syn and not e.flags:match("RST")
	if bare and e.dir == "out" and (e.state == "SYN_SENT" or (e.state == "LISTEN" and e.payload_len > 0)) then
		return "nothing is sent in that state"
	end
end

local function matches(h, address, port, peer, peer_port)
	return h.address == address and h.port == port and (h.peer == "-" or (h.peer == peer and h.peer_port == peer_port))
end

-- Returns the processes that may be the owner, depending on its source.
local function owners(world, e, address, port, peer, peer_port)
	local exact, any, last, after = {}, {}, nil, {}
	for _, h in ipairs(world.actors.holds) do
		if matches(h, address, port, peer, peer_port) then
			any[h.pid] = h.comm
			if h.from - late > e.time then
				after[h.pid] = h.comm
			elseif h.to + late >= e.time then
				exact[h.pid] = h.comm
			elseif not last or h.to >= last.to then
				last = h
			end
		end
	end
	if next(exact) then return exact, any end
	-- No process has it: the last one that had it, or the one that will accept it.
	if last then after[last.pid] = last.comm end
	return after, any
end
local function listeners(world, e, address, port)
	local found = {}
	for _, l in ipairs(world.actors.listens) do
		local proxy = e.flow.proxy and l.port == e.flow.proxy
		if proxy or (not e.flow.proxy and l.port == port and l.address == address) then found[l.pid] = l.comm end
	end
	return found
end

local function owner_problem(world, e, client, address, port, peer, peer_port)
	local exact, any = owners(world, e, address, port, peer, peer_port)
	local listening = client and {} or listeners(world, e, address, port)
	local comm
	if e.owner_src == "listener" or (e.owner_src == "exact" and opening[e.state]) then
		comm = listening[e.owner_pid] or exact[e.owner_pid]
	elseif e.owner_src == "exact" then
		comm = exact[e.owner_pid]
	else
		comm = any[e.owner_pid] or listening[e.owner_pid]
	end
	if comm == nil then
		local names = {}
		for _, list in ipairs { exact, listening } do
			for pid, name in pairs(list) do names[#names + 1] = pid .. "/" .. name end
		end
		return "the owner is one of " .. (#names > 0 and table.concat(names, " ") or "nobody")
	end
	if e.owner and e.owner ~= comm then return "the owner's name is " .. comm end
end

-- How many connections of each flow its server has accepted.
function sides.accepted(world)
	local accepted = {}
	for _, flow in ipairs(world.truth.flows) do
		accepted[flow.index] = 0
		for _, h in ipairs(world.actors.holds) do
			if h.port == flow.listens and h.address == flow.addr_s then
				accepted[flow.index] = accepted[flow.index] + 1
			end
		end
	end
	return accepted
end

local function device_problem(world, e)
	if not e.ifname then return end
	for _, name in ipairs(world.truth.hosts[e.role].devices) do
		if name == e.ifname then return end
	end
	return e.role .. " has no such device"
end

-- A frame that a device received is for that device, one that it sends is from it; zeros mean that
-- it has no MAC.
local function mac_problem(world, e)
	if not e.macs or not e.ifname or not e.dir or e.role == "w" then return end
	for _, d in ipairs(world.truth.devices) do
		local mac = e.dir == "in" and e.macs.to or e.macs.from
		if d.name == e.ifname and d.addressed and mac ~= d.mac and mac ~= "00:00:00:00:00:00" then
			return string.format("the MAC of %s is %s, not %s", d.name, d.mac, mac)
		end
	end
end

-- Returns what is wrong with an event, as a list of sentences.
function sides.check(world, e)
	local problems, flow = {}, e.flow
	local function add(why) if why then problems[#problems + 1] = why end end
	if not e.role then return problems end
	add(device_problem(world, e))
	add(mac_problem(world, e))
	if not flow or not e.dir then return problems end
	local client = e.request == (e.dir == "out") -- the socket is the client's
	local role = client and flow.client or flow.server
	if (e.role == "c" or e.role == "s") and e.role ~= role then
		add(string.format("%s of %s has no packets of this direction", e.request and "requests" or "replies", e.role))
		return problems
	end
	if not e.state then
		if e.owner_pid then add("an owner without a socket") end
		return problems
	end
	if e.role ~= role then
		add("the router has no socket")
		return problems
	end
	add(state_problem(e, client))
	if e.owner_pid and e.dir == "out" then add(owner_problem(world, e, client, e.saddr, e.sport, e.daddr, e.dport)) end
	if e.owner_pid and e.dir == "in" then add(owner_problem(world, e, client, e.daddr, e.dport, e.saddr, e.sport)) end
	return problems
end

return sides
