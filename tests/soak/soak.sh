#!/bin/bash
# SPDX-License-Identifier: MIT
#
# An agent that has all there is to do, for SOAK_MINUTES (30): storms of binds,
# processes, control groups and sockets that come and go, clients that come, go
# and don't read, malformed requests, reloads. Samples of its memory and of what
# it has open go to $B/soak/samples.csv; judge.sh says whether anything grows.
# shellcheck source=../e2e/lib.sh source-path=SCRIPTDIR disable=SC1091
. "$(dirname "$0")/../e2e/lib.sh"

SAMPLES=$B/soak/samples.csv
LENGTH=$((${SOAK_MINUTES:-30} * 60))
LEAST=12 # samples, however slow the machine is: judge.sh needs 11
LATEST=$((LENGTH + 1200)) # seconds: it ends, whatever there is
EVERY=$((LENGTH / 120 > 0 ? LENGTH / 120 : 1)) # seconds between samples
REG=$WORK/reg.yaml
rounds=0

# registry N: one of two that differ, in the place of the one before, at once.
registry() {
	cat >"$REG.new" <<-END
		version: 1
		name: soak
		source: soak.sh
		entries:
		  - {ports: 20000, protocol: tcp, process: mine}
		  - {ports: $((20001 + $1 % 2)), protocol: tcp, process: one or the other}
		  - {ports: 24000, protocol: tcp, process: local, scope: localhost}
		exceptions:
		  - {ports: 25000-25999, protocol: udp, class: unregistered, until: 2099-01-01, reason: soak}
	END
	mv "$REG.new" "$REG"
}

# ---- the load ---------------------------------------------------------------------------------
storms() {
	inside "$B/tests/e2e/manyports" tcp 20000 1 200 4
	inside "$B/tests/e2e/manyports" tcp 21000 64 20 4
	inside "$B/tests/e2e/manyports" udp 25000 32 4
	probe tcp 6 :: 24000 50
	probe udp 4 0.0.0.0 0 20
}

# A control group and processes that never come back.
passers_by() {
	local dir=$CGROUP/round$rounds port
	mkdir "$dir" || return
	for port in 21000 20000 21001 25000; do
		inside_cgroup "$dir" "$B/tests/e2e/bindprobe" udp 4 127.0.0.1 "$port"
	done
	until_true 5 rmdir "$dir" 2>/dev/null
}

clients() {
	local pid
	ctl status
	ctl listeners
	[ $((rounds % 8)) -ne 0 ] || ctl selftest
	"$B/hostportctl" --socket="$SOCK" tail --json --replay=1000 &
	pid=$!
	"$B/tests/e2e/ask" "$SOCK" <<<'{"verb":"tail","classes":7}'
	head -c 5000 /dev/urandom | timeout 5 "$B/tests/e2e/ask" "$SOCK"
	kill -KILL "$pid"
	wait "$pid"
}

# A client that tails and never reads: it is stopped, until the next one comes.
slow_client() {
	[ -z "$slow" ] || kill -KILL "$slow"
	[ -z "$slow" ] || wait "$slow"
	"$B/hostportctl" --socket="$SOCK" tail --json --replay=1000 &
	slow=$!
	sleep 0.05
	kill -STOP "$slow"
}
slow=

# Sockets that only a sweep can find: of another control group.
for_the_sweep() {
	local name=held$((rounds % 2))
	[ "$rounds" -lt 2 ] || let_go "$name"
	keep "$name" outside bindprobe tcp 4 0.0.0.0 $((22000 + rounds % 50)) hold
}

reload() {
	registry "$rounds"
	kill -HUP "$AGENT_PID"
	[ -z "$has_reload" ] || ctl reload
}

one_round() {
	storms
	passers_by
	clients
	[ $((rounds % 4)) -ne 0 ] || slow_client
	for_the_sweep
	reload
	: >"$WORK/events"
	rounds=$((rounds + 1))
}

# The last 1000 lines are kept (user/stream/history.h): let there be as many before it counts.
fill() {
	local n
	for n in 1 2 3; do inside "$B/tests/e2e/manyports" tcp 30000 3000 1; done
}

# ---- what is measured -------------------------------------------------------------------------
# Connections that have just been given up are still open: the least of some readings.
descriptors() {
	local n least=
	for _ in 1 2 3 4 5 6; do
		n=$(find "/proc/$AGENT_PID/fd" -mindepth 1 | wc -l)
		[ -n "$least" ] && [ "$least" -le "$n" ] || least=$n
		sleep 0.05
	done
	echo "$least"
}

# of_file NAME FILE: a number of a file of /proc, by its name there.
of_file() { awk -v name="$1:" '$1 == name {print $2; exit}' "/proc/$AGENT_PID/$2"; }

# One that reads the registry has ended within a moment: the least of some readings.
threads() { for _ in 1 2 3 4; do of_file Threads status; done | sort -n | head -n 1; }

# What BPF objects the agent has: how many, and the memory that the kernel charges for them.
objects() {
	cat "/proc/$AGENT_PID"/fdinfo/* 2>/dev/null | awk '
		$1 == "map_id:" { maps += !seen["m" $2]++ }
		$1 == "prog_id:" { programs += !seen["p" $2]++ }
		$1 == "memlock:" { memlock += $2 }
		END { printf "%d,%d,%d", maps, programs, memlock / 1024 }'
}

sample() {
	echo "$SECONDS,$(of_file VmRSS status),$(of_file Pss smaps_rollup),$(descriptors),$(threads),$(objects)" >>"$SAMPLES"
}

is_over() {
	[ "$SECONDS" -ge "$LATEST" ] || { [ "$SECONDS" -ge "$LENGTH" ] && [ "$samples" -ge "$LEAST" ]; }
}

# Between two samples only the client that does not read is connected.
soak() {
	local next=0 samples=0
	mkdir -p "$B/soak"
	echo "seconds,rss_kb,pss_kb,descriptors,threads,maps,programs,bpf_kb" >"$SAMPLES"
	fill >/dev/null
	SECONDS=0
	while ! is_over && kill -0 "$AGENT_PID"; do
		one_round >/dev/null 2>>"$WORK/noise"
		if [ "$SECONDS" -ge "$next" ]; then
			sample
			samples=$((samples + 1))
			next=$((SECONDS + EVERY))
		fi
		sleep 0.2
	done
}

also_clear() {
	[ -z "$slow" ] || kill -KILL "$slow" 2>/dev/null
}

LIMIT_S=$((LENGTH + 900))
prepare --unlock # a soak is long, and other tests don't disturb it
registry 0
has_reload=$("$B/hostportctl" --help | grep -o '^  reload')
start_agent --mode=enforce --registry="$REG" --sweep=1 || finish
soak
has "the agent has worked" "$(status '"\(.counters.violations > 1000) \(.effective)"')" "true true"
accounts=$(status '.counters | .violations == .delivered + .folded + .lost')
is "violations = delivered + folded + lost" "$accounts" true
stop_agent
is "exit status" "$AGENT_STATUS" 0
echo "$rounds rounds, $(($(wc -l <"$SAMPLES") - 1)) samples in $SAMPLES"
if ! tests/soak/judge.sh "$SAMPLES"; then failures=$((failures + 1)); fi
finish
