#!/bin/bash
# SPDX-License-Identifier: MIT
#
# completions.sh BUILD DIR: write completions of bash, zsh and fish for the programs in BUILD below DIR. All that
# they know is read from the programs' own help, which is made of the option tables: they cannot differ.
set -eu
B=$1 DIR=$2
export LC_ALL=C
here=$(dirname "$0")

# words_of PROGRAM VERB... OPTION: the words that a list takes: the message about another word names them.
words_of() {
	local program=$1 option=${*: -1}
	set -- "${@:2:$#-2}"
	"$B/$program" "$@" "$option=?" 2>&1 >/dev/null | sed -n 's/.*: not one of \(.*\)$/\1/p' | sed 's/; did you mean.*//; s/, / /g'
}

# described PROGRAM [VERB...]: what its help says, a line each; see completions.awk.
described() {
	local program=$1
	shift
	"$B/$program" "$@" --help |
		awk -v path="$*" -v classes="$CLASSES" -v formats="$FORMATS" -v layers="$LAYERS" -f "$here/completions.awk"
}

# all_of PROGRAM [VERB...]: the same of it and of all its verbs.
all_of() {
	local verb
	described "$@"
	for verb in $(described "$@" | awk -F '\t' '$1 == "verb" {print $3}'); do all_of "$@" "$verb"; done
}

CLASSES=$(words_of hostportctl tail --class)
FORMATS=$(words_of hostportctl registry export --format)
LAYERS=$("$B/hostportctl" registry show --registry=builtin:openshift --registry=builtin:node-baseline \
	--registry=builtin:hostportd | awk 'NR > 1 && !seen[$1]++ {printf "%sbuiltin:%s", n++ ? " " : "", $1}')
for list in "$CLASSES" "$FORMATS" "$LAYERS"; do
	[ -n "$list" ] && continue
	echo "completions.sh: $B/hostportctl does not say which classes, formats or layers there are" >&2
	exit 1
done

mkdir -p "$DIR/bash" "$DIR/zsh" "$DIR/fish"
for program in hostportd hostportctl; do
	all_of "$program" >"$DIR/$program.tsv"
	for shell in bash zsh fish; do
		case $shell in zsh) to=_$program ;; fish) to=$program.fish ;; *) to=$program ;; esac
		awk -F '\t' -v program="$program" -f "$here/completions.$shell.awk" "$DIR/$program.tsv" >"$DIR/$shell/$to"
	done
	rm "$DIR/$program.tsv"
done
