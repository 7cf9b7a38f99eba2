// SPDX-License-Identifier: MIT
#include "audited.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#define BUCKETS AUDITED_MAX /* a power of two */

struct entry {
	struct audited_violation violation;
	uint32_t hash;
	struct entry *next;	       /* of its bucket */
	struct entry *younger, *older; /* by when they came last */
};

struct audited {
	struct entry *buckets[BUCKETS];
	struct entry *youngest, *oldest;
	size_t len;
	uint64_t forgotten[HP_CLASS_MAX];
};

int audited_new(struct audited **ret_audited)
{
	*ret_audited = calloc(1, sizeof(**ret_audited));
	return *ret_audited ? 0 : -ENOMEM;
}

static void entry_free(struct entry *entry)
{
	breach_free(&entry->violation.breach);
	free(entry);
}

void audited_free(struct audited *audited)
{
	struct entry *entry, *older;

	if (!audited)
		return;
	for (entry = audited->youngest; entry; entry = older) {
		older = entry->older;
		entry_free(entry);
	}
	free(audited);
}

static uint8_t scope_of(const struct event *event)
{
	uint32_t a[4];

	memcpy(a, event->addr, sizeof(a));
	return event->family == 4 ?
		       hp_scope_of4(ntohl(a[0])) :
		       hp_scope_of6(ntohl(a[0]), ntohl(a[1]), ntohl(a[2]), ntohl(a[3]));
}

struct hp_query audited_query(const struct event *event)
{
	return (struct hp_query) {
		.proto = event->proto,
		.scope = scope_of(event),
		.port = event->port,
		.chosen = event->cls == HP_CLASS_EPHEMERAL || event->how == HP_HOW_BIND0 ||
			  event->how == HP_HOW_LISTEN,
	};
}

/* Of ports of the kernel's choice that no row names each time another one is taken. */
static int read_event(const struct event *event, bool kernel, struct audited_violation *ret)
{
	struct hp_query query = audited_query(event);
	struct audited_violation v = {
		.scope = query.scope,
		.kernel = kernel,
		.chosen = query.chosen,
	};
	int r = breach_from_event(event, &v.breach);

	if (r < 0)
		return r;
	if (event->cls == HP_CLASS_EPHEMERAL)
		v.breach.port = 0;
	*ret = v;
	return 0;
}

static uint32_t hash_of(const struct audited_violation *v)
{
	uint32_t h = (uint32_t)v->breach.port << 16 | (uint32_t)v->breach.proto << 8 |
		     (uint32_t)v->scope << 2 | (uint32_t)v->chosen << 1 | v->kernel;

	for (const char *c = v->breach.workload; *c; c++)
		h = (h ^ (unsigned char)*c) * 16777619U;
	return (h ^ h >> 15) * 2654435761U;
}

static bool is_same(const struct audited_violation *a, const struct audited_violation *b)
{
	return a->breach.port == b->breach.port && a->breach.proto == b->breach.proto &&
	       a->scope == b->scope && a->chosen == b->chosen && a->kernel == b->kernel &&
	       strcmp(a->breach.workload, b->breach.workload) == 0;
}

/* Where the pointer to it stands, or would. */
static struct entry **place_of(struct audited *audited, const struct audited_violation *v,
			       uint32_t hash)
{
	struct entry **at = &audited->buckets[hash & (BUCKETS - 1)];

	while (*at && ((*at)->hash != hash || !is_same(&(*at)->violation, v)))
		at = &(*at)->next;
	return at;
}

static void unlink_entry(struct audited *audited, struct entry *entry)
{
	*(entry->younger ? &entry->younger->older : &audited->youngest) = entry->older;
	*(entry->older ? &entry->older->younger : &audited->oldest) = entry->younger;
}

static void link_youngest(struct audited *audited, struct entry *entry)
{
	entry->younger = NULL;
	entry->older = audited->youngest;
	*(entry->older ? &entry->older->younger : &audited->oldest) = entry;
	audited->youngest = entry;
}

static void count_forgotten(struct audited *audited, uint8_t cls)
{
	audited->forgotten[cls < HP_CLASS_MAX ? cls : HP_CLASS_NONE]++;
}

static void forget_oldest(struct audited *audited)
{
	struct entry *entry = audited->oldest;

	count_forgotten(audited, entry->violation.breach.cls);
	*place_of(audited, &entry->violation, entry->hash) = entry->next;
	unlink_entry(audited, entry);
	entry_free(entry);
	audited->len--;
}

/* Takes over the violation. */
static int insert(struct audited *audited, struct audited_violation *v, uint32_t hash)
{
	struct entry *entry = calloc(1, sizeof(*entry)), **at;

	if (!entry) {
		breach_free(&v->breach);
		return -ENOMEM;
	}
	if (audited->len == AUDITED_MAX)
		forget_oldest(audited);
	entry->violation = *v;
	entry->hash = hash;
	at = &audited->buckets[hash & (BUCKETS - 1)];
	entry->next = *at;
	*at = entry;
	link_youngest(audited, entry);
	audited->len++;
	return 0;
}

void audited_add(struct audited *audited, const struct event *event, bool kernel)
{
	struct audited_violation v;
	struct entry *known;
	uint32_t hash;

	if (read_event(event, kernel, &v) < 0) {
		count_forgotten(audited, event->cls);
		return;
	}
	hash = hash_of(&v);
	known = *place_of(audited, &v, hash);
	if (known) {
		breach_add(&known->violation.breach, &v.breach);
		breach_free(&v.breach);
		unlink_entry(audited, known);
		link_youngest(audited, known);
	} else if (insert(audited, &v, hash) < 0) {
		count_forgotten(audited, event->cls);
	}
}

struct hp_decision audited_decide(const struct audited_violation *violation,
				  const struct policy *policy, const struct hp_config *config)
{
	const struct hp_query query = {
		.proto = violation->breach.proto,
		.scope = violation->scope,
		.port = violation->breach.port,
		.kernel_socket = violation->kernel,
		.chosen = violation->chosen,
	};

	return policy_decide(policy, config, &query);
}

uint64_t audited_forgotten(const struct audited *audited, uint32_t classes)
{
	uint64_t sum = 0;

	for (unsigned int c = 0; c < HP_CLASS_MAX; c++)
		sum += classes & 1U << c ? audited->forgotten[c] : 0;
	return sum;
}

void audited_each(const struct audited *audited, audited_fn fn, void *data)
{
	for (const struct entry *entry = audited->youngest; entry; entry = entry->older)
		fn(data, &entry->violation);
}
