/* SPDX-License-Identifier: MIT */
/* An event or a notice in the forms in which it is told, and the last ones of them. */
#pragma once

#include "../event/event.h"
#include "../event/notice.h"
#include "request.h"

struct line {
	struct buf form[FORM_MAX];
	uint8_t cls; /* enum hp_class; HP_CLASS_NONE: a notice, whatever classes are asked for */
};

struct history {
	struct line lines[REPLAY_MAX];
	size_t next; /* where the next one goes */
	size_t len;
};

/*
 * Write an event in all its forms, in the place of the oldest one. The line is
 * the history's and valid until REPLAY_MAX others came.
 */
const struct line *history_add(struct history *history, const struct event *event);

/* The same with a notice. */
const struct line *history_add_notice(struct history *history, const struct notice *notice);

/*
 * The n-th line from the end (0: the newest) that is of one of the classes (0:
 * all) or a notice, or NULL.
 */
const struct line *history_back(const struct history *history, uint32_t classes, size_t n);

bool line_is_of(const struct line *line, uint32_t classes);

void history_free(struct history *history);
