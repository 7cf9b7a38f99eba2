# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# What the end-to-end tests share: a cgroup and a network namespace of their
# own, an agent that is confined to both, and checks. Sourced.
#
# Everything a test makes carries this prefix and the test's name, and is
# removed before it starts, after it ends, and when it is killed. Programs are
# attached to the test's cgroup only, and check the test's netns only.
#
# E2E_QUICK=1 leaves out what does not depend on the kernel, where many kernels are tried.
# E2E_INSIDE=1 starts the agent inside the network namespace that it checks, as on a node.

set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 3
export PATH=$PATH:/usr/sbin:/sbin

B=${B:-build}
TEST=$(basename "$0" .sh)
NAME=hostportd-e2e-${TEST#test_}
NETNS=/run/netns/$NAME
CGROUP2=$(awk '$0 ~ / - cgroup2 / {print $5; exit}' /proc/self/mountinfo)
CGROUP=$CGROUP2/$NAME
WORK=/tmp/$NAME
SOCK=$WORK/agent.sock
BPFFS=$WORK/bpf
PIN=$BPFFS/pins
# Each agent of a test pins here and leaves nothing; tests about pins set something else.
export HOSTPORTD_PIN=$PIN HOSTPORTD_ON_EXIT=detach
AGENT_PID=
AGENT_BY=() # what starts the agent, in front of its name; AGENT: another program than $B/hostportd
# Inside the namespace it needs no CAP_SYS_ADMIN to enter it, and gives it up.
[ -z "${E2E_INSIDE:-}" ] || AGENT_BY=(nsenter --net="$NETNS" --)
failures=0

pass() { echo "PASS $TEST: $1"; }
fail() {
	echo "FAIL $TEST: $1"
	failures=$((failures + 1))
}
skip() { echo "SKIP $TEST: $1"; }

# is NAME GOT WANT: the two are the same.
is() {
	if [ "$2" = "$3" ]; then pass "$1"; else fail "$1: got '$2', want '$3'"; fi
}

# has NAME TEXT PATTERN: an extended regular expression is found in the text.
has() {
	if grep -qE -- "$3" <<<"$2"; then pass "$1"; else fail "$1: '$3' is not in: $2"; fi
}

# has_not NAME TEXT PATTERN: it is not found, in a text that is there.
has_not() {
	if [ -z "$2" ]; then fail "$1: no text to look at"
	elif grep -qE -- "$3" <<<"$2"; then fail "$1: '$3' is in: $2"; else pass "$1"; fi
}

# A build that is not confined, and can't be traced: LeakSanitizer traces it itself.
is_built_for_debugging() { [ "$B" = build-debug ]; }

# until_true SECONDS COMMAND...: poll for a condition; its last status. The limit only matters if
# the condition never comes, so it is at least 30 seconds, for slow machines.
until_true() {
	local end=$((SECONDS + ($1 < 30 ? 30 : $1)))
	shift
	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.05
	done
}

# Processes of the test's cgroup, that is: what it started there.
kill_cgroup() {
	local dir pid
	[ -d "$CGROUP" ] || return 0
	while read -r dir; do
		while read -r pid; do kill -KILL "$pid" 2>/dev/null; done <"$dir/cgroup.procs"
	done < <(find "$CGROUP" -depth -type d)
	until_true 5 cgroup_empty
	find "$CGROUP" -depth -type d -exec rmdir {} \; 2>/dev/null
}

cgroup_empty() { ! find "$CGROUP" -name cgroup.procs -exec cat {} + | grep -q .; }

# An agent that an earlier run left behind, by the pid it wrote down.
kill_stale_agent() {
	local pid
	[ -f "$WORK/agent.pid" ] || return 0
	pid=$(cat "$WORK/agent.pid")
	case "$(readlink "/proc/$pid/exe" 2>/dev/null)" in
	*/hostportd*) kill -KILL "$pid" 2>/dev/null ;;
	esac
}

cleanup() {
	# a child that is ended before it is another program has the shell's traps
	[ "$BASHPID" = "$$" ] || return
	if [ -n "$AGENT_PID" ]; then
		kill -KILL "$AGENT_PID" 2>/dev/null
		wait "$AGENT_PID" 2>/dev/null
	fi
	kill_stale_agent
	kill_cgroup
	if [ -e "$NETNS" ]; then ip netns del "$NAME"; fi
	umount_bpffs
	rm -rf "$WORK"
}

# Unmounting it ends what is pinned there, attached programs included.
umount_bpffs() {
	while mountpoint -q "$BPFFS"; do umount -l "$BPFFS" || break; done
}

# Prepare a test: remove what an earlier run left, make cgroup and netns.
setup() {
	if [ "$(id -u)" -ne 0 ]; then
		skip "not root"
		exit 0
	fi
	# One test at a time on a kernel, from whatever tree. Subjects and agents don't inherit the lock.
	exec 8<"$CGROUP2/cgroup.procs" || exit 3
	if ! flock -w 900 8; then
		fail "another test holds the lock on $CGROUP2/cgroup.procs for 15 minutes: see lslocks"
		exit 1
	fi
	cleanup 2>/dev/null
	trap cleanup EXIT
	trap 'exit 130' INT TERM HUP
	mkdir -p "$WORK" "$CGROUP" "$BPFFS" || exit 3
	mount -t bpf bpf "$BPFFS" || exit 3
	ip netns add "$NAME" || exit 3
	ip -n "$NAME" link set lo up || exit 3
}

# finish: the test's exit status.
finish() { exit "$((failures > 0))"; }

# inside COMMAND...: run a subject in the test's cgroup and netns.
inside() { inside_cgroup "$CGROUP" "$@"; }

# inside_cgroup DIR COMMAND...: the same below another directory of the test's cgroup.
inside_cgroup() {
	local dir=$1
	shift
	(
		echo "$BASHPID" >"$dir/cgroup.procs" || exit 3
		exec nsenter --net="$NETNS" -- "$@" 8<&-
	)
}

# in_cgroup_only COMMAND...: in the test's cgroup, but in this machine's own netns.
in_cgroup_only() {
	(
		echo "$BASHPID" >"$CGROUP/cgroup.procs" || exit 3
		exec "$@" 8<&-
	)
}

# outside COMMAND...: a subject in the test's netns, but in no cgroup of the test.
outside() { nsenter --net="$NETNS" -- "$@" 8<&-; }

# keep NAME HOW PROGRAM ARGS...: HOW starts a subject, one of the tests' programs or another, that
# takes ports, says "ok", and keeps them until let_go, or the end of the test (of its standard
# input). What it says, after its pid, goes to $WORK/keep.NAME.
keep() {
	local name=$1 how=$2 program=$3
	[ ! -x "$B/tests/e2e/$3" ] || program=$(realpath "$B/tests/e2e/$3")
	shift 3
	if [ ! -e "$WORK/keep" ]; then
		mkfifo "$WORK/keep"
		exec 9<>"$WORK/keep" # what they wait at, and nothing ever comes of
	fi
	rm -f "$WORK/keep.$name" # of one before it, which has said "ok"
	# shellcheck disable=SC2016 # for the inner shell
	"$how" bash -c 'echo "pid $$"; exec "$@"' keep "$program" "$@" \
		<"$WORK/keep" >"$WORK/keep.$name" 2>&1 9<&- &
	until_true 10 grep -qs "^ok" "$WORK/keep.$name" || fail "$name: $(cat "$WORK/keep.$name")"
}

# keeper NAME: its pid.
keeper() { sed -n "s/^pid //p" "$WORK/keep.$1"; }

# let_go NAME...: end them.
let_go() {
	local name pid
	for name in "$@"; do
		pid=$(keeper "$name")
		kill "$pid"
		until_true 5 is_gone "$pid"
	done
}
is_gone() { ! kill -0 "$1" 2>/dev/null; }

# probe ARGS...: bindprobe as a subject.
probe() { inside "$B/tests/e2e/bindprobe" "$@"; }

ctl() { "$B/hostportctl" --socket="$SOCK" "$@"; }

agent_ready() { ctl status >/dev/null 2>&1; }

# start_agent OPTIONS...: the one that was built, or $AGENT; events (JSON) go to $WORK/events, diagnostics to $WORK/log.
start_agent() {
	"${AGENT_BY[@]}" "${AGENT:-$B/hostportd}" --cgroup="$CGROUP" --netns="$NETNS" --socket="$SOCK" --log=json "$@" \
		>"$WORK/events" 2>"$WORK/log" </dev/null 8<&- 9<&- &
	AGENT_PID=$!
	echo "$AGENT_PID" >"$WORK/agent.pid"
	until_true 30 agent_ready && return 0
	fail "agent $*: not ready: $(tail -n 3 "$WORK/log")"
	return 1
}

# stop_agent: end it with SIGTERM; sets AGENT_STATUS. All events are told then.
stop_agent() {
	kill -TERM "$AGENT_PID"
	wait "$AGENT_PID"
	# shellcheck disable=SC2034 # for the tests
	AGENT_STATUS=$?
	AGENT_PID=
	rm -f "$WORK/agent.pid"
}

# status FILTER: a value of the status document, by jq.
status() { ctl status --json | jq -r "$1"; }

# violations: their number so far; without jq, which is slow to start.
violations() { ctl status | awk '$1 == "violations" {print $2}'; }

# events FILTER: how many events so far match a jq condition, by their counts.
events() {
	ctl status >/dev/null # the agent tells all it has before it answers
	jq -s "[.[] | select($1) | .count] | add // 0" "$WORK/events"
}

# accounted NAME: violations = delivered + folded + lost, and as the lines say. Notices don't count.
accounted() {
	local line lines sum
	line=$(status '.counters | "\(.violations) \(.delivered + .folded + .lost) \(.delivered) \(.delivered + .folded) \(.pending)"')
	# shellcheck disable=SC2086 # five numbers
	set -- "$1" $line
	is "$1: violations = delivered + folded + lost" "$2" "$3"
	is "$1: nothing is pending" "$6" 0
	read -r lines sum <<<"$(jq -rs '"\(map(select(.verdict)) | length) \([.[].count] | add // 0)"' "$WORK/events")"
	is "$1: lines written" "$lines" "$4"
	is "$1: sum of counts" "$sum" "$5"
}
