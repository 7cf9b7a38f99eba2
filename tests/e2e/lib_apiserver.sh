# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# What tests with an API server share: tests/e2e/apiserver.mjs, what it is told, and what was asked of it.
# Sourced after lib.sh.

API=$WORK/api
KUBECONFIG=$WORK/kubeconfig
SERVER=

# shellcheck disable=SC2317 # called by clear_away
also_clear() {
	if [ -n "$SERVER" ]; then kill -KILL "$SERVER" && wait "$SERVER"; fi 2>/dev/null
	rmdir -p --ignore-fail-on-non-empty /run/secrets/kubernetes.io/serviceaccount 2>/dev/null
}

# tell COMMAND: to the server, and wait until it has done it.
tell() {
	echo "$1" >"$API/cmd.new" && mv "$API/cmd.new" "$API/cmd"
	until_true 30 gone "$API/cmd" || fail "the server does not take $1"
}
# shellcheck disable=SC2317 # called by until_true
gone() { [ ! -e "$1" ]; }

# list POD...: the pods of the node, as tell wants them.
list() { printf '%s\n' "$@" | jq -sc '{pods: .}'; }
event() { printf '{"event":{"type":"%s","object":%s}}' "$1" "$2"; } # the type first, as a server sends it

# shellcheck disable=SC2317 # called by until_true
requested() { [ "$(grep -cE -- "$1" "$API/requests")" -ge "$2" ]; }
requests() { grep -cE -- "$1" "$API/requests"; }
# shellcheck disable=SC2317 # called by until_true
up_is() { [ "$(status '.pod_sources[0].up')" = "$1" ]; }

# kubeconfig CA: one for the server.
kubeconfig() {
	cat >"$KUBECONFIG" <<-EOF
		apiVersion: v1
		kind: Config
		current-context: c
		contexts: [{name: c, context: {cluster: k, user: u}}]
		clusters: [{name: k, cluster: {server: "https://127.0.0.1:$(cat "$API/port")", certificate-authority-data: $(base64 -w0 <"$1")}}]
		users: [{name: u, user: {tokenFile: token}}]
	EOF
}

# run_server PORT [COMMAND...]: it, by this command; port 0: any that is free.
run_server() {
	local port=$1
	shift
	rm -f "$API/port"
	"$@" node tests/e2e/apiserver.mjs "$API" "$port" >"$WORK/server" 2>&1 9<&- &
	SERVER=$!
	until_true 60 test -s "$API/port" || fail "the server does not start: $(cat "$WORK/server")"
}

# start_server: it, with certificates, a token and a kubeconfig; or the test is over.
start_server() {
	if ! command -v node >/dev/null; then
		skip "no node"
		finish
	fi
	mkdir "$API"
	(
		cd "$API" || exit 1
		openssl req -x509 -newkey rsa:2048 -nodes -days 2 -keyout ca.key -out ca.crt -subj /CN=ca
		openssl req -newkey rsa:2048 -nodes -keyout server.key -out server.csr -subj /CN=server
		printf 'subjectAltName=IP:127.0.0.1,DNS:node1\n' >server.ext
		openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -out server.crt -extfile server.ext
		openssl req -x509 -newkey rsa:2048 -nodes -days 2 -keyout other.key -out other.crt -subj /CN=ca
	) >"$WORK/openssl" 2>&1 || fail "no certificates: $(tail -n 3 "$WORK/openssl")"
	: >"$API/requests"
	run_server 0
	echo first >"$WORK/token"
	kubeconfig "$API/ca.crt"
	chmod 0600 "$KUBECONFIG" "$WORK/token"
}

# end_server: it is away from now on.
end_server() {
	kill -KILL "$SERVER" && wait "$SERVER" 2>/dev/null
	SERVER=
}
