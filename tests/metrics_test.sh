#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: metrics_test.sh BUILD
# The counters for Prometheus: Debian's prometheus and its node_exporter read them, the values are
# what was provoked, and a rule of ours fires. Both run from a folder, as services of nobody.
#   TOOL=... PEER=... metrics_test.sh
# shellcheck disable=SC2016,SC2317 # texts with a dollar or a backquote; until_true calls functions
set -u
: "${TOOL:?}" "${PEER:?}"
TOOL=$(readlink -f "$TOOL") PEER=$(readlink -f "$PEER")
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/checks.sh
. "$here/checks.sh"
# shellcheck source=tests/wait.sh
. "$here/wait.sh"
# shellcheck source=tests/rotate.sh
. "$here/rotate.sh"
if [ "$(id -u)" != 0 ]; then
	echo "skip metrics: not root"
	exit 0
fi
docs=$PWD/docs
programs=$(mkdir -p "$1/prometheus" && cd "$1/prometheus" && pwd)
work=$(mktemp -d) || exit 1
ns=tmet$$
tool=
pids=
# shellcheck disable=SC2317 # the trap calls it
clean_up() {
	[ -z "$tool" ] || kill -KILL "$tool" 2>/dev/null
	for pid in $pids; do kill -KILL "$pid" 2>/dev/null; done
	ip netns del "$ns" 2>/dev/null
	cd / && rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 1' INT TERM HUP
cd "$work" || exit 1
chmod 755 "$work"
ip netns add "$ns"
ip netns exec "$ns" ip link set lo up

# rotate.sh starts captures: of this one, it is the command that counts.
real=$TOOL
printf '#!/bin/sh\nexec "%s" count "$@"\n' "$real" >count
chmod +x count
TOOL=$work/count

# The capture alone. A folder in the way of the new file is a failure.
start text --by event,reason,owner --interval 1 --openmetrics file.prom
has_counted() { grep -qs "^tcpdropcap_events_total{event=\"drop\",reason=\"NO_SOCKET\"} $1\$" "$work/text/file.prom"; }
knock 7
until_true has_counted 7 && ok counters_are_written || not_ok counters_are_written "$(cat text/file.prom log)"
knock 4
until_true has_counted 11 && ok counters_are_of_the_whole_time || not_ok counters_are_of_the_whole_time "$(cat text/file.prom)"
until_true mkdir text/file.prom.part
until_true grep -q 'cannot write it' log
sleep 1.2
stop
same end_of_counting "$got" 0
[ "$(tail -1 text/file.prom)" = '# EOF' ] && [ "$(grep -c '_total' text/file.prom)" -ge 6 ] && ok file_is_whole ||
	not_ok file_is_whole "$(cat text/file.prom)"
[ "$(grep -c 'file.prom: cannot write it: Is a directory' log)" = 1 ] && ok failure_is_said_once ||
	not_ok failure_is_said_once "$(cat log)"
run -r "$docs/../samples/rto.pcapng" --openmetrics x
[ "$got" = 2 ] && ok file_has_no_metrics || not_ok file_has_no_metrics "$got $(cat stderr)"

if ! [ -x "$programs/usr/bin/prometheus" ]; then
	(cd "$programs" && apt-get -q download prometheus prometheus-node-exporter >download.log 2>&1 &&
		for package in *.deb; do dpkg-deb -x "$package" .; done)
fi
if ! [ -x "$programs/usr/bin/promtool" ]; then
	echo "skip prometheus: it cannot be downloaded"
	exit $status
fi
sed -n '/^```yaml$/,/^```$/p' "$docs/metrics.md" | grep -v '^```' >rules.yml
"$programs/usr/bin/promtool" check rules rules.yml >checked 2>&1 && grep -q '6 rules found' checked && ok rules_of_the_docs_are_valid ||
	not_ok rules_of_the_docs_are_valid "$(cat checked)"
"$programs/usr/bin/promtool" check metrics <text/file.prom >checked 2>&1
! grep -i 'error' checked && ok promtool_reads_the_metrics || not_ok promtool_reads_the_metrics "$(cat checked)"

# Both in the namespace, where no other program has their ports.
mkdir prom data
cat >prometheus.yml <<-END
	global: { scrape_interval: 1s, evaluation_interval: 1s }
	rule_files: [ "$work/alerts.yml" ]
	scrape_configs: [ { job_name: node, static_configs: [ { targets: [ "127.0.0.1:9100" ] } ] } ]
END
cat >alerts.yml <<-'END'
	groups:
	  - name: test
	    rules:
	      - alert: Dropped
	        expr: increase(tcpdropcap_events_total{event="drop",reason="NO_SOCKET"}[30s]) > 0
END
chmod -R a+rX .
chown -R 65534:65534 data
serve() { # NAME COMMAND...
	name=$1
	shift
	ip netns exec "$ns" setpriv --reuid=65534 --regid=65534 --clear-groups "$@" >"$name.log" 2>&1 &
	pids="$pids $!"
}
serve exporter "$programs/usr/bin/prometheus-node-exporter" --collector.disable-defaults --collector.textfile \
	--collector.textfile.directory="$work/prom" --web.listen-address=127.0.0.1:9100
serve prometheus "$programs/usr/bin/prometheus" --config.file=prometheus.yml --storage.tsdb.path=data \
	--web.listen-address=127.0.0.1:9090
get() { ip netns exec "$ns" curl -s "$@"; }
query() { get -G 127.0.0.1:9090/api/v1/query --data-urlencode "query=$1" | jq -r '.data.result[].value[1]' 2>/dev/null; }
start prom --by event,reason --interval 1 --openmetrics file.prom
knock 5
is_scraped() { [ "$(query 'tcpdropcap_events_total{event="drop",reason="NO_SOCKET"}')" = "$1" ]; }
until_true is_scraped 5 && ok prometheus_has_the_counter || not_ok prometheus_has_the_counter "$(cat exporter.log prometheus.log | tail -5)"
knock 9
until_true is_scraped 14 && ok counter_goes_on || not_ok counter_goes_on "$(query tcpdropcap_events_total)"
same nothing_is_lost "$(query 'tcpdropcap_lost_events_total')" 0
fires() { get 127.0.0.1:9090/api/v1/alerts | jq -e '.data.alerts[] | select(.state == "firing")' >/dev/null 2>&1; }
until_true fires && ok rule_fires || not_ok rule_fires "$(get 127.0.0.1:9090/api/v1/alerts)"
stop
exit $status
