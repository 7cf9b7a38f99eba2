#!/bin/bash
# SPDX-License-Identifier: MIT
#
# `mode enforce` leaves nothing out: listeners that no process has, what was denied before; and status
# lists who was denied a port and runs on without it.
# shellcheck source=lib.sh source-path=SCRIPTDIR disable=SC1091
. "$(dirname "$0")/lib.sh"

REG=$WORK/reg.yaml

# rows: of the table that `mode enforce` prints, a blank between words.
rows() { ctl mode enforce 2>"$WORK/err" | tail -n +2 | tr -s ' ' | sed 's/ $//'; }

# holder PORT: as `listeners` has it.
holder() { ctl listeners --json | jq -r ".listeners[] | select(.port == $1) | \"\\(.held_by) \\(.pid)\""; }
# shellcheck disable=SC2317 # called by until_true
holder_is() { [ "$(holder "$1")" = "$2" ]; }

# line PORT: its line in the text of `listeners`, a blank between words.
line() { ctl listeners | grep ":$1 " | tr -s ' ' | sed 's/ $//'; }

test_nobody() {
	local uring=1
	inside "$B/tests/e2e/nobody" uring 21002 </dev/null >"$WORK/uring" 2>&1
	[ "$(cat "$WORK/uring")" = ok ] || uring=0
	start_agent --mode=audit --registry="$REG" --sweep=1 || return
	keep flight inside nobody flight 21000
	keep thread inside nobody thread 21001
	keep mine inside nobody flight 20000
	[ "$uring" = 0 ] || keep uring inside nobody uring 21002
	[ "$uring" = 1 ] || skip "io_uring: $(cat "$WORK/uring")"
	is "in flight: listeners" "$(holder 21000)" "none null"
	has "in flight: listeners, for a person" "$(line 21000)" \
		"^tcp 0.0.0.0:21000 no process has it cgroup /$NAME - audited unregistered NO -\$"
	until_true 30 holder_is 21001 "process $(keeper thread)" || fail "a dead main thread: $(holder 21001)"
	is "a dead main thread: listeners" "$(holder 21001)" "process $(keeper thread)"
	is "what would break: all of it, and nothing that is registered" "$(rows | cut -d' ' -f1-3 | xargs)" \
		"unregistered tcp 21000 unregistered tcp 21001$([ "$uring" = 0 ] || echo " unregistered tcp 21002")"
	has "in flight: what would break" "$(rows)" \
		"^unregistered tcp 21000 cgroup /$NAME no process has it, nobody listener 1 "
	has "a dead main thread: what would break" "$(rows)" \
		"^unregistered tcp 21001 cgroup /$NAME nobody\\[$(keeper thread)\\] listener 1 "
	[ "$uring" = 0 ] || has "io_uring: what would break" "$(rows)" \
		"^unregistered tcp 21002 cgroup /$NAME no process has it, nobody listener 1 "
	is "what would break: JSON" "$(ctl mode enforce --json 2>/dev/null |
		jq -c '.would_break[] | select(.port == 21000) | [.held_by, .pid, .sockets]')" '["none",null,1]'
	has "a reload may end it" "$(cat "$WORK/err")" \
		'^hostportctl: mode: a listener keeps its port until its program binds again: a reload .* may end it$'
	is "what would break: still audit" "$(status .mode)" audit
	let_go flight thread mine
	[ "$uring" = 0 ] || let_go uring
	accounted "nobody"
	stop_agent
}

# Only what is a socket of the kernel is called so, and it is not what would break.
test_kernel() {
	keep flight outside nobody flight 21000
	if ! ip -n "$NAME" link add vx0 type vxlan id 1 dstport 4789 dev lo local 127.0.0.1; then
		skip "no VXLAN"
		let_go flight
		return
	fi
	inside ip link set vx0 up # the cgroup of the socket
	start_agent --mode=audit --registry="$REG" || return
	is "VXLAN: listeners" "$(holder 4789)" "kernel null"
	has "VXLAN: listeners, for a person" "$(line 4789)" '^udp 0.0.0.0:4789 kernel kernel - audited '
	is "VXLAN: told" "$(events '.port == 4789 and .workload.kind == "kernel"')" 1
	is "in flight: told, and not as the kernel's" \
		"$(events '.port == 21000 and .workload.kind != "kernel"')" 1
	is "nothing would break" "$(ctl mode enforce 2>&1)" "mode enforce: switched, effective"
	stop_agent
	start_agent --mode=audit --deny-kernel --registry="$REG" || return
	has "--deny-kernel: it would" "$(rows)" '^unregistered udp 4789 kernel kernel listener 1 '
	stop_agent
	# what is proved not to be the kernel's is closed
	start_agent --mode=enforce --existing=close --registry="$REG" || return
	is "close: in flight: closed" "$(status .sweep.closed)" 1
	is "close: VXLAN stays" "$(holder 4789)" "kernel null"
	stop_agent
	ip -n "$NAME" link del vx0
	let_go flight
}

# An open socket is open, whatever the next bind() comes to.
test_open() {
	start_agent --mode=enforce --registry="$REG" || return
	keep out outside bindprobe tcp 4 127.0.0.1 21000 hold
	keep mine inside bindprobe tcp 4 0.0.0.0 20000 hold
	has "open: enforce" "$(line 21000)" ' open; the next bind is denied unregistered - -$'
	has "open: enforce, registered" "$(line 20000)" ' enforce: mine allowed - NO -$'
	is "open: JSON is the verdict" \
		"$(ctl listeners --json | jq -r '.listeners[] | select(.port == 21000) | .verdict')" denied
	ctl mode audit >/dev/null
	has "open: audit" "$(line 21000)" ' audited unregistered - -$'
	let_go out mine
	stop_agent
}

# without FILTER: of the processes that run on without a port, a line each.
without() { status ".without_port[] | $1" | sort; }
# shellcheck disable=SC2317 # called by until_true
without_are() { [ "$(status '.without_port | length')" = "$1" ]; }

# What was denied would be denied again; who was denied is listed as long as it has not got its port.
test_denied() {
	start_agent --mode=enforce --registry="$REG" || return
	is "denied: nobody yet" "$(status '.without_port | tojson')" '[]'
	has_not "denied: nobody yet, for a person" "$(ctl status)" '^without '
	keep stays inside nobody stay 21000
	keep tries inside nobody stay 21001
	keep fine inside nobody stay 20000
	is "denied: one that ends" "$(probe tcp 4 0.0.0.0 21002)" "EPERM 1"
	until_true 30 without_are 2 || fail "denied: $(status '.without_port | tojson')"
	is "denied: who" "$(without '"\(.pid) \(.comm) \(.cgroup) \(.workload.kind) \(.uid) \(.more)"')" \
		"$(printf "%s nobody /$NAME cgroup 0 false\n" "$(keeper stays)" "$(keeper tries)" | sort)"
	is "denied: what" "$(without '.ports[] | "\(.protocol) \(.port) \(.class) \(.since | test("^20.*Z$"))"')" \
		"$(printf 'tcp %s unregistered true\n' 21000 21001)"
	has "denied: for a person" "$(ctl status)" \
		"^(without|       )     nobody\\[$(keeper stays)\\], cgroup /$NAME: denied, and runs on without the port: tcp 21000\$"
	ctl mode audit >/dev/null
	is "break-glass: what was denied would be again" "$(rows | cut -d' ' -f1-3 | xargs)" \
		"unregistered tcp 21000 unregistered tcp 21001 unregistered tcp 21002"
	is "break-glass: as violations" "$(rows | grep -c ' violation 1 ')" 3
	has "break-glass: refused" "$(cat "$WORK/err")" 'mode enforce: refused: 3 would be denied'
	has_not "break-glass: no listener, no reload" "$(cat "$WORK/err")" 'a listener keeps its port'
	kill -USR1 "$(keeper tries)"
	until_true 30 without_are 1 || fail "denied: it has it: $(status '.without_port | tojson')"
	is "denied: the other one has its port by now" "$(without .pid)" "$(keeper stays)"
	let_go stays
	is "denied: it has ended" "$(status '.without_port | tojson')" '[]'
	let_go tries fine
	accounted "denied"
	stop_agent
}

setup
cat >"$REG" <<'END'
version: 1
name: enforce
source: test_enforce.sh
entries:
  - {ports: 20000, protocol: tcp, process: mine}
END
test_nobody
test_kernel
test_open
test_denied
finish
