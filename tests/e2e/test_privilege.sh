#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What the running agent may still do, and that this is enough: as root, as another
# user, on a root that can't be written, and with less than it asks for. It runs
# inside the network namespace that it checks, as on a node.
# shellcheck source=lib.sh source-path=SCRIPTDIR disable=SC1091
E2E_INSIDE=1
. "$(dirname "$0")/lib.sh"
setup

REG=$WORK/reg.yaml
INSIDE=("${AGENT_BY[@]}")
KEPT=CAP_BPF,CAP_DAC_READ_SEARCH,CAP_NET_ADMIN,CAP_PERFMON,CAP_SYS_PTRACE
SYS_ADMIN=21 # their numbers
MASK=$((1 << 39 | 1 << 2 | 1 << 12 | 1 << 38 | 1 << 19))

# mask FIELD: a set of capabilities of the agent, as the kernel has it.
mask() { sed -n "s/^$1:[[:space:]]*//p" "/proc/$AGENT_PID/status"; }
kept() { status '.privileges.capabilities | sort | join(",")'; }
FILTERED=filtered
is_built_for_debugging && FILTERED="NOT FILTERED: built with AddressSanitizer"

niceness() { cut -d ' ' -f 19 "/proc/$AGENT_PID/stat"; }

# confined NAME MASK: all sets of the agent, and what else is to be given up.
confined() {
	local want
	want=$(printf '%016x' "$2")
	is "$1: permitted" "$(mask CapPrm)" "$want"
	is "$1: effective" "$(mask CapEff)" "$want"
	is "$1: bounding" "$(mask CapBnd)" "${3:-$want}"
	is "$1: ambient" "$(mask CapAmb)" 0000000000000000
	is "$1: inheritable" "$(mask CapInh)" 0000000000000000
	is "$1: no_new_privs" "$(mask NoNewPrivs)" 1
	is_built_for_debugging || is "$1: seccomp" "$(mask Seccomp)" 2
}

# works NAME: it still does all that it is there for.
works() {
	is "$1: denies" "$(probe tcp 4 127.0.0.1 23000)" "EPERM 1"
	is "$1: allows" "$(probe tcp 4 127.0.0.1 20000)" "ok 20000 1"
	ctl selftest >"$WORK/selftest" 2>&1
	is "$1: selftest" $? 0
	has "$1: and says so" "$(cat "$WORK/selftest")" '^effective +yes$'
}

test_root() {
	start_agent --mode=enforce --registry="$REG" --existing=close --sweep=1 --reserve-ports || return
	confined "root" "$MASK"
	is "root: status" "$(kept)" "$KEPT"
	is "root: status, the rest" "$(status '.privileges | "\(.uid) \(.no_new_privs)"')" "0 true"
	is_built_for_debugging || is "root: status, seccomp" "$(status .privileges.seccomp)" true
	has "root: as text" "$(ctl status)" "^privileges  uid 0, .*CAP_BPF.*; no new ones; system calls $FILTERED\$"
	works "root"
	is "root: niceness" "$(niceness)" -4
	# a listener that the hooks did not see: found by a sweep, named and closed; the port reserved
	keep outsider outside bindprobe tcp 4 127.0.0.1 23001 hold
	if until_true 10 has_closed; then pass "root: a sweep closes a listener"; else
		fail "root: a sweep closes no listener: $(cat "$WORK/log")"
	fi
	is "root: and names it" "$(jq -rs '[.[] | select(.port == 23001)][0].comm' "$WORK/events")" bindprobe
	let_go outsider
	is "root: a port is reserved" \
		"$(ip netns exec "$NAME" sysctl -n net.ipv4.ip_local_reserved_ports)" 50000
	has "root: listeners" "$(ctl listeners --json)" '^\{"listeners":\['
	is "root: no file but these" "$(find "$WORK" -name 'agent.sock*' | sort | tr '\n' ' ')" \
		"$SOCK $SOCK.lock $SOCK.reserved "
	stop_agent
	is "root: exit status" "$AGENT_STATUS" 0
	is "root: nothing is reserved after it" \
		"$(ip netns exec "$NAME" sysctl -n net.ipv4.ip_local_reserved_ports)" ""
	is "root: what is left" "$(find "$WORK" -name 'agent.sock*')" ""
}
# shellcheck disable=SC2317 # called by until_true
has_closed() { [ "$(status .sweep.closed)" -gt 0 ]; }
# shellcheck disable=SC2317
has_reloaded() { [ "$(status .registry.reloads.ok)" -gt 0 ]; }

# Root with no more than these from the start, as in a container.
test_container() {
	local caps=${KEPT//CAP_/+}
	AGENT_BY=("${INSIDE[@]}" setpriv --bounding-set="-all,${caps,,}" --inh-caps=-all --)
	start_agent --mode=enforce --registry="$REG" || return
	confined "a container" "$MASK"
	works "a container"
	is "a container: niceness, without CAP_SYS_NICE" "$(niceness)" 0
	is "a container: names the cgroup" "$(jq -rs '[.[] | select(.port == 23000)][0].cgroup' "$WORK/events")" "/$NAME"
	stop_agent
	is "a container: exit status" "$AGENT_STATUS" 0
	AGENT_BY=("${INSIDE[@]}")
}

# Only to enter another namespace it keeps more. A niceness of somebody's choice stays.
test_netns() {
	AGENT_BY=(nice -n 3)
	start_agent --mode=enforce --registry="$REG" || return
	confined "--netns" "$((MASK | 1 << SYS_ADMIN))"
	is "--netns: status" "$(kept)" "${KEPT%,*},CAP_SYS_ADMIN,CAP_SYS_PTRACE"
	works "--netns"
	is "--netns: niceness, started with 3" "$(niceness)" 3
	stop_agent
	AGENT_BY=()
	AGENT_BY=("${INSIDE[@]}")
}

# as_user CAPABILITIES: the agent starts as nobody, inside the cgroup, with these alone.
as_user() {
	local caps=${1//CAP_/+}
	caps=${caps,,}
	# shellcheck disable=SC2016 # for the inner shell
	AGENT_BY=(bash -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$CGROUP" "${INSIDE[@]}"
		setpriv --reuid=65534 --regid=65534 --clear-groups
		--inh-caps="-all,$caps" --ambient-caps="-all,$caps" --)
}

# The agent's program and registry where everybody may read them, its socket where the user may write.
for_user() {
	install -d -m 755 "$WORK"
	install -m 755 "$B/hostportd" "$WORK/hostportd"
	chmod 644 "$REG"
	install -d -o 65534 -g 65534 -m 700 "$WORK/own"
}

test_user() {
	local bounds
	bounds=$(sed -n 's/^CapBnd:[[:space:]]*//p' /proc/self/status)
	for_user
	as_user "$KEPT"
	SOCK=$WORK/own/agent.sock
	AGENT=$WORK/hostportd start_agent --mode=enforce --registry="$REG" --sweep=1 || return
	confined "a user" "$MASK" "$bounds"
	is "a user: status" "$(status .privileges.uid)" 65534
	is "a user: status, capabilities" "$(kept)" "$KEPT"
	is "a user: the socket's owner and mode" "$(stat -c '%u %a' "$SOCK")" "65534 600"
	works "a user"
	keep outsider outside bindprobe tcp 4 127.0.0.1 23002 hold
	if until_true 10 has_found 23002; then pass "a user: a sweep finds a listener"; else
		fail "a user: a sweep finds nothing"
	fi
	is "a user: and names its process" "$(jq -rs '[.[] | select(.port == 23002)][0].comm' "$WORK/events")" bindprobe
	is "a user: and its program" "$(jq -rs '[.[] | select(.port == 23002)][0].exe' "$WORK/events")" \
		"$(realpath "$B/tests/e2e/bindprobe")"
	let_go outsider
	is "a user: names the cgroup" "$(jq -rs '[.[] | select(.port == 23000)][0].cgroup' "$WORK/events")" "/$NAME"
	has_not "a user: nothing is missing" "$(cat "$WORK/log")" 'missing|filtered'
	stop_agent
	is "a user: exit status" "$AGENT_STATUS" 0
}
# shellcheck disable=SC2317 # called by until_true
has_found() { [ "$(events ".port == $1")" -gt 0 ]; }

# Without the capabilities that name others it works, and says once what it can't find out.
test_fewer() {
	as_user CAP_BPF,CAP_NET_ADMIN,CAP_PERFMON
	AGENT=$WORK/hostportd start_agent --mode=enforce --registry="$REG" --sweep=1 || return
	is "fewer: status" "$(kept)" CAP_BPF,CAP_NET_ADMIN,CAP_PERFMON
	works "fewer"
	for name in CAP_DAC_READ_SEARCH CAP_SYS_PTRACE; do
		is "fewer: said once: $name" "$(grep -c "$name is missing" "$WORK/log")" 1
	done
	is "fewer: no cgroup is told" "$(jq -rs '[.[] | select(.port == 23000)][0].cgroup' "$WORK/events")" null
	stop_agent
	for name in CAP_BPF CAP_NET_ADMIN; do
		as_user "${KEPT/$name,/}"
		timeout 60 "${AGENT_BY[@]}" "$WORK/hostportd" --cgroup="$CGROUP" --netns="$NETNS" \
			--socket="$SOCK" --registry="$REG" >/dev/null 2>"$WORK/err" </dev/null
		is "without $name: exit status" $? 3
		has "without $name: says so" "$(cat "$WORK/err")" "$name"
	done
	AGENT_BY=("${INSIDE[@]}")
	SOCK=$WORK/agent.sock
}

# Nothing can be written but the directory of the socket, and pins; not even /tmp.
test_read_only() {
	export BPFFS
	mkdir -p "$WORK/run"
	SOCK=$WORK/run/agent.sock
	# shellcheck disable=SC2016 # for the inner shell
	AGENT_BY=("${INSIDE[@]}" unshare --mount -- bash -c '
		mount --bind "$0" "$0" && mount -o remount,bind,ro / || exit 9
		findmnt -rno TARGET,OPTIONS | while read -r target options; do
			case $target,$options in
			*,ro,* | *,ro | "$0",* | "$BPFFS",* | /proc*,* | /sys*,* | /dev*,*) ;;
			*) mount -o remount,bind,ro "$target" || exit 9 ;;
			esac
		done
		if touch /tmp/x 2>/dev/null || touch "$0/../x" 2>/dev/null; then exit 9; fi
		exec "$@"' "$WORK/run")
	start_agent --mode=enforce --registry="$REG" --reserve-ports || return
	works "read-only"
	is "read-only: its files" "$(find "$WORK/run" -mindepth 1 -printf '%f\n' | sort | tr '\n' ' ')" \
		"agent.sock agent.sock.lock agent.sock.reserved "
	has_not "read-only: no complaint" "$(cat "$WORK/log")" '[Rr]ead-only'
	stop_agent
	is "read-only: exit status" "$AGENT_STATUS" 0
	AGENT_BY=("${INSIDE[@]}")
	SOCK=$WORK/agent.sock
}

# The agent's own calls are on the list: all that it does is done before a tracer, which looks for
# a refusal that is not a program's. clone3() is refused for good: the C library then makes a thread by clone().
test_calls() {
	if ! command -v strace >/dev/null || is_built_for_debugging; then
		skip "refused calls: no strace, or a build that is not confined"
		return
	fi
	AGENT_BY=("${INSIDE[@]}" strace -D -f -qq -o "$WORK/trace" --)
	start_agent --mode=enforce --registry="$REG" --sweep=1 --existing=close --reserve-ports \
		--metrics=127.0.0.1:50000 || return
	works "traced"
	is "traced: metrics" "$(outside curl -sS http://127.0.0.1:50000/metrics | tail -n 1)" "# EOF"
	ctl listeners >/dev/null
	"$B/hostportctl" --socket="$SOCK" tail --replay=10 >/dev/null 2>&1 &
	tail_pid=$!
	keep outsider outside bindprobe tcp 4 127.0.0.1 23003 hold
	until_true 10 has_closed || fail "traced: a sweep closes no listener"
	let_go outsider
	kill -HUP "$AGENT_PID" # a thread reads the registry then
	until_true 10 has_reloaded || fail "traced: SIGHUP reloads nothing"
	all_told
	kill "$tail_pid"
	wait "$tail_pid" 2>/dev/null
	stop_agent
	sed '1,/seccomp(SECCOMP_SET_MODE_FILTER, [^N].*= 0/d' "$WORK/trace" >"$WORK/after"
	is "calls: the filter was set" "$([ -s "$WORK/after" ] && echo yes)" yes
	is "calls: none is refused" "$(grep -aE ' (EPERM|ENOSYS) ' "$WORK/after" | grep -avE ' (bind|clone3)\(|<\.\.\. (bind|clone3) ' | head -n 5)" ""
	AGENT_BY=("${INSIDE[@]}")
}

cat >"$REG" <<'END'
version: 1
name: privilege
source: test_privilege.sh
entries:
  - {ports: 20000, protocol: tcp, process: mine}
  - {ports: 50000, protocol: tcp, process: reserved}
END
test_root
test_container
test_netns
test_user
test_fewer
test_read_only
test_calls
finish
