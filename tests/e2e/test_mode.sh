#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The mode is switched while the agent runs: to enforce only after the client was shown what would be
# denied, to audit at once, and without a gap. And what an agent prints that starts in enforce mode.
# shellcheck source=lib.sh source-path=SCRIPTDIR disable=SC1091
. "$(dirname "$0")/lib.sh"

REG=$WORK/reg.yaml

# mode NAME STATUS ARGS...: switch; what it says is in $WORK/out and $WORK/err.
mode() {
	local name=$1 want=$2
	shift 2
	ctl mode "$@" >"$WORK/out" 2>"$WORK/err"
	is "$name: exit status" $? "$want"
}

# says NAME PATTERN: of the last one, on standard output; complains: on standard error.
says() { has "$1" "$(cat "$WORK/out")" "$2"; }
complains() { has "$1" "$(cat "$WORK/err")" "$2"; }

# binds NAME PORT WANT: what comes of a bind() of the external address.
binds() { is "$1" "$(probe tcp 4 0.0.0.0 "$2" | cut -d' ' -f1)" "$3"; }

# rows: the table without its header, a blank between words.
rows() { tail -n +2 "$WORK/out" | tr -s ' '; }

# notices FILTER: their messages.
notices() {
	all_told
	jq -r "select(.notice) | select($1) | .message" "$WORK/events"
}

# json NAME STATUS FILTER WANT ARGS...: the answer's document.
json() {
	local name=$1 want=$2 filter=$3 got=$4
	shift 4
	ctl mode "$@" --json >"$WORK/out" 2>"$WORK/err"
	is "$name: exit status" $? "$want"
	is "$name" "$(jq -c "$filter" "$WORK/out")" "$got"
}

test_usage() {
	mode "no agent" 3 enforce
	complains "no agent: says so" "^hostportctl: no agent: $SOCK: "
	mode "no mode" 2
	complains "no mode: says so" 'audit or enforce is needed'
	mode "two modes" 2 audit enforce
	mode "not a mode" 2 off
	mode "not an option" 2 enforce --no
	mode "--dry-run of audit" 2 audit --dry-run
	mode "--dry-run and --yes" 2 enforce --dry-run --yes
	complains "--dry-run and --yes: says so" '^hostportctl: mode: --dry-run: it is for .mode enforce., without --yes$'
}

# shellcheck disable=SC2317 # called by until_true
tails() { [ "$(status .readers.tails)" = 1 ]; }

# Nothing would break: no questions. Then it is enforced, and the other way at once.
test_nothing_breaks() {
	start_agent --mode=audit --registry="$REG" || return
	keep mine inside bindprobe tcp 4 0.0.0.0 20000 hold
	keep excepted inside bindprobe tcp 4 0.0.0.0 25000 hold
	keep local inside bindprobe tcp 4 127.0.0.1 24000 hold
	keep other outside bindprobe tcp 4 0.0.0.0 21000 hold
	keep chosen inside bindprobe tcp 4 0.0.0.0 0 hold
	ip -n "$NAME" link add vx0 type vxlan id 1 dstport 4789 dev lo local 127.0.0.1
	inside ip link set vx0 up # the cgroup of the socket
	ctl tail >"$WORK/tail" 2>/dev/null &
	until_true 10 tails || fail "no client tails"
	mode "nothing breaks, --dry-run" 0 enforce --dry-run
	is "nothing breaks, --dry-run: says" "$(cat "$WORK/out" "$WORK/err")" \
		"mode enforce: nothing would be denied; nothing is switched"
	is "nothing breaks, --dry-run: still audit" "$(status '"\(.mode) \(.mode_switched)"')" "audit null"
	mode "nothing breaks" 0 enforce
	is "nothing breaks: says" "$(cat "$WORK/out" "$WORK/err")" "mode enforce: switched, effective"
	is "enforce: status" "$(status '"\(.mode) \(.effective) \(.mode_switched | "\(.option) \(.restored) \(.uid)")"')" \
		"enforce true audit false 0"
	has "enforce: status for a person" "$(ctl status)" \
		'^switched    at 20.*Z by pid [0-9]+, uid 0; --mode=audit$'
	binds "enforce: unregistered" 21001 EPERM
	binds "enforce: scope" 24001 EPERM
	binds "enforce: registered" 20001 ok
	binds "enforce: excepted" 25001 ok
	is "enforce: scope, on loopback" "$(probe tcp 4 127.0.0.1 24001)" "ok 24001 1"
	is "enforce: denied in the events" "$(events '.port == 21001 and .verdict == "denied" and .mode == "enforce"')" 1
	is "enforce: detach is refused" "$(ctl detach 2>&1 </dev/null; echo $?)" \
		"hostportctl: detach: refused: the agent enforces; use --yes to end it anyway
1"
	binds "enforce: detach is refused: still denied" 21001 EPERM
	is "enforce: who has it keeps it" "$(keeper mine | xargs -r kill -0 && echo yes)" yes

	mode "again" 0 enforce
	is "again: says" "$(cat "$WORK/out" "$WORK/err")" "mode enforce: already, effective"
	mode "break-glass" 0 audit
	is "break-glass: says" "$(cat "$WORK/out" "$WORK/err")" "mode audit: switched"
	is "audit: status" "$(status .mode)" audit
	binds "audit: unregistered" 21001 ok
	mode "audit again" 0 audit
	says "audit again: says" '^mode audit: already$'
	is "notices" "$(notices '.notice == "mode" and .uid == 0 and .pid > 1' | sed 's/pid [0-9]*/pid N/')" \
		"$(printf 'mode enforce: switched at run time, by pid N, uid 0\nmode audit: switched at run time, by pid N, uid 0')"
	is "notices have the mode" "$(jq -r 'select(.notice) | .mode' "$WORK/events" | xargs)" "enforce audit"
	until_true 10 grep -q 'mode audit' "$WORK/tail" || fail "a client is told: not all"
	has "a client is told" "$(cat "$WORK/tail")" 'NOTICE   mode enforce: switched at run time, by pid'
	has "the log has it" "$(cat "$WORK/log")" '^hostportd: mode audit: switched at run time'
	accounted "switched"
	ip -n "$NAME" link del vx0
	let_go mine excepted local other chosen
	stop_agent
}

# Audited violations are printed, even of processes that have ended; --yes switches anyway.
test_breaks() {
	local at
	start_agent --mode=audit --registry="$REG" || return
	keep gone inside bindprobe tcp 6 :: 21000 hold
	probe udp 4 0.0.0.0 21001 3 >/dev/null
	probe tcp 4 0.0.0.0 24000 >/dev/null
	probe tcp 4 0.0.0.0 20000 >/dev/null
	probe tcp 4 0.0.0.0 25000 >/dev/null
	keep here inside bindprobe tcp 4 127.0.0.1 21002 hold
	keep excepted inside bindprobe tcp 4 0.0.0.0 25001 hold
	at=$(keeper gone)
	let_go gone
	mode "breaks" 1 enforce
	has "breaks: the header" "$(head -n 1 "$WORK/out")" \
		'^CLASS +PROTO +PORT +WORKLOAD +PROCESS +SOURCE +COUNT +LAST$'
	is "breaks: a line each, by class" "$(rows | cut -d' ' -f1-3 | xargs)" \
		"unregistered tcp 21000 unregistered tcp 21002 unregistered udp 21001 scope tcp 24000"
	has "breaks: of one that has ended" "$(rows)" \
		"^unregistered tcp 21000 cgroup /$NAME bindprobe\[$at\] violation 1 20[0-9-]+T[0-9:]+Z\$"
	has "breaks: of one that listens" "$(rows)" \
		"^unregistered tcp 21002 cgroup /$NAME bindprobe\[$(keeper here)\] listener 1 20[0-9-]+T[0-9:]+Z\$"
	has "breaks: counted" "$(rows)" "^unregistered udp 21001 .* violation 3 "
	is "breaks: refused" "$(grep refused "$WORK/err")" \
		"hostportctl: mode enforce: refused: 4 would be denied; use --yes to switch anyway"
	rows >"$WORK/rows"
	mode "breaks, --dry-run" 1 enforce --dry-run
	is "breaks, --dry-run: the same" "$(rows)" "$(cat "$WORK/rows")"
	complains "breaks, --dry-run: says so" \
		'^hostportctl: mode enforce: would be refused: 4 would be denied; nothing is switched$'
	complains "breaks: one listens" '^hostportctl: mode: a listener keeps its port until its program binds again'
	is "breaks: still audit" "$(status '"\(.mode) \(.mode_switched)"')" "audit null"
	binds "breaks: nothing is denied" 21001 ok
	json "breaks: JSON" 1 '[.mode, .switched, .refused, .effective, .left_out, .forgotten, (.would_break | length)]' \
		'["audit",false,"5 would be denied",true,0,0,5]' enforce
	is "breaks: JSON: rows" "$(jq -c '.would_break[] | [.class, .protocol, .address, .port, .source, .sockets, .count]' "$WORK/out")" \
		"$(cat <<-'END'
			["unregistered","tcp","::",21000,"violation",0,1]
			["unregistered","tcp","0.0.0.0",21001,"violation",0,1]
			["unregistered","tcp","127.0.0.1",21002,"listener",1,1]
			["unregistered","udp","0.0.0.0",21001,"violation",0,3]
			["scope","tcp","0.0.0.0",24000,"violation",0,1]
		END
		)"
	is "breaks: JSON: who" "$(jq -c '.would_break[2] | [.workload.kind, .cgroup, .pid, .uid, .comm, .first == .last]' "$WORK/out")" \
		"[\"cgroup\",\"/$NAME\",$(keeper here),0,\"bindprobe\",true]"

	mode "--yes" 0 enforce --yes
	is "--yes: says what breaks" "$(rows | cut -d' ' -f3 | xargs)" "21000 21001 21002 21001 24000 switched,"
	says "--yes: switched" '^mode enforce: switched, effective$'
	binds "--yes: denied" 21000 EPERM
	is "--yes: who listens keeps the port" "$(kill -0 "$(keeper here)" && echo yes)" yes
	mode "break-glass" 0 audit
	let_go here excepted
	json "--yes: JSON" 0 '[.mode, .switched, .refused, (.would_break | length)]' \
		'["enforce",true,null,5]' --yes enforce
	json "break-glass: JSON" 0 '[.mode, .switched, .would_break]' '["audit",true,[]]' audit
	accounted "breaks"
	stop_agent
}

# Only the classes that are denied; sockets of the kernel if they are to be.
test_options() {
	ip -n "$NAME" link add vx0 type vxlan id 1 dstport 4789 dev lo local 127.0.0.1
	inside ip link set vx0 up # the cgroup of the socket
	keep high inside bindprobe tcp 4 127.0.0.1 45000 hold
	start_agent --mode=audit --enforce=scope --registry="$REG" || return
	probe tcp 4 127.0.0.1 21000 >/dev/null
	mode "a class that is not denied" 0 enforce
	stop_agent
	start_agent --mode=audit --deny-kernel --enforce=unregistered,ephemeral --registry="$REG" || return
	probe tcp 4 127.0.0.1 0 2 >/dev/null
	json "the kernel's, and chosen ports" 1 '[.would_break[] | [.class, .protocol, .port, .source]]' \
		"[$([ "$(status .abilities.iterator)" != true ] || echo '["unregistered","tcp",45000,"listener"],')$(
		)[\"unregistered\",\"udp\",4789,\"listener\"],[\"ephemeral\",\"tcp\",0,\"violation\"]]" enforce
	stop_agent
	let_go high
	ip -n "$NAME" link del vx0
}

# Many ports of one workload are one finding. More findings than are kept: the rest is counted, and
# also makes the switch refuse. There is room for 128 workloads with many ports.
test_many() {
	local n
	start_agent --mode=audit --registry="$REG" --fold=0 --ring-size=4M || return
	{ for port in {1000..5199}; do echo "tcp 4 127.0.0.1 $port"; done; } | probe each >/dev/null
	json "many" 1 '[.refused, .would_break[].ports, .forgotten]' '["1 would be denied",4200,0]' enforce
	for n in {1..128}; do
		mkdir -p "$CGROUP/$n"
		inside_cgroup "$CGROUP/$n" "$B/tests/e2e/manyports" tcp 1000 17 1 >/dev/null
	done
	json "many of many" 1 '[.refused, (.would_break | length), .forgotten]' \
		'["128 would be denied, and up to 4200 more, which were reported but not remembered",128,4200]' enforce
	mode "many: a table" 1 enforce
	is "many: a line each" "$(wc -l <"$WORK/out")" 129
	complains "many: and more" '^hostportctl: mode: up to 4200 more violations were reported, but not remembered$'
	is "many: whose" "$(status '.findings | [.forgotten, .forgotten_others, .forgotten_by] | @json')" \
		"[4200,0,[{\"ports\":4200,\"workload\":\"cgroup /$NAME\"}]]"
	has "many: whose, as text" "$(ctl status)" \
		"^forgotten   ports that learn and mode enforce no longer know: 4200 of cgroup /$NAME\$"
	stop_agent
}

test_empty_registry() {
	printf 'version: 1\nname: empty\n' >"$WORK/empty.yaml"
	start_agent --mode=audit --registry="$WORK/empty.yaml" || return
	mode "empty registry" 1 enforce --yes
	is "empty registry: says why" "$(cat "$WORK/out" "$WORK/err")" \
		"hostportctl: mode enforce: refused: the registry is empty: it would deny every port"
	is "empty registry: still audit" "$(status .mode)" audit
	binds "empty registry: nothing is denied" 21000 ok
	stop_agent
}

# The answer says "effective" only if the canary was denied; the mode stays, and break-glass works.
test_not_effective() {
	start_agent --mode=audit --registry="$REG" || return
	"$B/tests/e2e/foreign" detach "$(status '.attached[] | select(.hook == "cgroup_inet4_bind") | .link_id')"
	mode "not effective" 1 enforce
	is "not effective: nothing is claimed" "$(cat "$WORK/out")" ""
	complains "not effective: says why" \
		'^hostportctl: mode enforce: it is in that mode, but NOT EFFECTIVE: .*cgroup_inet4_bind'
	is "not effective: the mode is kept" "$(ctl status --json | jq -r '"\(.mode) \(.effective)"')" "enforce false"
	mode "not effective: already, but exit status" 1 enforce
	json "not effective: JSON" 1 '[.mode, .switched, .effective, (.reason | length > 0)]' \
		'["enforce",false,false,true]' enforce
	mode "not effective: break-glass" 0 audit
	stop_agent
}

# --existing=close: listeners are closed by the switch to enforce, reported before or not.
test_close() {
	keep before inside bindprobe tcp 4 127.0.0.1 21000 hold
	start_agent --mode=audit --existing=close --sweep=0 --registry="$REG" || return
	keep other outside bindprobe tcp 4 127.0.0.1 21001 hold
	mode "close" 1 enforce
	is "close: of other cgroups, too" "$(rows | cut -d" " -f3 | sort | xargs)" "21000 21001"
	is "close: refused: nothing is closed" "$(status .sweep.closed)" 0
	mode "close: --yes" 0 enforce --yes
	is "close: closed" "$(status .sweep.closed)" 2
	is "close: told" "$(jq -r 'select(.verdict == "denied") | "\(.how) \(.port)"' "$WORK/events" | sort | xargs)" \
		"existing 21000 existing 21001"
	accounted "close"
	let_go before other
	stop_agent
}

# The control socket takes no half requests.
test_requests() {
	local request
	start_agent --mode=audit --registry="$REG" || return
	for request in '{"verb":"mode"}' '{"verb":"mode","mode":"off"}' '{"verb":"mode","mode":"enforce","yes":"no"}'; do
		has "refused: $request" "$(echo "$request" | "$B/tests/e2e/ask" "$SOCK")" '^\{"error":"(mode|yes): '
	done
	is "refused: still audit" "$(status .mode)" audit
	has "without yes it is no" "$(
		probe tcp 4 0.0.0.0 21000 >/dev/null
		echo '{"verb":"mode","mode":"enforce"}' | "$B/tests/e2e/ask" "$SOCK"
	)" '"mode":"audit","switched":false,"refused":"1 would be denied"'
	stop_agent
}

# An agent that starts in enforce mode says what it finds, before it denies; not too much of it.
inside_1() { inside_cgroup "$CGROUP/1" "$@"; }
inside_2() { inside_cgroup "$CGROUP/2" "$@"; }
inside_3() { inside_cgroup "$CGROUP/3" "$@"; }
inside_4() { inside_cgroup "$CGROUP/4" "$@"; }
test_start() {
	local n
	keep mine inside bindprobe tcp 4 0.0.0.0 20000 hold
	start_agent --mode=enforce --registry="$REG" || return
	has_not "start: nothing to say" "$(cat "$WORK/log")" 'would be denied'
	stop_agent
	keep one inside bindprobe tcp 4 0.0.0.0 21000 hold
	for n in 1 2 3 4; do
		mkdir -p "$CGROUP/$n"
		keep "many$n" "inside_$n" manyports tcp "${n}000" 15 hold
	done
	start_agent --mode=audit --registry="$REG" || return
	has_not "start: audit says nothing" "$(cat "$WORK/log")" 'would be denied'
	stop_agent
	start_agent --mode=enforce --registry="$REG" || return
	has "start: says so" "$(cat "$WORK/log")" \
		'^hostportd: enforcing: listeners that would be denied, by class and workload \(each keeps its port until it binds again; a reload may end it\):$'
	has "start: the header" "$(cat "$WORK/log")" '^hostportd: CLASS +PROTO +PORT +WORKLOAD +PROCESS +SOURCE +COUNT +LAST$'
	has "start: a row" "$(cat "$WORK/log")" \
		"^hostportd: unregistered tcp +1000 cgroup /$NAME/1 +manyports\[$(keeper many1)\] +listener +- -\$"
	is "start: not too many" "$(grep -c 'unregistered tcp' "$WORK/log")" 50
	has "start: and more" "$(cat "$WORK/log")" '^hostportd: and 11 more$'
	is "start: before it denies" "$(grep -nE 'and 11 more|: ready$' "$WORK/log" | cut -d: -f3- | xargs)" \
		"and 11 more $(sed -n 's/^hostportd: \(.*: ready\)$/\1/p' "$WORK/log")"
	is "start: and denies" "$(probe tcp 4 0.0.0.0 21001)" "EPERM 1"
	let_go mine one many1 many2 many3 many4
	stop_agent
}


# A switched mode holds for later agents of the same --mode, and for no other.
test_later_agents() {
	local ids
	start_agent --mode=audit --registry="$REG" || return
	mode "later" 0 enforce
	ids=$(status '.attached | map(.link_id) | sort | @json')
	kill_agent
	binds "later: killed: denied" 21000 EPERM
	binds "later: killed: registered" 20000 ok
	start_agent --mode=audit --registry="$REG" || return
	is "later: goes on enforcing" "$(status '"\(.mode) \(.effective) \(.mode_switched | "\(.option) \(.restored) \(.time)")"')" \
		"enforce true audit true null"
	is "later: the same links" "$(status '.attached | map(.link_id) | sort | @json')" "$ids"
	has "later: says so" "$(cat "$WORK/log")" \
		'^hostportd: mode enforce: it was switched at run time, and that holds until --mode is another than audit'
	has "later: status for a person" "$(ctl status)" '^switched    under an agent before this one; --mode=audit$'
	binds "later: denied" 21000 EPERM
	kill_agent
	start_agent --mode=enforce --registry="$REG" || return
	is "later: another option" "$(status '"\(.mode) \(.mode_switched)"')" "enforce null"
	mode "later: break-glass" 0 audit
	kill_agent
	binds "later: break-glass: killed" 21000 ok
	start_agent --mode=enforce --registry="$REG" || return
	is "later: break-glass holds" "$(status .mode)" audit
	binds "later: break-glass holds" 21000 ok
	kill_agent
	start_agent --mode=audit --registry="$REG" || return
	is "later: what was switched before another option does not" "$(status '"\(.mode) \(.mode_switched)"')" "audit null"
	stop_agent
}

# An agent that is to go on enforcing does not do so on an empty registry.
test_later_empty() {
	printf 'version: 1\nname: empty\n' >"$WORK/empty.yaml"
	start_agent --mode=audit --registry="$REG" || return
	mode "later, empty" 0 enforce
	kill_agent
	timeout 60 "$B/hostportd" --cgroup="$CGROUP" --netns="$NETNS" --socket="$SOCK" --registry="$WORK/empty.yaml" \
		>/dev/null 2>"$WORK/log" </dev/null
	is "later, empty: exit status" $? 2
	has "later, empty: says why" "$(cat "$WORK/log")" '^hostportd: registry: empty: .*: refusing to go on enforcing'
	binds "later, empty: what was there goes on: denied" 21000 EPERM
	binds "later, empty: what was there goes on: registered" 20000 ok
	is "later, empty: detach" "$(ctl detach --yes >/dev/null 2>&1; probe tcp 4 0.0.0.0 21000 | cut -d' ' -f1)" ok
}

# A violation that was audited and registered since does not make the switch refuse.
test_reloaded() {
	cp "$REG" "$WORK/more.yaml"
	start_agent --mode=audit --registry="$WORK/more.yaml" || return
	probe tcp 4 0.0.0.0 21000 >/dev/null
	probe tcp 4 0.0.0.0 21001 >/dev/null
	mode "reloaded: before" 1 enforce
	is "reloaded: before" "$(rows | cut -d' ' -f1-3 | xargs)" "unregistered tcp 21000 unregistered tcp 21001"
	sed 's/^exceptions:/  - {ports: 21000, protocol: tcp, process: new}\n  - {ports: 21001, protocol: tcp, process: new, scope: localhost}\n&/' \
		"$REG" >"$WORK/more.yaml"
	ctl reload >/dev/null || fail "reload"
	mode "reloaded: after" 1 enforce
	is "reloaded: after" "$(rows | cut -d' ' -f1-3 | xargs)" "scope tcp 21001"
	cp "$REG" "$WORK/more.yaml"
	ctl reload >/dev/null || fail "reload"
	mode "reloaded: back: --yes" 0 enforce --yes
	binds "reloaded: back" 21000 EPERM
	cp "$REG" "$WORK/more.yaml"
	ctl reload >/dev/null || fail "reload"
	is "reloaded: the mode stays" "$(status .mode)" enforce
	stop_agent
}

# No bind() sees half a switch.
test_no_gap() {
	local line
	start_agent --mode=audit --registry="$REG" || return
	inside "$B/tests/e2e/switcher" 20000 21000 100 "$(realpath "$B/hostportctl")" "--socket=$SOCK" mode --yes \
		>"$WORK/switcher" 2>&1
	line=$(xargs <"$WORK/switcher")
	echo "$TEST: $line"
	has "no gap: each switch succeeds" "$line" 'switches 100 failed 0 '
	has "no gap: a registered port is never denied" "$line" 'registered ok [1-9][0-9]+ other 0 unregistered'
	has "no gap: an unregistered one is, or is not" "$line" 'unregistered ok [1-9][0-9]+ EPERM [1-9][0-9]+ other 0 '
	has "no gap: as the mode says that was switched to" "$line" 'settled enforce [1-9][0-9]{2,} audit [1-9][0-9]{2,} wrong 0$'
	is "no gap: told" "$(jq -r 'select(.notice == "mode") | .mode' "$WORK/events" | sort | uniq -c | xargs)" \
		"50 audit 50 enforce"
	accounted "no gap"
	stop_agent
}

setup
cat >"$REG" <<'END'
version: 1
name: mode
source: test_mode.sh
entries:
  - {ports: 20000-20001, protocol: tcp, process: mine}
  - {ports: 24000-24001, protocol: tcp, process: local, scope: localhost}
exceptions:
  - {ports: 25000-25001, protocol: tcp, class: unregistered, until: 2099-12-31, reason: a test}
END
test_usage
test_nothing_breaks
test_breaks
test_options
test_many
test_empty_registry
test_not_effective
test_close
test_requests
test_start
test_later_agents
test_later_empty
test_reloaded
test_no_gap
finish
