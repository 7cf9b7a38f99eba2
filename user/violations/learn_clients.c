// SPDX-License-Identifier: MIT
#include "learn_clients.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "learn_form.h"

/* What is looked for, and where. */
struct search {
	struct answer_rows *rows;
	uint16_t ephemeral_first, ephemeral_last;
};

void learn_clients_free(struct learn_clients *clients)
{
	free(clients->list);
	*clients = (struct learn_clients) { 0 };
}

static bool has_owner(const struct answer_row *v)
{
	return v->unit || v->exe;
}

static bool is_same_owner(const struct answer_row *a, const struct answer_row *b)
{
	if (a->unit || b->unit)
		return a->unit && b->unit && strcmp(a->unit, b->unit) == 0;
	return a->exe && b->exe && strcmp(a->exe, b->exe) == 0;
}

/* Is it the owner's, as far as is known? Who ended too soon is told by workload and comm. */
static bool is_of_owner(const struct answer_row *v, const struct answer_row *owner)
{
	if (has_owner(v) || !v->nameless)
		return is_same_owner(v, owner);
	return strcmp(v->workload, owner->workload) == 0 &&
	       strcmp(json_member_text(v->json, "comm", ""),
		      json_member_text(owner->json, "comm", "")) == 0;
}

static bool is_within(const struct answer_row *v, uint16_t first, uint16_t last)
{
	return v->port >= first && v->last <= last;
}

/* Many ports: are they source ports, and which may be next? */
static bool is_many(const struct search *search, const struct answer_row *v, uint16_t *ret_first,
		    uint16_t *ret_last)
{
	const struct learn_ports ports = {
		.ports = v->ports,
		.first = v->port,
		.last = v->last,
		.sockets = v->sockets,
		.listed = v->list != NULL,
		.owned = true,
		.ephemeral_first = search->ephemeral_first,
		.ephemeral_last = search->ephemeral_last,
	};

	return v->ports && learn_form_of(&ports, ret_first, ret_last) == LEARN_CLIENT;
}

static bool range_of(const struct search *search, uint16_t first, uint16_t last,
		     uint16_t *ret_first, uint16_t *ret_last)
{
	return learn_form_range_of(first, last, search->ephemeral_first, search->ephemeral_last,
				   ret_first, ret_last);
}

/*
 * One port of a few: does the owner take another one at each start? It was seen with several, and
 * has no more than one of them now; if they are of many nodes, on each of these.
 */
static bool is_changing(const struct search *search, const struct answer_row *v,
			uint16_t *ret_first, uint16_t *ret_last)
{
	uint16_t first = v->port, last = v->port;
	uint64_t sockets = 0, at_once = 0;

	if (v->ports || !range_of(search, first, last, ret_first, ret_last))
		return false;
	for (size_t i = search->rows->lacking; i < search->rows->len; i++) {
		const struct answer_row *other = &search->rows->list[i];

		if (other->ports || other->proto != v->proto || !is_of_owner(other, v) ||
		    !is_within(other, *ret_first, *ret_last))
			continue;
		first = other->port < first ? other->port : first;
		last = other->port > last ? other->port : last;
		sockets += other->sockets;
		if (other->at_once > at_once)
			at_once = other->at_once;
	}
	/* all that was seen may tell which of several ranges it is */
	(void)range_of(search, first, last, ret_first, ret_last);
	return first != last && (v->nodes ? at_once : sockets) <= 1;
}

/* Which rows the client stands for, and how many ports they have. */
static void cover(const struct answer_rows *rows, struct learn_client *client)
{
	for (size_t i = rows->lacking; i < rows->len; i++) {
		struct answer_row *v = &rows->list[i];

		if (v->covered || v->proto != client->row->proto || !is_of_owner(v, client->row) ||
		    !is_within(v, client->first, client->last))
			continue;
		v->covered = true;
		client->ports += v->ports ? v->ports : 1;
	}
}

/* Many ports first: their clients have more ports. */
static void find(const struct search *search, bool many, struct learn_clients *clients)
{
	const struct answer_rows *rows = search->rows;

	for (size_t i = rows->lacking; i < rows->len; i++) {
		const struct answer_row *v = &rows->list[i];
		struct learn_client client = { .row = v };

		if (v->covered || !has_owner(v))
			continue;
		if (!(many ? is_many : is_changing)(search, v, &client.first, &client.last))
			continue;
		cover(rows, &client);
		clients->list[clients->len++] = client;
	}
}

static int by_protocol(const void *left, const void *right)
{
	const struct learn_client *a = left, *b = right;

	if (a->row->proto != b->row->proto)
		return a->row->proto < b->row->proto ? -1 : 1;
	if (a->first != b->first)
		return a->first < b->first ? -1 : 1;
	return a->row < b->row ? -1 : 1;
}

int learn_clients_find(struct answer_rows *rows, uint16_t ephemeral_first, uint16_t ephemeral_last,
		       struct learn_clients *ret_clients)
{
	const struct search search = { rows, ephemeral_first, ephemeral_last };

	*ret_clients = (struct learn_clients) {
		.list = calloc(rows->len ? rows->len : 1, sizeof(*ret_clients->list)),
	};
	if (!ret_clients->list)
		return -ENOMEM;
	find(&search, true, ret_clients);
	find(&search, false, ret_clients);
	qsort(ret_clients->list, ret_clients->len, sizeof(*ret_clients->list), by_protocol);
	return 0;
}
