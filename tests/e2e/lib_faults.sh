# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# What the tests of faults share: a storm of binds that must all succeed, or all
# fail, whatever happens to the agent, and agents one after another whose lines
# go to one file. Sourced after lib.sh.

REG=$WORK/reg.yaml
LINES=$WORK/events # of all agents

# agent OPTIONS...: set COMMAND, with the test's cgroup and netns.
agent() {
	COMMAND=("${AGENT:-$B/hostportd}" --cgroup="$CGROUP" --netns="$NETNS" --socket="$SOCK" --log=json
		--mode=enforce --registry="$REG" "$@")
}

# end_line: an agent that was killed may have left half a line; the next one's is not to be part of it.
end_line() { [ -z "$(tail -c 1 "$LINES")" ] || echo >>"$LINES"; }

# run_agent OPTIONS...: start one, as start_agent does, whose lines are added.
run_agent() {
	[ ! -e "$LINES" ] || end_line
	agent "$@"
	"${COMMAND[@]}" >>"$LINES" 2>"$WORK/log" </dev/null 9<&- &
	AGENT_PID=$!
	echo "$AGENT_PID" >"$WORK/agent.pid"
	until_true 30 ready_or_gone && ! is_gone "$AGENT_PID" && return 0
	fail "agent $*: not ready: $(last_words)"
	return 1
}

# begin_storm OPTIONS...: binds from now on, until end_storm. However slow, each thread makes a thousand of
# each kind.
begin_storm() { keep storm inside storm --least=2002 "$@"; }

# end_storm NAME: nothing unexpected happened; what did is in $WORK/storm.
end_storm() {
	kill -TERM "$(keeper storm)"
	until_true 60 grep -q '^{' "$WORK/keep.storm" || fail "$1: the storm does not end"
	grep '^{' "$WORK/keep.storm" >"$WORK/storm"
	is "$1: binds that ended otherwise than they must" \
		"$(jq -c '[.unexpected, .first_unexpected[0]]' "$WORK/storm")" '[0,null]'
	is "$1: binds were made" "$(jq '(.always_ok.ok > 1000) and (.never_ok.EPERM > 1000)' "$WORK/storm")" true
}

# counted NAME: each bind that was denied is a violation, in a line, or lost for a reason.
counted() {
	local line
	line=$(status '.counters | "\(.violations) \(.delivered + .folded + .lost) \(.pending) \(.delivered) \(.lost_by.restart)"')
	# shellcheck disable=SC2086 # five numbers
	set -- "$1" $line
	is "$1: violations, and binds denied" "$2" "$(jq .never_ok.EPERM "$WORK/storm")"
	is "$1: violations = delivered + folded + lost" "$2" "$3"
	is "$1: nothing is pending" "$4" 0
	is "$1: nothing is lost by agents that ended" "$6" 0
	# one that is killed after it wrote a line, and before it counted it, has it written twice
	is "$1: a line for each that is counted" "$(($(jq -cR 'fromjson? | select(.verdict)' "$LINES" | wc -l) >= $5))" 1
}
