// SPDX-License-Identifier: MIT
#include "dedup.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

/* A finding that was kept. There are at most FINDINGS_MAX. */
struct kept_finding {
	const char *key;       /* all that replicas have in common, as one text */
	const struct pod *pod; /* the first one */
};

static int compare(const void *a, const void *b)
{
	const struct kept_finding *x = a, *y = b;

	return strcmp(x->key, y->key);
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

bool dedup_is_replica(const struct pod *pod)
{
	return strcmp(pod->kind, "Pod") == 0 && pod->maker && pod->maker_kind &&
	       strcmp(pod->maker_kind, "Node") != 0;
}

/* The length comes first, so that no byte of a text can be taken for its end. */
static void put_text(struct buf *key, const char *text, size_t len)
{
	buf_printf(key, "%zu:", len);
	buf_add(key, text, len);
}

/* What made a pod, or the pod itself; and a container of it. */
static void put_side(struct buf *key, const struct dedup_side *side)
{
	const struct pod *pod = side->pod;
	size_t len;

	buf_puts(key, "");
	if (!pod)
		return;
	if (dedup_is_replica(pod)) {
		const char *kind = pod->maker_kind;

		len = strcmp(kind, "ReplicaSet") == 0 ? deployment_len(pod) : 0;
		kind = len ? "Deployment" : kind;
		put_text(key, kind, strlen(kind));
		put_text(key, pod->namespace_, strlen(pod->namespace_));
		put_text(key, pod->maker, len ? len : strlen(pod->maker));
	} else {
		buf_printf(key, "%p ", (const void *)pod);
	}
	put_text(key, side->container->name, strlen(side->container->name));
}

static void put_key(const struct finding *finding, const struct dedup_side *side,
		    const struct dedup_side *other, const char *text, struct buf *key)
{
	_cleanup_buf_ struct buf a = { 0 }, b = { 0 };
	bool ordered;

	put_side(&a, side);
	put_side(&b, other);
	key->failed |= a.failed || b.failed;
	if (key->failed)
		return;
	ordered = strcmp(a.data, b.data) <= 0;
	buf_printf(key, "%s %u/%u %d %s %s %s", finding->rule->id, finding->proto, finding->port,
		   finding->accepted != NULL, ordered ? a.data : b.data, ordered ? b.data : a.data,
		   text ? text : "");
}

static void keep_finding(struct check *check, const struct kept_finding *finding)
{
	struct arena *arena = &check->kept;
	struct kept_finding *kept = arena_take(arena, sizeof(*kept));
	const char *key = arena_text(arena, finding->key);

	if (!kept || !key)
		return;
	*kept = (struct kept_finding) { .key = key, .pod = finding->pod };
	if (!tsearch(kept, &check->dedup, compare))
		arena->failed = true;
}

struct finding *dedup_finding(struct check *check, struct dedup_side side, struct dedup_side other,
			      const char *text, struct finding *finding)
{
	_cleanup_buf_ struct buf key = { 0 };
	struct kept_finding wanted = { .pod = side.pod }, **found;

	if (!finding || !(dedup_is_replica(side.pod) || (other.pod && dedup_is_replica(other.pod))))
		return finding;
	put_key(finding, &side, &other, text, &key);
	if (key.failed) {
		check->findings.failed = true;
		return finding;
	}
	wanted.key = key.data;
	found = tfind(&wanted, &check->dedup, compare);
	if (!found)
		keep_finding(check, &wanted);
	/* One pod may have several: two probes of one port. */
	if (!found || (*found)->pod == side.pod)
		return finding;
	findings_remove_last(&check->findings);
	return NULL;
}

/* What the tree holds is the arena's. */
static void leave(void *kept)
{
	(void)kept;
}

void dedup_forget(struct check *check)
{
	tdestroy(check->dedup, leave);
	check->dedup = NULL;
}
