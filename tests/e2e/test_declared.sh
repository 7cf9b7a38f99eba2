#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Ports that pods declare: a hostPort, which no bind() takes, is checked all the same; and of a socket
# it is said whether its pod declares the port, whether a hostPort takes its traffic, and whether any
# source knows the pod.
# shellcheck source=lib.sh source-path=SCRIPTDIR disable=SC1091
. "$(dirname "$0")/lib.sh"

REG=$WORK/reg.yaml
LIST=$WORK/pods.json
UID1=1f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0
UNKNOWN=4f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0
ID=c0ffee0000000000000000000000000000000000000000000000000000c0ffee

# pod NAME UID HOST_NETWORK PORTS: one of a PodList; the last two are JSON.
pod() {
	jq -nc --arg name "$1" --arg uid "$2" --argjson host "$3" --argjson ports "$4" '{
		metadata: {name: $name, namespace: "ns", uid: $uid},
		spec: {hostNetwork: $host, containers: [{name: "c", ports: $ports}]}}'
}

# list POD...: write the PodList, in one step.
list() {
	printf '%s\n' "$@" | jq -s '{kind: "PodList", apiVersion: "v1", items: .}' >"$LIST.new" && mv "$LIST.new" "$LIST"
}

# From the control group of a pod's container.
# shellcheck disable=SC2317 # called by keep
in_host() { inside_cgroup "$CGROUP/kubepods/burstable/pod$UID1/$ID" "$@"; }
# shellcheck disable=SC2317 # called by keep
in_unknown() { inside_cgroup "$CGROUP/kubepods/burstable/pod$UNKNOWN/$ID" "$@"; }

# declared: the lines of hostPorts so far.
declared() {
	all_told
	jq -r 'select(.how == "declared") | "\(.verdict) \(.class) \(.protocol) \(.address // "*") \(.port) \(
		.workload | "\(.kind) \(.namespace)/\(.pod)/\(.container)") \(.pid) \(.cgroup) \(.count)"' "$WORK/events" | sort
}
# shellcheck disable=SC2317 # called by until_true
told() { [ "$(declared | grep -c .)" = "$1" ]; }

# listed PORT: a line for each listener of it.
listed() {
	jq -r ".listeners[] | select(.port == $1)"' | "\(.held_by) \(.verdict) \(.declared) \(.declared_by.pod) \(.shadowed) \(.orphan)"' \
		"$WORK/listeners"
}

setup
cat >"$REG" <<'END_REG'
version: 1
name: declared
entries:
  - {ports: 20000, protocol: tcp, process: known}
END_REG
WEB=$(pod web u1 false '[{"containerPort": 80, "hostPort": 21100}, {"containerPort": 81, "hostPort": 20000}, {"containerPort": 82}]')
HOST=$(pod host $UID1 true '[{"containerPort": 21000}]')
list "$WEB" "$HOST"
mkdir -p "$CGROUP/kubepods/burstable/pod$UID1/$ID" "$CGROUP/kubepods/burstable/pod$UNKNOWN/$ID" \
	"$CGROUP/system.slice/agent.service"
keep own in_host bindprobe tcp 4 127.0.0.1 21000 hold
keep more in_host bindprobe tcp 4 127.0.0.1 21001 hold
keep lost in_unknown bindprobe tcp 4 127.0.0.1 21002 hold
keep shadow inside bindprobe tcp 4 0.0.0.0 21100 hold

# The agent's node is the test's control group: so the kubelet's names begin there.
# shellcheck disable=SC2016 # for the inner shell
AGENT_BY=(bash -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$CGROUP/system.slice/agent.service" "${AGENT_BY[@]}")
start_agent --mode=audit --registry="$REG" --pods="$LIST" --node-name=node1 || finish

LINE="audited unregistered tcp * 21100 pod ns/web/c null null 1"
is "a hostPort without a row" "$(declared)" "$LINE"
accounted "a hostPort"
is "it is counted as what no program saw" "$(status '.counters.existing - .sweep.found')" 1

ctl listeners --json >"$WORK/listeners"
is "listeners: declared" "$(listed 21000)" "process audited true host false false"
is "listeners: not declared" "$(listed 21001)" "process audited false null false false"
is "listeners: of a pod that no source knows" "$(listed 21002)" "process audited null null false true"
is "listeners: hostPorts, and what they shadow" "$(listed 21100)" "process audited null web true false
declared audited true web false false"
is "listeners: a hostPort with a row" "$(listed 20000)" "declared allowed true web false false"
is "listeners: a port of the pod's own network is none of the node's" "$(listed 82)" ""
ctl listeners >"$WORK/table"
has "table: a hostPort" "$(cat "$WORK/table")" '^tcp +\*:21100 +hostPort, no socket +pod ns/web/c +- +audited +unregistered +NO +yes$'
has "table: shadowed" "$(cat "$WORK/table")" '0\.0\.0\.0:21100 .* by pod ns/web, shadowed$'
has "table: not declared" "$(cat "$WORK/table")" '127\.0\.0\.1:21001 .* NO$'
has "table: no such pod" "$(cat "$WORK/table")" '127\.0\.0\.1:21002 .* no such pod$'
ctl listeners --html="$WORK/page.html" || fail "no page"
has "page" "$(cat "$WORK/page.html")" 'pod ns/web/c'
has "page: shadowed" "$(cat "$WORK/page.html")" '"declared_by":."namespace":"ns","pod":"web","container":"c".,"shadowed":true'

has "learn" "$(ctl learn 2>/dev/null)" 'pod ns/web: hostPort, no process, on \*; 1 time'
is "pods: their control groups" "$(ctl pods --json | jq -r \
	'.pods[] | "\(.name) \([.cgroups[] | "\(.path | sub(".*/kubepods"; "")) \(.container)"])"')" \
	"host [\"/burstable/pod$UID1 null\",\"/burstable/pod$UID1/$ID c\"]
web []"
is "pods: the ids are those of the directories" "$(ctl pods --json | jq '.pods[].cgroups[].id')" \
	"$(stat -c %i "$CGROUP/kubepods/burstable/pod$UID1" "$CGROUP/kubepods/burstable/pod$UID1/$ID")"
has "pods: table" "$(ctl pods)" "^ns +host .* [^ ]*/kubepods/burstable/pod$UID1 "
ctl mode enforce --json >"$WORK/impact" 2>/dev/null
is "mode enforce: the socket would be denied, and not the hostPort" \
	"$(jq -c '[.would_break[] | select(.port == 21100) | [.source, .sockets, .workload.pod]]' "$WORK/impact")" '[["listener",1,null]]'

# Another pod, the first one still there; and one at an address.
OTHER=$(pod other u2 false '[{"containerPort": 80, "hostPort": 21101, "hostIP": "10.0.0.1", "protocol": "UDP"}]')
AT="audited unregistered udp 10.0.0.1 21101 pod ns/other/c null null 1"
list "$WEB" "$HOST" "$OTHER"
until_true 30 told 2 || fail "no line of a new pod: $(declared)"
is "a new pod, at an address" "$(declared)" "$LINE
$AT"
accounted "two hostPorts"

# One that is gone is told again when it is back. The line of the pod in its place shows that it was missed.
list "$WEB" "$HOST" "$(pod third u3 false '[{"containerPort": 80, "hostPort": 21102}]')"
until_true 30 told 3 || fail "no line of a third pod: $(declared)"
ctl listeners --json >"$WORK/listeners"
is "gone: not listed" "$(listed 21101)" ""
list "$WEB" "$HOST" "$OTHER"
until_true 30 told 4 || fail "no line of a pod that is back: $(declared)"
is "back: told again" "$(declared | grep -cxF "$AT")" 2
accounted "four hostPorts"
stop_agent

# Nothing can be denied; an exception holds as for a bind.
cat >>"$REG" <<'END_REG'
exceptions:
  - {ports: 21101, protocol: udp, class: unregistered, until: 2099-01-01, reason: r, owners: [{namespace: ns, pod: other}]}
END_REG
start_agent --mode=enforce --registry="$REG" --pods="$LIST" --node-name=node1 || finish
is "enforcing: audited, and excepted" "$(declared)" "$LINE
${AT/audited/excepted}"
stop_agent
let_go own more lost shadow
finish
