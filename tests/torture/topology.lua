-- SPDX-License-Identifier: GPL-2.0-or-later
-- The path from c to s: direct, by a router, or all three on one bridge, where the router sends by
-- the device that received the packet. topology.make() returns the hops of a packet from c to s,
-- each with its role, its input device (.inn) and its output device (.out).
local round, cables = require("round"), require("cables")
local topology = {}

-- Sets the addresses of a cable's ends on segment k, and each other's MAC, so that no neighbour is
-- looked up.
local function number(k, dx, dy)
	for i, d in ipairs { dx, dy } do
		local peer = i == 1 and dy or dx
		for family = 4, 6, 2 do
			round.add_address(d.ns, d.name, round.address(family, k, i), family, family == 4 and 24 or 64)
			round.sh("ip -n %s neigh replace %s lladdr %s dev %s", d.ns, round.address(family, k, 3 - i), peer.mac, d.name)
		end
		d.gateways = d.gateways or {}
		d.gateways[k] = 3 - i
	end
end

local function direct()
	local kind = round.pick(cables.kinds())
	local dc, ds = cables[kind]("c", "s")
	round.note("direct by %s", kind)
	number(0, dc, ds)
	return { { role = "c", out = dc }, { role = "s", inn = ds } }
end

local function routed()
	local first, second = round.pick(cables.kinds()), round.pick { "veth", "veth", "tap", "macvlan" }
	if not round.has(second) or second == first then second = "veth" end
	local dc, r0 = cables[first]("c", "r")
	local r1, ds = cables[second]("r", "s")
	round.note("routed by %s and %s", first, second)
	number(0, dc, r0)
	number(1, r1, ds)
	return { { role = "c", out = dc }, { role = "r", inn = r0, out = r1 }, { role = "s", inn = ds } }
end

local function hairpin()
	local dc, dr, bridge = cables.bridge("c", "r")
	local ds = cables.plug("s", bridge)
	round.note("hairpin")
	number(0, dc, dr)
	number(1, dr, ds)
	return { { role = "c", out = dc }, { role = "r", inn = dr, out = dr }, { role = "s", inn = ds } }
end

local function forward(device)
	for _, setting in ipairs { "ipv4.ip_forward=1", "ipv6.conf.all.forwarding=1", "ipv4.conf.all.send_redirects=0",
		"ipv4.conf.default.send_redirects=0", "ipv4.conf." .. device .. ".send_redirects=0" } do
		local key, value = setting:match("(.*)=(.*)")
		round.sysctl("r", "net." .. key, value)
	end
end

-- Settings of TCP at an end.
local function habits(role)
	local chance, sysctl = round.chance, round.sysctl
	if chance(20) then sysctl(role, "net.ipv4.tcp_timestamps", 0) end
	if chance(15) then sysctl(role, "net.ipv4.tcp_sack", 0) end
	if chance(20) then sysctl(role, "net.ipv4.tcp_congestion_control", round.pick { "reno", "cubic" }) end
	if chance(15) then sysctl(role, "net.ipv4.tcp_early_retrans", 0) end
	if chance(15) then sysctl(role, "net.ipv4.tcp_rmem", "4096 8192 20000") end
	if chance(10) then sysctl(role, "net.ipv4.tcp_ecn", 1) end
	if chance(10) then sysctl(role, "net.ipv4.tcp_abort_on_overflow", 1) end
	if chance(10) then sysctl(role, "net.ipv4.tcp_syncookies", round.pick { 0, 2 }) end
end

-- Offloads of a device for TCP.
local function offloads(d)
	if round.chance(25) then
		local segments = round.pick { 1, 2, 8, 44 }
		round.try("ip -n %s link set %s gso_max_segs %d", d.ns, d.name, segments)
		round.note("%s gso_max_segs %d", d.name, segments)
	end
	if round.has("ethtool") and round.chance(40) then
		local what = round.pick { "gro on", "gro on", "gro off", "tso off", "gso off", "tx off", "rx off", "sg off" }
		round.try("ip netns exec %s ethtool -K %s %s >/dev/null", d.ns, d.name, what)
		if what == "gro on" and round.chance(70) then round.patient(d) end
		round.note("%s %s", d.name, what)
	end
	if not d.tap and round.chance(10) then
		round.sh("ip -n %s link set %s mtu %d", d.ns, d.name, 1300)
		round.note("%s mtu 1300", d.name)
	end
end

function topology.make()
	local made = round.pick { direct, direct, routed, routed, hairpin }
	local path = made()
	round.truth.topology = made == direct and "direct" or made == routed and "routed" or "hairpin"
	if made ~= direct then forward(path[2].inn.name) end
	habits("c")
	habits("s")
	for _, hop in ipairs(path) do
		for _, d in pairs { hop.inn or hop.out, hop.inn ~= hop.out and hop.inn and hop.out or nil } do
			table.insert(round.ends, d)
		end
	end
	for _, d in ipairs(round.ends) do offloads(d) end
	return path
end

return topology
