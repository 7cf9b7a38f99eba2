#!/bin/bash
# SPDX-License-Identifier: MIT
#
# In the guest: the project's own tests, each between a line @begin NAME and a
# line @end NAME STATUS SECONDS. After the last one comes @done; without it, the
# guest has not come to its end.
set -u
cd "$(dirname "$0")" || exit 3
export B=build E2E_QUICK=1 E2E_OWN_CLOCK=1 E2E_WAIT_S=120 E2E_LIMIT_S=2000

# step NAME COMMAND...
step() {
	local name=$1 status began=${EPOCHREALTIME/./}
	shift
	echo "@begin $name"
	"$@"
	status=$?
	echo "@end $name $status $(((${EPOCHREALTIME/./} - began) / 1000000))"
}

# What the tests made the kernel complain of.
kernel_log() {
	local complaints
	complaints=$(busybox dmesg | grep -E 'WARNING:|BUG:|Oops|refcount|blocked for more than' | head -n 5)
	if [ -z "$complaints" ]; then
		echo "PASS kernel_log: no complaint"
	else
		echo "FAIL kernel_log: $complaints"
	fi
}

step verdict "$B/tests/bpf/verdict_test"
step coverage "$B/hostportctl" coverage --json
for test in matrix truth types chosen accounting owners pins faults reload_storm; do
	step "test_$test" "tests/e2e/test_$test.sh"
done
step test_expiry tests/e2e/test_expiry.sh # sets the clock: last
step kernel_log kernel_log
echo "@done"
