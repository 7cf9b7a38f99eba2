// SPDX-License-Identifier: MIT
#include "impact_process.h"

#include <stdlib.h>
#include <string.h>

bool impact_process_same(const struct impact_process *a, const struct impact_process *b)
{
	return a->family == b->family && memcmp(a->addr, b->addr, sizeof(a->addr)) == 0 &&
	       strcmp(a->comm, b->comm) == 0 && (!a->exe || !b->exe || strcmp(a->exe, b->exe) == 0);
}

static struct impact_process *find(const struct impact_processes *processes,
				   const struct impact_process *process)
{
	for (size_t i = 0; i < processes->len; i++)
		if (impact_process_same(&processes->list[i], process))
			return &processes->list[i];
	return NULL;
}

void impact_processes_add(struct impact_processes *processes, const struct impact_process *process)
{
	struct impact_process *at = find(processes, process);
	char *exe = process->exe ? strdup(process->exe) : NULL;

	if (!at && processes->len < IMPACT_PROCESSES_MAX) {
		if (!processes->list)
			processes->list = calloc(IMPACT_PROCESSES_MAX, sizeof(*processes->list));
		if (processes->list)
			at = &processes->list[processes->len++];
	}
	if (!at) {
		free(exe);
		return;
	}
	if (exe)
		free(at->exe);
	else
		exe = at->exe;
	*at = *process;
	at->exe = exe;
}

char *impact_processes_take(struct impact_processes *processes,
			    const struct impact_process *process)
{
	struct impact_process *at = find(processes, process);
	char *exe;

	if (!at)
		return NULL;
	exe = at->exe;
	*at = processes->list[--processes->len];
	processes->list[processes->len] = (struct impact_process) { 0 };
	return exe;
}

void impact_processes_free(struct impact_processes *processes)
{
	for (size_t i = 0; i < processes->len; i++)
		free(processes->list[i].exe);
	free(processes->list);
	*processes = (struct impact_processes) { 0 };
}
