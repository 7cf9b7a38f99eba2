#!/bin/bash
# SPDX-License-Identifier: MIT
#
# run.sh [--update] [KERNEL...]: run the tests on other kernels (5.10 6.1 6.12),
# Debian's, in QEMU without KVM, all at a time; compare with expected/, and
# count. --update records the results as the expected ones: review them.
#
# Kernels are kept as fetch.sh says, by default in /var/cache/hostportd/kernels;
# what the guests said in $B/kernels.
set -u
cd "$(dirname "$0")/../.." || exit 3
export B=${B:-build} PATH=$PATH:/usr/sbin:/sbin
here=tests/kernels
out=$B/kernels
update=()
if [ "${1:-}" = --update ]; then
	update=(--update)
	shift
fi
[ "$#" -gt 0 ] || set -- 5.10 6.1 6.12

# guest KERNEL: from nothing to its results, or the reason why it has no results.
guest() {
	local dir
	rm -f "$out/$1" "$out/$1.console" "$out/$1.json"
	dir=$($here/fetch.sh "$1") || return
	$here/initrd.sh modules "$dir" "$out/$1.modules" &&
		cat "$out/tests" "$out/$1.modules" >"$out/$1.initrd" &&
		$here/boot.sh "$1" "$dir" "$out/$1.initrd" "$out/$1"
}

# judged KERNEL: its lines, and the last output of a guest that failed.
judged() {
	echo "== kernels/$1"
	touch "$out/$1"
	$here/judge.sh "${update[@]}" "$1" "$out/$1" && return
	echo "     see $out/$1, $out/$1.console and $out/$1.log:"
	tail -q -n 5 "$out/$1.log" "$out/$1.console" 2>/dev/null | sed 's/^/     /'
}

if [ "$(uname -m)" != x86_64 ]; then
	echo "SKIP kernels: the guests are amd64, what is built here is not"
	echo "0 passed, 0 failed, 1 skipped"
	exit 0
fi
mkdir -p "$out" && $here/initrd.sh tests "$out/tests" || exit 3
guests=()
# shellcheck disable=SC2317 # the trap's
end_guests() {
	local guest
	for guest in "${guests[@]}"; do kill -- "-$guest" 2>/dev/null; done
}
trap end_guests EXIT
trap 'exit 130' INT TERM HUP
set -m # each in a process group, to be ended as one
for kernel in "$@"; do
	guest "$kernel" >"$out/$kernel.log" 2>&1 </dev/null &
	guests+=("$!")
done
wait "${guests[@]}"
set +m
guests=()
for kernel in "$@"; do judged "$kernel"; done | tee "$out/lines"
echo
count() { grep -c "^$1 " "$out/lines"; }
echo "$(count PASS) passed, $(count FAIL) failed, $(count SKIP) skipped"
[ "$(count FAIL)" -eq 0 ] && [ "$(count PASS)" -gt 0 ]
