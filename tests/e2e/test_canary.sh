#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The canary where it has no port, where its cgroup is frozen, where its agent is killed, and
# where there is another agent. All of it on the test's own cgroup.
# shellcheck source=lib.sh source-path=SCRIPTDIR disable=SC1091
. "$(dirname "$0")/lib.sh"
# shellcheck source=lib_watch.sh source-path=SCRIPTDIR disable=SC1091
. tests/e2e/lib_watch.sh

# All ports are free: the finding about post_bind must then be the same in every case below.
test_free() {
	start_agent --mode=enforce --registry="$REG" || return
	MAY_REFUSE=$(status .abilities.guard)
	selftest "free ports" 0
	stop_agent
}

# The first canary begins in its cgroup, because to be moved there takes the kernel some time. Where
# that is refused, as some sandboxes do and our own would, it is moved.
test_begin() {
	local moves='cgroup\.procs", O_WRONLY'
	if ! command -v strace >/dev/null || is_built_for_debugging; then
		skip "where the canary begins: no strace, or a build that can't be traced"
		return
	fi
	AGENT_BY=(strace -D -f -qq -e "trace=clone3,openat" -o "$WORK/trace" --)
	start_agent --mode=enforce --registry="$REG" || return
	is "in its cgroup: effective" "$(status .effective)" true
	has "in its cgroup: asked for" "$(cat "$WORK/trace")" "clone3\(\{flags=CLONE_INTO_CGROUP"
	has_not "in its cgroup: not moved" "$(cat "$WORK/trace")" "$moves"
	selftest "in its cgroup, later" 0
	has "in its cgroup, later: moved" "$(cat "$WORK/trace")" "$moves"
	has_not "in its cgroup, later: nothing is refused" "$(cat "$WORK/trace")" "ENOSYS"
	stop_agent
	AGENT_BY=(strace -D -f -qq -e "trace=clone3,openat" -e inject=clone3:error=ENOSYS -o "$WORK/trace" --)
	start_agent --mode=enforce --registry="$REG" || return
	is "refused: effective" "$(status .effective)" true
	has "refused: moved" "$(cat "$WORK/trace")" "$moves"
	is "refused: enforced" "$(probe tcp 4 127.0.0.1 21000)" "EPERM 1"
	stop_agent
	AGENT_BY=()
}

# The kernel has no port left to choose: any process may hold them all.
test_no_port() {
	local port
	ip netns exec "$NAME" sysctl -qw net.ipv4.ip_local_port_range="40000 40001"
	for port in 40000 40001; do keep "port$port" outside bindprobe udp 6 :: "$port" hold; done
	is "no port is left" "$(outside "$B/tests/e2e/bindprobe" udp 4 0.0.0.0 0)" "EADDRINUSE 1"
	for mode in audit enforce; do
		start_agent --mode=$mode --registry="$REG" || return
		selftest "no port is left, $mode" 0
		says "no port is left, $mode" "^effective +yes$"
		is "no port is left, $mode: proved all the same" "$(ctl selftest --json |
			jq -c "[.reason, .checked < 2, (.hooks | map(.proved)), (.hooks | map(.canary))]")" \
			"[null,true,[true,true,true,true],[\"denied\",\"denied\",\"seen\",\"seen\"]]"
		is "no port is left, $mode: whether post_bind may refuse is known" \
			"$(status .abilities.guard)" "$MAY_REFUSE"
		[ $mode = audit ] || is "no port is left: enforced" "$(probe tcp 4 127.0.0.1 21000)" "EPERM 1"
		stop_agent
	done
	start_agent --mode=enforce --registry="$REG" || return
	"$B/tests/e2e/foreign" detach "$(status ".attached[] | select(.hook == \"$(full post_bind4)\") | .link_id")"
	selftest "no port is left, detached" 1
	says "no port is left, detached" "$(full post_bind4): NOT PROVED: .* the hook does not run$"
	stop_agent
	let_go port40000 port40001
	ip netns exec "$NAME" sysctl -qw net.ipv4.ip_local_port_range="32768 60999"
}

# A canary that hangs, for its cgroup is frozen when the agent has just seen that it was not: sets
# CHILD.
catch_canary() {
	local dir=$CGROUP/hostportd-canary.$AGENT_PID end
	for _ in {1..60}; do
		"${CTL[@]}" selftest >"$WORK/selftest" 2>&1 &
		end=$((SECONDS + 30))
		until [ -d "$dir" ] || [ "$SECONDS" -ge "$end" ]; do :; done
		echo 1 >"$CGROUP/cgroup.freeze"
		CHILD=
		if sleep 0.05 && read -r CHILD 2>/dev/null <"$dir/cgroup.procs"; then return 0; fi
		echo 0 >"$CGROUP/cgroup.freeze"
		wait $!
	done 2>/dev/null
	return 1
}

# An agent that is killed while its canary hangs leaves nothing.
# Without pins programs stay as long as a process has their links open.
test_killed() {
	local old
	start_agent --mode=enforce --pin=none --registry="$REG" || return
	old=$AGENT_PID
	if ! catch_canary; then
		skip "killed: no canary could be frozen in the midst"
		stop_agent
		return
	fi
	is "killed: what the canary has open" \
		"$(find "/proc/$CHILD/fd" -maxdepth 0) $(find "/proc/$CHILD/fd" -lname 'anon_inode:*' -o -lname '*.lock' | wc -l)" \
		"/proc/$CHILD/fd 0"
	kill -KILL "$old"
	wait "$old" 2>/dev/null
	until_true 5 is_gone "$CHILD" || fail "killed: the canary lives: $CHILD"
	until_true 5 none_attached || fail "killed: programs stay: $(bpftool cgroup show "$CGROUP")"
	start_agent --mode=enforce --registry="$REG" || return
	pass "killed: another one starts"
	echo 0 >"$CGROUP/cgroup.freeze"
	selftest "killed, another one" 0
	is "killed: no directory stays" "$(find "$CGROUP" -mindepth 1 -type d)" ""
	stop_agent
}

# In a frozen cgroup no process would run: the last proof stands, and the agent does not wait.
test_frozen() {
	start_agent --mode=enforce --registry="$REG" || return
	echo 1 >"$CGROUP/cgroup.freeze"
	selftest "a frozen cgroup" 0
	says "a frozen cgroup" '^effective +yes: cgroup_inet4_bind: could not be tried now: the cgroup is frozen$'
	is "a frozen cgroup: as proved before" "$(ctl selftest --json | jq -c '.hooks | map(.proved)')" \
		'[true,true,true,true]'
	has "a frozen cgroup: standard error" "$(cat "$WORK/log")" "could not be tried now"
	status_exits "a frozen cgroup" 0
	has "a frozen cgroup: status" "$(cat "$WORK/status")" ", effective: .* the cgroup is frozen$"
	is "a frozen cgroup: no process" "$(pgrep -c -P "$AGENT_PID")" 0
	"$B/tests/e2e/foreign" detach "$(status '.attached[0].link_id')"
	selftest "frozen and detached" 1
	says "frozen and detached" "^effective +NO: .* its link is dead$"
	stop_agent
	start_agent --mode=enforce --registry="$REG" || return
	status_exits "started in a frozen cgroup" 0
	has "started in a frozen cgroup: standard error" "$(cat "$WORK/log")" "could not be tried now"
	selftest "started in a frozen cgroup" 0
	says "started in a frozen cgroup" 'bind: NOT PROVED: could not be tried now: the cgroup is frozen$'
	echo 0 >"$CGROUP/cgroup.freeze"
	selftest "thawed" 0
	says "thawed" '^effective +yes$'
	is "thawed: proved" "$(ctl selftest --json | jq -c '.hooks | map(.proved)')" \
		'[true,true,true,true]'
	is "thawed: what post_bind may do is known" "$(status .abilities.guard)" "$MAY_REFUSE"
	is "thawed: the canary left nothing" "$(find "$CGROUP" -mindepth 1 -type d)" ""
	stop_agent
}

# has_child: sets CHILD.
has_child() {
	read -r CHILD <"/proc/$AGENT_PID/task/$AGENT_PID/children"
	[ -n "$CHILD" ]
}

# stop_canary: catch the next canary that the agent makes by itself, and stop it.
stop_canary() {
	local end=$((SECONDS + 120))
	until has_child; do [ "$SECONDS" -lt "$end" ] || return; done
	kill -STOP "$CHILD"
} 2>/dev/null

is_stopped() { grep -q '^State:[[:space:]]*T' "/proc/$CHILD/status" 2>/dev/null; }

# A canary that hangs keeps no client waiting, and the first one proves nothing.
test_hangs() {
	local answered=no
	start_agent --mode=enforce --registry="$REG" || return
	for _ in {1..5}; do
		stop_canary && agent_ready && is_stopped && answered=yes
		until_true 60 is_gone "$CHILD" || fail "it hangs: it was not killed"
		[ $answered = no ] || break
	done
	is "it hangs: status is answered meanwhile" "$answered" yes
	status_exits "it hangs" 0
	is "it hangs: effective" "$(status .effective)" true
	selftest "it hung" 0
	is "it hung: no directory stays" "$(find "$CGROUP" -mindepth 1 -type d)" ""
	stop_agent
}

# A second agent for the same cgroup and namespace is called what it is.
test_two_agents() {
	local first second log="another hostportd checks this cgroup"
	start_agent --mode=audit --registry="$REG" || return
	first=$AGENT_PID
	has_not "one agent: no warning" "$(cat "$WORK/log")" "$log"
	"$B/hostportd" --cgroup="$CGROUP" --netns="$NETNS" --socket="$WORK/second.sock" --pin=none --mode=audit \
		--registry="$REG" >"$WORK/second.events" 2>"$WORK/second.log" </dev/null 9<&- &
	second=$!
	OTHERS+=("$second")
	until_true 20 has_text "$WORK/second.log" ": ready" || fail "no second agent: $(cat "$WORK/second.log")"
	has "two agents: the second one warns" "$(cat "$WORK/second.log")" "^hostportd: $log: "
	selftest "two agents" 0
	says "two agents" "$(full bind4): program [0-9]+ \(hp_bind4, another hostportd\) runs after ours$"
	is "two agents: notices" "$(notices '.message | test("another hostportd")')" 4
	is "two agents: as JSON" "$(status '.foreign | map("\(.name) \(.hostportd)") | join(" ")')" \
		"hp_bind4 true hp_bind6 true hp_post_bind4 true hp_post_bind6 true"
	others_gone
	selftest "one is gone" 0
	is "one is gone: as JSON" "$(status '.foreign | length')" 0
	is "one is gone: the first one is there" "$AGENT_PID" "$first"
	stop_agent
}

setup_watch
test_free
test_begin
test_no_port
test_frozen
test_killed
if [ -n "${E2E_QUICK:-}" ]; then skip "it hangs: a quick run"; else test_hangs; fi
test_two_agents
finish
