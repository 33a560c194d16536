-- SPDX-License-Identifier: GPL-2.0-or-later
-- What happens to the flows: rules, address translation, queues, routes that are removed, sockets
-- that nobody reads, frames that no socket sent. The kernel counts what each of them drops.
local round = require("round")
local chance, pick, sh, nft, note = round.chance, round.pick, round.sh, round.nft, round.note
local trouble = {}

-- Selects the packets of a flow. Where both ends have the same port, the addresses separate
-- requests from replies.
local function packets(flow, request)
	local ports = string.format("tcp %s { %s }", request and "dport" or "sport", table.concat(flow.ports, ", "))
	if not flow.same_port then return ports end
	local to = request and flow.addr_s or flow.addr_c
	return string.format("%s daddr %s %s", flow.family == 4 and "ip" or "ip6", to, ports)
end

-- Translates at the router, or at the server's host itself.
function trouble.translate(flow)
	local at = round.hosts.r and chance(60) and "r" or flow.server
	local ns, v4 = round.hosts[at].ns, flow.family == 4
	local target = "redirect to :" .. flow.port + 1
	flow.listens = flow.port + 1
	flow.ports[2] = flow.listens
	if at == "r" then
		target = string.format(v4 and "dnat ip to %s:%d" or "dnat ip6 to [%s]:%d", flow.addr_s, flow.listens)
	end
	nft(ns, "add table inet nat%d", flow.index)
	nft(ns, "add chain inet nat%d pre { type nat hook prerouting priority -100; }", flow.index)
	nft(ns, "add rule inet nat%d pre tcp dport %d %s", flow.index, flow.port, target)
	if at == "r" and chance(50) then
		nft(ns, "add chain inet nat%d post { type nat hook postrouting priority 100; }", flow.index)
		nft(ns, "add rule inet nat%d post tcp dport %d masquerade", flow.index, flow.listens)
	end
	note("flow %d dnat at %s", flow.index, at)
end

function trouble.proxy(flow)
	local ns, v4 = round.hosts[flow.server].ns, flow.family == 4
	flow.proxy = 50000 + flow.index
	nft(ns, "add table inet proxy%d", flow.index)
	nft(ns, "add chain inet proxy%d pre { type filter hook prerouting priority -150; }", flow.index)
	nft(ns, "add rule inet proxy%d pre tcp dport %d tproxy %s to :%d meta mark set 1 accept", flow.index, flow.port,
		v4 and "ip" or "ip6", flow.proxy)
	sh("ip %s -n %s rule add fwmark 1 lookup 100", v4 and "-4" or "-6", ns)
	sh("ip %s -n %s route replace local default dev lo table 100", v4 and "-4" or "-6", ns)
	note("flow %d tproxy", flow.index)
end

-- The hooks of a path at which a rule may be, and the direction and device of its drops. A
-- forwarded packet may have either direction, with the device of that direction.
local function hooks_of(hops)
	local list = {}
	local function add(hop, hook, d, dir, out_device)
		list[#list + 1] = { role = hop.role, hook = hook, device = d.name, dir = dir, out_device = out_device }
	end
	for i, hop in ipairs(hops) do
		if hop.inn then
			if round.has("ingress") then add(hop, "ingress", hop.inn, "in") end
			add(hop, "prerouting", hop.inn, "in")
		end
		if i == 1 then add(hop, "output", hop.out, "out")
		elseif i == #hops then add(hop, "input", hop.inn, "in")
		else add(hop, "forward", hop.inn, "any", hop.out.name) end
		if hop.out then
			add(hop, "postrouting", hop.out, "out")
			if round.has("egress") then add(hop, "egress", hop.out, "out") end
			if hop.out.port then add({ role = "w" }, "bridge", hop.out.port, "any") end
		end
	end
	return list
end

local matches = {
	"", "", "numgen inc mod 2 0", "numgen inc mod 3 1", "numgen inc mod 7 3", "numgen random mod 5 0",
	"tcp flags & syn == syn", "meta length > 200", "tcp flags & fin == fin", "tcp flags & (syn|rst|fin) == 0",
}
local rejecting = { input = true, forward = true, output = true }

function trouble.rule(flow, request)
	local rule = pick(hooks_of(request and flow.hops or flow.back))
	local n, match, verdict, ns = #round.truth.rules + 1, pick(matches), "drop", round.hosts[rule.role].ns
	local family, hook, on = "inet", rule.hook, ""
	if rejecting[hook] and chance(25) then
		verdict = pick { "reject with tcp reset", "reject with icmpx port-unreachable" }
	end
	if hook == "bridge" then family, hook = "bridge", pick { "prerouting", "forward", "postrouting" } end
	if hook == "ingress" or hook == "egress" then family, on = "netdev", 'device "' .. rule.device .. '"' end
	nft(ns, "add table %s t%d", family, n)
	nft(ns, "add counter %s t%d n%d", family, n, n)
	nft(ns, "add chain %s t%d x { type filter hook %s %s priority 0; }", family, n, hook, on)
	nft(ns, "add rule %s t%d x %s %s counter name n%d %s", family, n, packets(flow, request), match, n, verdict)
	rule.flow, rule.request, rule.reject, rule.match = flow.index, request, verdict ~= "drop", match
	round.truth.rules[n] = rule
	note("rule %d: flow %d %s, %s of %s (%s): %s %s", n, flow.index, request and "request" or "reply", hook, rule.role,
		rule.device, match, verdict)
end

-- The router counts packets on input and on output: the difference is its own losses.
function trouble.count_at_router(list)
	local ns = round.hosts.r.ns
	for table_name, priority in pairs { pre = -450, post = 450 } do
		nft(ns, "add table inet %s", table_name)
		nft(ns, "add chain inet %s x { type filter hook %srouting priority %d; }", table_name, table_name, priority)
		for _, flow in ipairs(list) do
			for _, request in ipairs { true, false } do
				local counter = string.format("%s%d%s", table_name, flow.index, request and "q" or "p")
				nft(ns, "add counter inet %s %s", table_name, counter)
				nft(ns, "add rule inet %s x %s counter name %s", table_name, packets(flow, request), counter)
			end
		end
	end
end

local queues = {
	"tbf rate 8mbit burst 3000 limit 6000", "tbf rate 20mbit burst 5000 limit 9000",
	"tbf rate 200mbit burst 70000 limit 100000", "pfifo limit 1", "pfifo limit 3", "netem loss 10% limit 100",
	"netem loss 3% duplicate 2%",
}
function trouble.queue(d)
	local kind = pick(queues)
	if kind:match("netem") and not round.has("netem") then kind = "tbf rate 40mbit burst 10000 limit 20000" end
	sh("tc -n %s qdisc add dev %s root %s", d.ns, d.name, kind)
	table.insert(round.truth.qdiscs, { role = d.role, device = d.name, kind = kind })
	note("qdisc of %s: %s", d.name, kind)
end

-- Removes the route of a flow's packets at a hop. Returns the step that restores it.
function trouble.cut(flow)
	local request = chance(60)
	local hops = request and flow.hops or flow.back
	local hop, kind = hops[math.random(#hops - 1)], pick { "del", "unreachable", "blackhole", "prohibit" }
	local ns = round.hosts[hop.role].ns
	local to = string.format("%s/%d", request and flow.addr_s or flow.addr_c, round.length(flow.family))
	flow.broken = { role = hop.role, request = request, kind = kind }
	note("flow %d: route %s at %s, %s", flow.index, kind, hop.role, request and "request" or "reply")
	-- In IPv6 a route of another type would be added beside the first one, which is removed
	-- therefore.
	round.step("sh ip -n %s route del %s", ns, to)
	if kind == "del" then return string.format("sh ip -n %s route add %s %s", ns, to, hop.via) end
	round.step("sh ip -n %s route add %s %s", ns, kind, to)
	return string.format("sh ip -n %s route del %s; ip -n %s route add %s %s", ns, to, ns, to, hop.via)
end

function trouble.bystander()
	local d, kind = pick(round.ends), pick { "packet", "packet", "cooked", "raw", "raw6" }
	round.step("bystander id=%d ns=%s kind=%s dev=%s", round.id(), d.ns, kind, kind == "packet" and d.name or "")
	note("bystander %s in %s, %s", kind, d.role, d.name)
end

-- Sends frames from the client's host, for a connection that does not exist.
function trouble.inject(flow)
	local first, second = flow.hops[1].out, flow.hops[2].inn
	local kinds = { "flags=csum", "flags=ack", "ttl=64" }
	if flow.loopback or first.lower or second.lower then return end
	if #flow.hops > 2 then table.insert(kinds, "ttl=1") end
	if flow.family == 6 then kinds = { "flags=csum", "ext=2", "ext=6", "ext=8" } end
	local kind, n = pick(kinds), pick { 1, 3, 5 }
	round.truth.injected = { flow = flow.index, kind = kind, n = n }
	round.step("inject id=%d ns=%s dev=%s smac=%s dmac=%s from=%s:6000 to=%s:%d n=%d %s", round.id(), first.ns, first.name,
		first.mac, second.mac, flow.addr_c, flow.addr_s, flow.port, n, kind)
	note("injected into flow %d: %d %s", flow.index, n, kind)
end

return trouble
