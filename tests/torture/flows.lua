-- SPDX-License-Identifier: GPL-2.0-or-later
-- The flows: their hosts, addresses and ports, the behaviour of both ends, and the steps that start
-- them. A flow has its own port and its own addresses, with host routes on each hop.
local round = require("round")
local chance, pick, sh = round.chance, round.pick, round.sh
local flows = {}


local servers = { "read", "read", "answer", "answer", "slow", "hold", "ignore", "first", "reset", "child", "workers" }
local clients = {
	"finish=close", "finish=read", "finish=read", "finish=reset", "finish=leave", "give=fork finish=read",
	"give=pass finish=read", "give=shutdown finish=read",
}

local function hops_of(flow, path)
	local hops = {}
	if flow.loopback then
		local lo = { name = "lo", ns = round.hosts[flow.client].ns, role = flow.client }
		return { { role = flow.client, out = lo }, { role = flow.client, inn = lo } }
	end
	for i, hop in ipairs(path) do
		if flow.reverse then
			hops[#path + 1 - i] = { role = hop.role, inn = hop.out, out = hop.inn }
		else
			hops[i] = { role = hop.role, inn = hop.inn, out = hop.out }
		end
	end
	return hops
end

local function reversed(hops)
	local back = {}
	for i = #hops, 1, -1 do back[#back + 1] = { role = hops[i].role, inn = hops[i].out, out = hops[i].inn } end
	return back
end

local function gateway(d, peer, family)
	for k = 0, 1 do
		if d.gateways[k] and peer.gateways[k] then return round.address(family, k, d.gateways[k]) end
	end
end
local function routes(hops, family, to)
	for i = 1, #hops - 1 do
		local d = hops[i].out
		hops[i].via = string.format("via %s dev %s", gateway(d, hops[i + 1].inn, family), d.name)
		sh("ip -n %s route add %s/%d %s", d.ns, to, round.length(family), hops[i].via)
	end
end

local function new(index, path)
	local flow = { index = index, family = pick { 4, 4, 6 }, port = 7000 + 10 * index, how = pick(servers) }
	flow.ports, flow.listens = { flow.port }, flow.port
	flow.reverse, flow.loopback, flow.same_port = chance(25), chance(12), chance(15)
	flow.client = flow.reverse and "s" or "c"
	flow.server = (flow.loopback or flow.reverse) and (flow.loopback and flow.client or "c") or "s"
	flow.segment = { client = flow.client == "s" and 5 or 4, server = flow.server == "s" and 5 or 4 }
	flow.addr_c = round.address(flow.family, flow.segment.client, 10 + index)
	flow.addr_s = round.address(flow.family, flow.segment.server, (flow.loopback and 40 or 10) + index)
	local device = { c = path[1].out, s = path[#path].inn }
	local length = round.length(flow.family)
	round.add_address(round.hosts[flow.client].ns, device[flow.client].name, flow.addr_c, flow.family, length)
	round.add_address(round.hosts[flow.server].ns, device[flow.server].name, flow.addr_s, flow.family, length)
	flow.hops = hops_of(flow, path)
	flow.back = reversed(flow.hops)
	if not flow.loopback then
		routes(flow.hops, flow.family, flow.addr_s)
		routes(flow.back, flow.family, flow.addr_c)
	end
	return flow
end

function flows.make(path)
	local list = round.truth.flows
	for i = 1, math.random(3, 6) do list[i] = new(i, path) end
	return list
end

local function server(flow, role, address, port, how, more)
	local ns, comm = round.hosts[flow.server].ns, string.format("t%d%s", flow.index, role)
	round.step("server id=%d ns=%s comm=%s at=%s:%d how=%s %s", round.id(), ns, comm, address, port, how, more or "")
end

function flows.serve(flow)
	local more = ""
	flow.mptcp = round.has("mptcp") and not flow.proxy and chance(12)
	if not flow.proxy and chance(6) then
		round.note("flow %d has no listener", flow.index)
		return
	end
	if chance(20) then more = more .. " rcvbuf=" .. pick { 3000, 8000, 20000 } end
	if flow.how == "ignore" and chance(50) then more = more .. " backlog=1" end
	if flow.how == "answer" then more = more .. " bytes=" .. pick { 100, 30000, 200000 } end
	if flow.proxy then
		-- Besides the proxy, a process listens on the port to which the client connects.
		server(flow, "proxy", flow.family == 4 and "0.0.0.0" or "::", flow.proxy, flow.how, "flags=transparent" .. more)
		server(flow, "web", flow.addr_s, flow.port, "read")
		return
	end
	server(flow, "serv", flow.addr_s, flow.listens, flow.how, (flow.mptcp and "flags=mptcp" or "") .. more)
	if flow.mptcp then
		-- Another process listens on the same port of another address, without MPTCP.
		local other = round.address(flow.family, flow.segment.server, 0xf0 + flow.index)
		round.add_address(round.hosts[flow.server].ns, "lo", other, flow.family, round.length(flow.family))
		server(flow, "plain", other, flow.listens, "ignore")
	end
end

-- Returns the words of a client's step, and its flags.
local function behaviour(flow)
	local words, flags, bytes = { pick(clients) }, {}, pick { 0, 1, 100, 1000, 20000, 100000, 300000 }
	local function word(...) words[#words + 1] = string.format(...) end
	if not flow.loopback and not flow.mptcp and chance(20) then
		-- Its route is removed before it sends.
		flow.gate, flow.count = true, flow.same_port and 1 or math.random(1, 3)
		return { "finish=" .. pick { "close", "read" }, "bytes=" .. pick { 100, 3000, 100000 }, "count=" .. flow.count },
			{ "gate" }
	elseif not flow.same_port and chance(flow.how == "first" and 50 or 15) then
		-- Two processes have the same connection, in sequence.
		flow.client_port = flow.port + 5
		return { "procs=2", "finish=" .. pick { "close", "reset", "reset" }, "bytes=" .. pick { 100, 20000 },
			"hold=" .. math.random(0, 60) }, flags
	end
	word("bytes=%d", bytes)
	if bytes > 0 and bytes <= 20000 and chance(40) then word("piece=%d", pick { 10, 100, 500 }) end
	if not flow.same_port and chance(30) then word("count=%d", math.random(2, 8))
	elseif not flow.same_port and chance(30) then word("repeat=%d", math.random(2, 6)) end
	if chance(10) then
		flags[#flags + 1] = "keepalive"
		word("hold=1300")
	elseif chance(50) then
		word("hold=%d", math.random(0, 200))
	end
	if chance(15) then flags[#flags + 1] = "timestamping" end
	if chance(15) then word("sndbuf=%d", pick { 4000, 20000 }) end
	return words, flags
end

function flows.connect(flow)
	local words, flags = behaviour(flow)
	if flow.mptcp then flags[#flags + 1] = "mptcp" end
	if #flags > 0 then words[#words + 1] = "flags=" .. table.concat(flags, ",") end
	flow.id = round.id()
	round.step("client id=%d ns=%s comm=t%dcli from=%s:%d to=%s:%d %s", flow.id, round.hosts[flow.client].ns, flow.index,
		flow.addr_c, flow.same_port and flow.port or flow.client_port or 0, flow.addr_s, flow.port,
		table.concat(words, " "))
	round.note("flow %d: v%d %s->%s%s%s %s, %s", flow.index, flow.family, flow.client, flow.server,
		flow.same_port and " same port" or "", flow.mptcp and " mptcp" or "", flow.how, table.concat(words, " "))
end

return flows
