// SPDX-License-Identifier: MIT
#include "ledger.h"

#include <errno.h>
#include <string.h>

#include "../base/hash.h"
#include "../identity/workload_owner.h"

#define BUCKETS 1024

struct node {
	struct ledger_entry entry; /* must be first */
	struct share *share;
	struct node *younger, *older; /* of the share, by when they were reported last */
	size_t told;		      /* many ports: how many there were when it was told */
};

/* What one workload has of the ledger. */
struct share {
	char *workload; /* in words */
	uint64_t hash;	/* of the words */
	size_t weight;	/* of its entries */
	struct node *youngest, *oldest;
	struct share *next;	       /* of its bucket */
	struct share *younger, *older; /* by when they were reported last */
};

struct ledger {
	struct share *buckets[BUCKETS];
	struct share *youngest, *oldest;
	size_t weight;			     /* of all entries */
	uint64_t forgotten[2][HP_CLASS_MAX]; /* [is enforceable] */
	struct ledger_loss losses[LEDGER_LOSERS + 1];
	struct violated_ports ports;
	struct buf workload;	/* of the last event, in words */
	uint64_t workload_hash; /* of these words */
	struct buf place;	/* its path or key: lines come in runs of one workload */
	bool kernel;		/* the workload is the kernel, whatever the path */
};

int ledger_new(struct ledger **ret_ledger)
{
	*ret_ledger = calloc(1, sizeof(**ret_ledger));
	return *ret_ledger ? 0 : -ENOMEM;
}

static struct hp_query query_of(const struct event *event, unsigned int flags)
{
	return (struct hp_query) {
		.proto = event->proto,
		.scope = impact_scope(event),
		.port = event->port,
		.kernel_socket = !!(flags & LEDGER_KERNEL_SOCKET),
		.chosen = event->cls == HP_CLASS_EPHEMERAL || event->how == HP_HOW_BIND0 ||
			  event->how == HP_HOW_LISTEN,
		/* what a pod declares does not change */
		.grants = event->cls == HP_CLASS_UNDECLARED ? HP_GRANTS_UNDECLARED : 0,
	};
}

static size_t weight_of(const struct node *node)
{
	return node->entry.row.ports ? LEDGER_MANY : 1;
}

static void unlink_node(struct ledger *ledger, struct node *node)
{
	struct share *share = node->share;

	*(node->younger ? &node->younger->older : &share->youngest) = node->older;
	*(node->older ? &node->older->younger : &share->oldest) = node->younger;
	share->weight -= weight_of(node);
	ledger->weight -= weight_of(node);
}

static void link_node(struct ledger *ledger, struct share *share, struct node *node)
{
	node->share = share;
	node->younger = NULL;
	node->older = share->youngest;
	*(node->older ? &node->older->younger : &share->oldest) = node;
	share->youngest = node;
	share->weight += weight_of(node);
	ledger->weight += weight_of(node);
}

static void node_free(struct node *node)
{
	impact_row_free(&node->entry.row);
	free(node);
}
DEFINE_CLEANUP(struct node, node_free)

static void unlink_share(struct ledger *ledger, struct share *share)
{
	*(share->younger ? &share->younger->older : &ledger->youngest) = share->older;
	*(share->older ? &share->older->younger : &ledger->oldest) = share->younger;
}

static void link_share(struct ledger *ledger, struct share *share)
{
	share->younger = NULL;
	share->older = ledger->youngest;
	*(share->older ? &share->older->younger : &ledger->oldest) = share;
	ledger->youngest = share;
}

static void remove_share(struct ledger *ledger, struct share *share)
{
	struct share **at = &ledger->buckets[share->hash % BUCKETS];

	while (*at != share)
		at = &(*at)->next;
	*at = share->next;
	unlink_share(ledger, share);
	free(share->workload);
	free(share);
}

static void remove_node(struct ledger *ledger, struct node *node)
{
	unlink_node(ledger, node);
	node_free(node);
}

void ledger_free(struct ledger *ledger)
{
	struct share *share;

	if (!ledger)
		return;
	while ((share = ledger->oldest)) {
		while (share->oldest)
			remove_node(ledger, share->oldest);
		remove_share(ledger, share);
	}
	for (size_t i = 0; i < LEDGER_LOSERS; i++)
		free(ledger->losses[i].workload);
	buf_free(&ledger->workload);
	buf_free(&ledger->place);
	free(ledger);
}

static void count_forgotten(struct ledger *ledger, const char *workload, bool enforceable,
			    uint8_t cls, uint64_t ports)
{
	struct ledger_loss *loss = ledger->losses;

	ledger->forgotten[enforceable][cls < HP_CLASS_MAX ? cls : HP_CLASS_NONE] += ports;
	while (loss->workload && strcmp(loss->workload, workload) != 0)
		loss++;
	if (!loss->workload && loss < &ledger->losses[LEDGER_LOSERS] && !loss->ports)
		loss->workload = strdup(workload); /* or NULL: its number is the others' */
	loss->ports += ports;
}

/* The share that takes the most, this one if several do. */
static struct share *heaviest(const struct ledger *ledger, struct share *own)
{
	struct share *most = own;

	for (struct share *share = ledger->oldest; share; share = share->younger)
		if (share->weight > most->weight)
			most = share;
	return most;
}

/* Forget until there is room for this much more of a share, which stays. */
static void make_room(struct ledger *ledger, struct share *own, size_t weight)
{
	while (ledger->weight + weight > LEDGER_MAX) {
		struct share *share = heaviest(ledger, own);
		const struct ledger_entry *entry = &share->oldest->entry;
		uint16_t last;
		size_t ports = impact_row_ports(&entry->row, &last);

		count_forgotten(ledger, share->workload, entry->enforceable, entry->row.cls,
				ports ? ports : 1);
		remove_node(ledger, share->oldest);
		if (!share->oldest && share != own)
			remove_share(ledger, share);
	}
}

/* The share of the workload whose words are at hand; a new one if it has none. NULL: no memory. */
static struct share *take_share(struct ledger *ledger)
{
	struct share **bucket = &ledger->buckets[ledger->workload_hash % BUCKETS], *share = *bucket;

	while (share && (share->hash != ledger->workload_hash ||
			 strcmp(share->workload, ledger->workload.data) != 0))
		share = share->next;
	if (share) {
		unlink_share(ledger, share);
		link_share(ledger, share);
		return share;
	}
	share = calloc(1, sizeof(*share));
	if (!share)
		return NULL;
	share->workload = strdup(ledger->workload.data);
	if (!share->workload) {
		free(share);
		return NULL;
	}
	share->hash = ledger->workload_hash;
	share->next = *bucket;
	*bucket = share;
	link_share(ledger, share);
	return share;
}

/* Is what was asked for the same, but for the port? */
static bool is_alike(const struct node *node, const struct hp_query *query, bool enforceable)
{
	const struct hp_query *other = &node->entry.query;

	return node->entry.enforceable == enforceable && other->proto == query->proto &&
	       other->scope == query->scope && other->kernel_socket == query->kernel_socket &&
	       other->chosen == query->chosen && other->grants == query->grants;
}

static bool is_many(const struct node *node, uint8_t cls)
{
	return node->entry.row.ports && node->entry.row.cls == cls;
}

/* The entry of these violations; NULL: there is none. */
static struct node *find(const struct share *share, const struct hp_query *query, bool enforceable,
			 uint8_t cls)
{
	struct node *many = NULL;

	for (struct node *node = share->youngest; node; node = node->older) {
		if (!is_alike(node, query, enforceable))
			continue;
		if (!node->entry.row.ports && node->entry.query.port == query->port)
			return node;
		if (is_many(node, cls) && query->port)
			many = node;
	}
	return many;
}

/* How many entries are like this one, but for the port? */
static size_t count_alike(const struct share *share, const struct node *like)
{
	size_t n = 0;

	for (const struct node *node = share->youngest; node; node = node->older)
		n += node->entry.query.port && node->entry.row.cls == like->entry.row.cls &&
		     is_alike(node, &like->entry.query, like->entry.enforceable);
	return n;
}

/* Make one of an entry and of all that are like it but for the port. Without memory they stay. */
static void become_many(struct ledger *ledger, struct node *node)
{
	struct portset *ports = calloc(1, sizeof(*ports));
	struct share *share = node->share;

	if (!ports)
		return;
	unlink_node(ledger, node);
	portset_add(ports, node->entry.row.port);
	node->entry.row.ports = ports;
	for (struct node *other = share->youngest, *older; other; other = older) {
		older = other->older;
		if (!other->entry.query.port || other->entry.row.cls != node->entry.row.cls ||
		    !is_alike(other, &node->entry.query, node->entry.enforceable))
			continue;
		unlink_node(ledger, other);
		impact_row_merge(&node->entry.row, &other->entry.row);
		free(other);
	}
	node->entry.query.port = 0;
	make_room(ledger, share, LEDGER_MANY);
	link_node(ledger, share, node);
}

/* A new entry, that was reported last. NULL: no memory. */
static struct node *insert(struct ledger *ledger, struct share *share, const struct event *event,
			   const struct hp_query *query, bool enforceable)
{
	_cleanup_(node_freep) struct node *node = calloc(1, sizeof(*node));

	if (!node)
		return NULL;
	node->entry.query = *query;
	node->entry.enforceable = enforceable;
	if (impact_row_new(event, share->workload, &node->entry.row) < 0)
		return NULL;
	node->entry.row.port = query->port;
	make_room(ledger, share, 1);
	link_node(ledger, share, node);
	if (query->port && count_alike(share, node) > IMPACT_PORTS_MAX)
		become_many(ledger, node);
	return TAKE_PTR(node);
}

/* Put the event's workload into words. 0, or -ENOMEM. */
static int name_workload(struct ledger *ledger, const struct event *event)
{
	struct buf *place = &ledger->place, *workload = &ledger->workload;
	const char *at = event->pod ? event->pod : event->cgroup; /* no path begins like a key */
	bool kernel = event->workload.kind == WORKLOAD_KERNEL;

	if (place->data && strcmp(place->data, at) == 0 && ledger->kernel == kernel)
		return 0;
	buf_reset(place);
	buf_reset(workload);
	if (event->pod)
		buf_printf(workload, "pod %s", event->pod);
	else
		workload_key(&event->workload, event->cgroup, workload);
	buf_puts(place, at);
	ledger->kernel = kernel;
	if (!workload->failed)
		ledger->workload_hash = hash_text(HASH_START, workload->data);
	if (!workload->failed && !place->failed)
		return 0;
	buf_free(place);
	return -ENOMEM;
}

/* Note it. NULL: no memory. */
static struct node *note(struct ledger *ledger, const struct event *event,
			 const struct hp_query *query, bool enforceable)
{
	struct share *share;
	struct node *node;

	if (name_workload(ledger, event) < 0)
		return NULL;
	share = take_share(ledger);
	if (!share)
		return NULL;
	node = find(share, query, enforceable, event->cls);
	if (node) {
		impact_row_add_event(&node->entry.row, event);
		unlink_node(ledger, node);
		link_node(ledger, share, node);
		return node;
	}
	node = insert(ledger, share, event, query, enforceable);
	if (!share->oldest)
		remove_share(ledger, share);
	return node;
}

/* Is it time to tell of the entry's ports? */
static bool is_to_be_told(struct node *node)
{
	uint16_t last;
	size_t ports;

	if (!node->entry.row.ports)
		return false;
	ports = impact_row_ports(&node->entry.row, &last);
	if (node->told && ports < 2 * node->told)
		return false;
	node->told = ports;
	return true;
}

const struct ledger_entry *ledger_note(struct ledger *ledger, const struct event *event,
				       unsigned int flags)
{
	struct hp_query query = query_of(event, flags);
	bool enforceable = flags & LEDGER_ENFORCEABLE;
	struct node *node;

	violated_ports_add(&ledger->ports, &query);
	if (event->cls == HP_CLASS_EPHEMERAL)
		query.port = 0; /* another one each time */
	node = note(ledger, event, &query, enforceable);
	if (!node)
		count_forgotten(ledger, ledger->workload.data ? ledger->workload.data : "?",
				enforceable, event->cls, 1);
	return node && is_to_be_told(node) ? &node->entry : NULL;
}

const struct ledger_entry *ledger_next(const struct ledger *ledger,
				       const struct ledger_entry *entry)
{
	const struct node *node = (const struct node *)entry;
	const struct share *share = node ? node->share->older : ledger->youngest;

	node = node && node->older ? node->older : share ? share->youngest : NULL;
	return node ? &node->entry : NULL;
}

const struct ledger_loss *ledger_losses(const struct ledger *ledger)
{
	return ledger->losses;
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

/*
 * Whose violations they were, as rows name owners; texts are the entry's, or `workload`'s. The path
 * of a pod's program is one of its own file system, and so that of no owner.
 */
static struct owner_of owner_of_entry(const struct ledger_entry *entry,
				      const struct ledger_filter *filter, struct workload *workload)
{
	struct owner_of who;

	if (entry->row.kernel)
		return (struct owner_of) { 0 };
	*workload = impact_row_workload(&entry->row, &filter->facts);
	who = workload_owner(workload);
	who.exe = workload->kind == WORKLOAD_POD ? "" : entry->row.exe;
	return who;
}

/* Sort the ports by the class that they have now, without those that do not pass the filter. */
static void sort_ports(const struct ledger_entry *entry, const struct ledger_filter *filter,
		       struct portset sorted[HP_CLASS_MAX])
{
	struct workload workload;
	const struct owner_of who = owner_of_entry(entry, filter, &workload);
	struct hp_query query = entry->query;
	uint32_t first, last;

	for (uint32_t at = 0; portset_next_run(entry->row.ports, at, &first, &last); at = last + 1)
		for (uint32_t port = first; port <= last; port++) {
			struct hp_decision d;

			query.port = (uint16_t)port;
			d = policy_decide_for(filter->policy, &filter->config, &query, &who);
			if (filter->verdicts & 1U << d.verdict)
				portset_add(&sorted[d.cls], query.port);
		}
}

/* Add the ports of an entry of many, a row for each class. */
static int select_many(const struct ledger_entry *entry, const struct ledger_filter *filter,
		       struct impact *impact)
{
	_cleanup_free_ struct portset *sorted = calloc(HP_CLASS_MAX, sizeof(*sorted));
	int r = sorted ? 0 : -ENOMEM;

	if (sorted)
		sort_ports(entry, filter, sorted);
	for (unsigned int cls = 0; sorted && cls < HP_CLASS_MAX; cls++)
		if (portset_count(&sorted[cls]) &&
		    impact_add_violations(impact, &entry->row, (uint8_t)cls, &sorted[cls]) < 0)
			r = -ENOMEM;
	return r;
}

static int select_one(const struct ledger_entry *entry, const struct ledger_filter *filter,
		      struct impact *impact)
{
	struct workload workload;
	const struct owner_of who = owner_of_entry(entry, filter, &workload);
	struct hp_decision d =
		policy_decide_for(filter->policy, &filter->config, &entry->query, &who);

	if (!(filter->verdicts & 1U << d.verdict))
		return 0;
	return impact_add_violations(impact, &entry->row, d.cls, NULL);
}

int ledger_select(const struct ledger *ledger, const struct ledger_filter *filter,
		  struct impact *impact)
{
	const struct ledger_entry *entry = NULL;
	int r = 0;

	while ((entry = ledger_next(ledger, entry))) {
		if (filter->enforceable && !entry->enforceable)
			continue;
		if ((entry->row.ports ? select_many : select_one)(entry, filter, impact) < 0)
			r = -ENOMEM;
	}
	impact->forgotten += sum_forgotten(ledger, filter);
	return r;
}

const struct violated_ports *ledger_ports(const struct ledger *ledger)
{
	return &ledger->ports;
}
