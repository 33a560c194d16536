-- SPDX-License-Identifier: GPL-2.0-or-later
-- Parses the files of a round (run.sh): the kernel's counters, the actors' reports, and the events.
-- All counters of a round start at zero with their namespaces.
local kernel = {}

local function lines_of(path)
	local file = assert(io.open(path))
	local lines = {}
	for line in file:lines() do lines[#lines + 1] = line end
	file:close()
	return lines
end

local read = {}
-- /proc/net/snmp and netstat have two lines per group, names and numbers. A counter is called
-- "Tcp.RetransSegs" here.
function read.role(line, counts, state)
	local group, rest = line:match("^(%w+): (.*)")
	if not group then return end
	if state.names and state.group == group then
		local i = 0
		for number in rest:gmatch("%S+") do
			i = i + 1
			counts[group .. "." .. state.names[i]] = tonumber(number)
		end
		state.names = nil
	else
		state.group, state.names = group, {}
		for name in rest:gmatch("%S+") do table.insert(state.names, name) end
	end
end
function read.snmp6(line, counts)
	local name, number = line:match("^(%w+)%s+(%d+)")
	if name then counts[name] = tonumber(number) end
end
function read.nft(line, counts, state)
	state.counter = line:match("counter (%w+) {") or state.counter
	local packets, bytes = line:match("packets (%d+) bytes (%d+)")
	if packets then
		counts["nft." .. state.counter], counts["bytes." .. state.counter] = tonumber(packets), tonumber(bytes)
	end
end
-- The root qdisc only: the qdiscs inside it count the same packets.
function read.tc(line, counts, state)
	if line:match("^qdisc") then state.device = line:match("dev (%S+) root") end
	local dropped = line:match("dropped (%d+)")
	if dropped and state.device then
		counts["tc." .. state.device] = tonumber(dropped)
		state.device = nil
	end
end
function read.link(line, counts)
	local device = line:match("^%d+: ([^:@]+)")
	local _, _, rx, tx = line:find("RX:[^\\]*\\%s+%d+%s+%d+%s+%d+%s+(%d+).-TX:[^\\]*\\%s+%d+%s+%d+%s+%d+%s+(%d+)")
	if device and rx then counts["rx." .. device], counts["tx." .. device] = tonumber(rx), tonumber(tx) end
end

-- By role: { ["Tcp.RetransSegs"] = 3, ["nft.n1"] = 5, ["tc.c1"] = 0, ["rx.c1"] = 0 }; softnet: for
-- the machine.
function kernel.counters(path)
	local roles, counts, section, state = {}, nil, nil, {}
	local softnet = 0
	for _, line in ipairs(lines_of(path)) do
		local title, role = line:match("^# (%w+) ?(%w*)")
		if title then
			section, state = title, {}
			if title == "role" then
				counts = setmetatable({}, { __index = function() return 0 end })
				roles[role] = counts
			end
		elseif section == "softnet" then
			softnet = softnet + tonumber(line:match("^%x+ (%x+)"), 16)
		else
			read[section](line, counts, state)
		end
	end
	return roles, softnet
end

-- An object per line; its nested objects and lists are ignored.
function kernel.events(path)
	local events = {}
	for _, line in ipairs(lines_of(path)) do
		local event = {}
		for key, text in line:gmatch('"([%w_]+)":"([^"]*)"') do event[key] = text end
		for key, number in line:gmatch('"([%w_]+)":(%-?[%d.]+)') do event[key] = tonumber(number) end
		if event.event then events[#events + 1] = event end
	end
	return events
end

-- The MAC addresses in tcpdump's lines, a pair of sender and receiver per packet.
function kernel.macs(path)
	local macs = {}
	for _, line in ipairs(lines_of(path)) do
		local from, to = line:match("^%S+ ([%x:]+) > ([%x:]+),")
		if from and #from == 17 then macs[#macs + 1] = { from = from, to = to } end
	end
	return macs
end

-- The actors: the connections that each process held, from when to when, and its listeners.
function kernel.actors(path)
	local actors = { holds = {}, listens = {}, lost = 0, doubled = 0 }
	for _, line in ipairs(lines_of(path)) do
		local w = {}
		for word in line:gmatch("%S+") do w[#w + 1] = word end
		if w[1] == "listen" then
			table.insert(actors.listens, { pid = tonumber(w[3]), comm = w[4], address = w[5], port = tonumber(w[6]) })
		elseif w[1] == "hold" then
			table.insert(actors.holds, { from = tonumber(w[2]), pid = tonumber(w[3]), comm = w[4], address = w[5],
				port = tonumber(w[6]), peer = w[7], peer_port = tonumber(w[8]), to = math.huge })
		elseif w[1] == "left" then
			for i = #actors.holds, 1, -1 do
				local h = actors.holds[i]
				if h.pid == tonumber(w[3]) and h.address == w[5] and h.port == tonumber(w[6]) and h.to == math.huge and
					(w[7] == "-" or h.peer == "-" or (h.peer == w[7] and h.peer_port == tonumber(w[8]))) then
					h.to = tonumber(w[2])
					break
				end
			end
		elseif w[1] == "note" then
			actors[w[2]] = (actors[w[2]] or 0) + tonumber(w[3])
		end
	end
	return actors
end

-- Pairs of words, one per line.
function kernel.pairs_of(path)
	local map = {}
	for _, line in ipairs(lines_of(path)) do
		local first, second = line:match("^(%S+) (%S+)")
		if first then map[first] = second end
	end
	return map
end

function kernel.text(path) return table.concat(lines_of(path), "\n") end

return kernel
