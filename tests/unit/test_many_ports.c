// SPDX-License-Identifier: MIT
#include "ledger_makers.h"

#include "../../user/base/json.h"
#include "../../user/violations/many_ports.h"

static char *put(const struct ledger *ledger)
{
	struct buf out = { 0 };
	struct jsonw w = { .out = &out };

	jsonw_object(&w, NULL);
	many_ports_put(ledger, &(struct workload_facts) { 0 }, &w);
	jsonw_object_end(&w);
	return buf_take(&out);
}

static void test_nothing(void **state)
{
	_cleanup_(ledger_freep) struct ledger *ledger = new_ledger();
	_cleanup_free_ struct event *e = new_event(10, 1);
	_cleanup_free_ char *none = NULL, *few = NULL;

	(void)state;
	none = put(ledger);
	check_text("none", none,
		   "{\"findings\":{\"many_ports\":[],\"left_out\":0,\"forgotten_by\":[],"
		   "\"forgotten_others\":0,\"forgotten\":0}}");
	for (e->port = 1; e->port <= IMPACT_PORTS_MAX; e->port++)
		(void)ledger_note(ledger, e, 0);
	few = put(ledger);
	check_text("few", few, none);
}

/* What was denied, and what enforcement sees or does not, is one finding. */
static void test_many(void **state)
{
	_cleanup_(ledger_freep) struct ledger *ledger = new_ledger();
	_cleanup_free_ struct event *e = new_event(10, 1);
	_cleanup_free_ char *text = NULL;
	_cleanup_buf_ struct buf message = { 0 };
	const struct ledger_entry *told = NULL;

	(void)state;
	e->proto = HP_PROTO_UDP;
	for (e->port = 1024; e->port < 1041; e->port++)
		told = ledger_note(ledger, e, 0);
	assert_non_null(told);
	many_ports_text(told, &(struct workload_facts) { 0 }, &message);
	check_text("message", message.data,
		   "unit web.service: udp, 17 ports of 1024-1040 (unregistered, external)");
	for (e->port = 2000; e->port < 2020; e->port++)
		(void)ledger_note(ledger, e, LEDGER_ENFORCEABLE);
	text = put(ledger);
	assert_non_null(strstr(text, "{\"many_ports\":[{\"class\":\"unregistered\","
				     "\"protocol\":\"udp\",\"address\":\"0.0.0.0\","
				     "\"port\":1024,\"ports\":37,\"port_last\":2019,"
				     "\"scope\":\"external\","
				     "\"port_list\":\"1024-1040,2000-2019\","));
	assert_non_null(strstr(text, "\"count\":37,"));
	assert_non_null(strstr(text, "}],\"left_out\":0,"));
}

/* No more than the status has room for, and the rest is counted. */
static void test_bound(void **state)
{
	_cleanup_(ledger_freep) struct ledger *ledger = new_ledger();
	_cleanup_free_ struct event *e = new_event(10, 1);
	_cleanup_free_ char *text = NULL;

	(void)state;
	for (e->proto = 0; e->proto < HP_PROTO_MAX; e->proto++)
		for (e->cls = 0; e->cls < HP_CLASS_EPHEMERAL; e->cls++)
			for (int scope = 0; scope < 2; scope++) {
				e->addr[0] = scope ? 127 : 0;
				for (e->port = 1; e->port < 20; e->port++)
					(void)ledger_note(ledger, e, 0);
			}
	text = put(ledger);
	assert_non_null(strstr(text, "],\"left_out\":20,"));
	assert_non_null(strstr(text, "\"forgotten\":0}"));
}

/* What the ledger had no room for is told by workload. */
static void test_forgotten(void **state)
{
	_cleanup_(ledger_freep) struct ledger *ledger = new_ledger();
	_cleanup_free_ struct event *e = new_event(10, 1);
	_cleanup_free_ char *text = NULL;

	(void)state;
	note_workloads(ledger, e, LEDGER_MAX + LEDGER_LOSERS + 5, 0);
	text = put(ledger);
	assert_non_null(strstr(text, "\"forgotten_by\":[{\"workload\":\"unit 0.service\","
				     "\"ports\":1},{\"workload\":\"unit 1.service\","));
	assert_non_null(strstr(text, "\"unit 15.service\",\"ports\":1}],"
				     "\"forgotten_others\":5,\"forgotten\":21}"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_bound),
		cmocka_unit_test(test_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
