#!/bin/bash
# SPDX-License-Identifier: MIT
#
# A workload that floods takes none of the others' lines. On one processor a process binds
# 20,000 ports again and again, while another workload makes 300 violations, each once: all
# 300 have lines, and what is lost is the flood's own, and is said to be.
# shellcheck source=lib.sh source-path=SCRIPTDIR disable=SC1091
# shellcheck disable=SC2317 # functions are called by until_true
. "$(dirname "$0")/lib.sh"
# shellcheck source=lib_storm.sh source-path=SCRIPTDIR disable=SC1091
. tests/e2e/lib_storm.sh

REG=$WORK/reg.yaml
MANY=$B/tests/e2e/manyports
SINGLE=300
CPU=$(taskset -cp $$ | sed 's/.*: *\([0-9]*\).*/\1/') # the first one that we may use

# many NAME ARGUMENTS...: manyports on that processor, in a control group of its own.
many() {
	local name=$1
	shift
	mkdir -p "$CGROUP/$name"
	inside_cgroup "$CGROUP/$name" taskset -c "$CPU" "$MANY" "$@"
}

# flood NAME: until somebody makes the file NAME.stop.
flood() {
	while [ ! -e "$WORK/$1.stop" ]; do many "$1" udp 30000 20000 1; done >"$WORK/$1.out"
}
end_floods() {
	local name
	for name; do : >"$WORK/$name.stop"; done
	wait "${FLOODS[@]}"
	FLOODS=()
}
# made NAME WHAT: how many binds of a flood came out so.
made() { awk -v what="$2" '{for (i = 1; i < NF; i += 2) if ($i == what) n += $(i + 1)} END {print n + 0}' "$WORK/$1.out"; }

# lost NAME: what status says that a control group lost.
lost() { status "[.counters.lost_workloads[] | select(.workload | endswith(\"/$1\")).lost] | add // 0"; }
loses() { [ "$(lost "$1")" -gt "$2" ]; }
# lines NAME: how many lines are of a control group, and what their counts add.
lines() { jq -rs "[.[] | select(.verdict and (.cgroup | endswith(\"/$1\")))] | \"\(length) \(map(.count) | add // 0)\"" "$WORK/events"; }

test_flood() {
	local what=ok told
	[ "$1" = audit ] || what=EPERM
	rm -f "$WORK"/*.stop
	start_agent --mode="$1" --registry="$REG" || return
	flood flood &
	FLOODS=($!)
	until_true 60 loses flood 0 || fail "$1: the flood loses nothing"
	told=$(lost flood)
	is "$1: $SINGLE ports, once each" "$(many quiet tcp 21000 $SINGLE 1 | grep -o "$what [0-9]*")" "$what $SINGLE"
	until_true 60 loses flood "$told" || fail "$1: the flood has ended"
	end_floods flood
	all_told
	is "$1: lines of the quiet one, and what they count" "$(lines quiet)" "$SINGLE $SINGLE"
	is "$1: its ports" \
		"$(jq -s 'map(select(.verdict and (.cgroup | endswith("/quiet"))).port) | unique | length' "$WORK/events")" $SINGLE
	is "$1: it has lost nothing" "$(lost quiet)" 0
	is "$1: the flood's, told or lost" $(($(lines flood | cut -d' ' -f2) + $(lost flood))) "$(made flood "$what")"
	is "$1: all that is lost is somebody's" "$(status '.counters |
		([.lost_workloads[].lost] | add) + .lost_others == ([.lost_by[]] | add)')" true
	is "$1: nobody else's" "$(status .counters.lost_others)" 0
	has "$1: status says whose" "$(ctl status)" "^lost .*: $(lost flood) of cgroup /.*/flood$"
	accounted "$1"
	stop_agent
}

# More workloads than may send at the same time: one that is quiet still has its lines.
test_floods() {
	local names=(f1 f2 f3 f4 f5 f6) name
	rm -f "$WORK"/*.stop
	start_agent --mode=audit --registry="$REG" || return
	FLOODS=()
	for name in "${names[@]}"; do
		flood "$name" &
		FLOODS+=("$!")
	done
	for name in "${names[@]}"; do
		until_true 60 loses "$name" 0 || fail "floods: $name loses nothing"
	done
	is "floods: 40 ports, once each" "$(many quiet tcp 22000 40 1)" "ok 40 EPERM 0 other 0"
	end_floods "${names[@]}"
	all_told
	is "floods: lines of the quiet one" "$(lines quiet)" "40 40"
	is "floods: it has lost nothing" "$(lost quiet)" 0
	is "floods: nobody else has" "$(status .counters.lost_others)" 0
	accounted "floods"
	stop_agent
}

setup
write_registry
for mode in audit enforce; do test_flood "$mode"; done
test_floods
finish
