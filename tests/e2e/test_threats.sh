#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What docs/threat-model.md says that others can do: each row that no other test shows is tried
# here, and does what the page says, whether that is good or bad.
# shellcheck source=lib.sh source-path=SCRIPTDIR disable=SC1091
. "$(dirname "$0")/lib.sh"
# shellcheck disable=SC2317 # functions are called by until_true

STEER=$B/tests/e2e/steer
OTHER=$NAME-other
REG=$WORK/reg.yaml

also_clear() { ip netns del "$OTHER" 2>/dev/null; }
setup

# lacks NAME ARGS...: does this kernel lack what `steer ARGS` needs? Then it is a skip.
lacks() {
	local name=$1 said
	shift
	said=$(inside "$STEER" "$@" </dev/null 2>&1)
	[ $? -eq 77 ] || return
	skip "$name: $said"
}

# ask PORT: what answers on it.
ask() {
	# shellcheck disable=SC2016 # for the inner shell
	outside timeout 30 bash -c 'exec 3<>"/dev/tcp/127.0.0.1/$0" && head -n 1 <&3' "$1" 2>&1
}

runs_are() { [ "$(status .sweep.runs)" -ge "$1" ]; }
# sweeps N: so many more of them.
sweeps() { until_true 15 runs_are $(($(status .sweep.runs) + $1)) || fail "no sweep"; }

# lines PORT: of the port, but those of what asked for it here by bind().
lines() {
	all_told
	events ".port == $1 and .how != \"bind\""
}

# answers_unseen NAME PORT: something answers on a port that no row names, no process has it, and
# nobody gets it by bind(). The programs and the sweep see nothing.
answers_unseen() {
	is "$1: it answers" "$(ask "$2")" steered
	sweeps 2
	is "$1: the port can't be taken" "$(probe tcp 4 127.0.0.1 "$2")" "EPERM 1"
	is "$1: no line" "$(lines "$2")" 0
	is "$1: no listener" "$(ctl listeners --json | jq "[.listeners[] | select(.port == $2)] | length")" 0
}

# rules LINE...: a table of nftables in the test's namespace.
rules() { printf 'table ip threats {\n%s\n}\n' "$*" | outside nft -f - 2>&1; }
no_rules() { outside nft delete table ip threats; }

test_sk_lookup() {
	lacks "sk_lookup" sk-lookup 8650 20000 && return
	start_agent --mode=enforce --registry="$REG" --sweep=1 || return
	keep lookup inside steer sk-lookup 8650 20000
	answers_unseen "sk_lookup" 8650
	let_go lookup
	has "sk_lookup: it ends with its program" "$(ask 8650)" refused
	stop_agent
}

# steers NAME FROM TO RULE: the rule leads from one port to a socket that listens on the other.
steers() {
	local name=$1 from=$2 to=$3 said
	start_agent --mode=enforce --registry="$REG" --sweep=1 || return
	said=$(rules "$4")
	if [ -n "$said" ]; then
		skip "$name: $said"
	else
		keep "$name" inside steer transparent "$to"
		answers_unseen "$name" "$from"
		let_go "$name"
		no_rules
	fi
	stop_agent
}

test_redirect() {
	steers redirect 8651 20003 \
		'chain out { type nat hook output priority -100; tcp dport 8651 redirect to :20003; }'
}

test_tproxy() {
	steers tproxy 8652 20004 \
		'chain pre { type filter hook prerouting priority mangle; tcp dport 8652 tproxy to 127.0.0.1:20004 accept; }'
}

# To another address, as that of a pod.
test_dnat() {
	local said
	start_agent --mode=enforce --registry="$REG" --sweep=1 || return
	said=$(rules 'chain out { type nat hook output priority -100; tcp dport 8653 dnat to 127.0.0.2:20005; }')
	if [ -n "$said" ]; then
		skip "dnat: $said"
	else
		keep dnat inside steer transparent 20005
		has "dnat: nothing is at the other address" "$(ask 8653)" refused
		no_rules
		rules 'chain out { type nat hook output priority -100; tcp dport 8653 dnat to 127.0.0.1:20005; }'
		answers_unseen "dnat" 8653
		let_go dnat
		no_rules
	fi
	stop_agent
}

# connect() of a process whose control group has a program: the socket has a port that no row names.
test_bpf_bind() {
	local said
	lacks "bpf_bind" bpf-bind 8654 20006 && return
	start_agent --mode=enforce --registry="$REG" --sweep=1 || return
	keep server inside bindprobe tcp 4 127.0.0.1 20006 hold
	keep bind inside steer bpf-bind 8654 20006
	is "bpf_bind: the client has the port" "$(sed -n 's/^ok //p' "$WORK/keep.bind")" 8654
	sweeps 2
	is "bpf_bind: no line" "$(lines 8654)" 0
	said=$(ask 8654)
	has "bpf_bind: nothing listens there" "$said" refused
	let_go bind server
	stop_agent
}

test_vsock() {
	lacks "vsock" vsock 8655 && return
	start_agent --mode=enforce --registry="$REG" --sweep=1 || return
	keep vsock inside steer vsock 8655
	sweeps 2
	is "vsock: no line" "$(lines 8655)" 0
	is "vsock: the port of IP is free" "$(probe tcp 4 127.0.0.1 8655)" "EPERM 1"
	let_go vsock
	stop_agent
}

# The packet is for an address that the device's stack has, and for a port that no row names.
test_tun() {
	if [ ! -c /dev/net/tun ]; then
		skip "tun: no /dev/net/tun"
		return
	fi
	start_agent --mode=enforce --registry="$REG" --sweep=1 || return
	keep tun inside steer tun 8656
	outside bash -c 'echo hello >/dev/udp/192.0.2.2/8656'
	if until_true 10 grep -q '^got 8656$' "$WORK/keep.tun"; then
		pass "tun: a stack in user space has what is sent to the port"
	else
		fail "tun: nothing came: $(cat "$WORK/keep.tun")"
	fi
	sweeps 2
	is "tun: no line" "$(lines 8656)" 0
	let_go tun
	stop_agent
}

# The interface is in the same network, and its port is another namespace's.
test_macvlan() {
	local said
	ip netns add "$OTHER" || return
	said=$({ ip -n "$NAME" link add base type veth peer name base2 &&
		ip -n "$NAME" link add link base name mac type macvlan mode bridge &&
		ip -n "$NAME" link set mac netns "$OTHER" &&
		ip -n "$OTHER" addr add 198.51.100.2/24 dev mac && ip -n "$OTHER" link set mac up; } 2>&1)
	if [ -n "$said" ]; then
		skip "macvlan: $said"
		return
	fi
	start_agent --mode=enforce --registry="$REG" --sweep=1 || return
	is "macvlan: a port of its own" "$(in_cgroup_only nsenter --net="/run/netns/$OTHER" -- \
		"$B/tests/e2e/bindprobe" tcp 4 0.0.0.0 8657)" "ok 8657 1"
	is "macvlan: no line" "$(lines 8657)" 0
	is "macvlan: the node's port is denied all the same" "$(probe tcp 4 0.0.0.0 8657)" "EPERM 1"
	stop_agent
}

# Whoever has the same user joins a group of SO_REUSEPORT, if the row lets him: no row with owners does.
test_reuseport() {
	start_agent --mode=enforce --registry="$REG" --enforce=default,owner --sweep=1 || return
	keep first inside bindprobe tcp 4 127.0.0.1 20000 hold 2
	keep second inside bindprobe tcp 4 127.0.0.1 20000 hold 2
	is "SO_REUSEPORT: a row without owners: all have it" \
		"$(ctl listeners --json | jq '[.listeners[] | select(.port == 20000)] | length')" 4
	is "SO_REUSEPORT: no line" "$(events '.port == 20000')" 0
	keep owner inside bindprobe tcp 4 127.0.0.1 20001 hold 2
	cp "$B/tests/e2e/bindprobe" "$WORK/stranger"
	is "SO_REUSEPORT: a row with owners: a stranger does not join" \
		"$(inside "$WORK/stranger" tcp 4 127.0.0.1 20001)" "EPERM 1"
	is "SO_REUSEPORT: which is a line" "$(events '.port == 20001 and .class == "owner" and .verdict == "denied"')" 1
	let_go first second owner
	stop_agent
}

# A process that binds to port 0 until it has what it wants: counted, and no violation.
test_bind0_loop() {
	outside sysctl -qw net.ipv4.ip_local_port_range="40000 40003" || return
	start_agent --mode=enforce --registry="$REG" --sweep=1 || return
	is "bind(0) again and again: it gets what it wants" \
		"$(for _ in {1..64}; do probe udp 4 127.0.0.1 0; done | sort -u | grep -c '^ok 40002 ')" 1
	is "bind(0) again and again: no line" "$(events true)" 0
	is "bind(0) again and again: counted" "$(status '.counters.classes.ephemeral.allowed >= 64')" true
	stop_agent
	outside sysctl -qw net.ipv4.ip_local_port_range="32768 60999"
}

# What takes a port where no hook sees it, and closes it before a sweep comes, is not found; while it
# is open, it is.
test_dodge() {
	local said
	said=$(probe udp 4 127.0.0.1 9 listen 40002)
	if [ "$said" != "ok 40002 1" ]; then
		skip "dodging the sweep: $said"
		return
	fi
	start_agent --mode=enforce --registry="$REG" --reserve-ports=no --sweep=86400 || return
	probe udp 4 127.0.0.1 9 listen 40002 >/dev/null
	is "closed before the sweep: no line" "$(lines 40002)" 0
	keep open inside bindprobe udp 4 127.0.0.1 9 listen 40002 hold
	is "open: listeners has it" \
		"$(ctl listeners --json | jq '[.listeners[] | select(.port == 40002)] | length')" 1
	let_go open
	stop_agent
}

# A kernel socket that gets another port while it is up.
test_kernel_port() {
	if ! outside ip link add threats0 type wireguard 2>/dev/null; then
		skip "WireGuard's port at run time: this kernel has no WireGuard"
		return
	fi
	start_agent --mode=enforce --registry="$REG" --sweep=1 || return
	outside wg set threats0 listen-port 20002
	inside ip link set threats0 up
	is "WireGuard: a port that a row names: no line" "$(lines 20002)" 0
	inside wg set threats0 listen-port 8659
	sweeps 1
	has "WireGuard: another port at run time" "$(jq -r 'select(.port == 8659) | "\(.how) \(.verdict)"' "$WORK/events")" \
		'^kernel audited$'
	stop_agent
	outside ip link del threats0
}

cat >"$REG" <<END
version: 1
name: threats
source: test_threats.sh
entries:
  - {ports: 20000, protocol: tcp, process: mine}
  # one for each test that has connections: an ended one keeps its port for a minute
  - {ports: 20003-20006, protocol: tcp, process: mine too}
  - {ports: 20001, protocol: tcp, process: owned, owners: [{exe: $(realpath "$B/tests/e2e/bindprobe")}]}
  - {ports: 20002, protocol: udp, process: tunnel}
END
test_sk_lookup
test_redirect
test_tproxy
test_dnat
test_bpf_bind
test_vsock
test_tun
test_macvlan
test_reuseport
test_bind0_loop
test_dodge
test_kernel_port
finish
