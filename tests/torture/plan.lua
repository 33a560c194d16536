-- SPDX-License-Identifier: GPL-2.0-or-later
-- usage: lua5.4 plan.lua SEED PREFIX NET DIR FEATURE...
-- Makes a round from its seed: DIR/setup (sh: namespaces, devices, routes, rules), DIR/plan (the
-- actors' steps, see actors.c), DIR/truth.lua (what judge.lua has to know of both) and DIR/names
-- (the namespaces). PREFIX is the prefix of the namespaces' names, NET a number from which all
-- addresses are made; neither changes the events of the round. A FEATURE is something that the
-- kernel may lack; the round uses only features that are given.
--
-- Each flow has its own port and at most one rule in each direction, so that an event's ports and
-- addresses identify the rule.
package.path = (arg[0]:match("(.*)/[^/]*$") or ".") .. "/?.lua;" .. package.path
local round = require("round")
round.begin(tonumber(arg[1]), arg[2], tonumber(arg[3]), table.move(arg, 5, #arg, 1, {}))
local dir = arg[4]
local topology, flows, trouble = require("topology"), require("flows"), require("trouble")
local chance = round.chance

local list = flows.make(topology.make())
for _, flow in ipairs(list) do
	local far = not flow.loopback
	if far and not flow.same_port and chance(15) then trouble.translate(flow)
	elseif far and round.has("tproxy") and chance(10) then trouble.proxy(flow) end
end
for _, flow in ipairs(list) do
	if chance(35) then trouble.rule(flow, true) end
	if chance(25) then trouble.rule(flow, false) end
end
if round.hosts.r then trouble.count_at_router(list) end
for _, d in ipairs(round.ends) do
	if chance(15) then trouble.queue(d) end
end

for _, flow in ipairs(list) do flows.serve(flow) end
if chance(35) then trouble.bystander() end
for _, flow in ipairs(list) do flows.connect(flow) end
for _, flow in ipairs(list) do round.step("up id=%d ms=1300", flow.id) end
local repairs = {}
for _, flow in ipairs(list) do
	if flow.gate then
		local repair = trouble.cut(flow)
		if chance(50) then repairs[#repairs + 1] = repair end
	end
end
for _, flow in ipairs(list) do
	if flow.gate then round.step("go id=%d", flow.id) end
end
if chance(30) then trouble.inject(round.pick(list)) end
if #repairs > 0 then
	round.step("wait ms=%d", math.random(300, 700))
	for _, repair in ipairs(repairs) do round.step("%s", repair) end
end
for _, flow in ipairs(list) do round.step("finish id=%d", flow.id) end

local function write(name, ...)
	local file = assert(io.open(dir .. "/" .. name, "w"))
	file:write(...)
	file:close()
end
local function quoted(value, indent)
	if type(value) ~= "table" then return string.format(type(value) == "string" and "%q" or "%s", value) end
	local lines, keys = {}, {}
	for key in pairs(value) do keys[#keys + 1] = key end
	table.sort(keys, function(x, y)
		if type(x) == type(y) then return x < y end
		return type(x) == "number"
	end)
	for _, key in ipairs(keys) do
		lines[#lines + 1] = string.format("%s\t[%s] = %s,\n", indent, quoted(key, ""), quoted(value[key], indent .. "\t"))
	end
	return "{\n" .. table.concat(lines) .. indent .. "}"
end

-- A device is its name in the truth; values that only the setup needs are left out.
-- A device below another one drops its own packets, and macvlan counts them again; vxlan sends no
-- TCP through it.
for _, d in ipairs(round.ends) do
	d.addressed, d.transmits = true, not d.lower
	if d.lower and d.macvlan then d.lower.transmits = true end
end
for _, d in ipairs(round.truth.devices) do
	d.port, d.lower, d.gateways = d.port and d.port.name, d.lower and d.lower.name, nil
end
for _, flow in ipairs(list) do flow.hops, flow.back = nil, nil end
local rules, names = {}, {}
for ns, lines in pairs(round.chains) do
	rules[#rules + 1] = string.format("ip netns exec %s nft -f - <<-'END'\n\t%s\nEND\n", ns, table.concat(lines, "\n\t"))
end
for role, host in pairs(round.hosts) do names[#names + 1] = role .. " " .. host.ns .. "\n" end
table.sort(names)
write("setup", "set -e\n", table.concat(round.setup, "\n"), "\n", table.concat(rules))
write("plan", table.concat(round.steps, "\n"), "\n")
write("truth.lua", "return ", quoted(round.truth, ""), "\n")
write("names", table.concat(names))
