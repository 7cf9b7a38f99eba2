#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Start, readiness, refusals, the end; and what was there before.
# shellcheck source=lib.sh source-path=SCRIPTDIR disable=SC1091
. "$(dirname "$0")/lib.sh"

REG=$WORK/reg.yaml
CTL=("$B/hostportctl" --socket="$SOCK") # ctl, for exit_status
NOTIFYD_PID=


# shellcheck disable=SC2317 # called by until_true
says() { grep -qxF -- "$2" "$1"; }

# exit_status COMMAND...: its status; what it says is in $WORK/out and $WORK/err.
exit_status() {
	timeout 60 "$@" >"$WORK/out" 2>"$WORK/err" </dev/null
	echo $?
}

# refused NAME STATUS PATTERN OPTIONS...: the agent does not start, says why, and
# leaves nothing. It is confined as ever, in case it does.
refused() {
	local name=$1 want=$2 pattern=$3
	shift 3
	is "$name: exit status" "$(exit_status "$B/hostportd" --netns="$NETNS" --socket="$SOCK" \
		--log=json "$@")" "$want"
	has "$name: says why" "$(cat "$WORK/err")" "$pattern"
	is "$name: each line says who" "$(grep -vE "^(hostportd|builtin:[a-z]+|$WORK/[a-z.]+(:[0-9]+:[0-9]+)?): " "$WORK/err")" ""
	is "$name: no event" "$(wc -c <"$WORK/out")" 0
	is "$name: nothing attached" "$(attached)" 0
}

# one line on standard error
one_line() { is "$1: one line" "$(wc -l <"$WORK/err")" 1; }

test_start_stop() {
	is "before: status" "$(exit_status "${CTL[@]}" status)" 3
	has "before: status says why" "$(cat "$WORK/err")" "^hostportctl: no agent: $SOCK: "
	start_agent --mode=enforce --registry="$REG" || return
	is "status is effective" "$(exit_status "${CTL[@]}" status)" 0
	has "status says so" "$(cat "$WORK/out")" '^mode +enforce, effective$'
	is "status as JSON" "$(status '"\(.mode) \(.effective) \(.reason) \(.attached | length)"')" \
		"enforce true null 4"
	is "programs are attached" "$(attached)" 4
	is "the socket is root's alone" "$(stat -c '%F %a %u' "$SOCK")" "socket 600 0"
	install -m 755 "$B/tests/e2e/ask" "$WORK/ask"
	is "another user can't ask" "$(echo '{"verb":"status"}' |
		setpriv --reuid 65534 --regid 65534 --clear-groups "$WORK/ask" "$SOCK" 2>&1)" \
		"ask: Permission denied"
	has "root can" "$(echo '{"verb":"status"}' | "$WORK/ask" "$SOCK" 2>&1)" '^\{"ok":true\}$'
	is "the canary left nothing" "$(find "$CGROUP" -mindepth 1 -type d)" ""
	is "the canary is no violation" "$(status .counters.violations)" 0
	is "enforced" "$(probe tcp 4 127.0.0.1 21000)" "EPERM 1"
	is "no one else was asked to be ready" "$(grep -c . "$WORK/log")" 1
	has "says that it is ready" "$(cat "$WORK/log")" '^hostportd: enforcing: .*: ready$'

	stop_agent
	is "SIGTERM: exit status" "$AGENT_STATUS" 0
	is "SIGTERM: detached" "$(attached)" 0
	is "SIGTERM: the socket is gone" "$([ -e "$SOCK" ] && echo there || echo gone)" gone
	is "SIGTERM: all was told" "$(jq -s 'map(select(.verdict)) | length' "$WORK/events")" 1
	is "SIGTERM: binds pass" "$(probe tcp 4 127.0.0.1 21000)" "ok 21000 1"
	is "after: status" "$(exit_status "${CTL[@]}" status)" 3
}

test_int() {
	start_agent --mode=audit --registry="$REG" || return
	kill -HUP "$AGENT_PID" # must not end it, nor be ignored in silence
	if until_true 5 grep -q "registry: generation 2: the same layers" "$WORK/log"; then pass "SIGHUP: told"; else fail "SIGHUP: not told"; fi
	is "SIGHUP: it goes on" "$(exit_status "${CTL[@]}" status)" 0
	kill -INT "$AGENT_PID" # ignored by a background job of a shell, unless the agent asks for it
	if until_true 60 is_gone "$AGENT_PID"; then pass "SIGINT: it ends"; else
		fail "SIGINT: it goes on"
		kill -KILL "$AGENT_PID"
	fi
	wait "$AGENT_PID"
	is "SIGINT: exit status" $? 0
	AGENT_PID=
	is "SIGINT: detached" "$(attached)" 0
}

# Without pins, that is. With them nothing changes: see test_pins.sh.
test_kill() {
	start_agent --mode=enforce --pin=none --registry="$REG" || return
	is "before SIGKILL: enforced" "$(probe tcp 4 127.0.0.1 21000)" "EPERM 1"
	kill_agent
	if until_true 5 none_attached; then pass "SIGKILL: nothing remains attached"; else
		fail "SIGKILL: $(attached) programs remain"
	fi
	is "SIGKILL: the socket is left" "$([ -S "$SOCK" ] && echo there || echo gone)" there
	is "SIGKILL: status" "$(exit_status "${CTL[@]}" status)" 3
	is "SIGKILL: binds pass" "$(probe tcp 4 127.0.0.1 21000)" "ok 21000 1"
	start_agent --mode=enforce --pin=none --registry="$REG" || return
	pass "SIGKILL: a new agent takes the socket"
	is "SIGKILL: the new agent enforces" "$(probe tcp 4 127.0.0.1 21000)" "EPERM 1"
	is "SIGKILL: the new agent is effective" "$(exit_status "${CTL[@]}" status)" 0
	stop_agent
}

test_second() {
	local first
	start_agent --mode=enforce --registry="$REG" || return
	first=$(status .pid)
	is "a second agent: exit status" "$(exit_status "$B/hostportd" --cgroup="$CGROUP" \
		--netns="$NETNS" --socket="$SOCK" --registry="$REG")" 3
	has "a second agent: says why" "$(cat "$WORK/err")" \
		"^hostportd: socket: $SOCK: another agent, or program, is running with it$"
	one_line "a second agent"
	is "a second agent: the first goes on" "$(status '"\(.pid) \(.effective)"')" "$first true"
	is "a second agent: the first's programs" "$(attached)" 4
	is "a second agent: the first enforces" "$(probe tcp 4 127.0.0.1 21000)" "EPERM 1"
	stop_agent
	is "a second agent: the first ends as ever" "$AGENT_STATUS" 0
}

test_notify() {
	"$B/tests/e2e/notifyd" "$WORK/notify" >"$WORK/told" 2>&1 &
	NOTIFYD_PID=$!
	until_true 5 says "$WORK/told" listening || fail "notifyd: $(cat "$WORK/told")"

	# no process can be put into this cgroup, so the canary fails: never ready
	echo 0 >"$CGROUP/cgroup.max.descendants"
	is "no canary: exit status" "$(NOTIFY_SOCKET=$WORK/notify exit_status "$B/hostportd" \
		--mode=enforce --cgroup="$CGROUP" --netns="$NETNS" --socket="$SOCK" --registry="$REG")" 3
	has "no canary: says why" "$(cat "$WORK/err")" '^hostportd: canary: '
	is "no canary: nothing attached" "$(attached)" 0
	is "no canary: no socket" "$([ -e "$SOCK" ] && echo there || echo gone)" gone
	echo max >"$CGROUP/cgroup.max.descendants"

	NOTIFY_SOCKET=$WORK/notify start_agent --mode=enforce --registry="$REG" || return
	if until_true 5 says "$WORK/told" READY=1; then pass "READY=1 is told"; else
		fail "READY=1 is not told: $(cat "$WORK/told")"
	fi
	is "no canary: READY=1 was not told before" "$(grep -c READY=1 "$WORK/told")" 1
	is "ready is effective" "$(exit_status "${CTL[@]}" status)" 0
	stop_agent
	if until_true 5 says "$WORK/told" STOPPING=1; then pass "STOPPING=1 is told"; else
		fail "STOPPING=1 is not told: $(cat "$WORK/told")"
	fi
	is "nothing else is told" "$(tr '\n' ' ' <"$WORK/told")" "listening READY=1 STOPPING=1 "
	kill "$NOTIFYD_PID"
	wait "$NOTIFYD_PID" 2>/dev/null
	NOTIFYD_PID=
	# a manager that is gone is no reason to fail
	NOTIFY_SOCKET=$WORK/notify start_agent --mode=audit --registry="$REG" || return
	pass "a service manager that is gone"
	stop_agent
}

test_refusals() {
	mkdir -p "$WORK/dir"
	refused "--cgroup is a directory" 2 'cgroup.*not a cgroup2 directory' \
		--cgroup="$WORK/dir" --registry="$REG"
	refused "--cgroup is nothing" 2 'cgroup: .*No such file' --cgroup="$WORK/none" --registry="$REG"
	refused "--cgroup is a file" 2 'cgroup: .*Not a directory' --cgroup="$REG" --registry="$REG"
	is "--netns=/dev/null: exit status" "$(exit_status "$B/hostportd" --cgroup="$CGROUP" \
		--netns=/dev/null --socket="$SOCK" --registry="$REG")" 2
	has "--netns=/dev/null: says why" "$(cat "$WORK/err")" \
		'^hostportd: network namespace: /dev/null: not a network namespace$'
	is "--netns of another kind: exit status" "$(exit_status "$B/hostportd" --cgroup="$CGROUP" \
		--netns=/proc/self/ns/mnt --socket="$SOCK" --registry="$REG")" 2
	is "--netns is nothing: exit status" "$(exit_status "$B/hostportd" --cgroup="$CGROUP" \
		--netns="$WORK/none" --socket="$SOCK" --registry="$REG")" 2
	has "--netns is nothing: says why" "$(cat "$WORK/err")" "$WORK/none: No such file"
	echo text >"$WORK/file"
	is "--socket is a file: exit status" "$(exit_status "$B/hostportd" --cgroup="$CGROUP" \
		--netns="$NETNS" --socket="$WORK/file" --registry="$REG")" 3
	has "--socket is a file: says why" "$(cat "$WORK/err")" "$WORK/file: exists and is no socket"
	is "--socket is a file: it stays" "$(cat "$WORK/file")" text
	is "--socket in no directory: exit status" "$(exit_status "$B/hostportd" --cgroup="$CGROUP" \
		--netns="$NETNS" --socket="$WORK/none/sock" --registry="$REG")" 3
	is "nothing attached" "$(attached)" 0
}

test_options() {
	local option
	for option in --frobnicate --mod=enforce --mode --mode=deny --errno=EIO --enforce=everything \
		--on-exit=stay --pin=relative --existing=kill --sweep=-1 --sweep=86401 --sweep=1s --deny-kernel=yes --log=xml --cluster-version=4 --role=boss operand; do
		refused "$option" 2 '^hostportd: ' --cgroup="$CGROUP" --registry="$REG" "$option"
		one_line "$option"
	done
	refused "an option twice" 2 '^hostportd: .*--mode' --cgroup="$CGROUP" --mode=audit --mode=audit
	one_line "an option twice"
	for option in --help --version; do
		is "$option: exit status" "$(exit_status "$B/hostportd" "$option")" 0
		is "$option: nothing on standard error" "$(cat "$WORK/err")" ""
		has "$option: says something" "$(cat "$WORK/out")" hostportd
		is "hostportctl $option: exit status" "$(exit_status "$B/hostportctl" "$option")" 0
		has "hostportctl $option: says something" "$(cat "$WORK/out")" hostportctl
		is "hostportctl tail $option: exit status" "$(exit_status "$B/hostportctl" tail "$option")" 0
	done
	"$B/hostportd" --help >"$WORK/out"
	for option in mode enforce deny-kernel registry role platform cluster-version cgroup netns errno \
		existing sweep on-exit pin socket log; do
		has "--help tells of --$option" "$(cat "$WORK/out")" "^ +--$option"
	done
	is "--help to a full disk: exit status" "$(
		"$B/hostportd" --help >/dev/full 2>/dev/null
		echo $?
	)" 3
	is "hostportctl: unknown verb: exit status" "$(exit_status "$B/hostportctl" frobnicate)" 2
	one_line "hostportctl: unknown verb"
	is "hostportctl: no verb: exit status" "$(exit_status "$B/hostportctl")" 2
	is "hostportctl tail: unknown class: exit status" "$(exit_status "${CTL[@]}" tail --class=x)" 2
}

test_environment() {
	printf 'version: 1\nname: empty\nsource: a test\nentries: []\n' >"$WORK/empty.yaml"
	HOSTPORTD_MODE=enforce HOSTPORTD_ERRNO=EACCES start_agent --registry="$REG" || return
	is "HOSTPORTD_MODE" "$(status .mode)" enforce
	is "HOSTPORTD_ERRNO" "$(probe tcp 4 127.0.0.1 21000)" "EACCES 1"
	stop_agent
	HOSTPORTD_MODE=enforce start_agent --mode=audit --registry="$REG" || return
	is "the command line wins over HOSTPORTD_MODE" "$(status .mode)" audit
	stop_agent
	HOSTPORTD_MODE='' start_agent --registry="$REG" || return
	is "an empty HOSTPORTD_MODE is as good as unset" "$(status .mode)" audit
	stop_agent
	if HOSTPORTD_REGISTRY=$REG HOSTPORTD_DENY_KERNEL=1 start_agent; then
		is "HOSTPORTD_REGISTRY" "$(status '[.registry.layers[].name] | join(",")')" lifecycle
		stop_agent
	else
		wait "$AGENT_PID"
		AGENT_PID=
	fi
	# lib.sh's options, all of them from the environment
	HOSTPORTD_CGROUP=$CGROUP HOSTPORTD_NETNS=$NETNS HOSTPORTD_REGISTRY="$WORK/empty.yaml
$REG" "$B/hostportd" --socket="$SOCK" >"$WORK/events" 2>"$WORK/log" </dev/null &
	AGENT_PID=$!
	echo "$AGENT_PID" >"$WORK/agent.pid"
	if until_true 10 agent_ready; then
		is "HOSTPORTD_REGISTRY: two lines" "$(status '[.registry.layers[].name] | join(",")')" \
			empty,lifecycle
		is "HOSTPORTD_CGROUP" "$(status '.attached[0].cgroup')" "$CGROUP"
		is "HOSTPORTD_NETNS" "$(status .netns_inode)" "$(stat -Lc %i "$NETNS")"
		stop_agent
	else
		fail "options from the environment: not ready: $(cat "$WORK/log")"
		wait "$AGENT_PID"
		AGENT_PID=
	fi
	HOSTPORTD_MODE=deny refused "a bad HOSTPORTD_MODE" 2 '^hostportd: .*HOSTPORTD_MODE' \
		--cgroup="$CGROUP" --registry="$REG"
	one_line "a bad HOSTPORTD_MODE"
	HOSTPORTD_SOCKET=$WORK/none.sock
	export HOSTPORTD_SOCKET
	is "hostportctl: HOSTPORTD_SOCKET: exit status" "$(exit_status "$B/hostportctl" status)" 3
	has "hostportctl: HOSTPORTD_SOCKET" "$(cat "$WORK/err")" "$WORK/none.sock"
	unset HOSTPORTD_SOCKET
}

test_registry() {
	refused "enforce with an empty registry" 2 'registry: empty.*refusing to enforce' \
		--cgroup="$CGROUP" --mode=enforce --registry="$WORK/empty.yaml"
	start_agent --mode=audit --registry="$WORK/empty.yaml" || return
	is "audit with an empty registry" "$(probe tcp 4 127.0.0.1 22)" "ok 22 1"
	is "audit with an empty registry: nothing is registered" "$(events '.class == "unregistered"')" 1
	stop_agent
	cat >"$WORK/bad.yaml" <<-'END'
		version: 1
		name: bad
		source: a test
		entries:
		  - {ports: 70000, protocol: tcp, process: a}
		  - {ports: 9200-9100, protocol: tcp, process: b}
		  - {ports: 9000, protocol: icmp, process: c}
		  - {ports: 9001, protocol: tcp, process: d, colour: red}
		  - {ports: 9002, protocol: tcp, process: e, ports: 9003}
	END
	for mode in audit enforce; do
		refused "a wrong registry, $mode" 2 "^$WORK/bad.yaml:5:[0-9]+: " \
			--cgroup="$CGROUP" --mode=$mode --registry="$REG" --registry="$WORK/bad.yaml"
		is "a wrong registry, $mode: every error, by its line" \
			"$(sed -n "s|^$WORK/bad.yaml:\([0-9]*\):[1-9][0-9]*: .*|\1|p" "$WORK/err" | sort -n | tr '\n' ' ')" \
			"5 6 7 8 9 "
	done
	printf 'version: 1\nname: [\n' >"$WORK/bad.yaml"
	refused "no YAML" 2 "^$WORK/bad.yaml:[0-9]+:[0-9]+: " --cgroup="$CGROUP" --registry="$WORK/bad.yaml"
	: >"$WORK/bad.yaml"
	refused "an empty file" 2 "$WORK/bad.yaml" --cgroup="$CGROUP" --registry="$WORK/bad.yaml"
	refused "no such file" 2 "$WORK/none.yaml" --cgroup="$CGROUP" --registry="$WORK/none.yaml"
	refused "no such built-in layer" 2 'builtin:none' --cgroup="$CGROUP" --registry=builtin:none
}

# shellcheck disable=SC2317 # called by until_true
not_effective() { [ "$(status .effective)" = false ]; }

test_cgroup_removed() {
	mkdir "$CGROUP/sub"
	CGROUP=$CGROUP/sub start_agent --mode=enforce --registry="$REG" || return
	is "below a cgroup: effective" "$(exit_status "${CTL[@]}" status)" 0
	is "below a cgroup: outside of it" "$(probe tcp 4 127.0.0.1 21000)" "ok 21000 1"
	is "below a cgroup: in it" "$(inside_cgroup "$CGROUP/sub" "$B/tests/e2e/bindprobe" \
		tcp 4 127.0.0.1 21000)" "EPERM 1"
	until_true 5 rmdir "$CGROUP/sub" 2>/dev/null
	is "the cgroup is removed" "$([ -e "$CGROUP/sub" ] && echo there || echo gone)" gone
	until_true 5 not_effective || fail "the cgroup is removed: still effective" # a little later
	is "the cgroup is removed: status" "$(exit_status "${CTL[@]}" status)" 1
	has "the cgroup is removed: status says so" "$(cat "$WORK/out")" 'NOT EFFECTIVE'
	is "the cgroup is removed: as JSON" "$(status '"\(.effective) \(all(.attached[]; .alive | not))"')" \
		"false true"
	kill -TERM "$AGENT_PID"
	wait "$AGENT_PID"
	is "the cgroup is removed: exit status" $? 0
	AGENT_PID=
}

# What held ports before the agent came.
test_existing() {
	local mode pids=()
	keep h1 inside bindprobe tcp 4 127.0.0.1 21000 hold
	keep h2 inside bindprobe udp 6 :: 21001 hold
	keep h3 inside bindprobe tcp 4 0.0.0.0 20000 hold
	keep h4 inside bindprobe tcp 6 :: 24000 hold
	keep h5 in_cgroup_only bindprobe tcp 4 127.0.0.1 29002 hold
	mapfile -t pids < <(for h in h1 h2 h3 h4 h5; do keeper $h; done)
	for mode in audit enforce; do
		start_agent --mode=$mode --existing=report --registry="$REG" || return
		is "$mode: existing listeners" "$(
			all_told
			jq -r '"\(.how) \(.verdict) \(.class) \(.protocol) \(.family) \(.address) \(.port)"' \
				"$WORK/events" | sort
		)" "$(sort <<-'END'
			existing audited unregistered tcp ipv4 127.0.0.1 21000
			existing audited unregistered udp ipv6 :: 21001
			existing audited scope tcp ipv6 :: 24000
		END
		)"
		is "$mode: existing: pid, comm" "$(jq -r 'select(.port == 21000) | "\(.pid) \(.comm) \(.uid)"' \
			"$WORK/events")" "${pids[0]} bindprobe 0"
		is "$mode: existing: exe" "$(jq -r 'select(.port == 21000) | .exe' "$WORK/events")" \
			"$(realpath "$B/tests/e2e/bindprobe")"
		is "$mode: existing: cgroup" "$(jq -r 'select(.port == 21000) | .cgroup' "$WORK/events")" "/$NAME"
		is "$mode: existing: counted" "$(status '.counters | "\(.violations) \(.existing)"')" "3 3"
		accounted "$mode: existing"
		stop_agent
	done
	is "existing listeners were left alone" "$(kill -0 "${pids[@]}" && echo yes)" yes
	kill "${pids[@]}"
	until_true 10 cgroup_empty
	start_agent --mode=audit --registry="$REG" || return
	is "no existing listener, no event" "$(events true)" 0
	stop_agent
}
# The reader of standard output goes away after a line: the agent does not.
test_closed_stdout() {
	"$B/hostportd" --cgroup="$CGROUP" --netns="$NETNS" --socket="$SOCK" --log=json --mode=enforce \
		--registry="$REG" 2>"$WORK/log" </dev/null > >(exec head -n 1 >"$WORK/head") &
	AGENT_PID=$!
	echo "$AGENT_PID" >"$WORK/agent.pid"
	if ! until_true 10 agent_ready; then
		fail "closed output: not ready: $(last_words)"
		return
	fi
	ctl tail --json >"$WORK/tail" &
	local tail=$! port
	until_true 5 tails_are 1 || fail "closed output: no client tails"
	for port in {21000..21009}; do
		probe tcp 4 127.0.0.1 "$port" >/dev/null
		all_told
		[ "$port" != 21000 ] || until_true 5 head_is_gone || fail "closed output: no line"
	done
	is "closed output: its reader had a line" "$(jq -r .port "$WORK/head")" 21000
	is "closed output: the agent goes on" "$(exit_status "${CTL[@]}" status)" 0
	until_true 5 has_lines "$WORK/tail" 10 || fail "closed output: tail lacks lines"
	is "closed output: tail has all" "$(jq -r .port "$WORK/tail" | tr '\n' ' ')" \
		"$(echo {21000..21009} "")"
	is "closed output: the lost lines are counted" "$(status '.readers.log_lines_lost > 0')" true
	has "closed output: told once" "$(grep -c 'standard output' "$WORK/log")" '^1$'
	stop_agent
	is "closed output: exit status" "$AGENT_STATUS" 0
	wait "$tail"
	is "the agent ends: tail ends" $? 3
}
# shellcheck disable=SC2317 # called by until_true
tails_are() { [ "$(status .readers.tails)" -eq "$1" ]; }
# shellcheck disable=SC2317 # called by until_true
has_lines() { [ "$(wc -l <"$1")" -ge "$2" ]; }
# shellcheck disable=SC2317 # called by until_true
head_is_gone() { [ -s "$WORK/head" ]; }

# The first policy does not wait for its row map's place: its rows go into a map that is there already,
# and then only the configuration is written.
test_first_policy() {
	if ! command -v strace >/dev/null || is_built_for_debugging; then
		skip "the first policy: no strace, or a build that can't be traced"
		return
	fi
	AGENT_BY=(strace -D -f -qq -e "trace=bpf" -o "$WORK/trace" --)
	start_agent --mode=enforce --registry="$REG" || return
	AGENT_BY=()
	is "the first policy: what is written between its rows and the first link" "$(awk '
		/BPF_LINK_CREATE/ { exit }
		/BPF_MAP_UPDATE_BATCH/ { rows = 1 }
		rows && /BPF_MAP_UPDATE_ELEM/ { n++ }
		END { print n + 0 }' "$WORK/trace")" 1
	is "the first policy: in force" "$(probe tcp 4 127.0.0.1 20000) $(probe tcp 4 127.0.0.1 20001)" "ok 20000 1 EPERM 1"
	stop_agent
}

also_clear() { [ -z "$NOTIFYD_PID" ] || kill "$NOTIFYD_PID" 2>/dev/null; }
setup
cat >"$REG" <<'END'
version: 1
name: lifecycle
source: test_lifecycle.sh
entries:
  - {ports: 20000, protocol: tcp, process: mine}
  - {ports: 24000, protocol: tcp, process: local, scope: localhost}
END
test_start_stop
test_first_policy
test_int
test_kill
test_second
test_notify
test_refusals
test_options
test_environment
test_registry
test_cgroup_removed
test_existing
test_closed_stdout
finish
