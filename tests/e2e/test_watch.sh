#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Effective or not: each hook by itself, programs of others, links, cgroups; told
# by selftest, status, notices and the service manager. All of it on the test's
# own cgroup.
# shellcheck source=lib.sh source-path=SCRIPTDIR disable=SC1091
. "$(dirname "$0")/lib.sh"
# shellcheck source=lib_watch.sh source-path=SCRIPTDIR disable=SC1091
. tests/e2e/lib_watch.sh

export HOSTPORTD_LISTEN=off # links are counted: those that every kernel has

HOOKS=(bind4 bind6 post_bind4 post_bind6)
CAN_OVERRIDE=yes

test_selftest() {
	local hook
	selftest "no agent" 3
	has "no agent: says why" "$(cat "$WORK/selftest")" "^hostportctl: no agent: $SOCK: "
	"${CTL[@]}" selftest --frobnicate >"$WORK/out" 2>&1
	is "selftest: an unknown option: exit status" $? 2
	for mode in audit enforce; do
		start_agent --mode=$mode --registry="$REG" || return
		selftest "$mode" 0
		says "$mode" '^effective +yes$'
		for hook in bind4 bind6; do says "$mode" "$(full "$hook"): denied$"; done
		for hook in post_bind4 post_bind6; do says "$mode" "$(full "$hook"): seen$"; done
		says "$mode" '^links +4 of 4 alive$'
		says "$mode" '^foreign +no program runs after ours$'
		says "$mode" '^took +[0-9]+ us$'
		is "$mode: selftest --json" "$(ctl selftest --json | jq -c '[.effective, .reason, .checked,
			(.hooks | map(.proved)), (.attached | map(.alive)), .foreign]')" \
			'[true,null,0,[true,true,true,true],[true,true,true,true],[]]'
		is "$mode: status --json" "$(status '"\(.effective) \(.reason) \(.checked < 20) \(.foreign)"')" \
			"true null true []"
		is "$mode: nothing to notice" "$(wc -l <"$WORK/events")" 0
		is "$mode: the canary left nothing" "$(find "$CGROUP" -mindepth 1 -type d)" ""
		accounted "$mode: selftest"
		stop_agent
	done
}

# One that does no harm is told and listed, and nothing else.
test_harmless() {
	local before tail=() hook
	other "$CGROUP" bind4 pass multi
	before=$ID
	start_agent --mode=audit --registry="$REG" || return
	is "one before ours: listed" "$(status '.foreign | map("\(.hook) \(.program_id) \(.name) \(.after)") | .[]')" \
		"$(full bind4) $before foreign false"
	has_not "one before ours: status as text" "$(ctl status)" '^foreign'
	is "one before ours: no notice" "$(notices true)" 0

	"${CTL[@]}" tail --json --class=retired >"$WORK/tail.json" &
	tail+=($!)
	"${CTL[@]}" tail >"$WORK/tail.text" &
	tail+=($!)
	until_true 5 tails_are 2 || fail "clients do not tail"
	for hook in "${HOOKS[@]}"; do
		other "$CGROUP" "$hook" pass link
		selftest "$hook: one after ours" 0
		says "$hook: one after ours" "$(full "$hook"): program $ID \(foreign\) runs after ours"
		is "$hook: one after ours: a notice" \
			"$(jq -c "select(.program_id == $ID) | [.notice, .hook, .name, .verdict]" "$WORK/events")" \
			"[\"foreign-program\",\"$(full "$hook")\",\"foreign\",null]"
		has "$hook: one after ours: standard error" "$(cat "$WORK/log")" \
			"^hostportd: $(full "$hook"): program $ID \(foreign\) runs after ours"
		is "$hook: one after ours: as JSON" \
			"$(status ".foreign[] | select(.program_id == $ID) | \"\(.hook) \(.name) \(.after)\"")" \
			"$(full "$hook") foreign true"
		has "$hook: one after ours: status" "$(ctl status)" \
			"$(full "$hook"): program $ID \(foreign\) runs after ours"
	done
	selftest "again" 0
	is "told once each" "$(notices true)" 4
	others_gone
	selftest "all gone" 0
	says "all gone" '^foreign +no program runs after ours$'
	is "all gone: notices" "$(notices '.notice == "foreign-program-gone"')" 4
	is "all gone: status" "$(status '.foreign | length')" 0

	until_true 5 has_lines "$WORK/tail.text" 8 || fail "tail: too few lines"
	is "tail: a line each" "$(grep -cE '^[0-9:]{8}\.[0-9]{3}Z NOTICE   cgroup_inet' "$WORK/tail.text")" 8
	until_true 5 has_lines "$WORK/tail.json" 8 || fail "tail --json --class: too few lines"
	is "tail --json --class: the lines of the log" "$(cat "$WORK/tail.json")" "$(cat "$WORK/events")"
	"${CTL[@]}" tail --json --replay=3 --class=scope >"$WORK/replay" &
	until_true 5 has_lines "$WORK/replay" 3 || fail "tail --replay: too few lines"
	kill $!
	wait $! 2>/dev/null
	is "tail --replay" "$(cat "$WORK/replay")" "$(tail -n 3 "$WORK/events")"
	is "notices are in no counter" "$(status '.counters | "\(.violations) \(.delivered) \(.lost)"')" "0 0 0"
	probe tcp 4 127.0.0.1 21000 >/dev/null
	accounted "notices and a violation"
	is "notices and a violation: lines" "$(wc -l <"$WORK/events")" 9
	kill "${tail[@]}"
	wait "${tail[@]}" 2>/dev/null
	stop_agent
}
# shellcheck disable=SC2317 # called by until_true
tails_are() { [ "$(status .readers.tails)" -eq "$1" ]; }
# shellcheck disable=SC2317 # called by until_true
has_lines() { [ "$(wc -l <"$1")" -ge "$2" ]; }

can_override() {
	"$B/tests/e2e/foreign" "$CGROUP" bind4 override multi >"$WORK/out" 2>&1 &
	local pid=$!
	until_true 5 tried "$pid" || fail "whether programs can override: not known"
	kill "$pid" 2>/dev/null
	wait "$pid"
	[ $? -ne 77 ]
}
# shellcheck disable=SC2317 # called by until_true
tried() { [ -s "$WORK/out" ] || ! kill -0 "$1" 2>/dev/null; }

# One that undoes what bind refused, and then another that undoes what post_bind did: only both
# together let a port be taken.
test_overriding() {
	local hook family n=0
	if [ "$CAN_OVERRIDE" = no ]; then
		skip "a program that overrides: no bpf_set_retval() on this kernel"
		return
	fi
	start_agent --mode=enforce --registry="$REG" || return
	for family in 4 6; do
		hook=$(full "bind$family")
		n=$((n + 1))
		other "$CGROUP" "bind$family" override multi
		selftest "overridden once, $hook" 0
		says "overridden once, $hook" \
			"$hook: denied, let through by another program, and denied by post_bind$"
		says "overridden once, $hook" "$hook: program $ID \(foreign\) runs after ours$"
		is "overridden once, $hook: enforced" "$(probe tcp "$family" "$(any "$family")" 21000)" "EPERM 1"
		other "$CGROUP" "post_bind$family" override multi
		selftest "overridden, $hook" 1
		says "overridden, $hook" \
			"^effective +NO: $hook: .*another program lets through what ours denies: program [0-9]+ \(foreign\)$"
		says "overridden, $hook" "$hook: NOT PROVED: "
		status_exits "overridden, $hook" 1
		has "overridden, $hook: status" "$(cat "$WORK/status")" "NOT EFFECTIVE: $hook: .*program [0-9]+ \(foreign\)$"
		is "overridden, $hook: it does let through" "$(probe tcp "$family" "$(any "$family")" 21001)" "ok 21001 1"
		is "overridden, $hook: a notice" "$(notices '.notice == "not-effective"')" $n
		selftest "overridden, $hook: again" 1
		is "overridden, $hook: told once" "$(notices '.notice == "not-effective"')" $n
		others_gone
		selftest "not overridden any more, $hook" 0
		says "not overridden any more, $hook" "$hook: denied$"
		is "not overridden any more, $hook: a notice" "$(notices '.notice == "effective"')" $n
		is "not overridden any more, $hook: enforced" "$(probe tcp "$family" "$(any "$family")" 21002)" "EPERM 1"
	done
	stop_agent
	# they were there first, so ours has the last word
	override4 "$CGROUP"
	start_agent --mode=enforce --registry="$REG" || return
	selftest "those before ours that would override" 0
	says "those before ours that would override" "$(full bind4): denied$"
	stop_agent
	others_gone
}
any() { if [ "$1" = 6 ]; then echo ::; else echo 0.0.0.0; fi; }

# override4 DIR: all that ours refuses of IPv4.
override4() {
	other "$1" post_bind4 override multi
	other "$1" bind4 override multi
}

# Another program lets through what post_bind refuses: found, and no event says denied then.
test_overridden_guard() {
	local family hook
	[ "$CAN_OVERRIDE" = yes ] || return
	start_agent --mode=enforce --registry="$REG" || return
	is "guard: this kernel gives ports back" "$(status .abilities.guard)" true
	for family in 4 6; do
		hook=$(full "post_bind$family")
		other "$CGROUP" "post_bind$family" override multi
		selftest "guard overridden, $hook" 1
		says "guard overridden, $hook" \
			"^effective +NO: $hook: .*another program lets through what ours denies: program [0-9]+ \(foreign\)$"
		is "guard overridden, $hook: status" "$(status .abilities.guard)" false
		others_gone
		selftest "guard again, $hook" 0
		is "guard again, $hook: status" "$(status .abilities.guard)" true
	done
	stop_agent
}

# The agent starts below a cgroup whose programs override its own: the start fails.
test_overridden_start() {
	[ "$CAN_OVERRIDE" = yes ] || return
	mkdir "$CGROUP/sub"
	override4 "$CGROUP"
	timeout 60 "$B/hostportd" --cgroup="$CGROUP/sub" --netns="$NETNS" --socket="$SOCK" --mode=enforce \
		--registry="$REG" >"$WORK/out" 2>"$WORK/err"
	is "overridden from above at the start: exit status" $? 3
	has "overridden from above at the start: says who" "$(cat "$WORK/err")" \
		"^hostportd: canary: .*another program lets through what ours denies: program $ID \(foreign\)$"
	others_gone
	rmdir "$CGROUP/sub"
}

# Without a request: the agent finds it by itself.
test_timer() {
	start_agent --mode=enforce --registry="$REG" || return
	if [ "$CAN_OVERRIDE" = yes ]; then override4 "$CGROUP"; else other "$CGROUP" bind6 pass link; fi
	if until_true 120 has_notice ".program_id == $ID"; then pass "found by itself"; else
		fail "not found by itself: $(cat "$WORK/log")"
	fi
	if [ "$CAN_OVERRIDE" = yes ]; then
		until_true 5 has_notice '.notice == "not-effective"' || fail "found: not told"
		status_exits "found" 1
	fi
	others_gone
	stop_agent
}

# Each link by itself.
test_detached() {
	local i hook
	for i in 0 1 2 3; do
		hook=$(full "${HOOKS[i]}")
		start_agent --mode=audit --registry="$REG" || return
		is "$hook is detached: which" "$(status ".attached[$i].hook")" "$hook"
		"$B/tests/e2e/foreign" detach "$(status ".attached[$i].link_id")"
		is "$hook is detached: how" $? 0
		status_exits "$hook is detached" 1
		has "$hook is detached: status" "$(cat "$WORK/status")" "NOT EFFECTIVE: $hook: .*not attached"
		selftest "$hook is detached" 1
		says "$hook is detached" "^effective +NO: $hook: "
		says "$hook is detached" "$hook: NOT PROVED: .* the hook does not run$"
		says "$hook is detached" '^links +3 of 4 alive$'
		says "$hook is detached" "DEAD: $hook$"
		is "$hook is detached: the others are proved" \
			"$(ctl selftest --json | jq -r '.hooks | map(select(.proved)) | length')" 3
		is "$hook is detached: a notice" "$(jq -r '"\(.notice) \(.message)"' "$WORK/events" |
			cut -d ' ' -f -4)" "not-effective not effective: $hook:"
		stop_agent
		is "$hook is detached: the agent ends as ever" "$AGENT_STATUS" 0
	done
}

test_cgroup_gone() {
	mkdir "$CGROUP/sub"
	CGROUP=$CGROUP/sub start_agent --mode=enforce --registry="$REG" || return
	selftest "below a cgroup" 0
	until_true 5 rmdir "$CGROUP/sub" 2>/dev/null || fail "the cgroup can't be removed"
	selftest "its cgroup is removed" 1
	says "its cgroup is removed" "^effective +NO: the cgroup is gone, .*: $CGROUP/sub$"
	status_exits "its cgroup is removed" 1
	is "its cgroup is removed: a notice" "$(notices '.notice == "not-effective"')" 1
	mkdir "$CGROUP/sub"
	selftest "another one has its name" 1
	says "another one has its name" "^effective +NO: the cgroup is gone, "
	is "another one has its name: nothing new" "$(notices true)" 1
	stop_agent
	rmdir "$CGROUP/sub"
}

# kept_out NAME DIR HOOK WHERE: the agent at DIR names the program at WHERE.
kept_out() {
	timeout 60 "$B/hostportd" --cgroup="$2" --netns="$NETNS" --socket="$SOCK" --registry="$REG" \
		>"$WORK/out" 2>"$WORK/err"
	is "$1: exit status" $? 3
	has "$1: names it" "$(cat "$WORK/err")" \
		"^hostportd: attaching to cgroup $2: .*program $ID \(foreign\) at $4, hook $(full "$3"), "
	has "$1: what to do" "$(cat "$WORK/err")" "bpftool cgroup detach $4 $(full "$3") id $ID"
	is "$1: one line" "$(wc -l <"$WORK/err")" 1
	is "$1: nothing is attached" "$(attached)" 0
}

test_exclusive() {
	local hook
	mkdir "$CGROUP/sub"
	for hook in "${HOOKS[@]}"; do
		other "$CGROUP" "$hook" pass exclusive
		kept_out "$hook: exclusive" "$CGROUP" "$hook" "$CGROUP"
		kept_out "$hook: exclusive, above" "$CGROUP/sub" "$hook" "$CGROUP"
		others_gone
		other "$CGROUP" "$hook" pass overridable
		kept_out "$hook: overridable" "$CGROUP" "$hook" "$CGROUP"
		others_gone
	done
	other "$CGROUP" bind4 pass overridable
	CGROUP=$CGROUP/sub start_agent --mode=enforce --registry="$REG" || return
	selftest "overridable, above" 0
	stop_agent
	others_gone
	rmdir "$CGROUP/sub"
	start_agent --mode=enforce --registry="$REG" || return
	selftest "no one keeps it out any more" 0
	stop_agent
}

# A refusal of others after us is not our failure; a bind() that they keep from us is.
test_refusing() {
	start_agent --mode=enforce --registry="$REG" || return
	other "$CGROUP" post_bind4 refuse link
	selftest "post_bind refused by others" 0
	others_gone
	other "$CGROUP" bind4 refuse link
	selftest "bind refused by others" 1
	says "bind refused by others" "$(full bind4): denied$"
	says "bind refused by others" "$(full post_bind4): NOT PROVED: a bind that must succeed failed"
	says "bind refused by others" "^effective +NO: .*: Operation not permitted$"
	others_gone
	selftest "not refused any more" 0
	stop_agent
}

# No IPv6 address anywhere, but sockets.
test_ipv6() {
	ip netns exec "$NAME" sysctl -qw net.ipv6.conf.all.disable_ipv6=1
	start_agent --mode=enforce --registry="$REG" || return
	selftest "IPv6 is switched off" 0
	is "IPv6 is switched off: all the same" "$(ctl selftest --json | jq -c '.hooks | map(.proved)')" \
		'[true,true,true,true]'
	stop_agent
	ip netns exec "$NAME" sysctl -qw net.ipv6.conf.all.disable_ipv6=0
}

test_manager() {
	local notifyd
	"$B/tests/e2e/notifyd" "$WORK/notify" >"$WORK/told" 2>&1 &
	notifyd=$!
	until_true 5 has_text "$WORK/told" listening || fail "notifyd: $(cat "$WORK/told")"
	NOTIFY_SOCKET=$WORK/notify start_agent --mode=audit --registry="$REG" || return
	"$B/tests/e2e/foreign" detach "$(status '.attached[0].link_id')"
	selftest "detached" 1
	selftest "detached, again" 1
	until_true 5 has_text "$WORK/told" STATUS || fail "STATUS is not told"
	stop_agent
	until_true 5 has_text "$WORK/told" STOPPING=1 || fail "STOPPING is not told"
	kill "$notifyd"
	wait "$notifyd" 2>/dev/null
	is "the service manager is told" "$(sed 's/: the program .*//' "$WORK/told" | tr '\n' ' ')" \
		"listening READY=1 STATUS=not effective: $(full bind4) STOPPING=1 "
}

setup_watch
can_override || CAN_OVERRIDE=no
test_selftest
test_harmless
test_overriding
test_overridden_guard
test_overridden_start
test_timer
test_detached
test_cgroup_gone
test_exclusive
test_refusing
test_ipv6
test_manager
finish
