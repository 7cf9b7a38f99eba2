#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The socket table: a socket that no hook saw is reported within a sweep, and once;
# what may be closed is closed; and `listeners` shows everything.
# shellcheck source=lib.sh source-path=SCRIPTDIR disable=SC1091
. "$(dirname "$0")/lib.sh"

REG=$WORK/reg.yaml

told() { events ".port == $1"; }
# shellcheck disable=SC2317 # called by until_true
is_told() { [ "$(told "$1")" -eq "$2" ]; }
# shellcheck disable=SC2317 # called by until_true
runs_are() { [ "$(status .sweep.runs)" -ge "$1" ]; }
# sweeps N: wait for N more sweeps.
sweeps() { until_true 15 runs_are $(($(status .sweep.runs) + $1)) || fail "no sweep"; }

# event PORT: what is told of it, a line each.
event() {
	jq -r "select(.port == $1)"' | "\(.how) \(.verdict) \(.class) \(.protocol) \(.address) \(.count)"' \
		"$WORK/events"
}

# accepts PORT: does a process take a connection?
accepts() {
	inside bash -c "exec 3<>/dev/tcp/127.0.0.1/$1" 2>/dev/null && echo yes || echo no
}

# What other cgroups hold is found while the agent runs, told once, and again when it comes back.
test_unseen() {
	start_agent --mode=audit --registry="$REG" --sweep=1 || return
	is "nothing is there: nothing is told" "$(status '"\(.sweep.sockets) \(.sweep.found)"')" "0 0"
	keep out outside bindprobe tcp 4 127.0.0.1 21010 hold
	keep high outside bindprobe tcp 6 :: 40000 hold
	keep chosen outside bindprobe tcp 4 0.0.0.0 0 hold
	keep udp outside bindprobe udp 4 0.0.0.0 0 hold
	keep lite outside bindprobe udplite 4 0.0.0.0 777 hold
	sweeps 1
	is "unseen: told" "$(event 21010)" "existing audited unregistered tcp 127.0.0.1 1"
	is "unseen: by its process" "$(jq -r 'select(.port == 21010) | "\(.pid) \(.comm) \(.uid)"' \
		"$WORK/events")" "$(keeper out) bindprobe 0"
	is "unseen: by its program" "$(jq -r 'select(.port == 21010) | .exe' "$WORK/events")" \
		"$(realpath "$B/tests/e2e/bindprobe")"
	is "unseen, of the kernel's range" "$(event 40000 | sed 's/^listen/existing/')" \
		"existing audited scope tcp :: 1"
	is "unseen, UDP-Lite" "$(event 777)" "existing audited unregistered udplite 0.0.0.0 1"
	is "what the kernel has chosen is not told" "$(events '.class == "ephemeral"')" 0
	sweeps 2
	is "unseen: told once" "$(events true)" 3
	is "unseen: counted" "$(status '"\(.counters.existing) \(.sweep.found) \(.sweep.sockets)"')" "3 3 5"
	let_go out
	sweeps 1
	is "gone: nothing is told" "$(told 21010)" 1
	keep out outside bindprobe tcp 4 127.0.0.1 21010 hold
	until_true 10 is_told 21010 2 || fail "back: not told again"
	is "back: told again" "$(event 21010 | sort -u)" "existing audited unregistered tcp 127.0.0.1 1"
	accounted "unseen"
	let_go out high chosen udp lite
	stop_agent
}

# A port of the kernel's range that no row names: was it asked for? Before the agent, and later.
test_asked() {
	local want=0
	keep before outside bindprobe tcp 4 0.0.0.0 45000 hold
	keep zero outside bindprobe tcp 4 0.0.0.0 0 hold
	start_agent --mode=audit --registry="$REG" --sweep=1 || return
	if [ "$(status .abilities.iterator)" = true ]; then
		want=1
	else
		skip "asked for, or chosen: this kernel can't walk over open files"
	fi
	is "asked for before" "$(told 45000)" "$want"
	keep later outside bindprobe udp 6 :: 45001 hold
	keep zero6 outside bindprobe udp 6 :: 0 hold
	sweeps 2
	is "asked for later" "$(told 45001)" "$want"
	is "each told once, nothing else" "$(events true)" "$((2 * want))"
	if [ "$want" = 1 ]; then
		is "as what it is" "$(event 45001)" "existing audited unregistered udp :: 1"
		is "listeners" "$(field 'select(.port >= 32768) | "\(.protocol) \(.port) \(.verdict) \(.class)"' |
			grep -c " 4500[01] audited unregistered$")" 2
	fi
	accounted "asked for"
	let_go before zero later zero6
	stop_agent
}

# What a hook has reported is not reported again.
test_seen() {
	start_agent --mode=audit --registry="$REG" --sweep=1 || return
	keep a inside bindprobe tcp 4 127.0.0.1 21020 hold
	# repeats are only counted: the second one has no record of its own
	keep b inside bindprobe tcp 4 127.0.0.2 21020 hold
	keep c inside bindprobe udp 6 :: 21021 hold
	keep d inside bindprobe tcp 4 127.0.0.1 45001 hold
	keep e inside bindprobe udp 4 127.0.0.1 45001 hold
	keep f inside bindprobe tcp 4 127.0.0.1 21022 hold 8
	sweeps 2
	is "seen: none is told by a sweep" "$(events '.how != "bind"')" 0
	is "seen: all are told by hooks" "$(status '"\(.counters.violations) \(.counters.existing)"')" "13 0"
	is "seen, of the kernel's range: class" \
		"$(ctl listeners --json | jq -r '.listeners[] | select(.port == 45001) | "\(.protocol) \(.class)"')" \
		"$(printf 'tcp unregistered\nudp unregistered')"
	accounted "seen"
	let_go a b c d e f
	stop_agent
}

# --sweep=0 makes the first one only.
test_off() {
	keep a outside bindprobe tcp 4 127.0.0.1 21010 hold
	HOSTPORTD_SWEEP=0 start_agent --mode=audit --registry="$REG" || return
	is "off: the first is made" "$(event 21010)" "existing audited unregistered tcp 127.0.0.1 1"
	is "off: no other" "$(status '"\(.sweep.every) \(.sweep.runs)"')" "0 1"
	stop_agent
	start_agent --mode=audit --registry="$REG" || return
	is "default: every 30 seconds" "$(status .sweep.every)" 30
	let_go a
	stop_agent
}

# shellcheck disable=SC2317 # called by until_true
refuses() { [ "$(accepts "$1")" = no ]; }

test_close() {
	local held=(tcp udp mine local excepted share mptcp)
	keep tcp inside bindprobe tcp 4 127.0.0.1 21000 hold
	keep udp inside bindprobe udp 4 127.0.0.1 21001 hold
	keep mine inside bindprobe tcp 6 :: 20000 hold
	keep local inside bindprobe tcp 6 :: 24000 hold
	keep excepted inside bindprobe tcp 4 0.0.0.0 25000 hold
	keep share inside bindprobe tcp 4 127.0.0.1 21002 hold 16
	keep mptcp inside bindprobe mptcp 4 127.0.0.1 21003 hold
	start_agent --mode=audit --existing=close --registry="$REG" || return
	has "close, audit: says so" "$(cat "$WORK/log")" '--existing=close: nothing is closed in audit mode'
	is "close, audit: nothing is" "$(status .sweep.closed) $(accepts 21000)" "0 yes"
	is "close, audit: told" "$(event 21000)" "existing audited unregistered tcp 127.0.0.1 1"
	stop_agent

	start_agent --mode=enforce --existing=close --registry="$REG" --sweep=1 || return
	is "close: denied" "$(event 21000)" "existing denied unregistered tcp 127.0.0.1 1"
	is "close: refuses connections" "$(accepts 21000)" no
	is "close: v6: denied" "$(event 24000)" "existing denied scope tcp :: 1"
	is "close: v6: refuses connections" "$(accepts 24000)" no
	is "close: shared: denied" "$(event 21002)" "existing denied unregistered tcp 127.0.0.1 16"
	is "close: shared: refuses connections" "$(accepts 21002)" no
	is "close: a registered one is left" "$(told 20000) $(accepts 20000)" "0 yes"
	is "close: an excepted one is left" "$(event 25000) $(accepts 25000)" \
		"existing excepted unregistered tcp 0.0.0.0 1 yes"
	is "close: UDP is left" "$(event 21001)" "existing audited unregistered udp 127.0.0.1 1"
	has "close: UDP: says why" "$(cat "$WORK/log")" \
		"udp 21001 stays open: a bound UDP socket can't be closed by the kernel's interface"
	is "close: MPTCP is left" "$(event 21003) $(accepts 21003)" \
		"existing audited unregistered tcp 127.0.0.1 1 yes"
	has "close: MPTCP: says why" "$(cat "$WORK/log")" 'tcp 21003 stays open: .* MPTCP'
	is "close: counted" "$(status .sweep.closed)" 18
	is "close: the processes are left" "$(for h in "${held[@]}"; do
		kill -0 "$(keeper "$h")" && echo yes
	done | grep -c yes)" ${#held[@]}

	keep late outside bindprobe tcp 4 127.0.0.1 21005 hold
	if until_true 10 refuses 21005; then pass "close: a later one"; else fail "close: a later one"; fi
	is "close: a later one: denied" "$(event 21005)" "existing denied unregistered tcp 127.0.0.1 1"
	keep more outside bindprobe udp 4 127.0.0.1 21006 hold
	sweeps 2
	is "close: reasons are said once" "$(grep -c 'stays open' "$WORK/log")" 2
	accounted "close"
	let_go "${held[@]}" late more
	stop_agent
}

# field FILTER: of each listener, a line.
field() { ctl listeners --json | jq -r ".listeners[] | $1"; }

# page_data FILTER FILE: of the data of a page.
page_data() { sed -n 's|^<script type="application/json" id="data">\(.*\)</script>$|\1|p' "$2" | jq -c "$1"; }

# The page has what the document has, and its file is whole or not there.
listeners_page() {
	local page=$WORK/page.html filter='[.listeners[] | "\(.protocol) \(.port) \(.verdict) \(.class) \(.pid)"]'
	(umask 077 && ctl listeners --html="$page" --registry="$REG")
	is "page: exit status" $? 0
	is "page: mode" "$(stat -c %a "$page")" 644
	is "page: listeners" "$(page_data "$filter" "$page")" "$(ctl listeners --json | jq -c "$filter")"
	local seen='[.violations[] | "\(.protocol) \(.port) \(.class) \(.count) \(.last)"]'
	is "page: violations" "$(page_data "$seen" "$page")" "$(ctl learn --json | jq -c "$seen")"
	has "page: one of them at least" "$(page_data "$seen" "$page")" '[0-9]+ unregistered [0-9]+'
	is "page: rows" "$(page_data '[.rows[].ports]' "$page")" \
		"$("$B/hostportctl" registry show --registry="$REG" --json | jq -c '[.rows[].ports]')"
	is "page: to standard output" "$(ctl listeners --html=- --registry="$REG" | page_data "$filter" -)" \
		"$(page_data "$filter" "$page")"
	ln -s page.html "$WORK/link.html"
	echo old >"$page"
	ctl listeners --html="$WORK/link.html"
	is "page: a link stays" "$(readlink "$WORK/link.html") $(grep -c '^old$' "$page")" "page.html 0"
	is "page: of the agent's layers" "$(page_data '[.layers[].name]' "$page")" \
		"$(ctl status --json | jq -c '[.registry.layers[].name]')"
	ctl listeners --html="$WORK/none/page.html" 2>"$WORK/err"
	is "page: no directory: exit status" $? 3
	has "page: no directory: says so" "$(cat "$WORK/err")" "^hostportctl: output: $WORK/none/page.html: No such file"
	ctl listeners --html="$page" --registry="$WORK/none" 2>/dev/null
	is "page: no registry: exit status" $? 2
	ctl listeners --html="$page" --json 2>/dev/null
	is "page: and JSON: exit status" $? 2
	ctl listeners --html="$page" --output=openreports 2>"$WORK/err"
	is "page: and a report: exit status" $? 2
	has "page: and a report: says so" "$(cat "$WORK/err")" "--html and --output or --json: only one of them$"
	is "page: a pipe is written to" "$(ctl listeners --html=/dev/stdout | head -n 1)" "<!DOCTYPE html>"
	is "page: nothing is left beside it" "$(find "$WORK" -name '*html.*')" ""
}

test_listeners() {
	local text
	"$B/hostportctl" --socket="$SOCK" listeners >/dev/null 2>"$WORK/err"
	is "listeners: no agent: exit status" $? 3
	has "listeners: no agent: says so" "$(cat "$WORK/err")" "^hostportctl: no agent: $SOCK: "
	"$B/hostportctl" --socket="$SOCK" listeners all >/dev/null 2>&1
	is "listeners: an operand: exit status" $? 2
	start_agent --mode=enforce --registry="$REG" --sweep=1 || return
	is "listeners: none" "$(ctl listeners --json | jq -c 'del(.node)')" '{"left_out":0,"listeners":[],"unreadable":[]}'

	keep udp outside bindprobe udp 4 127.0.0.1 5353 hold
	keep mine inside bindprobe tcp 4 0.0.0.0 20000 hold
	keep wide outside bindprobe tcp 6 :: 24000 hold
	keep local inside bindprobe tcp 6 ::1 24001 hold
	keep old outside bindprobe tcp 4 0.0.0.0 3306 hold
	keep excepted inside bindprobe tcp 4 0.0.0.0 25000 hold
	keep zero inside bindprobe tcp 4 127.0.0.1 0 hold
	keep client inside bash -c 'exec 3<>"/dev/udp/127.0.0.1/5353"; echo "ok"; read -r _'
	is "listeners" "$(field '"\(.protocol) \(.family) \(.address) \(.port) \(.verdict) \(.class)'"$(
	)"' \(.documented) \(.entry.process)" | select(test("ephemeral") | not)')" "$(cat <<-'END'
		tcp ipv4 0.0.0.0 3306 denied retired false old
		tcp ipv4 0.0.0.0 20000 allowed none true mine
		tcp ipv6 :: 24000 denied scope false local
		tcp ipv6 ::1 24001 allowed none null local
		tcp ipv4 0.0.0.0 25000 excepted unregistered false null
		udp ipv4 127.0.0.1 5353 denied unregistered null null
	END
	)"
	is "listeners: of a port that the kernel chose" \
		"$(field 'select(.class == "ephemeral") | "\(.port) \(.verdict) \(.documented) \(.entry)"')" \
		"$(sed -n 's/^ok \([0-9]*\) .*/\1/p' "$WORK/keep.zero") allowed null null"
	is "listeners: who" "$(field 'select(.port == 20000) |
		"\(.pid) \(.comm) \(.uid) \(.cgroup) \(.workload.kind) \(.entry.layer) \(.declared)"')" \
		"$(keeper mine) bindprobe 0 /$NAME cgroup sweep null"
	is "listeners: the socket" "$(field 'select(.port == 20000) | "socket:[\(.inode)]"')" \
		"$(find "/proc/$(keeper mine)/fd" -lname "socket:*" -printf "%l\n")"
	is "listeners: no two have a cookie" "$(field .cookie | sort -u | wc -l)" 7
	text=$(ctl listeners)
	has "listeners: header" "$(head -n 1 <<<"$text")" \
		'^PROTO +ADDRESS:PORT +PROCESS +WORKLOAD +ROW +VERDICT +CLASS +R2 +DECLARED$'
	has "listeners: a row" "$text" \
		"^tcp +0\.0\.0\.0:20000 +bindprobe\[$(keeper mine)\] +cgroup /$NAME +sweep: mine +allowed +- +yes +-$"
	has "listeners: a violation" "$text" '^tcp +\[::\]:24000 .* sweep: local +open; the next bind is denied +scope +NO +-$'
	has "listeners: no row" "$text" '^udp +127\.0\.0\.1:5353 .* - +open; the next bind is denied +unregistered +- +-$'
	is "listeners: a line each" "$(wc -l <<<"$text")" 8
	is "listeners: a report" "$(ctl listeners -o openreports | jq -r '"\(.kind) \(.scope.kind) \(.scope.name) "'$(
	)' + (.summary | "\(.pass) \(.fail) \(.warn) \(.error) \(.skip)")')" "ClusterReport Node $(status .node) 3 6 0 0 1"
	sweeps 2 # violations are told and counted, so they no longer change
	listeners_page

	ip -n "$NAME" link add vx0 type vxlan id 1 dstport 4789 dev lo local 127.0.0.1
	ip -n "$NAME" link set vx0 up
	is "listeners: the kernel's" "$(field 'select(.port == 4789) | "\(.verdict) \(.pid) \(.comm)"')" \
		"audited null null"
	ip -n "$NAME" link del vx0
	let_go client udp mine wide local old excepted zero
	stop_agent
}

# More at once than the record rate allows: lost violations are reported after all, and counted once.
test_lost() {
	start_agent --mode=audit --registry="$REG" --sweep=1 || return
	keep lost inside manyports tcp 1000 5000 hold
	is "lost: held" "$(grep ^ok "$WORK/keep.lost")" "ok 5000 EPERM 0 other 0"
	until_true 60 is_recovered || fail "lost: not all is recovered"
	is "lost: counted once, told all" "$(status '.counters | "\(.violations) \(.lost) \(.existing)"')" "5000 0 0"
	is "lost: some were" "$(status '.counters.recovered > 0 and .counters.recovered == ([.counters.lost_by[]] | add)')" true
	accounted "lost"
	let_go lost
	stop_agent
}
# shellcheck disable=SC2317 # called by until_true
is_recovered() { [ "$(status .counters.lost)" = 0 ] && [ "$(status .counters.delivered)" = 5000 ]; }

# Bound, folded into a count, and listening only later: that is no news.
test_late() {
	start_agent --mode=audit --registry="$REG" --sweep=1 || return
	mkfifo "$WORK/late"
	inside "$B/tests/e2e/latelisten" 21000 6 <"$WORK/late" >"$WORK/late.out" &
	exec {late}>"$WORK/late"
	until_true 5 grep -qs bound "$WORK/late.out" || fail "late: not bound"
	is "late: bound" "$(events '.port == 21000')" 6
	sweeps 2
	echo >&"$late"
	until_true 5 grep -qs listening "$WORK/late.out" || fail "late: it does not listen"
	sweeps 2
	is "late: no news" "$(events '.port == 21000')" 6
	exec {late}>&-
	accounted "late"
	stop_agent
}

# The kernel chose, of a range that is another one now: nothing to close.
test_moved() {
	inside sh -c 'echo 20100 20200 >/proc/sys/net/ipv4/ip_local_port_range'
	keep moved outside bindprobe tcp 4 127.0.0.1 0 hold
	inside sh -c 'echo 32768 60999 >/proc/sys/net/ipv4/ip_local_port_range'
	start_agent --mode=enforce --existing=close --registry="$REG" --sweep=1 || return
	if [ "$(status .abilities.iterator)" = true ]; then
		is "moved: not closed, not told" "$(status '"\(.sweep.closed) \(.sweep.found)"')" "0 0"
	else
		skip "a range that was moved: this kernel can't walk over open files"
	fi
	let_go moved
	stop_agent
}

# In a PID namespace of its own the agent can't know that no process has a socket.
test_pid_namespace() {
	keep hidden outside bindprobe tcp 4 127.0.0.1 21001 hold
	unshare --pid --fork --mount-proc --kill-child "$B/hostportd" --pin=none --cgroup="$CGROUP" --netns="$NETNS" \
		--socket="$SOCK" --log=json --mode=enforce --existing=close --registry="$REG" \
		>"$WORK/events" 2>"$WORK/log" </dev/null &
	AGENT_PID=$!
	until_true 30 agent_ready || fail "pid namespace: not ready: $(cat "$WORK/log")"
	is "pid namespace: not taken for the kernel's" \
		"$(ctl listeners --json | jq -r '.listeners[] | select(.port == 21001) | .verdict')" denied
	has "pid namespace: says why it stays" "$(cat "$WORK/log")" 'tcp 21001 stays open: it is the kernel.s, or may be'
	let_go hidden
	kill -KILL "$AGENT_PID"
	wait "$AGENT_PID" 2>/dev/null
	AGENT_PID=
	until_true 5 agent_gone || fail "pid namespace: the agent lives"
}
# shellcheck disable=SC2317 # called by until_true
agent_gone() { ! agent_ready; }

# Many: found, told once, and listed, by an agent that still answers.
test_many() {
	local first
	for first in 1000 6000 11000 26000; do
		keep "many$first" outside manyports tcp "$first" 5000 hold
		is "many: $first" "$(grep ^ok "$WORK/keep.many$first")" "ok 5000 EPERM 0 other 0"
	done
	start_agent --mode=audit --registry="$REG" --sweep=1 || return
	is "many: found" "$(status '"\(.sweep.sockets) \(.sweep.found)"')" "20000 20000"
	sweeps 1
	is "many: told once" "$(status .sweep.found)" 20000
	is "many: listed" "$(ctl listeners --json | jq -r '"\(.listeners | length) \(.left_out)"')" "20000 0"
	is "many: in a table" "$(ctl listeners | grep -c bindprobe) $(ctl listeners | wc -l)" "0 20001"
	is "many: each has its process" "$(field .comm | sort | uniq -c | tr -s ' ')" " 20000 manyports"
	accounted "many"
	let_go many1000 many6000 many11000 many26000
	sweeps 1
	is "many: gone" "$(status .sweep.sockets)" 0
	stop_agent
}

setup
cat >"$REG" <<'END'
version: 1
name: sweep
source: test_sweep.sh
ranges:
  - {ports: 20000-20009, protocol: tcp}
entries:
  - {ports: 20000, protocol: tcp, process: mine}
  - {ports: 24000-24001, protocol: tcp, process: local, scope: localhost}
  - {ports: 40000, protocol: tcp, process: high, scope: localhost}
retired:
  - {ports: 3306, protocol: tcp, process: old, removed: "4.11"}
exceptions:
  - {ports: 25000, protocol: tcp, class: unregistered, until: 2099-12-31, reason: a test}
END
test_unseen
test_asked
test_seen
test_off
test_close
test_listeners
test_lost
test_late
test_moved
test_pid_namespace
test_many
finish
