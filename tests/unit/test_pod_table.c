// SPDX-License-Identifier: MIT
#include "../../user/pods/pod_table.h"

#include <stdio.h>

#include "pod_texts.h"

static struct pod *make(const char *uid, const char *name, const char *mirror_of)
{
	const struct pod pod = {
		.namespace_ = "ns",
		.name = name,
		.uid = uid,
		.mirror_of = mirror_of,
	};
	_cleanup_buf_ struct buf bytes = { 0 };
	struct pod_record record = { 0 };

	pod_record_of(&pod, &bytes);
	assert_int_equal(pod_record_parse(bytes.data, bytes.len, &record), 0);
	return record.pod;
}

/* "NAME", "(NAME)" of one that is gone; in the order of their keys. */
static void check_table(const char *what, const struct pod_table *table, const char *want)
{
	_cleanup_buf_ struct buf got = { 0 };
	size_t gone = 0, bytes = 0;

	for (size_t i = 0; i < table->len; i++) {
		const struct pod_entry *e = &table->entries[i];

		buf_printf(&got, e->gone ? "(%s) " : "%s ", e->pod->name);
		gone += e->gone;
		bytes += e->pod->size;
	}
	check_text(what, got.data ? got.data : "", want);
	check_u64(what, table->gone, gone);
	check_u64(what, table->bytes, bytes);
}

static void check_find(const char *what, const struct pod_table *table, const char *uid,
		       const char *want)
{
	const struct pod_entry *entry = pod_table_find(table, uid);

	check_text(what, entry ? entry->pod->name : NULL, want);
}

static void test_put(void **state)
{
	struct pod_table table = { 0 };

	(void)state;
	check_table("none", &table, "");
	check_find("none", &table, "u", NULL);
	check_int("put", pod_table_put(&table, make("u2", "b", ""), 1), 0);
	check_int("put", pod_table_put(&table, make("u1", "a", ""), 1), 0);
	check_int("put", pod_table_put(&table, make("u3", "c", ""), 1), 0);
	check_int("put", pod_table_put(&table, make("", "d", ""), 1), 0);
	check_table("by their keys", &table, "d a b c ");
	check_find("first", &table, "u1", "a");
	check_find("last", &table, "u3", "c");
	check_find("by its name", &table, "ns/d", "d");
	check_find("no other", &table, "u", NULL);
	check_find("no other", &table, "u33", NULL);
	check_find("nothing", &table, "", NULL);
	check_int("put", pod_table_put(&table, make("u2", "B", ""), 1), 0);
	check_table("the new one instead", &table, "d a B c ");
	pod_table_free(&table);
	check_table("freed", &table, "");
}

static void test_gone(void **state)
{
	struct pod_table table = { 0 };

	(void)state;
	(void)pod_table_put(&table, make("u1", "a", ""), 1);
	(void)pod_table_put(&table, make("u2", "b", ""), 1);
	pod_table_remove(&table, "u3", 5);
	pod_table_remove(&table, "u1", 5);
	pod_table_remove(&table, "u1", 50); /* since then already */
	check_table("one is gone", &table, "(a) b ");
	check_find("and still known", &table, "u1", "a");
	check_u64("since then", pod_table_find(&table, "u1")->gone_s, 5);
	pod_table_age(&table, 5 + POD_TABLE_GONE_S - 1);
	check_table("for a while", &table, "(a) b ");
	pod_table_age(&table, 5 + POD_TABLE_GONE_S);
	check_table("not for ever", &table, "b ");
	pod_table_remove(&table, "u2", 700);
	(void)pod_table_put(&table, make("u2", "b2", ""), 701);
	check_table("it is back", &table, "b2 ");
	pod_table_free(&table);
}

static void test_list(void **state)
{
	struct pod_table table = { 0 };

	(void)state;
	(void)pod_table_put(&table, make("u1", "a", ""), 1);
	(void)pod_table_put(&table, make("u2", "b", ""), 1);
	(void)pod_table_put(&table, make("u3", "c", ""), 1);
	pod_table_listed(&table, 2);
	check_table("no list has begun", &table, "a b c ");
	pod_table_list(&table);
	(void)pod_table_put(&table, make("u2", "b", ""), 2);
	check_table("half a list", &table, "a b c ");
	pod_table_list(&table); /* it was cut off */
	(void)pod_table_put(&table, make("u3", "c", ""), 3);
	(void)pod_table_put(&table, make("u4", "d", ""), 3);
	pod_table_listed(&table, 4);
	check_table("those of the last list", &table, "(a) (b) c d ");
	check_u64("since then", pod_table_find(&table, "u1")->gone_s, 4);
	pod_table_list(&table);
	pod_table_listed(&table, 5);
	check_table("an empty list", &table, "(a) (b) (c) (d) ");
	check_u64("since its own time", pod_table_find(&table, "u1")->gone_s, 4);
	pod_table_free(&table);
}

/* A pod that has the UID goes before one that says it stands for it, and the living before the
 * gone. */
static void test_mirror(void **state)
{
	struct pod_table table = { 0 };

	(void)state;
	(void)pod_table_put(&table, make("m1", "old", "s1"), 1);
	check_find("by its own", &table, "m1", "old");
	check_find("by what it stands for", &table, "s1", "old");
	pod_table_remove(&table, "m1", 2);
	check_find("gone", &table, "s1", "old");
	(void)pod_table_put(&table, make("m2", "new", "s1"), 3);
	check_find("the living one", &table, "s1", "new");
	(void)pod_table_put(&table, make("m3", "false", "s1"), 4);
	check_find("the first one", &table, "s1", "new");
	(void)pod_table_put(&table, make("s1", "itself", ""), 5);
	check_find("itself", &table, "s1", "itself");
	pod_table_free(&table);
}

static void put_numbered(struct pod_table *table, unsigned int i, int want)
{
	char uid[16];

	(void)snprintf(uid, sizeof(uid), "u%05u", i);
	assert_int_equal(pod_table_put(table, make(uid, uid, ""), 1), want);
}

static void test_bound(void **state)
{
	struct pod_table table = { 0 };
	char uid[16];

	(void)state;
	for (unsigned int i = 0; i < POD_TABLE_MAX; i++)
		put_numbered(&table, i, 0);
	put_numbered(&table, POD_TABLE_MAX, -E2BIG);
	check_u64("left out", table.left_out, 1);
	put_numbered(&table, 7, 0); /* it is there */
	check_u64("pods", table.len, POD_TABLE_MAX);
	for (unsigned int i = 0; i <= POD_TABLE_GONE_MAX; i++) {
		(void)snprintf(uid, sizeof(uid), "u%05u", i);
		pod_table_remove(&table, uid, 10 + i / 2);
	}
	check_u64("gone", table.gone, POD_TABLE_GONE_MAX);
	check_find("the oldest is forgotten", &table, "u00000", NULL);
	check_find("no other", &table, "u00001", "u00001");
	put_numbered(&table, POD_TABLE_MAX, 0);
	pod_table_list(&table);
	check_u64("counted anew", table.left_out, 0);
	pod_table_listed(&table, 9999);
	check_u64("all are gone", table.len, POD_TABLE_GONE_MAX);
	check_u64("all are gone", table.gone, POD_TABLE_GONE_MAX);
	pod_table_free(&table);
}

static struct pod *make_large(unsigned int i)
{
	const struct pod_container_id id = { .container = "c", .id = "i" };
	_cleanup_buf_ struct buf bytes = { 0 }, uid = { 0 };
	struct pod_record record = { 0 };

	buf_printf(&uid, "u%u", i);
	pod_record_begin(&bytes, POD_RECORD_POD);
	pod_record_text(&bytes, POD_PART_NAMESPACE, "ns");
	pod_record_text(&bytes, POD_PART_NAME, "large");
	pod_record_text(&bytes, POD_PART_UID, uid.data);
	for (size_t j = 0; j < POD_IDS_MAX; j++)
		pod_record_id(&bytes, &id);
	assert_int_equal(pod_record_parse(bytes.data, bytes.len, &record), 0);
	return record.pod;
}

/* Few pods that are large are too much as well; those that are gone make room. */
static void test_bytes(void **state)
{
	struct pod_table table = { 0 };
	unsigned int i = 0;

	(void)state;
	while (pod_table_put(&table, make_large(i), 1) == 0)
		i++;
	assert_true(i > 16 && table.bytes <= POD_TABLE_BYTES_MAX);
	check_u64("left out", table.left_out, 1);
	check_u64("the others are there", table.len, i);
	pod_table_remove(&table, "u1", 2);
	check_int("in its place", pod_table_put(&table, make_large(i), 3), 0);
	assert_true(table.bytes <= POD_TABLE_BYTES_MAX);
	check_find("forgotten", &table, "u1", NULL);
	check_find("there", &table, "u0", "large");
	pod_table_free(&table);
}

static void test_apply(void **state)
{
	struct pod_record records[] = {
		{ .kind = POD_RECORD_UP },
		{ .kind = POD_RECORD_POD, .pod = make("u1", "a", "") },
		{ .kind = POD_RECORD_LIST },
		{ .kind = POD_RECORD_POD, .pod = make("u2", "b", "") },
		{ .kind = POD_RECORD_POD, .pod = make("u3", "c", "") },
		{ .kind = POD_RECORD_LISTED },
		{ .kind = POD_RECORD_GONE, .pod = make("u3", "c", "") },
		{ .kind = POD_RECORD_GONE, .pod = make("u4", "d", "") },
		{ .kind = POD_RECORD_DOWN },
	};
	struct pod_table table = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(records); i++) {
		check_int("apply", pod_table_apply(&table, &records[i], i), 0);
		assert_null(records[i].pod);
	}
	check_table("all of it", &table, "(a) b (c) ");
	pod_table_free(&table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_put),   cmocka_unit_test(test_gone),
		cmocka_unit_test(test_list),  cmocka_unit_test(test_mirror),
		cmocka_unit_test(test_bound), cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_apply),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
