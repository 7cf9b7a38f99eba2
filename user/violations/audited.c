// SPDX-License-Identifier: MIT
#include "audited.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "workload_name.h"

#define BUCKETS AUDITED_MAX /* a power of two */

struct entry {
	struct audited_violation violation; /* its texts are the label's */
	struct label *label;
	uint32_t hash;
	struct entry *next;	       /* of its bucket */
	struct entry *younger, *older; /* by when they came last */
};

struct audited {
	struct entry *buckets[BUCKETS];
	struct entry *youngest, *oldest;
	size_t len;
	uint64_t age; /* entries that are gone: what is known of where others are may be of them */
	uint64_t forgotten[HP_CLASS_MAX];
	struct labels labels;
};

int audited_new(struct audited **ret_audited)
{
	*ret_audited = calloc(1, sizeof(**ret_audited));
	return *ret_audited ? 0 : -ENOMEM;
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

static bool is_any_port(const struct event *event)
{
	return event->cls == HP_CLASS_EPHEMERAL;
}

/* Of ports of the kernel's choice that no row names each time another one is taken. */
static uint16_t port_of(const struct event *event)
{
	return is_any_port(event) ? 0 : event->port;
}

static uint32_t hash_of(const struct event *event, const struct hp_query *q, bool kernel,
			const struct label *label)
{
	uint32_t h = (uint32_t)port_of(event) << 16 | (uint32_t)q->proto << 8 |
		     (uint32_t)q->scope << 2 | (uint32_t)q->chosen << 1 | kernel;

	h = (h ^ label->hash) * 16777619U;
	return (h ^ h >> 15) * 2654435761U;
}

/* Is it what the event would be kept as, but for the workload? */
static bool is_of(const struct entry *entry, const struct event *event, const struct hp_query *q,
		  bool kernel)
{
	const struct audited_violation *v = &entry->violation;

	return v->breach.proto == q->proto && v->scope == q->scope && v->chosen == q->chosen &&
	       v->kernel == kernel && v->breach.port == port_of(event);
}

static bool is_whose(const struct entry *entry, const struct label *label)
{
	return entry->label == label || strcmp(entry->label->workload, label->workload) == 0;
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

/* Its memory is the caller's. */
static struct entry *forget_oldest(struct audited *audited)
{
	struct entry *entry = audited->oldest;
	struct entry **at = &audited->buckets[entry->hash & (BUCKETS - 1)];

	count_forgotten(audited, entry->violation.breach.cls);
	while (*at != entry)
		at = &(*at)->next;
	*at = entry->next;
	unlink_entry(audited, entry);
	label_drop(&audited->labels, entry->label);
	audited->len--;
	audited->age++;
	return entry;
}

void audited_free(struct audited *audited)
{
	if (!audited)
		return;
	while (audited->oldest)
		free(forget_oldest(audited));
	labels_free(&audited->labels);
	free(audited);
}

/* NULL: no memory. */
static struct entry *insert(struct audited *audited, const struct event *event,
			    const struct hp_query *q, bool kernel, struct label *label)
{
	struct entry *entry, **at;

	entry = audited->len == AUDITED_MAX ? forget_oldest(audited) : malloc(sizeof(*entry));
	if (!entry)
		return NULL;
	*entry = (struct entry) {
		.violation = { .scope = q->scope, .chosen = q->chosen, .kernel = kernel },
		.label = label,
		.hash = hash_of(event, q, kernel, label),
	};
	breach_of_event(event, &entry->violation.breach);
	entry->violation.breach.port = port_of(event);
	entry->violation.breach.cgroup = label->cgroup;
	entry->violation.breach.workload = label->workload;
	label->refs++;
	at = &audited->buckets[entry->hash & (BUCKETS - 1)];
	entry->next = *at;
	*at = entry;
	link_youngest(audited, entry);
	audited->len++;
	return entry;
}

static void add_to(struct audited *audited, struct entry *entry, const struct event *event)
{
	struct breach breach;

	breach_of_event(event, &breach);
	breach_add(&entry->violation.breach, &breach);
	if (entry == audited->youngest)
		return;
	unlink_entry(audited, entry);
	link_youngest(audited, entry);
}

static struct entry *find(const struct audited *audited, const struct event *event,
			  const struct hp_query *q, bool kernel, const struct label *label)
{
	uint32_t hash = hash_of(event, q, kernel, label);
	struct entry *entry = audited->buckets[hash & (BUCKETS - 1)];

	while (entry &&
	       (entry->hash != hash || !is_of(entry, event, q, kernel) || !is_whose(entry, label)))
		entry = entry->next;
	return entry;
}

/* Where it is then, or NULL: there was no memory, which is counted. */
static struct entry *add(struct audited *audited, const struct event *event,
			 const struct hp_query *q, bool kernel)
{
	struct label *label = label_of(&audited->labels, event);
	struct entry *entry = label ? find(audited, event, q, kernel, label) : NULL;

	if (entry)
		add_to(audited, entry, event);
	else if (label)
		entry = insert(audited, event, q, kernel, label);
	if (!entry)
		count_forgotten(audited, event->cls);
	return entry;
}

void audited_add(struct audited *audited, const struct event *event, bool kernel)
{
	const struct hp_query q = audited_query(event);

	(void)add(audited, event, &q, kernel);
}

void audited_again(struct audited *audited, struct audited_ref *ref, const struct event *event,
		   const struct hp_query *query, bool kernel)
{
	struct entry *entry = ref->age == audited->age ? ref->entry : NULL;

	if (entry && is_of(entry, event, query, kernel)) {
		add_to(audited, entry, event);
		return;
	}
	ref->entry = add(audited, event, query, kernel);
	ref->age = audited->age;
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
