#!/bin/bash
# SPDX-License-Identifier: MIT
#
# fetch.sh KERNEL: print the directory that holds a Debian cloud kernel of that
# series: vmlinuz, release, and lib/modules. What is there already, and whole, is
# not fetched again, nor looked for; remove the directory for a newer one.
#
# apt fetches it and checks its signature, with lists, cache and sources of its
# own: nothing of the machine's apt changes. The mirror is the machine's.
set -eu
export LC_ALL=C PATH=$PATH:/usr/sbin:/sbin

# kernel: suites, of the archive and of its security archive
suites() {
	case $1 in
	5.10) echo bullseye bullseye-security ;;
	6.1) echo bookworm bookworm-security ;;
	6.12) echo trixie trixie-security ;;
	*)
		echo "fetch.sh: $1: no such kernel" >&2
		exit 2
		;;
	esac
}

# mirror LABEL: where this machine's apt gets the archive of that label from.
mirror() {
	apt-get indextargets --format "\$(REPO_URI)" 'Created-By: Packages' "Label: $1" |
		sed -n '1s|/*$||p'
}

sources() {
	local suite uri archive security
	archive=$(mirror Debian)
	security=$(mirror Debian-Security)
	if [ -z "$archive" ]; then
		echo "fetch.sh: this machine's apt has no archive of Debian in its sources: run apt-get update" >&2
		return 1
	fi
	for suite in $(suites "$1"); do
		case $suite in
		*-security) uri=${security:-$archive-security} ;; # where mirrors have it
		*) uri=$archive ;;
		esac
		echo "deb [arch=amd64 signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $uri $suite main"
	done
}

# private COMMAND...: one of apt's commands, on the state below $scratch.
private() {
	"$@" -o Dir::State="$scratch/state" -o Dir::State::status="$scratch/status" \
		-o Dir::Cache="$scratch/cache" -o Dir::Etc::sourcelist="$scratch/sources.list" \
		-o Dir::Etc::sourceparts=/dev/null -o Dir::Etc::preferencesparts=/dev/null \
		-o Dir::Etc::preferences=/dev/null -o APT::Architecture=amd64 \
		-o Acquire::Languages=none -o Acquire::Retries=3 \
		-o APT::Update::Error-Mode=any
}

# The image that the newest metapackage names.
image() {
	private apt-cache depends linux-image-cloud-amd64 |
		sed -n 's/^ *Depends: \(linux-image-[0-9].*-cloud-amd64\)$/\1/p' | head -n 1
}

fetch() {
	local name release
	mkdir -p "$scratch/state/lists/partial" "$scratch/cache/archives/partial" "$scratch/deb"
	chmod 755 "$scratch"
	# apt drops root's rights while it downloads
	if [ "$(id -u)" -eq 0 ] && id _apt >/dev/null 2>&1; then chown _apt "$scratch/deb"; fi
	: >"$scratch/status"
	sources "$1" >"$scratch/sources.list"
	private apt-get -q update >&2
	name=$(image)
	[ -n "$name" ] || { echo "fetch.sh: $1: no image in: $(suites "$1")" >&2; return 1; }
	(cd "$scratch/deb" && private apt-get -q download "$name") >&2
	dpkg-deb -x "$scratch"/deb/*.deb "$scratch/root"
	release=${name#linux-image-}
	mkdir -p "$scratch/done/lib"
	mv "$scratch/root/boot/vmlinuz-$release" "$scratch/done/vmlinuz"
	if [ -d "$scratch/root/usr/lib/modules" ]; then
		mv "$scratch/root/usr/lib/modules" "$scratch/done/lib/modules"
	else
		mv "$scratch/root/lib/modules" "$scratch/done/lib/modules"
	fi
	depmod -b "$scratch/done" "$release"
	echo "$release" >"$scratch/done/release"
	(cd "$scratch/done" && find . -type f -exec sha256sum {} +) >"$scratch/sums"
	mv "$scratch/sums" "$scratch/done/sums"
}

kernel=${1:?fetch.sh KERNEL}
suites "$kernel" >/dev/null
if [ "$(id -u)" -eq 0 ]; then caches=/var/cache; else caches=$HOME/.cache; fi
cache=${KERNELS_CACHE:-${XDG_CACHE_HOME:-$caches}/hostportd/kernels}
whole() { (cd "$cache/$kernel" && sha256sum --quiet -c sums) >/dev/null 2>&1; }
if ! whole; then
	mkdir -p "$cache"
	part=$cache/.$kernel.$$
	scratch=$(mktemp -d)
	trap 'rm -rf "$scratch" "$part"' EXIT
	trap 'exit 130' INT TERM HUP
	fetch "$kernel"
	# in two steps: a directory that has the right name is complete
	mv "$scratch/done" "$part"
	[ ! -d "$cache/$kernel" ] || whole || rm -rf "${cache:?}/$kernel"
	mv -T "$part" "$cache/$kernel" || [ -d "$cache/$kernel" ] # another run was faster
fi
echo "$cache/$kernel"
