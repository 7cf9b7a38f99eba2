// SPDX-License-Identifier: MIT
/*
 * Putting a built policy in force, while processes bind all the time: as a reload and a switch of
 * the mode do, some time after the one before; and beside it what the first policy of a start
 * takes, and one on the heels of another, which have to wait for the kernel.
 */
#include <errno.h>
#include <string.h>
#include <sys/sysinfo.h>

#include "../../user/kernel/kernel.h"
#include "../../user/kernel/netns.h"
#include "load.h"
#include "made.h"
#include "groups.h"
#include "samples.h"

/* A revision beside ours may not have it, nor its declaration, and waits then. */
int kernel_settle(struct kernel *kernel);
#pragma weak kernel_settle

static const struct hp_config config = {
	.mode = HP_MODE_ENFORCE,
	.denies = POLICY_DENIES_DEFAULT,
	.errno_code = EPERM,
};

/* Programs and maps, without a policy yet. 0, or a negative errno. */
static int load_kernel(const struct scene *scene, struct kernel **ret_kernel)
{
	struct kernel_settings settings = { .listen = KERNEL_LISTEN_NONE };
	struct netns netns;
	int r = netns_open(scene->netns_at, &netns);

	if (r < 0)
		return r;
	settings.netns_cookie = netns.cookie;
	settings.netns_inum = netns.inum;
	netns_close(&netns);
	return kernel_load(&settings, ret_kernel);
}

/* Publish, and say how long it took. */
static int time_publish(struct kernel *kernel, const struct policy *policy, struct samples *ms)
{
	uint64_t began = monotonic_ns();
	int r = kernel_publish(kernel, policy, &config);

	samples_add(ms, (double)(monotonic_ns() - began) / 1e6);
	return r;
}

static void note_first(struct bench *b, const struct scene *scene, const struct policy *policy,
		       const char *instance)
{
	struct samples ms = { .len = 0 };
	int r = 0;

	for (int i = 0; i < 5 && r == 0; i++) {
		_cleanup_(kernel_freep) struct kernel *kernel = NULL;

		r = load_kernel(scene, &kernel);
		if (r == 0)
			r = time_publish(kernel, policy, &ms);
	}
	if (r == 0)
		bench_note(b, "apply", "ms, the first of a start", instance, samples_median(&ms),
			   "ms");
}

/* The binding processes run all the time, on all processors but the writer's. */
static int measure_later(const struct scene *scene, struct kernel *kernel,
			 const struct policy *policy, int times, bool settled, struct samples *ms)
{
	int cpus = get_nprocs();
	struct load_plan plan = {
		.kind = LOAD_TAKEN,
		.threads = cpus > 1 ? (unsigned int)cpus - 1 : 1,
		.first = 1,
		.ports = 128,
	};
	_cleanup_load_ struct load load = { 0 };
	struct load_result result;
	int r, e;

	if (plan.threads > LOAD_THREADS_MAX)
		plan.threads = LOAD_THREADS_MAX;
	r = load_start(scene, &plan, &load);
	if (r < 0)
		return r;
	load_go(&load);
	for (int i = 0; i < times && r == 0; i++) {
		if (settled && kernel_settle)
			r = kernel_settle(kernel);
		if (r == 0)
			r = time_publish(kernel, policy, ms);
	}
	e = load_halt(&load, &result);
	if (r == 0 && e == 0 && result.others)
		return -EPROTO; /* an allowed bind failed */
	return r < 0 ? r : e;
}

/* An instance in force, whose policy is replaced again and again. */
static int replace_rows(const struct scene *scene, const struct policy *policy, int times,
			bool settled, struct samples *ms)
{
	_cleanup_(kernel_freep) struct kernel *kernel = NULL;
	int r = load_kernel(scene, &kernel);

	if (r == 0)
		r = kernel_publish(kernel, policy, &config);
	if (r == 0)
		r = kernel_attach(kernel, scene->cgroup_fd);
	return r < 0 ? r : measure_later(scene, kernel, policy, times, settled, ms);
}

static void apply(struct bench *b, const struct scene *scene, unsigned int rows, const char *what)
{
	_cleanup_(policy_freep) struct policy *policy = NULL;
	struct samples ms = { .len = 0 };
	int r = made_policy(rows, &policy);

	if (r == 0)
		r = replace_rows(scene, policy, bench_quick(b) ? 3 : 15, true, &ms);
	if (r < 0) {
		bench_fail(b, "apply", "%u rows: %s", rows, strerror(-r));
		return;
	}
	note_first(b, scene, policy, what);
	bench_put(b, "apply", what, "", samples_median(&ms));
}

static void replace(struct bench *b, const struct scene *scene)
{
	_cleanup_(policy_freep) struct policy *policy = NULL;
	struct samples ms = { .len = 0 }, heels = { .len = 0 };
	int times = bench_quick(b) ? 10 : 50, r = made_policy(256, &policy);

	if (r == 0)
		r = replace_rows(scene, policy, times, true, &ms);
	if (r == 0)
		r = replace_rows(scene, policy, times, false, &heels);
	if (r < 0) {
		bench_fail(b, "replace", "%s", strerror(-r));
		return;
	}
	bench_note(b, "replace", "ms, the slowest", "", samples_most(&ms), "ms");
	bench_note(b, "replace", "ms, on the heels of another", "", samples_median(&heels), "ms");
	bench_put(b, "replace", "ms", "", samples_median(&ms));
}

void bench_apply(struct bench *b)
{
	_cleanup_scene_ struct scene scene = SCENE_NONE;
	bool first = bench_wants(b, "apply"), later = bench_wants(b, "replace");
	int r;

	if (!first && !later)
		return;
	r = scene_open(b, "apply", &scene);
	if (r < 0) {
		bench_fail(b, first ? "apply" : "replace", "%s", strerror(-r));
		return;
	}
	if (first) {
		apply(b, &scene, 256, "ms at 256");
		apply(b, &scene, 65536, "ms at 65536");
	}
	if (later)
		replace(b, &scene);
}
