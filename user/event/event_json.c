// SPDX-License-Identifier: MIT
/*
 * The hot path of a flood: one line for each event, and a member for each
 * listener of a node. Most lines of a flood differ from the one before by their
 * time, port and pid only: see struct event_memo.
 */
#include "event.h"

#include <string.h>

#include "../base/stamp.h"
#include "../registry/words.h"
#include "address.h"
#include "block.h"

/* A stamp in quotes. */
struct quoted_time {
	char text[STAMP_LEN + 2];
};

static void quote_time(const struct timespec *t, struct quoted_time *ret)
{
	char stamp[STAMP_LEN + 1];

	stamp_utc(t, stamp);
	ret->text[0] = '"';
	memcpy(ret->text + 1, stamp, STAMP_LEN);
	ret->text[STAMP_LEN + 1] = '"';
}

static void put_address(struct block *b, const struct event *e)
{
	char address[INET6_ADDRSTRLEN];

	MEMBER_WORD(b, "protocol", word_proto(e->proto));
	address_text(e->family, e->addr, address);
	if (*address) {
		MEMBER_WORD(b, "family", e->family == 4 ? "ipv4" : "ipv6");
		MEMBER_WORD(b, "address", address);
	}
}

static void put_what(struct block *b, const struct event *e)
{
	MEMBER(b, "node", e->node);
	MEMBER_WORD(b, "mode", word_mode(e->mode));
	MEMBER_WORD(b, "verdict", word_verdict(e->verdict));
	MEMBER_WORD(b, "class", word_class(e->cls));
	put_address(b, e);
}

static void put_workload(struct block *b, const struct workload *who)
{
	if (who->kind == WORKLOAD_UNKNOWN)
		return;
	LITERAL(b, ",\"workload\":{\"kind\":");
	block_word(b, workload_kind_word(who->kind));
	MEMBER(b, "uid", who->uid);
	MEMBER(b, "container_id", who->container_id);
	MEMBER(b, "runtime", who->runtime);
	MEMBER(b, "unit", who->unit);
	LITERAL(b, "}");
}

static void put_ids(struct block *b, const struct event *e)
{
	if (e->pid) {
		MEMBER_U64(b, "pid", e->pid);
		MEMBER_U64(b, "uid", e->uid);
	}
}

static void put_who(struct block *b, const struct event *e)
{
	MEMBER(b, "comm", e->comm);
	MEMBER(b, "exe", e->exe);
	MEMBER(b, "cgroup", e->cgroup);
	put_workload(b, &e->workload);
}

static void put_entry(struct block *b, const struct event *e)
{
	if (!e->entry_layer)
		return;
	LITERAL(b, ",\"entry\":{\"layer\":");
	block_string(b, e->entry_layer);
	MEMBER(b, "process", e->entry_process);
	MEMBER(b, "team", e->entry_team);
	LITERAL(b, "}");
}

/* ---- what the line before had in common ----------------------------------------------------- */

static bool is_same_what(const struct event_memo *memo, const struct event *e)
{
	return memo->what.len && memo->mode == e->mode && memo->verdict == e->verdict &&
	       memo->cls == e->cls && memo->proto == e->proto && memo->family == e->family &&
	       memcmp(memo->addr, e->addr, sizeof(memo->addr)) == 0 &&
	       strcmp(memo->node, e->node ? e->node : "") == 0;
}

static bool is_same_who(const struct event_memo *memo, const struct event *e)
{
	return memo->who.len && memo->place == e->place && strcmp(memo->comm, e->comm) == 0 &&
	       strcmp(memo->exe, e->exe) == 0;
}

/* Keep what came to the block behind `from`, unless it is long or went through in pieces. */
static bool keep(const struct block *b, size_t from, size_t before, struct event_text *text)
{
	size_t n = b->len - from;

	text->len = 0;
	if (b->out->failed || b->out->len != before || n > sizeof(text->bytes))
		return false;
	memcpy(text->bytes, b->bytes + from, n);
	text->len = n;
	return true;
}

static void put_what_kept(struct block *b, const struct event *e, struct event_memo *memo)
{
	size_t from = b->len, before = b->out->len;

	if (is_same_what(memo, e)) {
		block_add(b, memo->what.bytes, memo->what.len);
		return;
	}
	put_what(b, e);
	if (!keep(b, from, before, &memo->what))
		return;
	memo->mode = e->mode;
	memo->verdict = e->verdict;
	memo->cls = e->cls;
	memo->proto = e->proto;
	memo->family = e->family;
	memcpy(memo->addr, e->addr, sizeof(memo->addr));
	strcpy(memo->node, e->node ? e->node : ""); /* the text that was kept is longer */
}

static void put_who_kept(struct block *b, const struct event *e, struct event_memo *memo)
{
	size_t from = b->len, before = b->out->len;

	if (is_same_who(memo, e)) {
		block_add(b, memo->who.bytes, memo->who.len);
		return;
	}
	put_who(b, e);
	if (!e->place || !keep(b, from, before, &memo->who))
		return;
	memo->place = e->place;
	strcpy(memo->comm, e->comm);
	strcpy(memo->exe, e->exe);
}

void event_json(const struct event *event, struct event_memo *memo, struct buf *out)
{
	struct block b; /* not initialised: only the bytes below len are read */
	struct quoted_time time;

	b.out = out;
	b.len = 0;
	quote_time(&event->time, &time);
	LITERAL(&b, "{\"time\":");
	block_add(&b, time.text, sizeof(time.text));
	memo ? put_what_kept(&b, event, memo) : put_what(&b, event);
	MEMBER_U64(&b, "port", event->port);
	MEMBER_WORD(&b, "how", word_how(event->how));
	put_ids(&b, event);
	memo ? put_who_kept(&b, event, memo) : put_who(&b, event);
	put_entry(&b, event);
	MEMBER_U64(&b, "count", event->count);
	LITERAL(&b, ",\"first\":");
	/* of a single violation it is the same */
	if (event->first.tv_nsec != event->time.tv_nsec ||
	    event->first.tv_sec != event->time.tv_sec)
		quote_time(&event->first, &time);
	block_add(&b, time.text, sizeof(time.text));
	LITERAL(&b, "}");
	block_flush(&b);
}

void event_listener_json(const struct event *e, const struct event_listener *listener,
			 struct buf *out)
{
	struct block b;

	b.out = out;
	b.len = 0;
	LITERAL(&b, "{\"verdict\":");
	block_string(&b, word_verdict(e->verdict));
	MEMBER(&b, "class", word_class(e->cls));
	put_address(&b, e);
	MEMBER_U64(&b, "port", e->port);
	if (e->pid)
		MEMBER_U64(&b, "pid", e->pid);
	MEMBER_U64(&b, "uid", e->uid); /* the socket has one in any case */
	put_who(&b, e);
	if (e->entry_layer)
		put_entry(&b, e);
	else
		LITERAL(&b, ",\"entry\":null");
	if (listener->documented < 0)
		LITERAL(&b, ",\"documented\":null");
	else if (listener->documented)
		LITERAL(&b, ",\"documented\":true");
	else
		LITERAL(&b, ",\"documented\":false");
	LITERAL(&b, ",\"declared\":null");
	MEMBER_U64(&b, "inode", listener->inode);
	MEMBER_U64(&b, "cookie", listener->cookie);
	LITERAL(&b, "}");
	block_flush(&b);
}
