#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The HTML page in a real browser. $CHROMIUM is which; a directory as the argument
# gets screenshots. What the pages must show is taken from `registry show --json`.
set -u
cd "$(dirname "$0")/../.." || exit 3
B=${B:-build}
here=tests/browser
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if ! command -v "${CHROMIUM:-chromium}" >/dev/null; then
	echo "SKIP browser: no ${CHROMIUM:-chromium}"
	echo "0 passed, 0 failed, 1 skipped"
	exit 0
fi
if ! tests/npm.sh "$here"; then
	echo "FAIL browser: npm ci"
	echo "0 passed, 1 failed, 0 skipped"
	exit 1
fi

# many N: a registry file of N rows.
many() {
	printf 'version: 1\nname: many\nranges: [{ports: 9000-9999, protocol: tcp}]\nentries:\n'
	seq 1 $(($1 - 1)) | awk '{
		printf "  - {ports: %d, protocol: %s, process: daemon-%d, team: team %d, notes: \"number %d of many\"}\n",
			$1 % 65535 + 1, $1 % 5 ? "tcp" : "udp", $1, $1 % 40, $1 }'
}

# page NAME LAYERS OPTION...: NAME.html, and NAME.json, what the registry says of the same layers.
page() {
	local name=$1 layers=$2 layer
	shift 2
	local show=()
	for layer in $layers; do show+=(--registry="$layer"); done
	# shellcheck disable=SC2086 # a word each
	"$B/tests/browser/makepage" "$@" $layers >"$work/$name.html" &&
		"$B/hostportctl" registry show --json "${show[@]}" >"$work/$name.json" && return
	echo "FAIL browser: $name: no page could be made"
	echo "0 passed, 1 failed, 0 skipped"
	exit 1
}

many 25000 >"$work/big.yaml"
many 131072 >"$work/huge.yaml"
page plain ""
page events "" --violations="$here/events.json"
page listening "" --listeners="$here/listeners.json" --finding
page site "builtin:openshift builtin:node-baseline builtin:hostportd $here/site.yaml"
page worker "" --role=worker
page hostile "$here/hostile.yaml" --listeners="$here/hostile-listeners.json" --finding \
	--title=$'</title><script>pwned=1</script>\xff\xc3("><img src=x onerror=pwned=1>'
page big "$work/big.yaml"
page huge "$work/huge.yaml"
cp "$here/events.json" "$here/listeners.json" "$here/hostile-listeners.json" "$work"
PAGES="$work" SHOTS="${1:-}" timeout 1800 node "$here/page.test.mjs"
