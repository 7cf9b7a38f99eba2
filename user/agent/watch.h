/* SPDX-License-Identifier: MIT */
/*
 * Are the attached programs effective? The start proves it. The watch looks again every WATCH_S
 * seconds, and for some requests, and reports changes.
 */
#pragma once

#include "../base/loop.h"
#include "../kernel/canary/canary.h"
#include "../stream/stream.h"
#include "health.h"
#include "host.h"
#include "programs.h"
#include "target.h"

#define WATCH_S 20 /* what goes wrong is to be found within a minute */

struct watch {
	/* borrowed, set before the start */
	const struct target *target;
	const char *netns_name; /* by which it was asked for; NULL: by none */
	struct kernel *kernel;
	struct stream *stream;
	struct host *host;
	struct programs *programs; /* whose pins are looked at, too */

	struct canary canary;
	struct canary_proof proof; /* the last word on each hook that could be tried */
	struct canary_proof tried; /* the last try: hooks that could not be tried, too */
	uint64_t runs, failures;   /* of tries, and of those in which a hook was not proved */
	uint64_t proof_s;     /* when all hooks could be tried, or the start, by CLOCK_BOOTTIME */
	uint64_t cgroup_id;   /* of where the programs were attached */
	struct health health; /* as it was reported last */
	bool pins_lost;	      /* they can't be made anew: as it was reported last */
	struct loop *loop;
	struct loop_source *timer;
	struct loop_source *process, *limit; /* the canary's, while it tries; and its time */
};

/* Try for the first time, with the programs just attached. Nothing is reported: the health. */
const struct health *watch_prove(struct watch *watch);

/* Tell what is worth it of the first look, and look again from time to time. 0, or a negative
 * errno. */
int watch_start(struct watch *watch, struct loop *loop);

/* Try the canary and look at everything now, and report what has changed. */
void watch_check(struct watch *watch);

/*
 * Judge by what can be seen now and the canary's last word, without trying it
 * again. The caller frees `ret_health`.
 */
void watch_look(struct watch *watch, struct health *ret_health);

/* Seconds since all hooks could be tried. */
uint64_t watch_age_s(const struct watch *watch);

/* Before the programs end: a canary may be trying them. */
void watch_stop(struct watch *watch);
