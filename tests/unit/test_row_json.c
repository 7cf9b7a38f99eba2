// SPDX-License-Identifier: MIT
#include "test.h"

#include "../../user/registry/row_json.h"
#include "registry_cases.h"

struct row_case {
	const char *lists;
	const char *want;
};

static const struct row_case row_cases[] = {
	{ "entries: [{ports: 80, protocol: tcp, process: p}]",
	  "{\"layer\":\"t\",\"kind\":\"entry\",\"line\":3,\"ports\":80,\"protocol\":\"tcp\","
	  "\"scope\":\"external\",\"process\":\"p\",\"role\":\"any\"}" },
	{ "entries: [{ports: 80-90, protocol: udp, process: \"q\\\"\", scope: localhost, table: "
	  "external, application: HTTP, role: worker, control_plane: \"no\", team: t, since: "
	  "'4.10', platforms: [aws, gcp], notes: n, source: s, owners: [{namespace: n, pod: p, "
	  "container: c}, {unit: u}, {exe: /e}]}]",
	  "{\"layer\":\"t\",\"kind\":\"entry\",\"line\":3,\"ports\":\"80-90\",\"protocol\":\"udp\","
	  "\"scope\":\"localhost\",\"table\":\"external\",\"process\":\"q\\\"\",\"application\":"
	  "\"HTTP\",\"role\":\"worker\",\"control_plane\":\"no\",\"team\":\"t\",\"since\":\"4.10\","
	  "\"platforms\":[\"aws\",\"gcp\"],\"notes\":\"n\",\"owners\":[{\"namespace\":\"n\","
	  "\"pod\":"
	  "\"p\",\"container\":\"c\"},{\"unit\":\"u\"},{\"exe\":\"/e\"}],\"source\":\"s\"}" },
	{ "retired: [{ports: 80, protocol: tcp, process: p, removed: '4.11'}]",
	  "{\"layer\":\"t\",\"kind\":\"retired\",\"line\":3,\"ports\":80,\"protocol\":\"tcp\","
	  "\"scope\":\"external\",\"process\":\"p\",\"role\":\"any\",\"removed\":\"4.11\"}" },
	{ "ranges: [{ports: 9000-9999, protocol: sctp, note: n}]",
	  "{\"layer\":\"t\",\"kind\":\"range\",\"line\":3,\"ports\":\"9000-9999\",\"protocol\":"
	  "\"sctp\",\"note\":\"n\"}" },
	{ "exceptions: [{ports: 80, protocol: tcp, class: scope, until: 2027-03-31, reason: r, "
	  "owners: [{pod: p}]}]",
	  "{\"layer\":\"t\",\"kind\":\"exception\",\"line\":3,\"ports\":80,\"protocol\":\"tcp\","
	  "\"class\":\"scope\",\"owners\":[{\"pod\":\"p\"}],\"until\":\"2027-03-31\",\"reason\":"
	  "\"r\"}" },
	{ "accept: [{rule: no-rule, reason: r}]", "{\"layer\":\"t\",\"kind\":\"accept\",\"line\":3,"
						  "\"rule\":\"no-rule\",\"reason\":\"r\"}" },
	{ "accept: [{rule: overlap, reason: r, ports: 80-90, protocol: udp, layer: a}]",
	  "{\"layer\":\"t\",\"kind\":\"accept\",\"line\":3,\"ports\":\"80-90\",\"protocol\":"
	  "\"udp\","
	  "\"rule\":\"overlap\",\"of\":\"a\",\"reason\":\"r\"}" },
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row_cases); i++) {
		const struct row_case *c = &row_cases[i];
		_cleanup_(registry_freep) struct registry *reg = registry_of_lists(c->lists);
		_cleanup_buf_ struct buf out = { 0 };
		struct jsonw w = { .out = &out };

		row_json(&w, &reg->layers[0], &reg->layers[0].rows[0]);
		check_text(c->lists, out.data, c->want);
	}
}

/* What only another layer makes: a drop, and a row that it took. */
static void test_dropped(void **state)
{
	const char *const texts[] = {
		"{version: 1, name: a, entries: [{ports: 80, protocol: tcp, process: p}]}",
		"{version: 1, name: b, drop: [{ports: 80, protocol: tcp, layer: a, reason: r}]}",
	};
	_cleanup_(registry_freep) struct registry *reg = NULL;
	_cleanup_diags_ struct diags diags = { 0 };
	_cleanup_buf_ struct buf out = { 0 };
	struct jsonw w = { .out = &out };
	int r = 0;

	(void)state;
	reg = registry_of(texts, ARRAY_LEN(texts), &diags, &r);
	check_int("added", r, 0);
	jsonw_object(&w, NULL);
	row_json_at(&w, "row", &reg->layers[0], &reg->layers[0].rows[0]);
	row_json_at(&w, "drop", &reg->layers[1], &reg->layers[1].rows[0]);
	jsonw_object_end(&w);
	check_text("dropped", out.data,
		   "{\"row\":{\"layer\":\"a\",\"kind\":\"entry\",\"line\":1,\"ports\":80,"
		   "\"protocol\":\"tcp\",\"scope\":\"external\",\"process\":\"p\",\"role\":\"any\","
		   "\"dropped\":true},\"drop\":{\"layer\":\"b\",\"kind\":\"drop\",\"line\":1,"
		   "\"ports\":80,\"protocol\":\"tcp\",\"of\":\"a\",\"reason\":\"r\"}}");
}

/* All rows of all layers, in order; and the lists of a row alone. */
static void test_documents(void **state)
{
	const char *const texts[] = {
		"{version: 1, name: a, ranges: [{ports: 1-2, protocol: tcp}], "
		"drop: []}",
		"{version: 1, name: b, entries: [{ports: 80, protocol: tcp, process: p, "
		"platforms: [x, y], owners: [{unit: u}]}]}",
	};
	_cleanup_buf_ struct buf out = { 0 }, platforms = { 0 }, owners = { 0 }, none = { 0 };
	_cleanup_(registry_freep) struct registry *reg = NULL;
	_cleanup_diags_ struct diags diags = { 0 };
	int r = 0;

	(void)state;
	reg = registry_of(texts, ARRAY_LEN(texts), &diags, &r);
	check_int("added", r, 0);
	registry_json(reg, &out);
	check_text("rows", out.data,
		   "{\"rows\":[{\"layer\":\"a\",\"kind\":\"range\",\"line\":1,\"ports\":\"1-2\","
		   "\"protocol\":\"tcp\"},{\"layer\":\"b\",\"kind\":\"entry\",\"line\":1,"
		   "\"ports\":80,\"protocol\":\"tcp\",\"scope\":\"external\",\"process\":\"p\","
		   "\"role\":\"any\",\"platforms\":[\"x\",\"y\"],\"owners\":[{\"unit\":\"u\"}]}]}");
	row_platforms_json(&reg->layers[1].rows[0], &platforms);
	check_text("platforms", platforms.data, "[\"x\",\"y\"]");
	row_owners_json(&reg->layers[1].rows[0], &owners);
	check_text("owners", owners.data, "[{\"unit\":\"u\"}]");
	row_owners_json(&reg->layers[0].rows[0], &none);
	row_platforms_json(&reg->layers[0].rows[0], &none);
	check_text("none", none.data, "[][]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_dropped),
		cmocka_unit_test(test_documents),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
