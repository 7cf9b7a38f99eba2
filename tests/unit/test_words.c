// SPDX-License-Identifier: MIT
#include "test.h"

#include <errno.h>

#include "../../user/registry/registry.h"
#include "../../user/registry/words.h"

struct kind {
	const char *name;
	const char *(*word)(unsigned int);
	int (*to)(const char *); /* NULL: nobody writes these words */
	int max;		 /* numbers that have a word */
	int first, last;	 /* numbers that may be written */
};

static const struct kind kinds[] = {
	{ "proto", word_proto, word_to_proto, HP_PROTO_MAX, HP_PROTO_TCP, HP_PROTO_SCTP },
	{ "class", word_class, word_to_class, HP_CLASS_MAX, HP_CLASS_UNREGISTERED,
	  HP_CLASS_MAX - 1 },
	{ "mode", word_mode, word_to_mode, HP_MODE_MAX, HP_MODE_AUDIT, HP_MODE_ENFORCE },
	{ "scope", word_scope, NULL, HP_SCOPE_MAX, 0, -1 },
	{ "verdict", word_verdict, NULL, HP_VERDICT_MAX, 0, -1 },
	{ "role", word_role, word_to_role, REG_ROLE_MAX, 0, REG_ROLE_MAX - 1 },
	{ "kind", word_kind, NULL, REG_KIND_MAX, 0, -1 },
	{ "how", word_how, NULL, HP_HOW_MAX, 0, -1 },
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static void test_there_and_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < KINDS; i++) {
		const struct kind *k = &kinds[i];

		for (int n = 0; n < k->max; n++) {
			const char *word = k->word((unsigned int)n);
			int want = n >= k->first && n <= k->last ? n : -EINVAL;

			if (strcmp(word, "unknown") == 0)
				fail_msg("%s: no word for %d", k->name, n);
			if (k->to)
				check_int(word, k->to(word), want);
		}
	}
}

static void test_distinct(void **state)
{
	(void)state;
	for (size_t i = 0; i < KINDS; i++)
		for (int n = 0; n < kinds[i].max; n++)
			for (int m = 0; m < n; m++)
				assert_string_not_equal(kinds[i].word((unsigned int)n),
							kinds[i].word((unsigned int)m));
}

static void test_out_of_range(void **state)
{
	(void)state;
	for (size_t i = 0; i < KINDS; i++) {
		check_text(kinds[i].name, kinds[i].word((unsigned int)kinds[i].max), "unknown");
		check_text(kinds[i].name, kinds[i].word(0xffffffff), "unknown");
	}
}

static const char *const strangers[] = { "",	    "Tcp", "tcp ", " tcp",   "TCP ",
					 "unknown", "tc",  "tcpp", "master", "AUDIT" };

static void test_strangers(void **state)
{
	(void)state;
	for (size_t i = 0; i < KINDS; i++)
		for (size_t j = 0; kinds[i].to && j < sizeof(strangers) / sizeof(strangers[0]); j++)
			check_int(strangers[j], kinds[i].to(strangers[j]), -EINVAL);
}

/* A set has the words of its own numbers alone. */
static void test_sets(void **state)
{
	(void)state;
	check_int("no", words_find(&words_answers, "no"), 0);
	check_int("yes", words_find(&words_answers, "yes"), 1);
	check_int("maybe", words_find(&words_answers, "maybe"), -EINVAL);
	check_int("localhost", words_find(&words_scopes, "localhost"), HP_SCOPE_LOCALHOST);
	check_int("tcp is no scope", words_find(&words_scopes, "tcp"), -EINVAL);
	check_int("other", words_find(&words_protos, "other"), -EINVAL);
	check_text("exception", word_kind(REG_EXCEPTION), "exception");
}

/* Kubernetes writes protocols in upper case. */
static void test_upper_case(void **state)
{
	(void)state;
	check_int("TCP", word_to_proto("TCP"), HP_PROTO_TCP);
	check_int("UDPLITE", word_to_proto("UDPLITE"), HP_PROTO_UDPLITE);
	check_int("UDPLIT", word_to_proto("UDPLIT"), -EINVAL);
	check_int("DCCP", word_to_proto("DCCP"), -EINVAL);
	check_int("SCOPE", word_to_class("SCOPE"), -EINVAL);
}

static void test_unknown(void **state)
{
	_cleanup_buf_ struct buf near = { 0 }, far = { 0 };

	(void)state;
	words_put_unknown(&words_modes, "enforec", &near);
	check_text("near", near.data, "not one of audit, enforce; did you mean enforce?");
	words_put_unknown(&words_protos, "", &far);
	check_text("far", far.data, "not one of tcp, udp, udplite, sctp");
	check_text("the last", words_at(&words_modes, 1), "enforce");
	assert_null(words_at(&words_modes, 2));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_there_and_back), cmocka_unit_test(test_distinct),
		cmocka_unit_test(test_out_of_range),   cmocka_unit_test(test_strangers),
		cmocka_unit_test(test_sets),	       cmocka_unit_test(test_upper_case),
		cmocka_unit_test(test_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
