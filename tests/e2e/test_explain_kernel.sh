#!/bin/bash
# SPDX-License-Identifier: MIT
#
# `explain` says what the kernel does: generated registries, nodes and binds, each bind tried under an
# agent in enforce mode, and its errno and its event compared with what is said of it.
# shellcheck source=lib.sh source-path=SCRIPTDIR disable=SC1091
. "$(dirname "$0")/lib.sh"

FIRST=20000
PORTS=100
ADDRESSES=(0.0.0.0 127.0.0.1 127.8.9.10 :: ::1 ::ffff:127.0.0.1 ::ffff:0.0.0.0)

# generate DIR: three layers with rows of every kind, the same ones each time, whose ranges overlap.
# Each row has a name of its own.
generate() {
	mkdir -p "$1"
	awk -v dir="$1" -v first=$FIRST -v ports=$PORTS '
		# The same numbers with every awk.
		function below(n) { seed = seed * 16807 % 2147483647; return int(seed / 2147483647 * n) }
		function pick(words, w) { return w[1 + below(split(words, w, " "))] }
		function range(from, to) {
			from = first + below(ports)
			to = from + (below(3) ? 0 : below(6))
			return to > from ? from "-" to : from
		}
		function key(name, value) { return value == "-" ? "" : ", " name ": " value }
		function row(kind, name, ports, proto) {
			keys[kind] = keys[kind] sprintf("  - {ports: %s, protocol: %s, process: %s%s%s%s%s%s}\n",
				ports, proto, name,
				key("scope", pick("- external localhost localhost")),
				key("role", pick("- - - any control-plane worker")),
				key("platforms", pick("- - - - [aws] [baremetal,gcp]")),
				key("since", pick("- - - - \"4.8\" \"4.14\"")),
				kind == "retired" ? key("removed", pick("\"4.9\" \"4.11\" \"4.18\"")) : "")
		}
		function except() {
			keys["exceptions"] = keys["exceptions"] sprintf("  - {ports: %s, protocol: %s, class: %s, until: %s, reason: r}\n",
				range(),
				pick("tcp udp"), pick("unregistered unregistered retired inactive scope"),
				pick("2020-01-01 2099-12-31 2099-12-31"))
		}
		function write(layer, kind, out) {
			out = dir "/" layer ".yaml"
			printf "version: 1\nname: %s\n", layer >out
			for (kind in keys) printf "%s:\n%s", kind, keys[kind] >out
			delete keys
		}
		function fill(layer, rows, exceptions, i, at, proto) {
			for (i = 0; i < rows; i++) {
				at = range()
				proto = pick("tcp udp")
				row(below(3) ? "entries" : "retired", layer i, at, proto)
				if (layer == "a" && below(6) == 0)
					drops = drops sprintf("  - {ports: %s, protocol: %s, layer: a, reason: r}\n", at, proto)
			}
			for (i = 0; i < exceptions; i++) except()
			if (layer == "b") keys["drop"] = drops
			write(layer)
		}
		BEGIN { seed = 20261124; fill("a", 90, 10); fill("b", 40, 15); fill("c", 15, 30) }'
}

# cases ADDRESS: "PROTO FAMILY ADDRESS PORT" a line, as bindprobe reads them.
cases() {
	local family=4
	[[ $1 != *:* ]] || family=6
	awk -v family=$family -v address="$1" -v first=$FIRST -v ports=$PORTS \
		'BEGIN { for (p = first; p < first + ports; p++) for (t = 0; t < 2; t++) print t ? "udp" : "tcp", family, address, p }'
}

# tried: each case in a control group of its address, so that no event stands for two of them:
# "ADDRESS PROTO PORT ERRNO".
tried() {
	local i
	for i in "${!ADDRESSES[@]}"; do
		cases "${ADDRESSES[i]}" >"$WORK/cases"
		inside_cgroup "$CGROUP/$i" "$B/tests/e2e/bindprobe" each <"$WORK/cases" >"$WORK/outcomes"
		paste -d ' ' "$WORK/cases" "$WORK/outcomes" | awk '{print $3, $1, $4, $5}'
	done
}

# told: "ADDRESS PROTO PORT VERDICT CLASS ROW COUNT" of each event; the address is that of its group,
# and that of the event is the same.
told() {
	all_told
	jq -r --arg addresses "${ADDRESSES[*]}" '($addresses | split(" ")) as $all |
		select(.verdict) | $all[.cgroup | split("/")[-1] | tonumber] as $address |
		"\($address) \(.protocol) \(.port) \(.verdict) \(.class) \(if .entry then .entry.layer + "/" + .entry.process else "-" end) \(.count)" +
		(if .address == $address then "" else " at \(.address)" end)' "$WORK/events"
}

# explained OPTIONS...: of each case what `tried` and `told` say together, as `explain` has it.
explained() {
	local address
	for address in "${ADDRESSES[@]}"; do
		# shellcheck disable=SC2046 # a word each
		"$B/hostportctl" explain --json --mode=enforce --address="$address" "$@" \
			$(cases "$address" | awk '{print $4 "/" $1}')
	done | jq -r '"\(.address) \(.protocol) \(.port) \(if .verdict == "denied" then "EPERM" else "ok" end) " +
		if .verdict == "allowed" then "allowed - - 0"
		else "\(.verdict) \(.class) \(if .entry then .entry.layer + "/" + .entry.process else "-" end) 1" end'
}

# compare NAME OPTIONS...: under an agent with these.
compare() {
	local name=$1 i
	shift
	for i in "${!ADDRESSES[@]}"; do mkdir -p "$CGROUP/$i"; done
	start_agent --mode=enforce --sweep=0 "$@" || return
	tried | sort >"$WORK/tried"
	told | sort >"$WORK/told"
	accounted "$name"
	is "$name: nothing is lost" "$(status .counters.lost)" 0
	stop_agent
	awk 'FNR == NR { k = $1 " " $2 " " $3; $1 = $2 = $3 = ""; sub(/^ +/, ""); event[k] = $0; next }
		{ k = $1 " " $2 " " $3; print $0, k in event ? event[k] : "allowed - - 0"; delete event[k] }
		END { for (k in event) print k, "no bind", event[k] }' "$WORK/told" "$WORK/tried" | sort >"$WORK/kernel"
	explained "$@" | sort >"$WORK/explained"
	is "$name: cases" "$(sort -u "$WORK/explained" | wc -l)" $((PORTS * 2 * ${#ADDRESSES[@]}))
	# the table must have cases of all kinds, or it shows little
	is "$name: verdicts" "$(cut -d' ' -f5 "$WORK/explained" | sort -u | xargs)" "$VERDICTS"
	is "$name: classes" "$(cut -d' ' -f6 "$WORK/explained" | sort -u | xargs)" "$CLASSES"
	if [ -s "$WORK/kernel" ] && cmp -s "$WORK/kernel" "$WORK/explained"; then
		pass "$name: explain says what the kernel does, $(wc -l <"$WORK/kernel") cases"
	else
		fail "$name: kernel (<) and explain (>) differ: $(diff "$WORK/kernel" "$WORK/explained" | grep -c '^<') cases: $(diff "$WORK/kernel" "$WORK/explained" | head -n 8)"
	fi
}

setup
generate "$WORK/registry"
LAYERS=("--registry=$WORK/registry")
VERDICTS="allowed audited denied excepted"
CLASSES="- inactive retired scope unregistered"
compare "a worker on aws, 4.16" "${LAYERS[@]}" --role=worker --platform=aws --cluster-version=4.16 --enforce=unregistered,scope
compare "control plane on baremetal, 4.10" "${LAYERS[@]}" --role=control-plane --platform=baremetal \
	--cluster-version=4.10 --enforce=retired,inactive
VERDICTS="allowed denied excepted"
CLASSES="- inactive scope unregistered" # what was removed later than in 4.7 still holds
compare "a worker of 4.7" "${LAYERS[@]}" --role=worker --platform=azure --cluster-version=4.7
CLASSES="- retired scope unregistered"
compare "nothing is known" "${LAYERS[@]}"
finish
