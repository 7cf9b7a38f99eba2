#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What a line says is so of the binds that it stands for: where, which process, as which user, and
# how many processes and addresses. Repeats are folded for so long that no test is slower.
# shellcheck source=lib.sh source-path=SCRIPTDIR disable=SC1091
. "$(dirname "$0")/lib.sh"

REG=$WORK/reg.yaml
PROBE=$(realpath "$B/tests/e2e/bindprobe")

# lines PORT FILTER: what the lines of a port say, in one line.
lines() {
	all_told
	jq -r "select(.port == $1) | $2" "$WORK/events" | paste -sd ' '
}

# as NAME UID ARGS...: a process of that name and user takes a port; prints its pid.
as() {
	local name=$1 uid=$2
	shift 2
	[ -x "$WORK/$name" ] || install -m 755 "$PROBE" "$WORK/$name"
	# shellcheck disable=SC2016 # for the inner shell
	inside setpriv --reuid "$uid" --clear-groups bash -c 'echo $$; exec "$@"' as "$WORK/$name" "$@" |
		head -n 1
}

# One process: loopback first, then an external address, each several times.
test_scope() {
	local binds=""
	for address in 127.0.0.1 0.0.0.0 127.0.0.1 0.0.0.0; do binds+="tcp 4 $address 21000"$'\n'; done
	start_agent --mode="$1" --registry="$REG" --fold=60 || return
	printf "%s" "$binds" | probe each >/dev/null
	is "$1: no address hides behind another scope's" \
		"$(lines 21000 '"\(.address)/\(.count)"' | tr ' ' '\n' | sort | paste -sd ' ')" \
		"0.0.0.0/1 0.0.0.0/1 127.0.0.1/1 127.0.0.1/1"
	is "$1: a line of one says nothing of more" \
		"$(lines 21000 '[.processes, .addresses] | tojson')" "$(printf '[null,null] %.0s' 1 2 3 4 | sed 's/ $//')"
	accounted "$1: scopes"
	stop_agent
}

# One process, several addresses of one scope, and then the first one again.
test_addresses() {
	local binds=""
	for n in 1 2 3 1 2 1; do binds+="udp 4 127.0.0.$n 21001"$'\n'; done
	start_agent --mode="$1" --registry="$REG" --fold=60 || return
	printf "%s" "$binds" | probe each >/dev/null
	is "$1: each address has a line, and the repeats one that counts them" \
		"$(lines 21001 '"\(.address) \(.count) \(.addresses) \(.processes)"')" \
		"127.0.0.1 1 null null 127.0.0.2 1 null null 127.0.0.3 1 null null 127.0.0.1 3 2 null"
	# to the millisecond: the wall clock is read anew for each line
	is "$1: first is the time of the first line" \
		"$(lines 21001 .first | jq -Rr 'split(" ") | map((.[0:19] + "Z" | fromdate) * 1000 + (.[20:23] | tonumber)) |
			max - min <= 1')" true
	is "$1: time is not" "$(lines 21001 .time | tr ' ' '\n' | sort -u | wc -l)" 4
	accounted "$1: addresses"
	stop_agent
}

# Two programs of two users in one control group.
test_programs() {
	local good evil
	start_agent --mode="$1" --registry="$REG" --fold=60 || return
	good=$(as good-server 0 tcp 4 0.0.0.0 21002 3)
	evil=$(as evil-tool 65534 tcp 4 0.0.0.0 21002)
	is "$1: both programs are named" "$(lines 21002 '"\(.comm) \(.pid) \(.uid) \(.count)"')" \
		"good-server $good 0 1 evil-tool $evil 65534 3"
	is "$1: the second line stands for both" "$(lines 21002 .processes)" "null 2"
	good=$(as good-server 0 tcp 4 0.0.0.0 21002 3)
	is "$1: a third process, too" "$(lines 21002 '"\(.pid) \(.processes)"' | cut -d ' ' -f 5-)" "$good null $good null"
	accounted "$1: programs"
	stop_agent
}

# More processes than can be told apart: the first ones have lines, the last one is named, none is lost.
test_many() {
	local pids=() pid
	start_agent --mode="$1" --registry="$REG" --fold=60 || return
	for _ in $(seq 12); do pids+=("$(as good-server 0 udp 4 127.0.0.1 21003)"); done
	is "$1: twelve processes: the first eight and the last" "$(lines 21003 .pid)" "${pids[*]:0:8} ${pids[11]}"
	is "$1: twelve processes: counted" "$(lines 21003 .count)" "1 1 1 1 1 1 1 1 4"
	accounted "$1: twelve processes"
	stop_agent
}

# The agent is killed in between, and another goes on.
test_killed() {
	local last
	start_agent --mode=audit --registry="$REG" --fold=60 --on-exit=keep || return
	as good-server 0 udp 4 127.0.0.1 21004 >/dev/null
	is "killed: the first" "$(lines 21004 '"\(.comm) \(.count)"')" "good-server 1"
	kill_agent
	last=$(as evil-tool 65534 udp 4 127.0.0.1 21004 3)
	start_agent --mode=audit --registry="$REG" --fold=60 --on-exit=keep || return
	is "killed: the next agent names who came meanwhile" \
		"$(lines 21004 '"\(.comm) \(.pid) \(.uid) \(.count)"')" \
		"evil-tool $last 65534 1 evil-tool $last 65534 2"
	is "killed: all is told" "$(status '.counters | "\(.violations) \(.delivered + .folded) \(.lost)"')" "4 4 0"
	stop_agent
	"$B/hostportctl" --socket="$SOCK" detach --yes >/dev/null 2>&1
}

setup
cat >"$REG" <<'YAML'
version: 1
name: line
entries:
  - {ports: 1, protocol: tcp, process: nothing}
YAML
for mode in audit enforce; do
	test_scope "$mode"
	test_addresses "$mode"
	test_programs "$mode"
	test_many "$mode"
done
test_killed
finish
