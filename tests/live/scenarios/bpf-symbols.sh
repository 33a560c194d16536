# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# Packets are dropped while a BPF program runs that was loaded after the start of the capture: each
# stack has the name of the program for its port and no other program's. Then the programs are
# deleted, and others are loaded that reuse their memory: none of the old names appears again.
scenario() {
	# Each program sends a copy to a device that is down; that device drops it.
	in_ns "$client" ip link add sink type veth peer name sink-peer
	if ! in_ns "$client" tc qdisc add dev eth0 clsact 2>/dev/null; then
		tool_start "$client"
		tool_stop
		echo "skip this kernel does not support the clsact qdisc" >>"$dir/expect"
		return
	fi
	in_ns "$client" sysctl -q -w net.ipv6.conf.all.disable_ipv6=1
	tool_start "$client" tcp dst portrange 7400-7599
	load_redirects 7400 first
	in_ns "$client" tc filter del dev eth0 egress
	sleep 0.5 # until the memory has been freed
	load_redirects 7500 other
	tool_stop
	expect 240 'tcpdropcap.event == "drop" && frame.interface_name == "sink"'
	expect 240 'tcpdropcap.stack contains "bpf_clone_redirect"'
	expect_names 7400 first
	expect_names 7500 other
	expect 0 'tcpdropcap.stack matches "_(first|other)[0-9]+_.*_(first|other)[0-9]+_"'
	expect 0 'tcpdropcap.stack contains "\n  ?"'
}

# Loads forty programs and sends three SYNs for each.
load_redirects() { # PORT NAME
	in_ns "$client" "${PEER%/*}/redirect" eth0 sink $1 40 $2 || echo "false redirect failed with $?" >>"$dir/expect"
	for redirect_port in $(seq $1 $(($1 + 39))); do
		connect "$client" $server4 $redirect_port -c 3 -t 100
	done
	drops=$((${drops:-0} + 120))
	wait_until "$drops drops" has_written $drops # while their programs exist
}

# The stacks of each port have the name of the program for that port.
expect_names() { # PORT NAME
	for names_port in $(seq $1 $(($1 + 39))); do
		expect 3 "tcp.dstport == $names_port && tcpdropcap.stack contains \"_$2${names_port}_+\""
	done
}
