// SPDX-License-Identifier: MIT
#include "explain_cases.h"

static const struct why_case shown = {
	.lists = "entries: [{ports: 80, protocol: tcp, process: \"p\\e\", scope: localhost}]\n",
	.config = CONFIG(ENFORCE, DENY_ALL),
	.facts = NODE,
	.query = ASK(80, EXTERNAL),
	.address = "0.0.0.0",
};

static const struct why_case unknown = {
	.lists = "entries: []\n",
	.config = CONFIG(AUDIT, DENY_ALL),
	.facts = NODE,
	.query = ASK(80, LOCALHOST),
};

static const struct why_case several = {
	.lists = "entries: [{ports: 80-81, protocol: tcp, process: p}]\n"
		 "exceptions: [{ports: 80, protocol: tcp, class: scope, until: 2028-01-01, reason: "
		 "r}]\n",
	.config = CONFIG(ENFORCE, DENY_ALL),
	.facts = NODE,
	.query = ASK(80, EXTERNAL),
};

static void check_forms(const struct why_case *c, const char *text, const char *json)
{
	_cleanup_(registry_freep) struct registry *reg = registry_of_lists(c->lists);
	_cleanup_(explanation_freep) struct explanation *e = NULL;
	_cleanup_(policy_freep) struct policy *policy = NULL;
	_cleanup_buf_ struct buf out = { 0 };
	struct jsonw w = { .out = &out };

	assert_int_equal(policy_build(reg, &c->facts, &policy), 0);
	e = explanation_of(reg, policy, c);
	explain_text(e, &out);
	check_text("text", out.data, text);
	buf_reset(&out);
	explain_json(e, &w);
	check_text("json", out.data, json);
}

#define ROW                                                                                        \
	"{\"layer\":\"t\",\"kind\":\"entry\",\"line\":3,\"ports\":80,\"protocol\":\"tcp\","        \
	"\"scope\":\"localhost\",\"process\":\"p\\u001b\",\"role\":\"any\""

#define SEVERAL                                                                                    \
	"{\"layer\":\"t\",\"kind\":\"entry\",\"line\":3,\"ports\":\"80-81\",\"protocol\":\"tcp\"," \
	"\"scope\":\"external\",\"process\":\"p\",\"role\":\"any\""

static void test_forms(void **state)
{
	(void)state;
	check_forms(
		&several,
		"tcp 80 on external: allowed\n"
		"because row t tcp 80-81 (p) allows it on any address\n"
		"rows that name the port:\n"
		"  t.yaml:3: entry t tcp 80-81 (p) allows it on any address\n"
		"  t.yaml:4: exception t tcp 80 is an exception for class scope until 2028-01-01\n",
		"{\"protocol\":\"tcp\",\"port\":80,\"address\":null,\"verdict\":\"allowed\","
		"\"class\":\"none\",\"entry\":" SEVERAL "},\"rows\":[" SEVERAL ",\"holds\":true,"
		"\"owner\":null,\"why\":\"allows it on any address\"},{\"layer\":\"t\",\"kind\":"
		"\"exception\",\"line\":4,\"ports\":80,\"protocol\":\"tcp\",\"class\":\"scope\","
		"\"until\":\"2028-01-01\",\"reason\":\"r\",\"holds\":true,\"owner\":null,"
		"\"why\":\"is an exception for class scope until 2028-01-01\"}],"
		"\"why\":\"row t tcp 80-81 (p) allows it on any address\"}");
	check_forms(&shown,
		    "tcp 80 on 0.0.0.0: denied (scope)\n"
		    "because row t tcp 80 (p\\x1b) is for localhost only, and 0.0.0.0 is not "
		    "loopback; denied\n"
		    "rows that name the port:\n"
		    "  t.yaml:3: entry t tcp 80 (p\\x1b) is for localhost only, and 0.0.0.0 is not "
		    "loopback\n",
		    "{\"protocol\":\"tcp\",\"port\":80,\"address\":\"0.0.0.0\","
		    "\"verdict\":\"denied\",\"class\":\"scope\",\"entry\":" ROW "},\"rows\":[" ROW
		    ",\"holds\":false,\"owner\":null,\"why\":\"is for localhost only, and 0.0.0.0 "
		    "is not "
		    "loopback\"}],\"why\":\"row t tcp 80 (p\\u001b) is for localhost only, and "
		    "0.0.0.0 is not loopback; denied\"}");
	check_forms(&unknown,
		    "tcp 80 on localhost: audited (unregistered)\n"
		    "because no row names tcp 80; audit mode only reports it\n",
		    "{\"protocol\":\"tcp\",\"port\":80,\"address\":null,"
		    "\"verdict\":\"audited\",\"class\":\"unregistered\",\"entry\":null,\"rows\":[],"
		    "\"why\":\"no row names tcp 80; audit mode only reports it\"}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
