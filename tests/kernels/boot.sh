#!/bin/bash
# SPDX-License-Identifier: MIT
#
# boot.sh KERNEL DIR INITRD OUT: boot the kernel in DIR in QEMU, emulated. What
# the steps say comes to OUT, what the kernel says to OUT.console.
set -eu

LIMIT=2900 # seconds, beside other suites; on two idle processors it takes a third of that
kernel=$1 dir=$2 initrd=$3 out=$4

# Later kernels have BPF in their list; this one's list is as Debian has it, and BPF.
lsm() {
	[ "$1" != 5.10 ] ||
		echo lsm=lockdown,yama,loadpin,safesetid,integrity,apparmor,selinux,smack,tomoyo,bpf
}

# On a busy machine the emulated timer comes late, and the kernel would panic over it: no_timer_check.
timeout --foreground --kill-after=5 "$LIMIT" qemu-system-x86_64 -accel tcg -cpu max -m 1024 -smp 1 \
	-nodefaults -no-reboot -display none -serial "file:$out.console" -serial "file:$out" \
	-kernel "$dir/vmlinuz" -initrd "$initrd" -append "console=ttyS0 quiet panic=-1 \
mitigations=off nokaslr norandmaps tsc=unstable no_timer_check $(lsm "$kernel")" </dev/null
