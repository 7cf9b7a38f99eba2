// SPDX-License-Identifier: MIT
#include "dedup.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

/* What made a pod, or the pod itself; and a container of it. */
struct maker {
	const struct pod *pod; /* NULL where something made it */
	const char *namespace_, *kind, *name;
	size_t len; /* of the name */
	const char *container;
};

/* A finding that was kept. There are at most FINDINGS_MAX. */
struct kept_finding {
	const struct rule *rule;
	struct maker makers[2]; /* the lesser first */
	uint16_t port;
	uint8_t proto;
	bool accepted;
	const char *text;
	const struct pod *pod; /* the first one */
};

static int compare_numbers(uintptr_t a, uintptr_t b)
{
	return a < b ? -1 : a > b;
}

static int compare_texts(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "");
}

static int compare_makers(const struct maker *a, const struct maker *b)
{
	int order = compare_numbers((uintptr_t)a->pod, (uintptr_t)b->pod);

	if (!order)
		order = compare_numbers(a->len, b->len);
	if (!order && a->len)
		order = memcmp(a->name, b->name, a->len);
	if (!order)
		order = compare_texts(a->kind, b->kind);
	if (!order)
		order = compare_texts(a->namespace_, b->namespace_);
	return order ? order : compare_texts(a->container, b->container);
}

static int compare(const void *a, const void *b)
{
	const struct kept_finding *x = a, *y = b;
	int order = compare_numbers((uintptr_t)x->rule, (uintptr_t)y->rule);

	if (!order)
		order = compare_numbers(x->port, y->port);
	if (!order)
		order = compare_numbers(x->proto, y->proto);
	if (!order)
		order = compare_numbers(x->accepted, y->accepted);
	for (size_t i = 0; !order && i < ARRAY_LEN(x->makers); i++)
		order = compare_makers(&x->makers[i], &y->makers[i]);
	return order ? order : compare_texts(x->text, y->text);
}

/* A ReplicaSet of a Deployment has its name and a hash, which its pods have as a label. */
static size_t deployment_len(const struct pod *pod)
{
	size_t len = strlen(pod->maker), hash;

	for (const struct label *l = pod->labels; l; l = l->next) {
		hash = strlen(l->value);
		if (strcmp(l->key, "pod-template-hash") == 0 && hash && hash + 1 < len &&
		    pod->maker[len - hash - 1] == '-' &&
		    strcmp(pod->maker + len - hash, l->value) == 0)
			return len - hash - 1;
	}
	return 0;
}

/* The pods that a node is said to have made are static ones, which are no replicas. */
static bool is_replica(const struct pod *pod)
{
	return strcmp(pod->kind, "Pod") == 0 && pod->maker && pod->maker_kind &&
	       strcmp(pod->maker_kind, "Node") != 0;
}

static struct maker maker_of(const struct dedup_side *side)
{
	const struct pod *pod = side->pod;
	struct maker maker = { .container = side->container ? side->container->name : NULL };
	size_t len;

	if (!pod)
		return maker;
	if (!is_replica(pod)) {
		maker.pod = pod;
		return maker;
	}
	len = strcmp(pod->maker_kind, "ReplicaSet") == 0 ? deployment_len(pod) : 0;
	maker.namespace_ = pod->namespace_;
	maker.kind = len ? "Deployment" : pod->maker_kind;
	maker.name = pod->maker;
	maker.len = len ? len : strlen(pod->maker);
	return maker;
}

static void add(struct check *check, const struct kept_finding *key)
{
	struct kept_finding *kept = arena_take(&check->model.arena, sizeof(*kept));

	if (!kept)
		return;
	*kept = *key;
	if (!tsearch(kept, &check->dedup, compare))
		check->model.arena.failed = true;
}

struct finding *dedup_finding(struct check *check, struct dedup_side side, struct dedup_side other,
			      const char *text, struct finding *finding)
{
	struct maker a = maker_of(&side), b = maker_of(&other);
	struct kept_finding key = { .text = text, .pod = side.pod };
	void *found;

	if (!finding || !(is_replica(side.pod) || (other.pod && is_replica(other.pod))))
		return finding;
	key.rule = finding->rule;
	key.port = finding->port;
	key.proto = finding->proto;
	key.accepted = finding->accepted != NULL;
	key.makers[0] = compare_makers(&a, &b) <= 0 ? a : b;
	key.makers[1] = compare_makers(&a, &b) <= 0 ? b : a;
	found = tfind(&key, &check->dedup, compare);
	if (!found) {
		add(check, &key);
		return finding;
	}
	/* A pod may have several: two probes of one port. */
	if ((*(struct kept_finding **)found)->pod == side.pod)
		return finding;
	findings_take_back(&check->findings);
	return NULL;
}

static void keep(void *kept)
{
	(void)kept; /* the arena's */
}

void dedup_forget(struct check *check)
{
	tdestroy(check->dedup, keep);
	check->dedup = NULL;
}
