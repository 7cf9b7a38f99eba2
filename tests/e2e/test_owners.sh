#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Clients and exceptions with owners: a unit or a program that the row names, and strangers on the
# same ports; units that appear later; a registry that changes.
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
finish
