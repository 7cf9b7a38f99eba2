#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Pods from the API server: list and watch, and whatever a server may do to who watches. The server is
# tests/e2e/apiserver.mjs. What was known stays until a whole list says otherwise.
# shellcheck source=lib.sh source-path=SCRIPTDIR disable=SC1091
. "$(dirname "$0")/lib.sh"
# shellcheck source=lib_apiserver.sh source-path=SCRIPTDIR disable=SC1091
. "$(dirname "$0")/lib_apiserver.sh"

TOKEN='' TOKENS=0
# Credentials are read again each second, not each minute: that is how this test has another worker at once.
export HOSTPORTD_PODS_CREDENTIALS_EVERY=1

pods() { ctl pods --json | jq -r '.pods | sort_by(.name)[] | .name + (if .gone == null then "" else "(gone)" end)' | paste -sd' '; }
# shellcheck disable=SC2317 # called by until_true
pods_are() { [ "$(pods)" = "$1" ]; }
# shellcheck disable=SC2317 # called by until_true
error_has() { status '.pod_sources[0].error' | grep -qE -- "$1"; }
# shellcheck disable=SC2317 # called by until_true
watched() { [ "$(cat "$API/watches")" -ge 1 ]; }

become() {
	until_true 60 pods_are "$2"
	is "$1" "$(pods)" "$2"
}

# pod NAME: one with the UID u-NAME.
pod() {
	jq -nc --arg name "$1" '{kind: "Pod", metadata: {name: $name, namespace: "ns", uid: "u-\($name)", resourceVersion: "@V@"},
		spec: {nodeName: "node1", hostNetwork: true, containers: [{name: "c", ports: [{containerPort: 9100}]}]}}'
}
bookmark() { tell "$(event BOOKMARK '{"kind":"Pod","metadata":{"resourceVersion":"@V@"}}')"; }

# up NAME: all is well, and is watched.
up() {
	tell '{"mode":"ok"}'
	until_true 90 up_is true
	is "$1: up again" "$(status '.pod_sources[0] | "\(.up) \(.error)"')" "true null"
	until_true 90 watched || fail "$1: nobody watches"
}

# again NAME MODE: the watch ends, the next ones fail in a way that calls for a list; then that list holds.
again() {
	local lists
	bookmark # a watch that told of something was no failure, so the next request comes soon
	lists=$(requests '^list ')
	tell "$(list "$(pod "$1")")"
	tell "{\"mode\":\"$2\",\"end\":true}"
	until_true 60 requested '^list ' $((lists + 1)) || fail "$1: no new list"
	tell '{"mode":"ok"}'
	until_true 60 pod_is_there "$1"
	has "$1: a new list" "$(pods)" "$1( |\$)"
	up "$1"
}
# shellcheck disable=SC2317 # called by until_true
pod_is_there() { pods | grep -qE "$1( |\$)"; }

# renew: another token, and so another worker, which begins with a list.
renew() {
	TOKENS=$((TOKENS + 1))
	TOKEN=token$TOKENS
	echo "$TOKEN" >"$WORK/token.new" && mv "$WORK/token.new" "$WORK/token"
	until_true 60 requested " Bearer $TOKEN\$" 1 || fail "nobody asks with $TOKEN"
}

# worker: the process that talks, below the one that keeps it running.
keeper() { pgrep -P "$AGENT_PID" -f hostportd-pods; }
worker() { pgrep -P "$(keeper)"; }
# shellcheck disable=SC2317 # called by until_true
ended() { [ ! -e "/proc/$1" ] || grep -q '^State:.*Z' "/proc/$1/status"; }
# shellcheck disable=SC2317 # called by until_true
other_worker() { [ -n "$(worker)" ] && [ "$(worker)" != "$1" ]; }
of_process() { awk -v key="$2:" '$1 == key { print $2 }' "/proc/$1/status"; }

setup
start_server
tell "$(list "$(pod a)" "$(pod b)")"

start_agent --node-name=node1 --pods=apiserver --kubeconfig="$KUBECONFIG" || finish
become "pods of the list" "a b"
up "at first"
has "the list: of this node, from the server's memory" "$(cat "$API/requests")" '^list 0 spec.nodeName=node1 null Bearer first$'
has "the watch: from the list on, with bookmarks" "$(cat "$API/requests")" '^watch 101 spec.nodeName=node1 true Bearer first$'

# The process that talks has nothing to lose.
is_built_for_debugging || is "the agent has no HTTP in it" "$(grep -c libcurl "/proc/$AGENT_PID/maps")" 0
is "the worker: another user" "$(of_process "$(worker)" Uid)" 65534
is "the worker: no capability" "$(of_process "$(worker)" CapEff) $(of_process "$(worker)" CapPrm)" "0000000000000000 0000000000000000"
is "the worker: no new privileges" "$(of_process "$(worker)" NoNewPrivs)" 1
if is_built_for_debugging; then skip "the worker's system calls: built with sanitizers"
else is "the worker: system calls are filtered" "$(of_process "$(worker)" Seccomp)" 2; fi
has_not "the log: nothing was left out of that" "$(cat "$WORK/log")" "can't be changed|not limited|not filtered"

# A watch, and its ends.
tell "$(event ADDED "$(pod c)")"
tell "$(event DELETED "$(pod a)")"
become "events" "a(gone) b c"
lists=$(requests '^list ')
tell '{"end":true}'
until_true 30 requested '^watch 103 ' 1
is "a clean end: the watch goes on where it was" "$(requests '^watch 103 ')" 1
bookmark
tell '{"cut":true}'
until_true 60 requested '^watch 104 ' 1
has "cut off: it goes on from the bookmark" "$(cat "$API/requests")" '^watch 104 '
up "cut off"
is "no list was needed" "$(requests '^list ')" "$lists"

# What calls for a new list: the version is not known any more, in three forms.
again expired-status 410
again expired-event gone-event
again ended-at-once short
again no-events garbage
is "what those lists lacked is gone" "$(pods)" "a(gone) b(gone) c(gone) ended-at-once(gone) expired-event(gone) expired-status(gone) no-events"

# A server that refuses, and one that is ill: what is known stays.
for mode in 401 403 429 500 html truncated; do
	tell "{\"mode\":\"$mode\"}"
	renew
	case $mode in
	401) want='HTTP 401: Unauthorized' ;;
	403) want='HTTP 403: pods is forbidden' ;;
	429) want='HTTP 429: too many' ;;
	500) want='HTTP 500: boom' ;;
	html) want='^not JSON: lexical error' ;;
	truncated) want='^not JSON: parse error: premature EOF' ;;
	esac
	until_true 90 error_has "$want"
	has "$mode: it is said" "$(status '.pod_sources[0].error')" "$want"
	has "$mode: what is known stays" "$(pods)" 'no-events( |$)'
	up "$mode"
done
has "a notice says so" "$(jq -r 'select(.notice == "pods-lost") | .message' "$WORK/events")" 'apiserver: HTTP 403: pods is forbidden: what is known stays'

tell "$(list "$(pod slowly)")"
tell '{"mode":"slow"}'
renew
until_true 60 pod_is_there slowly
has "a byte at a time" "$(pods)" 'slowly( |$)'
up "a byte at a time"

# More than there can be: memory is bounded, and what is left out is counted.
tell '{"mode":"endless"}'
renew
# shellcheck disable=SC2317 # called by until_true
counted() { [ "$(status '.pod_sources[0] | .pods + .left_out')" = 100000 ]; }
until_true 240 counted
is "100,000 pods: the rest is counted" "$(status '.pod_sources[0] | .pods + .left_out')" 100000
if is_built_for_debugging; then skip "memory: built with sanitizers"
else
	peak=$(of_process "$(worker)" VmHWM)
	if [ "$peak" -lt 20480 ]; then pass "100,000 pods: the worker stays below 20 MiB"; else fail "100,000 pods: $peak kB"; fi
fi
tell "$(list "$(pod last)")"
tell '{"mode":"ok"}'

# A token that was replaced, and one that is gone: the last one is kept.
renew
until_true 60 pod_is_there last
has "a new token" "$(tail -n 1 "$API/requests")" " Bearer $TOKEN\$"
rm "$WORK/token"
# shellcheck disable=SC2317 # called by until_true
logged() { [ "$(grep -cE -- "$1" "$WORK/log")" -ge "$2" ]; }
until_true 60 logged 'token: No such file or directory: the credentials known stay' 1
has "a token that is gone: it is said" "$(cat "$WORK/log")" 'token: No such file or directory: the credentials known stay'
up "a token that is gone"

# A worker that dies, and signals that a terminal or a unit sends to all of its processes.
kept=$(keeper) lost=$(worker)
kill -TERM "$kept" "$lost"
kill -INT "$kept" "$lost"
kill -KILL "$lost"
until_true 60 other_worker "$lost"
until_true 60 requested " Bearer $TOKEN\$" 3
up "a worker that died"
is "the one that keeps it is the same" "$(keeper)" "$kept"
has "a notice says so" "$(jq -r 'select(.notice == "pods-lost") | .message' "$WORK/events")" 'the process that reads pods has ended'
is "the one that keeps it: what it may do" "$(of_process "$kept" CapEff) $(of_process "$kept" NoNewPrivs)" "00000000000000e4 1"
lost=$(worker)
stop_agent
until_true 30 gone "/proc/$lost"
is "nothing is left, not even for init to collect" "$(for pid in "$kept" "$lost"; do [ ! -e "/proc/$pid" ] || grep State "/proc/$pid/status"; done)" ""

# ---- what the node is ---------------------------------------------------------------------------
# node LABELS PROVIDER: what it is from now on. A worker with a new token asks at once.
set_node() {
	tell "$(jq -nc --argjson labels "$1" --arg provider "$2" '{node: {metadata: {name: "node1", labels: $labels},
		spec: {providerID: $provider}, status: {nodeInfo: {kubeletVersion: "v1.29.5+29c95f3"}}}}')"
}
node() {
	set_node "$@"
	renew
}
role() { status '"\(.role) \(.platform) \(.cluster_version) \(.role_error)"'; }
# shellcheck disable=SC2317 # called by until_true
role_is() { [ "$(role)" = "$1" ]; }
# shellcheck disable=SC2317 # called by until_true
unread_has() { status .role_error | grep -q "$1"; }
role_becomes() {
	until_true 90 role_is "$2"
	is "$1" "$(role)" "$2"
}
notices() { jq -r 'select(.notice == "node" or .notice == "node-unread") | .notice + ": " + .message' "$WORK/events"; }

echo "$TOKEN" >"$WORK/token"
cat >"$WORK/rows.yaml" <<-EOF
	version: 1
	name: rows
	entries:
	  - {ports: 7001, protocol: tcp, scope: external, process: p, team: t, role: control-plane}
	  - {ports: 7002, protocol: tcp, scope: external, process: p, team: t, platforms: [baremetal]}
EOF
start_agent --node-name=node1 --pods=apiserver --kubeconfig="$KUBECONFIG" --role=auto --registry="$WORK/rows.yaml" || finish
role_becomes "nobody may read the node" "any null null HTTP 403: nodes is forbidden"
up "pods are read all the same"
has "nobody may read the node: a notice" "$(notices)" '^node-unread: node: HTTP 403: nodes is forbidden: rows of every role hold$'
has "status says so" "$(ctl status)" '^role        any, by the Node, which is NOT READ: HTTP 403: nodes is forbidden$'
# shellcheck disable=SC2317 # called by until_true
saw() { grep -q "\"port\":$1," "$WORK/events"; }
violations() { jq -c 'select(.verdict != null and .port == '"$1"') | .class' "$WORK/events" | sort -u | xargs; }
probe tcp 4 127.0.0.1 7001 >/dev/null
node '{}' 'baremetalhost:///openshift-machine-api/w0'
role_becomes "a worker" "worker baremetal null null"
has "the request: this node, from the server's memory" "$(cat "$API/requests")" '^node /api/v1/nodes/node1[?]resourceVersion=0 Bearer token'
probe tcp 4 127.0.0.1 7001 >/dev/null
until_true 30 saw 7001
is "a control plane's port on a worker" "$(violations 7001)" inactive
node '{"node-role.kubernetes.io/control-plane": "", "node.openshift.io/os_id": "rhcos"}' 'aws:///us-east-1a/i-0'
role_becomes "a change" "control-plane aws 4.16 null"
lines=$(grep -c '"port":7001' "$WORK/events")
probe tcp 4 127.0.0.1 7001 >/dev/null
probe tcp 4 0.0.0.0 7002 >/dev/null
until_true 30 saw 7002
is "baremetal's port on another platform" "$(violations 7002)" inactive
is "a control plane's port on one is allowed" "$(grep -c '"port":7001' "$WORK/events")" "$lines"
has "each change is a notice with the policy's number" "$(notices | paste -sd'|')" \
	'node: node: worker, platform baremetal: generation [0-9]+\|node: node: control-plane, platform aws, version 4.16: generation [0-9]+$'
has "status" "$(ctl status)" '^role        control-plane, platform aws, version 4.16, by the Node$'
tell '{"node":null}'
renew
role_becomes "it can't be read any more: what is known stays" "control-plane aws 4.16 HTTP 403: nodes is forbidden"
has "a notice says so" "$(notices)" '^node-unread: node: HTTP 403: nodes is forbidden: what is known stays$'
stop_agent

# A node that becomes a control plane in enforce mode, without rows for what that needs.
cat >"$WORK/worker.yaml" <<-EOF
	version: 1
	name: worker
	entries:
	  - {ports: 1-6442, protocol: tcp, scope: external, process: p, team: t}
	  - {ports: 6444-65535, protocol: tcp, scope: external, process: p, team: t}
	  - {ports: 1-65535, protocol: udp, scope: external, process: p, team: t}
EOF
set_node '{}' 'aws:///us-east-1a/i-0'
unset HOSTPORTD_DENY_ESSENTIAL
start_agent --node-name=node1 --pods=apiserver --kubeconfig="$KUBECONFIG" --role=auto --registry="$WORK/worker.yaml" || finish
role_becomes "a worker without rows of a control plane" "worker aws null null"
ctl mode enforce --yes >/dev/null || fail "it can't be enforced on a worker"
node '{"node-role.kubernetes.io/master": ""}' 'aws:///us-east-1a/i-0'
until_true 90 unread_has 6443
has "a role whose policy would deny an essential row" "$(role)" '^worker aws null .*6443.*: see --deny-essential$'
has "a notice says so" "$(notices)" '^node-unread: node: .*6443.*: what is known stays$'
stop_agent
export HOSTPORTD_DENY_ESSENTIAL=1

# Options go before what the Node says.
set_node '{}' 'aws:///us-east-1a/i-0'
start_agent --node-name=node1 --pods=apiserver --kubeconfig="$KUBECONFIG" --role=auto --platform=gcp --cluster-version=4.12 || finish
role_becomes "options for platform and version" "worker gcp 4.12 null"
stop_agent
nodes=$(requests '^node ')
start_agent --node-name=node1 --pods=apiserver --kubeconfig="$KUBECONFIG" --role=worker || finish
up "a role that is given"
is "a role that is given: the node is not asked for" "$(requests '^node ')" "$nodes"
stop_agent

# What was denied while no agent was there is told with the names of pods that only the server knows. The agent's
# node is the test's control group.
U=5f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0
POD=$CGROUP/kubepods.slice/kubepods-pod${U//-/_}.slice
mkdir -p "$POD" "$CGROUP/system.slice/agent.service"
# shellcheck disable=SC2016,SC2034 # for the inner shell; lib.sh uses it
AGENT_BY=(bash -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$CGROUP/system.slice/agent.service")
tell "$(list "$(pod late | jq -c --arg uid "$U" '.metadata.uid = $uid')")"
echo "{version: 1, name: one, entries: [{ports: 1, protocol: tcp, process: nothing}]}" >"$WORK/one.yaml"
start_agent --node-name=node1 --mode=enforce --registry="$WORK/one.yaml" --pods=none || finish
kill_agent
bind_in_pod() { inside_cgroup "$POD" "$B/tests/e2e/bindprobe" tcp 4 127.0.0.1 "$1"; }
is "without an agent: a pod is denied" "$(bind_in_pod 24001)" "EPERM 1"
start_agent --node-name=node1 --mode=enforce --registry="$WORK/one.yaml" --pods=apiserver --kubeconfig="$KUBECONFIG" || finish
all_told
is "the next agent names it" "$(jq -r 'select(.port == 24001) | .workload | "\(.namespace)/\(.pod)"' "$WORK/events")" "ns/late"
kill_agent
is "without an agent: denied again" "$(bind_in_pod 24002)" "EPERM 1"
tell '{"mode":"hang"}'
start_agent --node-name=node1 --mode=enforce --registry="$WORK/one.yaml" --pods=apiserver --kubeconfig="$KUBECONFIG" || finish
all_told
is "the next agent does not wait for ever: it knows the UID" "$(jq -r 'select(.port == 24002) | .workload | "\(.uid) \(.pod)"' "$WORK/events")" "$U null"
tell '{"mode":"ok"}'
stop_agent
ctl detach >/dev/null 2>&1
# shellcheck disable=SC2034 # lib.sh uses it
AGENT_BY=()

# ---- in a pod -----------------------------------------------------------------------------------
# The kubelet's directory is mounted where only this agent sees it.
ACCOUNT=/run/secrets/kubernetes.io/serviceaccount
mkdir -p "$ACCOUNT" "$WORK/account"
cp "$API/ca.crt" "$WORK/account/ca.crt"
echo account >"$WORK/account/token"
# in_pod: the agents that follow are in one. out_of_it: not any more.
in_pod() {
	# shellcheck disable=SC2016,SC2034 # for the inner shell; lib.sh uses it
	AGENT_BY=(unshare --mount -- sh -c 'mount --bind "$0" "$1" && shift && exec "$@"' "$WORK/account" "$ACCOUNT")
	export KUBERNETES_SERVICE_HOST=127.0.0.1 KUBERNETES_SERVICE_PORT
	KUBERNETES_SERVICE_PORT=$(cat "$API/port")
}
# shellcheck disable=SC2034 # lib.sh uses it
out_of_it() { AGENT_BY=(); unset KUBERNETES_SERVICE_HOST KUBERNETES_SERVICE_PORT; }
unset HOSTPORTD_PODS
in_pod
start_agent --node-name=node1 --role=auto || finish
up "in a pod"
is "in a pod: the API server is asked by default" "$(status '.pod_sources[].source')" apiserver
has "in a pod: as its service account" "$(tail -n 1 "$API/requests")" ' Bearer account$'
role_becomes "in a pod: the role" "worker aws null null"
stop_agent
start_agent --node-name=node1 --pods=none || finish
is "in a pod: not asked if not wanted" "$(status '.pod_sources | length')" 0
stop_agent
rm "$WORK/account/token"
start_agent --node-name=node1 || finish
is "in a pod without a token" "$(status '.pod_sources | length')" 0
stop_agent
out_of_it
start_agent --node-name=node1 || finish
is "not in a pod" "$(status '.pod_sources | length')" 0
stop_agent

# Certificates are always verified.
echo third >"$WORK/token"
kubeconfig "$API/other.crt"
requests=$(requests .)
mkdir "$WORK/certs"
cp "$API/ca.crt" "$WORK/certs"
openssl rehash "$WORK/certs" || fail "no directory of authorities"
# The system trusts the server, but the kubeconfig does not.
# shellcheck disable=SC2016,SC2034 # for the inner shell; lib.sh uses it
AGENT_BY=(unshare --mount -- sh -c 'mount --bind "$0" /etc/ssl/certs && exec "$@"' "$WORK/certs")
start_agent --node-name=node1 --pods=apiserver --kubeconfig="$KUBECONFIG" || finish
until_true 60 error_has '[Cc]ertificate|SSL'
has "another authority" "$(status '.pod_sources[0].error')" '[Cc]ertificate'
is "another authority: nothing was asked" "$(requests .)" "$requests"
stop_agent
# shellcheck disable=SC2034 # lib.sh uses it
AGENT_BY=()
sed -i 's/certificate-authority-data: [^}]*/insecure-skip-tls-verify: true/' "$KUBECONFIG"
start_agent --node-name=node1 --pods=apiserver --kubeconfig="$KUBECONFIG" || finish
until_true 60 error_has 'always verified'
has "no verification" "$(status '.pod_sources[0].error')" 'certificates are always verified'
stop_agent

# ---- the kubelet --------------------------------------------------------------------------------
# Its port is one of the test's network namespace, where the agent is as well. The node's name resolves to nothing.
end_server
run_server 10250 nsenter --net="$NETNS" --
echo kubelet >"$WORK/account/token"
in_pod
AGENT_BY=(nsenter --net="$NETNS" -- "${AGENT_BY[@]}")
tell "$(list "$(pod a)" "$(pod b)")"
start_agent --node-name=node1 --pods=kubelet || finish
become "kubelet" "a b"
is "kubelet: the source" "$(status '.pod_sources[0] | "\(.source) \(.up) \(.error)"')" "kubelet true null"
has "kubelet: the node's name, as the pod's service account" "$(tail -n 1 "$API/requests")" '^kubelet node1:10250 Bearer kubelet$'
tell "$(list "$(pod b)" "$(pod c)")"
become "kubelet: it is asked again and again" "a(gone) b c"
tell '{"mode":"403"}'
until_true 60 error_has '^HTTP 403$'
is "kubelet: refused" "$(status '.pod_sources[0] | "\(.up) \(.error)"')" "false HTTP 403"
is "kubelet: refused: what is known stays" "$(pods)" "a(gone) b c"
tell '{"mode":"ok"}'
until_true 90 up_is true
is "kubelet: up again" "$(status '.pod_sources[0] | "\(.up) \(.error)"')" "true null"
stop_agent
cp "$API/other.crt" "$WORK/account/ca.crt"
kubelets=$(requests '^kubelet ')
start_agent --node-name=node1 --pods=kubelet || finish
until_true 60 error_has '[Cc]ertificate|SSL'
has "kubelet: another authority" "$(status '.pod_sources[0].error')" '[Cc]ertificate'
is "kubelet: another authority: nothing was asked" "$(requests '^kubelet ')" "$kubelets"
stop_agent
start_agent --node-name=node1 --pods=kubelet --kubelet-ca="$API/ca.crt" || finish
become "kubelet: its authority" "b c"
stop_agent
start_agent --node-name=node2 --pods=kubelet --kubelet-ca="$API/ca.crt" || finish
until_true 60 error_has 'node2|SSL'
has "kubelet: another node's name" "$(status '.pod_sources[0].error')" 'node2'
stop_agent
out_of_it
# shellcheck disable=SC2034 # lib.sh uses it
AGENT_BY=(nsenter --net="$NETNS" --)
kubeconfig "$API/ca.crt"
start_agent --node-name=node1 --pods=kubelet --kubeconfig="$KUBECONFIG" || finish
become "kubelet: of a kubeconfig" "b c"
has "kubelet: of a kubeconfig: asked so" "$(tail -n 1 "$API/requests")" '^kubelet 127[.]0[.]0[.]1:10250 Bearer third$'
stop_agent
# shellcheck disable=SC2034 # lib.sh uses it
AGENT_BY=()

# A server that is away. What is said has no times in it, so that there is a notice for it, not one for each request.
end_server
kubeconfig "$API/ca.crt"
start_agent --node-name=node1 --pods=apiserver --kubeconfig="$KUBECONFIG" || finish
until_true 60 error_has "connect: Connection refused"
is "away" "$(status '.pod_sources[0].error')" "can't connect: Connection refused"

# The one that keeps the worker running can't be started again. The worker ends with it.
lost=$(worker)
kill -KILL "$(keeper)"
until_true 60 error_has 'has ended'
is "it was killed" "$(status '.pod_sources[0].error')" "hostportd-pods has ended: restart the agent"
until_true 30 ended "$lost" || fail "the worker goes on: $lost"
stop_agent
finish
