#!/bin/bash
# SPDX-License-Identifier: MIT
#
# registry next: its rows can be pasted, and their ports are then taken. Needs no root, no kernel.
# shellcheck source=lib.sh source-path=SCRIPTDIR disable=SC1091
. "$(dirname "$0")/lib.sh"

setup_files
dir=$WORK
unset HOSTPORTD_PIN HOSTPORTD_ON_EXIT

# next NAME STATUS ARGS...: its output is in $dir/out and $dir/err.
next() {
	local name=$1 want=$2
	shift 2
	"$B/hostportctl" registry next "$@" >"$dir/out" 2>"$dir/err"
	is "$name: exit status" $? "$want"
	sed -i '/^hostportctl: registry: the built-in layers: /d' "$dir/err"
}

# ports: those of the table.
ports() { awk '/^$/ {exit} NR > 1 {print $1}' "$dir/out" | xargs; }

next "one" 0
is "one: a line" "$(ports | wc -w)" 1
next "five" 0 --count=5
first=$(ports)
is "five: five" "$(wc -w <<<"$first")" 5
has "five: says what it does not know" "$(cat "$dir/out")" '^# Is it free on the nodes, too\?'
{
	printf 'version: 1\nname: pasted\n'
	sed -n '/^entries:/,$p' "$dir/out"
} >"$dir/pasted.yaml"
is "five: the rows can be pasted" \
	"$("$B/hostportctl" registry show --json --registry="$dir/pasted.yaml" | jq -r '.rows[] | "\(.ports)/\(.protocol)/\(.scope)"' | xargs)" \
	"$(for p in $first; do echo "$p/tcp/external"; done | xargs)"
next "the next five" 0 --count=5 --registry=builtin:openshift --registry=builtin:node-baseline \
	--registry=builtin:hostportd --registry="$dir/pasted.yaml"
is "the next five: others" "$(for p in $first; do ports | tr ' ' '\n' | grep -x "$p"; done)" ""
next "each is allowed by the rows" 0 --count=5
for p in $first; do
	[ "$("$B/hostportctl" explain "$p/tcp" --registry="$dir/pasted.yaml" --json | jq -r .verdict)" = allowed ] ||
		fail "explain: $p"
done
next "for localhost" 0 --localhost --count=3 --json
is "for localhost: JSON" "$(jq -c '[.wanted, (.ports | length), (.ports[0] | [.protocol, .scope, .but])]' "$dir/out")" \
	'[3,3,["tcp","localhost",[]]]'
next "for localhost, udp" 0 --localhost --protocol=udp
has "for localhost, udp: the row" "$(cat "$dir/out")" 'protocol: udp, scope: localhost'
next "too many" 1 --range=9120-9130 --count=20
is "too many: says so" "$(cat "$dir/err")" \
	"hostportctl: registry next: 7 of 20 ports: no more are free by the rules"
is "too many: prints those that are" "$(ports | tr ' ' '\n' | sort -n | xargs)" "9124 9125 9126 9127 9128 9129 9130"
next "none" 1 --protocol=sctp
is "none: prints nothing" "$(cat "$dir/out")" ""
is "none: why" "$(cat "$dir/err")" \
	"hostportctl: registry next: no range of sctp ports is documented: a layer can document one (ranges)"
next "no documented port of a range" 1 --range=8000-8010
has "no documented port of a range: why" "$(cat "$dir/err")" "no range of tcp ports in that --range is documented"
for bad in --range=9 --range=0-5 --range=9-8 --range=documentd --count=0 --count=65536 --protocol=dccp; do
	next "$bad" "$([ "$bad" = --range=9 ] && echo 1 || echo 2)" "$bad"
done
next "localhost is not documented" 2 --localhost --range=documented
next "no such layer" 2 --registry="$dir/none.yaml"
next "an operand" 2 9000
finish
