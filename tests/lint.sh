#!/bin/bash
# SPDX-License-Identifier: MIT
#
# lint.sh: what can be said of the sources without running them. Each check is a
# function that prints what is wrong, or nothing; it may skip with a reason.
# Sizes are limits, not aims.
set -u
cd "$(dirname "$0")/.." || exit 3
export LC_ALL=C.UTF-8 PATH=$PATH:/usr/sbin:/sbin
B=${B:-build}
passed=0 failed=0 skipped=0
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

FILE_LINES=500
FUNCTION_LINES=80
MAIN_LINES=40

# ---- the files: what git tracks or would track ------------------------------------------------
mapfile -t all < <(git -c safe.directory="$PWD" ls-files --cached --others --exclude-standard |
	sort -u | while IFS= read -r f; do [ -f "$f" ] && echo "$f"; done)
if [ "${#all[@]}" -eq 0 ]; then
	echo "FAIL files: git lists none: lint needs a clone"
	echo "0 passed, 1 failed, 0 skipped"
	exit 1
fi

# select PATTERN: the files whose paths match an extended regular expression.
select_files() { printf '%s\n' "${all[@]}" | grep -E -- "$1"; }

mapfile -t sources < <(select_files '\.[ch]$')
mapfile -t formatted < <(select_files '\.[ch]$' | grep -v '^vmlinux/')
mapfile -t headers < <(select_files '\.h$')
mapfile -t user < <(select_files '^user/.*\.[ch]$')
# No file of these rooms has input or output, nor these files of other rooms.
pure_files='^user/(registry|policy|event|checks|diff|formats|pods)/|^user/identity/workload'
pure_files+='|^user/base/(base64|buf|endpoint|escape|hash|json|jsonw|openmetrics|parse|portset|stamp|string_view|suggest|table_fit|tar|text_set|uri|utf8)\.'
pure_files+='|^user/stream/(accounts|batch|history|request)\.'
pure_files+='|^user/violations/(denied_processes|impact|impact_table|learn_merge|learn_overlay|ledger|merge_[a-z_]*)\.'
pure_files+='|^user/violations/(reported_sockets|team_counts|unbound_ports|violated_ports)\.'
pure_files+='|^user/kernel/(btf/(btfcut|kfunc_patch)|mountinfo)\.|^user/agent/(health|metrics)\.'
pure_files+='|^user/ctl/(explain_admit|listener_filter|listener_text|since|top_keys|top_rows)\.'
pure_files+='|^user/coverage/(findings|judge|rules)\.|^user/cluster/(event_sender|session)\.'
mapfile -t pure < <(select_files '\.[ch]$' | grep -E "$pure_files")
mapfile -t scripts < <(select_files '\.sh$|^\.ci/run$')
mapfile -t pages < <(select_files '^docs/.*\.scd$')

# ---- checks -----------------------------------------------------------------------------------
# need COMMAND: skip the check where the machine has no such command.
need() {
	command -v "$1" >/dev/null && return
	echo "$1 is not installed" >"$out/skip"
	exit 77
}

check_formatting() {
	need clang-format
	set -o pipefail
	printf '%s\n' "${formatted[@]}" | xargs -P "$(nproc)" -n 50 clang-format --dry-run -Werror 2>&1 |
		awk -F: '/ error: / { n[$1]++ } END { for (f in n) print f ": " n[f] " places: see `make format`" }'
}

check_shell_scripts() {
	need shellcheck
	# SC2317: it does not see that a function's name is an argument of another
	printf '%s\n' "${scripts[@]}" | xargs -P "$(nproc)" -n 8 shellcheck -x -e SC2317
}

check_file_sizes() {
	wc -l "${sources[@]}" | awk -v most="$FILE_LINES" '
		$2 != "total" && $1 > most { print $2 ": " $1 " lines; the limit is " most }'
}

# A function is from a line that starts with { to the next that starts with }.
check_function_sizes() {
	awk -v most="$FUNCTION_LINES" -v most_main="$MAIN_LINES" '
		FNR == 1 { start = 0; head = "" }
		/^[a-z_].*\(/ && !/;/ { head = $0 }
		/^\{/ { start = FNR }
		/^\}/ && start {
			n = FNR - start + 1
			limit = head ~ /[ *]main\(/ ? most_main : most
			if (n > limit)
				print FILENAME ":" start ": " n " lines; the limit is " limit ": " head
			start = 0
		}' "${sources[@]}"
}

# No cycle between files or folders, no name twice, one file that includes a library's header.
check_structure() {
	if [ ! -x "$B/hostportd" ] || [ ! -x "$B/hostportctl" ]; then
		echo "$B: not built" >"$out/skip"
		exit 77
	fi
	select_files '^user/.*\.[chS]$' | tests/structure.sh "$B"
	grep -l '"\(\.\./\)*\(kernel/\)*libbpf.h"' "${user[@]}" | grep -v '^user/kernel/'
	return 0
}

check_structure_check_bites() { tests/structure_test.sh; }

check_mutants_check_bites() { tests/mutants/self_test.sh; }

# A unit test is named after the source that it is about, with a word more where there are several;
# bench_NAME is about the bench.
check_unit_tests_mirror_sources() {
	local test name
	select_files '^(user|bpf)/.*\.[ch]$' | sed -E 's|.*/||; s/(\.bpf)?\.[ch]$//' | sort -u >"$out/names"
	select_files '^tests/bench/.*\.c$' | sed -E 's|.*/|bench_|; s/\.c$//' >>"$out/names"
	while IFS= read -r test; do
		name=${test#tests/unit/test_}
		name=${name%.c}
		until grep -qx "$name" "$out/names" || [ "$name" = "${name%_*}" ]; do name=${name%_*}; done
		grep -qx "$name" "$out/names" || echo "$test: no source is called so"
	done < <(select_files '^tests/unit/test_.*\.c$')
}

# The test of a pure file X.c is tests/unit/test_X.c.
check_pure_files_have_tests() {
	local f test
	for f in "${pure[@]}"; do
		test=tests/unit/test_$(basename "$f" .c).c
		case "$f" in *.h) continue ;; esac
		[ -f "$test" ] || echo "$f: no $test"
	done
}

# Pure parts: no input, no output, no clock, no environment, no log.
check_pure_parts() {
	local calls='fopen|fdopen|open|openat|creat|read|pread|write|pwrite|fread|fwrite|close|fclose'
	calls+='|printf|vprintf|fprintf|puts|fputs|putchar|fputc|perror|scanf|fscanf|getline|stat|lstat'
	calls+='|fstat|opendir|readdir|readlink|socket|connect|send|recv|ioctl|getenv|setenv|system|popen'
	calls+='|fork|exec[lv][a-z]*|time|clock_gettime|gettimeofday|exit|abort'
	grep -nE "(^|[^A-Za-z0-9_>.])($calls)[[:space:]]*\\(" "${pure[@]}" |
		grep -vE ':[0-9]+:[[:space:]]*(\*|/\*|//)'
	grep -nE '(^|[^A-Za-z0-9_])((stdout|stderr|stdin)[^a-z]|log_[a-z]+[[:space:]]*\()' "${pure[@]}" |
		grep -vE ':[0-9]+:[[:space:]]*(\*|/\*|//)'
	grep -nE '#include (<(unistd|fcntl|sys/[a-z]+)\.h>|".*/log\.h")' "${pure[@]}"
}

# Approximately: declarations in the first column, and static ones in functions.
check_no_mutable_globals() {
	local files
	mapfile -t files < <(select_files '^user/.*\.[ch]$' | grep -vx user/base/log.c)
	awk '
		FNR == 1 { opener = "" }
		function bad() { print FILENAME ":" FNR ": " $0 }
		/^[ \t]*static const [A-Za-z_0-9 ]+\*[A-Za-z_0-9]+(\[.*\])?( =.*|;)$/ { bad() }
		/^[ \t]+static / && !/const/ && !/\(/ { bad() }
		/^[ \t]+static .*=/ && !/const/ { bad() }
		/^(static |extern )?[A-Za-z_].*\{$/ && !/=/ { opener = $0 }
		/^\} *\*?[A-Za-z_].*[;={]$/ && !/^\} __/ && opener !~ /const|typedef/ { bad() }
		/^(typedef|extern|return|case|default|struct [a-z_]+;|union [a-z_]+;|enum [a-z_]+;)/ { next }
		/^_Static_assert|^DEFINE_|^#/ { next }
		/^[A-Za-z_][A-Za-z0-9_ *]* \**[A-Za-z_0-9]+(\[.*\])?( = .*|;)$/ && !/const/ { bad() }' "${files[@]}"
}

# Each file names it in its first line, or in the second.
check_licences() {
	local files
	mapfile -t files < <(select_files '\.([chS]|sh|mjs)$|^Makefile$|^\.ci/run$|^deploy/' | grep -v '\.json$')
	awk -v files="${#files[@]}" '
		function wanted(f) {
			if (f == "bpf/abi.h" || f == "bpf/verdict.h" || f == "tests/bpf/verdict_case.h")
				return "GPL-2.0-only OR MIT"
			return f ~ /^(bpf|vmlinux)\/|\.bpf\.c$/ ? "GPL-2.0-only" : "MIT"
		}
		function judge() {
			seen++
			if (file && got != wanted(file))
				print file ": SPDX-License-Identifier: \047" got "\047 instead of \047" wanted(file) "\047"
		}
		FNR == 1 { judge(); file = FILENAME; got = "" }
		FNR <= 2 && !got && sub(/^.*SPDX-License-Identifier: /, "") { sub(/ *(\*.*)?$/, ""); got = $0 }
		END { judge(); if (seen != files + 1) print "a file is empty, or cannot be read" }' "${files[@]}"
}

check_header_guards() {
	grep -c '^#pragma once$' "${headers[@]}" | sed -n '/:1$/!s/:.*/: not one #pragma once/p'
}

# Each fuzz target has a corpus, and each corpus its target: tests/fuzz/run.sh runs them by their names.
check_fuzz_corpora() {
	diff <(select_files '^tests/fuzz/fuzz_.*\.c$' | sed -E 's|.*/fuzz_(.*)\.c|\1|' | sort -u) \
		<(select_files '^tests/fuzz/corpus/' | cut -d/ -f4 | sort -u) |
		sed -n 's/^< \(.*\)/tests\/fuzz\/fuzz_\1.c: no corpus/p; s/^> \(.*\)/tests\/fuzz\/corpus\/\1: no target/p'
}

check_no_loose_ends() {
	select_files '.' | grep -vE '^LICENSES/|^tests/fuzz/corpus/|package-lock\.json$' |
		xargs -d '\n' grep -nEw 'TO''DO|FIX''ME|XX''X'
	return 0
}

check_man_pages() {
	need scdoc
	need man
	local page
	for f in "${pages[@]}"; do
		page=$out/$(basename "$f" .scd)
		scdoc <"$f" >"$page" 2>"$page.err" || echo "$f: $(cat "$page.err")"
		MANWIDTH=80 man --warnings -l "$page" 2>&1 >"$page.txt" | sed "s|^|$f: |"
		awk -v f="$f" 'length($0) > 80 { print f ": wider than 80 columns: " $0 }' "$page.txt"
	done
	[ "${#pages[@]}" -gt 0 ] || echo "docs: no man page"
}

# page_tells PAGE COMMAND...: the man page names each option of the command's help.
page_tells() {
	local page=$1 option
	shift
	"$@" --help | sed -nE 's/^  (-[a-zA-Z], )?(--[a-z-]+).*/\2/p' | sort -u | while read -r option; do
		grep -qE -- "\*$option(=[^*]*)?\*" "$page" || echo "$page: nothing about $option of $(basename "$*")"
	done
}

# verbs_of COMMAND...: the verbs that its help lists.
verbs_of() { "$@" --help | sed -n "/^verbs:/,/^\$/s/^  \([a-z]*\) .*/\1/p"; }

check_man_pages_tell_all_options() {
	local page verb
	if [ ! -x "$B/hostportd" ] || [ ! -x "$B/hostportctl" ]; then
		echo "$B: not built" >"$out/skip"
		exit 77
	fi
	page_tells docs/hostportd.8.scd "$B/hostportd"
	page_tells docs/hostportctl.8.scd "$B/hostportctl"
	for verb in $(verbs_of "$B/hostportctl"); do
		grep -qE "^\\*$verb" docs/hostportctl.8.scd || echo "docs/hostportctl.8.scd: nothing about $verb"
		page=docs/hostportctl-$verb.8.scd
		[ -f "$page" ] || page=docs/hostportctl.8.scd
		page_tells "$page" "$B/hostportctl" "$verb"
	done
	for verb in $(verbs_of "$B/hostportctl" registry); do
		page=docs/hostportctl-registry.8.scd
		grep -qE "^\\*hostportctl registry $verb\\*" "$page" || echo "$page: nothing about $verb"
		page_tells "$page" "$B/hostportctl" registry "$verb"
	done
}

# anchors_of PAGE: of its headings, as GitHub makes them.
anchors_of() { sed -n 's/^##* //p' "$1" | tr 'A-Z ' 'a-z-' | tr -cd 'a-z0-9_\n-'; }

# Links to files of ours, and to headings in pages.
check_document_links() {
	local page link file
	while read -r page; do
		# shellcheck disable=SC2016 # no expansion: code is no link
		sed 's/`[^`]*`//g' "$page" | grep -oE '\]\([^)]+\)' | sed -E 's/^\]\((.*)\)$/\1/' | grep -vE '^[a-z]+:' |
			while IFS= read -r link; do
				file=$page
				[ "${link%%#*}" = "" ] || file=$(dirname "$page")/${link%%#*}
				[ -e "$file" ] || echo "$page: $link: there is no such file"
				case $link in *.md#* | \#*) ;; *) continue ;; esac
				anchors_of "$file" | grep -qx -- "${link#*#}" || echo "$page: $link: there is no such heading"
			done
	done < <(select_files '\.md$' | grep -vE '^(LICENSES|tests/registry|tests/manifests/tree|tests/fuzz/corpus)/')
}

# hostportd-registry(5) names each key of a file and of its rows, and its example is one that we read.
check_registry_page_tells_all_keys() {
	need gojq
	awk '/^```/ { n++; next } n == 1' docs/hostportd-registry.5.scd >"$out/example.yaml"
	if [ -x "$B/hostportctl" ]; then
		"$B/hostportctl" registry show --registry=builtin:openshift --registry="$out/example.yaml" >"$out/rows"
	fi
	gojq -r '[.. | .properties? // empty | keys[]] | unique[]' registry/schema.json >"$out/keys"
	[ -s "$out/keys" ] || echo "registry/schema.json: no keys"
	while IFS= read -r key; do
		grep -qF "*$key*" docs/hostportd-registry.5.scd || echo "docs/hostportd-registry.5.scd: nothing about $key"
	done <"$out/keys"
}

check_coverage_page() {
	need gojq
	if [ ! -x "$B/hostportctl" ]; then
		echo "$B: not built" >"$out/skip"
		exit 77
	fi
	B=$B docs/coverage.sh >"$out/coverage.md" || echo "docs/coverage.sh: failed"
	cmp -s "$out/coverage.md" docs/coverage.md || {
		echo "docs/coverage.md is not what docs/coverage.sh prints: see \`make docs-coverage\`"
		diff docs/coverage.md "$out/coverage.md" | head -n 10
	}
}

# The page about threats names each way of the coverage table and no other; each row says which tests show it, and
# the tests are there.
# shellcheck disable=SC2016 # backquotes are the page's
check_threat_model() {
	need gojq
	local page=docs/threat-model.md name
	if [ ! -x "$B/hostportctl" ]; then
		echo "$B: not built" >"$out/skip"
		exit 77
	fi
	"$B/hostportctl" coverage --list --json | gojq -r '.ways[].way' | sort >"$out/ways"
	[ -s "$out/ways" ] || echo "coverage lists no way"
	sed -n '/^## Every way/,/^## Any/p' "$page" | sed -n 's/^| \(`[^|]*\) |.*/\1/p' | grep -o '`[^`]*`' | tr -d '`' | sort |
		diff "$out/ways" - | sed -n "s|^<|$page: no way|p; s|^>|$page: there is no way|p"
	grep '^|' "$page" | grep -vE '^\|(---\|)+$| (shown by) \|$' | sed 's/ |$//; s/.*| \{0,1\}//' |
		grep -vE '`(test_|fuzz_|[a-z_]*_test)|^not tried$' | sed "s|^|$page: a row names no test: |"
	grep -oE '`(test_|fuzz_)[a-z0-9_]+`|`[a-z0-9_]+_test`' "$page" | tr -d '`' | sort -u | while read -r name; do
		select_files "^tests/[a-z0-9]+/$name\.(c|sh)\$" >/dev/null || grep -qE "^$name\(\)" tests/e2e/test_*.sh ||
			echo "$page: there is no $name"
	done
}

check_metrics_page() {
	if [ ! -x "$B/docs/metrics_page" ]; then
		echo "$B/docs/metrics_page: not built" >"$out/skip"
		exit 77
	fi
	B=$B docs/metrics.sh >"$out/metrics.md" || echo "docs/metrics.sh: failed"
	cmp -s "$out/metrics.md" docs/metrics.md || {
		echo "docs/metrics.md is not what docs/metrics.sh prints: see \`make docs-metrics\`"
		diff docs/metrics.md "$out/metrics.md" | head -n 10
	}
}

# first_cells PAGE HEADING: what stands in the first column of the table there.
first_cells() { sed -n "/^## $2\$/,/^## /s/^| \`\([^\`]*\)\`.*/\1/p" "$1"; }

# Fields and notices: what the code writes, the page and the man page name, and the page nothing else.
check_events_page() {
	awk '{ print } /^void event_json\(/ { last = 1 } last && /^}/ { exit }' user/event/event_json.c |
		cat - user/event/notice.c user/identity/workload_json.c |
		sed -n 's/.*jsonw_[a-z0-9_]*(&\{0,1\}w, "\([a-z_]*\)".*/\1/p' | grep -vxE 'workload|entry' | sort -u >"$out/keys"
	first_cells docs/events.md Fields | sed 's/.*\.//' | sort -u | diff "$out/keys" - |
		sed -n 's/^</docs\/events.md: no field/p; s/^>/docs\/events.md: no line has/p'
	sed -n 's/^[[:space:]]*\[NOTICE_[A-Z_]*\] = { "\([a-z-]*\)".*/\1/p' user/event/notice.c | sort -u >"$out/notices"
	first_cells docs/events.md Notices | sort -u | diff "$out/notices" - |
		sed -n 's/^</docs\/events.md: no notice/p; s/^>/docs\/events.md: there is no notice/p'
	while read -r key; do
		grep -q "\*$key\*" docs/hostportd.8.scd || echo "docs/hostportd.8.scd: nothing about $key"
	done <"$out/keys"
	while read -r notice; do
		grep -q "_${notice}_" docs/hostportd.8.scd || echo "docs/hostportd.8.scd: nothing about notice $notice"
	done <"$out/notices"
	[ -s "$out/keys" ] && [ -s "$out/notices" ] || echo "the code writes nothing?"
}

check_seccomp_profile() {
	if [ ! -x "$B/deploy/seccomp_profile" ]; then
		echo "$B/deploy/seccomp_profile: not built" >"$out/skip"
		exit 77
	fi
	"$B/deploy/seccomp_profile" | diff deploy/seccomp/hostportd.json - >"$out/profile" && return
	echo "deploy/seccomp/hostportd.json is not what its programs say: see \`make seccomp-profile\`"
	head -n 10 "$out/profile"
}

# well_formed PATTERN: files that must be, unlike a few manifests of tests/manifests.
well_formed() {
	select_files "$1" | grep -vE '^tests/manifests/tree/(broken|.*/templates)/'
}

check_json() {
	need gojq
	while IFS= read -r f; do gojq empty "$f" 2>&1 | sed "s|^|$f: |"; done < <(well_formed '\.json$')
}

check_yaml() {
	need node
	need npm
	tests/npm.sh tests/registry || echo "npm ci failed"
	well_formed '\.ya?ml$' | (
		# shellcheck disable=SC2016 # the script is node's
		cd tests/registry && node --input-type=module -e '
			import { readFileSync } from "node:fs";
			import { parseAllDocuments } from "yaml";
			for (const file of readFileSync(0, "utf8").trim().split("\n"))
				for (const d of parseAllDocuments(readFileSync("../../" + file, "utf8"), { uniqueKeys: true }))
					for (const e of [...d.errors, ...d.warnings]) console.log(`${file}: ${e.message}`);'
	)
}

check_yaml_style() {
	need yamllint
	select_files '^(deploy|registry|tests/yamllint)(/.*)?\.ya?ml$' | xargs -d '\n' yamllint -f parsable -s -c tests/yamllint.yaml
}

# Data of unit tests is misspelt on purpose; "\nd" of a string is not.
check_spelling() {
	need codespell
	select_files '.' | grep -vE '^(LICENSES|vmlinux|tests/(unit|fuzz/corpus|manifests/tree))/|package-lock\.json$|\.(png|svg)$' |
		xargs -d '\n' codespell --ignore-regex='\\[nt]' --ignore-words-list=fro
}

# The manifests carry registry files; the programs must read them.
check_manifest_overlay() {
	local directory
	if [ ! -x "$B/hostportctl" ]; then
		echo "$B: not built" >"$out/skip"
		exit 77
	fi
	for directory in deploy/base/registry deploy/site/registry; do
		"$B/hostportctl" registry show --registry=builtin:openshift --registry=builtin:node-baseline \
			--registry=builtin:hostportd --registry="$directory" >"$out/rows"
	done
}

# ---- run --------------------------------------------------------------------------------------
# check NAME: a pass prints nothing; status 77 is a skip.
check() {
	local name=${1//_/ } text status
	text=$("check_$1" 2>&1)
	status=$?
	if [ "$status" -eq 77 ]; then
		echo "SKIP lint: $name: $(cat "$out/skip")"
		skipped=$((skipped + 1))
	elif [ "$status" -le 1 ] && [ -z "$text" ]; then # 1: grep found nothing
		echo "PASS lint: $name"
		passed=$((passed + 1))
	else
		echo "FAIL lint: $name"
		printf '%s\n' "${text:-ended with status $status}" | head -n 200 | sed 's/^/     /'
		failed=$((failed + 1))
	fi
}

for name in $(declare -F | sed -n 's/^declare -f check_//p'); do
	check "$name"
done
echo
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
