#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Ports that no bind() named: port 0, and listen() without a bind() before it.
# A row that names the port holds for them, too; what no row names is counted.
# The namespace's range is narrowed to one port, so that the choice is known.
# shellcheck source=lib.sh source-path=SCRIPTDIR disable=SC1091
. "$(dirname "$0")/lib.sh"
setup

cat >"$WORK/reg.yaml" <<'YAML'
version: 1
name: chosen
entries:
  - {ports: 40001, protocol: tcp, process: anybody}
  - {ports: 40002, protocol: tcp, process: local, scope: localhost}
  - {ports: 40002, protocol: udp, process: local, scope: localhost}
retired:
  - {ports: 40000, protocol: tcp, process: gone, removed: "4.2"}
  - {ports: 40000, protocol: udp, process: gone, removed: "4.2"}
YAML

# The kernel is to choose this port.
choose() { inside sh -c "echo $1 $1 >/proc/sys/net/ipv4/ip_local_port_range"; }

ephemeral() { status ".counters.classes.ephemeral.allowed // 0"; }

# told PORT: the events of a port so far, one word of class, verdict, how and count each.
told() {
	all_told
	jq -rs "[.[] | select(.port == $1) | \"\(.class)/\(.verdict)/\(.how)/\(.count)\"] | join(\" \")" "$WORK/events"
}

start() {
	start_agent --registry="$WORK/reg.yaml" "$@" || finish
}

# If fexit is asked for and can't be had, that is an error: this is how to find out.
loads_fexit() {
	"$B/hostportd" --listen=fexit --cgroup="$CGROUP" --netns="$NETNS" --socket="$SOCK" \
		--registry="$WORK/reg.yaml" >/dev/null 2>"$WORK/log" </dev/null &
	AGENT_PID=$!
	until_true 30 ready_or_gone
	if agent_ready; then
		stop_agent
		return 0
	fi
	wait "$AGENT_PID"
	is "--listen=fexit where it does not load: exit status" "$?" 2
	AGENT_PID=
	has "--listen=fexit where it does not load: says so" "$(cat "$WORK/log")" \
		'--listen=fexit: this kernel does not load the program'
	return 1
}

# In the namespace, but in no cgroup that the programs see.
in_netns_only() { nsenter --net="$NETNS" -- "$B/tests/e2e/bindprobe" "$1" 4 127.0.0.1 "$2"; }

# audit PROTOCOL: what the kernel chooses is told, once.
for proto in tcp udp; do
	start --mode=audit
	choose 40000
	is "audit, $proto: port 0" "$(probe $proto 4 127.0.0.1 0)" "ok 40000 1"
	is "audit, $proto: is told" "$(told 40000)" retired/audited/bind0/1
	choose 40002
	is "audit, $proto: external" "$(probe $proto 6 :: 0)" "ok 40002 1"
	is "audit, $proto: is told, too" "$(told 40002)" scope/audited/bind0/1
	before=$(ephemeral)
	is "audit, $proto: localhost" "$(probe $proto 6 ::1 0)" "ok 40002 1"
	is "audit, $proto: is allowed" "$(told 40002)" scope/audited/bind0/1
	is "audit, $proto: and not counted" "$(ephemeral)" "$before"
	choose 40009
	is "audit, $proto: a port without a row" "$(probe $proto 4 127.0.0.1 0)" "ok 40009 1"
	is "audit, $proto: is no event" "$(told 40009)" ""
	is "audit, $proto: but counted" "$(ephemeral)" "$((before + 1))"
	is "audit, $proto: asked for, it is unregistered" \
		"$(probe $proto 4 127.0.0.1 40009) $(told 40009)" "ok 40009 1 unregistered/audited/bind/1"
	accounted "audit, $proto"
	stop_agent

	start --mode=enforce --errno=EACCES
	choose 40000
	guard=$(status .abilities.guard)
	if [ "$guard" = true ]; then
		is "enforce, $proto: port 0, and the port" \
			"$(probe $proto 4 127.0.0.1 0) $(probe $proto 4 127.0.0.1 40000)" "EACCES 1 EACCES 1"
		is "enforce, $proto: is denied" "$(told 40000)" \
			"retired/denied/bind0/1 retired/denied/bind/1"
		is "enforce, $proto: and the port is free" "$(in_netns_only $proto 40000)" "ok 40000 1"
	else
		is "enforce, $proto: port 0, which this kernel would keep" \
			"$(probe $proto 4 127.0.0.1 0)" "ok 40000 1"
		is "enforce, $proto: is told" "$(told 40000)" retired/audited/bind0/1
	fi
	choose 40009
	is "enforce, $proto: a port without a row" "$(probe $proto 4 127.0.0.1 0)" "ok 40009 1"
	is "enforce, $proto: is no event" "$(told 40009)" ""
	accounted "enforce, $proto"
	stop_agent
done

# The range has changed since the agent's start: a port that the kernel chooses is no violation.
choose 40009
start --mode=enforce
choose 50010
is "a range that was moved: port 0" "$(probe tcp 4 127.0.0.1 0)" "ok 50010 1"
is "a range that was moved: no event" "$(told 50010)" ""
is "a range that was moved: asked for, denied" "$(probe tcp 4 127.0.0.1 50010)" "EPERM 1"
stop_agent

# chosen_by NAME: the port that the kernel chose for what keeps it.
chosen_by() { awk '$1 == "ok" {print $2}' "$WORK/keep.$1"; }

# The number that the kernel chose for "localhost:0" on one family is taken on the other one, too.
inside sh -c "echo 32768 60999 >/proc/sys/net/ipv4/ip_local_port_range"
for proto in tcp udp; do
	start --mode=enforce
	keep first inside bindprobe $proto 6 ::1 0 hold
	port=$(chosen_by first)
	has "second family, $proto: the kernel has chosen" "$port" '^[0-9]{5}$'
	is "second family, $proto: the same number" "$(probe $proto 4 127.0.0.1 "$port")" "ok $port 1"
	is "second family, $proto: is no event" "$(told "$port")" ""
	mkdir "$CGROUP/other"
	is "second family, $proto: of another workload" \
		"$(inside_cgroup "$CGROUP/other" "$B/tests/e2e/bindprobe" $proto 4 127.0.0.1 "$port")" "EPERM 1"
	rmdir "$CGROUP/other"
	other=udp
	[ $proto = tcp ] || other=tcp
	is "second family, $proto: of another protocol" "$(probe $other 4 127.0.0.1 "$port")" "EPERM 1"
	let_go first
	is "second family, $proto: after the first" "$(probe $proto 4 127.0.0.1 "$port")" "EPERM 1"
	is "second family, $proto: events" "$(told "$port")" \
		"unregistered/denied/bind/1 unregistered/denied/bind/1 unregistered/denied/bind/1"
	accounted "second family, $proto"
	stop_agent
done

# A socket whose own range leaves the kernel no choice has asked for its port.
told_both() { [ "$(told 45000)" ] && [ "$(told 45001)" ]; }
own_range() {
	local proto
	start --mode=audit
	for proto in tcp udp; do
		is "own range, audit, $proto: port 0" "$(probe $proto 4 0.0.0.0 0 from 45000)" "ok 45000 1"
		has "own range, audit, $proto: is told" "$(told 45000)" "unregistered/audited/bind/1$"
	done
	accounted "own range, audit"
	stop_agent

	start --mode=enforce --sweep=1 --listen=off
	for proto in tcp udp; do
		if [ "$(status .abilities.guard)" = true ]; then
			is "own range, $proto: port 0 is denied" "$(probe $proto 4 0.0.0.0 0 from 46000)" "EPERM 1"
			is "own range, $proto: and the port is free" "$(in_netns_only $proto 46000)" "ok 46000 1"
		fi
		has "own range, $proto: a socket without one" "$(probe $proto 4 0.0.0.0 0 from 0)" '^ok [0-9]+ 1$'
	done
	is "own range: lines" "$(told 46000)" "unregistered/denied/bind/1 unregistered/denied/bind/1"
	keep plain inside bindprobe tcp 4 0.0.0.0 0 listen 0 hold
	keep listens inside bindprobe tcp 4 0.0.0.0 0 listen 45000 hold
	keep sends inside bindprobe udp 4 127.0.0.1 0 listen 45001 hold
	until_true 30 told_both || fail "own range: the sweep does not tell"
	is "own range: listen() is told" "$(told 45000)" unregistered/audited/listen/1
	is "own range: sendto() is told" "$(told 45001)" unregistered/audited/existing/1
	is "own range: who has none is not" "$(told "$(chosen_by plain)")" ""
	let_go plain listens sends
	accounted "own range, enforce"
	stop_agent
}
if [ "$(probe tcp 4 0.0.0.0 0 from 45000)" = "ok 45000 1" ]; then
	own_range
else
	skip "own range: this kernel has no IP_LOCAL_PORT_RANGE"
fi

# Another program after ours puts a port of its own in the place of the one that was checked.
rewritten() {
	rm -f "$WORK/foreign" # of the one before it, which said "attached", too
	"$B/tests/e2e/foreign" "$CGROUP" bind4 rewrite link >"$WORK/foreign" 2>&1 &
	local pid=$!
	until_true 5 grep -qs attached "$WORK/foreign" || fail "$1: a program that rewrites: $(cat "$WORK/foreign")"
	is "$1: an allowed port, made another one" "$(probe tcp 4 127.0.0.1 40001)" "$2"
	is "$1: the event is of that one" "$(told 7999) $(told 40001)" "$3 "
	is "$1: a denied one, too" "$(probe tcp 4 127.0.0.1 7000)" "$4"
	is "$1: one event for that" "$(events '.port == 7000 or .port == 7999')" 2
	kill "$pid"
	wait "$pid" 2>/dev/null
	accounted "$1"
}
start --mode=audit
rewritten "rewritten, audit" "ok 7999 1" unregistered/audited/bind/1 "ok 7999 1"
stop_agent
start --mode=enforce
if [ "$(status .abilities.guard)" = true ]; then
	rewritten "rewritten, enforce" "EPERM 1" unregistered/denied/bind/1 "EPERM 1"
else
	rewritten "rewritten, on a kernel that keeps the port" "ok 7999 1" unregistered/audited/bind/1 "EPERM 1"
fi
stop_agent

# listen() without bind(), and after bind() to port 0, by each hook that there is.
for hook in fexit sockops; do
	if [ $hook = fexit ] && ! loads_fexit; then
		skip "--listen=fexit: this kernel does not load the program"
		continue
	fi
	start --mode=enforce --listen=$hook --reserve-ports=no
	choose 40000
	is "$hook: listen() can't be denied" "$(probe tcp 4 0.0.0.0 0 listen)" "ok 40000 1"
	is "$hook: it is told" "$(told 40000)" retired/audited/listen/1
	is "$hook: who it was" "$(jq -r '"\(.comm) \(.uid) \(.address) \(.pid > 0)"' "$WORK/events")" \
		"bindprobe 0 0.0.0.0 true"
	is "$hook: IPv6" "$(probe tcp 6 :: 0 listen)" "ok 40000 1"
	is "$hook: a repeat" "$(events '.port == 40000 and .how == "listen"')" 2
	choose 40001
	is "$hook: an allowed port" "$(probe tcp 4 0.0.0.0 0 listen) $(told 40001)" "ok 40001 1 "
	choose 40009
	before=$(ephemeral)
	is "$hook: a port without a row" "$(probe tcp 4 0.0.0.0 0 listen) $(told 40009)" "ok 40009 1 "
	is "$hook: is not counted" "$(ephemeral)" "$before"
	accounted "$hook, enforce"
	stop_agent

	start --mode=audit --listen=$hook
	choose 40000
	is "$hook: port 0, then listen()" "$(probe tcp 4 0.0.0.0 0 hold </dev/null)" "ok 40000 1"
	is "$hook: is told once" "$(told 40000)" retired/audited/bind0/1
	is "$hook: a port by its name, then listen()" "$(probe tcp 4 0.0.0.0 7000 hold </dev/null)" "ok 7000 1"
	is "$hook: is told once, too" "$(told 7000)" unregistered/audited/bind/1
	accounted "$hook, audit"
	stop_agent
done

# The cause may be no missing program, but a missing right to load any.
err=$(nsenter --net="$NETNS" -- setpriv --bounding-set=-bpf,-sys_admin --inh-caps=-bpf,-sys_admin timeout 60 \
	"$B/hostportd" --listen=fexit --cgroup="$CGROUP" --socket="$SOCK" --registry="$WORK/reg.yaml" 2>&1 >/dev/null)
is "--listen=fexit without capabilities: exit status" "$?" 3
has "--listen=fexit without capabilities: says so" "$err" '^hostportd: loading the programs: .*: needs root, or CAP_BPF'
has_not "--listen=fexit without capabilities: no word of the kernel" "$err" 'this kernel does not load'

start --mode=audit --listen=off
choose 40000
is "no hook: listen()" "$(probe tcp 4 0.0.0.0 0 listen) $(told 40000)" "ok 40000 1 "
stop_agent
finish
