#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The judge of the soak, judged: what grows must fail, what swings must pass.
set -u
cd "$(dirname "$0")" || exit 3
failures=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# judged NAME WANT FORMULA_RSS FORMULA_DESCRIPTORS [SAMPLES]: awk formulas of t, a sample's number.
judged() {
	local got=0
	awk -v n="${5:-120}" "BEGIN {
		print \"seconds,rss_kb,descriptors\"
		for (t = 1; t <= n; t++) printf \"%d,%d,%d\\n\", t, $3, $4
	}" >"$work/csv"
	./judge.sh "$work/csv" >"$work/out" || got=1
	if [ "$got" -eq "$2" ]; then
		echo "PASS soak: judge: $1"
	else
		echo "FAIL soak: judge: $1: says $(tr '\n' ';' <"$work/out")"
		failures=$((failures + 1))
	fi
}

judged "flat" 0 "9000" "30"
judged "swings" 0 "9000 + 3000 * (t % 7 == 0)" "30 + t % 5"
judged "grows at the start only" 0 "9000 + (t < 25 ? 200 * t : 5000)" "t < 20 ? t : 20"
judged "a table doubles at the end" 0 "9000 + 1000 * (t > 100)" "30"
judged "memory leaks" 1 "9000 + 100 * t" "30"
judged "memory leaks while it swings" 1 "9000 + 2000 * (t % 5 == 0) + 60 * t" "30"
judged "one descriptor leaks" 1 "9000" "30 + (t > 90)"
judged "descriptors leak, and are closed now and then" 1 "9000" "30 + (t % 10) * int(t / 10)"
judged "too few samples" 1 "9000" "30" 9
: >"$work/csv"
if ./judge.sh "$work/csv" >"$work/out"; then
	echo "FAIL soak: judge: an empty file: passed"
	failures=$((failures + 1))
else
	echo "PASS soak: judge: an empty file"
fi
exit "$((failures > 0))"
