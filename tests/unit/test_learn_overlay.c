// SPDX-License-Identifier: MIT
#include "registry_cases.h"

#include <errno.h>

#include "../../user/violations/learn_overlay.h"
#include "../../user/policy/policy.h"

static const struct learn_layer layer = {
	.name = "learned",
	.today = "2026-11-24",
	.until = "2027-02-22",
};

#define TIMES                                                                                      \
	"\"first\":\"2026-11-22T20:11:31.123456789Z\",\"last\":\"2026-11-22T20:12:02.000000000Z\""
#define ROW(cls, proto, port, rest)                                                                \
	"{\"class\":\"" cls "\",\"protocol\":\"" proto "\",\"address\":\"0.0.0.0\",\"port\":" port \
	",\"workload\":{\"kind\":\"unit\",\"unit\":\"web.service\"},\"cgroup\":\"/w\",\"pid\":7,"  \
	"\"uid\":1,\"comm\":\"web\"," rest "}"
#define SEEN "\"sockets\":0,\"count\":5," TIMES

/* What the reader makes of an overlay, and its text. */
struct overlay {
	struct buf text;
	struct learned learned;
	struct reg_layer *read;
};

static void overlay_free(struct overlay *o)
{
	buf_free(&o->text);
	buf_free(&o->learned.remarks);
	layer_free(o->read);
}
#define _cleanup_overlay_ _cleanup_(overlay_free)

static void make(const char *name, const char *answer, struct overlay *o)
{
	_cleanup_(json_freep) struct json *json = NULL;
	_cleanup_diags_ struct diags diags = { 0 };
	_cleanup_buf_ struct buf err = { 0 };

	if (json_parse(answer, strlen(answer), &err, &json) < 0)
		fail_msg("%s: %s", name, err.data);
	check_int(name, learn_overlay(json, &layer, &o->text, &o->learned), 0);
	if (layer_parse("learned.yaml", o->text.data, o->text.len, &diags, &o->read) < 0) {
		diags_text(&diags, &err);
		fail_msg("%s: %s\n%s", name, err.data, o->text.data);
	}
	check_u64(name, o->learned.rows, o->read->len);
}

static bool contains(const struct overlay *o, const char *text)
{
	return strstr(o->text.data, text) != NULL;
}

static void test_one(void **state)
{
	_cleanup_overlay_ struct overlay o = { 0 };
	const struct reg_row *row;

	(void)state;
	make("one",
	     "{\"node\":\"n1\",\"mode\":\"audit\",\"since\":\"2026-11-22T20:00:00.123456789Z\","
	     "\"layers\":[\"openshift\",\"site\"],\"violations\":[" ROW("unregistered", "tcp",
									"8080", SEEN) "]}",
	     &o);
	check_text("text", o.text.data,
		   "# Rows for what violates the registry on one node, to be reviewed:"
		   " learned 2026-11-24 by hostportctl.\n"
		   "# node n1, mode audit; sockets of now, and violations since"
		   " 2026-11-22T20:00:00Z\n"
		   "# To be read after the layers: openshift site\n"
		   "version: 1\n"
		   "name: \"learned\"\n"
		   "exceptions:\n"
		   "  # unit web.service: web[7], uid 1, on 0.0.0.0; 5 times,"
		   " 2026-11-22T20:11:31Z to 2026-11-22T20:12:02Z\n"
		   "  - {ports: 8080, protocol: tcp, class: unregistered,"
		   " owners: [{unit: web.service}], until: \"2027-02-22\",\n"
		   "     reason: \"learned 2026-11-24: unit web.service, web\"}\n");
	row = &o.read->rows[0];
	assert_int_equal(row->kind, REG_EXCEPTION);
	assert_int_equal(row->owners_len, 1);
	check_text("until", row->until_text, "2027-02-22");
	assert_null(o.learned.remarks.data);
	assert_int_equal(o.learned.lacking, 0);
}

/* All processes of a workload are named. */
static void test_others(void **state)
{
	_cleanup_overlay_ struct overlay o = { 0 };

	(void)state;
	make("others",
	     "{\"violations\":[" ROW(
		     "unregistered", "tcp", "8080",
		     "\"others\":[{\"comm\":\"x\\ny\",\"pid\":8,\"address\":\"10.0.0.1\"},"
		     "{\"comm\":\"z\"}],\"sockets\":1") "]}",
	     &o);
	assert_true(contains(&o, ": web[7], uid 1, on 0.0.0.0; 1 socket now; also x\\x0ay[8] on"
				 " 10.0.0.1, z on ?\n"));
}

static void test_none(void **state)
{
	_cleanup_overlay_ struct overlay o = { 0 }, nothing = { 0 };

	(void)state;
	make("none", "{\"violations\":[]}", &o);
	assert_int_equal(o.read->len, 0);
	make("of another version", "{}", &nothing);
	assert_int_equal(nothing.read->len, 0);
}

/* One exception for all workloads of one protocol, port and class; they are named, up to a bound.
 */
static void test_groups(void **state)
{
	_cleanup_overlay_ struct overlay o = { 0 };
	_cleanup_buf_ struct buf answer = { 0 };

	(void)state;
	buf_puts(&answer, "{\"violations\":[" ROW("scope", "udp", "53", SEEN));
	for (unsigned int i = 0; i < LEARN_WORKLOADS + 3; i++)
		buf_printf(&answer,
			   ",{\"class\":\"unregistered\",\"protocol\":\"tcp\",\"port\":80,"
			   "\"workload\":{\"kind\":\"cgroup\"},\"cgroup\":\"/c%u\",\"comm\":\"x\","
			   "\"sockets\":1}",
			   i);
	buf_puts(&answer, "," ROW("retired", "tcp", "80", SEEN) "]}");
	make("groups", answer.data, &o);
	assert_int_equal(o.read->len, 3);
	assert_int_equal(o.read->rows[0].cls, HP_CLASS_UNREGISTERED);
	assert_int_equal(o.read->rows[1].cls, HP_CLASS_RETIRED);
	assert_int_equal(o.read->rows[2].proto, HP_PROTO_UDP);
	assert_true(contains(&o, "# cgroup /c7: x, uid 0, on ?; 1 socket now\n"));
	assert_false(contains(&o, "/c8"));
	assert_true(contains(&o, "  # and 3 more\n"));
	check_text("reason", o.read->rows[0].reason,
		   "learned 2026-11-24: cgroup /c0, x, and 10 more");
}

#define MANY(ports, first, last, rest)                                                             \
	"{\"violations\":[" ROW("unregistered", "udp", first,                                      \
				"\"ports\":" ports ",\"port_last\":" last "," rest) "]}"

/* Many ports of one workload: neighbours are a range, others one by one, up to a bound. */
static void test_many(void **state)
{
	static const struct {
		const char *name, *answer;
		size_t rows, ports, lacking; /* of the layer */
		const char *says;
	} cases[] = {
		{ "neighbours", MANY("80", "1000", "1079", SEEN), 1, 80, 0,
		  "  # 80 ports (udp 1000-1079, unregistered) in one exception: is it a scan? unit"
		  " web.service: web[7], uid 1, on 0.0.0.0; 5 times, " },
		{ "runs",
		  MANY("30", "1000", "1079",
		       "\"port_list\":\"1000-1027,1050,1079\",\"sockets\":30"),
		  3, 30, 0, "  # 30 ports (udp 1000-1079, unregistered) of unit web.service: " },
		{ "too many of no owner",
		  "{\"violations\":[{\"class\":\"unregistered\",\"protocol\":\"udp\",\"port\":1024,"
		  "\"ports\":855,\"port_last\":65535,\"workload\":{\"kind\":\"pod\",\"uid\":\"u\"},"
		  "\"comm\":\"x\",\"exe\":\"/usr/bin/x\"}]}",
		  0, 0, 1,
		  "  # no exception for 855 ports (udp 1024-65535, unregistered), too many to list,"
		  " of pod u" },
		{ "a list of others",
		  MANY("30", "1000", "1079", "\"port_list\":\"900,1001-1029\"," SEEN), 0, 0, 1,
		  "# no exception for udp 1000 (unregistered), which no row can name, of unit " },
		{ "a list of fewer",
		  MANY("30", "1000", "1079", "\"port_list\":\"1000-1028\"," SEEN), 0, 0, 1,
		  "# no exception for udp 1000 (unregistered), " },
		{ "no list at all", MANY("30", "1000", "1079", "\"port_list\":\"x\"," SEEN), 0, 0,
		  1, "# no exception for udp 1000 (unregistered), " },
		{ "more than there are", MANY("99", "1000", "1079", SEEN), 0, 0, 1,
		  "# no exception for udp 1000 (unregistered), " },
		{ "ends before it begins", MANY("30", "1000", "999", SEEN), 0, 0, 1,
		  "# no exception for udp 1000 (unregistered), " },
		{ "beyond all ports", MANY("30", "1000", "65536", SEEN), 0, 0, 1,
		  "# no exception for udp 1000 (unregistered), " },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_overlay_ struct overlay o = { 0 };
		size_t ports = 0;

		make(cases[i].name, cases[i].answer, &o);
		check_u64(cases[i].name, o.read->len, cases[i].rows);
		for (size_t r = 0; r < o.read->len; r++)
			ports += o.read->rows[r].last - o.read->rows[r].first + 1U;
		check_u64(cases[i].name, ports, cases[i].ports);
		check_u64(cases[i].name, o.learned.lacking, cases[i].lacking);
		check_int(cases[i].name, contains(&o, cases[i].says), true);
	}
}

/* A resolver's ports are a client, whatever their classes; what others do there is not. */
static void test_client(void **state)
{
	_cleanup_overlay_ struct overlay o = { 0 };
	const struct reg_row *row;

	(void)state;
	make("client",
	     "{\"violations\":[" ROW("unregistered", "udp", "1030", "\"ports\":855,\"port_last\":65500," SEEN) "," ROW(
		     "scope", "udp", "9998",
		     SEEN) "," ROW("scope", "tcp", "9998",
				   SEEN) "," ROW("unregistered", "udp", "900",
						 SEEN) ",{\"class\":\"unregistered\",\"protocol\":"
						       "\"udp\",\"port\":5000,\"comm\":\"y\","
						       "\"workload\":{\"kind\":\"unit\",\"unit\":"
						       "\"db.service\"},\"sockets\":1}]}",
	     &o);
	assert_int_equal(o.read->len, 4);
	row = &o.read->rows[0];
	assert_int_equal(row->kind, REG_CLIENT);
	assert_int_equal(row->first, 1024);
	assert_int_equal(row->last, 65535);
	assert_int_equal(row->proto, HP_PROTO_UDP);
	assert_int_equal(row->owners_len, 1);
	check_text("owner", row->owners[0].unit, "web.service");
	check_text("process", row->process, "web");
	check_text("notes", row->notes, "learned 2026-11-24: 856 ports were seen");
	assert_true(contains(&o,
			     "\nclients:\n  # 856 ports (udp) as a client of 1024-65535, to send"
			     " from: unit web.service: web[7], uid 1, on 0.0.0.0; 5 times, "));
	assert_non_null(
		strstr(o.learned.remarks.data, "856 ports (udp) as a client of 1024-65535"));
	assert_int_equal(o.learned.lacking, 0);
	for (size_t i = 1; i < 4; i++)
		assert_int_equal(o.read->rows[i].kind, REG_EXCEPTION);
	assert_int_equal(o.read->rows[1].proto, HP_PROTO_TCP);
	assert_int_equal(o.read->rows[2].first, 900);
	check_text("another's", o.read->rows[3].owners[0].unit, "db.service");
}

/* An exception is for services, if all that were seen are; else for everybody. */
static void test_owners(void **state)
{
#define OF(unit) "{\"kind\":\"unit\",\"unit\":\"" unit "\"}"
	static const struct {
		const char *name, *workloads[3];
		size_t owners;
		const char *first, *reason;
	} cases[] = {
		{ "a service", { OF("a.service") }, 1, "a.service", "unit a.service, x" },
		{ "twice",
		  { OF("a.service"), OF("a.service") },
		  1,
		  "a.service",
		  "unit a.service, x" },
		{ "two",
		  { OF("a.service"), OF("b.service") },
		  2,
		  "a.service",
		  "unit a.service, x, and 1 more" },
		{ "a control group", { "{\"kind\":\"cgroup\"}" }, 0, NULL, "cgroup /c, x" },
		{ "one of them",
		  { OF("a.service"), "{\"kind\":\"cgroup\"}" },
		  0,
		  NULL,
		  "unit a.service, x, and 1 more" },
		{ "a scope", { OF("session-3.scope") }, 0, NULL, "unit session-3.scope, x" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_overlay_ struct overlay o = { 0 };
		_cleanup_buf_ struct buf answer = { 0 }, want = { 0 };

		buf_puts(&answer, "{\"violations\":[");
		for (size_t w = 0; w < 3 && cases[i].workloads[w]; w++)
			buf_printf(&answer,
				   "%s{\"class\":\"scope\",\"protocol\":\"tcp\",\"port\":80,"
				   "\"workload\":%s,\"cgroup\":\"/c\",\"comm\":\"x\","
				   "\"exe\":\"/usr/bin/x\",\"sockets\":1}",
				   w ? "," : "", cases[i].workloads[w]);
		buf_puts(&answer, "]}");
		make(cases[i].name, answer.data, &o);
		check_u64(cases[i].name, o.read->len, 1);
		check_u64(cases[i].name, o.read->rows[0].owners_len, cases[i].owners);
		if (cases[i].owners)
			check_text(cases[i].name, o.read->rows[0].owners[0].unit, cases[i].first);
		buf_printf(&want, "learned 2026-11-24: %s", cases[i].reason);
		check_text(cases[i].name, o.read->rows[0].reason, want.data);
	}
}

/* What no exception can be about, and what the agent could not tell, is said twice: here and there.
 */
static void test_lacking(void **state)
{
	static const struct {
		const char *name, *answer, *said;
	} cases[] = {
		{ "port 0", "{\"violations\":[" ROW("ephemeral", "tcp", "0", SEEN) "]}",
		  "no exception for tcp (ephemeral), whose port the kernel chooses, of unit"
		  " web.service: web[7], uid 1, on 0.0.0.0; 5 times, 2026-11-22T20:11:31Z to"
		  " 2026-11-22T20:12:02Z\n" },
		{ "a chosen port",
		  "{\"violations\":[" ROW("ephemeral", "tcp", "40000", "\"sockets\":2") "]}",
		  "no exception for tcp 40000 (ephemeral), whose port the kernel chooses, of unit"
		  " web.service: web[7], uid 1, on 0.0.0.0; 2 sockets now\n" },
		{ "no protocol of a row",
		  "{\"violations\":[" ROW("unregistered", "dccp", "9", "\"sockets\":1") "]}",
		  "no exception for dccp 9 (unregistered), which no row can name, of unit"
		  " web.service: web[7], uid 1, on 0.0.0.0; 1 socket now\n" },
		{ "left out", "{\"violations\":[],\"left_out\":3}",
		  "3 more violations are left out of the agent's answer\n" },
		{ "forgotten", "{\"violations\":[],\"forgotten\":4}",
		  "up to 4 more violations were reported, but not remembered\n" },
		{ "lost", "{\"violations\":[],\"lost\":5}",
		  "5 more violations are lost: nothing else is known of them\n" },
		{ "incomplete", "{\"violations\":[],\"incomplete\":\"No such\\nthing\"}",
		  "could not look at everything: No such\\x0athing\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_overlay_ struct overlay o = { 0 };
		_cleanup_buf_ struct buf comment = { 0 };

		make(cases[i].name, cases[i].answer, &o);
		check_text(cases[i].name, o.learned.remarks.data, cases[i].said);
		buf_printf(&comment, "\n# %s", cases[i].said);
		check_int(cases[i].name, contains(&o, comment.data), true);
		check_u64(cases[i].name, o.learned.lacking, 1);
		check_u64(cases[i].name, o.read->len, 0);
	}
}

static void test_useless(void **state)
{
	_cleanup_overlay_ struct overlay o = { 0 };

	(void)state;
	make("useless",
	     "{\"since\":\"2026-11-22T20:00:00.123456789Z\",\"useless\":[{\"layer\":\"l\","
	     "\"path\":\"/r/l.yaml\",\"line\":7,\"ports\":\"80-90\",\"protocol\":\"tcp\","
	     "\"class\":\"scope\",\"until\":\"2027-01-01\",\"why\":\"unused\"},"
	     "{\"path\":\"/r/l.yaml\",\"line\":8,\"ports\":80,\"protocol\":\"udp\","
	     "\"class\":\"scope\",\"until\":\"2020-01-01\",\"why\":\"ended\"}],"
	     "\"useless_left_out\":5}",
	     &o);
	check_text("said", o.learned.remarks.data,
		   "5 more exceptions are of no use\n"
		   "unused since 2026-11-22T20:00:00Z: exception /r/l.yaml:7: tcp 80-90, class"
		   " scope, until 2027-01-01\n"
		   "ended: exception /r/l.yaml:8: udp 80, class scope, until 2020-01-01\n");
	assert_true(contains(&o, "\n# ended: exception /r/l.yaml:8: udp 80"));
	assert_int_equal(o.learned.useless, 2);
	assert_int_equal(o.learned.lacking, 0);
}

/* Whatever a process, a unit or the host is called, it stays in its comment and its string. */
static void test_hostile(void **state)
{
	static const char *const names[] = {
		"\\n  - {ports: 1-65535, protocol: tcp}",
		"# x",
		"\\\"}\\n",
		"\\\\\\\"",
		"'",
		": ",
		"\\u0000",
		"\\r",
		"\\u0085",
		"\\u2028",
		"\\u2029",
		"\\ufeff",
		"\\u001b[2J",
		"\\ud83d\\ude00",
		"\xff",
		"\\t",
		"---",
		"...",
		"%YAML 1.1",
		"&a",
		"*a",
		"!!x",
		"{}]",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		_cleanup_overlay_ struct overlay o = { 0 };
		_cleanup_(json_freep) struct json *json = NULL;
		_cleanup_buf_ struct buf answer = { 0 }, err = { 0 };
		const char *n = names[i];

		buf_printf(&answer,
			   "{\"node\":\"%s\",\"mode\":\"%s\",\"since\":\"%s\",\"layers\":[\"%s\"],"
			   "\"violations\":[{\"class\":\"scope\",\"protocol\":\"tcp\",\"port\":9,"
			   "\"address\":\"%s\",\"workload\":{\"kind\":\"unit\",\"unit\":\"%s\"},"
			   "\"cgroup\":\"%s\",\"comm\":\"%s\",\"count\":2,\"first\":\"%s\","
			   "\"last\":\"%s\"},{\"class\":\"%s\",\"protocol\":\"%s\"}],"
			   "\"incomplete\":\"%s\",\"useless\":[{\"path\":\"%s\",\"why\":\"%s\","
			   "\"ports\":\"%s\",\"until\":\"%s\"}]}",
			   n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n);
		if (json_parse(answer.data, answer.len, &err, &json) < 0)
			continue; /* the agent's answer is not taken at all */
		make(n, answer.data, &o);
		check_u64(n, o.read->len, 1);
		check_int(n, o.read->rows[0].first == 9 && o.read->rows[0].last == 9, true);
		for (size_t c = 0; c < o.text.len; c++)
			if ((unsigned char)o.text.data[c] >= 0x7f ||
			    ((unsigned char)o.text.data[c] < 0x20 && o.text.data[c] != '\n'))
				fail_msg("%s: byte %zu of %s", n, c, o.text.data);
	}
}

/* A name and a workload of any length. */
static void test_long(void **state)
{
	_cleanup_overlay_ struct overlay o = { 0 };
	_cleanup_buf_ struct buf answer = { 0 };

	(void)state;
	buf_puts(&answer, "{\"violations\":[{\"class\":\"scope\",\"protocol\":\"tcp\",\"port\":9,"
			  "\"workload\":{\"kind\":\"cgroup\"},\"cgroup\":\"/");
	for (unsigned int i = 0; i < 4000; i++)
		buf_puts(&answer, "\\u0001");
	buf_puts(&answer, "\",\"comm\":\"x\",\"sockets\":1}]}");
	make("long", answer.data, &o);
	assert_int_equal(o.read->len, 1);
	assert_true(strlen(o.read->rows[0].reason) < 600);
}

static void test_names(void **state)
{
	static const struct {
		const char *name, *layers, *wanted, *got;
		int r;
	} cases[] = {
		{ "free", "[\"openshift\"]", NULL, "learned", 0 },
		{ "there already", "[\"learned\"]", NULL, "learned-2", 0 },
		{ "often", "[\"learned-2\",\"learned\",\"learned-3\"]", NULL, "learned-4", 0 },
		{ "a gap", "[\"learned\",\"learned-3\"]", NULL, "learned-2", 0 },
		{ "wanted", "[\"learned\"]", "mine", "mine", 0 },
		{ "wanted, and there", "[\"a\",\"mine\"]", "mine", "mine", -EEXIST },
		{ "of another version", "null", NULL, "learned", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_(json_freep) struct json *json = NULL;
		_cleanup_buf_ struct buf text = { 0 }, err = { 0 }, name = { 0 };

		buf_printf(&text, "{\"layers\":%s}", cases[i].layers);
		assert_int_equal(json_parse(text.data, text.len, &err, &json), 0);
		check_int(cases[i].name, learn_name(json, cases[i].wanted, &name), cases[i].r);
		check_text(cases[i].name, name.data, cases[i].got);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one),	cmocka_unit_test(test_others),
		cmocka_unit_test(test_none),	cmocka_unit_test(test_groups),
		cmocka_unit_test(test_many),	cmocka_unit_test(test_client),
		cmocka_unit_test(test_owners),	cmocka_unit_test(test_lacking),
		cmocka_unit_test(test_useless), cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_long),	cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
