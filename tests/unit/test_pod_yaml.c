// SPDX-License-Identifier: MIT
#include "../../user/pods/pod_yaml.h"

#include "pod_texts.h"

static int read_text(const char *text, struct buf *got, struct diags *diags)
{
	_cleanup_(pod_reader_free) struct pod_reader reader;

	pod_reader_init(&reader, put_read, got);
	return pod_yaml_read(&reader, "f.yaml", text, strlen(text), diags);
}

struct yaml_case {
	const char *name, *text, *want;
};

static const struct yaml_case cases[] = {
	{ "a static pod",
	  "apiVersion: v1\nkind: Pod\nmetadata: {name: etcd, namespace: kube-system}\nspec:\n"
	  "  hostNetwork: yes\n  containers:\n  - name: etcd\n    ports:\n"
	  "    - containerPort: 2379\n      hostPort: 2379\n      hostIP: \"::1\"\n",
	  "pod v: kube-system/etcd [] host main=etcd etcd:2379/0>2379@::1\n" },
	{ "documents",
	  "kind: Pod\nmetadata: {name: a}\n---\n---\nkind: Job\n---\nkind: Pod\n"
	  "metadata: {name: b}\n",
	  "pod v: default/a []\nother v\npod v: default/b []\n" },
	{ "null", "kind: Pod\nmetadata: {name: a, namespace: ~}\nspec: {hostNetwork: Null}\n",
	  "pod v: default/a []\n" },
	{ "a null that is quoted", "kind: Pod\nmetadata: {name: \"null\"}\n",
	  "pod v: default/null []\n" },
	{ "an alias",
	  "kind: Pod\nmetadata: {name: a}\nspec:\n  initContainers: &c [{name: x, ports: "
	  "[{containerPort: 1}]}]\n  containers: *c\n",
	  "pod v: default/a [] init=x main=x x:1/0>0@ x:1/0>0@\n" },
	{ "a merge key",
	  "kind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - &c {name: x}\n  - {<<: *c}\n",
	  "pod v: default/a [] incomplete main=x main=?\n" },
	{ "no pod", "- a\n- b\n", "" },
	{ "JSON", "{\"kind\": \"Pod\", \"metadata\": {\"name\": \"a\"}}", "pod v: default/a []\n" },
	{ "nothing", "", "" },
	{ "a comment", "# kind: Pod\n", "" },
};

static void test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_diags_ struct diags diags = { 0 };
		_cleanup_buf_ struct buf got = { 0 };

		check_int(cases[i].name, read_text(cases[i].text, &got, &diags), 0);
		check_text(cases[i].name, got.data ? got.data : "", cases[i].want);
	}
}

static void test_broken(void **state)
{
	_cleanup_diags_ struct diags diags = { 0 };
	_cleanup_buf_ struct buf got = { 0 };

	(void)state;
	check_int("broken",
		  read_text("kind: Pod\nmetadata: {name: a}\n---\nkind: [\n", &got, &diags),
		  -EINVAL);
	check_text("what was before", got.data, "pod v: default/a []\n");
	check_u64("a message", diags.len, 1);
	check_text("its file", diags.items[0].file, "f.yaml");
}

/* A few lines may stand for a billion nodes: it is refused, soon. */
static void test_bomb(void **state)
{
	_cleanup_diags_ struct diags diags = { 0 };
	_cleanup_buf_ struct buf got = { 0 }, text = { 0 };

	(void)state;
	buf_puts(&text, "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
	for (int i = 1; i < 9; i++)
		buf_printf(&text, "a%d: &a%d [*a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d]\n", i,
			   i, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
	check_int("too much", read_text(text.data, &got, &diags), -EINVAL);
	check_u64("a message", diags.len, 1);
	check_text("why", diags.items[0].message, "too much in one document");
}

static int stop(void *data, const struct pod_read *read)
{
	(void)data;
	(void)read;
	return -ECANCELED;
}

static void test_stop(void **state)
{
	static const char text[] = "kind: Pod\nmetadata: {name: a}\n";
	_cleanup_(pod_reader_free) struct pod_reader reader;
	_cleanup_diags_ struct diags diags = { 0 };

	(void)state;
	pod_reader_init(&reader, stop, NULL);
	check_int("what the function says",
		  pod_yaml_read(&reader, "f", text, sizeof(text) - 1, &diags), -ECANCELED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_broken),
		cmocka_unit_test(test_bomb),
		cmocka_unit_test(test_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
