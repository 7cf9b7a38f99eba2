#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Clients that tail: each gets every line, however many there are; and no client,
# slow, stuck or rude, takes a line from another.
# shellcheck source=lib.sh source-path=SCRIPTDIR disable=SC1091
. "$(dirname "$0")/lib.sh"

REG=$WORK/reg.yaml
PROBE=$(realpath "$B/tests/e2e/bindprobe")
TAILS=() # pids

# watch FILE OPTIONS...: a client whose lines go to a file.
watch() {
	local file=$1
	shift
	"$B/hostportctl" --socket="$SOCK" tail "$@" >"$file" 2>"$file.err" </dev/null &
	TAILS+=($!)
}

# unwatch: end all clients.
unwatch() {
	[ "${#TAILS[@]}" -gt 0 ] || return 0
	kill -CONT "${TAILS[@]}" 2>/dev/null
	kill "${TAILS[@]}" 2>/dev/null
	wait "${TAILS[@]}" 2>/dev/null
	TAILS=()
}

# shellcheck disable=SC2317 # these are called by until_true
tails_are() { [ "$(status .readers.tails 2>/dev/null)" = "$1" ]; }
# shellcheck disable=SC2317
has_lines() { [ "$(wc -l <"$1")" -ge "$2" ]; }

# shellcheck disable=SC2317
is_log() { [ -s "$1" ] && cmp -s "$1" "$WORK/events"; }

# has_come NAME FILE N LINES: these are the N lines that a client is to have.
has_come() {
	until_true 5 has_lines "$2" "$3" || fail "$1: fewer than $3 lines"
	is "$1" "$(cat "$2")" "$4"
}

same_as_log() {
	if until_true 5 is_log "$2"; then pass "$1"; else
		fail "$1: $(diff "$2" "$WORK/events" | head -n 4)"
	fi
}

# Violations of three classes, on ports of their own from $1 on.
violate() {
	local i
	for i in {0..4}; do
		probe tcp 4 127.0.0.1 $(($1 + i)) >/dev/null
		probe tcp 4 0.0.0.0 $((22000 + $1 % 1000 + i)) >/dev/null
		probe tcp 6 :: $((24000 + $1 % 1000 + i)) >/dev/null
	done
	all_told
}

test_several() {
	local i
	start_agent --mode=enforce --registry="$REG" || return
	violate 21000 # nobody watches yet
	is "before: lines in the log" "$(wc -l <"$WORK/events")" 15
	for i in 1 2 3 4; do watch "$WORK/json$i" --json; done
	watch "$WORK/text"
	watch "$WORK/retired" --json --class=retired
	watch "$WORK/two" --json --class=unregistered,scope
	watch "$WORK/three" --json --class=unregistered --class=scope
	watch "$WORK/none" --json --class=inactive
	watch "$WORK/replay0" --json --replay=0
	watch "$WORK/replay4" --json --replay=4
	watch "$WORK/replayall" --json --replay=1000
	watch "$WORK/replayclass" --json --replay=2 --class=scope
	until_true 5 tails_are 13 || fail "clients do not tail"
	is "clients are counted" "$(status .readers.tails)" 13
	has_come "--replay=1000: all there are" "$WORK/replayall" 15 "$(cat "$WORK/events")"
	has_come "--replay=4: the last four" "$WORK/replay4" 4 "$(tail -n 4 "$WORK/events")"
	is "--replay=4: not the same as all" "$(wc -l <"$WORK/replay4")" 4
	has_come "--replay=2 of a class: its last two" "$WORK/replayclass" 2 \
		"$(grep '"class":"scope"' "$WORK/events" | tail -n 2)"
	is "--replay=0: none" "$(cat "$WORK/replay0")" ""

	violate 21100
	is "after: lines in the log" "$(wc -l <"$WORK/events")" 30
	same_as_log "--replay=1000: and what follows" "$WORK/replayall"
	tail -n 15 "$WORK/events" >"$WORK/new"
	for i in json1 json2 json3 json4 replay0; do
		has_come "client $i: the lines of the log" "$WORK/$i" 15 "$(cat "$WORK/new")"
	done
	has_come "--replay=4: and what follows" "$WORK/replay4" 19 "$(tail -n 19 "$WORK/events")"
	has_come "--class=retired" "$WORK/retired" 5 "$(grep '"class":"retired"' "$WORK/new")"
	has_come "--class=unregistered,scope" "$WORK/two" 10 "$(grep -E '"class":"(unregistered|scope)"' "$WORK/new")"
	has_come "--class twice" "$WORK/three" 10 "$(cat "$WORK/two")"
	is "--class=inactive: none" "$(cat "$WORK/none")" ""
	until_true 5 has_lines "$WORK/text" 15 || fail "text: too few lines"
	is "text: a line for each" "$(wc -l <"$WORK/text")" 15
	is "text: each can be read" "$(grep -cE \
		'^[0-9:]{8}\.[0-9]{3}Z DENIED +tcp +(\[::\]|127\.0\.0\.1|0\.0\.0\.0):[0-9]+ +(unregistered|retired|scope) +bindprobe\[[0-9]+\] uid 0 +cgroup /'"$NAME"'  ' \
		"$WORK/text")" 15
	is "text: the port of each" "$(grep -oE ':2[0-9]{4} ' "$WORK/text" | tr -d ': ')" "$(jq -r .port "$WORK/new")"
	is "text: the row" "$(grep -c '  tail: gone (test)$' "$WORK/text")" 5
	is "text: no colour in a file" "$(grep -c $'\e' "$WORK/text")" 0
	is "nothing lost" "$(status '.readers | "\(.tail_lines_lost) \(.log_lines_lost)"')" "0 0"
	is "no client complains" "$(cat "$WORK"/*.err)" ""
	unwatch
	if until_true 5 tails_are 0; then pass "clients that go are forgotten"; else fail "clients that go stay"; fi
	watch "$WORK/last" --json
	until_true 5 tails_are 1 || fail "the agent ends: no client tails"
	stop_agent
	wait "${TAILS[0]}"
	is "the agent ends: exit status of tail" $? 3
	TAILS=()
}

# A process that chooses its own name can't write escape sequences to a terminal.
test_hostile() {
	local name dir=$CGROUP/$'\e[32mgreen' n=0
	mkdir -p "$WORK/bin" "$dir"
	start_agent --mode=enforce --registry="$REG" || return
	watch "$WORK/text"
	watch "$WORK/json" --json
	until_true 5 tails_are 2 || fail "hostile names: clients do not tail"
	for name in $'\e[31mred' $'new\nline' $'bell\a\b\r' $'\xff\xfe\x80' $'\xc2\x9b31m' 'q"uo\te' $'tab\there' \
		$'\xe2\x80\xae'rtl; do
		install -m 755 "$PROBE" "$WORK/bin/$name"
		inside_cgroup "$dir" "$WORK/bin/$name" tcp 4 127.0.0.1 $((21000 + n)) >/dev/null
		n=$((n + 1))
	done
	all_told
	until_true 5 has_lines "$WORK/text" $n || fail "hostile names: too few lines of text"
	until_true 5 has_lines "$WORK/json" $n || fail "hostile names: too few lines of JSON"
	is "hostile names: a line of text each" "$(wc -l <"$WORK/text")" $n
	is "hostile names: a line of JSON each" "$(wc -l <"$WORK/json")" $n
	is "hostile names: each is JSON" "$(jq -s length "$WORK/json")" $n
	is "hostile names: no control character in the text" \
		"$(tr -d '\n' <"$WORK/text" | LC_ALL=C tr -dc '\001-\037\177' | od -An -c)" ""
	is "hostile names: no C1 control, no direction override in the text" \
		"$(LC_ALL=C grep -cP '\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae]' "$WORK/text")" 0
	is "hostile names: no control character in the JSON" \
		"$(tr -d '\n' <"$WORK/json" | LC_ALL=C tr -dc '\001-\037\177' | od -An -c)" ""
	is "hostile names: text is UTF-8" "$(iconv -f UTF-8 -t UTF-8 "$WORK/text" 2>&1 >/dev/null)" ""
	is "hostile names: JSON is UTF-8" "$(iconv -f UTF-8 -t UTF-8 "$WORK/json" 2>&1 >/dev/null)" ""
	has "hostile names: what is left can be told" "$(head -n 1 "$WORK/text")" '\[31mred'
	is "hostile names: JSON tells them whole" "$(jq -r 'select(.port == 21000) | .comm + .cgroup' "$WORK/json")" \
		$'\e[31mred'"/$NAME/"$'\e[32mgreen'
	is "hostile names: a line end, too" "$(jq -r 'select(.port == 21001) | .comm' "$WORK/json")" $'new\nline'
	is "hostile names: quotes, too" "$(jq -r 'select(.port == 21005) | .comm' "$WORK/json")" 'q"uo\te'
	unwatch
	stop_agent
}

# One that stands still loses its own lines, and learns how many.
test_stuck() {
	local dir round lost stuck
	dir=$CGROUP/$(printf 'a%.0s' {1..250})/$(printf 'b%.0s' {1..250})
	mkdir -p "$dir" # long lines
	start_agent --mode=enforce --registry="$REG" || return
	watch "$WORK/stuck" --json
	stuck=${TAILS[0]}
	watch "$WORK/awake" --json
	until_true 5 tails_are 2 || fail "a stuck client: clients do not tail"
	kill -STOP "$stuck"
	for round in {1..60}; do
		inside_cgroup "$dir" "$B/tests/e2e/manyports" udp $((1 + round % 60 * 1000)) 1000 1 >/dev/null
		[ "$(status .readers.tail_lines_lost)" -lt 100 ] || break
	done
	lost=$(status .readers.tail_lines_lost)
	has "a stuck client loses lines" "$lost" '^[1-9][0-9]{2,}$'
	is "a stuck client: the log loses none" "$(status .readers.log_lines_lost)" 0
	accounted "a stuck client"
	same_as_log "a stuck client: another one loses none" "$WORK/awake"
	is "a stuck client is still there" "$(status .readers.tails)" 2
	kill -CONT "$stuck"
	if until_true 10 has_text "$WORK/stuck" '"lost":'; then pass "a stuck client goes on: it is told"; else
		fail "a stuck client goes on: it is not told"
	fi
	probe tcp 4 127.0.0.1 65000 >/dev/null
	all_told
	if until_true 10 has_text "$WORK/stuck" '"port":65000,'; then pass "a stuck client goes on: it hears what follows"; else
		fail "a stuck client goes on: it hears nothing"
	fi
	lost=$(status .readers.tail_lines_lost)
	is "a stuck client: told how many" "$(jq -s 'map(.lost // 0) | add' "$WORK/stuck")" "$lost"
	is "a stuck client: its lines and its losses are all lines" \
		"$(jq -s --argjson lost "$lost" '(map(select(.lost | not)) | length) + $lost' "$WORK/stuck")" \
		"$(wc -l <"$WORK/events")"
	is "a stuck client: its lines are whole" \
		"$(grep -v '"lost":' "$WORK/stuck" | grep -cvxFf "$WORK/events")" 0
	same_as_log "a stuck client goes on: the other one has all" "$WORK/awake"
	unwatch
	stop_agent
	is "a stuck client: exit status" "$AGENT_STATUS" 0
}
# shellcheck disable=SC2317 # called by until_true
has_text() { grep -qF -- "$2" "$1"; }

# The agent ends while one stands still: it does not wait.
test_stuck_end() {
	start_agent --mode=enforce --registry="$REG" || return
	watch "$WORK/stuck" --json
	until_true 5 tails_are 1 || fail "the agent ends beside a stuck client: it does not tail"
	kill -STOP "${TAILS[0]}"
	probe tcp 4 127.0.0.1 21000 >/dev/null
	kill -TERM "$AGENT_PID"
	if until_true 60 is_gone "$AGENT_PID"; then pass "the agent ends beside a stuck client"; else
		fail "the agent does not end beside a stuck client"
		kill -KILL "$AGENT_PID"
	fi
	wait "$AGENT_PID"
	AGENT_PID=
	unwatch
}

test_many() {
	local i status
	start_agent --mode=enforce --registry="$REG" || return
	for i in {1..64}; do watch "$WORK/many$i" --json; done
	if until_true 10 tails_are 64; then pass "64 clients tail, and status has a place"; else
		fail "64 clients do not tail"
	fi
	timeout 60 "$B/hostportctl" --socket="$SOCK" tail --json >"$WORK/out" 2>"$WORK/err"
	status=$?
	is "64 clients: the next: exit status" "$status" 3
	has "64 clients: the next: says why" "$(cat "$WORK/err")" '^hostportctl: .*too many clients tail$'
	is "64 clients: the next: one line" "$(cat "$WORK/out" "$WORK/err" | wc -l)" 1
	probe tcp 4 127.0.0.1 21000 >/dev/null
	for i in {1..64}; do
		until_true 5 has_lines "$WORK/many$i" 1 || fail "64 clients: client $i has no line"
	done
	is "64 clients: all have the line" "$(cat "$WORK"/many{1..64} | jq -c '[.port, .class]' | sort | uniq -c |
		awk '{print $1, $2}')" '64 [21000,"unregistered"]'
	kill "${TAILS[0]}"
	wait "${TAILS[0]}" 2>/dev/null
	TAILS=("${TAILS[@]:1}")
	if until_true 5 tails_are 63; then pass "one goes: there is a place again"; else
		fail "one goes: there is no place"
	fi
	same_as_log "64 clients: the log" "$WORK/many64"
	unwatch
	stop_agent
}
# ask NAME PATTERN [HOW]: send standard input, and look at the answer.
ask() {
	has "$1" "$("$B/tests/e2e/ask" "$SOCK" 2>&1)" "$2"
}

test_rude() {
	start_agent --mode=enforce --registry="$REG" || return
	echo 'garbage' | ask "garbage" '^\{"error":".+"\}$'
	echo '' | ask "an empty line" '^\{"error":".+"\}$'
	head -c 200 /dev/urandom | tr -d '\n' | sed 's/$/\n/' | ask "bytes" '^\{"error":".+"\}$'
	printf '{"verb":"status"\0}\n' | ask "a zero byte" '^\{"error":".+"\}$'
	head -c 4095 /dev/zero | tr '\0' '[' | sed 's/$/\n/' | ask "deep nesting" '^\{"error":".+"\}$'
	head -c 100000 /dev/zero | tr '\0' 'x' | ask "too long" '^\{"error":"the request is too long"\}$'
	echo '[]' | ask "not an object" '^\{"error":".+"\}$'
	echo '{}' | ask "no verb" '^\{"error":".+"\}$'
	echo '{"verb":1}' | ask "a verb that is a number" '^\{"error":".+"\}$'
	echo '{"verb":"destroy"}' | ask "an unknown verb" '^\{"error":".*destroy.*"\}$'
	echo '{"verb":"tail","form":"xml"}' | ask "an unknown form" '^\{"error":".*xml.*"\}$'
	echo '{"verb":"tail","classes":["x"]}' | ask "an unknown class" '^\{"error":".*x.*"\}$'
	echo '{"verb":"tail","classes":"retired"}' | ask "classes that are no list" '^\{"error":".+"\}$'
	echo '{"verb":"tail","replay":-1}' | ask "a negative replay" '^\{"error":".+"\}$'
	echo '{"verb":"tail","replay":"many"}' | ask "a replay that is a word" '^\{"error":".+"\}$'
	is "half a request, and then nothing" "$(printf '{"verb":' | "$B/tests/e2e/ask" "$SOCK" hang-up && echo closed)" closed
	is "nothing at all" "$("$B/tests/e2e/ask" "$SOCK" hang-up </dev/null && echo closed)" closed
	echo '{"verb":"status"}' | ask "a good one" '^\{"mode":"enforce",.*\}$'
	printf '{"verb":"status"}\nand more\n' | ask "a good one with more behind it" '^\{"mode":"enforce",.*\}$'
	is "a good one, and nobody waits for the answer" \
		"$(echo '{"verb":"status"}' | "$B/tests/e2e/ask" "$SOCK" hang-up | head -n 1)" '{"ok":true}'
	is "the agent goes on" "$(status .effective)" true
	is "the agent enforces" "$(probe tcp 4 127.0.0.1 21000)" "EPERM 1"
	is "no one is left" "$(status .readers.tails)" 0
	stop_agent
	is "after rude clients: exit status" "$AGENT_STATUS" 0
	is "after rude clients: nothing but ready and stopped is logged" \
		"$(grep -cE ': ready$|: stopped: ' "$WORK/log") $(grep -vE ': ready$|: stopped: ' "$WORK/log")" "2 "
}

# kept OPTIONS...: the ports of the lines that are kept, in order.
kept() { ctl tail --no-follow --json "$@" | jq -r "select(.verdict) | .port" | xargs; }

# What is chosen of the lines that are kept; and a client ends when nobody reads it any more.
test_chosen() {
	start_agent --mode=enforce --registry="$REG" || return
	probe tcp 4 127.0.0.1 21000 >/dev/null
	probe udp 4 127.0.0.1 21000 >/dev/null
	probe tcp 4 0.0.0.0 22000 >/dev/null
	probe tcp 6 :: 24000 >/dev/null
	all_told
	is "--no-follow: all there are, and it ends" "$(kept)" "21000 21000 22000 24000"
	is "-n: the last ones" "$(kept -n 2)" "22000 24000"
	is "--port" "$(kept --port=22000)" "22000"
	is "--port of a range and a protocol" "$(kept --port=21000-22000/tcp)" "21000 22000"
	is "--class" "$(kept --class=scope)" "24000"
	is "--verdict" "$(kept --verdict=denied)" "21000 21000 22000 24000"
	is "--verdict: none" "$(kept --verdict=audited)" ""
	is "--unit: none" "$(kept --unit=none.service)" ""
	is "--since: all" "$(kept --since=1d)" "21000 21000 22000 24000"
	is "-o text" "$(ctl tail --no-follow -o text --port=22000 | grep -c 'DENIED .*:22000 ')" 1
	is "--since: not a time" "$(ctl tail --since=yesterday 2>&1 | cut -d: -f1-3)" "hostportctl tail: bad value: --since=yesterday"
	is "--follow and not" "$(ctl tail -f --no-follow 2>&1; echo $?)" \
		"hostportctl: tail: --follow and --no-follow: only one of them
2"
	# no line comes that it could not write
	timeout 120 "$B/hostportctl" --socket="$SOCK" tail > >(exec true)
	is "nobody reads it: it ends" $? 0
	stop_agent
}

also_clear() { unwatch; }
setup
cat >"$REG" <<'END'
version: 1
name: tail
source: test_tail.sh
entries:
  - {ports: 20000, protocol: tcp, process: mine}
  - {ports: 24000-24999, protocol: tcp, process: local, scope: localhost}
retired:
  - {ports: 22000-22999, protocol: tcp, process: gone, team: test, removed: "4.2"}
END
test_several
test_chosen
test_hostile
test_stuck
test_stuck_end
test_many
test_rude
finish
