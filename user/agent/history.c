// SPDX-License-Identifier: MIT
#include "history.h"

/* The place of the oldest line, for a new one. */
static struct line *next_line(struct history *history)
{
	struct line *line = &history->lines[history->next];

	for (size_t i = 0; i < FORM_MAX; i++)
		buf_reset(&line->form[i]);
	history->next = (history->next + 1) % REPLAY_MAX;
	if (history->len < REPLAY_MAX)
		history->len++;
	return line;
}

const struct line *history_add(struct history *history, const struct event *event)
{
	struct line *line = next_line(history);

	line->cls = event->cls;
	event_json(event, &line->form[FORM_JSON]);
	event_text(event, false, &line->form[FORM_TEXT]);
	event_text(event, true, &line->form[FORM_COLOUR]);
	return line;
}

const struct line *history_add_notice(struct history *history, const struct notice *notice)
{
	struct line *line = next_line(history);

	line->cls = HP_CLASS_NONE;
	notice_json(notice, &line->form[FORM_JSON]);
	notice_text(notice, false, &line->form[FORM_TEXT]);
	notice_text(notice, true, &line->form[FORM_COLOUR]);
	return line;
}

bool line_is_of(const struct line *line, uint32_t classes)
{
	return !classes || line->cls == HP_CLASS_NONE || classes & (1U << line->cls);
}

const struct line *history_back(const struct history *history, uint32_t classes, size_t n)
{
	for (size_t i = 0; i < history->len; i++) {
		size_t at = (history->next + REPLAY_MAX - 1 - i) % REPLAY_MAX;
		const struct line *line = &history->lines[at];

		if (line_is_of(line, classes) && n-- == 0)
			return line;
	}
	return NULL;
}

void history_free(struct history *history)
{
	for (size_t i = 0; i < REPLAY_MAX; i++)
		for (size_t f = 0; f < FORM_MAX; f++)
			buf_free(&history->lines[i].form[f]);
}
