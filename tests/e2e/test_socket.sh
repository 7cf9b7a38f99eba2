#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The control socket against hostile clients: which users may ask, what a
# request may be, and how long a client may take. Malformed requests: test_tail.sh.
# shellcheck source=lib.sh source-path=SCRIPTDIR disable=SC1091
. "$(dirname "$0")/lib.sh"
setup

ASK=$B/tests/e2e/ask
CLIENTS=80    # CONTROL_CLIENTS_MAX
REQUEST_S=10  # CONTROL_REQUEST_S
ANSWER_S=30   # CONTROL_ANSWER_S
REG=$WORK/reg.yaml

# crowd NAME N [REQUEST]: start one; it is asked with open_of and sent home with go_home.
declare -A TO FROM
crowd() {
	local name=$1 to from
	shift
	mkfifo "$WORK/$name.to" "$WORK/$name.from"
	"$B/tests/e2e/crowd" "$SOCK" "$@" <"$WORK/$name.to" >"$WORK/$name.from" 2>&1 &
	exec {to}>"$WORK/$name.to" {from}<"$WORK/$name.from"
	TO[$name]=$to FROM[$name]=$from
	read -r -t 60 CONNECTED <&"${FROM[$name]}"
}
open_of() {
	local answer
	echo >&"${TO[$1]}"
	read -r -t 60 answer <&"${FROM[$1]}"
	echo "${answer#open }"
}
go_home() {
	local to=${TO[$1]} from=${FROM[$1]}
	exec {to}>&- {from}<&-
	rm "$WORK/$1.to" "$WORK/$1.from"
}
# shellcheck disable=SC2317 # called by until_true
open_are() { [ "$(open_of "$1")" = "$2" ]; }
# shellcheck disable=SC2317
all_gone() { [ "$(open_of "$1")" = 0 ]; }

descriptors() { find "/proc/$AGENT_PID/fd" -mindepth 1 2>/dev/null | wc -l; }
# shellcheck disable=SC2317 # called by until_true
descriptors_are() { [ "$(descriptors)" -eq "$1" ]; }


test_who() {
	local as_nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups "$WORK/ask")
	install -m 755 "$ASK" "$WORK/ask"
	chmod 755 "$WORK"
	is "the socket's mode and owner" "$(stat -c '%a %u' "$SOCK")" "600 0"
	is "its lock's" "$(stat -c '%a %u' "$SOCK.lock")" "600 0"
	is "another user: the file mode keeps it out" \
		"$(echo '{"verb":"status"}' | "${as_nobody[@]}" "$SOCK" 2>&1)" "ask: Permission denied"
	chmod 666 "$SOCK" # as by mistake
	for verb in status tail listeners selftest; do
		is "another user, with the mode widened: $verb" \
			"$(echo "{\"verb\":\"$verb\"}" | "${as_nobody[@]}" "$SOCK" 2>&1)" \
			'{"error":"only root may ask"}'
	done
	has "root, then" "$(echo '{"verb":"status"}' | "$WORK/ask" "$SOCK")" '^\{"ok":true\}$'
	chmod 600 "$SOCK"
}

# ask NAME PATTERN: send standard input, and look at all of the answer.
ask() { has "$1" "$("$ASK" "$SOCK" 2>&1)" "$2"; }

test_requests() {
	local n
	for n in 18446744073709551615 18446744073709551616 1e999 -9223372036854775809 0.5 "$(printf '9%.0s' {1..400})"; do
		echo "{\"verb\":\"tail\",\"replay\":$n}" | ask "replay ${n:0:24}" '^\{"error":".+"\}$'
	done
	printf '{"verb":"status","x":"%s"}\n' "$(head -c 4000 /dev/zero | tr '\0' 'x')" |
		ask "as long as may be" '^\{"ok":true\}$'
	printf '{"verb":"status"}%4080s\n' "" | ask "one byte too long" '^\{"error":"the request is too long"\}$'
	printf '%s\n' '{"verb":"status","verb":"tail"}' | ask "a member twice" '^\{"error":".+"\}$'
	printf '{"verb":"\033]0;x\007\xc2\x9b\xe2\x80\xae"}\n' | ask "escapes" '^\{"error":".+"\}$'
	printf '%s\n' '{"verb":"\u001b]0;x\u0007\u009b\u202e"}' |
		ask "escapes come back as such" '^\{"error":"verb: \\u001b\]0;x\\u0007\\u009b\\u202e: not known'
	printf '{"verb":"\xff"}\n' | ask "bytes that are no UTF-8" '^\{"error":".+"\}$'
	printf '%s\n' '{"verb":"a\u0000b"}' | ask "a zero byte, escaped" '^\{"error":".+"\}$'
	printf '%s%s\n' "$(head -c 2000 /dev/zero | tr '\0' '[')" "$(head -c 2000 /dev/zero | tr '\0' ']')" |
		ask "deep nesting that ends" '^\{"error":".+"\}$'
	agent_ready || fail "the agent does not answer any more"
}

# Clients that ask nothing lose their places; those that came before are not concerned.
test_silent() {
	local before=$1 start
	crowd tails 3 '{"verb":"tail"}'
	is "tails: connected" "$CONNECTED" "connected 3 of 3"
	crowd unread 2 '{"verb":"listeners"}'
	start=$SECONDS
	crowd silent 1000
	is "1000 at once: connected" "$CONNECTED" "connected 1000 of 1000"
	until_true 5 open_are silent "$((CLIENTS - 5))" # the last ones are refused a moment later
	is "1000 at once: places" "$(open_of silent)" "$((CLIENTS - 5))"
	is "1000 at once: descriptors" "$(descriptors)" "$((before + CLIENTS))"
	ctl status >/dev/null 2>"$WORK/err"
	is "no place is free: status's exit status" $? 3
	has "no place is free: said so" "$(cat "$WORK/err")" 'too many clients'
	is "no place is free: enforced all the same" "$(probe tcp 4 127.0.0.1 23000)" "EPERM 1"
	if until_true "$((REQUEST_S + 5))" all_gone silent; then pass "silent ones lose their places"; else
		fail "silent ones keep $(open_of silent) places"
	fi
	[ "$((SECONDS - start))" -ge "$((REQUEST_S - 1))" ] || fail "but too soon: $((SECONDS - start)) s"
	agent_ready || fail "and nobody else gets them"
	is "tails keep theirs" "$(open_of tails)" 3
	is "so do those that read slowly, until their time is over" "$(open_of unread)" 2
	go_home silent
	(printf '{"verb":'; sleep $((REQUEST_S + 2))) | "$ASK" "$SOCK" >"$WORK/half" &
	ask_pid=$!
	if until_true "$ANSWER_S" all_gone unread; then pass "in the end they lose them, too"; else
		fail "a client that does not read its answer keeps its place"
	fi
	go_home unread
	wait "$ask_pid"
	is "half a request" "$(cat "$WORK/half")" '{"error":"no request came in time"}'
	is "tails still keep theirs" "$(open_of tails)" 3
	go_home tails
	if until_true 5 descriptors_are "$before"; then pass "no descriptor is lost"; else
		fail "$(descriptors) descriptors, before: $before"
	fi
}

# A request in two parts, and one that is late because of the agent.
test_slow() {
	is "a request in two parts" "$( (printf '{"verb":'; sleep 0.3; echo '"status"}') |
		"$ASK" "$SOCK" | head -n 1)" '{"ok":true}'
	# what was asked while the agent could not hear is no client's fault
	(printf '{"verb":"st'; until_true 30 test -e "$WORK/stopped"; echo 'atus"}') |
		"$ASK" "$SOCK" >"$WORK/late" &
	ask_pid=$!
	until_true 5 descriptors_are "$(($1 + 1))" || fail "an agent that is held up: nobody asks"
	kill -STOP "$AGENT_PID"
	touch "$WORK/stopped"
	sleep "$((REQUEST_S + 1))" # longer than the client has
	kill -CONT "$AGENT_PID"
	wait "$ask_pid"
	is "an agent that is held up: still answered" "$(head -n 1 "$WORK/late")" '{"ok":true}'
}

# none_is_free LIMIT: of the numbers below it, but for one: the agent may have to look at something.
# shellcheck disable=SC2317 # called by until_true
none_is_free() {
	[ "$(find "/proc/$AGENT_PID/fd" -mindepth 1 -printf '%f\n' 2>/dev/null | awk -v limit="$1" '$1 < limit' | wc -l)" -ge $(($1 - 1)) ]
}

# The canary may have been tried meanwhile, and found no descriptor.
# shellcheck disable=SC2317 # called by until_true
proved() { ctl selftest >/dev/null 2>&1; }

# No descriptor is left: no busy loop, and everything else goes on.
test_descriptors() {
	local soft before=$1
	soft=$(prlimit --pid "$AGENT_PID" --nofile --output SOFT --noheadings)
	prlimit --pid "$AGENT_PID" --nofile="$((before + 4)):"
	crowd many 20
	until_true 10 none_is_free $((before + 4)) || fail "no descriptor left: $(descriptors), before: $before"
	does_not_spin "no descriptor left" 23000
	prlimit --pid "$AGENT_PID" --nofile="$soft:"
	go_home many
	if until_true 5 proved; then pass "descriptors again: it answers"; else
		fail "descriptors again: it does not answer"
	fi
}

cat >"$REG" <<'END'
version: 1
name: socket
source: test_socket.sh
entries:
  - {ports: 20000-21999, protocol: tcp, process: mine}
END
start_agent --mode=enforce --registry="$REG" || finish
keep many inside manyports tcp 20000 1500 hold # their answer is longer than a socket holds
ctl listeners >/dev/null # for what it needs once
before=$(descriptors)
test_who
test_requests
test_silent "$before"
test_slow "$before"
test_descriptors "$before"
is "effective to the end" "$(status .effective)" true
stop_agent
is "exit status" "$AGENT_STATUS" 0
finish
