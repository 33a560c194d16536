#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: update.sh BUILD
# Makes the captures under samples/ again with the lab, and shows how the golden output changes.
set -eu
TOOL=$1/tcpdropcap PEER=$1/tests/peer
export TOOL PEER
here=$(dirname "$0")
# shellcheck disable=SC2016 # the table's backquotes
names=$(sed -n 's/^| `\([a-z0-9-]*\)\.pcapng`.*/\1/p' samples/README.md)
# driver-MODEL comes from the lab of network drivers; all others are scenarios.
drivers=$(echo "$names" | sed -n 's/^driver-//p')
scenarios=$(echo "$names" | grep -v '^driver-')
# shellcheck disable=SC2086 # a list of names
sh "$here/../live/provoke.sh" "$1/samples" $scenarios
for name in $scenarios; do
	cp "$1/samples/$name/drops.pcapng" "samples/$name.pcapng"
done
for model in $drivers; do
	sh "$here/../drivers/sample.sh" "$1" "$model" "samples/driver-$model.pcapng"
done
sh "$here/golden_test.sh" --update || true
