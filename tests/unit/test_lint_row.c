// SPDX-License-Identifier: MIT
/* How findings name rows. */
#include "registry_cases.h"

#include "../../bpf/abi.h"
#include "../../user/checks/lint/lint_row.h"

static const struct {
	const char *row, *ports, *name;
} cases[] = {
	{ "{protocol: tcp, ports: 80, process: p}", "80", "tcp 80 (p)" },
	{ "{protocol: udp, ports: 80-80, process: p}", "80", "udp 80 (p)" },
	{ "{protocol: sctp, ports: 1-65535, process: CSI drivers}", "1-65535",
	  "sctp 1-65535 (CSI drivers)" },
	{ "{protocol: udplite, ports: 65534-65535, process: p}", "65534-65535",
	  "udplite 65534-65535 (p)" },
};

static void test_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_(registry_freep) struct registry *reg = NULL;
		_cleanup_buf_ struct buf lists = { 0 };
		const struct reg_row *row;

		buf_printf(&lists, "entries: [%s]", cases[i].row);
		reg = registry_of_lists(lists.data);
		row = &reg->layers[0].rows[0];
		check_text("ports", lint_row_ports(row).text, cases[i].ports);
		check_text("name", lint_row_name(row).text, cases[i].name);
	}
}

/* Exceptions and the like have no process; a name that is too long is cut. */
static void test_other_names(void **state)
{
	char process[LINT_NAME_MAX + 100];
	struct reg_row row = { .proto = HP_PROTO_TCP, .first = 1, .last = 2 };

	(void)state;
	check_text("no process", lint_row_name(&row).text, "tcp 1-2");
	memset(process, 'x', sizeof(process) - 1);
	process[sizeof(process) - 1] = '\0';
	row.process = process;
	check_u64("cut", strlen(lint_row_name(&row).text), LINT_NAME_MAX - 1);
}

static void test_subject(void **state)
{
	const struct reg_layer layer = { 0 };
	const struct reg_row row = { .proto = HP_PROTO_UDP, .first = 7, .last = 9 };
	const struct lint_row at = { &layer, &row };
	const struct lint_subject subject = lint_row_subject(&at);

	(void)state;
	assert_ptr_equal(subject.layer, &layer);
	check_int("protocol", subject.proto, HP_PROTO_UDP);
	check_int("first", subject.first, 7);
	check_int("last", subject.last, 9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_other_names),
		cmocka_unit_test(test_subject),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
