#!/bin/bash
# SPDX-License-Identifier: MIT
# registry import, export and diff, from the command line. No agent, no BPF, no privilege.
# shellcheck source=lib.sh source-path=SCRIPTDIR disable=SC1091
. "$(dirname "$0")/lib.sh"
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
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
	"$B/hostportctl" registry show --json --registry="$1" |
		jq -cS '[.rows[] | select(.kind == "entry" or .kind == "retired") | del(.line, .layer, .owners)]'
}

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
run "a name that is none" 2 import --name='A B' "$PAGE"
run "an unknown format" 2 import --format=json "$PAGE"
finish
