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
# E2E_QUICK=1 leaves out what does not depend on the kernel, nor on the build: where many kernels are tried, and
# with sanitizers.
# E2E_INSIDE=1 starts the agent inside the network namespace that it checks, as on a node.
# E2E_LIMIT_S=N (900): a test that takes longer hangs, and is ended. E2E_LOCK_S=N (900): a lock that is
# not had by then is a failure.
# E2E_WAIT_S=N (30): the least limit of a wait for a condition.

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
# Registries of tests have none of the rows that a node can't do without.
export HOSTPORTD_DENY_ESSENTIAL=1
# The tests may themselves run in a pod.
export HOSTPORTD_PODS=none
AGENT_PID=
AGENT_BY=() # what starts the agent, in front of its name; AGENT: another program than $B/hostportd
# Inside the namespace it needs no CAP_SYS_ADMIN to enter it, and gives it up.
[ -z "${E2E_INSIDE:-}" ] || AGENT_BY=(nsenter --net="$NETNS" --)
LIMIT_S=${E2E_LIMIT_S:-900}
LOCKS=/run/lock
LOCK_S=${E2E_LOCK_S:-900}
KERNEL_LOCKS=${E2E_KERNEL_LOCKS:-$CGROUP2} # where their files are; a test in a test has others: see test_guard
GUARD=
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

# matches TEXT PATTERN: does a line match the extended regular expression? As grep does, without a process.
matches() {
	local line
	while IFS= read -r line; do [[ $line =~ $2 ]] && return; done <<<"$1"
	return 1
}

# has NAME TEXT PATTERN: an extended regular expression is found in a line of the text.
has() {
	if matches "$2" "$3"; then pass "$1"; else fail "$1: '$3' is not in: $2"; fi
}

# has_not NAME TEXT PATTERN: it is not found, in a text that is there.
has_not() {
	if [ -z "$2" ]; then fail "$1: no text to look at"
	elif matches "$2" "$3"; then fail "$1: '$3' is in: $2"; else pass "$1"; fi
}

# The same language as jq's. jq 1.6 compiles its own library at each start, and takes three times as long.
jq() { gojq "$@"; }

# A build that is not confined, and can't be traced: LeakSanitizer traces it itself.
is_built_for_debugging() { [ "$B" = build-debug ]; }

# A process more or less is dear where there are many: what waits begins none.

# uptime_s: set UPTIME_S, seconds, whatever a test does to the clock, by which bash counts SECONDS.
uptime_s() {
	read -r UPTIME_S _ </proc/uptime
	UPTIME_S=${UPTIME_S%.*}
}

# pause SECONDS: sleep, at a pipe that nothing ever comes of.
pause() {
	if [ -p "$WORK/pause" ]; then read -rt "$1" <>"$WORK/pause" || :; else sleep "$1"; fi
}

# until_true SECONDS COMMAND...: poll for a condition; its last status. The limit only matters if
# the condition never comes, so it is at least 30 seconds, or E2E_WAIT_S, for slow machines.
until_true() {
	local least=${E2E_WAIT_S:-30} end
	uptime_s
	end=$((UPTIME_S + ($1 < least ? least : $1)))
	shift
	until "$@"; do
		uptime_s
		[ "$UPTIME_S" -lt "$end" ] || return 1
		pause 0.05
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

# What a test makes beside its agent, cgroup, netns and directory is removed by its own also_clear.
also_clear() { :; }

# Before a test, after it, and after one that was killed.
clear_away() {
	also_clear
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

cleanup() {
	# a child that is ended before it is another program has the shell's traps
	[ "$BASHPID" = "$$" ] || return
	clear_away
	if [ -n "$GUARD" ]; then
		kill "$GUARD"
		wait "$GUARD" 2>/dev/null
	fi
}

# Unmounting it ends what is pinned there, attached programs included.
umount_bpffs() {
	while mountpoint -q "$BPFFS"; do umount -l "$BPFFS" || break; done
}

# offspring PID BUT: processes below one, without one of them and what is below that.
offspring() {
	local child
	for child in $(pgrep -P "$1"); do
		[ "$child" != "$2" ] || continue
		echo "$child"
		offspring "$child" "$2"
	done
}

# guard: a process beside the test. It alone has the locks, so that no subject inherits them. It ends
# a test that hangs, by ending what that waits for, and clears away what a killed one leaves.
guard() {
	local me=$BASHPID parent pid signal=USR1 end
	uptime_s
	end=$((UPTIME_S + LIMIT_S))
	while read -r _ _ _ parent _ <"/proc/$me/stat" && [ "$parent" = "$$" ]; do
		sleep 1 >/dev/null 2>&1 5>&- 7<&-
		uptime_s
		[ "$UPTIME_S" -ge "$end" ] || continue
		# halted, so that it ends neither what it started nor this process before all are ended
		kill -STOP "$$"
		kill "-$signal" "$$"
		for pid in $(offspring "$$" "$me"); do
			echo "$TEST: was running: $pid $(tr '\0' ' ' <"/proc/$pid/cmdline")"
			kill -KILL "$pid"
		done 2>/dev/null
		kill -CONT "$$" 2>/dev/null
		signal=KILL end=$((UPTIME_S + 60))
	done
	clear_away 2>/dev/null
}

too_long() {
	fail "not over after $LIMIT_S seconds: in ${FUNCNAME[*]:1}, line ${BASH_LINENO[*]}"
	exit 1
}

# start_guard: from now on the test is guarded, and cleaned up when it ends.
start_guard() {
	trap too_long USR1
	guard 6<&- &
	GUARD=$!
	trap cleanup EXIT
	trap 'exit 130' INT TERM HUP
}

# take_lock FD HOW WHAT: or fail.
take_lock() {
	flock -w "$LOCK_S" "$2" "$1" && return
	fail "no lock on $3 for $LOCK_S seconds: see lslocks"
	exit 1
}

# prepare HOW: remove what an earlier run left, make cgroup and netns. The test's name is locked, because
# all that it makes is named after it, and then the kernel, --shared or --exclusive. Who waits for that
# has a third lock, so that it is not overtaken for ever.
prepare() {
	local procs=$KERNEL_LOCKS/cgroup.procs queue=$KERNEL_LOCKS/cgroup.controllers
	if [ "$(id -u)" -ne 0 ]; then
		skip "not root"
		exit 0
	fi
	mkdir -p "$LOCKS"
	exec 5>>"$LOCKS/$NAME" 6<"$queue" 7<"$procs" || exit 3
	take_lock 5 --exclusive "$LOCKS/$NAME"
	take_lock 6 --exclusive "$queue"
	take_lock 7 "$1" "$procs"
	clear_away 2>/dev/null
	start_guard
	exec 5>&- 7<&-
	mkdir -p "$WORK" "$CGROUP" "$BPFFS" && mkfifo "$WORK/pause" || exit 3
	mount -t bpf bpf "$BPFFS" || exit 3
	ip netns add "$NAME" || exit 3
	exec 6<&-
	ip -n "$NAME" link set lo up || exit 3
}

# setup: beside other tests, from whatever tree. setup_alone: for storms, and for what others would
# disturb. setup_files: for what needs no root and takes no port, a directory only.
setup() { prepare --shared; }
setup_alone() { prepare --exclusive; }
setup_files() {
	WORK=$(mktemp -d) || exit 3
	start_guard
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
		exec nsenter --net="$NETNS" -- "$@"
	)
}

# in_cgroup_only COMMAND...: in the test's cgroup, but in this machine's own netns, where other tests are,
# too: test_matrix takes ports 20000 to 24999 there, test_types and test_lifecycle above 29000.
in_cgroup_only() {
	(
		echo "$BASHPID" >"$CGROUP/cgroup.procs" || exit 3
		exec "$@"
	)
}

# outside COMMAND...: a subject in the test's netns, but in no cgroup of the test.
outside() { nsenter --net="$NETNS" -- "$@"; }

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
		until_true 5 is_gone "$pid" || fail "$name does not end"
	done
}
is_gone() { ! kill -0 "$1" 2>/dev/null; }

# probe ARGS...: bindprobe as a subject.
probe() { inside "$B/tests/e2e/bindprobe" "$@"; }

ctl() { "$B/hostportctl" --socket="$SOCK" "$@"; }

# peek VERB...: the same, where only the agent's answer matters. A client with sanitizers is ten times as
# dear; so it is the one without, if that is built.
PEEK=$B/hostportctl
if is_built_for_debugging && [ -x build/hostportctl ]; then PEEK=build/hostportctl; fi
peek() { "$PEEK" --socket="$SOCK" "$@"; }

agent_ready() { peek status >/dev/null 2>&1; }
ready_or_gone() { { says_ready && agent_ready; } || is_gone "$AGENT_PID"; }
says_ready() {
	local said
	[ -f "$WORK/log" ] || return 0
	read -rd "" said <"$WORK/log"
	[[ $said == *": ready"* ]]
}

# last_words: of the agent, for a failure. Its log may be a pipe.
last_words() { [ ! -f "$WORK/log" ] || tail -n 3 "$WORK/log"; }

# start_agent OPTIONS...: the one that was built, or $AGENT; events (JSON) go to $WORK/events, diagnostics to $WORK/log.
start_agent() {
	"${AGENT_BY[@]}" "${AGENT:-$B/hostportd}" --cgroup="$CGROUP" --netns="$NETNS" --socket="$SOCK" --log=json "$@" \
		>"$WORK/events" 2>"$WORK/log" </dev/null 9<&- &
	AGENT_PID=$!
	echo "$AGENT_PID" >"$WORK/agent.pid"
	until_true 30 ready_or_gone && ! is_gone "$AGENT_PID" && return 0
	fail "agent $*: not ready: $(last_words)"
	return 1
}

# stop_agent: end it with SIGTERM; sets AGENT_STATUS, which is to be 0. All events are told then.
stop_agent() {
	kill -TERM "$AGENT_PID"
	wait "$AGENT_PID"
	AGENT_STATUS=$?
	[ "$AGENT_STATUS" -eq 0 ] || fail "the agent ended with status $AGENT_STATUS: $(last_words)"
	AGENT_PID=
	rm -f "$WORK/agent.pid"
}

# kill_agent: end it with SIGKILL.
kill_agent() {
	kill -KILL "$AGENT_PID"
	wait "$AGENT_PID" 2>/dev/null
	AGENT_PID=
}

# status FILTER: a value of the status document, by jq; never nothing where there is no document.
status() {
	local document
	document=$(peek status --json)
	if [ -n "$document" ]; then jq -r "$1" <<<"$document"; else echo "no status"; fi
}

# all_told: the agent tells all it has before it answers. What it prints if there is no agent is to
# be part of what is compared.
all_told() {
	peek status >/dev/null
	[ $? -le 1 ] || echo "no status"
}

# does_not_spin NAME PORT: while a hundred thousand binds of it are denied, the agent takes less of the
# processor than half of what they take. One that spins takes as much as it can get. The times are
# both of processors, so that neither other load nor the speed of the machine matters.
does_not_spin() {
	local before after taken TIMEFORMAT='%U %S'
	before=$(processor_ms)
	{ time probe tcp 4 127.0.0.1 "$2" 100000 >"$WORK/denied"; } 2>"$WORK/times"
	after=$(processor_ms)
	taken=$(awk '{print int(($1 + $2) * 1000)}' "$WORK/times")
	is "$1: it denies" "$(cat "$WORK/denied")" "EPERM 100000"
	is "$1: it does not spin ($((after - before)) of $taken ms)" "$((2 * (after - before) < taken))" 1
}
processor_ms() { awk -v hz="$(getconf CLK_TCK)" '{print int(($14 + $15) * 1000 / hz)}' "/proc/$AGENT_PID/stat"; }

# violations: their number so far.
violations() {
	local said
	said=$(peek status)
	[[ $said =~ (^|$'\n')violations\ +([0-9]+) ]] && echo "${BASH_REMATCH[2]}"
}

# events FILTER: how many events so far match a jq condition, by their counts.
events() {
	all_told
	jq -s "[.[] | select($1) | .count] | add // 0" "$WORK/events"
}

# attached: how many of our programs are, to the test's cgroup.
attached() {
	local text
	text=$(bpftool cgroup show "$CGROUP" 2>&1) || echo "bpftool: $text"
	grep -c hp_ <<<"$text"
}
# shellcheck disable=SC2317 # called by until_true
none_attached() { [ "$(attached)" = 0 ]; }

# accounted NAME: violations = delivered + folded + lost, and as the classes and the lines say. Notices
# don't count.
accounted() {
	local line lines sum
	line=$(status '.counters | "\(.violations) \(.delivered + .folded + .lost) \(.delivered) \(.delivered + .folded) \(.pending) \(
		[.classes[] | .audited, .denied, .excepted] | add)"')
	# shellcheck disable=SC2086 # six numbers
	set -- "$1" $line
	is "$1: violations = delivered + folded + lost" "$2" "$3"
	is "$1: nothing is pending" "$6" 0
	is "$1: sum of the classes" "$7" "$2"
	read -r lines sum <<<"$(jq -rs '"\(map(select(.verdict)) | length) \([.[].count] | add // 0)"' "$WORK/events")"
	is "$1: lines written" "$lines" "$4"
	is "$1: sum of counts" "$sum" "$5"
}
