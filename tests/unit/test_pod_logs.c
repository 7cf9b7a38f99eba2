// SPDX-License-Identifier: MIT
/* Names of pods from the kubelet's log directories. */
#include "test.h"

#include "directory.h"

#include <errno.h>
#include <stdlib.h>

#include "../../user/identity/pod_logs.h"

#define UID1 "0b6e1f2a-1111-4222-8333-444455556666"
#define HASH "a6f9c2b1d0e8f7a6b5c4d3e2f1a0b9c8"

static void make(const char *name)
{
	assert_int_equal(mkdir(name, 0700), 0);
}

/* What the table has, a pod a blank. The caller frees it. */
static char *known(const struct pod_table *table)
{
	struct buf out = { 0 };

	buf_puts(&out, "");
	for (size_t i = 0; i < table->len; i++) {
		const struct pod *pod = table->entries[i].pod;

		buf_printf(&out, "%s=%s/%s%s ", pod->uid, pod->namespace_, pod->name,
			   table->entries[i].gone ? "(gone)" : "");
		assert_true(pod->incomplete); /* of containers and ports it says nothing */
	}
	return buf_take(&out);
}

static void test_read(void **state)
{
	_cleanup_free_ char *first = NULL, *then = NULL;
	struct pod_table table = { 0 };
	const char *dir = *state;

	make("shop_web-1_" UID1);
	make("kube-system_etcd-n1_" HASH);
	make("ns_stated_my_own_uid");
	make("ns_short");
	make("_name_u");
	make("ns__u");
	make("ns_name_");
	make("ns_na me_u");
	make("plain");
	check_int("read", pod_logs_read(dir, &table, 1), 0);
	first = known(&table);
	check_text("names", first,
		   UID1 "=shop/web-1 " HASH "=kube-system/etcd-n1 my_own_uid=ns/stated ");
	assert_int_equal(rmdir("shop_web-1_" UID1), 0);
	check_int("again", pod_logs_read(dir, &table, 2), 0);
	then = known(&table);
	check_text("one is gone", then,
		   UID1 "=shop/web-1(gone) " HASH "=kube-system/etcd-n1 my_own_uid=ns/stated ");
	pod_table_free(&table);
}

static void test_none(void **state)
{
	struct pod_table table = { 0 };
	char path[256];

	make("shop_web-1_" UID1);
	check_int("read", pod_logs_read(*state, &table, 1), 0);
	(void)snprintf(path, sizeof(path), "%s/nowhere", (char *)*state);
	check_int("no directory", pod_logs_read(path, &table, 2), -ENOENT);
	check_int("what is known stays", table.entries[0].gone, false);
	pod_table_free(&table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_read, into_directory, out_of_directory),
		cmocka_unit_test_setup_teardown(test_none, into_directory, out_of_directory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
