#!/bin/bash
# SPDX-License-Identifier: MIT
#
# A registry that changes while the agent runs: asked for, and by itself; what cannot be
# taken leaves what is in force. What enforce mode does with two ports says which registry that is.
# shellcheck source=lib.sh source-path=SCRIPTDIR disable=SC1091
. "$(dirname "$0")/lib.sh"

CTL=("$B/hostportctl" --socket="$SOCK")
REG=$WORK/reg.yaml
NOTIFYD_PID=

# layer NAME PORT...: a layer's text, with an entry for each port.
layer() {
	local port
	printf 'version: 1\nname: %s\nsource: a test\nentries:\n' "$1"
	shift
	for port in "$@"; do printf '  - {ports: %s, protocol: tcp, process: p%s}\n' "$port" "$port"; done
}

# write FILE: its standard input in place of the file, in one step.
write() { cat >"$1.new" && mv "$1.new" "$1"; }

# allowed PORT...: of these, those that may be bound.
allowed() {
	local port out=
	for port in "$@"; do
		case $(probe tcp 4 127.0.0.1 "$port") in ok*) out+="$port " ;; esac
	done
	echo "${out% }"
}

# shellcheck disable=SC2317 # called by until_true
generation_is() { [ "$(status .registry.generation)" = "$1" ]; }
# shellcheck disable=SC2317 # called by until_true
taken_after() { [ "$(status .registry.generation)" -gt "$1" ]; }
# shellcheck disable=SC2317 # called by until_true
reloads_are() { [ "$(status ".registry.reloads.$1")" = "$2" ]; }
# shellcheck disable=SC2317 # called by until_true
told() { [ "$(notices "$1")" -ge "${2:-1}" ]; }
notices() { jq -s "[.[] | select(.notice) | select($1)] | length" "$WORK/events"; }
last_notice() { jq -rs 'map(select(.notice)) | last | "\(.notice) \(.generation) \(.message)"' "$WORK/events"; }
reloads() { status '.registry.reloads | "\(.ok) \(.failed)"'; }

# reaches NAME GENERATION PORT...: by itself, and then exactly these of 21000 to 21003 are allowed.
reaches() {
	local name=$1 generation=$2
	shift 2
	until_true 10 generation_is "$generation" || fail "$name: generation: $(status .registry)"
	is "$name: generation" "$(status .registry.generation)" "$generation"
	is "$name: in force" "$(allowed 21000 21001 21002 21003)" "$*"
	is "$name: no error is left" "$(status '[.registry.error, (.registry.layers[] | .error)] | unique | tostring')" "[null]"
}

# stays NAME GENERATION MESSAGE PORT...: a reload has failed; what was in force is.
stays() {
	local name=$1 generation=$2 message=$3
	shift 3
	is "$name: generation" "$(status .registry.generation)" "$generation"
	is "$name: in force" "$(allowed 21000 21001 21002 21003)" "$*"
	has "$name: status --json" "$(status .registry.error)" "$message"
	has "$name: status" "$(ctl status)" "^ +NOT TAKEN: .*$message"
	has "$name: notice" "$(last_notice)" "^registry-error $generation registry: rejected, generation $generation stays in force: .*$message"
	has "$name: standard error" "$(cat "$WORK/log")" "^hostportd: registry: rejected, .*$message"
	agent_ready || fail "$name: the agent is effective"
}

# reload NAME STATUS OPTIONS...: ask for it; what it says is in $WORK/said.
reload() {
	local name=$1 want=$2
	shift 2
	"${CTL[@]}" reload "$@" >"$WORK/said" 2>&1
	is "$name: reload: exit status" $? "$want"
}

test_asked() {
	"${CTL[@]}" reload >"$WORK/said" 2>&1
	is "no agent: exit status" $? 3
	layer a 21000 | write "$REG"
	"$B/tests/e2e/notifyd" "$WORK/notify" >"$WORK/manager" 2>&1 &
	NOTIFYD_PID=$!
	until_true 5 grep -q listening "$WORK/manager"
	NOTIFY_SOCKET=$WORK/notify start_agent --mode=enforce --registry="$REG" || return
	is "start: status" "$(status '.registry | "\(.generation) \(.error) \(.files) \(.layers[0].error)"')" "1 null watched null"
	is "start: no reload" "$(reloads)" "0 0"
	is "start: in force" "$(allowed 21000 21001)" 21000

	# nothing has changed: published all the same, for somebody has asked
	reload "the same" 0
	is "the same: said" "$(cat "$WORK/said")" "generation 2: the same layers"
	until_true 5 ready_again || fail "the service manager is not told"
	has "the service manager is told" "$(tr '\n' ' ' <"$WORK/manager")" "READY=1 .*RELOADING=1 MONOTONIC_USEC=[0-9]+ READY=1"
	is "the same: status" "$(reloads)" "1 0"
	kill -HUP "$AGENT_PID"
	until_true 5 generation_is 3
	is "SIGHUP: generation" "$(status .registry.generation)" 3
	has "SIGHUP: notice" "$(last_notice)" "^registry 3 registry: generation 3: the same layers$"
	is "reload --json" "$(ctl reload --json | jq -c '[.reloaded, .generation, .changes, .errors, (.layers | map([.name, .rows, .error]))]')" \
		'[true,4,"the same layers",[],[["a",1,null]]]'

	# a bad one, asked for: the files are watched as well, but what is wrong is told as often as asked for
	printf 'version: 1\nname: a\nentries:\n  - {ports: 70000, protocol: tcp, process: x}\n  - {ports: 1, protocol: icmp, process: x}\n' >"$WORK/bad"
	cp "$WORK/bad" "$WORK/reg.new" && mv "$WORK/reg.new" "$REG"
	reload "bad" 2
	has "bad: each error has a line" "$(cat "$WORK/said")" "^$REG:4:[0-9]+: "
	has "bad: each error has a line (2)" "$(cat "$WORK/said")" "^$REG:5:[0-9]+: "
	has "bad: what stays" "$(cat "$WORK/said")" "^hostportctl: reload: the registry was rejected: generation 4 stays in force$"
	stays "bad" 4 "$REG:4:[0-9]+: .*\(and 1 more\)" 21000
	has "bad: the layer's error" "$(status '.registry.layers[0].error')" "^$REG:4:"
	is "bad: --json" "$(ctl reload --json 2>/dev/null | jq -c '[.reloaded, .generation, (.errors | length)]')" '[false,4,2]'
	layer a 21000 21001 | write "$REG"
	reaches "mended" 5 21000 21001
	is "an unknown option" "$(ctl reload --frobnicate >/dev/null 2>&1; echo $?)" 2
	accounted "asked"
	stop_agent
	is "it ends well" "$AGENT_STATUS" 0
	kill "$NOTIFYD_PID"
	wait "$NOTIFYD_PID" 2>/dev/null
	NOTIFYD_PID=
}

# shellcheck disable=SC2317 # called by until_true
ready_again() { [ "$(grep -c READY=1 "$WORK/manager")" -ge 2 ]; }

# By itself, in each way in which a file comes to have another text.
test_files() {
	local same
	layer a 21000 | write "$REG"
	start_agent --mode=enforce --registry="$REG" || return
	layer a 21001 | write "$REG"
	reaches "renamed over" 2 21001
	has "renamed over: notice" "$(last_notice)" "^registry 2 registry: generation 2: a: 1 row \(1 before\)$"
	layer a 21000 21001 >"$REG"
	reaches "rewritten in place" 3 21000 21001

	same=$(status .registry.reloads.unchanged)
	layer a 21000 21001 | write "$REG"
	until_true 10 reloads_are unchanged $((same + 1))
	is "the same text: it was read" "$(status .registry.reloads.unchanged)" $((same + 1))
	is "the same text: no new generation" "$(status .registry.generation)" 3

	rm "$REG"
	until_true 10 reloads_are failed 1
	stays "removed" 3 "$REG: cannot be read: No such file" 21000 21001
	layer a 21000 21001 | write "$REG"
	until_true 10 told '.message == "registry: valid again, and the same as generation 3 in force"' ||
		fail "removed and back: $(last_notice)"
	reaches "removed and back" 3 21000 21001
	rm "$REG"
	until_true 10 reloads_are failed 2
	layer a 21002 | write "$REG"
	reaches "removed, and another" 4 21002

	: >"$REG"
	until_true 10 reloads_are failed 3
	stays "an empty file" 4 "$REG: " 21002
	printf 'version: 1\nname: a\nentries: []\n' >"$REG"
	until_true 10 reloads_are failed 4
	stays "no rows" 4 "layer a has no rows any more" 21002
	reload "no rows, asked for" 2 --shrink
	has "no rows, asked for: said" "$(cat "$WORK/said")" "^registry: empty: it would make every port unregistered$"
	is "no rows, asked for: in force" "$(allowed 21000 21002)" 21002
	rm "$REG" && mkfifo "$REG"
	until_true 10 told '.message | contains("not a regular file")'
	stays "a FIFO does not block" 4 "$REG: not a regular file" 21002
	rm "$REG"
	printf 'version: 1\nname: a\nclients: [{ports: 1, protocol: tcp, process: x, owners: []}]\nentries: [{ports: 21000, protocol: tcp, process: x}]\n' >"$REG"
	until_true 10 told '.message | contains("at least one owner")'
	stays "a client of nobody" 4 "$REG:3:[0-9]+: owners: a client must name at least one owner" 21002
	rm "$REG" && ln -s /dev/zero "$REG"
	until_true 10 reloads_are failed 8
	stays "a device" 4 "$REG: not a regular file" 21002
	rm "$REG"
	layer a 21000 | write "$REG"
	reaches "mended" 5 21000

	# a writer that does not stop is not waited for longer than a while
	for port in {1..600}; do
		layer a 21001 "$port" | write "$REG"
		sleep 0.1
	done &
	if until_true 30 taken_after 5; then pass "while it is written all the time: not put off"; else
		fail "while it is written all the time: put off"
	fi
	kill $!
	wait $! 2>/dev/null
	is "while it is written all the time: in force" "$(allowed 21000 21001)" 21001
	accounted "files"
	stop_agent
}

# A ConfigMap as the kubelet mounts it: ..data is a link that is replaced.
configmap() {
	local dir=$1 old new
	shift
	mkdir -p "$dir"
	new=..$RANDOM$RANDOM
	old=$(readlink "$dir/..data")
	mkdir "$dir/$new"
	for file in "$@"; do cp "$WORK/source/$file" "$dir/$new/$file"; done
	ln -s "$new" "$dir/..data_tmp"
	mv -T "$dir/..data_tmp" "$dir/..data"
	for file in "$@"; do [ -e "$dir/$file" ] || ln -s "..data/$file" "$dir/$file"; done
	for file in "$dir"/*; do [ -e "$file" ] || rm "$file"; done
	[ -z "$old" ] || rm -r "${dir:?}/$old"
}

test_directories() {
	local dir=$WORK/cm
	mkdir -p "$WORK/source"
	layer a 21000 | write "$WORK/source/10-a.yaml"
	layer b 21001 | write "$WORK/source/20-b.yaml"
	configmap "$dir" 10-a.yaml 20-b.yaml
	start_agent --mode=enforce --registry="$dir" || return
	is "ConfigMap: in force" "$(allowed 21000 21001 21002)" "21000 21001"
	layer b 21002 | write "$WORK/source/20-b.yaml"
	configmap "$dir" 10-a.yaml 20-b.yaml
	reaches "ConfigMap: replaced" 2 21000 21002
	has "ConfigMap: notice" "$(last_notice)" "generation 2: b: 1 row \(1 before\)$"
	layer b 21002 21003 | write "$WORK/source/20-b.yaml"
	configmap "$dir" 10-a.yaml 20-b.yaml
	reaches "ConfigMap: again" 3 21000 21002 21003

	# a layer disappears
	configmap "$dir" 10-a.yaml
	until_true 10 reloads_are failed 1
	stays "a layer is gone" 3 "$dir/20-b.yaml: layer b is gone" 21000 21002 21003
	is "a layer is gone: its error" "$(status '.registry.layers[] | select(.error) | .name')" b
	kill -HUP "$AGENT_PID"
	until_true 10 reloads_are failed 2
	stays "a layer is gone, SIGHUP" 3 "$dir/20-b.yaml: layer b is gone" 21000 21002 21003
	reload "a layer is gone, asked for" 2
	reload "a layer is gone, and is to" 0 --shrink
	is "a layer is gone, and is to: said" "$(cat "$WORK/said")" "generation 4: b: gone"
	reaches "a layer is gone, and is to" 4 21000
	configmap "$dir" 10-a.yaml 20-b.yaml
	reaches "a layer is new" 5 21000 21002 21003
	has "a layer is new: notice" "$(last_notice)" "generation 5: b: 2 rows \(new\)$"
	echo 'version: 2' >"$WORK/source/20-b.yaml"
	configmap "$dir" 10-a.yaml 20-b.yaml
	until_true 10 told '.message | contains("version")'
	stays "ConfigMap: broken" 5 "$dir/20-b.yaml:1:" 21000 21002 21003
	has "ConfigMap: broken: the layer's error" "$(status '.registry.layers[] | select(.error) | .name + .error')" "^b.*20-b.yaml:1:"

	layer b 21002 21003 | write "$WORK/source/20-b.yaml"
	configmap "$dir" 10-a.yaml 20-b.yaml
	until_true 10 told '.message | startswith("registry: valid again")'
	mkfifo "$dir/30-c.yaml"
	until_true 10 told '.message | contains("30-c.yaml: not a regular file")'
	stays "a FIFO in a directory" 5 "$dir/30-c.yaml: not a regular file" 21000 21002 21003
	rm "$dir/30-c.yaml"
	until_true 10 told '.message | startswith("registry: valid again")' 2
	is "a FIFO in a directory is gone" "$(status .registry.error)" null

	# the directory itself is another one
	mv "$dir" "$dir.old"
	until_true 10 told '.message | contains("No such file")'
	stays "the directory is gone" 5 "$dir: cannot be read: No such file" 21000 21002 21003
	mkdir "$dir"
	layer a 21000 >"$dir/10-a.yaml"
	layer b 21003 >"$dir/20-b.yaml"
	reaches "the directory is another one" 6 21000 21003
	layer b 21001 | write "$dir/20-b.yaml"
	reaches "the directory is another one: watched" 7 21000 21001
	# and a link to another one
	mv "$dir" "$dir.second"
	cp -r "$dir.second" "$dir.third"
	layer b 21002 | write "$dir.third/20-b.yaml"
	ln -s "$dir.third" "$dir"
	reaches "the directory is a link" 8 21000 21002
	layer b 21003 | write "$dir.third/20-b.yaml"
	reaches "the directory is a link: watched" 9 21000 21003
	ln -sfn "$dir.second" "$dir.link" && mv -T "$dir.link" "$dir"
	reaches "the directory is a link to another one" 10 21000 21001
	# hidden files, and those of no layer, don't count
	is "no error" "$(status .registry.error)" null
	: >"$dir.second/.20-b.yaml.swp"
	: >"$dir.second/notes.txt"
	layer b 21002 | write "$dir.second/20-b.yaml"
	reaches "after other files" 11 21000 21002
	accounted "directories"
	stop_agent
}

# Records tell the row of the registry that decided, also when they are told after the next one is in force.
test_rows() {
	layer a 21001 >"$REG"
	printf 'retired:\n  - {ports: 21000, protocol: tcp, process: first, removed: "4.1"}\n' >>"$REG"
	start_agent --mode=enforce --registry="$REG" || return
	is "row of the first" "$(probe tcp 4 127.0.0.1 21000 5)" "EPERM 5"
	printf 'version: 1\nname: b\nretired:\n  - {ports: 21002, protocol: tcp, process: other, removed: "4.1"}\n  - {ports: 21000, protocol: tcp, process: third, removed: "4.1"}\nentries: [{ports: 21001, protocol: tcp, process: x}]\n' | write "$REG"
	reload "rows" 0
	is "row of the second" "$(probe tcp 4 127.0.0.1 21002 3)" "EPERM 3"
	accounted "rows"
	is "each line names the row that decided" "$(jq -r 'select(.entry) | "\(.port) \(.entry.layer) \(.entry.process)"' "$WORK/events" | sort -u | tr '\n' ' ')" "21000 a first 21002 b other "
	is "the line after the reload is of the first" "$(jq -r 'select(.port == 21000 and .count > 1) | .entry.process' "$WORK/events")" first
	is "no line without a row" "$(events '.verdict and .entry == null')" 0
	stop_agent
}

# An audit agent never gets an empty registry at run time either; one that began with it may get another.
test_audit() {
	layer a 21000 | write "$REG"
	start_agent --mode=audit --registry="$REG" || return
	printf 'version: 1\nname: a\n' | write "$REG"
	reload "audit, empty" 2 --shrink
	probe tcp 4 127.0.0.1 21000 >/dev/null
	is "audit, empty: what was in force is" "$(events '.port == 21000')" 0
	stop_agent
	start_agent --mode=audit --registry="$REG" || return
	layer a 21000 | write "$REG"
	until_true 10 generation_is 2
	probe tcp 4 127.0.0.1 21000 >/dev/null
	is "audit: from an empty one" "$(events '.port == 21000')" 0
	stop_agent
	start_agent --mode=audit || return
	is "built-in layers: nothing to watch" "$(status .registry.files)" none
	reload "built-in layers" 0
	stop_agent
}

# No inotify to be had: instances are counted by user, so this agent is one of its own.
POLL_UID=4711
POLL_CAPS=+bpf,+net_admin,+perfmon,+sys_admin,+sys_ptrace,+dac_read_search,+dac_override
as_poller() { setpriv --reuid="$POLL_UID" --clear-groups "$@"; }

test_polled() {
	mkdir "$WORK/bin" "$WORK/agent"
	chown "$POLL_UID" "$WORK/agent"
	ln -s "$(realpath "$B")/hostportctl" "$WORK/bin"
	printf '#!/bin/bash\nexec setpriv --reuid=%s --clear-groups --inh-caps=%s --ambient-caps=%s %s "$@"\n' \
		"$POLL_UID" "$POLL_CAPS" "$POLL_CAPS" "$(realpath "$B")/hostportd" >"$WORK/bin/hostportd"
	chmod +x "$WORK/bin/hostportd"
	cp "$B/tests/e2e/inotifyhog" "$WORK/inotifyhog" # where that user may go
	keep hog as_poller "$WORK/inotifyhog"
	layer a 21000 | write "$REG"
	SOCK=$WORK/agent/sock B=$WORK/bin start_agent --mode=enforce --registry="$REG" || return
	SOCK=$WORK/agent/sock
	is "polled: status --json" "$(status '.registry | "\(.files) \(.files_error)"')" "polled Too many open files"
	has "polled: status" "$(ctl status)" "^ +files polled: inotify: Too many open files"
	is "polled: warned once" "$(grep -c 'inotify' "$WORK/log")" 1
	layer a 21001 | write "$REG"
	reaches "polled" 2 21001
	rm "$REG"
	until_true 10 reloads_are failed 1
	stays "polled: removed" 2 "$REG: cannot be read" 21001
	layer a 21002 | write "$REG"
	reaches "polled: and back" 3 21002
	is "polled: warned once" "$(grep -c 'inotify' "$WORK/log")" 1
	stop_agent
	let_go hog
	SOCK=$WORK/agent.sock
}

# large NAME: a layer as large as a registry may be.
large() {
	printf 'version: 1\nname: %s\nentries:\n' "$1"
	awk 'BEGIN { for (p = 1; p <= 65535; p++) for (i = 0; i < 2; i++)
		printf "  - {ports: %d, protocol: %s, process: p}\n", p, i ? "tcp" : "udp" }'
}

# threads: of the agent.
threads() { find "/proc/$AGENT_PID/task" -mindepth 1 -maxdepth 1 -printf '%f\n' 2>/dev/null | sort | xargs; }

# answered_until COMMAND...: was a client answered while one and the same thread was reading, before that came true?
answered_until() {
	local before answered=no end
	end=$((SECONDS + 120))
	until "$@" || [ "$SECONDS" -ge "$end" ]; do
		before=$(threads)
		[ "$(wc -w <<<"$before")" -eq 2 ] || continue
		agent_ready && [ "$(threads)" = "$before" ] && answered=yes
	done
	echo "$answered"
}

# A registry of the largest size is read by a thread: clients are answered meanwhile.
test_large() {
	layer large 21000 | write "$REG"
	start_agent --mode=enforce --registry="$REG" || return
	large large | write "$REG"
	is "large: answered while it is read" "$(answered_until taken_after 1)" yes
	reaches "large" 2 21000 21001 21002 21003
	is "large: rows" "$(status '.registry.layers[0].rows')" 131070
	{
		large large
		echo '  - {ports: 70000, protocol: tcp, process: x}'
	} | write "$REG"
	is "large, refused: answered while it is read" "$(answered_until reloads_are failed 1)" yes
	stays "large, refused" 2 "$REG:131074:[0-9]+: " 21000 21001 21002 21003
	layer large 21001 | write "$REG"
	reaches "large: and small again" 3 21001
	is "large: the thread is gone" "$(threads)" "$AGENT_PID"
	stop_agent
}

also_clear() { [ -z "$NOTIFYD_PID" ] || kill "$NOTIFYD_PID" 2>/dev/null; }
setup
test_asked
test_files
test_directories
test_rows
test_audit
test_polled
if [ -n "${E2E_QUICK:-}" ]; then skip "a large registry: a quick run"; else test_large; fi
finish
