#!/bin/sh
# SPDX-License-Identifier: MIT
#
# build-other.sh DIR REV: build a revision's programs for bench --other=DIR/build.
#
# A revision that has a bench is asked by its own holder. One from before that
# gets this one's bench and Makefile laid over it.
set -eu

if [ $# -ne 2 ]; then
	echo "build-other: which revision? make bench-compare REV=COMMIT" >&2
	exit 2
fi
dir=$1
rev=$(git rev-parse --verify --quiet "$2^{commit}") || {
	echo "build-other: $2: no such revision" >&2
	exit 2
}

if [ "$(cat "$dir/.rev" 2>/dev/null)" != "$rev" ]; then
	rm -rf "$dir"
	mkdir -p "$dir"
	git archive "$rev" | tar -x -C "$dir"
	if [ ! -e "$dir/tests/bench/holder_main.c" ]; then
		rm -rf "$dir/tests/bench"
		cp -r tests/bench "$dir/tests/"
		cp Makefile "$dir/"
	fi
	echo "$rev" >"$dir/.rev"
fi
# whatever options the calling make was given
unset MAKEFLAGS MFLAGS MAKEOVERRIDES
make -s -j"$(nproc)" -C "$dir" all build/tests/bench/holder
# if a function has another signature there, its cost is not compared
make -s -j"$(nproc)" -C "$dir" build/tests/bench/linked ||
	echo "build-other: $2: apply, replace and listen() can't be measured" >&2
