#!/bin/bash
# SPDX-License-Identifier: MIT
#
# sysroot.sh ARCH PACKAGE...: print a directory that has these packages of another
# architecture, and what they depend on, as if it were installed there: headers and
# libraries for a cross compiler, and programs for qemu-user and for guests.
#
# They are of this machine's release. apt fetches them and checks their signatures
# (tests/apt.sh). What is there already, of the same packages, is not fetched again:
# remove the directory for newer ones. Nothing in it is configured, and links of
# packages' alternatives (awk, sh) are not there.
set -eu
export LC_ALL=C PATH=$PATH:/usr/sbin:/sbin
# shellcheck source=../tests/apt.sh source-path=SCRIPTDIR
. "$(dirname "$0")/../tests/apt.sh"

# download SUITE...: the packages of these suites.
download() {
	rm -rf "$scratch"/{cache,state}
	private_lists deb "$@" &&
		private apt-get -q -y -o Dir::Log="$scratch/log" --download-only --no-install-recommends \
			install "${packages[@]}" >&2
}

# A link to /lib/x leads to this machine's.
make_links_relative() {
	local link target
	find "$1" -type l -lname '/*' | while IFS= read -r link; do
		target=$(readlink "$link")
		ln -sfn "$(realpath -ms --relative-to="${link%/*}" "$1$target")" "$link"
	done
}

fetch() {
	local deb
	mkdir -p "$scratch/log" "$scratch/root"
	# a mirror of the second one may be out of step
	if ! download "$suite" "$suite-security" && ! download "$suite"; then
		echo "sysroot.sh: $architecture: the packages could not be fetched: ${packages[*]}" >&2
		return 1
	fi
	for deb in "$scratch"/cache/archives/*.deb; do dpkg-deb -x "$deb" "$scratch/root"; done
	rm -rf "$scratch"/root/usr/share/{doc,info,lintian,locale,man}
	make_links_relative "$scratch/root"
	echo "$wanted" >"$scratch/root/packages"
}

architecture=${1:?sysroot.sh ARCH PACKAGE...}
packages=("${@:2}")
suite=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
wanted="$suite ${packages[*]}"
cache=$(cache_root)/sysroot
root=$cache/$architecture
whole() { [ "$(cat "$root/packages" 2>/dev/null)" = "$wanted" ]; }
if ! whole; then
	mkdir -p "$cache"
	exec {lock}>"$cache/.$architecture.lock" # others wait, and then have it
	flock "$lock"
fi
if ! whole; then
	part=$cache/.$architecture.$$
	scratch=$(mktemp -d)
	trap 'rm -rf "$scratch" "$part"' EXIT
	trap 'exit 130' INT TERM HUP
	fetch
	mv "$scratch/root" "$part"
	rm -rf "$root"
	mv -T "$part" "$root" # in two steps: what has the right name is complete
fi
echo "$root"
