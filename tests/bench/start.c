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

void bench_start(struct bench *b)
{
	static const char *const options[] = { "--mode=enforce", NULL };
	_cleanup_scene_ struct scene scene = SCENE_NONE;
	struct samples ms = { .len = 0 }, cpu = { .len = 0 }, user = { .len = 0 };
	int r;

	if (!bench_wants(b, "start"))
		return;
	r = scene_open(b, "start", &scene);
	if (r < 0)
		bench_fail(b, "start", "%s", strerror(-r));
	for (int i = 0; i < (bench_quick(b) ? 3 : 21) && r == 0; i++) {
		_cleanup_agent_ struct bench_agent agent = BENCH_AGENT_NONE;

		if (bench_agent_start(b, "start", &scene,
				      &(struct bench_agent_plan) { .options = options },
				      &agent) < 0)
			return;
		samples_add(&ms, (double)(agent.ready_ns - agent.exec_ns) / 1e6);
		samples_add(&cpu, (double)agent.cpu_ready_ns / 1e6);
		samples_add(&user, bench_agent_user_share(&agent));
	}
	if (r < 0)
		return;
	bench_note(b, "start", "ms, the slowest", "", samples_most(&ms), "ms");
	bench_put(b, "start", "ms", "", samples_median(&ms));
	bench_note(b, "start", "CPU ms", "", samples_median(&cpu), "ms");
	bench_note(b, "start", "of it in user space", "", samples_mean(&user) * 100, "%");
}
