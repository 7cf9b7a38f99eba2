/* SPDX-License-Identifier: MIT */
/* Is enforcement effective, as far as was checked, and what has changed? Pure. */
#pragma once

#include <stdbool.h>

#include "../base/buf.h"
#include "../event/notice.h"
#include "../kernel/foreign_programs.h"

/* What the checks found. Strings may hold any bytes. */
struct health_view {
	const char *cgroup;   /* to which the programs are attached */
	bool cgroup_gone;     /* it was removed */
	const char *netns;    /* the name given for it; NULL: none */
	bool netns_gone;      /* the name is gone; the namespace may be, too */
	bool netns_other;     /* the name now belongs to another namespace */
	const char *detached; /* a hook whose link is dead; NULL: none is */
	const char *unproved; /* a hook that the canary could not prove; NULL: none */
	bool overridden;      /* it denies, but another program lets through */
	bool postponed;	      /* it could not be tried now, so it still counts as proved */
	const char *words;    /* why it could not be proved */
	const char *error;    /* the system's error, or NULL */
	const struct foreign_programs *foreign; /* NULL: not known now */
};

struct health {
	bool effective;
	struct buf reason; /* why it is not, or what could not be tried now; safe for a terminal */
	struct foreign_programs foreign;
};

/*
 * Judge a view and write a new reason into `health`. If the view does not know the foreign
 * programs, those in `health` stay.
 */
void health_judge(const struct health_view *view, struct health *health);

void health_free(struct health *health);

/* Gets a notice, valid only during the call; fills in its time and node. */
typedef void (*health_notice_fn)(void *data, const struct notice *notice);

/* Call fn with a notice for each change from one health to a later one. */
void health_compare(const struct health *before, const struct health *now, health_notice_fn fn,
		    void *data);

/* Is it a program of another agent, by its name? */
bool health_is_agent(const struct foreign_program *program);

/* Append a program's id, its name if known, and whether it is another agent's. */
void health_put_program(const struct foreign_program *program, struct buf *out);
