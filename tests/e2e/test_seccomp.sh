#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The filter of system calls that a container of hostportd may have (deploy/seccomp), with the capabilities of
# deploy/components/least-privilege: agent, the process that talks with the API server, and hostportctl work. First by
# a program that sets the filter, then by runc, which reads the file.
# shellcheck source=lib.sh source-path=SCRIPTDIR disable=SC1091
E2E_INSIDE=1
. "$(dirname "$0")/lib.sh"

CONTAINER=$NAME-runc
# shellcheck disable=SC2317 # called by clear_away
also_clear() { runc delete --force "$CONTAINER" 2>/dev/null; }
setup

REG=$WORK/reg.yaml
CONTAINED=$B/tests/e2e/contained
CAPS=+bpf,+net_admin,+perfmon,+dac_read_search,+sys_ptrace,+setuid,+setgid,+kill
AS_CONTAINER=(setpriv --bounding-set="-all,$CAPS" --inh-caps=-all --no-new-privs -- "$CONTAINED")

if is_built_for_debugging; then
	skip "a build with AddressSanitizer makes other calls"
	finish
fi

# in_container VERB...: hostportctl, as by `kubectl exec` or a probe.
in_container() { "${AS_CONTAINER[@]}" "$B/hostportctl" --socket="$SOCK" "$@"; }
# said NAME STATUS PATTERN VERB...
said() {
	local name=$1 want=$2 pattern=$3 text
	shift 3
	text=$(in_container "$@" 2>&1)
	is "$name: exit status" $? "$want"
	has "$name" "$text" "$pattern"
}

# What the filter is for, beside what the capabilities refuse.
test_refuses() {
	local unshare
	unshare=$(command -v unshare)
	"${AS_CONTAINER[@]:0:${#AS_CONTAINER[@]}-1}" "$unshare" --user "$B/hostportctl" --version >"$WORK/out" 2>&1
	is "a user namespace, without the filter" "$? $(cut -d ' ' -f 1 "$WORK/out")" "0 hostportctl"
	is "a user namespace" "$("${AS_CONTAINER[@]}" "$unshare" --user "$B/hostportctl" --version 2>&1)" \
		"unshare: unshare failed: Operation not permitted"
	has "the filter is set" "$("${AS_CONTAINER[@]}" "$(command -v grep)" Seccomp: /proc/self/status)" '^Seccomp:[[:space:]]2$'
}

test_agent() {
	AGENT_BY=(nsenter --net="$NETNS" -- "${AS_CONTAINER[@]}")
	start_agent --mode=enforce --registry="$REG" --sweep=1 --reserve-ports --on-exit=keep || return
	is "denies" "$(probe tcp 4 127.0.0.1 23000)" "EPERM 1"
	is "allows" "$(probe tcp 4 127.0.0.1 20000)" "ok 20000 1"
	is "confines itself" "$(status '.privileges | "\(.no_new_privs) \(.seccomp)"')" "true true"
	said "status" 0 '^mode +enforce, effective$' status
	said "selftest" 0 '^effective +yes$' selftest
	keep mine inside bindprobe tcp 4 127.0.0.1 20000 hold
	said "listeners" 0 '^PROTO' listeners
	let_go mine
	said "learn" 0 'ports: 23000' learn
	said "mode" 0 '^mode audit: switched' mode audit
	said "reload" 0 '^generation' reload
	said "explain" 0 '^tcp 23000' explain 23000
	said "registry show" 0 'reserved' registry show --registry="$REG"
	in_container listeners --html="$WORK/page.html"
	is "listeners --html" "$? $(head -c 15 "$WORK/page.html")" "0 <!DOCTYPE html>"
	timeout 60 "${AS_CONTAINER[@]}" "$B/hostportctl" --socket="$SOCK" tail --replay=10 >"$WORK/tail" 2>&1 &
	if until_true 10 grep -q 23000 "$WORK/tail"; then pass "tail"; else fail "tail: $(cat "$WORK/tail")"; fi
	kill $!
	wait $! 2>/dev/null
	kill_agent
	start_agent --mode=enforce --registry="$REG" --on-exit=detach || return
	is "takes over" "$(status .pins.adopted)" true
	stop_agent
	is "detaches" "$(attached)" 0
}

# The process of --pods=apiserver is started, gives up what it has, and asks: nobody answers.
test_pods() {
	cat >"$WORK/kubeconfig" <<-'END'
		apiVersion: v1
		kind: Config
		clusters: [{name: c, cluster: {server: "https://127.0.0.1:1"}}]
		users: [{name: u, user: {token: none}}]
		contexts: [{name: x, context: {cluster: c, user: u}}]
		current-context: x
	END
	start_agent --registry="$REG" --pods=apiserver --kubeconfig="$WORK/kubeconfig" --node-name=node1 || return
	if until_true 60 cannot_connect; then pass "pods: asks the API server"; else
		fail "pods: $(status '.pod_sources[0].error'): $(cat "$WORK/log")"
	fi
	is "pods: its user" "$(awk '$1 == "Uid:" { print $2 }' "/proc/$(pgrep -P "$(pgrep -P "$AGENT_PID" -f hostportd-pods)")/status")" 65534
	has_not "pods: no complaint" "$(cat "$WORK/log")" "user can't be changed|files are not limited|not filtered"
	stop_agent
}
# shellcheck disable=SC2317 # called by until_true
cannot_connect() { status '.pod_sources[0].error' | grep -qiE 'connect'; }

# A bundle with the node's programs, and a script that runs a command in it.
make_bundle() {
	mkdir -p "$WORK/bundle/rootfs" && runc spec --bundle "$WORK/bundle" || return
	jq --slurpfile profile deploy/seccomp/hostportd.json --arg netns "$NETNS" --arg cgroup "/$CONTAINER" \
		--arg caps "${CAPS//[+]/cap_}" --arg paths "$(find /usr /lib /lib64 /etc /proc /sys /run/netns "$PWD" "$WORK" -maxdepth 0 2>/dev/null | paste -sd' ')" '
		($caps | ascii_upcase | split(",")) as $caps |
		.process |= (.terminal = false | .noNewPrivileges = true | .rlimits = [] |
			.capabilities = {bounding: $caps, effective: $caps, permitted: $caps} |
			.env = [env | to_entries[] | select(.key | test("^HOSTPORTD_|^PATH$")) | "\(.key)=\(.value)"]) |
		.root.readonly = true | del(.hostname) |
		.linux = {namespaces: [{type: "mount"}, {type: "network", path: $netns}], seccomp: $profile[0], cgroupsPath: $cgroup} |
		.mounts = [{destination: "/dev", type: "tmpfs", source: "tmpfs", options: ["nosuid", "mode=755"]}] +
			($paths | split(" ") | map({destination: ., type: "bind", source: ., options: ["rbind", "rw"]}))' \
		"$WORK/bundle/config.json" >"$WORK/bundle/base.json" || return
	cat >"$WORK/in_runc" <<-END
		#!/bin/sh
		printf '%s\0' "\$@" | gojq -Rs --slurpfile base "$WORK/bundle/base.json" \\
			'(split("\u0000")[:-1]) as \$args | \$base[0] | .process.args = \$args' >"$WORK/bundle/config.json"
		exec runc run --bundle "$WORK/bundle" "$CONTAINER"
	END
	chmod +x "$WORK/in_runc"
}

test_runc() {
	local program
	if ! command -v runc >/dev/null; then
		skip "a real container: runc is not installed"
		return
	fi
	make_bundle || fail "runc: no bundle: $(cat "$WORK/bundle/base.json")"
	program=$(realpath "$B/hostportctl")
	AGENT_BY=("$WORK/in_runc")
	AGENT=$(realpath "$B/hostportd") start_agent --mode=enforce --registry="$REG" --pods=apiserver \
		--kubeconfig="$WORK/kubeconfig" --node-name=node1 || return
	is "runc: denies" "$(probe tcp 4 127.0.0.1 23000)" "EPERM 1"
	is "runc: allows" "$(probe tcp 4 127.0.0.1 20000)" "ok 20000 1"
	is "runc: confines itself" "$(status '.privileges | "\(.capabilities | length) \(.no_new_privs) \(.seccomp)"')" "5 true true"
	if until_true 60 cannot_connect; then pass "runc: asks the API server"; else fail "runc: $(cat "$WORK/log")"; fi
	has "runc: a probe" "$(runc exec "$CONTAINER" "$program" --socket="$SOCK" status 2>&1)" '^mode +enforce, effective$'
	stop_agent
	is "runc: detaches" "$(attached)" 0
	AGENT_BY=(nsenter --net="$NETNS" -- "${AS_CONTAINER[@]}")
}

cat >"$REG" <<'END'
version: 1
name: seccomp
source: test_seccomp.sh
entries:
  - {ports: 20000, protocol: tcp, process: mine}
  - {ports: 50000, protocol: tcp, process: reserved}
END
test_refuses
test_agent
test_pods
test_runc
finish
