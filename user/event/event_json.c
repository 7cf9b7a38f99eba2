// SPDX-License-Identifier: MIT
/*
 * The hot path of a flood: one line for each event, and a member for each
 * listener of a node. A line is put together in a
 * block on the stack, and what needs no escaping is copied while it is looked
 * at; only a string that does need it goes through the JSON writer.
 */
#include "event.h"

#include <string.h>

#include "../base/jsonw.h"
#include "../base/stamp.h"
#include "../policy/words.h"
#include "address.h"

struct block {
	struct buf *out;
	size_t len;
	char bytes[2048];
};

static void flush(struct block *b)
{
	buf_add(b->out, b->bytes, b->len);
	b->len = 0;
}

/* Add n bytes, far fewer than a block holds. */
static inline void add(struct block *b, const char *bytes, size_t n)
{
	if (n > sizeof(b->bytes) - b->len)
		flush(b);
	memcpy(b->bytes + b->len, bytes, n);
	b->len += n;
}

#define LITERAL(b, text) add((b), (text), sizeof(text) - 1)

/* As buf_put_u64(), into the block: a call for each number would show in lines a second. */
static void put_u64(struct block *b, uint64_t n)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + n % 10);
		n /= 10;
	} while (n);
	add(b, digits + at, sizeof(digits) - at);
}

#define EIGHT(byte) (0x0101010101010101ULL * (byte))

/* In the highest bit of each byte, whether it is zero; those above one that is may be wrong. */
static inline uint64_t zeroes(uint64_t word)
{
	return (word - EIGHT(1)) & ~word;
}

/* Is each of eight bytes plain? */
static inline bool plain_eight(const char *s)
{
	uint64_t word, below_blank;

	memcpy(&word, s, sizeof(word));
	below_blank = (word - EIGHT(0x20)) & ~word;
	return !((word | below_blank | zeroes(word ^ EIGHT(0x7f)) | zeroes(word ^ EIGHT('"')) |
		  zeroes(word ^ EIGHT('\\'))) &
		 EIGHT(0x80));
}

static inline bool all_plain(const char *s, size_t n)
{
	for (; n >= 8; s += 8, n -= 8)
		if (!plain_eight(s))
			return false;
	for (; n > 0; s++, n--)
		if (!jsonw_plain(*s))
			return false;
	return true;
}

/* Add a plain string that is far shorter than a block; else leave the block as it was. */
static inline bool put_plain(struct block *b, const char *s)
{
	size_t n = strlen(s);

	if (n > sizeof(b->bytes) / 2 || !all_plain(s, n))
		return false;
	add(b, s, n);
	return true;
}

static void put_string(struct block *b, const char *s)
{
	LITERAL(b, "\"");
	if (put_plain(b, s)) {
		LITERAL(b, "\"");
		return;
	}
	b->len--;
	flush(b);
	jsonw_string(&(struct jsonw) { .out = b->out }, NULL, s);
}

/* A member with its comma, or nothing where the string is NULL or empty. */
static inline void member(struct block *b, const char *comma_key_colon, size_t n, const char *s)
{
	if (!s || !*s)
		return;
	add(b, comma_key_colon, n);
	put_string(b, s);
}

/* A word of ours, which is plain. */
static inline void put_word(struct block *b, const char *word)
{
	LITERAL(b, "\"");
	add(b, word, strlen(word));
	LITERAL(b, "\"");
}

#define MEMBER_WORD(b, key, s) (LITERAL((b), ",\"" key "\":"), put_word((b), (s)))
#define MEMBER(b, key, s)      member((b), ",\"" key "\":", sizeof(",\"" key "\":") - 1, (s))
#define MEMBER_U64(b, key, n)  (LITERAL((b), ",\"" key "\":"), put_u64((b), (n)))

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

static void put_socket(struct block *b, const struct event *e)
{
	char address[INET6_ADDRSTRLEN];

	MEMBER_WORD(b, "protocol", word_proto(e->proto));
	address_text(e->family, e->addr, address);
	if (*address) {
		MEMBER_WORD(b, "family", e->family == 4 ? "ipv4" : "ipv6");
		MEMBER_WORD(b, "address", address);
	}
	MEMBER_U64(b, "port", e->port);
}

static void put_what(struct block *b, const struct event *e)
{
	MEMBER_WORD(b, "mode", word_mode(e->mode));
	MEMBER_WORD(b, "verdict", word_verdict(e->verdict));
	MEMBER_WORD(b, "class", word_class(e->cls));
	put_socket(b, e);
	MEMBER_WORD(b, "how", word_how(e->how));
}

static void put_who(struct block *b, const struct event *e)
{
	if (e->pid) {
		MEMBER_U64(b, "pid", e->pid);
		MEMBER_U64(b, "uid", e->uid);
	}
	MEMBER(b, "comm", e->comm);
	MEMBER(b, "exe", e->exe);
	MEMBER(b, "cgroup", e->cgroup);
}

static void put_workload(struct block *b, const struct workload *who)
{
	if (who->kind == WORKLOAD_UNKNOWN)
		return;
	LITERAL(b, ",\"workload\":{\"kind\":");
	put_word(b, workload_kind_word(who->kind));
	MEMBER(b, "uid", who->uid);
	MEMBER(b, "container_id", who->container_id);
	MEMBER(b, "runtime", who->runtime);
	MEMBER(b, "unit", who->unit);
	LITERAL(b, "}");
}

static void put_entry(struct block *b, const struct event *e)
{
	if (!e->entry_layer)
		return;
	LITERAL(b, ",\"entry\":{\"layer\":");
	put_string(b, e->entry_layer);
	MEMBER(b, "process", e->entry_process);
	MEMBER(b, "team", e->entry_team);
	LITERAL(b, "}");
}

void event_json(const struct event *event, struct buf *out)
{
	struct block b; /* not initialised: only the bytes below len are read */
	struct quoted_time time;

	b.out = out;
	b.len = 0;
	quote_time(&event->time, &time);
	LITERAL(&b, "{\"time\":");
	add(&b, time.text, sizeof(time.text));
	MEMBER(&b, "node", event->node);
	put_what(&b, event);
	put_who(&b, event);
	put_workload(&b, &event->workload);
	put_entry(&b, event);
	MEMBER_U64(&b, "count", event->count);
	LITERAL(&b, ",\"first\":");
	/* of a single violation it is the same */
	if (event->first.tv_nsec != event->time.tv_nsec ||
	    event->first.tv_sec != event->time.tv_sec)
		quote_time(&event->first, &time);
	add(&b, time.text, sizeof(time.text));
	LITERAL(&b, "}");
	flush(&b);
}

void event_listener_json(const struct event *e, const struct event_listener *listener,
			 struct buf *out)
{
	struct block b;

	b.out = out;
	b.len = 0;
	LITERAL(&b, "{\"verdict\":");
	put_string(&b, word_verdict(e->verdict));
	MEMBER(&b, "class", word_class(e->cls));
	put_socket(&b, e);
	put_who(&b, e);
	if (!e->pid) /* the socket has one in any case */
		MEMBER_U64(&b, "uid", e->uid);
	put_workload(&b, &e->workload);
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
	flush(&b);
}
