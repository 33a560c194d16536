-- SPDX-License-Identifier: GPL-2.0-or-later
-- usage: make_wire.lua LINKTYPE >FILE
-- A pcap file of packets that are not TCP, or have more than TCP in them: each has 203.0.113.77,
-- 2001:db8:77::77, 52:54:00:77:77:77 or SECRET somewhere. With another link type, the same bytes.
local link = tonumber(arg[1])
local MAC = "\x52\x54\x00\x77\x77\x77"
local V4 = "\203\0\113\77"
local V6 = "\x20\x01\x0d\xb8\x00\x77" .. ("\0"):rep(8) .. "\x00\x77"
local SECRET = "SECRET-TOKEN-77"
local seconds = 0

local function record(bytes)
	seconds = seconds + 1
	io.write(string.pack("<I4I4I4I4", seconds, 0, #bytes, #bytes), bytes)
end

local function frame(ethertype, payload)
	record(MAC .. MAC .. string.pack(">I2", ethertype) .. payload)
end

local function ipv4(protocol, payload, options)
	options = options or ""
	return string.pack(">BBI2I2I2BBI2", 0x45 + #options // 4, 0, 20 + #options + #payload, 7, 0, 64, protocol, 0) ..
		V4 .. V4 .. options .. payload
end

local function ipv6(next_header, payload)
	return string.pack(">I4I2BB", 0x60012345, #payload, next_header, 64) .. V6 .. V6 .. payload
end

local function tcp(options, payload)
	return string.pack(">I2I2I4I4BBI2I2I2", 40001, 443, 1, 1, 0x50 + #options * 4, 0x18, 100, 0, 0) ..
		options .. payload
end

local segment = ipv4(6, tcp("", SECRET))
io.write(string.pack("<I4I2I2I4I4I4I4", 0xa1b2c3d4, 2, 4, 0, 0, 65535, link))
frame(0x0800, segment)
frame(0x0800, ipv4(6, tcp("", "")) .. SECRET) -- after the end of the packet
frame(0x0800, ipv4(6, tcp("\x1e\x08\x30\x01" .. V4, SECRET))) -- ADD_ADDR of MPTCP
frame(0x0800, ipv4(6, tcp("", SECRET), "\x07\x07\x08" .. V4 .. "\0")) -- record route
frame(0x0800, ipv4(1, "\x03\x01\0\0\0\0\0\0" .. segment))
frame(0x0800, ipv4(1, "\x05\x01\0\0" .. V4 .. segment)) -- redirect
frame(0x0800, ipv4(1, "\x08\x00\0\0\0\1\0\1" .. SECRET)) -- echo
frame(0x0800, ipv4(17, string.pack(">I2I2I2I2", 53, 40002, 8 + #SECRET, 0) .. SECRET))
frame(0x0800, ipv4(47, "\0\0\x08\0" .. segment)) -- GRE
frame(0x0800, ipv4(4, segment))
frame(0x0806, "\0\1\x08\0\6\4\0\1" .. MAC .. V4 .. MAC .. V4) -- ARP
frame(0x88cc, "\2\7\4" .. MAC .. "\10\15" .. SECRET) -- LLDP
frame(0x8100, "\0\7\x08\0" .. segment)
frame(0x8864, "\x11\0\x77\x77" .. string.pack(">I2", #segment + 2) .. "\0\x21" .. segment) -- PPPoE
frame(0x86dd, ipv6(6, tcp("", SECRET)))
frame(0x86dd, ipv6(58, "\1\0\0\0\0\0\0\0" .. ipv6(6, tcp("", SECRET))))
frame(0x86dd, ipv6(58, "\x87\0\0\0\0\0\0\0" .. V6 .. "\1\1" .. MAC)) -- neighbour solicitation
frame(0x86dd, ipv6(43, "\6\2\4\1\0\0\0\0" .. V6 .. tcp("", SECRET))) -- routing header
frame(0x86dd, ipv6(60, "\6\2\xc9\x10" .. V6 .. "\1\2\0\0" .. tcp("", SECRET))) -- home address
frame(0x86dd, ipv6(41, ipv6(6, tcp("", SECRET))))
frame(0x0800, "\x75" .. segment:sub(2)) -- no version of IP
record(("\0"):rep(14) .. SECRET)
