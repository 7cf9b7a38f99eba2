// SPDX-License-Identifier: MIT
#include "compare_cases.h"

static const struct compare_case cases[] = {
	{ "details of each kind",
	  "entries: [{ports: 1, " P "p}, {ports: 2, " P "p, role: control-plane}, {ports: 3, " P
	  "p, scope: localhost}, {ports: 4, " P "p, team: t}, {ports: 5, " P
	  "p, role: worker, team: t}, {ports: 6, " P "p, scope: localhost, team: t}]\n"
	  "retired: [{ports: 7, " P "p, removed: '4.1', role: worker, team: t}]\n"
	  "ranges: [{ports: 8-9, protocol: tcp, note: n}]",
	  "", 0, 0,
	  "- tcp 1 p\n- tcp 2 p (control-plane)\n- tcp 3 p (localhost)\n- tcp 4 p (team t)\n"
	  "- tcp 5 p (worker, team t)\n- tcp 6 p (localhost, team t)\n"
	  "- tcp 7 retired p (worker, team t)\n- tcp 8-9 range\n"
	  "0 added, 8 removed, 0 changed, 0 moved\n" },
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
	{ "hostile names",
	  "entries: [{ports: 1, " P "\"p\\n+ tcp 2 q\\e[31m\", team: \"\\u202e\"}]", "", 0, 0,
	  "- tcp 1 p\\x0a+ tcp 2 q\\x1b[31m (team \\xe2\\x80\\xae)\n0 added, 1 removed, 0 changed, "
	  "0 moved\n" },
};

static void test_cases(void **state)
{
	(void)state;
	check_cases(cases, ARRAY_LEN(cases));
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

static char *json_of(const char *from, const char *to)
{
	_cleanup_(registry_freep) struct registry *a = registry_of_lists(from);
	_cleanup_(registry_freep) struct registry *b = registry_of_lists(to);
	_cleanup_differences_ struct differences d = differences_of(a, 0, b, 0);
	struct buf out = { 0 };

	differences_json(&d, "\"A\"", "B\n", &out);
	return buf_take(&out);
}

static void check_json(const char *name, const char *from, const char *to, const char *part)
{
	_cleanup_free_ char *json = json_of(from, to);

	if (!strstr(json, part))
		fail_msg("%s: %s is not in %s", name, part, json);
}

static void test_json_parts(void **state)
{
	static const char row[] = "entries: [{ports: 5-6, " P "q}]";
	static const char moved[] = "entries: [{ports: 7-8, " P "Q}]";

	(void)state;
	check_json("none", row, row,
		   "{\"a\":\"\\\"A\\\"\",\"b\":\"B\\u000a\",\"differences\":[],\"removed\":0,"
		   "\"added\":0,\"changed\":0,\"moved\":0}");
	check_json("removed", row, "",
		   "{\"type\":\"removed\",\"kind\":\"entry\",\"protocol\":\"tcp\",\"ports\":"
		   "\"5-6\",\"from\":{\"layer\":\"t\",\"kind\":\"entry\",\"line\":3,\"ports\":"
		   "\"5-6\",\"protocol\":\"tcp\",\"scope\":\"external\",\"process\":\"q\","
		   "\"role\":\"any\"}}],\"removed\":1,\"added\":0");
	check_json("added", "", row,
		   "{\"type\":\"added\",\"kind\":\"entry\",\"protocol\":\"tcp\",\"ports\":"
		   "\"5-6\",\"to\":{");
	check_json("moved", row, moved,
		   "\"ports\":\"5-6\",\"to_ports\":\"7-8\",\"digits_exchanged\":false,\"from\":{");
	check_json("its fields", row, moved,
		   "\"fields\":[{\"field\":\"process\",\"from\":\"q\",\"to\":\"Q\"}]}]");
}

/* The names of the sides are a user's. */
static void test_names(void **state)
{
	_cleanup_(registry_freep) struct registry *a =
		registry_of_lists("entries: [{ports: 5-6, " P "q}]");
	_cleanup_(registry_freep) struct registry *b = registry_of_lists("");
	_cleanup_differences_ struct differences d = differences_of(a, 0, b, 0);
	_cleanup_buf_ struct buf out = { 0 };

	(void)state;
	differences_text(&d, "a\nb", "\x1b[2J", &out);
	check_text("text", out.data,
		   "--- a\\x0ab\n+++ \\x1b[2J\n- tcp 5-6 q\n"
		   "0 added, 1 removed, 0 changed, 0 moved\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_json_parts),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
