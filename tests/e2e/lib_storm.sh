# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# What the tests of floods share beside lib.sh. Sourced after it.

STORM=$B/tests/e2e/storm

# A registry that knows ten ports: all others break a rule.
write_registry() {
	cat >"$REG" <<-'END'
		version: 1
		name: storms
		entries:
		  - {ports: 5000-5009, protocol: tcp, process: mine}
		  - {ports: 5000-5009, protocol: udp, process: mine}
	END
}

storm() { inside "$STORM" "$@"; }

# stormed FILE FILTER: a value of what a storm said at its end.
stormed() { tail -n 1 "$1" | jq -r "$2"; }

# at_most NAME NUMBER BOUND
at_most() {
	if [ "$2" -le "$3" ]; then pass "$1: $2 <= $3"; else fail "$1: $2 > $3"; fi
}

# gap FILE: the milliseconds between lines, on average, by the kernel's clock. The kernel lets one through
# each folding time, and the agent's own reading of the slots makes at most as many: so half of that time
# is the least that it may be, whatever the speed of all else.
gap() {
	jq -s 'map((.time[0:19] + "Z" | fromdate) * 1000 + (.time[20:23] | tonumber)) |
		(last - first) / (length - 1) | floor' "$1"
}

now_ms() { echo $(($(date +%s%N) / 1000000)); }

# answers NAME: the agent does, whatever else it has to do. The client has a limit.
answers() {
	ctl status >/dev/null
	is "$1: status answers" $? 0
}

# all_counted NAME N: the kernel's own counters say N, and so do lines, folded and lost together.
all_counted() {
	is "$1: counted by the kernel, and told or lost" "$(status '.counters |
		"\([.classes[] | .audited, .denied, .excepted] | add) \(.delivered + .folded + .lost)"')" "$2 $2"
}

# of_one: how many lines stand for one violation.
of_one() { jq -s 'map(select(.count == 1)) | length' "$WORK/events"; }

# each_told NAME N: N violations, each one in a line of its own, and nothing lost.
each_told() {
	all_counted "$1" "$2"
	accounted "$1"
	is "$1: delivered, folded and lost" "$(status '.counters | "\(.delivered) \(.folded) \(.lost)"')" "$2 0 0"
	is "$1: lines of one" "$(of_one)" "$2"
}
