// SPDX-License-Identifier: MIT
#include "learn_merge.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../registry/registry.h"
#include "learn_text.h"
#include "merge_rows.h"

#define NODE_MAX    253 /* bytes of a node's name */
#define LAYERS_MAX  1024
#define USELESS_MAX 16384

struct learn_merge {
	struct text_set nodes; /* names; a number here is one less than elsewhere */
	struct text_set layers;
	struct merge_rows rows;
	size_t learned; /* documents of `learn` */
	uint64_t unread, left_out, forgotten, lost, useless_left_out;
	uint64_t incomplete;
	struct buf why;	  /* the first of them, and why */
	const char *mode; /* a word; NULL: none has one */
	char since[STAMP_LEN + 1];
	uint64_t first, last;	 /* ports that the kernels choose from; 0: not known */
	struct text_set useless; /* of the first document of `learn`: objects */
	size_t *useless_nodes;	 /* for each, how many documents have it */
};

int learn_merge_new(struct learn_merge **ret_merge)
{
	*ret_merge = calloc(1, sizeof(**ret_merge));
	return *ret_merge ? 0 : -ENOMEM;
}

void learn_merge_free(struct learn_merge *merge)
{
	text_set_free(&merge->nodes);
	text_set_free(&merge->layers);
	text_set_free(&merge->useless);
	merge_rows_free(&merge->rows);
	buf_free(&merge->why);
	free(merge->useless_nodes);
	free(merge);
}

void learn_merge_miss(struct learn_merge *merge)
{
	merge->unread++;
}

size_t learn_merge_nodes(const struct learn_merge *merge)
{
	return merge->nodes.len;
}

/* ---- violations ----------------------------------------------------------------------------- */

/* Would enforcement deny a listener's bind()? */
static bool is_violation(const struct json *listener)
{
	const char *verdict = json_member_text(listener, "verdict", "");

	return strcmp(verdict, "audited") == 0 || strcmp(verdict, "denied") == 0;
}

static bool has_same_port(const struct answer_row *a, const struct answer_row *b)
{
	return a && a->proto == b->proto && a->cls == b->cls && a->port == b->port;
}

/* What is listed as a listener is a socket, but for what only a pod declares. */
static uint64_t count_sockets(const struct answer_row *v, bool listening)
{
	if (!listening)
		return v->sockets;
	return strcmp(json_member_text(v->json, "held_by", ""), "declared") != 0;
}

/* Add a node's rows; they are sorted by protocol, class and port. */
static int add_rows(struct learn_merge *merge, const struct answer_rows *rows, bool listening)
{
	const struct answer_row *before = NULL; /* the last one of a port */
	int r = 0;

	for (size_t i = 0; r == 0 && i < rows->len; i++) {
		const struct answer_row *v = &rows->list[i];
		struct merge_seen seen = {
			.row = v,
			.node = merge->nodes.len,
			.name = merge->nodes.items[merge->nodes.len - 1],
			.sockets = count_sockets(v, listening),
		};

		if (listening && !is_violation(v->json))
			continue;
		if (!v->lacking && !v->ports) {
			seen.first = !has_same_port(before, v);
			before = v;
		}
		r = merge_rows_add(&merge->rows, &seen);
	}
	merge_rows_end_node(&merge->rows);
	return r;
}

/* ---- exceptions of no use ------------------------------------------------------------------- */

static void put_text(const struct json *row, const char *key, struct jsonw *w)
{
	jsonw_string(w, key, json_member_text(row, key, "?"));
}

/* An exception and why it is of no use, as JSON: the same text on all nodes. */
static void put_useless(const struct json *row, struct buf *out)
{
	const struct json *ports = json_member(row, "ports");
	struct jsonw w = { .out = out };

	jsonw_object(&w, NULL);
	put_text(row, "path", &w);
	jsonw_u64(&w, "line", json_member_u64(row, "line", 0));
	put_text(row, "protocol", &w);
	if (json_u64(ports, 0))
		jsonw_u64(&w, "ports", json_u64(ports, 0));
	else
		jsonw_string(&w, "ports", json_text(ports, "?"));
	put_text(row, "class", &w);
	put_text(row, "until", &w);
	put_text(row, "why", &w);
	jsonw_object_end(&w);
}

/* The first document says which there may be: what it does not have is of use there. */
static int add_useless(struct learn_merge *merge, const struct json *useless)
{
	size_t n = json_len(useless), number = TEXT_SET_NONE;
	bool is_first = merge->learned == 1;

	if (is_first) {
		merge->useless_nodes = calloc(n + 1, sizeof(*merge->useless_nodes));
		if (!merge->useless_nodes)
			return -ENOMEM;
	}
	for (size_t i = 0; i < n; i++) {
		_cleanup_buf_ struct buf text = { 0 };
		int r = 0;

		put_useless(json_at(useless, i), &text);
		if (text.failed)
			return -ENOMEM;
		if (is_first)
			r = text_set_add(&merge->useless, USELESS_MAX, text.data, &number);
		else
			number = text_set_find(&merge->useless, text.data);
		if (r == -ENOMEM)
			return r;
		/* one that a document has twice counts once */
		if (r >= 0 && number != TEXT_SET_NONE &&
		    merge->useless_nodes[number] == merge->learned - 1)
			merge->useless_nodes[number]++;
	}
	return 0;
}

/* ---- a document ----------------------------------------------------------------------------- */

static void add_number(uint64_t *sum, const struct json *document, const char *key)
{
	*sum = merge_rows_sum(*sum, json_member_u64(document, key, 0));
}

static int add_layers(struct learn_merge *merge, const struct json *layers)
{
	size_t ignored;

	for (size_t i = 0; i < json_len(layers); i++) {
		const char *name = json_text(json_at(layers, i), "");

		/* more than there is room for are not named */
		if (reg_name_valid(name) &&
		    text_set_add(&merge->layers, LAYERS_MAX, name, &ignored) == -ENOMEM)
			return -ENOMEM;
	}
	return 0;
}

static void add_mode(struct learn_merge *merge, const char *mode)
{
	static const char *const words[] = { "audit", "enforce" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (strcmp(mode, words[i]) != 0)
			continue;
		merge->mode = merge->mode && merge->mode != words[i] ? "mixed" : words[i];
	}
}

static void add_since(struct learn_merge *merge, const char *since)
{
	if (strlen(since) == STAMP_LEN && strcmp(since, merge->since) > 0)
		memcpy(merge->since, since, STAMP_LEN + 1);
}

/* The ports that any of the kernels chooses from. */
static void add_range(struct learn_merge *merge, const struct json *range)
{
	uint64_t first = json_member_u64(range, "first", 0);
	uint64_t last = json_member_u64(range, "last", 0);

	if (!first || first > last || last >= HP_PORTS)
		return;
	if (!merge->first || first < merge->first)
		merge->first = first;
	if (last > merge->last)
		merge->last = last;
}

static void add_incomplete(struct learn_merge *merge, const char *why)
{
	if (!*why || merge->incomplete++)
		return;
	learn_put_inert(&merge->why, merge->nodes.items[merge->nodes.len - 1], SIZE_MAX);
	buf_puts(&merge->why, ": ");
	learn_put_inert(&merge->why, why, LEARN_TEXT_MAX);
}

static int add_learned(struct learn_merge *merge, const struct json *document)
{
	int r;

	merge->learned++;
	add_number(&merge->forgotten, document, "forgotten");
	add_number(&merge->lost, document, "lost");
	add_number(&merge->useless_left_out, document, "useless_left_out");
	add_mode(merge, json_member_text(document, "mode", ""));
	add_since(merge, json_member_text(document, "since", ""));
	add_range(merge, json_member(document, "ephemeral"));
	add_incomplete(merge, json_member_text(document, "incomplete", ""));
	r = add_layers(merge, json_member(document, "layers"));
	return r < 0 ? r : add_useless(merge, json_member(document, "useless"));
}

static int add_node(struct learn_merge *merge, const char *name)
{
	_cleanup_free_ char *bounded = strndup(name, NODE_MAX);
	size_t ignored;
	int r;

	if (!bounded)
		return -ENOMEM;
	r = text_set_add(&merge->nodes, LEARN_MERGE_NODES_MAX, bounded, &ignored);
	return r == 0 ? -EEXIST : r < 0 ? r : 0;
}

int learn_merge_add(struct learn_merge *merge, const struct json *document, const char *name)
{
	_cleanup_answer_rows_ struct answer_rows rows = { 0 };
	const struct json *list = json_member(document, "violations");
	bool listening = !json_is_list(list);
	int r;

	if (listening)
		list = json_member(document, "listeners");
	/* what has been merged names no nodes: they could be counted twice */
	if (!json_is_list(list) || json_member(document, "nodes"))
		return -EINVAL;
	r = add_node(merge, json_member_text(document, "node", name));
	if (r == 0)
		r = answer_rows_read(list, &rows);
	if (r == 0)
		r = add_rows(merge, &rows, listening);
	if (r < 0)
		return r;
	add_number(&merge->left_out, document, "left_out");
	return listening ? 0 : add_learned(merge, document);
}

/* ---- the answer ----------------------------------------------------------------------------- */

static void put_head(const struct learn_merge *merge, struct jsonw *w)
{
	jsonw_u64(w, "nodes", merge->nodes.len);
	jsonw_u64(w, "unread", merge->unread);
	jsonw_string_opt(w, "mode", merge->mode);
	jsonw_string_opt(w, "since", merge->since);
	if (merge->first) {
		jsonw_object(w, "ephemeral");
		jsonw_u64(w, "first", merge->first);
		jsonw_u64(w, "last", merge->last);
		jsonw_object_end(w);
	}
	jsonw_array(w, "layers");
	for (size_t i = 0; i < merge->layers.len; i++)
		jsonw_string(w, NULL, merge->layers.items[i]);
	jsonw_array_end(w);
}

static void put_incomplete(const struct learn_merge *merge, struct jsonw *w)
{
	_cleanup_buf_ struct buf text = { 0 };

	if (!merge->incomplete)
		return;
	buf_printf(&text, "%" PRIu64 " node%s, %s", merge->incomplete,
		   merge->incomplete == 1 ? "" : "s", merge->why.data ? merge->why.data : "?");
	w->out->failed |= text.failed || merge->why.failed;
	jsonw_string_opt(w, "incomplete", text.data);
}

static void put_all_useless(const struct learn_merge *merge, struct jsonw *w)
{
	jsonw_array(w, "useless");
	for (size_t i = 0; i < merge->useless.len; i++) {
		if (merge->useless_nodes[i] < merge->learned)
			continue;
		jsonw_key(w, NULL);
		buf_puts(w->out, merge->useless.items[i]);
	}
	jsonw_array_end(w);
}

int learn_merge_put(const struct learn_merge *merge, struct buf *out)
{
	struct jsonw w = { .out = out };
	int r;

	jsonw_object(&w, NULL);
	put_head(merge, &w);
	put_incomplete(merge, &w);
	r = merge_rows_put(&merge->rows, merge->nodes.items, &w);
	if (r < 0)
		return r;
	jsonw_u64(&w, "left_out", merge->left_out);
	jsonw_u64(&w, "unmerged", merge->rows.left_out);
	jsonw_u64(&w, "forgotten", merge->forgotten);
	jsonw_u64(&w, "lost", merge->lost);
	put_all_useless(merge, &w);
	jsonw_u64(&w, "useless_left_out", merge->useless_left_out);
	jsonw_object_end(&w);
	return out->failed ? -ENOMEM : 0;
}
