// SPDX-License-Identifier: MIT
#include "history.h"

#include <string.h>

#include "../base/hash.h"
#include "../policy/owner.h"

/* What one workload has of the lines. */
struct share {
	uint64_t workload; /* see hash_workload() */
	size_t len;	   /* 0: the place is free */
};

struct history_entry {
	struct share *share;
	struct history_entry *younger, *older;
	bool is_notice;
	union {
		struct event event;
		struct notice notice;
	};
	struct buf texts; /* the texts that the event or notice points to */
};

struct history_kept {
	struct history_entry entries[REPLAY_MAX];
	size_t len;
	struct history_entry *youngest, *oldest;
	struct share shares[REPLAY_MAX];
	size_t shares_len; /* that are in use, or were */
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

/* Of these ports? */
static bool has_port(const struct event *event, const struct line_filter *filter)
{
	if (filter->first && (event->port < filter->first || event->port > filter->last))
		return false;
	return !filter->has_proto || event->proto == filter->proto;
}

/* Of this workload? */
static bool has_workload(const struct event *event, const struct line_filter *filter)
{
	const struct workload *who = &event->workload;

	if (*filter->pod && !pod_pattern_names(filter->pod, who))
		return false;
	if (!filter->unit || !*filter->unit)
		return true;
	return who->kind == WORKLOAD_UNIT && owner_glob(filter->unit, who->unit);
}

bool line_is_wanted(const struct line *line, const struct line_filter *filter)
{
	const struct event *event = line->event;

	if (!filter || !event)
		return true;
	if (filter->classes && !(filter->classes & 1U << event->cls))
		return false;
	if (filter->verdicts && !(filter->verdicts & 1U << event->verdict))
		return false;
	if (filter->since &&
	    (event->time.tv_sec < 0 || (uint64_t)event->time.tv_sec < filter->since))
		return false;
	return has_port(event, filter) && has_workload(event, filter);
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

#define NOTICES 0 /* as a workload */

/* Events of one workload, as workload_text() names it, have the same. */
static uint64_t hash_workload(const struct event *event)
{
	const struct workload *who = &event->workload;
	uint64_t hash = hash_bytes(HASH_START, &who->kind, sizeof(who->kind));

	switch (who->kind) {
	case WORKLOAD_POD:
		return hash_text(hash_text(hash, who->uid), who->container_id);
	case WORKLOAD_UNIT:
		return hash_text(hash, who->unit);
	case WORKLOAD_CGROUP:
		return hash_text(hash, event->cgroup ? event->cgroup : "");
	default:
		return hash;
	}
}

/* The share of a workload, or a free one for it. There is one: no more are in use than lines. */
static struct share *share_of(struct history_kept *kept, uint64_t workload)
{
	struct share *unused = NULL;

	for (size_t i = 0; i < kept->shares_len; i++) {
		struct share *share = &kept->shares[i];

		if (share->len && share->workload == workload)
			return share;
		if (!share->len)
			unused = share;
	}
	if (!unused)
		unused = &kept->shares[kept->shares_len++];
	unused->workload = workload;
	return unused;
}

/* The oldest line of those that have the largest share. */
static struct history_entry *to_forget(struct history_kept *kept)
{
	struct history_entry *entry = kept->oldest;
	size_t most = 0;

	for (size_t i = 0; i < kept->shares_len; i++)
		if (kept->shares[i].len > most)
			most = kept->shares[i].len;
	while (entry->share->len < most)
		entry = entry->younger;
	return entry;
}

static void unlink_entry(struct history_kept *kept, struct history_entry *entry)
{
	*(entry->younger ? &entry->younger->older : &kept->youngest) = entry->older;
	*(entry->older ? &entry->older->younger : &kept->oldest) = entry->younger;
	entry->share->len--;
}

static void link_youngest(struct history_kept *kept, struct history_entry *entry)
{
	entry->younger = NULL;
	entry->older = kept->youngest;
	*(entry->older ? &entry->older->younger : &kept->oldest) = entry;
	kept->youngest = entry;
	entry->share->len++;
}

/* The place for a new line of a workload; NULL: no memory. */
static struct history_entry *next_entry(struct history *history, uint64_t workload)
{
	struct history_entry *entry;
	struct history_kept *kept;

	if (!history->kept)
		history->kept = calloc(1, sizeof(*history->kept));
	kept = history->kept;
	if (!kept)
		return NULL;
	if (kept->len < REPLAY_MAX) {
		entry = &kept->entries[kept->len++];
	} else {
		entry = to_forget(kept);
		unlink_entry(kept, entry);
	}
	entry->share = share_of(kept, workload);
	link_youngest(kept, entry);
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
	e->pod = NULL; /* it may be gone when the line is read again */
}

struct line *history_add(struct history *history, const struct event *event)
{
	struct history_entry *entry = next_entry(history, hash_workload(event));

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
	struct history_entry *entry = next_entry(history, NOTICES);

	if (entry)
		keep_notice(entry, notice);
	return set_line(history, NULL, notice);
}

struct line *history_back(struct history *history, const struct line_filter *filter, size_t n)
{
	const struct history_entry *entry = history->kept ? history->kept->youngest : NULL;

	for (; entry; entry = entry->older) {
		struct line *line = set_line_again(history, entry);

		if (line_is_wanted(line, filter) && n-- == 0)
			return entry->texts.failed ? NULL : line;
	}
	return NULL;
}

void history_free(struct history *history)
{
	for (size_t i = 0; history->kept && i < history->kept->len; i++)
		buf_free(&history->kept->entries[i].texts);
	free(history->kept);
	for (size_t f = 0; f < FORM_MAX; f++)
		buf_free(&history->line.form[f]);
}
