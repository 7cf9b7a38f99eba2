#!/bin/bash
# SPDX-License-Identifier: MIT
# What an operator meets: odd registries, readers that pause or leave, an agent that hangs.
# shellcheck source=lib.sh source-path=SCRIPTDIR disable=SC1091
. "$(dirname "$0")/lib.sh"
export HOSTPORTD_PIN=none # an agent is killed here, and nothing of it is to go on
setup

# A registry that allows whole ranges leaves the canary no port of its own; it needs none.
for ports in 32768-60999 1-65535; do
	printf 'version: 1\nname: wide\nentries:\n  - {ports: %s, protocol: udp, process: all}\n' \
		"$ports" >"$WORK/wide.yaml"
	for enforce in default default,ephemeral; do
		if start_agent --mode=enforce --enforce="$enforce" --registry="$WORK/wide.yaml"; then
			is "udp $ports, $enforce: effective" "$(status .effective)" true
			stop_agent
		fi
	done
done

start_agent --mode=audit || finish

# A client that closes its sending direction gets what it has asked for.
probe tcp 4 127.0.0.1 20001 >/dev/null
all_told
has "half-closed: status" "$(echo '{"verb":"status"}' | "$B/tests/e2e/ask" "$SOCK")" '"effective":true'
has "half-closed: tail" \
	"$(echo '{"verb":"tail","replay":10}' | timeout 60 "$B/tests/e2e/ask" "$SOCK" hang-up)" '"port":20001'

# An agent that hangs is said to, in seconds; one that dies ends a tail with 3.
ctl tail --json >"$WORK/tail" 2>"$WORK/tail.err" &
tail_pid=$!
# shellcheck disable=SC2317 # called by until_true
tail_counts() { [ "$(status .readers.tails)" = 1 ]; }
until_true 5 tail_counts || fail "no client tails"
kill -STOP "$AGENT_PID"
timeout 60 "$B/hostportctl" --socket="$SOCK" status >/dev/null 2>"$WORK/err"
is "stopped agent: exit status" "$?" 3
has "stopped agent: said so" "$(cat "$WORK/err")" 'does not answer'
kill -CONT "$AGENT_PID"
is "it goes on" "$(status .effective)" true
kill -HUP "$AGENT_PID"
has "SIGHUP without a terminal: still there" "$(status .mode)" audit
kill -KILL "$AGENT_PID"
wait "$AGENT_PID" 2>/dev/null
AGENT_PID=
wait "$tail_pid"
is "the agent is killed: tail's exit status" "$?" 3
has "the agent is killed: tail says so" "$(cat "$WORK/tail.err")" 'the agent has ended'

# shellcheck disable=SC2317 # called by until_true
refuses_clients() { ! agent_ready; }

# A reader of the log that pauses gets the rest when the agent ends, or it is said how much not.
mkfifo "$WORK/pipe"
"$B/hostportd" --cgroup="$CGROUP" --netns="$NETNS" --socket="$SOCK" --log=json --mode=enforce \
	>"$WORK/pipe" 2>"$WORK/log" </dev/null &
AGENT_PID=$!
exec {reader}<"$WORK/pipe"
until_true 10 agent_ready || fail "into a pipe: not ready: $(last_words)"
for port in {20100..20400}; do probe tcp 4 127.0.0.1 "$port" >/dev/null; done
delivered=$(status .counters.delivered)
# late: when it has been told to end, and takes no client any more
kill -TERM "$AGENT_PID"
until_true 5 refuses_clients || fail "told to end, it takes clients"
timeout 60 cat <&"$reader" >"$WORK/late"
wait "$AGENT_PID"
exec {reader}<&-
is "a late reader has all lines" "$(grep -c '"verdict":' "$WORK/late")" "$delivered" # and notices
has "and nothing is said to be missing" "$(cat "$WORK/log")" 'lines not written 0$'
AGENT_PID=

# Sockets that share a port, open before the agent, are one line.
exec {gate}> >(probe tcp 4 127.0.0.1 20002 hold 32 >"$WORK/held")
until_true 5 grep -q . "$WORK/held" || fail "32 sockets: not held"
is "32 sockets listen" "$(cat "$WORK/held")" "ok 20002 32"
start_agent --mode=audit || finish
is "32 sockets: one line" "$(jq -s 'map(select(.port == 20002)) | length' "$WORK/events")" 1
is "32 sockets: counted" "$(events '.port == 20002 and .how == "existing"')" 32
accounted "listeners from before"
exec {gate}>&-
stop_agent

# A terminal that goes takes its agent along.
run_on_terminal() {
	script -qec "$B/hostportd --cgroup=$CGROUP --netns=$NETNS --socket=$SOCK --log=text" /dev/null \
		>/dev/null 2>&1 </dev/null &
}
run_on_terminal
script_pid=$!
if until_true 10 agent_ready; then
	agent=$(status .pid)
	echo "$agent" >"$WORK/agent.pid"
	kill -HUP "$agent"
	# shellcheck disable=SC2317 # called by until_true
	gone() { [ ! -e "/proc/$agent" ]; }
	if until_true 10 gone; then pass "SIGHUP on a terminal: it ends"; else
		fail "SIGHUP on a terminal: it goes on"
	fi
else
	fail "an agent on a terminal is not ready"
fi
wait "$script_pid" 2>/dev/null
finish
