/* SPDX-License-Identifier: MIT */
/* A line of the stream, which is an event or a notice, in its forms; and the last of them. */
#pragma once

#include "../event/event.h"
#include "../event/notice.h"
#include "request.h"

/* A form is made when a reader first wants it. */
struct line {
	const struct event *event; /* or, if that is NULL: */
	const struct notice *notice;
	struct buf form[FORM_MAX];
	uint32_t made; /* of the forms: bits 1 << enum form */
};

/* The text, without a line end; valid as long as the line is. */
const struct buf *line_form(struct line *line, enum form form);

/* What a reader has asked for. A notice is for every reader. */
struct line_filter {
	uint32_t classes; /* bits 1 << enum hp_class; 0: all */
	const char *pod;  /* of pods that this pattern names (pod_pattern.h); "": of any workload */
	const char *unit; /* of units that this pattern names; NULL or "": of any workload */
	uint32_t verdicts;    /* bits 1 << enum hp_verdict; 0: all */
	uint16_t first, last; /* of these ports; 0: of any */
	bool has_proto;	      /* of one protocol only */
	uint8_t proto;	      /* enum hp_proto */
	uint64_t since;	      /* whose time is in this second or later, UTC; 0: whenever */
};

/* Is the line for a reader? NULL: for one who wants all. */
bool line_is_wanted(const struct line *line, const struct line_filter *filter);

struct history_kept; /* lines that are kept */

/*
 * The last REPLAY_MAX lines. If there is room for no more, the workload that has the most lines
 * loses its oldest one, so that none can push out the others'. Notices count as one workload.
 */
struct history {
	struct history_kept *kept; /* once there is a line */
	struct line line;	   /* the one handed out last */
};

/*
 * Keep a copy of an event. The line that is returned belongs to the history, and is valid until its
 * next call and as long as the event stays as it is.
 */
struct line *history_add(struct history *history, const struct event *event);

/* The same with a notice. */
struct line *history_add_notice(struct history *history, const struct notice *notice);

/*
 * The n-th line from the end (0: the newest) of those that line_is_wanted(); valid until the
 * history's next call. NULL: there is none, or there was no memory to keep it.
 */
struct line *history_back(struct history *history, const struct line_filter *filter, size_t n);

void history_free(struct history *history);
