// SPDX-License-Identifier: MIT
/* The ledger against a model, and whatever the order of what is reported. */
#include "ledger_makers.h"

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
		impact_put(&impact, "", "would_break", SIZE_MAX, SIZE_MAX, &w);
		jsonw_object_end(&w);
		if (want)
			check_text("the same", out.data, want);
		else
			want = buf_take(&out);
	}
}

#define KEYS	 6000 /* more than the ledger has room for */
#define NOTES	 20000
#define FIRST_OF 2000 /* ports */

/* What the ledger should know of a key: a port, of one of two workloads, enforceable or not. */
struct model {
	uint64_t count;	 /* 0: it is not there */
	unsigned int at; /* when it was reported last */
};

static void set_key(struct event *e, unsigned int key)
{
	violation_event(e, 10, 1);
	e->port = (uint16_t)(FIRST_OF + key / 3);
	if (key % 3 == 1)
		move_to_cgroup(e, "/system.slice/db.service");
	e->cls = key % 2 ? HP_CLASS_UNREGISTERED : HP_CLASS_SCOPE;
}

static unsigned int key_of(const struct ledger_entry *entry)
{
	bool is_db = strcmp(entry->row.workload, "unit db.service") == 0;

	return (entry->row.port - FIRST_OF) * 3U + (entry->enforceable ? 2 : is_db);
}

static unsigned int oldest(const struct model *model)
{
	unsigned int oldest = KEYS;

	for (unsigned int key = 0; key < KEYS; key++)
		if (model[key].count && (oldest == KEYS || model[key].at < model[oldest].at))
			oldest = key;
	return oldest;
}

/* The ledger does what a list would that is searched from end to end. */
static void test_model(void **state)
{
	_cleanup_(ledger_freep) struct ledger *ledger = new_ledger();
	_cleanup_free_ struct event *e = new_event(10, 1);
	_cleanup_free_ struct model *model = calloc(KEYS, sizeof(*model));
	uint64_t gone[2][HP_CLASS_MAX] = { 0 };
	const struct ledger_entry *entry = NULL;
	unsigned int len = 0, last = NOTES + 1;
	uint32_t random = 7;

	(void)state;
	assert_non_null(model);
	for (unsigned int at = 1; at <= NOTES; at++) {
		unsigned int key;

		random = random * 1664525U + 1013904223U;
		key = (random >> 8) % KEYS;
		if (!model[key].count && len == LEDGER_MAX) {
			unsigned int old = oldest(model);

			gone[old % 3 == 2][old % 2 ? HP_CLASS_UNREGISTERED : HP_CLASS_SCOPE]++;
			model[old].count = 0;
			len--;
		}
		len += !model[key].count;
		model[key].count++;
		model[key].at = at;
		set_key(e, key);
		ledger_note(ledger, e, key % 3 == 2 ? LEDGER_ENFORCEABLE : 0);
	}
	while ((entry = ledger_next(ledger, entry))) {
		const struct model *want = &model[key_of(entry)];

		assert_int_equal(entry->row.count, want->count);
		assert_true(want->at < last); /* the one reported last comes first */
		last = want->at;
		len--;
	}
	assert_int_equal(len, 0);
	for (uint8_t cls = 0; cls < HP_CLASS_MAX; cls++) {
		assert_int_equal(forgotten(ledger, 1U << cls, true), gone[true][cls]);
		assert_int_equal(forgotten(ledger, 1U << cls, false),
				 gone[true][cls] + gone[false][cls]);
	}
	assert_true(gone[true][HP_CLASS_SCOPE] && gone[false][HP_CLASS_UNREGISTERED]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_any_order),
		cmocka_unit_test(test_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
