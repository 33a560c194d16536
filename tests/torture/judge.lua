-- SPDX-License-Identifier: GPL-2.0-or-later
-- usage: lua5.4 judge.lua DIR
-- Compares the capture of a round with the kernel's counters and the actors' reports. Prints a line
-- per check, "ok NAME" or "not ok NAME: why". Counters were read before and after the end of the
-- captures; an event that was counted between the two may be in the capture or not.
local dir = arg[1]
package.path = (arg[0]:match("(.*)/[^/]*$") or ".") .. "/?.lua;" .. package.path
local kernel, explain, sides = require("kernel"), require("explain"), require("sides")

local world = { truth = dofile(dir .. "/truth.lua"), actors = kernel.actors(dir .. "/actors") }
local truth = world.truth
local label = "torture " .. truth.seed
local failed = false

-- A flood of another process on the same machine, which the captures also record, may be more than
-- they can take.
local flooded
for _, name in ipairs { "all", "one" } do
	local summary = kernel.text(dir .. "/" .. name .. ".summary")
	local drops, lost = summary:match("(%d+) drops"), summary:match("(%d+) lost")
	if drops and tonumber(drops) > 30000 and lost ~= "0" then flooded = lost end
end
if flooded then
	print(string.format("skip %s: a flood on this machine: %s events lost", label, flooded))
	os.exit(true)
end

local softnet
world.low = kernel.counters(dir .. "/counters")
world.high, softnet = kernel.counters(dir .. "/counters2")
local _, softnet_before = kernel.counters(dir .. "/softnet")
world.softnet = softnet - softnet_before

local function result(name, problems)
	if #problems == 0 then
		print(string.format("ok %s: %s", label, name))
		return
	end
	failed = true
	local more = #problems > 3 and string.format(" (and %d more)", #problems - 3) or ""
	print(string.format("not ok %s: %s: %s%s", label, name, table.concat(problems, "; ", 1, math.min(3, #problems)), more))
end
local function show(e)
	local what = string.format("%s %s at %s dir=%s %s:%d>%s:%d %s len=%d", e.event, e.reason or e.kind or "-", e.at or "-",
		e.dir or "-", e.saddr, e.sport or 0, e.daddr, e.dport or 0, e.flags or "-", e.len or 0)
	return string.format("%s state=%s sock=%s owner=%s/%s/%s on %s of %s", what, e.state or "-", e.sock or "-",
		e.owner_pid or "-", e.owner or "-", e.owner_src or "-", e.ifname or "-", e.role or "no namespace")
end

-- The events of the round's namespaces, each with its role, flow and direction.
local roles = {}
for role, inode in pairs(kernel.pairs_of(dir .. "/inodes")) do roles[tonumber(inode)] = role end
-- The addresses are compared as well: the inode number may have been that of another namespace
-- before.
local function address_of_round(text)
	local a, b = text:match("^10%.(%d+)%.(%d+)%.")
	if a then return tonumber(a) == truth.net.a and tonumber(b) // 8 * 8 == truth.net.b end
	return text:match(truth.net.v6) ~= nil
end
local function ours(e)
	e.role = roles[e.netns]
	return (e.role or not e.netns) and e.saddr and (address_of_round(e.saddr) or address_of_round(e.daddr))
end
local by_port = {}
for _, flow in ipairs(truth.flows) do
	for _, port in ipairs(flow.ports) do by_port[port] = flow end
end
local function read(name)
	local mine, macs = {}, kernel.macs(dir .. "/" .. name .. ".macs")
	for i, e in ipairs(kernel.events(dir .. "/" .. name .. ".json")) do
		if ours(e) then
			e.macs = macs[i]
			e.flow = by_port[e.dport] or by_port[e.sport]
			e.request = by_port[e.dport] ~= nil
			if e.flow and e.flow.same_port then e.request = e.daddr == e.flow.addr_s end
			mine[#mine + 1] = e
		end
	end
	return mine
end
local events = read("all")

-- Tallies by any key.
local function tally()
	return setmetatable({}, { __index = function() return 0 end })
end
local function outside(found, low, high)
	return found < low or found > high
end

-- Assigns each drop to one cause.
local rules, bytes, qdiscs, rings, others = tally(), tally(), tally(), tally(), tally()
local lost_by_router, routes = tally(), tally()
local unexplained, wrong = {}, {}
local rule_of = {}
for index, rule in ipairs(truth.rules) do rule_of[rule.flow .. tostring(rule.request)] = index end
-- Some devices have a queue by default.
local queues, has_qdisc = {}, {}
for _, qdisc in ipairs(truth.qdiscs) do has_qdisc[qdisc.role .. " " .. qdisc.device] = qdisc.kind end
for _, d in ipairs(truth.devices) do
	local key = d.role .. " " .. d.name
	if d.addressed then
		queues[#queues + 1] = { role = d.role, device = d.name, kind = has_qdisc[key] or "default" }
		has_qdisc[key] = queues[#queues].kind
	end
end

local function check(e, what, expected, got)
	if got ~= nil and got ~= expected then
		wrong[#wrong + 1] = string.format("%s is %s: %s", what, expected, show(e))
	end
end
local function put_to_rule(e)
	local index = e.flow and rule_of[e.flow.index .. tostring(e.request)]
	local rule = truth.rules[index]
	if not rule or (e.role and rule.role ~= e.role) then return false end
	rules[index] = rules[index] + 1
	-- On output by a device, a packet has its MAC header already.
	bytes[index] = bytes[index] + e.len - (rule.hook == "egress" and 0 or 14)
	if rule.dir ~= "any" then
		check(e, "direction", rule.dir, e.dir)
		-- The reset of a rejecting output rule arrives on the loopback.
		if not (e.ifname == "lo" and e.flags:match("RST")) then check(e, "device", rule.device, e.ifname) end
	elseif rule.out_device then
		check(e, "device", e.dir == "out" and rule.out_device or rule.device, e.ifname)
	end
	return true
end
local function put_to_qdisc(e)
	if not (e.role and e.ifname and has_qdisc[e.role .. " " .. e.ifname]) then return false end
	qdiscs[e.role .. " " .. e.ifname] = qdiscs[e.role .. " " .. e.ifname] + 1
	check(e, "direction", "out", e.dir)
	return true
end
local no_route_at = { "^inet6_csk_xmit", "^__ip_queue_xmit", "^ip6_pkt_discard", "^ip6_pkt_drop", "^ip6_pkt_prohibit",
	"^dst_discard" }
local function put_to_route(e)
	local broken = e.flow and e.flow.broken
	local fits = e.reason == "IP_OUTNOROUTES" or e.reason == "IP_INNOROUTES"
	for _, at in ipairs(no_route_at) do fits = fits or (e.at or ""):match(at) ~= nil end
	if not fits or not broken or broken.role ~= e.role or broken.request ~= e.request then return false end
	local key = e.role .. " " .. e.ip
	routes[key] = routes[key] + 1
	routes[e.flow.index] = routes[e.flow.index] + 1
	check(e, "direction", "out", e.dir)
	return true
end
-- A full queue, or a packet that is longer than the other end of a cable accepts.
local function put_to_device(e)
	local at = e.at or ""
	if e.reason ~= "FULL_RING" and not at:match("^__dev_forward_skb") and not at:match("^veth_xmit") then return false end
	if not e.role or not e.ifname then return false end
	rings[e.role .. " " .. e.ifname] = rings[e.role .. " " .. e.ifname] + 1
	check(e, "direction", "out", e.dir)
	return true
end
local function put(e)
	if e.reason == "NETFILTER_DROP" then return put_to_rule(e) end
	if e.reason:match("^QDISC_") then return put_to_qdisc(e) end
	if put_to_device(e) then return true end
	local at = e.at or ""
	if e.role == "r" and e.flow and not at:match("^skb_release_data") and not at:match("^ip6?_fragment") then
		local key = e.flow.index .. (e.request and "q" or "p")
		lost_by_router[key] = lost_by_router[key] + 1
		return true
	end
	if put_to_route(e) then return true end
	local name = explain.name(e)
	if not name or not e.role then return false end
	others[e.role .. " " .. name] = others[e.role .. " " .. name] + 1
	return true
end
for _, e in ipairs(events) do
	if e.event == "drop" and not put(e) then unexplained[#unexplained + 1] = e end
end

-- 1. Rules.
local problems = {}
for index, rule in ipairs(truth.rules) do
	local low, high = world.low[rule.role]["nft.n" .. index], world.high[rule.role]["nft.n" .. index]
	if outside(rules[index], low, high) then
		problems[#problems + 1] = string.format("rule %d (%s of %s, flow %d): %d events, counter %d", index, rule.hook,
			rule.role, rule.flow, rules[index], high)
	elseif outside(bytes[index], world.low[rule.role]["bytes.n" .. index], world.high[rule.role]["bytes.n" .. index]) then
		problems[#problems + 1] = string.format("rule %d (%s of %s): %d bytes, counter %d", index, rule.hook, rule.role,
			bytes[index], world.high[rule.role]["bytes.n" .. index])
	end
end
result("events of each rule are its counter, in packets and bytes", problems)

-- 2. Qdiscs. They may also drop packets of other protocols.
local function no_tcp(counts)
	return counts["Icmp6OutMsgs"] + counts["Ip6OutMcastPkts"] + counts["Icmp.OutMsgs"] + counts["Udp.OutDatagrams"]
end
problems = {}
for _, qdisc in ipairs(queues) do
	local key, low, high = qdisc.role .. " " .. qdisc.device, world.low[qdisc.role], world.high[qdisc.role]
	local name = "tc." .. qdisc.device
	if outside(qdiscs[key], low[name] - no_tcp(high), high[name]) then
		problems[#problems + 1] = string.format("%s (%s): %d events, dropped %d", key, qdisc.kind, qdiscs[key], high[name])
	end
end
result("events of each qdisc are its counter in tc", problems)

-- 3. Losses in routers: packets that arrived, minus those that left and those that rules dropped in
-- between.
problems = {}
local between = { prerouting = true, forward = true, postrouting = true }
local function router_lost(key, index, request, first, second)
	local n = first["nft.pre" .. key] - second["nft.post" .. key]
	local rule = rule_of[index .. tostring(request)]
	if rule and truth.rules[rule].role == "r" and between[truth.rules[rule].hook] then n = n - rules[rule] end
	return n
end
for _, flow in ipairs(truth.flows) do
	for _, request in ipairs { true, false } do
		local key = flow.index .. (request and "q" or "p")
		local back = rule_of[flow.index .. tostring(not request)]
		local resets = back and truth.rules[back].reject and truth.rules[back].role == "r"
		if world.low.r and not flow.loopback and not resets then
			local least = router_lost(key, flow.index, request, world.low.r, world.high.r)
			local most = router_lost(key, flow.index, request, world.high.r, world.low.r)
			if outside(lost_by_router[key], least, most) then
				problems[#problems + 1] = string.format("flow %d %s: %d events, %d arrived and did not leave", flow.index,
					request and "requests" or "replies", lost_by_router[key], most)
			end
		end
	end
end
result("events of the router's own losses are the packets that arrived and did not leave", problems)

-- 4. Routes that are missing at the sender.
problems = {}
local accepted = sides.accepted(world)
for _, flow in ipairs(truth.flows) do
	local broken = flow.broken
	if broken and broken.role ~= "r" then
		local low, high = world.low[broken.role], world.high[broken.role]
		local name = flow.family == 4 and "Ip.OutNoRoutes" or "Ip6OutNoRoutes"
		local found = routes[broken.role .. " " .. flow.family]
		-- For a SYN-ACK, the route is looked up, and its absence counted, before the packet
		-- exists.
		local late = accepted[flow.index] < flow.count or rule_of[flow.index .. "true"] or rule_of[flow.index .. "false"]
		local answers = not broken.request and late or truth.injected
		local least = answers and 0 or low[name]
		if found < least or (flow.family == 4 and found > high[name]) then
			problems[#problems + 1] = string.format("%s: %d events, %s %d", broken.role, found, name, high[name])
		end
		-- IPv6 does not count some kinds, but each connection that sent must have an event.
		if flow.family == 6 and broken.request and accepted[flow.index] > 0 and routes[flow.index] == 0 then
			problems[#problems + 1] = string.format("flow %d had no route (%s), and there is no event", flow.index, broken.kind)
		end
	end
end
result("events without a route are the kernel's counters", problems)

-- 5. Drops by TCP itself and by devices.
problems = {}
local function check_others(role, name)
	local why = explain.check(world, role, name, others[role .. " " .. name])
	if why then problems[#problems + 1] = role .. " " .. name .. ": " .. why end
end
for key in pairs(others) do check_others(key:match("^(%w+) (.*)")) end
for role in pairs(world.high) do
	for _, name in ipairs(explain.exact_names()) do
		if others[role .. " " .. name] == 0 then check_others(role, name) end
	end
end
result("TCP's own drops are its counters", problems)

problems = {}
for _, d in ipairs(truth.devices) do
	local low, high, key, tx = world.low[d.role], world.high[d.role], d.role .. " " .. d.name, "tx." .. d.name
	if d.transmits and outside(rings[key], low[tx] - no_tcp(high), high[tx]) then
		problems[#problems + 1] = string.format("%s: %d events, tx dropped %d", key, rings[key], high[tx])
	end
end
result("events of devices are their counters of drops on transmission", problems)

-- 6. No other drops.
problems = {}
local kinds, example = tally(), {}
for _, e in ipairs(unexplained) do
	local at = (e.at or "-"):gsub("%+.*", "")
	local kind = string.format("%s at %s dir=%s of %s", e.reason, at, e.dir or "-", e.role or "no namespace")
	kinds[kind] = kinds[kind] + 1
	example[kind] = example[kind] or e
end
for kind, n in pairs(kinds) do
	problems[#problems + 1] = string.format("%d %s, as: %s", n, kind, show(example[kind]))
end
table.sort(problems)
result("all drops are explained", problems)

-- 7. Retransmissions. Those that failed before the kernel counted them are events as well; without
-- a route, the failure may have been before or after the count.
problems = {}
local not_counted = { EBUSY = true, EAGAIN = true, ENOMEM = true, EINVAL = true }
local segments, doubtful = tally(), tally()
for _, e in ipairs(events) do
	if (e.event == "retransmit" or e.event == "synack") and not not_counted[e.err or ""] then
		local sum = e.err == "EHOSTUNREACH" and doubtful or segments
		sum[e.role or "?"] = sum[e.role or "?"] + (e.segs or 1)
	end
end
for role, counts in pairs(world.high) do
	local low, high = world.low[role]["Tcp.RetransSegs"], counts["Tcp.RetransSegs"]
	if segments[role] > high or segments[role] + doubtful[role] < low then
		problems[#problems + 1] = string.format("%s: %d, RetransSegs %d", role, segments[role], high)
	end
end
result("retransmitted segments are the kernel's RetransSegs", problems)

-- 8. The side of each event: directions, devices, states, owners.
for _, e in ipairs(events) do
	for _, why in ipairs(sides.check(world, e)) do wrong[#wrong + 1] = why .. ": " .. show(e) end
end
result("direction, namespace, device, state and owner are right where an event has them", wrong)

-- 9. The second capture has the same events among those that its filter accepts.
problems = {}
local filter, argument = kernel.text(dir .. "/one"):match("^(%S+) (%S+)")
local passes = {
	netns = function(e) return e.role == argument end,
	port = function(e) return e.sport == tonumber(argument) or e.dport == tonumber(argument) end,
	family = function(e) return e.ip == tonumber(argument) end,
	reason = function(e) return e.event == "drop" and e.reason == argument end,
	state = function(e) return e.state == argument end,
}
local balance = tally()
local function key_of(e)
	local words = {}
	for i, key in ipairs { "event", "kind", "reason", "at", "dir", "saddr", "sport", "daddr", "dport", "seq", "ack",
		"flags", "len", "state", "segs", "ifname" } do
		words[i] = e[key] or "-"
	end
	return table.concat(words, " ")
end
-- busybox's date has no fractions of a second.
local until_time = tonumber(kernel.text(dir .. "/until"):match("^%d+%.?%d*"))
for _, e in ipairs(events) do
	if passes[filter](e) and e.time < until_time then balance[key_of(e)] = balance[key_of(e)] + 1 end
end
for _, e in ipairs(read("one")) do
	if e.time < until_time then balance[key_of(e)] = balance[key_of(e)] - 1 end
end
for key, n in pairs(balance) do
	if n ~= 0 then problems[#problems + 1] = string.format("%+d %s", n, key) end
end
result("a capture with a filter has the same events that pass it", problems)

-- 10. The captures themselves.
problems = {}
for status in kernel.text(dir .. "/status"):gmatch("%d+") do
	if status ~= "0" then problems[#problems + 1] = "exit status " .. status end
end
for _, name in ipairs { "all", "one" } do
	local lost = kernel.text(dir .. "/" .. name .. ".summary"):match("(%d+) lost")
	if lost ~= "0" then problems[#problems + 1] = (lost or "?") .. " events lost by the capture" end
end
if #kernel.text(dir .. "/actors.log") > 0 then problems[#problems + 1] = kernel.text(dir .. "/actors.log") end
result(string.format("%d events, of %s", #events, truth.topology), problems)

if failed then
	for _, line in ipairs(truth.notes) do print("| " .. label .. ": " .. line) end
end
os.exit(not failed)
