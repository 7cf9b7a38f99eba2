#!/bin/bash
# SPDX-License-Identifier: MIT
#
# learn --merge: one layer of what the agents of many nodes answered. Needs no root, no kernel.
# shellcheck source=lib.sh source-path=SCRIPTDIR disable=SC1091
. "$(dirname "$0")/lib.sh"

setup_files
dir=$WORK/nodes
mkdir "$dir"

# merge NAME STATUS ARGS...: the layer is in $WORK/out, messages in $WORK/err.
merge() {
	local name=$1 want=$2
	shift 2
	"$B/hostportctl" learn --merge "$@" >"$WORK/out" 2>"$WORK/err"
	is "$name: exit status" $? "$want"
}

says() { has "$1" "$(cat "$WORK/out")" "$2"; }
complains() { has "$1" "$(cat "$WORK/err")" "$2"; }

# rows: of the layer, which is read as the agent reads it; blank between them.
rows() {
	# shellcheck disable=SC2016 # the names are jq's
	"$B/hostportctl" registry show --json --registry="$WORK/out" |
		jq -r '.rows[] | "\(.kind)/\(.protocol)/\(.ports)"' | xargs
}

# node NAME ROW...: an answer of an agent to `learn`.
node() {
	local IFS=,
	printf '{"node":"%s","mode":"audit","since":"2026-11-22T20:11:31.123456789Z","layers":["openshift"],"violations":[%s]}\n' "$1" "${*:2}"
}

# pod NAME PORT, unit NAME PORT: a violation.
pod() {
	printf '{"class":"unregistered","protocol":"tcp","port":%s,"workload":{"kind":"pod","namespace":"shop","pod":"%s","container":"c"},"comm":"web","sockets":1}' "$2" "$1"
}
unit() {
	printf '{"class":"unregistered","protocol":"udp","port":%s,"workload":{"kind":"unit","unit":"%s"},"comm":"d","count":1}' "$2" "$1"
}

# ---- a few nodes ------------------------------------------------------------------------------
node n1 "$(pod web-x7k2p 8080)" "$(unit statd.service 700)" >"$dir/a.json"
node n2 "$(pod web-bcdfg 8080)" "$(unit statd.service 812)" >"$dir/b.json"
node n3 "$(unit odd.service 9999)" >"$dir/c.json"
merge "three" 0 --until=2027-03-31 "$dir"
is "three: rows" "$(rows)" "client/udp/512-1023 exception/tcp/8080 exception/udp/9999"
says "three: how many nodes" '^# Rows for what violates the registry on 3 nodes, to be reviewed'
says "three: a DaemonSet is one workload" '^  # pod shop/web-\*/c: web, uid 0, on \?; up to 1 socket on a node; on 2 nodes, one is n1$'
says "three: the row tells it, too" 'reason: "learned [0-9-]+: pod shop/web-\*/c, web, on 2 nodes"'
says "three: on one node" '^  # unit odd\.service: .*; on n3$'
is "three: says what is a client" "$(grep -c 'as a client of 512-1023' "$WORK/err")" 1
says "three: until" 'until: "2027-03-31"'
cp "$WORK/out" "$dir/90-learned.yaml"
merge "beside a layer" 0 "$dir"
is "beside a layer: rows" "$(rows)" "client/udp/512-1023 exception/tcp/8080 exception/udp/9999"
merge "JSON" 0 --json "$dir"
is "JSON" "$(jq -c '[.nodes, .unread, .layers, (.violations[0] | [.workload.pod, .port, .nodes, .node])]' "$WORK/out")" \
	'[3,0,["openshift"],["web-*",8080,2,"n1"]]'
cat "$dir"/*.json >"$WORK/all.json"
merge "a document a line" 0 "$WORK/all.json"
is "a document a line: rows" "$(rows)" "client/udp/512-1023 exception/tcp/8080 exception/udp/9999"
"$B/hostportctl" learn --merge - <"$WORK/all.json" >"$WORK/out" 2>/dev/null
is "standard input: exit status" $? 0
is "standard input: rows" "$(rows)" "client/udp/512-1023 exception/tcp/8080 exception/udp/9999"

# ---- what can't be used -------------------------------------------------------------------------
: >"$dir/empty.json"
printf '{"node":"n9","violations":[' >"$dir/half.json"
node n1 >"$dir/z-again.json"
printf '{"kind":"List"}\n' >"$dir/other.json"
merge "some are broken" 1 "$dir"
is "some are broken: rows" "$(rows)" "client/udp/512-1023 exception/tcp/8080 exception/udp/9999"
complains "some are broken: empty" 'nodes/empty\.json: empty$'
complains "some are broken: half" 'nodes/half\.json:1: not a JSON document in one line: '
complains "some are broken: twice" 'nodes/z-again\.json:1: its node is in an earlier document, which counts$'
complains "some are broken: something else" 'nodes/other\.json:1: not what learn --json or listeners --json prints'
says "some are broken: the layer says so" '^# documents that could not be read: 4$'
merge "none can be used" 2 "$dir/empty.json" "$WORK/not-there.json"
is "none can be used: prints nothing" "$(cat "$WORK/out")" ""
complains "none can be used: which is not there" 'not-there\.json: No such file or directory$'
complains "none can be used: says so" 'no document of a node is in the files$'
merge "no files" 2
complains "no files: says so" 'merge needs files'
merge "merged already" 0 --json "$WORK/all.json"
cp "$WORK/out" "$WORK/merged.json"
merge "merged already: not once more" 2 "$WORK/merged.json"
for _ in $(seq 30); do echo '{}'; done >"$WORK/bad.json"
merge "many are broken" 1 "$WORK/all.json" "$WORK/bad.json"
is "many are broken: some are named" "$(grep -c '/bad\.json:' "$WORK/err")" 16
complains "many are broken: others are counted" ': 14 more documents can.t be used$'

# ---- a fleet --------------------------------------------------------------------------------------
fleet=$WORK/fleet
mkdir "$fleet"
letters=bcdfghjklmnpqrstvwxz
for i in $(seq 0 4999); do
	id=x${letters:i % 20:1}${letters:i / 20 % 20:1}${letters:i / 400 % 20:1}k
	printf '{"node":"n%d","violations":[{"class":"unregistered","protocol":"tcp","port":%d,"workload":{"kind":"pod","namespace":"shop","pod":"web-%s","container":"c"},"comm":"web","sockets":1}]}\n' \
		"$i" $((i % 5 ? 8080 : 8081)) "$id" >"$fleet/$i.json"
done
merge "a fleet" 0 "$fleet"
is "a fleet: rows" "$(rows)" "exception/tcp/8080 exception/tcp/8081"
says "a fleet: how many nodes" ' on 5000 nodes, to be reviewed'
says "a fleet: most" 'reason: "learned [0-9-]+: pod shop/web-\*/c, web, on 4000 nodes"'
says "a fleet: others" 'reason: "learned [0-9-]+: pod shop/web-\*/c, web, on 1000 nodes"'
is "a fleet: a short layer" "$(($(wc -l <"$WORK/out") < 20))" 1

finish
