// SPDX-License-Identifier: MIT
#include "impact.h"

#include <errno.h>
#include <string.h>

#include "../base/stamp.h"
#include "../event/address.h"
#include "../identity/workload_json.h"
#include "../registry/words.h"

#define LEN_MIN 64

void breach_free(struct breach *breach)
{
	free(breach->cgroup);
	free(breach->workload);
	*breach = (struct breach) { 0 };
}

/* Give `breach` strings of its own. */
static int own(struct breach *breach, const char *cgroup, const char *workload)
{
	breach->cgroup = strdup(cgroup);
	breach->workload = strdup(workload);
	if (breach->cgroup && breach->workload)
		return 0;
	breach_free(breach);
	return -ENOMEM;
}

void breach_of_event(const struct event *e, struct breach *ret_breach)
{
	*ret_breach = (struct breach) {
		.cls = e->cls,
		.proto = e->proto,
		.family = e->family,
		.port = e->port,
		.pid = e->pid,
		.uid = e->uid,
		.kernel = e->workload.kind == WORKLOAD_KERNEL,
		.count = e->count,
		.first = e->first,
		.last = e->time,
	};
	memcpy(ret_breach->addr, e->addr, sizeof(ret_breach->addr));
	memcpy(ret_breach->comm, e->comm, sizeof(ret_breach->comm));
}

int breach_from_event(const struct event *e, struct breach *ret_breach)
{
	_cleanup_buf_ struct buf workload = { 0 };
	struct breach breach;
	int r;

	breach_of_event(e, &breach);
	workload_text(&e->workload, e->cgroup, &workload);
	if (workload.failed)
		return -ENOMEM;
	r = own(&breach, e->cgroup, workload.data ? workload.data : "");
	if (r == 0)
		*ret_breach = breach;
	return r;
}

static bool is_before(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec != b->tv_sec ? a->tv_sec < b->tv_sec : a->tv_nsec < b->tv_nsec;
}

/* Who is it: the one who is there now, else the last one that was. */
static bool says_more(const struct breach *more, const struct breach *than)
{
	if (!more->sockets != !than->sockets)
		return more->sockets;
	return !is_before(&more->last, &than->last);
}

void breach_add(struct breach *breach, const struct breach *more)
{
	if (says_more(more, breach)) {
		breach->family = more->family;
		memcpy(breach->addr, more->addr, sizeof(breach->addr));
		breach->pid = more->pid;
		breach->uid = more->uid;
		memcpy(breach->comm, more->comm, sizeof(breach->comm));
	}
	if (more->count && (!breach->count || is_before(&more->first, &breach->first)))
		breach->first = more->first;
	if (more->count && (!breach->count || is_before(&breach->last, &more->last)))
		breach->last = more->last;
	breach->sockets += more->sockets;
	breach->count += more->count;
}

void breaks_free(struct breaks *breaks)
{
	for (size_t i = 0; i < breaks->len; i++)
		breach_free(&breaks->list[i]);
	free(breaks->list);
	*breaks = (struct breaks) { 0 };
}

/* Take over a breach, whatever comes of it. */
static int take(struct breaks *breaks, struct breach *breach)
{
	size_t cap = breaks->cap ? breaks->cap * 2 : LEN_MIN;
	struct breach *grown;

	if (breaks->len == breaks->cap) {
		grown = reallocarray(breaks->list, cap, sizeof(*grown));
		if (!grown) {
			breach_free(breach);
			return -ENOMEM;
		}
		breaks->list = grown;
		breaks->cap = cap;
	}
	breaks->list[breaks->len++] = *breach;
	return 0;
}

int breaks_add_socket(struct breaks *breaks, const struct event *event)
{
	struct breach breach;
	int r = breach_from_event(event, &breach);

	if (r < 0)
		return r;
	breach.sockets = 1;
	breach.count = 0;
	breach.first = breach.last = (struct timespec) { 0 };
	return take(breaks, &breach);
}

int breaks_add_audited(struct breaks *breaks, const struct breach *audited, uint8_t cls)
{
	struct breach breach = *audited;
	int r = own(&breach, audited->cgroup, audited->workload);

	if (r < 0)
		return r;
	breach.cls = cls;
	return take(breaks, &breach);
}

#define COMPARE(a, b) (((a) > (b)) - ((a) < (b)))

static int compare(const void *left, const void *right)
{
	const struct breach *a = left, *b = right;
	int r = COMPARE(a->cls, b->cls);

	if (!r)
		r = strcmp(a->workload, b->workload);
	if (!r)
		r = COMPARE(a->proto, b->proto);
	return r ? r : COMPARE(a->port, b->port);
}

void breaks_settle(struct breaks *breaks)
{
	size_t len = 0;

	if (breaks->len)
		qsort(breaks->list, breaks->len, sizeof(*breaks->list), compare);
	for (size_t i = 0; i < breaks->len; i++) {
		struct breach *b = &breaks->list[i];

		if (len && compare(&breaks->list[len - 1], b) == 0) {
			breach_add(&breaks->list[len - 1], b);
			breach_free(b);
		} else {
			breaks->list[len++] = *b;
		}
	}
	breaks->len = len;
}

bool breaks_any(const struct breaks *breaks)
{
	return breaks->len || breaks->forgotten;
}

static void put_who(const struct breach *b, struct jsonw *w)
{
	struct workload who = { .kind = WORKLOAD_KERNEL };

	if (!b->kernel)
		workload_parse(b->cgroup, &who);
	if (who.kind != WORKLOAD_UNKNOWN)
		workload_put(&who, w);
	jsonw_string_opt(w, "cgroup", b->cgroup);
	if (b->pid)
		jsonw_u64(w, "pid", b->pid);
	jsonw_u64(w, "uid", b->uid);
	jsonw_string_opt(w, "comm", b->comm);
}

static void put_times(const struct breach *b, struct jsonw *w)
{
	char text[STAMP_LEN + 1];

	jsonw_u64(w, "count", b->count);
	if (!b->count)
		return;
	stamp_utc(&b->first, text);
	jsonw_string(w, "first", text);
	stamp_utc(&b->last, text);
	jsonw_string(w, "last", text);
}

static void put_breach(const struct breach *b, struct jsonw *w)
{
	char address[INET6_ADDRSTRLEN];

	address_text(b->family, b->addr, address);
	jsonw_object(w, NULL);
	jsonw_string(w, "class", word_class(b->cls));
	jsonw_string(w, "protocol", word_proto(b->proto));
	jsonw_string_opt(w, "address", address);
	jsonw_u64(w, "port", b->port);
	put_who(b, w);
	jsonw_string(w, "source", b->sockets ? "listener" : "violation");
	jsonw_u64(w, "sockets", b->sockets);
	put_times(b, w);
	jsonw_object_end(w);
}

void breaks_put(const struct breaks *breaks, const char *key, size_t rows, size_t bytes,
		struct jsonw *w)
{
	size_t from = w->out->len, i;

	jsonw_array(w, key);
	for (i = 0; i < breaks->len && i < rows && w->out->len - from < bytes; i++)
		put_breach(&breaks->list[i], w);
	jsonw_array_end(w);
	jsonw_u64(w, "left_out", breaks->len - i);
	jsonw_u64(w, "forgotten", breaks->forgotten);
}
