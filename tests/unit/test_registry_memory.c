// SPDX-License-Identifier: MIT
/* Registries read, put together, resolved and compared while memory runs out. */
#include "memory_fault.h"

#include <stdio.h>

#include "../../user/diff/compare.h"
#include "../../user/policy/explain.h"
#include "../../user/registry/next.h"
#include "../../user/registry/replace.h"
#include "../../user/registry/row_fields.h"
#include "../../user/registry/row_json.h"
#include "../../user/registry/yaml.h"
#include "../../user/source/file_list.h"
#include "../../user/source/source.h"
#include "../../user/source/watched_paths.h"
#include "directory.h"

/* Something of each kind of row, with each kind of value. */
static const char full[] =
	"version: 1\nname: a\nsource: s\n"
	"ranges: [{ports: 9000-9999, protocol: tcp, note: n}]\n"
	"entries:\n"
	"- {ports: 80-90, protocol: tcp, process: p, application: h, team: t, since: '4.1', table: "
	"external, control_plane: 'no', platforms: [aws, gcp], owners: [{unit: u}, {exe: /e}, "
	"{namespace: n, pod: p, container: c}], notes: n, source: s}\n"
	"- {ports: 81, protocol: udp, process: q}\n"
	"- {ports: 83, protocol: sctp, process: q}\n"
	"retired: [{ports: 7, protocol: tcp, process: q, removed: '4.1'}]\n"
	"exceptions: [{ports: 3, protocol: tcp, class: scope, until: 2027-01-01, reason: r}]\n"
	"accept: [{rule: overlap, reason: r}]\n";

static const char drops[] =
	"version: 1\nname: b\ndrop: [{ports: 81, protocol: udp, layer: a, reason: r}]\n";

static int parse(const char *text, struct diags *diags, struct reg_layer **ret_layer)
{
	return layer_parse("f", text, strlen(text), diags, ret_layer);
}

static int layer_json(const void *text, struct buf *out)
{
	_cleanup_(layer_freep) struct reg_layer *layer = NULL;
	_cleanup_diags_ struct diags diags = { 0 };
	struct jsonw w = { .out = out };
	int r = parse(text, &diags, &layer);

	if (r == 0 && diags.total)
		return -EIO;
	for (size_t i = 0; r == 0 && i < layer->len; i++)
		row_json(&w, layer, &layer->rows[i]);
	if (r == 0)
		buf_printf(out, "%s %s %s", layer->name, layer->source, layer->path);
	return r;
}

static void test_layer(void **state)
{
	(void)state;
	memory_try("layer", layer_json, full);
}

/* A file with faults is refused, whatever happens; what is said of it may be less. */
static void test_faults(void **state)
{
	static const char bad[] = "version: 1\nname: X\nentrys: []\nentries: [{ports: 0, owners: "
				  "[{}], team: [1]}]\n";
	size_t faults = 0;

	(void)state;
	for (long i = -1; i < 60; i++) {
		_cleanup_(layer_freep) struct reg_layer *layer = NULL;
		_cleanup_diags_ struct diags diags = { 0 };
		_cleanup_buf_ struct buf out = { 0 };
		int r;

		memory_left = i;
		r = parse(bad, &diags, &layer);
		memory_left = -1;
		if (i < 0)
			faults = diags.total;
		assert_true(r == -ENOMEM || (r == -EINVAL && diags.total == faults));
		assert_null(layer);
		diags_text(&diags, &out);
	}
}

static int stream_text(const void *ctx, struct buf *out)
{
	const char *text = ctx;
	_cleanup_(yaml_stream_freep) struct yaml_stream *stream = NULL;
	_cleanup_diags_ struct diags diags = { 0 };
	int r = yaml_stream_new("f", text, strlen(text), &diags, &stream);

	while (r == 0 || r == 1) {
		_cleanup_(yaml_tree_freep) struct yaml_tree *tree = NULL;

		r = yaml_stream_next(stream, &tree);
		if (r == -EINVAL)
			r = yaml_stream_resume(stream);
		else if (r == 0)
			return 0;
		if (tree)
			buf_printf(out, "%zu nodes, %zu bytes\n", tree->len, tree->text.len);
	}
	return r;
}

static void test_streams(void **state)
{
	_cleanup_buf_ struct buf many = { 0 };

	(void)state;
	memory_try("anchors", stream_text, "a: &x 1\nb: &y [*x]\n---\nc: &x {d: e}\nf: *x\n");
	memory_try("after a fault", stream_text, "a: }\n---\nb: 1\n");
	memory_try("JSON", stream_text, "{\"a\":\"\\ud83d\\ude00\"} [\"b\"]");
	for (int i = 0; i <= YAML_KEYS_MAX; i++)
		buf_printf(&many, "k%d: [a, b, c]\n", i);
	memory_try("many keys", stream_text, many.data);
}

/* A registry of both layers. */
static int make_registry(struct diags *diags, struct registry **ret_registry)
{
	_cleanup_(registry_freep) struct registry *reg = calloc(1, sizeof(*reg));
	struct reg_layer *layer = NULL;
	int r = reg ? parse(full, diags, &layer) : -ENOMEM;

	if (r == 0)
		r = registry_add(reg, layer, diags);
	if (r == 0)
		r = parse(drops, diags, &layer);
	if (r == 0)
		r = registry_add(reg, layer, diags);
	if (r == 0)
		*ret_registry = TAKE_PTR(reg);
	return r;
}

static int registry_text(const void *ctx, struct buf *out)
{
	_cleanup_(registry_freep) struct registry *reg = NULL;
	_cleanup_diags_ struct diags diags = { 0 };
	int r = make_registry(&diags, &reg);

	(void)ctx;
	if (r == 0)
		registry_json(reg, out);
	return r;
}

static void test_registry(void **state)
{
	(void)state;
	memory_try("registry", registry_text, NULL);
}

static int free_ports(const void *ctx, struct buf *out)
{
	const struct next_query query = { .first = 1, .last = 65535, .count = 3 };
	_cleanup_next_ struct next_ports ports = { 0 };
	int r = next_find(ctx, &query, &ports);

	for (size_t i = 0; i < ports.len; i++)
		buf_printf(out, "%u ", ports.list[i].port);
	return r;
}

static int build_policy(const void *ctx, struct buf *out)
{
	const struct node_facts facts = { .today = { 2026, 12, 1 } };
	_cleanup_(policy_freep) struct policy *policy = NULL;
	int r = policy_build(ctx, &facts, &policy);

	for (size_t i = 0; r == 0 && i < policy->len; i++)
		buf_printf(out, "%u:%u ", policy->rows[i].key.proto, policy->rows[i].key.port);
	return r;
}

static int copy_owners(const void *ctx, struct buf *out)
{
	const struct registry *reg = ctx;
	const struct reg_row *row = &reg->layers[0].rows[0];
	struct reg_row copy = { .kind = REG_ENTRY };
	int r = 0;

	copy.owners = calloc(row->owners_len, sizeof(*copy.owners));
	if (!copy.owners)
		return -ENOMEM;
	for (; r == 0 && copy.owners_len < row->owners_len; copy.owners_len++)
		r = owner_copy(&copy.owners[copy.owners_len], &row->owners[copy.owners_len]);
	if (r == 0)
		row_owners_json(&copy, out);
	row_done(&copy);
	return r;
}

static int compare_none(const void *ctx, struct buf *out)
{
	const struct compare_side side = { .registry = ctx };
	const struct registry empty = { 0 };
	const struct compare_side none = { .registry = &empty };
	_cleanup_differences_ struct differences d = { 0 };
	int r = compare(&side, &none, &d);

	if (r == 0)
		differences_text(&d, "a", "b", out);
	return r;
}

/* Rows that differ in their lists, and one that has moved. */
static int compare_other(const void *ctx, struct buf *out)
{
	static const char other[] =
		"version: 1\nname: a\nentries:\n"
		"- {ports: 80-90, protocol: tcp, process: p, platforms: [x], owners: [{unit: v}]}\n"
		"- {ports: 38, protocol: sctp, process: q}\n";
	const struct compare_side side = { .registry = ctx };
	_cleanup_(layer_freep) struct reg_layer *layer = NULL;
	_cleanup_differences_ struct differences d = { 0 };
	_cleanup_diags_ struct diags diags = { 0 };
	struct registry reg;
	int r = parse(other, &diags, &layer);

	if (r < 0)
		return r;
	reg = (struct registry) { .layers = layer, .len = 1 };
	r = compare(&side, &(struct compare_side) { .registry = &reg }, &d);
	if (r == 0)
		differences_text(&d, "a", "b", out);
	if (r == 0)
		differences_json(&d, "a", "b", out);
	return r;
}

static int explain_port(const void *ctx, struct buf *out)
{
	static const struct node_facts facts = { .today = { 2026, 12, 1 } };
	static const struct hp_config config = { .mode = HP_MODE_ENFORCE };
	_cleanup_(explanation_freep) struct explanation *e = NULL;
	_cleanup_(policy_freep) struct policy *policy = NULL;
	struct explain_input input = {
		.registry = ctx,
		.facts = &facts,
		.config = &config,
		.query = { .port = 80 },
	};
	struct jsonw w = { .out = out };
	int r = policy_build(ctx, &facts, &policy);

	input.policy = policy;
	if (r == 0)
		r = explain(&input, &e);
	if (r < 0)
		return r;
	explain_text(e, out);
	explain_json(e, &w);
	return 0;
}

static int changes(const void *ctx, struct buf *out)
{
	const struct registry empty = { 0 };

	registry_changes(ctx, &empty, out);
	return 0;
}

static void test_users(void **state)
{
	static const struct {
		const char *name;
		memory_fn fn;
	} users[] = {
		{ "next", free_ports },	      { "policy", build_policy },
		{ "owners", copy_owners },    { "compare with none", compare_none },
		{ "compare", compare_other }, { "explain", explain_port },
		{ "changes", changes },
	};
	_cleanup_(registry_freep) struct registry *reg = NULL;
	_cleanup_diags_ struct diags diags = { 0 };

	(void)state;
	assert_int_equal(make_registry(&diags, &reg), 0);
	for (size_t i = 0; i < ARRAY_LEN(users); i++)
		memory_try(users[i].name, users[i].fn, reg);
}

static int load(const void *ctx, struct buf *out)
{
	const char *const *specs = ctx;
	_cleanup_(registry_freep) struct registry *reg = NULL;
	_cleanup_diags_ struct diags diags = { 0 };
	size_t n = 0;
	int r;

	while (specs[n])
		n++;
	r = source_load(specs, n, &diags, &reg);
	for (size_t i = 0; r == 0 && i < reg->len; i++)
		buf_printf(out, "%s ", reg->layers[i].path);
	return r;
}

static int watch(const void *ctx, struct buf *out)
{
	const struct watched_paths watched = {
		.specs = ctx,
		.len = 2,
		.is_wanted = source_is_layer,
	};
	_cleanup_names_ struct names paths = { 0 };
	int r = watched_paths_find(&watched, &paths);

	for (size_t i = 0; i < paths.len; i++)
		buf_printf(out, "%s ", paths.items[i]);
	return r;
}

static void report(void *data, const char *path, int error)
{
	buf_printf(data, "%s: %d ", path, error);
}

static int list_files(const void *ctx, struct buf *out)
{
	const char *const *specs = ctx;
	_cleanup_names_ struct names files = { 0 };
	int r = file_list_add(&files, specs[0], &(struct names) { 0 }, report, out);

	if (r == 0)
		r = file_list_add(&files, specs[0], &(struct names) { 0 }, report, out);
	if (r == 0)
		r = file_list_drop_repeats(&files);
	for (size_t i = 0; r == 0 && i < files.len; i++)
		buf_printf(out, "%s ", files.items[i]);
	return r;
}

static void put_file(const char *path, const char *text)
{
	_cleanup_fclose_ FILE *f = fopen(path, "we");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
}

static void test_source(void **state)
{
	static const char *const specs[] = { "d", "c.yaml", NULL };
	static const char *const builtin[] = { "builtin:hostportd", NULL };

	(void)state;
	assert_int_equal(mkdir("d", 0700), 0);
	put_file("d/a.yaml", full);
	put_file("d/b.yml", drops);
	put_file("c.yaml", "version: 1\nname: c\n");
	memory_try("files", load, specs);
	memory_try("built in", load, builtin);
	assert_int_equal(mkdir("d/e", 0700) | symlink("../c.yaml", "d/link.yaml"), 0);
	put_file("d/e/f.yaml", "x");
	memory_try("watched", watch, specs);
	memory_try("listed", list_files, specs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_layer),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_streams),
		cmocka_unit_test(test_registry),
		cmocka_unit_test(test_users),
		cmocka_unit_test_setup_teardown(test_source, into_directory, out_of_directory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
