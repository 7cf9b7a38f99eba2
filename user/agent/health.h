/* SPDX-License-Identifier: MIT */
/* Is enforcement effective, as far as it was looked at, and what has changed? Pure. */
#pragma once

#include <stdbool.h>

#include "../base/buf.h"
#include "../event/notice.h"
#include "../kernel/foreign_programs.h"

/* What was found. Strings may hold any bytes. */
struct health_view {
	const char *cgroup;   /* where the programs belong */
	bool cgroup_gone;     /* it is not there any more */
	const char *netns;    /* by which name it was asked for; NULL: by none */
	bool netns_gone;      /* the name is, and with it, maybe, the namespace */
	bool netns_other;     /* the name is another one's now */
	const char *detached; /* a hook whose link is dead; NULL: none is */
	const char *unproved; /* a hook that the canary could not prove; NULL: none */
	bool overridden;      /* it denies, and another program lets through */
	bool put_off;	      /* it could not be tried now, and is taken for proved */
	const char *words;    /* why it could not be proved */
	const char *error;    /* what the system says to that, or NULL */
	const struct foreign_programs *foreign; /* programs of others; NULL: not known now */
};

struct health {
	bool effective;
	struct buf reason; /* why it is not, or what could not be tried now; safe for a terminal */
	struct foreign_programs foreign;
};

/*
 * Judge a view, with a new reason in `health`. Where the view does not know the programs of
 * others, those in `health` stay.
 */
void health_judge(const struct health_view *view, struct health *health);

void health_free(struct health *health);

/* Gets a notice, valid during the call only, and fills in its time and node. */
typedef void (*health_notice_fn)(void *data, const struct notice *notice);

/* Give out one notice for each change from one health to a later one. */
void health_compare(const struct health *before, const struct health *now, health_notice_fn fn,
		    void *data);

/* Is it, by its name, a program of another agent? */
bool health_is_agent(const struct foreign_program *program);

/* Append a program's id, and its name where it is known, and whether it is another agent's. */
void health_put_program(const struct foreign_program *program, struct buf *out);
