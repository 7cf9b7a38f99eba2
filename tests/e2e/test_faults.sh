#!/bin/bash
# SPDX-License-Identifier: MIT
#
# No gap: while agents are killed, stopped, and replaced by other versions, one
# process binds a registered and an unregistered port without pause. Not one bind
# of the first may fail, not one of the second succeed, and each is counted.
# shellcheck disable=SC2119 # run_agent's options are optional
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/lib_faults.sh
. tests/e2e/lib_faults.sh

export HOSTPORTD_ON_EXIT=keep
instances() { find "$PIN" -mindepth 1 -maxdepth 1 -type d | wc -l; }

KILLS=${FAULTS_KILLS:-40}
BINDS=(--threads=2 --always-ok=20000 --never-ok=21000-21003)
if [ -n "${E2E_QUICK:-}" ]; then # where one slow processor is all there is
	KILLS=6
	BINDS+=(--pace=300)
fi

# An agent is killed at random moments, from the first moment of its start on.
test_kill() {
	local i
	run_agent || return
	begin_storm "${BINDS[@]}"
	kill_agent
	agent
	for ((i = 0; i < KILLS; i++)); do
		# the later ones are ready by then, the first are not yet attached
		end_line
		timeout -s KILL "0.$(printf %03d $((i * 400 / KILLS + 4)))" "${COMMAND[@]}" >>"$LINES" 2>"$WORK/log" \
			</dev/null 9<&-
	done 2>/dev/null
	for ((i = 0; i < 5; i++)); do
		run_agent || return
		kill_agent
	done
	end_storm "kill -9, $((KILLS + 6)) times"
	run_agent || return
	counted "kill -9"
	is "kill -9: instances" "$(instances)" 1
	is "kill -9: effective" "$(status .effective)" true
	stop_agent
	ctl detach --yes >/dev/null
}

# The agent is stopped for seconds: the kernel continues, and no count is lost.
test_stop() {
	run_agent || return
	begin_storm "${BINDS[@]}"
	kill -STOP "$AGENT_PID"
	is "SIGSTOP: storm goes on" "$(kill -0 "$(keeper storm)" && echo yes)" yes
	# longer than folding, than the watch between two looks, and than a client waits
	is "SIGSTOP: status" "$(
		ctl status >/dev/null 2>&1
		echo $?
	)" 3
	kill -CONT "$AGENT_PID"
	until_true 10 agent_ready || fail "SIGCONT: the agent does not answer"
	end_storm "SIGSTOP"
	counted "SIGSTOP"
	stop_agent
	ctl detach --yes >/dev/null
}

# upgrade NAME AGENT...: one after the other; each ends when it is asked to.
upgrade() {
	local name=$1
	shift
	: >"$LINES"
	run_agent || return
	begin_storm "${BINDS[@]}"
	# shellcheck disable=SC2034 # for run_agent
	for AGENT in "$@"; do
		stop_agent
		run_agent || return
	done
	unset AGENT
	end_storm "$name"
	is "$name: programs" "$(status '[.attached[] | select(.hook | startswith("cgroup_inet")) | select(.alive)] | length')" 4
	is "$name: links" "$(bpftool -j link show | jq "map(select(.cgroup_id == $(stat -c %i "$CGROUP"))) | length")" 4
	is "$name: instances" "$(instances)" 1
}

test_upgrade() {
	local next=$B/next/hostportd other=$B/other/hostportd this=$B/hostportd
	upgrade "upgrade" "$next" "$this" "$next"
	is "upgrade: version" "$(status .version)" "$("$next" --version | cut -d' ' -f2)"
	counted "upgrade"
	stop_agent
	ctl detach --yes >/dev/null
	if [ -n "${E2E_QUICK:-}" ]; then
		upgrade "upgrade to another layout" "$other"
	else
		upgrade "upgrade to another layout" "$other" "$this" "$other" "$next" "$other"
	fi
	is "upgrade to another layout: adopted" "$(status .pins.adopted)" false
	stop_agent
	ctl detach --yes >/dev/null
}

setup_alone # a storm, and agents that begin in the midst of it
cat >"$REG" <<'END'
version: 1
name: faults
source: test_faults.sh
entries:
  - {ports: 20000, protocol: tcp, process: mine}
END
test_kill
test_stop
test_upgrade
finish
