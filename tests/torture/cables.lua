-- SPDX-License-Identifier: GPL-2.0-or-later
-- Cables between two hosts, by kind: cables[kind](x, y) makes the cable and returns the two devices
-- that get addresses. A device's .lower is the device below it, its .port the bridge port at its
-- other end.
local round = require("round")
local sh, device, up = round.sh, round.device, round.up
local cables = {}

local function veth(x, y)
	sh("ip link add %s address %s netns %s type veth peer name %s address %s netns %s", x.name, x.mac, x.ns, y.name,
		y.mac, y.ns)
end

function cables.veth(x, y)
	local dx, dy = device(x), device(y)
	veth(dx, dy)
	up(dx)
	up(dy)
	return dx, dy
end

-- Connects one more host to a bridge. The bridge does not learn: it floods no frame to another
-- host.
function cables.plug(role, bridge)
	local d, port = device(role), device(bridge.role)
	veth(d, port)
	up(d)
	up(port)
	sh("ip -n %s link set %s master %s", port.ns, port.name, bridge.name)
	sh("bridge -n %s fdb add %s dev %s master static", port.ns, d.mac, port.name)
	d.port = port
	return d
end
function cables.bridge(x, y)
	local bridge = device("w", "br")
	sh("ip -n %s link add %s type bridge mcast_snooping 0", bridge.ns, bridge.name)
	up(bridge)
	return cables.plug(x, bridge), cables.plug(y, bridge), bridge
end

function cables.macvlan(x, y)
	local lower, dy = device(x, "low"), device(y)
	local dx = device(x)
	veth(lower, dy)
	sh("ip -n %s link add %s link %s address %s type macvlan mode %s", dx.ns, dx.name, lower.name, dx.mac,
		round.pick { "bridge", "private", "vepa" })
	for _, d in ipairs { lower, dy, dx } do up(d) end
	dx.lower, dx.macvlan = lower, true
	return dx, dy
end

function cables.vlan(x, y)
	local lx, ly = device(x, "low"), device(y, "low")
	local dx, dy = device(x), device(y)
	veth(lx, ly)
	for d, lower in pairs { [dx] = lx, [dy] = ly } do
		sh("ip -n %s link add link %s name %s address %s type vlan id 7", d.ns, lower.name, d.name, d.mac)
		up(lower)
		up(d)
		d.lower = lower
	end
	return dx, dy
end

function cables.vxlan(x, y)
	local lower = { device(x, "low"), device(y, "low") }
	local ends = { device(x), device(y) }
	veth(lower[1], lower[2])
	for i, d in ipairs(ends) do
		local own, other = round.address(4, 6, i), round.address(4, 6, 3 - i)
		up(lower[i])
		sh("ip -n %s addr add %s/24 dev %s", d.ns, own, lower[i].name)
		sh("ip -n %s neigh replace %s lladdr %s dev %s", d.ns, other, lower[3 - i].mac, lower[i].name)
		sh("ip -n %s link add %s address %s type vxlan id 7 remote %s dstport 4789 dev %s", d.ns, d.name, d.mac, other,
			lower[i].name)
		up(d, 1450)
		d.lower = lower[i]
	end
	return ends[1], ends[2]
end

-- Two TAP devices and a process between them (actor_wire.c), which may lose, double and stop.
function cables.tap(x, y)
	local dx, dy = device(x), device(y)
	local flags = round.pick { "", "napi", "napi", "napi,frags" }
	local lose = round.chance(30) and math.random(7, 60) or 0
	local double = round.chance(25) and math.random(5, 40) or 0
	local stop = round.chance(30) and math.random(20, 60) or 0
	local queue = stop > 0 and math.random(4, 20) or 500
	for _, d in ipairs { dx, dy } do
		sh("ip -n %s tuntap add dev %s mode tap", d.ns, d.name)
		sh("ip -n %s link set %s address %s txqueuelen %d", d.ns, d.name, d.mac, queue)
		up(d)
		if flags ~= "" then round.patient(d) end
		d.tap = true
	end
	round.step("wire id=%d a=%s:%s b=%s:%s lose=%d double=%d stop=%d flags=%s", round.id(), dx.ns, dx.name, dy.ns,
		dy.name, lose, double, stop, flags)
	round.note("tap %s lose %d double %d stop %d", flags, lose, double, stop)
	return dx, dy
end

-- The kinds that this kernel supports; the plain ones are listed more often.
function cables.kinds()
	local kinds = { "veth", "veth", "bridge" }
	for _, kind in ipairs { "macvlan", "vlan", "vxlan", "tap", "tap" } do
		if round.has(kind) then kinds[#kinds + 1] = kind end
	end
	return kinds
end

return cables
