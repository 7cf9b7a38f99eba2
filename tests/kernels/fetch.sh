#!/bin/bash
# SPDX-License-Identifier: MIT
#
# fetch.sh KERNEL: print the directory that holds a Debian kernel: vmlinuz, release,
# and lib/modules. A series (6.1) is amd64's for virtual machines, ARCH-SERIES
# (s390x-6.12) another architecture's. What is there already, and whole, is not
# fetched again, nor looked for; remove the directory for a newer one.
#
# apt fetches it and checks its signature (tests/apt.sh).
set -eu
export LC_ALL=C PATH=$PATH:/usr/sbin:/sbin
# shellcheck source=../apt.sh source-path=SCRIPTDIR
. "$(dirname "$0")/../apt.sh"

# Suites to fetch from, a line each: if the first one's mirror is out of step, the next one.
suites() {
	case $kernel in
	5.10) echo bullseye bullseye-security ;;
	6.1 | arm64-6.1) echo bookworm bookworm-security ;;
	6.12 | arm64-6.12) echo trixie trixie-security ;;
	ppc64el-6.12 | s390x-6.12) # the first ones there with BTF
		echo bookworm-backports
		echo trixie trixie-security
		;;
	*)
		echo "fetch.sh: $kernel: no such kernel" >&2
		return 2
		;;
	esac
}

flavour() {
	case $architecture in
	amd64 | arm64) echo "cloud-$architecture" ;;
	ppc64el) echo powerpc64le ;;
	*) echo "$architecture" ;;
	esac
}

# image FLAVOUR: the one that the newest metapackage names.
image() {
	private apt-cache depends "linux-image-$1" |
		sed -n "s/^ *Depends: \(linux-image-[0-9].*-$1\)\$/\1/p" | head -n 1
}

# unpack SUITE...: the newest image of these suites, to $scratch/root; sets $release.
unpack() {
	local name
	rm -rf "$scratch"/{root,deb,state}
	private_lists deb "$@" || return
	name=$(image "$(flavour)")
	[ -n "$name" ] || { echo "fetch.sh: $kernel: no image in: $*" >&2; return 1; }
	(cd "$scratch/deb" && private apt-get -q download "$name") >&2 &&
		dpkg-deb -x "$scratch"/deb/*.deb "$scratch/root" && release=${name#linux-image-}
}

fetch() {
	local release='' line lines
	mapfile -t lines < <(suites)
	for line in "${lines[@]}"; do
		# shellcheck disable=SC2086 # a suite a word
		! unpack $line || break
	done
	[ -n "$release" ] || return 1
	mkdir -p "$scratch/done/lib"
	mv "$scratch"/root/boot/vmlinu[xz]-"$release" "$scratch/done/vmlinuz"
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
case $kernel in
*-*) architecture=${kernel%%-*} ;;
*) architecture=amd64 ;;
esac
suites >/dev/null
cache=${KERNELS_CACHE:-$(cache_root)/kernels}
whole() { (cd "$cache/$kernel" && sha256sum --quiet -c sums) >/dev/null 2>&1; }
if ! whole; then
	mkdir -p "$cache"
	part=$cache/.$kernel.$$
	scratch=$(mktemp -d)
	trap 'rm -rf "$scratch" "$part"' EXIT
	trap 'exit 130' INT TERM HUP
	fetch
	# in two steps: a directory that has the right name is complete
	mv "$scratch/done" "$part"
	[ ! -d "$cache/$kernel" ] || whole || rm -rf "${cache:?}/$kernel"
	mv -T "$part" "$cache/$kernel" || [ -d "$cache/$kernel" ] # another run was faster
fi
echo "$cache/$kernel"
