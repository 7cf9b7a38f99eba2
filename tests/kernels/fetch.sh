#!/bin/bash
# SPDX-License-Identifier: MIT
#
# fetch.sh KERNEL: print the directory that holds a Debian cloud kernel of that
# series: vmlinuz, release, and lib/modules. What is there already, and whole, is
# not fetched again, nor looked for; remove the directory for a newer one.
#
# apt fetches it and checks its signature (tests/apt.sh).
set -eu
export LC_ALL=C PATH=$PATH:/usr/sbin:/sbin
# shellcheck source=../apt.sh source-path=SCRIPTDIR
. "$(dirname "$0")/../apt.sh"

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

# The image that the newest metapackage names.
image() {
	private apt-cache depends linux-image-cloud-amd64 |
		sed -n 's/^ *Depends: \(linux-image-[0-9].*-cloud-amd64\)$/\1/p' | head -n 1
}

fetch() {
	local name release
	# shellcheck disable=SC2046 # words
	private_lists deb $(suites "$1")
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
cache=${KERNELS_CACHE:-$(cache_root)/kernels}
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
