/* SPDX-License-Identifier: MIT */
/* Parts of a path, looked at in place. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Some bytes of a string; not terminated. */
struct string_view {
	const char *s;
	size_t len;
};

/* The initialiser of a part, from a literal. */
#define STRING_VIEW_INIT(literal)                                                                  \
	{                                                                                          \
		(literal), sizeof(literal) - 1                                                     \
	}
#define STRING_VIEW(literal) ((struct string_view)STRING_VIEW_INIT(literal))

static inline bool string_view_same(struct string_view a, struct string_view b)
{
	return a.len == b.len && memcmp(a.s, b.s, a.len) == 0;
}

/* Take `prefix` off the front, if it is there. */
static inline bool string_view_front(struct string_view *p, struct string_view prefix)
{
	if (p->len < prefix.len || memcmp(p->s, prefix.s, prefix.len) != 0)
		return false;
	p->s += prefix.len;
	p->len -= prefix.len;
	return true;
}

/* Take `suffix` off the end, if it is there. */
static inline bool string_view_end(struct string_view *p, struct string_view suffix)
{
	if (p->len < suffix.len || memcmp(p->s + p->len - suffix.len, suffix.s, suffix.len) != 0)
		return false;
	p->len -= suffix.len;
	return true;
}

/* Take the first component off a path; an empty one where the path has ended. */
static inline struct string_view string_view_next(const char **path)
{
	struct string_view p = { *path, 0 };

	if (**path != '/')
		return p;
	p.s = *path + 1;
	p.len = (size_t)(strchrnul(p.s, '/') - p.s);
	*path = p.s + p.len;
	return p;
}

/* Take the first component off a path, if it is this one. */
static inline bool string_view_next_is(const char **path, struct string_view want)
{
	const char *rest = *path;

	if (!string_view_same(string_view_next(&rest), want))
		return false;
	*path = rest;
	return true;
}

/* Copy to an array, if it fits with a zero byte. */
#define STRING_VIEW_STORE(array, p) string_view_store((array), sizeof(array), (p))

static inline void string_view_store(char *ret, size_t size, struct string_view p)
{
	if (p.len >= size)
		return;
	memcpy(ret, p.s, p.len);
	ret[p.len] = '\0';
}
