-- SPDX-License-Identifier: GPL-2.0-or-later
--
-- Wireshark post-dissector: makes display filter fields of the annotation that tcpdropcap writes
-- into packet comments. It reads nothing but the comments, and adds nothing to packets without an
-- annotation. For Wireshark 4.0 (Lua 5.2) and later (Lua 5.4).
--
-- luacheck: std min, max line length 100
-- luacheck: read globals Proto ProtoField ProtoExpert Field Pref UInt64
-- luacheck: read globals base expert register_postdissector

local byte, find, format, gsub = string.byte, string.find, string.format, string.gsub
local match, sub = string.match, string.sub
local concat, insert = table.concat, table.insert

local TEXT, NUMBER = "text", "number"

-- The keys of the annotation as in capture/keys.h: name, type, unit, title, description.
local KEYS = {
	{ "event", TEXT, "", "Event",
		"What the kernel did: drop, retransmit, synack, tlp or reset" },
	{ "kind", TEXT, "", "Kind", "Kind of retransmission: rto, fast, tlp, syn or synack" },
	{ "err", TEXT, "", "Error", "Why the retransmission could not be sent" },
	{ "reason", TEXT, "", "Reason", "Drop reason or reset reason, as the kernel names it" },
	{ "reason_code", NUMBER, "", "Reason code",
		"Number of the reason in the kernel that dropped" },
	{ "at", TEXT, "", "At", "Where the kernel dropped: symbol and offset" },
	{ "dir", TEXT, "", "Direction", "Direction: in or out" },
	{ "state", TEXT, "", "Socket state", "State of the socket" },
	{ "sock", TEXT, "", "Socket from", "How the socket was found: rx_sk, skb, hook, fentry or none" },
	{ "owner_pid", NUMBER, "", "Owner PID", "Process that owns the socket" },
	{ "owner", TEXT, "", "Owner", "Command name of the owner" },
	{ "owner_src", TEXT, "", "Owner from",
		"How sure the owner is: exact, listener or current" },
	{ "uid", NUMBER, "", "User ID", "User of the socket" },
	{ "cgroup", TEXT, "", "Cgroup", "Cgroup of the socket" },
	{ "cpu", NUMBER, "", "CPU", "CPU of the event" },
	{ "cpu_pid", NUMBER, "", "PID on CPU", "Process on that CPU, related or not" },
	{ "cpu_comm", TEXT, "", "Command on CPU", "Command name of the process on that CPU" },
	{ "netns", NUMBER, "", "Network namespace", "Inode number of the network namespace" },
	{ "ifindex", NUMBER, "", "Interface index", "Index of the network device" },
	{ "ca_state", TEXT, "", "Congestion control state",
		"Congestion control state: Open, Disorder, CWR, Recovery, Loss" },
	{ "cwnd", NUMBER, "segments", "Congestion window", "Congestion window" },
	{ "ssthresh", NUMBER, "segments", "Slow start threshold", "Slow start threshold" },
	{ "srtt_us", NUMBER, "us", "Smoothed RTT", "Smoothed round trip time" },
	{ "rttvar_us", NUMBER, "us", "RTT variance", "Variance of the round trip time" },
	{ "rto_us", NUMBER, "us", "RTO", "Retransmission timeout" },
	{ "retransmits", NUMBER, "", "Timeouts in a row",
		"Timeouts in a row; of a SYN-ACK its retransmissions, this one included" },
	{ "packets_out", NUMBER, "segments", "Packets out",
		"Segments sent and not acknowledged" },
	{ "retrans_out", NUMBER, "segments", "Retransmitted out",
		"Retransmitted segments in flight" },
	{ "lost_out", NUMBER, "segments", "Lost out", "Segments taken for lost" },
	{ "sacked_out", NUMBER, "segments", "SACKed out", "Segments acknowledged by SACK" },
	{ "snd_wnd", NUMBER, "bytes", "Send window", "Window that the peer offers" },
	{ "rcv_wnd", NUMBER, "bytes", "Receive window", "Window offered to the peer" },
	{ "rmem", NUMBER, "bytes", "Receive memory", "Receive memory in use" },
	{ "rcvbuf", NUMBER, "bytes", "Receive buffer", "Receive buffer limit" },
	{ "wmem", NUMBER, "bytes", "Send memory", "Send memory queued" },
	{ "sndbuf", NUMBER, "bytes", "Send buffer", "Send buffer limit" },
	{ "backlog", NUMBER, "bytes", "Backlog", "Bytes that wait in the socket's backlog" },
	{ "bytes_acked", NUMBER, "bytes", "Bytes acked", "Bytes the peer has acknowledged" },
	{ "bytes_received", NUMBER, "bytes", "Bytes received", "Bytes received in order" },
	{ "total_retrans", NUMBER, "segments", "Total retransmitted",
		"Segments retransmitted in the connection's life" },
	{ "cc", TEXT, "", "Congestion control", "Congestion control algorithm" },
	{ "segs", NUMBER, "segments", "Segments",
		"Segments on the wire, where the packet is more than one" },
	{ "hdr", TEXT, "", "Headers",
		"wire: bytes as sent or received; synthesized: made from the socket" },
	{ "l2", TEXT, "", "MAC header",
		"absent: the packet had no MAC header, zeros stand in its place" },
	{ "skb_len", NUMBER, "bytes", "True length",
		"True length, where the IP length field had to be clamped" },
	{ "stack", TEXT, "", "Stack from",
		"own: in the next comment; sampled: of a recent event; none" },
	{ "stack_id", NUMBER, "", "Stack ID", "Number of the stack in this file" },
	{ "lost", NUMBER, "", "Events lost", "Events lost just before this one" },
	{ "verdict", TEXT, "", "Verdict", "What captures of the wire tell of the event" },
	{ "wire_frame", NUMBER, "", "Wire frame",
		"Frame of that capture on which the verdict rests" },
	{ "because", TEXT, "", "Because", "Why this verdict" },
}

local SCHEMA = 1
local MAX_NUMBER = "18446744073709551615"
-- A hostile comment of 64 KiB has room for thousands of faults: a packet lists no more than these.
local MAX_NOTES = 8

-- Wireshark picks the first for 1, the second for all else.
local UNITS = {
	us = { " us" },
	segments = { " segment", " segments" },
	bytes = { " byte", " bytes" },
}

local proto = Proto("tcpdropcap", "TCP drop or retransmission")

proto.prefs.frames = Pref.bool("List the frames of a stack", true,
	"Show each frame of a stack on a line of its own, below the stack")

local own = {
	version = ProtoField.uint32("tcpdropcap.version", "Schema", base.DEC, nil, nil,
		"Version of the annotation's schema"),
	unknown = ProtoField.string("tcpdropcap.unknown", "Unknown", base.NONE,
		"A key that this dissector does not know, with its value"),
	stack = ProtoField.string("tcpdropcap.stack", "Stack", base.NONE,
		"Kernel stack, leaf first, also where it was sampled from an earlier packet"),
	frame = ProtoField.string("tcpdropcap.stack.frame", "Frame", base.NONE,
		"One frame of the kernel stack"),
}

local notes = {
	malformed = ProtoExpert.new("tcpdropcap.malformed", "Malformed annotation",
		expert.group.MALFORMED, expert.severity.NOTE),
	newer = ProtoExpert.new("tcpdropcap.newer_schema",
		"Newer schema: fields may be missing or mean something else",
		expert.group.PROTOCOL, expert.severity.NOTE),
	no_stack = ProtoExpert.new("tcpdropcap.stack.missing",
		"The stack is neither in this packet nor in one before it",
		expert.group.PROTOCOL, expert.severity.NOTE),
}

local fields = {} -- by key: its ProtoField
local is_number = {}

-- The name tcpdropcap.stack is for the stack's text, which is what people search.
local function field_name(key)
	return key == "stack" and "tcpdropcap.stack.source" or "tcpdropcap." .. key
end

local function make_fields()
	local list = { own.version, own.unknown, own.stack, own.frame }

	for _, row in ipairs(KEYS) do
		local key, kind, unit, title, description = row[1], row[2], row[3], row[4], row[5]
		local name = field_name(key)

		if kind == TEXT then
			fields[key] = ProtoField.string(name, title, base.NONE, description)
		else
			local shown = UNITS[unit] and base.UNIT_STRING or base.DEC
			fields[key] = ProtoField.uint64(name, title, shown, UNITS[unit], nil,
				description)
		end
		is_number[key] = kind == NUMBER
		insert(list, fields[key])
	end
	return list
end

proto.fields = make_fields()
proto.experts = { notes.malformed, notes.newer, notes.no_stack }

local comment_field = Field.new("frame.comment")

local UTF8_SEQUENCES = {
	"^[\xc2-\xdf][\x80-\xbf]()",
	"^\xe0[\xa0-\xbf][\x80-\xbf]()",
	"^[\xe1-\xec\xee\xef][\x80-\xbf][\x80-\xbf]()",
	"^\xed[\x80-\x9f][\x80-\xbf]()",
	"^\xf0[\x90-\xbf][\x80-\xbf][\x80-\xbf]()",
	"^[\xf1-\xf3][\x80-\xbf][\x80-\xbf][\x80-\xbf]()",
	"^\xf4[\x80-\x8f][\x80-\xbf][\x80-\xbf]()",
}

local function utf8_sequence_end(text, at)
	for _, pattern in ipairs(UTF8_SEQUENCES) do
		local after = match(text, pattern, at)
		if after then
			return after
		end
	end
	return nil
end

local NAMED_ESCAPES = { ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }

local function escape_byte(char)
	return NAMED_ESCAPES[char] or format("\\x%02x", byte(char))
end

-- What a field, a label or a note shows of a value. tshark writes a string field's control
-- characters to the terminal as they are, and ends a string at NUL: they stay escaped.
local function printable(text)
	if not find(text, "[\0-\31\127-\255]") then
		return text
	end
	text = gsub(text, "[\0-\31\127]", escape_byte)

	local out, at = {}, 1
	while at <= #text do
		local stop = match(text, "^[\0-\127]+()", at) or utf8_sequence_end(text, at)
		insert(out, stop and sub(text, at, stop - 1) or escape_byte(sub(text, at, at)))
		at = stop or at + 1
	end
	return concat(out)
end

local ESCAPES = { ['"'] = '"', ["\\"] = "\\", n = "\n", r = "\r", t = "\t" }

-- Returns the value whose opening quote stands before `at`, the position after its closing quote,
-- and the fault if it has a bad escape. Where its end cannot be told: nil, nil and the fault.
local function unquote(text, at)
	local out, fault = {}, nil

	while true do
		local plain, stop, char = match(text, '^([^"\\\0-\31\127]*)()(.?)', at)
		insert(out, plain)
		if char == '"' then
			return concat(out), stop + 1, fault
		elseif char == "" or char == "\\" and stop == #text then
			return nil, nil, "unterminated quote"
		elseif char ~= "\\" then
			return nil, nil, "control character"
		end
		local hex = match(text, "^x([0-9a-f][0-9a-f])", stop + 1)
		local escaped = ESCAPES[sub(text, stop + 1, stop + 1)]
		if hex then
			insert(out, string.char(tonumber(hex, 16)))
		elseif escaped then
			insert(out, escaped)
		else
			fault = "bad escape"
		end
		at = stop + (hex and 4 or 2)
	end
end

-- As unquote, for a value that starts at `at`, quoted or not.
local function take_value(text, at)
	local value, after, fault

	if sub(text, at, at) == '"' then
		value, after, fault = unquote(text, at + 1)
	else
		value, after = match(text, '^([^\0-\32"=\\\127]*)()', at)
		fault = value == "" and "no value" or nil
	end
	if after and find(text, "^[^ ]", after) then
		return nil, nil, "stray character in a value"
	end
	return value, after, fault
end

-- Returns the number without leading zeros, which Wireshark from 4.4 on takes for octal; nil if the
-- text is no number or needs more than 64 bits.
local function parse_number(text)
	local digits = match(text, "^0*(%d+)$")

	if not digits or #digits > #MAX_NUMBER
		or (#digits == #MAX_NUMBER and digits > MAX_NUMBER) then
		return nil
	end
	return digits
end

local function note_fault(annotation, fault, text, from, to)
	if #annotation.faults < MAX_NOTES then
		local excerpt = sub(text, from, math.min(to or #text, from + 59))
		insert(annotation.faults, format("%s: %s", fault, printable(excerpt)))
	end
end

-- Stores one pair. Returns what is wrong with it, or nil.
local function accept(annotation, key, value)
	if annotation.values[key] then
		return "duplicate key"
	end
	if is_number[key] then
		value = parse_number(value)
		if not value then
			return "not a number"
		end
	end
	annotation.values[key] = value
	insert(annotation.order, key)
	return nil
end

-- Splits "tcpdropcap/1 key=value ..." from position `at` on. A pair with a fault is left out and
-- noted; after a fault that hides where the value ends the rest is left unread, so that no part of
-- a value is taken for a key.
local function parse(text, at)
	local annotation = { values = {}, order = {}, faults = {} }

	while true do
		at = match(text, "^ *()", at)
		if at > #text then
			return annotation
		end
		local key, value_at = match(text, '^([^\0-\32"=\\\127]+)=()', at)
		local value, after, fault
		if key then
			value, after, fault = take_value(text, value_at)
			fault = fault or accept(annotation, key, value)
		else
			after = match(text, '^[^\0-\32"\127]+()%f[\0 ]', at)
			fault = "not key=value"
		end
		if fault then
			note_fault(annotation, fault, text, at, after and after - 1)
		end
		if not after then
			return annotation
		end
		at = after
	end
end

-- Returns the annotation's text, its version, and where its pairs start; or nil. A comment of many
-- lines is one value in Wireshark 4.0; later versions give its lines first, then the whole.
local function find_annotation(comments)
	local found, version, at

	for _, comment in ipairs(comments) do
		if not found then
			version, at = match(comment, "^tcpdropcap/(%d+)()%f[\0-\32]")
			found = version and #version <= 9 and comment or nil
		elseif #comment > #found and sub(comment, 1, #found + 1) == found .. "\n" then
			found = comment
		end
	end
	return found, tonumber(version), at
end

-- Returns the frames in the stack comment with this id (any, if nil), and the id; or nil.
local function find_own_stack(comments, id)
	for _, comment in ipairs(comments) do
		local number, frames = match(comment, "^stack (%d+)\n(.+)$")
		number = number and parse_number(number)
		if number and (not id or number == id) then
			return frames, number
		end
	end
	return nil
end

-- By id: a list of { packet = number, text = frames }, ascending, one for each change of the text.
-- Packets are dissected again, and out of order, when the user clicks on them.
local stacks = {}

function proto.init()
	stacks = {}
end

-- Returns the index of the last entry that stands in this packet or before it, 0 if none does.
local function entry_before(list, packet)
	local low, high = 0, #list

	while low < high do
		local middle = math.ceil((low + high) / 2)
		if list[middle].packet <= packet then
			low = middle
		else
			high = middle - 1
		end
	end
	return low
end

local function remember_stack(id, packet, text)
	local list = stacks[id] or {}
	local index = entry_before(list, packet)

	stacks[id] = list
	if index > 0 and list[index].text == text then
		return
	elseif index > 0 and list[index].packet == packet then
		list[index].text = text
	else
		insert(list, index + 1, { packet = packet, text = text })
	end
end

local function recall_stack(id, packet)
	local list = stacks[id] or {}
	local entry = list[entry_before(list, packet)]

	return entry and entry.text
end

-- Returns the text of the packet's stack, and whether there should have been one.
local function resolve_stack(values, comments, packet)
	local id = values.stack_id

	if values.stack ~= "own" and (values.stack ~= "sampled" or not id) then
		return nil, false
	end
	-- A sampled packet carries its stack, too, in a part of a file without the packet that had it.
	local text, number = find_own_stack(comments, id)
	if text then
		remember_stack(number, packet, text)
	elseif values.stack == "sampled" then
		text = recall_stack(id, packet)
	end
	return text, true
end

local HEADINGS = {
	drop = "Dropped",
	retransmit = "Retransmitted",
	synack = "SYN-ACK retransmitted",
	tlp = "Loss probe",
	reset = "Reset",
}

local function heading(values)
	local event = values.event

	if event == "retransmit" and values.err then
		return "Retransmission failed"
	elseif event == "reset" and values.dir == "in" then
		return "Reset received"
	elseif event == "reset" and values.dir == "out" then
		return "Reset sent"
	end
	return HEADINGS[event] or event and "Event " .. event or "Event"
end

local function place(values)
	local reason = values.reason or values.reason_code and "reason " .. values.reason_code

	if reason and values.at then
		return reason .. " at " .. values.at
	end
	return reason or values.at and "at " .. values.at
end

local function owner(values)
	local name, pid, source = values.owner, values.owner_pid, values.owner_src

	name = name ~= "" and name
	local text = name and pid and format("%s[%s]", name, pid) or name or pid and "pid " .. pid

	if text and source and source ~= "exact" then
		return format("%s (%s)", text, source)
	end
	return text
end

-- What a person asks first, in a line like "Dropped: NETFILTER_DROP at nft_do_chain+0x3b8,
-- ESTABLISHED, nginx[812]".
local function answer(values)
	local parts = {}

	local function add(part)
		if part and part ~= "" then
			insert(parts, part)
		end
	end
	add(values.kind ~= values.event and values.kind)
	add(values.err)
	add(place(values))
	add(values.state)
	add(owner(values))
	return printable(heading(values) .. (#parts > 0 and ": " or "") .. concat(parts, ", "))
end

local function add_stack(tree, range, text)
	if not tree:referenced(own.stack) and not tree:referenced(own.frame) then
		return
	end

	local frames = {}
	for frame in string.gmatch(text, "[^\n]+") do
		insert(frames, printable(match(frame, "^ *(.*)$")))
	end
	local item = tree:add(own.stack, range, concat(frames, " <- ")):set_generated()
	if proto.prefs.frames and tree:referenced(own.frame) then
		for _, frame in ipairs(frames) do
			item:add(own.frame, range, frame):set_generated()
		end
	end
end

local function add_pair(tree, range, key, value)
	local field = fields[key]

	if not field then
		local text = format("%s=%s", key, value)
		tree:add(own.unknown, range, printable(text)):set_generated()
	elseif tree:referenced(field) then
		local shown = is_number[key] and UInt64.new(value) or printable(value)
		tree:add(field, range, shown):set_generated()
	end
end

-- Every pass parses: with tshark -2 the first one has no comments.
function proto.dissector(tvb, pinfo, tree)
	local comments = { comment_field() }

	for i, info in ipairs(comments) do
		comments[i] = info.value
	end
	local text, version, at = find_annotation(comments)
	if not text then
		return
	end

	local annotation = parse(text, at)
	local values, range = annotation.values, tvb(0, 0)
	local stack, expected = resolve_stack(values, comments, pinfo.number)
	local subtree = tree:add(proto, range, answer(values)):set_generated()

	subtree:add(own.version, range, version):set_generated()
	for _, key in ipairs(annotation.order) do
		add_pair(subtree, range, key, values[key])
	end
	if stack then
		add_stack(subtree, range, stack)
	elseif expected then
		subtree:add_proto_expert_info(notes.no_stack)
	end
	if version > SCHEMA then
		subtree:add_proto_expert_info(notes.newer)
	end
	for _, fault in ipairs(annotation.faults) do
		subtree:add_proto_expert_info(notes.malformed, "Malformed annotation: " .. fault)
	end
end

register_postdissector(proto)
