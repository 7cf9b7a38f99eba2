#!/bin/bash
# SPDX-License-Identifier: MIT
# The registry files, reports on them and what hostportctl writes, against their schemas and other
# readers, with node's test runner.
set -u
cd "$(dirname "$0")" || exit 3
if ! command -v npm >/dev/null; then
	echo "SKIP schema: npm is not installed"
	exit 0
fi
../npm.sh . || exit 1
node --test --test-reporter=tap schema.test.mjs report.test.mjs exchange.test.mjs vap.test.mjs | awk '
	/^ *ok /     { if ($0 ~ /# SKIP/) print "SKIP " $0; else print "PASS " $0; next }
	/^ *not ok / { print "FAIL " $0; bad = 1; next }
	/^ *#/       { next }
	             { text = text $0 "\n" }
	END          { if (bad) print text; exit bad }'
