#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Every violation is in a line, in a line's count, or counted as lost, whatever
# the load; and repeats are folded. Then kernel sockets.
# shellcheck source=lib.sh source-path=SCRIPTDIR disable=SC1091
. "$(dirname "$0")/lib.sh"
# shellcheck source=lib_storm.sh source-path=SCRIPTDIR disable=SC1091
. tests/e2e/lib_storm.sh

REG=$WORK/reg.yaml
MANY=$B/tests/e2e/manyports

# What manyports says of N binds in this mode.
all() {
	if [ "$1" = audit ]; then echo "ok $2 EPERM 0 other 0"; else echo "ok 0 EPERM $2 other 0"; fi
}

# counted NAME N: exactly N violations, each accounted for.
counted() {
	is "$1: violations" "$(violations)" "$2"
	accounted "$1"
	is "$1: told in lines" "$(jq -s '[.[].count] | add // 0' "$WORK/events")" \
		"$(($2 - $(status .counters.lost)))"
}

lines() { wc -l <"$WORK/events"; }

test_one_port() {
	local began=$SECONDS
	start_agent --mode="$1" --registry="$REG" || return
	is "$1: one port 2000 times" "$(inside "$MANY" tcp 21000 1 2000)" "$(all "$1" 2000)"
	counted "$1: one port" 2000
	is "$1: one port: lost" "$(status .counters.lost)" 0
	is "$1: one port: only its events" "$(events '.port == 21000 and .protocol == "tcp"')" 2000
	# the first one, and then one a second at most, and what status asked for
	at_most "$1: one port: folded" "$(lines)" $((10 + SECONDS - began))
	is "$1: one port: the first line stands for one" "$(jq -s 'map(select(.verdict)) | .[0].count' "$WORK/events")" 1
	stop_agent
	is "$1: one port: nothing more at the end" "$(jq -s '[.[].count] | add' "$WORK/events")" 2000
}

# Repeats over some time, until there are three lines: one at once, then one a second.
test_pace() {
	local began=$SECONDS n
	start_agent --mode="$1" --registry="$REG" || return
	# of one process, because each other one has a line of its own; nobody asks for the status
	# meanwhile, which would make lines
	while [ "$(lines)" -lt 3 ] && [ $((SECONDS - began)) -lt 60 ]; do
		echo udp 4 127.0.0.1 21001
	done | probe each >"$WORK/bound"
	n=$(wc -l <"$WORK/bound")
	at_most "$1: a line a second" 500 "$(gap "$WORK/events")"
	# the tick tells the rest without being asked
	if until_true 5 told "$n"; then pass "$1: all is told by itself"; else fail "$1: not all is told"; fi
	counted "$1: over some seconds" "$n"
	is "$1: first is not after time" "$(jq -s 'all(.[] | select(.verdict); .first <= .time)' "$WORK/events")" true
	stop_agent
}
# shellcheck disable=SC2317 # called by until_true
told() { [ "$(jq -s '[.[].count] | add // 0' "$WORK/events")" -eq "$1" ]; }

test_many_ports() {
	start_agent --mode="$1" --registry="$REG" || return
	is "$1: 300 ports once each" "$(printf 'udp 4 127.0.0.1 %s\n' {21000..21299} | probe each | sort -u |
		wc -l)" "$([ "$1" = audit ] && echo 300 || echo 1)"
	counted "$1: 300 ports" 300
	is "$1: 300 ports: lost" "$(status .counters.lost)" 0
	is "$1: 300 ports: a line each" "$(jq -s 'map(select(.verdict).port) | unique | length' "$WORK/events")" 300
	is "$1: 300 ports: counts of 1" "$(jq -sr 'map(select(.verdict).count) | unique | join(",")' "$WORK/events")" 1
	stop_agent
}

test_parallel() {
	local n=$((4 * 64 * 200)) began=$SECONDS
	start_agent --mode="$1" --registry="$REG" || return
	is "$1: 4 processes" "$(inside "$MANY" tcp 21000 64 200 4)" "$(all "$1" $n)"
	counted "$1: 4 processes" $n
	is "$1: 4 processes: ports in the lines" \
		"$(jq -s 'map(select(.verdict).port) | unique | "\(length) \(min) \(max)"' "$WORK/events")" \
		'"64 21000 21063"'
	# of a port in a second: one, and one of each process
	at_most "$1: 4 processes: folded" "$(lines)" $((n / 20 + 5 * 64 * (SECONDS - began)))
	stop_agent
}

# More new findings than there is room for while the agent stands still, however slow the machine:
# some are lost, and that is counted.
test_loss() {
	start_agent --mode="$1" --registry="$REG" --ring-size=64K || return
	kill -STOP "$AGENT_PID"
	is "$1: 20000 ports at once" "$(inside "$MANY" udp 30000 20000 1)" "$(all "$1" 20000)"
	kill -CONT "$AGENT_PID"
	counted "$1: 20000 ports" 20000
	if [ "$(status .counters.lost)" -gt 0 ]; then pass "$1: 20000 ports: some are lost"; else
		fail "$1: 20000 ports: none is lost, so this test tests nothing"
	fi
	is "$1: lost by reason" "$(status '.counters | .lost == ([.lost_by[]] | add)')" true
	# and once there is room again, all is told again
	is "$1: after it, one port" "$(inside "$MANY" udp 21005 1 1)" "$(all "$1" 1)"
	is "$1: after it, its event" "$(events '.port == 21005')" 1
	counted "$1: after it" 20001
	stop_agent
}

# Allowed binds are not violations, however many.
test_allowed() {
	start_agent --mode="$1" --registry="$REG" || return
	is "$1: an allowed port 2000 times" "$(inside "$MANY" tcp 20000 1 2000)" "$(all audit 2000)"
	counted "$1: an allowed port" 0
	is "$1: an allowed port: no line" "$(lines)" 0
	stop_agent
}

vxlan() {
	inside ip link add "$1" type vxlan id "$2" dstport "$2" dev lo local 127.0.0.1 2>&1 && echo made
}
is_up() { ip -n "$NAME" -o link show "$1" | grep -q '[<,]UP[,>]' && echo up || echo down; }

test_kernel() {
	if ! ip -n "$NAME" link add vxprobe type vxlan id 9 dstport 8479 dev lo local 127.0.0.1 2>/dev/null; then
		skip "kernel sockets: this kernel has no vxlan"
		return
	fi
	ip -n "$NAME" link del vxprobe
	start_agent --mode=enforce --registry="$REG" || return
	is "vxlan on a registered port is made" "$(vxlan vx0 4789)" made
	is "vxlan on a registered port comes up" "$(inside ip link set vx0 up 2>&1)" ""
	is "vxlan on a registered port is up" "$(is_up vx0)" up
	is "vxlan on a registered port: no event" "$(events true)" 0
	is "vxlan on an unregistered port is made" "$(vxlan vx1 8472)" made
	is "vxlan on an unregistered port comes up" "$(inside ip link set vx1 up 2>&1)" ""
	is "vxlan on an unregistered port is up" "$(is_up vx1)" up
	is "vxlan on an unregistered port: one event" "$(events true)" 1
	is "vxlan on an unregistered port: event" "$(jq -r \
		'"\(.class) \(.verdict) \(.mode) \(.how) \(.protocol) \(.port) \(.workload.kind)"' "$WORK/events")" \
		"unregistered audited enforce kernel udp 8472 kernel"
	# the same port, from user space
	ip -n "$NAME" link set vx1 down
	is "the same port from user space" "$(probe udp 4 127.0.0.1 8472)" "EPERM 1"
	is "the same port from user space: event" "$(events '.how == "bind" and .verdict == "denied"')" 1
	counted "kernel sockets" 2
	stop_agent

	start_agent --mode=enforce --registry="$REG" --deny-kernel || return
	has "--deny-kernel: vxlan on an unregistered port is refused" \
		"$(inside ip link set vx1 up 2>&1)" 'not permitted'
	is "--deny-kernel: vxlan on an unregistered port is down" "$(is_up vx1)" down
	is "--deny-kernel: event" "$(
		all_told
		jq -r '"\(.class) \(.verdict) \(.how) \(.port) \(.workload.kind)"' "$WORK/events"
	)" "unregistered denied kernel 8472 kernel"
	ip -n "$NAME" link set vx0 down
	is "--deny-kernel: vxlan on a registered port comes up" "$(inside ip link set vx0 up 2>&1)" ""
	is "--deny-kernel: vxlan on a registered port is up" "$(is_up vx0)" up
	stop_agent
}

setup
cat >"$REG" <<'END'
version: 1
name: accounting
source: test_accounting.sh
entries:
  - {ports: 20000, protocol: tcp, process: mine}
  - {ports: 4789, protocol: udp, process: vxlan}
END
if [ -n "${E2E_QUICK:-}" ]; then
	skip "many ports and processes, losses, enforce: left out, a quick run"
	test_one_port audit
else
	for mode in audit enforce; do
		test_one_port "$mode"
		test_many_ports "$mode"
		test_parallel "$mode"
		test_loss "$mode"
		test_allowed "$mode"
		test_pace "$mode"
	done
fi
test_kernel
finish
