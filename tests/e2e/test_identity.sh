#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The process and the workload of an event, the latter by its cgroup.
# shellcheck source=lib.sh source-path=SCRIPTDIR disable=SC1091
. "$(dirname "$0")/lib.sh"

REG=$WORK/reg.yaml
PROBE=$(realpath "$B/tests/e2e/bindprobe")
PLAIN=$CGROUP
# A unit counts only in a slice at the root, a pod only in the kubelet's hierarchy there, or where the
# agent's own node is a container: so the test makes one of each.
SLICE=$CGROUP2/$NAME.slice
NODE_ID=e2e0000000000000000000000000000000000000000000000000000000000e2e
NODE=$CGROUP2/libpod_parent/libpod-$NODE_ID

also_clear() {
	CGROUP=$SLICE kill_cgroup
	CGROUP=$NODE kill_cgroup
	rmdir "$CGROUP2/libpod_parent" 2>/dev/null
}

# the event of a port, by a jq filter
event() {
	all_told
	jq -r "select(.port == $1) | $2" "$WORK/events"
}

now() { date -u +%Y-%m-%dT%H:%M:%S.%NZ; }

test_process() {
	local before after pid
	start_agent --mode="$1" --registry="$REG" || return
	before=$(now)
	# shellcheck disable=SC2016 # for the inner shell
	pid=$(inside bash -c 'echo $$; exec "$0" tcp 4 127.0.0.1 21000' "$PROBE" | head -n 1)
	after=$(now)
	has "$1: pid of the subject" "$pid" '^[0-9]+$'
	is "$1: pid" "$(event 21000 .pid)" "$pid"
	is "$1: uid" "$(event 21000 .uid)" 0
	is "$1: comm" "$(event 21000 .comm)" bindprobe
	is "$1: node" "$(event 21000 .node)" "$(uname -n)"
	is "$1: cgroup" "$(event 21000 .cgroup)" "/$NAME"
	is "$1: workload" "$(event 21000 '.workload | tojson')" '{"kind":"cgroup"}'
	is "$1: no entry" "$(event 21000 .entry)" null
	has "$1: time's form" "$(event 21000 .time)" '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\.[0-9]{9}Z$'
	is "$1: time of one is first" "$(event 21000 '.time == .first')" true
	# of the boot clock, told later: a millisecond for the conversion
	is "$1: time is when it was" "$(event 21000 "
		def ms: (.[0:19] + \"Z\" | fromdate) * 1000 + (.[20:23] | tonumber);
		(.time | ms) as \$t | \$t + 1 >= (\"$before\" | ms) and \$t - 1 <= (\"$after\" | ms)")" true
	stop_agent
}

test_users() {
	install -m 755 "$PROBE" "$WORK/a-rather-long-name"
	start_agent --mode=enforce --registry="$REG" || return
	inside setpriv --reuid 4242 --regid 4343 --clear-groups "$WORK/a-rather-long-name" \
		tcp 4 127.0.0.1 21001 >/dev/null
	is "another user: uid" "$(event 21001 .uid)" 4242
	is "another user: comm, cut" "$(event 21001 .comm)" a-rather-long-n
	is "a row's entry" "$(
		probe tcp 4 127.0.0.1 3306 >/dev/null
		event 3306 '.class + " " + (.entry | "\(.layer) \(.process) \(.team)")'
	)" "retired identity mariadb metal"
	stop_agent
}

# The program's path needs the process to be there still: so it holds the port.
test_exe() {
	start_agent --mode=audit --registry="$REG" || return
	coproc HOLDER { inside "$PROBE" tcp 4 127.0.0.1 21002 hold; }
	local out=${HOLDER[1]} holder=$HOLDER_PID says
	read -r -t 60 says <&"${HOLDER[0]}"
	is "a process that stays" "$says" "ok 21002 1"
	is "a process that stays: exe" "$(event 21002 .exe)" "$PROBE"
	exec {out}>&-
	wait "$holder"
	stop_agent
}

# A process that becomes another program before the event is written: that has not bound.
test_exec() {
	start_agent --mode=audit --registry="$REG" || return
	kill -STOP "$AGENT_PID"
	keep exec inside bindprobe tcp 4 127.0.0.1 21003 exec "$(command -v cat)"
	until_true 10 is_called "$(keeper exec)" cat
	kill -CONT "$AGENT_PID"
	is "a process that becomes another program: no exe" \
		"$(event 21003 '"\(.pid) \(.comm) \(.exe)"')" "$(keeper exec) bindprobe null"
	let_go exec
	stop_agent
}
# shellcheck disable=SC2317 # called by until_true
is_called() { [ "$(cat "/proc/$1/comm" 2>/dev/null)" = "$2" ]; }

# The agent is stopped until the process, or its cgroup too, is gone.
test_gone() {
	local pid
	start_agent --mode=enforce --registry="$REG" || return
	mkdir "$CGROUP/known" "$CGROUP/unknown"
	inside_cgroup "$CGROUP/known" "$PROBE" udp 4 127.0.0.1 21010 >/dev/null
	is "a cgroup, while it is there" "$(event 21010 .cgroup)" "/$NAME/known"
	kill -STOP "$AGENT_PID"
	# shellcheck disable=SC2016 # for the inner shell
	pid=$(inside setpriv --reuid 4242 --clear-groups bash -c \
		'echo $$; exec "$0" udp 4 127.0.0.1 21011' "$WORK/a-rather-long-name" | head -n 1)
	inside_cgroup "$CGROUP/known" "$PROBE" udp 4 127.0.0.1 21012 >/dev/null
	inside_cgroup "$CGROUP/unknown" "$PROBE" udp 4 127.0.0.1 21013 >/dev/null
	mkdir -p "$CGROUP/a/b/c/d"
	inside_cgroup "$CGROUP/a/b/c/d" "$PROBE" udp 4 127.0.0.1 21014 >/dev/null
	until_true 5 both_removed
	is "the process is gone" "$([ -e "/proc/$pid" ] && echo there || echo gone)" gone
	is "the cgroup is gone" "$([ -e "$CGROUP/known" ] || [ -e "$CGROUP/unknown" ] && echo there || echo gone)" gone
	kill -CONT "$AGENT_PID"
	is "of a process that is gone" \
		"$(event 21011 '"\(.pid) \(.uid) \(.comm) \(.cgroup) \(.workload.kind)"')" \
		"$pid 4242 a-rather-long-n /$NAME cgroup"
	is "of a process that is gone: no exe" "$(event 21011 .exe)" null
	is "of a cgroup that is gone, seen before" "$(event 21012 '"\(.cgroup) \(.comm)"')" "/$NAME/known bindprobe"
	is "of a cgroup that is gone, never seen: its parent" \
		"$(event 21013 '"\(.comm) \(.verdict) \(.cgroup) \(.workload.kind)"')" \
		"bindprobe denied /$NAME cgroup"
	is "of a cgroup that is gone with those around it: the nearest that lives" \
		"$(event 21014 '"\(.cgroup) \(.workload.kind)"')" "/$NAME cgroup"
	stop_agent
}

# shellcheck disable=SC2317 # called by until_true
both_removed() {
	rmdir "$CGROUP/known" "$CGROUP/unknown" "$CGROUP"/a/b/c/d "$CGROUP"/a/b/c "$CGROUP"/a/b "$CGROUP/a" 2>/dev/null
	[ ! -e "$CGROUP/known" ] && [ ! -e "$CGROUP/unknown" ] && [ ! -e "$CGROUP/a" ]
}

test_thread() {
	local said pid tid
	start_agent --mode=audit --registry="$REG" || return
	said=$(inside "$B/tests/e2e/threadprobe" leader imposter 21020)
	read -r said pid tid <<<"$said"
	is "a thread binds" "$said" ok
	is "a thread binds: it is another one" "$([ "$pid" != "$tid" ] && echo yes)" yes
	is "a thread binds: pid and comm are the process's" "$(event 21020 '"\(.pid) \(.comm)"')" "$pid leader"
	stop_agent
}

UID1=0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0
UID_=0f1e2d3c_4b5a_6978_8796_a5b4c3d2e1f0
STATIC=00112233445566778899aabbccddeeff
ID=c0ffee0000000000000000000000000000000000000000000000000000c0ffee
OTHER=badc0de000000000000000000000000000000000000000000000000000bad0de
POD=kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod$UID_.slice

# path workload, both below a node that is itself a container
PODS="
$POD/crio-$ID.scope pod $UID1 $ID crio
$POD/crio-$ID.scope/container pod $UID1 $ID crio
$POD/crio-conmon-$ID.scope pod $UID1 - crio
$POD/cri-containerd-$ID.scope pod $UID1 $ID containerd
$POD/docker-$ID.scope pod $UID1 $ID docker
$POD pod $UID1 - -
kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod$UID_.slice/crio-$ID.scope pod $UID1 $ID crio
kubepods.slice/kubepods-pod$UID_.slice/cri-containerd-$ID.scope pod $UID1 $ID containerd
kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod$STATIC.slice/crio-$ID.scope pod $STATIC $ID crio
kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-pod$UID_.slice/cri-containerd-$ID.scope pod $UID1 $ID containerd
kubepods/burstable/pod$UID1/$ID pod $UID1 $ID -
kubepods/besteffort/pod$UID1/$ID pod $UID1 $ID -
kubepods/pod$UID1/$ID pod $UID1 $ID -
kubepods/burstable/pod$STATIC/$ID pod $STATIC $ID -
kubepods-burstable-pod$UID_.slice:cri-containerd:$ID pod $UID1 $ID containerd
$POD/crio-$ID.scope/kubepods/pod$STATIC/$OTHER pod $UID1 $ID crio
kubepods/burstable/poduid/$ID cgroup - - -
kata_overhead/$ID cgroup - $ID kata
"
# below a node that is itself a container, as a unit
NODE_UNITS="
system.slice/foo.service foo.service
system.slice/crio-conmon-$ID.scope crio-conmon
kubepods.slice/kubepods-burstable.slice/kubepods-besteffort-pod$UID_.slice/crio-$ID.scope crio-$ID.scope
kubepods.slice/kubepods-podnot-a-uid.slice/crio-$ID.scope crio-$ID.scope
"
# below a slice at the root
UNITS="
foo.service foo.service
system.slice/foo.service foo.service
user.slice/user-1000.slice/session-3.scope session-3.scope
foo.service/kubepods/pod$UID1/$ID foo.service
foo.service/$POD/crio-$ID.scope foo.service
only.slice -
foo.target -
"
# below any other cgroup, where anybody may have made these names
PLAINS="
$POD/crio-$ID.scope
kubepods/burstable/pod$UID1/$ID
docker/$ID
docker/$ID/kubepods/pod$UID1/$ID
system.slice/foo.service
"

# bind_in PORT PATH: from a cgroup below $CGROUP.
bind_in() {
	mkdir -p "$CGROUP/$2"
	inside_cgroup "$CGROUP/$2" "$PROBE" udp 4 127.0.0.1 "$1" >/dev/null
}

# shellcheck disable=SC2016 # jq's
WORKLOAD='.workload | "\(.kind) \(.uid // "-") \(.container_id // "-") \(.runtime // "-") \(.unit // "-")"'

# start_in DIR OPTIONS...: the agent, in a cgroup.
start_in() {
	local dir=$1 by=("${AGENT_BY[@]}") started
	shift
	mkdir -p "$dir"
	# shellcheck disable=SC2016 # for the inner shell
	AGENT_BY=(bash -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$dir" "${by[@]}")
	start_agent "$@"
	started=$?
	AGENT_BY=("${by[@]}")
	return $started
}

# The agent runs on the node that these paths are below.
test_pods() {
	local path want port=21100 below
	below=${NODE#"$CGROUP2"}
	CGROUP=$NODE
	start_in "$NODE/system.slice/agent.service" --mode=enforce --registry="$REG" || return
	while read -r path want; do
		[ -n "$path" ] || continue
		bind_in $port "$path"
		port=$((port + 1))
	done <<<"$PODS"
	port=21100
	while read -r path want; do
		[ -n "$path" ] || continue
		is "in a container: $path" "$(event $port "$WORKLOAD")" "$want -"
		is "in a container: $path: cgroup" "$(event $port .cgroup)" "$below/$path"
		port=$((port + 1))
	done <<<"$PODS"
	while read -r path want; do
		[ -n "$path" ] || continue
		bind_in $port "$path"
		is "in a container: $path" "$(event $port "$WORKLOAD")" "unit - - - $want"
		port=$((port + 1))
	done <<<"$NODE_UNITS"
	is "in a container: what would break says so, too" "$(ctl learn --json |
		jq -r ".violations[] | select(.port == 21100) | $WORKLOAD")" "pod $UID1 $ID crio -"
	stop_agent
	kill_cgroup
	CGROUP=$PLAIN
}

# The agent runs on another node, so these paths are whatever a container has made: a spoof.
test_spoof() {
	local path want port=21100 kinds=
	CGROUP=$NODE
	mkdir -p "$CGROUP"
	start_agent --mode=enforce --registry="$REG" || return
	while read -r path want; do
		[ -n "$path" ] || continue
		bind_in $port "$path"
		kinds+=" $(event $port "$WORKLOAD")"
		port=$((port + 1))
	done <<<"$PODS"
	is "spoofs" "$kinds" "$(grep . <<<"$PODS" | sed 's/.*/ cgroup - - - -/' | tr -d '\n')"
	stop_agent
	kill_cgroup
	CGROUP=$PLAIN
}

test_units() {
	local path unit port=21200
	CGROUP=$SLICE
	mkdir -p "$CGROUP"
	start_agent --mode=enforce --registry="$REG" || return
	while read -r path unit; do
		[ -n "$path" ] || continue
		bind_in $port "$path"
		if [ "$unit" = - ]; then
			is "in a slice: $path" "$(event $port "$WORKLOAD")" "cgroup - - - -"
		else
			is "in a slice: $path" "$(event $port "$WORKLOAD")" "unit - - - $unit"
		fi
		port=$((port + 1))
	done <<<"$UNITS"
	stop_agent
	kill_cgroup
	CGROUP=$PLAIN
}

test_plain() {
	local path port=21300
	start_agent --mode=enforce --registry="$REG" || return
	while read -r path; do
		[ -n "$path" ] || continue
		bind_in $port "$path"
		is "in a cgroup of anybody: $path" "$(event $port "$WORKLOAD")" "cgroup - - - -"
		port=$((port + 1))
	done <<<"$PLAINS"
	stop_agent
}

# Folding is by workload: the same port from two cgroups is two lines.
test_folding() {
	start_agent --mode=enforce --registry="$REG" || return
	bind_in 21400 one
	bind_in 21400 two
	bind_in 21400 one
	is "a port from two cgroups" "$(event 21400 '"\(.cgroup) \(.count)"' | sort | tr '\n' ' ')" \
		"/$NAME/one 1 /$NAME/one 1 /$NAME/two 1 "
	stop_agent
}

setup
cat >"$REG" <<'END'
version: 1
name: identity
source: test_identity.sh
entries:
  - {ports: 20000, protocol: tcp, process: mine}
retired:
  - {ports: 3306, protocol: tcp, process: mariadb, team: metal, removed: "4.11"}
END
test_process audit
test_process enforce
test_users
test_exe
test_exec audit
test_gone
test_thread
test_pods
test_spoof
test_units
test_plain
test_folding
finish
