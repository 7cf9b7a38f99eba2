#!/bin/bash
# SPDX-License-Identifier: MIT
#
# confined.sh NAME CPU-SECONDS SECONDS COMMAND...: run a test of a mutant, which may do anything, where it can do
# little. It sees only a part of the cgroup tree, so that a program which it attaches decides about
# nothing else; what it mounts goes with it; what it starts ends with it, or after SECONDS. No process
# gets more than CPU-SECONDS of a processor.
# Without root there is nothing that it could attach or mount; then only the limits hold.
set -u
name=$1 cpu_seconds=$2 seconds=$3
shift 3

ulimit -c 0
ulimit -f 2097152 # blocks of 512 bytes
ulimit -t "$cpu_seconds"
case ${B:-build} in
build-debug) ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}hard_rss_limit_mb=2048 ;; # it maps terabytes
*) ulimit -v 8388608 ;;
esac
export ASAN_OPTIONS

[ "$(id -u)" -eq 0 ] || exec timeout -k 5 "$seconds" "$@"

cgroup2=$(awk '$0 ~ / - cgroup2 / {print $5; exit}' /proc/self/mountinfo)
[ -n "$cgroup2" ] || exit 3
cgroup=$cgroup2/$name

end() {
	[ ! -e "$cgroup/cgroup.kill" ] || echo 1 >"$cgroup/cgroup.kill"
	tries=100
	while [ -d "$cgroup" ] && [ "$tries" -gt 0 ]; do
		find "$cgroup" -depth -type d -exec rmdir {} + 2>/dev/null
		[ ! -d "$cgroup" ] || sleep 0.05
		tries=$((tries - 1))
	done
}

mkdir -p "$cgroup" || exit 3
trap end EXIT
trap 'exit 130' INT TERM HUP
# The cgroup namespace begins at the cgroup of the one who makes it, and a mount shows no more of it.
# shellcheck disable=SC2016 # the inner shells expand
sh -c 'echo $$ >"$0/cgroup.procs" && exec unshare --mount --cgroup sh -c "$@"' "$cgroup" \
	'umount -l "$0" && mount -t cgroup2 none "$0" && exec "$@"' "$cgroup2" timeout -k 5 "$seconds" "$@"
