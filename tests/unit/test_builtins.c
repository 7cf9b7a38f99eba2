// SPDX-License-Identifier: MIT
/* The layers in the program are the files of registry/. Runs in the repository's root. */
#include "registry_cases.h"

#include <stdio.h>

static const char *const names[] = { "openshift", "node-baseline", "hostportd" };

/* The bytes of registry/NAME.yaml. */
static void read_layer(const char *name, struct buf *out)
{
	_cleanup_fclose_ FILE *f = NULL;
	char path[64], text[4096];
	size_t n;

	(void)snprintf(path, sizeof(path), "registry/%s.yaml", name);
	f = fopen(path, "re");
	if (!f)
		fail_msg("%s: cannot be read", path);
	while ((n = fread(text, 1, sizeof(text), f)) > 0)
		buf_add(out, text, n);
}

static void test_texts(void **state)
{
	const struct reg_builtin *builtins = registry_builtins();

	(void)state;
	check_u64("layers", ARRAY_LEN(names), REG_BUILTINS);
	for (size_t i = 0; i < REG_BUILTINS; i++) {
		_cleanup_(layer_freep) struct reg_layer *layer = layer_of("b", builtins[i].text);
		_cleanup_buf_ struct buf file = { 0 };

		read_layer(names[i], &file);
		check_text("name", builtins[i].name, names[i]);
		check_text("layer's name", layer->name, names[i]);
		check_u64("length", builtins[i].len, file.len);
		check_text("text", builtins[i].text, file.data);
	}
}

/* The first one has the rows of the page that it is made from. */
static void test_page(void **state)
{
	_cleanup_(layer_freep) struct reg_layer *layer = layer_of("b", registry_builtins()[0].text);
	size_t kinds[REG_KIND_MAX] = { 0 };

	(void)state;
	for (size_t j = 0; j < layer->len; j++)
		kinds[layer->rows[j].kind]++;
	check_u64("entries", kinds[REG_ENTRY], 98);
	check_u64("retired rows", kinds[REG_RETIRED], 7);
	check_u64("documented ranges", kinds[REG_RANGE], 12);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
