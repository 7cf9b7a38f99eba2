/* SPDX-License-Identifier: MIT */
/* Parts of a path, looked at in place. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Some bytes of a string; not terminated. */
struct part {
	const char *s;
	size_t len;
};

/* The initialiser of a part, from a literal. */
#define PART_INIT(literal)                                                                         \
	{                                                                                          \
		(literal), sizeof(literal) - 1                                                     \
	}
#define PART(literal) ((struct part)PART_INIT(literal))

static inline bool part_same(struct part a, struct part b)
{
	return a.len == b.len && memcmp(a.s, b.s, a.len) == 0;
}

/* Take `prefix` off the front, if it is there. */
static inline bool part_front(struct part *p, struct part prefix)
{
	if (p->len < prefix.len || memcmp(p->s, prefix.s, prefix.len) != 0)
		return false;
	p->s += prefix.len;
	p->len -= prefix.len;
	return true;
}

/* Take `suffix` off the end, if it is there. */
static inline bool part_end(struct part *p, struct part suffix)
{
	if (p->len < suffix.len || memcmp(p->s + p->len - suffix.len, suffix.s, suffix.len) != 0)
		return false;
	p->len -= suffix.len;
	return true;
}

/* Take the first component off a path; an empty one where the path has ended. */
static inline struct part part_next(const char **path)
{
	struct part p = { *path, 0 };

	if (**path != '/')
		return p;
	p.s = *path + 1;
	p.len = strcspn(p.s, "/");
	*path = p.s + p.len;
	return p;
}

/* Take the first component off a path, if it is this one. */
static inline bool part_next_is(const char **path, struct part want)
{
	const char *rest = *path;

	if (!part_same(part_next(&rest), want))
		return false;
	*path = rest;
	return true;
}

/* Copy to an array, if it fits with a zero byte. */
#define PART_STORE(array, p) part_store((array), sizeof(array), (p))

static inline void part_store(char *ret, size_t size, struct part p)
{
	if (p.len >= size)
		return;
	memcpy(ret, p.s, p.len);
	ret[p.len] = '\0';
}
