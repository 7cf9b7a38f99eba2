#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What comes to an agent while it starts, and what it is started with: a signal that asks for a
# reload, files that may not grow, descriptors that are closed. It lives on, and says so.
# shellcheck source=lib.sh source-path=SCRIPTDIR disable=SC1091
. "$(dirname "$0")/lib.sh"
setup

REG=$WORK/reg.yaml

# blocks_hup PID: does the process hold SIGHUP back, or take it? It is the first signal of the mask.
blocks_hup() {
	local mask
	mask=$(sed -n 's/^SigBlk:[[:space:]]*//p' "/proc/$1/status" 2>/dev/null)
	[ -n "$mask" ] && [ $((0x$mask & 1)) -eq 1 ]
}

# A start that takes long enough for signals to come in the midst of it.
# shellcheck disable=SC2046 # one word for each row
{
	printf 'version: 1\nname: start-test\nentries:\n'
	printf -- '  - {ports: %d, protocol: tcp, process: p}\n' $(seq 10000)
	printf -- '  - {ports: %d, protocol: udp, process: p}\n' $(seq 10000)
} >"$REG"

# hup_while_starting: from the moment at which the signal is the agent's, send it without pause until the agent is
# ready; sets SENT. A start may be over before the test notices that it has begun.
hup_while_starting() {
	SENT=0
	"${AGENT_BY[@]}" "$B/hostportd" --cgroup="$CGROUP" --netns="$NETNS" --socket="$SOCK" --log=json \
		--mode=audit --registry="$REG" >"$WORK/events" 2>"$WORK/log" </dev/null 9<&- &
	AGENT_PID=$!
	echo "$AGENT_PID" >"$WORK/agent.pid"
	until blocks_hup "$AGENT_PID" || is_gone "$AGENT_PID"; do :; done
	while ! says_ready && ! is_gone "$AGENT_PID"; do
		kill -HUP "$AGENT_PID" 2>/dev/null
		SENT=$((SENT + 1))
	done
	until_true 30 ready_or_gone && ! is_gone "$AGENT_PID"
}

test_hup() {
	local try
	for ((try = 0; try < 20; try++)); do
		hup_while_starting || break
		[ "$SENT" -eq 0 ] || break
		stop_agent
	done
	is "SIGHUP: sent in the midst of the start" "$((SENT > 0))" 1
	if is_gone "$AGENT_PID"; then
		fail "SIGHUP: it is not ready: $(last_words)"
		return
	fi
	is "SIGHUP: it lives" "$(status .effective)" true
	# shellcheck disable=SC2317
	reloaded() { [ "$(status '.registry.reloads.ok > 0')" = true ]; }
	if until_true 30 reloaded; then pass "SIGHUP: it has reloaded"; else fail "SIGHUP: it has not reloaded"; fi
	stop_agent
}

# A file that may not be longer is a full disk: said once, and what waits is written when it may be.
test_file_size() {
	local by=("${AGENT_BY[@]}")
	AGENT_BY+=(prlimit --fsize=16384:unlimited --)
	start_agent --mode=audit --registry=builtin:openshift --fold=0 || return
	AGENT_BY=("${by[@]}")
	probe tcp 4 0.0.0.0 61000 100 >/dev/null
	# shellcheck disable=SC2317
	is_full() { grep -q "events can't be written: File too large" "$WORK/log"; }
	if until_true 30 is_full; then pass "file size: says so"; else fail "file size: says nothing: $(last_words)"; fi
	is "file size: it lives" "$(status .effective)" true
	is "file size: the file" "$(stat -c %s "$WORK/events")" 16384
	is "file size: counted" "$(status '.counters.violations == .counters.delivered + .counters.folded + .counters.lost')" true
	prlimit --pid "$AGENT_PID" --fsize=unlimited
	# shellcheck disable=SC2317
	has_all() { [ "$(jq -c 'select(.port == 61000)' "$WORK/events" 2>/dev/null | wc -l)" -ge 100 ]; }
	if until_true 30 has_all; then
		pass "file size: what waited is written"
	else
		fail "file size: $(wc -l <"$WORK/events") lines are written"
	fi
	is "file size: said once" "$(grep -c "events can't be written" "$WORK/log")" 1
	stop_agent
}

# opened PID: what the first three descriptors are.
opened() { for fd in 0 1 2; do readlink "/proc/$1/fd/$fd"; done | xargs; }

# Without the first three descriptors no file of the agent gets their numbers.
test_closed() {
	local how
	for how in '<&-' '>&-' '2>&-' '<&- >&- 2>&-'; do
		: >"$WORK/log"
		rm -f "$WORK/events"
		# shellcheck disable=SC2016 # for the inner shell
		bash -c 'exec "$@" '"$how" closed "${AGENT_BY[@]}" "$B/hostportd" --cgroup="$CGROUP" --netns="$NETNS" \
			--socket="$SOCK" --mode=audit --log=json --registry=builtin:openshift \
			>"$WORK/events" 2>"$WORK/log" </dev/null 9<&- &
		AGENT_PID=$!
		echo "$AGENT_PID" >"$WORK/agent.pid"
		until_true 30 agent_ready || fail "$how: it is not ready"
		is "$how: each is something that takes nothing" "$(opened "$AGENT_PID")" \
			"$(case $how in
			'<&-') echo "/dev/null $WORK/events $WORK/log" ;;
			'>&-') echo "/dev/null /dev/null $WORK/log" ;;
			'2>&-') echo "/dev/null $WORK/events /dev/null" ;;
			*) echo "/dev/null /dev/null /dev/null" ;;
			esac)"
		probe tcp 4 0.0.0.0 61001 >/dev/null
		is "$how: it works" "$(status '[.effective, (.counters.violations > 0)] | tojson')" '[true,true]'
		stop_agent
	done
	# a client, too: what it prints is not sent to the agent
	start_agent --mode=audit --registry=builtin:openshift || return
	ctl status >&- 2>/dev/null
	is "a client without standard output" "$(status .effective)" true
	stop_agent
}

test_hup
test_file_size
test_closed
finish
