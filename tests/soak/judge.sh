#!/bin/bash
# SPDX-License-Identifier: MIT
#
# judge.sh FILE: does anything grow? FILE has a line of names, and then a line of
# numbers for each sample, with commas: seconds,rss_kb,pss_kb,descriptors,...
#
# The first fifth is the start: caches fill. The rest is cut into three parts,
# and the most of the last part is compared with the most of the middle one. What
# grows without end grows there, too; what swings does not.
#
# Memory may be TOLERANCE_KB more (1536): what the agent has told of is kept in
# tables that double until they have their full size (user/violations/reported_sockets.h: 65,536
# entries of 16 bytes, half full, two halves), and one may double in the last
# part. The maps' memory may be BPF_TOLERANCE_KB more (640): hp_names keeps a record
# for each fold slot that was ever told of, 4,096 of some 150 bytes, and no more.
# All else (descriptors, threads, maps, programs) may be no more at all.
set -u
TOLERANCE_KB=${TOLERANCE_KB:-1536}
BPF_TOLERANCE_KB=${BPF_TOLERANCE_KB:-640}

awk -F, -v tolerance="$TOLERANCE_KB" -v bpf_tolerance="$BPF_TOLERANCE_KB" '
	NR == 1 { for (i = 1; i <= NF; i++) name[i] = $i; columns = NF; next }
	NF == columns { n++; for (i = 1; i <= NF; i++) value[n, i] = $i }
	function most(column, from, to,   r, m) {
		for (m = value[from, column]; from <= to; from++)
			if (value[from, column] > m)
				m = value[from, column]
		return m
	}
	END {
		start = int(n / 5) + 1
		part = int((n - start + 1) / 3)
		if (part < 3) {
			print "FAIL soak: " n + 0 " samples are too few"
			exit 1
		}
		for (i = 2; i <= columns; i++) {
			allowed = name[i] ~ /^(rss|pss)_kb$/ ? tolerance : name[i] == "bpf_kb" ? bpf_tolerance : 0
			before = most(i, n - 2 * part + 1, n - part)
			after = most(i, n - part + 1, n)
			grown = after > before + allowed
			bad += grown
			printf "%s soak: %s: %d at the start, at most %d in the middle part, %d in the last (%+d allowed)\n",
				grown ? "FAIL" : "PASS", name[i], value[start, i], before, after, allowed
		}
		exit bad > 0
	}' "$1"
