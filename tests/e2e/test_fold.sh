#!/bin/bash
# SPDX-License-Identifier: MIT
#
# How repeats are folded, and that nothing is with --fold=0: then each violation is a line, and
# what the ring can't take is counted. And the size of the ring, also of one that is taken over.
# shellcheck source=lib.sh source-path=SCRIPTDIR disable=SC1091
. "$(dirname "$0")/lib.sh"
# shellcheck source=lib_storm.sh source-path=SCRIPTDIR disable=SC1091
. tests/e2e/lib_storm.sh

REG=$WORK/reg.yaml
RECORD=304 # bytes of the ring
BATCH=128 # lines that are written together

lines() { jq -s 'map(select(.verdict)) | length' "$WORK/events"; }

# One port from one thread and from two at once, and more ports than a rate would let through.
test_without() {
	local out=$WORK/out n=2000
	start_agent --mode="$1" --registry="$REG" --fold=0 --ring-size=4M || return
	is "$1: without folding: status" "$(status '.records | "\(.folds) \(.fold_ms) \(.ring_bytes)"')" "false 0 4194304"
	storm --count=$n --ports=21000 >"$out"
	each_told "$1: without folding: one port" $n
	storm --together --threads=2 --count=$n --ports=21001 >"$out"
	each_told "$1: without folding: one port of two threads at once" $((3 * n))
	storm --threads=4 --count=2500 --ports=30000-39999 >"$out"
	each_told "$1: without folding: 10,000 ports at once" $((3 * n + 10000))
	is "$1: without folding: each of the ports" \
		"$(jq -s 'map(select(.port >= 30000) | .port) | unique | length' "$WORK/events")" 10000
	stop_agent
	is "$1: without folding: nothing more at the end" "$(lines)" $((3 * n + 10000))
}

# The same with what is the default.
test_with() {
	local out=$WORK/out n=2000 began=$SECONDS
	start_agent --mode="$1" --registry="$REG" || return
	is "$1: folding: status" "$(status '.records | "\(.folds) \(.fold_ms)"')" "true 1000"
	storm --count=$n --ports=21000 >"$out"
	all_counted "$1: folding: one port" $n
	accounted "$1: folding: one port"
	at_most "$1: folding: lines" "$(lines)" $((10 + SECONDS - began))
	storm --threads=4 --count=2500 --ports=30000-39999 >"$out"
	all_counted "$1: folding: 10,000 ports at once" $((n + 10000))
	accounted "$1: folding: 10,000 ports at once"
	is "$1: folding: some are lost at the rate" "$(status '.counters.lost_by.rate > 0')" true
	stop_agent
}

# What the ring can't take stands in the slots, or is lost where it has none: exactly.
test_full() {
	local out=$WORK/out held=$((65536 / RECORD))
	start_agent --mode="$1" --registry="$REG" --fold=0 --ring-size=64K || return
	storm --count=1 --ports=21000 >"$out"
	is "$1: a full ring: the first" "$(events true)" 1
	kill -STOP "$AGENT_PID"
	storm --count=2000 --ports=21000 >"$out"
	storm --count=100 --ports=30000-30099 >"$out"
	kill -CONT "$AGENT_PID"
	all_counted "$1: a full ring" 2101
	accounted "$1: a full ring"
	is "$1: a full ring: lost are those without a slot" "$(status '.counters | "\(.lost) \(.lost_by.ring)"')" "100 100"
	is "$1: a full ring: all of the port that has one are told" "$(events '.port == 21000')" 2001
	# one is of before; a record may not fit into what is left at the end of the ring
	at_most "$1: a full ring: a line for each record that it held" "$(of_one)" $((held + 1))
	at_most "$1: a full ring: that is all of it" $((held - 1)) "$(of_one)"
	is "$1: a full ring: and one for the rest" "$(lines)" "$(($(of_one) + 1))"
	stop_agent
}

# repeat N: binds until there are N lines. Sets TIMES.
repeat() {
	local began=$SECONDS
	# of one process: each other one has a line of its own
	while [ "$(wc -l <"$WORK/events")" -lt "$1" ] && [ $((SECONDS - began)) -lt 60 ]; do
		echo udp 4 127.0.0.1 21001
	done | probe each >"$WORK/bound"
	TIMES=$(wc -l <"$WORK/bound")
}

# Lines of repeats are so far apart.
test_longer() {
	local n lines
	start_agent --mode="$1" --registry="$REG" --fold=2 --sweep=1 || return
	repeat 3
	n=$TIMES lines=$(lines)
	at_most "$1: folded for 2 seconds: they are far apart" 1000 "$(gap "$WORK/events")"
	at_most "$1: folded for 2 seconds: at least" 3 "$lines"
	if until_true 10 told "$n"; then pass "$1: folded for 2 seconds: the rest is told by itself"; else
		fail "$1: folded for 2 seconds: not all is told"
	fi
	at_most "$1: folded for 2 seconds: in one line more" "$(lines)" $((lines + 1))
	is "$1: folded for 2 seconds: counted" "$(violations)" "$n"
	accounted "$1: folded for 2 seconds"
	stop_agent
	start_agent --mode="$1" --registry="$REG" --fold=0.1 || return
	repeat 10
	at_most "$1: folded for a tenth of a second: at least" 10 "$(lines)"
	at_most "$1: folded for a tenth of a second: they are far apart" 50 "$(gap "$WORK/events")"
	is "$1: folded for a tenth of a second: counted" "$(violations)" "$TIMES"
	accounted "$1: folded for a tenth of a second"
	stop_agent
}
# shellcheck disable=SC2317 # called by until_true
told() { [ "$(jq -s '[.[].count] | add // 0' "$WORK/events")" -eq "$1" ]; }


# Of an agent that was killed, the last line may be half of one.
whole_lines() { jq -cR 'fromjson?' "$WORK/events"; }

# The ring's size as the kernel tells it.
ring_bytes() { bpftool -j map show pinned "$PIN/1/hp_ring" | jq .max_entries; }

# An agent that is killed while nothing is folded, one that folds, and one more with another ring.
test_next() {
	local out=$WORK/out all=$WORK/events.before n=1000 sum
	start_agent --mode="$1" --registry="$REG" --fold=0 --ring-size=1M --on-exit=keep || return
	is "$1: one after another: the ring" "$(ring_bytes)" 1048576
	storm --threads=2 --count=$n --ports=21000-21009 >"$out"
	kill_agent
	whole_lines >"$all"
	storm --threads=2 --count=$n --ports=21000-21009 >"$out"
	start_agent --mode="$1" --registry="$REG" --ring-size=auto --on-exit=keep || return
	is "$1: one after another: the ring stays" "$(status .records.ring_bytes) $(ring_bytes)" "1048576 1048576"
	has_not "$1: one after another: nothing is said of it" "$(cat "$WORK/log")" 'ring-size'
	storm --threads=2 --count=$n --ports=21000-21009 >"$out"
	all_counted "$1: one after another" $((6 * n))
	kill_agent
	whole_lines >>"$all"
	start_agent --mode="$1" --registry="$REG" --fold=0 --ring-size=256K --on-exit=keep || return
	has "$1: one after another: another size is not to be had" "$(cat "$WORK/log")" \
		'--ring-size: .* stays at 1048576 bytes: .hostportctl detach. .* 262144'
	is "$1: one after another: the ring still stays" "$(status .records.ring_bytes) $(ring_bytes)" "1048576 1048576"
	storm --threads=2 --count=$n --ports=21000-21009 >"$out"
	all_counted "$1: one after another, the third" $((8 * n))
	is "$1: one after another: pending and lost" "$(status '.counters | "\(.pending) \(.lost)"')" "0 0"
	# a line that was written and not yet counted, when its agent was killed, the next one tells again
	sum=$( (cat "$all" && whole_lines) | jq -s '[.[].count] | add')
	at_most "$1: one after another: the lines of all: none is missing" $((8 * n)) "$sum"
	at_most "$1: one after another: the lines of all: told twice" $((sum - 8 * n)) $((2 * BATCH))
	is "$1: one after another: the third does not fold" "$(of_one)" "$(lines)"
	ctl detach --yes >/dev/null
	wait "$AGENT_PID"
	AGENT_PID=
	start_agent --mode="$1" --registry="$REG" --ring-size=256K || return
	is "$1: after detach: the ring" "$(status .records.ring_bytes) $(ring_bytes)" "262144 262144"
	stop_agent
}

setup
write_registry
modes="audit enforce"
if [ -n "${E2E_QUICK:-}" ]; then
	modes=audit
	skip "enforce: counted by the same code: left out, a quick run"
fi
for mode in $modes; do
	test_without "$mode"
	test_with "$mode"
	test_full "$mode"
	test_next "$mode"
done
test_longer audit
finish
