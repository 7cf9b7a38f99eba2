// SPDX-License-Identifier: MIT
/* Which format a file or a text has, and that its reader reads it. */
#include "layer_texts.h"

#include <errno.h>

#include "../../user/formats/import.h"
#include "../../user/formats/layer_yaml.h"

#define HEAD "Direction,Protocol,Port,Namespace,Service,Pod,Container,Node Role,Optional\n"

struct format_case {
	const char *text;
	int want;
};

static void test_format_of_name(void **state)
{
	static const struct format_case cases[] = {
		{ "a.md", IMPORT_MARKDOWN },
		{ "x/host-port.MD", IMPORT_MARKDOWN },
		{ "a.markdown", IMPORT_MARKDOWN },
		{ "commatrix.csv", IMPORT_MATRIX },
		{ "a.yaml", -EINVAL },
		{ "md", -EINVAL },
		{ ".csv", -EINVAL },
		{ "-", -EINVAL },
		{ "a.md.bak", -EINVAL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		check_int(cases[i].text, import_format_of_name(cases[i].text), cases[i].want);
	check_int("md", import_format_parse("md"), IMPORT_MARKDOWN);
	check_int("csv", import_format_parse("csv"), IMPORT_MATRIX);
	check_int("none", import_format_parse("yaml"), -EINVAL);
}

static void test_format_of_text(void **state)
{
	static const struct format_case cases[] = {
		{ "---\ntitle: x\n", IMPORT_MARKDOWN },
		{ "\n\n# A\n", IMPORT_MARKDOWN },
		{ "| Port |\n", IMPORT_MARKDOWN },
		{ "<!-- a -->", IMPORT_MARKDOWN },
		{ "<!--", IMPORT_MARKDOWN },
		{ "<!-", -EINVAL },
		{ "---", IMPORT_MARKDOWN },
		{ "--", -EINVAL },
		{ "# A", IMPORT_MARKDOWN },
		{ "a # b", -EINVAL },
		{ "Direction", -EINVAL },
		{ "Direction,", IMPORT_MATRIX },
		{ "Directio,n", -EINVAL },
		{ "a\nPort,Direction\n", -EINVAL },
		{ HEAD, IMPORT_MATRIX },
		{ "Port,Direction\n", IMPORT_MATRIX },
		{ "version: 1\n", -EINVAL },
		{ "a,b\n", -EINVAL },
		{ "", -EINVAL },
		{ "\n\n", -EINVAL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		check_int(cases[i].text,
			  import_format_of_text(cases[i].text, strlen(cases[i].text)),
			  cases[i].want);
}

/* A layer of each format, and what it is in YAML: written and read, it is the same. */
static void test_read(void **state)
{
	static const struct {
		enum import_format format;
		const char *text, *want;
	} cases[] = {
		{ IMPORT_MARKDOWN,
		  "# External\n## TCP\n| Port | Process | Protocol | Control-plane only | Owning "
		  "Team | "
		  "Since | Notes |\n|---|---|---|---|---|---|---|\n| 80 | p | | yes | t | 4.1 | n "
		  "|\n",
		  "version: 1\nname: t\nsource: s\n\nentries:\n  - {ports: 80, protocol: tcp, "
		  "scope: "
		  "external, process: p, role: control-plane, control_plane: \"yes\", team: t,\n   "
		  "  since: "
		  "\"4.1\", notes: \"n\"}\n" },
		{ IMPORT_MATRIX, HEAD "Ingress,UDP,53,ns,,dns,,worker,TRUE\n",
		  "version: 1\nname: t\nsource: s\n\nentries:\n  - {ports: 53, protocol: udp, "
		  "scope: "
		  "external, process: dns, role: worker, notes: optional,\n     owners: "
		  "[{namespace: "
		  "ns, pod: \"dns-*\"}]}\n" },
	};

	(void)state;
	check_u64("formats", ARRAY_LEN(cases) + 1,
		  IMPORT_FORMAT_MAX); /* the last: test_rows_read */
	check_int("rows", import_format_exactly(IMPORT_MATRIX, "layer,kind,x", 12), IMPORT_ROWS);
	check_int("a matrix", import_format_exactly(IMPORT_MATRIX, "Direction,", 10),
		  IMPORT_MATRIX);
	check_int("a page", import_format_exactly(IMPORT_MARKDOWN, "layer,kind,x", 12),
		  IMPORT_MARKDOWN);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct layer_source source = {
			.file = "f",
			.text = cases[i].text,
			.len = strlen(cases[i].text),
			.name = "t",
			.facts = "s",
		};
		_cleanup_(layer_freep) struct reg_layer *layer = NULL, *again = NULL;
		_cleanup_diags_ struct diags diags = { 0 };
		_cleanup_buf_ struct buf out = { 0 };

		check_int("read", import_read(cases[i].format, &source, &diags, &layer), 0);
		layer_yaml(layer, &out);
		check_text("yaml", out.data, cases[i].want);
		again = layer_of("t.yaml", out.data);
		check_layers("again", again, layer);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_format_of_name),
		cmocka_unit_test(test_format_of_text),
		cmocka_unit_test(test_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
