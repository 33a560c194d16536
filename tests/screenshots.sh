#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: screenshots.sh FOLDER
# Makes the pictures of the README: the Wireshark window with plugin and profile, on a display and
# in a home of its own. Look at them before you commit them.
set -eu
folder=$1
work=$(mktemp -d)
pids=
cleanup() {
	# shellcheck disable=SC2086 # a list
	[ -z "$pids" ] || kill $pids 2>/dev/null || true
	rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 1' HUP INT TERM

home=$work/home
plugins=$home/.local/lib/wireshark/plugins
profile=$home/.config/wireshark/profiles/tcpdropcap
mkdir -p "$plugins" "$profile" "$folder" "$work/run"
cp dissector/tcpdropcap.lua "$plugins/"
cp dissector/profile/* "$profile/"
printf '%s\n' 'gui.update.enabled: FALSE' 'gui.font_name: Monospace,9' >>"$profile/preferences"
echo 'gui.byte_view_show: FALSE' >>"$profile/recent"
for name in output-drop rto no-socket fast-retransmit synack-retransmit tail-loss-probe; do
	editcap -r "samples/$name.pcapng" "$work/$name.pcapng" 1-2
done
chmod 755 "$work"
chmod 644 "$work"/*.pcapng
chmod 700 "$work/run"
user=
if [ "$(id -u)" -eq 0 ]; then
	chown -R 65534:65534 "$home" "$work/run"
	user="setpriv --reuid=65534 --regid=65534 --clear-groups"
fi

# The frames of drops and of the retransmissions that link to them: one after a timeout and two of
# SYNs. Not as root, for which Wireshark 4.4 ignores the plugin.
cp samples/sent-again.pcapng "$work/all"
chmod 644 "$work/all"
# shellcheck disable=SC2086 # user is a command and its arguments
linked=$($user env -i HOME="$home" PATH="$PATH" tshark -2 -r "$work/all" -Y tcpdropcap.dropped_in \
	-T fields -e frame.number -e tcpdropcap.dropped_in -e tcpdropcap.kind 2>/dev/null |
	awk 'n[$3]++ < ($3 == "rto" ? 1 : $3 == "syn" ? 2 : 0) { print $1, $2 }')
# Merges drops and retransmissions in the order of time, from captures of different days.
first_time() { tshark -r "samples/$1.pcapng" -c 1 -T fields -e frame.time_epoch 2>/dev/null; }
later=$(echo "$(first_time no-socket) - $(first_time sent-again)" | awk '{ printf "%.1f", $1 - $3 + 0.1 }')
# shellcheck disable=SC2086 # a list
editcap -r -t "$later" samples/sent-again.pcapng "$work/sent-again.pcapng" $linked
mergecap -w "$work/drops.pcapng" "$work"/*.pcapng
chmod 644 "$work/drops.pcapng"

display=:97
Xvfb $display -screen 0 1280x880x24 -nolisten tcp >/dev/null 2>&1 &
pids="$pids $!"
export DISPLAY=$display
sleep 2
openbox >/dev/null 2>&1 &
pids="$pids $!"
# shellcheck disable=SC2086 # user is a command and its arguments
$user env -i DISPLAY=$display HOME="$home" PATH="$PATH" LC_ALL=C.UTF-8 XDG_RUNTIME_DIR="$work/run" \
	TZ=UTC wireshark -C tcpdropcap -r "$work/drops.pcapng" -g 7 >"$work/log" 2>&1 &
pids="$pids $!"

window=$(xdotool search --sync --onlyvisible --name 'drops\.pcapng' | head -1)
xdotool windowsize "$window" 1280 880 windowmove "$window" 0 0
sleep 6

picture() { # NAME
	import -window root -colors 64 -depth 8 "png8:$folder/$1.png"
}

keys() {
	for key in "$@"; do
		xdotool key --clearmodifiers "$key"
		sleep 0.5
	done
}

# Columns are as wide as their contents. The subtree is the third line below the packet list.
keys ctrl+shift+r
xdotool mousemove 200 541 click 1
sleep 1
keys Right Down Down Down Right
xdotool mousemove 1270 870
sleep 1
picture wireshark
# Tools / TCP drops / By reason
keys alt+t Up Right Down Down Down Return
sleep 3
window=$(xdotool search --onlyvisible --name 'TCP drops by' | tail -1)
import -window "$window" -colors 64 -depth 8 "png8:$folder/statistics.png"
grep -i 'lua' "$work/log" || true
