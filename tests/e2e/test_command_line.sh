#!/bin/bash
# SPDX-License-Identifier: MIT
#
# hostportctl as people type it: help and version in each form, options on either side of the verb, and what is
# said of a mistyped word. Needs no root and no kernel.
# shellcheck source=lib.sh source-path=SCRIPTDIR disable=SC1091
. "$(dirname "$0")/lib.sh"

setup_files
SOCK=$WORK/none.sock
unset HOSTPORTD_SOCKET

# run NAME STATUS ARGS...: its output is in $WORK/out and $WORK/err.
run() {
	local name=$1 want=$2
	shift 2
	"$B/hostportctl" "$@" >"$WORK/out" 2>"$WORK/err"
	is "$name: exit status" $? "$want"
}
out() { cat "$WORK/out"; }
err() { cat "$WORK/err"; }

# says NAME STATUS MESSAGE ARGS...: one line on standard error, nothing on standard output.
says() {
	local name=$1 status=$2 message=$3
	shift 3
	run "$name" "$status" "$@"
	is "$name: says" "$(err)" "$message"
	is "$name: prints nothing" "$(out)" ""
}

# ---- help and version -------------------------------------------------------------------------
run "--help" 0 --help
help=$(out)
has "--help: lists the verbs" "$help" "^  listeners +open ports"
for form in -h help "help help"; do
	# shellcheck disable=SC2086 # words
	run "$form" 0 $form
	is "$form: the same" "$(out)" "$help"
done
run "tail --help" 0 tail --help
help=$(out)
has "tail --help: is of tail" "$help" "^Usage: hostportctl tail "
for form in "tail -h" "help tail" "-h tail"; do
	# shellcheck disable=SC2086 # words
	run "$form" 0 $form
	[ "$form" = "-h tail" ] || is "$form: the same" "$(out)" "$help"
done
run "registry show --help" 0 registry show --help
help=$(out)
for form in "help registry show" "registry help show" "registry show -h"; do
	# shellcheck disable=SC2086 # words
	run "$form" 0 $form
	is "$form: the same" "$(out)" "$help"
done
run "--version" 0 --version
version=$(out)
has "--version: says it" "$version" "^hostportctl [0-9]"
for form in -V version "tail -V" "registry version"; do
	# shellcheck disable=SC2086 # words
	run "$form" 0 $form
	is "$form: the same" "$(out)" "$version"
done

# ---- options on either side of the verb ---------------------------------------------------------
no_agent="hostportctl: no agent: $SOCK: No such file or directory: start it (systemctl start hostportd), or name its socket with --socket"
says "--socket before the verb" 3 "$no_agent" --socket="$SOCK" status
says "--socket after the verb" 3 "$no_agent" status --socket="$SOCK"
says "--socket and its value, after the verb" 3 "$no_agent" tail --json --socket "$SOCK"
says "--socket twice" 2 "hostportctl: given more than once: --socket" --socket=x status --socket="$SOCK"
says "--socket without a value" 2 "hostportctl: missing value: --socket: PATH" status --socket
run "registry show --json" 0 registry show --registry=builtin:hostportd --json
rows=$(out)
has "registry show --json: is JSON" "$rows" '^\{"rows":\['
run "-o json" 0 registry show --registry=builtin:hostportd -o json
is "-o json: the same" "$(out)" "$rows"
run "coverage --list -o json" 0 coverage --list -o json
has "coverage --list -o json: is JSON" "$(out)" '^\{"ways":\['
run "--json before the verb" 0 --json registry show --registry=builtin:hostportd
is "--json before the verb: the same" "$(out)" "$rows"
run "--json before the verb's verb" 0 registry --json show --registry=builtin:hostportd
is "--json before the verb's verb: the same" "$(out)" "$rows"
says "--json of a verb without it" 2 "hostportctl detach: unknown option: --json: try --help" --json detach

# ---- mistyped words -----------------------------------------------------------------------------
says "a verb" 2 "hostportctl: unknown verb: statsu: did you mean status?" statsu
says "a verb of registry" 2 "hostportctl: registry: unknown verb: lnit: did you mean lint?" registry lnit
says "help of a verb" 2 "hostportctl: unknown verb: tial: did you mean tail?" help tial
says "an option" 2 "hostportctl tail: unknown option: --jsno: did you mean --json?" tail --jsno
says "an option of hostportctl" 2 "hostportctl: unknown option: --scoket=x: did you mean --socket?" --scoket=x tail
says "a value" 2 "hostportctl explain: bad value: --mode=enforced: not audit or enforce; did you mean enforce?" \
	explain 80 --mode=enforced
run "no verb" 2
has "no verb: which there are" "$(err)" "^hostportctl: a verb is missing: one of tail, status, .*, help, version$"
run "another verb" 2 frobnicate
has "another verb: which there are" "$(err)" "^hostportctl: unknown verb: frobnicate: not one of tail, status, "
run "no verb of registry" 2 registry
has "no verb of registry: which there are" "$(err)" "^hostportctl: registry: a verb is missing: one of show, lint, "

# ---- who may ask ----------------------------------------------------------------------------------
if [ "$(id -u)" -ne 0 ]; then
	skip "a socket of root's: not root"
else
	mkdir -m 0700 "$WORK/roots"
	chmod 0755 "$WORK"
	install -m 0755 "$B/hostportctl" "$WORK" # the build may be where only root reaches
	setpriv --reuid=65534 --regid=65534 --clear-groups "$WORK/hostportctl" --socket="$WORK/roots/s" status \
		>"$WORK/out" 2>"$WORK/err"
	is "a socket of root's: exit status" $? 3
	is "a socket of root's: says" "$(err)" \
		"hostportctl: asking the agent: $WORK/roots/s: Permission denied: only root may: try sudo"
fi
finish
