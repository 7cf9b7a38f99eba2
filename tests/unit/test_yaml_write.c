// SPDX-License-Identifier: MIT
/* A registry as one layer in YAML, which reads as it was. */
#include "export_cases.h"

#include <errno.h>

#include "../../user/registry/row_fields.h"

static void test_yaml_one_layer(void **state)
{
	_cleanup_exported_ struct exported e = export_lists(
		"yaml", "source: s\nentries: [{ports: 1, protocol: tcp, process: p}]", NULL);

	(void)state;
	check_text("one layer", e.out.data,
		   "version: 1\nname: t\nsource: s\n\nentries:\n"
		   "  - {ports: 1, protocol: tcp, scope: external, process: p}\n");
}

static const char *const two[] = {
	"{version: 1, name: a, source: s, ranges: [{ports: 9, protocol: tcp}], entries: [{ports: "
	"1, "
	"protocol: tcp, process: p}, {ports: 2, protocol: tcp, process: q}]}",
	"{version: 1, name: b, entries: [{ports: 3, protocol: tcp, process: r}], drop: [{ports: 1, "
	"protocol: tcp, reason: r}]}",
};

static void test_yaml_two_layers(void **state)
{
	_cleanup_(registry_freep) struct registry *reg = NULL;
	_cleanup_diags_ struct diags diags = { 0 };
	_cleanup_exported_ struct exported e = { 0 };
	int r = 0;

	(void)state;
	reg = registry_of(two, ARRAY_LEN(two), &diags, &r);
	check_int("added", r, 0);
	e = export_registry("yaml", reg, NULL);
	check_text("two layers", e.out.data,
		   "version: 1\nname: exported\nsource: \"layers a, b\"\n\nranges:\n"
		   "  - {ports: 9, protocol: tcp}\n\nentries:\n"
		   "  - {ports: 2, protocol: tcp, scope: external, process: q}\n"
		   "  - {ports: 3, protocol: tcp, scope: external, process: r}\n");
}

static void test_yaml_many_ranges(void **state)
{
	_cleanup_(registry_freep) struct registry *reg = calloc(1, sizeof(*reg));
	_cleanup_exported_ struct exported e = { 0 };
	_cleanup_diags_ struct diags diags = { 0 };

	(void)state;
	assert_non_null(reg);
	for (int layer = 0; layer < 2; layer++) {
		_cleanup_buf_ struct buf text = { 0 };

		buf_printf(&text, "version: 1\nname: l%d\nranges:\n", layer);
		for (int port = 1; port <= 600; port++)
			buf_printf(&text, "  - {ports: %d, protocol: tcp}\n", port);
		assert_int_equal(registry_add(reg, layer_of("l", text.data), &diags), 0);
	}
	e = export_registry("yaml", reg, NULL);
	check_int("too many", e.r, -EINVAL);
	check_text("too many", e.said.data, "1200 ranges in one file are more than 1024\n");
}

/* ---- round trip ---------------------------------------------------------------------------- */
/* Every key of every list; what is written is read as the same layer again. */
static const char *const lists[] = {
	"",
	"source: s\n",
	"entries: [{ports: 1, protocol: tcp, process: p}]",
	"entries: [{ports: 1-65535, protocol: udplite, process: p, scope: localhost, application: "
	"HTTP, role: worker, control_plane: 'no', team: t, since: '4.10', platforms: [aws, gcp], "
	"notes: n, source: s, table: external, owners: [{unit: a.service}, {exe: /a}, {namespace: "
	"n, "
	"pod: 'p-*', container: c}]}]",
	"retired: [{ports: 7, protocol: sctp, process: p, removed: '4.11', since: '4.1', role: "
	"control-plane, scope: localhost, notes: n}]",
	"ranges: [{ports: 9-10, protocol: tcp, note: n}, {ports: 9, protocol: udp}]",
	"exceptions: [{ports: 3, protocol: tcp, class: scope, until: 2027-01-01, reason: r, "
	"owners: "
	"[{unit: a.service}]}]",
	"accept: [{rule: overlap, reason: r}, {rule: unsorted, ports: 1-2, protocol: tcp, layer: "
	"t, "
	"reason: s}]",
	/* texts that YAML could take for something else */
	"entries: [{ports: 1, protocol: tcp, process: 'yes', team: 'null', notes: '~', source: "
	"'1.0'}, "
	"{ports: 2, protocol: tcp, process: \"a: b # c\", team: '- a', notes: \"a\\nb\\\"c\\\\\", "
	"source: '*a'}, {ports: 3, protocol: tcp, process: ' a ', team: \"\\u00e4\\u2028\", notes: "
	"'{a}', source: '[b]'}]",
};

static void test_round_trip(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		_cleanup_(registry_freep) struct registry *reg = registry_of_lists(lists[i]);
		_cleanup_exported_ struct exported once = export_registry("yaml", reg, NULL);
		_cleanup_(layer_freep) struct reg_layer *again = layer_of("t.yaml", once.out.data);
		struct registry second = { .layers = again, .len = 1 };
		_cleanup_exported_ struct exported twice = export_registry("yaml", &second, NULL);

		check_int(lists[i], once.r, 0);
		check_text("nothing said", once.said.data, NULL);
		check_layers(lists[i], again, &reg->layers[0]);
		check_text("the same text", twice.out.data, once.out.data);
	}
}

/* ---- the name and the source --------------------------------------------------------------- */
static struct registry *many_layers(size_t n, size_t name_len)
{
	struct registry *reg = calloc(1, sizeof(*reg));
	_cleanup_diags_ struct diags diags = { 0 };

	assert_non_null(reg);
	for (size_t i = 0; i < n; i++) {
		_cleanup_buf_ struct buf text = { 0 };

		buf_printf(&text, "version: 1\nname: %0*zu\n", (int)name_len, i);
		text.data[strlen("version: 1\nname: ")] = 'l';
		assert_int_equal(registry_add(reg, layer_of("l", text.data), &diags), 0);
	}
	return reg;
}

static void test_names(void **state)
{
	_cleanup_(registry_freep) struct registry *none = many_layers(0, 0);
	_cleanup_(registry_freep) struct registry *three = many_layers(3, 2);
	_cleanup_exported_ struct exported e = export_registry("yaml", three, NULL);
	_cleanup_exported_ struct exported empty = export_registry("yaml", none, NULL);

	(void)state;
	check_text("three", e.out.data,
		   "version: 1\nname: exported\nsource: \"layers l0, l1, l2\"\n");
	check_text("none", empty.out.data, "version: 1\nname: exported\nsource: layers\n");
}

/* A source that would be too long to be read again is cut between two names. */
static void test_many_names(void **state)
{
	static const size_t lens[] = { 60, 61, 62, 63 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lens); i++) {
		_cleanup_(registry_freep) struct registry *reg =
			many_layers(REGISTRY_LAYERS_MAX, lens[i]);
		_cleanup_exported_ struct exported e = export_registry("yaml", reg, NULL);
		_cleanup_(layer_freep) struct reg_layer *again = layer_of("t.yaml", e.out.data);
		size_t len = strlen(again->source);
		/* "layers", then ", NAME" without the first comma; ", ..." takes five more */
		size_t named = (ROW_LONG_MAX - 8 - lens[i] - 6) / (lens[i] + 2) + 1;

		check_text("cut", again->source + len - 5, ", ...");
		check_u64("length", len, 6 + named * (lens[i] + 2) - 1 + 5);
		assert_true(len <= ROW_LONG_MAX);
	}
}

/* The last name that fits: of 60 characters behind 15 of its kind and one of 19, not one of 20. */
static void test_last_name(void **state)
{
	static const struct {
		int first, named;
	} cases[] = { { 19, 17 }, { 20, 16 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_(registry_freep) struct registry *reg = calloc(1, sizeof(*reg));
		_cleanup_diags_ struct diags diags = { 0 };
		_cleanup_exported_ struct exported e = { 0 };
		_cleanup_(layer_freep) struct reg_layer *again = NULL;
		int named = 0;

		assert_non_null(reg);
		for (int l = 0; l < 20; l++) {
			_cleanup_buf_ struct buf text = { 0 };

			buf_printf(&text, "version: 1\nname: l%0*d\n", l ? 59 : cases[i].first - 1,
				   l);
			assert_int_equal(registry_add(reg, layer_of("l", text.data), &diags), 0);
		}
		e = export_registry("yaml", reg, NULL);
		again = layer_of("t.yaml", e.out.data);
		for (const char *at = again->source; (at = strstr(at, " l")); at++)
			named++;
		check_int("named", named, cases[i].named);
	}
}

/* The caller's name comes first. */
static void test_given_name(void **state)
{
	_cleanup_(registry_freep) struct registry *reg = many_layers(1, 2);
	static const struct node_facts facts = { 0 };
	struct export_job job = { .registry = reg, .name = "other", .facts = &facts };
	_cleanup_buf_ struct buf out = { 0 }, said = { 0 };

	(void)state;
	check_int("written", export_format_find("yaml")->write(&job, &out, &said), 0);
	check_text("name", out.data, "version: 1\nname: other\n");
}

/* As many ranges as a file may have are written. */
static void test_most_ranges(void **state)
{
	_cleanup_buf_ struct buf text = { 0 };
	_cleanup_(registry_freep) struct registry *reg = NULL;
	_cleanup_exported_ struct exported e = { 0 };

	(void)state;
	buf_puts(&text, "ranges:\n");
	for (int port = 1; port <= REGISTRY_RANGES_MAX; port++)
		buf_printf(&text, "  - {ports: %d, protocol: tcp}\n", port);
	reg = registry_of_lists(text.data);
	e = export_registry("yaml", reg, NULL);
	check_int("written", e.r, 0);
	check_text("nothing said", e.said.data, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_yaml_one_layer),
		cmocka_unit_test(test_yaml_two_layers),
		cmocka_unit_test(test_yaml_many_ranges),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_many_names),
		cmocka_unit_test(test_given_name),
		cmocka_unit_test(test_last_name),
		cmocka_unit_test(test_most_ranges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
