#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Cycles of start, work, reload and stop: after each, no memory may be left
# without a pointer to it. LeakSanitizer looks at the end of each process, where it is
# built in (DEBUG=1); it is first shown to work, on a program that leaks. (valgrind
# can't: 3.19 has neither clone3() nor pidfd_open(), so there is no canary in it.)
# shellcheck source=lib.sh source-path=SCRIPTDIR disable=SC1091
. "$(dirname "$0")/lib.sh"

REG=$WORK/reg.yaml
LEAKS=97 # the exit status where something leaks
CYCLES=8

# registry PORT: that one and two others.
registry() {
	cat >"$REG.new" <<-END
		version: 1
		name: leaks
		source: test_leaks.sh
		entries:
		  - {ports: 20000, protocol: tcp, process: mine}
		  - {ports: $1, protocol: tcp, process: changes, platforms: [aws, azure]}
		exceptions:
		  - {ports: 25000, protocol: udp, class: unregistered, until: 2099-01-01, reason: a test}
	END
	mv "$REG.new" "$REG"
}

work() {
	local port
	for port in 20000 21000 21001 20001; do probe tcp 4 127.0.0.1 "$port" 5; done
	probe udp 6 ::1 25000 3
	ctl status
	ctl listeners
	ctl selftest
	rm -f "$WORK/tail" # of the tail before: one that is ended before it runs loses the signal
	"$B/hostportctl" --socket="$SOCK" tail --json --replay=100 >"$WORK/tail" &
	local tail=$!
	until_true 30 test -s "$WORK/tail" || fail "tail says nothing"
	kill "$tail"
	wait "$tail"
	"$B/tests/e2e/ask" "$SOCK" <<<'{"verb":"tail","classes":7}'
	"$B/tests/e2e/ask" "$SOCK" <<<'no JSON'
}

reload() {
	registry "$1"
	kill -HUP "$AGENT_PID"
	! "$B/hostportctl" --help | grep -q '^  reload' || ctl reload
}

test_cycle() {
	registry 20001
	start_agent --mode="$2" --registry="$REG" --sweep=1 || return
	work >/dev/null 2>&1
	reload 20002
	printf 'version: 1\nname: [\n' >"$REG" # and one that can't be read
	kill -HUP "$AGENT_PID"
	work >/dev/null 2>&1
	reload 20003
	work >/dev/null 2>&1
	stop_agent
	is "LeakSanitizer: cycle $1, $2: exit status" "$AGENT_STATUS" 0
	has_not "LeakSanitizer: cycle $1, $2: nothing found" "$(cat "$WORK/log")" \
		'Sanitizer|runtime error|^==[0-9]+=='
}

# Starts that fail half-way have something to give back, too.
test_refused() {
	printf 'version: 1\nname: [\n' >"$REG"
	"$B/hostportd" --cgroup="$CGROUP" --netns="$NETNS" --socket="$SOCK" --registry="$REG" \
		>/dev/null 2>"$WORK/log"
	is "LeakSanitizer: a broken registry: exit status" $? 2
	registry 20001
	"$B/hostportd" --cgroup="$WORK" --netns="$NETNS" --socket="$SOCK" --registry="$REG" \
		>/dev/null 2>"$WORK/log"
	is "LeakSanitizer: no cgroup: exit status" $? 2
}

setup
if ! nm "$B/hostportd" | grep -q __asan_init; then
	skip "LeakSanitizer is not built in: \`make test DEBUG=1\`"
	finish
fi
export ASAN_OPTIONS=detect_leaks=1:exitcode=$LEAKS
"$B/tests/e2e/leaky" >/dev/null 2>&1
is "LeakSanitizer: finds what leaks" $? "$LEAKS"
for ((cycle = 1; cycle <= CYCLES && failures == 0; cycle++)); do
	test_cycle "$cycle" "$([ $((cycle % 2)) -eq 0 ] && echo audit || echo enforce)"
done
test_refused
finish
