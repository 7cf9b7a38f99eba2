// SPDX-License-Identifier: MIT
#include "event_pack.h"

#include <stddef.h>
#include <string.h>

/* What comes before the texts, each of which ends with a zero byte. */
struct head {
	struct timespec time, first;
	uint64_t count;
	const char *node;
	uint8_t mode, verdict, cls, proto, how, family, workload_kind;
	uint8_t entry; /* it has one: three texts more */
	uint8_t addr[HP_ADDR_LEN];
	uint16_t port;
	uint32_t pid, uid;
};

/* The most that texts take: the paths, and what little there is besides. */
#define TEXTS_MAX (2 * PATH_MAX + sizeof(struct workload) + HP_COMM_LEN + 16)

static char *put(char *to, const char *text)
{
	size_t n = strlen(text) + 1;

	memcpy(to, text, n);
	return to + n;
}

static struct head head_of(const struct event *e)
{
	struct head head = {
		.time = e->time,
		.first = e->first,
		.count = e->count,
		.node = e->node,
		.mode = e->mode,
		.verdict = e->verdict,
		.cls = e->cls,
		.proto = e->proto,
		.how = e->how,
		.family = e->family,
		.workload_kind = (uint8_t)e->workload.kind,
		.entry = e->entry_layer != NULL,
		.port = e->port,
		.pid = e->pid,
		.uid = e->uid,
	};

	memcpy(head.addr, e->addr, sizeof(head.addr));
	return head;
}

static void put_entry(const struct event *e, struct buf *out)
{
	const char *const texts[] = { e->entry_layer, e->entry_process, e->entry_team };

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		buf_add(out, texts[i] ? texts[i] : "", texts[i] ? strlen(texts[i]) + 1 : 1);
}

void event_pack(const struct event *e, struct buf *out)
{
	struct head head = head_of(e);
	char texts[TEXTS_MAX], *end = texts;

	end = put(end, e->comm);
	end = put(end, e->exe);
	end = put(end, e->cgroup);
	end = put(end, e->workload.uid);
	end = put(end, e->workload.container_id);
	end = put(end, e->workload.runtime);
	end = put(end, e->workload.unit);
	buf_reset(out);
	buf_add(out, &head, sizeof(head));
	buf_add(out, texts, (size_t)(end - texts));
	if (head.entry)
		put_entry(e, out);
}

/* The text at *at, which is then behind it. */
static const char *take(const char **at)
{
	const char *text = *at;

	*at += strlen(text) + 1;
	return text;
}

static void take_into(const char **at, char *to)
{
	const char *text = take(at);

	memcpy(to, text, (size_t)(*at - text));
}

static void unpack_head(const struct head *head, struct event *e)
{
	e->time = head->time;
	e->first = head->first;
	e->count = head->count;
	e->node = head->node;
	e->mode = head->mode;
	e->verdict = head->verdict;
	e->cls = head->cls;
	e->proto = head->proto;
	e->how = head->how;
	e->family = head->family;
	memcpy(e->addr, head->addr, sizeof(e->addr));
	e->port = head->port;
	e->pid = head->pid;
	e->uid = head->uid;
	e->place = 0;
	e->workload.kind = (enum workload_kind)head->workload_kind;
}

bool event_unpack(const struct buf *packed, struct event *e)
{
	const char *at = packed->data + sizeof(struct head);
	struct head head;

	if (packed->failed || packed->len <= sizeof(head))
		return false;
	memcpy(&head, packed->data, sizeof(head));
	unpack_head(&head, e);
	take_into(&at, e->comm);
	take_into(&at, e->exe);
	take_into(&at, e->cgroup);
	take_into(&at, e->workload.uid);
	take_into(&at, e->workload.container_id);
	take_into(&at, e->workload.runtime);
	take_into(&at, e->workload.unit);
	e->entry_layer = head.entry ? take(&at) : NULL;
	e->entry_process = head.entry ? take(&at) : NULL;
	e->entry_team = head.entry ? take(&at) : NULL;
	return true;
}
