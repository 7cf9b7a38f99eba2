#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Pods from files: what the agent knows of them, and how changes of the files, and faults in them,
# reach it. What was known stays when a file can't be read.
# shellcheck source=lib.sh source-path=SCRIPTDIR disable=SC1091
. "$(dirname "$0")/lib.sh"

LIST=$WORK/pods.json
STATIC=$WORK/static

# pods: what the agent knows, a pod a line, in the order of their names.
pods() {
	ctl pods --json | jq -r '.pods | sort_by(.name)[] | [.namespace + "/" + .name, .uid // "-",
		(if .host_network then "host" else "pod" end), (if .gone == null then "there" else "gone" end),
		([.ports[] | "\(.port // "-")/\(.protocol)@\(.container)"] | join(","))] | join(" ")'
}

# shellcheck disable=SC2317 # called by until_true
pods_are() { [ "$(pods)" = "$1" ]; }
# shellcheck disable=SC2317 # called by until_true
source_is() { [ "$(status ".pod_sources[$1].up")" = "$2" ]; }
# shellcheck disable=SC2317 # called by until_true
told() { [ "$(jq -s "[.[] | select(.notice == \"$1\")] | length" "$WORK/events")" -ge "$2" ]; }

# become NAME PODS: soon the agent knows exactly these.
become() {
	until_true 30 pods_are "$2"
	is "$1" "$(pods)" "$2"
}

# pod NAME UID PORT [NODE]: one of a PodList, on the host's network.
pod() {
	jq -nc --arg name "$1" --arg uid "$2" --argjson port "$3" --arg node "${4:-node1}" '{
		metadata: {name: $name, namespace: "ns", uid: $uid, managedFields: [{"f:spec": {}}]},
		spec: {nodeName: $node, hostNetwork: true,
			containers: [{name: "c", ports: [{containerPort: $port, hostPort: $port}]}]}}'
}

# list POD...: write the PodList, in one step.
list() {
	printf '%s\n' "$@" | jq -s '{kind: "PodList", apiVersion: "v1", items: .}' >"$LIST.new" && mv "$LIST.new" "$LIST"
}

setup
mkdir "$STATIC"
list "$(pod a u1 9100)" "$(pod b u2 9101)" "$(pod other u3 9102 node2)"
cat >"$STATIC/etcd.yaml" <<EOF
apiVersion: v1
kind: Pod
metadata: {name: etcd, namespace: kube-system}
spec:
  containers:
  - {name: etcd, ports: [{containerPort: 2379, hostPort: 2379}, {containerPort: 7, protocol: UDP}]}
EOF

start_agent --node-name=Node1 --pods="$LIST" --pods="$STATIC" || finish
is "pods of another node are left out" "$(pods)" "kube-system/etcd-node1 - pod there 2379/tcp@etcd,-/udp@etcd"
stop_agent

start_agent --node-name=node1 --pods="$LIST" --pods="$STATIC" || finish
A="ns/a u1 host there 9100/tcp@c" B2="ns/b u2 host there 9101/tcp@c"
ETCD="kube-system/etcd-node1 - pod there 2379/tcp@etcd,-/udp@etcd"
is "pods of both sources" "$(pods)" "$A
$B2
$ETCD"
is "sources" "$(status '[.pod_sources[] | .source, .up, .pods, .error] | tostring')" \
	"[\"$LIST\",true,2,null,\"$STATIC\",true,1,null]"
is "the node's name" "$(status .node)" node1
has "as a table" "$(ctl pods)" '^ns +a +host +there +9100/tcp +u1 +- +/'
has "a port of the pod's own network is not the node's" "$(ctl pods)" ' pod +there +2379/tcp +- '
has "status in words" "$(ctl status)" "^pods        $LIST: 2 pods\$"

list "$(pod a u1 9200)" "$(pod c u4 9103)"
become "changed, deleted, new" "ns/a u1 host there 9200/tcp@c
ns/b u2 host gone 9101/tcp@c
ns/c u4 host there 9103/tcp@c
$ETCD"
is "what is gone does not count" "$(status '.pod_sources[0] | "\(.pods) \(.remembered)"')" "2 1"

# A fault: what is known stays, and it is said. The rest of a directory still counts.
head -c 150 "$LIST" >"$LIST.new" && mv "$LIST.new" "$LIST"
until_true 30 source_is 0 false
is "a broken list: not up" "$(status '.pod_sources[0].up')" false
has "a broken list: why" "$(status '.pod_sources[0].error')" "^$LIST: not JSON: "
has "a broken list: in words" "$(ctl status)" "pods        $LIST: 2 pods, LOST: $LIST: not JSON"
has "a broken list: what was known stays" "$(pods)" '^ns/c u4 host there 9103/tcp@c$'
until_true 30 told pods-lost 1 || fail "no notice of a lost source"
has "a broken list: pods says so" "$(ctl pods 2>&1)" 'lost, pods may be missing or out of date'
cp "$STATIC/etcd.yaml" "$STATIC/two.yaml" && sed -i 's/name: etcd/name: two/' "$STATIC/two.yaml"
echo 'kind: [' >"$STATIC/broken.yaml"
until_true 30 source_is 1 false
has "a broken manifest: the others count" "$(pods)" '^kube-system/two-node1 '
rm "$STATIC/etcd.yaml"
has "nothing is gone while one is broken" "$(pods)" '^kube-system/etcd-node1 - pod there'
rm "$STATIC/broken.yaml"
until_true 30 source_is 1 true
list "$(pod c u4 9103)"
until_true 30 source_is 0 true
become "all is well again" "ns/a u1 host gone 9200/tcp@c
ns/b u2 host gone 9101/tcp@c
ns/c u4 host there 9103/tcp@c
kube-system/etcd-node1 - pod gone 2379/tcp@etcd,-/udp@etcd
kube-system/two-node1 - pod there 2379/tcp@two,-/udp@two"
until_true 30 told pods 2 || fail "no notice that sources are back"
is "no error is left" "$(status '[.pod_sources[].error] | tostring')" "[null,null]"
rm "$LIST"
until_true 30 source_is 0 false
has "a file that is gone: what was known stays" "$(pods)" '^ns/c u4 host there 9103/tcp@c$'
has "a file that is gone: why" "$(status '.pod_sources[0].error')" 'No such file or directory$'
stop_agent

# Many, each as large as real ones: 500 pods of 40 kB.
jq -nc '{kind: "PodList", items: [range(500) | {metadata: {name: "p\(.)", namespace: "ns", uid: "u\(.)",
	managedFields: [range(520) | {"f:spec": {"f:containers": "k:{\"name\":\"container\"} and so on, on and on"}}]},
	spec: {hostNetwork: true, containers: [{name: "c", ports: [{containerPort: 9100}]}]}}]}' >"$LIST"
[ "$(stat -c %s "$LIST")" -gt 20000000 ] || fail "the list is too small: $(stat -c %s "$LIST")"
start_agent --pods="$LIST" || finish
is "all of many" "$(ctl pods --json | jq '.pods | length')" 500
if is_built_for_debugging; then skip "memory: built with sanitizers"
else
	rss=$(awk '/^VmRSS:/ {print $2}' "/proc/$AGENT_PID/status")
	if [ "$rss" -lt 8192 ]; then pass "memory: below 8 MiB"; else fail "memory: $rss kB"; fi
fi
stop_agent

start_agent || finish
is "no source: no pods" "$(ctl pods --json)" '{"pod_sources":[],"pods":[],"left_out":0}'
has "no source: it is said" "$(ctl pods 2>&1)" 'the agent has no pod source'
has_not "no source: nothing in the status" "$(ctl status)" '^pods '
stop_agent
finish
