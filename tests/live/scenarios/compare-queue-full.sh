# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2034 # the words of lib.sh
# The same with a queue of half a second, which is not empty again when the first segment is
# retransmitted.
queue_limit=250000 queue_bytes=450000 queue_port=7111
# shellcheck source=tests/live/scenarios/compare-queue-4mbit.sh
. "$here/scenarios/compare-queue-4mbit.sh"
