# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# An apt with lists, cache and sources of its own, below $scratch: nothing of the machine's apt changes. Its signatures
# and its mirror are the machine's. Its packages are amd64's, or those of $architecture. Sourced.
# shellcheck disable=SC2154 # whoever sources it makes $scratch

# mirror LABEL: where this machine's apt gets the archive of that label from.
mirror() {
	apt-get indextargets --format "\$(REPO_URI)" 'Created-By: Packages' "Label: $1" |
		sed -n '1s|/*$||p'
}

# sources TYPE SUITE...: lines for sources.list, of the archive and of its security archive.
sources() {
	local type=$1 suite uri archive security
	shift
	archive=$(mirror Debian)
	security=$(mirror Debian-Security)
	if [ -z "$archive" ]; then
		echo "$0: this machine's apt has no archive of Debian in its sources: run apt-get update" >&2
		return 1
	fi
	for suite; do
		case $suite in
		*-security) uri=${security:-$archive-security} ;; # where mirrors have it
		*) uri=$archive ;;
		esac
		echo "$type [arch=${architecture:-amd64} signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $uri $suite main"
	done
}

# private COMMAND...: one of apt's commands, on the state below $scratch.
private() {
	"$@" -o Dir::State="$scratch/state" -o Dir::State::status="$scratch/status" \
		-o Dir::Cache="$scratch/cache" -o Dir::Etc::sourcelist="$scratch/sources.list" \
		-o Dir::Etc::sourceparts=/dev/null -o Dir::Etc::preferencesparts=/dev/null \
		-o Dir::Etc::preferences=/dev/null -o APT::Architecture="${architecture:-amd64}" \
		-o Acquire::Languages=none -o Acquire::Retries=3 \
		-o APT::Update::Error-Mode=any
}

# private_lists TYPE SUITE...: make that state, and $scratch/deb to download to.
private_lists() {
	mkdir -p "$scratch/state/lists/partial" "$scratch/cache/archives/partial" "$scratch/deb"
	chmod 755 "$scratch"
	# apt drops root's rights while it downloads
	if [ "$(id -u)" -eq 0 ] && id _apt >/dev/null 2>&1; then chown _apt "$scratch/deb"; fi
	: >"$scratch/status"
	sources "$@" >"$scratch/sources.list" && private apt-get -q update >&2
}

# cache_root: where tests keep what they download or build.
cache_root() {
	if [ "$(id -u)" -eq 0 ]; then
		echo "${XDG_CACHE_HOME:-/var/cache}/hostportd"
	else
		echo "${XDG_CACHE_HOME:-$HOME/.cache}/hostportd"
	fi
}
