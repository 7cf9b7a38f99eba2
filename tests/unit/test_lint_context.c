// SPDX-License-Identifier: MIT
/* Rows sorted by their kind, and what becomes of a finding on its way. */
#include "lint_rows.h"

#include "../../user/checks/lint/lint_context.h"

static const char lower[] =
	A(RANGES("{protocol: tcp, ports: 9000-9999}, {protocol: udp, ports: 9000}")
		  ENTRIES(TCP("1", "") TCP("2", "") UDP("3", "")) "\n" RETIRED("4") "\n");
static const char upper[] = B(
	"drop: [{ports: 2, protocol: tcp, reason: r}, {ports: 4, protocol: tcp, reason: r}]\n"
	"exceptions: [{ports: 7, protocol: tcp, class: scope, until: 2099-01-01, reason: r}]\n"
	"accept: [{rule: overlap, reason: r}, {rule: unsorted, ports: 1, protocol: tcp, layer: a, "
	"reason: "
	"known}, {rule: missing-team, layer: a, reason: whole}]\n" ENTRIES(TCP("5", "")));

/* The first ports of the rows, each once with its layer. */
static void check_rows(const char *name, const struct lint_rows *rows, const char *want)
{
	_cleanup_buf_ struct buf out = { 0 };

	buf_puts(&out, "");
	for (size_t i = 0; i < rows->len; i++)
		buf_printf(&out, "%s%u ", rows->items[i].layer->name, rows->items[i].row->first);
	check_text(name, out.data, want);
}

static struct registry *two_layers(void)
{
	const char *const texts[] = { lower, upper };
	_cleanup_diags_ struct diags diags = { 0 };
	int r = 0;
	struct registry *reg = registry_of(texts, ARRAY_LEN(texts), &diags, &r);

	check_int("layers", r, 0);
	return reg;
}

/* Dropped entries and retired rows are left out; the other kinds are whole. */
static void test_kinds(void **state)
{
	_cleanup_(registry_freep) struct registry *reg = two_layers();
	struct lint lint = { .reg = reg, .facts = &lint_today };

	(void)state;
	assert_int_equal(lint_open(&lint), 0);
	check_rows("entries", &lint.entries, "a1 a3 b5 ");
	check_rows("retired", &lint.retired, "");
	check_rows("ranges", &lint.ranges, "a9000 a9000 ");
	check_rows("drops", &lint.drops, "b2 b4 ");
	check_rows("exceptions", &lint.exceptions, "b7 ");
	check_rows("accepts", &lint.accepts, "b0 b1 b0 ");
	check_u64("index", lint.accept_index.len, 3);
	lint_close(&lint);
}

static void test_findings(void **state)
{
	_cleanup_(registry_freep) struct registry *reg = two_layers();
	_cleanup_findings_ struct findings findings = { 0 };
	struct lint lint = { .reg = reg, .facts = &lint_today, .findings = &findings };
	struct lint_subject other;
	const struct lint_row *tcp1, *udp3;

	(void)state;
	assert_int_equal(lint_open(&lint), 0);
	tcp1 = &lint.entries.items[0];
	udp3 = &lint.entries.items[1];
	other = lint_row_subject(tcp1);
	assert_non_null(lint_add_finding(&lint, LINT_UNSORTED, udp3, NULL, "%d", 1));
	assert_non_null(lint_add_finding(&lint, LINT_UNSORTED, udp3, &other, "%d", 2));
	assert_non_null(lint_add_finding(&lint, LINT_UNSORTED, tcp1, NULL, "%d", 3));
	assert_non_null(lint_add_layer_finding(&lint, LINT_MISSING_TEAM, udp3, "%d", 4));
	assert_non_null(lint_add_layer_finding(&lint, LINT_MISSING_SINCE, udp3, "%d", 5));
	assert_non_null(lint_add_accept_finding(&lint, LINT_UNSORTED, &lint.accepts.items[0], "6"));
	assert_non_null(lint_add_accept_finding(&lint, LINT_UNSORTED, &lint.accepts.items[1], "7"));
	lint_close(&lint);

	check_u64("findings", findings.len, 7);
	check_text("no accept", findings.items[0].accepted, NULL);
	check_text("by the other row", findings.items[1].accepted, "known");
	check_text("by its own", findings.items[2].accepted, "known");
	check_text("of the layer", findings.items[3].accepted, "whole");
	check_text("no accept of the layer", findings.items[4].accepted, NULL);
	for (size_t i = 0; i < findings.len; i++) {
		static const struct {
			uint8_t proto;
			uint16_t port;
			const char *file, *message;
		} want[] = {
			{ HP_PROTO_UDP, 3, "1.yaml", "1" },
			{ HP_PROTO_UDP, 3, "1.yaml", "2" },
			{ HP_PROTO_TCP, 1, "1.yaml", "3" },
			{ 0, 0, "1.yaml", "4" },
			{ 0, 0, "1.yaml", "5" },
			{ 0, 0, "2.yaml", "6" },
			{ HP_PROTO_TCP, 1, "2.yaml", "7" },
		};

		check_text("message", findings.items[i].message, want[i].message);
		check_int(want[i].message, findings.items[i].port, want[i].port);
		if (want[i].port)
			check_int(want[i].message, findings.items[i].proto, want[i].proto);
		check_text(want[i].message, findings.items[i].file, want[i].file);
		check_int(want[i].message, findings.items[i].line > 2, true);
		check_int(want[i].message, findings.items[i].column > 0, true);
	}
}

/* What is below the least severity is not reported; what is at it is. */
static void test_least(void **state)
{
	static const struct {
		enum severity least;
		bool note, warning, error;
	} cases[] = {
		{ SEVERITY_NOTE, true, true, true },
		{ SEVERITY_WARNING, false, true, true },
		{ SEVERITY_ERROR, false, false, true },
	};
	_cleanup_(registry_freep) struct registry *reg = two_layers();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct lint_facts facts = lint_today;
		_cleanup_findings_ struct findings findings = { 0 };
		struct lint lint = { .reg = reg, .facts = &facts, .findings = &findings };
		const struct lint_row *at;

		facts.least = cases[i].least;
		assert_int_equal(lint_open(&lint), 0);
		at = lint.entries.items;
		check_int("note", !!lint_add_finding(&lint, LINT_UNSORTED, at, NULL, "x"),
			  cases[i].note);
		check_int("warning", !!lint_add_layer_finding(&lint, LINT_OVERLAP, at, "x"),
			  cases[i].warning);
		check_int("error", !!lint_add_accept_finding(&lint, LINT_UNKNOWN_RULE, at, "x"),
			  cases[i].error);
		lint_close(&lint);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_findings),
		cmocka_unit_test(test_least),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
