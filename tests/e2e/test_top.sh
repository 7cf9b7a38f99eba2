#!/bin/bash
# SPDX-License-Identifier: MIT
#
# top: a table of workloads when piped; live in a real terminal, with its keys, which gives the terminal back.
# shellcheck source=lib.sh source-path=SCRIPTDIR disable=SC1091
. "$(dirname "$0")/lib.sh"

setup
REG=$WORK/reg.yaml
cat >"$REG" <<'END'
version: 1
name: site
entries:
  - {ports: 21000, protocol: tcp, process: mine}
END

# ---- piped -------------------------------------------------------------------------------------------
is "no agent: exit status" "$(ctl top >/dev/null 2>&1; echo $?)" 3
start_agent --registry="$REG" || finish
mkdir "$CGROUP/quiet" "$CGROUP/loud"
# shellcheck disable=SC2317 # called by keep
in_quiet() { inside_cgroup "$CGROUP/quiet" "$@"; }
# shellcheck disable=SC2317
in_loud() { inside_cgroup "$CGROUP/loud" "$@"; }
keep quiet in_quiet bindprobe tcp 4 127.0.0.1 21000 hold
keep loud in_loud bindprobe tcp 4 127.0.0.1 21001 hold
all_told
has "piped: headings" "$(ctl top)" '^WORKLOAD +NEW +VIOLATIONS +LISTENERS +WRONG +PORTS +LAST$'
has "piped: a quiet workload" "$(ctl top | tr -s ' ')" "^cgroup /$NAME/quiet 0 0 1 0 - -$"
has "piped: a loud one" "$(ctl top | tr -s ' ')" "^cgroup /$NAME/loud 0 1 1 1 tcp 21001 20"
is "piped: the loud one first" "$(ctl top | sed -n '2s|.*/\([a-z]*\) .*|\1|p')" loud
is "--violations" "$(ctl top --violations | grep -c "/$NAME/")" 1
has_not "piped: no colours, nor another screen" "$(ctl top)" $'\e'

# ---- in a terminal -------------------------------------------------------------------------------------
at_terminal() { tmux -u -S "$WORK/tmux" -f /dev/null "$@"; }
also_clear() { tmux -S "$WORK/tmux" kill-server 2>/dev/null; }
screen() { at_terminal capture-pane -p; }
# shellcheck disable=SC2317 # these are called by until_true
shows() { screen | tr -s ' ' | grep -qE -- "$1"; }
# shellcheck disable=SC2317
hides() { ! shows "$1"; }
# comes NAME PATTERN, goes NAME PATTERN: a line of the screen does.
comes() { if until_true 30 shows "$2"; then pass "$1"; else fail "$1: no '$2' in: $(screen)"; fi; }
goes() { if until_true 30 hides "$2"; then pass "$1"; else fail "$1: '$2' is still in: $(screen)"; fi; }

if ! command -v tmux >/dev/null; then
	skip "a terminal: tmux is not installed"
else
	at_terminal new-session -d -x 140 -y 30 env PS1='SHELL> ' bash --noprofile --norc -i
	comes "a shell" 'SHELL>'
	at_terminal send-keys -l "$(printf '%q ' "$(realpath "$B/hostportctl")" --socket="$SOCK" top --interval=0.2)"
	at_terminal send-keys Enter
	comes "live: the head" "audit, effective; [0-9]+ violations$"
	comes "live: the loud one" "^cgroup /$NAME/loud 0 1 1 1 tcp 21001"
	comes "live: the quiet one" "^cgroup /$NAME/quiet 0 0 1 0"
	comes "live: the keys" "^q quit"
	# what changes comes by itself
	keep more in_quiet bindprobe tcp 4 127.0.0.1 21002 hold
	comes "live: a new violation" "^cgroup /$NAME/quiet [01] 1 2 1 tcp 21002"
	let_go more
	comes "live: a listener that is gone" "^cgroup /$NAME/quiet 0 1 1 0"
	# keys
	at_terminal send-keys s s s
	comes "s: another order" '^by workload$'
	at_terminal send-keys /
	comes "/: a filter" 'filter: *$'
	at_terminal send-keys -l LOUD
	goes "/: filters" "/$NAME/quiet"
	comes "/: what is left" "/$NAME/loud"
	at_terminal send-keys Enter
	at_terminal send-keys q
	comes "q: the terminal is as it was" '^SHELL> *$'
	has_not "q: the screen is" "$(screen)" 'VIOLATIONS'
	at_terminal send-keys -l 'echo typed'
	comes "q: what is typed shows again" 'SHELL> echo typed'
	at_terminal send-keys C-c
	# ended by a signal
	at_terminal send-keys -l "$(printf '%q ' "$(realpath "$B/hostportctl")" --socket="$SOCK" top)"
	at_terminal send-keys Enter
	comes "again" "^q quit"
	at_terminal send-keys C-c
	comes "Ctrl-C: the terminal is as it was" '^SHELL> *$'
	# the agent ends
	at_terminal send-keys -l "$(printf '%q ' "$(realpath "$B/hostportctl")" --socket="$SOCK" top --interval=0.2)"
	at_terminal send-keys Enter
	comes "once more" "^q quit"
	stop_agent
	comes "the agent ends: says so" 'hostportctl: top: it cannot go on'
	at_terminal kill-server
fi
[ -z "$AGENT_PID" ] || stop_agent
let_go quiet loud
finish
