-- SPDX-License-Identifier: GPL-2.0-or-later
-- A round that is being generated: its random choices, its commands and steps so far, its hosts,
-- devices and addresses, and the facts for the judge ("truth"). The other parts of the generator
-- add to it.
local round = { setup = {}, steps = {}, chains = {}, features = {}, hosts = {}, ends = {} }
round.truth = { hosts = round.hosts, devices = {}, flows = {}, rules = {}, qdiscs = {}, notes = {} }

function round.begin(seed, prefix, net, features)
	math.randomseed(seed)
	round.truth.seed, round.prefix = seed, prefix
	-- All addresses are 10.a.b.0/21 and fdaa:b::/32.
	round.a, round.b = 64 + (net >> 5) % 64, (net % 32) * 8
	round.truth.net = { a = round.a, b = round.b, v6 = string.format("^fd%02x:%x:", round.a, round.b + 1) }
	for _, feature in ipairs(features) do round.features[feature] = true end
end

function round.chance(percent) return math.random(100) <= percent end
function round.pick(list) return list[math.random(#list)] end
function round.has(feature) return round.features[feature] end

function round.sh(...) table.insert(round.setup, string.format(...)) end
function round.step(...) table.insert(round.steps, string.format(...)) end
function round.note(...) table.insert(round.truth.notes, string.format(...)) end
-- Adds a line for nft in a namespace; nft gets all lines of a namespace at once.
function round.nft(ns, ...)
	round.chains[ns] = round.chains[ns] or {}
	table.insert(round.chains[ns], string.format(...))
end
-- A command that a kernel may refuse.
function round.try(...) round.sh("%s 2>/dev/null || :", string.format(...)) end
function round.sysctl(role, key, value)
	round.try("ip netns exec %s sysctl -q -w %s='%s'", round.hosts[role].ns, key, value)
end

-- Segment k: 0 and 1 are the cables, 4 the addresses of c's flows, 5 of s's, 6 the cables below
-- vxlan.
function round.address(family, k, host)
	if family == 4 then return string.format("10.%d.%d.%d", round.a, round.b + k, host) end
	return string.format("fd%02x:%x:%x::%x", round.a, round.b + 1, k, host)
end
function round.length(family) return family == 4 and 32 or 128 end
function round.add_address(ns, device, address, family, length)
	round.sh("ip -n %s addr add %s/%d dev %s %s", ns, address, length, device, family == 6 and "nodad" or "")
end

function round.host(role)
	local hosts = round.hosts
	if not hosts[role] then
		hosts[role] = { ns = round.prefix .. "-" .. role, devices = { "lo" } }
		round.sh("ip netns add %s", hosts[role].ns)
		round.sh("ip -n %s link set lo up", hosts[role].ns)
	end
	return hosts[role]
end

-- Reserves a device, which is made later; no two devices of a round have the same name.
local count = 0
function round.device(role, suffix)
	count = count + 1
	local host = round.host(role)
	local d = {
		name = role .. count .. (suffix or ""), role = role, ns = host.ns,
		mac = string.format("02:00:00:00:%02x:%02x", round.b, count),
	}
	table.insert(host.devices, d.name)
	table.insert(round.truth.devices, d)
	return d
end
function round.up(d, mtu)
	round.sh("ip -n %s link set %s addrgenmode none %s", d.ns, d.name, mtu and "mtu " .. mtu or "")
	round.sh("ip -n %s link set %s up", d.ns, d.name)
end
-- Lets GRO wait for more segments on that device.
function round.patient(d)
	local class = "/sys/class/net/" .. d.name
	round.try("ip netns exec %s sh -c 'echo 20000000 >%s/gro_flush_timeout; echo 50 >%s/napi_defer_hard_irqs'", d.ns,
		class, class)
end

local ids = 0
function round.id()
	ids = ids + 1
	return ids
end

return round
