#!/bin/bash
# SPDX-License-Identifier: MIT
#
# An agent that lacks something, or loses something while it runs: it says what
# is missing and ends with nothing left behind, or continues and says so.
# shellcheck disable=SC2119 # run_agent's options are optional
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/lib_faults.sh
. tests/e2e/lib_faults.sh

sanitized() { ldd "$B/hostportd" | grep -q libasan; }


# limited NAME PREFIX...: an agent with a limit is ready, and works; or it ends with 3, and has said why
# in a line; nothing is left then. Sets READY.
limited() {
	local name=$1
	shift
	agent
	"$@" "${COMMAND[@]}" >"$WORK/out" 2>"$WORK/log" </dev/null 9<&- &
	AGENT_PID=$!
	echo "$AGENT_PID" >"$WORK/agent.pid"
	until_true 30 ready_or_gone || fail "$name: neither ready nor ended"
	READY=
	if agent_ready; then
		READY=1
		is "$name: ready, and it denies" "$(probe tcp 4 127.0.0.1 21000)" "EPERM 1"
		stop_agent
		is "$name: exit status" "$AGENT_STATUS" 0
	else
		kill "$AGENT_PID" 2>/dev/null # one that does neither
		wait "$AGENT_PID"
		is "$name: exit status" $? 3
		AGENT_PID=
		has "$name: says why" "$(cat "$WORK/log")" '^hostportd: .*: '
	fi
	is "$name: nothing is left attached" "$(attached)" 0
	is "$name: no pins" "$([ -e "$PIN" ] && echo there || echo gone)" gone
	is "$name: no socket" "$([ -e "$SOCK" ] && echo there || echo gone)" gone
}

test_descriptors() {
	limited "191 descriptors" prlimit --nofile=191:191
	has "191 descriptors: says how many it takes" "$(cat "$WORK/log")" 'open files: the limit is 191, .* needs 192'
	limited "192 descriptors" prlimit --nofile=192:192
	is "192 descriptors are enough" "$READY" 1
	limited "few descriptors, and leave to have more" prlimit --nofile=16:1024
	is "few descriptors, and leave to have more: are enough" "$READY" 1
}

test_memory() {
	local n
	limited "no locked memory" prlimit --memlock=0:0
	if sanitized; then
		skip "address space: the sanitizer reserves more than any limit"
		return
	fi
	# each size ends in another place; what those between 12 and 24 MiB run out of changes
	for n in 8 {12..20} 24 32; do
		limited "$n MiB of address space" prlimit --as=$((n << 20))
	done
	limited "256 MiB of address space" prlimit --as=$((256 << 20))
	is "256 MiB of address space are enough" "$READY" 1
}

# All descriptors are used up by clients: they are turned away, the agent does not spin, and comes back.
test_clients() {
	local i clients=()
	: >"$LINES"
	run_agent || return
	LIMIT=$(($(find "/proc/$AGENT_PID/fd" -mindepth 1 | wc -l) + 20))
	prlimit --pid "$AGENT_PID" --nofile="$LIMIT:$LIMIT"
	for ((i = 0; i < 40; i++)); do
		"$B/hostportctl" --socket="$SOCK" tail >/dev/null 2>&1 &
		clients+=($!)
	done
	until_true 10 is_full || fail "no descriptor left: there are some"
	does_not_spin "no descriptor left" 21000
	kill "${clients[@]}" 2>/dev/null
	wait "${clients[@]}" 2>/dev/null
	is "descriptors are free again: status" "$(until_true 10 agent_ready && echo ready)" ready
	is "descriptors are free again: all was told" "$(events true)" 100000
	stop_agent
}
# shellcheck disable=SC2317 # called by until_true
is_full() { [ "$(find "/proc/$AGENT_PID/fd" -mindepth 1 2>/dev/null | wc -l)" -ge "$((LIMIT - 1))" ]; }

# in_mounts SCRIPT: the agent in a mount namespace of its own, where the script comes first.
in_mounts() {
	agent "${@:2}"
	# shellcheck disable=SC2016 # for the inner shell
	timeout 60 unshare --mount bash -c "$1"'; shift; exec "$@"' - "" "${COMMAND[@]}"
}

test_mounts() {
	# shellcheck disable=SC2016 # for the inner shell
	local umount_all='for m in $(awk '\''$0 ~ / - cgroup2 / {print $5}'\'' /proc/self/mountinfo); do umount -l $m; done'
	in_mounts "$umount_all" >"$WORK/out" 2>"$WORK/err"
	is "no cgroup2: exit status" $? 3
	has "no cgroup2: says so" "$(cat "$WORK/err")" '^hostportd: cgroup2: not mounted.*mount -t cgroup2'
	is "no cgroup2: no socket" "$([ -e "$SOCK" ] && echo there || echo gone)" gone
	# where it is looked for unless it is named, there is no bpffs
	mkdir -p "$WORK/empty"
	unset HOSTPORTD_PIN
	in_mounts "mount --bind $WORK/empty /sys/fs/bpf" --pin=/sys/fs/bpf/hostportd >"$WORK/out" 2>"$WORK/err"
	is "no bpffs, and it is asked for: exit status" $? 3
	has "no bpffs, and it is asked for: says so" "$(cat "$WORK/err")" \
		'^hostportd: pins: /sys/fs/bpf/hostportd is not in a bpffs: mount one'
	# shellcheck disable=SC2016 # for the inner shell
	unshare --mount bash -c 'mount --bind "$1" /sys/fs/bpf; shift; exec "$@"' - "$WORK/empty" "$B/hostportd" \
		--cgroup="$CGROUP" --netns="$NETNS" --socket="$SOCK" --mode=enforce --registry="$REG" \
		>"$LINES" 2>"$WORK/log" </dev/null &
	AGENT_PID=$!
	echo "$AGENT_PID" >"$WORK/agent.pid"
	until_true 30 agent_ready || fail "no bpffs: not ready: $(last_words)"
	has "no bpffs: warns" "$(cat "$WORK/log")" '^hostportd: pins: .*not in a bpffs.*nothing outlives the agent'
	is "no bpffs: status" "$(status '.pins | "\(.error != null) \(.on_exit)"')" "true detach"
	is "no bpffs: it denies" "$(probe tcp 4 127.0.0.1 21000)" "EPERM 1"
	stop_agent
	is "no bpffs: nothing is left" "$(attached)" 0
	export HOSTPORTD_PIN=$PIN
}

# refuses_socket NAME PID OPTIONS...: an agent leaves the socket of the process alone.
refuses_socket() {
	local name=$1 pid=$2
	shift 2
	agent "$@"
	timeout 60 "${COMMAND[@]}" >"$WORK/out" 2>"$WORK/err"
	is "$name: exit status" $? 3
	has "$name: says so" "$(cat "$WORK/err")" "^hostportd: socket: $SOCK: another agent, or program"
	is "$name: it stays" "$(kill -0 "$pid" && [ -S "$SOCK" ] && echo there)" there
}

# The socket of a server is not replaced, agent or not; that of a dead one is.
test_socket_taken() {
	local server
	"$B/tests/e2e/notifyd" "$SOCK" >"$WORK/told" 2>&1 &
	server=$!
	until_true 5 grep -qs listening "$WORK/told" || fail "notifyd: $(cat "$WORK/told")"
	refuses_socket "the socket of another program" "$server"
	is "the socket of another program: nothing is attached" "$(attached)" 0
	kill -KILL "$server"
	wait "$server" 2>/dev/null
	run_agent && pass "the socket of a server that was killed is replaced"
	rm "$SOCK.lock"
	refuses_socket "the socket of an agent without its lock" "$AGENT_PID" --pin=none
	is "the socket of an agent without its lock: it answers" "$(status .effective)" true
	stop_agent
}

test_netns() {
	: >"$LINES"
	run_agent || return
	ip netns del "$NAME"
	is "the namespace's name is gone: selftest" "$(
		ctl selftest >"$WORK/out"
		echo $?
	)" 0
	has "the namespace's name is gone: it is said" "$(cat "$WORK/out")" 'lost its name'
	ip netns add "$NAME"
	ip -n "$NAME" link set lo up
	is "another namespace of that name: selftest" "$(
		ctl selftest >"$WORK/out"
		echo $?
	)" 1
	has "another namespace of that name: it is said" "$(cat "$WORK/out")" 'the name now belongs to another network namespace'
	is "another namespace of that name: a notice" "$(jq -s '[.[] | select(.notice == "not-effective")] | length' "$LINES")" 1
	is "another namespace is not touched" "$(probe tcp 4 127.0.0.1 21000)" "ok 21000 1"
	stop_agent
	is "another namespace of that name: the agent ends" "$AGENT_STATUS" 0
}

setup
cat >"$REG" <<'END'
version: 1
name: limits
source: test_limits.sh
entries:
  - {ports: 20000, protocol: tcp, process: mine}
END
test_descriptors
test_memory
test_clients
test_mounts
test_socket_taken
test_netns
finish
