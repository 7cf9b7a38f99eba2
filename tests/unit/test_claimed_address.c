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
	uint8_t proto;
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
	{ "IPv4 in IPv6", "::ffff:127.0.0.1", HP_PROTO_TCP, {}, "127.0.0.1" },
	{ "all, of IPv4 in IPv6", "::ffff:0.0.0.0", HP_PROTO_TCP, {}, "" },
	/* arguments come first */
	{ "an argument",
	  "10.0.0.1",
	  HP_PROTO_TCP,
	  { { "10.0.0.2", 80, false, HP_PROTO_TCP } },
	  "10.0.0.2" },
	{ "an argument for all",
	  "10.0.0.1",
	  HP_PROTO_TCP,
	  { { "", 80, false, HP_PROTO_TCP } },
	  "" },
	{ "written out", "10.0.0.1", HP_PROTO_TCP, { { "0.0.0.0", 80, false, HP_PROTO_TCP } }, "" },
	{ "localhost",
	  NULL,
	  HP_PROTO_TCP,
	  { { "localhost", 80, true, HP_PROTO_TCP } },
	  "127.0.0.1" },
	{ "an argument without an address",
	  "10.0.0.1",
	  HP_PROTO_TCP,
	  { { NULL, 80, false, HP_PROTO_TCP } },
	  "10.0.0.1" },
	{ "of another port",
	  "10.0.0.1",
	  HP_PROTO_TCP,
	  { { "10.0.0.2", 81, false, HP_PROTO_TCP } },
	  "10.0.0.1" },
	{ "of another protocol",
	  "10.0.0.1",
	  HP_PROTO_UDP,
	  { { "10.0.0.2", 80, false, HP_PROTO_TCP } },
	  "10.0.0.1" },
	{ "of UDP, as the port",
	  "10.0.0.1",
	  HP_PROTO_UDP,
	  { { "10.0.0.2", 80, false, HP_PROTO_UDP } },
	  "10.0.0.2" },
	{ "SCTP", NULL, HP_PROTO_SCTP, { { "10.0.0.2", 80, false, HP_PROTO_TCP } }, "" },
	/* several of them */
	{ "the same twice",
	  NULL,
	  HP_PROTO_TCP,
	  { { "10.0.0.2", 80, false, HP_PROTO_TCP }, { "10.0.0.2", 80, false, HP_PROTO_TCP } },
	  "10.0.0.2" },
	{ "two",
	  NULL,
	  HP_PROTO_TCP,
	  { { "10.0.0.2", 80, false, HP_PROTO_TCP }, { "10.0.0.3", 80, false, HP_PROTO_TCP } },
	  "" },
	{ "two of localhost",
	  NULL,
	  HP_PROTO_TCP,
	  { { "127.0.0.1", 80, true, HP_PROTO_TCP }, { "::1", 80, true, HP_PROTO_TCP } },
	  "127.0.0.1" },
	{ "localhost and another",
	  NULL,
	  HP_PROTO_TCP,
	  { { "127.0.0.1", 80, true, HP_PROTO_TCP }, { "10.0.0.3", 80, false, HP_PROTO_TCP } },
	  "" },
	{ "another and localhost",
	  NULL,
	  HP_PROTO_TCP,
	  { { "10.0.0.3", 80, false, HP_PROTO_TCP }, { "127.0.0.1", 80, true, HP_PROTO_TCP } },
	  "" },
	{ "the third is another",
	  "127.0.0.1",
	  HP_PROTO_TCP,
	  { { "127.0.0.1", 80, true, HP_PROTO_TCP },
	    { "localhost", 80, true, HP_PROTO_TCP },
	    { "10.0.0.3", 80, false, HP_PROTO_TCP } },
	  "" },
	{ "the second is of another port",
	  NULL,
	  HP_PROTO_TCP,
	  { { "10.0.0.2", 80, false, HP_PROTO_TCP },
	    { "10.0.0.3", 81, false, HP_PROTO_TCP },
	    { "10.0.0.2", 80, false, HP_PROTO_TCP } },
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
		const struct pod pod = { .containers = &container };
		struct listener **end = &container.listeners;

		for (size_t l = 0; l < LISTENERS_MAX && cases[i].heard[l].port; l++) {
			listeners[l] = (struct listener) {
				.address = cases[i].heard[l].address,
				.port = cases[i].heard[l].port,
				.proto = cases[i].heard[l].proto,
				.localhost = cases[i].heard[l].localhost,
			};
			*end = &listeners[l];
			end = &listeners[l].next;
		}
		check_text(cases[i].name, claimed_address(&pod, &container, &port), cases[i].want);
	}
}

/* What the pod's other containers say counts where the container's own arguments do not. */
static void test_other_containers(void **state)
{
	static const struct {
		const char *own, *second, *third; /* addresses; NULL: no listener; "?": not known */
		const char *want;
	} pods[] = {
		{ NULL, "127.0.0.1", NULL, "127.0.0.1" },
		{ NULL, "127.0.0.1", "::1", "127.0.0.1" },
		{ NULL, "127.0.0.1", "", "" },
		{ NULL, "127.0.0.1", "0.0.0.0", "" },
		{ NULL, "?", NULL, "10.0.0.9" },
		{ "?", "127.0.0.1", NULL, "10.0.0.9" },
		{ "10.0.0.1", "127.0.0.1", NULL, "10.0.0.1" },
		{ "127.0.0.1", "", NULL, "127.0.0.1" },
		{ NULL, NULL, NULL, "10.0.0.9" },
	};
	const struct port port = { .number = 80, .proto = HP_PROTO_TCP, .host_ip = "10.0.0.9" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pods); i++) {
		const char *addresses[] = { pods[i].own, pods[i].second, pods[i].third };
		struct listener listeners[ARRAY_LEN(addresses)] = { 0 };
		struct container containers[ARRAY_LEN(addresses)] = { 0 };
		const struct pod pod = { .containers = containers };

		for (size_t c = 0; c < ARRAY_LEN(addresses); c++) {
			const char *address = addresses[c];

			if (c + 1 < ARRAY_LEN(addresses))
				containers[c].next = &containers[c + 1];
			if (!address)
				continue;
			listeners[c] = (struct listener) {
				.address = strcmp(address, "?") == 0 ? NULL : address,
				.port = 80,
				.proto = HP_PROTO_TCP,
				.localhost = claimed_address_scope(address) == HP_SCOPE_LOCALHOST,
			};
			containers[c].listeners = &listeners[c];
		}
		check_text(pods[i].second, claimed_address(&pod, containers, &port), pods[i].want);
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
		cmocka_unit_test(test_other_containers),
		cmocka_unit_test(test_scope),
		cmocka_unit_test(test_overlap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
