#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: controls.sh BUILD VERSION
# Tests check.sh itself: each control breaks a copy of the suite in one way, runs it on one kernel
# and expects the failure that names the fault. Run by hand: make check-kernels-controls.
set -u
build=$(cd "$1" && pwd) version=$2
tests=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# control NAME EXPECTED: runs the broken suite in $work/tests, which must print a failure that
# matches.
control() {
	(cd "$tests/.." && GUEST_SECONDS=${seconds:-120} sh "$work/tests/kernels/check.sh" "$work/tool" \
		"$build/tests/peer-static" "$build/kernels" "$work/results" "$version") >"$work/out" 2>&1
	status=$?
	if [ $status != 0 ] && grep -qE "^not ok .*$2" "$work/out"; then
		echo "ok control $1: $(grep -m1 -E "^not ok .*$2" "$work/out" | cut -c1-150)"
	else
		echo "not ok control $1: exit $status, no failure that matches '$2'"
		failed=1
	fi
}

fresh() {
	rm -rf "$work/tests"
	cp -r "$tests" "$work/tests"
	cp "$build/tcpdropcap-static" "$work/tool"
	sed -i -e '/^scenarios="/,/"$/c scenarios="input-drop"' -e '/^whole="/,/"$/c whole=' "$work/tests/kernels/check.sh"
}

fresh
control_file=$work/tests/kernels/init
sed -i 's|^/tcpdropcap --probe.*|echo c >/proc/sysrq-trigger|' "$control_file"
control panic 'the guest ended early: .*(panic|BUG|Oops|crash)'

fresh
cat >"$work/tool" <<'TOOL'
#!/bin/sh
# Prints what tcpdropcap prints, attaches nothing.
echo "tcpdropcap: capturing" >&2
echo "0 drops, 0 retransmits, 0 synacks; 0 written, 0 filtered, 0 lost" >&2
exec sleep 5
TOOL
control 'a program that attaches nothing' 'input-drop'

fresh
sed -i 's/tcp dport 7001 drop/tcp dport 7999 drop/' "$work/tests/live/scenarios/input-drop.sh"
control 'a wrong port in the rule' 'input-drop: .*NETFILTER_DROP|input-drop: .*reason'

fresh
sed -i 's|^/tcpdropcap --probe.*|while :; do sleep 1; done|' "$control_file"
seconds=30
control hang 'the guest hangs'
exit $failed
