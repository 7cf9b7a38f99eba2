#!/bin/bash
# SPDX-License-Identifier: MIT
#
# initrd.sh tests FILE: pack what is built in $B, the tests, the tools that they
# call, and the shared libraries of all these.
# initrd.sh modules DIR FILE: pack the modules of the kernel in DIR, as fetched.
#
# Both are cpio archives, not compressed, since a guest is slow; the kernel takes
# one after the other as one.
set -eu
export LC_ALL=C PATH=$PATH:/usr/sbin:/sbin
shopt -s nullglob

B=${B:-build}
# What the scripts of the tests call; the guest's init needs no more than busybox.
TOOLS='bash sh gojq ip ss bpftool sysctl mount mountpoint umount pgrep nsenter unshare setpriv flock awk grep sed diff find busybox
	basename cat chmod chown cp cut date dd dirname env head id install ln ls mkdir mkfifo mktemp mv paste
	readlink realpath rm rmdir seq sleep sort stat tail tee timeout touch tr true uname uniq wc xargs'
# What a node's kernel would load when it is asked; those that a kernel lacks are left out.
MODULES='inet_diag tcp_diag udp_diag raw_diag unix_diag mptcp_diag sctp_diag dccp_diag smc_diag
	sctp dccp dccp_ipv4 dccp_ipv6 smc udp_tunnel ip6_udp_tunnel vxlan veth dummy'

# add FILE PATH: a file of this machine, links followed.
add() {
	mkdir -p "$root/$(dirname "$2")"
	cp -L "$1" "$root/$2"
}

# The libraries that the files in the tree ask for, at the paths where they are asked for.
add_libraries() {
	local library
	find "$root" -type f -perm -u+x -exec ldd {} + 2>/dev/null |
		sed -nE 's/^.*(=>|^)[[:space:]]*(\/[^ ]+) \(0x[0-9a-f]+\)$/\2/p' | sort -u |
		while read -r library; do add "$library" "$library"; done
}

pack_tests() {
	local tool path file
	for tool in $TOOLS; do
		path=$(command -v "$tool") || path=$(type -P "$tool")
		case $path in
		/*) ;;
		*) path=$(type -P "$tool") ;; # a builtin of this shell, too
		esac
		add "$path" "bin/$tool"
	done
	for file in "$B"/hostportd "$B"/hostportctl "$B"/tests/bpf/verdict_test "$B"/tests/e2e/*; do
		case $file in *.[od]) continue ;; esac
		add "$file" "hostportd/build/${file#"$B"/}"
	done
	# the versions that test_faults upgrades to
	for file in "$B"/next/hostportd "$B"/other/hostportd; do add "$file" "hostportd/build/${file#"$B"/}"; done
	for file in tests/e2e/*.sh registry/*; do add "$file" "hostportd/$file"; done
	add tests/kernels/steps.sh hostportd/steps.sh
	add tests/kernels/init init
	mkdir -p "$root"/{dev,proc,sys,run,tmp,etc,sbin}
	ln -s /bin/busybox "$root/sbin/modprobe" # which the kernel calls
	printf 'root:x:0:0::/:/bin/bash\nnobody:x:65534:65534::/:/bin/false\n' >"$root/etc/passwd"
	printf 'root:x:0:\nnogroup:x:65534:\n' >"$root/etc/group"
	add_libraries
}

# The files of a module and of what it depends on, in the order in which to load them.
module_files() {
	modprobe -C /dev/null -d "$dir" -S "$release" --show-depends "$1" 2>/dev/null | sed -n 's/^insmod \([^ ]*\).*/\1/p'
}

pack_modules() {
	local dir=$1 release name file to
	release=$(cat "$dir/release")
	mkdir -p "$root/etc" "$root/lib/modules/$release"
	: >"$root/etc/modules"
	for name in $MODULES; do
		for file in $(module_files "$name"); do
			to=${file#"$dir"/}
			[ ! -e "$root/${to%.xz}" ] || continue
			add "$file" "$to"
			case $to in *.xz) xz -d "$root/$to" ;; esac
			basename "${to%.xz}" .ko >>"$root/etc/modules"
		done
	done
	cp "$dir/lib/modules/$release"/modules.{builtin,builtin.modinfo,order} "$root/lib/modules/$release"
	sed -i 's/\.xz$//' "$root/lib/modules/$release/modules.order"
	depmod -b "$root" "$release"
}

cd "$(dirname "$0")/../.."
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
trap 'exit 130' INT TERM HUP
chmod 755 "$root"
case ${1:-} in
tests) pack_tests ;;
modules) pack_modules "$2" && shift ;;
*)
	echo "initrd.sh tests FILE | modules DIR FILE" >&2
	exit 2
	;;
esac
(cd "$root" && find . | cpio --quiet -o -H newc -R 0:0) >"$2"
