// SPDX-License-Identifier: MIT
#include "compare_cases.h"

static const struct compare_case cases[] = {
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
