#!/bin/bash
# SPDX-License-Identifier: MIT
#
# `hostportctl check` finds all that is wrong in the manifests of tests/manifests and nothing else,
# and its reports for other programs tell the same. Needs no privilege, no BPF and no agent.
# CHECK=COMMAND: what prints the report in the form of $1, in place of the program.
# shellcheck source=lib.sh source-path=SCRIPTDIR disable=SC1091
. "$(dirname "$0")/lib.sh"

TREE=tests/manifests/tree
LIST=tests/manifests/expected.tsv
setup_files
dir=$WORK
export LC_ALL=C
# named, so that nothing is said of an agent
export HOSTPORTD_REGISTRY=$'builtin:openshift\nbuiltin:node-baseline\nbuiltin:hostportd'

# check FORMAT
check() {
	if [ -n "${CHECK:-}" ]; then "$CHECK" "$1"; else "$B/hostportctl" check --output="$1" "$TREE"; fi
}

# rows: the lines of the list that a report in JSON stands for. A file breaks where a parser says,
# and an annotation is about a rule rather than a port.
rows() {
	jq -r --arg tree "$TREE/" '
		def row($state): [
			(.file | ltrimstr("./") | ltrimstr($tree)),
			(if .rule == "broken-manifest" then 0 else .line // 0 end),
			.rule,
			(if .rule == "bad-annotation" then "-" else .protocol // "-" end),
			(if .rule == "bad-annotation" then "-" else .port // "-" end),
			$state] | @tsv;
		(.findings[] | row("found")), (.accepted[] | row("accepted"))'
}

# severities: of rules that were found, each once.
severities() { jq -r '[.findings[], .accepted[] | "\(.rule) \(.severity)"] | unique[]'; }

# nothing NAME FILE: the file, of differences, is there, and empty.
nothing() {
	if [ -e "$2" ] && [ ! -s "$2" ]; then
		pass "$1"
	else
		fail "$1: $(wc -l <"$2") differences"
		sed 's/^/     /' "$2"
	fi
}

is "the list is sorted" "$(sort -c "$LIST" 2>&1)" ""
is "the list's lines have six columns" "$(awk -F'\t' 'NF != 6 || /\t\t/' "$LIST")" ""
is "the list is of files that there are" \
	"$(cut -f1 "$LIST" | sort -u | while read -r f; do [ -f "$TREE/$f" ] || echo "$f"; done)" ""

check json >"$dir/json" 2>"$dir/err"
is "exit status 1" "$?" 1
is "nothing on standard error" "$(cat "$dir/err")" ""
is "the report is one document" "$(jq -s length "$dir/json")" 1
rows <"$dir/json" >"$dir/unsorted"
is "its findings can be read" "$?" 0
sort "$dir/unsorted" >"$dir/rows"
comm -23 "$LIST" "$dir/rows" >"$dir/missing"
comm -13 "$LIST" "$dir/rows" >"$dir/besides"

while read -r rule; do
	awk -F'\t' -v rule="$rule" '$3 == rule' "$dir/missing" >"$dir/of_rule"
	nothing "$rule: all $(cut -f3 "$LIST" | grep -cx "$rule") are found" "$dir/of_rule"
done < <(cut -f3 "$LIST" | sort -u)
nothing "nothing else" "$dir/besides"
is "no finding is left out" "$(jq .left_out "$dir/json")" 0

severities <"$dir/json" >"$dir/severities"
while read -r severity rules; do
	for rule in $rules; do
		is "$rule: severity" "$(awk -v rule="$rule" '$1 == rule {print $2}' "$dir/severities")" "$severity"
	done
done <<'END'
error unregistered-port retired-port inactive-port wrong-owner localhost-only-port undeclared-port
error port-conflict invalid-port broken-manifest
warning outside-documented-range undeclared-argument template bad-annotation
note possible-conflict possible-endless-rollout
END

# The same findings for other programs; accepted ones are suppressed, and no failures.
found=$(grep -c 'found$' "$LIST")
accepted=$(grep -c 'accepted$' "$LIST")
check sarif >"$dir/sarif" 2>&1
is "SARIF: exit status 1" "$?" 1
is "SARIF: findings" "$(jq '[.runs[].results[] | select((.suppressions // []) == [])] | length' "$dir/sarif")" "$found"
is "SARIF: accepted" "$(jq '[.runs[].results[] | select((.suppressions // []) != [])] | length' "$dir/sarif")" "$accepted"
check junit >"$dir/junit" 2>&1
is "JUnit: exit status 1" "$?" 1
is "JUnit: failures, which notes are not" "$(grep -oE '<failure[ >/]' "$dir/junit" | wc -l)" \
	$((found - $(grep -c 'possible-.*found$' "$LIST")))

finish
