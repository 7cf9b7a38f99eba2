#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Clients and exceptions with owners: a unit or a program that the row names, and strangers on the
# same ports; units that appear later; a registry that changes. Pods as owners, and the ports that
# pods declare.
# shellcheck source=lib.sh source-path=SCRIPTDIR disable=SC1091
. "$(dirname "$0")/lib.sh"

REG=$WORK/reg.yaml
PROBE=$(realpath "$B/tests/e2e/bindprobe")
TOP=$CGROUP
# A unit counts only in a slice at the root: so the test makes one, and checks that.
SLICE=$CGROUP2/$NAME.slice
PROGRAM=$WORK/sender

also_clear() {
	CGROUP=$SLICE kill_cgroup
	CGROUP=$TOP
}

# known N: the programs know so many owners.
# shellcheck disable=SC2317 # called by until_true
known() { [ "$(status .owners.known)" = "$1" ]; }

# by UNIT PROGRAM ARGS...: what a bind by a program in a unit's control group says.
by() {
	local unit=$1 program=$2
	shift 2
	inside_cgroup "$SLICE/$unit" "$program" "$@"
}

# unit NAME: its control group appears.
unit() { mkdir -p "$SLICE/$1"; }

# registry LISTS: the registry, in one step.
registry() {
	printf 'version: 1\nname: owners\nentries:\n  - {ports: 21999, protocol: tcp, process: p}\n%s\n' "$1" >"$REG.new"
	mv "$REG.new" "$REG"
}

CLIENTS='clients:
  - {ports: 21000-21009, protocol: udp, process: resolver, owners: [{unit: hp-resolver.service}]}
  - {ports: 21020, protocol: udp, process: sender, owners: [{exe: '$PROGRAM'}]}
  - {ports: 21030, protocol: tcp, process: instances, owners: [{unit: "hp-app@*.service"}]}
exceptions:
  - {ports: 21010, protocol: tcp, class: unregistered, until: 2099-01-01, reason: r, owners: [{unit: hp-resolver.service}]}'

test_unit() {
	is "unit: its client" "$(by hp-resolver.service "$PROBE" udp 4 127.0.0.1 21005)" "ok 21005 1"
	is "unit: the last port" "$(by hp-resolver.service "$PROBE" udp 6 ::1 21009)" "ok 21009 1"
	is "unit: its exception" "$(by hp-resolver.service "$PROBE" tcp 4 127.0.0.1 21010)" "ok 21010 1"
	is "unit: another protocol" "$(by hp-resolver.service "$PROBE" tcp 4 127.0.0.1 21005)" "EPERM 1"
	is "unit: another port" "$(by hp-resolver.service "$PROBE" udp 4 127.0.0.1 21011)" "EPERM 1"
	is "a stranger: the client's ports" "$(by hp-stranger.service "$PROBE" udp 4 127.0.0.1 21005)" "EPERM 1"
	is "a stranger: the exception's port" "$(by hp-stranger.service "$PROBE" tcp 4 127.0.0.1 21010)" "EPERM 1"
	is "no unit: the client's ports" "$(inside_cgroup "$SLICE" "$PROBE" udp 4 127.0.0.1 21005)" "EPERM 1"
	# the unit's own control groups are the unit's; one of its name further down is not
	mkdir -p "$SLICE/hp-resolver.service/worker" "$SLICE/hp-stranger.service/hp-resolver.service"
	is "unit: a control group of its own" "$(by hp-resolver.service/worker "$PROBE" udp 4 127.0.0.1 21005)" "ok 21005 1"
	is "a stranger: a name within it" \
		"$(by hp-stranger.service/hp-resolver.service "$PROBE" udp 4 127.0.0.1 21005)" "EPERM 1"
	is "what is said of them" "$(
		all_told
		jq -rs 'map(select(.verdict) | "\(.verdict) \(.class) \(.protocol) \(.port) \(.workload.unit)") | unique | .[]' "$WORK/events"
	)" "denied unregistered tcp 21005 hp-resolver.service
denied unregistered tcp 21010 hp-stranger.service
denied unregistered udp 21005 hp-stranger.service
denied unregistered udp 21005 null
denied unregistered udp 21011 hp-resolver.service
excepted unregistered tcp 21010 hp-resolver.service"

	is "status" "$(ctl status | grep ^owners)" "owners      4 rows for their owners alone; $(status .owners.known) known"
}

test_program() {
	is "program: its client" "$(by hp-stranger.service "$PROGRAM" udp 4 127.0.0.1 21020)" "ok 21020 1"
	is "another program" "$(by hp-stranger.service "$PROBE" udp 4 127.0.0.1 21020)" "EPERM 1"
	# a name is not enough
	mkdir -p "$WORK/other"
	install -m 755 "$PROBE" "$WORK/other/sender"
	is "a program of the same name" "$(by hp-stranger.service "$WORK/other/sender" udp 4 127.0.0.1 21020)" "EPERM 1"
}

# A unit that starts after the agent is an owner at its first bind.
test_later() {
	local before
	before=$(status .owners.known)
	is "later: not there yet" "$(by hp-stranger.service "$PROBE" tcp 4 127.0.0.1 21030)" "EPERM 1"
	unit hp-app@1.service
	until_true 10 known $((before + 1)) || fail "later: known: $(status .owners)"
	is "later: admitted at its first bind" "$(by hp-app@1.service "$PROBE" tcp 4 127.0.0.1 21030)" "ok 21030 1"
	mkdir -p "$SLICE/${NAME}-deeper.slice"
	unit "${NAME}-deeper.slice/hp-app@2.service"
	until_true 10 known $((before + 2)) || fail "later, in a slice that is new: known: $(status .owners)"
	is "later, in a slice that is new" \
		"$(by "${NAME}-deeper.slice/hp-app@2.service" "$PROBE" tcp 4 127.0.0.1 21030)" "ok 21030 1"
}

test_kill() {
	kill_agent
	is "after a kill, without an agent" "$(by hp-resolver.service "$PROBE" udp 4 127.0.0.1 21005)" "ok 21005 1"
	is "after a kill, a stranger" "$(by hp-stranger.service "$PROBE" udp 4 127.0.0.1 21005)" "EPERM 1"
	start_agent --mode=enforce --registry="$REG" || return
	is "the next agent" "$(by hp-resolver.service "$PROBE" udp 4 127.0.0.1 21005)" "ok 21005 1"
	is "the next agent, a stranger" "$(by hp-stranger.service "$PROBE" udp 4 127.0.0.1 21005)" "EPERM 1"
}

test_listeners() {
	keep owner owner_of "$PROBE" tcp 4 127.0.0.1 21030 hold
	is "listeners: an owner" "$(ctl listeners --json | jq -r '.listeners[] | select(.port == 21030) | "\(.verdict) \(.entry.process)"')" \
		"allowed instances"
	let_go owner
	ctl mode audit >/dev/null
	keep stranger stranger "$PROBE" tcp 4 127.0.0.1 21030 hold
	is "listeners: a stranger" "$(ctl listeners --json | jq -r '.listeners[] | select(.port == 21030) | "\(.verdict) \(.class) \(.entry)"')" \
		"audited unregistered null"
	let_go stranger
	ctl mode enforce --yes >/dev/null
}
owner_of() { inside_cgroup "$SLICE/hp-app@1.service" "$@"; }
stranger() { inside_cgroup "$SLICE/hp-stranger.service" "$@"; }

# A mode switch publishes anew, and a reload takes rows away, and gives them back.
test_changes() {
	ctl mode audit >/dev/null
	is "audit: the owner makes no line" "$(
		by hp-resolver.service "$PROBE" udp 4 127.0.0.1 21004
		events '.port == 21004'
	)" "ok 21004 1
0"
	is "audit: a stranger makes one" "$(
		by hp-stranger.service "$PROBE" udp 4 127.0.0.1 21004
		events '.port == 21004 and .verdict == "audited"'
	)" "ok 21004 1
1"
	ctl mode enforce --yes >/dev/null
	is "enforce again: the owner" "$(by hp-resolver.service "$PROBE" udp 4 127.0.0.1 21005)" "ok 21005 1"
	registry ""
	ctl reload >/dev/null
	is "without the row" "$(by hp-resolver.service "$PROBE" udp 4 127.0.0.1 21005)" "EPERM 1"
	is "without the exception" "$(by hp-resolver.service "$PROBE" tcp 4 127.0.0.1 21010)" "EPERM 1"
	is "without the program's row" "$(by hp-stranger.service "$PROGRAM" udp 4 127.0.0.1 21020)" "EPERM 1"
	until_true 10 known 0 || fail "owners of the registry before are forgotten: $(status .owners)"
	has_not "no such row: status" "$(ctl status)" '^owners'
	registry "$CLIENTS"
	ctl reload >/dev/null
	is "with the row again" "$(by hp-resolver.service "$PROBE" udp 4 127.0.0.1 21005)" "ok 21005 1"
	is "with the row again, a stranger" "$(by hp-stranger.service "$PROBE" udp 4 127.0.0.1 21005)" "EPERM 1"
}

test_explain() {
	local out
	out=$("$B/hostportctl" explain 21005/udp --registry="$REG" --unit=hp-resolver.service --json)
	is "explain: the owner" "$(jq -r '"\(.verdict) \(.entry.kind)"' <<<"$out")" "allowed client"
	out=$("$B/hostportctl" explain 21005/udp --registry="$REG" --unit=hp-stranger.service --json)
	is "explain: a stranger" "$(jq -r '"\(.verdict) \(.class) \(.entry)"' <<<"$out")" "denied unregistered null"
}

# ---- entries, and pods ----

PODS=$WORK/pods.json
KUBEPODS=$NAME.slice/$NAME-kubepods.slice
A=0000000a-0000-4000-8000-000000000000 # mon/exporter-1
B_=0000000b-0000-4000-8000-000000000000 # evil/thief-1
C=0000000c-0000-4000-8000-000000000000 # mon/twin-1, of two containers
D=0000000d-0000-4000-8000-000000000000 # not known at first
E=0000000e-0000-4000-8000-000000000000 # mon/exporter-2, which appears later
MAIN=aaaaaaaa SIDE=bbbbbbbb

# in_pod UID CONTAINER: the directory of a pod's container.
in_pod() { echo "$CGROUP2/$KUBEPODS/$NAME-kubepods-pod${1//-/_}.slice/cri-containerd-$2.scope"; }
# pod_bind UID CONTAINER ARGS...: what a bind by a pod's container says.
pod_bind() {
	local dir
	dir=$(in_pod "$1" "$2")
	shift 2
	inside_cgroup "$dir" "$PROBE" "$@"
}
# shellcheck disable=SC2317 # called by until_true
pod_bind_is() { [ "$(pod_bind "$2" "$3" tcp 4 127.0.0.1 "$4")" = "$1" ]; }
# becomes NAME WANT UID CONTAINER PORT: soon, a bind says so.
becomes() {
	if until_true 30 pod_bind_is "$2" "$3" "$4" "$5"; then pass "$1"; else fail "$1: not $2"; fi
}

# pod UID NAMESPACE NAME CONTAINERS IDS: one of a PodList; IDS as NAME=ID. The first container
# declares the ports PORTS.
PORTS='[{"containerPort": 21999}, {"containerPort": 22000}, {"containerPort": 22001}, {"containerPort": 22002}]'
pod() {
	jq -nc --arg uid "$1" --arg namespace "$2" --arg name "$3" --argjson ports "$PORTS" '
		{metadata: {$name, $namespace, $uid},
		spec: {hostNetwork: true, containers: ([$ARGS.positional[] | select(contains("=") | not) | {name: .}] | .[0].ports = $ports)},
		status: {containerStatuses: [$ARGS.positional[] | select(contains("=")) | split("=") |
			{name: .[0], containerID: "containerd://\(.[1])"}]}}' --args "${@:4}"
}
# list POD...: write the PodList, in one step.
list() {
	printf '%s\n' "$@" | jq -s '{kind: "PodList", apiVersion: "v1", items: .}' >"$PODS.new" && mv "$PODS.new" "$PODS"
}

unknown_pod() { inside_cgroup "$(in_pod "$D" 1d)" "$@"; }
# shellcheck disable=SC2317 # called by until_true
told_held() {
	[ "$(events ".port == 22001 and .workload.uid == \"$D\" and .verdict == \"audited\" and .class == \"owner\" and .how == \"existing\"")" = 1 ]
}

test_pods() {
	local exporter thief twin
	exporter=$(pod $A mon exporter-1 c) thief=$(pod $B_ evil thief-1 c)
	twin=$(pod $C mon twin-1 main side main=$MAIN)
	mkdir -p "$(in_pod $A 1a)/deeper" "$(in_pod $B_ 1b)" "$(in_pod $C $MAIN)" "$(in_pod $C $SIDE)" "$(in_pod $D 1d)"
	list "$exporter" "$thief" "$twin"
	start_agent --mode=enforce --enforce=default,owner --registry="$REG" --pods="$PODS" || return
	is "pods: the owner" "$(pod_bind $A 1a tcp 4 0.0.0.0 22000)" "ok 22000 1"
	is "pods: a control group of its own" \
		"$(inside_cgroup "$(in_pod $A 1a)/deeper" "$PROBE" tcp 4 0.0.0.0 22000)" "ok 22000 1"
	is "pods: a thief" "$(pod_bind $B_ 1b tcp 6 :: 22000)" "EPERM 1"
	is "pods: a unit" "$(by hp-resolver.service "$PROBE" tcp 4 127.0.0.1 22000)" "EPERM 1"
	is "pods: neither" "$(inside_cgroup "$SLICE" "$PROBE" tcp 4 127.0.0.1 22000)" "EPERM 1"
	is "pods: a row for anybody" "$(pod_bind $B_ 1b tcp 4 127.0.0.1 21999)" "ok 21999 1"
	is "pods: the container" "$(pod_bind $C $MAIN tcp 4 127.0.0.1 22001)" "ok 22001 1"
	is "pods: another pod of that row" "$(pod_bind $A 1a tcp 4 127.0.0.1 22001)" "EPERM 1"
	is "pods: a unit's row, the unit" "$(by hp-resolver.service "$PROBE" tcp 4 127.0.0.1 22002)" "ok 22002 1"
	is "pods: a unit's row, another unit" "$(by hp-stranger.service "$PROBE" tcp 4 127.0.0.1 22002)" "EPERM 1"
	is "pods: a unit's row, a pod" "$(pod_bind $A 1a tcp 4 127.0.0.1 22002)" "EPERM 1"
	# not known yet: a container, a pod
	is "pods: a container that is not known" "$(pod_bind $C $SIDE tcp 4 127.0.0.1 22001)" "ok 22001 1"
	is "pods: a pod that is not known" "$(pod_bind $D 1d tcp 4 127.0.0.1 22000)" "ok 22000 1"
	keep held unknown_pod "$PROBE" tcp 4 127.0.0.1 22001 hold
	is "pods: what is said of them" "$(
		all_told
		jq -rs 'map(select(.verdict) | "\(.verdict) \(.class) \(.port) \(.entry.process) \(.workload.unit // .workload.uid)") | unique | .[]' "$WORK/events"
	)" "denied owner 22000 exporter $B_
denied owner 22000 exporter hp-resolver.service
denied owner 22000 exporter null
denied owner 22001 twin $A
denied owner 22002 resolver $A
denied owner 22002 resolver hp-stranger.service"
	is "pods: who is not known is counted" "$(status .counters.classes.owner.allowed)" 3

	list "$exporter" "$thief" "$(pod $C mon twin-1 main side main=$MAIN side=$SIDE)" "$(pod $D evil exporter-1 c)"
	becomes "pods: the other container becomes known" "EPERM 1" $C $SIDE 22001
	becomes "pods: a pod becomes known" "EPERM 1" $D 1d 22000
	until_true 30 told_held || fail "pods: the port that it holds is not told of"
	is "pods: the port that it holds" "$(events ".port == 22001 and .workload.uid == \"$D\"")" 1
	let_go held
	is "pods: the owner runs on" "$(pod_bind $A 1a tcp 4 127.0.0.1 22000)" "ok 22000 1"
	is "pods: the container runs on" "$(pod_bind $C $MAIN tcp 4 127.0.0.1 22001)" "ok 22001 1"

	# deleted, and made again with another UID; the one that is gone is remembered
	list "$thief" "$(pod $D mon exporter-1 c)"
	becomes "pods: it is another pod now" "ok 22000 1" $D 1d 22000
	is "pods: a pod that is gone, and still runs" "$(pod_bind $A 1a tcp 4 127.0.0.1 22000)" "ok 22000 1"
	is "pods: the thief is none" "$(pod_bind $B_ 1b tcp 4 127.0.0.1 22000)" "EPERM 1"

	ctl mode audit >/dev/null
	is "pods, audit: a thief" "$(pod_bind $B_ 1b tcp 4 127.0.0.1 22000)" "ok 22000 1"
	is "pods, audit: it is told" "$(events '.port == 22000 and .verdict == "audited" and .class == "owner"')" 1
	is "pods, audit: the owner" "$(pod_bind $D 1d tcp 4 127.0.0.1 22000)" "ok 22000 1"
	is "pods, audit: nothing is told of it" "$(events '.port == 22000 and .verdict == "audited"')" 1
	accounted "pods"
	stop_agent

	list "$thief"
	start_agent --mode=enforce --enforce=default,owner --unknown-pods=deny --registry="$REG" --pods="$PODS" || return
	is "--unknown-pods=deny" "$(pod_bind $A 1a tcp 4 127.0.0.1 22000)" "EPERM 1"
	is "--unknown-pods=deny: a row for anybody" "$(pod_bind $A 1a tcp 4 127.0.0.1 21999)" "ok 21999 1"
	list "$thief" "$exporter" "$(pod $E mon exporter-2 c)"
	becomes "--unknown-pods=deny: the owner becomes known" "ok 22000 1" $A 1a 22000
	mkdir -p "$(in_pod $E 1e)"
	becomes "--unknown-pods=deny: a pod appears" "ok 22000 1" $E 1e 22000
	stop_agent

	start_agent --mode=enforce --enforce=default,owner --registry="$REG" || return
	is "no pod source: its rows are for anybody" "$(pod_bind $B_ 1b tcp 4 127.0.0.1 22000)" "ok 22000 1"
	is "no pod source: a unit's row is not" "$(pod_bind $B_ 1b tcp 4 127.0.0.1 22002)" "EPERM 1"
	is "no pod source: status" "$(status .owners.unchecked)" 2
	has "no pod source: it is said" "$(cat "$WORK/log")" 'owners: 2 entries hold for any process'
	stop_agent
}

# ---- declared ports ----

WITH_BUILTIN=(--registry=builtin:openshift --registry=builtin:node-baseline --registry="$REG") # enforceable as they are
F=0000000f-0000-4000-8000-000000000000 # mon/own-1, of its own network

# shellcheck disable=SC2317 # called by until_true
told_undeclared() {
	[ "$(events ".port == 22016 and .workload.uid == \"$D\" and .verdict == \"audited\" and .class == \"undeclared\" and .how == \"existing\"")" = 1 ]
}
# explained POD PORT: what explain says of a bind by a pod that the agent knows.
explained() {
	ctl explain "$2/tcp" --registry="$REG" --enforce=default,undeclared --pod="$1" --json | jq -r '"\(.verdict) \(.class)"'
}

# shellcheck disable=SC2317 # called by until_true
error_is() { status '.pod_sources[0].error' | grep -q "$1"; }

test_undeclared() {
	local exporter thief sides own before
	exporter=$(PORTS='[{"containerPort": 22010}, {"containerPort": 22011, "hostIP": "127.0.0.1"}, {"containerPort": 22020}]' pod $A mon exporter-1 c)
	thief=$(PORTS='[]' pod $B_ evil thief-1 c)
	sides=$(PORTS='[]' pod $C mon twin-1 main | jq -c '.spec.initContainers = [{name: "init", ports: [{containerPort: 22012}]},
		{name: "side", restartPolicy: "Always", ports: [{containerPort: 22013}]}]')
	own=$(PORTS='[{"containerPort": 22017, "hostPort": 22014}]' pod $F mon own-1 c | jq -c '.spec.hostNetwork = false')
	mkdir -p "$(in_pod $A 1a)" "$(in_pod $B_ 1b)/deeper" "$(in_pod $C $MAIN)" "$(in_pod $D 1d)" "$(in_pod $F 1f)"
	list "$exporter" "$thief" "$sides" "$own"
	start_agent --mode=enforce --enforce=default,undeclared --registry="$REG" --pods="$PODS" || return
	is "declared" "$(pod_bind $A 1a tcp 4 0.0.0.0 22010)" "ok 22010 1"
	is "declared, IPv6" "$(pod_bind $A 1a tcp 6 ::1 22010)" "ok 22010 1"
	is "declared, another protocol" "$(pod_bind $A 1a udp 4 0.0.0.0 22010)" "EPERM 1"
	is "declared on loopback" "$(pod_bind $A 1a tcp 6 ::1 22011)" "ok 22011 1"
	is "declared on loopback alone" "$(pod_bind $A 1a tcp 4 0.0.0.0 22011)" "EPERM 1"
	is "declared by an init container" "$(pod_bind $C $MAIN tcp 4 0.0.0.0 22012)" "ok 22012 1"
	is "declared by a sidecar" "$(pod_bind $C $MAIN tcp 4 0.0.0.0 22013)" "ok 22013 1"
	is "declared by another pod" "$(pod_bind $C $MAIN tcp 4 0.0.0.0 22010)" "EPERM 1"
	is "a host port" "$(pod_bind $F 1f tcp 4 0.0.0.0 22014)" "ok 22014 1"
	is "a port of its own network" "$(pod_bind $F 1f tcp 4 0.0.0.0 22017)" "EPERM 1"
	is "undeclared" "$(pod_bind $B_ 1b tcp 6 :: 22010)" "EPERM 1"
	is "undeclared, a control group of its own" \
		"$(inside_cgroup "$(in_pod $B_ 1b)/deeper" "$PROBE" tcp 4 127.0.0.1 22010)" "EPERM 1"
	is "undeclared, excepted" "$(pod_bind $B_ 1b tcp 4 127.0.0.1 22015)" "ok 22015 1"
	is "undeclared, unregistered" "$(pod_bind $B_ 1b tcp 4 127.0.0.1 22030)" "EPERM 1"
	is "undeclared, port 0" "$(pod_bind $B_ 1b tcp 4 127.0.0.1 0 | cut -d " " -f 1)" ok
	is "undeclared, no owner" "$(pod_bind $B_ 1b tcp 4 127.0.0.1 22020)" "ok 22020 1"
	is "declared, the owner" "$(pod_bind $A 1a tcp 4 127.0.0.1 22020)" "ok 22020 1"
	is "a unit declares nothing" "$(by hp-resolver.service "$PROBE" tcp 4 127.0.0.1 22010)" "ok 22010 1"
	is "in no pod" "$(inside_cgroup "$SLICE" "$PROBE" tcp 4 127.0.0.1 22010)" "ok 22010 1"
	before=$(status .counters.classes.undeclared.allowed)
	is "a pod that is not known" "$(pod_bind $D 1d tcp 4 127.0.0.1 22010)" "ok 22010 1"
	keep held unknown_pod "$PROBE" tcp 4 127.0.0.1 22016 hold
	is "undeclared: what is said" "$(
		all_told
		jq -rs 'map(select(.verdict) | "\(.verdict) \(.class) \(.protocol) \(.port) \(.entry.process) \(.workload.pod)") | unique | .[]' "$WORK/events"
	)" "audited owner tcp 22020 exporter thief-1
denied undeclared tcp 22010 open thief-1
denied undeclared tcp 22010 open twin-1
denied undeclared tcp 22011 open exporter-1
denied undeclared tcp 22017 open own-1
denied undeclared udp 22010 open exporter-1
denied unregistered tcp 22030 null thief-1
excepted undeclared tcp 22015 open thief-1"
	is "undeclared: who is not known is counted" "$(status .counters.classes.undeclared.allowed)" "$((before + 2))"
	is "undeclared: explain" "$(explained evil/thief-1 22010)" "denied undeclared"
	is "undeclared, essential: explain" "$(explained evil/thief-1 22019)" "audited undeclared"
	is "declared: explain" "$(explained mon/exporter-1 22010)" "allowed none"
	is "not known: explain" "$(explained mon/other 22010)" "allowed none"
	has "undeclared: learn" "$(ctl learn 2>/dev/null)" '22010, protocol: tcp, class: undeclared'

	list "$exporter" "$thief" "$sides" "$own" "$(PORTS='[{"containerPort": 22018}]' pod $D evil late-1 c)"
	becomes "undeclared: a pod becomes known" "EPERM 1" $D 1d 22010
	is "declared: a pod becomes known" "$(pod_bind $D 1d tcp 4 127.0.0.1 22018)" "ok 22018 1"
	until_true 30 told_undeclared || fail "undeclared: the port that it holds is not told of"
	is "undeclared: listeners" "$(ctl listeners --json | jq -r '.listeners[] | select(.port == 22016) | "\(.verdict) \(.class)"')" \
		"denied undeclared"
	let_go held
	accounted "undeclared"

	kill_agent
	is "without an agent: declared" "$(pod_bind $A 1a tcp 4 127.0.0.1 22010)" "ok 22010 1"
	is "without an agent: undeclared" "$(pod_bind $B_ 1b tcp 4 127.0.0.1 22010)" "EPERM 1"
	mv "$PODS" "$PODS.away"
	echo garbage >"$PODS"
	start_agent --mode=enforce --enforce=default,owner,undeclared --registry="$REG" --pods="$PODS" || return
	is "the next agent, which knows no pods yet: declared" "$(pod_bind $A 1a tcp 4 127.0.0.1 22010)" "ok 22010 1"
	is "the next agent, which knows no pods yet: undeclared" "$(pod_bind $B_ 1b tcp 4 127.0.0.1 22010)" "EPERM 1"
	rm "$PODS"
	until_true 30 error_is 'No such file or directory$' || fail "the next agent has not looked again"
	is "the next agent, which has looked again: undeclared" \
		"$(for _ in 1 2 3 4 5 6 7 8; do pod_bind $B_ 1b tcp 4 127.0.0.1 22010; done | sort -u)" "EPERM 1"
	is "the next agent, which knows no pods yet: the owner" "$(pod_bind $A 1a tcp 4 127.0.0.1 22020)" "ok 22020 1"
	mv "$PODS.away" "$PODS"
	becomes "the next agent: no owner" "EPERM 1" $B_ 1b 22020
	is "the next agent: the owner" "$(pod_bind $A 1a tcp 4 127.0.0.1 22020)" "ok 22020 1"
	is "the next agent: declared" "$(pod_bind $A 1a tcp 4 127.0.0.1 22010)" "ok 22010 1"
	is "the next agent: undeclared" "$(pod_bind $B_ 1b tcp 4 127.0.0.1 22010)" "EPERM 1"
	list "$(PORTS='[{"containerPort": 22018}]' pod $A mon exporter-1 c)" "$(PORTS='[{"containerPort": 22010}]' pod $B_ evil thief-1 c)"
	becomes "the same UID with another specification" "ok 22010 1" $B_ 1b 22010
	becomes "the same UID with another specification, a port less" "EPERM 1" $A 1a 22010
	list "$exporter" "$thief" "$sides" "$own"
	becomes "the specification is back" "EPERM 1" $B_ 1b 22010
	kill_agent
	start_agent --mode=enforce --registry="$REG" --pods="$PODS" || return
	is "undeclared, not opted in" "$(pod_bind $B_ 1b tcp 4 127.0.0.1 22010)" "ok 22010 1"
	is "undeclared, not opted in: it is told" "$(events '.port == 22010 and .verdict == "audited" and .class == "undeclared"')" 1
	is "declared, not opted in" "$(pod_bind $A 1a tcp 4 127.0.0.1 22010)" "ok 22010 1"
	is "declared, not opted in: nothing is told" "$(events '.port == 22010 and .verdict == "audited"')" 1
	stop_agent

	start_agent --mode=enforce --enforce=default,undeclared --deny-essential "${WITH_BUILTIN[@]}" --pods="$PODS" || return
	is "--deny-essential: undeclared" "$(pod_bind $B_ 1b tcp 4 127.0.0.1 22019)" "EPERM 1"
	stop_agent
	unset HOSTPORTD_DENY_ESSENTIAL
	start_agent --mode=enforce --enforce=default,undeclared "${WITH_BUILTIN[@]}" --pods="$PODS" || return
	is "an essential row: undeclared" "$(pod_bind $B_ 1b tcp 4 127.0.0.1 22019)" "ok 22019 1"
	is "an essential row: it is told" "$(events '.port == 22019 and .verdict == "audited" and .class == "undeclared"')" 1
	is "another row: undeclared" "$(pod_bind $B_ 1b tcp 4 127.0.0.1 22010)" "EPERM 1"
	stop_agent
	export HOSTPORTD_DENY_ESSENTIAL=1

	start_agent --mode=enforce --enforce=default,undeclared --registry="$REG" || return
	is "no pod source: nothing is denied" "$(pod_bind $B_ 1b tcp 4 127.0.0.1 22010)" "ok 22010 1"
	has "no pod source: it is said" "$(cat "$WORK/log")" 'undeclared: nothing is denied by this class'
	stop_agent
}

setup
CGROUP=$SLICE
unit hp-resolver.service
unit hp-stranger.service
install -m 755 "$PROBE" "$PROGRAM"
registry "$CLIENTS"
if start_agent --mode=enforce --registry="$REG"; then
	test_unit
	test_program
	test_later
	test_listeners
	test_kill
	test_changes
	test_explain
	stop_agent
fi
registry '  - {ports: 22000, protocol: tcp, process: exporter, owners: [{namespace: mon, pod: "exporter-*"}]}
  - {ports: 22001, protocol: tcp, process: twin, owners: [{namespace: mon, pod: "twin-*", container: main}]}
  - {ports: 22002, protocol: tcp, process: resolver, owners: [{unit: hp-resolver.service}]}'
test_pods
registry '  - {ports: 22010-22018, protocol: tcp, process: open}
  - {ports: 22010, protocol: udp, process: open}
  - {ports: 22019, protocol: tcp, process: needed, essential: true}
  - {ports: 22020, protocol: tcp, process: exporter, owners: [{namespace: mon, pod: "exporter-*"}]}
exceptions:
  - {ports: 22015, protocol: tcp, class: undeclared, until: 2099-01-01, reason: r}'
test_undeclared
finish
