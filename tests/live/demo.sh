#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: TOOL=... PEER=... demo.sh DIRECTORY
# A lab of two namespaces, a server and a client, and the drops and retransmissions between them.
set -u
dir=$1 name=demo prefix=tdemo$$
: "${TOOL:?}" "${PEER:?}"
[ "$(id -u)" = 0 ] || { echo "the demo makes namespaces: run it as root (sudo make demo)" >&2; exit 1; }
mkdir -p "$dir"
rm -f "$dir"/*
# shellcheck source=tests/live/lib.sh
. "$(dirname "$0")/lib.sh"
trap lab_down EXIT
trap 'exit 1' INT TERM HUP
lab_up || exit 1

serve "$server" $server4 8080 read || exit 1
# The client's firewall drops port 81. On the way to the server, port 81 is lost altogether, and of
# each connection to port 8080 the first data segment.
rule "$client" input tcp dport 81 drop
rule "$server" input tcp dport 81 drop
rule "$server" input tcp dport 8080 'tcp flags & psh == psh' tcp sport != @seen \
	add @seen '{ tcp sport }' drop
tool_start "$client" || exit 1
"$TOOL" --netns "$client" >"$dir/drops.txt" 2>"$dir/text-summary" &
text_tool=$!
pids="$pids $text_tool"
wait_for "$dir/text-summary" capturing || exit 1

connect "$client" $server4 8080 -c 2 -d 200 -b 100 -t 700
connect "$server" $client6 82 -t 100
connect "$server" $client4 81 -t 100
connect "$client" $server6 81 -t 1300
kill -INT $text_tool
wait $text_tool
tool_stop

cat "$dir/drops.txt"
echo
grep " written to " "$dir/summary"
echo "Open it:           wireshark -X lua_script:dissector/tcpdropcap.lua $dir/drops.pcapng"
echo "Or on a terminal:  tshark -r $dir/drops.pcapng -X lua_script:dissector/tcpdropcap.lua -V"
