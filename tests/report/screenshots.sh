#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: screenshots.sh FOLDER
# Makes the pictures of the page of `report`: wide and light, narrow and dark. Look at them before
# you commit them.
#   TOOL=... screenshots.sh FOLDER
set -eu
: "${TOOL:?}"
folder=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

mkdir -p "$folder" "$work/home"
TZ=UTC "$TOOL" report samples/owner.pcapng samples/sent-again.pcapng samples/no-socket.pcapng \
	samples/reader-gone.pcapng samples/output-drop.pcapng samples/input-drop.pcapng samples/rto.pcapng \
	-o "$work/home/report.html" 2>/dev/null
user=
if [ "$(id -u)" -eq 0 ]; then
	chmod 755 "$work"
	chmod 644 "$work/home/report.html"
	chown 65534:65534 "$work/home"
	user="setpriv --reuid=65534 --regid=65534 --clear-groups"
fi

picture() { # NAME WIDTH HEIGHT SCHEME (0: dark, 1: light)
	# shellcheck disable=SC2086 # user is a command and its arguments
	$user env -i PATH="$PATH" HOME="$work/home" TZ=UTC LC_ALL=C.UTF-8 timeout 60 chromium --headless --no-sandbox --disable-gpu \
		--disable-dev-shm-usage --hide-scrollbars --user-data-dir="$work/home/chromium" --window-size="$2,$3" \
		--blink-settings=preferredColorScheme="$4" --virtual-time-budget=2000 --screenshot="$work/home/$1.png" \
		"file://$work/home/report.html" >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
	convert "$work/home/$1.png" +dither -colors 128 -depth 8 "png8:$folder/$1.png"
}

picture report 1280 1400 1
picture report-dark 640 1400 0
