// SPDX-License-Identifier: MIT
#include "test.h"

#include <arpa/inet.h>
#include <errno.h>

#include "../../bpf/abi.h"
#include "../../user/base/cleanup.h"
#include "../../user/registry/port_argument.h"

struct good_case {
	const char *text;
	uint16_t first, last;
	int proto; /* -1: none */
	const char *address;
};

static const struct good_case good_cases[] = {
	{ "9100", 9100, 9100, -1, "" },
	{ "1", 1, 1, -1, "" },
	{ "65535", 65535, 65535, -1, "" },
	{ "9100-9105", 9100, 9105, -1, "" },
	{ "9100/tcp", 9100, 9100, HP_PROTO_TCP, "" },
	{ "8080/TCP", 8080, 8080, HP_PROTO_TCP, "" },
	{ "53/udp", 53, 53, HP_PROTO_UDP, "" },
	{ "1-65535/sctp", 1, 65535, HP_PROTO_SCTP, "" },
	{ "tcp/22", 22, 22, HP_PROTO_TCP, "" },
	{ "UDP/53-54", 53, 54, HP_PROTO_UDP, "" },
	{ "udplite/7", 7, 7, HP_PROTO_UDPLITE, "" },
	{ "0.0.0.0:8080", 8080, 8080, -1, "0.0.0.0" },
	{ "127.0.0.53%lo:53", 53, 53, -1, "127.0.0.53" },
	{ "127.0.0.1:8080/udp", 8080, 8080, HP_PROTO_UDP, "127.0.0.1" },
	{ "tcp/127.0.0.1:80-81", 80, 81, HP_PROTO_TCP, "127.0.0.1" },
	{ ":8080", 8080, 8080, -1, "" },
	{ "*:8080", 8080, 8080, -1, "" },
	{ "*%eth0:68/udp", 68, 68, HP_PROTO_UDP, "" },
	{ "[::]:10248", 10248, 10248, -1, "::" },
	{ "[::1]:10248/TCP", 10248, 10248, HP_PROTO_TCP, "::1" },
	{ "[fe80::1%eth0]:546/udp", 546, 546, HP_PROTO_UDP, "fe80::1" },
	{ "[0000:0000:0000:0000:0000:ffff:255.255.255.255]:1/udplite", 1, 1, HP_PROTO_UDPLITE,
	  "0000:0000:0000:0000:0000:ffff:255.255.255.255" },
};

static void check_address(const struct good_case *c, const struct port_argument *argument)
{
	char again[INET6_ADDRSTRLEN] = "";
	uint8_t back[16] = { 0 };
	int family = argument->family == 6 ? AF_INET6 : AF_INET;

	check_text(c->text, argument->address, c->address);
	check_int(c->text, argument->family, !*c->address ? 0 : strchr(c->address, ':') ? 6 : 4);
	if (!argument->family)
		return;
	assert_non_null(inet_ntop(family, argument->addr, again, sizeof(again)));
	assert_int_equal(inet_pton(family, c->address, back), 1);
	assert_memory_equal(back, argument->addr, sizeof(back));
}

static void test_good(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good_cases); i++) {
		const struct good_case *c = &good_cases[i];
		_cleanup_buf_ struct buf err = { 0 };
		struct port_argument argument;

		check_int(c->text, port_argument_parse(c->text, &argument, &err), 0);
		check_text(c->text, err.data, NULL);
		check_int(c->text, argument.first, c->first);
		check_int(c->text, argument.last, c->last);
		check_int(c->text, argument.has_proto ? argument.proto : -1, c->proto);
		check_address(c, &argument);
	}
}

#define NO_PORT                                                                                    \
	": not a port, such as 9100, 9100-9105, 9100/tcp, tcp/9100, 0.0.0.0:9100 or [::1]:9100"
#define NO_PROTO ": not one of tcp, udp, udplite, sctp"

static const struct {
	const char *text, *err;
} bad_cases[] = {
	{ "", NO_PORT },
	{ "0", "0" NO_PORT },
	{ "65536", "65536" NO_PORT },
	{ "9105-9100", "9105-9100" NO_PORT },
	{ "080", "080" NO_PORT },
	{ "80 ", "80 " NO_PORT },
	{ "-80", "-80" NO_PORT },
	{ "http", "http" NO_PORT },
	{ "80/", NO_PROTO },
	{ "/tcp", "/tcp" NO_PORT },
	{ "/", NO_PROTO },
	{ "tcp/", "tcp/" NO_PORT },
	{ "tcp/tcp", "tcp/tcp" NO_PORT },
	{ "80/udp/tcp", "udp/tcp" NO_PROTO },
	{ "80/Tcp", "Tcp" NO_PROTO "; did you mean tcp?" },
	{ "80/tpc", "tpc" NO_PROTO "; did you mean tcp?" },
	{ "80/dccp", "dccp" NO_PROTO "; did you mean sctp?" },
	{ "tcq/80", "tcq" NO_PROTO "; did you mean tcp?" },
	{ "localhost:80", "localhost:80" NO_PORT },
	{ "1.2.3:80", "1.2.3:80" NO_PORT },
	{ ":::80", ":::80" NO_PORT },
	{ "::1:80", "::1:80" NO_PORT },
	{ "[::1]80", "[::1]80" NO_PORT },
	{ "[]:80", "[]:80" NO_PORT },
	{ "[*]:80", "[*]:80" NO_PORT },
	{ "[127.0.0.1]:80", "[127.0.0.1]:80" NO_PORT },
	{ "[::1:80", "[::1:80" NO_PORT },
	{ "127.0.0.1:", "127.0.0.1:" NO_PORT },
	{ "127.0.0.1:0", "127.0.0.1:0" NO_PORT },
	{ "1000000000000000000000000000000000000000000000000000000000000000000",
	  "1000000000000000000000000000000000000000000000000000000000000000" NO_PORT },
};

static void test_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad_cases); i++) {
		_cleanup_buf_ struct buf err = { 0 };
		struct port_argument argument, before;

		memset(&argument, 0x55, sizeof(argument));
		before = argument;
		check_int(bad_cases[i].text,
			  port_argument_parse(bad_cases[i].text, &argument, &err), -EINVAL);
		check_text(bad_cases[i].text, err.data, bad_cases[i].err);
		assert_memory_equal(&argument, &before, sizeof(argument));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
