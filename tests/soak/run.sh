#!/bin/bash
# SPDX-License-Identifier: MIT
#
# run.sh: the judge's own test, and the soak; count what they say.
set -u
cd "$(dirname "$0")/../.." || exit 3
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for script in tests/soak/judge_test.sh tests/soak/soak.sh; do
	"$script" </dev/null 2>&1 || echo "FAIL soak: $script ended with status $?"
done | tee "$log"
failed=$(grep -c '^FAIL ' "$log")
echo
echo "$(grep -c '^PASS ' "$log") passed, $failed failed, $(grep -c '^SKIP ' "$log") skipped"
[ "$failed" -eq 0 ]
