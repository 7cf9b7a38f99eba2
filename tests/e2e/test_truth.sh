#!/bin/bash
# SPDX-License-Identifier: MIT
# A bind() that fails makes no event, not even later through the note on its socket.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
setup

ip -n "$NAME" addr add 192.0.2.1/32 dev lo

cat >"$WORK/reg.yaml" <<'YAML'
version: 1
name: truth
entries:
  - {ports: 9200, protocol: udplite, process: local, scope: localhost}
  - {ports: 9201, protocol: udp, process: local, scope: localhost}
  - {ports: 9202, protocol: udplite, process: anywhere}
YAML

rebind() { inside "$B/tests/e2e/rebind" "$@"; }

# hold PROTO PORT: a subject on 192.0.2.1 keeps the wildcard from that port, until release.
hold() {
	rm -f "$WORK/held"
	exec {gate}> >(probe "$1" 4 192.0.2.1 "$2" hold >"$WORK/held")
	until_true 5 grep -qs . "$WORK/held" || fail "$1 $2: not held"
}
release() { exec {gate}>&-; }

start_agent --mode=audit --registry="$WORK/reg.yaml" || finish

# The first bind is a violation that fails, the second is allowed.
for proto in udplite udp; do
	port=$([ "$proto" = udp ] && echo 9201 || echo 9200)
	if [ "$proto" = udplite ] && [ "$(probe udplite 4 127.0.0.1 9202)" != "ok 9202 1" ]; then
		skip "udplite: this kernel has no UDP-Lite"
		continue
	fi
	hold "$proto" "$port"
	is "$proto: the holder has the port" "$(cat "$WORK/held")" "ok $port 1"
	is "$proto: the holder is one event" "$(events ".port == $port")" 1
	is "$proto: the wildcard fails, loopback does not" \
		"$(rebind "$proto" 0.0.0.0 "$port" 127.0.0.1 "$port")" "EADDRINUSE ok"
	is "$proto: neither is an event" "$(events ".port == $port")" 1
	release
done

# The first bind fails; the port that the kernel then chooses must not become its event.
hold udp 7777
is "then port 0" "$(rebind udp 0.0.0.0 7777 0.0.0.0 0)" "EADDRINUSE ok"
is "port 0 is no event of the first port" "$(events '.port == 7777')" 1
release

# Two violations on one socket: only the one that succeeds is told.
hold udp 7778
is "another port" "$(rebind udp 0.0.0.0 7778 0.0.0.0 7779)" "EADDRINUSE ok"
is "the failed one is no event" "$(events '.port == 7778')" 1
is "the other one is" "$(events '.port == 7779')" 1
release

# What a row allows is not counted as a port that the kernel chose.
before=$(status .counters.classes.ephemeral.allowed)
is "explicit, allowed" "$(probe udp 4 127.0.0.1 9201)" "ok 9201 1"
is "explicit, allowed, a protocol without a bitmap" "$(probe udplite 4 127.0.0.1 9202)" "ok 9202 1"
is "neither is ephemeral" "$(status .counters.classes.ephemeral.allowed)" "$before"
probe udp 4 127.0.0.1 0 >/dev/null
is "port 0 is" "$(status .counters.classes.ephemeral.allowed)" "$((before + 1))"

accounted "at the end"
stop_agent
is "the agent ended well" "$AGENT_STATUS" 0
finish
