#!/bin/bash
# SPDX-License-Identifier: MIT
#
# --metrics: what HTTP clients get, that it says what status says, and that no client can hold up the
# agent. The agent runs inside the network namespace and the control group that it checks, as on a
# node: so its own port is checked, too.
# shellcheck source=lib.sh source-path=SCRIPTDIR disable=SC1091
. "$(dirname "$0")/lib.sh"
setup

REG=$WORK/reg.yaml
AT=127.0.0.1:9937
# shellcheck disable=SC2016 # for the inner shell
AGENT_BY=(bash -c 'echo "$$" >"$0/cgroup.procs" && exec nsenter --net="$1" -- "${@:2}"' "$CGROUP" "$NETNS")

cat >"$REG" <<'END'
version: 1
name: test
entries:
  - {ports: 9937, protocol: tcp, process: hostportd, team: hostportd}
  - {ports: 9090, protocol: tcp, process: prometheus, team: monitoring}
  - {ports: 20000, protocol: tcp, process: fine, team: fine}
  - {ports: 20001, protocol: tcp, scope: localhost, process: local, team: "st\"or\\age"}
exceptions:
  - {ports: 20002, protocol: tcp, class: unregistered, until: 9999-12-31, reason: a test}
END

# fetch PATH ARGS...: by curl, in the agent's namespace.
fetch() { outside curl -gsS -m 120 "${@:2}" "http://$AT$1"; }
# code PATH ARGS...: the status alone; 000: there is no answer.
code() { fetch "$1" -o /dev/null -w '%{http_code}' "${@:2}" 2>/dev/null; }
# header NAME PATH ARGS...
header() { fetch "$2" -o /dev/null -D - "${@:3}" 2>&1 | tr -d '\r' | sed -n "s/^$1: //Ip"; }

# sum_of NAME [LABEL]: the samples of a metric, those that have a label's text, added; nothing: there is none.
sum_of() {
	fetch /metrics | METRIC=$1 LABEL=${2:-} awk '
		{ name = $1; sub(/\{.*/, "", name) }
		name == ENVIRON["METRIC"] && (ENVIRON["LABEL"] == "" || index($0, ENVIRON["LABEL"])) { sum += $NF; any = 1 }
		END { if (any) print sum }'
}
# A view is a second old at most, so what is asked twice comes.
# shellcheck disable=SC2317 # called by until_true
sum_is() { [ "$(sum_of "$1" "$2")" = "$3" ]; }
# adds_up NAME METRIC LABEL WANT
adds_up() {
	until_true 5 sum_is "$2" "$3" "$4"
	is "$1" "$(sum_of "$2" "$3")" "$4"
}

test_answers() {
	local text
	start_agent --registry="$REG" --metrics="$AT" || return
	is "/healthz" "$(code /healthz) $(fetch /healthz)" "200 ok"
	is "/readyz" "$(code /readyz) $(fetch /readyz)" "200 effective"
	is "/metrics" "$(code /metrics)" 200
	is "an unknown path" "$(code /) $(code /metrics/) $(code /metricsx)" "404 404 404"
	is "a query is no part of the path" "$(code '/metrics?name=x')" 200
	is "its type" "$(header Content-Type /metrics)" "application/openmetrics-text; version=1.0.0; charset=utf-8"
	is "its end" "$(fetch /metrics | tail -n 1)" "# EOF"
	is "the older form" "$(header Content-Type /metrics -H 'Accept: text/plain')" \
		"text/plain; version=0.0.4; charset=utf-8"
	has_not "the older form has no end" "$(fetch /metrics -H 'Accept: text/plain')" "# EOF"
	is "HEAD" "$(code /metrics -I)" 200
	is "HEAD says how long it is" "$(($(header Content-Length /metrics -I) > 1000))" 1
	is "HEAD has no body" "$(fetch /metrics -I -o "$WORK/head" -w '%{size_download}')" 0
	is "POST" "$(code /metrics -X POST -d x) $(header Allow /metrics -X POST -d x)" "405 GET, HEAD"
	is "PUT, DELETE" "$(code /metrics -X PUT) $(code /metrics -X DELETE)" "405 405"
	# 000: the connection was reset, because not all was read
	has "a path that is too long" "$(code "/$(printf 'x%.0s' {1..9000})")" '^(000|414)$'
	has "a header that is too long" "$(code /metrics -H "X: $(printf 'x%.0s' {1..9000})")" '^(000|413|431)$'
	is "and the next one is answered" "$(code /metrics)" 200
	is "the connection is for one request" "$(header Connection /metrics)" close
	text=$(fetch /metrics)
	is "no series twice" "$(awk '!/^#/ { sub(/ [^ ]*$/, ""); print }' <<<"$text" | sort | uniq -d)" ""
	is "each family has a type" "$(grep -c '^# HELP' <<<"$text")" "$(grep -c '^# TYPE' <<<"$text")"
	has "it says what it is" "$text" "^hostportd_build_info\{version=\"$("$B/hostportd" --version | awk '{print $NF}')\"\} 1\$"
	stop_agent
}

# The sums are those of status, by class and by protocol.
test_numbers() {
	local class
	start_agent --registry="$REG" --metrics="$AT" --sweep=1 || return
	adds_up "nothing yet" hostportd_violations_total "" ""
	is "binds" "$(probe tcp 4 127.0.0.1 23000 7 | cut -d ' ' -f 1)" ok
	is "binds" "$(probe udp 4 127.0.0.1 23000 3 | cut -d ' ' -f 1)" ok
	is "binds" "$(probe tcp 4 0.0.0.0 20001 2 | cut -d ' ' -f 1)" ok
	is "binds" "$(probe tcp 4 127.0.0.1 20002 | cut -d ' ' -f 1)" ok
	is "binds" "$(probe tcp 4 127.0.0.1 20000 | cut -d ' ' -f 1)" ok
	adds_up "violations" hostportd_violations_total "" 13
	is "as status says" "$(status .counters.violations)" 13
	for class in unregistered scope; do
		is "$class" "$(sum_of hostportd_violations_total "class=\"$class\"")" \
			"$(status ".counters.classes.$class | .audited + .denied + .excepted")"
	done
	is "excepted" "$(sum_of hostportd_violations_total 'verdict="excepted"')" 1
	is "udp" "$(sum_of hostportd_violations_total 'protocol="udp"')" 3
	is "tcp" "$(sum_of hostportd_violations_total 'protocol="tcp"')" 10
	is "only what is not zero" "$(fetch /metrics | grep -c '^hostportd_violations_total')" 4
	adds_up "lines and what is folded" hostportd_lines_total "" "$(status .counters.delivered)"
	adds_up "folded" hostportd_folded_total "" "$(status .counters.folded)"
	is "lost" "$(sum_of hostportd_lost_total)" "$(status '[.counters.lost_by[]] | add')"
	is "of a team" "$(sum_of hostportd_violations_by_team_total 'team="st\"or\\age"')" 2
	is "of all teams" "$(sum_of hostportd_violations_by_team_total)" 13
	is "rows" "$(sum_of hostportd_registry_rows)" "$(status '[.registry.layers[].rows] | add')"
	is "generation" "$(sum_of hostportd_registry_generation)" "$(status .registry.generation)"
	is "exceptions" "$(sum_of hostportd_exceptions 'state="active"')" 1
	is "mode, effective" "$(sum_of hostportd_mode) $(sum_of hostportd_effective)" "0 1"
	# listeners: the agent's own port, and one that violates
	keep web inside bindprobe tcp 4 127.0.0.1 23001 hold
	adds_up "listeners: audited" hostportd_listeners 'verdict="audited"' 1
	adds_up "listeners: allowed" hostportd_listeners 'verdict="allowed"' 1
	let_go web
	# a registry that is broken: the agent's own, that is refused, stays
	printf 'version: 1\nname: test\nentries: [{]\n' >"$REG.new" && cp "$REG" "$REG.good" && mv "$REG.new" "$REG"
	adds_up "a registry that is refused" hostportd_reloads_total 'result="failed"' 1
	adds_up "what holds is stale" hostportd_registry_layer_info 'state="stale"' 1
	mv "$REG.good" "$REG"
	adds_up "it is current again" hostportd_registry_layer_info 'state="current"' 1
	is "a switch" "$(ctl mode enforce --yes >/dev/null && echo ok)" ok
	adds_up "enforce" hostportd_mode "" 1
	is "denied" "$(probe tcp 4 127.0.0.1 23000)" "EPERM 1"
	adds_up "denied" hostportd_violations_total 'verdict="denied"' 1
	is "its own port was no violation" "$(events '.port == 9937')" 0
	is "a switch back" "$(ctl mode audit >/dev/null && echo ok)" ok
	stop_agent
}

# asks_prometheus EXPRESSION: the value of its only series.
asks_prometheus() {
	outside curl -sS -m 120 -G --data-urlencode "query=$1" http://127.0.0.1:9090/api/v1/query 2>/dev/null |
		jq -r '.data.result | if length == 1 then .[0].value[1] else "\(length) series" end' 2>/dev/null
}
# shellcheck disable=SC2317 # called by until_true
prometheus_says() { [ "$(asks_prometheus "$1")" = "$2" ]; }
# scraped NAME EXPRESSION WANT
scraped() {
	until_true 30 prometheus_says "$2" "$3"
	is "$1" "$(asks_prometheus "$2")" "$3"
}

# A real Prometheus, which takes OpenMetrics, and promtool, which reads the older form.
test_prometheus() {
	if ! command -v prometheus >/dev/null; then
		skip "prometheus is not installed (package prometheus)"
		return
	fi
	start_agent --registry="$REG" --metrics="$AT" || return
	probe tcp 4 127.0.0.1 23000 7 >/dev/null
	probe tcp 4 0.0.0.0 20001 2 >/dev/null
	adds_up "violations" hostportd_violations_total "" 9
	fetch /metrics -H 'Accept: text/plain' | promtool check metrics >"$WORK/promtool" 2>&1
	is "promtool" "$? $(cat "$WORK/promtool")" "0 "
	cat >"$WORK/prometheus.yml" <<-END
		global: {scrape_interval: 1s}
		scrape_configs:
		  - {job_name: hostportd, static_configs: [{targets: ["$AT"]}]}
	END
	# shellcheck disable=SC2016 # for the inner shell
	keep prometheus inside bash -c 'echo ok; exec prometheus --config.file="$0/prometheus.yml" \
		--storage.tsdb.path="$0/prometheus" --web.listen-address=127.0.0.1:9090' "$WORK"
	scraped "a scrape" up 1
	scraped "a gauge" hostportd_effective 1
	scraped "a counter" 'sum(hostportd_violations_total)' 9
	scraped "by class" 'hostportd_violations_total{class="scope",verdict="audited",protocol="tcp"}' 2
	scraped "a label that is escaped" 'hostportd_violations_by_team_total{team="st\"or\\age"}' 2
	scraped "an info" 'hostportd_registry_layer_info{layer="test",state="current"}' 1
	scraped "samples" scrape_samples_scraped "$(fetch /metrics | grep -vc '^#')"
	is "types" "$(outside curl -sS -G --data-urlencode 'metric=hostportd_violations' \
		http://127.0.0.1:9090/api/v1/targets/metadata | jq -r '.data[0].type')" counter
	is "Prometheus makes no violation" "$(events '.port == 9090')" 0
	let_go prometheus
	stop_agent
}

# starts_not NAME OPTIONS...: it ends with status 3, and says so in $WORK/log.
starts_not() {
	local name=$1
	shift
	timeout 120 "${AGENT_BY[@]}" "$B/hostportd" --cgroup="$CGROUP" --netns="$NETNS" --socket="$SOCK" --log=json "$@" \
		>"$WORK/events" 2>"$WORK/log" </dev/null
	is "$name: exit status" $? 3
	until_true 10 none_attached
	is "$name: nothing is attached" "$(attached)" 0
}

# The port is one like any other.
test_own_port() {
	local bare=$WORK/bare.yaml
	grep -v 9937 "$REG" >"$bare"
	starts_not "unregistered, enforce" --mode=enforce --registry="$bare" --metrics="$AT"
	has "unregistered, enforce: says why" "$(cat "$WORK/log")" \
		"--metrics=$AT: Operation not permitted: if the registry has no row for it"
	start_agent --registry="$bare" --metrics="$AT" || return
	is "unregistered, audit: it is reported" "$(events '.port == 9937 and .comm == "hostportd"')" 1
	is "unregistered, audit: it is answered" "$(code /healthz)" 200
	stop_agent
	start_agent --mode=enforce --registry="$REG" --metrics="[::]:9937" || return
	is "registered, enforce: IPv4 and IPv6" "$(code /healthz) $(AT='[::1]:9937' code /healthz)" "200 200"
	is "no violation" "$(status .counters.violations)" 0
	stop_agent
	keep taken outside bindprobe tcp 4 127.0.0.1 20000 hold
	starts_not "in use" --registry="$REG" --metrics=127.0.0.1:20000
	has "in use: says why" "$(cat "$WORK/log")" "--metrics=127.0.0.1:20000: another program has the port"
	let_go taken
	starts_not "no address of this host" --registry="$REG" --metrics=192.0.2.1:9937
	has "no address of this host: says why" "$(cat "$WORK/log")" "--metrics=192.0.2.1:9937: Cannot assign"
	start_agent --registry="$REG" || return
	is "off" "$(code /healthz)" 000
	stop_agent
}

# clients NAME N TEXT: N connections that send a text and then nothing, and read nothing.
clients() {
	# shellcheck disable=SC2016 # for the inner shell
	keep "$1" outside bash -c 'for ((i = 0; i < $1; i++)); do
		exec {fd}<>"/dev/tcp/127.0.0.1/9937" || exit; printf "$2" >&"$fd"; done; echo ok; read -r' bash "$2" "$3"
}

# established: connections that the agent has, or that wait for it.
established() { outside ss -Htn state established "( sport = :9937 )" | wc -l; }
# shellcheck disable=SC2317 # called by until_true
none_established() { [ "$(established)" = 0 ]; }

# Half a request, one that nobody reads, nothing at all, and more clients than are served at once.
test_slow_clients() {
	local before
	start_agent --mode=enforce --registry="$REG" --metrics="$AT" || return
	before=$(sum_of process_open_fds)
	clients half 1 'GET /metrics HTTP/1.1\r\nHost: x\r\n'
	clients unread 1 'GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n'
	clients silent 1 ''
	is "slow clients: others are answered" "$(code /metrics)" 200
	is "slow clients: the agent answers" "$(status .effective)" true
	does_not_spin "slow clients" 23000
	until_true 60 none_established
	is "slow clients: are cut off" "$(established)" 0
	let_go half unread silent
	clients crowd 100 'GET /metrics HTTP/1.1\r\n'
	is "a hundred: the agent answers" "$(status .effective)" true
	does_not_spin "a hundred" 23000
	is "a hundred: one more is answered in the end" "$(code /metrics)" 200
	let_go crowd
	is "a hundred, one after the other" "$(for _ in {1..100}; do code /healthz; done | grep -o 200 | wc -l)" 100
	until_true 60 none_established
	is "none is left" "$(established)" 0
	is "descriptors, $before before" "$(($(sum_of process_open_fds) < before + 10))" 1
	stop_agent
}

# The next agent has the port at once, whoever is still connected to the one before.
test_restart() {
	local lines
	start_agent --registry="$REG" --metrics="$AT" || return
	probe tcp 4 127.0.0.1 23000 >/dev/null
	adds_up "a line" hostportd_lines_total "" 1
	clients held 5 'GET /metrics HTTP/1.1\r\n'
	stop_agent
	start_agent --registry="$REG" --metrics="$AT" || return
	is "stopped and started: answers" "$(code /metrics)" 200
	probe tcp 4 127.0.0.1 23000 >/dev/null
	adds_up "a line" hostportd_lines_total "" 1
	lines=$(sum_of hostportd_lines_total)
	kill_agent
	start_agent --registry="$REG" --metrics="$AT" || return
	is "killed and started: answers" "$(code /metrics)" 200
	is "killed and started: counters go on" "$(($(sum_of hostportd_lines_total) >= lines))" 1
	let_go held
	stop_agent
}

test_answers
test_numbers
test_prometheus
test_own_port
test_slow_clients
test_restart
finish
