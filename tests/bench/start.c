// SPDX-License-Identifier: MIT
/*
 * From exec to an agent that enforces the built-in registry: its canary was refused, links and
 * maps are pinned, its privileges are given up, and it has said that it is ready.
 */
#include <errno.h>
#include <string.h>

#include "agent.h"
#include "groups.h"
#include "samples.h"

static void start(const struct side *side)
{
	static const char *const options[] = { "--mode=enforce", NULL };
	_cleanup_scene_ struct scene scene = SCENE_NONE;
	struct samples ms = { .len = 0 }, cpu = { .len = 0 }, user = { .len = 0 };
	int r;

	r = scene_open(side->bench, "start", &scene);
	if (r < 0)
		side_fail(side, "start", "%s", strerror(-r));
	for (int i = 0; i < (bench_quick(side->bench) ? 3 : 21) && r == 0; i++) {
		_cleanup_agent_ struct bench_agent agent = BENCH_AGENT_NONE;

		if (bench_agent_start(side, "start", &scene,
				      &(struct bench_agent_plan) { .options = options },
				      &agent) < 0)
			return;
		samples_add(&ms, (double)(agent.ready_ns - agent.exec_ns) / 1e6);
		samples_add(&cpu, (double)agent.cpu_ready_ns / 1e6);
		samples_add(&user, bench_agent_user_share(&agent));
	}
	if (r < 0)
		return;
	side_note(side, "start", "ms, the slowest", "", samples_most(&ms), "ms");
	side_put(side, "start", "ms", "", samples_median(&ms));
	side_note(side, "start", "CPU ms", "", samples_median(&cpu), "ms");
	side_note(side, "start", "of it in user space", "", samples_mean(&user) * 100, "%");
}

void bench_start(struct bench *b)
{
	side_each(b, "start", start);
}
