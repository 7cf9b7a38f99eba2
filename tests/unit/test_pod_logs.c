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
		for (size_t j = 0; j < pod->ids_len; j++)
			buf_printf(&out, "%s#%s ", pod->ids[j].container, pod->ids[j].id);
		assert_true(pod->incomplete); /* of containers and ports it says nothing */
	}
	return buf_take(&out);
}

static void link_to(const char *name)
{
	assert_int_equal(symlink("nowhere", name), 0);
}

/* Directories in the working directory. */
static struct pod_logs_dirs dirs_in(const char *at, char pods[256], char containers[256])
{
	(void)snprintf(pods, 256, "%s/pods", at);
	(void)snprintf(containers, 256, "%s/containers", at);
	return (struct pod_logs_dirs) { pods, containers };
}

static void test_read(void **state)
{
	char pods[256], containers[256];
	const struct pod_logs_dirs dirs = dirs_in(*state, pods, containers);
	_cleanup_free_ char *first = NULL, *then = NULL;
	struct pod_table table = { 0 };

	make("pods");
	make("pods/shop_web-1_" UID1);
	make("pods/kube-system_etcd-n1_" HASH);
	make("pods/ns_stated_my_own_uid");
	make("pods/ns_short");
	make("pods/_name_u");
	make("pods/ns__u");
	make("pods/ns_name_");
	make("pods/ns_na me_u");
	make("pods/plain");
	check_int("read", pod_logs_read(&dirs, &table, 1), 0);
	first = known(&table);
	check_text("names", first,
		   UID1 "=shop/web-1 " HASH "=kube-system/etcd-n1 my_own_uid=ns/stated ");
	assert_int_equal(rmdir("pods/shop_web-1_" UID1), 0);
	check_int("again", pod_logs_read(&dirs, &table, 2), 0);
	then = known(&table);
	check_text("one is gone", then,
		   UID1 "=shop/web-1(gone) " HASH "=kube-system/etcd-n1 my_own_uid=ns/stated ");
	pod_table_free(&table);
}

static void test_containers(void **state)
{
	char pods[256], containers[256];
	const struct pod_logs_dirs dirs = dirs_in(*state, pods, containers);
	_cleanup_free_ char *got = NULL;
	struct pod_table table = { 0 };

	make("pods");
	make("containers");
	make("pods/shop_web-1_" UID1);
	make("pods/shop_web_" HASH);
	link_to("containers/web-1_shop_side-car-2b.log");
	link_to("containers/web-1_shop_web-1a.log");
	link_to("containers/web-1_shop_web-3c.log");
	link_to("containers/web-1_other_web-4d.log");
	link_to("containers/web-10_shop_web-5e.log");
	/* of no use */
	link_to("containers/web_shop_cut-0123.lo");
	link_to("containers/web_shop_-1.log");
	link_to("containers/web_shop_x-.log");
	link_to("containers/web_shop_x.log");
	link_to("containers/web_shop_x-1.log.gz");
	link_to("containers/web_shop_");
	check_int("read", pod_logs_read(&dirs, &table, 1), 0);
	got = known(&table);
	check_text("containers", got,
		   UID1 "=shop/web-1 side-car#2b web#1a web#3c " HASH "=shop/web ");
	pod_table_free(&table);
}

static void test_none(void **state)
{
	char pods[256], containers[256];
	const struct pod_logs_dirs dirs = dirs_in(*state, pods, containers);
	struct pod_table table = { 0 };

	make("pods");
	make("pods/shop_web-1_" UID1);
	check_int("read", pod_logs_read(&dirs, &table, 1), 0);
	assert_int_equal(rename("pods", "moved"), 0);
	check_int("no directory", pod_logs_read(&dirs, &table, 2), -ENOENT);
	check_int("what is known stays", table.entries[0].gone, false);
	pod_table_free(&table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_read, into_directory, out_of_directory),
		cmocka_unit_test_setup_teardown(test_containers, into_directory, out_of_directory),
		cmocka_unit_test_setup_teardown(test_none, into_directory, out_of_directory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
