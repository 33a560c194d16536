# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2086,SC2016 # the words of lib.sh
# The user and the cgroup of a socket are those with which it was created.
scenario() {
	rule "$server" input tcp dport 7016 drop
	unified=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
	group=$unified/$prefix
	if [ -n "$unified" ] && mkdir "$group" 2>/dev/null; then
		path=/$prefix
	else
		group='' path=''
	fi
	tool_start "$client"
	sh -c "[ -z '$group' ] || echo \$\$ >'$group/cgroup.procs'; cat /proc/self/cgroup >'$dir/cgroup'
		exec ip netns exec $client $PEER connect $server4 7016 -c 5 -u 12345 -t 1600" >"$dir/owners"
	tool_stop
	[ -z "$group" ] || rmdir "$group"
	expect 5 'tcpdropcap.kind == "syn" && tcpdropcap.uid == 12345'
	inode=$(stat -L -c %i "/run/netns/$client")
	expect 5 "tcpdropcap.netns == $inode && tcpdropcap.ifindex == 2 && frame.interface_name == \"eth0\" &&
		frame.interface_description == \"eth0, netns $inode ($client)\" && tcpdropcap.dir == \"out\""
	if [ -n "$path" ] && grep -q "^0::.*$path\$" "$dir/cgroup"; then
		expect 5 "tcpdropcap.cgroup == \"$(sed -n 's/^0:://p' "$dir/cgroup")\""
	else
		echo "skip the unified hierarchy permits no new cgroup" >>"$dir/expect"
	fi
}
