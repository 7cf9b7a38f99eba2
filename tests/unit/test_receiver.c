// SPDX-License-Identifier: MIT
#include "test.h"

#include <arpa/inet.h>

#include "../../user/policy/receiver.h"
#include "registry_cases.h"

static const char lists[] =
	"ranges:\n"
	"  - {ports: 20000-20009, protocol: tcp}\n"
	"  - {ports: 60000-65535, protocol: udp}\n"
	"entries:\n"
	"  - {ports: 20000, protocol: tcp, process: mine}\n"
	"  - {ports: 24000, protocol: tcp, process: local, scope: localhost}\n"
	"  - {ports: 40000, protocol: tcp, process: high, scope: localhost}\n"
	"  - {ports: 40000, protocol: udp, process: high}\n"
	"retired:\n"
	"  - {ports: 3306, protocol: tcp, process: old, removed: '4.11'}\n"
	"exceptions:\n"
	"  - {ports: 8080, protocol: tcp, class: unregistered, until: 2027-03-31, reason: r}\n"
	"  - {ports: 40080, protocol: tcp, class: unregistered, until: 2027-03-31, reason: r}\n";

static const struct port_range range = { 32768, 60999 };

struct receiver_case {
	const char *name, *address;
	uint8_t proto;
	uint16_t port;
	bool connected, bound, chosen, kernel, narrowed, undeclared;
	bool ephemeral;	      /* the class is opted in */
	uint8_t cls, verdict; /* in enforce mode */
	bool row;
};

#define TCP	   HP_PROTO_TCP
#define UDP	   HP_PROTO_UDP
#define LITE	   HP_PROTO_UDPLITE
#define SCTP	   HP_PROTO_SCTP
#define WANT(c, v) .cls = HP_CLASS_##c, .verdict = HP_VERDICT_##v

static const struct receiver_case cases[] = {
	{ "registered", "0.0.0.0", TCP, 20000, WANT(NONE, ALLOWED), .row = true },
	{ "registered, v6", "::", TCP, 20000, WANT(NONE, ALLOWED), .row = true },
	{ "of another protocol", "0.0.0.0", UDP, 20000, WANT(UNREGISTERED, DENIED) },
	{ "unregistered", "127.0.0.1", TCP, 21000, WANT(UNREGISTERED, DENIED) },
	{ "scope", "0.0.0.0", TCP, 24000, WANT(SCOPE, DENIED), .row = true },
	{ "loopback", "127.9.9.9", TCP, 24000, WANT(NONE, ALLOWED), .row = true },
	{ "loopback, v6", "::1", TCP, 24000, WANT(NONE, ALLOWED), .row = true },
	{ "loopback, mapped", "::ffff:127.0.0.1", TCP, 24000, WANT(NONE, ALLOWED), .row = true },
	{ "mapped", "::ffff:10.0.0.1", TCP, 24000, WANT(SCOPE, DENIED), .row = true },
	{ "retired", "0.0.0.0", TCP, 3306, WANT(RETIRED, DENIED), .row = true },
	{ "excepted", "0.0.0.0", TCP, 8080, WANT(UNREGISTERED, EXCEPTED) },
	{ "kernel", "0.0.0.0", UDP, 4789, WANT(UNREGISTERED, AUDITED), .kernel = true },
	{ "sctp", "0.0.0.0", SCTP, 38412, WANT(EPHEMERAL, ALLOWED) },
	{ "sctp, low", "0.0.0.0", SCTP, 2905, WANT(UNREGISTERED, DENIED) },
	{ "dccp", "0.0.0.0", HP_PROTO_DCCP, 20000, WANT(UNREGISTERED, DENIED) },
	/* ports that the kernel may have chosen */
	{ "range", "0.0.0.0", TCP, 45000, WANT(EPHEMERAL, ALLOWED) },
	{ "range, first", "0.0.0.0", TCP, 32768, WANT(EPHEMERAL, ALLOWED) },
	{ "range, last", "0.0.0.0", TCP, 60999, WANT(EPHEMERAL, ALLOWED) },
	{ "before the range", "0.0.0.0", TCP, 32767, WANT(UNREGISTERED, DENIED) },
	{ "after the range", "0.0.0.0", TCP, 61000, WANT(UNREGISTERED, DENIED) },
	{ "not of the range now, but chosen", "0.0.0.0", TCP, 21000, WANT(EPHEMERAL, ALLOWED),
	  .chosen = true },
	{ "chosen, a row", "0.0.0.0", TCP, 3306, WANT(RETIRED, DENIED), .row = true,
	  .chosen = true },
	{ "range, but bound", "0.0.0.0", TCP, 45000, WANT(UNREGISTERED, DENIED), .bound = true },
	{ "range, but the socket's own", "0.0.0.0", TCP, 45000, WANT(UNREGISTERED, DENIED),
	  .narrowed = true },
	{ "range, but the socket's own, udp", "0.0.0.0", UDP, 45000, WANT(UNREGISTERED, DENIED),
	  .narrowed = true },
	{ "the socket's own, a row", "0.0.0.0", TCP, 40000, WANT(SCOPE, DENIED), .row = true,
	  .narrowed = true },
	{ "the socket's own, connected", "10.0.0.1", UDP, 45000, WANT(NONE, NONE),
	  .connected = true, .narrowed = true },
	{ "range, opted in", "0.0.0.0", TCP, 45000, WANT(EPHEMERAL, DENIED), .ephemeral = true },
	{ "range, a row", "0.0.0.0", TCP, 40000, WANT(SCOPE, DENIED), .row = true },
	{ "range, a row holds", "::1", TCP, 40000, WANT(NONE, ALLOWED), .row = true },
	{ "range, excepted", "0.0.0.0", TCP, 40080, WANT(EPHEMERAL, ALLOWED) },
	{ "range, excepted, bound", "0.0.0.0", TCP, 40080, WANT(UNREGISTERED, EXCEPTED),
	  .bound = true },
	{ "udp", "0.0.0.0", UDP, 45000, WANT(EPHEMERAL, ALLOWED) },
	{ "udp, opted in", "0.0.0.0", UDP, 45000, WANT(EPHEMERAL, ALLOWED), .ephemeral = true },
	{ "udp, bound", "0.0.0.0", UDP, 45000, WANT(UNREGISTERED, DENIED), .bound = true },
	{ "udplite", "0.0.0.0", LITE, 45000, WANT(EPHEMERAL, ALLOWED), .ephemeral = true },
	{ "udp, low", "0.0.0.0", UDP, 5353, WANT(UNREGISTERED, DENIED) },
	/* clients */
	{ "connected", "10.0.0.1", UDP, 45000, WANT(NONE, NONE), .connected = true },
	{ "connected, low", "10.0.0.1", UDP, 5353, WANT(NONE, NONE), .connected = true },
	{ "connected, a row", "10.0.0.1", UDP, 40000, WANT(NONE, ALLOWED), .connected = true,
	  .row = true },
	{ "no port", "0.0.0.0", TCP, 0, WANT(NONE, NONE) },
	/* of a pod that does not declare it */
	{ "undeclared", "0.0.0.0", TCP, 20000, WANT(UNDECLARED, AUDITED), .row = true,
	  .undeclared = true },
	{ "undeclared, no row", "0.0.0.0", TCP, 21000, WANT(UNREGISTERED, DENIED),
	  .undeclared = true },
	{ "undeclared, scope", "0.0.0.0", TCP, 24000, WANT(SCOPE, DENIED), .row = true,
	  .undeclared = true },
	{ "undeclared, the kernel's own", "0.0.0.0", TCP, 20000, WANT(NONE, ALLOWED), .row = true,
	  .undeclared = true, .kernel = true },
	{ "undeclared, range", "::1", TCP, 40000, WANT(NONE, ALLOWED), .row = true,
	  .undeclared = true },
	{ "undeclared, range, but bound", "::1", TCP, 40000, WANT(UNDECLARED, AUDITED), .row = true,
	  .undeclared = true, .bound = true },
};

static struct receiver receiver_of(uint8_t proto, const char *address, uint16_t port)
{
	struct receiver s = { .proto = proto, .port = port };

	s.family = strchr(address, ':') ? 6 : 4;
	assert_int_equal(inet_pton(s.family == 6 ? AF_INET6 : AF_INET, address, s.addr), 1);
	return s;
}

static void check_case(const struct policy *policy, const struct receiver_case *c)
{
	const struct hp_config config = {
		.mode = HP_MODE_ENFORCE,
		.denies = POLICY_DENIES_DEFAULT | (c->ephemeral ? 1U << HP_CLASS_EPHEMERAL : 0),
	};
	struct receiver s = receiver_of(c->proto, c->address, c->port);
	struct receiver_facts facts = {
		.asked = c->bound    ? HP_ASKED_YES :
			 c->chosen   ? HP_ASKED_NO :
			 c->narrowed ? HP_ASKED_RANGE :
				       HP_ASKED_UNKNOWN,
		.kernel = c->kernel,
		.undeclared = c->undeclared,
	};
	struct hp_decision d;

	s.connected = c->connected;
	d = receiver_decide(policy, &config, &range, &s, facts);
	check_int(c->name, d.cls, c->cls);
	check_int(c->name, d.verdict, c->verdict);
	check_int(c->name, d.row != HP_NO_ROW, c->row);
	check_int(c->name, receiver_violates(d), c->verdict > HP_VERDICT_ALLOWED);
}

static void test_decide(void **state)
{
	_cleanup_(registry_freep) struct registry *reg = registry_of_lists(lists);
	_cleanup_(policy_freep) struct policy *policy = NULL;
	const struct node_facts facts = { .today = { 2027, 3, 31 } };

	(void)state;
	assert_int_equal(policy_build(reg, &facts, &policy), 0);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		check_case(policy, &cases[i]);
}

static const struct {
	const char *address;
	uint8_t proto;
	uint16_t port;
	int want;
} documented_cases[] = {
	{ "0.0.0.0", TCP, 20000, 1 },	 { "::", TCP, 20009, 1 },
	{ "10.0.0.1", TCP, 19999, 0 },	 { "::", TCP, 20010, 0 },
	{ "127.0.0.1", TCP, 20000, -1 }, { "::1", TCP, 20000, -1 },
	{ "0.0.0.0", UDP, 20000, 0 },	 { "0.0.0.0", UDP, 65535, 1 },
	{ "0.0.0.0", UDP, 60000, 1 },	 { "0.0.0.0", UDP, 59999, 0 },
	{ "0.0.0.0", TCP, 24000, 0 },	 { "0.0.0.0", TCP, 3306, 0 },
	{ "0.0.0.0", TCP, 8080, 0 },	 { "0.0.0.0", SCTP, 20000, 0 },
	{ "0.0.0.0", LITE, 60000, -1 },
};

static void test_documented(void **state)
{
	_cleanup_(registry_freep) struct registry *reg = registry_of_lists(lists);
	struct documented *documented = malloc(sizeof(*documented));

	(void)state;
	assert_non_null(documented);
	documented_fill(reg, documented);
	for (size_t i = 0; i < ARRAY_LEN(documented_cases); i++) {
		struct receiver s =
			receiver_of(documented_cases[i].proto, documented_cases[i].address,
				    documented_cases[i].port);

		check_int(documented_cases[i].address, documented_has(documented, &s),
			  documented_cases[i].want);
	}
	free(documented);
}

static void test_order(void **state)
{
	struct receiver a = receiver_of(TCP, "10.0.0.1", 80), b = a;

	(void)state;
	assert_int_equal(receiver_compare(&a, &b), 0);
	b.cookie = 1; /* of SO_REUSEPORT: another socket of the same server */
	assert_true(receiver_compare(&a, &b) < 0);
	assert_true(receiver_alike(&a, &b));
	b.cgroup_id = 1;
	assert_false(receiver_alike(&a, &b));
	b = a;
	b.uid = 1;
	assert_false(receiver_alike(&a, &b));
	b = receiver_of(TCP, "::", 80);
	assert_true(receiver_compare(&a, &b) < 0);
	b = receiver_of(TCP, "9.0.0.1", 81);
	assert_true(receiver_compare(&a, &b) < 0);
	b = receiver_of(UDP, "10.0.0.1", 79);
	assert_true(receiver_compare(&a, &b) < 0);
	assert_true(receiver_compare(&b, &a) > 0);
	assert_false(receiver_alike(&a, &b));
}

static void test_holder_words(void **state)
{
	(void)state;
	check_text("unknown", receiver_holder_word(RECEIVER_HOLDER_UNKNOWN), "unknown");
	check_text("process", receiver_holder_word(RECEIVER_HOLDER_PROCESS), "process");
	check_text("kernel", receiver_holder_word(RECEIVER_HOLDER_KERNEL), "kernel");
	check_text("none", receiver_holder_word(RECEIVER_HOLDER_NONE), "none");
	check_text("no holder", receiver_holder_word(RECEIVER_HOLDER_MAX), "unknown");
	check_text("no holder", receiver_holder_word(UINT8_MAX), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decide),
		cmocka_unit_test(test_documented),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_holder_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
