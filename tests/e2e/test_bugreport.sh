#!/bin/bash
# SPDX-License-Identifier: MIT
#
# A bug report has what the agent answers, its registry and its last lines; without an agent it has
# what there is, and says what is missing.
# shellcheck source=lib.sh source-path=SCRIPTDIR disable=SC1091
. "$(dirname "$0")/lib.sh"
setup

REG=$WORK/reg.yaml
OUT=$WORK/out
cat >"$REG" <<'END'
version: 1
name: report-test
entries:
  - {ports: 20000, protocol: tcp, process: known, team: test}
END

# report NAME STATUS ARGS...: the archive is unpacked into $OUT, messages are in $WORK/err.
report() {
	local name=$1 want=$2
	shift 2
	rm -rf "$OUT"
	mkdir "$OUT"
	ctl bugreport "$@" >"$WORK/report.tar" 2>"$WORK/err"
	is "$name: exit status" $? "$want"
	tar -xf "$WORK/report.tar" -C "$OUT" || fail "$name: not an archive"
	FOLDER=$(find "$OUT" -mindepth 1 -maxdepth 1 -type d)
}

# part NAME FILTER: of a document.
part() { jq -c "$2" "$FOLDER/$1"; }
files() { find "$OUT" -type f -printf '%f\n' | sort | xargs; }

start_agent --mode=audit --registry="$REG" || finish
keep held inside bindprobe udp 4 0.0.0.0 21001 hold
probe tcp 4 0.0.0.0 21000 3 >/dev/null
E2E_SECRET=do-not-tell report "an agent" 0 --quick
is "an agent: files" "$(files)" "about.json lines.jsonl listeners.json registry.json status.json"
is "an agent: in one folder" "$(find "$OUT" -mindepth 1 -maxdepth 1 -printf '%f\n')" "hostportd-$(uname -n | sed 's/[^A-Za-z0-9.-]/_/g' | cut -c 1-64)"
is "an agent: status" "$(part status.json '[.mode, .pid]')" "[\"audit\",$AGENT_PID]"
is "an agent: listeners" "$(part listeners.json '[.listeners[] | select(.port == 21001) | .verdict]')" '["audited"]'
is "an agent: registry" "$(part registry.json '[.rows[] | [.layer, .ports, .process]]')" '[["report-test",20000,"known"]]'
is "an agent: lines" "$(part lines.jsonl 'select(.port == 21000) | .verdict' | sort -u)" '"audited"'
is "an agent: what it is about" "$(part about.json '[.program, .kernel, (.parts | map(select(.error)) | map(.name))]')" \
	"[\"hostportctl\",\"$(uname -r)\",[\"coverage.json\"]]"
is "an agent: says nothing" "$(cat "$WORK/err")" ""
is "an agent: nothing of the environment" "$(grep -c do-not-tell "$WORK/report.tar")" 0
is "an agent: every document is one" "$(for f in "$FOLDER"/*; do jq . "$f" >/dev/null || echo "$f"; done)" ""
is "an agent: no tail is left" "$(status .readers.tails)" 0

# The layer is gone since the agent has read it: the rest is there.
mv "$REG" "$REG.gone"
report "a layer that is gone" 1 --quick
is "a layer that is gone: files" "$(files)" "about.json lines.jsonl listeners.json status.json"
has "a layer that is gone: says so" "$(cat "$WORK/err")" 'registry\.json is missing: .*reg\.yaml'
mv "$REG.gone" "$REG"

if [ -z "${E2E_QUICK:-}" ]; then
	report "with coverage" 0
	is "with coverage: ways" "$(part coverage.json '.ways | length > 50')" true
else
	skip "with coverage: takes long"
fi
stop_agent

report "no agent" 1 --quick
is "no agent: files" "$(files)" about.json
is "no agent: missing" "$(part about.json '[.parts[] | select(.error) | .name]')" \
	'["status.json","listeners.json","registry.json","lines.jsonl","coverage.json"]'
is "no agent: says which" "$(grep -c ' is missing: ' "$WORK/err")" 4
ctl bugreport all >"$WORK/report.tar" 2>"$WORK/err"
is "an operand: exit status" $? 2
is "an operand: prints nothing" "$(cat "$WORK/report.tar")" ""

finish
