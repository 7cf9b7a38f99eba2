#!/bin/bash
# SPDX-License-Identifier: MIT
#
# run.sh [N [SEED [FILE...]]]: change the code in N places, one at a time (mutate.awk), and look whether
# the tests that fit notice. SEED repeats a draw. Without FILEs it draws from the core. The code is
# built and tested in copies below build/mutants; the results are build/mutants/results.tsv.
#
# Tests that fit a file: those of its name in tests/unit and tests/bpf, then those of tests.tsv. They run
# in that order until one fails. Unit tests and those in the kernel are built with ASan and UBSan;
# end-to-end tests, and unit tests that the table calls plain/NAME, without. From the environment:
# WITHOUT_E2E=1: leave out end-to-end tests, and files that have no others
# AGAIN=1: only changes that survived the last run
# JOBS: how many at a time (as many as processors)
set -u
cd "$(dirname "$0")/../.." || exit 3
here=$PWD/tests/mutants
out=$PWD/build/mutants
n=${1:-300}
seed=${2:-$(date +%s)}
shift $(($# < 2 ? $# : 2))
JOBS=${JOBS:-$(nproc)}
WITHOUT_E2E=${WITHOUT_E2E:-}
CC=${CC:-gcc}
unset MAKEFLAGS MAKELEVEL

# What decides, and what it is decided from. Left out are the verbs and the start of the agent, which are
# mostly words and the order of calls, and what the bench and the coverage table are made of.
core() {
	git -c safe.directory="$PWD" ls-files 'bpf/*.[ch]' 'user/base/*.h' \
		'user/policy/*.[ch]' 'user/event/*.[ch]' 'user/registry/*.[ch]' 'user/checks/*.[ch]' \
		'user/formats/*.[ch]' 'user/diff/*.[ch]' 'user/violations/*.[ch]' \
		'user/agent/mode.c' 'user/agent/health.c' 'user/agent/privilege.c' 'user/agent/sandbox.c' \
		'user/stream/outq.[ch]' 'user/stream/history.[ch]' 'user/stream/batch.[ch]' \
		'user/stream/accounts.[ch]' 'user/stream/request.[ch]' 'user/stream/clients.[ch]' \
		'user/kernel/pins.[ch]' 'user/kernel/adopt.c' 'user/kernel/canary/*.[ch]'
}

# survivors: of candidates, those that survived the last run.
survivors() {
	awk -F "\t" 'NR == FNR { if ($1 == "survived") last[$3, $5, $7, $8]; next } ($1, $3, $5, $6) in last' \
		"$out/last.tsv" -
}

# fitting FILE: the tests that fit it, a line each, the quick ones first.
fitting() {
	local name=${1##*/} test
	name=${name%%.*}
	{
		for test in "tests/unit/test_$name.c" "tests/unit/test_${name}_"*.c "tests/bpf/${name}_"{test,*_test}.c; do
			[ ! -f "$test" ] || (test=${test#tests/} && echo "${test%.c}")
		done
		awk -F '\t' -v file="$1" '!/^#/ && NF && file ~ "^(" $1 ")$" { gsub(/ +/, "\n", $2); print $2 }' \
			tests/mutants/tests.tsv
	} | if [ -n "$WITHOUT_E2E" ]; then grep -v ^e2e/; else cat; fi | awk '!seen[$0]++'
}

# only_e2e FILE: all tests that fit it are end-to-end tests, and are left out.
only_e2e() { [ -n "$WITHOUT_E2E" ] && [ -z "$(fitting "$1")" ] && [ -n "$(WITHOUT_E2E="" fitting "$1")" ]; }

# ---- a copy of the tree, of one worker ----------------------------------------------------------

# copy_tree DIR: what git tracks or would track, as it is now; objects of an earlier run stay. What has
# changed gets the time of now, so make builds it again whenever it was written.
copy_tree() {
	local file
	mkdir -p "$1" || return
	[ ! -f "$1/build/mutated" ] || (cd "$1" && restore)
	git -c safe.directory="$PWD" ls-files --cached --others --exclude-standard | sort -u |
		while IFS= read -r file; do [ ! -f "$file" ] || echo "$file"; done >"$1.files"
	(cd "$1" && find . -path './build*' -prune -o -type f -print | sed 's|^\./||' | sort) |
		comm -13 "$1.files" - | sed "s|^|$1/|" | xargs -r -d '\n' rm -f
	while IFS= read -r file; do
		cmp -s "$file" "$1/$file" || cp --parents "$file" "$1" || return
	done <"$1.files"
}

# The functions from here on run in the copy. A test is TYPE/NAME.
build_of() { case "$1" in unit/* | bpf/*) echo build-debug ;; *) echo build ;; esac; }

target_of() {
	case "$1" in
	unit/* | bpf/*) echo "build-debug/tests/$1" ;;
	plain/*) echo "build/tests/unit/${1#plain/}" ;;
	e2e/*) echo all ;;
	esac
}

make_test() {
	local debug=
	case "$1" in unit/* | bpf/*) debug=DEBUG=1 ;; esac
	# shellcheck disable=SC2046 # several targets
	make -s -j1 CC="$CC" $debug $(target_of "$1")
}

# What end-to-end tests need beside the programs; and what a test program is made of: the sources stand in
# its debugging information.
make_helpers() {
	case "$1" in
	e2e/*)
		# shellcheck disable=SC2086 # several targets
		make -s -j1 CC="$CC" build/next/hostportd build/other/hostportd $e2e_helpers
		;;
	*)
		readelf --debug-dump=info --dwarf-depth=1 "$(target_of "$1")" |
			sed -nE 's|.*DW_AT_name +:.* ([a-z]+/[^ ]*)\.c$|\1.d|p' >"build/parts.${1##*/}"
		;;
	esac
}

# run_test TEST CPU-SECONDS SECONDS
run_test() {
	local how=--shared
	local confined="$here/confined.sh hostportd-mutants-$$-$worker $2 $3"
	# shellcheck disable=SC2086 # several arguments
	case "$1" in
	e2e/*) # the lock that its setup takes, on the file that a confined one does not see
		grep -q "^setup_alone" "tests/$1.sh" && how=--exclusive
		B=build flock -o -w 900 $how "$cgroup2/cgroup.procs" $confined "tests/$1.sh"
		;;
	*) B=$(build_of "$1") $confined "$(target_of "$1")" ;;
	esac </dev/null >build/test.out 2>&1
}

# prepare TEST: build it of the code as it is, once. One that fails there can show nothing. How long a
# mutant may take follows from how long it takes; an endless loop ends by the time of the processor,
# whatever else is running.
declare -A limits
prepare() {
	local start=$SECONDS
	[ -z "${limits[$1]:-}" ] || return 0
	limits[$1]=none
	if ! make_test "$1" >build/make.out 2>&1 || ! make_helpers "$1" >>build/make.out 2>&1; then
		echo "$1: does not build: see $PWD/build/make.out" >&2
		return 1
	fi
	start=$SECONDS
	if ! run_test "$1" 600 600; then
		echo "$1: fails on the code as it is: see $PWD/build/test.out" >&2
		return 1
	fi
	start=$((SECONDS - start))
	case "$1" in
	e2e/*) limits[$1]="300 $((120 + 3 * start))" ;;
	*) limits[$1]="$((20 + 10 * start)) $((240 + 20 * start))" ;;
	esac
}

# objects_of TEST FILE: what make has to build again for the test. The BPF programs are below build/ for
# all builds.
objects_of() {
	local b path
	b=$(build_of "$1")
	path=$(sed -E 's|.*/(.*/.*)|\1|' <<<"$2") # the rest may be written another way: user/policy/../base/buf.h
	case "$1 $2" in
	e2e/*.bpf.c) ;;
	e2e/*.c) echo "$b/${2%.c}.o" ;;
	e2e/*.h) grep -rlF --include='*.d' -e "$path" "$b" ;;
	*) (cd "$b" && xargs grep -lF "$path" <"../build/parts.${1##*/}" | sed "s|^|$b/|") ;;
	esac | sed 's/\.d$/.o/'
	case "$1 $2" in
	unit/* | plain/*) ;;
	bpf/verdict_test\ bpf/*) printf '%s\n' build/tests/bpf/verdict.bpf.o build/tests/bpf/verdict.skel.h "$b/tests/$1.o" ;;
	*\ bpf/*)
		find build/bpf -name '*.bpf.o' -o -name '*.skel.h'
		grep -rlF --include='*.d' .skel.h "$b/user" "$b/tests/bpf" | sed 's/\.d$/.o/'
		;;
	esac
}

# All that is linked goes: make takes a missing object for one that nothing needs (.SECONDARY).
drop_linked() {
	rm -f build/libhostport.a build/hostportd build/hostportctl build-debug/libhostport.a
	find build*/tests/unit build*/tests/bpf -maxdepth 1 -name '*test*' ! -name '*.*' -delete 2>/dev/null
}

# put_aside OBJECT...: so that make builds them again, and `restore` need not. What is made of them goes.
put_aside() {
	local object
	drop_linked
	for object in "$@"; do
		grep -qxF "$object" build/mutated && continue
		[ ! -f "$object" ] || mv "$object" "$object.kept"
		echo "$object" >>build/mutated
	done
}

restore() {
	local object
	while IFS= read -r object; do
		case "$object" in
		=*) cp -p build/original "${object#=}" ;;
		*) [ ! -f "$object.kept" ] || mv "$object.kept" "$object" ;;
		esac
	done <build/mutated
	rm -f build/mutated
	drop_linked
}

# apply FILE LINE NEW: the file keeps its time, so that make builds only what was put aside.
apply() {
	cp -p "$1" build/original
	echo "=$1" >build/mutated
	LINE=$2 NEW=$3 awk 'FNR == ENVIRON["LINE"] { match($0, /^[ \t]*/); $0 = substr($0, 1, RLENGTH) ENVIRON["NEW"] } 1' \
		build/original >"$1"
	touch -r build/original "$1"
}

# same_code FILE: does the compiler make the same of it as of the original?
same_code() {
	local f
	case "$1" in user/*.c) ;; *) return 1 ;; esac
	cp "$1" build/changed
	for f in original changed; do
		cp "build/$f" "$1"
		"$CC_ALONE" -std=gnu11 -D_GNU_SOURCE -DHOSTPORTD_VERSION='"0"' -w -O2 -Ibuild -c "$1" \
			-o "build/$f.o" 2>/dev/null || return 1
	done
	cmp -s build/original.o build/changed.o
}
CC_ALONE=${CC##* }

# try FILE LINE NEW: prints "killed TEST", "survived ...", "equivalent ..." or "unbuilt ..."
try() {
	local test tests
	mapfile -t tests < <(fitting "$1")
	if [ "${#tests[@]}" -eq 0 ]; then
		printf 'survived\tno test fits: see tests.tsv'
		return
	fi
	apply "$@"
	for test in "${tests[@]}"; do
		if [ -z "${limits[$test]:-}" ]; then
			restore
			prepare "$test" || failures=$((failures + 1))
			apply "$@"
		fi
		[ "${limits[$test]}" != none ] || continue
		# shellcheck disable=SC2046 # several objects
		put_aside $(objects_of "$test" "$1")
		if ! make_test "$test" >build/make.out 2>&1; then
			printf 'unbuilt\t-'
			return
		fi
		# shellcheck disable=SC2086 # two numbers
		run_test "$test" ${limits[$test]}
		case $? in
		0) ;;
		124 | 137 | 152) printf 'killed\t%s (time)' "$test" && return ;;
		*) printf 'killed\t%s' "$test" && return ;;
		esac
	done
	if same_code "$1"; then printf 'equivalent\tthe compiler'; else printf 'survived\t-'; fi
}

# worker K: every file of the draw whose number is K modulo JOBS.
work() {
	local worker=$1 quota file line function kind old new counted=0 failures=0 last="" number=-1 outcome
	cd "$out/tree.$worker" || exit 3
	mkdir -p build build-debug
	while IFS=$'\t' read -r quota file line function kind old new; do
		[ "$file" = "$last" ] || counted=0 number=$((number + 1))
		last=$file
		[ $((number % JOBS)) -eq "$worker" ] || continue
		[ "$counted" -lt "$quota" ] || continue
		try "$file" "$line" "$new" >build/outcome
		[ ! -f build/mutated ] || restore
		outcome=$(cat build/outcome)
		printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$outcome" "$file" "$line" "$function" "$kind" "$old" "$new" |
			tee -a "$out/results.$worker" |
			awk -F '\t' '{ printf "%-8s %s:%s %s: %s -> %s (%s)\n", $1, $3, $4, $5, $7, $8, $2 }'
		case "$outcome" in killed* | survived*) counted=$((counted + 1)) ;; esac
	done <"$out/drawn.tsv"
	return "$((failures > 0))"
}

# ---- run ------------------------------------------------------------------------------------------
cgroup2=$(awk '$0 ~ / - cgroup2 / {print $5; exit}' /proc/self/mountinfo)
e2e_helpers=$(printf '%s\n' tests/e2e/*.c | sed 's|^|build/|; s|\.c$||' | tr '\n' ' ')
mkdir -p "$out" || exit 3
exec 9>"$out/lock"
flock -n 9 || { echo "run.sh: another run uses $out" >&2; exit 3; }
[ ! -f "$out/results.tsv" ] || mv "$out/results.tsv" "$out/last.tsv"
rm -f "$out"/results.*

for file in "${@:-$(core)}"; do printf '%s\n' "$file"; done | while IFS= read -r file; do
	if only_e2e "$file"; then
		echo "$file: left out: only end-to-end tests fit" >&2
	else
		echo "$file"
	fi
done >"$out/files"
xargs -d '\n' awk -f "$here/mutate.awk" <"$out/files" |
	if [ -n "${AGAIN:-}" ]; then survivors; else cat; fi >"$out/candidates.tsv" || exit 3
awk -v n="$n" -v seed="$seed" -f "$here/draw.awk" "$here/equivalent.tsv" "$out/candidates.tsv" >"$out/drawn.tsv"
echo "seed $seed: $n of $(wc -l <"$out/candidates.tsv") changes of $(wc -l <"$out/files") files"

workers=()
trap 'kill "${workers[@]}" 2>/dev/null; exit 130' INT TERM HUP
for ((k = 0; k < JOBS; k++)); do
	copy_tree "$out/tree.$k" || exit 3
	work "$k" 9>&- &
	workers+=($!)
done
status=0
for pid in "${workers[@]}"; do wait "$pid" || status=3; done
cat "$out"/results.[0-9]* >"$out/results.tsv" 2>/dev/null
echo
grep ^survived "$out/results.tsv"
awk -f "$here/score.awk" "$out/results.tsv" || [ "$status" -ne 0 ] || status=1
exit "$status"
