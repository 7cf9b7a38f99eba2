// SPDX-License-Identifier: MIT
#include "run.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "rules.h"

int run_failed(struct run *run, int r, const char *what)
{
	if (r < 0 && r != -EINTR && !run->err->len)
		buf_printf(run->err, "%s: %s", what, strerror(-r));
	return r;
}

struct coverage_way *run_way(struct run *run, size_t i)
{
	return i < run->coverage->len ? &run->coverage->ways[i] : &run->control;
}

bool run_holds_ports(enum round round)
{
	return round == ROUND_HELD_NONE || round == ROUND_HELD;
}

bool run_should_try(struct run *run, size_t i)
{
	const struct coverage_way *w = run_way(run, i);
	const struct look *alone = &w->looks[ROUND_HELD_NONE];

	if (w->way->kind == WAY_UNTRIED)
		return false;
	if (run->round == ROUND_NONE)
		return true;
	if (!judge_works(&w->looks[ROUND_NONE]))
		return false;
	if (!run_holds_ports(run->round))
		return true;
	if (w == &run->control || !judge_can_be_held(w->way, &w->looks[ROUND_NONE]))
		return false;
	return run->round == ROUND_HELD_NONE || judge_fails(alone);
}

static const struct way *control_way(void)
{
	for (size_t i = 0; i < ways_len; i++)
		if (ways[i].kind == WAY_EXPLICIT && ways[i].proto == HP_PROTO_TCP &&
		    !ways[i].outside && !ways[i].prepare)
			return &ways[i];
	return &ways[0];
}

static int allocate(struct run *run)
{
	size_t n = ways_len + 1;

	run->trials = calloc(n, sizeof(*run->trials));
	run->holders = calloc(n, sizeof(*run->holders));
	run->coverage->ways = calloc(ways_len, sizeof(*run->coverage->ways));
	run->shared = mmap(NULL, n * sizeof(*run->shared), PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (run->shared == MAP_FAILED)
		run->shared = NULL;
	if (!run->trials || !run->holders || !run->coverage->ways || !run->shared)
		return -ENOMEM;
	run->coverage->len = ways_len;
	run->len = n;
	return 0;
}

int run_prepare(struct run *run)
{
	int r = allocate(run);

	if (r < 0)
		return r;
	run->control = (struct coverage_way) { .way = control_way(), .port = RULES_ALLOWED };
	for (size_t i = 0; i < ways_len; i++) {
		run->coverage->ways[i].way = &ways[i];
		run->coverage->ways[i].port = rules_port(&ways[i], i);
	}
	for (size_t i = 0; i < run->len; i++) {
		run->trials[i].way = run_way(run, i)->way;
		run->trials[i].port = run_way(run, i)->port;
		run->trials[i].result = &run->shared[i];
		run->holders[i][0] = run->holders[i][1] = -1;
	}
	return rules_policy(ways, ways_len, &run->policy);
}

void run_release(struct run *run)
{
	policy_free(run->policy);
	if (run->shared)
		(void)munmap(run->shared, (ways_len + 1) * sizeof(*run->shared));
	free(run->trials);
	free(run->holders);
}
