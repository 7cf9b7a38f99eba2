#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The pipelines of docs/pipelines.md: their commands, run in a repository as GitHub and GitLab would
# run them. It needs no privilege, no agent and no lock.
# shellcheck source=lib.sh source-path=SCRIPTDIR disable=SC1091
. "$(dirname "$0")/lib.sh"
setup_files
command -v git >/dev/null || {
	skip "the pipelines: git is not installed"
	finish
}

# commands HEADING: what the example below a heading runs, a line each.
commands() {
	awk -v heading="## $1" '
		$0 == heading { here = 1; next }
		/^## / { here = 0 }
		here && match($0, /(git worktree|hostportctl) .*/) && !/^ +(container|image):/ { print substr($0, RSTART) }
	' docs/pipelines.md
}

# manifest PORT: a DaemonSet that takes it.
manifest() {
	cat <<-EOF
		apiVersion: apps/v1
		kind: DaemonSet
		metadata: {name: a, namespace: x}
		spec: {template: {spec: {hostNetwork: true, containers: [{name: c, image: i, ports: [{containerPort: $1}]}]}}}
	EOF
}

# layer EXCEPTIONS: a registry file with so many of them, and a port that is in no range.
layer() {
	printf 'version: 1\nname: site\nentries: [{ports: 10010, protocol: tcp, process: c, scope: external, team: t, since: "4.1"}]\n'
	[ "$1" -eq 0 ] || echo exceptions:
	for ((i = 0; i < $1; i++)); do
		printf '  - {ports: %d, protocol: tcp, class: unregistered, until: 2099-01-01, reason: known}\n' $((8080 + i))
	done
}

commit() { git -C "$REPO" add -A && git -C "$REPO" -c user.name=t -c user.email=t@example.com commit -qm x; }

REPO=$WORK/repo/site
mkdir -p "$REPO/registry" "$REPO/deploy" "$WORK/bin"
ln -s "$(realpath "$B/hostportctl")" "$WORK/bin/hostportctl"
git -C "$REPO" init -q -b main
layer 1 >"$REPO/registry/site.yaml"
manifest 9120 >"$REPO/deploy/a.yaml"
commit
git -C "$REPO" update-ref refs/remotes/origin/main HEAD

# pipeline NAME HEADING WANT...: the exit statuses of its commands are these.
pipeline() {
	local name=$1 heading=$2 got=()
	shift 2
	: >"$WORK/said"
	while read -r line; do
		(cd "$REPO" && PATH=$WORK/bin:$PATH GITHUB_BASE_REF=main CI_MERGE_REQUEST_TARGET_BRANCH_NAME=main \
			timeout 60 bash -ec "$line") >"$WORK/out" 2>&1
		got+=("$?")
		cat "$WORK/out" >>"$WORK/said"
	done < <(commands "$heading")
	is "$name: exit statuses" "${got[*]}" "$*"
	git -C "$REPO" worktree remove --force ../base
}

for heading in "GitHub Actions" "GitLab CI"; do
	is "$heading: three commands" "$(commands "$heading" | wc -l)" 3
	git -C "$REPO" checkout -q -B change main
	pipeline "$heading: nothing changed" "$heading" 0 0 0
	layer 0 >"$REPO/registry/site.yaml"
	pipeline "$heading: an exception less" "$heading" 0 0 0
	layer 2 >"$REPO/registry/site.yaml"
	pipeline "$heading: an exception more" "$heading" 0 0 1
	has "$heading: an exception more: which" "$(cat "$WORK/said")" \
		"^registry/site.yaml:[0-9]+:[0-9]+: error: a new exception of tcp 8081: class unregistered, until 2099-01-01 \[more-exceptions\]$"
	layer 1 >"$REPO/registry/site.yaml"
	manifest 9850 >"$REPO/deploy/a.yaml"
	pipeline "$heading: a port that nobody registered" "$heading" 1 0 0
	git -C "$REPO" checkout -q --force main
done
finish
