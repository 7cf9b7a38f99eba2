#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Each way of taking a port of the coverage table, without an agent: it gets
# its port, or this kernel lacks what it needs; and it does not get a port that
# another process holds.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

WAYTRY=$B/tests/e2e/waytry
OTHER=$NAME-other
INNER=$CGROUP/inner OUTER=$CGROUP/outer
# Held of each protocol, by a process that is no subject.
HELD=41999
port=42000

other_netns() { ip netns "$1" "$OTHER"; }
also_clear() { other_netns del 2>/dev/null; }
setup
other_netns add || exit 3
mkdir "$INNER" "$OUTER" || exit 3

# try WAY PORT: the result, in the test's netns and a cgroup of the test's.
try() {
	inside_cgroup "$INNER" "$WAYTRY" "$1" "$2" "$INNER" "$OUTER" "/run/netns/$OTHER"
}

# net_sysctl NAME VALUE: of the test's netns.
net_sysctl() { ip netns exec "$NAME" sysctl -qw "net.ipv4.$1=$2"; }

# state WAY PROTO: the TCP state that the way ends in.
state() {
	case "$1" in
	tcp-bound-only) echo 7 ;; # closed
	tcp-connect) echo 1 ;;    # established
	*) [ "$2" = tcp ] && echo 10 || echo 0 ;;
	esac
}

# baseline WAY KIND PROTO: without the agent.
baseline() {
	local got want=$port
	port=$((port + 1)) want=$port
	case "$2" in
	chosen) net_sysctl ip_local_port_range "$port $port" ;;
	portless) want=0 ;;
	esac
	got=$(try "$1" "$port")
	case "$got" in
	absent\ *)
		skip "$1: $got"
		return 1
		;;
	esac
	is "$1 takes its port" "$(awk '{print $1, $3, $4, $6}' <<<"$got")" \
		"done ok $want $(state "$1" "$3")"
}

# hold PROTO: one on every address of both families, which is not shared.
hold() {
	# it ends with the test, when its input does
	# shellcheck disable=SC2034
	exec {gate}> >(probe "$1" 6 :: $HELD hold >"$WORK/held.$1")
	until_true 5 grep -qs . "$WORK/held.$1" || fail "$1: not held"
	is "$1: the holder has the port" "$(cat "$WORK/held.$1")" "ok $HELD 1"
}

# occupied WAY WHERE: the port is another's; in another netns it is not.
occupied() {
	local want="done EADDRINUSE 0"
	[ "$2" = inside ] || want="done ok $HELD"
	is "$1: a port that is taken" "$(try "$1" $HELD | awk '{print $1, $3, $4}')" "$want"
}

list=$("$WAYTRY" --list)
net_sysctl ping_group_range "0 0"
is "names are lower case, digits and dashes" "$(grep -vcE '^[a-z][a-z0-9]*(-[a-z0-9]+)* ' <<<"$list")" 0
is "each name is one way's" "$(cut -d' ' -f1 <<<"$list" | sort | uniq -d)" ""

while read -r way kind proto where <&3; do
	[ "$kind" != untried ] || continue # test_threats.sh tries those that can be tried
	baseline "$way" "$kind" "$proto" || continue
	case "$kind $proto" in
	"explicit tcp" | "explicit udp" | "explicit udplite")
		[ -f "$WORK/held.$proto" ] || hold "$proto"
		occupied "$way" "$where"
		;;
	esac
done 3<<<"$list"

# Processes of a subject are killed with it, wherever they are.
alone() { [ -z "$(find "$INNER" "$OUTER" -name cgroup.procs -exec cat {} +)" ]; }
is "no process outlives its subject" "$(until_true 5 alone && echo none)" none
is "an unknown way" "$("$WAYTRY" none 1 / / / >/dev/null 2>&1 || echo $?)" 2
finish
