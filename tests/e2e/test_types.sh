#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The kernel's types: the agent gives libbpf the part that it cut out, or, if it can't, libbpf reads
# them all. The programs do the same either way.
# shellcheck source=lib.sh source-path=SCRIPTDIR disable=SC1091
. "$(dirname "$0")/lib.sh"

# constant NAME: of the programs that are attached.
constant() {
	local program map
	program=$(status '.attached[0].program_id')
	for map in $(bpftool -j prog show id "$program" | jq '.map_ids[]'); do
		bpftool -j map show id "$map" | jq -e '.name | endswith("rodata")' >/dev/null || continue
		bpftool map dump id "$map" | sed -nE "s/^.*\"$1\": ([^,]*),?$/\1/p"
	done
}

# can_cast: true or false, whether the kernel has what the quick way takes. Only its JIT calls functions of the kernel.
can_cast() {
	local jit
	jit=$(cat /proc/sys/net/core/bpf_jit_enable 2>/dev/null)
	if [ "${jit:-0}" != 0 ] && grep -qw bpf_rdonly_cast /proc/kallsyms; then echo true; else echo false; fi
}

# check NAME: denied, told of, allowed, and left alone in another namespace.
check() {
	is "$1: denied" "$(probe tcp 4 127.0.0.1 21000)" "EPERM 1"
	is "$1: denied, IPv6" "$(probe udp 6 :: 21000)" "EPERM 1"
	is "$1: allowed" "$(probe tcp 4 0.0.0.0 22000)" "ok 22000 1"
	is "$1: another namespace" "$(in_cgroup_only "$B/tests/e2e/bindprobe" tcp 4 127.0.0.1 29001)" "ok 29001 1"
	is "$1: told of" "$(events '.port == 21000 and .verdict == "denied" and .comm == "bindprobe"')" 2
	is "$1: effective" "$(status .effective)" true
}

# refuse_below: have another's program refuse further down, until allow_below.
refuse_below() {
	"$B/tests/e2e/foreign" "$CGROUP/below" post_bind4 refuse link >"$WORK/foreign" 2>&1 &
	FOREIGN=$!
	until_true 5 grep -qs attached "$WORK/foreign" || fail "a program that refuses: $(cat "$WORK/foreign")"
}
allow_below() {
	kill "$FOREIGN"
	wait "$FOREIGN" 2>/dev/null
}

# check_refused NAME: a bind() that another refuses after the port was taken is no violation,
# if the kernel lets us know of it.
check_refused() {
	local unknown=1 probe=("$B/tests/e2e/bindprobe" tcp 4 127.0.0.1 21000)
	if [ "$(status .abilities.errno)" = true ]; then unknown=0; fi
	mkdir "$CGROUP/below"
	refuse_below
	is "$1: refused further down" "$(inside_cgroup "$CGROUP/below" "${probe[@]}")" "EPERM 1"
	is "$1: nothing to tell" "$(violations)" $unknown
	allow_below
	is "$1: not refused" "$(inside_cgroup "$CGROUP/below" "${probe[@]}")" "ok 21000 1"
	is "$1: that is one" "$(violations)" $((unknown + 1))
	rmdir "$CGROUP/below"
}

test_cut() {
	start_agent --mode=enforce --registry="$REG" || return
	is "cut out: casts where the kernel has them" "$(constant hp_can_cast)" "$(can_cast)"
	check "cut out"
	stop_agent
	start_agent --mode=audit --registry="$REG" || return
	check_refused "cut out"
	stop_agent
}

# A BTF of a version that we don't know, and that libbpf does not mind.
test_plain() {
	cp /sys/kernel/btf/vmlinux "$WORK/btf"
	printf '\002' | dd of="$WORK/btf" bs=1 seek=2 conv=notrunc 2>/dev/null
	# shellcheck disable=SC2016 # expanded by that shell
	AGENT_BY=(unshare -m sh -c 'mount --bind "$0" /sys/kernel/btf/vmlinux && exec "$@"' "$WORK/btf")
	start_agent --mode=enforce --registry="$REG" || return
	is "left to libbpf: no casts" "$(constant hp_can_cast)" false
	check "left to libbpf"
	stop_agent
	start_agent --mode=audit --registry="$REG" || return
	check_refused "left to libbpf"
	stop_agent
	AGENT_BY=()
}

setup
REG=$WORK/reg.yaml
cat >"$REG" <<END
version: 1
name: types
source: test_types.sh
entries:
  - {ports: 22000, protocol: tcp, process: allowed}
END
test_cut
test_plain
finish
