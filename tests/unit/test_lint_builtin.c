// SPDX-License-Identifier: MIT
/*
 * The built-in layers: every fault that the published page is known to have is
 * found, nothing else is, and what is more than a note is accepted with a reason.
 */
#include "lint_cases.h"

#include <stdio.h>

#include "../../user/source/source.h"

#define PAGE "docs/hostportctl-registry.8.scd"

struct expected {
	enum lint_rule rule;
	const char *layer;
	uint8_t proto;
	bool accepted;
	uint16_t ports[32]; /* ends with 0; of a layer as a whole, only that */
};

#define TCP HP_PROTO_TCP
#define UDP HP_PROTO_UDP

static const struct expected expected[] = {
	/* The page's, in the words of its list of faults */
	{ LINT_TRANSPOSED_DIGITS, "node-baseline", TCP, true, { 9454 } }, /* typed as 9545 */
	{ LINT_NOTES_CONTRADICT_COLUMNS, "openshift", TCP, true, { 9257, 9258, 10443, 10444 } },
	{ LINT_LOCALHOST_IN_RANGE, "openshift", TCP, true, { 9259, 9260, 9443, 9977 } },
	{ LINT_OUTSIDE_DOCUMENTED_RANGE, /* 25 with 10443 and 10444, which are for localhost */
	  "openshift",
	  TCP,
	  true,
	  { 53,	  80,	179,  443,   2041,  2381,  5050,  6080,	 6180,	6181,  6183, 6189,
	    6385, 6388, 8089, 10010, 10263, 10357, 17697, 22623, 22624, 22625, 60000 } },
	{ LINT_IN_EPHEMERAL_RANGE, "openshift", TCP, true, { 39300, 39301, 60000 } },
	{ LINT_REUSED_AFTER_RETIREMENT, "openshift", TCP, true, { 8089, 10256 } },
	{ LINT_TWO_PROTOCOLS, "openshift", UDP, false, { 9122 } },
	{ LINT_UNSORTED, "openshift", TCP, false, { 9110, 9537 } }, /* 9537: after 9545 */
	{ LINT_UNCLEAR_NOTES, "openshift", TCP, false, { 9979, 17697, 9977 } },
	{ LINT_MISSING_SINCE, "openshift", 0, false, { 0 } },

	/* Those of the layer of what the page leaves out */
	{ LINT_OUTSIDE_DOCUMENTED_RANGE, "node-baseline", TCP, true, { 22, 111, 8798, 18080 } },
	{ LINT_OUTSIDE_DOCUMENTED_RANGE, "node-baseline", UDP, true, { 53, 68, 111, 123, 546 } },
	{ LINT_LOCALHOST_IN_RANGE, "node-baseline", TCP, true, { 9743 } },
	{ LINT_OVERLAP, "node-baseline", TCP, true, { 9443 } },
	{ LINT_TWO_PROTOCOLS, "node-baseline", UDP, true, { 53, 111 } },
	{ LINT_UNSORTED, "node-baseline", TCP, true, { 9104 } },
	{ LINT_MISSING_TEAM, "node-baseline", 0, true, { 0 } },
	{ LINT_MISSING_SINCE, "node-baseline", 0, true, { 0 } },

	{ LINT_MISSING_SINCE, "hostportd", 0, true, { 0 } },
};

static void load(const char *const *specs, size_t n, struct registry **ret_registry,
		 struct findings *findings)
{
	_cleanup_diags_ struct diags diags = { 0 };

	assert_int_equal(source_load(specs, n, &diags, ret_registry), 0);
	assert_int_equal(lint_registry(*ret_registry, &lint_today, findings), 0);
	assert_int_equal(findings->left_out, 0);
}

static bool is(const struct finding *f, const struct expected *e, uint16_t port)
{
	return f->rule == lint_rule(e->rule) && f->port == port &&
	       (!port || f->proto == e->proto) &&
	       strcmp(f->file + strlen("builtin:"), e->layer) == 0 &&
	       (f->accepted != NULL) == e->accepted;
}

static void check_found(const struct findings *findings, const struct expected *e, uint16_t port)
{
	size_t n = 0;

	for (size_t i = 0; i < findings->len; i++)
		n += is(&findings->items[i], e, port);
	if (n != 1)
		fail_msg("%s: %s %s %u: found %zu times", e->layer, lint_rule(e->rule)->id,
			 word_proto(e->proto), port, n);
}

static bool is_expected(const struct finding *f)
{
	for (size_t i = 0; i < ARRAY_LEN(expected); i++) {
		size_t j = 0;

		do
			if (is(f, &expected[i], expected[i].ports[j]))
				return true;
		while (expected[i].ports[j] && expected[i].ports[++j]);
	}
	return false;
}

static void test_found(void **state)
{
	_cleanup_(registry_freep) struct registry *reg = NULL;
	_cleanup_findings_ struct findings findings = { 0 };

	(void)state;
	load(NULL, 0, &reg, &findings);
	for (size_t i = 0; i < ARRAY_LEN(expected); i++) {
		size_t j = 0;

		do
			check_found(&findings, &expected[i], expected[i].ports[j]);
		while (expected[i].ports[j] && expected[i].ports[++j]);
	}
	for (size_t i = 0; i < findings.len; i++) {
		_cleanup_buf_ struct buf line = { 0 };

		put_finding_line(&findings.items[i], &line);
		if (!is_expected(&findings.items[i]))
			fail_msg("not expected: %s", line.data);
	}
}

/* The typing error is told by both of its ports. */
static void test_typing_error(void **state)
{
	_cleanup_(registry_freep) struct registry *reg = NULL;
	_cleanup_findings_ struct findings findings = { 0 };
	const char *message = "";

	(void)state;
	load(NULL, 0, &reg, &findings);
	for (size_t i = 0; i < findings.len; i++)
		if (findings.items[i].rule == lint_rule(LINT_TRANSPOSED_DIGITS))
			message = findings.items[i].message;
	assert_non_null(strstr(message, "tcp 9454 (haproxy) and port 9545 at builtin:openshift:"));
}

/* A layer by itself has notes only, too: accepts that need another layer do not count against it.
 */
static void test_each_alone(void **state)
{
	static const char *const specs[] = { "builtin:openshift", "builtin:node-baseline",
					     "builtin:hostportd" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(specs); i++) {
		_cleanup_(registry_freep) struct registry *reg = NULL;
		_cleanup_findings_ struct findings findings = { 0 };

		load(&specs[i], 1, &reg, &findings);
		check_u64(specs[i], findings_count(&findings, SEVERITY_WARNING), 0);
		check_u64(specs[i], findings_count(&findings, SEVERITY_ERROR), 0);
	}
}

/* A site that corrects the page is not told of it. */
static void test_site_drops(void **state)
{
	_cleanup_(registry_freep) struct registry *reg = NULL;
	_cleanup_findings_ struct findings before = { 0 }, after = { 0 };
	_cleanup_diags_ struct diags diags = { 0 };

	(void)state;
	load(NULL, 0, &reg, &before);
	assert_int_equal(
		registry_add(
			reg,
			layer_of("site.yaml",
				 "{version: 1, name: site, drop: [{ports: 9545, protocol: tcp, "
				 "layer: openshift, reason: typing error for 9454}, {ports: "
				 "1-65535, protocol: udp, reason: r}]}"),
			&diags),
		0);
	assert_int_equal(lint_registry(reg, &lint_today, &after), 0);
	assert_true(after.len < before.len);
	check_u64("warnings", findings_count(&after, SEVERITY_WARNING), 0);
}

/* The table of rules in the man page is that of the program. Runs in the repository's root. */
static void test_page(void **state)
{
	_cleanup_fclose_ FILE *f = fopen(PAGE, "re");
	_cleanup_free_ char *text = calloc(1, 1 << 20);

	(void)state;
	assert_non_null(f);
	assert_non_null(text);
	assert_true(fread(text, 1, (1 << 20) - 1, f) > 0);
	for (int rule = 0; rule < LINT_RULE_MAX; rule++) {
		const struct rule *r = lint_rule((enum lint_rule)rule);
		_cleanup_buf_ struct buf head = { 0 };

		buf_printf(&head, "\n*%s* (%s%s%s)\n", r->id, severity_word(r->severity),
			   r->requirement ? ", " : "", r->requirement ? r->requirement : "");
		if (!strstr(text, head.data))
			fail_msg(PAGE " does not have the line%s", head.data);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_found),	   cmocka_unit_test(test_typing_error),
		cmocka_unit_test(test_each_alone), cmocka_unit_test(test_site_drops),
		cmocka_unit_test(test_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
