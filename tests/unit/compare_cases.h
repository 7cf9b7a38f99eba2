/* SPDX-License-Identifier: MIT */
/* Pairs of small registries and what they do not have in common, for the tests of each part. */
#pragma once

#include "layer_texts.h"

#include "../../user/diff/compare.h"

#define P "protocol: tcp, process: "

struct compare_case {
	const char *name, *a, *b; /* lists of a layer */
	enum compare_form a_form, b_form;
	const char *want; /* the text without its first two lines; NULL: no difference */
};

static inline struct differences differences_of(const struct registry *a, enum compare_form a_form,
						const struct registry *b, enum compare_form b_form)
{
	struct differences differences = { 0 };

	assert_int_equal(compare(&(struct compare_side) { a, a_form },
				 &(struct compare_side) { b, b_form }, &differences),
			 0);
	return differences;
}

#define NAMES "--- A\n+++ B\n"

static inline void check_case(const struct compare_case *c, const struct registry *a,
			      const struct registry *b)
{
	_cleanup_differences_ struct differences d = differences_of(a, c->a_form, b, c->b_form);
	_cleanup_buf_ struct buf out = { 0 };

	differences_text(&d, "A", "B", &out);
	if (c->want)
		assert_true(out.data && strncmp(out.data, NAMES, strlen(NAMES)) == 0);
	check_text(c->name, out.data ? out.data + strlen(NAMES) : NULL, c->want);
}

/* Removed here is added there; a registry is the same as itself. */
static inline void check_other_way(const struct compare_case *c, const struct registry *a,
				   const struct registry *b)
{
	_cleanup_differences_ struct differences one = differences_of(a, c->a_form, b, c->b_form);
	_cleanup_differences_ struct differences two = differences_of(b, c->b_form, a, c->a_form);
	_cleanup_differences_ struct differences same = differences_of(a, c->a_form, a, c->a_form);

	check_u64(c->name, differences_count(&one, DIFFERENCE_ADDED),
		  differences_count(&two, DIFFERENCE_REMOVED));
	check_u64(c->name, differences_count(&one, DIFFERENCE_REMOVED),
		  differences_count(&two, DIFFERENCE_ADDED));
	check_u64(c->name, differences_count(&one, DIFFERENCE_MOVED),
		  differences_count(&two, DIFFERENCE_MOVED));
	check_u64(c->name, one.len, two.len);
	check_u64(c->name, same.len, 0);
}

static inline void check_cases(const struct compare_case *cases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		_cleanup_(registry_freep) struct registry *a = registry_of_lists(cases[i].a);
		_cleanup_(registry_freep) struct registry *b = registry_of_lists(cases[i].b);

		check_case(&cases[i], a, b);
		check_other_way(&cases[i], a, b);
	}
}
