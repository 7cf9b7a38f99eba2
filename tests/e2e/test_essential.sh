#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Essential rows: enforce does not start with, switch to or load a registry that denies one.
# shellcheck source=lib.sh source-path=SCRIPTDIR disable=SC1091
. "$(dirname "$0")/lib.sh"

DIR=$WORK/registry
WHY='essential row base tcp 22 \(sshd\): no row names tcp 22; denied'

# over LISTS: the layer on top of the one with the essential row.
over() {
	printf 'version: 1\nname: over\n%s\n' "$1" >"$DIR/20-over.yaml"
}
DROP='drop: [{ports: 22, protocol: tcp, reason: r}]'

# refuses NAME OPTIONS...: the agent does not start, and says why.
refuses() {
	local name=$1
	shift
	timeout 60 "$B/hostportd" --cgroup="$CGROUP" --netns="$NETNS" --socket="$SOCK" --log=json \
		--registry="$DIR" "$@" >"$WORK/out" 2>&1 </dev/null
	is "$name: exit status" "$?" 2
	has "$name: why" "$(cat "$WORK/out")" "$WHY: refusing to enforce it: see --deny-essential"
}

setup
unset HOSTPORTD_DENY_ESSENTIAL
mkdir -p "$DIR"
# base: the layer with the essential row, and what else the built-in layers have of such rows.
base() {
	printf 'version: 1\nname: base\nentries:\n  - {ports: 22, protocol: tcp, process: sshd, essential: true}\n  - {ports: 21000, protocol: tcp, process: p}\n'
	printf '  - {ports: %s, protocol: tcp, process: p}\n' 2379-2380 6443 10010 10248 10250 22623-22624
}
base >"$DIR/10-base.yaml"
over "$DROP"
refuses "start in enforce mode" --mode=enforce

WHY='essential row openshift tcp 10250 \(kubelet\): no row names tcp 10250; denied'
base | grep -v 10250 >"$DIR/10-base.yaml"
over 'entries: [{ports: 21002, protocol: tcp, process: q}]'
refuses "without a row of the built-in layers" --mode=enforce
WHY='essential row base tcp 22 \(sshd\): no row names tcp 22; denied'
base >"$DIR/10-base.yaml"
over "$DROP"

if start_agent --mode=enforce --registry="$DIR" --deny-essential; then
	is "--deny-essential: it is denied" "$(probe tcp 4 127.0.0.1 22)" "EPERM 1"
	stop_agent
fi

if start_agent --mode=audit --registry="$DIR"; then
	has "switch: refused, whatever is said" "$(ctl mode enforce --yes 2>&1)" "$WHY: see --deny-essential"
	is "switch: the mode" "$(status .mode)" audit
	is "switch: nothing is denied" "$(probe tcp 4 127.0.0.1 22)" "ok 22 1"
	over 'entries: [{ports: 21002, protocol: tcp, process: q}]'
	is "switch with the row: reload" "$(ctl reload >/dev/null && echo fine)" fine
	is "switch with the row" "$(ctl mode enforce --yes >/dev/null && status .mode)" enforce
	is "switch with the row: allowed" "$(probe tcp 4 127.0.0.1 22)" "ok 22 1"
	over "$DROP"
	has "reload: refused" "$(ctl reload 2>&1)" "$WHY: see --deny-essential"
	is "reload: what was in force is" "$(probe tcp 4 127.0.0.1 22)" "ok 22 1"
	is "reload: others are denied" "$(probe tcp 4 127.0.0.1 21001)" "EPERM 1"
	over "$DROP
entries: [{ports: 22, protocol: tcp, process: sshd, scope: localhost}]"
	has "reload, for localhost only: refused" "$(ctl reload 2>&1)" "is for localhost only, .*: see --deny-essential"
	is "to audit" "$(ctl mode audit >/dev/null && status .mode)" audit
	is "reload in audit mode" "$(ctl reload >/dev/null && echo fine)" fine
	stop_agent
fi
finish
