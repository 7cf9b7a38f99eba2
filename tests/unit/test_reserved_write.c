// SPDX-License-Identifier: MIT
/* Ports of the ephemeral range that the kernel must not hand out. */
#include "export_cases.h"

#include <errno.h>

#include "../../user/formats/reserved_write.h"

#define RESERVED_HEAD                                                                              \
	"# Registered ports in the ephemeral range 32768-60999, which the kernel must not hand "   \
	"out.\n# It replaces any other list of reserved ports.\n"

static void test_reserved(void **state)
{
	static const struct node_facts worker = { .role = REG_ROLE_WORKER };
	_cleanup_exported_ struct exported some =
		export_lists("reserved-ports",
			     "entries: [" SSH
			     ", {ports: 39300-39301, protocol: udp, process: p, scope: localhost}, "
			     "{ports: 60000, protocol: tcp, process: p, role: "
			     "control-plane}]\nretired: [{ports: 61000, "
			     "protocol: tcp, process: p, removed: \"4.1\"}]",
			     &worker);
	_cleanup_exported_ struct exported none =
		export_lists("reserved-ports", "entries: [" SSH "]", NULL);
	_cleanup_exported_ struct exported all = export_lists(
		"reserved-ports", "entries: [{ports: 1-65535, protocol: tcp, process: p}]", NULL);

	(void)state;
	check_text("some", some.out.data,
		   RESERVED_HEAD "net.ipv4.ip_local_reserved_ports = 39300-39301,60000\n");
	check_text("none", none.out.data, RESERVED_HEAD "# There are none.\n");
	check_int("all", all.r, -EINVAL);
	check_text("all", all.said.data,
		   "28232 of the 28232 ephemeral ports are registered, more than half: reserved, "
		   "they would "
		   "starve the node\n");
}

static void test_reserved_long(void **state)
{
	_cleanup_buf_ struct buf lists = { 0 };
	_cleanup_exported_ struct exported e = { 0 };

	(void)state;
	buf_puts(&lists, "entries:\n");
	for (int port = 40000; port < 41400; port += 2)
		buf_printf(&lists, "  - {ports: %d, protocol: tcp, process: p}\n", port);
	e = export_lists("reserved-ports", lists.data, NULL);
	check_int("too long", e.r, -EINVAL);
	check_text("too long", e.said.data,
		   "700 ports in a list that the kernel does not take, longer than 4095 bytes\n");
}

/* An export for a range of a size, of the first `n` ports of it. */
static struct exported reserve_first(uint16_t first, uint16_t last, uint16_t n, uint16_t step)
{
	_cleanup_buf_ struct buf lists = { 0 };
	_cleanup_(registry_freep) struct registry *reg = NULL;
	_cleanup_(policy_freep) struct policy *policy = NULL;
	static const struct node_facts facts = { .today = { 2026, 11, 24 } };
	struct export_job job = { .facts = &facts, .first = first, .last = last };
	struct exported e = { 0 };

	buf_puts(&lists, "entries:\n");
	for (uint16_t i = 0; i < n; i++)
		buf_printf(&lists, "  - {ports: %u, protocol: udp, process: p}\n",
			   first + i * step);
	reg = registry_of_lists(n ? lists.data : "");
	assert_int_equal(policy_build(reg, &facts, &policy), 0);
	job.registry = reg;
	job.policy = policy;
	e.r = export_format_find("reserved-ports")->write(&job, &e.out, &e.said);
	return e;
}

/* Half of the range may be reserved, and no port more; at its ends as well. */
static void test_half(void **state)
{
	_cleanup_exported_ struct exported half = reserve_first(40000, 40009, 5, 1);
	_cleanup_exported_ struct exported more = reserve_first(40000, 40009, 6, 1);
	_cleanup_exported_ struct exported odd = reserve_first(40000, 40008, 4, 1);
	_cleanup_exported_ struct exported odd_more = reserve_first(40000, 40008, 5, 1);
	_cleanup_exported_ struct exported ends = reserve_first(40000, 40009, 2, 9);
	_cleanup_exported_ struct exported beyond = reserve_first(40000, 40009, 2, 10);

	(void)state;
	check_int("half", half.r, 0);
	assert_non_null(strstr(half.out.data, "range 40000-40009, "));
	assert_non_null(strstr(half.out.data, "= 40000-40004\n"));
	check_int("one more", more.r, -EINVAL);
	check_text("one more", more.said.data,
		   "6 of the 10 ephemeral ports are registered, more than half: reserved, they "
		   "would starve the node\n");
	check_u64("nothing is written", more.out.len, 0);
	check_int("odd", odd.r, 0);
	check_int("odd and one more", odd_more.r, -EINVAL);
	assert_non_null(strstr(ends.out.data, "= 40000,40009\n"));
	assert_non_null(strstr(beyond.out.data, "= 40000\n"));
}

/* The longest list that the kernel takes: 682 ports of five digits and a comma each, but the last.
 */
static void test_longest(void **state)
{
	_cleanup_exported_ struct exported most = reserve_first(32768, 60999, 682, 2);
	_cleanup_exported_ struct exported more = reserve_first(32768, 60999, 683, 2);

	(void)state;
	check_int("it fits", most.r, 0);
	check_int("one more", more.r, -EINVAL);
	check_u64("nothing is written", more.out.len, 0);
}

/* A list of exactly as many bytes as the kernel takes, and one of one more port. */
static void test_exact(void **state)
{
	_cleanup_exported_ struct exported most = reserve_first(9996, 12000, 683, 2);
	_cleanup_exported_ struct exported more = reserve_first(9996, 12000, 684, 2);

	(void)state;
	check_int("4095 bytes", most.r, 0);
	check_u64("4095 bytes", strlen(strstr(most.out.data, " = ") + 3), 4095 + 1);
	check_int("one more", more.r, -EINVAL);
}

/* One port is enough to need the list. */
static void test_needed(void **state)
{
	static const struct {
		const char *lists;
		bool needed;
	} cases[] = {
		{ "", false },
		{ "entries: [{ports: 32767, protocol: tcp, process: p}]", false },
		{ "entries: [{ports: 61000, protocol: tcp, process: p}]", false },
		{ "entries: [{ports: 32768, protocol: tcp, process: p}]", true },
		{ "entries: [{ports: 60999, protocol: udp, process: p}]", true },
	};
	static const struct node_facts facts = { .today = { 2026, 11, 24 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_(registry_freep) struct registry *reg = registry_of_lists(cases[i].lists);
		_cleanup_(policy_freep) struct policy *policy = NULL;
		struct export_job job = { .registry = reg, .facts = &facts };

		assert_int_equal(policy_build(reg, &facts, &policy), 0);
		job.policy = policy;
		job.first = 32768;
		job.last = 60999;
		check_int(cases[i].lists, reserved_needed(&job), cases[i].needed);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reserved), cmocka_unit_test(test_reserved_long),
		cmocka_unit_test(test_half),	 cmocka_unit_test(test_longest),
		cmocka_unit_test(test_exact),	 cmocka_unit_test(test_needed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
