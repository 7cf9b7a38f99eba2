#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The two commands of README.md on a fresh machine: Debian 12 (minbase) in a
# scratch root, on this kernel, with a clean clone of HEAD. What README.md says
# is what is run; no package is installed by other means.
#
# `make run` audits this machine's own netns at the cgroup2 root, for as long as
# it takes to see one violation. All processes are started in a control group,
# and all mounts are made in a mount namespace of this run: nothing of it stays,
# also when it is killed; what kill -9 leaves behind, the next run removes.
#
# Packages are kept in ${XDG_CACHE_HOME:-/var/cache}/hostportd/fresh for a month, logs there, too.
# shellcheck disable=SC2317 # functions are called by until_true and check
set -u
cd "$(dirname "$0")/../.." || exit 3
export PATH=$PATH:/usr/sbin:/sbin

SUITE=${SUITE:-bookworm} # of Debian: trixie is 13
NAME=hostportd-fresh
LIMIT=3600 # seconds that a command may take
PORT=61234 # of the violation: unregistered, and above the ephemeral ports
CACHE=${XDG_CACHE_HOME:-/var/cache}/hostportd/fresh
SCRATCH=${TMPDIR:-/var/tmp}
CGROUP2=$(awk '$0 ~ / - cgroup2 / {print $5; exit}' /proc/self/mountinfo)
CGROUP=$CGROUP2/$NAME
TREE=/root/hostportd # the clone, as seen in the root
ROOT=
JOB=
passed=0 failed=0 skipped=0

pass() {
	echo "PASS fresh: $1"
	passed=$((passed + 1))
}
fail() {
	echo "FAIL fresh: $1"
	failed=$((failed + 1))
}
finish() {
	echo
	echo "$passed passed, $failed failed, $skipped skipped"
	exit "$((failed > 0))"
}
skip_all() {
	echo "SKIP fresh: $1"
	skipped=1
	finish
}

# give_up WHAT: nothing further can be tested; the log says why.
give_up() {
	fail "$1; $LOG:"
	{ grep '^FAIL' "$LOG" || tail -n 30 "$LOG"; } | sed 's/^/    /'
	finish
}

# check NAME COMMAND...
check() {
	local name=$1
	shift
	if "$@"; then pass "$name"; else fail "$name"; fi
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

pids() { cat "$CGROUP/cgroup.procs" 2>/dev/null; }
none_left() { [ -z "$(pids)" ]; }

signal() {
	local pid
	while read -r pid; do kill "-$1" "$pid" 2>/dev/null; done < <(pids)
}

# Tests that are told to end remove their control groups and namespaces; that takes a moment.
end_processes() {
	[ -d "$CGROUP" ] || return 0
	echo 0 >"$CGROUP/cgroup.freeze"
	signal TERM
	until_true 20 none_left || signal KILL
	until_true 10 none_left
	rmdir "$CGROUP"
}

# The root is a mount of its own: with it goes all that was mounted below it.
remove_root() {
	if mountpoint -q "$1"; then umount -R -l "$1"; fi
	if grep -qF " $1" /proc/self/mountinfo; then
		echo "$1: still has mounts: not removed" >&2
		return 1
	fi
	rm -rf --one-file-system "$1"
}

cleanup() {
	local root
	end_processes
	for root in "$SCRATCH/$NAME".??????; do
		[ ! -d "$root" ] || remove_root "$root"
	done
}

# start COMMAND...: in the control group, its output to $LOG. In the background: bash does
# not act on a signal while a command runs in the foreground.
start() {
	(
		echo "$BASHPID" >"$CGROUP/cgroup.procs" || exit 3
		exec 7<&- 9>&- "$@"
	) >"$LOG" 2>&1 </dev/null &
	JOB=$!
}

job_ended() { ! kill -0 "$JOB" 2>/dev/null; }

# run COMMAND...: the same, to its end; its status.
run() {
	start "$@"
	if ! until_true "$LIMIT" job_ended; then
		echo "run.sh: not done after $LIMIT seconds" >>"$LOG"
		return 1
	fi
	wait "$JOB"
}

# in_root SHELL_COMMAND: the command line with which a new user's shell would do it. The root is
# that of a mount namespace: from a mere chroot, no user namespace can be made.
in_root() {
	INSIDE=(env -i HOME=/root TERM=dumb LANG=C.UTF-8
		PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
		"${SETTINGS[@]}" unshare --mount --propagation slave
		sh -c "cd $ROOT && pivot_root . mnt && umount -l mnt && cd $TREE && exec /bin/bash -c '$1'")
}

# ---- the fresh machine -----------------------------------------------------------------------

# The mirror that this machine itself uses for the suite; empty: debootstrap's default.
mirror() {
	command -v apt-get >/dev/null || return 0
	apt-get indextargets --format "\$(REPO_URI)" 'Created-By: Packages' \
		"Codename: $SUITE" 'Component: main' 2>/dev/null | head -n 1
}

bootstrap() {
	local url options=(--variant=minbase --cache-dir="$CACHE/debootstrap")
	url=$(mirror)
	case "$url" in https:*) options+=(--include=ca-certificates) ;; esac
	LOG=$CACHE/debootstrap.log
	run debootstrap "${options[@]}" "$SUITE" "$ROOT" ${url:+"$url"}
}

# How this machine reaches the network: names, proxies, certificates. And the settings of tests.
copy_network() {
	local name
	cp -L /etc/resolv.conf "$ROOT/etc/resolv.conf"
	SETTINGS=()
	for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY "${!E2E_@}"; do
		[ -z "${!name:-}" ] || SETTINGS+=("$name=${!name}")
	done
	if command -v apt-config >/dev/null; then
		apt-config dump | grep -iE '^Acquire::[a-z]+::Proxy' >"$ROOT/etc/apt/apt.conf.d/80proxy"
	fi
	mkdir -p "$ROOT/usr/local/share/ca-certificates"
	if [ -d /usr/local/share/ca-certificates ]; then
		find /usr/local/share/ca-certificates -name '*.crt' \
			-exec cp -t "$ROOT/usr/local/share/ca-certificates" {} +
	fi
}

mount_kernel() {
	local dir
	echo force-unsafe-io >"$ROOT/etc/dpkg/dpkg.cfg.d/scratch" # which nobody needs after a crash
	mkdir -p /run/lock "$ROOT/run/lock" "$ROOT/root/.npm"
	for dir in proc sys dev; do
		mount --rbind "/$dir" "$ROOT/$dir" && mount --make-rslave "$ROOT/$dir" || return
	done
	mount --bind "$CACHE/archives" "$ROOT/var/cache/apt/archives" &&
		mount --bind "$CACHE/npm" "$ROOT/root/.npm" &&
		mount --bind /run/lock "$ROOT/run/lock" # the locks of the tests are for the whole machine
}

clone_head() {
	local changes
	changes=$(git -c safe.directory="$PWD" status --porcelain | wc -l)
	if [ "$changes" -gt 0 ]; then
		echo "warning: $changes uncommitted changes are not in what is tested" >&2
	fi
	LOG=$CACHE/clone.log
	# the tree may be another user's than root's
	run git clone --quiet --upload-pack="git -c 'safe.directory=*' upload-pack" \
		"file://$PWD" "$ROOT$TREE"
}

# command_of TARGET: README.md's command with `make TARGET`: there must be exactly one such
# line in its fenced blocks, and two lines in all that begin with apt-get update.
command_of() {
	local lines
	lines=$(awk '/^```/ { fenced = !fenced; next } fenced && /^apt-get update/' \
		"$ROOT$TREE/README.md") || return
	[ "$(wc -l <<<"$lines")" -eq 2 ] || return
	grep -E "(^| )make $1( |\$)" <<<"$lines"
}

# ---- the two commands ------------------------------------------------------------------------

ready_or_ended() { grep -q ': ready$' "$LOG" || job_ended; }
violation_seen() { grep -qE "AUDITED +tcp +127\.0\.0\.1:$PORT +unregistered +bindprobe\[" "$LOG"; }

agent_pid() {
	local pid
	while read -r pid; do
		case "$(readlink "/proc/$pid/exe")" in */hostportd) echo "$pid" ;; esac
	done < <(pids)
}

# Beside other tests the agent of `make run` would see what they do, and they would see the agent: it
# needs their lock alone (tests/e2e/lib.sh). It takes minutes to build; so all halts before the last
# step of that until the lock is there.
halt_for_lock() {
	local queue
	until_true "$LIMIT" built_or_ended
	if job_ended; then return; fi
	echo 1 >"$CGROUP/cgroup.freeze"
	exec {queue}<"$CGROUP2/cgroup.controllers" 7<"$CGROUP2/cgroup.procs"
	if ! flock -w "${E2E_LOCK_S:-900}" "$queue" || ! flock -w "${E2E_LOCK_S:-900}" 7; then
		give_up "no lock on $CGROUP2/cgroup.procs: see lslocks"
	fi
	exec {queue}<&-
	echo 0 >"$CGROUP/cgroup.freeze"
}
built_or_ended() { grep -q 'AR .*libhostport\.a$' "$LOG" || job_ended; }

# Outside the clone's build, with the compiler that `make run` has installed.
violate() {
	chroot "$ROOT" gcc -D_GNU_SOURCE -o /root/bindprobe "$TREE/tests/e2e/bindprobe.c" &&
		chroot "$ROOT" /root/bindprobe tcp 4 127.0.0.1 "$PORT"
}

# The server packages that the tests need must not have been started by their installation.
check_nothing_left() {
	if until_true 30 none_left; then
		pass "$1: no process is left"
	else
		fail "$1: no process is left: there are:"
		pids | xargs -r ps -o pid,ppid,stat,etimes,args -p | sed 's/^/    /'
	fi
}

test_run() {
	local began=$SECONDS pid
	LOG=$CACHE/run.log
	echo "== $1"
	in_root "$1"
	start "${INSIDE[@]}"
	halt_for_lock
	until_true "$LIMIT" ready_or_ended
	grep -q ': ready$' "$LOG" || give_up "make run: the agent says ready"
	pass "make run: the agent says ready ($((SECONDS - began)) s)"
	check "make run: a violation is made" violate
	check "make run: the violation is printed" until_true 10 violation_seen
	grep -E "AUDITED.*:$PORT" "$LOG" | sed 's/^/    /'
	pid=$(agent_pid)
	[ "$(wc -w <<<"$pid")" -eq 1 ] || give_up "make run: one agent runs"
	kill -INT "$pid"
	until_true 20 job_ended || give_up "make run: it ends when it is interrupted"
	check "make run: it ends with 0 when it is interrupted" wait "$JOB"
	check_nothing_left "make run"
	exec 7<&-
}

test_test() {
	local began=$SECONDS closing
	LOG=$CACHE/test.log
	echo "== $1"
	in_root "$1"
	run "${INSIDE[@]}" || give_up "make test: it ends with 0"
	pass "make test: it ends with 0 ($((SECONDS - began)) s)"
	closing=$(tail -n 1 "$LOG")
	{ grep '^SKIP' "$LOG"; echo "$closing"; } | sed 's/^/    /'
	check "make test: its closing line" \
		grep -qxE '[1-9][0-9]* passed, 0 failed, [0-9]+ skipped' <<<"$closing"
	check_nothing_left "make test"
}

# ---- the run -----------------------------------------------------------------------------------

[ "$(id -u)" -eq 0 ] || skip_all "not root"
for tool in debootstrap git; do
	command -v "$tool" >/dev/null || skip_all "$tool is not installed"
done
[ -n "$CGROUP2" ] || skip_all "cgroup2 is not mounted"
if [ -z "${HOSTPORTD_FRESH_MOUNTS:-}" ]; then
	HOSTPORTD_FRESH_MOUNTS=1 exec unshare --mount --propagation slave tests/fresh/run.sh
fi

mkdir -p "$CACHE"/{debootstrap,archives,npm} || exit 3
exec 9>"$CACHE/lock"
if ! flock -n 9; then
	echo "run.sh: another test-fresh is running: it holds $CACHE/lock" >&2
	exit 3
fi
find "$CACHE" -name "*.deb" -ctime +30 -delete
cleanup
trap cleanup EXIT
trap 'exit 130' INT TERM HUP
mkdir -p "$CGROUP" && ROOT=$(mktemp -d "$SCRATCH/$NAME.XXXXXX") || exit 3
mount --bind "$ROOT" "$ROOT" && mount --make-private "$ROOT" && chmod 755 "$ROOT" || exit 3

bootstrap || give_up "debootstrap of $SUITE"
clone_head || give_up "a clone of HEAD"
copy_network && mount_kernel || exit 3
if run_command=$(command_of run) && test_command=$(command_of test); then
	pass "README.md has the two commands"
else
	fail "README.md: fenced lines that begin with 'apt-get update': one with 'make run', one with 'make test', no third"
	finish
fi
test_run "$run_command"
test_test "$test_command"
finish
