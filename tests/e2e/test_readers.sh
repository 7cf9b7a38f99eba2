#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Readers in a flood, fast ones and stuck ones: clients that stand still, a
# full disk, a pipe that no process reads, or none has open any more. None of them
# keeps the agent from reading the ring, from answering, and from ending; what
# they lose is theirs, and counted.
# shellcheck source=lib.sh source-path=SCRIPTDIR disable=SC1091
. "$(dirname "$0")/lib.sh"
# shellcheck source=lib_storm.sh source-path=SCRIPTDIR disable=SC1091
. tests/e2e/lib_storm.sh

REG=$WORK/reg.yaml
SMALL=$WORK/small
EVENTS=$WORK/events
TAILS=() # pids
READER=

# watch FILE: a client whose lines go to a file.
watch() {
	"$B/hostportctl" --socket="$SOCK" tail --json >"$1" 2>"$1.err" </dev/null &
	TAILS+=($!)
}

# read_pipe FILE: read the agent's standard output, a pipe, into a file.
read_pipe() {
	rm -f "$EVENTS"
	mkfifo "$EVENTS" || exit 3
	cat <"$EVENTS" >"$1" &
	READER=$!
}

end_readers() {
	local pid
	for pid in "${TAILS[@]}" $READER; do
		kill -KILL "$pid" 2>/dev/null
		wait "$pid" 2>/dev/null
	done
	TAILS=()
	READER=
	rm -f "$EVENTS"
}

also_clear() {
	end_readers
	if mountpoint -q "$SMALL"; then umount -l "$SMALL"; fi
}

# shellcheck disable=SC2317 # these are called by until_true
tails_are() { [ "$(status .readers.tails)" = "$1" ]; }

# got FILE: the lines that came, notices too, and those that it was told not to get.
got() { jq -rs '"\(map(select(.lost | not)) | length) \(map(.lost // 0) | add // 0)"' "$1" 2>/dev/null; }
# shellcheck disable=SC2317
got_all() { [ "$(got "$1" | awk '{print $1 + $2}')" = "$2" ]; }
# shellcheck disable=SC2317
got_least() { [ "$(got "$1" | awk '{print $1 + $2}')" -ge "$2" ]; }

# Long lines fill a queue sooner: a group whose path has half a thousand characters.
deep() {
	DEEP=$CGROUP/$(printf 'a%.0s' {1..250})/$(printf 'b%.0s' {1..250})
	mkdir -p "$DEEP"
}

# storm_until NAME FILTER: floods until status says so. Sets ATTEMPTS, all since the agent's start.
storm_until() {
	local round=0 denied end=$((SECONDS + 120))
	while [ "$SECONDS" -lt "$end" ]; do
		round=$((round + 1))
		inside_cgroup "$DEEP" "$STORM" --ports=10000-59999 --threads=2 --seconds=1 >"$WORK/out"
		denied=$(stormed "$WORK/out" .EPERM)
		ATTEMPTS=$((ATTEMPTS + ${denied:-0}))
		[ "$(status "$2")" != true ] || return 0
	done
	fail "$1: not $2 after $round floods: $(status .readers)"
}

# drained NAME: every attempt is accounted for, and the ring was never full; status answers.
drained() {
	answers "$1"
	all_counted "$1" "$ATTEMPTS"
	is "$1: the ring was never full" "$(status .counters.lost_by.ring)" 0
}

# ends NAME: the agent ends at SIGTERM, whatever its readers do, and well.
ends() {
	local status
	kill -TERM "$AGENT_PID"
	if until_true 60 is_gone "$AGENT_PID"; then pass "$1: it ends"; else
		fail "$1: it does not end: $(cat "/proc/$AGENT_PID/wchan")"
		kill -KILL "$AGENT_PID"
	fi
	wait "$AGENT_PID"
	status=$?
	AGENT_PID=
	rm -f "$WORK/agent.pid"
	is "$1: exit status" "$status" 0
}

# One flood fits into the ring, some do not: an agent that a reader holds up would fill it.
begin() {
	ATTEMPTS=0
	start_agent --mode=enforce --registry="$REG" --ring-size=1M
}

# paced FILE: its lines of storms outside the deep group. has_paced FILE N: are they N?
paced() { jq -s "map(select(.cgroup == \"/$NAME\")) | length" "$1" 2>/dev/null; }
# shellcheck disable=SC2317
has_paced() { [ "$(paced "$1")" = "$2" ]; }

# One that stands still, and two that don't. A flood may be too fast for those, too; a pace is not.
test_one_stuck() {
	local reader lost=0
	begin || return
	watch "$WORK/stuck"
	watch "$WORK/one"
	watch "$WORK/two"
	until_true 5 tails_are 3 || fail "one is stuck: they do not tail"
	kill -STOP "${TAILS[0]}"
	storm_until "one is stuck" '.readers.tail_lines_lost > 100'
	drained "one is stuck"
	accounted "one is stuck"
	is "one is stuck: the log loses none" "$(status .readers.log_lines_lost)" 0
	storm --ports=20000-20199 --count=200 --pace=2000 >/dev/null
	for reader in one two; do
		if until_true 5 has_paced "$WORK/$reader" 200; then pass "one is stuck: $reader has each line that it had time for"; else
			fail "one is stuck: $reader has $(paced "$WORK/$reader") of 200 lines"
		fi
		if until_true 5 got_all "$WORK/$reader" "$(wc -l <"$EVENTS")"; then
			pass "one is stuck: $reader: its lines and its losses are all lines"
		else
			fail "one is stuck: $reader: $(got "$WORK/$reader") of $(wc -l <"$EVENTS")"
		fi
	done
	kill -CONT "${TAILS[0]}"
	if until_true 10 got_all "$WORK/stuck" "$(wc -l <"$EVENTS")"; then
		pass "one is stuck: goes on: its lines and its losses are all lines"
	else
		fail "one is stuck: goes on: $(got "$WORK/stuck") of $(wc -l <"$EVENTS")"
	fi
	for reader in stuck one two; do lost=$((lost + $(got "$WORK/$reader" | awk '{print $2}'))); done
	is "one is stuck: their losses are those of status" "$lost" "$(status .readers.tail_lines_lost)"
	end_readers
	ends "one is stuck"
}

# As many clients as are allowed; most stand still, the rest are as slow as this machine is.
test_64() {
	local i readers=0 sum=0 lines lost
	begin || return
	for i in {1..64}; do watch "$WORK/tail$i"; done
	until_true 20 tails_are 64 || fail "60 of 64 are stuck: they do not tail"
	kill -STOP "${TAILS[@]:4}"
	storm_until "60 of 64 are stuck" '.readers.tail_lines_lost > 6000'
	drained "60 of 64 are stuck"
	accounted "60 of 64 are stuck"
	is "60 of 64 are stuck: the log loses none" "$(status .readers.log_lines_lost)" 0
	kill -CONT "${TAILS[@]:4}"
	lines=$(wc -l <"$EVENTS")
	for i in {1..64}; do
		if until_true 20 got_all "$WORK/tail$i" "$lines"; then readers=$((readers + 1)); fi
		lost=$(got "$WORK/tail$i" | awk '{print $2}')
		sum=$((sum + lost))
	done
	is "64 clients go on: each one's lines and losses are all lines" "$readers" 64
	is "64 clients go on: their losses are those of status" "$sum" "$(status .readers.tail_lines_lost)"
	end_readers
	ends "60 of 64 are stuck"
}

# A disk that is always full.
test_dev_full() {
	ln -s /dev/full "$EVENTS"
	begin || return
	storm_until "/dev/full" '.readers.log_lines_lost > 100'
	drained "/dev/full"
	is "/dev/full: said once" "$(grep -c "standard output: events can't be written: No space left" "$WORK/log")" 1
	ends "/dev/full"
	# nor was any notice, which count as lines here
	is "/dev/full: no line was written" \
		"$(sed -nE 's/.*stopped: lines ([0-9]+),.* lines not written ([0-9]+)$/\1 == \2/p' "$WORK/log" |
			awk '{print ($1 > 0 && $1 <= $3)}')" 1
	end_readers
}

# A disk that is full, and then is not. Nothing happens any more then: what waits comes by itself.
test_full_disk() {
	local delivered
	mkdir "$SMALL"
	mount -t tmpfs -o size=1m,mode=0700 storms "$SMALL" || {
		fail "no tmpfs can be mounted"
		return
	}
	head -c 700K /dev/zero >"$SMALL/filler"
	ln -s "$SMALL/events" "$EVENTS"
	begin || return
	storm_until "a full disk" '.readers.log_lines_lost > 100'
	drained "a full disk"
	is "a full disk: it is full" "$(df --output=avail "$SMALL" | tail -n 1 | tr -d ' ')" 0
	delivered=$(status .counters.delivered)
	mount -o remount,size=64m "$SMALL"
	rm "$SMALL/filler"
	if until_true 10 got_least "$SMALL/events" "$delivered"; then # and notices
		pass "a disk with room again: lines and losses are all lines"
	else
		fail "a disk with room again: $(got "$SMALL/events") of $delivered"
	fi
	is "a disk with room again: the loss that it tells is that of status" \
		"$(got "$SMALL/events" | awk '{print $2}')" "$(status .readers.log_lines_lost)"
	storm --ports=9000 --count=1 >/dev/null
	ATTEMPTS=$((ATTEMPTS + 1))
	drained "a disk with room again"
	is "a disk with room again: what follows is written" "$(jq -s 'map(select(.port == 9000)) | length' "$EVENTS")" 1
	ends "a disk with room again"
	umount "$SMALL"
	end_readers
}

# A pipe that is not read for a while, and then is.
test_stuck_pipe() {
	local delivered
	read_pipe "$WORK/piped"
	begin || return
	kill -STOP "$READER"
	storm_until "a stuck pipe" '.readers.log_lines_lost > 100'
	drained "a stuck pipe"
	delivered=$(status .counters.delivered)
	kill -CONT "$READER"
	if until_true 10 got_least "$WORK/piped" "$delivered"; then
		pass "a pipe that is read again: lines and losses are all lines"
	else
		fail "a pipe that is read again: $(got "$WORK/piped") of $delivered"
	fi
	is "a pipe that is read again: the loss that it tells is that of status" \
		"$(got "$WORK/piped" | awk '{print $2}')" "$(status .readers.log_lines_lost)"
	ends "a pipe that is read again"
	end_readers
}

# The end comes while nobody reads: the agent's own words go into the same pipe.
test_stuck_end() {
	read_pipe "$WORK/piped"
	ln -sf "$EVENTS" "$WORK/log"
	begin || return
	kill -STOP "$READER"
	storm_until "a stuck pipe at the end" '.readers.log_lines_lost > 100'
	drained "a stuck pipe at the end"
	# the last page of the pipe, too, has no room for a few words
	dd if=/dev/zero of="$EVENTS" bs=1 oflag=nonblock conv=notrunc status=none 2>/dev/null
	ends "a stuck pipe at the end"
	rm "$WORK/log"
	end_readers
}

# Others write into the same pipe: room that was there a moment ago is gone.
test_shared_pipe() {
	local other
	read_pipe "$WORK/piped"
	begin || return
	kill -STOP "$READER"
	(ulimit -f 0 && exec yes) >>"$EVENTS" & # no byte of it into a file
	other=$!
	storm_until "a pipe that others fill" '.readers.log_lines_lost > 100'
	drained "a pipe that others fill"
	kill "$other"
	wait "$other" 2>/dev/null
	ends "a pipe that others fill"
	end_readers
}

# The reader is gone for good, while lines waited.
test_closed_pipe() {
	local told read
	read_pipe "$WORK/piped"
	begin || return
	kill -STOP "$READER"
	storm_until "a closed pipe" '.counters.delivered > 3000'
	kill -KILL "$READER"
	wait "$READER" 2>/dev/null
	READER=
	storm_until "a closed pipe" '.readers.log_lines_lost > 100'
	drained "a closed pipe"
	is "a closed pipe: said once" "$(grep -c "standard output: events can't be written: Broken pipe" "$WORK/log")" 1
	told=$(($(status .counters.delivered) - $(status .readers.log_lines_lost)))
	read=$(wc -l <"$WORK/piped")
	# what stood in the pipe itself was written, and went with it: 1 MiB
	at_most "a closed pipe: lines that are neither read nor lost" $((told - read)) $((1048576 / 800))
	ends "a closed pipe"
	end_readers
}

setup_alone # its floods take the processors, and the agent is to keep up with them
write_registry
deep
test_one_stuck
test_64
test_dev_full
test_full_disk
test_stuck_pipe
test_stuck_end
test_shared_pipe
test_closed_pipe
finish
