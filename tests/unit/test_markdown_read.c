// SPDX-License-Identifier: MIT
#include "markdown_cases.h"

#define HEAD                                                                                       \
	"| Port | Process | Protocol | Control-plane only | Owning Team | Since | Notes |\n"       \
	"|---|---|---|---|---|---|---|\n"
#define RETIRED                                                                                    \
	"| Port | Process | Control-plane only | Owning Team | Added | Removed | Notes |\n"        \
	"|---|---|---|---|---|---|---|\n"
#define TCP "# External\n## TCP\n" HEAD

struct row_case {
	const char *name, *text, *want; /* rows as a layer's lists */
};

static const struct row_case row_cases[] = {
	{ "every cell", TCP "| 80-90 | p \\| q | HTTP | yes | net edge | 4.10 | `n` |\n",
	  "entries: [{ports: 80-90, protocol: tcp, process: p | q, application: HTTP, role: "
	  "control-plane, control_plane: \"yes\", team: net edge, since: \"4.10\", notes: "
	  "\"`n`\"}]" },
	{ "blank cells", TCP "| 80 | p | | | | | |\n",
	  "entries: [{ports: 80, protocol: tcp, process: p}]" },
	{ "no: any role", TCP "| 80 | p | | no | | | |\n",
	  "entries: [{ports: 80, protocol: tcp, process: p, control_plane: \"no\"}]" },
	{ "the notes tell the role", TCP "| 80 | p | | | | | x, Control Plane only |\n",
	  "entries: [{ports: 80, protocol: tcp, process: p, role: control-plane, notes: \"x, "
	  "Control "
	  "Plane only\"}]" },
	{ "the notes tell the scope", TCP "| 80 | p | | | | | localhost-only |\n",
	  "entries: [{ports: 80, protocol: tcp, process: p, scope: localhost, table: external, "
	  "notes: "
	  "localhost-only}]" },
	{ "the notes tell the platform", TCP "| 80 | p | | | | | a; baremetal only |\n",
	  "entries: [{ports: 80, protocol: tcp, process: p, platforms: [baremetal], notes: a; "
	  "baremetal only}]" },
	{ "baremetal alone tells nothing", TCP "| 80 | p | | | | | baremetal provisioning |\n",
	  "entries: [{ports: 80, protocol: tcp, process: p, notes: baremetal provisioning}]" },
	{ "protocols",
	  "# External\n## UDP\n" HEAD "| 1 | p | | | | | |\n## SCTP\n" HEAD
	  "| 2 | p | | | | | |\n## UDP-Lite\n" HEAD "| 3 | p | | | | | |\n",
	  "entries: [{ports: 1, protocol: udp, process: p}, {ports: 2, protocol: sctp, process: "
	  "p}, "
	  "{ports: 3, protocol: udplite, process: p}]" },
	{ "localhost",
	  "# Localhost-only\n" HEAD "| 1 | p | | | | | |\n## UDP\n" HEAD "| 2 | p | | | | | |\n",
	  "entries: [{ports: 1, protocol: tcp, process: p, scope: localhost}, {ports: 2, protocol: "
	  "udp, process: p, scope: localhost}]" },
	{ "a protocol ends with its table's heading",
	  "# External\n## UDP\n" HEAD "# Localhost-only\n" HEAD "| 1 | p | | | | | |\n",
	  "entries: [{ports: 1, protocol: tcp, process: p, scope: localhost}]" },
	{ "retired",
	  "# Previously allocated\n" RETIRED "| 1 | p | yes | t | 4.4 | 4.11 | localhost-only |\n",
	  "retired: [{ports: 1, protocol: tcp, process: p, scope: localhost, role: control-plane, "
	  "control_plane: \"yes\", team: t, since: \"4.4\", removed: \"4.11\", notes: "
	  "localhost-only}]" },
	{ "columns in another order",
	  "# Previously allocated\n|notes|Removed|Port|Process|ADDED|Owning Team|Control-plane "
	  "only|\n"
	  "|---|---|---|---|---|---|---|\n|n|4.11|1|p|4.4|t|no|\n",
	  "retired: [{ports: 1, protocol: tcp, process: p, control_plane: \"no\", team: t, since: "
	  "\"4.4\", removed: \"4.11\", notes: n}]" },
	{ "a table of something else",
	  "# Reviewers\n| Name |\n|---|\n| x |\n" TCP "| 80 | p | | | | | |\n",
	  "entries: [{ports: 80, protocol: tcp, process: p}]" },
	{ "retired rows first",
	  "# Previously allocated\n" RETIRED "| 1 | p | | | | 4.1 | |\n" TCP
	  "| 80 | q | | | | | |\n",
	  "entries: [{ports: 80, protocol: tcp, process: q}]\nretired: [{ports: 1, protocol: tcp, "
	  "process: "
	  "p, removed: \"4.1\"}]" },
	{ "no rows", TCP, "" },
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row_cases); i++) {
		const struct row_case *c = &row_cases[i];
		_cleanup_(layer_freep) struct reg_layer *got = page_of(c->text);
		_cleanup_(registry_freep) struct registry *want = registry_of_lists(c->want);

		check_layers(c->name, got, &want->layers[0]);
	}
}

struct fault_case {
	const char *name, *text, *want;
};

static const struct fault_case fault_cases[] = {
	{ "no text", "",
	  "p.md: no table of ports below External, Localhost-only or Previously allocated\n" },
	{ "no table of ports", "# External\n## TCP\n",
	  "p.md: no table of ports below External, Localhost-only or Previously allocated\n" },
	{ "bytes", "\x1b", "p.md:1:1: a character that is obeyed rather than shown\n" },
	{ "not below a heading that is known",
	  "# Externals\n## TCP\n" HEAD "| 80 | p | | | | | |\n",
	  "p.md:3:1: a table of ports below \"tcp\", not below External, Localhost-only or "
	  "Previously "
	  "allocated\n" },
	{ "no protocol", "# External\n" HEAD "| 80 | p | | | | | |\n",
	  "p.md:2:1: a table below External, but below none of TCP, UDP, UDP-Lite and SCTP\n" },
	{ "an unknown and a missing column",
	  "# External\n## TCP\n| Port | Process | Protocol | Control-plane | Owning Team | Since | "
	  "Notes |\n|---|---|---|---|---|---|---|\n",
	  "p.md:3:31: Control-plane: no column of a table below External\n"
	  "p.md:3:1: no column Control-plane only in a table below External\n" },
	{ "a column twice",
	  "# Localhost-only\n| Port | Process | Protocol | Control-plane only | Owning Team | "
	  "Since | "
	  "Notes | port |\n|---|---|---|---|---|---|---|---|\n",
	  "p.md:2:82: port: a second column of this name\n" },
	{ "Removed where nothing was", "# External\n## TCP\n" RETIRED,
	  "p.md:3:55: Added: no column of a table below External\n"
	  "p.md:3:63: Removed: no column of a table below External\n"
	  "p.md:3:1: no column Protocol in a table below External\n"
	  "p.md:3:1: no column Since in a table below External\n" },
	{ "cells", TCP "| 80 - 90 | | | Yes | t | 4 | n |\n| 70000 | p | | | | 4.1.2 | |\n",
	  "p.md:5:3: Port: 80 - 90: not ports (N or N-M, each 1 to 65535)\n"
	  "p.md:5:13: Process: is missing\n"
	  "p.md:5:17: Control-plane only: Yes: not yes, no or blank\n"
	  "p.md:5:27: Since: 4: not a version (X.Y)\n"
	  "p.md:6:3: Port: 70000: not ports (N or N-M, each 1 to 65535)\n"
	  "p.md:6:21: Since: 4.1.2: not a version (X.Y)\n" },
	{ "not removed", "# Previously allocated\n" RETIRED "| 1 | p | | | 4.1 | | |\n",
	  "p.md:4:21: Removed: is missing\n" },
	{ "the head of 2024",
	  "# Previously allocated\n" HEAD "| 1 | p || yes | t | 4.4 | 4.11 | n |\n",
	  "p.md:2:20: Protocol: no column of a table below Previously allocated\n"
	  "p.md:2:1: no column Removed in a table below Previously allocated: pages of September "
	  "2023 to August 2024 do not name it in their head\n" },
	{ "a cell too few", TCP "| 80 | p | | | | |\n",
	  "p.md:5:1: a row of 6 cells in a table of 7 columns\n" },
};

static void test_faults(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(fault_cases); i++) {
		const struct fault_case *c = &fault_cases[i];
		_cleanup_(layer_freep) struct reg_layer *layer = NULL;
		_cleanup_diags_ struct diags diags = { 0 };
		_cleanup_buf_ struct buf out = { 0 };

		check_int(c->name, read_page(c->text, &diags, &layer), -EINVAL);
		assert_null(layer);
		diags_text(&diags, &out);
		check_text(c->name, out.data, c->want);
	}
}

static void test_long_cells(void **state)
{
	_cleanup_(layer_freep) struct reg_layer *layer = NULL;
	_cleanup_diags_ struct diags diags = { 0 };
	_cleanup_buf_ struct buf text = { 0 };

	(void)state;
	buf_puts(&text, TCP "| 1 | ");
	for (int i = 0; i < ROW_SHORT_MAX; i++)
		buf_puts(&text, "\xc3\xa4");
	buf_puts(&text, " | | | | | |\n");
	check_int("as long as may be", read_page(text.data, &diags, &layer), 0);
	buf_puts(&text, "| 1 | p | | | | | ");
	for (int i = 0; i <= ROW_LONG_MAX; i++)
		buf_putc(&text, 'n');
	buf_puts(&text, " |\n");
	check_int("too long", read_page(text.data, &diags, &layer), -EINVAL);
	check_u64("too long", diags.total, 1);
}

static void drop_owners(struct reg_row *row)
{
	struct reg_row owners = { .owners = row->owners, .owners_len = row->owners_len };

	row_done(&owners);
	row->owners = NULL;
	row->owners_len = 0;
}

/* The openshift layer, without what the page does not have. */
static struct reg_layer *openshift(void)
{
	const struct reg_builtin *builtin = &registry_builtins()[0];
	_cleanup_diags_ struct diags diags = { 0 };
	struct reg_layer *layer = NULL;
	size_t kept = 0;

	check_text("the first built-in layer", builtin->name, "openshift");
	assert_int_equal(layer_parse("b", builtin->text, builtin->len, &diags, &layer), 0);
	for (size_t i = 0; i < layer->len; i++) {
		if (layer->rows[i].kind > REG_RETIRED) {
			row_done(&layer->rows[i]);
			continue;
		}
		drop_owners(&layer->rows[i]);
		layer->rows[i].essential = false;
		layer->rows[kept++] = layer->rows[i];
	}
	layer->len = kept;
	assert_int_equal(row_set_text(&layer->name, "t"), 0);
	assert_int_equal(row_set_text(&layer->source, NULL), 0);
	return layer;
}

static void test_published_page(void **state)
{
	_cleanup_buf_ struct buf text = fixture();
	_cleanup_(layer_freep) struct reg_layer *got = page_of(text.data);
	_cleanup_(layer_freep) struct reg_layer *want = openshift();

	(void)state;
	check_u64("rows", got->len, 105);
	check_layers("the page is the openshift layer", got, want);
}

#define OLD_HEAD "| Port | Process | Owning Team | Since | Notes |\n|---|---|---|---|---|\n"
#define OLD	 "# External\n## TCP\n" OLD_HEAD

/* ---- what is read with a warning ------------------------------------------------------------ */
static const struct {
	const char *text;
	bool read; /* with a warning */
} short_rows[] = {
	{ TCP "| 80 | p | HTTP | yes | t | 4.1 |\n", true },
	{ TCP "| 80 | p | HTTP | yes | t | 4.1\n", true },
	{ TCP "| 80 | p | HTTP | yes | t | |\n", true },
	{ TCP "| 80 | p | HTTP | yes | 4.1 | |\n", false },
	{ TCP "| 80 | p | HTTP | yes | 4.1 | notes |\n", false },
	{ TCP "| 80 | p | HTTP | yes | t |\n", false },
	{ "# Previously allocated\n" RETIRED "| 80 | p | yes | t | 4.1 | 4.2 |\n", true },
	{ "# Previously allocated\n" RETIRED "| 80 | p | yes | t | | 4.2 |\n", true },
	/* the page until 2023 */
	{ OLD "| 80 | p | t | 4.1 | control plane only |\n", true },
	{ "# Localhost-only\n" OLD_HEAD "| 80 | p | t | 4.1 | n |\n", true },
	{ "# Previously allocated\n| Port | Process | Owning Team | Since | Removed In | Notes |\n"
	  "|---|---|---|---|---|---|\n| 80 | p | t | 4.1 | 4.2 | n |\n",
	  true },
	{ "# External\n## TCP\n| Port | Process | Protocol | Owning Team | Since | Notes |\n"
	  "|---|---|---|---|---|---|\n| 80 | p | HTTP | t | 4.1 | n |\n",
	  false },
	{ "# External\n## TCP\n| Port | Process | Owning Team | Notes |\n|---|---|---|---|\n"
	  "| 80 | p | t | n |\n",
	  false },
};

static void test_short_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(short_rows); i++) {
		_cleanup_diags_ struct diags diags = { 0 }, warnings = { 0 };
		_cleanup_(layer_freep) struct reg_layer *layer = NULL, *untold = NULL;
		struct layer_source source = {
			.file = "p.md",
			.text = short_rows[i].text,
			.len = strlen(short_rows[i].text),
			.name = "t",
			.warnings = &warnings,
		};

		check_int(source.text, markdown_read(&source, &diags, &layer),
			  short_rows[i].read ? 0 : -EINVAL);
		check_u64(source.text, warnings.total, short_rows[i].read);
		check_u64(source.text, diags.total > 0, !short_rows[i].read);
		source.warnings = NULL;
		check_int("told to nobody", markdown_read(&source, &diags, &untold), -EINVAL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),	       cmocka_unit_test(test_faults),
		cmocka_unit_test(test_long_cells),     cmocka_unit_test(test_short_rows),
		cmocka_unit_test(test_published_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
