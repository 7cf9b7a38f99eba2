// SPDX-License-Identifier: MIT
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "../../user/source/source.h"
#include "directory.h"

#define A "version: 1\nname: a\nentries: [{ports: 80, protocol: tcp, process: p}]\n"
#define B "version: 1\nname: b\nentries: [{ports: 81, protocol: tcp, process: p}]\n"

static void put_file(const char *path, const char *text)
{
	_cleanup_fclose_ FILE *f = fopen(path, "we");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
}

/* Load; the names of the layers, or what is said. */
static void load(const char *const *specs, size_t n, struct buf *out)
{
	_cleanup_(registry_freep) struct registry *reg = NULL;
	_cleanup_diags_ struct diags diags = { 0 };
	int r = source_load(specs, n, &diags, &reg);

	buf_reset(out);
	check_int("a fault is said, and nothing else is", r, diags.total ? -EINVAL : 0);
	check_int("there is a registry", reg != NULL, r == 0);
	diags_text(&diags, out);
	for (size_t i = 0; reg && i < reg->len; i++)
		buf_printf(out, "%s=%s ", reg->layers[i].path, reg->layers[i].name);
}

#define CHECK(want, ...)                                                                           \
	do {                                                                                       \
		const char *const specs[] = { __VA_ARGS__ };                                       \
		_cleanup_buf_ struct buf got = { 0 };                                              \
                                                                                                   \
		load(specs, ARRAY_LEN(specs), &got);                                               \
		check_text(#__VA_ARGS__, got.data, want);                                          \
	} while (0)

static void test_default(void **state)
{
	_cleanup_buf_ struct buf got = { 0 };

	(void)state;
	load(NULL, 0, &got);
	check_text("default", got.data,
		   "builtin:openshift=openshift builtin:node-baseline=node-baseline "
		   "builtin:hostportd=hostportd ");
}

static void test_builtin(void **state)
{
	(void)state;
	CHECK("builtin:hostportd=hostportd builtin:openshift=openshift ", "builtin:hostportd",
	      "builtin:openshift");
	CHECK("builtin:openshif: no built-in layer; there are openshift, node-baseline, "
	      "hostportd\n",
	      "builtin:openshif");
	CHECK("builtin:: no built-in layer; there are openshift, node-baseline, hostportd\n",
	      "builtin:");
	CHECK("builtin:openshift: name: openshift: builtin:openshift has the name already\n",
	      "builtin:openshift", "builtin:openshift");
}

static void test_files(void **state)
{
	(void)state;
	put_file("a", A);
	put_file("b.yaml", B);
	put_file("again", A);
	CHECK("a=a b.yaml=b ", "a", "b.yaml");
	CHECK("b.yaml=b a=a ", "b.yaml", "a");
	CHECK("again: name: a: a has the name already\n", "a", "again");
	CHECK("none: cannot be read: No such file or directory\n", "none");
	CHECK(": cannot be read: No such file or directory\n", "");
}

/* Faults of all files are said, and drops are not judged on half a stack. */
static void test_all_faults(void **state)
{
	(void)state;
	put_file("bad1", "version: 1\nname: x\nrows: []\n");
	put_file("bad2", "version: 1\nname: y\nentries: [{ports: 0, protocol: tcp, process: p}]\n");
	put_file("empty", "");
	put_file("drop", "version: 1\nname: d\ndrop: [{ports: 80, protocol: tcp, reason: r}]\n");
	CHECK("bad1:3:1: rows: not a key of a registry file\n"
	      "none: cannot be read: No such file or directory\n"
	      "bad2:3:19: ports: 0: not a port (1 to 65535)\n"
	      "empty: empty: there is no document in it\n",
	      "bad1", "none", "bad2", "drop", "empty");
}

static void test_directory(void **state)
{
	(void)state;
	assert_int_equal(mkdir("d", 0700), 0);
	put_file("d/20-b.yml", B);
	put_file("d/10-a.yaml", A);
	put_file("d/.hidden.yaml", "not: read");
	put_file("d/README", "not: read");
	put_file("d/x.yaml~", "not: read");
	put_file("d/yaml", "not: read");
	CHECK("d/10-a.yaml=a d/20-b.yml=b ", "d");
	CHECK("d/10-a.yaml=a d/20-b.yml=b ", "d/");
	CHECK("builtin:hostportd=hostportd d/10-a.yaml=a d/20-b.yml=b ", "builtin:hostportd", "d");
	assert_int_equal(mkdir("d/30.yaml", 0700), 0);
	assert_int_equal(symlink("nowhere", "d/40.yaml"), 0);
	CHECK("d/30.yaml: not a regular file\n"
	      "d/40.yaml: cannot be read: No such file or directory\n",
	      "d");
	assert_int_equal(mkdir("e", 0700), 0);
	CHECK("e: no file *.yaml or *.yml in the directory\n", "e");
}

/* As the kubelet mounts a ConfigMap. */
static void test_configmap(void **state)
{
	(void)state;
	assert_int_equal(mkdir("m", 0700), 0);
	assert_int_equal(mkdir("m/..2026_11_22", 0700), 0);
	put_file("m/..2026_11_22/10-site.yaml", A);
	assert_int_equal(symlink("..2026_11_22", "m/..data"), 0);
	assert_int_equal(symlink("..data/10-site.yaml", "m/10-site.yaml"), 0);
	CHECK("m/10-site.yaml=a ", "m");
}

static void test_many_files(void **state)
{
	char path[64];

	(void)state;
	assert_int_equal(mkdir("n", 0700), 0);
	for (int i = 0; i <= REGISTRY_LAYERS_MAX; i++) {
		(void)snprintf(path, sizeof(path), "n/%03d.yaml", i);
		put_file(path, A);
	}
	CHECK("n: more than 64 layers\n", "n");
}

/* All faults are said, also those of specs after the last layer that there may be. */
static void test_many_specs(void **state)
{
	const char *specs[REGISTRY_LAYERS_MAX + 2];
	_cleanup_buf_ struct buf got = { 0 };

	(void)state;
	put_file("a", A);
	for (size_t i = 0; i <= REGISTRY_LAYERS_MAX; i++)
		specs[i] = "a";
	specs[REGISTRY_LAYERS_MAX + 1] = "none";
	load(specs, ARRAY_LEN(specs), &got);
	check_text("many", got.data,
		   "a: more than 64 layers\nnone: cannot be read: No such file or directory\n");
}

/* What would make a reader wait, or read for ever. */
static void test_not_files(void **state)
{
	(void)state;
	assert_int_equal(mkfifo("fifo", 0600), 0);
	CHECK("fifo: not a regular file\n", "fifo");
	CHECK("/dev/zero: not a regular file\n", "/dev/zero");
	CHECK("/dev/null: not a regular file\n", "/dev/null");
	assert_int_equal(symlink("loop", "loop"), 0);
	CHECK("loop: cannot be read: Too many levels of symbolic links\n", "loop");
}

static void test_large(void **state)
{
	int fd = open("large", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, REGISTRY_FILE_MAX + 1), 0);
	assert_int_equal(close(fd), 0);
	CHECK("large: larger than 33554432 bytes\n", "large");
}

#define IN_DIRECTORY(test) cmocka_unit_test_setup_teardown(test, into_directory, out_of_directory)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_default), cmocka_unit_test(test_builtin),
		IN_DIRECTORY(test_files),	IN_DIRECTORY(test_all_faults),
		IN_DIRECTORY(test_directory),	IN_DIRECTORY(test_configmap),
		IN_DIRECTORY(test_many_files),	IN_DIRECTORY(test_not_files),
		IN_DIRECTORY(test_large),	IN_DIRECTORY(test_many_specs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
