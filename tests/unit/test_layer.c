// SPDX-License-Identifier: MIT
/* How a whole file becomes a layer. */
#include "test.h"

#include <errno.h>

#include "../../user/registry/words.h"
#include "../../user/registry/registry.h"
#include "registry_cases.h"

static const char full[] =
	"accept:\n"
	"  - {rule: in-ephemeral-range, reason: known, ports: 39300-39301, protocol: udp, layer: "
	"a}\n"
	"  - {rule: unsorted, reason: by team}\n"
	"exceptions:\n"
	"  - {ports: 8080, protocol: tcp, class: unregistered, until: 2027-03-31, reason: r,\n"
	"     owners: [{exe: /usr/bin/x}]}\n"
	"drop:\n"
	"  - {ports: '9545', protocol: tcp, layer: openshift, reason: typing error}\n"
	"retired:\n"
	"  - {ports: 3306, protocol: tcp, process: mariadb, since: \"4.4\", removed: '4.11'}\n"
	"entries:\n"
	"  - ports: 9200-9219\n"
	"    protocol: udplite\n"
	"    scope: localhost\n"
	"    table: external\n"
	"    process: various CSI drivers\n"
	"    application: HTTPS\n"
	"    role: control-plane\n"
	"    control_plane: \"yes\"\n"
	"    team: 42\n"
	"    since: \"4.10\"\n"
	"    platforms: [baremetal, aws]\n"
	"    notes: \"m\\u00e9trics\"\n"
	"    source: s\n"
	"    owners:\n"
	"      - {namespace: n, pod: \"p-*\", container: c}\n"
	"      - {unit: kubelet.service}\n"
	"ranges:\n"
	"  - {protocol: sctp, ports: 9000-9999, note: general}\n"
	"source: here\n"
	"name: my.layer-1\n"
	"version: 1\n";

static void check_entry(const struct reg_row *row)
{
	check_int("kind", row->kind, REG_ENTRY);
	check_int("line", row->line, 12);
	check_int("column", row->column, 5);
	check_int("first", row->first, 9200);
	check_int("last", row->last, 9219);
	check_int("proto", row->proto, HP_PROTO_UDPLITE);
	check_int("scope", row->scope, HP_SCOPE_LOCALHOST);
	check_int("role", row->role, REG_ROLE_CONTROL_PLANE);
	check_text("table", row->table, "external");
	check_text("process", row->process, "various CSI drivers");
	check_text("application", row->application, "HTTPS");
	check_text("control_plane", row->control_plane, "yes");
	check_text("team", row->team, "42");
	check_text("since", row->since_text, "4.10");
	check_int("since", row->since.minor, 10);
	check_text("notes", row->notes, "m\xc3\xa9trics");
	check_text("source", row->source, "s");
	check_int("platforms", (long long)row->platforms_len, 2);
	check_text("platform", row->platforms[1], "aws");
	check_int("owners", (long long)row->owners_len, 2);
	check_text("pod", row->owners[0].pod, "p-*");
	check_text("unit", row->owners[1].unit, "kubelet.service");
	check_text("no unit", row->owners[0].unit, NULL);
}

static void test_full(void **state)
{
	_cleanup_(layer_freep) struct reg_layer *layer = layer_of("f", full);
	const struct reg_row *rows = layer->rows;

	(void)state;
	check_text("name", layer->name, "my.layer-1");
	check_text("source", layer->source, "here");
	check_text("path", layer->path, "f");
	check_int("rows", (long long)layer->len, 7);
	check_entry(&rows[0]);
	check_int("retired", rows[1].kind, REG_RETIRED);
	check_text("removed", rows[1].removed_text, "4.11");
	check_int("removed", rows[1].removed.minor, 11);
	check_int("range", rows[2].kind, REG_RANGE);
	check_text("note", rows[2].notes, "general");
	check_int("range's proto", rows[2].proto, HP_PROTO_SCTP);
	check_int("drop", rows[3].kind, REG_DROP);
	check_text("drop's layer", rows[3].layer, "openshift");
	check_text("drop's reason", rows[3].reason, "typing error");
	check_int("exception", rows[4].kind, REG_EXCEPTION);
	check_int("class", rows[4].cls, HP_CLASS_UNREGISTERED);
	check_int("until", rows[4].until.year, 2027);
	check_text("until", rows[4].until_text, "2027-03-31");
	check_text("exe", rows[4].owners[0].exe, "/usr/bin/x");
}

static void test_accepts(void **state)
{
	_cleanup_(layer_freep) struct reg_layer *layer = layer_of("f", full);
	const struct reg_row *rows = layer->rows;

	(void)state;
	check_int("accept", rows[5].kind, REG_ACCEPT);
	check_text("rule", rows[5].rule, "in-ephemeral-range");
	check_text("reason", rows[5].reason, "known");
	check_int("first", rows[5].first, 39300);
	check_int("last", rows[5].last, 39301);
	check_int("proto", rows[5].proto, HP_PROTO_UDP);
	check_int("one protocol", rows[5].any_proto, false);
	check_text("layer", rows[5].layer, "a");
	check_int("accept", rows[6].kind, REG_ACCEPT);
	check_int("all ports", rows[6].first, 0);
	check_int("every protocol", rows[6].any_proto, true);
	check_text("its own layer", rows[6].layer, NULL);
	check_int("policy", (long long)layer_rows(layer), 5);
}

/* What may be left out, and what it then is. */
static void test_least(void **state)
{
	_cleanup_(layer_freep) struct reg_layer *none = layer_of("f", "version: 1\nname: x\n");
	_cleanup_(layer_freep) struct reg_layer *layer =
		layer_of("f",
			 "{version: 1, name: x, entries: [{ports: 1, protocol: tcp, process: p}],"
			 " ranges: [], drop: []}");
	const struct reg_row *row = &layer->rows[0];

	(void)state;
	check_int("no rows", (long long)none->len, 0);
	check_text("no source", none->source, NULL);
	check_int("rows", (long long)layer->len, 1);
	check_int("scope", row->scope, HP_SCOPE_EXTERNAL);
	check_int("role", row->role, REG_ROLE_ANY);
	check_int("since", row->since.major, 0);
	check_int("platforms", (long long)row->platforms_len, 0);
	check_int("owners", (long long)row->owners_len, 0);
	check_text("team", row->team, NULL);
}

/* The first message about lists with so many rows. No row is a mapping. */
static void check_rows(const char *name, size_t ranges, size_t entries, const char *want)
{
	_cleanup_(layer_freep) struct reg_layer *layer = NULL;
	_cleanup_diags_ struct diags diags = { 0 };
	_cleanup_buf_ struct buf text = { 0 }, out = { 0 };

	buf_puts(&text, "version: 1\nname: x\nranges: [");
	for (size_t i = 0; i < ranges; i++)
		buf_puts(&text, "a,");
	buf_puts(&text, "]\nentries: [");
	for (size_t i = 0; i < entries; i++)
		buf_puts(&text, "a,");
	buf_puts(&text, "]\n");
	check_int(name, layer_parse("f", text.data, text.len, &diags, &layer), -EINVAL);
	diag_text(&diags.items[0], &out);
	check_text(name, out.data, want);
}

static void test_many(void **state)
{
	(void)state;
	check_rows("most rows", 1, REGISTRY_ROWS_MAX - 1,
		   "f:4:11: an entry is a mapping of keys to values");
	check_rows("one more", 1, REGISTRY_ROWS_MAX, "f: 131073 rows are more than 131072");
}

/* The digest and the length tell one text from another, whatever it is called. */
static void test_digest(void **state)
{
	static const char text[] = "version: 1\nname: x\n";
	_cleanup_(layer_freep) struct reg_layer *one = layer_of("f", text);
	_cleanup_(layer_freep) struct reg_layer *same = layer_of("g", text);
	_cleanup_(layer_freep) struct reg_layer *more = layer_of("f", "version: 1\nname: x\n\n");
	_cleanup_(layer_freep) struct reg_layer *other = layer_of("f", "version: 1\nname: y\n");

	(void)state;
	check_u64("length", one->text_len, strlen(text));
	check_u64("the same", one->digest, same->digest);
	check_text("path", same->path, "g");
	check_u64("a longer one", more->text_len, strlen(text) + 1);
	assert_true(one->digest != more->digest);
	assert_true(one->digest != other->digest);
}

/* Every prefix of a file is read or refused, and said why; nothing else happens. */
static void test_prefixes(void **state)
{
	(void)state;
	for (size_t n = 0; n < sizeof(full); n++) {
		_cleanup_(layer_freep) struct reg_layer *layer = NULL;
		_cleanup_diags_ struct diags diags = { 0 };
		/* Of exactly this size, so that a read beyond it is seen. */
		_cleanup_free_ char *text = malloc(n ? n : 1);
		int r;

		assert_non_null(text);
		memcpy(text, full, n);
		r = layer_parse("f", text, n, &diags, &layer);
		assert_true(r == 0 || r == -EINVAL);
		assert_int_equal(r == 0, diags.total == 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_full),   cmocka_unit_test(test_accepts),
		cmocka_unit_test(test_least),  cmocka_unit_test(test_many),
		cmocka_unit_test(test_digest), cmocka_unit_test(test_prefixes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
