// SPDX-License-Identifier: MIT
#include "history.h"

#include <string.h>

struct history_entry {
	bool is_notice;
	union {
		struct event event;
		struct notice notice;
	};
	struct buf texts; /* the texts that the event or notice points to */
};

static void make_form(const struct line *line, enum form form, struct buf *out)
{
	if (form == FORM_JSON && line->event)
		event_json(line->event, out);
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

bool line_is_wanted(const struct line *line, uint32_t classes)
{
	return !classes || !line->event || classes & (1U << line->event->cls);
}

static struct line *set_line(struct history *history, const struct event *event,
			     const struct notice *notice)
{
	history->line.event = event;
	history->line.notice = notice;
	history->line.made = 0;
	return &history->line;
}

static struct line *set_line_again(struct history *history, const struct history_entry *entry)
{
	return entry->is_notice ? set_line(history, NULL, &entry->notice) :
				  set_line(history, &entry->event, NULL);
}

/* The place of the oldest line, for a new one; NULL: no memory. */
static struct history_entry *next_entry(struct history *history)
{
	struct history_entry *entry;

	if (!history->entries)
		history->entries = calloc(REPLAY_MAX, sizeof(*history->entries));
	if (!history->entries)
		return NULL;
	entry = &history->entries[history->next];
	history->next = (history->next + 1) % REPLAY_MAX;
	if (history->len < REPLAY_MAX)
		history->len++;
	return entry;
}

#define TEXTS 6 /* that an event or a notice points to, at most */

/* Keep copies of texts (some may be NULL). They belong to the entry from now on. */
static void keep_texts(struct history_entry *entry, const char *texts[TEXTS])
{
	size_t size[TEXTS] = { 0 }, sum = 0;
	char *to;

	for (size_t i = 0; i < TEXTS; i++) {
		size[i] = texts[i] && *texts[i] ? strlen(texts[i]) + 1 : 0;
		sum += size[i];
	}
	buf_reset(&entry->texts);
	to = buf_extend(&entry->texts, sum);
	for (size_t i = 0; to && i < TEXTS; i++) {
		if (size[i])
			texts[i] = memcpy(to, texts[i], size[i]);
		to += size[i];
	}
}

static void keep_event(struct history_entry *entry, const struct event *event)
{
	const char *texts[TEXTS] = { event->node,	 event->exe,	       event->cgroup,
				     event->entry_layer, event->entry_process, event->entry_team };
	struct event *e = &entry->event;

	keep_texts(entry, texts);
	entry->is_notice = false;
	*e = *event;
	e->node = texts[0];
	e->exe = texts[1];
	e->cgroup = texts[2];
	e->entry_layer = texts[3];
	e->entry_process = texts[4];
	e->entry_team = texts[5];
}

struct line *history_add(struct history *history, const struct event *event)
{
	struct history_entry *entry = next_entry(history);

	if (entry)
		keep_event(entry, event);
	return set_line(history, event, NULL);
}

static void keep_notice(struct history_entry *entry, const struct notice *notice)
{
	const char *texts[TEXTS] = { notice->node, notice->message, notice->hook, notice->name,
				     notice->mode };
	struct notice *n = &entry->notice;

	keep_texts(entry, texts);
	entry->is_notice = true;
	*n = *notice;
	n->node = texts[0];
	n->message = texts[1];
	n->hook = texts[2];
	n->name = texts[3];
	n->mode = texts[4];
}

struct line *history_add_notice(struct history *history, const struct notice *notice)
{
	struct history_entry *entry = next_entry(history);

	if (entry)
		keep_notice(entry, notice);
	return set_line(history, NULL, notice);
}

struct line *history_back(struct history *history, uint32_t classes, size_t n)
{
	for (size_t i = 0; i < history->len; i++) {
		size_t at = (history->next + REPLAY_MAX - 1 - i) % REPLAY_MAX;
		const struct history_entry *entry = &history->entries[at];
		struct line *line = set_line_again(history, entry);

		if (line_is_wanted(line, classes) && n-- == 0)
			return entry->texts.failed ? NULL : line;
	}
	return NULL;
}

void history_free(struct history *history)
{
	for (size_t i = 0; i < history->len; i++)
		buf_free(&history->entries[i].texts);
	free(history->entries);
	for (size_t f = 0; f < FORM_MAX; f++)
		buf_free(&history->line.form[f]);
}
