#!/bin/bash
# SPDX-License-Identifier: MIT
# registry import, export and diff, from the command line. No agent, no BPF, no privilege.
# shellcheck source=lib.sh source-path=SCRIPTDIR disable=SC1091
. "$(dirname "$0")/lib.sh"
A=$NAME-a$$ C=$NAME-c$$ # where there is no lock, another run has others
servers=()
end_namespaces() {
	[ "${#servers[@]}" -eq 0 ] || kill "${servers[@]}" 2>/dev/null
	servers=()
	ip netns del "$A" 2>/dev/null
	ip netns del "$C" 2>/dev/null
}
also_clear() { end_namespaces; }
setup_files
PAGE=tests/registry/page.md

# run NAME STATUS ARGS...: hostportctl registry ARGS; $OUT and $ERR are what it says.
run() {
	local name=$1 want=$2
	shift 2
	"$B/hostportctl" registry "$@" >"$WORK/out" 2>"$WORK/err" </dev/null
	is "$name: exit status" "$?" "$want"
	OUT=$(cat "$WORK/out") ERR=$(cat "$WORK/err")
}

# rows FILE: its entries and retired rows as JSON, without what a page does not have.
rows() {
	local rows
	rows=$("$B/hostportctl" registry show --json --registry="$1") || echo "$1: no rows"
	jq -c '[.rows[] | select(.kind == "entry" or .kind == "retired") | del(.line, .layer, .owners, .essential)]' <<<"$rows"
}

# ---- show ------------------------------------------------------------------------------------
run "a port" 0 show --json 9100/tcp
is "a port: its rows" "$(jq -c '[.rows[] | select(.kind != "accept") | [.kind, .ports, .protocol]] | unique' <<<"$OUT")" \
	'[["entry",9100,"tcp"],["range","9000-9999","tcp"]]'
run "a team, on workers" 0 show --json --team=STORAGE --role=worker 9000-9999
is "a team, on workers: its rows" "$(jq -c '[.rows[] | [.team, .role]] | unique' <<<"$OUT")" '[["storage","any"]]'
run "nobody's port" 0 show 8080
has_not "nobody's port: no row" "$OUT" 8080
run "no port" 2 show x
has "no port: why" "$ERR" "registry show: x: not a port"
run "two ports" 2 show 1 2
run "as JSON, in short" 0 show -o json --team=storage
json=$OUT
run "as JSON, by its name" 0 show --json --team=storage
is "as JSON: the same" "$OUT" "$json"
run "as YAML" 0 show -oyaml --team=storage --registry=builtin:openshift
echo "$OUT" >"$WORK/shown.yaml"
has "as YAML: the layer" "$OUT" "^name: openshift$"
run "as YAML: read again" 0 show -o json --registry="$WORK/shown.yaml"
is "as YAML: the same rows" "$(jq -c '[.rows[] | del(.line)]' <<<"$OUT")" \
	"$("$B/hostportctl" registry show --json --team=storage --registry=builtin:openshift | jq -c '[.rows[] | del(.line)]')"
run "as YAML, layers" 0 show --output=yaml
is "as YAML, layers: a document each" "$(grep -c '^version: 1$' <<<"$OUT")" "$(($(grep -c '^---$' <<<"$OUT") + 1))"
has "as YAML, layers: more than one" "$OUT" "^---$"
run "as YAML, nothing" 0 show -o yaml --team=nobody
is "as YAML, nothing: is nothing" "$OUT" ""
run "as a table" 0 show 9100/tcp
has_not "as a table: no version" "$OUT" "SINCE"
run "as a wide table" 0 show -o wide 9100/tcp
has "as a wide table: the columns" "$OUT" "PROCESS +APPLICATION +TEAM +SINCE +REMOVED +PLATFORMS +OWNERS +CLASS +UNTIL +NOTES"
has "as a wide table: the row" "$OUT" "^openshift +entry +tcp +9100 +external +any +node-exporter +- +monitoring +- +- +- .*openshift-monitoring.* metrics$"
run "in no form" 2 show -o xml
has "in no form: which there are" "$ERR" "registry show: neither a form nor a column: xml: not one of LAYER, KIND, PROTO, PORTS, "
run "columns" 0 show -o ports,PROCESS,since --no-headings 9100/tcp --registry=builtin:openshift
is "columns: these" "$(tr -s ' ' <<<"$OUT")" "9100 node-exporter -
9000-9999 - -"
run "sorted" 0 show -o PORTS --no-headings --sort=-ports 9100-9110/tcp --registry=builtin:openshift
is "sorted: the greatest first" "$(tr -d ' ' <<<"$OUT")" "$(tr -d ' ' <<<"$OUT" | sort -rV)"
has "sorted: several" "$(wc -l <<<"$OUT")" '^([2-9]|[1-9][0-9]+)$'
run "no such column" 2 show --sort=porst
has "no such column: which is meant" "$ERR" "did you mean PORTS\?$"

# ---- import ----------------------------------------------------------------------------------
run "import a page" 0 import "$PAGE"
is "import a page: says nothing" "$ERR" ""
cp "$WORK/out" "$WORK/page.yaml"
is "the page is the openshift layer" "$(rows "$WORK/page.yaml")" "$(rows builtin:openshift)"
has "its name is the file's" "$OUT" '^name: page$'
has "its source is the file's" "$OUT" '^source: page.md$'

"$B/hostportctl" registry import --name=x --source='a: b' - <"$PAGE" >"$WORK/out" 2>"$WORK/err"
is "from standard input: exit status" "$?" 0
has "--name" "$(head -n 3 "$WORK/out")" '^name: x$'
has "--source" "$(head -n 3 "$WORK/out")" '^source: "a: b"$'

sed 's/^| 53  /| 70053/' "$PAGE" >"$WORK/bad.md"
run "a bad port" 2 import "$WORK/bad.md"
is "a bad port: nothing is printed" "$OUT" ""
has "a bad port: where" "$ERR" "^$WORK/bad.md:[0-9]+:3: Port: 70053: not ports"

sed '0,/^| 80 /s/ net edge  *|/ /' "$PAGE" >"$WORK/bad.md"
run "a cell too few" 2 import "$WORK/bad.md"
has "a cell too few: where" "$ERR" "^$WORK/bad.md:[0-9]+:1: a row of 6 cells in a table of 7 columns"

cat >"$WORK/matrix.csv" <<-'END'
	Direction,Protocol,Port,Namespace,Service,Pod,Container,Node Role,Optional
	Ingress,TCP,22,Host system service,sshd,,,master,TRUE
	Ingress,TCP,22,Host system service,sshd,,,worker,TRUE
	Ingress,TCP,9454,openshift-kni-infra,,haproxy,haproxy,master,FALSE
	Ingress,TCP,10250,Host system service,kubelet,,,master,FALSE
	Ingress,TCP,10250,Host system service,kubelet,,,worker,FALSE
END
run "import a matrix" 0 import "$WORK/matrix.csv"
cp "$WORK/out" "$WORK/matrix.yaml"
is "a matrix: its rows" "$("$B/hostportctl" registry show --json --registry="$WORK/matrix.yaml" |
	jq -c '.rows[] | [.ports, .process, .role, .owners[0].unit, .notes]')" \
	'[22,"sshd","any","sshd.service","optional"]
[9454,"haproxy","control-plane",null,null]
[10250,"kubelet","any","kubelet.service",null]'

cat >"$WORK/groups.csv" <<-'END'
	Direction,Protocol,Port,Namespace,Service,Pod,Container,NodeGroup,Optional
	Ingress,TCP,22,Host system service,sshd,,,master,true
	Ingress,TCP,9100,example-metrics,exporter,exporter,proxy,storage,false
	Ingress,UDP,9999,,statsd,,,,false
END
run "a matrix of groups: an unknown pool" 2 import "$WORK/groups.csv"
has "a matrix of groups: which, and what to do" "$ERR" "groups.csv:3:.*storage: .*--pool=NAME=control-plane"
run "a matrix of groups" 0 import --pool=storage=worker "$WORK/groups.csv"
cp "$WORK/out" "$WORK/groups.yaml"
is "a matrix of groups: roles" "$("$B/hostportctl" registry show --json --registry="$WORK/groups.yaml" |
	jq -c '.rows[] | [.ports, .role]' | xargs)" "[22,control-plane] [9100,worker] [9999,any]"
run "a matrix of groups: compared" 0 diff --pool=storage=worker "$WORK/groups.csv" "$WORK/groups.yaml"
run "a pool without a role" 2 import --pool=storage "$WORK/groups.csv"
run "a pool of no role" 2 import --pool=storage=infra "$WORK/groups.csv"
printf '## External\n### TCP\n| Port | Process | Protocol | Control-plane only | Owning Team | Since | Notes |\n|--|--|--|--|--|--|--|\n| 9000 | a | HTTP | yes | t | 4.1 |\n' >"$WORK/short.md"
run "a row without its last cell" 0 import "$WORK/short.md"
has "a row without its last cell: said" "$ERR" "short.md:5:1: warning: the row lacks its last cell, the notes$"
has "a row without its last cell: read" "$OUT" "ports: 9000"

"$B/hostportctl" registry export --format=csv --registry="$WORK/groups.yaml" >"$WORK/rows.csv"
run "our own CSV" 0 import --name=groups --source=groups.csv "$WORK/rows.csv"
is "our own CSV: the same file" "$OUT" "$(cat "$WORK/groups.yaml")"
run "our own CSV: compared" 0 diff "$WORK/rows.csv" "$WORK/groups.yaml"

printf 'Direction,Protocol\nIngress\n' >"$WORK/bad.csv"
run "a matrix without columns" 2 import "$WORK/bad.csv"
is "a matrix without columns: nothing is printed" "$OUT" ""
run "the wrong format" 2 import --format=csv "$PAGE"
printf "version: 1\n" >"$WORK/a.yaml"
run "no format" 2 import "$WORK/a.yaml"
has "no format: says so" "$ERR" "^hostportctl: registry import: $WORK/a.yaml: neither a page nor a matrix"
run "no file" 2 import
run "two files" 2 import "$PAGE" "$PAGE"
run "a file that is not there" 2 import "$WORK/none.md"
has "a file that is not there: says so" "$ERR" "^hostportctl: registry import: $WORK/none.md: No such file"
run "a directory" 2 import --format=md "$WORK"
run "not a name" 2 import --name='A B' "$PAGE"
run "an unknown format" 2 import --format=json "$PAGE"

# ---- export ----------------------------------------------------------------------------------
run "export the page" 0 export --format=md --registry="$WORK/page.yaml"
cp "$WORK/out" "$WORK/again.md"
is "export the page: nothing is lost" "$ERR" ""
cells() { grep '^|' "$1" | grep -v '^|-' | sed -E 's/ *\| */|/g'; }
is "import and export: cell for cell" "$(cells "$WORK/again.md")" "$(cells "$PAGE")"
run "import it again" 0 import --name=page --source=page.md "$WORK/again.md"
is "import, export, import: the same file" "$OUT" "$(cat "$WORK/page.yaml")"

run "export the built-in stack as a page" 0 export --format=md
has "what a page can't hold is told" "$ERR" '^hostportctl: registry export: md: .*: owners: [0-9]+$'
run "export yaml" 0 export --format=yaml --name=all
cp "$WORK/out" "$WORK/all.yaml"
has "--name of yaml" "$(head -n 2 "$WORK/out")" '^name: all$'
is "yaml: the rows of the stack" "$(rows "$WORK/all.yaml" | jq length)" \
	"$("$B/hostportctl" registry show --json | jq '[.rows[] | select(.kind == "entry" or .kind == "retired")] | length')"
run "export json" 0 export --format=json
is "json is that of show" "$OUT" "$("$B/hostportctl" registry show --json)"
run "export csv" 0 export --format=csv
is "csv: a header and a row a line" "$(wc -l <"$WORK/out")" \
	"$(($("$B/hostportctl" registry show --json | jq '[.rows[] | select(.kind != "accept")] | length') + 1))"
has "csv: what lint accepts is left out, and told" "$ERR" 'findings that layers accept, which are left out: [0-9]+$'
run "export html" 0 export --format=html
has "html: a page" "$(head -n 1 "$WORK/out")" '^<!DOCTYPE html>'
has "html: its rows" "$OUT" 'cluster-version operator'
has "html: what lint finds" "$OUT" '"rule":"unsorted"'
has "html: no node where none is told of" "$OUT" '"node":null'
run "export html of a node" 0 export --format=html --role=worker
has "html: the node" "$OUT" '"node":\{"role":"worker"'
run "export reserved-ports" 0 export --format=reserved-ports
is "reserved-ports" "$(grep -v '^#' "$WORK/out")" "net.ipv4.ip_local_reserved_ports = 39300-39301,60000"
run "another ephemeral range" 0 export --format=reserved-ports --ephemeral=50000-65535
is "another ephemeral range: ports" "$(grep -v '^#' "$WORK/out")" "net.ipv4.ip_local_reserved_ports = 60000"
run "a range that would starve" 2 export --format=reserved-ports --ephemeral=9100-9104
is "a range that would starve: nothing is printed" "$OUT" ""
run "butane without a role" 2 export --format=butane
has "butane without a role: says so" "$ERR" '--role=control-plane or --role=worker$'
run "butane" 0 export --format=butane --role=worker
run "a MachineConfig without a role" 2 export --format=machineconfig
has "a MachineConfig without a role: says so" "$ERR" '--role=control-plane or --role=worker$'
run "a MachineConfig" 0 export --format=machineconfig --role=control-plane
is "a MachineConfig: its name and role" "$(jq -r '"\(.metadata.name) \(.metadata.labels[])"' "$WORK/out")" "98-master-hostportd master"
run "vap" 0 export --format=vap --role=worker
has "vap: a port, for anybody" "$OUT" '^  TCP-9100: "\.\*"$'
has "vap: its name" "$OUT" '^  policyName: host-port-registry-worker$'
run "vap with owners" 0 export --format=vap --enforce=default,owner
has "vap with owners: a port" "$OUT" '^  TCP-9100: "openshift-monitoring/node-exporter-'
run "vap with a name" 0 export --format=vap --name=ports
is "vap with a name: its objects" "$(grep -c '^  name: ports$' "$WORK/out")" 3
run "vap without the first class" 2 export --format=vap --enforce=scope
has "vap without the first class: says so" "$ERR" "vap: class unregistered can't be left out: "
run "vap of what is no name" 2 export --format=vap --name=Ports
run "no format" 2 export
run "an unknown format" 2 export --format=pdf
has "an unknown format: says which there are" "$ERR" 'yaml, md, json, csv, html, nft, butane, machineconfig, reserved-ports, vap$'
run "a reversed range" 2 export --format=reserved-ports --ephemeral=2-1
run "not a registry" 2 export --format=md --registry="$PAGE"
run "nft without SSH" 0 export --format=nft --registry=builtin:openshift
has "nft without SSH: warns" "$ERR" 'tcp 22 is not registered'
printf 'version: 1\nname: empty\n' >"$WORK/empty.yaml"
run "nft of nothing" 2 export --format=nft --registry="$WORK/empty.yaml"
is "nft of nothing: nothing is printed" "$OUT" ""
run "vap of nothing" 2 export --format=vap --registry="$WORK/empty.yaml"
has "vap of nothing: says why" "$ERR" 'vap: no port is registered for pods: all host ports would be refused$'
is "vap of nothing: nothing is printed" "$OUT" ""

# ---- diff ------------------------------------------------------------------------------------
run "diff of the same" 0 diff builtin:openshift builtin:openshift
is "diff of the same: says nothing" "$OUT$ERR" ""
run "the page is the openshift layer" 0 diff builtin:openshift "$PAGE"
run "the layer of the page is the page" 0 diff "$WORK/page.yaml" "$PAGE"
run "the stack, and what was exported of it" 0 diff builtin:openshift,builtin:node-baseline,builtin:hostportd "$WORK/all.yaml"

run "diff with a matrix" 1 diff builtin:openshift "$WORK/matrix.csv"
has "diff: digits exchanged" "$OUT" '^~ tcp 9545 -> 9454 haproxy: the same service, digits exchanged$'
has "diff: added" "$OUT" '^\+ tcp 22 sshd$'
has "diff: removed" "$OUT" '^- tcp 6443 kube-apiserver \(control-plane, team apiserver\)$'
has_not "diff: what a matrix can't know" "$OUT" '10248|retired|range|team:|^. tcp 10250'
has "diff: counts" "$(tail -n 1 "$WORK/out")" '^1 added, [0-9]+ removed, 0 changed, 1 moved$'
run "diff --json" 1 diff --json builtin:openshift "$WORK/matrix.csv"
is "diff --json" "$(jq -c '[.added, .moved, (.differences | length) == .added + .removed + .changed + .moved,
	(.differences[] | select(.type == "moved") | .ports, .to_ports, .digits_exchanged)]' "$WORK/out")" \
	'[1,1,true,9545,9454,true]'
run "diff --json of the same" 0 diff --json "$PAGE" builtin:openshift
is "diff --json of the same" "$(jq -c '.differences' "$WORK/out")" '[]'

printf 'version: 1\nname: a\nentries:\n  - {ports: 9000-9009, protocol: tcp, process: p}\n' >"$WORK/a.yaml"
printf 'version: 1\nname: b\nentries:\n  - {ports: 9000-9004, protocol: tcp, process: p}\n  - {ports: 9005-9009, protocol: tcp, process: p, team: t}\n' >"$WORK/b.yaml"
run "half of a range" 1 diff "$WORK/a.yaml" "$WORK/b.yaml"
is "half of a range" "$OUT" "--- $WORK/a.yaml
+++ $WORK/b.yaml
~ tcp 9005-9009 p
    team: - -> t
0 added, 0 removed, 1 changed, 0 moved"
cat >"$WORK/listeners.json" <<-'END'
	{"listeners": [
		{"protocol": "tcp", "family": "ipv4", "address": "0.0.0.0", "port": 9100, "pid": 7, "comm": "exporter", "workload": {"kind": "unit", "unit": "e.service"}},
		{"protocol": "tcp", "family": "ipv6", "address": "::1", "port": 9101, "pid": 8, "comm": "local", "workload": {"kind": "pod", "namespace": "n", "pod": "p", "container": "c"}},
		{"protocol": "udp", "family": "ipv4", "address": "*", "port": 9102, "workload": {"kind": "kernel"}},
		{"protocol": "dccp", "family": "ipv4", "address": "*", "port": 9100}]}
END
cat >"$WORK/old.yaml" <<-'END'
	version: 1
	name: page
	entries: [{ports: 9100-9101, protocol: tcp, process: p}]
END
cat >"$WORK/new.yaml" <<-'END'
	version: 1
	name: page
	entries: [{ports: 9101, protocol: tcp, process: p, scope: localhost}, {ports: 9102, protocol: udp, process: q, role: worker}]
	retired: [{ports: 9100, protocol: tcp, process: p, removed: "4.20"}]
END
run "listeners and an upgrade" 1 diff --role=worker --listeners="$WORK/listeners.json" -o json "$WORK/old.yaml" "$WORK/new.yaml"
is "listeners and an upgrade: findings" "$(jq -c '.findings[] | [.rule, .severity, .protocol, .port]' <<<"$OUT" | sort)" \
	'["newly-retired","error","tcp",9100]
["newly-taken","warning","udp",9102]'
has "listeners and an upgrade: who" "$(jq -r '.findings[].message' <<<"$OUT")" '^exporter\[7\], .*e.service, tcp 9100: '
run "listeners and an upgrade, of another role" 1 diff --role=control-plane --listeners="$WORK/listeners.json" "$WORK/old.yaml" "$WORK/new.yaml"
has "listeners and an upgrade, of another role: inactive" "$OUT" ", udp 9102: .*\[newly-inactive\]$"
run "listeners and the same" 0 diff --listeners="$WORK/listeners.json" "$WORK/old.yaml" "$WORK/old.yaml"
run "listeners of something else" 2 diff --listeners="$WORK/old.yaml" "$WORK/old.yaml" "$WORK/new.yaml"
has "listeners of something else: why" "$ERR" "old.yaml: not what .hostportctl listeners --json. prints"
run "no listeners" 2 diff --listeners="$WORK/none.json" "$WORK/old.yaml" "$WORK/new.yaml"
run "the ratchet, the same" 0 diff --ratchet "$WORK/old.yaml" "$WORK/old.yaml"
{ cat "$WORK/old.yaml" && echo 'exceptions: [{ports: 8080, protocol: tcp, class: unregistered, until: 2099-01-01, reason: r}]'; } >"$WORK/more.yaml"
run "the ratchet: an exception less" 0 diff --ratchet "$WORK/more.yaml" "$WORK/old.yaml"
run "the ratchet: an exception more" 1 diff --ratchet "$WORK/old.yaml" "$WORK/more.yaml"
has "the ratchet: an exception more: where" "$OUT" "^$WORK/more.yaml:4:[0-9]+: error: a new exception of tcp 8080: class unregistered, until 2099-01-01 \[more-exceptions\]$"
run "the ratchet: more" 1 diff --ratchet --json builtin:hostportd builtin:openshift
has "the ratchet: more: what" "$(jq -r '.findings[].rule' <<<"$OUT")" "^more-accepted$"
run "the ratchet and listeners" 2 diff --ratchet --listeners=x "$WORK/old.yaml" "$WORK/new.yaml"
run "a plain diff as SARIF" 2 diff -o sarif "$WORK/old.yaml" "$WORK/new.yaml"
has "a plain diff as SARIF: why" "$ERR" "sarif, junit and openreports are for --ratchet and --listeners"
run "diff of one" 2 diff "$PAGE"
run "diff of three" 2 diff "$PAGE" "$PAGE" "$PAGE"
run "diff with a bad page" 2 diff builtin:openshift "$WORK/bad.md"
run "diff with a file that is not there" 2 diff "$WORK/none.yaml" "$PAGE"
run "a page in a stack" 2 diff "builtin:openshift,$PAGE" "$PAGE"
run "an empty name" 2 diff builtin:openshift, "$PAGE"
run "an unknown layer" 2 diff builtin:none "$PAGE"

# ---- the ruleset, loaded, between two network namespaces of the test -------------------------
netns() { ip netns exec "$@"; }

# serve NETNS PORT: a server that accepts, until end_namespaces.
serve() {
	ip netns exec "$1" busybox httpd -f -p "0.0.0.0:$2" -h "$WORK" >"$WORK/serve.$2" 2>&1 &
	servers+=($!)
	until_true 10 reach "$2" 127.0.0.1 "$1" || fail "server $2: $(cat "$WORK/serve.$2")"
}

# reach PORT [ADDRESS] [FROM]: 0 when a connection is made.
reach() { timeout 60 ip netns exec "${3:-$C}" bash -c "exec 3<>/dev/tcp/${2:-10.9.0.1}/$1" 2>/dev/null; }
reaches() { if reach "${@:2}"; then pass "$1"; else fail "$1: no connection"; fi; }

# dropped: packets that the ruleset has dropped.
dropped() { netns "$A" nft list chain inet hostportd input | sed -n 's/.*packets \([0-9]*\) .*drop/\1/p'; }
# shellcheck disable=SC2317 # called by until_true
drops_or_ends() { [ "$(dropped)" -gt "$1" ] || is_gone "$2"; }

# reaches_not NAME PORT: what asks for a connection is dropped, and no connection is made.
reaches_not() {
	local before tries
	before=$(dropped)
	reach "$2" &
	tries=$!
	until_true 30 drops_or_ends "$before" "$tries"
	if is_gone "$tries"; then fail "$1: a connection, or none was tried"
	elif [ "$(dropped)" -gt "$before" ]; then pass "$1"; else fail "$1: nothing was dropped"; fi
	kill "$(pgrep -P "$tries")" # the limit, which ends what it runs
	wait "$tries"
}

try_ruleset() {
	ip netns add "$A" && ip netns add "$C" || exit 3
	ip -n "$A" link add va type veth peer name vc netns "$C" || exit 3
	ip -n "$A" addr add 10.9.0.1/24 dev va
	ip -n "$C" addr add 10.9.0.2/24 dev vc
	ip -n "$A" link set lo up
	ip -n "$C" link set lo up
	ip -n "$A" link set va up
	ip -n "$C" link set vc up
	serve "$A" 9100  # registered
	serve "$A" 10248 # registered for localhost
	serve "$A" 8080  # not registered
	serve "$A" 2379  # of the control plane
	serve "$A" 30080 # a node port that the host answers
	for port in 9100 10248 8080 2379 30080; do reaches "without rules: $port" "$port"; done

	"$B/hostportctl" registry export --format=nft --role=worker >"$WORK/worker.nft"
	"$B/hostportctl" registry export --format=nft --role=control-plane >"$WORK/control.nft"
	netns "$A" nft -c -f "$WORK/worker.nft"
	is "nft checks it" "$?" 0
	has "checking loads nothing" "[$(netns "$A" nft list ruleset)]" '^\[\]$'
	netns "$A" nft -f "$WORK/worker.nft"
	is "nft loads it" "$?" 0
	once=$(netns "$A" nft list ruleset)
	netns "$A" nft -f "$WORK/worker.nft"
	is "nft loads it again" "$?" 0
	is "twice is as once" "$(netns "$A" nft list ruleset)" "$once"

	reaches "worker: a registered port" 9100
	reaches "worker: a node port" 30080
	reaches_not "worker: one for localhost" 10248
	reaches_not "worker: one of the control plane" 2379
	reaches_not "worker: one that is not registered" 8080
	if [ "$(dropped)" -ge 3 ]; then pass "the counter tells"; else fail "the counter: $(dropped)"; fi
	reaches "loopback: one that is not registered" 8080 127.0.0.1 "$A"
	reaches "the host itself, by its address" 8080 10.9.0.1 "$A"
	serve "$C" 8081
	reaches "the host reaches others, and is answered" 8081 10.9.0.2 "$A"
	netns "$C" busybox ping -c 1 -w 5 10.9.0.1 >/dev/null
	is "what has no port is left alone: ping" "$?" 0

	netns "$A" nft -f "$WORK/control.nft"
	reaches "control plane: its port" 2379
	reaches_not "control plane: one that is not registered" 8080
	netns "$A" nft delete table inet hostportd
	reaches "without the table: one that is not registered" 8080

	# names that would break out of a comment, or of what is around it
	printf '%s\n' 'version: 1' 'name: evil' 'entries:' \
		'  - {ports: 22, protocol: tcp, process: "a\n}\ntable inet x {}\n\\", team: "b\u2028\\"}' \
		'  - {ports: 9100-9102, protocol: sctp, process: "\"; drop #"}' >"$WORK/evil.yaml"
	"$B/hostportctl" registry export --format=nft --registry="$WORK/evil.yaml" >"$WORK/evil.nft"
	netns "$A" nft -f "$WORK/evil.nft"
	is "hostile names: loaded" "$?" 0
	is "hostile names: one table" "$(netns "$A" nft list tables)" "table inet hostportd"
	has "hostile names: both sets" "$(netns "$A" nft list ruleset)" 'elements = \{ 9100-9102 \}'
	end_namespaces
}

if [ "$(id -u)" -ne 0 ]; then
	skip "nft: not root"
elif ! command -v nft >/dev/null; then
	skip "nft: not installed"
elif ! unshare --net nft list ruleset >/dev/null 2>&1; then
	skip "nft: not in this kernel"
else
	try_ruleset
fi
finish
