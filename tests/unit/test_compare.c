// SPDX-License-Identifier: MIT
#include "layer_texts.h"

#include <errno.h>

#include "../../user/diff/compare.h"

#define P "protocol: tcp, process: "

struct compare_case {
	const char *name, *a, *b; /* lists of a layer */
	enum compare_form a_form, b_form;
	const char *want; /* the text without its first two lines; NULL: no difference */
};

static const struct compare_case cases[] = {
	{ "nothing", "", "", 0, 0, NULL },
	{ "the same", "entries: [{ports: 80, " P "p}]", "entries: [{ports: 80, " P "p}]", 0, 0,
	  NULL },
	{ "removed", "entries: [{ports: 80, " P "p, team: t, scope: localhost, role: worker}]", "",
	  0, 0,
	  "- tcp 80 p (worker, localhost, team t)\n0 added, 1 removed, 0 changed, 0 moved\n" },
	{ "added", "", "entries: [{ports: 80-81, protocol: udp, process: p}]", 0, 0,
	  "+ udp 80-81 p\n1 added, 0 removed, 0 changed, 0 moved\n" },
	{ "another protocol", "entries: [{ports: 80, protocol: tcp, process: p}]",
	  "entries: [{ports: 80, protocol: sctp, process: p}]", 0, 0,
	  "- tcp 80 p\n+ sctp 80 p\n1 added, 1 removed, 0 changed, 0 moved\n" },
	{ "every field",
	  "entries: [{ports: 80, " P
	  "p, application: a, team: t, since: \"4.1\", notes: n, source: s, "
	  "platforms: [b, a], owners: [{unit: u}, {pod: x}]}]",
	  "entries: [{ports: 80, " P
	  "q, scope: localhost, table: external, role: worker, control_plane: "
	  "\"no\", since: \"4.10\", platforms: [a, b], owners: [{pod: x}, {unit: u}]}]",
	  0, 0,
	  "~ tcp 80 p\n    scope: external -> localhost\n    table: - -> external\n    process: p "
	  "-> q\n"
	  "    application: a -> -\n    role: any -> worker\n    control_plane: - -> no\n    team: "
	  "t -> -\n"
	  "    since: 4.1 -> 4.10\n    notes: n -> -\n    source: s -> -\n"
	  "0 added, 0 removed, 1 changed, 0 moved\n" },
	{ "owners", "entries: [{ports: 80, " P "p, owners: [{exe: /a}, {namespace: n}]}]",
	  "entries: [{ports: 80, " P "p}]", 0, 0,
	  "~ tcp 80 p\n    owners: exe /a, n/*/* -> -\n0 added, 0 removed, 1 changed, 0 moved\n" },
	{ "other kinds",
	  "ranges: [{ports: 1-9, protocol: tcp, note: n}]\nretired: [{ports: 80, " P
	  "p, removed: \"4.1\"}]\nexceptions: [{ports: 81, protocol: tcp, class: scope, until: "
	  "2027-01-01, "
	  "reason: r}]",
	  "ranges: [{ports: 1-8, protocol: tcp, note: n}]\nretired: [{ports: 80, " P
	  "p, removed: \"4.2\"}]\nexceptions: [{ports: 81, protocol: tcp, class: owner, until: "
	  "2027-01-02, "
	  "reason: q}]",
	  0, 0,
	  "- tcp 9 range\n~ tcp 80 retired p\n    removed: 4.1 -> 4.2\n~ tcp 81 exception\n"
	  "    class: scope -> owner\n    until: 2027-01-01 -> 2027-01-02\n    reason: r -> q\n"
	  "0 added, 1 removed, 2 changed, 0 moved\n" },
	{ "an entry that was retired", "entries: [{ports: 80, " P "p}]",
	  "retired: [{ports: 80, " P "p, removed: \"4.1\"}]", 0, 0,
	  "- tcp 80 p\n+ tcp 80 retired p\n1 added, 1 removed, 0 changed, 0 moved\n" },

	/* ranges */
	{ "a range that was cut", "entries: [{ports: 1-9, " P "p}]",
	  "entries: [{ports: 6-9, " P "p}, {ports: 1-5, " P "p}]", 0, 0, NULL },
	{ "a part of it changed", "entries: [{ports: 1-9, " P "p}]",
	  "entries: [{ports: 1-5, " P "p}, {ports: 6-9, " P "p, team: t}]", 0, 0,
	  "~ tcp 6-9 p\n    team: - -> t\n0 added, 0 removed, 1 changed, 0 moved\n" },
	{ "a hole", "entries: [{ports: 1-9, " P "p}]",
	  "entries: [{ports: 1-3, " P "p}, {ports: 5-9, " P "p}]", 0, 0,
	  "- tcp 4 p\n0 added, 1 removed, 0 changed, 0 moved\n" },
	{ "a change is told once for all its ports", "entries: [{ports: 1-9, " P "p}]",
	  "entries: [{ports: 1-9, " P "p, team: t}, {ports: 4, " P "q}]", 0, 0,
	  "~ tcp 1-9 p\n    team: - -> t\n+ tcp 4 q\n1 added, 0 removed, 1 changed, 0 moved\n" },
	{ "to the last port", "entries: [{ports: 1-65535, " P "p}]",
	  "entries: [{ports: 1-65534, " P "p}]", 0, 0,
	  "- tcp 65535 p\n0 added, 1 removed, 0 changed, 0 moved\n" },

	/* more than one row of a port */
	{ "in another order", "entries: [{ports: 1, " P "p}, {ports: 1, " P "q}]",
	  "entries: [{ports: 1, " P "q}, {ports: 1, " P "p}]", 0, 0, NULL },
	{ "one more", "entries: [{ports: 1, " P "p}]",
	  "entries: [{ports: 1, " P "q}, {ports: 1, " P "p}]", 0, 0,
	  "+ tcp 1 q\n1 added, 0 removed, 0 changed, 0 moved\n" },
	{ "by their process", "entries: [{ports: 1, " P "p}, {ports: 1, " P "q}]",
	  "entries: [{ports: 1, " P "q, team: t}, {ports: 1, " P "p, team: u}]", 0, 0,
	  "~ tcp 1 p\n    team: - -> u\n~ tcp 1 q\n    team: - -> t\n"
	  "0 added, 0 removed, 2 changed, 0 moved\n" },

	/* moves */
	{ "digits exchanged", "entries: [{ports: 9545, " P "haproxy}]",
	  "entries: [{ports: 9454, " P "HAProxy}]", 0, 0,
	  "~ tcp 9545 -> 9454 haproxy: the same service, digits exchanged\n    process: haproxy -> "
	  "HAProxy\n"
	  "0 added, 0 removed, 0 changed, 1 moved\n" },
	{ "moved", "entries: [{ports: 10-19, " P "a b}]", "entries: [{ports: 30-39, " P "a-b}]", 0,
	  0,
	  "~ tcp 10-19 -> 30-39 a b: the same process, another port\n    process: a b -> a-b\n"
	  "0 added, 0 removed, 0 changed, 1 moved\n" },
	{ "another width is no move", "entries: [{ports: 10-19, " P "p}]",
	  "entries: [{ports: 30-38, " P "p}]", 0, 0,
	  "- tcp 10-19 p\n+ tcp 30-38 p\n1 added, 1 removed, 0 changed, 0 moved\n" },
	{ "which one is not clear", "entries: [{ports: 10, " P "p}]",
	  "entries: [{ports: 30, " P "p}, {ports: 40, " P "p}]", 0, 0,
	  "- tcp 10 p\n+ tcp 30 p\n+ tcp 40 p\n2 added, 1 removed, 0 changed, 0 moved\n" },
	{ "digits make it clear, and then the rest",
	  "entries: [{ports: 10, " P "p}, {ports: 8443, " P "p}]",
	  "entries: [{ports: 30, " P "p}, {ports: 8344, " P "p}]", 0, 0,
	  "~ tcp 10 -> 30 p: the same process, another port\n"
	  "~ tcp 8443 -> 8344 p: the same service, digits exchanged\n"
	  "0 added, 0 removed, 0 changed, 2 moved\n" },

	{ "of two whose digits are exchanged, the one that is the same otherwise",
	  "entries: [{ports: 9445, " P "p}, {ports: 9545, " P "p, role: worker}]",
	  "entries: [{ports: 9454, " P "p, role: worker}]", 0, 0,
	  "- tcp 9445 p\n~ tcp 9545 -> 9454 p: the same service, digits exchanged\n"
	  "0 added, 1 removed, 0 changed, 1 moved\n" },

	/* what a page can't know */
	{ "a page: owners, sources, ranges",
	  "ranges: [{ports: 1, protocol: tcp}]\nentries: [{ports: 80, " P
	  "p, source: s, owners: [{unit: u}]}]\nretired: [{ports: 1, " P
	  "p, application: HTTP, removed: \"4.1\"}]",
	  "entries: [{ports: 80, " P "p}]\nretired: [{ports: 1, " P "p, removed: \"4.1\"}]",
	  COMPARE_FILES, COMPARE_MARKDOWN, NULL },
	{ "a page: the rest it can", "entries: [{ports: 80, " P "p, team: t}]",
	  "entries: [{ports: 80, " P "p}]\nretired: [{ports: 1, " P "p, removed: \"4.1\"}]",
	  COMPARE_MARKDOWN, COMPARE_FILES,
	  "+ tcp 1 retired p\n~ tcp 80 p\n    team: t -> -\n1 added, 0 removed, 1 changed, 0 "
	  "moved\n" },

	/* what a matrix can't know */
	{ "a matrix: localhost, retired, words",
	  "entries: [{ports: 80, " P
	  "p, team: t, since: \"4.1\", notes: n, application: HTTP}, {ports: 81, " P
	  "p, scope: localhost}]\nretired: [{ports: 1, " P "p, removed: \"4.1\"}]",
	  "entries: [{ports: 80, " P "pod}]", COMPARE_FILES, COMPARE_MATRIX, NULL },
	{ "a matrix: a localhost row is none", "entries: [{ports: 81, " P "p, scope: localhost}]",
	  "entries: [{ports: 81, " P "p}]", COMPARE_MARKDOWN, COMPARE_MATRIX,
	  "+ tcp 81 p\n1 added, 0 removed, 0 changed, 0 moved\n" },
	{ "a matrix: roles it can", "entries: [{ports: 81, " P "p}]",
	  "entries: [{ports: 81, " P "pod, role: worker}]", COMPARE_MARKDOWN, COMPARE_MATRIX,
	  "~ tcp 81 p\n    role: any -> worker\n0 added, 0 removed, 1 changed, 0 moved\n" },
	{ "a matrix: its owners are covered",
	  "entries: [{ports: 1, " P "p, owners: [{namespace: n}, {pod: x}]}, {ports: 2, " P "p}]",
	  "entries: [{ports: 1, " P
	  "p, owners: [{namespace: n, pod: q-*, container: c}]}, {ports: 2, " P
	  "p, owners: [{unit: u}]}]",
	  COMPARE_FILES, COMPARE_MATRIX, NULL },
	{ "a matrix: its owners are not covered",
	  "entries: [{ports: 1, " P "p, owners: [{namespace: n}]}]",
	  "entries: [{ports: 1, " P "q, owners: [{namespace: m, pod: q-*}]}]", COMPARE_FILES,
	  COMPARE_MATRIX,
	  "~ tcp 1 p\n    owners: n/*/* -> m/q-*/*\n0 added, 0 removed, 1 changed, 0 moved\n" },
	{ "a matrix first", "entries: [{ports: 1, " P "q, owners: [{namespace: n, pod: q-*}]}]",
	  "entries: [{ports: 1, " P "p, owners: [{namespace: n}, {unit: u}]}]", COMPARE_MATRIX,
	  COMPARE_FILES, NULL },
	{ "a matrix: digits tell a move", "entries: [{ports: 9545, " P "haproxy}]",
	  "entries: [{ports: 9454, " P "haproxy}]", COMPARE_MARKDOWN, COMPARE_MATRIX,
	  "~ tcp 9545 -> 9454 haproxy: the same service, digits exchanged\n"
	  "0 added, 0 removed, 0 changed, 1 moved\n" },
	{ "a matrix: a pod's name alone does not", "entries: [{ports: 9257, " P "operator}]",
	  "entries: [{ports: 9443, " P "operator}]", COMPARE_MARKDOWN, COMPARE_MATRIX,
	  "- tcp 9257 operator\n+ tcp 9443 operator\n1 added, 1 removed, 0 changed, 0 moved\n" },
	{ "two matrices know the same", "entries: [{ports: 1, " P "p, notes: optional}]",
	  "entries: [{ports: 1, " P "q, owners: [{unit: u}]}]", COMPARE_MATRIX, COMPARE_MATRIX,
	  "~ tcp 1 p\n    process: p -> q\n    notes: optional -> -\n    owners: - -> unit u\n"
	  "0 added, 0 removed, 1 changed, 0 moved\n" },

	{ "hostile names",
	  "entries: [{ports: 1, " P "\"p\\n+ tcp 2 q\\e[31m\", team: \"\\u202e\"}]", "", 0, 0,
	  "- tcp 1 p\\x0a+ tcp 2 q\\x1b[31m (team \\xe2\\x80\\xae)\n0 added, 1 removed, 0 changed, "
	  "0 moved\n" },
};

static struct differences differences_of(const struct registry *a, enum compare_form a_form,
					 const struct registry *b, enum compare_form b_form)
{
	struct differences differences = { 0 };

	assert_int_equal(compare(&(struct compare_side) { a, a_form },
				 &(struct compare_side) { b, b_form }, &differences),
			 0);
	return differences;
}

#define NAMES "--- A\n+++ B\n"

static void test_compare(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct compare_case *c = &cases[i];
		_cleanup_(registry_freep) struct registry *a = registry_of_lists(c->a);
		_cleanup_(registry_freep) struct registry *b = registry_of_lists(c->b);
		_cleanup_differences_ struct differences d =
			differences_of(a, c->a_form, b, c->b_form);
		_cleanup_buf_ struct buf out = { 0 };

		differences_text(&d, "A", "B", &out);
		if (c->want)
			assert_true(out.data && strncmp(out.data, NAMES, strlen(NAMES)) == 0);
		check_text(c->name, out.data ? out.data + strlen(NAMES) : NULL, c->want);
	}
}

/* Removed here is added there; a registry is the same as itself. */
static void test_other_way(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct compare_case *c = &cases[i];
		_cleanup_(registry_freep) struct registry *a = registry_of_lists(c->a);
		_cleanup_(registry_freep) struct registry *b = registry_of_lists(c->b);
		_cleanup_differences_ struct differences one = differences_of(a, c->a_form, b,
									      c->b_form),
							 two = differences_of(b, c->b_form, a,
									      c->a_form),
							 same = differences_of(a, c->a_form, a,
									       c->a_form);

		check_u64(c->name, differences_count(&one, DIFFERENCE_ADDED),
			  differences_count(&two, DIFFERENCE_REMOVED));
		check_u64(c->name, differences_count(&one, DIFFERENCE_REMOVED),
			  differences_count(&two, DIFFERENCE_ADDED));
		check_u64(c->name, differences_count(&one, DIFFERENCE_MOVED),
			  differences_count(&two, DIFFERENCE_MOVED));
		check_u64(c->name, one.len, two.len);
		check_u64(c->name, same.len, 0);
	}
}

/* What a later layer dropped is not there. */
static void test_dropped(void **state)
{
	const char *const texts[] = {
		"{version: 1, name: a, entries: [{ports: 1, protocol: tcp, process: p}, {ports: 2, "
		"protocol: tcp, process: q}]}",
		"{version: 1, name: b, drop: [{ports: 1, protocol: tcp, reason: r}]}",
	};
	_cleanup_(registry_freep) struct registry *a = NULL, *b = NULL;
	_cleanup_differences_ struct differences d = { 0 };
	_cleanup_diags_ struct diags diags = { 0 };
	int r = 0;

	(void)state;
	a = registry_of(texts, ARRAY_LEN(texts), &diags, &r);
	b = registry_of_lists("entries: [{ports: 2, protocol: tcp, process: q}]");
	d = differences_of(a, COMPARE_FILES, b, COMPARE_FILES);
	check_u64("no difference", d.len, 0);
}

static void test_json(void **state)
{
	_cleanup_(registry_freep) struct registry *a =
		registry_of_lists("entries: [{ports: 1234, " P "p}, {ports: 5-6, " P "q}]");
	_cleanup_(registry_freep) struct registry *b = registry_of_lists(
		"entries: [{ports: 1324, " P "p}, {ports: 5-6, " P "q, team: t}]");
	_cleanup_differences_ struct differences d =
		differences_of(a, COMPARE_FILES, b, COMPARE_FILES);
	_cleanup_buf_ struct buf out = { 0 };

	(void)state;
	differences_json(&d, "A", "B", &out);
	check_text("json", out.data,
		   "{\"a\":\"A\",\"b\":\"B\",\"differences\":[{\"type\":\"changed\",\"kind\":"
		   "\"entry\","
		   "\"protocol\":\"tcp\",\"ports\":\"5-6\",\"from\":{\"layer\":\"t\",\"kind\":"
		   "\"entry\","
		   "\"line\":3,\"ports\":\"5-6\",\"protocol\":\"tcp\",\"scope\":\"external\","
		   "\"process\":\"q\","
		   "\"role\":\"any\"},\"to\":{\"layer\":\"t\",\"kind\":\"entry\",\"line\":3,"
		   "\"ports\":\"5-6\","
		   "\"protocol\":\"tcp\",\"scope\":\"external\",\"process\":\"q\",\"role\":\"any\","
		   "\"team\":\"t\"}"
		   ",\"fields\":[{\"field\":\"team\",\"from\":null,\"to\":\"t\"}]},{\"type\":"
		   "\"moved\",\"kind\":"
		   "\"entry\",\"protocol\":\"tcp\",\"ports\":1234,\"to_ports\":1324,\"digits_"
		   "exchanged\":true,"
		   "\"from\":{\"layer\":\"t\",\"kind\":\"entry\",\"line\":3,\"ports\":1234,"
		   "\"protocol\":\"tcp\","
		   "\"scope\":\"external\",\"process\":\"p\",\"role\":\"any\"},\"to\":{\"layer\":"
		   "\"t\",\"kind\":"
		   "\"entry\",\"line\":3,\"ports\":1324,\"protocol\":\"tcp\",\"scope\":"
		   "\"external\",\"process\":"
		   "\"p\",\"role\":\"any\"},\"fields\":[]}],\"removed\":0,\"added\":0,\"changed\":"
		   "1,\"moved\":1}");
}

/* As many rows of the same ports as make it give up, rather than go on for hours. */
static void test_bound(void **state)
{
	_cleanup_(registry_freep) struct registry *a = NULL, *b = NULL;
	_cleanup_buf_ struct buf one = { 0 }, two = { 0 };
	struct differences d;

	(void)state;
	buf_puts(&one, "ranges:\n");
	buf_puts(&two, "ranges:\n");
	for (int i = 1; i <= 1024; i++) {
		buf_printf(&one, "  - {ports: %d-%d, protocol: tcp}\n", i, 40000 + i);
		buf_printf(&two, "  - {ports: %d-%d, protocol: tcp, note: n%d}\n", i, 50000 + i, i);
	}
	a = registry_of_lists(one.data);
	b = registry_of_lists(two.data);
	check_int("given up",
		  compare(&(struct compare_side) { a, COMPARE_FILES },
			  &(struct compare_side) { b, COMPARE_FILES }, &d),
		  -E2BIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_compare), cmocka_unit_test(test_other_way),
		cmocka_unit_test(test_dropped), cmocka_unit_test(test_json),
		cmocka_unit_test(test_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
