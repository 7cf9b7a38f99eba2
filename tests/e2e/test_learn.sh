#!/bin/bash
# SPDX-License-Identifier: MIT
#
# From what an agent saw in audit mode to an overlay of exceptions, with which the same node is
# quiet, and can be enforced; and exceptions that nothing uses are named.
# shellcheck source=lib.sh source-path=SCRIPTDIR disable=SC1091
. "$(dirname "$0")/lib.sh"

REG=$WORK/reg.yaml
OVERLAY=$WORK/overlay.yaml
until_day() { date -u -d '+90 days' +%F; }

# learn NAME STATUS ARGS...: the overlay is in $OVERLAY, its messages in $WORK/err.
learn() {
	local name=$1 want=$2
	shift 2
	ctl learn "$@" >"$OVERLAY" 2>"$WORK/err"
	is "$name: exit status" $? "$want"
}

# exceptions FILE FILTER: of a layer that can be read, by jq; blank between them.
exceptions() {
	local rows
	rows=$("$B/hostportctl" registry show --json --registry="$1") || echo "no layer"
	jq -r ".rows[] | select(.kind == \"exception\") | $2" <<<"$rows" | xargs
}

# all_work NAME FILE: of the subject.
all_work() { is "$1: all work" "$(grep -c '^ok' "$2") $(grep -cv '^ok' "$2")" "9 0"; }

# says NAME PATTERN: in the overlay.
says() { has "$1" "$(cat "$OVERLAY")" "$2"; }
complains() { has "$1" "$(cat "$WORK/err")" "$2"; }

# subject: what is wrong on this node, of several classes; each comes and goes.
subject() {
	probe tcp 4 0.0.0.0 21000 3 # unregistered
	probe tcp 6 :: 21001        # unregistered
	probe udp 4 0.0.0.0 21000   # unregistered, another protocol
	probe tcp 4 127.0.0.1 21002 # unregistered, on loopback
	probe tcp 4 0.0.0.0 24000   # scope
	probe udp 6 :: 24001        # scope
	probe tcp 4 0.0.0.0 26000   # retired
	probe tcp 4 0.0.0.0 27000   # inactive
	probe tcp 4 0.0.0.0 20000   # registered
}

ALL="inactive/tcp/27000 retired/tcp/26000 scope/tcp/24000 scope/udp/24001 unregistered/tcp/21000 unregistered/tcp/21001"
ALL="$ALL unregistered/tcp/21002 unregistered/tcp/22000 unregistered/udp/21000 unregistered/udp/22001"

# shellcheck disable=SC2034 # class and proto are jq's
KEYS='"\(.class)/\(.protocol)/\(.ports)"'
sorted() { tr ' ' '\n' | sort | xargs; }

test_usage() {
	learn "no agent" 3
	complains "no agent: says so" "^hostportctl: no agent: $SOCK: "
	is "no agent: prints nothing" "$(cat "$OVERLAY")" ""
	learn "not a day" 2 --until=tomorrow
	complains "not a day: says so" 'not a day'
	learn "a day that is over" 2 --until=2020-01-01
	complains "a day that is over: says so" 'is over'
	learn "not a name" 2 --name='a: b'
	complains "not a name: says so" 'not a name'
	learn "an operand" 2 all
	complains "an operand: says so" 'files need --merge'
}

# answered LINE...: learn, from a server that answers with these lines.
answered() {
	rm -f "$SOCK"
	printf '%s\n' "$@" | timeout 60 "$B/tests/e2e/noagent" "$SOCK" &
	until_true 5 test -S "$SOCK" || fail "no server"
}

# A server that is no agent, or is broken, makes no overlay.
test_broken() {
	start_agent --mode=audit --registry="$REG" || return
	kill -STOP "$AGENT_PID"
	learn "an agent that hangs" 3
	complains "an agent that hangs: says so" '^hostportctl: the agent does not answer: '
	kill -CONT "$AGENT_PID"
	stop_agent
	answered '{"error":"verb: learn: not known to this agent"}'
	learn "an older agent" 3
	complains "an older agent: says so" '^hostportctl: the agent refused: .*learn: not known'
	answered '{"ok":true}' '{"violations":'
	learn "half an answer" 3
	is "none of them: prints nothing" "$(cat "$OVERLAY")" ""
	answered '{"ok":true}' '{"violations":[{"class":"scope","protocol":"tcp","port":80,"comm":"\n- x"},7,{"port":"8"}]}'
	learn "an answer of another version" 1
	is "an answer of another version: what is in it" "$(exceptions "$OVERLAY" "$KEYS")" scope/tcp/80
	rm -f "$SOCK"
}

test_nothing() {
	start_agent --mode=audit --registry="$REG" || return
	learn "nothing" 0
	is "nothing: no exceptions" "$(exceptions "$OVERLAY" "$KEYS")" ""
	is "nothing: says nothing" "$(cat "$WORK/err")" ""
	stop_agent
}

# What violates becomes an exception, whether it has gone, is there, or was before the agent.
test_learned() {
	local day
	keep before inside bindprobe tcp 4 0.0.0.0 22000 hold
	start_agent --mode=audit --registry="$REG" --role=worker || return
	keep now inside bindprobe udp 4 0.0.0.0 22001 hold
	subject >/dev/null
	day=$(until_day)
	learn "learned" 0
	is "learned: each once" "$(exceptions "$OVERLAY" "$KEYS" | sorted)" "$ALL"
	has "learned: until in 90 days" "$(exceptions "$OVERLAY" .until | tr ' ' '\n' | sort -u | xargs)" "^($day|$(until_day))\$"
	is "learned: of nobody" "$(exceptions "$OVERLAY" .owners | tr ' ' '\n' | sort -u)" null
	says "learned: who" "^  # cgroup /$NAME: bindprobe\[[0-9]+\], uid 0, on 0\.0\.0\.0; 3 times, 20[0-9TZ:-]+ to 20[0-9TZ:-]+\$"
	says "learned: who was there before" "^  # cgroup /$NAME: bindprobe\[$(keeper before)\], uid 0, on 0\.0\.0\.0; 1 time, 20[0-9TZ:-]+; 1 socket now\$"
	says "learned: from when" '^# node .*, mode audit; sockets of now, and violations since 20[0-9-]+T[0-9:]+Z$'
	says "learned: on top of" '^# To be read after the layers: learn-test$'
	is "learned: says nothing" "$(cat "$WORK/err")" ""
	cp "$OVERLAY" "$WORK/90-learned.yaml"
	is "learned: JSON" "$(ctl learn --json | jq -c '[.mode, .layers, (.violations | length), .left_out, .forgotten, .useless]')" \
		'["audit",["learn-test"],10,0,0,[]]'
	ctl learn --json >"$WORK/n1.json"
	ctl listeners --json >"$WORK/open.json"
	learn "merged" 0 --merge "$WORK/n1.json"
	is "merged: the same" "$(exceptions "$OVERLAY" "$KEYS" | sorted)" "$ALL"
	is "merged: each on one node" "$(grep -c 'reason: .*, on 1 node"' "$OVERLAY")" 10
	learn "merged with what is open" 1 --merge "$WORK/n1.json" "$WORK/open.json"
	complains "merged with what is open: of the same node" 'open\.json:1: its node is in an earlier document'
	learn "what is open" 0 --merge "$WORK/open.json"
	is "what is open" "$(exceptions "$OVERLAY" "$KEYS" | sorted)" "unregistered/tcp/22000 unregistered/udp/22001"
	learn "another day" 0 --until=2099-12-31 --name=mine
	is "another day: until" "$(exceptions "$OVERLAY" .until | tr ' ' '\n' | sort -u)" 2099-12-31
	is "another day: name" "$(exceptions "$OVERLAY" .layer | tr ' ' '\n' | sort -u)" mine
	learn "a name that is there" 2 --name=learn-test
	complains "a name that is there: says so" 'learn-test: the agent has a layer of this name'
	accounted "learned"
	stop_agent
}

# With the overlay as last layer nothing is audited or denied any more.
test_quiet() {
	local mode=$1
	start_agent --mode="$mode" --registry="$REG" --registry="$WORK/90-learned.yaml" --role=worker || return
	subject >"$WORK/subject"
	all_work "$mode" "$WORK/subject"
	is "$mode: no violation" "$(events '.verdict != "excepted"')" 0
	is "$mode: excepted" "$(events '.verdict == "excepted"')" 12
	is "$mode: the listeners, too" \
		"$(ctl listeners --json | jq -r '[.listeners[] | .verdict] | unique | join(" ")')" excepted
	learn "$mode: nothing to learn" 0
	is "$mode: nothing to learn: no exceptions" "$(exceptions "$OVERLAY" "$KEYS")" ""
	is "$mode: every exception is used" "$(cat "$WORK/err")" ""
	says "$mode: another name" '^name: "learned-2"$'
	[ "$mode" = enforce ] || is "$mode: nothing would break" "$(ctl mode enforce)" "mode enforce: switched, effective"
	is "$mode: another port is denied" "$(probe tcp 4 0.0.0.0 21003)" "EPERM 1"
	learn "$mode: that one" 0
	is "$mode: that one is learned" "$(exceptions "$OVERLAY" "$KEYS")" unregistered/tcp/21003
	says "$mode: on top of both" '^# To be read after the layers: learn-test learned$'
	stop_agent
}

# A running agent takes the overlay, and is quiet without a restart.
test_reload() {
	mkdir "$WORK/layers"
	cp "$REG" "$WORK/layers/10-site.yaml"
	start_agent --mode=audit --registry="$WORK/layers" --role=worker || return
	subject >/dev/null
	learn "reload: before" 0
	cp "$OVERLAY" "$WORK/layers/90-learned.yaml"
	ctl reload >/dev/null || fail "reload"
	learn "reload: after" 0
	is "reload: nothing more" "$(exceptions "$OVERLAY" "$KEYS")" ""
	is "reload: what was seen before uses them" "$(cat "$WORK/err")" ""
	is "reload: enforced" "$(ctl mode enforce)" "mode enforce: switched, effective"
	subject >"$WORK/subject"
	all_work "reload" "$WORK/subject"
	stop_agent
}

# Unused exceptions are named, and those that have ended.
test_useless() {
	cat >"$WORK/old.yaml" <<-'END'
		version: 1
		name: old
		exceptions:
		  - {ports: 21000, protocol: tcp, class: unregistered, until: 2099-12-31, reason: it is used}
		  - {ports: 21000, protocol: udp, class: unregistered, until: 2099-12-31, reason: another protocol}
		  - {ports: 24000, protocol: tcp, class: unregistered, until: 2099-12-31, reason: another class}
		  - {ports: 21010-21020, protocol: tcp, class: unregistered, until: 2099-12-31, reason: nobody}
		  - {ports: 22000-22010, protocol: tcp, class: unregistered, until: 2099-12-31, reason: a listener}
		  - {ports: 21001, protocol: tcp, class: unregistered, until: 2020-01-01, reason: it is over}
	END
	start_agent --mode=audit --registry="$REG" --registry="$WORK/old.yaml" --role=worker || return
	probe tcp 4 0.0.0.0 21000 >/dev/null
	probe tcp 4 0.0.0.0 24000 >/dev/null
	learn "useless" 0
	is "useless: which" "$(grep -o 'old.yaml:[0-9]*' "$WORK/err" | xargs)" \
		"old.yaml:5 old.yaml:6 old.yaml:7 old.yaml:9"
	complains "useless: says so" "^hostportctl: learn: unused since 20[0-9-]+T[0-9:]+Z: exception $WORK/old.yaml:7: tcp 21010-21020, class unregistered, until 2099-12-31\$"
	complains "useless: over" "^hostportctl: learn: ended: exception $WORK/old.yaml:9: tcp 21001, "
	says "useless: in the overlay" "^# unused since .*: exception $WORK/old.yaml:5: udp 21000, "
	is "useless: the others are learned" "$(exceptions "$OVERLAY" "$KEYS" | sorted)" \
		"scope/tcp/24000 unregistered/udp/22001"
	probe tcp 4 127.0.0.1 21020 >/dev/null
	learn "useless: then used" 0
	is "useless: then used" "$(grep -o 'old.yaml:[0-9]*' "$WORK/err" | xargs)" \
		"old.yaml:5 old.yaml:6 old.yaml:9"
	is "useless: JSON" "$(ctl learn --json | jq -c '.useless[0] | [.layer, .path, .line, .ports, .protocol, .class, .until, .why]')" \
		"[\"old\",\"$WORK/old.yaml\",5,21000,\"udp\",\"unregistered\",\"2099-12-31\",\"unused\"]"
	stop_agent
}

# Violations that no exception can cover are named, and learn exits with 1.
test_lacking() {
	start_agent --mode=audit --registry="$REG" --role=worker --enforce=default,ephemeral || return
	probe tcp 4 0.0.0.0 0 >/dev/null
	probe tcp 4 0.0.0.0 0 >/dev/null
	learn "lacking" 1
	is "lacking: the others are learned" "$(exceptions "$OVERLAY" "$KEYS" | sorted)" \
		"unregistered/tcp/22000 unregistered/udp/22001"
	complains "lacking: says so" "^hostportctl: learn: no exception for tcp \(ephemeral\), whose port the kernel chooses, of cgroup /$NAME: bindprobe\[[0-9]+\], .*; 2 times, "
	says "lacking: in the overlay" "^# no exception for tcp \(ephemeral\), "
	stop_agent
}

# Many ports of one workload are one exception, and it is said.
test_scan() {
	keep many inside manyports tcp 1000 80 hold
	start_agent --mode=audit --registry="$REG" --role=worker || return
	learn "scan" 0
	is "scan: one exception" "$(exceptions "$OVERLAY" "$KEYS" | sorted)" \
		"unregistered/tcp/1000-1079 unregistered/tcp/22000 unregistered/udp/22001"
	complains "scan: says so" '^hostportctl: learn: 80 ports \(tcp 1000-1079, unregistered\) in one exception: is it a scan\? '
	let_go many
	stop_agent
}

# Lost violations may have been of other ports: learn says so.
test_lost() {
	start_agent --mode=audit --registry="$REG" --role=worker --sweep=0 --ring-size=64K || return
	probe tcp 4 0.0.0.0 21000 >/dev/null
	learn "lost: none" 0
	kill -STOP "$AGENT_PID"
	inside "$B/tests/e2e/manyports" tcp 1000 9000 1 >/dev/null
	kill -CONT "$AGENT_PID"
	learn "lost" 1
	is "lost: says so" "$(grep -o "learn: [0-9]* more violations are lost" "$WORK/err")" \
		"learn: $(status .counters.lost) more violations are lost"
	stop_agent
}

# A process and a control group of hostile names (the kernel takes no line end in the latter's).
test_hostile() {
	local dir=$CGROUP/$'a\r  - {ports: 1-65535, # "b\\'
	mkdir "$dir"
	cp "$B/tests/e2e/bindprobe" "$WORK/"$'x" }\n# y'
	start_agent --mode=audit --registry="$REG" --role=worker || return
	inside_cgroup "$dir" "$WORK/"$'x" }\n# y' tcp 4 0.0.0.0 21007 >/dev/null
	learn "hostile" 0
	is "hostile: the exceptions" "$(exceptions "$OVERLAY" "$KEYS" | sorted)" \
		"unregistered/tcp/21007 unregistered/tcp/22000 unregistered/udp/22001"
	says "hostile: who" '\\x0d  - \{ports: 1-65535, # "b\\.*: x" \}\\x0a# y\['
	stop_agent
	rmdir "$dir"
}

setup
cat >"$REG" <<'END'
version: 1
name: learn-test
source: test_learn.sh
entries:
  - {ports: 20000-20001, protocol: tcp, process: mine}
  - {ports: 24000-24001, protocol: tcp, process: local, scope: localhost}
  - {ports: 24000-24001, protocol: udp, process: local, scope: localhost}
  - {ports: 27000, protocol: tcp, process: control, role: control-plane}
retired:
  - {ports: 26000, protocol: tcp, process: old, removed: "4.11"}
END
test_usage
test_nothing
test_learned
test_quiet audit
test_quiet enforce
test_reload
test_useless
test_lacking
test_scan
test_lost
test_hostile
let_go before now
finish
