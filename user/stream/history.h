/* SPDX-License-Identifier: MIT */
/* An event or a notice in the forms in which it is told, and the last ones of them. */
#pragma once

#include "../event/event.h"
#include "../event/notice.h"
#include "request.h"

/* One that is being told; its forms are made when somebody wants them. */
struct line {
	uint8_t cls; /* enum hp_class; HP_CLASS_NONE: a notice, whatever classes are asked for */
	const struct event *event; /* or: */
	const struct notice *notice;
	struct buf form[FORM_MAX];
	uint32_t made; /* of the forms: bits 1 << enum form */
	struct event_memo memo;
};

/* The text, without a line end; valid as long as the line is. */
const struct buf *line_form(struct line *line, enum form form);

bool line_is_of(const struct line *line, uint32_t classes);

/* An earlier one: an event packed, or a notice's forms, each of which a zero byte ends. */
struct earlier {
	struct buf packed;
	uint8_t cls; /* as in struct line */
	bool notice;
};

struct history {
	struct earlier lines[REPLAY_MAX];
	size_t next; /* where the next one goes */
	size_t len;
	struct line line;
	struct event *event; /* of a line that history_back() gave; NULL: not needed yet */
};

/*
 * Keep an event in the place of the oldest one. The line is the history's, and valid until
 * it is called again, as long as the event stays as it is.
 */
struct line *history_add(struct history *history, const struct event *event);

/* The same with a notice. */
struct line *history_add_notice(struct history *history, const struct notice *notice);

/*
 * The n-th line from the end (0: the newest) that is of one of the classes (0:
 * all) or a notice, or NULL. Valid as those above.
 */
struct line *history_back(struct history *history, uint32_t classes, size_t n);

void history_free(struct history *history);
