// SPDX-License-Identifier: MIT
/* From a record to an event. The identity is the test's own. */
#include "fake_identity.h"
#include "registry_cases.h"

#include "../../user/stream/describe.h"

/* A record whose fields all differ. */
static struct hp_event full_record(void)
{
	struct hp_event record = {
		.key = {
			.port = 8080,
			.proto = HP_PROTO_UDP,
			.cls = HP_CLASS_RETIRED,
			.verdict = HP_VERDICT_DENIED,
			.how = HP_HOW_BIND0,
		},
		.mode = HP_MODE_ENFORCE,
		.family = 6,
		.addr = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 },
		.pid = 4711,
		.uid = 1234,
		.row = 2,
		.policy_generation = 5,
	};

	memcpy(record.comm, "0123456789abcdef", HP_COMM_LEN); /* as long as it may be */
	return record;
}

static void fill_generations(struct generations *g, uint32_t generation)
{
	generations_add(g,
			registry_of_lists("retired: [{ports: 1, protocol: tcp, process: first,"
					  " removed: '4.1'}, {ports: 8080, protocol: udp,"
					  " process: db, team: store, removed: '4.1'}]"),
			NULL);
	generations_published(g, generation);
}

/* All but the times, the count and the program. */
static void check_event(const struct event *e)
{
	struct hp_event record = full_record();

	check_text("node", e->node, "n1");
	check_u64("mode", e->mode, HP_MODE_ENFORCE);
	check_u64("verdict", e->verdict, HP_VERDICT_DENIED);
	check_u64("class", e->cls, HP_CLASS_RETIRED);
	check_u64("protocol", e->proto, HP_PROTO_UDP);
	check_u64("how", e->how, HP_HOW_BIND0);
	check_u64("family", e->family, 6);
	assert_memory_equal(e->addr, record.addr, sizeof(e->addr));
	check_u64("port", e->port, 8080);
	check_u64("pid", e->pid, 4711);
	check_u64("uid", e->uid, 1234);
	check_text("comm", e->comm, "0123456789abcdef");
	check_text("cgroup", e->cgroup, "/system.slice/db.service");
	check_text("workload", e->workload.unit, "db.service");
	check_text("layer", e->entry_layer, "t");
	check_text("process", e->entry_process, "db");
	check_text("team", e->entry_team, "store");
}

static void test_violation(void **state)
{
	struct identity *identity = fake_identity_new();
	struct generations g = { 0 };
	struct hp_event record = full_record();
	struct event *e = malloc(sizeof(*e));

	(void)state;
	memset(e, 0xff, sizeof(*e));
	fill_generations(&g, 5);
	describe_violation(identity, &g, &record, 17, 3000000005ULL, 4000000006ULL, e);
	check_event(e);
	check_u64("count", e->count, 17);
	check_u64("time", (uint64_t)e->time.tv_sec, 4);
	check_u64("time", (uint64_t)e->time.tv_nsec, 6);
	check_u64("first", (uint64_t)e->first.tv_sec, 3);
	check_u64("first", (uint64_t)e->first.tv_nsec, 5);
	check_text("program", e->exe, "/usr/bin/db");
	fake_exe = NULL;
	describe_violation(identity, &g, &record, 1, 0, 0, e);
	check_text("no program", e->exe, "");
	check_u64("one", e->count, 1);
	fake_exe = "/usr/bin/db";
	generations_free(&g);
	free(identity);
	free(e);
}

/* What a pod declares is the pod's, and no process's. */
static void test_declared(void **state)
{
	const struct pod pod = {
		.key = "u", .namespace_ = "shop", .name = "web", .uid = "u", .mirror_of = ""
	};
	struct identity *identity = fake_identity_new();
	struct generations g = { 0 };
	struct hp_event record = full_record();
	struct event *e = malloc(sizeof(*e));

	(void)state;
	fill_generations(&g, 5);
	describe_violation(identity, &g, &record, 1, 0, 0, e);
	check_text("a bind", e->pod, NULL);
	describe_declared(&pod, "nginx", e);
	check_text("pod", e->pod, "u");
	check_text("namespace", e->workload.namespace_, "shop");
	check_text("container", e->workload.container, "nginx");
	check_text("group", e->cgroup, "");
	check_text("program", e->exe, "");
	check_text("the row stays", e->entry_process, "db");
	generations_free(&g);
	free(identity);
	free(e);
}

/* A listener's event, of a record and a registry of that generation; the caller's. It borrows the
 * node's name. */
static struct event *described_listener(struct identity *identity, struct generations *g,
					uint32_t generation)
{
	struct hp_event record = full_record();
	struct event *e = malloc(sizeof(*e));

	assert_non_null(e);
	memset(e, 0xff, sizeof(*e));
	fill_generations(g, generation);
	describe_listener(identity, g, &record, e);
	return e;
}

static void test_listener(void **state)
{
	struct identity *identity = fake_identity_new();
	struct generations g = { 0 };
	struct event *e = described_listener(identity, &g, 5);

	(void)state;
	check_event(e);
	check_text("program", e->exe, "");
	generations_free(&g);
	free(identity);
	free(e);
}

/* Of a registry that is gone there is no row. */
static void test_no_row(void **state)
{
	struct identity *identity = fake_identity_new();
	struct generations g = { 0 };
	struct event *e = described_listener(identity, &g, 6);

	(void)state;
	assert_null(e->entry_layer);
	assert_null(e->entry_process);
	assert_null(e->entry_team);
	check_text("the rest is there", e->comm, "0123456789abcdef");
	generations_free(&g);
	free(identity);
	free(e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_declared),
		cmocka_unit_test(test_violation),
		cmocka_unit_test(test_listener),
		cmocka_unit_test(test_no_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
