# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# What the tests of the watch share: programs of others, selftest and notices. Sourced after lib.sh.

REG=$WORK/reg.yaml
CTL=("$B/hostportctl" --socket="$SOCK")
OTHERS=() # pids
ID= # of the program started last

# full HOOK: as the agent calls it.
full() {
	case $1 in
	post_bind?) echo "cgroup_inet${1#post_bind}_post_bind" ;;
	*) echo "cgroup_inet${1#bind}_bind" ;;
	esac
}

# other DIR HOOK WHAT HOW: a foreign program, until others_gone.
other() {
	local out=$WORK/other${#OTHERS[@]}
	rm -f "$out"
	"$B/tests/e2e/foreign" "$@" >"$out" 2>&1 &
	OTHERS+=($!)
	until_true 5 has_text "$out" "attached" || fail "a program of others: $*: $(cat "$out")"
	# shellcheck disable=SC2034 # for the tests
	ID=$(sed -n 's/^attached //p' "$out")
}
# shellcheck disable=SC2317 # called by until_true
has_text() { grep -qF -- "$2" "$1" 2>/dev/null; }

others_gone() {
	[ "${#OTHERS[@]}" -gt 0 ] || return 0
	kill "${OTHERS[@]}" 2>/dev/null
	wait "${OTHERS[@]}" 2>/dev/null
	OTHERS=()
}

# selftest NAME STATUS: do it; what it says is in $WORK/selftest.
selftest() {
	timeout 60 "${CTL[@]}" selftest >"$WORK/selftest" 2>&1
	is "$1: selftest: exit status" $? "$2"
}

# says NAME PATTERN: of the last selftest.
says() { has "$1: selftest" "$(cat "$WORK/selftest")" "$2"; }

# notices FILTER: how many notices in the log match a jq condition.
notices() { jq -s "[.[] | select(.notice) | select($1)] | length" "$WORK/events"; }
# shellcheck disable=SC2317 # called by until_true
has_notice() { [ "$(notices "$1")" -gt 0 ]; }

status_exits() {
	ctl status >"$WORK/status"
	is "$1: status: exit status" $? "$2"
}

also_clear() { others_gone; }

# setup_watch: as setup, with a registry at $REG.
setup_watch() {
	setup
	cat >"$REG" <<'END'
version: 1
name: watch
source: test_watch.sh
entries:
  - {ports: 20000, protocol: tcp, process: mine}
END
}
