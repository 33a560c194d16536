-- SPDX-License-Identifier: GPL-2.0-or-later
-- usage: lua5.4 plan.lua SEED PREFIX NET DIR FEATURE...
-- Makes a round from its seed: DIR/setup (sh: namespaces, devices, routes, rules), DIR/plan (what the
-- actors do, see actors.c), DIR/truth.lua (what judge.lua has to know of both) and DIR/names (the
-- namespaces). PREFIX is that of the namespaces' names, NET a number from which all addresses are
-- made; neither changes what the round does. A FEATURE is something that the kernel may lack; what
-- needs one that is not given is left out.
--
-- A client's and a server's namespace, c and s, are joined by one cable, by a router r and two cables,
-- or all three by a bridge, so that the router sends by the device that it received from. Each flow
-- has its port, its addresses (host routes on every hop) and at most one rule in each direction, so
-- that an event's ports say which rule it has met.
local seed, prefix, net, dir = tonumber(arg[1]), arg[2], tonumber(arg[3]), arg[4]
local features = {}
for i = 5, #arg do features[arg[i]] = true end
math.randomseed(seed)

local function chance(percent) return math.random(100) <= percent end
local function pick(list) return list[math.random(#list)] end
local function has(feature) return features[feature] end

local setup, steps = {}, {}
local function sh(...) setup[#setup + 1] = string.format(...) end
local function step(...) steps[#steps + 1] = string.format(...) end

local truth = { seed = seed, hosts = {}, devices = {}, flows = {}, rules = {}, qdiscs = {}, taps = {}, notes = {} }
local function note(...) truth.notes[#truth.notes + 1] = string.format(...) end

-- Addresses: segment k of the cables, 4 the clients', 5 the servers'.
local a, b = 64 + (net >> 5) % 64, (net % 32) * 8
local function v4(k, host) return string.format("10.%d.%d.%d", a, b + k, host) end
local function v6(k, host) return string.format("fd%02x:%x:%x::%x", a, b + 1, k, host) end
local function address(family, k, host) return family == 4 and v4(k, host) or v6(k, host) end
local function length(family) return family == 4 and 32 or 128 end
local function with_port(family, k, host, port) return address(family, k, host) .. ":" .. port end

-- Hosts and devices.
local hosts = truth.hosts
local function host(role)
	if not hosts[role] then
		hosts[role] = { ns = prefix .. "-" .. role, devices = { "lo" } }
		sh("ip netns add %s", hosts[role].ns)
		sh("ip -n %s link set lo up", hosts[role].ns)
	end
	return hosts[role]
end

local macs = 0
local function device(role, name)
	macs = macs + 1
	local d = { name = name, role = role, ns = host(role).ns, mac = string.format("02:00:00:00:%02x:%02x", b, macs) }
	table.insert(host(role).devices, name)
	truth.devices[#truth.devices + 1] = d
	return d
end
local function up(d, mtu)
	sh("ip -n %s link set %s addrgenmode none %s", d.ns, d.name, mtu and "mtu " .. mtu or "")
	sh("ip -n %s link set %s up", d.ns, d.name)
end
local function veth(x, y)
	sh("ip link add %s address %s netns %s type veth peer name %s address %s netns %s", x.name, x.mac, x.ns, y.name,
		y.mac, y.ns)
end

local counter = 0
local function name(role, suffix)
	counter = counter + 1
	return role .. counter .. (suffix or "")
end

-- A cable between two hosts; returns the two devices that have the addresses.
local cables = {}
function cables.veth(x, y)
	local dx, dy = device(x, name(x)), device(y, name(y))
	veth(dx, dy)
	up(dx)
	up(dy)
	return dx, dy
end
function cables.bridge(x, y)
	local w = "w"
	local dx, dy = device(x, name(x)), device(y, name(y))
	local px, py, br = device(w, name(w)), device(w, name(w)), device(w, name(w, "br"))
	veth(dx, px)
	veth(dy, py)
	sh("ip -n %s link add %s type bridge mcast_snooping 0", br.ns, br.name)
	for _, d in ipairs { br, px, py, dx, dy } do up(d) end
	for _, d in ipairs { px, py } do sh("ip -n %s link set %s master %s", d.ns, d.name, br.name) end
	-- Nothing is flooded to a host that it is not for.
	sh("bridge -n %s fdb add %s dev %s master static", br.ns, dx.mac, px.name)
	sh("bridge -n %s fdb add %s dev %s master static", br.ns, dy.mac, py.name)
	dx.port, dy.port = px, py
	return dx, dy
end
function cables.macvlan(x, y)
	local lower, dy = device(x, name(x, "low")), device(y, name(y))
	local dx = device(x, name(x))
	veth(lower, dy)
	sh("ip -n %s link add %s link %s address %s type macvlan mode %s", dx.ns, dx.name, lower.name, dx.mac,
		pick { "bridge", "private", "vepa" })
	for _, d in ipairs { lower, dy, dx } do up(d) end
	dx.lower = lower
	return dx, dy
end
function cables.vlan(x, y)
	local lx, ly = device(x, name(x, "low")), device(y, name(y, "low"))
	local dx, dy = device(x, name(x)), device(y, name(y))
	veth(lx, ly)
	for _, p in ipairs { { dx, lx }, { dy, ly } } do
		sh("ip -n %s link add link %s name %s address %s type vlan id 7", p[1].ns, p[2].name, p[1].name, p[1].mac)
		up(p[2])
		up(p[1])
	end
	return dx, dy
end
function cables.vxlan(x, y)
	local lx, ly = device(x, name(x, "low")), device(y, name(y, "low"))
	local dx, dy = device(x, name(x)), device(y, name(y))
	veth(lx, ly)
	for i, p in ipairs { { dx, lx, ly }, { dy, ly, lx } } do
		local d, lower, other = p[1], p[2], p[3]
		up(lower)
		sh("ip -n %s addr add %s/24 dev %s", d.ns, v4(6, i), lower.name)
		sh("ip -n %s neigh replace %s lladdr %s dev %s", d.ns, v4(6, 3 - i), other.mac, lower.name)
		sh("ip -n %s link add %s address %s type vxlan id 7 remote %s dstport 4789 dev %s", d.ns, d.name, d.mac,
			v4(6, 3 - i), lower.name)
		up(d, 1450)
	end
	return dx, dy
end
function cables.tap(x, y)
	local dx, dy = device(x, name(x)), device(y, name(y))
	for _, d in ipairs { dx, dy } do
		sh("ip -n %s tuntap add dev %s mode tap", d.ns, d.name)
		sh("ip -n %s link set %s address %s", d.ns, d.name, d.mac)
		up(d)
		d.tap = true
	end
	local flags = pick { "", "napi", "napi", "napi,frags" }
	local lose, double, stop = chance(30) and math.random(7, 60) or 0, chance(25) and math.random(5, 40) or 0, 0
	if chance(30) then
		stop = math.random(20, 60)
		for _, d in ipairs { dx, dy } do sh("ip -n %s link set %s txqueuelen %d", d.ns, d.name, math.random(4, 20)) end
	end
	truth.taps[#truth.taps + 1] = { a = dx.name, b = dy.name, ns_a = x, ns_b = y, lose = lose, double = double }
	step("wire id=%d a=%s:%s b=%s:%s lose=%d double=%d stop=%d flags=%s", 100 + #truth.taps, dx.ns, dx.name, dy.ns,
		dy.name, lose, double, stop, flags)
	if flags ~= "" then
		for _, d in ipairs { dx, dy } do
			local class = "/sys/class/net/" .. d.name
			sh("ip netns exec %s sh -c 'echo 2000000 >%s/gro_flush_timeout; echo 10 >%s/napi_defer_hard_irqs'", d.ns,
				class, class)
		end
	end
	note("tap %s lose %d double %d stop %d", flags, lose, double, stop)
	return dx, dy
end

local kinds = { "veth", "veth", "bridge" }
for _, kind in ipairs { "macvlan", "vlan", "vxlan", "tap", "tap" } do
	if has(kind) then kinds[#kinds + 1] = kind end
end

-- Addresses of a cable's ends, and each other's MAC.
local function number(k, dx, dy)
	for i, p in ipairs { { dx, dy }, { dy, dx } } do
		local d, peer = p[1], p[2]
		for family = 4, 6, 2 do
			sh("ip -n %s addr add %s/%d dev %s %s", d.ns, address(family, k, i), family == 4 and 24 or 64, d.name,
				family == 6 and "nodad" or "")
			sh("ip -n %s neigh replace %s lladdr %s dev %s", d.ns, address(family, k, 3 - i), peer.mac, d.name)
		end
		d["gateway" .. k] = 3 - i
	end
end

-- The route of a flow's addresses: { host, device out, segment, host part of the gateway } a hop.
local topology = pick { "direct", "direct", "routed", "routed", "hairpin" }
local path -- from c to s: what a request meets: { role, device in, device out, segment in, segment out }
if topology == "direct" then
	local kind = pick(kinds)
	note("direct by %s", kind)
	local dc, ds = cables[kind]("c", "s")
	number(0, dc, ds)
	path = { { role = "c", out = dc, seg_out = 0 }, { role = "s", inn = ds, seg_in = 0 } }
elseif topology == "routed" then
	local kind1, kind2 = pick(kinds), pick { "veth", "veth", "tap", "macvlan" }
	if not has(kind2) then kind2 = "veth" end
	if kind1 == "tap" and kind2 == "tap" then kind2 = "veth" end
	note("routed by %s and %s", kind1, kind2)
	local dc, r0 = cables[kind1]("c", "r")
	local r1, ds = cables[kind2]("r", "s")
	number(0, dc, r0)
	number(1, r1, ds)
	path = { { role = "c", out = dc, seg_out = 0 }, { role = "r", inn = r0, out = r1, seg_in = 0, seg_out = 1 },
		{ role = "s", inn = ds, seg_in = 1 } }
else
	note("hairpin")
	local dc, dr = cables.bridge("c", "r")
	local ds, port = device("s", name("s")), device("w", name("w"))
	veth(ds, port)
	up(ds)
	up(port)
	sh("ip -n %s link set %s master %s", port.ns, port.name, "w5br")
	sh("bridge -n %s fdb add %s dev %s master static", port.ns, ds.mac, port.name)
	ds.port = port
	number(0, dc, dr)
	number(1, dr, ds)
	path = { { role = "c", out = dc, seg_out = 0 }, { role = "r", inn = dr, out = dr, seg_in = 0, seg_out = 1 },
		{ role = "s", inn = ds, seg_in = 1 } }
end
local routed = #path == 3

local function sysctl(role, key, value)
	sh("ip netns exec %s sysctl -q -w %s='%s'", hosts[role].ns, key, value)
end
for role in pairs { c = 1, s = 1 } do
	sysctl(role, "net.ipv4.tcp_no_metrics_save", 1)
end
if routed then
	for _, key in ipairs { "ipv4.ip_forward=1", "ipv6.conf.all.forwarding=1", "ipv4.conf.all.send_redirects=0",
		"ipv4.conf.default.send_redirects=0", "ipv4.conf." .. path[2].inn.name .. ".send_redirects=0" } do
		local k, v = key:match("(.*)=(.*)")
		sysctl("r", "net." .. k, v)
	end
end
for _, role in ipairs { "c", "s" } do
	if chance(20) then sysctl(role, "net.ipv4.tcp_timestamps", 0) end
	if chance(15) then sysctl(role, "net.ipv4.tcp_sack", 0) end
	if chance(20) then sysctl(role, "net.ipv4.tcp_congestion_control", pick { "reno", "cubic" }) end
	if chance(15) then sysctl(role, "net.ipv4.tcp_early_retrans", 0) end
	if chance(15) then sysctl(role, "net.ipv4.tcp_rmem", "4096 8192 20000") end
	if chance(10) then sysctl(role, "net.ipv4.tcp_ecn", 1) end
	if chance(10) then sysctl(role, "net.ipv4.tcp_abort_on_overflow", 1) end
	if chance(10) then sysctl(role, "net.ipv4.tcp_syncookies", pick { 0, 2 }) end
end

-- Devices that have addresses, in the order of the path.
local ends = { path[1].out, path[#path].inn }
if routed then
	table.insert(ends, path[2].inn)
	if path[2].out ~= path[2].inn then table.insert(ends, path[2].out) end
end
for _, d in ipairs(ends) do
	if chance(25) then
		local n = pick { 1, 2, 8, 44 }
		sh("ip -n %s link set %s gso_max_segs %d", d.ns, d.name, n)
		note("%s gso_max_segs %d", d.name, n)
	end
	if has("ethtool") and chance(40) then
		local what = pick { "gro on", "gro on", "gro off", "tso off", "gso off", "tx off", "rx off", "sg off" }
		sh("ip netns exec %s ethtool -K %s %s >/dev/null 2>&1 || :", d.ns, d.name, what)
		if what == "gro on" and chance(70) then
			sh("ip netns exec %s sh -c 'echo 2000000 >/sys/class/net/%s/gro_flush_timeout; echo 10 >/sys/class/net/%s/napi_defer_hard_irqs'",
				d.ns, d.name, d.name)
		end
		note("%s %s", d.name, what)
	end
	if not d.tap and chance(10) then
		sh("ip -n %s link set %s mtu %d", d.ns, d.name, 1300)
		note("%s mtu 1300", d.name)
	end
end

-- Flows.
local next_id = 0
local function id()
	next_id = next_id + 1
	return next_id
end
local function comm(flow, role) return string.format("t%d%s", flow.index, role) end

local servers = { "read", "read", "answer", "answer", "slow", "hold", "ignore", "first", "reset", "child", "workers" }
local clients = {
	"finish=close", "finish=read", "finish=read", "finish=reset", "finish=leave", "give=fork finish=read",
	"give=pass finish=read", "give=shutdown finish=read",
}
local flows = truth.flows
local count = math.random(3, 6)
for i = 1, count do
	local flow = { index = i, family = pick { 4, 4, 6 }, port = 7000 + 10 * i, how = pick(servers), ports = {} }
	flows[i] = flow
	flow.ports[1] = flow.port
	flow.listens = flow.port
	flow.reverse = chance(25) -- the client is in s
	flow.loopback = chance(12)
	flow.client = flow.reverse and "s" or "c"
	flow.server = flow.loopback and flow.client or flow.reverse and "c" or "s"
	flow.segment_c = flow.reverse and 5 or 4
	flow.segment_s = flow.loopback and flow.segment_c or flow.reverse and 4 or 5
	flow.host_c, flow.host_s = 10 + i, (flow.loopback and 40 or 10) + i
	flow.addr_c = address(flow.family, flow.segment_c, flow.host_c)
	flow.addr_s = address(flow.family, flow.segment_s, flow.host_s)
	flow.same_port = chance(15)
	local where = { c = path[1].out, s = path[#path].inn }
	sh("ip -n %s addr add %s/%d dev %s %s", hosts[flow.client].ns, flow.addr_c, length(flow.family),
		where[flow.client].name, flow.family == 6 and "nodad" or "")
	sh("ip -n %s addr add %s/%d dev %s %s", hosts[flow.server].ns, flow.addr_s, length(flow.family),
		where[flow.server].name, flow.family == 6 and "nodad" or "")
	-- What a packet meets from the client to the server.
	local hops = {}
	if flow.loopback then
		local lo = { name = "lo", ns = hosts[flow.client].ns, role = flow.client }
		hops[1] = { role = flow.client, out = lo }
		hops[2] = { role = flow.client, inn = lo }
	elseif flow.reverse then
		for j = #path, 1, -1 do
			local h = path[j]
			hops[#hops + 1] = { role = h.role, inn = h.out, out = h.inn, seg_out = h.seg_in }
		end
	else
		for j, h in ipairs(path) do hops[j] = { role = h.role, inn = h.inn, out = h.out, seg_out = h.seg_out } end
	end
	flow.hops = hops
end

local function reversed(hops)
	local back = {}
	for j = #hops, 1, -1 do
		back[#back + 1] = { role = hops[j].role, inn = hops[j].out, out = hops[j].inn }
	end
	return back
end
local function segment_of(d, other)
	for k = 0, 1 do
		if d["gateway" .. k] and other["gateway" .. k] then return k end
	end
end
-- Host routes along the hops to an address.
local function routes(hops, family, to)
	for j = 1, #hops - 1 do
		local d, peer = hops[j].out, hops[j + 1].inn
		local k = segment_of(d, peer)
		hops[j].via = string.format("via %s dev %s", address(family, k, d["gateway" .. k]), d.name)
		sh("ip -n %s route add %s/%d %s", d.ns, to, length(family), hops[j].via)
	end
end
for _, flow in ipairs(flows) do
	flow.back = reversed(flow.hops)
	if not flow.loopback then
		routes(flow.hops, flow.family, flow.addr_s)
		routes(flow.back, flow.family, flow.addr_c)
	end
end

-- Rules of nft, by namespace.
local chains = {}
local function nft(ns, ...)
	chains[ns] = chains[ns] or {}
	table.insert(chains[ns], string.format(...))
end
local function ports_of(flow)
	return "{ " .. table.concat(flow.ports, ", ") .. " }"
end
-- Where both ends have the same port, the addresses tell requests from replies.
local function match_port(flow, request)
	local ports = string.format("tcp %s %s", request and "dport" or "sport", ports_of(flow))
	if not flow.same_port then return ports end
	return string.format("%s daddr %s %s", flow.family == 4 and "ip" or "ip6", request and flow.addr_s or flow.addr_c, ports)
end

-- Address translation: by the router, or the server itself.
for _, flow in ipairs(flows) do
	if not flow.loopback and chance(15) and not flow.same_port then
		local at = routed and chance(60) and "r" or flow.server
		flow.listens = flow.port + 1
		flow.ports[2] = flow.listens
		nft(hosts[at].ns, "add table inet nat%d", flow.index)
		nft(hosts[at].ns, "add chain inet nat%d pre { type nat hook prerouting priority -100; }", flow.index)
		nft(hosts[at].ns, "add rule inet nat%d pre tcp dport %d %s", flow.index, flow.port,
			at == "r" and string.format("dnat %s to %s", flow.family == 4 and "ip" or "ip6",
				flow.family == 4 and flow.addr_s .. ":" .. flow.listens or "[" .. flow.addr_s .. "]:" .. flow.listens) or
			"redirect to :" .. flow.listens)
		if at == "r" and chance(50) then
			nft(hosts[at].ns, "add chain inet nat%d post { type nat hook postrouting priority 100; }", flow.index)
			nft(hosts[at].ns, "add rule inet nat%d post tcp dport %d masquerade", flow.index, flow.listens)
		end
		flow.nat = at
		note("flow %d dnat at %s", flow.index, at)
	elseif has("tproxy") and not flow.loopback and chance(10) then
		flow.proxy = 50000 + flow.index
		local ns = hosts[flow.server].ns
		local f = flow.family == 4 and "" or "-6 "
		nft(ns, "add table inet proxy%d", flow.index)
		nft(ns, "add chain inet proxy%d pre { type filter hook prerouting priority -150; }", flow.index)
		nft(ns, "add rule inet proxy%d pre tcp dport %d tproxy %s to :%d meta mark set 1 accept", flow.index, flow.port,
			flow.family == 4 and "ip" or "ip6", flow.proxy)
		sh("ip %s-n %s rule add fwmark 1 lookup 100", f, ns)
		sh("ip %s-n %s route replace local default dev lo table 100", f, ns)
		note("flow %d tproxy", flow.index)
	end
end

local function places(flow, request) -- { role, family of nft, hook, device, directions, devices }
	local list, hops = {}, request and flow.hops or flow.back
	local function add(role, hook, d, direction, netdev, forwards)
		list[#list + 1] = { role = role, hook = hook, device = d.name, dir = direction, netdev = netdev, forwards = forwards, out_device = forwards }
	end
	for j, hop in ipairs(hops) do
		if hop.inn then
			if has("ingress") then add(hop.role, "ingress", hop.inn, "in", true) end
			add(hop.role, "prerouting", hop.inn, "in")
		end
		if j == #hops then add(hop.role, "input", hop.inn, "in") end
		if j > 1 and j < #hops then add(hop.role, "forward", hop.inn, "any", false, hop.out.name) end
		if j == 1 then add(hop.role, "output", hop.out, "out") end
		if hop.out then
			add(hop.role, "postrouting", hop.out, "out")
			if has("egress") then add(hop.role, "egress", hop.out, "out", true) end
		end
		local port = hop.out and hop.out.port
		if port then list[#list + 1] = { role = "w", hook = "bridge", device = port.name, dir = "any" } end
	end
	return list
end

local matches = {
	"", "", "numgen inc mod 2 0", "numgen inc mod 3 1", "numgen inc mod 7 3", "numgen random mod 5 0",
	"tcp flags & syn == syn", "meta length > 200", "tcp flags & fin == fin", "tcp flags & (syn|rst|fin) == 0",
}
local function add_rule(flow, request)
	local place = pick(places(flow, request))
	local index = #truth.rules + 1
	local match = pick(matches)
	local verdict, ns = "drop", hosts[place.role].ns
	local inside = place.hook == "input" or place.hook == "forward" or place.hook == "output"
	if inside and chance(25) then verdict = pick { "reject with tcp reset", "reject with icmpx port-unreachable" } end
	local family = place.netdev and "netdev" or place.hook == "bridge" and "bridge" or "inet"
	local hook = place.hook == "bridge" and pick { "prerouting", "forward", "postrouting" } or place.hook
	nft(ns, "add table %s t%d", family, index)
	nft(ns, "add counter %s t%d n%d", family, index, index)
	nft(ns, "add chain %s t%d x { type filter hook %s %s priority 0; }", family, index, hook,
		place.netdev and 'device "' .. place.device .. '"' or "")
	nft(ns, "add rule %s t%d x %s %s counter name n%d %s", family, index, match_port(flow, request), match, index, verdict)
	truth.rules[index] = { flow = flow.index, request = request, role = place.role, hook = place.hook, device = place.device,
		dir = place.dir, reject = verdict ~= "drop", netdev = place.netdev or false, forwards = place.forwards and true or false, out_device = place.out_device }
	note("rule %d: flow %d %s, %s of %s (%s): %s %s", index, flow.index, request and "request" or "reply", hook, place.role,
		place.device, match, verdict)
end
for _, flow in ipairs(flows) do
	if chance(35) then add_rule(flow, true) end
	if chance(25) then add_rule(flow, false) end
end

-- The router counts what comes and what goes: the difference is what it has lost between.
if routed then
	local ns = hosts.r.ns
	for _, family in ipairs { "pre", "post" } do
		nft(ns, "add table inet %s", family)
		nft(ns, "add chain inet %s x { type filter hook %srouting priority %d; }", family, family,
			family == "pre" and -450 or 450)
		for _, flow in ipairs(flows) do
			for _, request in ipairs { true, false } do
				if not flow.loopback then
					local n = string.format("%s%d%s", family, flow.index, request and "q" or "p")
					nft(ns, "add counter inet %s %s", family, n)
					nft(ns, "add rule inet %s x %s counter name %s", family, match_port(flow, request), n)
				end
			end
		end
	end
end

-- Qdiscs.
for _, d in ipairs(ends) do
	if chance(15) then
		local kind = pick { "tbf rate 8mbit burst 3000 limit 6000", "tbf rate 20mbit burst 5000 limit 9000",
			"tbf rate 200mbit burst 70000 limit 100000", "pfifo limit 1", "pfifo limit 3", "netem loss 10% limit 100",
			"netem loss 3% duplicate 2%" }
		if kind:match("netem") and not has("netem") then kind = "tbf rate 40mbit burst 10000 limit 20000" end
		sh("tc -n %s qdisc add dev %s root %s", d.ns, d.name, kind)
		truth.qdiscs[#truth.qdiscs + 1] = { role = d.role, device = d.name, kind = kind }
		note("qdisc of %s: %s", d.name, kind)
	end
end

-- Actors: servers, then bystanders, then clients.
local function server(flow, at, how, flags, role, extra)
	step("server id=%d ns=%s comm=%s at=%s how=%s flags=%s %s", id(), hosts[flow.server].ns, comm(flow, role), at, how,
		flags or "", extra or "")
end
local function bracket(flow, port) return (flow.addr_s) .. ":" .. port end
for _, flow in ipairs(flows) do
	local extra = ""
	flow.mptcp = has("mptcp") and chance(12)
	flow.closed = chance(6) and not flow.proxy -- nobody listens
	if chance(20) then extra = extra .. " rcvbuf=" .. pick { 3000, 8000, 20000 } end
	if flow.how == "ignore" and chance(50) then extra = extra .. " backlog=1" end
	if flow.how == "answer" then extra = extra .. " bytes=" .. pick { 100, 30000, 200000 } end
	if flow.closed then
		note("flow %d is refused", flow.index)
	elseif flow.proxy then
		server(flow, (flow.family == 4 and "0.0.0.0:" or ":::") .. flow.proxy, flow.how, "transparent", "proxy", extra)
		server(flow, bracket(flow, flow.port), "read", "", "web")
	else
		server(flow, bracket(flow, flow.listens), flow.how, flow.mptcp and "mptcp" or "", "serv", extra)
		if flow.mptcp then
			server(flow, address(flow.family, flow.segment_s, 0xfe) .. ":" .. flow.listens, "ignore", "", "plain")
			table.insert(setup, string.format("ip -n %s addr add %s/%d dev lo %s", hosts[flow.server].ns,
				address(flow.family, flow.segment_s, 0xfe), length(flow.family), flow.family == 6 and "nodad" or "") ..
				" 2>/dev/null || :")
		end
	end
end
if chance(35) then
	local d = pick(ends)
	local kind = pick { "packet", "packet", "cooked", "raw", "raw6" }
	step("bystander id=%d ns=%s kind=%s dev=%s", id(), d.ns, kind, kind == "packet" and d.name or "")
	note("bystander %s on %s", kind, d.name)
end
local function broken_route(flow)
	local request = chance(60)
	local hops = request and flow.hops or flow.back
	local hop = hops[math.random(#hops - 1)]
	local to = request and flow.addr_s or flow.addr_c
	local kind = pick { "del", "unreachable", "blackhole", "prohibit" }
	local where = string.format("%s/%d", to, length(flow.family))
	flow.broken = { role = hop.role, request = request, kind = kind }
	note("flow %d: route %s at %s, %s", flow.index, kind, hop.role, request and "request" or "reply")
	local repair = string.format("sh ip -n %s route replace %s %s", hosts[hop.role].ns, where, hop.via)
	if kind == "del" then return string.format("sh ip -n %s route del %s", hosts[hop.role].ns, where), repair end
	-- In IPv6 a route of another type is a route beside the first.
	return string.format("sh ip -n %s route del %s; ip -n %s route add %s %s", hosts[hop.role].ns, where,
		hosts[hop.role].ns, kind, where),
		string.format("sh ip -n %s route del %s; ip -n %s route add %s %s", hosts[hop.role].ns, where,
			hosts[hop.role].ns, where, hop.via)
end

local function client_of(flow)
	local options = { pick(clients) }
	local function option(...) options[#options + 1] = string.format(...) end
	local bytes = pick { 0, 1, 100, 1000, 20000, 100000, 300000 }
	option("bytes=%d", bytes)
	if bytes > 0 and bytes <= 20000 and chance(40) then option("piece=%d", pick { 10, 100, 500 }) end
	local flags = {}
	if flow.same_port then option("count=1")
	elseif chance(30) then option("count=%d", math.random(2, 8))
	elseif chance(30) then option("repeat=%d", math.random(2, 6)) end
	if chance(10) then flags[#flags + 1] = "keepalive" option("hold=1300")
	elseif chance(50) then option("hold=%d", math.random(0, 200)) end
	if chance(15) then flags[#flags + 1] = "timestamping" end
	if flow.mptcp then flags[#flags + 1] = "mptcp" end
	if chance(15) then option("sndbuf=%d", pick { 4000, 20000 }) end
	if not flow.loopback and not flow.mptcp and chance(20) then
		options = { "finish=" .. pick { "close", "read" }, "bytes=" .. pick { 100, 3000, 100000 }, "count=" .. math.random(1, 3) }
		flow.gate, flow.broken_now = true, true
		flags[#flags + 1] = "gate"
	elseif flow.how == "first" and chance(50) then
		options = { "finish=close bytes=100 procs=2 hold=30" }
		flow.stale = true
	end
	if #flags > 0 then option("flags=%s", table.concat(flags, ",")) end
	local port = flow.same_port and flow.port or flow.stale and flow.port + 5 or 0
	flow.id = id()
	step("client id=%d ns=%s comm=%s from=%s:%d to=%s:%d %s", flow.id, hosts[flow.client].ns, comm(flow, "cli"), flow.addr_c,
		port, flow.addr_s, flow.port, table.concat(options, " "))
	note("flow %d: v%d %s->%s%s%s %s, %s", flow.index, flow.family, flow.client, flow.server, flow.same_port and " same port" or "",
		flow.mptcp and " mptcp" or "", flow.how, table.concat(options, " "))
end
for _, flow in ipairs(flows) do client_of(flow) end
for _, flow in ipairs(flows) do step("up id=%d ms=1300", flow.id) end
local repairs = {}
for _, flow in ipairs(flows) do
	if flow.broken_now then
		local cut, repair = broken_route(flow)
		step("%s", cut)
		if chance(50) then repairs[#repairs + 1] = repair end
	end
end
for _, flow in ipairs(flows) do
	if flow.gate then step("go id=%d", flow.id) end
end

-- Frames that no socket sent.
local function inject()
	local flow = pick(flows)
	if flow.loopback then return end
	local first, second = flow.hops[1], flow.hops[2]
	if first.out.lower or second.inn.lower then return end
	local kind = pick { "flags=csum", "flags=ack", "ttl=1", "ext=3", "ext=7" }
	if kind:match("ext") and flow.family == 4 then return end
	if kind == "ttl=1" and not routed then return end
	local n = pick { 1, 3, 5 }
	truth.injected = { flow = flow.index, kind = kind, n = n }
	step("inject id=%d ns=%s dev=%s smac=%s dmac=%s from=%s:%d to=%s:%d n=%d %s", id(), first.out.ns, first.out.name,
		first.out.mac, second.inn.mac, flow.addr_c, 6000, flow.addr_s, flow.port, n, kind)
	note("injected into flow %d: %d %s", flow.index, n, kind)
end
if chance(25) then inject() end
if #repairs > 0 then
	step("wait ms=%d", math.random(300, 700))
	for _, repair in ipairs(repairs) do step("%s", repair) end
end
for _, flow in ipairs(flows) do step("finish id=%d", flow.id) end

-- Write it all.
local function file(called) return assert(io.open(dir .. "/" .. called, "w")) end
local function quoted(value, indent)
	if type(value) ~= "table" then return string.format(type(value) == "string" and "%q" or "%s", value) end
	local lines, keys = {}, {}
	for key in pairs(value) do keys[#keys + 1] = key end
	table.sort(keys, function(x, y) return tostring(x) < tostring(y) end)
	for _, key in ipairs(keys) do
		lines[#lines + 1] = string.format("%s[%s] = %s,\n", indent, type(key) == "string" and string.format("%q", key) or key,
			quoted(value[key], indent .. "\t"))
	end
	return "{\n" .. table.concat(lines) .. indent .. "}"
end

local out = file("setup")
out:write("set -e\n", table.concat(setup, "\n"), "\n")
for ns, lines in pairs(chains) do
	out:write("ip netns exec ", ns, " nft -f - <<-'END'\n\t", table.concat(lines, "\n\t"), "\nEND\n")
end
out:close()
out = file("plan")
out:write(table.concat(steps, "\n"), "\n")
out:close()
for _, flow in ipairs(flows) do flow.hops, flow.back = nil, nil end
for _, d in ipairs(truth.devices) do d.port, d.lower = d.port and d.port.name, d.lower and d.lower.name end
truth.topology = topology
truth.addresses = { v4 = string.format("^10%%.%d%%.", a), v6 = string.format("^fd%02x:%x:", a, b + 1) }
out = file("truth.lua")
out:write("return ", quoted(truth, ""), "\n")
out:close()
out = file("names")
for role, h in pairs(hosts) do out:write(role, " ", h.ns, "\n") end
out:close()
