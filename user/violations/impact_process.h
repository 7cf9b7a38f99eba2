/* SPDX-License-Identifier: MIT */
/* The processes that a row of the impact names beside the one in the row itself. Pure. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../../bpf/abi.h"

#define IMPACT_PROCESSES_MAX 7

struct impact_process {
	uint32_t pid, uid; /* pid 0: not known */
	uint8_t family;	   /* 4 or 6 */
	uint8_t addr[HP_ADDR_LEN];
	char comm[HP_COMM_LEN + 1];
	char *exe; /* NULL: not known */
};

struct impact_processes {
	struct impact_process *list;
	size_t len;
};

/*
 * Do they bind the same address, with the same name and program? A program that is not known is
 * any. The pid does not matter: what is started again is the same.
 */
bool impact_process_same(const struct impact_process *a, const struct impact_process *b);

/*
 * Keep a copy of a process, in place of the same one. If there is no room, or no memory, it is
 * not kept.
 */
void impact_processes_add(struct impact_processes *processes, const struct impact_process *process);

/* Forget the same process. Returns its program, which the caller frees; NULL: it is not known. */
char *impact_processes_take(struct impact_processes *processes,
			    const struct impact_process *process);

void impact_processes_free(struct impact_processes *processes);
