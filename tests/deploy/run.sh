#!/bin/bash
# SPDX-License-Identifier: MIT
# What deploy/ makes of itself, and its rules and dashboard, with node's test runner.
set -u
cd "$(dirname "$0")" || exit 3
if ! command -v npm >/dev/null; then
	echo "SKIP deploy: npm is not installed"
	exit 0
fi
B=$(realpath "../../${B:-build}")
export B
../npm.sh . || exit 1
node --test --test-reporter=tap deploy.test.mjs events.test.mjs alerts.test.mjs | awk '
	/^ *ok /     { if ($0 ~ /# SKIP/) print "SKIP " $0; else print "PASS " $0; next }
	/^ *not ok / { print "FAIL " $0; bad = 1; next }
	/^ *#/       { next }
	             { text = text $0 "\n" }
	END          { if (bad) print text; exit bad }'
