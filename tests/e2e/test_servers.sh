#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Real servers on the ports of the built-in registry: those that have a row run
# in enforce mode as if there were no agent, the others are audited or denied,
# each in the class that its port is in.
#
# Every server has a cgroup of its own below the test's, runs in the foreground
# and in the test's netns, and is ended by the pids of that cgroup.
# shellcheck source-path=SCRIPTDIR
# shellcheck disable=SC2317 # functions are called by until_true
. "$(dirname "$0")/lib.sh"

PATIENCE=120 # seconds that a server has to start, or to end
REFUSED='[Oo]peration not permitted'
declare -A JOBS
TAIL_JOB=

# have PROGRAM PACKAGE: a subject is there; or name what is not tested.
have() {
	command -v "$1" >/dev/null && return 0
	skip "$1 is not installed (package $2)"
	return 1
}

# agent OPTIONS...: a new agent in place of the one before, whose events are gone.
agent() {
	[ -z "$AGENT_PID" ] || stop_agent
	start_agent "$@"
}

# tail_text: what `hostportctl tail` prints of this agent, from its start, goes to $WORK/tail.
tail_text() {
	"$B/hostportctl" --socket="$SOCK" tail --replay=1000 >"$WORK/tail" 2>"$WORK/tail.err" </dev/null &
	TAIL_JOB=$!
}

# end_tail: the tail ends with its agent. All is in $WORK/tail then.
end_tail() {
	stop_agent
	wait "$TAIL_JOB"
}

# ---- servers -------------------------------------------------------------------------------

pids_of() { cat "$CGROUP/$1/cgroup.procs" 2>/dev/null; }
gone() { [ -z "$(pids_of "$1")" ]; }
ended() { ! kill -0 "${JOBS[$1]}" 2>/dev/null; }

# serve NAME COMMAND...: start a server. NAME is that of its cgroup and its log.
serve() {
	local name=$1
	shift
	mkdir -p "$CGROUP/$name"
	inside_cgroup "$CGROUP/$name" "$@" >"$WORK/$name.log" 2>&1 </dev/null &
	JOBS[$name]=$!
}

# signal NAME SIGNAL: to every process of a server.
signal() {
	local pid
	while read -r pid; do kill "-$2" "$pid" 2>/dev/null; done < <(pids_of "$1")
}

# end NAME: end a server, and wait until nothing of it is left.
end() {
	signal "$1" TERM
	until_true "$PATIENCE" gone "$1" || signal "$1" KILL
	wait "${JOBS[$1]}" 2>/dev/null
	unset "JOBS[$1]"
}

# answers CHECK NAME PATTERN COMMAND...: the server is up, and answers to the command.
answers() {
	local check=$1 name=$2 pattern=$3
	shift 3
	ANSWER=
	until_true "$PATIENCE" answer_or_end "$name" "$@"
	if grep -qE -- "$pattern" <<<"$ANSWER"; then
		pass "$check"
	else
		fail "$check: got '${ANSWER:0:200}', want '$pattern'; its log: $(tail -n 3 "$WORK/$name.log")"
	fi
}

answer_or_end() {
	local name=$1
	shift
	ANSWER=$(inside "$@" 2>/dev/null </dev/null) || ended "$name"
}

# fetches CHECK NAME PATTERN URL: the same by HTTP. (bookworm's busybox crashes on wget -T.)
fetches() { answers "$1" "$2" "$3" timeout 30 busybox wget -O - "$4"; }

# gives_up CHECK NAME COMMAND...: a server that does not get its port ends, with a
# status that is not 0, and its log says why.
gives_up() {
	local check=$1 name=$2 status=0
	shift 2
	serve "$name" "$@"
	if until_true "$PATIENCE" ended "$name"; then
		wait "${JOBS[$name]}"
		status=$?
		unset "JOBS[$name]"
	else
		end "$name"
	fi
	is "$check: it ends, and not with 0" "$((status > 0))" 1
	has "$check: its log says why" "$(<"$WORK/$name.log")" "$REFUSED"
}

# seen PORT: what the events say of a port, a line each.
seen() {
	all_told
	jq -r --argjson port "$1" 'select(.port == $port) |
		"\(.verdict) \(.class) \(.how) \(.protocol) \(.address) \(.comm) x\(.count)"' \
		"$WORK/events"
}

# quiet CHECK: the agent had nothing to say.
quiet() { is "$1: no event" "$(events true)" 0; }

# ---- node exporter -------------------------------------------------------------------------

test_node_exporter() {
	have prometheus-node-exporter prometheus-node-exporter || return
	agent --mode=enforce || return
	tail_text
	serve node-exporter prometheus-node-exporter --web.listen-address=127.0.0.1:9100
	fetches "node exporter on 9100 in enforce answers" node-exporter \
		'^node_exporter_build_info' http://127.0.0.1:9100/metrics
	quiet "node exporter on 9100 in enforce"
	end node-exporter
	gives_up "node exporter on an unregistered port in enforce" node-exporter \
		prometheus-node-exporter --web.listen-address=127.0.0.1:9130
	is "node exporter on an unregistered port in enforce: event" "$(seen 9130)" \
		"denied unregistered bind tcp 127.0.0.1 prometheus-node x1"
	end_tail
	has "node exporter on an unregistered port: tail" "$(<"$WORK/tail")" \
		'^[0-9:.]+Z DENIED +tcp +127\.0\.0\.1:9130 +unregistered +prometheus-node\[[0-9]+\] '
	has_not "node exporter on 9100: tail" "$(<"$WORK/tail")" ':9100 '
}

# ---- nginx ---------------------------------------------------------------------------------

NGINX=(nginx -e stderr -c "$WORK/nginx.conf")

write_nginx_conf() {
	local module
	{
		echo "daemon off; error_log stderr; pid $WORK/nginx.pid; worker_processes 1;"
		echo "events {} http { access_log off;"
		for module in client_body proxy fastcgi uwsgi scgi; do
			echo "${module}_temp_path $WORK/nginx-$module;"
		done
		echo 'server { listen 8080; location / { return 200 "here is nginx"; } } }'
	} >"$WORK/nginx.conf"
}

test_nginx_audit() {
	agent --mode=audit || return
	tail_text
	serve nginx "${NGINX[@]}"
	fetches "nginx on 8080 in audit serves" nginx 'here is nginx' http://127.0.0.1:8080/
	is "nginx on 8080 in audit is one event" "$(seen 8080)" \
		"audited unregistered bind tcp 0.0.0.0 nginx x1"
	is "nginx on 8080 in audit: no other event" "$(events true)" 1
	is "nginx on 8080 in audit: its program" "$(jq -r .exe "$WORK/events")" /usr/sbin/nginx
	is "nginx on 8080 in audit: its cgroup" "$(jq -r .cgroup "$WORK/events")" "/$NAME/nginx"
	has "nginx on 8080 in audit: its pid" "$(pids_of nginx)" "^$(jq -r .pid "$WORK/events")\$"
	end nginx
	end_tail
	has "nginx on 8080 in audit: tail" "$(<"$WORK/tail")" \
		'^[0-9:.]+Z AUDITED +tcp +0\.0\.0\.0:8080 +unregistered +nginx\[[0-9]+\] .*\(no entry\)$'
	is "nginx on 8080 in audit: one line of tail" "$(wc -l <"$WORK/tail")" 1
}

# The purpose of the project: a node works on, and only unregistered ports are denied.
test_nginx_enforce() {
	local before
	agent --mode=enforce || return
	tail_text
	serve node-exporter prometheus-node-exporter --web.listen-address=127.0.0.1:9100
	fetches "node exporter runs in enforce" node-exporter \
		'^node_exporter_build_info' http://127.0.0.1:9100/metrics
	before=$(pids_of node-exporter)
	gives_up "nginx beside it on 8080 in enforce" nginx "${NGINX[@]}"
	is "nginx on 8080 in enforce is one event" "$(seen 8080)" \
		"denied unregistered bind tcp 0.0.0.0 nginx x1"
	is "node exporter runs on" "$(pids_of node-exporter)" "$before"
	fetches "node exporter still answers" node-exporter \
		'^node_exporter_build_info' http://127.0.0.1:9100/metrics
	is "node exporter makes no event beside nginx" "$(events '.comm != "nginx"')" 0
	accounted "node exporter and nginx"
	end node-exporter
	end_tail
	has "nginx on 8080 in enforce: tail" "$(<"$WORK/tail")" \
		'^[0-9:.]+Z DENIED +tcp +0\.0\.0\.0:8080 +unregistered +nginx\[[0-9]+\] .*\(no entry\)$'
	is "nginx on 8080 in enforce: one line of tail" "$(wc -l <"$WORK/tail")" 1
}

# The way out that the project offers: a site registers the port.
test_nginx_registered() {
	cat >"$WORK/site.yaml" <<-'EOT'
		version: 1
		name: site
		source: test
		entries:
		  - {ports: 8080, protocol: tcp, scope: external, process: nginx}
	EOT
	agent --mode=enforce --registry=builtin:openshift --registry="$WORK/site.yaml" || return
	serve nginx "${NGINX[@]}"
	fetches "nginx on 8080 in enforce, registered by the site, serves" nginx \
		'here is nginx' http://127.0.0.1:8080/
	quiet "nginx on 8080 in enforce, registered by the site"
	end nginx
}

test_nginx() {
	have nginx nginx-light || return
	write_nginx_conf
	test_nginx_audit
	! have prometheus-node-exporter prometheus-node-exporter || test_nginx_enforce
	test_nginx_registered
}

# ---- mariadb: a retired row ----------------------------------------------------------------

MARIADB=(mariadbd --no-defaults --user=mysql --datadir="$WORK/db" --socket="$WORK/db/s.sock"
	--pid-file="$WORK/db/pid" --bind-address=127.0.0.1 --port=3306)

# mariadb_serves CHECK EVENTS
mariadb_serves() {
	serve mariadbd "${MARIADB[@]}"
	answers "$1 serves" mariadbd '^42$' mariadb --no-defaults --protocol=tcp --host=127.0.0.1 \
		--port=3306 --user=root --batch --skip-column-names --execute='SELECT 6 * 7'
	is "$1: events" "$(seen 3306)" "$2"
	end mariadbd
}

# mariadb_refused CHECK CLASS OPTIONS...: in enforce
mariadb_refused() {
	local check=$1 class=$2
	shift 2
	agent --mode=enforce "$@" || return
	gives_up "$check" mariadbd "${MARIADB[@]}"
	is "$check: event" "$(seen 3306)" "denied $class bind tcp 127.0.0.1 mariadbd x1"
}

test_mariadb() {
	have mariadbd mariadb-server || return
	# --force: also where the host has no name that can be looked up
	if ! inside mariadb-install-db --no-defaults --user=mysql --datadir="$WORK/db" --force \
		--skip-test-db --auth-root-authentication-method=normal \
		>"$WORK/mariadb-install.log" 2>&1; then
		fail "mariadb-install-db: $(<"$WORK/mariadb-install.log")"
		return
	fi
	agent --mode=audit && mariadb_serves "mariadb on 3306 in audit" \
		"audited retired bind tcp 127.0.0.1 mariadbd x1"
	mariadb_refused "mariadb on 3306 in enforce" retired
	agent --mode=enforce --cluster-version=4.10 --role=control-plane &&
		mariadb_serves "mariadb on 3306 in enforce, control plane of 4.10" ""
	mariadb_refused "mariadb on 3306 in enforce, control plane of 4.11" retired \
		--cluster-version=4.11 --role=control-plane
	mariadb_refused "mariadb on 3306 in enforce, worker of 4.10" inactive \
		--cluster-version=4.10 --role=worker
}

# ---- etcd: rows of the control plane -------------------------------------------------------

ETCD=(etcd --data-dir="$WORK/etcd"
	--listen-client-urls=http://127.0.0.1:2379 --advertise-client-urls=http://127.0.0.1:2379
	--listen-peer-urls=http://127.0.0.1:2380 --initial-advertise-peer-urls=http://127.0.0.1:2380
	--initial-cluster=default=http://127.0.0.1:2380)

# etcd_serves CHECK: with data of its own
etcd_serves() {
	rm -rf "$WORK/etcd"
	serve etcd "${ETCD[@]}"
	fetches "$1 is healthy" etcd '"health": *"?true' http://127.0.0.1:2379/health
	end etcd
}

test_etcd() {
	local port
	have etcd etcd-server || return
	if agent --mode=enforce --role=control-plane; then
		etcd_serves "etcd on 2379 and 2380 in enforce, control plane"
		quiet "etcd on 2379 and 2380 in enforce, control plane"
	fi
	if agent --mode=enforce --role=worker; then
		gives_up "etcd in enforce, worker" etcd "${ETCD[@]}"
		is "etcd on 2380 in enforce, worker: event" "$(seen 2380)" \
			"denied inactive bind tcp 127.0.0.1 etcd x1"
		is "2379 in enforce, worker" "$(probe tcp 4 127.0.0.1 2379)" "EPERM 1"
	fi
	if agent --mode=audit --role=worker; then
		etcd_serves "etcd in audit, worker"
		for port in 2379 2380; do
			is "etcd on $port in audit, worker: event" "$(seen "$port")" \
				"audited inactive bind tcp 127.0.0.1 etcd x1"
		done
	fi
}

# ---- a localhost-only port -----------------------------------------------------------------

test_scope() {
	have busybox busybox || return
	mkdir -p "$WORK/www"
	echo healthy >"$WORK/www/healthz"
	if agent --mode=enforce; then
		serve httpd busybox httpd -f -h "$WORK/www" -p 127.0.0.1:10248
		fetches "httpd on 127.0.0.1:10248 in enforce serves" httpd healthy \
			http://127.0.0.1:10248/healthz
		quiet "httpd on 127.0.0.1:10248 in enforce"
		end httpd
		gives_up "httpd on 0.0.0.0:10248 in enforce" httpd \
			busybox httpd -f -h "$WORK/www" -p 0.0.0.0:10248
		is "httpd on 0.0.0.0:10248 in enforce: event" "$(seen 10248)" \
			"denied scope bind tcp 0.0.0.0 busybox x1"
	fi
	if agent --mode=audit; then
		serve httpd busybox httpd -f -h "$WORK/www" -p 0.0.0.0:10248
		fetches "httpd on 0.0.0.0:10248 in audit serves" httpd healthy \
			http://127.0.0.1:10248/healthz
		is "httpd on 0.0.0.0:10248 in audit: event" "$(seen 10248)" \
			"audited scope bind tcp 0.0.0.0 busybox x1"
		end httpd
	fi
}

# ---- haproxy: rows of one platform ---------------------------------------------------------

HAPROXY=(haproxy -W -db -f "$WORK/haproxy.cfg")

write_haproxy_cfg() {
	local port
	{
		echo "defaults"
		printf '\tmode http\n\ttimeout client 5s\n\ttimeout server 5s\n\ttimeout connect 5s\n'
		for port in 80 443 1936; do
			printf 'frontend f%s\n\tbind 0.0.0.0:%s\n' "$port" "$port"
			printf '\thttp-request return content-type text/plain string "haproxy %s"\n' "$port"
		done
	} >"$WORK/haproxy.cfg"
}

# haproxy_serves CHECK
haproxy_serves() {
	local port
	serve haproxy "${HAPROXY[@]}"
	for port in 80 443 1936; do
		fetches "$1 serves on $port" haproxy "haproxy $port" "http://127.0.0.1:$port/"
	done
	end haproxy
}

# haproxy_quiet CHECK: no event of its frontends. Newer ones also try out UDP at their start.
haproxy_quiet() {
	is "$1: no event" "$(events '.port == 80 or .port == 443 or .port == 1936')" 0
}

# haproxy_seen CHECK VERDICT
haproxy_seen() {
	local port
	for port in 80 443 1936; do
		is "$1: event of $port" "$(seen "$port")" "$2 inactive bind tcp 0.0.0.0 haproxy x1"
	done
}

test_haproxy() {
	have haproxy haproxy || return
	write_haproxy_cfg
	if agent --mode=enforce; then
		haproxy_serves "haproxy in enforce"
		haproxy_quiet "haproxy in enforce"
	fi
	if agent --mode=enforce --platform=baremetal; then
		haproxy_serves "haproxy in enforce, bare metal"
		haproxy_quiet "haproxy in enforce, bare metal"
	fi
	if agent --mode=enforce --platform=aws; then
		gives_up "haproxy in enforce, AWS" haproxy "${HAPROXY[@]}"
		haproxy_seen "haproxy in enforce, AWS" denied
	fi
	if agent --mode=audit --platform=aws; then
		haproxy_serves "haproxy in audit, AWS"
		haproxy_seen "haproxy in audit, AWS" audited
	fi
}

# ---- VXLAN: the kernel itself binds --------------------------------------------------------

# vxlan PORT: a device that is up, that is: whose socket is bound.
vxlan() {
	inside ip link add vx0 type vxlan id 1 dstport "$1" dev lo local 127.0.0.1 &&
		inside ip link set vx0 up
}

vxlan_bound() { inside ss -Hlun "sport = :$1" | grep -c .; }

# vxlan_up CHECK PORT
vxlan_up() {
	is "$1 comes up" "$(vxlan "$2" 2>&1 && echo up)" up
	is "$1: its port is taken" "$(vxlan_bound "$2")" 1
	ip -n "$NAME" link del vx0 2>/dev/null
}

test_vxlan() {
	if ! inside ip link add vx0 type vxlan id 1 dstport 4789 2>/dev/null; then
		skip "VXLAN: this kernel has no such device"
		return
	fi
	inside ip link del vx0
	if agent --mode=enforce; then
		vxlan_up "VXLAN on 4789 in enforce" 4789
		quiet "VXLAN on 4789 in enforce"
		vxlan_up "VXLAN on an unregistered port in enforce" 8472
		has "VXLAN on an unregistered port in enforce: event" "$(seen 8472)" \
			'^audited unregistered kernel udp 0\.0\.0\.0 '
	fi
	if agent --mode=enforce --deny-kernel; then
		vxlan_up "VXLAN on 4789, --deny-kernel" 4789
		quiet "VXLAN on 4789, --deny-kernel"
		has "VXLAN on an unregistered port, --deny-kernel" "$(vxlan 8472 2>&1)" "$REFUSED"
		has "VXLAN on an unregistered port, --deny-kernel: event" "$(seen 8472)" \
			'^denied unregistered kernel udp 0\.0\.0\.0 '
		ip -n "$NAME" link del vx0 2>/dev/null
	fi
}

umask 022 # mariadbd runs as mysql and its data is below $WORK
setup
test_node_exporter
test_nginx
test_mariadb
test_etcd
test_scope
test_haproxy
test_vxlan
[ -z "$AGENT_PID" ] || stop_agent
finish
