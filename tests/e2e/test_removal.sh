#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The end, as docs/operations.md has it: agents that keep their programs are replaced by ones that don't, which are
# then deleted. Until then there is no gap, after it nothing is left. And what becomes of it without the first step.
# shellcheck disable=SC2119 # run_agent's options are optional
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/lib_faults.sh
. tests/e2e/lib_faults.sh

BINDS=(--threads=2 --always-ok=20000 --never-ok=21000-21003)
[ -z "${E2E_QUICK:-}" ] || BINDS+=(--pace=300)

reserved() { ip netns exec "$NAME" sysctl -n net.ipv4.ip_local_reserved_ports; }
files() { find "$WORK" -name 'agent.sock*' -printf '%f\n' | sort | paste -sd' '; }

# enforces NAME: with or without an agent.
enforces() {
	is "$1: denies" "$(probe tcp 4 127.0.0.1 21000)" "EPERM 1"
	is "$1: allows" "$(probe tcp 4 127.0.0.1 20000)" "ok 20000 1"
	is "$1: a registered port is reserved" "$(reserved)" 50000
}

# nothing_left NAME: on the node. The kernel puts two files into each bpffs.
nothing_left() {
	is "$1: programs" "$(attached)" 0
	is "$1: pins" "$(find "$BPFFS" -mindepth 1 ! -name '*.debug')" ""
	is "$1: socket, lock and note" "$(files)" ""
	is "$1: reserved ports" "$(reserved)" ""
	is "$1: nothing is denied" "$(probe tcp 4 127.0.0.1 21000)" "ok 21000 1"
}

# The rollout to agents that detach is one like any other; then they are deleted.
test_steps() {
	local counted
	HOSTPORTD_ON_EXIT=keep run_agent || return
	enforces "as it was"
	begin_storm "${BINDS[@]}"
	stop_agent
	is "between two agents: the note stays" "$(files)" "agent.sock.reserved"
	HOSTPORTD_ON_EXIT=detach run_agent || return
	end_storm "rollout"
	is "rollout: taken over" "$(status '.pins | "\(.adopted) \(.on_exit)"')" "true detach"
	counted=$(status .counters.violations)
	is "rollout: all is counted" "$counted" "$(($(jq .never_ok.EPERM "$WORK/storm") + 1))"
	enforces "rollout"
	stop_agent
	nothing_left "deleted"
}

# Deleted at once, the node goes on enforcing; what is deployed once more finds it.
test_forgotten() {
	HOSTPORTD_ON_EXIT=keep run_agent || return
	stop_agent
	enforces "deleted at once"
	HOSTPORTD_ON_EXIT=detach run_agent || return
	is "deployed once more: taken over" "$(status .pins.adopted)" true
	stop_agent
	nothing_left "deployed once more, and deleted"
}

# By hand, on a node where no agent runs; one that was killed has left its socket and lock, which hold nothing.
test_by_hand() {
	HOSTPORTD_ON_EXIT=keep run_agent || return
	stop_agent
	has "by hand: detach" "$(ctl detach --pin="$PIN" --netns="$NETNS" 2>&1)" '^detached: no agent was running'
	nothing_left "by hand"
	HOSTPORTD_ON_EXIT=keep run_agent || return
	kill_agent
	enforces "killed"
	HOSTPORTD_ON_EXIT=detach run_agent || return
	stop_agent
	nothing_left "killed, deployed once more, and deleted"
	HOSTPORTD_ON_EXIT=keep run_agent || return
	kill_agent
	is "killed: socket, lock and note" "$(files)" "agent.sock agent.sock.lock agent.sock.reserved"
	ctl detach --pin="$PIN" --netns="$NETNS" >/dev/null || fail "killed, by hand: detach: status $?"
	nothing_left "killed, by hand"
}

# In audit mode nothing is reserved or denied, and all the same programs stay that nobody needs.
test_audit() {
	HOSTPORTD_ON_EXIT=keep start_agent --mode=audit --registry="$REG" || return
	stop_agent
	is "audit: programs stay" "$(attached)" 4
	HOSTPORTD_ON_EXIT=detach start_agent --mode=audit --registry="$REG" || return
	stop_agent
	nothing_left "audit"
}

setup_alone # a storm
cat >"$REG" <<'END'
version: 1
name: removal
source: test_removal.sh
entries:
  - {ports: 20000, protocol: tcp, process: mine}
  - {ports: 50000, protocol: tcp, process: reserved}
END
test_steps
test_forgotten
test_by_hand
test_audit
finish
