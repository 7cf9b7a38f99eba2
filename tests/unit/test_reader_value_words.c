// SPDX-License-Identifier: MIT
/* What is said of a word that is not one of a list, however long the list is. */
#include "test.h"

#include <stdio.h>

#include "../../user/registry/reader_value.h"

#define WHY_MAX 255 /* characters that a message has for a list of words */

/* A list of words is cut where the message ends, and so is the suggestion behind it. */
static void test_many_words(void **state)
{
	/* "not one of ", 8 for a word, 2 between two, 24 for the suggestion */
	static const size_t lens[] = { 1, 2, 22, 23, 24, 25, 26, 60 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lens); i++) {
		_cleanup_diags_ struct diags diags = { 0 };
		_cleanup_(yaml_tree_freep) struct yaml_tree *tree = NULL;
		struct reader reader = { .file = "f", .diags = &diags };
		_cleanup_buf_ struct buf want = { 0 };
		char list[60][32];
		const char *words[60];
		const struct words few = { .list = words, .last = (unsigned int)lens[i] - 1 };
		const struct field field = { .name = "k", .type = FIELD_WORD, .words = &few };
		uint8_t object = 0xff;

		buf_puts(&want, "k: word-0xx: not one of ");
		for (size_t k = 0; k < lens[i]; k++) {
			(void)snprintf(list[k], sizeof(list[k]), "word-%03zu", k);
			words[k] = list[k];
			buf_printf(&want, "%s%s", k ? ", " : "", list[k]);
		}
		buf_puts(&want, "; did you mean word-000?");
		if (want.len > strlen("k: word-0xx: ") + WHY_MAX)
			want.data[strlen("k: word-0xx: ") + WHY_MAX] = '\0';
		assert_int_equal(yaml_tree_parse("f", "word-0xx", 8, &diags, &tree), 0);
		reader.tree = tree;
		assert_int_equal(reader_value(&reader, &field, tree->nodes, &object), 0);
		check_u64("said once", diags.total, 1);
		check_text("words", diags.items[0].message, want.data);
		check_u64("nothing is read", object, 0xff);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_many_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
