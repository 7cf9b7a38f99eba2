/* SPDX-License-Identifier: MIT */
/*
 * One document while it is read: where in it we are, what is read there, and the
 * findings about it. Pure.
 */
#pragma once

#include "manifest_finding.h"
#include "yaml_query.h"

/*
 * Texts of a manifest are kept up to here. Kubernetes allows names of 253 bytes;
 * what is longer must not be in each of many findings.
 */
#define CURSOR_TEXT_MAX 512
#define CURSOR_PATH_MAX 1024

struct cursor {
	struct model *model;
	struct findings *findings;
	struct document doc;
	const char *file;	/* in the model's arena */
	struct buf path;	/* of where we are */
	struct ignore *ignores; /* of the object that is read */
	const char *full_name;	/* the object, in messages: "DaemonSet ns/name" */
	bool of_node;		/* ports that are read are a node's: placeholders are findings */
	bool templated;		/* a placeholder was met */
	/* Of a document in a text of another one: where in the file the text is; line 0: it is
	 * none. */
	struct {
		uint32_t line, column;
		bool lines;	    /* it is a block: its first line is the one behind `line` */
		unsigned int depth; /* a text in a text: 2 */
	} around;
};

/*
 * Go into a key, a path of plain keys as yaml_query() takes it, or an item; what is
 * returned is for cursor_leave().
 */
size_t cursor_key(struct cursor *cursor, const char *key);
size_t cursor_path(struct cursor *cursor, const char *path);
size_t cursor_index(struct cursor *cursor, unsigned int index);
void cursor_leave(struct cursor *cursor, size_t mark);

/*
 * Go through the list at a path, item by item; the path is then that of the item, and
 * after the last one (NULL) that of the mapping again.
 */
struct cursor_list {
	const struct yaml_node *item;
	unsigned int next;   /* index */
	size_t outer, inner; /* marks of the list and the item */
};
const struct yaml_node *cursor_first(struct cursor *cursor, const struct yaml_node *mapping,
				     const char *path, struct cursor_list *list);
const struct yaml_node *cursor_next(struct cursor *cursor, struct cursor_list *list);

/*
 * The place of a node, at the present path and a key below it (NULL: none). What is in a block of
 * another document has its line, and column 1; what is in another text has the place of the text.
 */
struct place cursor_place(struct cursor *cursor, const struct yaml_node *node, const char *key);

/* A finding about a node, at the present path and a key below it (NULL: none), and no port. */
struct finding *cursor_add_finding(struct cursor *cursor, enum manifest_rule rule,
				   const struct yaml_node *node, const char *key, const char *fmt,
				   ...) __attribute__((format(printf, 5, 6)));

/*
 * The finding that a value is a placeholder: one a document, for there are rarely few, and one a
 * chart.
 */
void cursor_add_template(struct cursor *cursor, const struct yaml_node *value, const char *key,
			 const char *what, const char *text);

/* A scalar's text in the arena, at most CURSOR_TEXT_MAX of it; NULL: not a scalar. */
const char *cursor_text(struct cursor *cursor, const struct yaml_node *mapping, const char *key);

/* Labels, or what is like them: keys with texts. The last one comes first. */
struct label *cursor_labels(struct cursor *cursor, const struct yaml_node *mapping,
			    const char *path);

/*
 * Count one more of something. False: there are `max` already; the first one too
 * many is a finding.
 */
bool cursor_count(struct cursor *cursor, const struct yaml_node *node, uint32_t *count,
		  uint32_t max, const char *what);

/* Read a port at a key. False: it is not there, or it is no port, which is then a finding. */
bool cursor_port(struct cursor *cursor, const struct yaml_node *mapping, const char *key,
		 uint16_t *ret);

/* The same of a port that may be a name: *ret_name is set then, and *ret 0. */
bool cursor_port_or_name(struct cursor *cursor, const struct yaml_node *mapping, const char *key,
			 uint16_t *ret, const char **ret_name);

/*
 * Read the protocol of a port: TCP where there is none, or an empty text. False: it is not known;
 * that is a finding.
 */
bool cursor_protocol(struct cursor *cursor, const struct yaml_node *mapping, uint8_t *ret);

/*
 * Read an IP address as a text in the arena. NULL: there is none, or only a placeholder. What is
 * no address is a finding and returned all the same.
 */
const char *cursor_address(struct cursor *cursor, const struct yaml_node *mapping, const char *key);
