// SPDX-License-Identifier: MIT
#include "markdown_cases.h"

#include "../../user/formats/markdown_write.h"
#include "../../user/formats/md_tables.h"

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
	static const struct md_reader reader = { .table = on_table, .row = on_row };
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

/* Several protocols below each heading, which is there once. */
static const char page_protocols[] =
	"# Port Registry\n"
	"\n"
	"## External\n"
	"\n"
	"### TCP\n"
	"\n"
	"| Port        | Process | Protocol | Control-plane only | Owning Team | Since | Notes |\n"
	"|-------------|---------|----------|--------------------|-------------|-------|-------|\n"
	"| 10000-10001 | p       |          |                    |             |       |       |\n"
	"\n"
	"### UDP\n"
	"\n"
	"| Port | Process | Protocol | Control-plane only | Owning Team | Since | Notes |\n"
	"|------|---------|----------|--------------------|-------------|-------|-------|\n"
	"| 53   | q       |          |                    |             |       |       |\n"
	"\n"
	"## Localhost-only\n"
	"\n"
	"| Port | Process | Protocol | Control-plane only | Owning Team | Since | Notes |\n"
	"|------|---------|----------|--------------------|-------------|-------|-------|\n"
	"| 54   | q       |          |                    |             |       |       |\n"
	"\n"
	"### UDP\n"
	"\n"
	"| Port | Process | Protocol | Control-plane only | Owning Team | Since | Notes |\n"
	"|------|---------|----------|--------------------|-------------|-------|-------|\n"
	"| 53   | q       |          |                    |             |       |       |\n"
	"\n"
	"## Previously allocated\n"
	"\n"
	"| Port | Process | Control-plane only | Owning Team | Added | Removed | Notes |\n"
	"|------|---------|--------------------|-------------|-------|---------|-------|\n"
	"| 7    | p       |                    |             |       | 4.1     |       |\n"
	"\n"
	"### UDP\n"
	"\n"
	"| Port | Process | Control-plane only | Owning Team | Added | Removed | Notes |\n"
	"|------|---------|--------------------|-------------|-------|---------|-------|\n"
	"| 7    | p       |                    |             |       | 4.1     |       |\n";

static void test_form(void **state)
{
	static const char *const pages[] = { page_form, page_protocols };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pages); i++) {
		_cleanup_(registry_freep) struct registry *reg = registry_with(page_of(pages[i]));
		_cleanup_buf_ struct buf text = { 0 }, said = { 0 };
		struct export_job job = { .registry = reg };

		check_int("written", markdown_write(&job, &text, &said), 0);
		check_text("the same page", text.data, pages[i]);
		check_text("nothing said", said.data, NULL);
	}
}

#define LOST "rows that a page can't hold as they are: "

struct loss_case {
	const char *name, *text, *want;
};

static const struct loss_case loss_cases[] = {
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
		const struct loss_case *c = &loss_cases[i];
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
		cmocka_unit_test(test_published_page_and_back),
		cmocka_unit_test(test_form),
		cmocka_unit_test(test_losses),
		cmocka_unit_test(test_dropped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
