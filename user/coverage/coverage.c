// SPDX-License-Identifier: MIT
#include "coverage.h"

#include <errno.h>
#include <string.h>
#include <sys/prctl.h>

#include "findings.h"
#include "round.h"

static void judge_all(struct run *run)
{
	struct coverage *coverage = run->coverage;

	for (size_t i = 0; i < coverage->len; i++) {
		struct coverage_way *w = &coverage->ways[i];

		judge(w->way, w->looks, &w->judgement);
		findings_of_way(w->way, w->looks, &w->judgement, &coverage->findings);
	}
	findings_of_control(run->control.looks, &coverage->findings);
}

static int try_all(struct run *run)
{
	int r = run_failed(run, run_prepare(run), "start");

	if (r == 0)
		r = lab_open(&run->lab, run->err);
	if (r < 0)
		return r;
	for (enum round round = 0; r == 0 && round < ROUND_MAX; round++) {
		run->round = round;
		r = round_run(run);
	}
	lab_close(&run->lab);
	if (r == 0)
		judge_all(run);
	return r;
}

int coverage_run(struct coverage **ret_coverage, struct buf *err)
{
	_cleanup_(coverage_freep) struct coverage *coverage = calloc(1, sizeof(*coverage));
	struct run run = { .coverage = coverage, .err = err };
	int r = coverage ? signal_hold_open(&run.hold) : -ENOMEM;

	if (r < 0)
		return run_failed(&run, r, "start");
	/* so that processes that a way leaves behind can be reaped here */
	(void)prctl(PR_SET_CHILD_SUBREAPER, 1);
	r = try_all(&run);
	signal_hold_close(&run.hold);
	run_release(&run);
	if (r == 0)
		*ret_coverage = TAKE_PTR(coverage);
	return r;
}

void coverage_free(struct coverage *coverage)
{
	if (!coverage)
		return;
	buf_free(&coverage->findings);
	free(coverage->ways);
	free(coverage);
}
