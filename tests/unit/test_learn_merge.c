// SPDX-License-Identifier: MIT
#include "merge_makers.h"

#include <errno.h>
#include <stdio.h>

#include "../../user/registry/registry.h"
#include "../../user/violations/learn_merge.h"
#include "../../user/violations/learn_overlay.h"

static const struct learn_layer layer = {
	.name = "learned",
	.today = "2026-11-24",
	.until = "2027-02-22",
};

static int add(struct learn_merge *merge, const char *document, const char *name)
{
	_cleanup_(json_freep) struct json *json = json_of(document);

	return learn_merge_add(merge, json, name);
}

/* Merge documents that the node's names come with. */
static struct learn_merge *merge_of(const char *const *documents, size_t n)
{
	struct learn_merge *merge = NULL;

	assert_int_equal(learn_merge_new(&merge), 0);
	for (size_t i = 0; i < n; i++)
		check_int(documents[i], add(merge, documents[i], "nobody"), 0);
	return merge;
}

static struct json *answer_of(const struct learn_merge *merge)
{
	_cleanup_buf_ struct buf text = { 0 };

	assert_int_equal(learn_merge_put(merge, &text), 0);
	return json_of(text.data);
}

/* What the layer of a merge is, and what the reader makes of it. */
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

static void make(const struct learn_merge *merge, struct overlay *o)
{
	_cleanup_(json_freep) struct json *answer = answer_of(merge);
	_cleanup_diags_ struct diags diags = { 0 };
	_cleanup_buf_ struct buf err = { 0 };

	assert_int_equal(learn_overlay(answer, &layer, &o->text, &o->learned), 0);
	if (layer_parse("learned.yaml", o->text.data, o->text.len, &diags, &o->read) == 0)
		return;
	diags_text(&diags, &err);
	fail_msg("%s\n%s", err.data, o->text.data);
}

static void check_says(const struct overlay *o, const char *text)
{
	if (!strstr(o->text.data, text))
		fail_msg("%s\nis not in:\n%s", text, o->text.data);
}

#define NODE(name, rest) "{\"node\":\"" name "\",\"mode\":\"audit\"," rest "}"
#define ROWS(list)	 "\"violations\":[" list "]"
#define POD(pod, port)                                                                             \
	"{\"class\":\"unregistered\",\"protocol\":\"tcp\",\"port\":" port                          \
	",\"workload\":{\"kind\":\"pod\",\"namespace\":\"shop\",\"pod\":\"" pod                    \
	"\",\"container\":\"c\",\"uid\":\"" pod "\"},\"comm\":\"web\",\"address\":\"::\","         \
	"\"sockets\":1,\"count\":0}"

/* Pods of one DaemonSet are one workload, and an exception says on how many nodes it is needed. */
static void test_cluster(void **state)
{
	static const char *const documents[] = {
		NODE("n1", "\"layers\":[\"openshift\"],\"since\":\"2026-11-22T20:11:31."
			   "000000000Z\"," ROWS(POD("web-x7k2p", "8080"))),
		NODE("n2", "\"layers\":[\"openshift\",\"site\"],"
			   "\"since\":\"2026-11-23T20:11:31.000000000Z\"," ROWS(
				   POD("web-bcdfg", "8080") "," SEEN("9999", UNIT_A))),
		NODE("n3", "\"layers\":[\"openshift\"]," ROWS(SEEN("8080", UNIT_B))),
	};
	_cleanup_(learn_merge_freep) struct learn_merge *merge =
		merge_of(documents, ARRAY_LEN(documents));
	_cleanup_overlay_ struct overlay o = { 0 };

	(void)state;
	make(merge, &o);
	check_text("text", o.text.data,
		   "# Rows for what violates the registry on 3 nodes, to be reviewed:"
		   " learned 2026-11-24 by hostportctl.\n"
		   "# mode audit; sockets that were open, and violations since"
		   " 2026-11-23T20:11:31Z, or longer\n"
		   "# To be read after the layers: openshift site\n"
		   "version: 1\n"
		   "name: \"learned\"\n"
		   "exceptions:\n"
		   "  # pod shop/web-*/c: web, uid 0, on ::; up to 1 socket on a node; on 2 nodes,"
		   " one is n1\n"
		   "  # unit b.service: b, uid 0, on ?; 1 time, ?; on n3\n"
		   "  - {ports: 8080, protocol: tcp, class: unregistered, until: \"2027-02-22\",\n"
		   "     reason: \"learned 2026-11-24: pod shop/web-*/c, web, and 1 more, on 3"
		   " nodes\"}\n"
		   "  # unit a.service: a, uid 0, on ?; 1 time, ?; on n2\n"
		   "  - {ports: 9999, protocol: tcp, class: unregistered,"
		   " owners: [{unit: a.service}], until: \"2027-02-22\",\n"
		   "     reason: \"learned 2026-11-24: unit a.service, a, on 1 node\"}\n");
	check_u64("lacking", o.learned.lacking, 0);
}

/* A port that differs from node to node is a source port, if a node has no more than one of them.
 */
static void test_clients(void **state)
{
	static const char *const changing[] = {
		NODE("n1", ROWS(OPEN("700", UNIT_A))),
		NODE("n2", ROWS(OPEN("812", UNIT_A))),
		NODE("n3", ROWS(SEEN("900", UNIT_A))),
	};
	static const char *const serving[] = {
		NODE("n1", ROWS(OPEN("700", UNIT_A))),
		NODE("n2", ROWS(OPEN("700", UNIT_A) "," OPEN("812", UNIT_A))),
	};
	static const char *const one[] = {
		NODE("n1", ROWS(OPEN("700", UNIT_A))),
		NODE("n2", ROWS(OPEN("700", UNIT_A))),
	};
	static const struct {
		const char *name;
		const char *const *documents;
		size_t len, rows;
		enum reg_kind kind;
		const char *says;
	} cases[] = {
		{ "changing", changing, ARRAY_LEN(changing), 1, REG_CLIENT,
		  "learned 2026-11-24: 3 ports were seen, on 3 nodes" },
		{ "serving", serving, ARRAY_LEN(serving), 2, REG_EXCEPTION,
		  "unit a.service, a, on 2 nodes" },
		{ "the same", one, ARRAY_LEN(one), 1, REG_EXCEPTION,
		  "unit a.service, a, on 2 nodes" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_(learn_merge_freep) struct learn_merge *merge =
			merge_of(cases[i].documents, cases[i].len);
		_cleanup_overlay_ struct overlay o = { 0 };

		make(merge, &o);
		check_u64(cases[i].name, o.read->len, cases[i].rows);
		check_int(cases[i].name, o.read->rows[0].kind, cases[i].kind);
		check_says(&o, cases[i].says);
	}
}

/* More ports over all nodes than one may have: as on one node. */
static void test_scattered(void **state)
{
	static const struct {
		const char *name, *workload;
		size_t rows, lacking;
		const char *says;
	} cases[] = {
		{ "of an owner", UNIT_A, 1, 0, "200 ports (tcp) as a client of 1024-65535" },
		{ "of nobody", "\"workload\":{\"kind\":\"pod\",\"pod\":\"p\"}", 0, 1,
		  "no exception for 200 ports (tcp 2000-61700, unregistered), too many to list, of"
		  " pod /p" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_(learn_merge_freep) struct learn_merge *merge = merge_of(NULL, 0);
		_cleanup_overlay_ struct overlay o = { 0 };

		for (unsigned int n = 0; n < 200; n++) {
			_cleanup_buf_ struct buf text = { 0 };

			buf_printf(&text,
				   "{\"node\":\"n%u\",\"violations\":[{\"class\":\"unregistered\","
				   "\"protocol\":\"tcp\",\"port\":%u,%s}]}",
				   n, 2000 + n * 300, cases[i].workload);
			check_int(cases[i].name, add(merge, text.data, ""), 0);
		}
		make(merge, &o);
		check_u64(cases[i].name, o.read->len, cases[i].rows);
		check_u64(cases[i].name, o.learned.lacking, cases[i].lacking);
		check_says(&o, cases[i].says);
		check_says(&o, "200 nodes");
	}
}

/* What is open, and would be denied; a node's name may be missing. */
static void test_listeners(void **state)
{
	static const char document[] =
		"{\"listeners\":["
		"{\"verdict\":\"audited\",\"class\":\"unregistered\",\"protocol\":\"tcp\","
		"\"port\":8080," UNIT_A ",\"held_by\":\"process\"},"
		"{\"verdict\":\"allowed\",\"class\":\"none\",\"protocol\":\"tcp\",\"port\":22},"
		"{\"verdict\":\"excepted\",\"class\":\"scope\",\"protocol\":\"tcp\",\"port\":23},"
		"{\"verdict\":\"denied\",\"class\":\"unregistered\",\"protocol\":\"udp\","
		"\"port\":53,\"workload\":{\"kind\":\"pod\",\"pod\":\"p\"},\"held_by\":"
		"\"declared\"}"
		"],\"left_out\":3}";
	_cleanup_(learn_merge_freep) struct learn_merge *merge = merge_of(NULL, 0);
	_cleanup_overlay_ struct overlay o = { 0 };

	(void)state;
	assert_int_equal(add(merge, document, "n1"), 0);
	assert_int_equal(add(merge, document, "n2"), 0);
	assert_int_equal(add(merge, document, "n2"), -EEXIST);
	check_u64("nodes", learn_merge_nodes(merge), 2);
	make(merge, &o);
	check_u64("rows", o.read->len, 2);
	check_says(&o, "unit a.service: a, uid 0, on ?; up to 1 socket on a node; on 2 nodes, one"
		       " is n1\n");
	check_says(&o, "pod /p: hostPort, no process, on *; on 2 nodes, one is n1\n");
	check_says(&o, "6 more violations are left out");
	check_says(&o, "# mode ?; sockets that were open, and violations since ?, or longer\n");
}

static void test_refused(void **state)
{
	static const char *const cases[] = {
		"{}",
		"[]",
		"{\"violations\":7}",
		"{\"listeners\":{}}",
		"{\"nodes\":3,\"violations\":[]}",
		"{\"error\":\"no\"}",
	};
	_cleanup_(learn_merge_freep) struct learn_merge *merge = merge_of(NULL, 0);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		check_int(cases[i], add(merge, cases[i], "n1"), -EINVAL);
	check_u64("nodes", learn_merge_nodes(merge), 0);
}

/* What the nodes could not tell adds up. */
static void test_sums(void **state)
{
	static const char *const documents[] = {
		NODE("n1", ROWS("") ",\"left_out\":1,\"forgotten\":2,\"lost\":3,"
				    "\"incomplete\":\"No\\nmemory\","
				    "\"ephemeral\":{\"first\":32768,\"last\":50000}"),
		"{\"node\":\"n2\",\"mode\":\"enforce\",\"violations\":[],\"left_out\":10,"
		"\"forgotten\":20,\"lost\":30,\"useless_left_out\":5,\"incomplete\":\"x\","
		"\"ephemeral\":{\"first\":20000,\"last\":40000}}",
		NODE("n3", ROWS("") ",\"ephemeral\":{\"first\":5,\"last\":4}"),
	};
	_cleanup_(learn_merge_freep) struct learn_merge *merge =
		merge_of(documents, ARRAY_LEN(documents));
	_cleanup_(json_freep) struct json *answer = NULL;
	_cleanup_overlay_ struct overlay o = { 0 };

	(void)state;
	learn_merge_miss(merge);
	answer = answer_of(merge);
	check_u64("nodes", json_member_u64(answer, "nodes", 0), 3);
	check_u64("unread", json_member_u64(answer, "unread", 0), 1);
	check_u64("left_out", json_member_u64(answer, "left_out", 0), 11);
	check_u64("forgotten", json_member_u64(answer, "forgotten", 0), 22);
	check_u64("lost", json_member_u64(answer, "lost", 0), 33);
	check_u64("useless_left_out", json_member_u64(answer, "useless_left_out", 0), 5);
	check_text("mode", json_member_text(answer, "mode", ""), "mixed");
	check_u64("first", json_member_u64(json_member(answer, "ephemeral"), "first", 0), 20000);
	check_u64("last", json_member_u64(json_member(answer, "ephemeral"), "last", 0), 50000);
	make(merge, &o);
	check_says(&o, "# could not look at everything: 2 nodes, n1: No\\x0amemory\n");
	check_says(&o, "# documents that could not be read: 1\n");
}

/* Numbers that are too large to add up are still numbers. */
static void test_large(void **state)
{
#define LARGE "9223372036854775807"
#define OF(count, sockets)                                                                         \
	SEEN_ROW("tcp", "80", UNIT_A, ",\"count\":" count ",\"sockets\":" sockets)
#define LOST(n) ",\"lost\":" n
	static const char *const documents[] = {
		NODE("n1", ROWS(OF(LARGE, LARGE) "," OF("1", LARGE)) LOST(LARGE)),
		NODE("n2", ROWS(OF(LARGE, "0")) LOST("1")),
	};
	_cleanup_(learn_merge_freep) struct learn_merge *merge =
		merge_of(documents, ARRAY_LEN(documents));
	_cleanup_(json_freep) struct json *answer = answer_of(merge);
	const struct json *row = json_at(json_member(answer, "violations"), 0);

	(void)state;
	check_u64("lost", json_member_u64(answer, "lost", 0), INT64_MAX);
	check_u64("count", json_member_u64(row, "count", 0), INT64_MAX);
	check_u64("sockets", json_member_u64(row, "sockets", 0), INT64_MAX);
}

#define USELESS(line, why)                                                                         \
	"{\"layer\":\"s\",\"path\":\"/s.yaml\",\"line\":" line ",\"protocol\":\"tcp\","            \
	"\"ports\":\"80-90\",\"class\":\"scope\",\"until\":\"2027-01-01\",\"why\":\"" why "\"}"

/* An exception is of no use if that is so on all nodes. */
static void test_useless(void **state)
{
	static const char *const documents[] = {
		NODE("n1", ROWS("") ",\"useless\":[" USELESS("4", "unused") "," USELESS(
				   "5", "unused") "," USELESS("6", "ended") "]"),
		NODE("n2",
		     ROWS("") ",\"useless\":[" USELESS("4", "unused") "," USELESS(
			     "4", "unused") "," USELESS("6", "ended") "," USELESS("7",
										  "ended") "]"),
		NODE("n3", ROWS("") ",\"useless\":[" USELESS("6", "ended") "," USELESS(
				   "4", "unused") "]"),
		"{\"node\":\"n4\",\"listeners\":[]}",
	};
	_cleanup_(learn_merge_freep) struct learn_merge *merge =
		merge_of(documents, ARRAY_LEN(documents));
	_cleanup_overlay_ struct overlay o = { 0 };

	(void)state;
	make(merge, &o);
	check_u64("useless", o.learned.useless, 2);
	check_says(&o, "# unused since ?: exception /s.yaml:4: tcp 80-90, class scope, until"
		       " 2027-01-01\n");
	check_says(&o, "# ended: exception /s.yaml:6: tcp ");
}

/* Some thousand nodes of two kinds: the layer is as long as that of one of each. */
static void test_thousands(void **state)
{
	_cleanup_(learn_merge_freep) struct learn_merge *merge = merge_of(NULL, 0);
	_cleanup_overlay_ struct overlay o = { 0 };
	const char letters[] = "bcdfghjklmnpqrstvwxz";

	(void)state;
	for (unsigned int n = 0; n < 5000; n++) {
		_cleanup_buf_ struct buf text = { 0 };

		buf_printf(&text,
			   "{\"node\":\"n%u\",\"violations\":[{\"class\":\"unregistered\","
			   "\"protocol\":\"tcp\",\"port\":%u,\"workload\":{\"kind\":\"pod\","
			   "\"namespace\":\"shop\",\"pod\":\"web-x7%c%c%c\",\"container\":\"c\"},"
			   "\"comm\":\"web\",\"sockets\":1}]}",
			   n, n % 5 ? 8080 : 8081, letters[n % 20], letters[n / 20 % 20],
			   letters[n / 400 % 20]);
		assert_int_equal(add(merge, text.data, ""), 0);
	}
	make(merge, &o);
	check_u64("rows", o.read->len, 2);
	check_says(&o, "reason: \"learned 2026-11-24: pod shop/web-*/c, web, on 4000 nodes\"");
	check_says(&o, "reason: \"learned 2026-11-24: pod shop/web-*/c, web, on 1000 nodes\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cluster),	  cmocka_unit_test(test_clients),
		cmocka_unit_test(test_scattered), cmocka_unit_test(test_listeners),
		cmocka_unit_test(test_refused),	  cmocka_unit_test(test_sums),
		cmocka_unit_test(test_useless),	  cmocka_unit_test(test_thousands),
		cmocka_unit_test(test_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
