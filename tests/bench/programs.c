// SPDX-License-Identifier: MIT
/*
 * What each program costs by the kernel's own count (bpf_stats), over a program at the same hook
 * that does nothing: without what the hooks themselves cost. In a pass of its own, as to count
 * costs time, too.
 */
#include <errno.h>
#include <string.h>

#include <bpf/bpf.h>

#include "../../user/base/cleanup.h"
#include "groups.h"
#include "holder.h"
#include "kinds.h"
#include "name.h"
#include "scenario.h"

#define PASSES 5

/* What a bind is, and which row it reports. */
static const struct {
	const char *row, *what;
	uint16_t port;
	bool all_modes;
} binds[] = {
	{ "allowed", "a program's own ns", PORTS_FIRST, true },
	{ "port-0", "a program's own ns", 0, true },
	{ "fold-audit", "a program's own ns", PORTS_UNREGISTERED, false },
	{ "fold-deny", "a program's own ns", PORTS_UNREGISTERED, false },
};

/* How often each program ran, and how long, while the binder did its work. */
static int count(const struct binder *binder, struct holder *holder, uint16_t port,
		 struct holder_stats *ret_stats, struct buf *err)
{
	struct sample_order order = kind_port(0, port);
	struct holder_stats before, after;
	struct sample sample;
	int r = holder_on(holder, 1, err);

	if (r == 0)
		r = holder_stats(holder, &before, err);
	for (int i = 0; i < PASSES && r == 0; i++)
		r = binder_measure(binder, &order, &sample);
	if (r == 0)
		r = holder_stats(holder, &after, err);
	(void)holder_off(holder, err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < after.len && i < before.len; i++) {
		after.hooks[i].runs -= before.hooks[i].runs;
		after.hooks[i].ns -= before.hooks[i].ns;
	}
	*ret_stats = after;
	return 0;
}

static double ns_a_run(const struct holder_stats *stats, const char *hook)
{
	for (size_t i = 0; i < stats->len; i++)
		if (strcmp(stats->hooks[i].hook, hook) == 0 && stats->hooks[i].runs)
			return (double)stats->hooks[i].ns / (double)stats->hooks[i].runs;
	return 0;
}

static int tell(struct bench *b, const struct binder *binder, struct holder *nothing,
		struct holder *ours[MODES], struct buf *err)
{
	struct holder_stats base, stats;
	int r = count(binder, nothing, PORTS_FIRST, &base, err);

	for (size_t i = 0; i < ARRAY_LEN(binds); i++)
		for (enum mode m = 0; m < MODES && r == 0; m++) {
			if (!binds[i].all_modes && (m == ENFORCE) != (i == 3))
				continue;
			r = count(binder, ours[m], binds[i].port, &stats, err);
			for (size_t k = 0; r == 0 && k < stats.len; k++) {
				const char *hook = stats.hooks[k].hook;

				if (stats.hooks[k].runs)
					bench_note(b, binds[i].row, binds[i].what,
						   name("%s %s", mode_words[m], hook).text,
						   ns_a_run(&stats, hook) - ns_a_run(&base, hook),
						   "ns");
			}
		}
	return r;
}

static void measure(struct bench *b, const struct binder *binder)
{
	_cleanup_(holder_freep) struct holder *nothing = NULL, *audit = NULL, *enforce = NULL;
	_cleanup_close_ int stats = bpf_enable_stats(BPF_STATS_RUN_TIME);
	_cleanup_buf_ struct buf err = { 0 };
	int r = stats < 0 ? stats : 0;

	if (r == 0)
		r = holder_start(bench_dir(b), bench_cgroup(b), binder, "peer both", &nothing,
				 &err);
	if (r == 0)
		r = holder_start(bench_dir(b), bench_cgroup(b), binder,
				 name("ours audit %d own", PORTS_SMALL).text, &audit, &err);
	if (r == 0)
		r = holder_start(bench_dir(b), bench_cgroup(b), binder,
				 name("ours enforce %d own", PORTS_SMALL).text, &enforce, &err);
	if (r == 0)
		r = tell(b, binder, nothing, (struct holder *[]) { audit, enforce }, &err);
	if (r < 0)
		bench_fail(b, "allowed", "bpf_stats: %s", err.len ? err.data : strerror(-r));
}

void bench_programs(struct bench *b)
{
	for (size_t i = 0; i < ARRAY_LEN(binds); i++)
		if (bench_wants(b, binds[i].row)) {
			scenario_with_binder(b, binds[i].row, measure);
			return;
		}
}
