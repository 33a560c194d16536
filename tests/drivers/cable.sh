#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: cable.sh NAMESPACE COMMAND...
# Runs the command in a new namespace with two taps of several queues, cable-1 and cable-2, on a
# bridge.
set -u
namespace=$1
shift
trap 'ip netns del "$namespace" 2>/dev/null' EXIT
trap 'exit 1' INT TERM HUP
ip netns add "$namespace" || exit 1
ip netns exec "$namespace" sysctl -q -w net.ipv6.conf.default.disable_ipv6=1
ip -n "$namespace" -batch - <<-END || exit 1
	link add cable type bridge mcast_snooping 0
	link set cable up
	tuntap add cable-1 mode tap multi_queue
	tuntap add cable-2 mode tap multi_queue
	link set cable-1 master cable up
	link set cable-2 master cable up
END
ip netns exec "$namespace" "$@"
