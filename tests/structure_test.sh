#!/bin/bash
# SPDX-License-Identifier: MIT
#
# structure_test.sh: structure.sh finds what is planted, and nothing where nothing is.
# Prints what is wrong.
set -u
here=$(cd "$(dirname "$0")" && pwd)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 3

# source PATH TEXT: a source and its object.
source_file() {
	mkdir -p "$(dirname "$1")" "build/$(dirname "$1")"
	printf '%s\n' "$2" >"$1"
	${CC:-cc} -c "$1" -o "build/${1%.c}.o" || echo "$1: does not compile"
}

# expect NAME WANTED: what structure.sh says of all sources.
expect() {
	local got
	got=$(find user -name '*.[ch]' | sort | "$here/structure.sh" build)
	[ "$got" = "$2" ] || printf '%s: got:\n%s\nwant:\n%s\n' "$1" "$got" "$2"
}

source_file user/low/a.c 'int a(void) { return 1; }'
source_file user/low/b.c 'int a(void); int b(void) { return a(); }'
source_file user/high/c.c 'int b(void); int c(void) { return b(); }'
source_file user/high/d.c 'int a(void), c(void); int main(void) { return a() + c(); }'
expect "no fault" ""

source_file user/low/a.c 'int b(void); int a(void) { return b(); }'
expect "a cycle of files" "cycle of files: user/low/a.c -> user/low/b.c: b
cycle of files: user/low/b.c -> user/low/a.c: a"

source_file user/low/a.c 'int e(void); int a(void) { return e(); }'
source_file user/high/e.c 'int e(void) { return 2; }'
expect "a cycle of folders" "cycle of folders: user/high -> user/low: b a
cycle of folders: user/low -> user/high: e"

source_file user/low/a.c 'int a(void) { return 1; }'
source_file user/high/e.c 'int b(void) { return 2; }'
expect "a name twice" "b: defined by user/high/e.c and user/low/b.c"

source_file user/high/e.c '#include <stdio.h>
int e(void) { return 2; }'
echo '#include <ares.h>' >user/high/ares.h
printf '%s\n' '#include <stdio.h>' '#include <sys/stat.h>' >user/low/system.h
expect "a library once" ""
cp user/high/ares.h user/low/names.h
expect "a library twice" "<ares.h>: included by user/high/ares.h user/low/names.h"
rm user/low/names.h

rm build/user/high/e.o
expect "an object that is missing" "build/user/high/e.o: not built"
