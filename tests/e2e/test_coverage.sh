#!/bin/bash
# SPDX-License-Identifier: MIT
# Every way of taking a port, on this kernel: what must be denied is, nothing is harmed, nothing
# is left behind.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
setup

WAYS_MIN=50 # tried, on any kernel that is supported
PROMISED_MIN=20 # of these, those that must be denied

coverage() { "$B/hostportctl" coverage "$@"; }
value() { jq -r "$1" "$WORK/doc"; }

# ---- what it says -----------------------------------------------------------------------------
coverage --json >"$WORK/doc" 2>"$WORK/err"
is "exit status" "$?" 0
is "nothing on standard error" "$(cat "$WORK/err")" ""
is "findings" "$(value '.findings[]')" ""
tried=$(value '[.ways[] | select(.without != "not tried")] | length')
if [ "${tried:-0}" -ge "$WAYS_MIN" ]; then
	pass "$tried ways were tried"
else
	fail "only ${tried:-0} ways were tried"
fi
while read -r way reason; do
	skip "$way: this kernel lacks it: $reason"
done < <(value '.absent[] | "\(.way) \(.reason)"')

# The facts of each way, not what the program concludes of them.
[ "$(value '[.ways[] | select(.promised)] | length')" -ge "$PROMISED_MIN" ] || fail "only few ways are promised to be denied"
while read -r way; do
	is "$way: denied" "$(value ".ways[] | select(.way == \"$way\") |
		\"\(.answer) \(.enforce) \(.events.enforce) \(.audit) \(.events.audit > 0)\"")" \
		"denied EPERM 1 ok true"
done < <(value '.ways[] | select(.promised) | .way')
# SMC has none because of Linux 5.10; each kernel's expected answers have its own.
is "explicit, and no promise" "$(value '[.ways[] | select(.explicit and (.promised | not) and
	(.protocol == "tcp" or .protocol == "udp") and .way != "smc") | .way] | sort | join(" ")')" \
	"netns-foreign-socket scm-rights-outside tcp-bound-before udp-bound-before vxlan"
is "in audit as without" "$(value '.ways[] | select(.audit != .without or (.harmless | not)) | .way')" ""
is "a bind() that fails makes no event" "$(value '.ways[] | select(.events.occupied != 0) | .way')" ""
is "those that fail" "$(value '.ways[] | select(.promised and .occupied != "EADDRINUSE") | .way')" ""
is "another namespace: not seen" \
	"$(value '.ways[] | select(.outside and (.answer != "invisible" or .events.audit + .events.enforce > 0)) | .way')" ""
is "what is not tried is stated" "$(value '[.ways[] | select(.without == "not tried") |
	"\(.answer) \(.reason | length > 20) \(.promised)"] | unique | join(", ")')" "invisible true false"
is "reported: by whom" "$(value '.ways[] | select(.answer == "reported" and .hook == null) | .way')" ""
is "the list has all" "$(coverage --list --json | jq -r '.ways[].way' | sort)" \
	"$(value '(.ways, .absent)[].way' | sort)"

# Kernels of one version differ in what they have, and a chroot lacks user namespaces: what
# was tried here and there must have the same answer. The whole is compared in the guests.
expected=tests/kernels/expected/$(uname -r | cut -d. -f1,2).json
if [ -f "$expected" ]; then
	is "as $expected has it" "$(jq -rs '(.[0].ways | map({(.way): .answer}) | add) as $here |
		.[1].ways[] | select($here[.way] and $here[.way] != .answer) |
		"\(.way): \($here[.way]), not \(.answer)"' "$WORK/doc" "$expected")" ""
	is "most of them" "$(jq -s '([.[].ways | map(.way)] | .[1] - .[0] | length) < 20' \
		"$WORK/doc" "$expected")" true
else
	skip "$expected: not there"
fi

# ---- other forms ------------------------------------------------------------------------------
text=$(coverage)
has "text: a way" "$text" '^tcp4 +denied +yes +yes +cgroup/bind4 '
is "text: a line each" "$(grep -c '^not on Linux ' <<<"$text")" "$(value '.absent | length')"
has "list: no privilege" "$(setpriv --reuid=65534 --clear-groups "$(realpath "$B")/hostportctl" coverage --list)" '^tcp4 '
err=$(setpriv --reuid=65534 --clear-groups "$(realpath "$B")/hostportctl" coverage 2>&1 >/dev/null)
is "no root: exit status" "$?" 3
is "no root: one line" "$err" "hostportctl: coverage: needs root"
err=$(unshare --mount bash -c 'umount -a -t cgroup2 && exec "$@"' - "$B/hostportctl" coverage 2>&1 >/dev/null)
is "no cgroup2: exit status" "$?" 3
is "no cgroup2: one line" "$err" "hostportctl: coverage: cgroup2: not mounted"
err=$(setpriv --bounding-set=-bpf,-sys_admin --inh-caps=-bpf,-sys_admin "$B/hostportctl" coverage 2>&1 >/dev/null)
is "no capabilities: exit status" "$?" 3
has "no capabilities: said so" "$err" '^hostportctl: coverage: .*not permitted$'

# ---- what it leaves ---------------------------------------------------------------------------
# Runs are told apart by their environment: their processes are in other cgroups and namespaces.
members() { grep -lsz "^COVERAGE_TEST=$1\$" /proc/[0-9]*/environ | cut -d / -f 3; }
# shellcheck disable=SC2317 # called by until_true
none_left() { [ -z "$(members "$1")" ]; }
scratch() { find "$CGROUP2" -maxdepth 1 -name "hostportd-coverage.$1"; }

# start NAME: a run in the background; sets $pid.
start() {
	COVERAGE_TEST=$1 "$B/hostportctl" coverage >"$WORK/out" &
	pid=$!
}

no_process() {
	if until_true 5 none_left "$1"; then pass "$1: no process is left"; else
		fail "$1: left: $(members "$1")"
	fi
}

start whole
wait "$pid"
no_process whole
is "whole: no cgroup is left" "$(scratch "$pid")" ""

# caught NAME: a process of the run is in a namespace of its own. That stays open here (FDS), so that its
# number (NAMESPACES) is given to nobody else.
# shellcheck disable=SC2317 # called by until_true
caught() {
	local member fd
	[ -e "/proc/$pid" ] || return 0
	FDS=()
	for member in $(members "$1"); do
		{ exec {fd}<"/proc/$member/ns/net" && FDS+=("$fd"); } 2>/dev/null
	done
	NAMESPACES=$(for fd in "${FDS[@]}"; do readlink "/proc/$$/fd/$fd"; done | sort -u |
		grep -vxF "$(readlink /proc/self/ns/net)")
	[ -z "$NAMESPACES" ] || return 0
	let_them_go
	return 1
}
let_them_go() {
	local fd
	for fd in "${FDS[@]}"; do exec {fd}<&-; done
}

# nobody_is_in: the namespaces that were seen; what is ended goes at the kernel's own time.
# shellcheck disable=SC2317 # called by until_true
nobody_is_in() { ! readlink /proc/[0-9]*/ns/net | grep -qxF "$NAMESPACES"; }

# interrupt SIGNAL: end a run when a round's processes are there; sets $pid.
interrupt() {
	start "$1"
	until_true 5 caught "$1"
	kill "-$1" "$pid"
	wait "$pid" 2>/dev/null
	is "$1: ends it" "$?" "$((128 + $(kill -l "$1")))"
	is "$1: nothing was printed" "$(cat "$WORK/out")" ""
	no_process "$1"
	has "$1: it had a namespace" "$NAMESPACES" '^net:'
	if until_true 5 nobody_is_in; then pass "$1: which nobody is in"; else fail "$1: somebody stays in it"; fi
	let_them_go
}

for signal in TERM HUP; do
	interrupt "$signal"
	is "$signal: no cgroup is left" "$(scratch "$pid")" ""
done

# Killed, it can't clean up; the kernel ends its processes, and the next run does the rest.
interrupt KILL
has "KILL: a cgroup is left" "$(scratch "$pid")" "coverage\.$pid\$"
# One that is at work meanwhile must not be touched: its lock says so.
mkdir "$CGROUP2/hostportd-coverage.0"
exec {busy}<"$CGROUP2/hostportd-coverage.0"
flock "$busy"
coverage >/dev/null
is "the next run removes it" "$(scratch "$pid")" ""
has "but not one that is in use" "$(scratch 0)" 'coverage\.0$'
exec {busy}<&-
coverage >/dev/null
is "which goes when it is not" "$(scratch 0)" ""
finish
