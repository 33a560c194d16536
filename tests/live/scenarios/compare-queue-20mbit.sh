# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2034 # the words of lib.sh
# The same with a faster bucket, whose queue is shorter than the time to send what it holds.
queue_rate=20mbit queue_limit=60000 queue_bytes=200000 queue_port=7106
# shellcheck source=tests/live/scenarios/compare-queue-4mbit.sh
. "$here/scenarios/compare-queue-4mbit.sh"
