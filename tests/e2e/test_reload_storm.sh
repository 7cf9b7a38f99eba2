#!/bin/bash
# SPDX-License-Identifier: MIT
#
# A reload is one step: two registries take turns hundreds of times under a storm.
# What both allow, each in another way, is never denied; what both deny, for
# another reason each, is never let through; of what one of them allows, each bind
# ends as that one says, or as the other does.
# shellcheck disable=SC2119 # run_agent's options are optional
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/lib_faults.sh
. tests/e2e/lib_faults.sh

RELOADS=${FAULTS_RELOADS:-200}
PACE=()
if [ -n "${E2E_QUICK:-}" ]; then # where one slow processor is all there is
	RELOADS=20
	PACE=(--pace=300)
fi

# rows FIRST LAST: as many rows as make a policy that is not written in a moment.
rows() { echo "  - {ports: $1-$2, protocol: tcp, process: filler}"; }

write_registries() {
	mkdir -p "$WORK/one" "$WORK/two"
	{
		printf 'version: 1\nname: one\nsource: a test\nentries:\n'
		rows 30000 32000
		cat <<-'END'
			  - {ports: 20000, protocol: tcp, process: both}
			  - {ports: 20001, protocol: tcp, process: one-entry}
			  - {ports: 21001, protocol: tcp, process: one-local, scope: localhost}
			  - {ports: 22000, protocol: tcp, process: one-only}
			retired:
			  - {ports: 21002, protocol: tcp, process: one-retired, removed: "4.1"}
			exceptions:
			  - {ports: 20002, protocol: tcp, class: unregistered, until: 2999-12-31, reason: a test}
		END
	} >"$WORK/one/10.yaml"
	{
		printf 'version: 1\nname: two\nsource: a test\nentries:\n'
		rows 30000 39000
		cat <<-'END'
			  - {ports: 20000, protocol: tcp, process: both}
			  - {ports: 20002, protocol: tcp, process: two-entry}
			  - {ports: 21002, protocol: tcp, process: two-local, scope: localhost}
			  - {ports: 22001, protocol: tcp, process: two-only}
			retired:
			  - {ports: 21000, protocol: tcp, process: two-retired, removed: "4.1"}
			exceptions:
			  - {ports: 20001, protocol: tcp, class: unregistered, until: 2999-12-31, reason: a test}
		END
	} >"$WORK/two/10.yaml"
}

# take NAME: as a mounted ConfigMap changes.
take() { ln -s "$1" "$WORK/now.new" && mv -T "$WORK/now.new" "$WORK/now"; }

# What a line says of a port is what one of the registries makes of it. A row that neither policy in
# force nor one of the last has is not named; another registry's must not be.
RIGHT='["20001 unregistered -","20002 unregistered -","21000 retired two-retired","21000 retired -",
	"21000 unregistered -","21001 scope one-local","21001 scope -","21001 unregistered -",
	"21002 retired one-retired","21002 retired -","21002 scope two-local","21002 scope -",
	"22000 unregistered -","22001 unregistered -"]'
said() { jq -s 'map(select(.verdict) | "\(.port) \(.class) \(.entry.process // "-")") | unique' "$LINES"; }

setup_alone # a storm
write_registries
take one
export HOSTPORTD_ON_EXIT=detach
# shellcheck disable=SC2034 # for run_agent
REG=$WORK/now
run_agent || finish
begin_storm --threads=3 "${PACE[@]}" --address=0.0.0.0 --always-ok=20000-20002,31000 --never-ok=21000-21002
keep either inside storm "${PACE[@]}" --address=0.0.0.0 --ports=22000,22001
failed=0
for ((i = 0; i < RELOADS; i++)); do
	if ((i % 2)); then take one; else take two; fi
	ctl reload >"$WORK/reload" 2>&1 || failed=$((failed + 1))
done
is "$RELOADS reloads: those that failed" "$failed" 0
kill -TERM "$(keeper either)"
until_true 60 grep -q "^{" "$WORK/keep.either" || fail "a storm does not end"
end_storm "$RELOADS reloads"
is "what one registry allows: ended in one of two ways" \
	"$(grep '^{' "$WORK/keep.either" | jq '(.ok > 100) and (.EPERM > 100) and (.ok + .EPERM == .attempts)')" true
is "denied for another reason, or by another row" "$(said | jq -c ". - $RIGHT")" "[]"
is "denied for the reason that a registry has, and by its row" \
	"$(said | jq -c 'map(select(endswith("two-retired") or endswith("one-local"))) | length')" 2
is "generations" "$(status ".registry.generation > $RELOADS")" true
is "effective" "$(status .effective)" true
stop_agent
finish
