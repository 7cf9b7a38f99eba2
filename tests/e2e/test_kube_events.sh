#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Kubernetes Events about violations: of the pod, or of the node; repeats are of one Event; a flood makes
# no more than the budget; and whatever the API server does, the agent goes on, and says what became of them.
# The server is tests/e2e/apiserver.mjs.
# shellcheck source=lib.sh source-path=SCRIPTDIR disable=SC1091
. "$(dirname "$0")/lib.sh"
# shellcheck source=lib_apiserver.sh source-path=SCRIPTDIR disable=SC1091
. "$(dirname "$0")/lib_apiserver.sh"

BURST=25
REG=$WORK/reg.yaml
UIDS=(1f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0 2f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0 3f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0)
ID=c0ffee0000000000000000000000000000000000000000000000000000c0ffee

# pod NUMBER: one on the host's network.
pod() {
	jq -nc --arg name "pod-$1" --arg uid "${UIDS[$1]}" '{kind: "Pod", metadata: {name: $name, namespace: "ns", uid: $uid, resourceVersion: "@V@"},
		spec: {nodeName: "node1", hostNetwork: true, containers: [{name: "c", ports: [{containerPort: 20000, hostPort: 20000, protocol: "TCP"}]}]}}'
}
# binds NUMBER ARGS...: bindprobe in its container.
binds() {
	local dir=$CGROUP/kubepods/burstable/pod${UIDS[$1]}/$ID
	shift
	inside_cgroup "$dir" "$B/tests/e2e/bindprobe" "$@" >/dev/null
}

# seen FILTER: of the Events that the server has.
seen() { jq -r ".[] | $1" "$API/events"; }
count_seen() { jq "[.[] | select($1)] | length" "$API/events"; }
# shellcheck disable=SC2317 # called by until_true
has_seen() { [ "$(count_seen "$1")" -ge 1 ]; }
of_port() { echo "(.note | test(\":$1 \"))"; }
# arrives NAME FILTER: such an Event does.
arrives() { if until_true 120 has_seen "$2"; then pass "$1"; else fail "$1: $(cat "$API/events"): $(status .kube_events)"; fi; }
told() { status ".kube_events.$1"; }
# shellcheck disable=SC2317 # called by until_true
told_at_least() { [ "$(told "$1")" -ge "$2" ]; }
# shellcheck disable=SC2317 # called by until_true
told_is() { [ "$(told "$1")" = "$2" ]; }
# shellcheck disable=SC2317 # called by until_true
pod_is_known() { ctl pods --json | jq -e --arg name "$1" 'any(.pods[]; .name == $name)' >/dev/null; }

# start: the agent, in a unit of the node that the test's control group is.
start() {
	start_agent --mode=audit --registry="$REG" --node-name=node1 --pods=apiserver --kubeconfig="$KUBECONFIG" "$@" || finish
	until_true 90 pod_is_known pod-1 || fail "no pods: $(status .pod_sources)"
}

setup
start_server
cat >"$REG" <<'END_REG'
version: 1
name: events
entries:
  - {ports: 20000, protocol: tcp, process: known}
exceptions:
  - {ports: 20001, protocol: tcp, class: unregistered, until: 2099-01-01, reason: r}
END_REG
tell "$(list "$(pod 0)" "$(pod 1)")"
for uid in "${UIDS[@]}"; do mkdir -p "$CGROUP/kubepods/burstable/pod$uid/$ID"; done
mkdir -p "$CGROUP/system.slice/agent.service" "$CGROUP/system.slice/web.service"
# The agent's node is the test's control group: so the kubelet's names, and systemd's, begin there.
# shellcheck disable=SC2016 # for the inner shell
AGENT_BY=(bash -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$CGROUP/system.slice/agent.service" "${AGENT_BY[@]}")

"$B/hostportd" --kube-events=on --socket="$SOCK" >"$WORK/out" 2>&1
is "without the API server: status" $? 2
has "without the API server: why" "$(cat "$WORK/out")" 'kube-events=on: needs --pods=apiserver'

start --kube-events=on
uptime_s
began=$UPTIME_S
is "nothing has happened" "$(status '.kube_events | tojson')" '{"dropped":0,"error":null,"failed":0,"pending":0,"sent":0}'

# One of a pod, after one that is allowed and one that is excepted, and one of a unit.
binds 0 tcp 4 127.0.0.1 20000
binds 0 tcp 4 127.0.0.1 20001
binds 0 tcp 4 127.0.0.1 21000
arrives "a pod's" "$(of_port 21000)"
is "a pod's: what it says" "$(seen '"\(.metadata.namespace) \(.type) \(.reason) \(.action) \(.reportingController) \(.reportingInstance) \(.series)"')" \
	"ns Warning HostPortUnregistered Audit hostportd node1 null"
is "a pod's: regarding" "$(seen '.regarding | "\(.apiVersion) \(.kind) \(.namespace) \(.name) \(.uid)"')" "v1 Pod ns pod-0 ${UIDS[0]}"
is "a pod's: note" "$(seen .note)" \
	"bindprobe, container c: tcp 127.0.0.1:21000 (bind): unregistered, audited: no row of the host port registry"
inside_cgroup "$CGROUP/system.slice/web.service" "$B/tests/e2e/bindprobe" tcp 4 127.0.0.1 21001 >/dev/null
arrives "the node's" "$(of_port 21001)"
is "the node's: regarding" "$(seen "select($(of_port 21001))"' | "\(.metadata.namespace) \(.regarding | "\(.kind) \(.namespace) \(.name) \(.uid)")"')" \
	"default Node null node1 node1"
has "the node's: note" "$(seen .note)" '^bindprobe, unit web.service: tcp 127.0.0.1:21001 '
until_true 60 told_is sent 2
is "status" "$(status '.kube_events | "\(.sent) \(.dropped) \(.failed) \(.pending) \(.error)"')" "2 0 0 0 null"
has "status says so" "$(ctl status)" '^events      2 sent to Kubernetes$'

# Repeats: the same Event, later, with how many.
binds 0 tcp 4 127.0.0.1 21000 3
arrives "repeats" "$(of_port 21000) and .series.count >= 2 and .series.count <= 4"
is "repeats: no other Event" "$(count_seen true)" 2
is "repeats: a patch" "$(requests '^event PATCH ns/pod-0[.][0-9a-f]+ application/merge-patch[+]json$')" 1

# A flood: no more than the budget, one more each five minutes, and all lines.
for i in {22000..22059}; do echo "tcp 4 127.0.0.1 $i"; done >"$WORK/flood"
binds 0 each <"$WORK/flood"
is "a flood: lines" "$(events '.port >= 22000 and .port < 22060')" 60
until_true 60 told_is pending 0
uptime_s
more=$(((UPTIME_S - began) / 300))
sent=$(requests '^event (POST|PATCH) ns/')
if [ "$sent" -ge "$BURST" ] && [ "$sent" -le $((BURST + more)) ]; then pass "a flood: $BURST at once, $more later"
else fail "a flood: $sent requests, $more later ones are due"; fi
# one of a pod and a patch of it were before the flood
is "a flood: the others are counted" "$(($(told dropped) + sent))" 62

# Another pod has its own budget. A server that refuses, is busy, or whose answer is lost.
tell '{"events":"403"}'
binds 1 tcp 4 127.0.0.1 21002
until_true 60 told_at_least failed 1
is "403: why" "$(told error)" "HTTP 403: events.events.k8s.io is forbidden"
has "403: status says so" "$(ctl status)" '^events .*, 1 FAILED: HTTP 403: events.events.k8s.io is forbidden$'
has "403: the log says so" "$(cat "$WORK/log")" 'kube-events: HTTP 403: events.events.k8s.io is forbidden'
is "403: it is not asked again" "$(requests '^event POST ns/')" $((sent - 1 + 1)) # a patch was no POST
tell '{"events":"429"}'
binds 1 tcp 4 127.0.0.1 21003
arrives "429: asked again" "$(of_port 21003)"
until_true 60 told_is error null
is "429: nothing is wrong any more" "$(told error)" null
tell '{"events":"lost"}'
binds 1 tcp 4 127.0.0.1 21004
arrives "an answer that is lost" "$(of_port 21004)"
until_true 60 told_is pending 0
is "an answer that is lost: one Event" "$(seen "select($(of_port 21004)) | .series")" null
is "an answer that is lost: it counts as sent" "$(status '.kube_events | "\(.failed) \(.error)"')" "1 null"

# A server that does not answer: neither the lines nor the pods wait for it.
tell '{"events":"hang"}'
binds 1 tcp 4 127.0.0.1 21005
until_true 60 requested '^event POST ns/' $((sent + 5)) || fail "the server was not asked: $(status .kube_events)"
binds 1 tcp 4 127.0.0.1 21006
is "no answer: a line" "$(events '.port == 21006')" 1
tell "$(event ADDED "$(pod 2)")"
until_true 60 pod_is_known pod-2 || fail "no answer: no pods"
is "no answer: pods come" "$(ctl pods --json | jq '[.pods[] | select(.name == "pod-2")] | length')" 1
tell '{"events":"ok"}'
arrives "no answer: asked again" "$(of_port 21005)"
arrives "no answer: then the next one" "$(of_port 21006)"
accounted "Events change nothing of that"
stop_agent

# The next agent: the Event is there. One that the server has forgotten is made again, with its repeats.
posts=$(requests '^event POST default/')
start --kube-events=on
in_web() { inside_cgroup "$CGROUP/system.slice/web.service" "$B/tests/e2e/bindprobe" tcp 4 127.0.0.1 21001 >/dev/null; }
in_web
until_true 60 told_is sent 1
is "the next agent: it counts as sent" "$(status '.kube_events | "\(.sent) \(.failed) \(.error)"')" "1 0 null"
is "the next agent: asked for a new one" "$(requests '^event POST default/')" $((posts + 1))
is "the next agent: no other Event, nor a repeat" "$(seen "select($(of_port 21001)) | .series")" null
tell '{"forget":true}'
in_web
arrives "forgotten: made again" "$(of_port 21001) and .series.count == 2"
is "forgotten: a patch was tried" "$(requests '^event PATCH default/')" 1
until_true 60 told_is pending 0
is "forgotten: nothing failed" "$(status '.kube_events | "\(.sent) \(.failed) \(.error)"')" "2 0 null"
stop_agent

# Without the option there is nothing of it.
asked=$(requests '^event ')
start
binds 0 tcp 4 127.0.0.1 21000
is "off: a line" "$(events '.port == 21000')" 1
is "off: status" "$(status '.kube_events | tojson')" null
has_not "off: status does not say so" "$(ctl status)" '^events '
stop_agent
is "off: nothing was asked" "$(requests '^event ')" "$asked"

# A server that is away: what waits is bounded, and the agent does not wait.
start --kube-events=on
end_server
binds 0 each <"$WORK/flood"
is "away: lines" "$(events '.port >= 22000 and .port < 22060')" 60
until_true 240 told_at_least failed 1
has "away: why" "$(told error)" "can't connect: Connection refused"
is "away: nothing was sent" "$(told sent)" 0
accounted "away"
stop_agent
finish
