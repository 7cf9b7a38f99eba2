#!/bin/bash
# SPDX-License-Identifier: MIT
#
# build.sh [--cached]: print the archive (tar, compressed by zstd) that holds
# kube-apiserver, kube-controller-manager, kube-scheduler and kubelet. Debian 12
# has them as source only, so they are built from its package `kubernetes`, with
# what is in it and Debian's Go: some ten minutes on two processors, 2 GB of
# scratch space. The archive (60 MB) is kept; remove it to build anew.
#
# --cached: only look whether it is there; status 1 if not.
set -eu
export LC_ALL=C PATH=$PATH:/usr/sbin:/sbin
# shellcheck source=../apt.sh source-path=SCRIPTDIR
. "$(dirname "$0")/../apt.sh"

RECIPE=1 # another number makes another archive: what is built has changed, or how
PROGRAMS=(kube-apiserver kube-controller-manager kube-scheduler kubelet)
REFLECT2=github.com/modern-go/reflect2

cache=$(cache_root)/k8s
archive=$cache/kubernetes-$RECIPE.tar.zst

# The source, checked by apt as it checks packages.
fetch() {
	private_lists deb-src bookworm bookworm-security
	(cd "$scratch/deb" && private apt-get -q source --download-only kubernetes) >&2
	dpkg-source --no-check -x "$scratch"/deb/*.dsc "$scratch/tree" >&2
}

# The version's words, as a release has them: without git the tree does not know its own.
version() {
	local version
	version=$(dpkg-parsechangelog -l "$scratch/tree/debian/changelog" -S Version)
	version=${version##*really}
	version=${version%%-*}
	cat <<-EOF
		KUBE_GIT_COMMIT=$version
		KUBE_GIT_TREE_STATE=archive
		KUBE_GIT_VERSION=v$version
		KUBE_GIT_MAJOR=${version%%.*}
		KUBE_GIT_MINOR=$(cut -d. -f2 <<<"$version")
	EOF
}

# Without the clouds and without Docker: half of the code. All programs are built as static ones: otherwise the kubelet
# is not, and what it shares with them is compiled twice.
build() {
	local vendored=$scratch/tree/vendor/$REFLECT2
	# the vendored release panics when it is built with Go 1.18 or later
	rm "$vendored"/*.go "$vendored"/*.s
	cp -L "/usr/share/gocode/src/$REFLECT2"/*.go "/usr/share/gocode/src/$REFLECT2"/*.s "$vendored"
	version >"$scratch/version"
	mkdir -p "$scratch/tree/.go/src/k8s.io" "$scratch/home"
	ln -sfn ../../.. "$scratch/tree/.go/src/k8s.io/kubernetes"
	# nothing of the make that calls this one
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL HOME="$scratch/home" GOPATH="$scratch/tree/.go" GOPROXY=off CGO_ENABLED=0 \
		GOFLAGS=-tags=providerless,dockerless KUBE_STATIC_OVERRIDES=kubelet KUBE_GIT_VERSION_FILE="$scratch/version" \
		make -C "$scratch/tree" GOLDFLAGS='-s -w' WHAT="${PROGRAMS[*]/#/cmd/}" >&2
	mkdir "$scratch/bin"
	for program in "${PROGRAMS[@]}"; do cp -L "$scratch/tree/_output/bin/$program" "$scratch/bin"; done
	echo "$SECONDS" >"$scratch/bin/seconds" # that it took, for who reads the results of a test
	tar -C "$scratch/bin" --owner=0 --group=0 -c "${PROGRAMS[@]}" seconds | zstd -q -T0 -o "$scratch/archive"
}

if [ ! -s "$archive" ]; then
	[ "${1:-}" != --cached ] || exit 1
	mkdir -p "$cache"
	exec 9>"$cache/lock"
	flock 9 # another run may build it just now
fi
if [ ! -s "$archive" ]; then
	scratch=$(mktemp -d -p "${TMPDIR:-/var/tmp}")
	part=$archive.$$
	trap 'chmod -R u+w "$scratch"; rm -rf "$scratch" "$part"' EXIT
	trap 'exit 130' INT TERM HUP
	echo "build.sh: Kubernetes is built from source: this takes a while, once" >&2
	fetch
	build
	mv "$scratch/archive" "$part" # in two steps: an archive that has the right name is complete
	mv "$part" "$archive"
	echo "build.sh: built in $SECONDS seconds: $archive" >&2
fi
echo "$archive"
