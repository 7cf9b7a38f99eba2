#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Completion in bash, zsh and fish: what is offered for each kind of word, and that a shell at a terminal takes it.
# Needs no root and no kernel.
# shellcheck source=lib.sh source-path=SCRIPTDIR disable=SC1091
. "$(dirname "$0")/lib.sh"

setup_files
unset HOSTPORTD_REGISTRY
MADE=$WORK/made
deploy/completions.sh "$B" "$MADE" || fail "completions.sh: status $?"
for file in bash/hostportctl zsh/_hostportctl fish/hostportctl.fish bash/hostportd zsh/_hostportd fish/hostportd.fish; do
	[ -s "$MADE/$file" ] || fail "$file: not written"
done

# ---- what bash offers ------------------------------------------------------------------------------
mkdir "$WORK/here" && touch "$WORK/here/layer.yaml"
cat >"$WORK/offer.sh" <<'END'
# offer.sh FILE LINE: what is offered behind the line, as bash would ask
source "$1"
compopt() { :; }
hostportctl() { printf 'LAYER KIND PROTO PORTS\nx entry tcp 10248\nx entry udp 9000-9999\nx accept all all\n'; }
COMP_LINE=$2 COMP_POINT=${#2}
"_${2%% *}"
echo "${COMPREPLY[*]}"
END
# offers LINE WORD...: exactly these.
offers() {
	local line=$1
	shift
	is "offers: '$line'" "$(cd "$WORK/here" && bash "$WORK/offer.sh" "$MADE/bash/${line%% *}" "$line" 2>&1)" "$*"
}
# as they stand in the help
verbs() { "$B/hostportctl" "$@" --help | sed -n '/^verbs:/,/^$/s/^  \([a-z]*\) .*/\1/p' | xargs; }
options() { "$B/hostportctl" "$@" --help | sed -nE 's/^  (-[a-zA-Z], )?(--[a-z-]+).*/\2/p' | xargs; }
# shellcheck disable=SC2046 # words
offers "hostportctl " $(verbs)
# shellcheck disable=SC2046 # words
offers "hostportctl registry " $(verbs registry)
for verb in $(verbs) "registry show" "registry lint" "registry import" "registry export" "registry diff" "registry next"; do
	# shellcheck disable=SC2086 # words
	is "options of $verb" "$(cd "$WORK/here" && bash "$WORK/offer.sh" "$MADE/bash/hostportctl" "hostportctl $verb --" |
		sed 's/=//g; s/ --socket$//')" "$(options $verb)"
done
offers "hostportctl stat" status
offers "hostportctl --so" --socket=
offers "hostportctl tail --so" --socket=
offers "hostportctl --socket=/x tail --cl" --class=
offers "hostportctl --socket /x tail --cl" --class=
offers "hostportctl tail --class=" default unregistered retired inactive scope owner undeclared ephemeral
offers "hostportctl tail --class=unr" unregistered
offers "hostportctl tail --class unr" unregistered
offers "hostportctl tail --class=owner,sc" owner,scope
offers "hostportctl mode " audit enforce
offers "hostportctl mode e" enforce
offers "hostportctl explain " 10248/tcp 9000-9999/udp
offers "hostportctl explain 9" 9000-9999/udp
offers "hostportctl explain --registry=builtin:no" node-baseline # behind the colon
offers "hostportctl explain --registry=la" layer.yaml
offers "hostportctl check la" layer.yaml
offers "hostportctl registry lint -o s" sarif
offers "hostportctl registry export --format=but" butane
offers "hostportctl explain --pod=x"
offers "hostportd --mode=" audit enforce
offers "hostportd --errno=EA" EACCES EADDRINUSE
offers "hostportd --pods=ku" kubelet

# ---- a shell at a terminal -------------------------------------------------------------------------
# The program is a function that says what it was called with.
cat >"$WORK/init.bash" <<END
PS1='READY> '
hostportctl() { case "\$*" in "registry show") printf 'LAYER KIND PROTO PORTS\nx entry tcp 10248\n' ;; *) echo "GOT=\$*=" ;; esac; }
source "$MADE/bash/hostportctl"
END
cat >"$WORK/init.zsh" <<END
PS1='READY> '
hostportctl() { case "\$*" in "registry show") printf 'LAYER KIND PROTO PORTS\nx entry tcp 10248\n' ;; *) echo "GOT=\$*=" ;; esac; }
fpath=("$MADE/zsh" \$fpath)
autoload -Uz compinit && compinit -u -d "$WORK/zcompdump"
END
cat >"$WORK/init.fish" <<END
function fish_prompt; echo -n 'READY> '; end
function fish_greeting; end
function hostportctl
	if test "\$argv" = "registry show"
		printf 'LAYER KIND PROTO PORTS\nx entry tcp 10248\n'
	else
		echo "GOT=\$argv="
	end
end
source "$MADE/fish/hostportctl.fish"
END

# Each shell has a server of its own: one that was told to end is not yet gone.
at_terminal() { tmux -S "$WORK/tmux.$TERMINAL" -f /dev/null "$@"; }
# shellcheck disable=SC2317 # called by until_true
shows() { at_terminal capture-pane -p -J | grep -qF -- "$1"; }

# completes SHELL TYPED WANT: the program is called with these words.
completes() {
	at_terminal send-keys -l "hostportctl $2"
	at_terminal send-keys Tab
	at_terminal send-keys Enter
	if until_true 30 shows "GOT=$3="; then pass "$1: '$2'"; else fail "$1: '$2': $(at_terminal capture-pane -p)"; fi
	at_terminal send-keys C-c # what is left of the line, if it was not taken
	at_terminal send-keys C-l
}

# shell NAME COMMAND...: completion in it.
shell() {
	local name=$1
	shift
	if ! command -v "$name" >/dev/null; then
		skip "$name: is not installed"
		return
	fi
	TERMINAL=$name
	at_terminal new-session -d -x 200 -y 50 "$@"
	until_true 30 shows "READY>" || fail "$name: does not start: $(at_terminal capture-pane -p)"
	completes "$name" "stat" "status"
	completes "$name" "tail --class=unr" "tail --class=unregistered"
	completes "$name" "mode enf" "mode enforce"
	completes "$name" "registry ex" "registry export"
	completes "$name" "registry lint --output=sa" "registry lint --output=sarif"
	completes "$name" "explain 1" "explain 10248/tcp"
	at_terminal kill-server
}
also_clear() {
	local socket
	for socket in "$WORK"/tmux.*; do tmux -S "$socket" kill-server 2>/dev/null; done
}

if ! command -v tmux >/dev/null; then
	skip "shells at a terminal: tmux is not installed"
	finish
fi
shell bash bash --noprofile --rcfile "$WORK/init.bash" -i
mkdir "$WORK/zdot" && mv "$WORK/init.zsh" "$WORK/zdot/.zshrc"
shell zsh env ZDOTDIR="$WORK/zdot" zsh -d -i
shell fish env HOME="$WORK" fish --no-config -C "source $WORK/init.fish"
finish
