// SPDX-License-Identifier: MIT
#include "layer_texts.h"

#include "../../user/formats/layer_yaml.h"

static void check_again(const char *name, const struct reg_layer *layer)
{
	_cleanup_(layer_freep) struct reg_layer *again = NULL;
	_cleanup_buf_ struct buf text = { 0 };

	layer_yaml(layer, &text);
	again = layer_of(name, text.data);
	check_layers(name, again, layer);
}

static void test_builtins(void **state)
{
	const struct reg_builtin *builtins = registry_builtins();

	(void)state;
	for (size_t i = 0; i < REG_BUILTINS; i++) {
		_cleanup_(layer_freep) struct reg_layer *layer = NULL;
		_cleanup_diags_ struct diags diags = { 0 };

		assert_int_equal(layer_parse(builtins[i].name, builtins[i].text, builtins[i].len,
					     &diags, &layer),
				 0);
		check_again(builtins[i].name, layer);
	}
}

/* Every key, each with a text that needs care. */
static const char every_key[] =
	"version: 1\n"
	"name: \"1.5\"\n"
	"source: \"a: b # c\"\n"
	"\n"
	"ranges:\n"
	"  - {ports: 9000-9999, protocol: sctp, note: \"x, y\"}\n"
	"\n"
	"entries:\n"
	"  - {ports: 80, protocol: tcp, scope: localhost, table: external, process: \"no\", "
	"application: "
	"HTTP, role: worker,\n"
	"     control_plane: \"no\", team: net edge, since: \"4.10\", platforms: [aws, \"1e3\"], "
	"notes: "
	"\"a\\nb\",\n"
	"     owners: [{namespace: ns, pod: \"p-*\", container: c}, {unit: u.service}, {exe: "
	"/usr/bin/e}], "
	"source: s}\n"
	"  - {ports: 81, protocol: udplite, scope: external, process: p}\n"
	"\n"
	"retired:\n"
	"  - {ports: 82, protocol: udp, process: p, removed: \"4.11\"}\n"
	"  - {ports: 83, protocol: udp, scope: localhost, process: p, removed: \"4.11\"}\n"
	"\n"
	"drop:\n"
	"  - {ports: 84, protocol: tcp, layer: openshift, reason: \"typing error: 9454\"}\n"
	"\n"
	"exceptions:\n"
	"  - {ports: 85, protocol: tcp, class: scope, owners: [{pod: p}], until: \"2027-03-31\", "
	"reason: "
	"r}\n"
	"\n"
	"accept:\n"
	"  - {rule: a-rule, ports: 86-87, protocol: tcp, layer: openshift, reason: r}\n"
	"  - {rule: all, reason: \"no\"}\n";

/* What is written of every key is exactly that, lines broken where they are long. */
static void test_every_key(void **state)
{
	_cleanup_(layer_freep) struct reg_layer *layer = layer_of("t.yaml", every_key);
	_cleanup_buf_ struct buf text = { 0 };

	(void)state;
	layer_yaml(layer, &text);
	check_text("every key", text.data, every_key);
	check_again("every key, again", layer);
}

static void test_order(void **state)
{
	_cleanup_(layer_freep) struct reg_layer *layer =
		layer_of("t.yaml",
			 "{version: 1, name: a, entries: [{ports: 1, protocol: tcp, process: p}], "
			 "ranges: [{ports: 2, protocol: tcp}]}");
	struct reg_row row = layer->rows[0];
	_cleanup_buf_ struct buf text = { 0 };

	(void)state;
	layer->rows[0] = layer->rows[1];
	layer->rows[1] = row;
	layer_yaml(layer, &text);
	check_text("rows in any order", text.data,
		   "version: 1\nname: a\n\nranges:\n  - {ports: 2, protocol: tcp}\n\nentries:\n"
		   "  - {ports: 1, protocol: tcp, scope: external, process: p}\n");
}

static void test_one_row(void **state)
{
	_cleanup_(layer_freep) struct reg_layer *layer =
		layer_of("t.yaml", "{version: 1, name: a, entries: [{ports: 1, protocol: tcp, "
				   "process: p, scope: localhost}]}");
	_cleanup_buf_ struct buf text = { 0 };

	(void)state;
	row_yaml(&layer->rows[0], &text);
	check_text("one row", text.data,
		   "  - {ports: 1, protocol: tcp, scope: localhost, process: p}\n");
}

/* A line is broken where it would be longer than 118 characters, and nowhere else. */
static void test_width(void **state)
{
	static const size_t width = 118;

	(void)state;
	for (int n = 1; n <= 100; n++) {
		_cleanup_(layer_freep) struct reg_layer *layer = NULL;
		_cleanup_buf_ struct buf text = { 0 }, out = { 0 };
		const char *at, *item;
		size_t len;

		buf_printf(
			&text,
			"version: 1\nname: t\nentries: [{ports: 1, protocol: tcp, process: %0*d, "
			"team: tt, notes: nn, source: %0*d, owners: [{unit: %0*d}, {exe: "
			"/a}]}]\n",
			n, 7, n, 8, n, 9);
		layer = layer_of("t", text.data);
		row_yaml(&layer->rows[0], &out);
		for (at = out.data; *at; at += len + 1) {
			len = strcspn(at, "\n");
			/* what stands alone in its line may be longer; the end is a } */
			if (len > width + 1 && strstr(at, ": ") && memchr(at + 5, ',', width - 5))
				fail_msg("too long a line: %.*s", (int)len, at);
			if (!at[len + 1])
				break;
			item = at + len + 1 + strlen("     ");
			if (len - 1 + 2 + strcspn(item, ",\n") + 1 <= width &&
			    !memchr(item, '{', strcspn(item, ",\n")))
				fail_msg("broken too early: %s", out.data);
		}
		check_again("t", layer);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_builtins),  cmocka_unit_test(test_width),
		cmocka_unit_test(test_every_key), cmocka_unit_test(test_order),
		cmocka_unit_test(test_one_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
