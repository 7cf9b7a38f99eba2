#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What lib.sh does for all tests: one that hangs ends with a failure, one that is killed leaves
# nothing, and none runs beside another of its name, or beside one that is to be alone.
# shellcheck source=lib.sh source-path=SCRIPTDIR disable=SC1091
. "$(dirname "$0")/lib.sh"
setup

INNER=$NAME-inner # of the test below
LIB=$(realpath tests/e2e/lib.sh)

# Its tests have locks of their own: they would wait for a test that is to be alone, which waits for
# this one. This one holds the lock of tests that run beside each other, as it holds the real one.
export E2E_KERNEL_LOCKS=$WORK/locks
mkdir "$WORK/locks"
: >"$WORK/locks/cgroup.controllers"
exec 8>"$WORK/locks/cgroup.procs"
flock --shared 8

# write LINE...: a test that does this.
write() { printf '%s\n' '#!/bin/bash' ". $LIB" "$@" >"$WORK/test_guard-inner.sh"; }
run() { bash "$WORK/test_guard-inner.sh" >"$WORK/out" 2>&1 </dev/null; }

left() {
	find "$CGROUP2/$INNER" "/run/netns/$INNER" "/tmp/$INNER" -maxdepth 0 2>/dev/null
	grep -o "/tmp/$INNER/[^ ]*" /proc/self/mountinfo
}
# shellcheck disable=SC2317 # called by until_true
none_left() { [ -z "$(left)" ]; }
# shellcheck disable=SC2317
begun() { grep -qs "^begun" "$WORK/out"; }

# ---- one that hangs ---------------------------------------------------------------------------
write setup "waits() { inside sleep 1000; }" waits "pass never" finish
E2E_LIMIT_S=5 run
is "hangs: exit status" $? 1
has "hangs: where it was" "$(cat "$WORK/out")" '^FAIL test_guard-inner: not over after 5 seconds: in inside_cgroup inside waits main, line [0-9]'
has "hangs: what it waited for" "$(cat "$WORK/out")" 'was running: [0-9]+ sleep 1000 $'
has_not "hangs: it does not go on" "$(cat "$WORK/out")" never
is "hangs: nothing is left" "$(left)" ""
write setup "waits() { sleep 1000 & echo sleeps \$!; wait; }" waits finish
E2E_LIMIT_S=5 run
has "hangs in the shell: where it was" "$(cat "$WORK/out")" '^FAIL test_guard-inner: .*: in waits main, line [0-9]'
slept=$(sed -n 's/^sleeps //p' "$WORK/out")
if [ -n "$slept" ] && until_true 30 is_gone "$slept"; then
	pass "hangs in the shell: nothing goes on"
else
	fail "hangs in the shell: goes on: $slept"
fi

# ---- one that is killed -----------------------------------------------------------------------
# shellcheck disable=SC2016 # for the inner test
write setup 'start_agent --mode=audit' 'echo "begun $AGENT_PID"' 'inside sleep 1000' finish
rm -f "$WORK/out" # what it says now is looked at
run &
inner=$!
until_true 30 begun || fail "killed: it did not begin: $(cat "$WORK/out")"
agent=$(sed -n 's/^begun //p' "$WORK/out")
is "killed: there was something" "$(left | wc -l)" 4
kill -KILL "$(pgrep -P "$inner")" # run is a shell, too
wait "$inner"
if until_true 30 none_left; then pass "killed: nothing is left"; else fail "killed: left: $(left)"; fi
if until_true 30 is_gone "$agent"; then pass "killed: nor its agent"; else fail "killed: its agent lives"; fi

# ---- locks ------------------------------------------------------------------------------------
write setup 'pass "beside"' finish
run
is "beside others: exit status" $? 0
write setup 'echo begun' "read -r -t 60 _ <$WORK/gate" finish
mkfifo "$WORK/gate"
rm -f "$WORK/out"
run &
inner=$!
exec {gate}>"$WORK/gate"
until_true 30 begun || fail "its name: it did not begin: $(cat "$WORK/out")"
E2E_LOCK_S=1 bash "$WORK/test_guard-inner.sh" >"$WORK/second" 2>&1 </dev/null
is "its name: the second one: exit status" $? 1
has "its name: the second one: says so" "$(cat "$WORK/second")" "^FAIL test_guard-inner: no lock on .*/$INNER for 1 seconds"
is "its name: the first one is not disturbed" "$(left | wc -l)" 4
echo >&"$gate"
wait "$inner"
is "its name: the first one: exit status" $? 0
write setup_alone 'pass "alone"' finish
E2E_LOCK_S=1 run
is "alone beside this one: exit status" $? 1
has "alone beside this one: says so" "$(cat "$WORK/out")" "^FAIL test_guard-inner: no lock on $WORK/locks/cgroup.procs for 1 seconds"
finish
