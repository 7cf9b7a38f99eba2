#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Tables: what is chosen of listeners, columns and their order, colours; and in terminals of 60, 80 and 140
# columns, where nothing is cut or left out without a sign.
# shellcheck source=lib.sh source-path=SCRIPTDIR disable=SC1091
. "$(dirname "$0")/lib.sh"

setup
REG=$WORK/reg.yaml
cat >"$REG" <<'END'
version: 1
name: site
entries:
  - {ports: 21000, protocol: tcp, process: "a process with a name that has no place in any table of a narrow terminal"}
  - {ports: 21001, protocol: tcp, process: db, scope: localhost}
exceptions:
  - {ports: 21003, protocol: tcp, class: unregistered, until: 2099-12-31, reason: r}
END
start_agent --registry="$REG" || finish
keep allowed inside bindprobe tcp 4 0.0.0.0 21000 hold
keep scope inside bindprobe tcp 4 0.0.0.0 21001 hold
keep unregistered inside bindprobe udp 6 :: 21002 hold
keep excepted inside bindprobe tcp 4 127.0.0.1 21003 hold

# ---- what is chosen --------------------------------------------------------------------------------
# ports ARGS...: those that are printed, as a table and as JSON.
ports() {
	local table json
	table=$(ctl listeners -o ADDRESS:PORT --no-headings "$@" | sed 's/.*://; s/ *$//' | sort | xargs)
	json=$(ctl listeners -o json "$@" | jq -r '.listeners[].port' | sort | xargs)
	if [ "$table" = "$json" ]; then echo "$table"; else echo "table: $table, JSON: $json"; fi
}
is "all" "$(ports)" "21000 21001 21002 21003"
is "--violations" "$(ports --violations)" "21001 21002"
is "--class" "$(ports --class=scope)" "21001"
is "--class of several" "$(ports --class=scope --class=unregistered)" "21001 21002 21003"
is "--protocol" "$(ports --protocol=udp)" "21002"
is "--port" "$(ports --port=21000)" "21000"
is "--port of a range" "$(ports --port=21001-21002)" "21001 21002"
is "--port of a protocol" "$(ports --port=21001-21002/udp)" "21002"
is "--unit of none" "$(ports --unit=none.service)" ""
is "--pod of none" "$(ports --pod=none/none)" ""
is "all must hold" "$(ports --violations --protocol=tcp)" "21001"
has "JSON: the node is still named" "$(ctl listeners --json --violations | jq -c 'keys')" '"left_out","listeners","node"'
has "a report of what is chosen" "$(ctl listeners -o openreports --port=21001 | grep -c 21001)" '^[1-9]'
is "--html of what is chosen" "$(ctl listeners --html=- --violations 2>/dev/null; echo $?)" 2
is "--protocol of none" "$(ctl listeners --protocol=tpc 2>&1; echo $?)" \
	"hostportctl listeners: bad value: --protocol=tpc: not tcp, udp, udplite, sctp or dccp; did you mean tcp?
2"

# ---- columns, order, colours -------------------------------------------------------------------------
is "columns" "$(ctl listeners -o class,proto --port=21001 | tr -s ' ')" "CLASS PROTO
scope tcp"
is "--sort" "$(ctl listeners -o ADDRESS:PORT --no-headings --sort=-VERDICT --protocol=tcp | sed 's/.*://; s/ *$//' | xargs)" \
	"21003 21001 21000"
is "no such column" "$(ctl listeners -o CLAS 2>&1; echo $?)" \
	"hostportctl: listeners: neither a form nor a column: CLAS: not one of PROTO, ADDRESS:PORT, PROCESS, WORKLOAD, ROW, VERDICT, CLASS, R2, DECLARED; did you mean CLASS?
2"
esc=$'\e'
has_not "piped: no colours" "$(ctl listeners)" "$esc"
has "--color=always" "$(ctl listeners --color=always --port=21001)" "$esc\\[1;33maudited$esc\\[0m"

# ---- --watch -------------------------------------------------------------------------------------------
"$B/hostportctl" --socket="$SOCK" listeners --watch --json --port=21005 >"$WORK/watched" 2>/dev/null &
watcher=$!
# shellcheck disable=SC2317 # called by until_true
watched() { [ "$(wc -l <"$WORK/watched")" -ge "$1" ]; }
until_true 30 watched 1 || fail "--watch: begins"
is "--watch: begins with what is there" "$(jq -s '.[0].listeners | length' "$WORK/watched")" 0
keep late inside bindprobe tcp 4 127.0.0.1 21005 hold
until_true 30 watched 2 || fail "--watch: goes on"
is "--watch: goes on when it has changed" "$(jq -s '.[1].listeners[0].port' "$WORK/watched")" 21005
kill "$watcher"
wait "$watcher" 2>/dev/null
let_go late

# ---- terminals -------------------------------------------------------------------------------------------
# Each terminal has a server of its own: one that was told to end is not yet gone.
TERMINALS=0
at_terminal() { tmux -u -S "$WORK/tmux.$TERMINALS" -f /dev/null "$@"; }
also_clear() {
	local socket
	for socket in "$WORK"/tmux.*; do tmux -S "$socket" kill-server 2>/dev/null; done
}
# shellcheck disable=SC2317 # called by until_true
is_over() { at_terminal capture-pane -p | grep -qx OVER; }

# in_terminal WIDTH ARGS...: what hostportctl shows there is in $WORK/shown.
in_terminal() {
	local width=$1
	shift
	TERMINALS=$((TERMINALS + 1))
	at_terminal new-session -d -x "$width" -y 50 \
		"$(printf '%q ' "$(realpath "$B/hostportctl")" --socket="$SOCK" "$@"); echo OVER; exec sleep 1000"
	until_true 30 is_over || fail "$*, $width columns: does not end"
	# without -J: lines as they are broken
	at_terminal capture-pane -p | sed '/^$/d; /^OVER$/d' >"$WORK/shown"
	at_terminal kill-server
}
shown() { cat "$WORK/shown"; }
# unbroken: without spaces, because one where a line was broken is not shown.
unbroken() { tr -d ' \n' <"$WORK/shown"; }

# nothing_lost WIDTH NAME: a line each, none broken; what is cut has a sign, what is left out is named.
nothing_lost() {
	local column
	is "$2, $1 columns: a line each" "$(grep -c ':2100[0-3] ' "$WORK/shown")" 4
	for column in PROTO ADDRESS:PORT PROCESS WORKLOAD ROW VERDICT CLASS R2 DECLARED; do
		grep -qE "(^| )$column([ ,)]|$)" "$WORK/shown" || fail "$2, $1 columns: nothing about $column: $(shown)"
	done
	has_not "$2, $1 columns: not the whole name" "$(shown)" "in any table of a narrow terminal"
}

if ! command -v tmux >/dev/null; then
	skip "terminals: tmux is not installed"
else
	in_terminal 60 listeners
	nothing_lost 60 listeners
	has "60 columns: what is left out is named" "$(shown)" '^\(the terminal is too narrow for .*R2'
	in_terminal 80 listeners
	nothing_lost 80 listeners
	in_terminal 140 listeners
	nothing_lost 140 listeners
	has "140 columns: what is cut has a sign" "$(shown)" 'site: a process.*…'
	has_not "140 columns: nothing is left out" "$(shown)" 'too narrow'
	in_terminal 60 listeners -o wide
	has "wide: whole" "$(unbroken)" "inanytableofanarrowterminal"
	in_terminal 60 registry show --registry="$REG"
	has "registry show, 60 columns: names what is left out" "$(unbroken)" 'toonarrowfor'
	has "registry show, 60 columns: has the ports" "$(shown)" ' 21001 '
fi
let_go allowed scope unregistered excepted
stop_agent
finish
