#!/bin/bash
# SPDX-License-Identifier: MIT
#
# A workload that violates on many ports is one finding, wherever findings are listed; and it pushes
# nothing of others out of what the agent remembers.
# shellcheck source=lib.sh source-path=SCRIPTDIR disable=SC1091
. "$(dirname "$0")/lib.sh"

REG=$WORK/reg.yaml
RESOLVER=$CGROUP/resolver
QUIET=$CGROUP/quiet

# resolve [ROUNDS]: bind 1500 ports from 1024 to 65481, far apart, as a resolver does.
resolve() { inside_cgroup "$RESOLVER" "$B/tests/e2e/manyports" udp 1024+43 1500 "${1:-1}"; }

# quiet: five violations of another workload.
quiet() {
	local port
	for port in 21000 21001 21002 21003 21004; do
		inside_cgroup "$QUIET" "$B/tests/e2e/bindprobe" tcp 4 127.0.0.1 "$port"
	done
}

# broken: the table of mode enforce, without what says that it was refused.
broken() { ctl mode enforce 2>"$WORK/refused"; }

test_one_finding() {
	start_agent --mode=audit --registry="$REG" --fold=0 || return
	quiet >/dev/null
	is "it binds" "$(resolve)" "ok 1500 EPERM 0 other 0"
	accounted "one finding"
	is "mode: rows" "$(broken | grep -c resolver)" 1
	has "mode: how many ports, and where" "$(broken)" \
		"^unregistered udp +1500 of 1024-65481 cgroup /$NAME/resolver +manyports\[[0-9]+\] violation +1500 "
	is "mode: the others" "$(broken | grep -c quiet)" 5
	is "mode: refused" "$(cat "$WORK/refused")" \
		"hostportctl: mode enforce: refused: 6 would be denied; use --yes to switch anyway"
	is "learn: one violation" "$(ctl learn --json | jq -c '[.violations[] | select(.ports) | [.protocol, .ports, .port, .port_last, .scope, .count]]')" \
		'[["udp",1500,1024,65481,"localhost",1500]]'
	has "status" "$(ctl status)" \
		"^many ports  cgroup /$NAME/resolver: udp, 1500 ports of 1024-65481 \(unregistered, localhost\)\$"
	is "status: JSON" "$(status '.findings | [(.many_ports | length), .many_ports[0].ports, .left_out, .forgotten, .forgotten_others, (.forgotten_by | length)] | @json')" \
		"[1,1500,0,0,0,0]"
	is "a line for each port" "$(events 'select(.protocol == "udp")')" 1500
	is "notices: at 17 ports, and when they have doubled" \
		"$(jq -r 'select(.notice == "many-ports") | .message' "$WORK/events" | grep -o '[0-9]* ports' | xargs)" \
		"17 ports 34 ports 68 ports 136 ports 272 ports 544 ports 1088 ports"
	stop_agent
}

# replay: the lines of tail --replay, in $WORK/tail.
replay() {
	"$B/hostportctl" --socket="$SOCK" tail --replay=1000 >"$WORK/tail" &
	until_true 10 replay_is_whole || fail "tail: $(wc -l <"$WORK/tail") lines"
	kill "$!"
	wait "$!" 2>/dev/null
}
# shellcheck disable=SC2317 # called by until_true
replay_is_whole() { [ "$(wc -l <"$WORK/tail")" = 1000 ]; }

# Twenty rounds are 30,000 violations.
test_fair() {
	start_agent --mode=audit --registry="$REG" --fold=0 || return
	quiet >/dev/null
	is "a flood" "$(resolve 20)" "ok 30000 EPERM 0 other 0"
	is "fair: learn knows the others" "$(ctl learn --json | jq '[.violations[] | select(.cgroup | endswith("quiet"))] | length')" 5
	is "fair: so does mode" "$(broken | grep -c quiet)" 5
	replay
	is "fair: and tail --replay" "$(grep -c "cgroup /$NAME/quiet" "$WORK/tail")" 5
	is "fair: there are notices" "$(grep -c NOTICE "$WORK/tail")" 7
	is "fair: the rest is the other's" "$(grep -v NOTICE "$WORK/tail" | grep -c "cgroup /$NAME/resolver")" $((1000 - 5 - 7))
	is "fair: nothing is forgotten" "$(status .findings.forgotten)" 0
	stop_agent
}

# Ports that lie side by side are a range, also of what was denied: a server that goes on to the next
# port when one is denied. Without much of a range, a row is for what was seen and no more.
test_learned() {
	local port
	start_agent --mode=enforce --registry="$REG" --fold=0 || return
	is "scan: denied" "$(inside_cgroup "$RESOLVER" "$B/tests/e2e/manyports" tcp 25672 900 1)" "ok 0 EPERM 900 other 0"
	for port in $(seq 3000 100 4900); do probe tcp 4 127.0.0.1 "$port"; done >/dev/null
	ctl learn >"$WORK/overlay.yaml" 2>"$WORK/err"
	is "scan: exit status" $? 0
	is "scan: rows" "$("$B/hostportctl" registry show --json --registry="$WORK/overlay.yaml" | jq -r '[.rows[].ports | tostring] | join(" ")')" \
		"$(seq 3000 100 4900 | xargs) 25672-26571"
	has "scan: said" "$(cat "$WORK/err")" \
		"^hostportctl: learn: 900 ports \(tcp 25672-26571, unregistered\) in one exception: is it a scan\? cgroup /$NAME/resolver: "
	stop_agent
	"$B/hostportctl" registry lint --registry="$REG" --registry="$WORK/overlay.yaml" >"$WORK/lint" 2>&1
	is "scan: lint" $? 0
	start_agent --mode=enforce --registry="$REG" --registry="$WORK/overlay.yaml" || return
	is "scan: then it works" "$(inside_cgroup "$RESOLVER" "$B/tests/e2e/manyports" tcp 25672 900 1)" "ok 900 EPERM 0 other 0"
	is "scan: no further" "$(inside_cgroup "$RESOLVER" "$B/tests/e2e/manyports" tcp 26572 1 1)" "ok 0 EPERM 1 other 0"
	is "ports apart: work" "$(probe tcp 4 127.0.0.1 3100)" "ok 3100 1"
	is "ports apart: not those between" "$(probe tcp 4 127.0.0.1 3101)" "EPERM 1"
	stop_agent
}

setup
mkdir "$RESOLVER" "$QUIET"
cat >"$REG" <<'END'
version: 1
name: findings-test
entries:
  - {ports: 20000, protocol: tcp, process: mine}
END
test_one_finding
test_fair
test_learned
finish
