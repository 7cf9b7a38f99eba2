// SPDX-License-Identifier: MIT
#include "../../user/source/pod_files.h"

#include "pod_texts.h"

#include "directory.h"

static void put_file(const char *path, const char *text)
{
	_cleanup_fclose_ FILE *f = fopen(path, "we");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
}

static void check_path(const char *path, int want_status, const char *want, const char *want_err)
{
	_cleanup_pod_files_ struct pod_files files = { 0 };
	_cleanup_buf_ struct buf got = { 0 }, err = { 0 };

	check_int(path, pod_files_read(path, "Node1", &files, &err), want_status);
	for (size_t i = 0; i < files.len; i++) {
		put_pod(files.pods[i], &got);
		buf_putc(&got, '\n');
	}
	if (files.others || files.unusable)
		buf_printf(&got, "others %zu, unusable %zu\n", files.others, files.unusable);
	check_text(path, got.data ? got.data : "", want);
	check_text(path, err.data ? err.data : "", want_err);
	check_int(path, files.static_only, *path == 'd');
}

static void test_file(void **state)
{
	(void)state;
	put_file("list", " \n{\"kind\": \"PodList\", \"items\": ["
			 "{\"metadata\": {\"name\": \"a\", \"uid\": \"u1\"}, \"spec\": {}},"
			 "{\"metadata\": {\"name\": \"b\"}, \"spec\": {\"nodeName\": \"Node1\"}},"
			 "{\"metadata\": {\"name\": \"c\"}, \"spec\": {\"nodeName\": \"n2\"}},"
			 "{\"metadata\": {\"name\": \"d/\"}}]}");
	check_path("list", 0, "default/a [u1]\ndefault/b []\nothers 1, unusable 1\n", "");
	put_file("yaml", "kind: List\nitems:\n- kind: Pod\n  metadata: {name: a}\n- kind: Node\n");
	check_path("yaml", 0, "default/a []\n", "");
	put_file("none", "{\"kind\":\"PodList\",\"items\":[]}");
	check_path("none", 0, "", "");
}

static void test_refused(void **state)
{
	(void)state;
	check_path("nowhere", -EINVAL, "", "nowhere: No such file or directory");
	put_file("empty", "");
	check_path("empty", -EINVAL, "", "empty: neither a Pod nor a list of them");
	put_file("registry", "version: 1\nname: x\n");
	check_path("registry", -EINVAL, "", "registry: neither a Pod nor a list of them");
	put_file("half", "{\"items\":[{\"metadata\":{\"name\":\"a\"}},{\"metadata\":{");
	check_path("half", -EINVAL, "default/a []\n", "half: not JSON: parse error: premature EOF");
	put_file("broken", "kind: Pod\nmetadata: [\n");
	check_path("broken", -EINVAL, "",
		   "broken: line 3, column 1: did not find expected node content, while parsing "
		   "a flow node that starts at 3:1");
	assert_int_equal(mkfifo("fifo", 0600), 0);
	check_path("fifo", -EINVAL, "", "fifo: neither a regular file nor a directory");
}

/* Its files are static pods; one that is broken does not hide the others. */
static void test_directory(void **state)
{
	(void)state;
	assert_int_equal(mkdir("d", 0700) | mkdir("d/sub", 0700), 0);
	check_path("d", 0, "", "");
	put_file("d/etcd.yaml", "kind: Pod\nmetadata: {name: etcd, namespace: kube-system}\n");
	put_file("d/json", "{\"kind\":\"Pod\",\"metadata\":{\"name\":\"j\",\"uid\":\"u\"}}");
	put_file("d/.hidden.yaml", "kind: Pod\nmetadata: {name: hidden}\n");
	check_path("d", 0, "kube-system/etcd-node1 []\ndefault/j-node1 [u]\n", "");
	check_path("d/", 0, "kube-system/etcd-node1 []\ndefault/j-node1 [u]\n", "");
	put_file("d/a.yaml", "x: {\n");
	check_path("d", -EINVAL, "kube-system/etcd-node1 []\ndefault/j-node1 [u]\n",
		   "d/a.yaml: line 2, column 1: did not find expected node content, while "
		   "parsing a flow node that starts at 2:1");
	assert_int_equal(unlink("d/a.yaml") | symlink("nowhere", "d/link"), 0);
	check_path("d", -EINVAL, "kube-system/etcd-node1 []\ndefault/j-node1 [u]\n",
		   "d/link: No such file or directory");
}

static void test_many(void **state)
{
	_cleanup_pod_files_ struct pod_files files = { 0 };
	_cleanup_buf_ struct buf text = { 0 }, err = { 0 };

	(void)state;
	buf_puts(&text, "{\"items\":[{}");
	for (size_t i = 0; i < POD_FILES_PODS_MAX + 2; i++)
		buf_printf(&text, ",{\"metadata\":{\"name\":\"p%zu\"}}", i);
	buf_puts(&text, "]}");
	put_file("many", text.data);
	check_int("many", pod_files_read("many", "n", &files, &err), 0);
	check_u64("pods", files.len, POD_FILES_PODS_MAX);
	check_u64("left out", files.left_out, 2);
	check_u64("unusable", files.unusable, 1);
}

#define IN_DIRECTORY(test) cmocka_unit_test_setup_teardown(test, into_directory, out_of_directory)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_DIRECTORY(test_file),
		IN_DIRECTORY(test_refused),
		IN_DIRECTORY(test_directory),
		IN_DIRECTORY(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
