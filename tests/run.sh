#!/bin/bash
# SPDX-License-Identifier: MIT
#
# run.sh [SUITE...]: run test suites (unit schema bpf e2e; default: all) on what
# is built in $B, and count. A skip is counted and named, and is never a pass;
# a suite that counted nothing has failed.
set -u
cd "$(dirname "$0")/.." || exit 3
B=${B:-build}
export B
passed=0 failed=0 skipped=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# tally NAME STATUS: count what the log holds; cmocka's lines and our scripts'.
tally() {
	local p f s
	p=$(grep -cE '^(\[       OK \]|PASS )' "$log")
	f=$(grep -cE '^(\[  FAILED  \] [a-zA-Z_0-9]+$|FAIL )' "$log")
	s=$(grep -cE '^(\[  SKIPPED \] [a-zA-Z_0-9]+$|SKIP )' "$log")
	if [ "$2" -ne 0 ] && [ "$f" -eq 0 ]; then
		echo "FAIL $1: ended with status $2"
		f=1
	elif [ "$((p + f + s))" -eq 0 ]; then
		echo "FAIL $1: ran no test"
		f=1
	fi
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
}

# run NAME COMMAND...: run one test program; its output is shown and counted.
run() {
	local name=$1 status
	shift
	echo "== $name"
	"$@" </dev/null 2>&1 | tee "$log" | grep -vE '^\[ RUN  |^\[=====|^\[-----|^$'
	status=${PIPESTATUS[0]}
	tally "$name" "$status"
}

suite_unit() {
	local source test
	for source in tests/unit/test_*.c; do
		test=$(basename "$source" .c)
		run "unit/$test" "$B/tests/unit/$test"
	done
}

suite_bpf() {
	local source test
	for source in tests/bpf/*_test.c; do
		test=$(basename "$source" .c)
		run "bpf/${test%_test}" "$B/tests/bpf/$test"
	done
}

suite_schema() {
	run schema tests/registry/run.sh
}

suite_e2e() {
	local script
	for script in tests/e2e/test_*.sh; do
		run "e2e/$(basename "$script" .sh)" "$script"
	done
}

for suite in "${@:-}"; do
	case "$suite" in
	"") suite_unit && suite_schema && suite_bpf && suite_e2e ;;
	unit | schema | bpf | e2e) "suite_$suite" ;;
	*)
		echo "run.sh: $suite: no such suite" >&2
		exit 2
		;;
	esac
done
echo
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
