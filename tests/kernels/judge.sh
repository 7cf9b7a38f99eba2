#!/bin/bash
# SPDX-License-Identifier: MIT
#
# judge.sh [--update] KERNEL RESULTS: compare a guest's results with the ones
# expected of that kernel. Prints PASS, FAIL and SKIP lines; exit status 1 if any is FAIL.
#
# expected/KERNEL.differs has the lines other than PASS that this kernel makes,
# and why; each must come, and no other. expected/KERNEL.json is what coverage
# says. --update writes both anew, and keeps the reasons.
set -u
update=
if [ "$1" = --update ]; then
	update=1
	shift
fi
kernel=$1 results=$2
expected=$(dirname "$0")/expected/$kernel
NORMAL=$(dirname "$0")/normalise.jq # coverage, without what changes with every build of a kernel
failures=0

pass() { echo "PASS kernels/$kernel: $1"; }
skip() { echo "SKIP kernels/$kernel: $1"; }
fail() {
	echo "FAIL kernels/$kernel: $1"
	failures=$((failures + 1))
}

# PASS, FAIL and SKIP lines of the steps, those of cmocka rewritten; coverage goes to a file.
lines() {
	tr -d '\r' <"$results" | awk -v coverage="$results.json" '
		function told(line) { if (!seen[line]++) print line; count++; failed += line ~ /^FAIL/ }
		BEGIN { printf "" >coverage }
		/^@begin / { step = $2; count = failed = 0; next }
		/^@end / {
			if ($3 != 0 && !failed) print "FAIL " step ": ended with status " $3
			else if (!count) print "FAIL " step ": ran no test"
			step = ""
			next
		}
		/^@done$/ { done = 1; next }
		/^\[       OK \] / { told("PASS " step ": " $4); next }
		/^\[  FAILED  \] [a-zA-Z_0-9]+$/ { told("FAIL " step ": " $4); next }
		/^\[  SKIPPED \] [a-zA-Z_0-9]+$/ { told("SKIP " step ": " $4); next }
		/^(PASS|FAIL|SKIP) / { told($0); next }
		step == "coverage" { print >coverage; count++ }
		END { if (!done) print "FAIL " (step ? step ": " : "") "the guest did not come to its end" }'
}

differs() { grep -v '^PASS ' <<<"$said"; }
expected_differs() { grep -Ev '^(#|$)' "$expected.differs" 2>/dev/null; }

# Whatever is not a pass must be expected; an expected skip stays a skip.
judge_lines() {
	local line text
	while read -r line; do
		text=${line#* }
		case $line in
		PASS*) pass "$text" ;;
		*)
			if ! expected_differs | grep -qxF -- "$line"; then
				case $line in SKIP*) fail "unexpected skip: $text" ;; *) fail "$text" ;; esac
			elif [ "${line%% *}" = SKIP ]; then
				skip "$text"
			else
				pass "differs as expected: $text"
			fi
			;;
		esac
	done <<<"$said"
	while read -r line; do
		fail "expected, but did not come: $line"
	done < <(expected_differs | grep -vxF -f <(differs))
}

judge_coverage() {
	local differ
	[ -s "$results.json" ] || return 0
	if differ=$(diff "$expected.json" <(gojq -r -f "$NORMAL" "$results.json") 2>&1); then
		pass "coverage: $(gojq '.ways | length' "$results.json") ways, as expected"
	else
		fail "coverage: expected <, came >:"
		head -n 60 <<<"$differ" | sed 's/^/     /'
	fi
}

# A comment stays with the lines below it, and goes when all of them have gone.
update_differs() {
	touch "$expected.differs"
	differs | awk '
		FILENAME == "-" { now[$0] = 1; order[++n] = $0; next }
		/^#/ { if (listed) { comment = ""; listed = 0 } comment = comment $0 "\n"; next }
		/^$/ { listed = 0; comment = ""; next }
		{ listed = 1 }
		now[$0] { if (comment != "") printf "%s%s", first++ ? "\n" : "", comment; comment = ""; print; delete now[$0] }
		END {
			for (i = 1; i <= n; i++)
				if (now[order[i]]) {
					if (!new++) print (first ? "\n" : "") "# (say why)"
					print order[i]
				}
		}' - "$expected.differs" >"$results.differs"
	mv "$results.differs" "$expected.differs"
}

said=$(lines)
if [ -n "$update" ]; then
	update_differs
	[ ! -s "$results.json" ] || gojq -r -f "$NORMAL" "$results.json" >"$expected.json"
fi
! grep -qF "(say why)" "$expected.differs" || fail "$expected.differs: a reason is missing"
judge_lines
judge_coverage
exit "$((failures > 0))"
