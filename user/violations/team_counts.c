// SPDX-License-Identifier: MIT
#include "team_counts.h"

#include <stdlib.h>
#include <string.h>

static struct team_count *find(struct team_counts *counts, const char *team)
{
	for (size_t i = 0; i < counts->len; i++)
		if (strcmp(counts->list[i].team, team) == 0)
			return &counts->list[i];
	return NULL;
}

/* NULL: there is no room or no memory, or the name stands for the others. */
static struct team_count *add(struct team_counts *counts, const char *team)
{
	char *copy;

	if (counts->len == TEAM_COUNTS_MAX || strlen(team) > TEAM_COUNTS_NAME ||
	    strcmp(team, TEAM_COUNTS_OTHERS) == 0)
		return NULL;
	copy = strdup(team);
	if (!copy)
		return NULL;
	counts->list[counts->len] = (struct team_count) { .team = copy };
	return &counts->list[counts->len++];
}

void team_counts_add(struct team_counts *counts, const char *team, uint64_t violations)
{
	struct team_count *count;

	if (!team || !*team || strcmp(team, TEAM_COUNTS_NONE) == 0) {
		counts->none += violations;
		return;
	}
	count = find(counts, team);
	if (!count)
		count = add(counts, team);
	if (count)
		count->violations += violations;
	else
		counts->others += violations;
}

void team_counts_free(struct team_counts *counts)
{
	for (size_t i = 0; i < counts->len; i++)
		free(counts->list[i].team);
	*counts = (struct team_counts) { 0 };
}
