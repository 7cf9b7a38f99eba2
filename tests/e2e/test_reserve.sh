#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Registered ports of the ephemeral range: told of, reserved, and left as they were found.
# shellcheck source=lib.sh source-path=SCRIPTDIR disable=SC1091
. "$(dirname "$0")/lib.sh"

NOTE=$SOCK.reserved
REG=$WORK/reg.yaml
RESERVED=/proc/sys/net/ipv4/ip_local_reserved_ports
BEFORE=7000,40005 # 40005 is registered and reserved by others
WITH=7000,40000-40001,40005
UNSEEN='the kernel may give them to any process'

# What stands below /proc/sys/net is the calling process's netns's.
here() { nsenter --net="$NETNS" "$@"; }
reserved() { here cat "$RESERVED"; }
reserve() { printf '%s\n' "$1" | here dd of="$RESERVED" bs=1M iflag=fullblock status=none; }
set_range() { echo "$1" | here tee /proc/sys/net/ipv4/ip_local_port_range >/dev/null; }
note() { [ -e "$NOTE" ] && echo there || echo none; }
log() { cat "$WORK/log"; }
start() { start_agent --registry="$REG" "$@"; }
ephemeral() { status '.ephemeral | "\(.registered) \(.unreserved) \(.reserved_by_us)"'; }

crash_agent() {
	kill -KILL "$AGENT_PID"
	wait "$AGENT_PID" 2>/dev/null
	AGENT_PID=
}

# listen_from PORT: listen() without bind(), from the socket's own range of this port.
listen_from() { probe tcp 4 127.0.0.1 0 listen "$1"; }

# shellcheck disable=SC2317 # called by until_true
is_free() { [ "$(probe tcp 4 127.0.0.1 "$1")" = "ok $1 1" ]; }

# With all ports held that are neither registered nor reserved.
with_others_held() {
	local port gates=() gate
	for port in 40002 40003 40004; do
		rm -f "$WORK/held.$port"
		exec {gate}> >(probe tcp 4 127.0.0.1 "$port" hold >"$WORK/held.$port")
		gates+=("$gate")
		until_true 30 grep -qs ok "$WORK/held.$port" || fail "port $port is not held"
	done
	"$@"
	for gate in "${gates[@]}"; do exec {gate}>&-; done
	for port in 40002 40003 40004; do
		until_true 5 is_free "$port" || fail "port $port is still held"
	done
}

test_report() {
	local text
	reserve "$BEFORE"
	start || return
	has "report: log" "$(log)" \
		"2 registered ports of the ephemeral range 40000-40005 not reserved: 40000-40001: $UNSEEN"
	has "report: the remedies" "$(log)" \
		"use --reserve-ports, or set net.ipv4.ip_local_reserved_ports=$WITH\$"
	is "report: one line" "$(log | grep -c ephemeral)" 1
	is "report: status" "$(ephemeral)" "40000-40001,40005 40000-40001 "
	is "report: the range" "$(status '.ephemeral | "\(.first) \(.last) \(.error)"')" "40000 40005 null"
	text=$(ctl status)
	has "report: status in words" "$text" \
		'^ephemeral   40000-40005: registered 40000-40001,40005; NOT RESERVED 40000-40001$'
	with_others_held taken
	stop_agent
	is "report: nothing was changed" "$(reserved) $(note)" "$BEFORE none"
}

# Without the option, a process can get an unreserved port without naming it.
taken() {
	local got
	got=$(probe tcp 4 127.0.0.1 0 listen)
	has "not reserved: listen() without bind() gets a registered port" "$got" '^ok 4000[01] 1$'
	got=$(probe tcp 4 127.0.0.1 0)
	has "not reserved: so does port 0" "$got" '^ok 4000[01] 1$'
}

not_taken() {
	is "reserved: listen() without bind() gets none" "$(probe tcp 4 127.0.0.1 0 listen)" "EADDRINUSE 1"
	is "reserved: nor does port 0" "$(probe tcp 4 127.0.0.1 0)" "EADDRINUSE 1"
	has "reserved: nor does port 0 of UDP and IPv6" "$(probe udp 6 ::1 0)" "^ok 4000[234] 1\$"
}

test_option() {
	local host
	host=$(cat "$RESERVED")
	reserve "$BEFORE"
	start --reserve-ports || return
	is "option: merged" "$(reserved)" "$WITH"
	is "option: this machine's own list stays" "$(cat "$RESERVED")" "$host"
	has "option: log" "$(log)" \
		'^hostportd: 2 ports added to net.ipv4.ip_local_reserved_ports: 40000-40001$'
	has_not "option: no warning" "$(log)" "$UNSEEN"
	is "option: status" "$(ephemeral)" "40000-40001,40005  40000-40001"
	has "option: status in words" "$(ctl status)" \
		'^ephemeral   40000-40005: registered 40000-40001,40005; reserved by the agent 40000-40001$'
	is "option: the note is its owner's" "$(stat -c %a "$NOTE")" 600
	with_others_held not_taken
	is "option: bind() of a registered port" "$(probe tcp 4 127.0.0.1 40000)" "ok 40000 1"
	is "option: and of one reserved by others" "$(probe tcp 4 127.0.0.1 40005)" "ok 40005 1"
	case "$(listen_from 40004)" in
	"ok 40004 1") is "option: a socket's own range does not help" "$(listen_from 40000)" "EADDRINUSE 1" ;;
	*) skip "this kernel has no IP_LOCAL_PORT_RANGE" ;;
	esac
	stop_agent
	is "option: at the end as before" "$(reserved) $(note)" "$BEFORE none"
	has "option: said so" "$(log)" \
		'2 ports removed from net.ipv4.ip_local_reserved_ports: 40000-40001$'
}

test_others() {
	reserve "$BEFORE"
	HOSTPORTD_RESERVE_PORTS=1 start || return
	is "environment: merged" "$(reserved)" "$WITH"
	reserve "$WITH,41000-41001"
	stop_agent
	is "what others added stays" "$(reserved)" "$BEFORE,41000-41001"

	reserve ""
	start --reserve-ports || return
	is "empty list: filled" "$(reserved)" 40000-40001,40005
	reserve 40000,40005
	stop_agent
	is "what others took out is no matter" "$(reserved) $(note)" " none"
}

test_killed() {
	reserve "$BEFORE"
	start --reserve-ports || return
	crash_agent
	is "killed: the ports stay" "$(reserved) $(note)" "$WITH there"
	start --reserve-ports || return
	is "killed, again: taken over" "$(ephemeral)" "40000-40001,40005  40000-40001"
	is "killed, again: the list" "$(reserved)" "$WITH"
	crash_agent
	start --reserve-ports || return
	stop_agent
	is "killed, again, ended: as before" "$(reserved) $(note)" "$BEFORE none"

	start --reserve-ports || return
	crash_agent
	reserve "$WITH,41000"
	start || return
	is "killed, without the option: as before" "$(reserved) $(note)" "$BEFORE,41000 none"
	has "killed, without the option: said so" "$(log)" \
		'2 ports removed from .*: 40000-40001$'
	has "killed, without the option: told of" "$(log)" "not reserved: 40000-40001: $UNSEEN"
	is "killed, without the option: status" "$(ephemeral)" "40000-40001,40005 40000-40001 "
	stop_agent
	is "killed, without the option, ended" "$(reserved) $(note)" "$BEFORE,41000 none"

	reserve "$BEFORE"
	start --reserve-ports || return
	crash_agent
	start_agent --reserve-ports --registry="$WORK/one.yaml" || return
	is "killed, fewer rows: those of no row are out" "$(reserved)" "7000,40000,40005"
	stop_agent
	is "killed, fewer rows: as before" "$(reserved) $(note)" "$BEFORE none"
}

# A note that is not about what stands here is ignored, and replaced.
test_notes() {
	local line
	reserve "$BEFORE"
	start --reserve-ports || return
	crash_agent
	cp "$NOTE" "$WORK/note"
	for line in '.netns_inode += 1' '.netns_cookie += 1'; do
		jq -c "$line" "$WORK/note" >"$NOTE"
		start || return
		has "$line: said so" "$(log)" \
			"^hostportd: $NOTE: is about another network namespace, where an agent left these ports reserved: 40000-40001: ignored and replaced\$"
		is "$line: the ports stay" "$(reserved) $(note)" "$WITH none"
		stop_agent
	done

	reserve "$WITH"
	jq -c '.boot |= gsub("[0-9]"; "f")' "$WORK/note" >"$NOTE"
	start || return
	is "an earlier boot's: no word" "$(log | grep -c reserved)" 0
	is "an earlier boot's: the ports stay" "$(reserved) $(note)" "$WITH none"
	stop_agent

	reserve "$BEFORE"
	for line in garbage '{}' "$(jq -c '.ports = "1-"' "$WORK/note")" ''; do
		printf %s "$line" >"$NOTE"
		start --reserve-ports || return
		has "'$line': said so" "$(log)" "^hostportd: $NOTE: .*: ignored and replaced\$"
		is "'$line': replaced" "$(jq -r .ports "$NOTE")" 40000-40001
		stop_agent
		is "'$line': as before" "$(reserved) $(note)" "$BEFORE none"
	done

	ln -s "$WORK/note" "$NOTE"
	start --reserve-ports || return
	has "a link: said so" "$(log)" "^hostportd: $NOTE: .*: ignored and replaced\$"
	is "a link: replaced" "$(stat -c %F "$NOTE")" "regular file"
	stop_agent
	is "a link: its target stays" "$(jq -r .ports "$WORK/note")" 40000-40001

	mkdir "$NOTE"
	start --reserve-ports || return
	has "no note can be kept: said so" "$(log)" "$NOTE: .*: no port is reserved without this note"
	has "no note can be kept: told of" "$(log)" "not reserved: 40000-40001: $UNSEEN"
	is "no note can be kept: nothing is changed" "$(reserved)" "$BEFORE"
	stop_agent
	rmdir "$NOTE"
}

test_read_only() {
	reserve "$BEFORE"
	mkdir "$WORK/ro"
	ln -s "$PWD/$B/hostportctl" "$WORK/ro/hostportctl"
	cat >"$WORK/ro/hostportd" <<-SH
		#!/bin/bash
		exec unshare -m --propagation private bash -c 'mount --bind /proc/sys /proc/sys &&
			mount -o remount,bind,ro /proc/sys && exec "\$@"' - "$PWD/$B/hostportd" "\$@"
	SH
	chmod +x "$WORK/ro/hostportd"
	B=$WORK/ro start --reserve-ports || return
	has "read-only: the reason and the remedy" "$(log)" \
		"$UNSEEN: .*: --reserve-ports can't change that: Read-only file system: set net.ipv4.ip_local_reserved_ports=$WITH\$"
	is "read-only: one line" "$(log | grep -c ephemeral)" 1
	is "read-only: it goes on" "$(status .effective)" true
	is "read-only: status" "$(ephemeral)" "40000-40001,40005 40000-40001 "
	is "read-only: nothing is changed" "$(reserved) $(note)" "$BEFORE none"
	stop_agent
	is "read-only: ends well" "$AGENT_STATUS" 0

	start --reserve-ports || return
	crash_agent
	B=$WORK/ro start || return
	has "read-only, killed before: said so" "$(log)" "ports that an agent added stay in it: Read-only file system"
	is "read-only, killed before: remembered" "$(reserved) $(note)" "$WITH there"
	stop_agent
	is "read-only, ended: remembered" "$(reserved) $(note)" "$WITH there"
	start || return
	is "writable again: taken out" "$(reserved) $(note)" "$BEFORE none"
	stop_agent
}

test_long_lists() {
	local singles pairs
	singles=7000,$(seq -s, 10001 2 29999),40005
	reserve "$singles"
	start --reserve-ports || return
	is "10000 single ports: merged" "$(reserved)" "${singles%,*},40000-40001,40005"
	stop_agent
	is "10000 single ports: as before" "$(reserved)" "$singles"

	pairs=$(seq 41000 3 65000 | awk '{printf "%s%d-%d", (NR > 1 ? "," : ""), $1, $1 + 1}')
	reserve "7000,$pairs"
	start || return
	has "a long list: the remedy does not repeat it" "$(log)" 'add them to net.ipv4.ip_local_reserved_ports$'
	stop_agent
	start --reserve-ports || return
	is "8000 pairs: merged" "$(reserved)" "7000,40000-40001,40005,$pairs"
	crash_agent
	start || return
	is "8000 pairs: as before" "$(reserved)" "7000,$pairs"
	stop_agent
}

test_silence() {
	reserve 7000
	start_agent --registry="$WORK/none.yaml" --reserve-ports || return
	is "none in the range: silence" "$(log | wc -l) $(log | grep -c ready)" "1 1"
	is "none in the range: nothing is changed" "$(reserved) $(note)" "7000 none"
	is "none in the range: status" "$(ephemeral)" "  "
	has_not "none in the range: no word in status" "$(ctl status)" ephemeral
	stop_agent
	reserve "$WITH"
	start || return
	is "all reserved by others: silence" "$(log | wc -l) $(log | grep -c ready)" "1 1"
	is "all reserved by others: status" "$(ephemeral)" "40000-40001,40005  "
	stop_agent
	is "all reserved by others: nothing is changed" "$(reserved)" "$WITH"
}

# A row as wide as the range must not leave the node without a port to connect from.
test_wide_row() {
	reserve "$BEFORE"
	start_agent --registry="$WORK/wide.yaml" --reserve-ports || return
	has "wide row: refused" "$(log)" \
		"5 registered ports .* not reserved: 40000-40004: .*: --reserve-ports does not reserve more than half"
	is "wide row: nothing is changed" "$(reserved) $(note)" "$BEFORE none"
	stop_agent
}

# The range, and the reserved ports, as they are now: also without an end of the agent.
test_moved() {
	reserve ""
	set_range "50000 50005"
	start --reserve-ports || return
	is "moved: nothing there yet" "$(ephemeral)" "  "
	set_range "40000 40005"
	is "moved: status looks again" "$(ephemeral)" "40000-40001,40005  40000-40001,40005"
	is "moved: they are reserved" "$(reserved)" "40000-40001,40005"
	set_range "50000 50005"
	is "moved: away again" "$(ephemeral) $(reserved)" "   "
	stop_agent
	set_range "40000 40005"
}

# In enforce mode it reserves by itself, and follows the mode and the registry.
test_auto() {
	reserve "$BEFORE"
	start --mode=enforce || return
	is "auto: reserved" "$(reserved) $(note)" "$WITH there"
	has_not "auto: no warning" "$(log)" "$UNSEEN"
	is "auto: status" "$(ephemeral)" "40000-40001,40005  40000-40001"
	is "auto: what fails" "$(status '.ephemeral | "\(.failing) \(.choices) \(.low)"')" " 3 false"
	is "auto: port 0, on all addresses" "$(probe tcp 4 0.0.0.0 0 300 | sed 's/ [0-9]* [0-9]*$//' | sort -u)" ok
	ctl mode audit >/dev/null
	is "auto: not in audit mode" "$(reserved) $(note)" "$BEFORE none"
	ctl mode enforce >"$WORK/mode" 2>&1
	is "auto: again in enforce mode" "$? $(reserved) $(note)" "0 $WITH there"
	has_not "auto: no chance to tell of" "$(cat "$WORK/mode")" "port 0 fails"
	stop_agent
	is "auto: at the end as before" "$(reserved) $(note)" "$BEFORE none"

	start || return
	is "auto, audit: nothing" "$(reserved) $(note)" "$BEFORE none"
	has "auto, audit: told of" "$(log)" "not reserved: 40000-40001: $UNSEEN"
	stop_agent

	cp "$REG" "$WORK/grows.yaml"
	start_agent --mode=enforce --registry="$WORK/grows.yaml" || return
	echo '  - {ports: 40003, protocol: tcp, process: new, scope: localhost}' >>"$WORK/grows.yaml"
	ctl reload >/dev/null
	is "auto, reload: more than half: what would be denied" "$(reserved)" 7000,40001,40003,40005
	has "auto, reload: more than half: said so" "$(log)" \
		"1 registered port .*not reserved: 40000: .*does not reserve more than half"
	set_range "40000 40007"
	is "auto, a wider range: reserved" "$(status .ephemeral.unreserved) $(reserved)" " 7000,40000-40001,40003,40005"
	stop_agent
	is "auto, reload: at the end as before" "$(reserved) $(note)" "$BEFORE none"
	set_range "40000 40005"
}

# Where it is not wanted, or not possible, the chance is told.
chance='a bind\(\) to port 0 fails for 1 of the 5 ports of the kernel'
test_chance() {
	reserve "$BEFORE"
	start --mode=enforce --reserve-ports=no || return
	if [ "$(status .abilities.guard)" != true ]; then
		skip "this kernel keeps the port of a bind() to port 0 that is denied"
		stop_agent
		return
	fi
	is "no: nothing is reserved" "$(reserved) $(note)" "$BEFORE none"
	has "no: told at start" "$(log)" "not reserved: 40000-40001: $UNSEEN.*: $chance"
	is "no: in status" "$(status '.ephemeral | "\(.failing) \(.choices)"')" "40001 5"
	has "no: in status, in words" "$(ctl status)" "; bind\(\) to port 0 FAILS for 40001 of 5 ports"
	has "no: and so it is" "$(probe udp 4 0.0.0.0 0 300)" "^EPERM"
	has_not "no: but not on localhost" "$(probe udp 4 127.0.0.1 0 300)" "^EPERM"
	stop_agent

	start --reserve-ports=no || return
	is "no, audit: nothing fails" "$(status .ephemeral.failing)" ""
	ctl mode enforce >"$WORK/mode" 2>&1
	has "no: told with mode enforce" "$(cat "$WORK/mode")" "mode enforce: $chance.*: 40001: see --reserve-ports"
	stop_agent

	B=$WORK/ro start --mode=enforce || return
	has "read-only, auto: told at start" "$(log)" "$chance.*can't change that: Read-only file system"
	stop_agent
	B=$WORK/ro start || return
	has "read-only, auto: told with mode enforce" "$(ctl mode enforce 2>&1)" \
		"mode enforce: $chance.*: 40001: they can't be reserved: Read-only file system"
	stop_agent
}

# The programs go on enforcing without an agent, so the ports stay; detach gives them back.
test_detach() {
	reserve "$BEFORE"
	HOSTPORTD_ON_EXIT=keep start --mode=enforce || return
	stop_agent
	is "kept programs: the ports stay" "$(reserved) $(note)" "$WITH there"
	has "detach, from another namespace: says so" "$(ctl detach --yes 2>&1)" \
		"stay in net.ipv4.ip_local_reserved_ports: 40000-40001: they are of another network namespace, inode [0-9]+: see --netns"
	is "detach, from another namespace: they stay" "$(reserved) $(note)" "$WITH there"
	ctl detach --yes --netns="$NETNS" >/dev/null
	is "detach: given back" "$? $(reserved) $(note)" "0 $BEFORE none"

	start --mode=enforce || return
	crash_agent
	is "killed: the ports stay" "$(reserved) $(note)" "$WITH there"
	reserve "$WITH,41000"
	ctl detach --yes --netns="$NETNS" >/dev/null
	is "killed, detach: given back, and no other" "$? $(reserved) $(note)" "0 $BEFORE,41000 none"

	start --mode=enforce || return
	ctl detach --yes --netns="$NETNS" >/dev/null
	wait "$AGENT_PID"
	AGENT_PID=
	is "detach of an agent: given back" "$(reserved) $(note)" "$BEFORE,41000 none"
}

test_low_range() {
	reserve ""
	set_range "1024 65535"
	start || return
	has "low range: told of" "$(log)" "ip_local_port_range 1024-65535 reaches below 32768"
	has "low range: in status" "$(ctl status)" "^ephemeral   1024-65535: .*; REACHES BELOW 32768"
	is "low range: in status, JSON" "$(status .ephemeral.low)" true
	set_range "32768 60999"
	is "low range: moved" "$(status .ephemeral.low)" false
	stop_agent
	is "low range: told of once" "$(log | grep -c "reaches below")" 1
	set_range "40000 40005"
}

setup
set_range "40000 40005"
cat >"$REG" <<'YAML'
version: 1
name: reserve
entries:
  - {ports: 7000, protocol: tcp, process: below}
  - {ports: 40000, protocol: tcp, process: first}
  - {ports: 40001, protocol: udp, process: second, scope: localhost}
  - {ports: 40005, protocol: tcp, process: reserved by others}
YAML
printf 'version: 1\nname: r\nentries:\n  - {ports: %s, protocol: tcp, process: p}\n' 40000 >"$WORK/one.yaml"
sed 's/40000/7000/' "$WORK/one.yaml" >"$WORK/none.yaml"
sed 's/40000/1024-65535/' "$WORK/one.yaml" >"$WORK/wide.yaml"

test_report
test_option
test_others
test_killed
test_notes
test_read_only
test_long_lists
test_silence
test_wide_row
test_moved
test_auto
test_chance
test_detach
test_low_range
finish
