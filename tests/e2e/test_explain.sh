#!/bin/bash
# SPDX-License-Identifier: MIT
#
# explain as a command: ports, addresses, owners, and what is refused. Needs no root and no kernel.
# shellcheck source=lib.sh source-path=SCRIPTDIR disable=SC1091
. "$(dirname "$0")/lib.sh"

setup_files
dir=$WORK
unset HOSTPORTD_PIN HOSTPORTD_ON_EXIT
cat >"$dir/reg.yaml" <<'END'
version: 1
name: site
entries:
  - {ports: 21000, protocol: tcp, process: web, owners: [{namespace: shop, pod: "web-*", container: nginx}, {unit: web.service}]}
  - {ports: 21001, protocol: tcp, process: db, scope: localhost}
  - {ports: 21002, protocol: tcp, process: run, owners: [{exe: /usr/bin/run}]}
exceptions:
  - {ports: 21003, protocol: udp, class: unregistered, until: 2099-12-31, reason: r, owners: [{namespace: shop}]}
END

# explain NAME STATUS ARGS...: its output is in $dir/out and $dir/err.
explain() {
	local name=$1 want=$2
	shift 2
	"$B/hostportctl" explain --registry="$dir/reg.yaml" "$@" >"$dir/out" 2>"$dir/err"
	is "$name: exit status" $? "$want"
}

# each FILTER: of the JSON documents, a word each.
each() { jq -rc "$1" "$dir/out" | xargs; }

explain "several ports" 0 21000 21001/tcp 21003/udp 9/sctp --json
is "several ports: a line each" "$(wc -l <"$dir/out")" 4
is "several ports: which" "$(each '"\(.protocol)/\(.port)/\(.verdict)/\(.class)"')" \
	"tcp/21000/allowed/none tcp/21001/denied/scope udp/21003/denied/unregistered sctp/9/denied/unregistered"
explain "an address" 0 21001 21000 --address=::1 --json
is "an address: of each" "$(each '"\(.address)/\(.verdict)"')" "::1/allowed ::1/allowed"
explain "ports as others print them" 0 0.0.0.0:21000 21001/TCP '[::1]:21001' udp/21003 :21000 '*:21002' '127.0.0.53%lo:53/udp' --json
is "ports as others print them: which" "$(each '"\(.protocol)/\(.port)/\(.address)/\(.class)"')" \
	"tcp/21000/0.0.0.0/none tcp/21001/0.0.0.0/scope tcp/21001/::1/none udp/21003/0.0.0.0/unregistered tcp/21000/0.0.0.0/none tcp/21002/0.0.0.0/none udp/53/127.0.0.53/unregistered"
explain "a range" 0 21000-21002/tcp --json
is "a range: a line each" "$(each .port)" "21000 21001 21002"
explain "a range of too many ports" 2 1-1025
has "a range of too many ports: says so" "$(cat "$dir/err")" '^hostportctl: explain: 1-1025: more than 1024 ports'
explain "several ports, for a person" 0 21000 21001
is "several ports, for a person: apart" "$(grep -c '^$' "$dir/out")" 1
is "several ports, for a person: each" "$(grep -c '^because' "$dir/out")" 2

# owner NAME WANT PORT ARGS...: what the row says; whoever is no owner is class owner, which is not denied.
owner() {
	local name=$1 want=$2 verdict
	shift 2
	explain "$name, nobody" 0 "$1" --json
	verdict=$(each '"\(.verdict) \(.class)"')
	[ "$want" != false ] || verdict="audited owner"
	explain "$name" 0 "$@" --json
	is "$name: owner" "$(each '.rows[0].owner')" "$want"
	is "$name: decides" "$(each '"\(.verdict) \(.class)"')" "$verdict"
}
owner "nobody" null 21000
owner "the pod's container" true 21000 --pod=shop/web-1 --container=nginx
owner "another container" false 21000 --pod=shop/web-1 --container=sidecar
owner "a container that is not told" null 21000 --pod=shop/web-1
owner "another namespace" false 21000 --pod=shoe/web-1 --container=nginx
owner "the unit" true 21000 --unit=web.service
owner "another unit" false 21000 --unit=web2.service
owner "the program" true 21002 --unit=x.service --exe=/usr/bin/run
owner "another program" false 21002 --exe=/usr/bin/rum
owner "a row without owners" null 21001 --unit=web.service
explain "an exception's" 0 21003/udp --pod=shop/x --json
is "an exception's: its owner" "$(each '"\(.verdict) \(.rows[0].owner)"')" "excepted true"
has "an exception's: says so" "$(each '.rows[0].why')" ', for its owners alone; shop/x is one of its owners$'
explain "an exception's stranger" 0 21003/udp --pod=shoe/x --json
is "an exception's stranger" "$(each '"\(.verdict) \(.rows[0].owner)"')" "denied false"
explain "why" 0 21000 --pod=shop/api
has "why" "$(cat "$dir/out")" ' is for its owners alone; shop/api is not one of its owners; class owner is not denied here, only reported$'
explain "owner is denied" 0 21000 --pod=shop/api --enforce=default,owner --json
is "owner is denied" "$(each '"\(.verdict) \(.class)"')" "denied owner"
explain "a hostile name" 0 21000 --unit=$'\e[2J'
has "a hostile name: is safe" "$(cat "$dir/out")" '\\x1b\[2J is not one of its owners'

explain "no port" 2
explain "one of several is no port" 2 21000 65536
is "one of several is no port: prints nothing" "$(cat "$dir/out")" ""
for bad in --pod=shop --pod=/web --pod=shop/ --pod=a/b/c --container= --unit= --exe=run --address=localhost 80/dccp; do
	explain "$bad" 2 21000 "$bad"
done
explain "a unit's pod" 2 21000 --unit=web.service --pod=shop/web-1
finish
