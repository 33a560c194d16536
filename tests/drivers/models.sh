#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: models.sh drivers | qemu MODEL...
# The network cards of the lab, by qemu's names, and the modules that drive them. "drivers" prints
# the modules, "qemu" the options that give a guest two cards of each model, on a cable of their
# own: the first model in the PCI slots 4 and 5, the second in 6 and 7, and so on. virtio-net-pci
# has two queues, which none of qemu's own cables supports: its cards are the TAP devices "cable-1"
# and "cable-2" of the namespace in which qemu runs.
set -eu
queues=2

case $1 in
drivers) echo virtio_pci virtio_net vmxnet3 e1000 e1000e 8139cp 8139too pcnet32 tulip e100 ;;
qemu)
	shift
	cable=0
	for model in "$@"; do
		for side in 1 2; do
			where=addr=$((4 + 2 * cable + side - 1)),mac=02:00:00:00:0$cable:0$side
			if [ "$model" = virtio-net-pci ]; then
				echo "-netdev tap,id=$model-$side,ifname=cable-$side,queues=$queues,script=no,downscript=no"
				where=$where,mq=on,vectors=$((2 * queues + 2))
			else
				echo "-netdev hubport,hubid=$cable,id=$model-$side"
			fi
			echo "-device $model,netdev=$model-$side,$where"
		done
		cable=$((cable + 1))
	done
	;;
esac
