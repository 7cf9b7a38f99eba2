// SPDX-License-Identifier: MIT
#include "test.h"

#include "../../bpf/abi.h"
#include "../../user/violations/learn_clients.h"

#define A      "\"workload\":{\"kind\":\"unit\",\"unit\":\"a.service\"}"
#define B      "\"workload\":{\"kind\":\"unit\",\"unit\":\"b.service\"}"
#define X      "\"workload\":{\"kind\":\"cgroup\"},\"exe\":\"/bin/x\""
#define Y      "\"workload\":{\"kind\":\"cgroup\"},\"exe\":\"/bin/y\""
#define NOBODY "\"workload\":{\"kind\":\"cgroup\"}"

/* The same process, or not, in a control group */
#define GROUP	  "\"workload\":{\"kind\":\"cgroup\"},\"cgroup\":\"/a\""
#define ENDED	  GROUP ",\"comm\":\"x\""
#define NAMED	  ENDED ",\"exe\":\"/bin/x\""
#define ELSEWHERE "\"workload\":{\"kind\":\"cgroup\"},\"cgroup\":\"/b\",\"comm\":\"x\""
#define SEVERAL	  ENDED ",\"others\":[{\"exe\":\"/bin/x\"},{\"exe\":\"/bin/y\"}]"

#define ROW(proto, port, owner, rest)                                                              \
	"{\"class\":\"unregistered\",\"protocol\":\"" proto "\",\"port\":" port "," owner rest "}"
#define ONE(port, owner)	 ROW("udp", port, owner, "")
#define HELD(port, owner)	 ROW("udp", port, owner, ",\"sockets\":1")
#define MANY(first, last, owner) ROW("udp", first, owner, ",\"ports\":50,\"port_last\":" last)

static const struct {
	const char *name, *rows;
	size_t clients, covered;
	uint16_t first, last; /* of the first client */
	size_t ports;
} cases[] = {
	{ "one port", ONE("700", A), 0, 0, 0, 0, 0 },
	/* many ports */
	{ "a resolver", MANY("1030", "65000", A), 1, 1, 1024, 65535, 50 },
	{ "a program", MANY("1030", "65000", X), 1, 1, 1024, 65535, 50 },
	{ "nobody", MANY("1030", "65000", NOBODY), 0, 0, 0, 0, 0 },
	{ "with some that are single",
	  MANY("1030", "65000", A) "," ONE("8080", A) "," HELD("9090", A), 1, 3, 1024, 65535, 52 },
	{ "without those outside", MANY("1030", "65000", A) "," ONE("1000", A), 1, 1, 1024, 65535,
	  50 },
	{ "without another's", MANY("1030", "65000", A) "," ONE("8080", B) "," ONE("8081", X), 1, 1,
	  1024, 65535, 50 },
	{ "without another protocol's", MANY("1030", "65000", A) "," ROW("tcp", "8080", A, ""), 1,
	  1, 1024, 65535, 50 },
	{ "of two", MANY("1030", "65000", A) "," MANY("1030", "65000", B), 2, 2, 1024, 65535, 50 },
	{ "within another's range", MANY("33000", "60000", A) "," MANY("1030", "65000", A), 1, 2,
	  1024, 65535, 100 },
	{ "servers", ROW("udp", "1030", A, ",\"ports\":50,\"port_last\":65000,\"sockets\":40"), 0,
	  0, 0, 0, 0 },
	/* a port that differs at each start */
	{ "two reserved ports", ONE("700", A) "," ONE("812", A), 1, 2, 512, 1023, 2 },
	{ "one of them is open", ONE("700", A) "," HELD("812", A), 1, 2, 512, 1023, 2 },
	{ "both are open", HELD("700", A) "," HELD("812", A), 0, 0, 0, 0, 0 },
	{ "of two", ONE("700", A) "," ONE("812", B), 0, 0, 0, 0, 0 },
	{ "of two protocols", ONE("700", A) "," ROW("tcp", "812", A, ""), 0, 0, 0, 0, 0 },
	{ "of nobody", ONE("700", NOBODY) "," ONE("812", NOBODY), 0, 0, 0, 0, 0 },
	{ "ports of the kernel's range", ONE("40000", X) "," ONE("50000", X) "," ONE("8080", X), 1,
	  2, 35000, 55000, 2 },
	{ "of two programs", ONE("40000", X) "," ONE("50000", Y), 0, 0, 0, 0, 0 },
	{ "outside of it", ONE("34000", X) "," ONE("34999", X), 0, 0, 0, 0, 0 },
	{ "dynamic ports", ONE("50000", X) "," ONE("60000", X), 1, 2, 49152, 65535, 2 },
	{ "of either range", ONE("50000", X) "," ONE("51000", X), 1, 2, 35000, 65535, 2 },
	{ "some of each range", ONE("36000", X) "," ONE("50000", X) "," ONE("60000", X), 2, 3,
	  35000, 55000, 2 },
	{ "one of each range", ONE("36000", X) "," ONE("60000", X), 0, 0, 0, 0, 0 },
	/* processes that ended before their program was known */
	{ "one of two", ONE("700", NAMED) "," ONE("812", ENDED), 1, 2, 512, 1023, 2 },
	{ "two of three", ONE("812", ENDED) "," ONE("700", NAMED) "," ONE("900", ENDED), 1, 3, 512,
	  1023, 3 },
	{ "all of them", ONE("700", ENDED) "," ONE("812", ENDED), 0, 0, 0, 0, 0 },
	{ "by another name", ONE("700", NAMED) "," ONE("812", NOBODY), 0, 0, 0, 0, 0 },
	{ "of another workload", ONE("700", NAMED) "," ONE("812", ELSEWHERE), 0, 0, 0, 0, 0 },
	{ "which had several programs", ONE("700", NAMED) "," ONE("812", SEVERAL), 0, 0, 0, 0, 0 },
	{ "beside a resolver", MANY("1030", "65000", NAMED) "," ONE("8080", ENDED), 1, 2, 1024,
	  65535, 51 },
	{ "of both ranges, once each", ONE("700", A) "," ONE("40000", A), 0, 0, 0, 0, 0 },
	{ "of both ranges", ONE("700", A) "," ONE("701", A) "," ONE("40000", A) "," ONE("40001", A),
	  2, 4, 512, 1023, 2 },
};

static void test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_learn_clients_ struct learn_clients clients = { 0 };
		_cleanup_answer_rows_ struct answer_rows rows = { 0 };
		_cleanup_(json_freep) struct json *json = NULL;
		_cleanup_buf_ struct buf text = { 0 }, err = { 0 };
		size_t covered = 0;

		buf_printf(&text, "[{},%s]", cases[i].rows); /* and one that lacks */
		if (json_parse(text.data, text.len, &err, &json) < 0)
			fail_msg("%s: %s", cases[i].name, err.data);
		assert_int_equal(answer_rows_read(json, &rows), 0);
		assert_int_equal(learn_clients_find(&rows, 35000, 55000, &clients), 0);
		for (size_t r = 0; r < rows.len; r++)
			covered += rows.list[r].covered;
		check_u64(cases[i].name, clients.len, cases[i].clients);
		check_u64(cases[i].name, covered, cases[i].covered);
		if (!clients.len)
			continue;
		check_u64(cases[i].name, clients.list[0].first, cases[i].first);
		check_u64(cases[i].name, clients.list[0].last, cases[i].last);
		check_u64(cases[i].name, clients.list[0].ports, cases[i].ports);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
