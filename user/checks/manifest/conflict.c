// SPDX-License-Identifier: MIT
#include "conflict.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../registry/words.h"
#include "claimed_address.h"
#include "dedup.h"
#include "placement_meet.h"

struct claim {
	const struct pod *pod;
	const struct container *container;
	const struct port *port;
	const char *address;
	bool declared;
	size_t order;
};

struct claims {
	struct claim *items;
	size_t len;
};

static int compare(const struct claim *a, const struct claim *b)
{
	if (a->port->proto != b->port->proto)
		return a->port->proto < b->port->proto ? -1 : 1;
	return (int)a->port->number - (int)b->port->number;
}

static int by_port(const void *a, const void *b)
{
	const struct claim *x = a, *y = b;
	int order = compare(x, y);

	return order ? order : x->order < y->order ? -1 : x->order > y->order;
}

/* Append a claim; without `items` it is only counted. */
static void add_claim(struct claims *claims, const struct pod *pod, const struct container *c,
		      const struct port *port, bool declared)
{
	if (claims->items)
		claims->items[claims->len] = (struct claim) {
			.pod = pod,
			.container = c,
			.port = port,
			.address = claimed_address(pod, c, port),
			.declared = declared,
			.order = claims->len,
		};
	claims->len++;
}

static void add_claims(const struct pod *pods, struct claims *claims)
{
	claims->len = 0;
	for (const struct pod *pod = pods; pod; pod = pod->next)
		for (const struct container *c = pod->ended ? NULL : pod->containers; c;
		     c = c->next) {
			for (const struct port *p = c->ports; p; p = p->next)
				if (p->claims)
					add_claim(claims, pod, c, p, true);
			for (const struct port *p = c->undeclared; p; p = p->next)
				add_claim(claims, pod, c, p, false);
		}
}

static int collect(const struct pod *pods, struct claims *ret)
{
	add_claims(pods, ret);
	ret->items = calloc(ret->len + 1, sizeof(*ret->items));
	if (!ret->items)
		return -ENOMEM;
	add_claims(pods, ret);
	qsort(ret->items, ret->len, sizeof(*ret->items), by_port);
	return 0;
}

/*
 * Does a container run at the same time as one that comes after it in its pod, or as itself? An
 * init container has ended when the next one starts; a sidecar goes on.
 */
static bool run_together(const struct container *first, const struct container *second)
{
	return first->kind != CONTAINER_INIT || first == second;
}

/* Did something of this kind and name make the pod, or what made it? */
static bool is_made_by(const struct pod *pod, const char *kind, const char *name)
{
	static const struct {
		const char *made, *by;
	} chains[] = {
		{ "ReplicaSet", "Deployment" },
		{ "ReplicationController", "DeploymentConfig" },
		{ "Job", "CronJob" },
	};
	size_t len = strlen(name);

	/* Static pods name their node as their maker. */
	if (!pod->maker || !pod->maker_kind || strcmp(pod->maker_kind, "Node") == 0)
		return false;
	if (strcmp(pod->maker_kind, kind) == 0 && strcmp(pod->maker, name) == 0)
		return true;
	for (size_t i = 0; i < ARRAY_LEN(chains); i++)
		if (strcmp(pod->maker_kind, chains[i].made) == 0 &&
		    strcmp(kind, chains[i].by) == 0 && strncmp(pod->maker, name, len) == 0 &&
		    pod->maker[len] == '-' && !strchr(pod->maker + len + 1, '-'))
			return true;
	return false;
}

/*
 * Two documents may have the same object: a base, which may leave its namespace to the overlay,
 * and what is made from it. A dump of a cluster has workloads beside the pods that they made.
 */
static bool same_object(const struct pod *a, const struct pod *b)
{
	if (a->name == b->name)
		return false;
	if (!a->placeless && !b->placeless && strcmp(a->namespace_, b->namespace_) != 0)
		return false;
	if (strcmp(a->name, b->name) == 0 && strcmp(a->kind, b->kind) == 0)
		return true;
	if (is_made_by(a, b->kind, b->name) || is_made_by(b, a->kind, a->name))
		return true;
	return b->maker && b->maker_kind && is_made_by(a, b->maker_kind, b->maker);
}

static bool clash(const struct claim *a, const struct claim *b, size_t *steps)
{
	if (!claimed_address_overlap(a->address, b->address))
		return false;
	if (a->pod == b->pod) /* a probe may be of another container's port */
		return a->declared && b->declared && run_together(a->container, b->container);
	/* What is probed may be the other one's; but two of them mean one each. */
	if ((a->port->probed && b->declared) || (b->port->probed && a->declared))
		return false;
	if (a->pod->nameless || b->pod->nameless)
		return false; /* a patch of some other object */
	return !same_object(a->pod, b->pod) && placement_meet(a->pod, b->pod, steps);
}

/* Are both of one directory, which is deployed as a whole? Directories may be alternatives. */
static bool deployed_together(const struct claim *a, const struct claim *b)
{
	const char *x = a->port->place.file, *y = b->port->place.file;
	const char *slash = strrchr(x, '/'), *other = strrchr(y, '/');
	size_t len = slash ? (size_t)(slash - x) : 0;

	return len == (other ? (size_t)(other - y) : 0) && memcmp(x, y, len) == 0;
}

static void add(struct check *check, const struct claim *a, const struct claim *b, bool together)
{
	const struct port *port = a->port;
	const struct pod *pod = a->pod, *other = b->pod;
	bool same = pod == other;
	struct finding *f;

	f = manifest_add_finding(
		&check->findings, together ? RULE_CONFLICT : RULE_POSSIBLE_CONFLICT, &port->place,
		pod->ignores, other->ignores, port->proto, port->number,
		"%s, container %s, claims %s %u, which %s%s, container %s, claims as well (%s:%u)",
		pod->full_name, a->container->name, word_proto(port->proto), port->number,
		same ? "the same pod" : other->full_name, same ? "" : " on the same node",
		b->container->name, b->port->place.file, b->port->place.line);
	if (together)
		finding_suggest(f, "give one of them another port%s",
				same ? "" : ", or keep them on different nodes");
	else
		finding_suggest(f, "if both are deployed to one cluster, give one of them another "
				   "port, or keep them on different nodes");
	(void)dedup_finding(check, (struct dedup_side) { pod, a->container },
			    (struct dedup_side) { other, b->container }, NULL, f);
}

/* The first of the claims before one that it clashes with, of the same directory if there is any.
 */
static const struct claim *find_clash(const struct claim *claims, const struct claim *claim,
				      size_t *steps, bool *ret_together)
{
	const struct claim *elsewhere = NULL;

	*ret_together = true;
	for (const struct claim *c = claims; c < claim && *steps; c++) {
		bool together = deployed_together(c, claim);

		(*steps)--;
		if ((!together && elsewhere) || !clash(c, claim, steps) || !*steps)
			continue;
		if (together)
			return c;
		elsewhere = c;
	}
	*ret_together = false;
	return elsewhere;
}

static void check_port(struct check *check, const struct claim *claims, size_t len, size_t *steps)
{
	const struct claim *other;
	bool together;

	for (size_t i = 1; i < len; i++) {
		other = find_clash(claims, &claims[i], steps, &together);
		if (other && *steps)
			add(check, &claims[i], other, together);
	}
}

int conflict_check(struct check *check, size_t steps)
{
	struct claims claims = { 0 };
	_cleanup_free_ struct claim *items = NULL;
	int r = collect(check->model.pods, &claims);
	size_t n;

	items = claims.items;
	if (r < 0)
		return r;
	for (size_t i = 0; i < claims.len; i += n) {
		for (n = 1; i + n < claims.len && compare(&items[i], &items[i + n]) == 0;)
			n++;
		check_port(check, &items[i], n, &steps);
	}
	if (!steps)
		(void)findings_add(&check->findings, manifest_rule(RULE_BROKEN),
				   check->model.pods->place.file, 0, 0,
				   "too many claims of the same ports to compare all of them");
	return 0;
}
