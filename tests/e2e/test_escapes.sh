#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What others name (processes, programs, control groups, rows, files, arguments)
# reaches no terminal as anything that it obeys.
# shellcheck source=lib.sh source-path=SCRIPTDIR disable=SC1091
. "$(dirname "$0")/lib.sh"
setup

CTL=("$B/hostportctl" --socket="$SOCK")
# A title, a C1 control alone and as UTF-8, a line end, what is no UTF-8, and right to left. No slash.
EVIL=$'\033]0;x\007\x9b2J\xc2\x9b\n\xff\xe2\x80\xaez'
COMM=$'\033]0;x\007\x9b2J\n\xff' # as long as a name of a process may be
YAML_EVIL='\e]0;x\a\u009b2J\u202ez'
# As they are shown.
SHOWN='\\x1b\]0;x\\x07'

# tame NAME FILE: nothing in it but printable characters and line ends.
tame() {
	local bad
	bad=$(LC_ALL=C grep -nP '[\x00-\x09\x0b-\x1f\x7f]' "$2"
		LC_ALL=C grep -nP '\xc2[\x80-\x9f]|\xe2\x80[\x8e\x8f\xa8-\xae]|\xe2\x81[\xa6-\xa9]|\xd8\x9c|\xef\xbb\xbf' "$2"
		iconv -f UTF-8 -t UTF-8 <"$2" 2>&1 >/dev/null)
	if [ -z "$bad" ]; then pass "$1: nothing to obey"; else fail "$1: $(head -n 3 <<<"$bad" | od -c | head -n 8)"; fi
}

# shows NAME FILE PATTERN: it is tame, and what was hidden in it can be seen.
shows() {
	tame "$1" "$2"
	has "$1: made visible" "$(cat "$2")" "$3"
}

# run NAME PATTERN COMMAND...: both outputs of it.
run() {
	local name=$1 pattern=$2
	shift 2
	timeout 60 "$@" >"$WORK/said" 2>&1 </dev/null
	shows "$name" "$WORK/said" "$pattern"
}

# plain: what a terminal gets, without its line ends and without colours, which are all that it gets
# beside text.
plain() { sed -E $'s/\r$//; s/\033\\[[0-9;]*m//g'; }

# on_terminal NAME PATTERN COMMAND...
on_terminal() {
	local name=$1 pattern=$2 command
	shift 2
	printf -v command '%q ' "$@"
	TERM=xterm timeout 60 script -qec "$command" /dev/null </dev/null 2>&1 | plain >"$WORK/said"
	shows "$name" "$WORK/said" "$pattern"
}

evil_registry() { # FILE
	cat >"$1" <<END
version: 1
name: evil
source: "source$YAML_EVIL"
entries:
  - {ports: 20000, protocol: tcp, scope: localhost, process: "row$YAML_EVIL", team: "team$YAML_EVIL", notes: "$YAML_EVIL", application: "$YAML_EVIL"}
END
}

REG=$WORK/reg.yaml
evil_registry "$REG"
run "registry show" row "${CTL[@]}" registry show --registry="$REG"
run "registry show --json" row "${CTL[@]}" registry show --registry="$REG" --json
run "explain" row "${CTL[@]}" explain 20000/tcp --registry="$REG"
run "explain --json" row "${CTL[@]}" explain 20000/tcp --registry="$REG" --json

# Files whose names and contents are evil.
mkdir "$WORK/$EVIL"
cp "$REG" "$WORK/$EVIL/$EVIL.yaml"
printf 'version: 1\nname: "%s"\nentries:\n  - {"%s": 1, ports: "%s"}\n' "$EVIL" "$EVIL" "$EVIL" >"$WORK/raw$EVIL.yaml"
printf 'version: 1\nname: x\nentries:\n  - {"%s": 1, ports: "%s", protocol: "%s"}\n' \
	"$YAML_EVIL" "$YAML_EVIL" "$YAML_EVIL" >"$WORK/keys.yaml"
run "registry show, a file" "$SHOWN" "${CTL[@]}" registry show --registry="$WORK/raw$EVIL.yaml"
run "registry show, keys" 'unknown|key' "${CTL[@]}" registry show --registry="$WORK/keys.yaml"
run "explain, a directory" row "${CTL[@]}" explain 20000/tcp --registry="$WORK/$EVIL"
run "hostportd, a file" "$SHOWN" "$B/hostportd" --netns="$NETNS" --cgroup="$CGROUP" --socket="$SOCK" \
	--registry="$WORK/raw$EVIL.yaml"

# Arguments and paths in messages.
for option in mode enforce errno registry role cluster-version existing sweep listen log; do
	run "hostportd --$option" "$SHOWN" "$B/hostportd" --netns="$NETNS" --cgroup="$CGROUP" --socket="$SOCK" \
		"--$option=$EVIL"
done
run "hostportd --netns" "$SHOWN" "$B/hostportd" --cgroup="$CGROUP" --socket="$SOCK" --netns="$WORK/none/$EVIL"
run "hostportd --cgroup" "$SHOWN" "$B/hostportd" --netns="$NETNS" --socket="$SOCK" --cgroup="$WORK/none/$EVIL"
run "hostportd --socket" "$SHOWN" "$B/hostportd" --netns="$NETNS" --cgroup="$CGROUP" --socket="$WORK/none/$EVIL"
run "hostportd, an operand" "$SHOWN" "$B/hostportd" "$EVIL"
run "hostportd, an option" "$SHOWN" "$B/hostportd" "--$EVIL"
run "hostportd, a variable" "$SHOWN" env HOSTPORTD_ENFORCE="$EVIL" "$B/hostportd"
run "hostportctl, a verb" "$SHOWN" "${CTL[@]}" "$EVIL"
run "hostportctl, an option" "$SHOWN" "${CTL[@]}" "--$EVIL"
run "hostportctl, a socket" "$SHOWN" "$B/hostportctl" --socket="$WORK/$EVIL/s" status
run "explain, a port" "$SHOWN" "${CTL[@]}" explain "$EVIL"
run "explain, a protocol" "$SHOWN" "${CTL[@]}" explain "80/$EVIL"
run "explain --address" "$SHOWN" "${CTL[@]}" explain 80 --address="$EVIL"
run "tail --class" "$SHOWN" "${CTL[@]}" tail --class="$EVIL"
run "registry, a verb" "$SHOWN" "${CTL[@]}" registry "$EVIL"

# The running agent: its cgroup, and the comm, the program and the cgroup of a bind(). A cgroup's
# name has no line end.
PLACE=$CGROUP/${EVIL//$'\n'/}
mkdir "$PLACE"
mkdir "$WORK/bin"
cp "$B/tests/e2e/bindprobe" "$WORK/bin/$COMM"
"$B/hostportd" --cgroup="$PLACE" --netns="$NETNS" --socket="$SOCK" --log=text --mode=audit \
	--registry="$WORK/$EVIL" --sweep=1 >"$WORK/events" 2>"$WORK/log" </dev/null &
AGENT_PID=$!
echo "$AGENT_PID" >"$WORK/agent.pid"
until_true 30 agent_ready || fail "not ready: $(cat "$WORK/log")"
bind_evil() { inside_cgroup "$PLACE" "$WORK/bin/$COMM" tcp 4 0.0.0.0 "$1" >/dev/null; }
bind_evil 20000
bind_evil 23000
in_place() { inside_cgroup "$PLACE" "$@"; }
keep evil in_place "$WORK/bin/$COMM" tcp 4 0.0.0.0 23001 hold
all_told
shows "hostportd --log=text" "$WORK/events" "scope.*$SHOWN.*$SHOWN"
run "status" "$SHOWN" "${CTL[@]}" status
run "status --json" '\\u001b' "${CTL[@]}" status --json
run "listeners" "$SHOWN" "${CTL[@]}" listeners
run "listeners --json" '\\u001b' "${CTL[@]}" listeners --json
run "selftest" effective "${CTL[@]}" selftest
is "JSON: the cgroup is what it was" "$(status '.attached[0].cgroup' | iconv -c -f UTF-8 -t UTF-8)" \
	"$(printf '%s' "$PLACE" | sed $'s/\x9b2J/\xef\xbf\xbd2J/; s/\xff/\xef\xbf\xbd/')"
on_terminal "listeners on a terminal" "$SHOWN" "${CTL[@]}" listeners -o wide
# A tail goes on until it is ended: once it has said what is to come last.
for form in "" --json; do
	rm -f "$WORK/said" # what was said before has the port, too
	# shellcheck disable=SC2086 # nothing, or one word
	"${CTL[@]}" tail $form --replay=10 >"$WORK/said" 2>/dev/null &
	until_true 30 grep -qs 23001 "$WORK/said" || fail "tail $form: not all was replayed"
	kill $!
	wait $! 2>/dev/null
	shows "tail $form" "$WORK/said" '23000.*(\\x1b|\\u001b)'
done
printf -v command '%q ' "${CTL[@]}" tail --replay=10
TERM=xterm timeout 60 script -qec "exec $command" /dev/null </dev/null >"$WORK/typed" 2>&1 &
until_true 30 grep -qs 23001 "$WORK/typed" || fail "tail on a terminal: not all was replayed"
kill $!
wait $! 2>/dev/null
plain <"$WORK/typed" >"$WORK/said"
shows "tail on a terminal" "$WORK/said" "23000.*$SHOWN"
# the cgroup is gone: a notice that names it
kill_cgroup
ctl selftest >"$WORK/said" 2>&1
shows "the cgroup is gone: selftest" "$WORK/said" "$SHOWN"
stop_agent
shows "hostportd --log=text, notices" "$WORK/events" "NOTICE.*$SHOWN"
shows "hostportd, messages" "$WORK/log" "$SHOWN"

# A server that is no agent, at the socket's path: the client believes nothing.
no_agent() { # LINE...
	rm -f "$SOCK"
	printf '%b\n' "$@" | timeout 60 "$B/tests/e2e/noagent" "$SOCK" &
	until_true 5 test -S "$SOCK" || fail "no server"
}
no_agent '{"ok":true}' "$EVIL a line \033[31mred\033[0m\033[2J"
run "tail, no agent" 'a line \\x1b\[31mred' "${CTL[@]}" tail
no_agent '{"ok":true}' "$EVIL a line \033[31mred\033[0m\033[2J"
run "tail --json, no agent" 'a line \\u001b\[31mred' "${CTL[@]}" tail --json
no_agent '{"ok":true}' "$EVIL a line \033[31mred\033[0m\033[2J"
on_terminal "tail on a terminal, no agent" 'a line red\\x1b\[2J' "${CTL[@]}" tail
no_agent '{"ok":true}' "{\"mode\":\"\xc2\x9b\xe2\x80\xae\x7f\",\r\"effective\":true}"
run "status --json, no agent" '"\\u009b\\u202e\\u007f",\\u000d"eff' "${CTL[@]}" status --json
no_agent '{"error":"\\u001b]0;x\\u0007"}'
run "an error, no agent" "$SHOWN" "${CTL[@]}" status
finish
