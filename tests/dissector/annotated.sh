# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# For the tests of the file of make_annotated: makes it in $work/file.pcapng in the schema of the
# test's third argument, and $work/table with all fields of each packet, and asks for cells of it.
# Runs tshark with the dissector as an ordinary user. Sourced by a test with the arguments
# DIRECTORY-OF-make_annotated tcpdropcap.lua SCHEMA.

if [ $# -ne 3 ]; then
	echo "usage: $0 DIRECTORY-OF-make_annotated tcpdropcap.lua SCHEMA" >&2
	exit 2
fi
make_annotated=$1/make_annotated
script=$2
schema=$3
tab=$(printf '\t')

# shellcheck source=tests/tshark.sh
. "$(dirname "$0")/../tshark.sh"

# The results name the schema.
ok() {
	echo "ok $1 (schema $schema)"
}
not_ok() {
	printf 'not ok %s (schema %s): %s\n' "$1" "$schema" "$2"
	status=1
}

tshark_setup "$script"

# Prints "KEY TYPE" for each field that the script makes of a key, as make_annotated keys does.
script_keys() {
	# -G must be the first argument.
	run_tshark -G fields -X "lua_script:$1" | awk -F "$tab" '
	$1 != "F" || $3 !~ /^tcpdropcap\./ { next }
	$3 ~ /^tcpdropcap\.(version|summary|explanation|pid_comm|unknown|dropped_in|retransmitted_in)$/ { next }
	$3 ~ /^tcpdropcap\.stack(\.frame(\.[a-z]*)?)?$/ { next }
	$3 ~ /^tcpdropcap\.(drop|retransmit|reset|malformed|newer_schema|stack\.missing)$/ { next }
	{
		sub(/^tcpdropcap\./, "", $3)
		sub(/^stack\.source$/, "stack", $3)
		sub(/^FT_STRING$/, "TEXT", $4)
		sub(/^FT_UINT64$/, "NUMBER", $4)
		print $3, $4
	}'
}

"$make_annotated" cases >"$work/cases" && "$make_annotated" keys >"$work/keys" &&
	"$make_annotated" groups >"$work/groups" && "$make_annotated" "$schema" >"$work/file.pcapng"
same make_annotated_writes_its_file $? 0
chmod 644 "$work/file.pcapng"

script_keys dissector.lua >"$work/script_keys"
if ! [ -s "$work/script_keys" ]; then
	not_ok script_loads "$(tr -s '\n' ' ' <"$work/stderr")"
	exit 1
fi
ok script_loads

# matches FILTER [ARGUMENT...]: the names of the packets that match
matches() {
	filter=$1
	shift
	dissect -Y "$filter" -T fields -e frame.number "$@" | awk '
	NR == FNR { name[$1] = $2; next }
	{ printf "%s%s", separator, name[$1]; separator = " " }' "$work/cases" -
}

# names PATTERN: the names of the cases that match an extended regular expression, as matches prints
names() {
	awk -v pattern="$1" '
	$2 ~ pattern { printf "%s%s", separator, $2; separator = " " }' "$work/cases"
}

# table FILE [ARGUMENT...]: a line for each packet, a column for each field of the script
table() {
	output=$1
	shift
	columns="-e frame.number -e _ws.expert.message -e tcpdropcap -e tcpdropcap.version"
	columns="$columns -e tcpdropcap.unknown -e tcpdropcap.stack -e tcpdropcap.malformed -e tcpdropcap.summary"
	while read -r key _; do
		if [ "$key" = stack ]; then
			key=stack.source
		fi
		columns="$columns -e tcpdropcap.$key"
	done <"$work/script_keys"
	# shellcheck disable=SC2086 # columns is a list of arguments
	dissect "$@" -T fields -E header=y $columns >"$output"
}

# cell CASE FIELD: prints that cell of the table. tshark from 4.4 on doubles a backslash in a
# column.
cell() {
	awk -F "$tab" -v name="$1" -v field="$2" '
	NR == FNR { split($0, part, " "); if (part[2] == name) frame = part[1]; next }
	FNR == 1 { for (i = 1; i <= NF; i++) if ($i == field) column = i }
	FNR > 1 && $1 == frame && column { print $column }' "$work/cases" "$work/table" |
		sed 's/\\\\/\\/g'
}

# cell_is NAME CASE FIELD EXPECTED
cell_is() {
	same "$1" "$(cell "$2" "$3")" "$4"
}

table "$work/table"
