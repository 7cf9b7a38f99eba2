// SPDX-License-Identifier: MIT
#include "reported_sockets.h"

#include <errno.h>
#include <stddef.h>

#include "../base/hash.h"

#define SLOTS_MIN 64

struct entry {
	uint64_t id;   /* cookie or control group */
	uint32_t what; /* port, protocol and class; 0: the slot is free */
};

/* Open addressing, never more than half full; nothing is ever taken out of it. */
struct set {
	struct entry *slots;
	size_t len, cap; /* cap: 0 or a power of two */
};

/* A bounded set of a young and an old half. A full young half replaces the old one. */
struct bounded_set {
	struct set young, old;
};

struct reported_sockets {
	struct bounded_set cookies, hooked_groups, swept_groups;
	struct bounded_set kept_groups; /* the swept groups from the sweep's end on */
};

static struct entry entry_of(uint64_t id, const struct reported_socket *s)
{
	return (struct entry) {
		.id = id,
		.what = (uint32_t)s->cls << 24 | (uint32_t)s->proto << 16 | s->port,
	};
}

static struct entry cookie_of(const struct reported_socket *s)
{
	return entry_of(s->cookie, s);
}

static struct entry group_of(const struct reported_socket *s)
{
	return entry_of(s->cgroup_id, s);
}

static size_t hash(struct entry e)
{
	uint64_t h = hash_bytes(HASH_START, &e.id, sizeof(e.id));

	return (size_t)hash_bytes(h, &e.what, sizeof(e.what));
}

/* The slot that has the entry, or the free one where it belongs. */
static struct entry *slot_of(const struct set *set, struct entry e)
{
	size_t i = hash(e) & (set->cap - 1);

	while (set->slots[i].what && (set->slots[i].what != e.what || set->slots[i].id != e.id))
		i = (i + 1) & (set->cap - 1);
	return &set->slots[i];
}

static bool set_has(const struct set *set, struct entry e)
{
	return set->cap && slot_of(set, e)->what;
}

static int set_grow(struct set *set)
{
	struct set grown = { .cap = set->cap ? set->cap * 2 : SLOTS_MIN, .len = set->len };

	grown.slots = calloc(grown.cap, sizeof(*grown.slots));
	if (!grown.slots)
		return -ENOMEM;
	for (size_t i = 0; i < set->cap; i++)
		if (set->slots[i].what)
			*slot_of(&grown, set->slots[i]) = set->slots[i];
	free(set->slots);
	*set = grown;
	return 0;
}

static void set_add(struct set *set, struct entry e)
{
	if (set_has(set, e) || (set->len * 2 >= set->cap && set_grow(set) < 0))
		return;
	*slot_of(set, e) = e;
	set->len++;
}

static void set_free(struct set *set)
{
	free(set->slots);
	*set = (struct set) { 0 };
}

static bool bounded_has(const struct bounded_set *set, struct entry e)
{
	return set_has(&set->young, e) || set_has(&set->old, e);
}

static void bounded_add(struct bounded_set *set, struct entry e)
{
	if (bounded_has(set, e))
		return;
	if (set->young.len == REPORTED_SOCKETS_MAX / 2) {
		set_free(&set->old);
		set->old = set->young;
		set->young = (struct set) { 0 };
	}
	set_add(&set->young, e);
}

static void bounded_free(struct bounded_set *set)
{
	set_free(&set->young);
	set_free(&set->old);
}

int reported_sockets_new(struct reported_sockets **ret_set)
{
	*ret_set = calloc(1, sizeof(**ret_set));
	return *ret_set ? 0 : -ENOMEM;
}

void reported_sockets_free(struct reported_sockets *set)
{
	if (!set)
		return;
	bounded_free(&set->cookies);
	bounded_free(&set->hooked_groups);
	bounded_free(&set->swept_groups);
	bounded_free(&set->kept_groups);
	free(set);
}

static void add_cookie(struct reported_sockets *set, const struct reported_socket *s)
{
	if (s->cookie)
		bounded_add(&set->cookies, cookie_of(s));
}

void reported_sockets_add_hooked(struct reported_sockets *set, const struct reported_socket *s)
{
	add_cookie(set, s);
	bounded_add(&set->hooked_groups, group_of(s));
}

void reported_sockets_add_swept(struct reported_sockets *set, const struct reported_socket *s)
{
	add_cookie(set, s);
	bounded_add(&set->swept_groups, group_of(s));
}

bool reported_sockets_has_cookie(const struct reported_sockets *set,
				 const struct reported_socket *s)
{
	return s->cookie && bounded_has(&set->cookies, cookie_of(s));
}

bool reported_sockets_has(const struct reported_sockets *set, const struct reported_socket *s)
{
	return reported_sockets_has_cookie(set, s) ||
	       bounded_has(&set->hooked_groups, group_of(s)) ||
	       bounded_has(&set->swept_groups, group_of(s));
}

void reported_sockets_keep(struct reported_sockets *set, const struct reported_socket *s)
{
	bounded_add(&set->kept_groups, group_of(s));
}

void reported_sockets_sweep_end(struct reported_sockets *set)
{
	bounded_free(&set->swept_groups);
	set->swept_groups = set->kept_groups;
	set->kept_groups = (struct bounded_set) { 0 };
}
