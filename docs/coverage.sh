#!/bin/bash
# SPDX-License-Identifier: MIT
#
# coverage.sh: print docs/coverage.md: the text below, then the table of ways as
# `hostportctl` has it, with what came of trying them on each kernel of
# tests/kernels/expected/. A kernel that has no file there has no column.
set -eu
cd "$(dirname "$0")/.."
B=${B:-build}
export LC_ALL=C.UTF-8

cat <<'END'
# Ways of taking a port, and what becomes of them

<!-- `make docs-coverage` writes this page: see docs/coverage.sh -->

A process can take a port in many ways, and `bind()` is one of them. No program sees them all. This page lists every
known way, and what hostportd can do about it on each kernel that it is tested on.

- **denied**: in enforce mode, no process gets the port this way.
- **reported**: this kernel can't deny it, but an event reports it: at once, from the hook in brackets, or within one
sweep of the socket table.
- **invisible**: hostportd does not see it. The last column says why.
- **–**: this kernel lacks what the way needs.

## How it is tried

`hostportctl coverage` tries each way on the running kernel, in control groups and network namespaces of its own. It
needs root, but no agent. It loads the kernel modules of the protocols that it tries (SCTP, DCCP, SMC, VXLAN), and they
stay; it changes nothing else. It tries the programs with the agent's defaults: the root control group is checked, there
are sweeps, and kernel sockets pass. `--list` prints the ways without trying them. For each way a process takes a port
that the registry does not allow:

1. Without the programs: the result to compare with.
2. In audit mode: the result must be exactly the same, with the same errors, the same port and the same state of the
socket.
3. In enforce mode.
4. In audit mode, with the port in use by another socket: it must fail as it does without the programs, and make no
event.

No event is believed by itself. Afterwards the kernel is asked for the port: "denied" means that the process got an
error, that one event says so, and that the port is free. The exit status is 1 if an explicit TCP or UDP `bind()` was
not denied, if audit mode made a difference, if a `bind()` that failed made an event, or if another namespace's port
made one.

The tests do the same, on the running kernel and on Debian's; the results must be those on this page.

The last ways of the table, from `sk-lookup` on, take no port: something answers on one though no socket of the node has it.
They are stated and not tried. [threat-model.md](threat-model.md) says who can do that, what is done about it, and which
test shows it; it names each way of this page.

## What closes the others

- Ports that the kernel chooses (port 0; `listen()` and `sendto()` without `bind()`): a process can get a registered port
within `net.ipv4.ip_local_port_range` this way, even on purpose (`IP_LOCAL_PORT_RANGE`). In enforce mode the
agent puts such ports into `net.ipv4.ip_local_reserved_ports` (`--reserve-ports`); the kernel then chooses others.
- Sockets opened before the agent started: start the agent first, or restart their processes. `--existing=close` closes
TCP listeners.
- Kernel sockets (VXLAN, NFS): `--deny-kernel`.
- Raw and packet sockets take no port. They need `CAP_NET_RAW`: do not grant it.
- Another network namespace's port is not the node's. That is no hole: hostportd must ignore it.

## What it costs

An allowed `bind()` costs the same with all of this as without. The rest:

- `fexit/inet_csk_listen_start` runs at `listen()` only, and at no connection. It is used if the kernel loads it.
- `sockops` runs several times for each TCP connection. On a virtual machine with Linux 6.18 it made a connect, accept
and close over loopback 0.4 to 0.6 µs slower, of 29 µs: 1.4 to 2.1 % (medians of 60 paired rounds of 2000
connections), and a `listen()` 0.2 to 0.4 µs, of 7 µs. So it is used only with `--listen=sockops`; otherwise, if fexit
does not load, the sweep reports these listeners.
- The LSM programs for SCTP run at each `bind()` of the machine. They are attached once the kernel has SCTP; on most nodes
that never happens.
- The sweep (`--sweep=`, 30 s) costs the processes that bind nothing. It reads the socket table and looks up the
processes of new sockets.

## The table

5.10, 6.1 and 6.12 are Debian's kernels for virtual machines, with all their modules. 6.18 is a machine that loads no
tracing and no LSM programs at all; a 6.18 that loads them was not tried.

END

versions=() documents=()
while IFS= read -r file; do
	versions+=("$(basename "$file" .json)")
	documents+=("$file")
done < <(find tests/kernels/expected -name '*.json' | sort -V)

# The list comes first, then a document for each version.
# shellcheck disable=SC2016 # jq's variables
{
	"$B/hostportctl" coverage --list --json
	[ "${#documents[@]}" -eq 0 ] || cat "${documents[@]}"
} | gojq -sr '
	def cell: gsub("\\|"; "\\|");
	def row: "| " + join(" | ") + " |";
	def answer($way):
		(.ways | map(select(.way == $way)) | first) as $w |
		if $w then $w.answer + (if $w.answer == "reported" then " (\($w.hook))" else "" end)
		elif any(.absent[]; .way == $way) then "–"
		else "not tried" end;
	.[0].ways as $list | .[1:] as $kernels |
	(["way", "what"] + $ARGS.positional + ["why"] | row),
	([range(3 + ($kernels | length))] | map("---") | row),
	($list[] | . as $l |
		[$kernels[].ways[] | select(.way == $l.way) | .reason] as $reasons |
		["`\($l.way)`", ($l.title | cell)] +
		[$kernels[] | answer($l.way)] +
		[$l.note // ($reasons | last) // "" | cell] | row)
	' --args "${versions[@]}"
