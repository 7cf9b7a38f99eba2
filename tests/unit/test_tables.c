// SPDX-License-Identifier: MIT
/* The page's tables, which stand without its script. */
#include "page_cases.h"

#include "../../user/formats/html/tables.h"

/* More rows than the table takes: the first ones by port. */
static void test_many(void **state)
{
	_cleanup_buf_ struct buf lists = { 0 }, table = { 0 };
	_cleanup_(registry_freep) struct registry *reg = NULL;

	(void)state;
	buf_puts(&lists, "entries:\n");
	for (unsigned int i = 0; i <= PAGE_STATIC_ROWS; i++)
		buf_printf(&lists, "  - {ports: %u, protocol: tcp, process: p}\n",
			   PAGE_STATIC_ROWS + 1 - i);
	reg = registry_of_lists(lists.data);
	html_tables_rows(&(struct page) { .registry = reg }, &table);
	check_u64("capped", count(table.data, "<tr>"), PAGE_STATIC_ROWS);
	check_u64("the lowest is there", count(table.data, ">1<"), 1);
	check_u64("the highest is not", count(table.data, ">1001<"), 0);
}

/* More findings than one reads. */
static void test_many_findings(void **state)
{
	static const struct rule rule = { "a-rule", SEVERITY_NOTE, NULL, "s", "h" };
	_cleanup_(registry_freep) struct registry *reg = registry_of_lists("entries: []");
	_cleanup_findings_ struct findings findings = { 0 };
	_cleanup_buf_ struct buf out = { 0 };

	(void)state;
	for (unsigned int i = 0; i <= PAGE_STATIC_ROWS; i++)
		(void)findings_add(&findings, &rule, "f", i + 1, 1, "m");
	html_tables_findings(&(struct page) { .registry = reg, .findings = &findings }, &out);
	check_u64("capped", count(out.data, "<li "), PAGE_STATIC_ROWS);
	check_u64("said", count(out.data, "<p>The first 1000 of 1001.</p>"), 1);
}

/* What a row is in the table, in the order of the ports. */
static void test_states(void **state)
{
	const char *const texts[] = {
		"{version: 1, name: a, entries: [{ports: 7, protocol: tcp, process: p}, {ports: "
		"1-2, "
		"protocol: tcp, process: p, scope: localhost}], retired: [{ports: 3, protocol: "
		"tcp, process: p, removed: '4.1'}], ranges: [{ports: 4-5, protocol: udp}], "
		"exceptions: [{ports: 6, protocol: tcp, class: scope, until: 2027-03-31, reason: "
		"r, "
		"owners: [{unit: u}, {namespace: n, container: c}]}]}",
		"{version: 1, name: b, drop: [{ports: 7, protocol: tcp, reason: wrong}]}",
	};
	static const char *const words[] = {
		"localhost only", "retired", "documented range", "exception until 2027-03-31",
		"dropped",	  "drop",
	};
	_cleanup_(registry_freep) struct registry *reg = NULL;
	_cleanup_diags_ struct diags diags = { 0 };
	_cleanup_buf_ struct buf out = { 0 };
	const char *at;
	int r = 0;

	(void)state;
	reg = registry_of(texts, ARRAY_LEN(texts), &diags, &r);
	check_int("added", r, 0);
	html_tables_rows(&(struct page) { .registry = reg }, &out);
	at = out.data;
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		_cleanup_buf_ struct buf cell = { 0 };

		buf_printf(&cell, "<td class=\"state\">%s</td>", words[i]);
		at = strstr(at, cell.data);
		if (!at)
			fail_msg("%s is not next", words[i]);
	}
	check_u64("owners", count(out.data, ">unit u<br>n/*/c<"), 1);
	check_u64("a reason", count(out.data, "<td class=\"notes\">wrong</td>"), 1);
}

/* ---- rows ---------------------------------------------------------------------------------- */
#define CELL(name, text) "<td class=\"" name "\">" text "</td>"
#define ROW(port, proto, state, process, team, since, role, layer, owners, notes)                  \
	"<tr>" CELL("port", port) CELL("protocol", proto) CELL("state", state)                     \
		CELL("process", process) CELL("team", team) CELL("since", since)                   \
			CELL("role", role) CELL("layer", layer) CELL("owners", owners)             \
				CELL("notes", notes) "</tr>\n"

static const struct {
	const char *lists, *want;
} row_cases[] = {
	{ "", "" },
	{ "entries: [{ports: 80-81, protocol: udp, process: p}]",
	  ROW("80-81", "udp", "external", "p", "", "", "", "t", "", "") },
	{ "entries: [{ports: 80, protocol: tcp, process: <p>, team: '\"', since: '4.1', role: "
	  "worker, "
	  "notes: \"a&b\", scope: localhost}]",
	  ROW("80", "tcp", "localhost only", "&lt;p&gt;", "&quot;", "4.1", "worker", "t", "",
	      "a&amp;b") },
	{ "entries: [{ports: 1, protocol: tcp, process: p, owners: [{unit: u}, {exe: /e}, "
	  "{namespace: "
	  "n}, {pod: p}, {container: c}, {namespace: n, pod: p, container: c}]}]",
	  ROW("1", "tcp", "external", "p", "", "", "", "t",
	      "unit u<br>/e<br>n/*/*<br>*/p/*<br>*/*/c<br>n/p/c", "") },
	{ "retired: [{ports: 1, protocol: tcp, process: p, removed: '4.1', role: control-plane, "
	  "scope: localhost}]",
	  ROW("1", "tcp", "retired", "p", "", "", "control-plane", "t", "", "") },
	{ "ranges: [{ports: 1, protocol: tcp, note: n}]",
	  ROW("1", "tcp", "documented range", "", "", "", "", "t", "", "n") },
	{ "exceptions: [{ports: 1, protocol: tcp, class: scope, until: 2027-01-01, reason: r}]",
	  ROW("1", "tcp", "exception until 2027-01-01", "", "", "", "", "t", "", "r") },
	/* by port, then protocol, then as in the file */
	{ "entries: [{ports: 2, protocol: tcp, process: a}, {ports: 1, protocol: udp, process: b}, "
	  "{ports: 1, protocol: tcp, process: c, role: worker}, {ports: 1-9, protocol: tcp, "
	  "process: "
	  "d, role: control-plane}]",
	  ROW("1", "tcp", "external", "c", "", "", "worker", "t", "", "")
		  ROW("1-9", "tcp", "external", "d", "", "", "control-plane", "t", "", "")
			  ROW("1", "udp", "external", "b", "", "", "", "t", "", "")
				  ROW("2", "tcp", "external", "a", "", "", "", "t", "", "") },
	{ "accept: [{rule: r, reason: r}]", "" },
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row_cases); i++) {
		_cleanup_(registry_freep) struct registry *reg =
			registry_of_lists(row_cases[i].lists);
		_cleanup_buf_ struct buf out = { 0 };

		buf_puts(&out, "");
		html_tables_rows(&(struct page) { .registry = reg }, &out);
		check_text(row_cases[i].lists, out.data, row_cases[i].want);
		check_u64("counted", html_tables_rows_count(reg), count(row_cases[i].want, "<tr>"));
	}
}

/* ---- sockets ------------------------------------------------------------------------------- */
#define SOCKET(port, proto, verdict, class, address, process, workload, entry)                     \
	"<tr>" CELL("port", port) CELL("protocol", proto) CELL("verdict", verdict)                 \
		CELL("class", class) CELL("address", address) CELL("process", process)             \
			CELL("workload", workload) CELL("entry", entry)

static const struct {
	const char *json, *want; /* without the cells of an event, and the end of the row */
	const char *times, *last;
} socket_cases[] = {
	{ "{}", SOCKET("", "", "", "", "", "", "unknown workload", "no row"), "", "" },
	{ "{\"port\":80,\"protocol\":\"tcp\",\"verdict\":\"v\",\"class\":\"k\",\"address\":\"::\","
	  "\"comm\":\"c\",\"pid\":7,\"cgroup\":\"/"
	  "g\",\"workload\":{\"kind\":\"cgroup\"},\"entry\":{"
	  "\"layer\":\"t\",\"process\":\"p\"},\"count\":3,\"time\":\"now\",\"last\":\"then\"}",
	  SOCKET("80", "tcp", "v", "k", "::", "c [7]", "cgroup /g", "t: p"), "3", "now" },
	{ "{\"port\":0,\"pid\":0,\"comm\":\"<c>\",\"entry\":{\"layer\":\"<t>\"},\"last\":\"then\"}",
	  SOCKET("0", "", "", "", "", "&lt;c&gt;", "unknown workload", "&lt;t&gt;"), "", "then" },
	{ "{\"port\":80,\"ports\":17,\"port_last\":99,\"count\":40}",
	  SOCKET("17 of 80-99", "", "", "", "", "", "unknown workload", "no row"), "40", "" },
	{ "{\"port\":80,\"comm\":\"a\",\"pid\":7,\"others\":[{\"comm\":\"<b>\",\"pid\":8},{"
	  "\"comm\":"
	  "\"c\"},{}]}",
	  SOCKET("80", "", "", "", "", "a [7], &lt;b&gt; [8], c, ", "unknown workload", "no row"),
	  "", "" },
	{ "{\"entry\":null,\"count\":0}",
	  SOCKET("", "", "", "", "", "", "unknown workload", "no row"), "0", "" },
};

static void test_sockets(void **state)
{
	const struct registry none = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(socket_cases); i++) {
		_cleanup_buf_ struct buf text = { 0 }, listeners = { 0 }, events = { 0 };
		_cleanup_buf_ struct buf want = { 0 };
		_cleanup_(json_freep) struct json *json = NULL;
		struct page page = { .registry = &none };

		buf_printf(&text, "{\"listeners\":[%s]}", socket_cases[i].json);
		json = json_of(text.data);
		page.listeners = json;
		page.violations = json_member(json, "listeners");
		html_tables_listeners(&page, &listeners);
		buf_printf(&want, "%s</tr>\n", socket_cases[i].want);
		check_text("listener", listeners.data, want.data);
		buf_reset(&want);
		html_tables_violations(&page, &events);
		buf_printf(&want, "%s<td class=\"times\">%s</td><td class=\"last\">%s</td></tr>\n",
			   socket_cases[i].want, socket_cases[i].times, socket_cases[i].last);
		check_text("event", events.data, want.data);
	}
}

/* More sockets than one reads. */
static void test_many_sockets(void **state)
{
	_cleanup_buf_ struct buf text = { 0 }, out = { 0 };
	_cleanup_(json_freep) struct json *json = NULL;
	const struct registry none = { 0 };

	(void)state;
	buf_puts(&text, "[{}");
	for (int i = 0; i < PAGE_STATIC_ROWS; i++)
		buf_puts(&text, ",{}");
	buf_puts(&text, "]");
	json = json_of(text.data);
	html_tables_violations(&(struct page) { .registry = &none, .violations = json }, &out);
	check_u64("capped", count(out.data, "<tr>"), PAGE_STATIC_ROWS);
}

/* ---- findings ------------------------------------------------------------------------------ */
#define ITEM(word, message, more, place)                                                           \
	"<li class=\"" word "\"><b>" word "</b> " message " <code>a-rule</code>" more              \
	" <span class=\"place\">" place "</span></li>\n"

static void test_findings(void **state)
{
	static const struct rule rule = { "a-rule", SEVERITY_WARNING, NULL, "s", "h" };
	const struct registry none = { 0 };
	_cleanup_findings_ struct findings findings = { 0 };
	const struct page page = { .registry = &none, .findings = &findings };
	_cleanup_buf_ struct buf out = { 0 };

	(void)state;
	html_tables_findings(&(struct page) { .registry = &none }, &out);
	check_text("not known", out.data, NULL);
	html_tables_findings(&page, &out);
	check_text("none", out.data, NULL);

	finding_accept(findings_add(&findings, &rule, "f", 0, 0, "m"), "r<");
	finding_suggest(&findings.items[0], "not told");
	html_tables_findings(&page, &out);
	check_text("accepted ones alone", out.data,
		   "<details>\n<summary>1 accepted</summary>\n<ul>\n" ITEM(
			   "accepted", "m", "<br>r&lt;", "f") "</ul>\n</details>\n");

	buf_reset(&out);
	finding_suggest(findings_add(&findings, &rule, "<f>", 3, 4, "<m>"), "do >");
	findings_add(&findings, &rule, "f", 5, 0, "n");
	html_tables_findings(&page, &out);
	check_text("all", out.data,
		   "<ul>\n" ITEM("warning", "&lt;m&gt;", "<br>do &gt;", "&lt;f&gt;:3:4")
			   ITEM("warning", "n", "",
				"f:5:0") "</ul>\n"
					 "<details>\n<summary>1 accepted</summary>\n<ul>\n" ITEM(
						 "accepted", "m", "<br>r&lt;",
						 "f") "</ul>\n</details>\n");
}

/* As many as are told; the first of the accepted ones, too, of more. */
static void test_most_findings(void **state)
{
	static const struct rule rule = { "a-rule", SEVERITY_NOTE, NULL, "s", "h" };
	const struct registry none = { 0 };
	_cleanup_findings_ struct findings findings = { 0 };
	const struct page page = { .registry = &none, .findings = &findings };
	_cleanup_buf_ struct buf out = { 0 };

	(void)state;
	for (int i = 0; i < PAGE_STATIC_ROWS; i++) {
		(void)findings_add(&findings, &rule, "f", 1, 1, "m");
		finding_accept(findings_add(&findings, &rule, "f", 1, 1, "m"), "r");
	}
	finding_accept(findings_add(&findings, &rule, "f", 1, 1, "m"), "r");
	html_tables_findings(&page, &out);
	check_u64("told", count(out.data, "<li "), 2 * PAGE_STATIC_ROWS);
	check_u64("said", count(out.data, "<p>The first 1000 of 1001.</p>"), 1);
	check_u64("said once", count(out.data, "<p>"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_many),	 cmocka_unit_test(test_many_findings),
		cmocka_unit_test(test_states),	 cmocka_unit_test(test_rows),
		cmocka_unit_test(test_sockets),	 cmocka_unit_test(test_many_sockets),
		cmocka_unit_test(test_findings), cmocka_unit_test(test_most_findings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
