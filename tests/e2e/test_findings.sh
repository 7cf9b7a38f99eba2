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
TOP=$CGROUP
# A unit counts only in a slice at the root: so the test makes one, and checks that.
SLICE=$CGROUP2/$NAME.slice
PROGRAM=$WORK/manyports
EACH=(--fold=0 --ring-size=4M) # a line for each violation, however slow the agent is

also_clear() {
	CGROUP=$SLICE kill_cgroup
	CGROUP=$TOP
}

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
	start_agent --mode=audit --registry="$REG" "${EACH[@]}" || return
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
	rm -f "$WORK/tail" # of the one before
	"$B/hostportctl" --socket="$SOCK" tail --replay=1000 >"$WORK/tail" &
	until_true 10 replay_is_whole || fail "tail: $(wc -l <"$WORK/tail") lines"
	kill "$!"
	wait "$!" 2>/dev/null
}
# shellcheck disable=SC2317 # called by until_true
replay_is_whole() { [ "$(wc -l <"$WORK/tail")" = 1000 ]; }

# Twenty rounds are 30,000 violations.
test_fair() {
	start_agent --mode=audit --registry="$REG" "${EACH[@]}" || return
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

# lint_overlay NAME: lint finds nothing in the registry with the overlay.
lint_overlay() {
	is "$1: lint" "$("$B/hostportctl" registry lint --registry="$REG" --registry="$WORK/overlay.yaml" 2>&1)" \
		"0 errors, 0 warnings, 0 notes, 0 accepted, in 2 files"
}

# Ports that lie side by side are a range, also of what was denied: a server that goes on to the next
# port when one is denied. A server of ports here and there has an exception for each.
test_learned() {
	keep server inside manyports tcp 3000+100 20 hold
	start_agent --mode=enforce --registry="$REG" "${EACH[@]}" || return
	is "scan: denied" "$(inside_cgroup "$RESOLVER" "$B/tests/e2e/manyports" tcp 25672 900 1)" "ok 0 EPERM 900 other 0"
	ctl learn >"$WORK/overlay.yaml" 2>"$WORK/err"
	is "scan: exit status" $? 0
	is "scan: rows" "$("$B/hostportctl" registry show --json --registry="$WORK/overlay.yaml" | jq -r '[.rows[].ports | tostring] | join(" ")')" \
		"$(seq 3000 100 4900 | xargs) 25672-26571"
	has "scan: said" "$(cat "$WORK/err")" \
		"^hostportctl: learn: 900 ports \(tcp 25672-26571, unregistered\) in one exception: is it a scan\? cgroup /$NAME/resolver: "
	stop_agent
	let_go server
	lint_overlay scan
	start_agent --mode=enforce --registry="$REG" --registry="$WORK/overlay.yaml" || return
	is "scan: then it works" "$(inside_cgroup "$RESOLVER" "$B/tests/e2e/manyports" tcp 25672 900 1)" "ok 900 EPERM 0 other 0"
	is "scan: no further" "$(inside_cgroup "$RESOLVER" "$B/tests/e2e/manyports" tcp 26572 1 1)" "ok 0 EPERM 1 other 0"
	is "ports apart: work" "$(inside "$B/tests/e2e/manyports" tcp 3000+100 20 1)" "ok 20 EPERM 0 other 0"
	is "ports apart: not those between" "$(inside "$B/tests/e2e/manyports" tcp 3001+100 20 1)" "ok 0 EPERM 20 other 0"
	is "ports apart: another program" "$(probe tcp 4 127.0.0.1 3100)" "EPERM 1"
	stop_agent
}

# overlay NAME STATUS: what learn prints, in $WORK/overlay.yaml, which lint has nothing against.
overlay() {
	ctl learn >"$WORK/overlay.yaml" 2>"$WORK/err"
	is "$1: exit status of learn" $? "$2"
	lint_overlay "$1"
}

# rows: of the overlay.
rows() {
	"$B/hostportctl" registry show --json --registry="$WORK/overlay.yaml" |
		jq -c '.rows[] | [.kind, .protocol, .ports, [(.owners // [])[] | .unit // .exe]]'
}

# by UNIT PROGRAM ARGS...
by() {
	local unit=$1 program=$2
	shift 2
	inside_cgroup "$SLICE/$unit" "$B/tests/e2e/$program" "$@"
}

# Source ports are learned as a client of their owner, a unit or a program: it works, and works again
# with other ports, and nobody else has them.
test_clients() {
	start_agent --mode=audit --registry="$REG" "${EACH[@]}" || return
	is "client: it binds" "$(by hp-unbound.service manyports udp 1024+43 1500 1)" "ok 1500 EPERM 0 other 0"
	overlay client 0
	is "client: one row" "$(rows)" '["client","udp","1024-65535",["hp-unbound.service"]]'
	has "client: said" "$(cat "$WORK/err")" \
		"^hostportctl: learn: 1500 ports \(udp\) as a client of 1024-65535, to send from: unit hp-unbound.service: "
	stop_agent
	start_agent --mode=audit --registry="$REG" --registry="$WORK/overlay.yaml" || return
	is "client: it binds again" "$(by hp-unbound.service manyports udp 1024+43 1500 1)" "ok 1500 EPERM 0 other 0"
	is "client: no violation" "$(events .verdict)" 0
	is "client: nothing would break" "$(ctl mode enforce)" "mode enforce: switched, effective"
	is "client: in enforce, other ports" "$(by hp-unbound.service manyports udp 1031+43 1500 1)" "ok 1500 EPERM 0 other 0"
	is "client: and once more" "$(by hp-unbound.service manyports udp 1031+43 1500 1)" "ok 1500 EPERM 0 other 0"
	is "client: a stranger" "$(by hp-stranger.service manyports udp 1024+430 150 1)" "ok 0 EPERM 150 other 0"
	is "client: another protocol" "$(by hp-unbound.service bindprobe tcp 4 127.0.0.1 30000)" "EPERM 1"
	stop_agent
}

# A program in no unit is named by its file.
test_program() {
	start_agent --mode=audit --registry="$REG" "${EACH[@]}" || return
	is "program: it binds" "$(inside "$PROGRAM" udp 1024+43 1500 1)" "ok 1500 EPERM 0 other 0"
	overlay program 0
	is "program: one row" "$(rows)" "[\"client\",\"udp\",\"1024-65535\",[\"$PROGRAM\"]]"
	stop_agent
	start_agent --mode=enforce --registry="$REG" --registry="$WORK/overlay.yaml" || return
	is "program: in enforce" "$(inside "$PROGRAM" udp 1031+43 1500 1)" "ok 1500 EPERM 0 other 0"
	is "program: another one" "$(probe udp 4 127.0.0.1 30000)" "EPERM 1"
	stop_agent
}

# What takes another port at each start, below 1024 as bindresvport(3) does, is a client of these.
test_each_start() {
	start_agent --mode=audit --registry="$REG" || return
	by hp-statd.service bindprobe udp 4 127.0.0.1 711 >/dev/null
	overlay "one start" 0
	is "one start: its port" "$(rows)" '["exception","udp",711,["hp-statd.service"]]'
	by hp-statd.service bindprobe udp 4 127.0.0.1 845 >/dev/null
	overlay "two starts" 0
	is "two starts: a range" "$(rows)" '["client","udp","512-1023",["hp-statd.service"]]'
	stop_agent
	start_agent --mode=enforce --registry="$REG" --registry="$WORK/overlay.yaml" || return
	is "two starts: the third" "$(by hp-statd.service bindprobe udp 4 127.0.0.1 999)" "ok 999 1"
	is "two starts: a stranger" "$(by hp-stranger.service bindprobe udp 4 127.0.0.1 999)" "EPERM 1"
	stop_agent
}

setup
mkdir "$RESOLVER" "$QUIET"
cat >"$REG" <<'END'
version: 1
name: findings-test
entries:
  - {ports: 20000, protocol: tcp, process: mine, team: t, since: "4.1"}
END
test_one_finding
test_fair
test_learned
CGROUP=$SLICE
mkdir -p "$SLICE"/hp-{unbound,stranger,statd}.service
install -m 755 "$B/tests/e2e/manyports" "$PROGRAM"
test_clients
test_program
test_each_start
finish
