#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Whose process it is: from a control group to the names of its pod and container, in events, listeners,
# `tail --pod` and what would break.
# shellcheck source=lib.sh source-path=SCRIPTDIR disable=SC1091
. "$(dirname "$0")/lib.sh"

REG=$WORK/reg.yaml
LIST=$WORK/pods.json
PROBE=$(realpath "$B/tests/e2e/bindprobe")
LOGS=/var/log/pods
LOGGED=$LOGS/hostportd-e2e_logged_
LINKS=/var/log/containers
LINK=$LINKS/logged_hostportd-e2e_

UID1=1f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0
UID1_=${UID1//-/_}
UID2=2f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0
UID3=3f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0
UNKNOWN=4f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0
HASH=00112233445566778899aabbccddeeff
ID=c0ffee0000000000000000000000000000000000000000000000000000c0ffee
ID2=badc0de000000000000000000000000000000000000000000000000000bad0de
ID3=5eed000000000000000000000000000000000000000000000000000000005eed
ID4=f00d00000000000000000000000000000000000000000000000000000000f00d
POD1=kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod$UID1_.slice

also_clear() {
	rm -rf "$LOGGED"* "$LINK"*
	rmdir --ignore-fail-on-non-empty "$LOGS" "$LINKS" 2>/dev/null
	:
}

# pod NAME UID CONTAINERS [STATUSES [ANNOTATIONS]]: one of a PodList; the last three are JSON.
pod() {
	jq -nc --arg name "$1" --arg uid "$2" --argjson containers "$3" --argjson ids "${4:-[]}" --argjson notes "${5:-{\}}" '{
		metadata: {name: $name, namespace: "ns", uid: $uid, annotations: $notes},
		spec: {hostNetwork: true, containers: [$containers[] | {name: .}]}, status: {containerStatuses: $ids}}'
}

# list POD...: write the PodList, in one step.
list() {
	printf '%s\n' "$@" | jq -s '{kind: "PodList", apiVersion: "v1", items: .}' >"$LIST.new" && mv "$LIST.new" "$LIST"
}

# status_of CONTAINER ID: as a pod's status has it.
status_of() { printf '[{"name": "%s", "containerID": "cri-o://%s"}]' "$1" "$2"; }

# bind_in PORT PATH: from a control group of the node's.
bind_in() {
	mkdir -p "$CGROUP/$2"
	inside_cgroup "$CGROUP/$2" "$PROBE" udp 4 127.0.0.1 "$1" >/dev/null
}

# shellcheck disable=SC2317 # called by keep
in_pod() { inside_cgroup "$CGROUP/$POD1/crio-$ID.scope" "$@"; }

NAMES='.workload | "\(.kind) \(.namespace // "-")/\(.pod // "-")/\(.container // "-") \(.uid // "-")"'

# event PORT: whose it was.
event() {
	all_told
	jq -r "select(.port == $1) | $NAMES" "$WORK/events"
}

# shellcheck disable=SC2317 # called by until_true
pods_are() { [ "$(ctl pods --json | jq -r '[.pods[] | select(.gone == null) | .name] | sort | join(" ")')" = "$1" ]; }
# shellcheck disable=SC2317 # called by until_true
knows_id() { ctl pods --json | grep -q "$1"; }
# shellcheck disable=SC2317 # called by until_true
shown() { grep -q "$1" "$WORK/tail"; }

# tail_of PATTERN LAST: the ports of the lines of `tail --pod`, once the last one is there.
tail_of() {
	rm -f "$WORK/tail"
	"$B/hostportctl" --socket="$SOCK" tail --json --pod="$1" --replay=100 >"$WORK/tail" &
	until_true 30 shown "\"port\":$2," || fail "tail --pod=$1: no line of $2"
	kill $!
	wait $! 2>/dev/null
	jq -r 'select(.verdict) | .port' "$WORK/tail" | sort -n | tr '\n' ' '
}

setup
cat >"$REG" <<'END'
version: 1
name: names
source: test_pod_names.sh
entries:
  - {ports: 20000, protocol: tcp, process: mine}
END
A=$(pod a $UID1 '["web"]')
MIRROR=$(pod etcd-node1 of-the-mirror '["etcd"]' '[]' "{\"kubernetes.io/config.hash\": \"$HASH\"}")
STATED=$(pod stated my-static-uid '["web"]')
list "$A" "$(pod b $UID2 '["web", "proxy"]' "$(status_of proxy $ID)")" "$MIRROR" "$STATED"
mkdir -p "$LOGGED$UID3" "$LINKS" "$CGROUP/system.slice/agent.service" "$CGROUP/$POD1/crio-$ID.scope"

ln -s nowhere "${LINK}side-car-$ID4.log"

# A listener from before the agent, of this machine's own control group: on a hybrid system v1 names it.
keep before outside bindprobe tcp 4 127.0.0.1 21050 hold
V1=$(sed -n 's/^[0-9]*:memory://p' "/proc/$(keeper before)/cgroup")
V2=$(sed -n 's/^0:://p' "/proc/$(keeper before)/cgroup")
WANT=$V2
if [ "$V2" = / ] && [ -n "$V1" ]; then WANT=$V1; fi

# The agent's node is the test's control group: so the kubelet's and systemd's names begin there.
# shellcheck disable=SC2016 # for the inner shell
AGENT_BY=(bash -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$CGROUP/system.slice/agent.service" "${AGENT_BY[@]}")
start_agent --mode=audit --registry="$REG" --pods="$LIST" --node-name=node1 || finish

keep listener in_pod bindprobe tcp 4 127.0.0.1 21000 hold
bind_in 21001 "$POD1/crio-$ID.scope/container"
bind_in 21002 "$POD1/crio-conmon-$ID.scope"
bind_in 21003 "kubepods/burstable/pod$UID2/$ID"
bind_in 21004 "kubepods/burstable/pod$UID2/$ID2"
bind_in 21005 "kubepods/pod$HASH/$ID3"
bind_in 21006 "kubepods.slice/kubepods-podmy_static_uid.slice/cri-containerd-$ID3.scope"
bind_in 21007 "kubepods/pod$UID3/$ID3"
bind_in 21013 "kubepods/pod$UID3/$ID4"
bind_in 21008 "kubepods/pod$UNKNOWN/$ID3"
bind_in 21009 "kubepods/podother-uid/$ID3"
bind_in 21010 "system.slice/a.service/kubepods/pod$UID2/$ID"
is "a pod of one container" "$(event 21000)" "pod ns/a/web $UID1"
is "a group below the container's" "$(event 21001)" "pod ns/a/web $UID1"
is "a container's monitor" "$(event 21002)" "pod ns/a/- $UID1"
is "a container by its id" "$(event 21003)" "pod ns/b/proxy $UID2"
is "one of several that is not known yet" "$(event 21004)" "pod ns/b/- $UID2"
is "a static pod by its mirror" "$(event 21005)" "pod ns/etcd-node1/etcd $HASH"
is "a UID that the manifest states" "$(event 21006)" "pod ns/stated/web my-static-uid"
is "a pod of no source, by its log directory" "$(event 21007)" "pod hostportd-e2e/logged/- $UID3"
is "its container, by its log" "$(event 21013)" "pod hostportd-e2e/logged/side-car $UID3"
is "a pod that nothing knows" "$(event 21008)" "pod -/-/- $UNKNOWN"
is "a stated UID that nothing knows" "$(event 21009)" "cgroup -/-/- -"
is "a unit that makes a pod's names" "$(event 21010)" "unit -/-/- -"

list "$(pod b $UID2 '["web", "proxy"]' "$(status_of web $ID2)")" "$MIRROR"
until_true 30 pods_are "b etcd-node1" || fail "the list is not taken: $(ctl pods)"
until_true 30 knows_id $ID2 || fail "the id is not known: $(ctl pods --json)"
bind_in 21011 "$POD1/crio-$ID.scope"
bind_in 21012 "kubepods/burstable/pod$UID2/$ID2"
is "a pod that is gone" "$(event 21011)" "pod ns/a/web $UID1"
is "a container whose id has become known" "$(event 21012)" "pod ns/b/web $UID2"

is "tail of a pod" "$(tail_of ns/a 21011)" "21000 21001 21002 21011 "
is "tail of names" "$(tail_of '*/b' 21012)" "21003 21004 21012 "
is "tail of a UID" "$(tail_of $UNKNOWN 21008)" "21008 "
ctl tail --pod=a/b/c 2>"$WORK/err"
is "tail of nonsense: exit status" $? 2
has "tail of nonsense" "$(cat "$WORK/err")" 'not a pod: NAMESPACE/NAME'

ctl listeners --json >"$WORK/listeners"
is "listeners: JSON" "$(jq -r ".listeners[] | select(.port == 21000) | $NAMES" "$WORK/listeners")" "pod ns/a/web $UID1"
has "listeners: table" "$(ctl listeners)" '127.0.0.1:21000 .* pod ns/a/web '
ctl listeners --html="$WORK/page.html" || fail "no page"
has "listeners: page" "$(cat "$WORK/page.html")" 'pod ns/a/web'
ctl mode enforce >"$WORK/impact" 2>&1
is "mode enforce: it is refused" $? 1
has "mode enforce: what would break" "$(cat "$WORK/impact")" 'tcp +21000 +pod ns/a/web +bindprobe'
has "mode enforce: what ended, by the names of now" "$(cat "$WORK/impact")" 'udp +21004 +pod ns/b/web +'
has "mode enforce: a static pod" "$(cat "$WORK/impact")" 'udp +21005 +pod ns/etcd-node1/etcd +'
has "mode enforce: a pod that nothing knows" "$(cat "$WORK/impact")" 'udp +21008 +pod 4f1e2d3c'
has "learn" "$(ctl learn 2>/dev/null)" 'pod ns/etcd-node1/etcd'

is "one from before: its control group" "$(jq -r 'select(.port == 21050 and .how == "existing").cgroup' "$WORK/events")" "$WANT"
is "one from before: the same in listeners" \
	"$(jq -r '.listeners[] | select(.port == 21050).cgroup' "$WORK/listeners")" "$WANT"
stop_agent
let_go before listener
finish
