/* SPDX-License-Identifier: MIT */
/* The groups of bench.c: each measures those of its rows that are wanted. */
#pragma once

#include "bench.h"

/* What this machine's bind() costs: before all others. */
void bench_machine(struct bench *b);

/* allowed, allowed-none, port-0, other-netns, pods-*, fold-audit, fold-deny, p99 */
void bench_bind(struct bench *b);

/* Of some of the same what their programs cost by bpf_stats. */
void bench_programs(struct bench *b);

/* allowed-large */
void bench_large(struct bench *b);

/* peers */
void bench_peers(struct bench *b);

void bench_curve_rows(struct bench *b);
void bench_curve_threads(struct bench *b);
void bench_curve_foreign(struct bench *b);

/* deny-storm, scan-storm, no-fold-storm: floods, with the agent that tells of them. */
void bench_storms(struct bench *b);

/* json: how fast the agent makes lines of what waits for it. */
void bench_drain(struct bench *b);

/* map-memory, agent-memory. */
void bench_memory(struct bench *b);

/* start: from exec to an agent that enforces. */
void bench_start(struct bench *b);

/* apply, replace, listen: what is measured of functions of the tree (linked.h). */
void bench_linked(struct bench *b);

/* These are of the program linked: apply and replace, putting a policy in force; and listen, what
 * the hook that tells of it costs. */
void bench_apply(struct bench *b);
void bench_listen(struct bench *b);

/* check, lint: the tools that need no agent. */
void bench_offline(struct bench *b);
