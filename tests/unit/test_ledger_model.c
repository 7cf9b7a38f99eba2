// SPDX-License-Identifier: MIT
/* The ledger against a model, and whatever the order of what is reported. */
#include "ledger_makers.h"

#include "../../user/violations/impact_json.h"

#define ORDERED 200

/* In whatever order violations are reported: the sums, the ends and the process are the same. */
static void test_any_order(void **state)
{
	_cleanup_(policy_freep) struct policy *policy = new_policy("");
	_cleanup_free_ struct event *e = new_event(1, 1);
	_cleanup_free_ char *want = NULL;
	const struct ledger_filter filter = {
		.policy = policy,
		.config = { .mode = HP_MODE_ENFORCE, .denies = POLICY_DENIES_DEFAULT },
		.verdicts = 1U << HP_VERDICT_DENIED,
	};

	(void)state;
	/* steps that are coprime to ORDERED visit each of its numbers once */
	for (unsigned int step = 1; step < 60; step += 2) {
		_cleanup_(ledger_freep) struct ledger *ledger = new_ledger();
		_cleanup_impact_ struct impact impact = { 0 };
		_cleanup_buf_ struct buf out = { 0 };
		struct jsonw w = { .out = &out };

		if (step % 5 == 0)
			continue;
		for (unsigned int i = 0; i < ORDERED; i++) {
			unsigned int n = i * step % ORDERED;

			violation_event(e, 10 + n, 1 + n);
			e->port = (uint16_t)(8000 + n % 7);
			if (n % 3 == 0)
				move_to_cgroup(e, "/system.slice/db.service");
			ledger_note(ledger, e, n % 2 ? LEDGER_ENFORCEABLE : 0);
		}
		assert_int_equal(ledger_select(ledger, &filter, &impact), 0);
		impact_settle(&impact);
		assert_int_equal(impact.len, 14);
		jsonw_object(&w, NULL);
		impact_put(&impact, &(struct workload_facts) { 0 }, "would_break", SIZE_MAX,
			   SIZE_MAX, &w);
		jsonw_object_end(&w);
		if (want)
			check_text("the same", out.data, want);
		else
			want = buf_take(&out);
	}
}

#define WORKLOADS 500
#define PORTS	  48 /* of each workload */
#define NOTES	  40000

/* What the ledger should know: an entry, of one port or of many. */
struct model {
	unsigned int workload;
	uint64_t ports; /* bits */
	bool many, enforceable;
	uint8_t cls;
	uint64_t count;	 /* 0: it is not there */
	unsigned int at; /* when it was reported last */
};

struct world {
	struct model entries[2 * LEDGER_MAX];
	unsigned int at[WORKLOADS]; /* when it was reported last */
	size_t weight[WORKLOADS], sum;
	uint64_t gone[2][HP_CLASS_MAX], gone_of[WORKLOADS];
	unsigned int losers[LEDGER_LOSERS], losers_len; /* in the order of their first loss */
};

static size_t weight_of(const struct model *m)
{
	return m->many ? LEDGER_MANY : 1;
}

static struct model *entry_of(struct world *world, const struct model *like, bool many)
{
	for (size_t i = 0; i < ARRAY_LEN(world->entries); i++) {
		struct model *m = &world->entries[i];

		if (!m->count || m->workload != like->workload || m->many != many ||
		    m->enforceable != like->enforceable)
			continue;
		if (many ? m->cls == like->cls : m->ports == like->ports)
			return m;
	}
	return NULL;
}

static void drop(struct world *world, struct model *m)
{
	world->weight[m->workload] -= weight_of(m);
	world->sum -= weight_of(m);
	m->count = 0;
}

static void forget(struct world *world, struct model *m)
{
	uint64_t ports = (uint64_t)__builtin_popcountll(m->ports);

	world->gone[m->enforceable][m->cls] += ports;
	if (!world->gone_of[m->workload] && world->losers_len < LEDGER_LOSERS)
		world->losers[world->losers_len++] = m->workload;
	world->gone_of[m->workload] += ports;
	drop(world, m);
}

/* Forget the oldest of the workload that has the most, until there is room. */
static void make_room(struct world *world, unsigned int own, size_t weight)
{
	while (world->sum + weight > LEDGER_MAX) {
		unsigned int most = own;
		struct model *oldest = NULL;

		for (unsigned int w = 0; w < WORKLOADS; w++)
			if (world->weight[w] > world->weight[most] ||
			    (world->weight[w] == world->weight[most] && most != own &&
			     world->at[w] < world->at[most]))
				most = w;
		for (size_t i = 0; i < ARRAY_LEN(world->entries); i++) {
			struct model *m = &world->entries[i];

			if (m->count && m->workload == most && (!oldest || m->at < oldest->at))
				oldest = m;
		}
		forget(world, oldest);
	}
}

static void add(struct world *world, const struct model *m)
{
	size_t i = 0;

	make_room(world, m->workload, weight_of(m));
	while (world->entries[i].count)
		i++;
	world->entries[i] = *m;
	world->weight[m->workload] += weight_of(m);
	world->sum += weight_of(m);
}

/* Make one of entries that are more than a handful. */
static void gather(struct world *world, const struct model *like)
{
	struct model all = *like;
	size_t n = 0;

	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < ARRAY_LEN(world->entries); i++) {
			struct model *m = &world->entries[i];

			if (!m->count || m->many || m->workload != like->workload ||
			    m->enforceable != like->enforceable || m->cls != like->cls)
				continue;
			n++;
			if (pass == 0)
				continue;
			all.count += m->ports == like->ports ? 0 : m->count;
			all.ports |= m->ports;
			drop(world, m);
		}
		if (pass == 0 && n <= IMPACT_PORTS_MAX)
			return;
	}
	all.many = true;
	add(world, &all);
}

static void model_note(struct world *world, const struct model *like)
{
	struct model *m = entry_of(world, like, false);

	world->at[like->workload] = like->at;
	if (!m)
		m = entry_of(world, like, true);
	if (m) {
		m->count++;
		m->ports |= like->ports;
		m->at = like->at;
		return;
	}
	add(world, like);
	gather(world, like);
}

static unsigned int workload_of(const char *words)
{
	unsigned int workload = WORKLOADS;

	assert_int_equal(sscanf(words, "unit %u.service", &workload), 1);
	assert_true(workload < WORKLOADS);
	return workload;
}

static uint64_t ports_of(const struct ledger_entry *entry)
{
	uint64_t ports = 0;

	for (uint16_t port = 0; port < PORTS; port++)
		if (entry->row.ports ? portset_has(entry->row.ports, port + 1) :
				       entry->row.port == port + 1)
			ports |= 1ULL << port;
	return ports;
}

static void check_entries(struct world *world, const struct ledger *ledger)
{
	const struct ledger_entry *entry = NULL;
	unsigned int many = 0, last = NOTES + 1;
	size_t weight = 0;

	while ((entry = ledger_next(ledger, entry))) {
		const struct model like = {
			.workload = workload_of(entry->row.workload),
			.ports = ports_of(entry),
			.enforceable = entry->enforceable,
			.cls = entry->row.cls,
		};
		const struct model *want = entry_of(world, &like, entry->row.ports != NULL);

		assert_non_null(want);
		assert_int_equal(entry->row.count, want->count);
		assert_int_equal(like.ports, want->ports);
		assert_int_equal(entry->row.port, 1 + __builtin_ctzll(want->ports));
		/* the workload reported last comes first */
		assert_true(world->at[like.workload] <= last);
		last = world->at[like.workload];
		many += want->many;
		weight += weight_of(want);
	}
	assert_int_equal(weight, world->sum);
	assert_true(weight <= LEDGER_MAX);
	assert_true(many > 20);
}

static void check_losses(const struct world *world, const struct ledger *ledger)
{
	const struct ledger_loss *loss = ledger_losses(ledger);
	uint64_t sum = 0;

	for (unsigned int i = 0; i < LEDGER_LOSERS; i++, loss++) {
		assert_int_equal(workload_of(loss->workload), world->losers[i]);
		assert_int_equal(loss->ports, world->gone_of[world->losers[i]]);
		sum += loss->ports;
	}
	assert_null(loss->workload);
	sum += loss->ports;
	for (uint8_t cls = 0; cls < HP_CLASS_MAX; cls++) {
		assert_int_equal(forgotten(ledger, 1U << cls, true), world->gone[true][cls]);
		assert_int_equal(forgotten(ledger, 1U << cls, false),
				 world->gone[true][cls] + world->gone[false][cls]);
		sum -= world->gone[true][cls] + world->gone[false][cls];
	}
	assert_int_equal(sum, 0);
	assert_true(world->gone[true][HP_CLASS_UNREGISTERED] && world->gone[false][HP_CLASS_SCOPE]);
}

/* The ledger does what a list would that is searched from end to end. */
static void test_model(void **state)
{
	_cleanup_(ledger_freep) struct ledger *ledger = new_ledger();
	_cleanup_free_ struct event *e = new_event(10, 1);
	_cleanup_free_ struct world *world = calloc(1, sizeof(*world));
	uint32_t random = 7;

	(void)state;
	assert_non_null(world);
	for (unsigned int at = 1; at <= NOTES; at++) {
		struct model like = { .count = 1, .at = at };
		unsigned int port, limit;

		random = random * 1664525U + 1013904223U;
		like.workload = (random >> 8) % WORKLOADS;
		/* some have many ports, most have few */
		limit = like.workload % 8 == 0 ? PORTS : 6;
		random = random * 1664525U + 1013904223U;
		port = (random >> 8) % limit;
		like.ports = 1ULL << port;
		like.enforceable = port % 5 == 0;
		like.cls = port % 7 == 0 ? HP_CLASS_SCOPE : HP_CLASS_UNREGISTERED;
		violation_event(e, 10, 1);
		e->port = (uint16_t)(1 + port);
		e->cls = like.cls;
		set_workload(e, like.workload);
		(void)ledger_note(ledger, e, like.enforceable ? LEDGER_ENFORCEABLE : 0);
		model_note(world, &like);
	}
	check_entries(world, ledger);
	check_losses(world, ledger);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_any_order),
		cmocka_unit_test(test_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
