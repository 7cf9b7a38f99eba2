#!/bin/bash
# SPDX-License-Identifier: MIT
# Signs of life: sent if asked for, at the requested pace, while the loop runs.
# shellcheck source=lib.sh source-path=SCRIPTDIR disable=SC1091
# shellcheck disable=SC2317 # functions are called by until_true
. "$(dirname "$0")/lib.sh"
setup

signs() { grep -c '^WATCHDOG=1$' "$WORK/told"; }
more_signs_than() { [ "$(signs)" -gt "$1" ]; }
told() { grep -q "$1" "$WORK/told"; }

"$B/tests/e2e/notifyd" "$WORK/notify" >"$WORK/told" 2>&1 &
notifyd=$!
until_true 5 told listening || fail "notifyd: $(cat "$WORK/told")"
export NOTIFY_SOCKET=$WORK/notify

# 200 ms: a sign each 100. WATCHDOG_PID is left out, as where a shell starts the agent. The same loop
# makes a sweep each second, which may wait as a sign may: one sees ten signs from one to the next.
export WATCHDOG_USEC=200000
start_agent --mode=audit --sweep=1 || finish
runs_are() { [ "$(status .sweep.runs)" -ge "$1" ]; }
runs=$(status .sweep.runs)
before=$(signs) began=${EPOCHREALTIME/[.,]/}
until_true 30 runs_are $((runs + 3)) || fail "no sweep"
signs=$(($(signs) - before)) took=$((${EPOCHREALTIME/[.,]/} - began))
if [ "$signs" -ge 10 ] && [ "$signs" -le $((took / 100000 + 2)) ]; then
	pass "signs of life: at the pace that was asked for"
else
	fail "signs of life: $signs in three sweeps and $took µs, want one each 100 ms"
fi

kill -STOP "$AGENT_PID"
before=$(signs)
sleep 0.5 # what would be five
if [ "$(signs)" -le $((before + 1)) ]; then # one may have been under way
	pass "a stopped agent gives none"
else
	fail "a stopped agent gives signs: $before, then $(signs)"
fi
kill -CONT "$AGENT_PID"
before=$(signs)
if until_true 5 more_signs_than "$before"; then pass "it gives them again"; else fail "no sign after SIGCONT"; fi
stop_agent

# no_signs NAME: none comes while the loop makes sweeps, between which five are asked for.
no_signs() {
	start_agent --mode=audit --sweep=1 || return
	local before
	before=$(signs)
	until_true 30 runs_are 2 || fail "$1: no sweep"
	is "$1: none" "$(signs)" "$before"
	stop_agent
}
export WATCHDOG_PID=1
no_signs "asked of another process"
has_not "asked of another process: no warning" "$(cat "$WORK/log")" WATCHDOG
unset WATCHDOG_PID
export WATCHDOG_USEC=200ms
no_signs "not a number"
has "not a number: said so" "$(cat "$WORK/log")" 'WATCHDOG_USEC.*no signs of life'
unset WATCHDOG_USEC
no_signs "nobody asks"

kill "$notifyd"
wait "$notifyd" 2>/dev/null
finish
