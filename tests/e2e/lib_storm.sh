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

now_ms() { echo $(($(date +%s%N) / 1000000)); }

# Milliseconds of processor time that the agent has used.
agent_cpu_ms() { awk -v hz="$(getconf CLK_TCK)" '{print int(($14 + $15) * 1000 / hz)}' "/proc/$AGENT_PID/stat"; }

# all_counted NAME N: the kernel's own counters say N, and so do lines, folded and lost together.
all_counted() {
	is "$1: counted by the kernel, and told or lost" "$(status '.counters |
		"\([.classes[] | .audited, .denied, .excepted] | add) \(.delivered + .folded + .lost)"')" "$2 $2"
}
