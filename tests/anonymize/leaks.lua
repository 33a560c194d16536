-- SPDX-License-Identifier: GPL-2.0-or-later
-- usage: leaks.lua FILE <LIST
-- Prints what the file still has of the list, and then how many were looked for. A line is
-- "text NAME" (as a word), "bytes HEX", "ip ADDRESS" or "number N", which is looked for as text and
-- as bytes in either order. A text of less than three letters says nothing and is not looked for.
local file = assert(io.open(arg[1], "rb"))
local data = file:read("a")
file:close()
local count = 0

local function has_word(text)
	local from = 1
	while true do
		local first, last = data:find(text, from, true)
		if not first then
			return false
		end
		if not data:sub(first - 1, first - 1):match("[%w_/+%-]") and
			not data:sub(last + 1, last + 1):match("[%w_/+%-]") then
			return true
		end
		from = first + 1
	end
end

local function report(what, text)
	print(what .. " " .. text)
end

local function look(what, text, found)
	count = count + 1
	if found then
		report(what, text)
	end
end

local function ipv6_bytes(text)
	local head, tail = text:match("^(.-)::(.*)$")
	local groups, rest = {}, {}
	for group in (head or text):gmatch("%x+") do
		groups[#groups + 1] = tonumber(group, 16)
	end
	for group in (tail or ""):gmatch("%x+") do
		rest[#rest + 1] = tonumber(group, 16)
	end
	while head and #groups + #rest < 8 do
		groups[#groups + 1] = 0
	end
	for _, group in ipairs(rest) do
		groups[#groups + 1] = group
	end
	return string.pack(">" .. ("I2"):rep(#groups), table.unpack(groups))
end

local function ip_bytes(text)
	local a, b, c, d = text:match("^(%d+)%.(%d+)%.(%d+)%.(%d+)$")
	return a and string.char(a, b, c, d) or ipv6_bytes(text)
end

local looks = {
	text = function(text)
		if #text >= 3 then
			look("text", text, has_word(text))
		end
	end,
	bytes = function(text)
		local bytes = text:gsub("[^%x]", ""):gsub("%x%x", function(pair)
			return string.char(tonumber(pair, 16))
		end)
		look("bytes", text, data:find(bytes, 1, true))
	end,
	ip = function(text)
		look("ip", text, has_word(text) or data:find(ip_bytes(text), 1, true))
	end,
	number = function(text)
		local number = math.tointeger(tonumber(text))
		look("number", text, has_word(text) or data:find(string.pack(">I4", number), 1, true) or
			data:find(string.pack("<I4", number), 1, true))
	end,
}

for line in io.lines() do
	local kind, text = line:match("^(%a+) (.+)$")
	if kind then
		looks[kind](text)
	end
end
print(count .. " looked for")
