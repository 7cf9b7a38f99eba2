#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The agent as the DaemonSet that deploy/ makes on a real node of Kubernetes
# (lib_k8s.sh): pods that declare their ports and pods that don't, a thief, static
# pods, host ports, 50 pods at once, an API server that is killed, rights that are
# taken away.
#
# Each check has ports of its own, so that it finds its lines whatever came before.
# That nothing was said of a port is looked at when a whole sweep has judged all
# sockets and a later line has come (settled).
export E2E_LIMIT_S=${E2E_LIMIT_S:-1800}
# shellcheck source=../e2e/lib.sh source-path=SCRIPTDIR disable=SC1091
. "$(dirname "$0")/../e2e/lib.sh"
# shellcheck source=lib_k8s.sh source-path=SCRIPTDIR disable=SC1091
. tests/k8s/lib_k8s.sh

TAIL=
MARK=61000
declare -A IDS=() # of containers, by POD/CONTAINER

# ---- the agent -----------------------------------------------------------------------------------

# deploy NAME OVERLAY [COMPONENT...]: what deploy/ makes of them. Kubernetes 1.20 has no policies of admission, does not
# know maxSurge and appArmorProfile, and is not to mind; its kubectl knows no components.
deploy() {
	node tests/deploy/print.mjs "${@:2}" 2>"$WORK/logs/print" |
		jq '.items |= map(select(.kind | startswith("ValidatingAdmission") | not))' >"$WORK/manifests.json"
	k apply --validate=false -f "$WORK/manifests.json" >"$WORK/logs/apply" 2>&1 ||
		fail "$1: $(cat "$WORK/logs/print") $(tail -n 3 "$WORK/logs/apply")"
}

# rolled_out NAME: the DaemonSet's pod is the one that is wanted now, and ready; its lines are followed.
rolled_out() {
	local said
	said=$(k -n hostportd rollout status ds/hostportd --timeout=300s 2>&1)
	has "$1: the DaemonSet is rolled out" "$said" 'successfully rolled out'
	until_true 60 agent_ready || fail "$1: the agent is not effective: $(peek status 2>&1 | head -n 3)"
	follow
}

# follow: all lines of the agent that runs now go to $WORK/events.
follow() {
	if [ -n "$TAIL" ]; then
		kill "$TAIL" 2>/dev/null
		wait "$TAIL" 2>/dev/null
	fi
	"$B/hostportctl" --socket="$SOCK" tail --json --replay=1000 >"$WORK/events" 2>"$WORK/logs/tail" 9<&- &
	TAIL=$!
}

# told PORT: what was said of it, each different thing once.
told() {
	jq -r --argjson port "$1" 'select(.verdict and .port == $port) |
		"\(.verdict) \(.class) \(.workload | "\(.namespace)/\(.pod)/\(.container)")"' "$WORK/events" | sort -u
}
# shellcheck disable=SC2317 # called by until_true
is_told() { [ -n "$(told "$1")" ]; }

# says NAME PORT WANT: a line, or all different lines, of the port.
says() {
	until_true 60 is_told "$2"
	is "$1" "$(told "$2")" "$3"
}

# settled: all sockets are judged, and all lines so far are here.
settled() {
	local runs
	runs=$(status .sweep.runs)
	until_true 120 swept $((runs + 2)) || fail "no sweep"
	MARK=$((MARK + 1))
	unit marker.service "$WORK/bindprobe" tcp 4 127.0.0.1 "$MARK" >/dev/null
	until_true 60 is_told "$MARK" || fail "no line of the marker"
}
# shellcheck disable=SC2317 # called by until_true
swept() { [ "$(status .sweep.runs)" -ge "$1" ]; }

# source PATTERN: does the API server as a source of pods have an error like that? "null": none.
# shellcheck disable=SC2317 # called by until_true
source_says() { status '.pod_sources[0] | "\(.up) \(.error)"' | grep -qE -- "$1"; }

# known: the pods that the agent knows.
known() { ctl pods --json | jq -r '[.pods[] | select(.gone == null) | "\(.namespace)/\(.name)"] | sort | join(" ")'; }
# shellcheck disable=SC2317 # called by until_true
knows() { [[ " $(known) " == *" $1 "* ]]; }

# ---- subjects ------------------------------------------------------------------------------------

# pod NAME HOST_NETWORK CONTAINER...: a pod in JSON. CONTAINER is "NAME BINDS DECLARES": the address and port at which
# it serves, and the ports that it declares, with commas, each as PORT or PORT=HOSTPORT; - is nothing.
pod() {
	jq -nc --arg name "$1" --argjson host "$2" --arg restart "${RESTART:-Always}" '
		{apiVersion: "v1", kind: "Pod", metadata: {$name, namespace: "app"}, spec: {hostNetwork: $host,
		restartPolicy: $restart, terminationGracePeriodSeconds: 1, automountServiceAccountToken: false,
		containers: [$ARGS.positional[] | split(" ") | {name: .[0], image: "localhost/subjects:1",
			command: (["/bin/busybox"] + if .[1] == "-" then ["sleep", "1000000000"] else ["httpd", "-f", "-p", .[1]] end),
			ports: (if .[2] == "-" then [] else [.[2] | split(",")[] | split("=") | map(tonumber) |
				{containerPort: .[0]} + if length > 1 then {hostPort: .[1]} else {} end] end)}]}}' \
		--args "${@:3}"
}

# shellcheck disable=SC2317 # called by until_true
pods_run() { k -n app wait --for=condition=Ready --timeout=5s "${@/#/pod/}" >/dev/null 2>&1; }

# they_run NAME...: wait until the pods run, and the agent knows them with all their containers.
they_run() {
	until_true 120 pods_run "$@" || fail "pods don't run: $(k -n app get pods "$@" 2>&1)"
	until_true 60 containers_known "$@" || fail "the agent does not know all containers of: $*"
	learn_ids
}
# shellcheck disable=SC2317 # called by until_true
containers_known() {
	[ "$(ctl pods --json | jq '[.pods[] | select(.namespace == "app" and .gone == null and
		(.name | IN($ARGS.positional[])) and
		([.cgroups[].container | select(.)] | unique | length) >= ([.containers[] | select(.kind == "main")] | length))] |
		length' --args "$@")" = "$#" ]
}

# run_pods NAME...: the pods are those of standard input, which is no pipe: a subshell learns for itself alone.
run_pods() {
	jq -sc '{apiVersion: "v1", kind: "List", items: .}' | k create --validate=false -f - >/dev/null ||
		fail "pods are not made: $*"
	they_run "$@"
}

# learn_ids: of all containers. In a pod that was made again they are others.
learn_ids() {
	local name id
	while read -r name id; do IDS[$name]=$id; done < <(k -n app get pods -o json | jq -r '.items[] |
		.metadata.name as $pod | .status.containerStatuses[]? | "\($pod)/\(.name) \(.containerID // "" | sub("containerd://"; ""))"')
}

# try POD/CONTAINER ADDRESS PORT: a bind() by a process that is started in the container.
try() {
	unit tests.service ctr -n k8s.io tasks exec --exec-id "try-$BASHPID" "${IDS[$1]}" \
		/bin/bindprobe tcp 4 "$2" "$3" </dev/null 2>&1
}

restarts() {
	k -n app get pod "$1" -o json | jq '[.status.containerStatuses[].restartCount] | add'
}

# post FILE...: make these pods, one right after the other, by one client.
post() {
	local file next=
	for file; do
		[ -z "$next" ] || echo next
		next=1
		cat <<-EOF
			silent
			cacert = "$WORK/pki/ca.crt"
			header = "Authorization: Bearer admin"
			header = "Content-Type: application/json"
			url = "https://$PLANE_IP/api/v1/namespaces/app/pods"
			data-binary = "@$file"
			output = "$WORK/posted"
			write-out = "%{http_code}\n"
		EOF
	done >"$WORK/curl"
	nsenter --net="/run/netns/$PLANE" -- curl --config "$WORK/curl" >"$WORK/codes"
	is "$# pods are made" "$(sort "$WORK/codes" | uniq -c | xargs)" "$# 201"
}

# ---- audit ---------------------------------------------------------------------------------------

# The ports of this test, in a layer beside the site's: the kubelet brings it to the agent.
ROWS='version: 1
name: test
entries:
  - {ports: 9860-9899, protocol: tcp, scope: external, process: subjects, team: tests}
  - {ports: 20000-20099, protocol: tcp, scope: external, process: subjects, team: tests}
  - {ports: 9100, protocol: tcp, scope: external, process: exporter, team: tests,
     owners: [{namespace: app, pod: "exporter-*", container: exporter}]}
drop:
  - {ports: 9100, protocol: tcp, layer: openshift, reason: an owner of our own}'
# shellcheck disable=SC2317 # called by until_true
rows_there() { [ "$(status '[.registry.layers[].name] | index("test") != null')" = true ]; }

test_daemonset() {
	deploy "as it is" kubernetes
	rolled_out "as it is"
	until_true 60 source_says '^true null$'
	is "as it is: pods are read from the API server" "$(status '.pod_sources[] | "\(.source) \(.up) \(.error)"')" \
		"apiserver true null"
	is "as it is: the node is Kubernetes's, and its role the Node's" "$(status '"\(.node) \(.mode) \(.role) \(.role_error)"')" \
		"node1 audit worker null"
	until_true 60 knows "hostportd/$(k -n hostportd get pods -o json | jq -r '.items[0].metadata.name')" ||
		fail "as it is: the agent does not know its own pod: $(known)"
	is "as it is: the kubelet is a unit, and has its port" "$(ctl listeners --json | jq -r \
		'.listeners[] | select(.port == 10250) | "\(.workload.kind) \(.workload.unit) \(.verdict) \(.class)"')" \
		"unit kubelet.service allowed none"

	k -n hostportd patch configmap hostportd-registry --type=merge \
		-p "$(jq -nc --arg rows "$ROWS" '{data: {"20-test.yaml": $rows}}')" >/dev/null || fail "the ConfigMap is not changed"
	until_true 180 rows_there
	is "a ConfigMap that is changed is read" "$(status '[.registry.layers[].name] | join(" ")')" \
		"openshift node-baseline hostportd site test"
	# all sockets are judged every two seconds from now on; another pod of the agent does that
	k -n hostportd set env ds/hostportd HOSTPORTD_SWEEP=2 >/dev/null || fail "the DaemonSet is not changed"
	rolled_out "an update"
	is "an update: the layers" "$(status '[.registry.layers[].name] | join(" ")')" "openshift node-baseline hostportd site test"
	until_true 60 source_says '^true null$' || fail "an update: no pods: $(status '.pod_sources[0].error')"
	settled
	is "nothing on the node itself violates" "$(jq -r --argjson marker "$MARK" \
		'select(.verdict and .port != $marker) | "\(.class) \(.port) \(.comm)"' "$WORK/events")" ""
}

test_audit() {
	run_pods declared quiet two web exporter-1 thief init < <(
		pod declared true "c 0.0.0.0:9860 9860,9869"
		pod quiet true "c 0.0.0.0:9861 -"
		pod two true "main 0.0.0.0:9862 9862" "side 0.0.0.0:9868 9868"
		pod web false "c 0.0.0.0:8080 8080=9865,8081=20999"
		pod exporter-1 true "exporter 127.0.0.1:9100 9100" "thief - -"
		pod thief true "c - -"
		pod init true "c - -" | jq -c '.spec.initContainers = [.spec.containers[0] | .name = "first" |
			.command = ["/bin/bindprobe", "tcp", "4", "0.0.0.0", "9866"] | .ports = [{containerPort: 9866}]]'
	)
	pod static true "one 0.0.0.0:9863 9863,9881" "two 0.0.0.0:9864 -" >"$WORK/static" && mv "$WORK/static" "$WORK/manifests/static.json"
	they_run static-node1

	says "audit: undeclared" 9861 "audited undeclared app/quiet/c"
	until_true 60 is_told 9864
	has "audit: undeclared, a static pod" "$(told 9864)" '^audited undeclared app/static-node1/(two|null)$'
	says "audit: a hostPort that is not registered" 20999 "audited unregistered app/web/c"
	is "audit: a hostPort: how" "$(jq -r 'select(.port == 20999) | .how' "$WORK/events" | sort -u)" declared
	is "audit: theft" "$(try thief/c "$NODE_IP" 9100)" "ok 9100 1"
	says "audit: theft is told" 9100 "audited owner app/thief/c"
	is "audit: theft by another container of the pod" "$(try exporter-1/thief 127.0.0.2 9100)" "ok 9100 1"
	settled
	is "audit: theft by another container of the pod is told" "$(told 9100)" "audited owner app/exporter-1/thief
audited owner app/thief/c"
	for port in 9860 9862 9868 9865 9866 9863; do is "audit: nothing is said of $port" "$(told $port)" ""; done
	is "audit: an undeclared bind is one line" "$(jq -s 'map(select(.verdict and .port == 9861)) | length' "$WORK/events")" 1
	is "audit: listeners" "$(ctl listeners --json | jq -r '.listeners[] | select(.port == 9860 or .port == 9861 or .port == 9865) |
		"\(.port) \(.held_by) \(.workload.pod // .declared_by.pod) \(.declared) \(.verdict)"' | sort)" \
		"9860 process declared true allowed
9861 process quiet false audited
9865 declared web true allowed"
	has "audit: a pod's control group" "$(ctl pods --json | jq -r '.pods[] | select(.name == "quiet") | .cgroups[0].path')" \
		'^/kubepods/besteffort/pod[0-9a-f-]{36}$'
	accounted_kernel "audit"
}

# accounted_kernel NAME: the agent's own sum; lines were lost to nobody.
accounted_kernel() {
	is "$1: violations = delivered + folded + lost" \
		"$(status '.counters | .violations == .delivered + .folded + .lost and .lost == 0')" true
}

# ---- enforce -------------------------------------------------------------------------------------

test_enforce() {
	deploy "enforce" kubernetes enforce events
	k -n hostportd set env ds/hostportd HOSTPORTD_ENFORCE=default,owner,undeclared >/dev/null || fail "enforce: no classes"
	rolled_out "enforce"
	is "enforce: mode" "$(status .mode)" enforce
	has "enforce: classes" "$(status '.denies | join(" ")')" 'owner.*undeclared|undeclared.*owner'
	until_true 60 source_says '^true null$' || fail "enforce: no pods: $(status '.pod_sources[0].error')"
	they_run declared quiet two web exporter-1 thief init static-node1

	denied enforce 9871
	is "enforce: theft" "$(try thief/c "$NODE_IP" 9100)" "EPERM 1"
	says "enforce: theft is told" 9100 "denied owner app/thief/c"
	is "enforce: theft by another container of the pod" "$(try exporter-1/thief 127.0.0.2 9100)" "EPERM 1"
	is "enforce: the exporter" "$(try exporter-1/exporter 127.0.0.2 9100)" "ok 9100 1"
	is "enforce: a static pod, declared" "$(try static-node1/two 127.0.0.1 9881)" "ok 9881 1"
	is "enforce: a static pod, undeclared" "$(try static-node1/two 127.0.0.1 9872)" "EPERM 1"
	settled
	is "enforce: thieves are told" "$(told 9100)" "denied owner app/exporter-1/thief
denied owner app/thief/c"
	is "enforce: nothing is said of a declared port" "$(told 9869)" ""
	is "enforce: the exporter was never refused" "$(restarts exporter-1)" 0
}

# kubectl shows what the agent has made Events of.
test_kube_events() {
	until_true 60 has_event HostPortOwner thief
	is "an Event of theft" "$(events_of HostPortOwner thief)" "Warning Deny Pod/thief node1"
	until_true 60 has_event HostPortUndeclared quiet
	has "an Event of an undeclared bind" "$(events_of HostPortUndeclared quiet)" '^Warning Deny Pod/quiet node1$'
	has "kubectl get events shows it" "$(k -n app get events)" 'Warning +HostPortUndeclared +pod/quiet .*9871'
	is "no Event of a pod that declares its port" "$(events_of 'HostPort.*' declared)" ""
	has "Events were taken, but those about the Node, which Kubernetes 1.20 refuses" "$(status '.kube_events | "\(.sent) \(.error)"')" \
		'^[1-9][0-9]* (null|HTTP 422: Event "node1[.].* does not match event.namespace)$'
}
# events_of REASON POD
events_of() {
	k -n app get events.events.k8s.io -o json | jq -r --arg reason "^$1$" --arg pod "$2" '.items[] |
		select((.reason | test($reason)) and .regarding.name == $pod) |
		"\(.type) \(.action) \(.regarding.kind)/\(.regarding.name) \(.reportingInstance)"' | sort -u
}
# shellcheck disable=SC2317 # called by until_true
has_event() { events_of "$1" "$2" | grep -q Deny; }

# denied NAME PORT: known pods may have what they declare, and nothing else; PORT is for this call alone.
denied() {
	is "$1: declared" "$(try declared/c 127.0.0.1 9869)" "ok 9869 1"
	is "$1: undeclared" "$(try quiet/c 127.0.0.1 "$2")" "EPERM 1"
	says "$1: undeclared, it is told" "$2" "denied undeclared app/quiet/c"
}

# A container of a known pod where CRI-O would have put it: runc makes exactly that control group.
test_crio() {
	local uid id path
	uid=$(k -n app get pod declared -o json | jq -r '.metadata.uid')
	id=$(sha256sum <<<"$uid" | cut -c 1-64)
	path=/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod${uid//-/_}.slice/crio-$id.scope
	crio_bundle "$WORK/crio" "$path" || fail "CRI-O's place: no bundle"
	unit crio.service runc --root=/run/crio run --detach --bundle="$WORK/crio" "$id" </dev/null >"$WORK/logs/crio" 2>&1 ||
		fail "CRI-O's place: $(tail -n 3 "$WORK/logs/crio")"
	until_true 60 has_group declared "$path" || fail "CRI-O's place: the agent does not know it"
	is "CRI-O's place: declared" "$(in_crio "$id" 9869)" "ok 9869 1"
	is "CRI-O's place: undeclared" "$(in_crio "$id" 9882)" "EPERM 1"
	until_true 60 is_told 9882
	has "CRI-O's place: it is told" "$(told 9882)" '^denied undeclared app/declared/'
	unit crio.service runc --root=/run/crio delete --force "$id" >>"$WORK/logs/crio" 2>&1
}
# crio_bundle DIR CGROUP: a container that waits, in the node's network.
crio_bundle() {
	mkdir "$1" && (cd "$1" && runc spec) && jq --arg path "$2" --arg root "$WORK/subjects" '
		.process.terminal = false | .process.args = ["/bin/busybox", "sleep", "1000000000"] | .root.path = $root |
		.linux.cgroupsPath = $path | .linux.resources |= {devices} |
		.linux.namespaces |= map(select(.type != "network"))' "$1/config.json" >"$1/new" &&
		mv "$1/new" "$1/config.json"
}
in_crio() { unit crio.service runc --root=/run/crio exec "$1" /bin/bindprobe tcp 4 127.0.0.1 "$2" </dev/null 2>&1; }
# shellcheck disable=SC2317 # called by until_true
has_group() {
	[ "$(ctl pods --json | jq --arg pod "$1" --arg path "$2" \
		'[.pods[] | select(.name == $pod) | .cgroups[] | select(.path == $path)] | length')" = 1 ]
}

# The same name, another UID, and what it declares is another port.
test_again() {
	local before after
	before=$(k -n app get pod declared -o json | jq -r .metadata.uid)
	k -n app delete pod declared exporter-1 >/dev/null || fail "again: pods are not deleted"
	run_pods declared exporter-1 < <(
		pod declared true "c 0.0.0.0:9860 9860,9873"
		pod exporter-1 true "exporter 127.0.0.1:9100 9100" "thief - -"
	)
	after=$(k -n app get pod declared -o json | jq -r .metadata.uid)
	is "again: another UID" "$([ "$before" = "$after" ] || echo other)" other
	until_true 60 declares_now 9873 || fail "again: the pod is not known as it is now"
	is "again: what it declares now" "$(try declared/c 127.0.0.1 9873)" "ok 9873 1"
	is "again: what it declared before" "$(try declared/c 127.0.0.1 9869)" "EPERM 1"
	says "again: what it declared before is told" 9869 "denied undeclared app/declared/c"
	is "again: the line has the new UID" "$(jq -r 'select(.verdict and .port == 9869) | .workload.uid' "$WORK/events" | sort -u)" "$after"
	is "again: theft" "$(try thief/c "$NODE_IP" 9100)" "EPERM 1"
	settled
	is "again: nobody else is accused" "$(told 9860)$(told 9873)" ""
	is "again: the first bind of each went through" "$(restarts declared) $(restarts exporter-1)" "0 0"
	k -n app delete pod declared >/dev/null || fail "again: the pod is not deleted"
	run_pods declared < <(pod declared true "c 0.0.0.0:9860 9860,9869")
	until_true 60 declares_now 9869 || fail "again: the pod is not known as it was"
}
# shellcheck disable=SC2317 # called by until_true
declares_now() {
	[ "$(ctl pods --json | jq "[.pods[] | select(.name == \"declared\" and .gone == null and (.cgroups | length) > 1) |
		.ports[] | select(.port == $1)] | length")" = 1 ]
}

# 50 pods whose first act is a bind; every other one does not declare its port.
test_crowd() {
	local i port declares files=() undeclared='' said
	for ((i = 0; i < 50; i++)); do
		port=$((20000 + i)) declares=-
		if [ $((i % 2)) = 0 ]; then declares=$port; else undeclared+="$port app/crowd-$i/c "; fi
		RESTART=Never pod "crowd-$i" true "c 0.0.0.0:$port $declares" | jq -c '.metadata.labels = {app: "crowd"}' >"$WORK/crowd-$i"
		files+=("$WORK/crowd-$i")
	done
	post "${files[@]}"
	until_true 300 crowd_began || fail "50 pods: not all have begun"
	settled
	said=$(jq -rs 'map(select(.verdict and .port >= 20000 and .port < 20050)) |
		map("\(.port) \(.workload | "\(.namespace)/\(.pod)/\(.container)")") | unique | .[]' "$WORK/events" | xargs)
	is "50 pods: each that does not declare its port is accused, and no other one" "$said " "$undeclared"
	is "50 pods: of what" "$(jq -r 'select(.verdict and .port >= 20000 and .port < 20050) | "\(.verdict) \(.class)"' \
		"$WORK/events" | sort -u)" "denied undeclared"
	is "50 pods: those that declare it run" "$(k -n app get pods -l app=crowd -o json |
		jq '[.items[] | select(.status.phase == "Running" and (.spec.containers[0].ports | length) == 1)] | length')" 25
	k -n app delete pods -l app=crowd --wait=false >/dev/null
}
# shellcheck disable=SC2317 # called by until_true
crowd_began() {
	[ "$(k -n app get pods -l app=crowd -o json | jq '[.items[] | select(.status.phase == "Running" or .status.phase == "Failed")] | length')" = 50 ]
}

# ---- an API server that is gone, and one that refuses ----------------------------------------------

# shellcheck disable=SC2317 # called by until_true
knows_all() { [ "$(known)" = "$1" ]; }
# shellcheck disable=SC2317 # called by until_true
crowd_gone() { ! k -n app get pods -l app=crowd -o name | grep -q .; }

test_api_server() {
	local before
	until_true 120 crowd_gone
	# shellcheck disable=SC2016 # jq's
	before=$(k get pods -A -o json | jq -r '[.items[].metadata | "\(.namespace)/\(.name)"] | sort | join(" ")')
	until_true 60 knows_all "$before"
	is "the agent knows the node's pods" "$(known)" "$before"

	kill_apiserver
	until_true 120 source_says '^false '
	has "API server killed: it is said" "$(status '.pod_sources[0] | "\(.up) \(.error)"')" '^false .+'
	is "API server killed: what is known stays" "$(known)" "$before"
	denied "API server killed" 9874
	start_apiserver || return
	until_true 240 source_says '^true null$'
	is "API server back: it is read again" "$(status '.pod_sources[0] | "\(.up) \(.error)"')" "true null"
	run_pods later < <(pod later true "c 0.0.0.0:9875 9875,9880")
	is "API server back: a new pod, declared" "$(try later/c 127.0.0.1 9880)" "ok 9880 1"
	is "API server back: a new pod, undeclared" "$(try later/c 127.0.0.1 9876)" "EPERM 1"
	says "API server back: it is told" 9876 "denied undeclared app/later/c"
	has "notices say so" "$(jq -r 'select(.notice) | .notice' "$WORK/events" | xargs)" 'pods-lost.* pods( |$)'

	# The server goes on with a watch that it has allowed: it is asked again because it ends.
	k get clusterrolebinding hostportd -o json |
		jq 'del(.metadata.uid, .metadata.resourceVersion, .metadata.creationTimestamp)' >"$WORK/binding"
	before=$(known)
	k delete clusterrolebinding hostportd >/dev/null || fail "no rights: they are not taken away"
	kill_apiserver
	start_apiserver || return
	until_true 240 source_says 'HTTP 403'
	has "no rights: it is said" "$(status '.pod_sources[0] | "\(.up) \(.error)"')" '^false .*HTTP 403'
	is "no rights: what is known stays" "$(known)" "$before"
	denied "no rights" 9877
	k create -f "$WORK/binding" >/dev/null || fail "no rights: they are not given back"
	until_true 240 source_says '^true null$'
	is "rights again: it is read again" "$(status '.pod_sources[0] | "\(.up) \(.error)"')" "true null"
	settled
	is "nothing was said of what is declared" "$(told 9860)$(told 9875)$(told 9880)" ""
	accounted_kernel "enforce"
}

# ---- many pods -----------------------------------------------------------------------------------

# shellcheck disable=SC2317 # called by until_true
counted() { [ "$(status '.pod_sources[0].pods')" -ge "$1" ]; }
of_process() { awk -v key="$2:" '$1 == key { print $2 }' "/proc/$1/status"; }
# below NAME PID KEY LIMIT
below() {
	local kb
	kb=$(of_process "$2" "$3")
	if [ "${kb:-$4}" -lt "$4" ]; then pass "$1: $kb kB"; else fail "$1: $kb kB, not below $4"; fi
}

# Of 40 kB each. The kubelet refuses them, since they are for another node; the agent has to read them all the same.
test_many() {
	local i files=() agent keeper
	pod x true "c - 20001" | jq -c '.metadata |= (del(.name) | .generateName = "many-" |
		.annotations = {text: ("x" * 40000)}) | .spec.nodeName = "node1" |
		.spec.nodeSelector = {never: "here"}' >"$WORK/many"
	for ((i = 0; i < 490; i++)); do files+=("$WORK/many"); done
	post "${files[@]}"
	until_true 120 counted 490
	agent=$(status .pid)
	keeper=$(pgrep -P "$agent")
	has "500 pods are known" "$(status '.pod_sources[0] | "\(.pods) \(.left_out)"')" '^(49[0-9]|5[0-9]{2}) 0$'
	if is_built_for_debugging; then skip "memory: built with sanitizers"; return; fi
	below "500 pods of 40 kB: the agent" "$agent" VmRSS 8192
	below "500 pods of 40 kB: the process that reads them" "$(pgrep -P "$keeper")" VmHWM 20480
}

# ---- the end of an agent -----------------------------------------------------------------------------

# shellcheck disable=SC2317 # called by until_true
agent_gone() { ! k -n hostportd get pods -o name | grep -q .; }
# shellcheck disable=SC2317 # called by until_true
another_agent() { agent_ready && [ "$(status .pid)" != "$1" ]; }

test_end() {
	local pid
	pid=$(status .pid)
	kill -KILL "$pid"
	is "the agent is killed: undeclared" "$(try quiet/c 127.0.0.1 9878)" "EPERM 1"
	is "the agent is killed: declared" "$(try declared/c 127.0.0.1 9869)" "ok 9869 1"
	until_true 120 another_agent "$pid" || fail "the kubelet does not start another agent"
	follow
	until_true 60 is_told 9878
	# it has not read the pods yet: the UID is of the control group
	is "the next agent tells what was denied meanwhile" "$(jq -r 'select(.verdict and .port == 9878) |
		"\(.verdict) \(.class) \(.workload.uid)"' "$WORK/events")" \
		"denied undeclared $(k -n app get pod quiet -o json | jq -r .metadata.uid)"
	k delete daemonset -n hostportd hostportd >/dev/null
	until_true 120 agent_gone
	is "the DaemonSet is deleted: what was enforced is" "$(try quiet/c 127.0.0.1 9879)" "EPERM 1"
	unit tests.service env -u HOSTPORTD_PIN "$WORK/hostportctl" detach --yes >"$WORK/logs/detach" 2>&1 ||
		fail "detach: $(tail -n 3 "$WORK/logs/detach")"
	is "detached: nothing is enforced" "$(try quiet/c 127.0.0.1 9879)" "ok 9879 1"
}

# Without privileged containers, with the filter where the kubelet looks for it; and then the end, by the steps of
# docs/operations.md.
test_removal() {
	local filters=/proc/$NODE_PID/root/var/lib/kubelet/seccomp
	mkdir -p "$filters" && cp deploy/seccomp/hostportd.json "$filters"
	deploy "not privileged" least-privilege enforce
	rolled_out "not privileged"
	is "not privileged: the first process of the container" "$(k -n hostportd get pods -o json | jq -c \
		'.items[0].spec.containers[0].securityContext | [.privileged, .seccompProfile.localhostProfile]')" '[null,"hostportd.json"]'
	until_true 60 source_says '^true null$' || fail "not privileged: no pods: $(status '.pod_sources[0].error')"
	is "not privileged: what it may do" "$(status '.privileges | "\(.capabilities | length) \(.seccomp)"')" "5 true"
	is "not privileged: denies" "$(try quiet/c 127.0.0.1 31555)" "EPERM 1"

	k -n hostportd set env ds/hostportd HOSTPORTD_ON_EXIT=detach >/dev/null || fail "removal: the DaemonSet is not changed"
	rolled_out "removal"
	is "removal: the programs were taken over" "$(status '.pins | "\(.adopted) \(.on_exit)"')" "true detach"
	is "removal: until then it denies" "$(try quiet/c 127.0.0.1 31555)" "EPERM 1"
	k delete --wait=true -f "$WORK/manifests.json" >"$WORK/logs/delete" 2>&1 || fail "removal: $(tail -n 3 "$WORK/logs/delete")"
	until_true 120 agent_gone
	is "removed: nothing is denied" "$(try quiet/c 127.0.0.1 31555)" "ok 31555 1"
	is "removed: pins" "$(find "$BPFFS" -mindepth 1 ! -name '*.debug')" ""
	is "removed: socket, lock and note" "$(find "/proc/$NODE_PID/root/run/hostportd" -mindepth 1)" ""
}

setup
for tool in containerd ctr runc kubectl etcd zstd busybox iptables node npm; do
	command -v "$tool" >/dev/null && continue
	skip "$tool is not installed"
	finish
done
if ! tests/k8s/build.sh --cached >/dev/null; then
	skip "Kubernetes is not built: make test-k8s does that on Debian 12"
	finish
fi
skip "the systemd cgroup driver: no systemd runs on this node"
skip "a token that expires: Kubernetes 1.20 gives pods tokens that don't"
skip "sidecars: Kubernetes 1.20 has none; an init container, and a second one, stand for them"
start_cluster || {
	fail "no cluster: see above"
	finish
}
pass "the node is ready; Kubernetes was built in $(cat "$KUBE/seconds") seconds"
cp "$B/tests/e2e/bindprobe" "$B/hostportctl" "$WORK"
tests/npm.sh tests/deploy || fail "npm ci failed"
test_daemonset
test_audit
test_enforce
test_kube_events
test_crio
test_again
test_crowd
test_api_server
test_many
test_end
test_removal
finish
