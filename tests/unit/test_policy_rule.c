// SPDX-License-Identifier: MIT
/* policy_build() against the rule itself, and at its worst. */
#include "test.h"

#include <time.h>

#include "../../user/policy/policy.h"
#include "registry_cases.h"

/* xorshift: the same registries in every run. */
static uint32_t next(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

#define SMALL 24 /* ports of the random registries */

static void put_ports(struct buf *out, uint32_t *seed)
{
	static const char *const protos[] = { "tcp", "udp", "sctp" };
	unsigned int a = 1 + next(seed) % SMALL, b = 1 + next(seed) % SMALL;

	buf_printf(out, "{ports: %u-%u, protocol: %s", a < b ? a : b, a < b ? b : a,
		   protos[next(seed) % 3]);
}

static struct registry *random_registry(uint32_t *seed)
{
	static const char *const keys[] = { "", ", scope: localhost", ", role: control-plane",
					    ", since: '4.20'", ", platforms: [x]" };
	_cleanup_buf_ struct buf lists = { 0 };

	buf_puts(&lists, "entries: [");
	for (uint32_t i = next(seed) % 12; i > 0; i--) {
		put_ports(&lists, seed);
		buf_printf(&lists, ", process: p%s},", keys[next(seed) % ARRAY_LEN(keys)]);
	}
	buf_puts(&lists, "]\nretired: [");
	for (uint32_t i = next(seed) % 4; i > 0; i--) {
		put_ports(&lists, seed);
		buf_printf(&lists, ", process: p, removed: '4.%u'},", 10 + next(seed) % 10);
	}
	buf_puts(&lists, "]\nexceptions: [");
	for (uint32_t i = next(seed) % 4; i > 0; i--) {
		put_ports(&lists, seed);
		buf_printf(&lists, ", class: %s, reason: r, until: 2027-0%u-15},",
			   next(seed) % 2 ? "scope" : "unregistered", 1 + next(seed) % 6);
	}
	buf_puts(&lists, "]\n");
	return registry_of_lists(lists.data);
}

static int rank(uint8_t cls)
{
	return cls == HP_CLASS_NONE ? HP_CLASS_MAX : cls;
}

/* The rule, as the header words it: row after row, without any cleverness. */
static struct hp_row expected(const struct registry *reg, const struct node_facts *facts,
			      uint8_t proto, uint16_t port)
{
	const struct reg_row *row, *best[HP_SCOPE_MAX] = { NULL };
	struct hp_row want = { .cls = { HP_CLASS_UNREGISTERED, HP_CLASS_UNREGISTERED } };

	for (uint32_t n = 1; (row = registry_row(reg, n, NULL)); n++) {
		for (int s = 0; s < HP_SCOPE_MAX; s++) {
			uint8_t cls = policy_row_class(row, facts);

			if (row->proto != proto || row->first > port || row->last < port)
				continue;
			if (!cls && row->scope == HP_SCOPE_LOCALHOST && s == HP_SCOPE_EXTERNAL)
				cls = HP_CLASS_SCOPE;
			if (best[s] && (rank(cls) < rank(want.cls[s]) ||
					(cls == want.cls[s] &&
					 row->last - row->first >= best[s]->last - best[s]->first)))
				continue;
			best[s] = row;
			want.row[s] = n;
			want.cls[s] = cls;
		}
	}
	for (size_t i = 0; i < reg->layers[0].len; i++) {
		row = &reg->layers[0].rows[i];
		if (row->kind == REG_EXCEPTION && row->proto == proto && row->first <= port &&
		    row->last >= port && row->until.month > facts->today.month)
			want.excepted |= (uint16_t)(1U << row->cls);
	}
	return want;
}

static void check_port(const struct registry *reg, const struct node_facts *facts,
		       const struct policy *policy, uint8_t proto, uint16_t port)
{
	const struct hp_row want = expected(reg, facts, proto, port);
	const struct hp_row *got = policy_find(policy, proto, port);
	bool said = want.row[0] || want.row[1] || want.excepted;

	assert_int_equal(got != NULL, said);
	if (got)
		assert_memory_equal(got, &want, sizeof(want));
	for (uint8_t scope = 0; scope < HP_SCOPE_MAX; scope++) {
		struct hp_query q = { .proto = proto, .port = port, .scope = scope };

		assert_int_equal(policy_bitmap_allows(&policy->bitmap, &q),
				 proto < HP_BITMAP_PROTOS && hp_classify(got, &q) == HP_CLASS_NONE);
	}
}

static struct node_facts random_facts(uint32_t *seed)
{
	struct node_facts facts = { .today = { 2027, 3, 31 }, .cluster = { 4, 0 } };

	facts.role = (enum reg_role)(next(seed) % REG_ROLE_MAX);
	facts.platform = next(seed) % 2 ? "y" : NULL;
	facts.cluster.minor = (uint16_t)(next(seed) % 25);
	return facts;
}

static void test_random(void **state)
{
	uint32_t seed = 20261122;

	(void)state;
	for (int i = 0; i < 150; i++) {
		_cleanup_(registry_freep) struct registry *reg = random_registry(&seed);
		_cleanup_(policy_freep) struct policy *policy = NULL;
		struct node_facts facts = random_facts(&seed);

		assert_int_equal(policy_build(reg, &facts, &policy), 0);
		for (uint8_t proto = 0; proto < HP_PROTO_MAX; proto++)
			for (uint16_t port = 0; port <= SMALL + 1; port++)
				check_port(reg, &facts, policy, proto, port);
		for (size_t j = 1; j < policy->len; j++)
			assert_true(policy->rows[j - 1].key.proto < policy->rows[j].key.proto ||
				    (policy->rows[j - 1].key.proto == policy->rows[j].key.proto &&
				     policy->rows[j - 1].key.port < policy->rows[j].key.port));
	}
}

/* As many rows as there may be, all of all ports: port by port it would be 8.6e9 steps. */
static void test_many(void **state)
{
	struct node_facts facts = { .today = { 2027, 3, 31 } };
	_cleanup_(registry_freep) struct registry *reg = calloc(1, sizeof(*reg));
	_cleanup_(policy_freep) struct policy *policy = NULL;
	const size_t half = REGISTRY_ROWS_MAX / 2;
	_cleanup_diags_ struct diags diags = { 0 };
	_cleanup_free_ struct reg_row *rows = NULL;
	clock_t began;

	(void)state;
	rows = calloc(REGISTRY_ROWS_MAX, sizeof(*rows));
	assert_true(reg && rows);
	for (size_t i = 0; i < REGISTRY_ROWS_MAX; i++)
		rows[i] = (struct reg_row) {
			.kind = i < half ? REG_ENTRY : REG_EXCEPTION,
			.first = 1,
			.last = 65535,
			.cls = i < half ? 0 : HP_CLASS_SCOPE,
			.until = { 2028, 1, 1 },
		};
	assert_int_equal(registry_add(reg, layer_of_rows("t", rows, REGISTRY_ROWS_MAX), &diags), 0);
	began = clock();
	assert_int_equal(policy_build(reg, &facts, &policy), 0);
	/* Generous: this is the slow build with sanitizers, on any machine. */
	assert_true(clock() - began < 5 * CLOCKS_PER_SEC);
	check_u64("rows", policy->len, 65535);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
