// SPDX-License-Identifier: MIT
#include "ledger.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "../base/hash.h"

#define BUCKETS LEDGER_MAX

struct node {
	struct ledger_entry entry; /* must be first */
	uint64_t hash;
	struct node *next;	      /* of its bucket */
	struct node *younger, *older; /* by when they were reported last */
};

struct ledger {
	struct node *buckets[BUCKETS];
	struct node *youngest, *oldest;
	size_t len;
	uint64_t forgotten[2][HP_CLASS_MAX]; /* [is enforceable] */
	struct violated_ports ports;
	struct buf workload;	/* of the last event, in words */
	uint64_t workload_hash; /* of these words */
	struct buf cgroup;	/* its path: lines come in runs of one control group */
	bool kernel;		/* the workload is the kernel, whatever the path */
};

int ledger_new(struct ledger **ret_ledger)
{
	*ret_ledger = calloc(1, sizeof(**ret_ledger));
	return *ret_ledger ? 0 : -ENOMEM;
}

static uint8_t scope_of(const struct event *event)
{
	uint32_t a[4];

	memcpy(a, event->addr, sizeof(a));
	return event->family == 4 ?
		       hp_scope_of4(ntohl(a[0])) :
		       hp_scope_of6(ntohl(a[0]), ntohl(a[1]), ntohl(a[2]), ntohl(a[3]));
}

static struct hp_query query_of(const struct event *event, unsigned int flags)
{
	return (struct hp_query) {
		.proto = event->proto,
		.scope = scope_of(event),
		.port = event->port,
		.kernel_socket = !!(flags & LEDGER_KERNEL_SOCKET),
		.chosen = event->cls == HP_CLASS_EPHEMERAL || event->how == HP_HOW_BIND0 ||
			  event->how == HP_HOW_LISTEN,
	};
}

static uint64_t hash_of(const struct hp_query *query, uint64_t workload_hash)
{
	_Static_assert(sizeof(*query) == 6, "no bytes between the members");

	return hash_bytes(workload_hash, query, sizeof(*query));
}

static struct node **bucket_of(struct ledger *ledger, uint64_t hash)
{
	return &ledger->buckets[hash % BUCKETS];
}

static void unlink_age(struct ledger *ledger, struct node *node)
{
	*(node->younger ? &node->younger->older : &ledger->youngest) = node->older;
	*(node->older ? &node->older->younger : &ledger->oldest) = node->younger;
}

static void link_youngest(struct ledger *ledger, struct node *node)
{
	node->younger = NULL;
	node->older = ledger->youngest;
	*(node->older ? &node->older->younger : &ledger->oldest) = node;
	ledger->youngest = node;
}

static void count_forgotten(struct ledger *ledger, bool enforceable, uint8_t cls)
{
	ledger->forgotten[enforceable][cls < HP_CLASS_MAX ? cls : HP_CLASS_NONE]++;
}

static void remove_oldest(struct ledger *ledger)
{
	struct node *node = ledger->oldest, **at = bucket_of(ledger, node->hash);

	while (*at != node)
		at = &(*at)->next;
	*at = node->next;
	unlink_age(ledger, node);
	impact_row_free(&node->entry.row);
	free(node);
	ledger->len--;
}

void ledger_free(struct ledger *ledger)
{
	if (!ledger)
		return;
	while (ledger->oldest)
		remove_oldest(ledger);
	buf_free(&ledger->workload);
	buf_free(&ledger->cgroup);
	free(ledger);
}

static struct node *find(struct ledger *ledger, const struct hp_query *query, bool enforceable,
			 uint64_t hash)
{
	struct node *node = *bucket_of(ledger, hash);

	while (node && (node->hash != hash || node->entry.enforceable != enforceable ||
			memcmp(&node->entry.query, query, sizeof(*query)) != 0 ||
			strcmp(node->entry.row.workload, ledger->workload.data) != 0))
		node = node->next;
	return node;
}

/* A new node, the oldest one makes room for it. 0, or -ENOMEM. */
static int insert(struct ledger *ledger, const struct event *event, const struct hp_query *query,
		  bool enforceable, uint64_t hash)
{
	_cleanup_free_ struct node *node = malloc(sizeof(*node));
	struct node **bucket = bucket_of(ledger, hash);

	if (!node)
		return -ENOMEM;
	*node = (struct node) {
		.entry = { .query = *query, .enforceable = enforceable },
		.hash = hash,
	};
	if (impact_row_new(event, ledger->workload.data, &node->entry.row) < 0)
		return -ENOMEM;
	node->entry.row.port = query->port;
	if (ledger->len == LEDGER_MAX) {
		count_forgotten(ledger, ledger->oldest->entry.enforceable,
				ledger->oldest->entry.row.cls);
		remove_oldest(ledger);
	}
	node->next = *bucket;
	*bucket = node;
	ledger->len++;
	link_youngest(ledger, TAKE_PTR(node));
	return 0;
}

/* Put the event's workload into words. 0, or -ENOMEM. */
static int name_workload(struct ledger *ledger, const struct event *event)
{
	struct buf *cgroup = &ledger->cgroup, *workload = &ledger->workload;
	bool kernel = event->workload.kind == WORKLOAD_KERNEL;

	if (cgroup->data && strcmp(cgroup->data, event->cgroup) == 0 && ledger->kernel == kernel)
		return 0;
	buf_reset(cgroup);
	buf_reset(workload);
	workload_text(&event->workload, event->cgroup, workload);
	buf_puts(cgroup, event->cgroup);
	ledger->kernel = kernel;
	if (!workload->failed)
		ledger->workload_hash = hash_text(HASH_START, workload->data);
	if (!workload->failed && !cgroup->failed)
		return 0;
	buf_free(cgroup);
	return -ENOMEM;
}

static int note(struct ledger *ledger, const struct event *event, const struct hp_query *query,
		bool enforceable)
{
	struct node *node;
	uint64_t hash;

	if (name_workload(ledger, event) < 0)
		return -ENOMEM;
	hash = hash_of(query, ledger->workload_hash);
	node = find(ledger, query, enforceable, hash);
	if (!node)
		return insert(ledger, event, query, enforceable, hash);
	impact_row_add_event(&node->entry.row, event);
	unlink_age(ledger, node);
	link_youngest(ledger, node);
	return 0;
}

void ledger_note(struct ledger *ledger, const struct event *event, unsigned int flags)
{
	struct hp_query query = query_of(event, flags);
	bool enforceable = flags & LEDGER_ENFORCEABLE;

	violated_ports_add(&ledger->ports, &query);
	if (event->cls == HP_CLASS_EPHEMERAL)
		query.port = 0; /* another one each time */
	if (note(ledger, event, &query, enforceable) < 0)
		count_forgotten(ledger, enforceable, event->cls);
}

const struct ledger_entry *ledger_next(const struct ledger *ledger,
				       const struct ledger_entry *entry)
{
	const struct node *node = (const struct node *)entry;

	node = node ? node->older : ledger->youngest;
	return node ? &node->entry : NULL;
}

static uint64_t sum_forgotten(const struct ledger *ledger, const struct ledger_filter *filter)
{
	uint64_t sum = 0;

	for (unsigned int cls = 0; cls < HP_CLASS_MAX; cls++)
		if (filter->classes & 1U << cls)
			sum += ledger->forgotten[true][cls] +
			       (filter->enforceable ? 0 : ledger->forgotten[false][cls]);
	return sum;
}

int ledger_select(const struct ledger *ledger, const struct ledger_filter *filter,
		  struct impact *impact)
{
	const struct ledger_entry *entry = NULL;
	int r = 0;

	while ((entry = ledger_next(ledger, entry))) {
		struct hp_decision d;

		if (filter->enforceable && !entry->enforceable)
			continue;
		d = policy_decide(filter->policy, &filter->config, &entry->query);
		if (!(filter->verdicts & 1U << d.verdict))
			continue;
		if (impact_add_violations(impact, &entry->row, d.cls) < 0)
			r = -ENOMEM;
	}
	impact->forgotten += sum_forgotten(ledger, filter);
	return r;
}

const struct violated_ports *ledger_ports(const struct ledger *ledger)
{
	return &ledger->ports;
}
