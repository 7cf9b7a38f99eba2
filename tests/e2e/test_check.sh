#!/bin/bash
# SPDX-License-Identifier: MIT
#
# hostportctl check as a pipeline runs it: exit statuses, standard input, directories, JSON, and
# ten thousand files. It needs no privilege, no agent and no lock.
# shellcheck source=lib.sh source-path=SCRIPTDIR disable=SC1091
. "$(dirname "$0")/lib.sh"

setup_files
# named, so that nothing is said of an agent
export HOSTPORTD_REGISTRY=$'builtin:openshift\nbuiltin:node-baseline\nbuiltin:hostportd'

# check NAME STATUS ARGUMENT...: run it; what it prints is in $WORK/out and $WORK/err.
check() {
	local name=$1 want=$2
	shift 2
	timeout 600 "$B/hostportctl" check "$@" >"$WORK/out" 2>"$WORK/err"
	is "$name: exit status" "$?" "$want"
}
out() { cat "$WORK/out"; }
err() { cat "$WORK/err"; }
rules() { jq -r '.findings[].rule' "$WORK/out" | sort | uniq -c | awk '{printf "%s%s %d", sep, $2, $1; sep = ", "}'; }

# daemonset NAME PORT [SPEC-LINE]: a manifest.
daemonset() {
	cat <<-END
		apiVersion: apps/v1
		kind: DaemonSet
		metadata: {name: $1, namespace: x}
		spec:
		  template:
		    metadata: {labels: {app: $1}}
		    spec:
		      hostNetwork: true
		      ${3:-serviceAccountName: x}
		      containers:
		      - name: c
		        image: i
		        ports:
		        - containerPort: $2
	END
}

# ---- exit statuses ----------------------------------------------------------------------------
daemonset good 9120 >"$WORK/good.yaml"
daemonset bad 8080 >"$WORK/bad.yaml"
daemonset outside 10010 >"$WORK/warning.yaml"
check "nothing found" 0 "$WORK/good.yaml"
has "nothing found: counts" "$(out)" "^0 errors, 0 warnings, 0 notes, 0 accepted, in 1 file$"
check "an error" 1 "$WORK/bad.yaml"
has "an error: where and what" "$(out)" \
	"^$WORK/bad.yaml:14:26: error: tcp 8080 of DaemonSet x/bad, container c: .*\[unregistered-port\]$"
check "a warning" 1 "$WORK/warning.yaml"
has "a warning: what" "$(out)" "warning: .*\[outside-documented-range\]$"
check "a warning, errors asked for" 0 --severity=error "$WORK/warning.yaml"
has_not "a warning, errors asked for: none" "$(out)" "outside-documented-range"
check "no operand" 2
check "no such file" 2 "$WORK/none.yaml"
has "no such file: why" "$(err)" "^hostportctl: check: $WORK/none.yaml: cannot be read: No such file or directory$"
check "no such file: the others are checked" 2 "$WORK/none.yaml" "$WORK/bad.yaml"
has "no such file: the others are checked: found" "$(out)" "unregistered-port"
check "no such option" 2 --nonsense "$WORK/good.yaml"
check "no such form" 2 --output=xml "$WORK/good.yaml"
has "no such form: what there is" "$(err)" "not text, json, sarif, junit or openreports"
check "no such severity" 2 --severity=fatal "$WORK/good.yaml"
echo "version: 2" >"$WORK/registry.yaml"
check "a bad registry" 2 --registry="$WORK/registry.yaml" "$WORK/good.yaml"
check "help" 0 --help

# ---- the registry and the cluster -----------------------------------------------------------
cat >"$WORK/registry.yaml" <<-END
	version: 1
	name: site
	ranges: [{ports: 8000-8999, protocol: tcp}]
	entries: [{ports: 8080, protocol: tcp, process: mine, platforms: [aws], since: "4.18", owners: [{namespace: x}]}]
END
check "a registry of its own" 0 --registry="$WORK/registry.yaml" "$WORK/bad.yaml"
check "another platform" 1 --registry="$WORK/registry.yaml" --platform=gcp "$WORK/bad.yaml"
has "another platform: why" "$(out)" "is for platform aws, and this is gcp \[inactive-port\]"
check "an earlier version" 1 --registry="$WORK/registry.yaml" --cluster-version=4.17 "$WORK/bad.yaml"
has "an earlier version: why" "$(out)" "exists since 4.18, and this cluster is 4.17 \[inactive-port\]"
sed -i '/namespace/s/, namespace: x//' "$WORK/bad.yaml"
check "no namespace" 1 --registry="$WORK/registry.yaml" "$WORK/bad.yaml"
has "no namespace: default" "$(out)" "DaemonSet default/bad, .*\[wrong-owner\]"
check "a namespace for what names none" 0 --registry="$WORK/registry.yaml" --namespace=x "$WORK/bad.yaml"
daemonset control 9099 >"$WORK/control.yaml"
sed -i 's/name: control, namespace: x/name: cluster-version-operator, namespace: openshift-cluster-version/
	s/name: c$/name: cluster-version-operator/' "$WORK/control.yaml"
check "a port of control planes" 1 "$WORK/control.yaml"
has "a port of control planes: why" "$(out)" "control-plane nodes only, and no node selector .*\[inactive-port\]"
check "in a cluster of them" 0 --role=control-plane "$WORK/control.yaml"
rm "$WORK/registry.yaml" "$WORK/control.yaml"

# ---- standard input, pipes, forms -------------------------------------------------------------
check "standard input" 1 - <"$WORK/bad.yaml"
has "standard input: its name" "$(out)" "^<stdin>:14:26: error"
check "a pipe" 1 <(cat "$WORK/bad.yaml")
check "all files, whatever their names" 1 "$WORK/good.yaml" <(cat "$WORK/bad.yaml") - <"$WORK/warning.yaml"
has "all files: counts" "$(out)" "in 3 files$"
check "JSON out" 1 --output=json "$WORK/bad.yaml"
is "JSON out: the finding" "$(jq -c '.findings[] | [.rule, .severity, .line, .column, .path, .protocol, .port]' "$WORK/out")" \
	'["unregistered-port","error",14,26,"$.spec.template.spec.containers[0].ports[0].containerPort","tcp",8080]'
cat >"$WORK/bad.json" <<-'END'
	{"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": "bad"}, "spec": {"template":
		{"metadata": {"labels": {"app": "bad"}}, "spec": {"hostNetwork": true, "containers": [
			{"name": "c", "image": "i", "ports": [{"containerPort": 8080}]}]}}}}
END
check "JSON in" 1 --output=json "$WORK/bad.json"
is "JSON in: where" "$(jq -c '.findings[] | [.line, .column]' "$WORK/out")" "[3,57]"
same='.findings[] | del(.file, .line, .column)'
is "JSON in: as YAML" "$(jq -c "$same" "$WORK/out")" \
	"$("$B/hostportctl" check --output=json "$WORK/bad.yaml" | jq -c "$same")"
rm "$WORK/bad.json" "$WORK"/*.yaml
jq -n '{apiVersion: "v1", kind: "List", items: [range(100) | {apiVersion: "v1", kind: "Pod",
	metadata: {name: "d-\(.)", namespace: "x", ownerReferences: [{kind: "DaemonSet", name: "d", controller: true}]},
	spec: {nodeName: "n\(.)", hostNetwork: true, containers: [{name: "c", image: "i", ports: [{containerPort: 8080}]}]}}]}' \
	>"$WORK/pods.json"
check "pods of a cluster" 1 --output=json - <"$WORK/pods.json"
is "pods of a cluster: one finding for all replicas" "$(jq -c '.findings[] | [.rule, .path]' "$WORK/out")" \
	'["unregistered-port","$.items[0].spec.containers[0].ports[0].containerPort"]'
check "pods of a cluster, as text" 1 - <"$WORK/pods.json"
has "pods of a cluster: all are counted" "$(out)" "with 100 pods and"
rm "$WORK/pods.json"

# ---- directories ------------------------------------------------------------------------------
mkdir -p "$WORK/tree/b/c" "$WORK/tree/.hidden" "$WORK/elsewhere"
daemonset one 8081 >"$WORK/tree/z.yaml"
daemonset two 8082 >"$WORK/tree/a.yml"
daemonset three 8083 >"$WORK/tree/b/c/x.json" # YAML is what JSON is not
daemonset four 8084 >"$WORK/tree/.hidden/x.yaml"
daemonset four 8084 >"$WORK/tree/.x.yaml"
daemonset four 8084 >"$WORK/tree/README.md"
daemonset five 8085 >"$WORK/elsewhere/five"
daemonset six 8086 >"$WORK/elsewhere/six.yaml"
ln -s ../elsewhere/five "$WORK/tree/five.yaml"
ln -s .. "$WORK/tree/b/loop"
ln -s ../elsewhere "$WORK/tree/link"
mkfifo "$WORK/tree/pipe.yaml"
check "a directory" 1 --output=json "$WORK/tree"
is "a directory: in order" "$(jq -r '.findings[].port' "$WORK/out" | tr '\n' ' ')" "8082 8083 8085 8081 "
is "a directory: files" "$(jq -r .files "$WORK/out")" 4
ln -s nowhere "$WORK/tree/dangling.yaml"
check "a link that leads nowhere" 2 "$WORK/tree"
has "a link that leads nowhere: which" "$(err)" "$WORK/tree/dangling.yaml: cannot be read: No such file"
rm "$WORK/tree/dangling.yaml"
check "a directory and what is in it" 1 --output=json "$WORK/tree" "$WORK/tree/z.yaml" "$WORK/elsewhere/five" "$WORK/tree/b"
is "a directory and what is in it: each once" "$(jq -r '.findings[].port' "$WORK/out" | tr '\n' ' ')" "8082 8083 8085 8081 "
is "a directory and what is in it: files" "$(jq -r .files "$WORK/out")" 4
check "a file of a directory that was given, and the directory" 1 --output=json "$WORK/tree/b/c/x.json" "$WORK/tree/b"
is "a file of a directory that was given: the directory has some" "$(err)" ""
check "a file below, in any name" 1 "$WORK/tree/README.md"
mkdir "$WORK/empty"
check "an empty directory" 0 "$WORK/empty"
is "an empty directory: said" "$(err)" "hostportctl: check: $WORK/empty: no manifests in it"
daemonset none 8084 >"$WORK/empty/README.md"
check "a directory of something else, and a file" 1 "$WORK/empty" "$WORK/tree/z.yaml"
is "a directory of something else: said" "$(err)" "hostportctl: check: $WORK/empty: no manifests in it"
check "a directory with one" 1 "$WORK/tree/b"
is "a directory with one: nothing said" "$(err)" ""

# ---- what is left out -------------------------------------------------------------------------
check "a directory left out" 1 --output=json --exclude=b "$WORK/tree"
is "a directory left out: the others" "$(jq -r '.findings[].port' "$WORK/out" | tr '\n' ' ')" "8082 8085 8081 "
check "globs" 1 --output=json --exclude='*.yml' --exclude='b/*/x.json' "$WORK/tree" "$WORK/tree/a.yml"
is "globs: the others" "$(jq -r '.findings[].port' "$WORK/out" | tr '\n' ' ')" "8085 8081 "
printf '# alternatives\n*.yml\n\nz.yaml\n' >"$WORK/excludes"
check "globs of a file" 1 --output=json --exclude-from="$WORK/excludes" --exclude=five.yaml "$WORK/tree"
is "globs of a file: the others" "$(jq -r '.findings[].port' "$WORK/out" | tr '\n' ' ')" "8083 "
check "all is left out" 0 --exclude='*' "$WORK/tree"
is "all is left out: as asked for" "$(err)" ""
check "no such file of globs" 2 --exclude-from="$WORK/nowhere" "$WORK/tree"
has "no such file of globs: why" "$(err)" "--exclude-from=$WORK/nowhere: cannot be read: No such file"
mkdir -p "$WORK/clouds/aws" "$WORK/clouds/azure"
daemonset one 9120 >"$WORK/clouds/aws/node.yaml"
daemonset two 9120 >"$WORK/clouds/azure/node.yaml"
check "alternatives" 0 --output=json "$WORK/clouds"
is "alternatives: a note" "$(rules)" "possible-conflict 1"
cp "$WORK/clouds/azure/node.yaml" "$WORK/clouds/aws/other.yaml"
check "two of one directory" 1 --output=json "$WORK/clouds/aws"
is "two of one directory: an error" "$(rules)" "port-conflict 1"

# ---- what is no manifest ----------------------------------------------------------------------
mkdir "$WORK/chart"
printf 'replicas: 2\nports: [{containerPort: 80}]\n' >"$WORK/chart/values.yaml"
printf 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .Release.Name }}\nspec: {hostNetwork: true}\n' >"$WORK/chart/pod.yaml"
sed s/Pod/Role/ "$WORK/chart/pod.yaml" | head -n 4 >"$WORK/chart/role.yaml"
printf 'apiVersion: v1\nkind: [\n' >"$WORK/chart/broken.yaml"
printf '{\n  // a comment\n  "a": "b",\n}\n' >"$WORK/chart/tsconfig.json"
{ daemonset last 8087; printf -- '---\na: [\n'; } >"$WORK/chart/half.yaml"
head -c 1000 /dev/urandom >"$WORK/chart/random.yaml"
: >"$WORK/chart/zero.yaml"
check "a chart" 1 --output=json "$WORK/chart"
is "a chart: one finding for each manifest" "$(rules)" "broken-manifest 2, template 1, unregistered-port 1"
check "a chart, as text" 1 "$WORK/chart"
has "a chart: what it is not" "$(out)" "; 3 of no object of Kubernetes$"
mkdir -p "$WORK/helm/templates"
printf 'apiVersion: v2\nname: helm\n' >"$WORK/helm/Chart.yaml"
cp "$WORK/chart/pod.yaml" "$WORK/chart/role.yaml" "$WORK/helm/templates"
check "a chart of Helm" 1 --output=json "$WORK/helm"
is "a chart of Helm: one finding" "$(rules)" "template 1"
has "a chart of Helm: what to do" "$(jq -r '.findings[].suggestion' "$WORK/out")" "helm template $WORK/helm/ | hostportctl check -"
{ printf -- 'a: [\n---\n'; daemonset behind 8088; } >"$WORK/behind.yaml"
check "a document behind a broken one" 1 "$WORK/behind.yaml"
has "a document behind a broken one: where" "$(out)" "behind.yaml:16:26: error: tcp 8088 of DaemonSet x/behind,"
has "a document behind a broken one: and that one" "$(out)" "behind.yaml:2:1: error: .*\[broken-manifest\]$"
for ((i = 0; i < 60000; i++)); do printf -- '---\napiVersion: v1\nkind: [}\n'; done >"$WORK/behind.yaml"
check "very many broken documents" 1 --output=json "$WORK/behind.yaml"
is "very many broken documents: those that are said" "$(rules)" "broken-manifest 100"
has "very many broken documents: the last" "$(jq -r '.findings[-1].message' "$WORK/out")" "the rest was not read$"
rm "$WORK/behind.yaml"
truncate -s 33M "$WORK/chart/zero.yaml"
check "a large file that is no manifest" 0 "$WORK/chart/zero.yaml"
has "a large file that is no manifest: it is counted" "$(out)" "; 1 of no object of Kubernetes$"
rm "$WORK/chart/zero.yaml"

# ---- a large cluster --------------------------------------------------------------------------
# dump NODES FORM: all pods of a cluster, ten on each node, as kubectl prints them: two of ten have
# a port that is not registered, and two on the last node alone meet; each has a text of 4 KiB.
dump() {
	awk -v nodes="$1" -v form="$2" '
		function pod(i, node, port, line) {
			line = sprintf(form == "json" ? json : yaml, i, node, i, node, port, filler)
			printf "%s", (form == "json" && n++ ? "," : "") line
		}
		BEGIN {
			filler = sprintf("%4096s", "x"); gsub(/ /, "x", filler)
			yaml = "- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: agent%d-%05d\n" \
				"    namespace: x\n    ownerReferences: [{kind: DaemonSet, name: agent%d, controller: true}]\n" \
				"  spec:\n    hostNetwork: true\n    nodeName: node%d\n    containers:\n    - name: c\n" \
				"      image: i\n      ports:\n      - containerPort: %d\n  status: {text: %s}\n"
			json = "\n        {\n            \"apiVersion\": \"v1\", \"kind\": \"Pod\",\n" \
				"            \"metadata\": {\"name\": \"agent%d-%05d\", \"namespace\": \"x\", \"ownerReferences\":\n" \
				"              [{\"kind\": \"DaemonSet\", \"name\": \"agent%d\", \"controller\": true}]},\n" \
				"            \"spec\": {\"hostNetwork\": true, \"nodeName\": \"node%d\", \"containers\": [\n" \
				"              {\"name\": \"c\", \"image\": \"i\", \"ports\": [{\"containerPort\": %d}]}]},\n" \
				"            \"status\": {\"text\": \"%s\"}\n        }"
			printf form == "json" ? "{\n    \"apiVersion\": \"v1\",\n    \"items\": [" : "apiVersion: v1\nitems:\n"
			for (node = 0; node < nodes; node++)
				for (i = 0; i < 10; i++)
					pod(i, node, i < 2 ? 8080 + i : i == 9 && node == nodes - 1 ? 9128 : 9120 + i)
			printf form == "json" ? "\n    ],\n    \"kind\": \"List\"\n}\n" : "kind: List\nmetadata:\n  resourceVersion: \"\"\n"
		}'
}

# check_dump NODES FORM FIRST LINES: check it through a pipe, in bounded memory. The port of the first
# pod is in line FIRST, and a pod has so many LINES.
check_dump() {
	local name="a cluster of $1 nodes, $2" last=$(($1 * 10 - 1)) writer
	mkfifo "$WORK/dump"
	dump "$1" "$2" >"$WORK/dump" &
	writer=$!
	# shellcheck disable=SC2016
	timeout 600 bash -c 'ulimit -d 65536; exec "$0" check --registry="$2" --output=json - <"$1"' \
		"$B/hostportctl" "$WORK/dump" "$WORK/registry.yaml" \
		>"$WORK/out" 2>"$WORK/err"
	is "$name: exit status" "$?" 1
	wait "$writer"
	rm "$WORK/dump"
	is "$name: nothing said" "$(err)" ""
	is "$name: what" "$(rules)" "port-conflict 1, unregistered-port 2"
	is "$name: where" "$(jq -r '.findings[] | "\(.line) \(.path)"' "$WORK/out")" \
		"$(for i in 0 1 "$last"; do
			echo "$(($3 + i * $4)) \$.items[$i].spec.containers[0].ports[0].containerPort"
		done)"
	has "$name: the other one" "$(jq -r '.findings[].message' "$WORK/out")" "agent8-00*$(($1 - 1)) on the same node"
}
if is_built_for_debugging; then
	skip "a large cluster: AddressSanitizer needs more memory"
else
	cat >"$WORK/registry.yaml" <<-END
		version: 1
		name: site
		ranges: [{ports: 9000-9999, protocol: tcp}]
		entries: [{ports: 9120-9129, protocol: tcp, process: agents}]
	END
	check_dump 1000 yaml 16 15
	check_dump 1000 json 9 8
fi

if [ -n "${E2E_QUICK:-}" ]; then
	skip "ten thousand files: left out, a quick run"
	finish
fi

# ---- ten thousand -----------------------------------------------------------------------------
# Of each hundred, one port is not registered, and one workload claims what the first of all does.
mkdir "$WORK/many"
daemonset NAME PORT 'nodeSelector: {node: NODE}' >"$WORK/template"
awk -v dir="$WORK/many" '
	{ text = text $0 "\n" }
	END {
		for (i = 0; i < 10000; i++) {
			port = i % 100 == 50 ? 8080 : i % 100 == 0 ? 9899 : 9120 + i % 70
			one = text
			gsub(/NAME/, "d" i, one)
			gsub(/PORT/, port, one)
			gsub(/NODE/, i % 100 == 0 ? "all" : "n" i, one)
			file = dir "/" i ".yaml"
			printf "%s", one >file
			close(file)
		}
	}' "$WORK/template"
check "ten thousand files" 1 --output=json "$WORK/many"
is "ten thousand files: files" "$(jq .files "$WORK/out")" 10000
is "ten thousand files: not registered" "$(jq '[.findings[] | select(.port == 8080) | .rule] | unique | .[]' -c "$WORK/out")" \
	'"unregistered-port"'
is "ten thousand files: how many" "$(jq '[.findings[] | select(.rule == "unregistered-port" and .port == 8080)] | length' "$WORK/out")" 100
is "ten thousand files: conflicts" "$(jq '[.findings[] | select(.rule == "port-conflict")] | length' "$WORK/out")" 99
is "ten thousand files: nothing left out" "$(jq .left_out "$WORK/out")" 0
finish
