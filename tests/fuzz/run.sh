#!/bin/bash
# SPDX-License-Identifier: MIT
#
# run.sh [NAME...]: run the fuzz targets (all, or those named) that were built in
# build-fuzz, FUZZ_JOBS at a time (all processors): first all of the corpus, then new inputs for
# FUZZ_SECONDS each (60), or FUZZ_RUNS executions each. What is found stays in
# build-fuzz/findings with the command that repeats it; new entries of the corpus
# in build-fuzz/corpus.
set -u
cd "$(dirname "$0")/../.." || exit 3
B=build-fuzz
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export TMPDIR=$work

if [ -n "${FUZZ_RUNS:-}" ]; then
	limit=(-runs="$FUZZ_RUNS")
else
	limit=(-max_total_time="${FUZZ_SECONDS:-60}")
fi

# dictionary NAME: the one that helps the target, if there is one.
dictionary() {
	case $1 in
	layer | registry | page | layer_yaml | export | compare) echo tests/fuzz/yaml.dict ;;
	request | json | client | control | status | selftest | listeners | reserve_note | learn | learn_merge | pod_json) echo tests/fuzz/json.dict ;;
	*) [ ! -f "tests/fuzz/$1.dict" ] || echo "tests/fuzz/$1.dict" ;;
	esac
}

# number FIELD LOG: of what libFuzzer prints at the end.
number() { sed -n "s/^stat::$1: *\([0-9]*\)$/\1/p" "$2"; }

# fuzz NAME: one target.
fuzz() {
	local name=$1 log=$work/$1.log dict target=$B/tests/fuzz/fuzz_$1 status runs options=()
	if [ ! -x "$target" ] || [ -z "$(ls "tests/fuzz/corpus/$name" 2>/dev/null)" ]; then
		echo "FAIL fuzz: $name: not built, or no corpus in tests/fuzz/corpus/$name"
		return
	fi
	dict=$(dictionary "$name")
	[ -z "$dict" ] || options+=(-dict="$dict")
	mkdir -p "$B/corpus/$name" "$B/findings"
	"$target" "${limit[@]}" -timeout=20 -rss_limit_mb=2048 -max_len=6000 -print_final_stats=1 \
		-verbosity=1 -artifact_prefix="$B/findings/$name-" "${options[@]}" \
		"$B/corpus/$name" "tests/fuzz/corpus/$name" >"$log" 2>&1 </dev/null
	status=$?
	runs=$(number number_of_executed_units "$log")
	if [ "$status" -eq 0 ] && [ "${runs:-0}" -gt 0 ]; then
		echo "PASS fuzz: $name: $runs executions, $(number average_exec_per_sec "$log") a second"
		return
	fi
	echo "FAIL fuzz: $name: ended with status $status after ${runs:-0} executions"
	grep -vE '^(#[0-9]|INFO|stat::)' "$log" | head -n 60 | sed 's/^/     /'
	sed -n "s|^.*Test unit written to \(.*\)\$|     again: $target \1|p" "$log"
}

if [ $# -eq 0 ]; then
	for source in tests/fuzz/fuzz_*.c; do
		source=${source##*/fuzz_}
		set -- "$@" "${source%.c}"
	done
fi
# What a target has to say is shown in one piece.
{
	for name; do
		while [ "$(jobs -rp | wc -l)" -ge "${FUZZ_JOBS:-$(nproc)}" ]; do wait -n; done
		{ said=$(fuzz "$name"); echo "$said"; } &
	done
	wait
} | tee "$work/said"
count() { grep -c "^$1 " "$work/said"; }
echo
echo "$(awk '$1 == "stat::number_of_executed_units:" { n += $2 } END { print n + 0 }' "$work"/*.log) executions"
echo "$(count PASS) passed, $(count FAIL) failed, 0 skipped"
[ "$(count FAIL)" -eq 0 ] && [ "$(count PASS)" -eq "$#" ]
