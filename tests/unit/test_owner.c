// SPDX-License-Identifier: MIT
#include "test.h"

#include <fnmatch.h>

#include "../../user/policy/owner.h"
#include "registry_cases.h"

static void test_globs(void **state)
{
	static const struct {
		const char *pattern, *text;
		bool matches;
	} cases[] = {
		{ "a", "a", true },
		{ "a", "b", false },
		{ "a", "", false },
		{ "a", "aa", false },
		{ "aa", "a", false },
		{ "", "", true },
		{ "", "a", false },
		{ "*", "", true },
		{ "*", "anything", true },
		{ "**", "", true },
		{ "etcd-*", "etcd-0", true },
		{ "etcd-*", "etcd-", true },
		{ "etcd-*", "etcd", false },
		{ "*-node-*", "csi-node-x", true },
		{ "*-node-*", "csi-node", false },
		{ "*a", "ba", true },
		{ "*a", "bab", false },
		{ "a*b*c", "a-b-b-c", true },
		{ "a*b*c", "a-c-b", false },
		{ "*ab", "aab", true },
		{ "*aab*", "aaab", true },
		{ "?", "a", false }, /* only * is not itself */
		{ "?", "?", true },
		{ "[a]", "a", false },
		{ "[a]", "[a]", true },
		{ "\\*", "*", false },
		{ "\\*", "\\x", true },
		{ "A", "a", false },
		{ "*\xc3\xa9", "caf\xc3\xa9", true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		if (owner_glob(cases[i].pattern, cases[i].text) != cases[i].matches)
			fail_msg("%s of %s", cases[i].pattern, cases[i].text);
}

/* All short texts of two letters, compared with the C library. */
static void test_globs_all(void **state)
{
	static const char pattern_letters[] = "ab*", text_letters[] = "ab";
	char pattern[6], text[7];

	(void)state;
	for (unsigned int p = 0; p < 4 * 4 * 4 * 4 * 4; p++) {
		for (unsigned int i = 0, n = p; i < 5; i++, n /= 4)
			pattern[i] = pattern_letters[n % 4]; /* the fourth ends it */
		pattern[5] = '\0';
		for (unsigned int t = 0; t < 3 * 3 * 3 * 3 * 3 * 3; t++) {
			for (unsigned int i = 0, n = t; i < 6; i++, n /= 3)
				text[i] = text_letters[n % 3];
			text[6] = '\0';
			if (owner_glob(pattern, text) != (fnmatch(pattern, text, 0) == 0))
				fail_msg("%s of %s", pattern, text);
		}
	}
}

/* A pattern that takes a naive matcher for ever. */
static void test_globs_hostile(void **state)
{
	char pattern[254] = { 0 }, text[4096] = { 0 };

	(void)state;
	for (size_t i = 0; i + 2 < sizeof(pattern); i += 2)
		memcpy(pattern + i, "*a", 2);
	pattern[sizeof(pattern) - 2] = 'b';
	memset(text, 'a', sizeof(text) - 1);
	assert_false(owner_glob(pattern, text));
	text[sizeof(text) - 2] = 'b';
	assert_true(owner_glob(pattern, text));
}

#define POD(ns, p, c)                                                                              \
	{                                                                                          \
		.namespace_ = ns, .pod = p, .container = c                                         \
	}

static void test_rows(void **state)
{
	static const struct {
		const char *name, *owners;
		struct owner_of who;
		enum owner_answer answer;
	} cases[] = {
		{ "no owners", "[]", POD("ns", "p-1", NULL), OWNER_NOT_ASKED },
		{ "nobody", "[{unit: u}]", { 0 }, OWNER_NOT_ASKED },
		{ "the pod", "[{namespace: ns, pod: p-*}]", POD("ns", "p-1", NULL), OWNER_YES },
		{ "another namespace", "[{namespace: ns, pod: p-*}]", POD("n", "p-1", NULL),
		  OWNER_NO },
		{ "another pod", "[{namespace: ns, pod: p-*}]", POD("ns", "q-1", NULL), OWNER_NO },
		{ "any pod of the namespace", "[{namespace: ns}]", POD("ns", "q-1", NULL),
		  OWNER_YES },
		{ "the container", "[{pod: p-*, container: c}]", POD("ns", "p-1", "c"), OWNER_YES },
		{ "another container", "[{pod: p-*, container: c}]", POD("ns", "p-1", "d"),
		  OWNER_NO },
		{ "a container that is not told", "[{pod: p-*, container: c}]",
		  POD("ns", "p-1", NULL), OWNER_UNKNOWN },
		{ "any container", "[{pod: p-*, container: '*'}]", POD("ns", "p-1", NULL),
		  OWNER_YES },
		{ "another pod's container", "[{pod: p-*, container: c}]", POD("ns", "q-1", NULL),
		  OWNER_NO },
		{ "the unit",
		  "[{unit: kubelet.service}]",
		  { .unit = "kubelet.service" },
		  OWNER_YES },
		{ "a unit's glob", "[{unit: 'getty@*'}]", { .unit = "getty@1" }, OWNER_YES },
		{ "another unit",
		  "[{unit: kubelet.service}]",
		  { .unit = "crio.service" },
		  OWNER_NO },
		{ "a pod is no unit", "[{unit: '*'}]", POD("ns", "p-1", NULL), OWNER_NO },
		{ "a unit is no pod", "[{namespace: '*'}]", { .unit = "u" }, OWNER_NO },
		{ "the program", "[{exe: /usr/bin/crio}]", { .exe = "/usr/bin/crio" }, OWNER_YES },
		{ "another program",
		  "[{exe: /usr/bin/crio}]",
		  { .exe = "/usr/bin/cri" },
		  OWNER_NO },
		{ "a program is no glob",
		  "[{exe: /usr/bin/*}]",
		  { .exe = "/usr/bin/crio" },
		  OWNER_NO },
		{ "a program that is not told",
		  "[{exe: /usr/bin/crio}]",
		  { .unit = "crio.service" },
		  OWNER_UNKNOWN },
		{ "a program of nobody knows whom", "[{unit: u}]", { .exe = "/e" }, OWNER_UNKNOWN },
		{ "a program of nobody knows which pod",
		  "[{namespace: '*'}]",
		  { .exe = "/e" },
		  OWNER_UNKNOWN },
		{ "one of several", "[{unit: u}, {namespace: ns}, {exe: /e}]", POD("ns", "p", NULL),
		  OWNER_YES },
		{ "one is sure", "[{exe: /e}, {unit: u}]", { .unit = "u" }, OWNER_YES },
		{ "one is not", "[{exe: /e}, {unit: v}]", { .unit = "u" }, OWNER_UNKNOWN },
		{ "none of several", "[{unit: v}, {namespace: ns}]", { .unit = "u" }, OWNER_NO },
		{ "unit and program", "[{exe: /e}]", { .unit = "u", .exe = "/e" }, OWNER_YES },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_buf_ struct buf lists = { 0 };
		_cleanup_(registry_freep) struct registry *reg = NULL;
		const struct reg_row *row;
		bool any = false;

		buf_printf(&lists, "entries: [{ports: 80, protocol: tcp, process: p, owners: %s}]",
			   cases[i].owners);
		reg = registry_of_lists(lists.data);
		row = &reg->layers[0].rows[0];
		check_int(cases[i].name, owner_of_row(row, &cases[i].who), cases[i].answer);
		for (size_t o = 0; o < row->owners_len; o++)
			any |= owner_matches(&row->owners[o], &cases[i].who);
		check_int(cases[i].name, any, cases[i].answer == OWNER_YES);
	}
}

static void test_cover(void **state)
{
	static const struct {
		const char *row, *other;
		bool want;
	} cases[] = {
		{ "[]", "[{unit: u}]", true },
		{ "[{unit: u}]", "[]", true },
		{ "[{unit: u}]", "[{unit: u}]", true },
		{ "[{unit: \"u*\"}]", "[{unit: u.service}]", true },
		{ "[{unit: u}]", "[{unit: v}]", false },
		{ "[{unit: \"?\"}]", "[{unit: v}]", false },
		{ "[{pod: \"[a-z]\"}]", "[{pod: p}]", false },
		{ "[{pod: \"[a-z]\"}]", "[{pod: \"[a-z]\"}]", true },
		{ "[{unit: u}]", "[{pod: u}]", false },
		{ "[{exe: /a}]", "[{exe: /a}]", true },
		{ "[{exe: /a}]", "[{exe: /b}]", false },
		{ "[{exe: /a}]", "[{unit: a}]", false },
		{ "[{namespace: n}]", "[{namespace: n, pod: \"p-*\", container: c}]", true },
		{ "[{pod: \"p-*\"}]", "[{namespace: n, pod: \"p-*\"}]", true },
		{ "[{pod: \"*\"}]", "[{namespace: n}]", false },
		{ "[{namespace: n, pod: \"p-*\"}]", "[{namespace: n}]", false },
		{ "[{namespace: n}, {unit: u}]", "[{unit: u}, {namespace: n}]", true },
		{ "[{namespace: n}]", "[{namespace: n}, {unit: u}]", false },
		{ "[{unit: \"*\"}]", "[{exe: /a}]", false },
		{ "[{exe: /a}]", "[{pod: p}]", false },
		{ "[{pod: \"*\"}]", "[{unit: u}]", false },
		{ "[{pod: \"*\"}]", "[{exe: /a}]", false },
		{ "[{container: c}]", "[{namespace: n, pod: p, container: c}]", true },
		{ "[{container: c}]", "[{namespace: n, pod: p, container: d}]", false },
		{ "[{namespace: n, container: c}]", "[{namespace: m, container: c}]", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_(registry_freep) struct registry *reg = NULL;
		_cleanup_buf_ struct buf lists = { 0 };
		const struct reg_row *rows;

		buf_printf(
			&lists,
			"entries: [{ports: 1, protocol: tcp, process: p, owners: %s}, {ports: 2, "
			"protocol: tcp, process: p, owners: %s}]",
			cases[i].row, cases[i].other);
		reg = registry_of_lists(lists.data);
		rows = reg->layers[0].rows;
		check_int(lists.data, owner_row_covers(&rows[0], &rows[1]), cases[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_globs),	      cmocka_unit_test(test_globs_all),
		cmocka_unit_test(test_globs_hostile), cmocka_unit_test(test_rows),
		cmocka_unit_test(test_cover),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
