#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: update.sh MAKE_REASONS
# Makes docs/reasons.md and the explanations in the dissector again, from the table in
# capture/explain/.
set -eu
make_reasons=$1
dissector=dissector/tcpdropcap.lua
"$make_reasons" markdown >docs/reasons.md.new
"$make_reasons" lua >"$dissector.part"
awk -v part="$dissector.part" '
	/^-- End of the explanations/ { skip = 0 }
	!skip { print }
	/^-- Begin of the explanations/ { while ((getline line <part) > 0) print line; skip = 1 }' \
	$dissector >$dissector.new
rm $dissector.part
mv docs/reasons.md.new docs/reasons.md
cat $dissector.new >$dissector
rm $dissector.new
