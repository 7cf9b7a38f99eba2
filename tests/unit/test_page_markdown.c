// SPDX-License-Identifier: MIT
#include "layer_texts.h"

#include <errno.h>
#include <stdio.h>

#include "../../user/formats/layer_build.h"
#include "../../user/formats/md_tables.h"
#include "../../user/formats/markdown_read.h"
#include "../../user/formats/markdown_write.h"

#define FIXTURE "tests/registry/page.md"

static int read_page(const char *text, struct diags *diags, struct reg_layer **ret_layer)
{
	struct exchange_source source = {
		.file = "p.md",
		.text = text,
		.len = strlen(text),
		.name = "t",
	};

	return markdown_read(&source, diags, ret_layer);
}

static struct reg_layer *page_of(const char *text)
{
	_cleanup_diags_ struct diags diags = { 0 };
	_cleanup_buf_ struct buf out = { 0 };
	struct reg_layer *layer = NULL;

	if (read_page(text, &diags, &layer) == 0)
		return layer;
	diags_text(&diags, &out);
	fail_msg("%s", out.data);
	return NULL;
}

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

/* ---- the published page, and back -------------------------------------------------------- */
static struct buf fixture(void)
{
	_cleanup_fclose_ FILE *f = fopen(FIXTURE, "re");
	struct buf text = { 0 };
	char chunk[4096];
	size_t n;

	if (!f)
		fail_msg("%s: not there: run from the top of the repository", FIXTURE);
	while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		buf_add(&text, chunk, n);
	return text;
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

static int on_table(void *ctx, const struct md_headings *headings, const struct md_row *header)
{
	(void)headings;
	for (size_t i = 0; i < header->len; i++)
		buf_printf(ctx, "[%s]", header->cells[i].text);
	buf_putc(ctx, '\n');
	return 0;
}

static int on_row(void *ctx, const struct md_row *row)
{
	return on_table(ctx, NULL, row);
}

/* All cells of all tables, a row a line. */
static struct buf cells_of(const char *text)
{
	static const struct md_reader reader = { on_table, on_row };
	_cleanup_diags_ struct diags diags = { 0 };
	struct buf cells = { 0 };

	assert_int_equal(md_tables_read("f", text, strlen(text), &reader, &cells, &diags), 0);
	assert_int_equal(diags.total, 0);
	return cells;
}

static struct registry *registry_with(struct reg_layer *layer)
{
	struct registry *reg = calloc(1, sizeof(*reg));
	_cleanup_diags_ struct diags diags = { 0 };

	assert_non_null(reg);
	assert_int_equal(registry_add(reg, layer, &diags), 0);
	return reg;
}

static void test_published_page_and_back(void **state)
{
	_cleanup_buf_ struct buf text = fixture(), again = { 0 }, said = { 0 }, a = { 0 },
				 b = { 0 };
	_cleanup_(registry_freep) struct registry *reg = registry_with(page_of(text.data));
	_cleanup_(layer_freep) struct reg_layer *second = NULL;
	struct export_job job = { .registry = reg };

	(void)state;
	check_int("written", markdown_write(&job, &again, &said), 0);
	check_text("nothing is lost", said.data, NULL);
	a = cells_of(text.data);
	b = cells_of(again.data);
	check_text("cell for cell", b.data, a.data);
	second = page_of(again.data);
	check_layers("row for row", second, &reg->layers[0]);
}

static const char page_form[] =
	"# Port Registry\n"
	"\n"
	"## External\n"
	"\n"
	"### TCP\n"
	"\n"
	"| Port | Process | Protocol | Control-plane only | Owning Team | Since | Notes   |\n"
	"|------|---------|----------|--------------------|-------------|-------|---------|\n"
	"| 1-22 | p \\| q  |          | yes                |             | 4.10  | "
	"\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4 |\n"
	"\n"
	"## Localhost-only\n"
	"\n"
	"### SCTP\n"
	"\n"
	"| Port | Process | Protocol | Control-plane only | Owning Team | Since | Notes |\n"
	"|------|---------|----------|--------------------|-------------|-------|-------|\n"
	"| 3    | p       |          |                    |             |       |       |\n";

static void test_form(void **state)
{
	_cleanup_(registry_freep) struct registry *reg = registry_with(page_of(page_form));
	_cleanup_buf_ struct buf text = { 0 }, said = { 0 };
	struct export_job job = { .registry = reg };

	(void)state;
	check_int("written", markdown_write(&job, &text, &said), 0);
	check_text("the same page", text.data, page_form);
}

#define LOST "rows that a page can't hold as they are: "

static const struct fault_case loss_cases[] = {
	{ "nothing", "entries: [{ports: 1, protocol: tcp, process: p}]", NULL },
	{ "owners", "entries: [{ports: 1, protocol: tcp, process: p, owners: [{unit: u}]}]",
	  LOST "owners: 1\n" },
	{ "a source", "entries: [{ports: 1, protocol: tcp, process: p, source: s}]",
	  LOST "a source: 1\n" },
	{ "roles",
	  "entries: [{ports: 1, protocol: tcp, process: p, role: worker}, {ports: 2, protocol: "
	  "tcp, "
	  "process: p, role: control-plane}, {ports: 3, protocol: tcp, process: p, control_plane: "
	  "\"yes\"}]",
	  LOST "a role that neither the Control-plane only cell nor the notes tell: 3\n" },
	{ "scope",
	  "entries: [{ports: 1, protocol: tcp, process: p, scope: localhost, table: external}]",
	  LOST "a scope that neither the table nor the notes tell: 1\n" },
	{ "platforms",
	  "entries: [{ports: 1, protocol: tcp, process: p, platforms: [aws]}, {ports: 2, protocol: "
	  "tcp, process: p, notes: baremetal only}, {ports: 3, protocol: tcp, process: p, notes: "
	  "baremetal only, platforms: [baremetal]}]",
	  LOST "platforms that the notes do not tell: 2\n" },
	{ "an application",
	  "retired: [{ports: 1, protocol: tcp, process: p, removed: \"4.1\", application: HTTP}]",
	  LOST "an application, in a table without that column: 1\n" },
	{ "a text", "entries: [{ports: 1, protocol: tcp, process: \"p\\nq\"}]",
	  LOST "line ends, blanks at an end or the like in a cell: 1\n" },
	{ "kinds",
	  "ranges: [{ports: 1, protocol: tcp}]\nexceptions: [{ports: 1, protocol: tcp, class: "
	  "scope, "
	  "until: 2027-01-01, reason: r}]",
	  LOST "kind range: 1\n" LOST "kind exception: 1\n" },
};

static void test_losses(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(loss_cases); i++) {
		const struct fault_case *c = &loss_cases[i];
		_cleanup_(registry_freep) struct registry *reg = registry_of_lists(c->text);
		_cleanup_buf_ struct buf text = { 0 }, said = { 0 };
		struct export_job job = { .registry = reg };

		check_int(c->name, markdown_write(&job, &text, &said), 0);
		check_text(c->name, said.data, c->want);
	}
}

/* What drops took is not written, and no row is that the page can't tell from prose. */
static void test_dropped(void **state)
{
	const char *const texts[] = {
		"{version: 1, name: a, entries: [{ports: 1, protocol: tcp, process: p}, {ports: 2, "
		"protocol: tcp, process: \"x\\n\\n# Localhost-only\\n| y\"}]}",
		"{version: 1, name: b, drop: [{ports: 1, protocol: tcp, reason: r}]}",
	};
	_cleanup_(registry_freep) struct registry *reg = NULL;
	_cleanup_(layer_freep) struct reg_layer *again = NULL;
	_cleanup_buf_ struct buf text = { 0 }, said = { 0 };
	_cleanup_diags_ struct diags diags = { 0 };
	struct export_job job = { 0 };
	int r = 0;

	(void)state;
	reg = registry_of(texts, ARRAY_LEN(texts), &diags, &r);
	check_int("added", r, 0);
	job.registry = reg;
	check_int("written", markdown_write(&job, &text, &said), 0);
	again = page_of(text.data);
	check_u64("one row", again->len, 1);
	check_text("its process", again->rows[0].process, "x  # Localhost-only | y");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_long_cells),
		cmocka_unit_test(test_published_page),
		cmocka_unit_test(test_published_page_and_back),
		cmocka_unit_test(test_form),
		cmocka_unit_test(test_losses),
		cmocka_unit_test(test_dropped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
