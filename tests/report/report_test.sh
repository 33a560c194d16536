#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# `report` on files: its numbers are those of the other commands, names in a file cannot become
# markup, and a browser shows the page and runs its scripts. All of it as an ordinary user.
#   TOOL=... report_test.sh
set -u
: "${TOOL:?}"
# shellcheck source=tests/checks.sh
. "$(dirname "$0")/../checks.sh"
bad=$(readlink -f "$(dirname "$0")/../bad/files")
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP
cp "$TOOL" "$work/tcpdropcap"
cp samples/*.pcapng "$work"
mkdir "$work/out" "$work/home"
chmod -R a+rX "$work"
drop_root=
if [ "$(id -u)" = 0 ]; then
	drop_root="setpriv --reuid=65534 --regid=65534 --clear-groups"
	chown 65534:65534 "$work/out" "$work/home"
fi
cd "$work" || exit 1

tool() {
	# shellcheck disable=SC2086 # a command and its arguments
	timeout 60 $drop_root "$work/tcpdropcap" "$@"
}
run() { # ARGUMENTS: into stdout, stderr, $got
	tool report "$@" >stdout 2>stderr </dev/null
	got=$?
}

# The command.
refused needs_a_file 2 'report: needs a capture file'
refused options_of_other_commands_are_explained 2 'the files are words' -r rto.pcapng
refused one_form_at_a_time 2 'exclude each other' --json --markdown rto.pcapng
refused does_not_write_over_a_file_that_it_reads 2 'names a file that is read' -o rto.pcapng rto.pcapng
refused wire_needs_a_file 2 'read twice' --wire rto.pcapng -
run -o nowhere/r.html rto.pcapng
[ $got = 1 ] && grep -q 'nowhere/r.html' stderr && ok names_a_folder_that_it_cannot_write ||
	not_ok names_a_folder_that_it_cannot_write "exit $got: $(cat stderr)"
run missing.pcapng
[ $got = 1 ] && grep -q 'missing.pcapng' stderr && ! [ -s stdout ] && ok names_a_missing_file ||
	not_ok names_a_missing_file "exit $got: $(cat stderr)"
run --help
[ $got = 0 ] && grep -q '^Usage: tcpdropcap report' stdout && ok has_help || not_ok has_help "exit $got"
run rto.pcapng -o out/page.html
cp out/page.html page.html
tool report - <rto.pcapng >stdout 2>stderr
[ "$(head -1 page.html)" = '<!doctype html>' ] && [ "$(tail -1 page.html)" = '</html>' ] &&
	ok page_is_whole || not_ok page_is_whole "$(tail -1 page.html)"
same page_of_standard_input "$(sed 's/<dd><code>-</<dd><code>rto.pcapng</; s/:\["-"\]/:["rto.pcapng"]/; s/<title>-/<title>rto.pcapng/' stdout | cmp - page.html 2>&1)" ''
if command -v script >/dev/null; then
	script -qec "$work/tcpdropcap report rto.pcapng" /dev/null >stdout 2>&1 </dev/null
	grep -q 'name its file (-o report.html)' stdout && ok terminal_gets_no_page || not_ok terminal_gets_no_page "$(head -1 stdout)"
fi

# The numbers are those of `count`.
number() { sed -n "s/^{\"files\":\[[^]]*\],\"about\":\[[^]]*\],\(\"[a-z_]*\":[0-9]*,\)*\"$1\":\([0-9]*\),.*/\2/p" stdout; }
for sample in frozen-sender reset owner no-socket; do
	run --json $sample.pcapng
	same "numbers_of_$sample" "$(number drops) $(number retransmissions) $(number resets)" \
		"$(for events in drop retransmit,synack,tlp reset; do
			tool -r $sample.pcapng -q --json -e $events 2>/dev/null | wc -l
		done | tr '\n' ' ' | sed 's/ $//')"
done
run --json frozen-sender.pcapng rto.pcapng
both=$(number count)
mkdir folder && cp frozen-sender.pcapng rto.pcapng folder && chmod a+rx folder
run --json folder
same folder_is_its_files "$(number count)" "$both"
run --markdown frozen-sender.pcapng
same finding_comes_first "$(sed -n '/^### Findings/,/^### /s/^- //p' stdout | head -1 | sed 's/, from .*//')" \
	"All 3 drops have the reason \`NETFILTER_DROP\`, in \`nft_do_chain\`, received on \`eth0\`"

# Verdicts are those of `compare`.
tcpdump -r input-drop.pcapng -w input-drop.pcap 2>/dev/null
chmod a+r input-drop.pcap
run --json --wire input-drop.pcap input-drop.pcapng
verdicts=$(grep -o '{"name":"dropped-after-wire","count":[0-9]*' stdout | sed 's/.*://')
same verdicts_are_those_of_compare "$verdicts" \
	"$(tool compare input-drop.pcapng input-drop.pcap 2>/dev/null | awk '$1 == "dropped-after-wire" { print $2 }')"
run --wire missing.pcap input-drop.pcapng
[ $got = 1 ] && grep -q 'missing.pcap' stderr && ! [ -s stdout ] && ok names_a_missing_wire ||
	not_ok names_a_missing_wire "exit $got: $(cat stderr)"

# A damaged file: what comes before the damage, and the damage.
head -c 20000 no-socket.pcapng >out/cut.pcapng
run --markdown out/cut.pcapng
# shellcheck disable=SC2016 # back quotes of Markdown
[ $got = 1 ] && grep -q '^- A file could not be read to its end: `out/cut.pcapng: block ' stdout &&
	grep -q '^| `NO_SOCKET` |' stdout && ok damage_is_said || not_ok damage_is_said "exit $got: $(cat stderr)"
: >broken
for file in "$bad"/*; do
	run "$file"
	case $got in
	0 | 1) ;;
	*) echo "$file: exit $got" >>broken ;;
	esac
done
same damaged_files_break_nothing "$(head -3 broken)" ''

# Names that would be markup. Each has the length of the one that it replaces.
LC_ALL=C sed 's/nft_do_chain/<\/script><b>/g; s/NETFILTER_DROP/><script>x()\/\//g; s/owner=peer/owner=<i>\&/g; s/eth0/<u>"/g
	s/hooks attached/<iframe src=\/>/; s/Linux 6/<p>x<\/p/' output-drop.pcapng >out/hostile.pcapng
events=$(tool -r out/hostile.pcapng -q 2>/dev/null | tail -n +2 | wc -l)
same hostile_file_is_read "$events" "$(tool -r output-drop.pcapng -q 2>/dev/null | tail -n +2 | wc -l)"
run out/hostile.pcapng -o out/hostile.html
same hostile_names_are_no_markup "$(sed '/^<style>/,/<\/style>$/d; /^<script>/,/<\/script>$/d' out/hostile.html |
	grep -coE '<b>x|<i>|<u>|<iframe|<p>x|<script>x')" 0
same page_has_its_own_scripts_alone "$(grep -o '<script' out/hostile.html | wc -l) $(grep -o '</script>' out/hostile.html | wc -l)" '3 3'
run --markdown out/hostile.pcapng
# shellcheck disable=SC2016 # back quotes of Markdown
same hostile_names_are_code_in_markdown "$(grep -v '^    ' stdout | sed 's/`[^`]*`//g' | grep -c '<')" 0
run hostile-comm.pcapng
same control_characters_are_escaped "$(LC_ALL=C tr -d '\n\t -~' <stdout | wc -c)" \
	"$(cat "$OLDPWD"/capture/web/charts.js "$OLDPWD"/capture/web/charts.css "$OLDPWD"/capture/web/page.js "$OLDPWD"/capture/web/page.css | LC_ALL=C tr -d '\n\t -~' | wc -c)"

# The policy of the page has the hashes of what is in it: a browser runs nothing else.
hash_of() { # ELEMENT NUMBER
	awk -v element="$1" -v number="$2" '
		index($0, "<" element ">") == 1 && ++seen == number { on = 1; $0 = substr($0, length(element) + 3) }
		on && (end = index($0, "</" element ">")) { printf "%s", substr($0, 1, end - 1); exit }
		on' page.html | sha256sum | cut -c1-64 | tr a-f A-F | basenc --base16 -d | base64
}
for part in 'style 1' 'style 2' 'script 1' 'script 2'; do
	# shellcheck disable=SC2086 # two arguments
	hash=$(hash_of $part)
	grep -q "^<meta http-equiv=\"Content-Security-Policy\".*${part% *}-src.* 'sha256-$hash'" page.html &&
		ok "policy_has_the_hash_of_${part% *}_${part#* }" || not_ok "policy_has_the_hash_of_${part% *}_${part#* }" "$hash is not in it"
done

# In a browser.
browse() { # PAGE: its document after the scripts, into stdout; the browser's log into stderr
	# shellcheck disable=SC2086 # a command and its arguments
	$drop_root env -i PATH="$PATH" HOME="$work/home" TZ=UTC LC_ALL=C.UTF-8 timeout 60 chromium --headless --no-sandbox \
		--disable-gpu --disable-dev-shm-usage --user-data-dir="$work/home/chromium" --window-size=1000,1000 \
		--enable-logging=stderr --virtual-time-budget=2000 --dump-dom "file://$1" >stdout 2>stderr </dev/null
}
if ! command -v chromium >/dev/null; then
	echo "skip browser: there is no chromium"
	exit $status
fi
browse "$work/out/hostile.html"
if ! grep -q '<html' stdout; then
	echo "skip browser: chromium does not start here: $(tail -1 stderr)"
	exit $status
fi
same browser_has_no_complaint "$(grep -c 'CONSOLE' stderr): $(grep CONSOLE stderr | head -1)" '0: '
same browser_draws_the_timeline "$(grep -c '<canvas' stdout)" 1
grep -q '<td class="u-value">'"$events"'</td>' stdout && ok legend_has_the_count ||
	not_ok legend_has_the_count "$(grep -o '<td class="u-value">[^<]*' stdout | tr '\n' ' ')"
same browser_draws_the_stacks "$(grep -o '<div class="d3-flame-graph-label[^>]*>&lt;/script&gt;&lt;b&gt;' stdout | head -1 | sed 's/.*>&/\&/')" '&lt;/script&gt;&lt;b&gt;'
same browser_sees_no_foreign_element "$(sed '/^<style>/,/<\/style>$/d; /^<script>/,/<\/script>$/d' stdout | grep -coE '<i>|<u>|<u |<iframe|<p>x')" 0
same browser_shows_what_needs_scripts "$(grep -c 'class="scripted"[^>]*hidden' stdout)" 0
exit $status
