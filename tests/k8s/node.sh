#!/bin/bash
# SPDX-License-Identifier: MIT
#
# node.sh WORK BPFFS: the first process of the node of lib_k8s.sh. It is started
# in a network, a mount and a cgroup namespace of the node's own, and makes what
# there is on a node, so that nothing of the machine is changed. It waits until it
# is ended.
set -eu
work=$1 bpffs=$2

# cgroup2 alone, as systemd mounts it, whatever the machine has there.
umount -R -l /sys/fs/cgroup
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mkdir /sys/fs/cgroup/init.scope
echo $$ >/sys/fs/cgroup/init.scope/cgroup.procs # no process may be beside control groups that have controllers

for dir in /run /var/lib /var/log; do mount -t tmpfs tmpfs "$dir"; done
mkdir /run/lock
mount --bind "$bpffs" /sys/fs/bpf

# What the kubelet sets, of the whole machine, is a file here.
mkdir "$work/sysctl"
for sysctl in vm/overcommit_memory=1 vm/panic_on_oom=0 kernel/panic=10 kernel/panic_on_oops=1 \
	kernel/keys/root_maxkeys=1000000 kernel/keys/root_maxbytes=25000000; do
	name=${sysctl%=*}
	file=$work/sysctl/${name//\//.}
	echo "${sysctl#*=}" >"$file"
	mount --bind "$file" "/proc/sys/$name"
done
mount --make-rshared / # the volumes of pods

echo 1 >/proc/sys/net/ipv4/ip_forward # of this network namespace
echo up >"$work/node.up"
exec sleep infinity
