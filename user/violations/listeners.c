// SPDX-License-Identifier: MIT
#include "listeners.h"

#include <errno.h>

#include "../base/jsonw.h"
#include "../stream/drain.h"

#define ROOM_LEFT (64U << 10) /* for one more listener and the document's end */

static bool receives(void *data, struct receivers_socket *s)
{
	socket_table_decide(data, s);
	return s->decision.verdict != HP_VERDICT_NONE;
}

static int read_table(struct socket_table *table, struct receivers *ret_receivers)
{
	int r = socket_table_read(table, receives, ret_receivers);

	if (r < 0)
		return r;
	drain_records(table->stream); /* what the hooks saw is remembered then */
	socket_table_decide_all(table, &table->in_force->decision, ret_receivers);
	return 0;
}

static void put_one(struct socket_table *table, const struct documented *documented,
		    const struct receivers_socket *s, struct buf *out)
{
	struct event_listener listener = {
		.documented = documented_has(documented, &s->socket),
		.inode = s->socket.inode,
		.cookie = s->socket.cookie,
		.held_by = receiver_holder_word(s->holder),
	};

	socket_table_describe(table, s);
	event_listener_json(&table->event, &listener, out);
}

/* As many as a document may have; how many are left out. */
static size_t put_all(struct socket_table *table, const struct documented *documented,
		      const struct receivers *receivers, struct buf *out)
{
	for (size_t i = 0; i < receivers->len; i++) {
		const struct receivers_socket *s = &receivers->list[i];

		if (out->len > CONTROL_DOCUMENT_MAX - ROOM_LEFT)
			return receivers->len - i;
		if (i)
			buf_putc(out, ',');
		put_one(table, documented, s, out);
	}
	return 0;
}

int listeners_json(struct socket_table *table, struct buf *out)
{
	_cleanup_free_ struct documented *documented = malloc(sizeof(*documented));
	_cleanup_receivers_ struct receivers receivers = { 0 };
	int r = documented ? read_table(table, &receivers) : -ENOMEM;
	struct jsonw w = { .out = out };
	size_t left_out;

	if (r < 0)
		return r;
	documented_fill(table->in_force->registry, documented);
	jsonw_object(&w, NULL);
	jsonw_array(&w, "listeners");
	left_out = put_all(table, documented, &receivers, out);
	jsonw_array_end(&w);
	jsonw_u64(&w, "left_out", left_out);
	socket_table_put_protocols(&w, "unreadable", receivers.unreadable);
	jsonw_object_end(&w);
	return 0;
}
