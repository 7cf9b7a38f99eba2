#!/bin/bash
# SPDX-License-Identifier: MIT
#
# explain, registry, check and the page use the running agent's layers, and explain its mode and node; without an
# agent they use the built-in ones, and say so.
# shellcheck source=lib.sh source-path=SCRIPTDIR disable=SC1091
. "$(dirname "$0")/lib.sh"

setup
REG=$WORK/reg.yaml
unset HOSTPORTD_REGISTRY HOSTPORTD_MODE
cat >"$REG" <<'END'
version: 1
name: site
ranges:
  - {protocol: tcp, ports: 21000-21999}
entries:
  - {ports: 21000, protocol: tcp, process: web, role: worker}
  - {ports: 21001, protocol: tcp, process: db, scope: localhost}
END
cat >"$WORK/pod.yaml" <<'END'
apiVersion: v1
kind: Pod
metadata: {name: p, namespace: n}
spec:
  hostNetwork: true
  containers:
  - {name: c, image: i, ports: [{containerPort: 21000}]}
END

# run NAME STATUS ARGS...: its output is in $WORK/out and $WORK/err.
run() {
	local name=$1 want=$2
	shift 2
	ctl "$@" >"$WORK/out" 2>"$WORK/err"
	is "$name: exit status" $? "$want"
}
out() { cat "$WORK/out"; }
err() { cat "$WORK/err"; }
answer() { jq -r "$1" "$WORK/out"; }

# each_verb NAME STATUS LINE: what each offline verb takes as its registry; STATUS is check's, LINE what each says.
each_verb() {
	: >"$WORK/said"
	run "$1: registry show" 0 registry show --json
	grep "^hostportctl: registry: " "$WORK/err" >>"$WORK/said"
	LAYERS=$(jq -c '[.rows[].layer] | unique' "$WORK/out")
	run "$1: registry next" 0 registry next --json
	grep "^hostportctl: registry: " "$WORK/err" >>"$WORK/said"
	NEXT=$(answer '.ports[0].port')
	run "$1: check" "$2" check "$WORK/pod.yaml"
	grep "^hostportctl: registry: " "$WORK/err" >>"$WORK/said"
	run "$1: registry export" 0 registry export --format=csv
	grep "^hostportctl: registry: " "$WORK/err" >>"$WORK/said"
	EXPORTED=$(grep -c 21001 "$WORK/out")
	run "$1: explain" 0 explain 21000 --json
	grep "^hostportctl: registry: " "$WORK/err" >>"$WORK/said"
	is "$1: each says which, once" "$(sort -u "$WORK/said")" "$3"
	is "$1: each says it in a line" "$(wc -l <"$WORK/said")" 5
}

# ---- without an agent ----------------------------------------------------------------------------
each_verb "no agent" 1 "hostportctl: registry: the built-in layers: no agent's are known: $SOCK: No such file or directory"
is "no agent: layers" "$LAYERS" '["hostportd","node-baseline","openshift"]'
is "no agent: explain: whose" "$(answer '"\(.registry) \(.verdict) \(.holders)"')" "builtin denied null"

# ---- with one --------------------------------------------------------------------------------------
start_agent --registry="$REG" --role=worker || finish
each_verb "an agent" 0 "hostportctl: registry: the running agent's: site"
is "an agent: layers" "$LAYERS" '["site"]'
has "an agent: next" "$NEXT" '^21[0-9]{3}$'
is "an agent: export" "$EXPORTED" 1
is "an agent: explain: whose" "$(answer '"\(.registry) \(.verdict) \(.holders)"')" "agent allowed []"
run "its mode" 0 explain 21005 --json
is "its mode" "$(answer .verdict)" audited
run "another mode" 0 explain 21005 --mode=enforce --json
is "another mode" "$(answer .verdict)" denied
run "another role" 0 explain 21000 --role=control-plane --json
is "another role" "$(answer '"\(.verdict) \(.class)"')" "audited inactive"
run "another registry" 0 explain 21000 --registry=builtin:openshift --json
is "another registry" "$(answer '"\(.registry) \(.verdict) \(.class)"')" "options denied unregistered"
is "another registry: says nothing" "$(err)" ""

# who holds it, and what would admit it
keep server inside bindprobe tcp 4 127.0.0.1 21005 hold
run "who holds it" 0 explain 21005
has "who holds it" "$(out)" "^held by bindprobe\[$(keeper server)\] at 127.0.0.1:21005, "
has "what would admit it" "$(out)" '^  - \{ports: 21005, protocol: tcp, scope: external, process: bindprobe\}$'
run "as JSON" 0 explain 127.0.0.1:21005 --json
is "as JSON: who" "$(answer '"\(.holders | length) \(.holders[0] | "\(.address) \(.pid) \(.comm)")"')" \
	"1 127.0.0.1 $(keeper server) bindprobe"
is "as JSON: the row" "$(answer .admit)" "  - {ports: 21005, protocol: tcp, scope: localhost, process: bindprobe}"
sed -i "/^entries:/a\\$(answer .admit)" "$REG"
run "the row: reload" 0 reload
run "the row: admits it" 0 explain 127.0.0.1:21005 --json
is "the row: admits it" "$(answer '"\(.verdict) \(.admit)"')" "allowed null"
run "nobody" 0 explain 21001/tcp
has "nobody" "$(out)" '^nobody holds it$'
let_go server

# for scripts
run "--exit-code: a violation" 1 explain 21006 --exit-code
run "--exit-code: none" 0 explain 127.0.0.1:21001 --exit-code
run "--exit-code: one of two" 1 explain 127.0.0.1:21001 21006 --exit-code

# a file that the agent has not taken
echo "version: 2" >>"$REG"
run "a bad file" 2 reload
run "a bad file: explain" 2 explain 21000
has "a bad file: the agent differs" "$(err)" "the agent has not taken what its files hold now: "
has "a bad file: what to do" "$(err)" "the agent's layers are not read here: name them with --registry$"
stop_agent
finish
