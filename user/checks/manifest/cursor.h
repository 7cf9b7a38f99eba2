/* SPDX-License-Identifier: MIT */
/* One document while it is read: where in it we are, and how to say what is wrong. Pure. */
#pragma once

#include "arena.h"
#include "check_state.h"
#include "yaml_query.h"
#include "model.h"

/*
 * Texts of a manifest are kept up to here. Kubernetes allows names of 253 bytes;
 * what is longer must not be in each of many findings.
 */
#define CURSOR_TEXT_MAX 512
#define CURSOR_PATH_MAX 1024

struct cursor {
	struct check *check;
	struct document doc;
	const char *file;	/* in the check's arena */
	struct buf path;	/* of where we are */
	struct ignore *ignores; /* of the object that is read */
	const char *who;	/* the object, in messages */
	bool templated;		/* a placeholder was said */
};

/* Go into a key or an item; what is returned is for cursor_leave(). */
size_t cursor_key(struct cursor *cursor, const char *key);
size_t cursor_index(struct cursor *cursor, unsigned int index);
void cursor_leave(struct cursor *cursor, size_t mark);

/* The place of a node, at the present path and a key below it (NULL: none). */
struct place cursor_place(struct cursor *cursor, const struct yaml_node *node, const char *key);

/* A scalar's text in the arena, at most CURSOR_TEXT_MAX of it; NULL where it is none. */
const char *cursor_text(struct cursor *cursor, const struct yaml_node *mapping, const char *key);

/*
 * Count one more of something. False: there are `max` already, which is said of
 * the first one.
 */
bool cursor_count(struct cursor *cursor, const struct yaml_node *node, uint32_t *count,
		  uint32_t max, const char *what);

/* Does a text hold what a template's renderer, a shell or oc process would fill in? */
bool cursor_is_placeholder(const char *text);

/*
 * Read a port at a key. 1: it is *ret; 0: it is not there, or not a port, which
 * was said with the value's place.
 */
int cursor_port(struct cursor *cursor, const struct yaml_node *mapping, const char *key,
		uint16_t *ret);

/* The same of a port that may be a name: *ret_name is set then, and *ret 0. */
int cursor_port_or_name(struct cursor *cursor, const struct yaml_node *mapping, const char *key,
			uint16_t *ret, const char **ret_name);

/* Read the protocol of a port: TCP where there is none. False: none, and said. */
bool cursor_protocol(struct cursor *cursor, const struct yaml_node *mapping, uint8_t *ret);
