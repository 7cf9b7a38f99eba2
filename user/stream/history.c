// SPDX-License-Identifier: MIT
/*
 * Of many thousand events a second nobody may want another form than the log's, and
 * hardly one is asked for once more: so a form is made when it is wanted, and what
 * is kept for later is small.
 */
#include "history.h"

#include <string.h>

#include "../event/event_pack.h"

static void make_form(struct line *line, enum form form, struct buf *out)
{
	if (form == FORM_JSON && line->event)
		event_json(line->event, &line->memo, out);
	else if (form == FORM_JSON)
		notice_json(line->notice, out);
	else if (line->event)
		event_text(line->event, form == FORM_COLOUR, out);
	else
		notice_text(line->notice, form == FORM_COLOUR, out);
}

const struct buf *line_form(struct line *line, enum form form)
{
	if (!(line->made & 1U << form)) {
		buf_reset(&line->form[form]);
		make_form(line, form, &line->form[form]);
		line->made |= 1U << form;
	}
	return &line->form[form];
}

bool line_is_of(const struct line *line, uint32_t classes)
{
	return !classes || line->cls == HP_CLASS_NONE || classes & (1U << line->cls);
}

static struct line *set_line(struct history *history, uint8_t cls, const struct event *event,
			     const struct notice *notice)
{
	history->line.cls = cls;
	history->line.event = event;
	history->line.notice = notice;
	history->line.made = 0;
	return &history->line;
}

/* The place of the oldest line, for a new one. */
static struct earlier *next_place(struct history *history, uint8_t cls, bool notice)
{
	struct earlier *place = &history->lines[history->next];

	buf_reset(&place->packed);
	place->cls = cls;
	place->notice = notice;
	history->next = (history->next + 1) % REPLAY_MAX;
	if (history->len < REPLAY_MAX)
		history->len++;
	return place;
}

struct line *history_add(struct history *history, const struct event *event)
{
	event_pack(event, &next_place(history, event->cls, false)->packed);
	return set_line(history, event->cls, event, NULL);
}

struct line *history_add_notice(struct history *history, const struct notice *notice)
{
	struct buf *packed = &next_place(history, HP_CLASS_NONE, true)->packed;
	struct line *line = set_line(history, HP_CLASS_NONE, NULL, notice);

	for (enum form form = 0; form < FORM_MAX; form++) {
		const struct buf *text = line_form(line, form);

		buf_add(packed, text->data, text->len);
		buf_putc(packed, '\0');
	}
	return line;
}

/* A notice again, whose forms were made when it was told. */
static struct line *notice_again(struct history *history, const struct buf *packed)
{
	struct line *line = set_line(history, HP_CLASS_NONE, NULL, NULL);
	const char *at = packed->data;

	if (packed->failed)
		return NULL;
	for (enum form form = 0; form < FORM_MAX; form++) {
		buf_reset(&line->form[form]);
		buf_puts(&line->form[form], at);
		line->made |= 1U << form;
		at += strlen(at) + 1;
	}
	return line;
}

static struct line *again(struct history *history, const struct earlier *earlier)
{
	if (earlier->notice)
		return notice_again(history, &earlier->packed);
	if (!history->event)
		history->event = malloc(sizeof(*history->event));
	if (!history->event || !event_unpack(&earlier->packed, history->event))
		return NULL;
	return set_line(history, earlier->cls, history->event, NULL);
}

static bool is_wanted(const struct earlier *earlier, uint32_t classes)
{
	return !classes || earlier->cls == HP_CLASS_NONE || classes & (1U << earlier->cls);
}

struct line *history_back(struct history *history, uint32_t classes, size_t n)
{
	for (size_t i = 0; i < history->len; i++) {
		size_t at = (history->next + REPLAY_MAX - 1 - i) % REPLAY_MAX;

		if (is_wanted(&history->lines[at], classes) && n-- == 0)
			return again(history, &history->lines[at]);
	}
	return NULL;
}

void history_free(struct history *history)
{
	for (size_t i = 0; i < REPLAY_MAX; i++)
		buf_free(&history->lines[i].packed);
	for (size_t f = 0; f < FORM_MAX; f++)
		buf_free(&history->line.form[f]);
	free(history->event);
}
