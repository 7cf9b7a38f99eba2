#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Real servers that a registry knows nothing of: each runs twice in audit mode, learn makes a layer
# of what it took, and with that layer it runs twice in enforce mode, though some of its ports are
# others at each start. Without the layer, and on other ports, it is denied, and so is a stranger
# where the layer names the server.
#
# A server NAME has three functions: start_NAME, works_NAME (true once a client is answered), and
# stray_NAME, which makes the running server ask for a port that was not learned. learnt_NAME, if
# there is one, checks the layer.
#
# RabbitMQ takes 15 seconds of a processor to start, so `erlang` is what it is made of: epmd, and an
# Erlang node that looks upwards from 25672 for the port of its distribution, and serves 5672
# (docs/errno.md has what RabbitMQ itself does). gRPC is a port that the kernel chooses on one family,
# then taken on the other: so do wireguard-go without ListenPort, and `ssh -R 0`.
# shellcheck source=lib.sh source-path=SCRIPTDIR disable=SC1091
# shellcheck disable=SC2317 # functions are called by their names
. "$(dirname "$0")/lib.sh"

PATIENCE=60 # seconds that a server has to start, or to end
REG=$WORK/reg.yaml
OVERLAY=$WORK/overlay.yaml
DEVICE=hpe2e # wireguard-go's; its control sockets have the name, and are not in a namespace

also_clear() { rm -f /run/wireguard/"$DEVICE"[ab].sock; }

# have PROGRAM PACKAGE: or name what is not tested.
have() {
	command -v "$1" >/dev/null && return 0
	skip "$1 is not installed (package $2)"
	return 1
}

# serve NAME COMMAND...: in the foreground, in the server's control group.
serve() {
	local name=$1
	shift
	inside_cgroup "$CGROUP/$name" "$@" >>"$WORK/$name.log" 2>&1 </dev/null &
}

start() {
	: >"$WORK/$1.log"
	"start_$1"
}
gone() { [ -z "$(cat "$CGROUP/$1/cgroup.procs")" ]; }
signal() {
	local pid
	while read -r pid; do kill "-$2" "$pid" 2>/dev/null; done <"$CGROUP/$1/cgroup.procs"
}
end() {
	signal "$1" TERM
	until_true "$PATIENCE" gone "$1" || fail "$1 does not end"
}

# greets PORT TEXT: what is there says it to a client that connects.
greets() {
	# shellcheck disable=SC2016 # for the inner shell
	[ "$(outside timeout 30 bash -c 'exec 3<>"/dev/tcp/127.0.0.1/$0" && head -c "$1" <&3' "$1" "${#2}" \
		2>/dev/null </dev/null)" = "$2" ]
}

# twice CHECK NAME: started, it works; and again.
twice() {
	local n
	for n in once again; do
		start "$2"
		if until_true "$PATIENCE" "works_$2"; then
			pass "$1: works, started $n"
		else
			fail "$1: does not work, started $n: $(tail -n 5 "$WORK/$2.log")"
		fi
		end "$2"
	done
}

# denied NAME: how many of its binds. Its children's control groups are its own.
denied() { events ".verdict == \"denied\" and (.cgroup | startswith(\"/$NAME/$1\"))"; }
is_denied() { [ "$(denied "$1")" -gt "${2:-0}" ]; }

# learnt NAME [PROTOCOL PORT]...: all of it; the layer names the owner of these ports.
learnt() {
	local name=$1 before
	shift
	mkdir -p "$CGROUP/$name"
	start_agent --mode=audit --registry="$REG" || return
	twice "$name: audit" "$name"
	ctl learn >"$OVERLAY" 2>"$WORK/err"
	is "$name: learn: exit status" $? 0
	is "$name: learn: lint" "$("$B/hostportctl" registry lint --registry="$REG" --registry="$OVERLAY" 2>&1 | tail -n 1)" \
		"0 errors, 0 warnings, 0 notes, 0 accepted, in 2 files"
	[ "$(type -t "learnt_$name")" != function ] || "learnt_$name"
	stop_agent

	start_agent --mode=enforce --registry="$REG" || return
	start "$name"
	until_true "$PATIENCE" is_denied "$name" || fail "$name: enforce, not learned: nothing is denied"
	if "works_$name"; then fail "$name: enforce, not learned: it works"; else pass "$name: enforce, not learned"; fi
	end "$name"
	stop_agent

	start_agent --mode=enforce --registry="$REG" --registry="$OVERLAY" || return
	twice "$name: enforce" "$name"
	is "$name: enforce: none of its binds is denied" "$(denied "$name")" 0
	while [ $# -ge 2 ]; do
		is "$name: a stranger on $1 $2" "$(probe "$1" 4 127.0.0.1 "$2")" "EPERM 1"
		shift 2
	done
	start "$name"
	until_true "$PATIENCE" "works_$name" || fail "$name: does not work: $(tail -n 5 "$WORK/$name.log")"
	before=$(denied "$name")
	"stray_$name"
	if until_true "$PATIENCE" is_denied "$name" "$before"; then
		pass "$name: another port is denied"
	else
		fail "$name: another port is not denied"
	fi
	end "$name"
	stop_agent
}

# rows KIND: of the layer: protocol, ports, its owners' programs.
rows() {
	"$B/hostportctl" registry show --json --registry="$OVERLAY" |
		jq -r --arg kind "$1" '.rows[] | select(.kind == $kind) | "\(.protocol) \(.ports) \([.owners[]?.exe] | join(" "))"'
}

# ---- rpcbind, and rpcinfo: a reserved port for each question ---------------------------------

# Its socket is in /run. Both programs are in one control group: they are two owners.
start_rpc() { serve rpc unshare -m sh -c 'mount -t tmpfs tmpfs /run && exec rpcbind -f'; }

# asks PROTOCOL: rpcinfo waits for its answer until the agent has told who it is. Its second question
# is over at once: whose that was cannot always be told, but learn counts it.
asks() {
	local pid job ready=1
	pid=$(pgrep -x rpcbind | grep -xFf "$CGROUP/rpc/cgroup.procs") || return
	kill -STOP "$pid"
	inside_cgroup "$CGROUP/rpc" timeout 120 rpcinfo -T "$1" 127.0.0.1 100000 >"$WORK/rpcinfo" 2>&1 </dev/null &
	job=$!
	until_true 30 asked_or_gone "$1" "$job" && all_told
	kill -CONT "$pid"
	wait "$job" && grep -q ready "$WORK/rpcinfo" && ready=0
	return "$ready"
}
asked_or_gone() { is_gone "$2" || ip netns exec "$NAME" ss -Hanp "--$1" | grep -q '"rpcinfo"'; }
listens() { [ -n "$(ip netns exec "$NAME" ss -Hlnu "sport = :111")" ]; }
works_rpc() { listens && asks udp && asks tcp; }
stray_rpc() { inside_cgroup "$CGROUP/rpc" "$B/tests/e2e/bindprobe" udp 4 127.0.0.1 1024 >/dev/null; }

learnt_rpc() {
	local rpcinfo
	rpcinfo=$(realpath "$(command -v rpcinfo)")
	is "rpc: learn: clients" "$(rows client)" "tcp 512-1023 $rpcinfo
udp 512-1023 $rpcinfo"
	is "rpc: learn: exceptions" "$(rows exception | sort)" "tcp 111 
udp 111 "
}

# ---- keepalived: BFD sends from a dynamic port, another one at each start -------------------

start_keepalived() {
	serve keepalived keepalived --dont-fork --log-console --no-syslog --use-file "$WORK/keepalived.conf" \
		--pid "$WORK/keepalived.pid" --bfd_pid "$WORK/keepalived.bfd"
}

# Its peer is itself.
works_keepalived() { grep -q '(itself) Entering Up state' "$WORK/keepalived.log"; }
stray_keepalived() { inside_cgroup "$CGROUP/keepalived" "$B/tests/e2e/bindprobe" udp 4 127.0.0.1 4784 >/dev/null; }

learnt_keepalived() {
	has "keepalived: learn: source ports" "$(rows client)" "^udp [0-9]+-65535 .*/keepalived\$"
	is "keepalived: learn: the port that it listens on" "$(rows exception)" "udp 3784 "
}

test_keepalived() {
	cat >"$WORK/keepalived.conf" <<-'END'
		global_defs {
		  script_user root
		}
		bfd_instance itself {
		  neighbor_ip 127.0.0.1
		  source_ip 127.0.0.1
		  min_rx 100
		  min_tx 100
		}
	END
	learnt keepalived udp 50000
}

# ---- wireguard-go: one with ListenPort, and one without ------------------------------------

# device NAME PEER NUMBER [listen-port PORT]: of the peer with this number, and up.
device() {
	serve wireguard wireguard-go -f "$DEVICE$1"
	until_true 30 test -S "/run/wireguard/$DEVICE$1.sock" || return
	outside wg set "$DEVICE$1" private-key "$WORK/wg.$1" "${@:4}" peer "$(wg pubkey <"$WORK/wg.$2")" \
		allowed-ips "10.99.0.$3/32"
	ip -n "$NAME" link set "$DEVICE$1" up
}
has_port() { [ "$(outside wg show "$DEVICE$1" listen-port)" != 0 ]; }

start_wireguard() {
	device a b 1 listen-port 51820
	device b a 2
	until_true 30 has_port b || return
	outside wg set "${DEVICE}b" peer "$(wg pubkey <"$WORK/wg.a")" endpoint 127.0.0.1:51820 persistent-keepalive 1
} >>"$WORK/wireguard.log" 2>&1

works_wireguard() { outside wg show "${DEVICE}b" latest-handshakes 2>/dev/null | awk '$2 {ok = 1} END {exit !ok}'; }
stray_wireguard() { outside wg set "${DEVICE}a" listen-port 51821 >/dev/null 2>&1; }
learnt_wireguard() { is "wireguard: learn" "$(rows client; rows exception)" "udp 51820 "; }

test_wireguard() {
	if [ ! -c /dev/net/tun ]; then
		skip "wireguard-go: no /dev/net/tun"
		return
	fi
	(umask 077 && wg genkey >"$WORK/wg.a" && wg genkey >"$WORK/wg.b") || fail "no keys"
	learnt wireguard
}

# ---- sshd: ports that clients ask for ------------------------------------------------------

# forward PORT: a client asks sshd for it; what it says is in $WORK/ssh.PORT.
forward() {
	: >"$WORK/ssh.$1"
	serve sshd ssh -F none -N -i "$WORK/ssh_key" -p 2200 -E "$WORK/ssh.$1" -o StrictHostKeyChecking=no \
		-o UserKnownHostsFile=/dev/null -o IdentitiesOnly=yes -R "$1:127.0.0.1:2200" nobody@127.0.0.1
}

start_sshd() {
	serve sshd "$(command -v sshd)" -D -e -f "$WORK/sshd_config"
	until_true 30 greets_or_denied || return
	forward 2222
	forward 0
}
greets_or_denied() { greets 2200 SSH- || grep -q 'not permitted' "$WORK/sshd.log"; }

chosen_by_sshd() { sed -n 's/^Allocated port \([0-9]*\) .*/\1/p' "$WORK/ssh.0"; }
works_sshd() {
	local port
	port=$(chosen_by_sshd)
	greets 2222 SSH- && [ -n "$port" ] && greets "$port" SSH- &&
		[ "$(ip netns exec "$NAME" ss -Hltn "sport = :$port" | wc -l)" = 2 ]
}
stray_sshd() { forward 2223; }
learnt_sshd() {
	is "sshd: learn" "$(rows client; rows exception)" "tcp 2200 
tcp 2222 "
}

test_sshd() {
	if [[ $(getent shadow nobody) == nobody:!* ]]; then
		skip "sshd: the account nobody is locked"
		return
	fi
	mkdir -p /run/sshd
	ssh-keygen -q -t ed25519 -N "" -f "$WORK/ssh_key" || fail "no key"
	ssh-keygen -q -t ed25519 -N "" -f "$WORK/host_key" || fail "no host key"
	chmod 755 "$WORK"
	printf '%s\n' 'Port 2200' 'ListenAddress 127.0.0.1' "HostKey $WORK/host_key" 'PidFile none' 'UsePAM no' \
		'StrictModes no' "AuthorizedKeysFile $WORK/ssh_key.pub" 'AllowUsers nobody' >"$WORK/sshd_config"
	learnt sshd
}

# ---- Erlang: epmd, the distribution, a listener ------------------------------------------------

start_erlang() {
	serve erlang env HOME="$WORK" ERL_CRASH_DUMP_SECONDS=0 erl -noinput -sname e2e@localhost -setcookie e2e \
		-kernel inet_dist_listen_min 25672 inet_dist_listen_max 25682 -eval '
			{ok, L} = gen_tcp:listen(5672, [{ip, {127, 0, 0, 1}}, {reuseaddr, true}]),
			F = fun F() -> {ok, S} = gen_tcp:accept(L), gen_tcp:send(S, "AMQP"), gen_tcp:close(S), F() end,
			F().'
}
works_erlang() { greets 5672 AMQP && outside epmd -names 2>/dev/null | grep -q '^name e2e at port 25672'; }
stray_erlang() {
	inside_cgroup "$CGROUP/erlang" timeout 30 env HOME="$WORK" ERL_CRASH_DUMP_SECONDS=0 erl -noinput -eval '
		gen_tcp:listen(5673, []), halt().' >/dev/null 2>&1 </dev/null
}
learnt_erlang() {
	is "erlang: learn" "$(rows client; rows exception | sort -V)" "tcp 4369 
tcp 5672 
tcp 25672 "
}

# ---- haproxy: it connects from each port of a range in turn ------------------------------------

start_haproxy() { serve haproxy haproxy -db -f "$WORK/haproxy.cfg"; }

# So often that each port of the range has its turn.
works_haproxy() {
	# shellcheck disable=SC2016 # for the inner shell
	outside timeout 60 bash -c 'for _ in {1..24}; do curl -sf http://127.0.0.1:2301/ >"$0" && grep -q through "$0" || exit; done' \
		"$WORK/haproxy.page"
}
stray_haproxy() { inside_cgroup "$CGROUP/haproxy" "$B/tests/e2e/bindprobe" tcp 4 127.0.0.1 999 >/dev/null; }
learnt_haproxy() {
	has "haproxy: learn: source ports" "$(rows client)" "^tcp [0-9]+-[0-9]+ .*/haproxy\$"
	is "haproxy: learn: nothing else" "$(rows exception)" ""
}

test_haproxy() {
	cat >"$WORK/haproxy.cfg" <<-'END'
		defaults
		  mode http
		  timeout client 30s
		  timeout connect 5s
		  timeout server 30s
		frontend front
		  bind 127.0.0.1:2301
		  default_backend back
		backend back
		  http-reuse never
		  option http-server-close
		  server behind 127.0.0.1:2302 source 127.0.0.1:2310-2329
		frontend behind
		  bind 127.0.0.1:2302
		  http-request return status 200 content-type text/plain string through
	END
	learnt haproxy tcp 2315
}

# ---- unbound: a random port for each question ---------------------------------------------------

# It asks another one, which knows all names below "test".
start_unbound() {
	serve unbound unbound -d -c "$WORK/unbound.above"
	serve unbound unbound -d -c "$WORK/unbound.conf"
}

ASKED=0

# Forty questions for names that it has not heard yet, so that it has to ask.
works_unbound() {
	ASKED=$((ASKED + 40))
	# shellcheck disable=SC2016 # for the inner shell
	outside timeout 60 bash -c '
		for n in $(seq 10000 10039); do
			exec 3<>/dev/udp/127.0.0.1/5300
			printf "\0\1\1\0\0\1\0\0\0\0\0\0\05%d\4test\0\0\1\0\1" $((n + $0)) >&3
			timeout 10 head -c 44 <&3 2>/dev/null | od -An -v -tx1 | tr -d "\n" | grep -q " c0 00 02 07" || exit
		done' "$ASKED"
}
stray_unbound() { inside_cgroup "$CGROUP/unbound" "$B/tests/e2e/bindprobe" tcp 4 127.0.0.1 5302 >/dev/null; }
learnt_unbound() {
	has "unbound: learn: source ports" "$(rows client)" "^udp 1024-65535 .*/unbound\$"
	is "unbound: learn: the ports that it listens on" "$(rows exception | sort)" "tcp 5300 
tcp 5301 "
}

# conf NAME PORT LINES: of one of the two.
conf() {
	printf 'server:\n  %s\n' 'username: ""' 'chroot: ""' 'use-syslog: no' 'do-ip6: no' 'pidfile: ""' \
		"interface: 127.0.0.1@$2" 'outgoing-interface: 127.0.0.1' 'do-not-query-localhost: no' \
		'module-config: "iterator"' "$3" >"$WORK/unbound.$1"
}

test_unbound() {
	conf above 5301 $'local-zone: "test." redirect\n  local-data: "test. A 192.0.2.7"'
	conf conf 5300 $'local-zone: "test." nodefault\nforward-zone:\n  name: "."\n  forward-addr: 127.0.0.1@5301'
	learnt unbound udp 30000
}

setup
cat >"$REG" <<'END'
version: 1
name: empty-but-one
entries:
  - {ports: 1, protocol: tcp, process: nobody, team: t, since: "4.1"}
END
have rpcbind rpcbind && have rpcinfo rpcbind && learnt rpc udp 700 tcp 700
have keepalived keepalived && test_keepalived
have wireguard-go wireguard-go && have wg wireguard-tools && test_wireguard
have sshd openssh-server && test_sshd
have erl erlang-base && learnt erlang
have haproxy haproxy && have curl curl && test_haproxy
have unbound unbound && test_unbound
finish
