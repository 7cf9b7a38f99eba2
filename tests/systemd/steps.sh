#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Inside the container that run.sh boots: hostportd.service as it is installed,
# enabled, and started by the boot in enforce mode. The last line is @done;
# without it, the tests have not come to their end.
# shellcheck disable=SC2317 # functions are called by until_true and check
set -u
export SYSTEMD_PAGER='' SYSTEMD_COLORS=0 LC_ALL=C.UTF-8

UNIT=hostportd.service
INSTALLED=/usr/local/lib/systemd/system/$UNIT
SETTINGS=/etc/default/hostportd
DROPIN=/run/systemd/system/$UNIT.d
# Registered, and not: rows of the openshift layer, and none of any.
LISTED=9200 FREE=61234

pass() { echo "PASS systemd: $1"; }
fail() { echo "FAIL systemd: $1"; }
skip() { echo "SKIP systemd: $1"; }
is() { if [ "$2" = "$3" ]; then pass "$1"; else fail "$1: got '$2', want '$3'"; fi; }
has() { if grep -qE -- "$3" <<<"$2"; then pass "$1"; else fail "$1: '$3' is not in: $2"; fi; }
check() {
	local name=$1
	shift
	if "$@"; then pass "$name"; else fail "$name: $*"; fi
}
until_true() {
	local end=$((SECONDS + $1))
	shift
	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.1
	done
}

# ---- the unit, as systemd sees it ------------------------------------------------------------

property() { systemctl show "$UNIT" -p "$1" --value; }
restarts() { property NRestarts; }
pid() { property MainPID; }
active() { [ "$(systemctl is-active "$UNIT")" = "$1" ]; }
effective() { hostportctl status >/dev/null 2>&1; }
status() { hostportctl status --json | gojq -r "$1"; }
# Before the first restart NRestarts is that of the last start by hand: 0.
restarted() { [ "$(restarts)" -gt "$1" ] && active active && effective; }

# settings LINE...: what the administrator wrote; takes effect at the next start.
settings() { printf '%s\n' HOSTPORTD_ON_EXIT=detach "$@" >"$SETTINGS"; }

# with LINE...: a drop-in that changes the unit.
with() {
	mkdir -p "$DROPIN"
	printf '%s\n' "$@" >"$DROPIN/test.conf"
	systemctl daemon-reload
}
without() {
	rm -r "$DROPIN"
	systemctl daemon-reload
}

# The agent's lines in the journal since the mark, that is: its standard output.
mark() { date +%s.%N >/run/mark; }
lines() { journalctl --sync && journalctl -u "$UNIT" -o cat --since "@$(cat /run/mark)" | grep '^{'; }
# told FILTER: is there a line that matches a jq condition?
told() { lines | gojq -es "map(select($1)) | length > 0" >/dev/null; }

# bind PORT: the result of a bind by another unit.
bind() {
	systemctl stop "bind@$1.service"
	rm -f "/run/bind.$1"
	systemctl start "bind@$1.service"
	until_true 5 test -s "/run/bind.$1"
	cat "/run/bind.$1"
}

# ---- the steps -------------------------------------------------------------------------------

step_boot() {
	check "boot: the unit is active" active active
	check "boot: hostportctl status without options: effective" effective
	is "boot: in enforce mode, by $SETTINGS" "$(status .mode)" enforce
	local ready sysinit
	ready=$(property ActiveEnterTimestampMonotonic)
	sysinit=$(systemctl show sysinit.target -p ActiveEnterTimestampMonotonic --value)
	check "boot: ready before sysinit.target" test "$ready" -gt 0 -a "$ready" -le "$sysinit"
	is "boot: a socket unit with an unregistered port: denied" "$(systemctl is-active early@61400.socket)" failed
	is "boot: a socket unit with a registered port" "$(systemctl is-active early@9201.socket)" active
	systemctl reset-failed early@61400.socket
	is "boot: nothing else has failed" "$(systemctl list-units --failed --no-legend --plain)" ""
}

step_analyze() {
	local out
	out=$(systemd-analyze verify --man=no "$INSTALLED" 2>&1)
	is "systemd-analyze verify: nothing to say" "$?:$out" 0:
	check "systemd-analyze security: within $SCORE" secure "$INSTALLED" "$SCORE"
	check "systemd-analyze security: the stated score is the score" \
		not secure "$INSTALLED" "$((SCORE - 1))"
	systemd-analyze security --offline=true "$INSTALLED" | tail -n 1 | sed 's/^/     /'
}
not() { ! "$@"; }
secure() { systemd-analyze security --offline=true --threshold="$2" "$1" >/dev/null 2>&1; }

step_sandbox() {
	local wanted=c000081004 got
	got=$(awk '$1 == "CapBnd:" {print $2}' "/proc/$(pid)/status")
	check "sandbox: no other capabilities" test "$((0x$got & ~0x$wanted))" -eq 0
	is "sandbox: no new privileges" "$(awk '$1 == "NoNewPrivs:" {print $2}' "/proc/$(pid)/status")" 1
	is "sandbox: system calls are filtered" "$(awk '$1 == "Seccomp:" {print $2}' "/proc/$(pid)/status")" 2
	got=$(in_sandbox / /run /proc/sys/kernel/hostname /sys/fs/cgroup /sys/fs/bpf)
	is "sandbox: read-only" "$got" ""
	got=$(in_sandbox /run/hostportd /sys/fs/bpf/hostportd)
	is "sandbox: what it may write to" "$got" "/run/hostportd /sys/fs/bpf/hostportd "
}
# in_sandbox PATH...: those that can be written to in the agent's mount namespace.
in_sandbox() {
	local path
	for path in "$@"; do
		nsenter --mount="/proc/$(pid)/ns/mnt" test -w "$path" && printf '%s ' "$path"
	done
}

step_enforce() {
	mark
	is "enforce: an unregistered port" "$(bind $FREE)" "EPERM 1"
	is "enforce: a registered port" "$(bind $LISTED)" "ok $LISTED 1"
	check "enforce: told in the journal, with the unit" until_true 5 told \
		".verdict == \"denied\" and .port == $FREE and .workload == {kind: \"unit\", unit: \"bind@$FREE.service\"}"
	check "enforce: the registered one is not" not told ".port == $LISTED"
}

# What was there before the agent: the socket table, and /proc of other users, from the sandbox.
step_sweep() {
	systemctl stop "$UNIT"
	systemctl start hold@$FREE.service
	until_true 5 grep -q ^ok /run/hold.$FREE
	mark
	systemctl start "$UNIT"
	check "sweep: a listener of before, its process and unit" until_true 5 told \
		".how == \"existing\" and .port == $FREE and .comm == \"bindprobe\" and .workload.unit == \"hold@$FREE.service\""
	has "listeners: whose it is" "$(hostportctl listeners)" \
		"0\.0\.0\.0:$FREE +bindprobe\[[0-9]+\] +unit hold@$FREE\.service"
	systemctl stop hold@$FREE.service
}

step_audit() {
	settings HOSTPORTD_MODE=audit HOSTPORTD_LOG=text
	systemctl restart "$UNIT"
	check "restart: effective when systemctl returns" effective
	is "audit: by $SETTINGS" "$(status .mode)" audit
	mark
	is "audit: an unregistered port" "$(bind $FREE)" "ok $FREE 1"
	check "audit: told in the journal, as text" until_true 5 text_told
}
text_told() {
	journalctl --sync
	journalctl -u "$UNIT" -o cat --since "@$(cat /run/mark)" |
		grep -qE "AUDITED +tcp +0\.0\.0\.0:$FREE +unregistered .*unit bind@$FREE\.service"
}

# site PORT: a layer of our own, with this port.
site() {
	mkdir -p /etc/hostportd/registry
	printf 'version: 1\nname: site\nentries:\n  - {ports: %s, protocol: tcp, process: probe}\n' "$1" \
		>/etc/hostportd/registry/10-site.yaml
}

# The settings are those of hostportd(8), SYSTEMD: a variable of several lines.
step_registry() {
	site 61235
	settings HOSTPORTD_MODE=enforce 'HOSTPORTD_REGISTRY="builtin:openshift' builtin:node-baseline \
		builtin:hostportd '/etc/hostportd/registry"'
	systemctl restart "$UNIT"
	is "registry: four layers" "$(status '[.registry.layers[].name] | join(" ")')" \
		"openshift node-baseline hostportd site"
	is "registry: a port of the site's" "$(bind 61235)" "ok 61235 1"
	is "registry: another" "$(bind $FREE)" "EPERM 1"
}

step_reload() {
	local before
	before=$(pid)
	site $FREE
	check "reload: systemctl reload" systemctl reload "$UNIT"
	is "reload: a port that is new" "$(bind $FREE)" "ok $FREE 1"
	is "reload: one that is gone" "$(bind 61235)" "EPERM 1"
	site nothing
	check "reload: a layer that is broken: systemctl fails" not systemctl reload "$UNIT"
	is "reload: a layer that is broken: what was there holds" "$(bind $FREE) $(bind 61235)" "ok $FREE 1 EPERM 1"
	check "reload: active" active active
	check "reload: effective" effective
	is "reload: the same process" "$(pid) $(restarts)" "$before 0"
}

# What docs/rollout.md says of one machine.
step_rollout() {
	local layers=/etc/hostportd/registry
	rm -r "$layers"
	site 61235
	settings 'HOSTPORTD_REGISTRY="builtin:openshift' builtin:node-baseline builtin:hostportd "$layers\""
	systemctl restart "$UNIT"
	is "rollout: in audit mode" "$(status .mode)" audit
	bind $FREE >/run/bound
	systemctl start hold@61236.service
	until_true 5 grep -q ^ok /run/hold.61236
	hostportctl mode enforce >/run/breaks 2>&1
	is "rollout: mode enforce refuses" "$?" 1
	hostportctl learn --until=2099-12-31 >/run/learned.yaml
	is "rollout: learn covers all" "$?" 0
	has "rollout: learn tells who" "$(cat /run/learned.yaml)" \
		"# unit hold@61236\.service: bindprobe\[[0-9]+\], uid 1, on 0\.0\.0\.0; .*1 socket now"
	cp /run/learned.yaml "$layers/90-learned.yaml"
	has "rollout: reload" "$(hostportctl reload)" 'learned: [0-9]+ rows \(new\)'
	has "rollout: nothing is left to learn" "$(hostportctl learn)" '^exceptions: \[\]$'
	is "rollout: mode enforce" "$(hostportctl mode enforce)" "mode enforce: switched, effective"
	is "rollout: an excepted port" "$(bind $FREE)" "ok $FREE 1"
	is "rollout: another" "$(bind 61237)" "EPERM 1"
	site $FREE
	hostportctl reload >/dev/null
	has "rollout: an exception that nobody needs any more" "$(hostportctl learn 2>&1 >/dev/null)" \
		"unused since .*: exception $layers/90-learned.yaml:[0-9]+: tcp $FREE, "
	is "rollout: mode audit" "$(hostportctl mode audit)" "mode audit: switched"
	systemctl stop hold@61236.service
}

step_reserve() {
	settings HOSTPORTD_RESERVE_PORTS=yes
	systemctl restart "$UNIT"
	is "--reserve-ports: from the sandbox" "$(reserved)" "39300-39301,60000"
	kill -KILL "$(pid)"
	until_true 10 restarted 0
	systemctl stop "$UNIT"
	is "--reserve-ports: taken out by the one after one that was killed" "$(reserved)" ""
	settings HOSTPORTD_MODE=enforce
	systemctl start "$UNIT"
}

step_killed() {
	local before
	before=$(pid)
	kill -KILL "$before"
	check "kill -9: restarted, and effective" until_true 15 restarted 0
	check "kill -9: another process" test "$(pid)" != "$before"
	is "kill -9: it still denies" "$(bind $FREE)" "EPERM 1"
}

# others: foreign programs that let through what the agent denies.
others() {
	local hook
	for hook in bind4 post_bind4; do
		/test/foreign /sys/fs/cgroup "$hook" override multi >"/run/foreign.$hook" 2>&1 &
		until_true 5 grep -q attached "/run/foreign.$hook" || return
	done
}

# A fault that a restart would not cure must not cause one.
not_effective() {
	hostportctl selftest >/dev/null
	is "not effective: hostportctl selftest says so" "$?" 1
	has "not effective: systemctl status says why" "$(systemctl status "$UNIT")" \
		'Status: "not effective: .*lets through'
	sleep 3
	is "watchdog: an agent that is not effective is left alone" "$(restarts) $(pid)" "0 $1"
	kill %1 %2
	wait %1 %2 2>/dev/null
	hostportctl selftest >/dev/null
	has "effective again: systemctl status says so" "$(systemctl status "$UNIT")" 'Status: "effective again"'
}

step_watchdog() {
	local before
	is "watchdog: of the unit as it is installed" "$(property WatchdogUSec)" 1min
	with '[Service]' WatchdogSec=1
	systemctl restart "$UNIT"
	before=$(pid)
	sleep 3
	is "watchdog: an agent that lives is left alone" "$(restarts) $(pid)" "0 $before"

	if others; then
		not_effective "$before"
	else
		skip "not effective: no program that overrides: $(cat /run/foreign.*)"
	fi

	mark
	kill -STOP "$before"
	check "watchdog: an agent that hangs is restarted, and effective" until_true 20 restarted 0
	check "watchdog: another process" test "$(pid)" != "$before"
	has "watchdog: that is why" "$(journalctl -u "$UNIT" -o cat --since "@$(cat /run/mark)")" 'Watchdog timeout'
	is "watchdog: it denies again" "$(bind $FREE)" "EPERM 1"
	without
}

# storm: binds without pause from now on, which must all be denied, or all allowed; calm NAME: they were.
storm() {
	/test/storm --address=0.0.0.0 --never-ok=$FREE --always-ok=$LISTED --pace=100 >/run/storm &
	until_true 5 grep -q ^ok /run/storm
}
calm() {
	kill %1
	wait %1
	is "$1: no bind ends otherwise" "$(gojq -c '[.unexpected, .first_unexpected[0]]' < <(grep '^{' /run/storm))" "[0,null]"
	check "$1: many are made" gojq -e '.always_ok.ok > 100 and .never_ok.EPERM > 100' < <(grep '^{' /run/storm) >/dev/null
}

# In enforce mode the programs stay pinned, whatever happens to the agent.
step_pins() {
	local before
	settings HOSTPORTD_MODE=enforce HOSTPORTD_ON_EXIT=
	with '[Service]' WatchdogSec=1
	systemctl restart "$UNIT"
	storm
	kill -KILL "$(pid)"
	until_true 15 restarted 0
	before=$(restarts)
	kill -STOP "$(pid)"
	until_true 20 restarted "$before"
	systemctl restart "$UNIT"
	check "pins: active, and effective" effective
	systemctl stop "$UNIT"
	calm "pins: killed, hung, restarted, stopped"
	is "pins: stopped: it still denies" "$(bind $FREE)" "EPERM 1"
	has "pins: hostportctl detach without an agent" "$(detach)" 'no agent was running'
	is "pins: detached: it does not" "$(bind $FREE)" "ok $FREE 1"
	systemctl start "$UNIT"
	is "pins: started: it denies" "$(bind $FREE)" "EPERM 1"
	mark
	has "pins: hostportctl detach with an agent" "$(hostportctl detach --yes)" 'the agent has ended'
	is "pins: detached: it does not" "$(bind $FREE)" "ok $FREE 1"
	is "pins: detached: the unit has ended by itself" "$(property Result) $(restarts)" "success 0"
	is "pins: detached: no complaint" "$(journalctl -u "$UNIT" -o cat --since "@$(cat /run/mark)" | grep "could be removed")" ""
	is "pins: nothing is left of them" "$(find /sys/fs/bpf/hostportd -mindepth 1 2>/dev/null)" ""
	without
	settings HOSTPORTD_MODE=enforce
	systemctl start "$UNIT"
}

# The drop-ins of hostportd(8) for other places work, and are needed.
step_elsewhere() {
	mkdir /sys/fs/cgroup/elsewhere
	settings HOSTPORTD_CGROUP=/sys/fs/cgroup/elsewhere
	check "another control group: not from the sandbox as it is" not systemctl restart "$UNIT"
	with '[Service]' ProtectControlGroups=no
	check "another control group: with the drop-in" systemctl restart "$UNIT"
	check "another control group: effective" effective
	without

	mkdir -p /run/systemd/system/hold@7777.service.d
	printf "[Service]\nPrivateNetwork=yes\n" >/run/systemd/system/hold@7777.service.d/test.conf
	systemctl daemon-reload
	systemctl start hold@7777.service
	settings "HOSTPORTD_NETNS=/proc/$(systemctl show hold@7777.service -p MainPID --value)/ns/net"
	check "another network: not from the sandbox as it is" not systemctl restart "$UNIT"
	with '[Service]' CapabilityBoundingSet=CAP_SYS_ADMIN RestrictNamespaces=net
	check "another network: with the drop-in" systemctl restart "$UNIT"
	check "another network: effective" effective
	without
	systemctl stop hold@7777.service
}

# systemd does not retry after bad input; it does if the system lacks something.
step_refused() {
	settings HOSTPORTD_MODE=sometimes
	systemctl restart "$UNIT" 2>/dev/null
	is "bad setting: systemctl fails" "$?" 1
	sleep 2
	is "bad setting: not tried again" "$(systemctl is-active "$UNIT") $(property ExecMainStatus) $(restarts)" "failed 2 0"

	settings HOSTPORTD_MODE=enforce
	exec 7>>/run/hostportd/agent.sock.lock
	flock 7
	systemctl start "$UNIT" 2>/dev/null
	is "no socket: systemctl fails" "$?" 1
	check "no socket: tried again" until_true 10 tried_again
	check "no socket: not active" not active active
	exec 7>&-
	check "the socket is free: active, and effective" until_true 15 restarted 0
}
tried_again() { [ "$(restarts)" -ge 2 ]; }

# Without --socket, whether no agent runs or one that hangs: all that the unit's agent set ends.
step_detach() {
	systemctl stop "$UNIT"
	is "detach: at first no port is reserved" "$(reserved)" ""
	settings HOSTPORTD_MODE=enforce HOSTPORTD_ON_EXIT=keep
	systemctl start "$UNIT"
	systemctl stop "$UNIT"
	is "detach: the unit was stopped: what stays" "$(bind $FREE) $(reserved)" "EPERM 1 39300-39301,60000"
	is "detach: the unit was stopped" "$(detach 2>&1)" "detached: no agent was running; what was pinned is removed"
	nothing_left "the unit was stopped"
	systemctl start "$UNIT"
	kill -STOP "$(pid)"
	is "detach: the agent hangs: what it has set" "$(bind $FREE) $(reserved)" "EPERM 1 39300-39301,60000"
	has "detach: the agent hangs" "$(detach 2>&1)" '^detached: what was pinned is removed$'
	nothing_left "the agent hangs"
	settings HOSTPORTD_MODE=enforce
	systemctl restart "$UNIT"
	check "detach: started again: effective" effective
}
reserved() { cat /proc/sys/net/ipv4/ip_local_reserved_ports; }
# nspawn mounts another boot id over the kernel's, and the unit's sandbox has the kernel's: the note of reserved ports
# would be of another boot.
detach() {
	unshare --mount sh -c 'while umount /proc/sys/kernel/random/boot_id; do :; done 2>/dev/null; exec hostportctl detach --yes'
}
nothing_left() {
	is "detach: $1: nothing is denied" "$(bind $FREE)" "ok $FREE 1"
	is "detach: $1: no port is reserved" "$(reserved)" ""
	is "detach: $1: no note" "$(find /run/hostportd -name '*.reserved')" ""
}

step_stop() {
	mark
	check "stop: systemctl stop" systemctl stop "$UNIT"
	is "stop: it ended by itself" "$(property Result) $(property ExecMainCode) $(property ExecMainStatus)" "success 1 0"
	is "stop: nothing is denied any more" "$(bind $FREE)" "ok $FREE 1"
	check "stop: its socket is gone" not test -e /run/hostportd.sock -o -L /run/hostportd.sock
	hostportctl status >/dev/null 2>&1
	is "stop: hostportctl status: no agent" "$?" 3
}

# Never in the root of the machine's own hierarchy: the container has one of its own.
if [ "$(stat -c %i /sys/fs/cgroup)" -eq 1 ]; then
	fail "the container sees the machine's control groups"
	exit 1
fi
for step in boot analyze sandbox enforce sweep audit registry reload rollout reserve killed watchdog pins elsewhere refused detach stop; do
	"step_$step"
done
echo "@done"
