#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Floods: every attempt is in a line, in a line's count, or counted as lost; the
# lines have a bound, the agent answers meanwhile, and the kernel's record alone
# names the process. Slow and stuck readers are in test_readers.sh; what processor
# time it takes, the bench says.
# shellcheck source=lib.sh source-path=SCRIPTDIR disable=SC1091
. "$(dirname "$0")/lib.sh"
# shellcheck source=lib_storm.sh source-path=SCRIPTDIR disable=SC1091
. tests/e2e/lib_storm.sh

REG=$WORK/reg.yaml
EXE=$(realpath "$STORM")
CPUS=$(nproc)
FLOOD=64000 # attempts
ROOM=(--ring-size=4M) # no agent that reads is so slow that this is full

# flood MODE PROTO THREADS PORTS WHAT: a storm, and what must be true of it.
flood() {
	local name="$1: $2, $3 threads, $5" out=$WORK/out began ended want lines
	start_agent --mode="$1" --registry="$REG" "${ROOM[@]}" || return
	began=$(now_ms)
	storm --proto="$2" --threads="$3" --ports="$4" --count=$((FLOOD / $3)) >"$out" &
	until_true 5 grep -q '^ok' "$out" || fail "$name: it does not begin"
	answers "$name"
	wait $!
	ended=$(now_ms)
	want=$(stormed "$out" "$([ "$1" = audit ] && echo .ok || echo .EPERM)")
	is "$name: every attempt has that outcome" "$want" "$(stormed "$out" .attempts)"
	is "$name: a flood" "$want" "$FLOOD"
	all_counted "$name" "$want"
	accounted "$name"
	lines=$(status .counters.delivered)
	is "$name: none lost because the ring was full" "$(status .counters.lost_by.ring)" 0
	is "$name: none lost for want of memory" "$(status .counters.lost_by.note)" 0
	if [ "$5" = "one port" ]; then
		is "$name: nothing is lost" "$(status .counters.lost)" 0
		# the first one, one a second of each CPU that sees it due at once, and what status asks for
		at_most "$name: lines" "$lines" $((6 + 2 * CPUS * (2 + (ended - began) / 1000)))
	else
		is "$name: lost at the rate" "$(status '.counters | .lost == .lost_by.rate and .lost > 0')" true
		# A record is a line, and may end another holder, which makes a second one; a reading
		# of the slots (twice here, and each second) makes at most one line of a slot.
		at_most "$name: lines" "$lines" \
			$((2 * CPUS * (384 + ended - began) + 4096 * (3 + (ended - began) / 1000)))
	fi
	stop_agent
	is "$name: the agent ends well" "$AGENT_STATUS" 0
}

# The programs are the same for both protocols.
test_floods() {
	local how
	for how in "tcp 1" "udp 2" "udp 4" "tcp 8"; do
		# shellcheck disable=SC2086 # protocol and threads
		flood "$1" $how 21000 "one port"
		# shellcheck disable=SC2086
		flood "$1" $how 10000-59999 "50,000 ports"
	done
}

# Two processors find the same thing new at the same moment: one makes the line, the other is in it.
test_together() {
	local out=$WORK/out n=$((2 * 600))
	start_agent --mode=enforce --registry="$REG" || return
	storm --together --threads=2 --count=$((n / 2)) --pace=2000 --ports=10000-10599 >"$out"
	is "together: every attempt is refused" "$(stormed "$out" .EPERM)" $n
	all_counted "together" $n
	accounted "together"
	is "together: nothing is lost" "$(status .counters.lost)" 0
	is "together: two of each port" "$(jq -rs 'map(select(.verdict)) | group_by(.port) | map(map(.count) | add) | "\(length) \(min) \(max)"' "$WORK/events")" "600 2 2"
	stop_agent
}

# Allowed binds in the midst of a flood: none fails, none makes a line.
test_between() {
	local out=$WORK/out denied
	start_agent --mode=enforce --registry="$REG" || return
	storm --threads=4 --count=$((FLOOD / 4)) --always-ok=5000-5009 --never-ok=10000-59999 >"$out"
	is "in a flood: what may be had can be had, the rest can't" "$(stormed "$out" .unexpected)" 0
	denied=$(stormed "$out" .never_ok.attempts)
	at_most "in a flood: as many of both, but for the last of a thread" \
		$(($(stormed "$out" .always_ok.attempts) - denied)) 4
	all_counted "in a flood" "$denied"
	accounted "in a flood"
	is "in a flood: no line of an allowed port" "$(events '.port < 10000')" 0
	stop_agent
}

# The checks of a fork bomb's lines: each process names itself, see storm.c.
SELF='.comm == "s\(.pid).\(.port)" and .uid == 100000 + .port'

# The agent looks when all of them are gone.
test_gone() {
	local out=$WORK/out n=1500 dir
	start_agent --mode="$1" --registry="$REG" --ring-size=1M || return
	dir=$CGROUP/bomb
	mkdir "$dir"
	kill -STOP "$AGENT_PID"
	# as many as the ring holds; slow enough for the rate, should one CPU do it all
	inside_cgroup "$dir" "$STORM" --fork --threads=4 --count=$((n / 4)) --pace=4000 \
		--ports=30000-$((30000 + n - 1)) >"$out"
	is "$1: processes that are gone: they ran" "$(stormed "$out" '"\(.attempts) \(.no_socket)"')" "$n 0"
	kill -CONT "$AGENT_PID"
	all_counted "$1: processes that are gone" $n
	accounted "$1: processes that are gone"
	is "$1: processes that are gone: lost" "$(status .counters.lost)" 0
	is "$1: processes that are gone: a line each" "$(jq -s 'map(select(.verdict) | [.pid, .port]) | unique | length' "$WORK/events")" $n
	is "$1: processes that are gone: pid, uid and comm" "$(events "$SELF")" $n
	is "$1: processes that are gone: cgroup and workload" \
		"$(events ".cgroup == \"/$NAME/bomb\" and .workload.kind == \"cgroup\"")" $n
	is "$1: processes that are gone: no program is made up" "$(events .exe)" 0
	stop_agent
	rmdir "$dir"
}

# The agent looks while they come and go: at the program it may be too late, but never wrong.
test_fork_bomb() {
	local out=$WORK/out n=$((8 * 200))
	start_agent --mode=enforce --registry="$REG" "${ROOM[@]}" || return
	storm --fork --threads=8 --count=$((n / 8)) --ports=30000-59999 >"$out"
	is "a fork bomb: $n processes" "$(stormed "$out" .EPERM)" $n
	is "a fork bomb: every process was refused" "$(stormed "$out" '"\(.attempts) \(.no_socket)"')" "$n 0"
	all_counted "a fork bomb" "$n"
	accounted "a fork bomb"
	is "a fork bomb: lost because the ring was full" "$(status .counters.lost_by.ring)" 0
	is "a fork bomb: pid, uid and comm" "$(events "$SELF | not")" 0
	is "a fork bomb: cgroup" "$(events ".cgroup != \"/$NAME\"")" 0
	is "a fork bomb: no wrong program" "$(events "(.exe // \"$EXE\") != \"$EXE\"")" 0
	stop_agent
}

# Control groups that come and go: known before, the path is told; never another one's.
test_cgroups() {
	local i
	start_agent --mode=enforce --registry="$REG" || return
	mkdir "$CGROUP/kept (deleted)"
	inside_cgroup "$CGROUP/kept (deleted)" "$STORM" --ports=31000 --count=1 >/dev/null
	is "a control group that is named like one that is gone" "$(events ".cgroup == \"/$NAME/kept (deleted)\"")" 1
	mkdir "$CGROUP"/known{1..20}
	for i in {1..20}; do
		inside_cgroup "$CGROUP/known$i" "$STORM" --ports=$((31000 + i)) --count=1 >/dev/null
	done
	is "control groups, while they are there" "$(events ".cgroup == \"/$NAME/known\\(.port - 31000)\"")" 20
	kill -STOP "$AGENT_PID"
	mkdir "$CGROUP"/new{1..20}
	for i in {1..20}; do
		inside_cgroup "$CGROUP/known$i" "$STORM" --fork --ports=$((32000 + i)) --count=1 >/dev/null
		inside_cgroup "$CGROUP/new$i" "$STORM" --fork --ports=$((33000 + i)) --count=1 >/dev/null
	done
	until_true 5 all_removed || fail "control groups stay"
	mkdir "$CGROUP"/other{1..40} # should an id come again
	kill -CONT "$AGENT_PID"
	all_counted "control groups that are gone" 61
	is "control groups that are gone, known before" \
		"$(events ".port > 31000 and .port < 33000 and .cgroup == \"/$NAME/known\\(.port % 1000)\"")" 40
	is "control groups that are gone, never seen: the one above" \
		"$(events ".port >= 33000 and .cgroup == \"/$NAME\"")" 20
	is "control groups that are gone: pid, uid and comm all the same" "$(events ".port > 32000 and $SELF")" 40
	# while the agent reads: what it says of a group is its path or the one above
	for i in {1..60}; do
		mkdir "$CGROUP/brief$i"
		inside_cgroup "$CGROUP/brief$i" "$STORM" --ports=$((34000 + i)) --count=1 >/dev/null
		until_true 5 rmdir "$CGROUP/brief$i" 2>/dev/null
	done
	is "control groups that go while the agent reads: the path or the one above" "$(events "
		.port > 34000 and (.cgroup == \"/$NAME\" or .cgroup == \"/$NAME/brief\\(.port - 34000)\")")" 60
	stop_agent
	rmdir "$CGROUP"/other{1..40} "$CGROUP/kept (deleted)"
}

# shellcheck disable=SC2317 # called by until_true
all_removed() {
	rmdir "$CGROUP"/{known,new}{1..20} 2>/dev/null
	[ -z "$(find "$CGROUP" -name 'known*' -o -name 'new*')" ]
}

# shellcheck disable=SC2317 # called by until_true
runs() { [ "$(readlink "/proc/$1/exe")" = "$(realpath "$(command -v "$2")")" ]; }

# A pid that another process has by the time the agent looks is not taken for the first one.
test_pid_reuse() {
	local pid other
	start_agent --mode=enforce --registry="$REG" || return
	kill -STOP "$AGENT_PID"
	# shellcheck disable=SC2016 # for the inner shell
	pid=$(inside bash -c 'echo $$; exec "$@"' bash "$EXE" --ports=35000 --count=1 | head -n 1)
	sleep 0.05 # /proc tells when a process started in hundredths of a second
	"$B/tests/e2e/withpid" "$pid" sleep 60 &
	other=$!
	if until_true 5 runs "$pid" sleep; then
		kill -CONT "$AGENT_PID"
		is "a pid that has come again" \
			"$(events true) $(jq -r '"\(.pid) \(.comm) \(.exe) \(.cgroup)"' "$WORK/events")" \
			"1 $pid storm null /$NAME"
	else
		fail "a pid that has come again: $pid did not"
		kill -CONT "$AGENT_PID"
	fi
	kill "$other"
	wait "$other" 2>/dev/null
	stop_agent
}

# Wake-ups are interrupts to oneself, counted by the machine; there are few others.
wakeups() { awk '/^ *IWI:/ { for (i = 2; $i ~ /^[0-9]+$/; i++) n += $i } END { print n + 0 }' /proc/interrupts; }

# While much waits its reader is woken more often, but not for each record.
test_wakeups() {
	local out=$WORK/out n=8000 before
	if ! grep -q '^ *IWI:' /proc/interrupts; then
		skip "wake-ups: this machine does not count them"
		return
	fi
	start_agent --mode="$1" --registry="$REG" --fold=0 --ring-size=4M || return
	kill -STOP "$AGENT_PID"
	before=$(wakeups)
	storm --count=$n --ports=21000 >"$out"
	at_most "$1: a reader that sleeps: wake-ups for $n records" "$(($(wakeups) - before))" $((n / 8))
	kill -CONT "$AGENT_PID"
	each_told "$1: a reader that sleeps" $n
	stop_agent
}

setup_alone # floods: the agent is to keep up with them, and others would have to
write_registry
modes="audit enforce"
if [ -n "${E2E_QUICK:-}" ]; then
	modes=audit
	skip "enforce: counted by the same code: left out, a quick run"
fi
for mode in $modes; do
	test_floods "$mode"
	test_gone "$mode"
done
test_together
test_between
test_fork_bomb
test_cgroups
test_pid_reuse
test_wakeups audit
finish
