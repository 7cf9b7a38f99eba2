// SPDX-License-Identifier: MIT
#include "event.h"

#include "../base/stamp.h"
#include "../identity/workload_json.h"
#include "../registry/words.h"

/* Most lines stand for one violation: its moment is known as text already. */
static void put_first(struct jsonw *w, const struct event *e, char stamp[STAMP_LEN + 1])
{
	if (e->first.tv_sec != e->time.tv_sec || e->first.tv_nsec != e->time.tv_nsec)
		stamp_utc(&e->first, stamp);
	jsonw_plain(w, "first", stamp);
}

static void put_address(struct jsonw *w, const struct event *e)
{
	char text[EVENT_ADDRESS_MAX];

	jsonw_plain(w, "protocol", word_proto(e->proto));
	event_address(e->family, e->addr, text);
	if (!*text)
		return;
	jsonw_plain(w, "family", e->family == 4 ? "ipv4" : "ipv6");
	jsonw_plain(w, "address", text);
}

static void put_process(struct jsonw *w, const struct event *e)
{
	jsonw_string_opt(w, "comm", e->comm);
	jsonw_string_opt(w, "exe", e->exe);
	jsonw_string_opt(w, "cgroup", e->cgroup);
	if (e->workload.kind != WORKLOAD_UNKNOWN)
		workload_put(&e->workload, w);
}

static void put_entry(struct jsonw *w, const struct event *e)
{
	jsonw_object(w, "entry");
	jsonw_string(w, "layer", e->entry_layer);
	jsonw_string_opt(w, "process", e->entry_process);
	jsonw_string_opt(w, "team", e->entry_team);
	jsonw_object_end(w);
}

void event_json(const struct event *event, struct buf *out)
{
	struct jsonw w = { .out = out };
	char stamp[STAMP_LEN + 1];

	stamp_utc(&event->time, stamp);
	jsonw_object(&w, NULL);
	jsonw_plain(&w, "time", stamp);
	jsonw_string_opt(&w, "node", event->node);
	jsonw_plain(&w, "mode", word_mode(event->mode));
	jsonw_plain(&w, "verdict", word_verdict(event->verdict));
	jsonw_plain(&w, "class", word_class(event->cls));
	put_address(&w, event);
	jsonw_u64(&w, "port", event->port);
	jsonw_plain(&w, "how", word_how(event->how));
	if (event->pid) {
		jsonw_u64(&w, "pid", event->pid);
		jsonw_u64(&w, "uid", event->uid);
	}
	put_process(&w, event);
	if (event->entry_layer)
		put_entry(&w, event);
	jsonw_u64(&w, "count", event->count);
	if (event->processes > 1)
		jsonw_u64(&w, "processes", event->processes);
	if (event->addresses > 1)
		jsonw_u64(&w, "addresses", event->addresses);
	put_first(&w, event, stamp);
	jsonw_object_end(&w);
}

/* 1: true; 0: false; -1: null */
static void put_answer(struct jsonw *w, const char *key, int answer)
{
	if (answer < 0)
		jsonw_null(w, key);
	else
		jsonw_bool(w, key, answer);
}

static void put_declared(struct jsonw *w, const struct event_listener *listener)
{
	put_answer(w, "declared", listener->declared);
	if (listener->by_pod) {
		jsonw_object(w, "declared_by");
		jsonw_string(w, "namespace", listener->by_namespace);
		jsonw_string(w, "pod", listener->by_pod);
		jsonw_string(w, "container", listener->by_container);
		jsonw_object_end(w);
	}
	jsonw_bool(w, "shadowed", listener->shadowed);
	jsonw_bool(w, "orphan", listener->orphan);
}

void event_listener_json(const struct event *event, const struct event_listener *listener,
			 struct buf *out)
{
	struct jsonw w = { .out = out };

	jsonw_object(&w, NULL);
	jsonw_plain(&w, "verdict", word_verdict(event->verdict));
	jsonw_plain(&w, "class", word_class(event->cls));
	put_address(&w, event);
	jsonw_u64(&w, "port", event->port);
	if (event->pid)
		jsonw_u64(&w, "pid", event->pid);
	if (!listener->no_socket)
		jsonw_u64(&w, "uid", event->uid); /* it has one even without a process */
	jsonw_plain(&w, "held_by", listener->held_by);
	put_process(&w, event);
	if (event->entry_layer)
		put_entry(&w, event);
	else
		jsonw_null(&w, "entry");
	put_answer(&w, "documented", listener->documented);
	put_declared(&w, listener);
	if (!listener->no_socket) {
		jsonw_u64(&w, "inode", listener->inode);
		jsonw_u64(&w, "cookie", listener->cookie);
	}
	jsonw_object_end(&w);
}
