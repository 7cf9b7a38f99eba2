#!/bin/bash
# SPDX-License-Identifier: MIT
#
# wait: until a port is free, or bound, and who has it.
# shellcheck source=lib.sh source-path=SCRIPTDIR disable=SC1091
. "$(dirname "$0")/lib.sh"

setup
REG=$WORK/reg.yaml
printf 'version: 1\nname: site\nentries:\n  - {ports: 21000, protocol: tcp, process: p}\n' >"$REG"

# try NAME STATUS ARGS...: its output is in $WORK/out and $WORK/err.
try() {
	local name=$1 want=$2
	shift 2
	timeout 120 "$B/hostportctl" --socket="$SOCK" wait "$@" >"$WORK/out" 2>"$WORK/err"
	is "$name: exit status" $? "$want"
}

try "no agent" 3 21000 --free
start_agent --registry="$REG" || finish
try "no port" 2 --free
try "neither" 2 21000
try "both" 2 21000 --free --bound
try "a range" 2 21000-21001 --free
try "an address" 2 127.0.0.1:21000 --free
try "no such protocol" 2 21000/tpc --free
has "no such protocol: which is meant" "$(cat "$WORK/err")" 'did you mean tcp\?$'

try "free" 0 21000 --free
is "free: says so" "$(cat "$WORK/out")" "21000: held by nobody"
try "not bound" 1 21000 --bound --timeout=0
is "not bound: says so" "$(cat "$WORK/err")" "hostportctl: wait: 21000: timed out: held by nobody"

keep server inside bindprobe tcp 4 127.0.0.1 21000 hold
try "bound" 0 tcp/21000 --bound
has "bound: by whom" "$(cat "$WORK/out")" "^tcp/21000: held by bindprobe\[$(keeper server)\] at 127.0.0.1:21000, "
try "of another protocol" 0 21000/udp --free
try "not free" 1 21000 --free --timeout=0
has "not free: who has it" "$(cat "$WORK/err")" "timed out: held by bindprobe\[$(keeper server)\] at "

timeout 120 "$B/hostportctl" --socket="$SOCK" wait 21000 --free >"$WORK/out" 2>"$WORK/err" &
waiting=$!
until_true 30 grep -q 'held by bindprobe' "$WORK/err" || fail "it does not say who has it"
let_go server
wait "$waiting"
is "becomes free: exit status" $? 0
is "becomes free: says so" "$(cat "$WORK/out")" "21000: held by nobody"
stop_agent
finish
