#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The systemd unit, installed with `make install` on a Debian (minbase) that
# systemd boots in a container (systemd-nspawn): it has a control group, a network
# namespace and a BPF file system of its own, and the agent in it is attached to
# that control group only. What is tested is in steps.sh.
#
# The Debian is kept in ${XDG_CACHE_HOME:-/var/cache}/hostportd/systemd for a
# month, and not written to. All processes are in one control group, all mounts in a mount
# namespace of this run: nothing of it stays, also when it is killed; what
# kill -9 leaves behind, the next run removes.
set -u
cd "$(dirname "$0")/../.." || exit 3
export PATH=$PATH:/usr/sbin:/sbin

B=${B:-build}
NAME=hostportd-systemd
LIMIT=900 # seconds for the container, beside other suites; alone it takes a tenth of that
# Of the unit, as systemd-analyze security says it, in tenths; docs/design.md states it.
SCORE=27
# What the programs are linked with is this machine's.
SUITE=${SUITE:-$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)}
PACKAGES=systemd,gojq,libbpf1,libjansson4,libmnl0,libsmartcols1,libyajl2,libyaml-0-2
CACHE=${XDG_CACHE_HOME:-/var/cache}/hostportd/systemd
SCRATCH=$CACHE/scratch
BASE=$CACHE/$SUITE
ROOT=$SCRATCH/root
RESULTS=$SCRATCH/results
CGROUP2=$(awk '$0 ~ / - cgroup2 / {print $5; exit}' /proc/self/mountinfo)
CGROUP=$CGROUP2/$NAME
JOB=

finish() {
	echo
	count() { grep -c "^$1 " "$CACHE/lines"; }
	echo "$(count PASS) passed, $(count FAIL) failed, $(count SKIP) skipped"
	[ "$(count FAIL)" -eq 0 ]
	exit
}
say() { echo "$1 systemd: $2" | tee -a "$CACHE/lines"; }
# give_up WHAT LOG: nothing further can be tested; the log says why.
give_up() {
	say FAIL "$1; the end of $2:"
	tail -n 30 "$2" | sed 's/^/     /'
	finish
}
skip_all() {
	say SKIP "$1"
	finish
}

until_true() {
	local end=$((SECONDS + $1))
	shift
	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.1
	done
}

# ---- processes, mounts: what a run makes, and how it goes ------------------------------------

# nspawn makes the same directories in the hierarchy that systemd names v1's processes by.
groups() { find "$CGROUP2/$NAME" /sys/fs/cgroup/systemd/$NAME -depth -type d 2>/dev/null; }
pids() { find "$CGROUP" -name cgroup.procs -exec cat {} + 2>/dev/null; }
none_left() { [ -z "$(pids)" ]; }
kill_all() {
	local pid
	while read -r pid; do kill -KILL "$pid" 2>/dev/null; done < <(pids)
	none_left
}

cleanup() {
	local dir
	until_true 10 kill_all
	while read -r dir; do rmdir "$dir"; done < <(groups)
	if [ -d "$SCRATCH" ] && ! grep -qF " $SCRATCH" /proc/self/mountinfo; then
		rm -rf --one-file-system "$SCRATCH"
	fi
}

# start COMMAND...: in the control group; in the background, for bash does not act on a signal
# while a command runs in the foreground.
start() {
	(
		echo "$BASHPID" >"$CGROUP/cgroup.procs" || exit 3
		exec 7<&- 9>&- "$@"
	) </dev/null &
	JOB=$!
}
job_ended() { ! kill -0 "$JOB" 2>/dev/null; }

# run LIMIT LOG COMMAND...: to its end, or not after LIMIT seconds; its status.
run() {
	local limit=$1 log=$2
	shift 2
	start "$@" >"$log" 2>&1
	if ! until_true "$limit" job_ended; then
		echo "run.sh: not done after $limit seconds" >>"$log"
		return 1
	fi
	wait "$JOB"
}

# ---- the container ---------------------------------------------------------------------------

# The mirror that this machine itself uses for the suite; empty: debootstrap's default.
mirror() {
	apt-get indextargets --format "\$(REPO_URI)" 'Created-By: Packages' \
		"Codename: $SUITE" 'Component: main' 2>/dev/null | head -n 1
}

# Made once a month, and anew when it should have other packages.
bootstrap() {
	local url packages=$PACKAGES
	if [ "$(cat "$BASE/.packages")" = "$PACKAGES" ] && [ -n "$(find "$BASE/.packages" -ctime -30)" ]; then
		return 0
	fi 2>/dev/null
	url=$(mirror)
	case "$url" in https:*) packages+=,ca-certificates ;; esac
	rm -rf --one-file-system "$BASE" "$BASE.new"
	run 1800 "$CACHE/debootstrap.log" debootstrap --variant=minbase --include="$packages" \
		"$SUITE" "$BASE.new" ${url:+"$url"} || return
	echo "$PACKAGES" >"$BASE.new/.packages" && mv "$BASE.new" "$BASE"
}

install_all() {
	mkdir "$ROOT/test" "$RESULTS" "$SCRATCH/bpf"
	make -s install B="$B" prefix=/usr/local DESTDIR="$ROOT" &&
		cp "$B"/tests/e2e/{bindprobe,foreign,storm} tests/systemd/steps.sh "$ROOT/test" &&
		cp tests/systemd/*.{service,socket} "$ROOT/etc/systemd/system" &&
		echo "SCORE=$SCORE" | cat - tests/systemd/steps.sh >"$ROOT/test/steps.sh" &&
		printf 'HOSTPORTD_ON_EXIT=detach\nHOSTPORTD_MODE=enforce\n' >"$ROOT/etc/default/hostportd" &&
		systemctl --root="$ROOT" enable hostportd.service steps.service \
			early@9201.socket early@61400.socket
}

# In a mount namespace of its own, which ends with it.
# shellcheck disable=SC2317 # by boot
container() {
	# nspawn takes what is there for its own: /run may be no tmpfs here
	mkdir -p /run/systemd/nspawn && mount -t tmpfs tmpfs /run/systemd/nspawn &&
		mount -t bpf bpf "$SCRATCH/bpf" || return
	SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 exec systemd-nspawn --quiet --boot --directory="$ROOT" \
		--register=no --keep-unit --private-network --console=pipe --link-journal=no \
		--bind="$RESULTS:/results" --bind="$SCRATCH/bpf:/sys/fs/bpf" \
		--capability=CAP_BPF,CAP_NET_ADMIN,CAP_PERFMON \
		--system-call-filter="bpf perf_event_open open_by_handle_at"
}

# ---- the run -----------------------------------------------------------------------------------

mkdir -p "$CACHE" && : >"$CACHE/lines" || exit 3
[ "$(id -u)" -eq 0 ] || skip_all "not root"
for tool in systemd-nspawn debootstrap; do
	command -v "$tool" >/dev/null || skip_all "$tool is not installed"
done
[ -n "$CGROUP2" ] || skip_all "cgroup2 is not mounted"
if [ -z "${HOSTPORTD_SYSTEMD_MOUNTS:-}" ]; then
	HOSTPORTD_SYSTEMD_MOUNTS=1 exec unshare --mount --propagation slave tests/systemd/run.sh
fi

exec 9>"$CACHE/lock"
if ! flock -n 9; then
	echo "run.sh: another test-systemd is running: it holds $CACHE/lock" >&2
	exit 3
fi
cleanup
trap cleanup EXIT
trap 'exit 130' INT TERM HUP
mkdir -p "$CGROUP" || exit 3
bootstrap || give_up "debootstrap of $SUITE" "$CACHE/debootstrap.log"
mkdir -p "$SCRATCH" && mount -t tmpfs tmpfs "$SCRATCH" && mkdir "$SCRATCH"/{upper,work,root} &&
	mount -t overlay -o "lowerdir=$BASE,upperdir=$SCRATCH/upper,workdir=$SCRATCH/work" overlay "$ROOT" || exit 3
install_all >"$CACHE/install.log" 2>&1 || give_up "make install" "$CACHE/install.log"

# Beside other tests, but not beside one that is to be alone: see tests/e2e/lib.sh.
exec 7<"$CGROUP2/cgroup.procs"
flock --shared -w "${E2E_LOCK_S:-900}" 7 || give_up "no lock on $CGROUP2/cgroup.procs: see lslocks" /dev/null

export -f container
export ROOT RESULTS SCRATCH
run "$LIMIT" "$CACHE/console" bash -c container
cp "$RESULTS"/* "$CACHE" || give_up "the container boots" "$CACHE/console"
grep -v '^@done$' "$CACHE/lines"
[ "$(tail -n 1 "$CACHE/lines")" = @done ] || give_up "the tests come to their end" "$CACHE/journal"
finish
