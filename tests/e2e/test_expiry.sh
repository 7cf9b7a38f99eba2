#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Exceptions end at their day, without a restart and without a request; also when the clock
# is set. This sets the machine's clock, so it runs where the machine is the test's own: in the
# guests of `make test-kernels`, which say so with E2E_OWN_CLOCK=1.
# shellcheck source=lib.sh source-path=SCRIPTDIR disable=SC1091
. "$(dirname "$0")/lib.sh"

REG=$WORK/reg.yaml

if [ "${E2E_OWN_CLOCK:-}" != 1 ]; then
	skip "it sets the machine's clock: only in the guests of make test-kernels"
	exit 0
fi

set_clock() { date -u -s "$1" >/dev/null || fail "the clock can't be set"; }

# verdict PORT: the result of a bind() now.
verdict() { probe tcp 4 127.0.0.1 "$1"; }
# shellcheck disable=SC2317 # called by until_true
generation_is() { [ "$(status .registry.generation)" = "$1" ]; }
ended() { jq -r 'select(.notice == "exception-ended") | .message' "$WORK/events"; }

# reached NAME GENERATION
reached() {
	until_true 10 generation_is "$2"
	is "$1: generation" "$(status .registry.generation)" "$2"
}

setup_alone # the clock is that of all
cat >"$REG" <<'END'
version: 1
name: e
source: test_expiry.sh
entries: [{ports: 20000, protocol: tcp, process: mine}]
exceptions:
  - {ports: 21000, protocol: tcp, class: unregistered, until: 2027-03-31, reason: moves to 9851}
  - {ports: 21001-21002, protocol: tcp, class: unregistered, until: 2027-04-02, reason: later}
END
set_clock "2027-03-31 23:50:00"
start_agent --mode=enforce --registry="$REG" || finish
is "on its last day: it holds" "$(verdict 21000)" "ok 21000 1"
is "on its last day: no new policy" "$(status .registry.generation)" 1
set_clock "2027-03-31 23:59:57" # it is waited for anew
reached "at midnight" 2
is "at midnight: the day" "$(date -u +%F)" 2027-04-01
is "at midnight: it has ended" "$(verdict 21000)" "EPERM 1"
is "at midnight: the other one holds" "$(verdict 21001)" "ok 21001 1"
is "at midnight: told" "$(ended)" \
	"exception ended: 21000/tcp, class unregistered, until 2027-03-31: moves to 9851 ($REG:6:5)"
has "at midnight: standard error" "$(cat "$WORK/log")" "^hostportd: exception ended: 21000/tcp"
is "at midnight: no reload" "$(status '.registry.reloads | "\(.ok) \(.failed)"')" "0 0"

set_clock "2027-05-01 12:00:00" # a jump over the end
reached "a jump" 3
is "a jump: it has ended" "$(verdict 21002)" "EPERM 1"
has "a jump: told" "$(ended | tail -n 1)" "^exception ended: 21001-21002/tcp, class unregistered, until 2027-04-02: later "

set_clock "2027-04-01 12:00:00" # and back
reached "the clock is set back" 4
is "the clock is set back: the later one holds again" "$(verdict 21001)" "ok 21001 1"
is "the clock is set back: the earlier one does not" "$(verdict 21000)" "EPERM 1"
has "the clock is set back: said" "$(cat "$WORK/log")" "the clock was set back: exceptions that hold again: 1$"
set_clock "2027-04-01 18:00:00"
set_clock "2027-04-02 23:59:58"
reached "and it ends once more" 5
is "and it ends once more: it has ended" "$(verdict 21001)" "EPERM 1"
is "told each time" "$(ended | wc -l)" 3
accounted "expiry"
stop_agent
finish
