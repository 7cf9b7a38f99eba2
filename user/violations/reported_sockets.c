// SPDX-License-Identifier: MIT
#include "reported_sockets.h"

#include <errno.h>
#include <stddef.h>

#define SLOTS_MIN 64

struct entry {
	uint64_t id;   /* cookie or cgroup */
	uint32_t what; /* port, protocol and class; 0: the slot is free */
};

/* Open addressing, never more than half full; nothing is ever taken out of it. */
struct set {
	struct entry *slots;
	size_t len, cap; /* cap: 0 or a power of two */
};

/* Two halves of what is bounded: the older one goes when the younger one is full. */
struct halves {
	struct set young, old;
};

struct known {
	struct halves cookies, keys, hooked;
	struct halves kept; /* what will be the keys when the sweep is over */
};

static struct entry entry_of(uint64_t id, const struct known_violation *v)
{
	return (struct entry) {
		.id = id,
		.what = (uint32_t)v->cls << 24 | (uint32_t)v->proto << 16 | v->port,
	};
}

static size_t hash(struct entry e)
{
	uint64_t h = (e.id ^ e.what * 0x9e3779b97f4a7c15ULL) * 0xbf58476d1ce4e5b9ULL;

	return (size_t)(h >> 32);
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

static bool halves_have(const struct halves *halves, struct entry e)
{
	return set_has(&halves->young, e) || set_has(&halves->old, e);
}

static void halves_add(struct halves *halves, struct entry e)
{
	if (halves_have(halves, e))
		return;
	if (halves->young.len == KNOWN_MAX / 2) {
		set_free(&halves->old);
		halves->old = halves->young;
		halves->young = (struct set) { 0 };
	}
	set_add(&halves->young, e);
}

static void halves_free(struct halves *halves)
{
	set_free(&halves->young);
	set_free(&halves->old);
}

int known_new(struct known **ret_known)
{
	*ret_known = calloc(1, sizeof(**ret_known));
	return *ret_known ? 0 : -ENOMEM;
}

void known_free(struct known *known)
{
	if (!known)
		return;
	halves_free(&known->cookies);
	halves_free(&known->keys);
	halves_free(&known->hooked);
	halves_free(&known->kept);
	free(known);
}

void known_add(struct known *known, const struct known_violation *violation)
{
	if (violation->cookie)
		halves_add(&known->cookies, entry_of(violation->cookie, violation));
	halves_add(&known->keys, entry_of(violation->cgroup_id, violation));
}

void known_add_hooked(struct known *known, const struct known_violation *violation)
{
	if (violation->cookie)
		halves_add(&known->cookies, entry_of(violation->cookie, violation));
	halves_add(&known->hooked, entry_of(violation->cgroup_id, violation));
}

bool known_has_socket(const struct known *known, const struct known_violation *violation)
{
	return violation->cookie &&
	       halves_have(&known->cookies, entry_of(violation->cookie, violation));
}

bool known_has(const struct known *known, const struct known_violation *violation)
{
	struct entry key = entry_of(violation->cgroup_id, violation);

	return known_has_socket(known, violation) || halves_have(&known->keys, key) ||
	       halves_have(&known->hooked, key);
}

void known_keep(struct known *known, const struct known_violation *violation)
{
	halves_add(&known->kept, entry_of(violation->cgroup_id, violation));
}

void known_sweep_end(struct known *known)
{
	halves_free(&known->keys);
	known->keys = known->kept;
	known->kept = (struct halves) { 0 };
}
