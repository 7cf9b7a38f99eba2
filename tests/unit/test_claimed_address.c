// SPDX-License-Identifier: MIT
/* The address on which a port is claimed, from arguments and hostIP. */
#include "test.h"

#include "../../user/base/cleanup.h"
#include "../../user/checks/manifest/claimed_address.h"

#define LISTENERS_MAX 3

struct heard {
	const char *address; /* NULL: not known */
	uint16_t port;	     /* 0: no more */
	bool localhost;
};

static const struct {
	const char *name;
	const char *host_ip;
	uint8_t proto;
	struct heard heard[LISTENERS_MAX];
	const char *want;
} cases[] = {
	/* hostIP alone, in each way to write all addresses */
	{ "nothing", NULL, HP_PROTO_TCP, {}, "" },
	{ "hostIP", "10.0.0.1", HP_PROTO_TCP, {}, "10.0.0.1" },
	{ "all, of IPv4", "0.0.0.0", HP_PROTO_TCP, {}, "" },
	{ "all, of IPv6", "::", HP_PROTO_TCP, {}, "" },
	{ "all, in brackets", "[::]", HP_PROTO_TCP, {}, "" },
	{ "all, as *", "*", HP_PROTO_TCP, {}, "" },
	{ "localhost by its name", "localhost", HP_PROTO_TCP, {}, "127.0.0.1" },
	{ "localhost of IPv6", "::1", HP_PROTO_TCP, {}, "::1" },
	/* arguments come first */
	{ "an argument", "10.0.0.1", HP_PROTO_TCP, { { "10.0.0.2", 80, false } }, "10.0.0.2" },
	{ "an argument for all", "10.0.0.1", HP_PROTO_TCP, { { "", 80, false } }, "" },
	{ "written out", "10.0.0.1", HP_PROTO_TCP, { { "0.0.0.0", 80, false } }, "" },
	{ "localhost", NULL, HP_PROTO_TCP, { { "localhost", 80, true } }, "127.0.0.1" },
	{ "an argument without an address",
	  "10.0.0.1",
	  HP_PROTO_TCP,
	  { { NULL, 80, false } },
	  "10.0.0.1" },
	{ "of another port", "10.0.0.1", HP_PROTO_TCP, { { "10.0.0.2", 81, false } }, "10.0.0.1" },
	{ "of another protocol",
	  "10.0.0.1",
	  HP_PROTO_UDP,
	  { { "10.0.0.2", 80, false } },
	  "10.0.0.1" },
	{ "SCTP", NULL, HP_PROTO_SCTP, { { "10.0.0.2", 80, false } }, "" },
	/* several of them */
	{ "the same twice",
	  NULL,
	  HP_PROTO_TCP,
	  { { "10.0.0.2", 80, false }, { "10.0.0.2", 80, false } },
	  "10.0.0.2" },
	{ "two", NULL, HP_PROTO_TCP, { { "10.0.0.2", 80, false }, { "10.0.0.3", 80, false } }, "" },
	{ "two of localhost",
	  NULL,
	  HP_PROTO_TCP,
	  { { "127.0.0.1", 80, true }, { "::1", 80, true } },
	  "127.0.0.1" },
	{ "localhost and another",
	  NULL,
	  HP_PROTO_TCP,
	  { { "127.0.0.1", 80, true }, { "10.0.0.3", 80, false } },
	  "" },
	{ "another and localhost",
	  NULL,
	  HP_PROTO_TCP,
	  { { "10.0.0.3", 80, false }, { "127.0.0.1", 80, true } },
	  "" },
	{ "the third is another",
	  "127.0.0.1",
	  HP_PROTO_TCP,
	  { { "127.0.0.1", 80, true }, { "localhost", 80, true }, { "10.0.0.3", 80, false } },
	  "" },
	{ "the second is of another port",
	  NULL,
	  HP_PROTO_TCP,
	  { { "10.0.0.2", 80, false }, { "10.0.0.3", 81, false }, { "10.0.0.2", 80, false } },
	  "10.0.0.2" },
};

static void test_addresses(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct port port = {
			.number = 80,
			.proto = cases[i].proto,
			.host_ip = cases[i].host_ip,
		};
		struct listener listeners[LISTENERS_MAX] = { 0 };
		struct container container = { 0 };
		struct listener **end = &container.listeners;

		for (size_t l = 0; l < LISTENERS_MAX && cases[i].heard[l].port; l++) {
			listeners[l] = (struct listener) {
				.address = cases[i].heard[l].address,
				.port = cases[i].heard[l].port,
				.localhost = cases[i].heard[l].localhost,
			};
			*end = &listeners[l];
			end = &listeners[l].next;
		}
		check_text(cases[i].name, claimed_address(&container, &port), cases[i].want);
	}
}

static void test_scope(void **state)
{
	static const char *const local[] = { "127.0.0.1", "127.9.9.9", "::1", "localhost" };
	static const char *const external[] = { "", "10.0.0.1", "::", "fe80::1", "$(IP)" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(local); i++)
		check_int(local[i], claimed_address_scope(local[i]), HP_SCOPE_LOCALHOST);
	for (size_t i = 0; i < ARRAY_LEN(external); i++)
		check_int(external[i], claimed_address_scope(external[i]), HP_SCOPE_EXTERNAL);
}

static void test_overlap(void **state)
{
	static const struct {
		const char *a, *b;
		bool overlap;
	} pairs[] = {
		{ "", "", true },
		{ "", "10.0.0.1", true },
		{ "10.0.0.1", "", true },
		{ "10.0.0.1", "10.0.0.1", true },
		{ "10.0.0.1", "10.0.0.2", false },
		{ "127.0.0.1", "::1", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++)
		check_int(pairs[i].a, claimed_address_overlap(pairs[i].a, pairs[i].b),
			  pairs[i].overlap);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_scope),
		cmocka_unit_test(test_overlap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
