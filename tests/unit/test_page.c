// SPDX-License-Identifier: MIT
#include "page_cases.h"

#include "../../user/formats/html/page_assets.h"
#include "../../user/formats/html/tables.h"

static char *page_of(const struct page *page)
{
	_cleanup_buf_ struct buf out = { 0 };

	html_page_put(page, &out);
	assert_false(out.failed);
	return buf_take(&out);
}

/* The data of a page, as its script gets them. */
static struct json *data_of(const char *page)
{
	const char *from = strstr(page, "id=\"data\">");
	_cleanup_free_ char *text = NULL;
	const char *end;

	assert_non_null(from);
	from += strlen("id=\"data\">");
	end = strstr(from, "</script>");
	assert_non_null(end);
	text = strndup(from, (size_t)(end - from));
	check_u64("no markup in the data", count(text, "<") + count(text, ">"), 0);
	return json_of(text);
}

static void test_frame(void **state)
{
	_cleanup_(registry_freep) struct registry *reg =
		registry_of_lists("entries: [{ports: 80, protocol: tcp, process: p}]");
	_cleanup_free_ char *page = page_of(&(struct page) { .registry = reg });
	const struct page_asset *html = &page_assets[PAGE_HTML];

	(void)state;
	assert_non_null(memmem(html->text, html->len, "@data@", 6));
	check_u64("a policy", count(page, "http-equiv=\"Content-Security-Policy\""), 1);
	check_u64("its digests", count(page, "'sha256-"), 2);
	check_u64("digests are of 44 characters",
		  page_assets[PAGE_STYLE_HASH].len + page_assets[PAGE_SCRIPT_HASH].len, 88);
	check_u64("nothing else may run", count(page, "unsafe"), 0);
	check_u64("scripts: the data, and one", count(page, "<script"), 2);
	check_u64("no inline style", count(page, " style=") + count(page, " onclick="), 0);
	check_u64("title twice", count(page, ">Host port registry<"), 2);
	/* slots that were not filled would be left out, so each leaves a trace */
	check_u64("all rows are told", count(page, ">1 rows.<"), 1);
	check_u64("a layer", count(page, "<li><b>t</b> 1 row</li>"), 1);
	check_u64("sections without data", count(page, " hidden>\n<h2"), 3);
	assert_null(strstr(page, "innerHTML"));
	assert_null(strstr(page, "@data"));
}

/* Each name tries to get out of where it stands. */
static const char hostile[] =
	"entries: [{ports: 80, protocol: tcp, process: '</script><script>window.pwned=1</script>', "
	"team: '<img src=x onerror=pwned()>', notes: '\"><svg onload=pwned()>', owners: "
	"[{exe: '/<b>&'}]}, {ports: 81, protocol: tcp, process: \"a\\u202Eb\\u2028c\", team: "
	"'-->'}]";

static void check_inert(const char *page)
{
	check_u64("no script of theirs", count(page, "<script"), 2);
	check_u64("no end of theirs", count(page, "</script>"), 2);
	check_u64("no element of theirs",
		  count(page, "<img") + count(page, "<svg") + count(page, "<b>&"), 0);
	check_u64("no comment", count(page, "<!--"), 0);
	check_u64("no steering character", count(page, "\u202e") + count(page, "\u2028"), 0);
}

static void test_hostile_rows(void **state)
{
	_cleanup_(registry_freep) struct registry *reg = registry_of_lists(hostile);
	_cleanup_free_ char *page = page_of(&(struct page) {
		.registry = reg,
		.title = "</title><script>1</script>",
		.generated = "by <b>&</b>",
	});
	_cleanup_(json_freep) struct json *data = data_of(page);
	const struct json *rows = json_member(data, "rows");

	(void)state;
	check_inert(page);
	check_text("a title", json_member_text(data, "title", NULL), "</title><script>1</script>");
	check_text("a process", json_member_text(json_at(rows, 0), "process", NULL),
		   "</script><script>window.pwned=1</script>");
	check_text("a team", json_member_text(json_at(rows, 0), "team", NULL),
		   "<img src=x onerror=pwned()>");
	check_text("as it was", json_member_text(json_at(rows, 1), "process", NULL),
		   "a\u202eb\u2028c");
	check_u64("and it can be read", count(page, ">a⟨U+202E⟩b⟨U+2028⟩c<"), 1);
}

static const char listening[] =
	"{\"listeners\":[{\"verdict\":\"audited\",\"class\":\"unregistered\",\"protocol\":\"tcp\","
	"\"address\":\"::\",\"port\":8080,\"pid\":7,\"comm\":\"<img src=x>\\u202e\",\"cgroup\":"
	"\"/<svg>\",\"workload\":{\"kind\":\"cgroup\"},\"entry\":null,\"documented\":false,"
	"\"inode\":3,\"count\":9,\"time\":\"now\"},{\"protocol\":\"udp\",\"port\":53,\"verdict\":"
	"\"allowed\",\"class\":\"none\","
	"\"entry\":{\"layer\":\"t\",\"process\":\"</script>\",\"team\":\"<b>\"},"
	"\"documented\":null},7,{}],\"left_out\":5}";

static void test_listeners(void **state)
{
	_cleanup_(registry_freep) struct registry *reg =
		registry_of_lists("entries: [{ports: 80, protocol: tcp, process: p}]");
	_cleanup_(json_freep) struct json *listeners = json_of(listening);
	_cleanup_free_ char *page =
		page_of(&(struct page) { .registry = reg,
					 .listeners = listeners,
					 .violations = json_member(listeners, "listeners") });
	_cleanup_(json_freep) struct json *data = data_of(page);
	const struct json *list = json_member(data, "listeners");
	const struct json *first = json_at(list, 0);

	(void)state;
	check_inert(page);
	check_u64("all of them, whatever they are", json_len(list), 4);
	check_u64("left out", json_member_u64(data, "left_out", 0), 5);
	check_u64("port", json_member_u64(first, "port", 0), 8080);
	check_text("comm", json_member_text(first, "comm", NULL), "<img src=x>\u202e");
	check_text("workload", json_member_text(first, "workload", NULL), "cgroup /<svg>");
	assert_null(json_member(first, "entry"));
	assert_null(json_member(first, "inode"));
	assert_false(json_member_bool(first, "documented", true));
	check_text("a row", json_member_text(json_member(json_at(list, 1), "entry"), "process", ""),
		   "</script>");
	assert_null(json_member(json_at(list, 1), "documented"));
	check_u64("violations", json_len(json_member(data, "violations")), 4);
	check_u64("their table", count(page, ">4 listeners.<"), 1);
	check_u64("only findings are hidden", count(page, " hidden>\n<h2"), 1);
	check_u64("in words, in both tables", count(page, ">&lt;img src=x&gt;⟨U+202E⟩ [7]<"), 2);
	check_u64("how often, and when",
		  count(page, "<td class=\"times\">9</td><td class=\"last\">now</td>"), 1);
}

static void test_without(void **state)
{
	_cleanup_(registry_freep) struct registry *reg = registry_of_lists("entries: []");
	_cleanup_free_ char *page = page_of(&(struct page) { .registry = reg });
	_cleanup_(json_freep) struct json *data = data_of(page);

	(void)state;
	check_u64("rows", json_len(json_member(data, "rows")), 0);
	assert_true(json_is_list(json_member(data, "rows")));
	assert_false(json_is_list(json_member(data, "listeners")));
	assert_false(json_is_list(json_member(data, "violations")));
	assert_false(json_is_list(json_member(data, "findings")));
	check_u64("table", count(page, ">0 rows.<"), 1);
}

static void test_findings(void **state)
{
	static const struct rule rule = { "a-rule", SEVERITY_ERROR, NULL, "s", "h" };
	_cleanup_(registry_freep) struct registry *reg = registry_of_lists("entries: []");
	_cleanup_findings_ struct findings findings = { 0 };
	struct finding *f =
		findings_add(&findings, &rule, "<f>", 3, 4, "%s", "</script><svg onload=1>");
	_cleanup_free_ char *page = NULL;
	_cleanup_(json_freep) struct json *data = NULL;
	const struct json *first;

	(void)state;
	finding_set_port(f, HP_PROTO_UDP, 90);
	finding_suggest(f, "do <b>");
	finding_accept(findings_add(&findings, &rule, "g", 0, 0, "m"), "because");
	page = page_of(&(struct page) { .registry = reg, .findings = &findings });
	data = data_of(page);
	first = json_at(json_member(data, "findings"), 0);
	check_inert(page);
	check_u64("both", json_len(json_member(data, "findings")), 2);
	check_text("protocol", json_member_text(first, "protocol", NULL), "udp");
	check_text("message", json_member_text(first, "message", NULL), "</script><svg onload=1>");
	check_text("accepted",
		   json_member_text(json_at(json_member(data, "findings"), 1), "accepted", NULL),
		   "because");
	check_u64("its place", count(page, "&lt;f&gt;:3:4<"), 1);
	check_u64("accepted, folded away",
		  count(page, "<details>\n<summary>1 accepted</summary>\n<ul>\n<li "
			      "class=\"accepted\"><b>accepted</b> m"),
		  1);
	check_u64("why it is", count(page, "<br>because <span"), 1);
	check_u64("open ones are not",
		  count(page, "<h2 id=\"findings-title\">Findings</h2>\n"
			      "<ul>\n<li class=\"error\">"),
		  1);
}

/* More rows than the table takes: it says so. */
static void test_many(void **state)
{
	_cleanup_buf_ struct buf lists = { 0 }, out = { 0 };
	_cleanup_(registry_freep) struct registry *reg = NULL;

	(void)state;
	buf_puts(&lists, "entries:\n");
	for (unsigned int i = 0; i <= PAGE_STATIC_ROWS; i++)
		buf_printf(&lists, "  - {ports: %u, protocol: tcp, process: p}\n",
			   PAGE_STATIC_ROWS + 1 - i);
	reg = registry_of_lists(lists.data);
	html_page_put(&(struct page) { .registry = reg }, &out);
	check_u64("said", count(out.data, ">The first 1000 of 1001 rows.<"), 1);
}

/* What a layer accepts of lint's findings is no row of anybody's. */
static void test_accepted(void **state)
{
	_cleanup_(registry_freep) struct registry *reg =
		registry_of_lists("entries: [{ports: 80, protocol: tcp, process: p}]\n"
				  "accept: [{rule: missing-team, reason: r}, {rule: unsorted, "
				  "ports: 80, reason: r}]");
	_cleanup_buf_ struct buf out = { 0 };

	(void)state;
	assert_int_equal(reg->layers[0].len, 3);
	html_page_put(&(struct page) { .registry = reg }, &out);
	check_u64("the layer", count(out.data, "</b> 1 row</li>"), 1);
	check_u64("the data", count(out.data, "\"kind\":"), 1);
	check_u64("the layer's data", count(out.data, "\"rows\":1}"), 1);
	check_u64("the table", count(out.data, "missing-team"), 0);
	check_u64("counted", html_tables_rows_count(reg), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {

		cmocka_unit_test(test_frame),	  cmocka_unit_test(test_hostile_rows),
		cmocka_unit_test(test_listeners), cmocka_unit_test(test_without),
		cmocka_unit_test(test_findings),  cmocka_unit_test(test_many),
		cmocka_unit_test(test_accepted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
