// SPDX-License-Identifier: MIT
/* The page's headings and columns, and what a row says beyond its cells. */
#include "registry_cases.h"

#include <errno.h>

#include "../../user/formats/markdown_tables.h"

static void test_headings(void **state)
{
	static const char *const tables[] = { "External", "Localhost-only",
					      "Previously allocated" };
	static const struct {
		uint8_t proto;
		const char *heading;
	} protos[] = {
		{ HP_PROTO_TCP, "TCP" },
		{ HP_PROTO_UDP, "UDP" },
		{ HP_PROTO_UDPLITE, "UDP-Lite" },
		{ HP_PROTO_SCTP, "SCTP" },
	};

	(void)state;
	check_u64("tables", ARRAY_LEN(tables), MARKDOWN_TABLE_MAX);
	for (int i = 0; i < MARKDOWN_TABLE_MAX; i++) {
		check_text("table", markdown_heading((enum markdown_table)i), tables[i]);
		check_int(tables[i], markdown_table_of(tables[i]), i);
	}
	for (size_t i = 0; i < ARRAY_LEN(protos); i++) {
		check_text("protocol", markdown_proto_heading(protos[i].proto), protos[i].heading);
		check_int(protos[i].heading, markdown_proto_of(protos[i].heading), protos[i].proto);
	}
	check_text("others by their words", markdown_proto_heading(HP_PROTO_OTHER),
		   word_proto(HP_PROTO_OTHER));
	check_int("lower case", markdown_table_of("localhost-only"), MARKDOWN_LOCALHOST);
	check_int("lower case", markdown_proto_of("udp-lite"), HP_PROTO_UDPLITE);
	check_int("none", markdown_table_of("localhost"), -EINVAL);
	check_int("none", markdown_table_of(""), -EINVAL);
	check_int("none", markdown_proto_of("icmp"), -EINVAL);
	check_int("none", markdown_proto_of(""), -EINVAL);
}

static void test_columns(void **state)
{
	static const struct {
		enum markdown_table table;
		const char *titles;
	} tables[] = {
		{ MARKDOWN_EXTERNAL,
		  "Port|Process|Protocol|Control-plane only|Owning Team|Since|Notes|" },
		{ MARKDOWN_LOCALHOST,
		  "Port|Process|Protocol|Control-plane only|Owning Team|Since|Notes|" },
		{ MARKDOWN_RETIRED,
		  "Port|Process|Control-plane only|Owning Team|Added|Removed|Notes|" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
		const struct markdown_columns *columns = markdown_columns(tables[i].table);
		_cleanup_buf_ struct buf out = { 0 };

		for (size_t c = 0; c < columns->len; c++)
			buf_printf(&out, "%s|", columns->items[c].title);
		check_text("columns", out.data, tables[i].titles);
	}
}

static void test_table_of_row(void **state)
{
	static const struct {
		const char *lists;
		enum markdown_table table;
	} rows[] = {
		{ "entries: [{ports: 1, protocol: tcp, process: p}]", MARKDOWN_EXTERNAL },
		{ "entries: [{ports: 1, protocol: tcp, process: p, scope: localhost}]",
		  MARKDOWN_LOCALHOST },
		{ "entries: [{ports: 1, protocol: tcp, process: p, scope: localhost, table: "
		  "external}]",
		  MARKDOWN_EXTERNAL },
		{ "entries: [{ports: 1, protocol: tcp, process: p, table: localhost}]",
		  MARKDOWN_LOCALHOST },
		{ "retired: [{ports: 1, protocol: tcp, process: p, removed: '4.1', scope: "
		  "localhost}]",
		  MARKDOWN_RETIRED },
		{ "retired: [{ports: 1, protocol: tcp, process: p, removed: '4.1'}]",
		  MARKDOWN_RETIRED },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		_cleanup_(registry_freep) struct registry *reg = registry_of_lists(rows[i].lists);

		check_int(rows[i].lists, markdown_table_of_row(&reg->layers[0].rows[0]),
			  rows[i].table);
	}
}

#define CP REG_ROLE_CONTROL_PLANE

static const struct {
	enum markdown_table table;
	const char *control_plane, *notes;
	enum reg_role role;
	uint8_t scope;
	const char *of_table, *platform;
} cases[] = {
	{ MARKDOWN_EXTERNAL, NULL, NULL, 0, HP_SCOPE_EXTERNAL, NULL, NULL },
	{ MARKDOWN_LOCALHOST, NULL, NULL, 0, HP_SCOPE_LOCALHOST, NULL, NULL },
	{ MARKDOWN_RETIRED, NULL, NULL, 0, HP_SCOPE_EXTERNAL, NULL, NULL },
	/* localhost only */
	{ MARKDOWN_EXTERNAL, NULL, "Localhost Only", 0, HP_SCOPE_LOCALHOST, "external", NULL },
	{ MARKDOWN_EXTERNAL, NULL, "x, localhost-only", 0, HP_SCOPE_LOCALHOST, "external", NULL },
	{ MARKDOWN_LOCALHOST, NULL, "localhost only", 0, HP_SCOPE_LOCALHOST, NULL, NULL },
	{ MARKDOWN_RETIRED, NULL, "localhost only", 0, HP_SCOPE_LOCALHOST, NULL, NULL },
	{ MARKDOWN_EXTERNAL, NULL, "localhost", 0, HP_SCOPE_EXTERNAL, NULL, NULL },
	/* control plane only */
	{ MARKDOWN_EXTERNAL, "yes", NULL, CP, HP_SCOPE_EXTERNAL, NULL, NULL },
	{ MARKDOWN_EXTERNAL, "no", NULL, 0, HP_SCOPE_EXTERNAL, NULL, NULL },
	{ MARKDOWN_EXTERNAL, "?", NULL, 0, HP_SCOPE_EXTERNAL, NULL, NULL },
	{ MARKDOWN_EXTERNAL, NULL, "Control plane only", CP, HP_SCOPE_EXTERNAL, NULL, NULL },
	{ MARKDOWN_EXTERNAL, "no", "control-plane only", CP, HP_SCOPE_EXTERNAL, NULL, NULL },
	{ MARKDOWN_EXTERNAL, NULL, "control plane", 0, HP_SCOPE_EXTERNAL, NULL, NULL },
	/* baremetal only */
	{ MARKDOWN_EXTERNAL, NULL, "Baremetal only", 0, HP_SCOPE_EXTERNAL, NULL, "baremetal" },
	{ MARKDOWN_EXTERNAL, NULL, "baremetal-only", 0, HP_SCOPE_EXTERNAL, NULL, "baremetal" },
	{ MARKDOWN_EXTERNAL, NULL, "baremetal", 0, HP_SCOPE_EXTERNAL, NULL, NULL },
	/* all of them */
	{ MARKDOWN_EXTERNAL, "yes", "baremetal only, localhost only", CP, HP_SCOPE_LOCALHOST,
	  "external", "baremetal" },
};

static void test_meaning(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *name = cases[i].notes ? cases[i].notes : "no notes";
		struct markdown_meaning meaning =
			markdown_meaning(cases[i].table, cases[i].control_plane, cases[i].notes);

		check_int(name, meaning.role, cases[i].role);
		check_int(name, meaning.scope, cases[i].scope);
		check_text(name, meaning.table, cases[i].of_table);
		check_text(name, meaning.platform, cases[i].platform);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_headings),
		cmocka_unit_test(test_columns),
		cmocka_unit_test(test_table_of_row),
		cmocka_unit_test(test_meaning),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
