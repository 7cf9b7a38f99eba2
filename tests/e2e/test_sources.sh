#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Real programs that bind to send from: a resolver, a proxy with a range of source ports. In audit
# mode they are one finding, learn makes one row of it, and with that they work in enforce mode, also
# when they are started again, and a stranger has none of their ports.
# shellcheck source=lib.sh source-path=SCRIPTDIR disable=SC1091
# shellcheck disable=SC2317 # functions are called by until_true
. "$(dirname "$0")/lib.sh"

REG=$WORK/reg.yaml
OVERLAY=$WORK/overlay.yaml
QUERIES=40
REQUESTS=120

have() {
	command -v "$1" >/dev/null && return 0
	skip "$1 is not installed"
	return 1
}

# serve NAME COMMAND...: a server in the foreground, in a control group of its own.
serve() {
	local name=$1
	shift
	mkdir -p "$CGROUP/$name"
	inside_cgroup "$CGROUP/$name" "$@" >"$WORK/$name.log" 2>&1 </dev/null &
}
# end NAME: its processes, and wait until they are gone.
end() {
	local pid
	while read -r pid; do kill "$pid"; done <"$CGROUP/$1/cgroup.procs"
	until_true 30 is_empty "$CGROUP/$1" || fail "$1 does not end"
}
is_empty() { [ -z "$(cat "$1/cgroup.procs")" ]; }

# ---- unbound -------------------------------------------------------------------------------

# unbound_conf ADDRESS LINES...
unbound_conf() {
	printf '%s\n' server: "  interface: $1" '  do-daemonize: no' '  username: ""' '  chroot: ""' '  pidfile: ""' \
		"  directory: \"$WORK\"" '  use-syslog: no' '  do-not-query-localhost: no' '  module-config: "iterator"' \
		'  access-control: 127.0.0.0/8 allow' '  do-tcp: no' "${@:2}"
}

# answered N: how many of so many names the resolver finds; each is another one.
answered() {
	local n found=0
	for ((n = 0; n < $1; n++)); do
		outside busybox nslookup -type=a "n$RANDOM$RANDOM.example.net" 127.0.0.1 2>/dev/null | grep -q 192.0.2.1 &&
			found=$((found + 1))
	done
	echo "$found"
}
resolves() { outside busybox nslookup -type=a "up.example.net" "$1" 2>/dev/null | grep -q 192.0.2.1; }
listens() { [ -n "$(ip netns exec "$NAME" ss -Hlun "src 127.0.0.1:53")" ]; }

start_resolver() {
	serve resolver unbound -d -c "$WORK/resolver.conf"
	until_true 30 listens || fail "the resolver does not listen: $(tail -3 "$WORK/resolver.log")"
}

test_unbound() {
	unbound_conf 127.0.0.2 '  local-zone: "example.net." redirect' '  local-data: "example.net. A 192.0.2.1"' >"$WORK/upstream.conf"
	unbound_conf 127.0.0.1 forward-zone: '  name: "."' '  forward-addr: 127.0.0.2' >"$WORK/resolver.conf"
	serve upstream unbound -d -c "$WORK/upstream.conf"
	until_true 30 resolves 127.0.0.2 || fail "the upstream server does not answer: $(tail -3 "$WORK/upstream.log")"
	start_agent --mode=audit --registry="$REG" || return
	start_resolver
	is "unbound: audit: answers" "$(answered "$QUERIES")" "$QUERIES"
	has "unbound: one finding" "$(ctl mode enforce 2>/dev/null)" "^unregistered udp +[0-9]+ of [0-9]+-[0-9]+ cgroup /$NAME/resolver unbound\["
	learned unbound client udp 1024-65535
	stop_agent
	end resolver
	start_agent --mode=enforce --registry="$REG" || return
	start_resolver
	is "unbound: enforce, without the row: answers" "$(answered 1)" 0
	stop_agent
	start_agent --mode=enforce --registry="$REG" --registry="$OVERLAY" || return
	is "unbound: enforce: answers" "$(answered "$QUERIES")" "$QUERIES"
	end resolver
	start_resolver
	is "unbound: enforce, started again: answers" "$(answered "$QUERIES")" "$QUERIES"
	is "unbound: a stranger" "$(probe udp 4 0.0.0.0 30000)" "EPERM 1"
	is "unbound: no violation of its own" "$(events '.comm == "unbound"')" 0
	end resolver
	stop_agent
	end upstream
}

# learned NAME KIND PROTOCOL PORTS: the layer has one row, and lint nothing against it.
learned() {
	ctl learn >"$OVERLAY" 2>"$WORK/err"
	is "$1: learn: exit status" $? 0
	is "$1: learn: one row" "$("$B/hostportctl" registry show --json --registry="$OVERLAY" | jq -c '.rows[] | [.kind, .protocol, .ports, .owners[].exe]')" \
		"[\"$2\",\"$3\",\"$4\",\"$(realpath "$(command -v "$1")")\"]"
	is "$1: learn: lint" "$("$B/hostportctl" registry lint --registry="$REG" --registry="$OVERLAY" 2>&1)" \
		"0 errors, 0 warnings, 0 notes, 0 accepted, in 2 files"
}

# ---- haproxy -------------------------------------------------------------------------------

proxies() { outside curl -sf -m 30 -o /dev/null http://127.0.0.1:8080/; }
proxied() { if proxies; then echo ok; else echo failed; fi; }
requests() { for ((n = 0; n < $1; n++)); do proxied; done | sort | uniq -c | xargs; }

start_proxy() {
	serve proxy haproxy -db -f "$WORK/haproxy.cfg"
	until_true 30 "$1" || fail "the proxy does not answer: $(tail -3 "$WORK/proxy.log")"
}
takes_8080() { [ -n "$(ip netns exec "$NAME" ss -Hltn "src 127.0.0.1:8080")" ]; }

# Of fifty source ports it uses one after the other.
test_haproxy() {
	cat >"$WORK/haproxy.cfg" <<-'END'
		defaults
		  mode http
		  timeout connect 30s
		  timeout client 30s
		  timeout server 30s
		  option http-server-close
		  http-reuse never
		frontend front
		  bind 127.0.0.1:8080
		  default_backend back
		backend back
		  server one 127.0.0.1:8081 source 127.0.0.1:25000-25049
		frontend behind
		  bind 127.0.0.1:8081
		  http-request return status 200
	END
	start_agent --mode=audit --registry="$REG" || return
	start_proxy proxies
	is "haproxy: audit" "$(requests "$REQUESTS")" "$REQUESTS ok"
	learned haproxy exception tcp 25000-25049
	end proxy
	stop_agent
	start_agent --mode=enforce --registry="$REG" || return
	start_proxy takes_8080
	is "haproxy: enforce, without the row" "$(requests 1)" "1 failed"
	end proxy
	stop_agent
	start_agent --mode=enforce --registry="$REG" --registry="$OVERLAY" || return
	start_proxy proxies
	is "haproxy: enforce" "$(requests "$REQUESTS")" "$REQUESTS ok"
	is "haproxy: a stranger" "$(probe tcp 4 127.0.0.1 25001)" "EPERM 1"
	end proxy
	stop_agent
}

setup
cat >"$REG" <<'END'
version: 1
name: sources-test
entries:
  - {ports: 53, protocol: udp, process: dns, team: t, since: "4.1"}
  - {ports: 8080-8081, protocol: tcp, process: proxy, team: t, since: "4.1"}
END
have unbound && test_unbound
have haproxy && have curl && test_haproxy
finish
