#!/bin/bash
# SPDX-License-Identifier: MIT
#
# self_test.sh: run.sh on a planted tree: what the test there shows is killed, what it does not show
# survives, what is the same code does not count. Prints what is wrong.
set -u
here=$(cd "$(dirname "$0")" && pwd)
# Each test of the table is there, and so is each file that equivalent.tsv names.
while read -r test; do
	[ -f "$here/../$test.c" ] || [ -f "$here/../$test.sh" ] || echo "tests.tsv: no $test"
done < <(grep -v '^#' "$here/tests.tsv" | cut -f2 | tr ' ' '\n' | sed 's|^plain/|unit/|' | sort -u)
while read -r file; do
	[ -f "$here/../../$file" ] || echo "equivalent.tsv: no $file"
done < <(grep -v '^#' "$here/equivalent.tsv" | cut -f1 | sort -u)
# Code that has moved is drawn again, and its reason is lost.
while IFS=$'\t' read -r file _ line _; do
	grep -qF -- "$line" "$here/../../$file" || echo "equivalent.tsv: $file: no such line: $line"
done < <(grep -v '^#' "$here/equivalent.tsv")

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 3
git init -q . && mkdir -p tests/mutants tests/unit user/base || exit 3
cp "$here"/*.sh "$here"/*.awk tests/mutants

cat >Makefile <<'EOF'
build-debug/tests/unit/test_small: build-debug/tests/unit/test_small.o build-debug/user/base/small.o
	gcc -o $@ $^
build-debug/%.o: %.c
	mkdir -p $(@D) && gcc -g -MMD -c -o $@ $<
EOF
cat >user/base/small.h <<'EOF'
static inline int twice(int a)
{
	return a + a; /* never 2 - 1 */
}
EOF
cat >user/base/small.c <<'EOF'
#include "small.h"
int small(int a);
int small(int a)
{
	if (a < 3)
		return 7;
	return twice(a) && "a == 3";
}
int seen(int a);
int seen(int a)
{
	unsigned int b = a;
	return b > 0;
}
EOF
cat >tests/unit/test_small.c <<'EOF'
#include "../../user/base/small.h"
int small(int a);
int seen(int a);
int main(void)
{
	return !(twice(4) == 8 && small(1) == 7 && small(9) == 1 && seen(0) == 0 && seen(1));
}
EOF
printf 'user/base/small.c\tseen\treturn b > 0;\treturn b > 1;\tplanted\n' >tests/mutants/equivalent.tsv
printf 'user/base/other\\.c\tunit/test_other\n' >tests/mutants/tests.tsv
JOBS=1 tests/mutants/run.sh 100 1 user/base/small.c user/base/small.h >out 2>err
status=$?
[ "$status" -eq 1 ] || echo "exit status $status: half of it survives"
cat err

want='killed user/base/small.c return 7; -> return 8;
killed user/base/small.c if (a < 3) -> if (0)
killed user/base/small.c if (a < 3) -> if (1)
killed user/base/small.c return b > 0; -> return b >= 0;
killed user/base/small.h return a + a; /* never 2 - 1 */ -> return a - a; /* never 2 - 1 */
survived user/base/small.c if (a < 3) -> if (a < 4)
survived user/base/small.c if (a < 3) -> if (a <= 3)
equivalent user/base/small.c return twice(a) && "a == 3"; -> return twice(a) || "a == 3";'
got=$(awk -F '\t' '{ print $1, $3, $7, "->", $8 }' build/mutants/results.tsv | sort)
[ "$got" = "$(sort <<<"$want")" ] || printf 'got:\n%s\nwant:\n%s\nmake said:\n%s\n' "$got" "$want" "$(cat out)"
