// SPDX-License-Identifier: MIT
#include "replica.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

/* A pod that is not like any before it. */
struct shape {
	const char *key; /* all that later rules look at, as one text */
	const struct pod *pod;
};

/* ---- what pods have in common --------------------------------------------------------------- */
/* The length comes first, so that no byte of a text can be taken for its end. */
static void put_text(const char *text, struct buf *key)
{
	if (text)
		buf_printf(key, "%zu:%s", strlen(text), text);
	else
		buf_putc(key, '~');
}

/* What is behind the path of a pod, or all of another path. */
static const char *path_in(const struct pod *pod, const char *path)
{
	size_t len = pod->place.path ? strlen(pod->place.path) : 0;

	return path && len && strncmp(path, pod->place.path, len) == 0 ? path + len : path;
}

static void put_words(const struct word *words, struct buf *key)
{
	for (; words; words = words->next)
		put_text(words->text, key);
	buf_putc(key, ';');
}

static void put_requirements(const struct requirement *q, struct buf *key)
{
	for (; q; q = q->next) {
		put_text(q->key, key);
		buf_printf(key, "%d", q->op);
		put_words(q->values, key);
	}
	buf_putc(key, ';');
}

static void put_placement(const struct placement *placement, struct buf *key)
{
	buf_printf(key, "%u %d", placement->roles, placement->node != NULL);
	for (const struct term *t = placement->terms; t; t = t->next)
		put_requirements(t->requirements, key);
	buf_putc(key, ';');
	for (const struct apart *a = placement->apart; a; a = a->next) {
		put_requirements(a->labels, key);
		put_words(a->namespaces, key);
	}
	buf_putc(key, ';');
}

static void put_ports(const struct pod *pod, const struct port *p, struct buf *key)
{
	for (; p; p = p->next) {
		put_text(p->name, key);
		buf_printf(key, "%u/%u%d%d", p->proto, p->number, p->claims, p->probed);
		put_text(p->host_ip, key);
		put_text(path_in(pod, p->place.path), key);
	}
	buf_putc(key, ';');
}

static void put_containers(const struct pod *pod, struct buf *key)
{
	for (const struct container *c = pod->containers; c; c = c->next) {
		put_text(c->name, key);
		buf_printf(key, "%d", c->kind);
		put_ports(pod, c->ports, key);
		put_ports(pod, c->undeclared, key);
		for (const struct listener *l = c->listeners; l; l = l->next) {
			buf_printf(key, "%u/%u%d%d", l->proto, l->port, l->variable, l->localhost);
			put_text(l->address, key);
		}
		buf_putc(key, ';');
	}
}

static void put_shape(const struct pod *pod, struct buf *key)
{
	put_text(pod->namespace_, key);
	put_text(pod->maker_kind, key);
	put_text(pod->maker, key);
	buf_printf(key, "%d%d%d%d", pod->host_network, pod->ended, pod->nameless, pod->placeless);
	for (const struct label *l = pod->labels; l; l = l->next) {
		put_text(l->key, key);
		put_text(l->value, key);
	}
	buf_putc(key, ';');
	put_placement(&pod->placement, key);
	put_containers(pod, key);
}

/* ---- places -------------------------------------------------------------------------------- */
/* How many ports a pod has before one of them, or at all (NULL). */
static size_t ports_before(const struct pod *pod, const struct port *port)
{
	size_t n = 0;

	for (const struct container *c = pod->containers; c; c = c->next) {
		for (const struct port *p = c->ports; p; p = p->next, n++)
			if (p == port)
				return n;
		for (const struct port *p = c->undeclared; p; p = p->next, n++)
			if (p == port)
				return n;
	}
	return n;
}

static void put_spot(const struct port *port, struct spot **at)
{
	*(*at)++ = (struct spot) { port->place.line, port->place.column };
}

static const struct spot *take_spots(struct arena *arena, const struct pod *pod)
{
	struct spot *spots = arena_take(arena, (ports_before(pod, NULL) + 1) * sizeof(*spots));
	struct spot *at = spots;

	if (!spots)
		return NULL;
	for (const struct container *c = pod->containers; c; c = c->next) {
		for (const struct port *p = c->ports; p; p = p->next)
			put_spot(p, &at);
		for (const struct port *p = c->undeclared; p; p = p->next)
			put_spot(p, &at);
	}
	return spots;
}

struct place replica_place(struct check *check, const struct pod *pod, const struct port *port)
{
	struct place place = port->place;
	const char *behind;

	if (!pod->spots)
		return place;
	place.file = pod->place.file;
	place.line = pod->spots[ports_before(pod, port)].line;
	place.column = pod->spots[ports_before(pod, port)].column;
	behind = path_in(pod->like, place.path);
	if (behind != place.path)
		place.path = arena_printf(&check->kept, "%s%s", pod->place.path, behind);
	return place;
}

/* ---- sharing ------------------------------------------------------------------------------- */
static int compare(const void *a, const void *b)
{
	const struct shape *x = a, *y = b;

	return strcmp(x->key, y->key);
}

static void keep_shape(struct check *check, const struct shape *shape)
{
	struct shape *kept = arena_take(&check->kept, sizeof(*kept));
	const char *key = arena_text(&check->kept, shape->key);

	if (!kept || !key)
		return;
	*kept = (struct shape) { .key = key, .pod = shape->pod };
	if (!tsearch(kept, &check->replicas, compare))
		check->kept.failed = true;
}

/* What is its own is copied, the rest is the other's. */
static struct pod *copy_of(struct arena *arena, const struct pod *pod, const struct pod *like)
{
	struct pod *copy = arena_take(arena, sizeof(*copy));
	size_t before = strlen(pod->full_name) - strlen(pod->name);

	if (!copy)
		return NULL;
	*copy = *like;
	copy->next = NULL;
	copy->full_name = arena_text(arena, pod->full_name);
	copy->name = copy->full_name ? copy->full_name + before : NULL;
	copy->placement.node = arena_text(arena, pod->placement.node);
	copy->place = pod->place;
	copy->place.path = arena_text(arena, pod->place.path);
	copy->like = like;
	copy->spots = take_spots(arena, pod);
	return arena->failed ? NULL : copy;
}

/* Only Pods come in numbers; their full names end with their names. */
static bool may_share(const struct pod *pod)
{
	return pod->names == PODS_STATIC && !pod->ignores && !pod->surge.text;
}

struct pod *replica_share(struct check *check, const struct pod *pod)
{
	_cleanup_buf_ struct buf key = { 0 };
	struct shape wanted = { .pod = pod }, **found;

	if (!may_share(pod))
		return NULL;
	put_shape(pod, &key);
	if (key.failed) {
		check->kept.failed = true;
		return NULL;
	}
	wanted.key = key.data;
	found = tfind(&wanted, &check->replicas, compare);
	if (found)
		return copy_of(&check->kept, pod, (*found)->pod);
	keep_shape(check, &wanted);
	return NULL;
}

/* What the tree holds is the arena's. */
static void leave(void *shape)
{
	(void)shape;
}

void replica_forget(struct check *check)
{
	tdestroy(check->replicas, leave);
	check->replicas = NULL;
}
