// SPDX-License-Identifier: MIT
/* The document of `hostportctl listeners`: the socket table, judged. */
#include <errno.h>

#include "../base/jsonw.h"
#include "../agent/state.h"

#define ROOM_LEFT 4096 /* for the document's end, in CONTROL_DOCUMENT_MAX */

static bool receives(void *data, struct receivers_socket *s)
{
	sweep_decide(data, s, false);
	return s->decision.verdict != HP_VERDICT_NONE;
}

static int read_table(struct agent *agent, struct receivers *ret_receivers)
{
	int r = sweep_read(agent, receives, ret_receivers);
	bool named;

	if (r < 0)
		return r;
	drain_records(agent); /* what the hooks saw is known then */
	named = receivers_name(ret_receivers, agent->sweep.procs) == 0 &&
		socket_owners_see_all(agent->sweep.procs);
	for (size_t i = 0; i < ret_receivers->len; i++)
		sweep_decide(agent, &ret_receivers->list[i], named && !ret_receivers->list[i].pid);
	receivers_sort(ret_receivers);
	return 0;
}

static void put_one(struct agent *agent, const struct documented *documented,
		    const struct receivers_socket *s, bool same, struct buf *out)
{
	struct event_listener listener = {
		.documented = documented_has(documented, &s->socket),
		.inode = s->socket.inode,
		.cookie = s->socket.cookie,
	};
	struct hp_event record;

	sweep_record(agent, s, &record);
	identity_listener(&agent->identity, &record, same, &agent->event);
	event_listener_json(&agent->event, &listener, out);
}

bool listeners_same_holder(const struct receivers_socket *a, const struct receivers_socket *b)
{
	return a->pid == b->pid && a->socket.cgroup_id == b->socket.cgroup_id &&
	       !a->socket.inode == !b->socket.inode;
}

/* As many as a document may have; how many are left out. */
static size_t put_all(struct agent *agent, const struct documented *documented,
		      const struct receivers *receivers, struct buf *out)
{
	for (size_t i = 0; i < receivers->len; i++) {
		const struct receivers_socket *s = &receivers->list[i];

		if (out->len > CONTROL_DOCUMENT_MAX - sizeof(agent->event) - ROOM_LEFT)
			return receivers->len - i;
		if (i)
			buf_putc(out, ',');
		put_one(agent, documented, s, i && listeners_same_holder(s, s - 1), out);
	}
	return 0;
}

int listeners_json(struct agent *agent, struct buf *out)
{
	_cleanup_free_ struct documented *documented = malloc(sizeof(*documented));
	_cleanup_receivers_ struct receivers receivers = { 0 };
	int r = documented ? read_table(agent, &receivers) : -ENOMEM;
	struct jsonw w = { .out = out };
	size_t left_out;

	if (r < 0)
		return r;
	documented_fill(agent->registry, documented);
	jsonw_object(&w, NULL);
	jsonw_array(&w, "listeners");
	left_out = put_all(agent, documented, &receivers, out);
	jsonw_array_end(&w);
	jsonw_u64(&w, "left_out", left_out);
	status_protocols(&w, "unreadable", receivers.unreadable);
	jsonw_object_end(&w);
	return 0;
}
