#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Every kind of bind() against every class, in both modes, in the target netns
# and in others: what bind() says, which event it makes, what is counted.
#
# The table below is crossed with protocols and classes. Each case has a port of
# its own: the thousand says the class, see `registry` and `block`.
# shellcheck source=lib.sh source-path=SCRIPTDIR disable=SC1091
. "$(dirname "$0")/lib.sh"

REG=$WORK/reg.yaml

# family address scope bind_alone event_family event_address
#
# bind_alone is what bind() says without the agent, and so in audit mode; one
# that fails there makes no event then. `never` fails before any program runs.
ADDRESSES='
4 0.0.0.0 external ok ipv4 0.0.0.0
4 127.0.0.1 localhost ok ipv4 127.0.0.1
4 127.9.9.9 localhost ok ipv4 127.9.9.9
4 192.0.2.1 external ok ipv4 192.0.2.1
4 192.0.2.77 external EADDRNOTAVAIL ipv4 192.0.2.77
unspec 0.0.0.0 external ok ipv4 0.0.0.0
unspec 127.0.0.1 never EAFNOSUPPORT - -
unspec 192.0.2.1 never EAFNOSUPPORT - -
6 :: external ok ipv6 ::
6 ::1 localhost ok ipv6 ::1
6 2001:db8::1 external ok ipv6 2001:db8::1
6 2001:db8::77 external EADDRNOTAVAIL ipv6 2001:db8::77
6 ::ffff:0.0.0.0 external ok ipv6 ::ffff:0.0.0.0
6 ::ffff:127.0.0.1 localhost ok ipv6 ::ffff:127.0.0.1
6 ::ffff:127.9.9.9 localhost ok ipv6 ::ffff:127.9.9.9
6 ::ffff:192.0.2.1 external ok ipv6 ::ffff:192.0.2.1
6only :: external ok ipv6 ::
6only ::1 localhost ok ipv6 ::1
6only 2001:db8::1 external ok ipv6 2001:db8::1
6only ::ffff:127.0.0.1 localhost EINVAL ipv6 ::ffff:127.0.0.1
'
CLASSES='allowed unregistered retired inactive scope'

# The first port of a class.
block() {
	case $1 in
	allowed) echo 20000 ;;
	unregistered) echo 21000 ;;
	retired) echo 22000 ;;
	inactive) echo 23000 ;;
	scope) echo 24000 ;;
	esac
}

registry() {
	local proto
	printf '%s\n' 'version: 1' 'name: matrix' 'source: test_matrix.sh' 'entries:'
	for proto in tcp udp udplite; do
		printf '  - {ports: 20000-20999, protocol: %s, process: mine}\n' $proto
		printf '  - {ports: 23000-23999, protocol: %s, process: theirs, role: control-plane}\n' $proto
		printf '  - {ports: 24000-24999, protocol: %s, process: local, scope: localhost}\n' $proto
	done
	cat <<-'END'
		  - {ports: 82, protocol: tcp, process: privileged}
		  - {ports: 25020, protocol: tcp, process: young, since: "4.16"}
		  - {ports: 25021, protocol: tcp, process: metal, platforms: [baremetal]}
		retired:
	END
	for proto in tcp udp udplite; do
		printf '  - {ports: 22000-22999, protocol: %s, process: gone, removed: "4.2"}\n' $proto
	done
	cat <<-'END'
		  - {ports: 25010, protocol: tcp, process: old, since: "4.4", removed: "4.11"}
		exceptions:
		  - {ports: 25001, protocol: tcp, class: unregistered, until: 2099-12-31, reason: known}
		  - {ports: 25002, protocol: tcp, class: unregistered, until: 2020-01-01, reason: was known}
		  - {ports: 22999, protocol: tcp, class: retired, until: 2099-12-31, reason: known}
		  - {ports: 22998, protocol: tcp, class: scope, until: 2099-12-31, reason: of another class}
	END
}

PROTOCOLS='tcp udp'
if "$B/tests/e2e/bindprobe" udplite 4 127.0.0.1 0 >/dev/null 2>&1; then PROTOCOLS+=' udplite'; fi

# Cases: number class protocol family address port scope bind_alone event_family event_address
make_cases() {
	local class proto n port family rest
	for class in $CLASSES; do
		port=$(block "$class")
		n=0
		for proto in $PROTOCOLS; do
			while read -r family address rest; do
				[ -n "$family" ] || continue
				echo "$class $proto $family $address $((port + n)) $rest"
				n=$((n + 1))
			done <<<"$ADDRESSES"
		done
	done | awk '{print NR, $0}'
}

# want MODE: what the table above promises of the cases, as two sorted files of
# lines that begin with class and protocol: outcomes, and events in the target netns.
want() {
	awk -v mode="$1" -v outcomes="$WORK/want.outcomes" -v events="$WORK/want.events" '{
		bad = $2 != "allowed" && $7 != "never" && !($2 == "scope" && $7 == "localhost")
		says = $8
		if (bad && mode == "enforce") says = "EPERM"
		print $2, $3, $1, $4, $5, says >outcomes
		if (bad && (mode == "enforce" || $8 == "ok"))
			print $2, $3, $6, $2, mode == "enforce" ? "denied" : "audited", \
				mode, $9, $10, "bind", 1 >events
	}' "$WORK/cases"
	sort -o "$WORK/want.outcomes" "$WORK/want.outcomes"
	sort -o "$WORK/want.events" "$WORK/want.events"
}

# run_cases FILE HOW...: outcomes of the cases in a file, in $WORK/got.outcomes.
run_cases() {
	local cases=$1
	shift
	awk '{print $3, $4, $5, $6}' "$cases" | "$@" "$(realpath "$B")/tests/e2e/bindprobe" each 2>&1 |
		paste -d ' ' "$cases" - |
		awk '{print $2, $3, $1, $4, $5, $11}' | sort >"$WORK/got.outcomes"
}

# group NAME FILE CLASS PROTO: its lines are the same in got.FILE and want.FILE. Each has outcomes.
group() {
	local differ
	[ "$2" = events ] || grep -q "^$3 $4 " "$WORK/want.$2" || fail "$1: $3 $4: no $2 are wanted"
	differ=$(diff <(grep "^$3 $4 " "$WORK/want.$2") <(grep "^$3 $4 " "$WORK/got.$2"))
	if [ -z "$differ" ]; then
		pass "$1: $3 $4: $2 ($(grep -c "^$3 $4 " "$WORK/want.$2"))"
	else
		fail "$1: $3 $4: $2: wanted <, got >: $(grep '^[<>]' <<<"$differ" | head -n 4 | tr '\n' ';')"
	fi
}

# groups NAME FILE: all of them, and nothing else is in the file.
groups() {
	local class proto
	for class in $CLASSES; do
		for proto in $PROTOCOLS; do group "$1" "$2" "$class" "$proto"; done
	done
	is "$1: $2: as many" "$(wc -l <"$WORK/got.$2")" "$(wc -l <"$WORK/want.$2")"
}

# Events so far, as lines of the form that want() makes.
got_events() {
	{
		all_told
		jq -r '{"20": "allowed", "21": "unregistered", "22": "retired", "23": "inactive",
			"24": "scope"} as $block
		| [$block[.port / 1000 | floor | tostring] // "other", .protocol, .port, .class, .verdict, .mode,
		   .family, .address, .how, .count] | join(" ")' "$WORK/events"
	} | sort >"$WORK/got.events"
}

# What the counters must be after the events in want.events, or are.
want_counters() {
	awk '{n[$4 " " $5]++} END {for (k in n) print k, n[k]}' "$WORK/want.events" | sort
}
# shellcheck disable=SC2016 # jq's variables
got_counters() {
	status '.counters.classes | to_entries[] | .key as $class | .value | to_entries[] |
		select(.value > 0) | "\($class) \(.key) \(.value)"' | sort
}

# A netns that no agent checks, with the same addresses.
# shellcheck disable=SC2317 # called by run_cases
other_netns() {
	in_cgroup_only unshare --net -- bash -c '
		ip link set lo up && ip addr add 192.0.2.1/32 dev lo &&
			ip addr add 2001:db8::1/128 dev lo nodad && exec "$@"' other "$@"
}

in_mode() {
	local mode=$1
	start_agent --mode="$mode" --registry="$REG" --role=worker || return
	want "$mode"
	run_cases "$WORK/cases" inside
	groups "$mode" outcomes
	got_events
	groups "$mode" events
	is "$mode: counters" "$(got_counters)" "$(want_counters)"
	is "$mode: nothing is lost" "$(status .counters.lost)" 0
	accounted "$mode"

	# Foreign namespaces: as if there were no agent, and nothing more is told or counted.
	want audit
	run_cases "$WORK/cases" other_netns
	groups "$mode, another netns" outcomes
	grep -E ' (127\.0\.0\.1|127\.9\.9\.9|::1|::ffff:127\S+) ' "$WORK/cases" >"$WORK/loopback"
	awk '{print $2, $3, $1, $4, $5, $8}' "$WORK/loopback" | sort >"$WORK/want.outcomes"
	run_cases "$WORK/loopback" in_cgroup_only
	groups "$mode, the machine's own netns" outcomes
	want "$mode"
	got_events
	groups "$mode, after other netns" events
	is "$mode, after other netns: counters" "$(got_counters)" "$(want_counters)"
	stop_agent
	is "$mode: exit status" "$AGENT_STATUS" 0
}

# one NAME SAYS EVENT BIND...: one bind, what it says, and how its event reads:
# "class verdict how port family address", or "none". Its counter rises by one.
one() { one_of "$1" "$2" "$3" probe "${@:4}"; }

# one_of NAME SAYS EVENT COMMAND...: the same of a command.
one_of() {
	local name=$1 says=$2 event=$3 before more=1
	shift 3
	[ "$event" != none ] || more=0
	before=$(violations)
	is "$name" "$("$@" 2>&1)" "$says"
	ctl status >/dev/null
	# a slow machine makes notices, too
	is "$name: event" "$(jq -rs --argjson n "$before" '
		map(select(.verdict)) | if (map(.count) | add // 0) == $n then "none" else last |
		"\(.class) \(.verdict) \(.how) \(.port) \(.family) \(.address)" end' "$WORK/events")" "$event"
	is "$name: counted" "$(violations)" "$((before + more))"
}

test_errno() {
	local errno costs
	for errno in EPERM EACCES EADDRINUSE; do
		start_agent --mode=enforce --registry="$REG" --errno=$errno || return
		one "--errno=$errno" "$errno 1" \
			"unregistered denied bind 21000 ipv4 127.0.0.1" tcp 4 127.0.0.1 21000
		one "--errno=$errno, IPv6" "$errno 1" \
			"unregistered denied bind 21001 ipv6 ::1" udp 6 ::1 21001
		one "--errno=$errno: an allowed port" "ok 20000 1" none tcp 4 127.0.0.1 20000
		costs=0
		[ "$errno" != EADDRINUSE ] || grep -q 'can return EPERM only' "$WORK/log" || costs=1
		is "--errno=$errno: says what it costs" "$(grep -c 'take a denied port for one in use' "$WORK/log")" "$costs"
		stop_agent
	done
}

test_enforce_some() {
	start_agent --mode=enforce --registry="$REG" --role=worker --enforce=unregistered || return
	one "--enforce=unregistered: that class" "EPERM 1" \
		"unregistered denied bind 21000 ipv4 0.0.0.0" tcp 4 0.0.0.0 21000
	one "--enforce=unregistered: retired" "ok 22000 1" \
		"retired audited bind 22000 ipv4 0.0.0.0" tcp 4 0.0.0.0 22000
	one "--enforce=unregistered: inactive" "ok 23000 1" \
		"inactive audited bind 23000 ipv4 0.0.0.0" tcp 4 0.0.0.0 23000
	one "--enforce=unregistered: scope" "ok 24000 1" \
		"scope audited bind 24000 ipv6 ::" tcp 6 :: 24000
	is "--enforce=unregistered: denies" "$(status '.denies | join(",")')" unregistered
	stop_agent
}

# Binds to port 0: the number that the kernel chose.
chosen() { sed -n 's/^ok \([0-9]*\) 1$/\1/p'; }

test_ephemeral() {
	local port
	for mode in audit enforce; do
		start_agent --mode=$mode --registry="$REG" || return
		has "$mode: port 0" "$(probe tcp 4 0.0.0.0 0)" '^ok [1-9][0-9]* 1$'
		has "$mode: port 0, IPv6" "$(probe udp 6 :: 0)" '^ok [1-9][0-9]* 1$'
		is "$mode: port 0 is counted" "$(status .counters.classes.ephemeral.allowed)" 2
		is "$mode: port 0 makes no event" "$(events true)" 0
		stop_agent
	done
	start_agent --mode=audit --registry="$REG" --enforce=default,ephemeral || return
	port=$(probe tcp 4 127.0.0.1 0 | chosen)
	has "audit, ephemeral opted in: port 0" "$port" '^[1-9][0-9]*$'
	all_told
	is "audit, ephemeral opted in: event with the port that was taken" \
		"$(jq -r '"\(.class) \(.verdict) \(.how) \(.port) \(.address)"' "$WORK/events")" \
		"ephemeral audited bind0 $port 127.0.0.1"
	one "audit, ephemeral opted in: an allowed port" "ok 20000 1" none tcp 4 127.0.0.1 20000
	stop_agent
	start_agent --mode=enforce --registry="$REG" --enforce=default,ephemeral || return
	one "enforce, ephemeral opted in: port 0" "EPERM 1" \
		"ephemeral denied bind0 0 ipv6 ::" udp 6 :: 0
	one "enforce, ephemeral opted in: an allowed port" "ok 20000 1" none tcp 4 127.0.0.1 20000
	stop_agent
}

test_exceptions() {
	start_agent --mode=enforce --registry="$REG" || return
	one "exception" "ok 25001 1" "unregistered excepted bind 25001 ipv4 0.0.0.0" tcp 4 0.0.0.0 25001
	one "exception: another protocol" "EPERM 1" \
		"unregistered denied bind 25001 ipv4 0.0.0.0" udp 4 0.0.0.0 25001
	one "exception that ended" "EPERM 1" \
		"unregistered denied bind 25002 ipv4 0.0.0.0" tcp 4 0.0.0.0 25002
	one "exception of a retired row" "ok 22999 1" \
		"retired excepted bind 22999 ipv4 0.0.0.0" tcp 4 0.0.0.0 22999
	one "exception of another class" "EPERM 1" \
		"retired denied bind 22998 ipv4 0.0.0.0" tcp 4 0.0.0.0 22998
	stop_agent
}

# node OPTIONS SAYS EVENT PORT: what one port is on a node of this kind.
node() {
	local options=$1
	# shellcheck disable=SC2086 # a list
	start_agent --mode=enforce --registry="$REG" $options || return
	one "${options:-no facts}: port $4" "$2" "$3" tcp 4 0.0.0.0 "$4"
	stop_agent
}

test_node() {
	local denied="denied bind"
	node --cluster-version=4.10 "ok 25010 1" none 25010
	node --cluster-version=4.11 "EPERM 1" "retired $denied 25010 ipv4 0.0.0.0" 25010
	node --cluster-version=4.3 "EPERM 1" "inactive $denied 25010 ipv4 0.0.0.0" 25010
	node "" "EPERM 1" "retired $denied 25010 ipv4 0.0.0.0" 25010
	node --cluster-version=4.15 "EPERM 1" "inactive $denied 25020 ipv4 0.0.0.0" 25020
	node --cluster-version=4.16 "ok 25020 1" none 25020
	node --platform=aws "EPERM 1" "inactive $denied 25021 ipv4 0.0.0.0" 25021
	node --platform=baremetal "ok 25021 1" none 25021
	node "" "ok 25021 1" none 25021
	node --role=worker "EPERM 1" "inactive $denied 23000 ipv4 0.0.0.0" 23000
	node --role=control-plane "ok 23000 1" none 23000
	node --role=any "ok 23000 1" none 23000
}

nobody() {
	inside setpriv --reuid 65534 --regid 65534 --clear-groups "$WORK/bindprobe" "$@" 2>&1
}

test_privileged() {
	install -m 755 "$B/tests/e2e/bindprobe" "$WORK/bindprobe"
	start_agent --mode=audit --registry="$REG" || return
	is "audit: a privileged port, not root" "$(nobody tcp 4 0.0.0.0 81)" "EACCES 1"
	is "audit: a privileged port that is registered, not root" "$(nobody tcp 4 0.0.0.0 82)" "EACCES 1"
	is "audit: no event of what failed" "$(events true)" 0
	is "audit: another port, not root" "$(nobody tcp 4 0.0.0.0 21000)" "ok 21000 1"
	is "audit: its event" "$(events '.port == 21000 and .uid == 65534')" 1
	one "audit: a privileged port, root" "ok 81 1" \
		"unregistered audited bind 81 ipv4 0.0.0.0" tcp 4 0.0.0.0 81
	stop_agent
	start_agent --mode=enforce --registry="$REG" || return
	is "enforce: a privileged port, not root" "$(nobody tcp 4 0.0.0.0 81)" "EPERM 1"
	is "enforce: its event" "$(events '.port == 81 and .verdict == "denied" and .uid == 65534')" 1
	is "enforce: an allowed privileged port, not root" "$(nobody tcp 4 0.0.0.0 82)" "EACCES 1"
	is "enforce: an allowed privileged port, not root, IPv6" "$(nobody tcp 6 :: 82)" "EACCES 1"
	one "enforce: an allowed privileged port, root" "ok 82 1" none tcp 4 0.0.0.0 82
	stop_agent
}

test_in_use() {
	start_agent --mode=audit --registry="$REG" || return
	coproc HOLDER { probe tcp 4 127.0.0.1 21000 hold; }
	local out=${HOLDER[1]} holder=$HOLDER_PID says
	read -r -t 60 says <&"${HOLDER[0]}"
	is "audit: a port is taken" "$says" "ok 21000 1"
	is "audit: event of it" "$(events '.port == 21000')" 1
	one "audit: the same port again" "EADDRINUSE 1" none tcp 4 127.0.0.1 21000
	exec {out}>&-
	wait "$holder"
	one "audit: the port is free again" "ok 21000 1" \
		"unregistered audited bind 21000 ipv4 127.0.0.1" tcp 4 127.0.0.1 21000
	stop_agent
}

ephemeral() { status '.counters.classes.ephemeral.allowed // 0'; }
# shellcheck disable=SC2317 # called by one_of
again() { inside "$B/tests/e2e/rebind" "$@"; }

# A bind() that failed is not remembered when the socket is bound again.
test_again() {
	local proto n=0
	start_agent --mode=audit --registry="$REG" || return
	for proto in $PROTOCOLS; do
		one_of "audit: $proto: failed, then an allowed port" "EADDRNOTAVAIL ok" none \
			again "$proto" 192.0.2.77 21000 127.0.0.1 20000
		is "audit: $proto: that is no ephemeral port" "$(ephemeral)" $n
		n=$((n + 1))
		one_of "audit: $proto: failed, then port 0" "EADDRNOTAVAIL ok" none \
			again "$proto" 192.0.2.77 21000 127.0.0.1 0
		is "audit: $proto: that is an ephemeral port" "$(ephemeral)" $n
		one_of "audit: $proto: failed, then the same port" "EADDRNOTAVAIL ok" \
			"unregistered audited bind 21000 ipv4 127.0.0.1" \
			again "$proto" 192.0.2.77 21000 127.0.0.1 21000
		one_of "audit: $proto: failed, then the same port, on an address where it is allowed" \
			"EADDRNOTAVAIL ok" none again "$proto" 192.0.2.77 24000 127.0.0.1 24000
		one_of "audit: $proto: failed, then another port" "EADDRNOTAVAIL ok" \
			"retired audited bind 22000 ipv4 127.0.0.1" \
			again "$proto" 192.0.2.77 21000 127.0.0.1 22000
		one_of "audit: $proto: allowed, then again" "ok EINVAL" none \
			again "$proto" 127.0.0.1 20000 127.0.0.1 21000
		one_of "audit: $proto: a violation, then again" "ok EINVAL" \
			"unregistered audited bind 21001 ipv4 127.0.0.1" \
			again "$proto" 127.0.0.1 21001 127.0.0.1 22001
	done
	stop_agent
	start_agent --mode=enforce --registry="$REG" || return
	for proto in $PROTOCOLS; do
		one_of "enforce: $proto: denied, then an allowed port" "EPERM ok" \
			"unregistered denied bind 21000 ipv4 127.0.0.1" \
			again "$proto" 127.0.0.1 21000 127.0.0.1 20000
	done
	stop_agent
}

setup
# shellcheck disable=SC2153 # lib.sh's
ip -n "$NAME" addr add 192.0.2.1/32 dev lo
ip -n "$NAME" addr add 2001:db8::1/128 dev lo nodad
registry >"$REG"
make_cases >"$WORK/cases"
[ "$PROTOCOLS" = "tcp udp udplite" ] || skip "UDP-Lite: not in this kernel"
in_mode audit
in_mode enforce
test_errno
test_ephemeral
test_privileged
test_in_use
test_again
# What the policy alone decides is the same on every kernel.
if [ -n "${E2E_QUICK:-}" ]; then
	skip "what the policy alone decides: left out, a quick run"
else
	test_enforce_some
	test_exceptions
	test_node
fi
finish
