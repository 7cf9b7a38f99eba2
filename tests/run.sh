#!/bin/bash
# SPDX-License-Identifier: MIT
#
# run.sh [SUITE...]: run test suites (unit schema bpf e2e k8s; default: all but k8s)
# on what is built in $B, and count. A skip is counted and named, and is never a pass;
# a suite that counted nothing has failed.
#
# Programs run side by side: unit tests as many as there are processors, end-to-end
# tests E2E_JOBS (3): they wait more than they work. What a program says is shown when
# it has ended, in one piece, with its name before each line.
set -u
cd "$(dirname "$0")/.." || exit 3
B=${B:-build}
export B
passed=0 failed=0 skipped=0
work=$(mktemp -d)
declare -A running=() # pid: name of the program
declare -A began=()
started=0

# Each is in a process group of its own, which `timeout` ends as one.
end_all() {
	if [ "${#running[@]}" -gt 0 ]; then
		kill "${!running[@]}"
		wait "${!running[@]}"
	fi 2>/dev/null
	rm -rf "$work"
}
trap end_all EXIT
trap 'exit 130' INT TERM HUP

# tally NAME STATUS LOG: count what the log holds; cmocka's lines and our scripts'.
tally() {
	local p f s
	read -r p f s < <(awk '
		/^(\[       OK \]|PASS )/ { p++ }
		/^(\[  FAILED  \] [a-zA-Z_0-9]+$|FAIL )/ { f++ }
		/^(\[  SKIPPED \] [a-zA-Z_0-9]+$|SKIP )/ { s++ }
		END { print p + 0, f + 0, s + 0 }' "$3")
	if [ "$2" -ne 0 ] && [ "$f" -eq 0 ]; then
		echo "FAIL $1: $(ended "$2")"
		f=1
	elif [ "$((p + f + s))" -eq 0 ]; then
		echo "FAIL $1: ran no test"
		f=1
	fi
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
}

ended() {
	case $1 in
	124 | 137) echo "it hangs, and was ended" ;;
	*) echo "ended with status $1" ;;
	esac
}

microseconds() { echo "${EPOCHREALTIME/[.,]/}"; }

# start JOBS LIMIT NAME COMMAND...: start a test program, as soon as fewer than JOBS run; it
# is ended after LIMIT seconds.
start() {
	local jobs=$1 limit=$2 name=$3
	shift 3
	while [ "${#running[@]}" -ge "$jobs" ]; do reap; done
	started=$((started + 1))
	timeout --kill-after=30 "$limit" "$@" </dev/null >"$work/$started" 2>&1 &
	running[$!]="$name $started"
	began[$!]=$(microseconds)
}

# reap: wait for one that runs, show what it said, and count.
reap() {
	local pid status name log took
	wait -n -p pid "${!running[@]}"
	status=$?
	read -r name log <<<"${running[$pid]}"
	took=$((($(microseconds) - began[$pid]) / 1000))
	unset "running[$pid]" "began[$pid]"
	printf '== %s: %d.%d s\n' "$name" $((took / 1000)) $((took % 1000 / 100))
	echo "$took $name" >>"$work/times"
	grep -vE '^\[ RUN  |^\[=====|^\[-----|^$' "$work/$log" | sed "s|^|$name: |"
	tally "$name" "$status" "$work/$log"
}

all_done() { while [ "${#running[@]}" -gt 0 ]; do reap; done; }

suite_unit() {
	local source test
	for source in tests/unit/test_*.c; do
		test=$(basename "$source" .c)
		start "$(nproc)" 300 "unit/$test" "$B/tests/unit/$test"
	done
}

suite_bpf() {
	local source test
	for source in tests/bpf/*_test.c; do
		test=$(basename "$source" .c)
		start "$(nproc)" 300 "bpf/${test%_test}" "$B/tests/bpf/$test"
	done
}

suite_schema() {
	start 1 600 schema tests/registry/run.sh
	start 1 600 deploy tests/deploy/run.sh
}

suite_k8s() { start 1 2400 k8s tests/k8s/test_k8s.sh; }

# First those that have the kernel for themselves (see setup in lib.sh), one by one: whatever is
# started beside them only waits.
suite_e2e() {
	local alone others script
	mapfile -t alone < <(grep -l '^setup_alone' tests/e2e/test_*.sh)
	mapfile -t others < <(grep -L '^setup_alone' tests/e2e/test_*.sh)
	for script in "${alone[@]}"; do
		start 1 2400 "e2e/$(basename "$script" .sh)" "$script"
	done
	for script in "${others[@]}"; do
		start "${E2E_JOBS:-3}" 2400 "e2e/$(basename "$script" .sh)" "$script"
	done
}

# The slowest, and all together.
times() {
	echo
	sort -rn "$work/times" | head -n 10 | awk '{ printf "%7.1f s  %s\n", $1 / 1000, $2 }'
	printf '%7d s  all, in %d programs\n' "$SECONDS" "$(wc -l <"$work/times")"
}

[ "$#" -gt 0 ] || set -- unit schema bpf e2e
for suite; do
	case "$suite" in
	unit | schema | bpf | e2e | k8s) "suite_$suite" && all_done ;;
	*)
		echo "run.sh: $suite: no such suite" >&2
		exit 2
		;;
	esac
done
times
echo
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
