// SPDX-License-Identifier: MIT
/* What a pod declares, as the programs are told of it, and as the sweep asks for it. */
#include "test.h"

#include <arpa/inet.h>

#include "../../user/pods/pod_ports.h"

static struct pod_port ports[] = {
	{ HP_PROTO_TCP, 9100, 0, 0, "" },	    { HP_PROTO_UDP, 53, 0, 1, "0.0.0.0" },
	{ HP_PROTO_TCP, 53, 0, 1, "127.0.0.1" },    { HP_PROTO_TCP, 8080, 18080, 2, "10.0.0.1" },
	{ HP_PROTO_SCTP, 8081, 0, 2, "::" },	    { HP_PROTO_TCP, 8081, 18081, 2, "fd00::1" },
	{ HP_PROTO_TCP, 8082, 0, 2, "no address" },
};

static const struct pod host = { .host_network = true, .ports = ports, .ports_len = 7 };
static const struct pod own = { .ports = ports, .ports_len = 7 };

static void test_keys(void **state)
{
	static const struct {
		const struct pod *pod;
		size_t at;
		bool is; /* a port of the node */
		uint16_t port;
		uint8_t proto, scope;
		const char *address;
	} cases[] = {
		{ &host, 0, true, 9100, HP_PROTO_TCP, HP_SCOPE_EXTERNAL, "::" },
		{ &host, 1, true, 53, HP_PROTO_UDP, HP_SCOPE_EXTERNAL, "::" },
		{ &host, 2, true, 53, HP_PROTO_TCP, HP_SCOPE_LOCALHOST, "::" },
		{ &host, 3, true, 8080, HP_PROTO_TCP, HP_SCOPE_EXTERNAL, "::ffff:10.0.0.1" },
		{ &host, 4, true, 8081, HP_PROTO_SCTP, HP_SCOPE_EXTERNAL, "::" },
		{ &host, 5, true, 8081, HP_PROTO_TCP, HP_SCOPE_EXTERNAL, "fd00::1" },
		{ &host, 6, true, 8082, HP_PROTO_TCP, HP_SCOPE_EXTERNAL, "::" },
		/* in its own network it has the node's ports that it asks for */
		{ &own, 0, false, 0, 0, 0, NULL },
		{ &own, 3, true, 18080, HP_PROTO_TCP, HP_SCOPE_EXTERNAL, "::ffff:10.0.0.1" },
		{ &own, 5, true, 18081, HP_PROTO_TCP, HP_SCOPE_EXTERNAL, "fd00::1" },
		{ &own, 6, false, 0, 0, 0, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct hp_declared_key key = { .cgroup = 7 };
		const struct pod_port *port = &ports[cases[i].at];
		uint32_t want[4];

		check_int("a port of the node", pod_ports_key(cases[i].pod, port, &key),
			  cases[i].is);
		check_u64("as it was, or none", key.cgroup, cases[i].is ? 0 : 7);
		if (!cases[i].is)
			continue;
		assert_int_equal(inet_pton(AF_INET6, cases[i].address, want), 1);
		check_u64("port", key.port, cases[i].port);
		check_u64("protocol", key.proto, cases[i].proto);
		check_u64("scope", key.scope, cases[i].scope);
		check_int(cases[i].address, memcmp(key.addr, want, sizeof(want)), 0);
	}
}

static struct pod_ports_query query_of(uint8_t proto, const char *address, uint16_t port)
{
	struct pod_ports_query query = { .proto = proto, .port = port, .family = 6 };
	uint32_t a[4] = { 0, 0, HP_V4_WORD, 0 };

	if (inet_pton(AF_INET, address, query.addr) == 1) {
		query.family = 4;
		memcpy(&a[3], query.addr, 4);
	} else {
		assert_int_equal(inet_pton(AF_INET6, address, query.addr), 1);
		memcpy(a, query.addr, sizeof(a));
	}
	query.scope = hp_scope_of6(ntohl(a[0]), ntohl(a[1]), ntohl(a[2]), ntohl(a[3]));
	return query;
}

static void test_declare(void **state)
{
	static const struct {
		const char *name;
		const struct pod *pod;
		uint8_t proto;
		const char *address;
		uint16_t port;
		bool want;
	} cases[] = {
		{ "any address", &host, HP_PROTO_TCP, "0.0.0.0", 9100, true },
		{ "any address, IPv6", &host, HP_PROTO_TCP, "::", 9100, true },
		{ "any address, loopback", &host, HP_PROTO_TCP, "127.0.0.1", 9100, true },
		{ "any address, one", &host, HP_PROTO_TCP, "10.0.0.2", 9100, true },
		{ "another port", &host, HP_PROTO_TCP, "0.0.0.0", 9101, false },
		{ "another protocol", &host, HP_PROTO_UDP, "0.0.0.0", 9100, false },
		{ "the wildcard as written", &host, HP_PROTO_UDP, "::", 53, true },
		{ "loopback", &host, HP_PROTO_TCP, "127.0.0.1", 53, true },
		{ "loopback, another one", &host, HP_PROTO_TCP, "127.0.0.53", 53, true },
		{ "loopback, IPv6", &host, HP_PROTO_TCP, "::1", 53, true },
		{ "loopback, mapped", &host, HP_PROTO_TCP, "::ffff:127.0.0.1", 53, true },
		{ "loopback is not all", &host, HP_PROTO_TCP, "0.0.0.0", 53, false },
		{ "an address", &host, HP_PROTO_TCP, "10.0.0.1", 8080, true },
		{ "an address, mapped", &host, HP_PROTO_TCP, "::ffff:10.0.0.1", 8080, true },
		{ "another address", &host, HP_PROTO_TCP, "10.0.0.2", 8080, false },
		{ "an address is not all", &host, HP_PROTO_TCP, "0.0.0.0", 8080, false },
		{ "an address is not loopback", &host, HP_PROTO_TCP, "127.0.0.1", 8080, false },
		{ "no address", &host, HP_PROTO_TCP, "0.0.0.0", 8082, true },
		{ "a host port on the host's network", &host, HP_PROTO_TCP, "10.0.0.1", 18080,
		  false },
		{ "a host port", &own, HP_PROTO_TCP, "10.0.0.1", 18080, true },
		{ "a container's port", &own, HP_PROTO_TCP, "10.0.0.1", 8080, false },
		{ "a container's port, any address", &own, HP_PROTO_TCP, "0.0.0.0", 9100, false },
	};
	struct pod incomplete = host;

	(void)state;
	incomplete.incomplete = true;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct pod_ports_query query =
			query_of(cases[i].proto, cases[i].address, cases[i].port);

		check_int(cases[i].name, pod_ports_declare(cases[i].pod, &query), cases[i].want);
		check_int("it may declare more", pod_ports_declare(&incomplete, &query), true);
	}
}

/* By which port it is declared; what is not may still meet one, in part. */
static void test_find_and_meet(void **state)
{
	static const struct {
		const struct pod *pod;
		uint8_t proto;
		const char *address;
		uint16_t port;
		size_t at; /* of the port */
		bool is_declared, meets;
	} cases[] = {
		{ &host, HP_PROTO_TCP, "10.0.0.2", 9100, 0, true, true },
		{ &host, HP_PROTO_TCP, "0.0.0.0", 9100, 0, true, true },
		{ &host, HP_PROTO_TCP, "0.0.0.0", 9101, 0, false, false },
		{ &host, HP_PROTO_UDP, "0.0.0.0", 9100, 0, false, false },
		{ &host, HP_PROTO_TCP, "127.0.0.53", 53, 2, true, true },
		{ &host, HP_PROTO_TCP, "10.0.0.1", 53, 2, false, false },
		{ &host, HP_PROTO_TCP, "0.0.0.0", 53, 2, false, true },
		{ &own, HP_PROTO_TCP, "10.0.0.1", 18080, 3, true, true },
		{ &own, HP_PROTO_TCP, "::ffff:10.0.0.1", 18080, 3, true, true },
		{ &own, HP_PROTO_TCP, "10.0.0.2", 18080, 3, false, false },
		{ &own, HP_PROTO_TCP, "127.0.0.1", 18080, 3, false, false },
		{ &own, HP_PROTO_TCP, "0.0.0.0", 18080, 3, false, true },
		{ &own, HP_PROTO_TCP, "::", 18080, 3, false, true },
		{ &own, HP_PROTO_TCP, "::ffff:0.0.0.0", 18080, 3, false, true },
		{ &own, HP_PROTO_TCP, "0.0.0.0", 8080, 3, false, false },
		{ &own, HP_PROTO_TCP, "fd00::1", 18081, 5, true, true },
		{ &own, HP_PROTO_TCP, "0.0.0.0", 9100, 0, false, false }, /* none of the node */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct pod_ports_query query =
			query_of(cases[i].proto, cases[i].address, cases[i].port);
		const struct pod_port *port = &ports[cases[i].at];

		check_int(cases[i].address, pod_ports_find(cases[i].pod, &query) == port,
			  cases[i].is_declared);
		check_int(cases[i].address, pod_ports_find(cases[i].pod, &query) != NULL,
			  cases[i].is_declared);
		check_int(cases[i].address, pod_ports_meet(cases[i].pod, port, &query),
			  cases[i].meets);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_declare),
		cmocka_unit_test(test_find_and_meet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
