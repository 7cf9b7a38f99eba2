#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Pins: the programs work without an agent and lose no count, the next agent
# takes them over, detach ends them with an agent, without one, and with one that
# hangs, and pins of others are not trusted.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

REG=$WORK/reg.yaml
CTL=("$B/hostportctl" --socket="$SOCK")
OTHER=$B/other/hostportd # of another layout
ENFORCE=(--mode=enforce --registry="$REG")

# deny NAME [COUNT]: binds of an unregistered port fail, and one of a registered port does not.
denies() {
	is "$1: an unregistered port" "$(probe tcp 4 127.0.0.1 21000 "${2:-1}")" "EPERM ${2:-1}"
	is "$1: a registered port" "$(probe tcp 4 127.0.0.1 20000)" "ok 20000 1"
}
allows() { is "$1: nothing is denied" "$(probe tcp 4 127.0.0.1 21000)" "ok 21000 1"; }

# attached: how many programs are, by links, attached to the test's cgroup.
links() { bpftool -j link show | jq -c "map(select(.cgroup_id == $(stat -c %i "$CGROUP")))"; }
attached() { links | jq length; }

# program_ids: those that are attached, in order.
program_ids() { links | jq -c 'map(.prog_id) | sort'; }
link_ids() { links | jq -c 'map(.id) | sort'; }


# restart OPTIONS...: another agent; what the ones before it told stays in $WORK/events.before.
restart() {
	cat "$WORK/events" >>"$WORK/events.before"
	start_agent "$@"
}

# all_accounted NAME: as accounted, over all agents since begin.
begin() { : >"$WORK/events.before"; }
all_accounted() {
	local line sum
	line=$(status '.counters | "\(.violations) \(.delivered + .folded + .lost) \(.delivered) \(.delivered + .folded) \(.pending)"')
	# shellcheck disable=SC2086 # five numbers
	set -- "$1" $line
	is "$1: violations = delivered + folded + lost" "$2" "$3"
	is "$1: nothing is pending" "$6" 0
	read -r lines sum <<<"$(cat "$WORK/events.before" "$WORK/events" |
		jq -rs '[.[] | select(.verdict)] | "\(length) \([.[].count] | add // 0)"')"
	is "$1: lines of all agents" "$lines" "$4"
	is "$1: sum of their counts" "$sum" "$5"
}

# is_told: the agent, stopped, has counted every line that it has written. Else it goes on.
is_told() {
	local told written
	kill -STOP "$AGENT_PID"
	told=$(bpftool -j map dump pinned "$PIN/1/hp_told" | jq '.[0].formatted.value.tally.delivered')
	written=$(jq -s 'map(select(.verdict)) | length' "$WORK/events")
	[ "${told:-0}" -gt 0 ] && [ "$told" = "$written" ] && return
	kill -CONT "$AGENT_PID"
	return 1
}

exit_status() {
	timeout 60 "$@" >"$WORK/out" 2>"$WORK/err"
	echo $?
}

test_keep() {
	local links programs
	begin
	start_agent "${ENFORCE[@]}" --on-exit=keep || return
	is "pins: the directory" "$(stat -c '%a %u' "$PIN")" "700 0"
	is "pins: status" "$(status '.pins | "\(.directory) \(.instance) \(.adopted) \(.on_exit)"')" \
		"$PIN 1 false keep"
	links=$(link_ids) programs=$(program_ids)
	denies "with an agent" 3
	stop_agent
	is "keep: exit status" "$AGENT_STATUS" 0
	has "keep: it says what it leaves" "$(cat "$WORK/log")" "still enforcing, without an agent: .*$PIN.*hostportctl detach"
	is "keep: programs" "$(program_ids)" "$programs"
	denies "keep: without an agent" 5
	is "keep: another port" "$(probe udp 6 ::1 21001 2)" "EPERM 2"
	restart "${ENFORCE[@]}" --on-exit=keep || return
	is "adopted: status" "$(status '.pins | "\(.instance) \(.adopted)"')" "1 true"
	is "adopted: the same links" "$(link_ids)" "$links"
	is "adopted: other programs" "$([ "$(program_ids)" != "$programs" ] && attached)" 4
	is "adopted: what was denied meanwhile is told" "$(events '.port == 21001 and .verdict == "denied"')" 2
	is "adopted: as its own, not as found" "$(events '.how == "existing"')" 0
	is "adopted: by whom" "$(jq -rs 'map(select(.port == 21001))[0] | "\(.comm) \(.address) \(.cgroup)"' \
		"$WORK/events")" "bindprobe ::1 /$NAME"
	is "adopted: counted from the start" "$(status .counters.violations)" 10
	all_accounted "adopted"
	denies "adopted" 2
	is "adopted: effective" "$(exit_status "${CTL[@]}" status)" 0
	kill_agent
	denies "killed" 4
	restart "${ENFORCE[@]}" --on-exit=keep || return
	is "adopted after a kill: counted from the start" "$(status .counters.violations)" 16
	all_accounted "adopted after a kill"
	is "nothing was lost" "$(status .counters.lost)" 0
	is "registry generations go on" "$(status .registry.generation)" 3
	is "keep: detach: exit status" "$(exit_status "${CTL[@]}" detach --yes)" 0
	wait "$AGENT_PID"
	AGENT_PID=
}

# Right after the kill of an agent: what its last lines stand for is not told twice. One that is killed
# between writing a line and counting it is left out here: the next one writes that line again.
test_repeats() {
	begin
	start_agent "${ENFORCE[@]}" || return
	probe tcp 4 127.0.0.1 22000 100 >/dev/null
	until_true 30 is_told || fail "repeats: lines that are never counted"
	kill_agent
	probe tcp 4 127.0.0.1 22000 50 >/dev/null
	restart "${ENFORCE[@]}" || return
	is "repeats: counted" "$(status .counters.violations)" 150
	all_accounted "repeats"
	is "repeats: their process is known" "$(jq -rs 'map(select(.port == 22000)) | map(.comm) | unique | @json' \
		"$WORK/events.before" "$WORK/events")" '["bindprobe"]'
	stop_agent
}

test_modes() {
	start_agent --mode=enforce --registry="$REG" --on-exit=keep || return
	stop_agent
	start_agent --mode=audit --registry="$REG" --on-exit=keep || return
	allows "from enforce to audit"
	is "from enforce to audit: told" "$(events '.port == 21000 and .verdict == "audited"')" 1
	stop_agent
	allows "audit without an agent"
	sed 's/20000/20001/' "$REG" >"$WORK/second.yaml"
	start_agent --mode=enforce --registry="$WORK/second.yaml" || return
	is "another registry: its port" "$(probe tcp 4 127.0.0.1 20001)" "ok 20001 1"
	is "another registry: not the one before" "$(probe tcp 4 127.0.0.1 20000)" "EPERM 1"
	stop_agent # lib.sh: --on-exit=detach
	is "detach: programs" "$(attached)" 0
	is "detach: pins" "$([ -e "$PIN" ] && echo there || echo gone)" gone
	allows "detach"
}

test_defaults() {
	unset HOSTPORTD_ON_EXIT
	start_agent --mode=audit --registry="$REG" || return
	stop_agent
	is "audit: what is left by default" "$(attached)" 0
	start_agent "${ENFORCE[@]}" || return
	stop_agent
	is "enforce: what is left by default" "$(attached)" 4
	# an agent that can't start leaves what it found
	is "a broken registry: exit status" "$(exit_status "$B/hostportd" --cgroup="$CGROUP" --netns="$NETNS" \
		--socket="$SOCK" --mode=enforce --registry="$WORK/none.yaml")" 2
	denies "a broken registry at a restart"
	echo 0 >"$CGROUP/cgroup.max.descendants" # the canary fails
	is "no canary: exit status" "$(exit_status "$B/hostportd" --cgroup="$CGROUP" --netns="$NETNS" \
		--socket="$SOCK" --mode=enforce --registry="$REG")" 3
	echo max >"$CGROUP/cgroup.max.descendants"
	denies "no canary at a restart"
	# nor can one whose programs don't load: none does, without the right
	is "nothing loads at a restart: exit status" "$(exit_status nsenter --net="$NETNS" -- setpriv \
		--bounding-set=-bpf,-sys_admin --inh-caps=-bpf,-sys_admin "$B/hostportd" --cgroup="$CGROUP" \
		--socket="$SOCK" --mode=enforce --on-exit=keep --registry="$REG")" 3
	has "nothing loads at a restart: says so" "$(cat "$WORK/err")" '^hostportd: .*CAP_BPF'
	denies "nothing loads at a restart"
	echo 0 >"$CGROUP/cgroup.max.descendants"
	is "no canary, another mode: exit status" "$(exit_status "$B/hostportd" --cgroup="$CGROUP" --netns="$NETNS" \
		--socket="$SOCK" --mode=audit --listen=sockops --registry="$WORK/second.yaml")" 3
	echo max >"$CGROUP/cgroup.max.descendants"
	denies "no canary, another mode at a restart"
	is "no canary, another mode: links" "$(attached)" 4
	is "the end of it: detach: exit status" "$(exit_status "${CTL[@]}" detach --yes)" 0
	export HOSTPORTD_ON_EXIT=detach
}

test_detach() {
	start_agent "${ENFORCE[@]}" --on-exit=keep || return
	stop_agent
	denies "before detach without an agent"
	is "detach without an agent: exit status" "$(exit_status "${CTL[@]}" detach --yes)" 0
	has "detach without an agent: says so" "$(cat "$WORK/out")" 'no agent was running'
	is "detach without an agent: programs" "$(attached)" 0
	is "detach without an agent: pins" "$([ -e "$PIN" ] && echo there || echo gone)" gone
	allows "detach without an agent"
	is "detach of nothing: exit status" "$(exit_status "${CTL[@]}" detach --yes)" 0
	has "detach of nothing: says so" "$(cat "$WORK/out")" 'nothing to detach'

	start_agent "${ENFORCE[@]}" --on-exit=keep || return
	denies "before detach"
	is "detach with an agent: exit status" "$(exit_status "${CTL[@]}" detach --yes)" 0
	has "detach with an agent: says so" "$(cat "$WORK/out")" 'the agent has ended'
	is "detach with an agent: programs" "$(attached)" 0
	allows "detach with an agent"
	wait "$AGENT_PID"
	is "detach with an agent: its exit status" $? 0
	AGENT_PID=
	is "detach with an agent: pins" "$([ -e "$PIN" ] && echo there || echo gone)" gone

	start_agent "${ENFORCE[@]}" --on-exit=keep || return
	kill -STOP "$AGENT_PID"
	denies "an agent that is stopped"
	is "detach with an agent that hangs: exit status" "$(exit_status "${CTL[@]}" detach --yes)" 0
	has "detach with an agent that hangs: says so" "$(cat "$WORK/err")" 'does not answer'
	is "detach with an agent that hangs: programs" "$(attached)" 0
	is "detach with an agent that hangs: pins" "$([ -e "$PIN" ] && echo there || echo gone)" gone
	allows "detach with an agent that hangs"
	kill -CONT "$AGENT_PID"
	until_true 30 not_effective
	is "detach with an agent that hangs: it knows" "$(exit_status "${CTL[@]}" status)" 1
	stop_agent
	start_agent "${ENFORCE[@]}" --pin=none || return
	is "--pin=none: detach" "$(exit_status "${CTL[@]}" detach --yes)" 0
	wait "$AGENT_PID"
	AGENT_PID=
	until_true 5 none_attached
	is "--pin=none: detach: programs" "$(attached)" 0
	# pins of one agent, while another runs without
	start_agent "${ENFORCE[@]}" --on-exit=keep || return
	stop_agent
	start_agent "${ENFORCE[@]}" --pin=none || return
	is "an agent beside pins: programs" "$(attached)" 8
	is "an agent beside pins: detach: exit status" "$(exit_status "${CTL[@]}" detach --yes)" 0
	wait "$AGENT_PID"
	AGENT_PID=
	is "an agent beside pins: detach: programs" "$(attached)" 0
	allows "an agent beside pins: detach"
}
# shellcheck disable=SC2317 # called by until_true
not_effective() { [ "$(status .effective)" = false ]; }

# refused NAME PATTERN OPTIONS...
refused() {
	local name=$1 pattern=$2
	shift 2
	is "$name: exit status" "$(exit_status "$B/hostportd" --cgroup="$CGROUP" --netns="$NETNS" --socket="$SOCK" \
		--registry="$REG" "$@")" 3
	has "$name: says why" "$(cat "$WORK/err")" "^hostportd: pins: $pattern"
	is "$name: nothing is attached" "$(attached)" 0
	is "$name: no socket" "$([ -e "$SOCK" ] && echo there || echo gone)" gone
}

# Pins of others are not trusted.
test_foreign() {
	mkdir "$PIN" && chown 65534 "$PIN"
	refused "a directory of somebody else" "$PIN is of user 65534, not of 0" --pin="$PIN"
	is "a directory of somebody else: root may end it" "$(exit_status "${CTL[@]}" detach --yes)" 0
	is "a directory of somebody else: detach" "$([ -e "$PIN" ] && echo there || echo gone)" gone
	mkdir "$PIN" && chmod 0777 "$PIN"
	refused "a directory that anybody writes" "$PIN: others may write there" --pin="$PIN"
	rmdir "$PIN"
	ln -s "$BPFFS" "$WORK/link"
	refused "a symbolic link" "$WORK/link" --pin="$WORK/link"
	mkdir "$WORK/plain"
	refused "no bpffs" "$WORK/plain/pins is not in a bpffs" --pin="$WORK/plain/pins"
	is "no bpffs: nothing is made" "$(ls "$WORK/plain")" ""
	refused "a file as the directory" "$REG" --pin="$REG"
	start_agent --registry="$REG" || return
	is "pins that are there: status" "$(status .pins.error)" null
	rm "$PIN"/*/hp_info
	has "pins that somebody removed: status" "$(status .pins.error)" 'somebody has removed them'
	has "pins that somebody removed: status for a person" "$(ctl status)" '^pins +NONE: somebody has removed them'
	is "a second agent with the same pins" "$(exit_status "$B/hostportd" --cgroup="$CGROUP" --netns="$NETNS" \
		--socket="$WORK/second.sock" --registry="$REG")" 3
	has "a second agent with the same pins: says why" "$(cat "$WORK/err")" 'another agent works with them'
	stop_agent
}

# notices WORD: how many of them there are.
notices() { jq -c "select(.notice == \"$1\")" "$WORK/events" | wc -l; }

# Somebody removes pins, or puts something else in their place: the agent makes them anew.
test_mended() {
	local before
	start_agent "${ENFORCE[@]}" --on-exit=keep || return
	denies "before pins are removed"
	rm "$PIN"/1/hp_info "$PIN"/1/link_cgroup_inet4_bind "$PIN"/1/hp_counts
	bpftool map create "$PIN/1/hp_counts" type array key 4 value 8 entries 1 name foreign
	is "pins removed: selftest" "$(exit_status "${CTL[@]}" selftest)" 0
	is "pins removed: made anew" "$(status .pins.error)" null
	is "pins removed: a notice" "$(notices pins)" 1
	has "pins removed: the log" "$(cat "$WORK/log")" "pins: $PIN: 3 removed or replaced by somebody: made anew"
	is "pins removed: another selftest" "$(exit_status "${CTL[@]}" selftest)" 0
	is "pins removed: no other notice" "$(notices pins)" 1
	before=$(status .counters.violations)
	kill_agent
	denies "pins made anew, without an agent"
	start_agent "${ENFORCE[@]}" --on-exit=keep || return
	is "pins made anew: adopted" "$(status '.pins.adopted')" true
	is "pins made anew: counters go on" "$(status .counters.violations)" "$((before + 1))"
	rm -r "$PIN"
	is "a directory removed: selftest" "$(exit_status "${CTL[@]}" selftest)" 0
	is "a directory removed: made anew" "$(status '.pins | "\(.error) \(.instance)"')" "null 1"
	is "a directory removed: mode" "$(stat -c '%a %u' "$PIN")" "700 0"
	is "a directory removed: it is locked" "$(exit_status "$B/hostportd" --cgroup="$CGROUP" --netns="$NETNS" \
		--socket="$WORK/second.sock" --registry="$REG")" 3
	umount -l "$BPFFS"
	is "no bpffs any more: selftest" "$(exit_status "${CTL[@]}" selftest)" 0
	is "no bpffs any more: another selftest" "$(exit_status "${CTL[@]}" selftest)" 0
	is "no bpffs any more: one notice" "$(notices pins-lost)" 1
	denies "no bpffs any more"
	mount -t bpf bpf "$BPFFS"
	is "a bpffs again: selftest" "$(exit_status "${CTL[@]}" selftest)" 0
	is "a bpffs again: made anew" "$(status .pins.error)" null
	kill_agent
	denies "a bpffs again, without an agent"
	is "a bpffs again: detach" "$(exit_status "${CTL[@]}" detach)" 0
	is "a bpffs again: programs" "$(attached)" 0
}

# One pin of an instance in another's place: all of it is left, and replaced.
test_stale() {
	local pin
	local pins=(hp_counts hp_info hp_told hostport_bss link_cgroup_inet4_bind)
	[ -z "${E2E_QUICK:-}" ] || pins=(link_cgroup_inet4_bind)
	for pin in "${pins[@]}"; do
		start_agent "${ENFORCE[@]}" --on-exit=keep || return
		stop_agent
		rm "$PIN"/*/"$pin"
		bpftool map create "$PIN/$(ls "$PIN")/$pin" type array key 4 value 8 entries 1 name foreign
		start_agent "${ENFORCE[@]}" || return
		is "$pin of somebody else: adopted" "$(status .pins.adopted)" "$([ "$pin" = link_cgroup_inet4_bind ] && echo true || echo false)"
		is "$pin of somebody else: programs" "$(attached)" 4
		is "$pin of somebody else: instances" "$(find "$PIN" -mindepth 1 -type d | wc -l)" 1
		denies "$pin of somebody else"
		stop_agent
	done
	# an agent that was killed before its instance was complete
	start_agent "${ENFORCE[@]}" --on-exit=keep || return
	kill_agent
	rm "$PIN"/*/hp_info
	start_agent "${ENFORCE[@]}" || return
	is "an incomplete instance: adopted" "$(status .pins.adopted)" false
	is "an incomplete instance: programs" "$(attached)" 4
	stop_agent
	is "an incomplete instance: pins" "$([ -e "$PIN" ] && echo there || echo gone)" gone
}

# Counts that can't be are not taken over: counters start from 0, and no bind() passes meanwhile.
test_nonsense() {
	local bytes zeros
	start_agent "${ENFORCE[@]}" --on-exit=keep || return
	denies "before the counts are spoilt" 3
	stop_agent
	bytes=$(bpftool -j map show pinned "$PIN/1/hp_told" | jq .bytes_value)
	mapfile -t zeros < <(head -c "$((bytes - 8))" /dev/zero | od -An -v -tx1 -w1 | tr -d ' ')
	bpftool map update pinned "$PIN/1/hp_told" key hex 00 00 00 00 value hex 00 00 00 00 00 00 00 01 "${zeros[@]}"
	start_agent "${ENFORCE[@]}" --on-exit=keep || return
	has "spoilt counts: says so" "$(cat "$WORK/log")" "^hostportd: pins: $PIN: the counts that are pinned make no sense"
	is "spoilt counts: adopted" "$(status .pins.adopted)" false
	is "spoilt counts: instances" "$(ls "$PIN")" 2
	is "spoilt counts: programs" "$(attached)" 4
	is "spoilt counts: from 0" "$(status .counters.violations)" 0
	denies "spoilt counts" 2
	is "spoilt counts: counted" "$(status .counters.violations)" 2
	kill_agent
	start_agent "${ENFORCE[@]}" --on-exit=keep || return
	is "counts that make sense: adopted" "$(status .pins.adopted)" true
	is "counts that make sense: go on" "$(status .counters.violations)" 2
	is "counts that make sense: detach" "$(exit_status "${CTL[@]}" detach --yes)" 0
	wait "$AGENT_PID"
	AGENT_PID=
}

# Another layout, another cgroup, another namespace: attached beside, the old removed after.
test_other() {
	start_agent "${ENFORCE[@]}" --on-exit=keep || return
	stop_agent
	AGENT=$OTHER start_agent "${ENFORCE[@]}" --on-exit=keep || return
	is "another layout: adopted" "$(status .pins.adopted)" false
	is "another layout: programs" "$(attached)" 4
	is "another layout: instances" "$(ls "$PIN")" 2
	denies "another layout"
	stop_agent
	mkdir "$CGROUP/sub"
	CGROUP=$CGROUP/sub start_agent "${ENFORCE[@]}" --on-exit=keep || return
	is "another cgroup: adopted" "$(status .pins.adopted)" false
	is "another cgroup: programs of the one before" "$(attached)" 0
	is "another cgroup: programs" "$(CGROUP=$CGROUP/sub attached)" 4
	stop_agent
	ip netns add "$NAME-2"
	ip -n "$NAME-2" link set lo up
	NETNS=$NETNS-2 start_agent "${ENFORCE[@]}" --on-exit=keep || return
	is "another namespace: adopted" "$(status .pins.adopted)" false
	is "another namespace: the one before is free" "$(probe tcp 4 127.0.0.1 21000)" "ok 21000 1"
	is "another namespace: denied there" "$(NETNS=$NETNS-2 probe tcp 4 127.0.0.1 21000)" "EPERM 1"
	stop_agent
	ip netns del "$NAME-2"
	is "the cgroup is removed: exit status" "$(exit_status "${CTL[@]}" detach --yes)" 0
	until_true 5 rmdir "$CGROUP/sub"
}

# The links die with their cgroup; the counters do not.
test_cgroup_comes_back() {
	local before
	mkdir "$CGROUP/sub"
	CGROUP=$CGROUP/sub start_agent "${ENFORCE[@]}" --on-exit=keep || return
	inside_cgroup "$CGROUP/sub" "$B/tests/e2e/bindprobe" tcp 4 127.0.0.1 21000 >/dev/null
	before=$(status .counters.violations)
	is "a link is broken: counted before" "$before" 1
	stop_agent
	rm "$PIN"/1/link_cgroup_inet4_bind
	CGROUP=$CGROUP/sub start_agent "${ENFORCE[@]}" || return
	is "a link is broken: adopted" "$(status .pins.adopted)" true
	is "a link is broken: mended" "$(CGROUP=$CGROUP/sub attached)" 4
	is "a link is broken: counters go on" "$(status .counters.violations)" 1
	is "a link is broken: effective" "$(exit_status "${CTL[@]}" status)" 0
	stop_agent
	until_true 5 rmdir "$CGROUP/sub"
}

test_no_bpffs() {
	umount_bpffs
	mkdir -p "$WORK/plain"
	unset HOSTPORTD_PIN
	refused "no bpffs, --pin given" ".*not in a bpffs" --pin="$BPFFS/pins"
	export HOSTPORTD_PIN=$PIN
	mount -t bpf bpf "$BPFFS"
	is "--on-exit=keep --pin=none: exit status" "$(exit_status "$B/hostportd" --pin=none --on-exit=keep)" 2
	is "--pin=relative: exit status" "$(exit_status "$B/hostportd" --pin=pins)" 2
	start_agent "${ENFORCE[@]}" --pin=none || return
	denies "--pin=none"
	is "--pin=none: status" "$(status .pins)" null
	kill_agent
	until_true 5 none_attached
	allows "--pin=none: killed"
}

also_clear() { ip netns del "$NAME-2" 2>/dev/null; }
setup
cat >"$REG" <<'END'
version: 1
name: pins
source: test_pins.sh
entries:
  - {ports: 20000, protocol: tcp, process: mine}
END
test_keep
test_repeats
test_detach
test_stale
test_other
if [ -n "${E2E_QUICK:-}" ]; then
	skip "modes, defaults, what is foreign, no bpffs: left out, a quick run"
else
	test_modes
	test_defaults
	test_foreign
	test_mended
	test_nonsense
	test_cgroup_comes_back
	test_no_bpffs
fi
finish
