// SPDX-License-Identifier: MIT
/* The part of a BTF, judged by libbpf, which also makes the whole. */
#include "test.h"

#include <bpf/btf.h>
#include <errno.h>
#include <stdlib.h>

#include "../../user/base/cleanup.h"
#include "../../user/kernel/btf/btfcut.h"

struct world {
	struct btf *whole;
	const void *bytes; /* of it */
	uint32_t size;
	struct buf part;
	struct btf *cut;
};

static int added(int id)
{
	assert_true(id > 0);
	return id;
}

static void member(struct btf *b, const char *name, int type, uint32_t bit, uint32_t bits)
{
	assert_int_equal(btf__add_field(b, name, type, bit, bits), 0);
}

/* The types that a struct of every kind is made of, between others. */
static void add_types(struct btf *b)
{
	int word = added(btf__add_int(b, "unsigned int", 4, 0));
	int byte = added(btf__add_int(b, "unsigned char", 1, 0));
	int other = added(btf__add_struct(b, "other", 4));
	int far, names, anon, inner, kind, alias, hard;

	member(b, "x", word, 0, 0);
	far = added(btf__add_ptr(b, other));
	names = added(btf__add_array(b, word, byte, 16));
	anon = added(btf__add_union(b, "", 4));
	member(b, "as_word", word, 0, 0);
	member(b, "as_byte", byte, 0, 0);
	inner = added(btf__add_struct(b, "inner", 4));
	member(b, "low", word, 0, 3);
	member(b, "high", word, 3, 5);
	kind = added(btf__add_enum(b, "kind", 4));
	assert_int_equal(btf__add_enum_value(b, "FIRST", 7), 0);
	assert_int_equal(btf__add_enum_value(b, "SECOND", 9), 0);
	alias = added(btf__add_typedef(b, "inner_t", inner));
	hard = added(btf__add_const(b, alias));
	added(btf__add_struct(b, "outer", 64));
	member(b, "to", far, 0, 0);
	member(b, "name", names, 64, 0);
	member(b, "", anon, 192, 0);
	member(b, "in", hard, 224, 0);
	member(b, "kind", kind, 256, 0);
	added(btf__add_func(b, "cast", BTF_FUNC_STATIC, word));
	for (int i = 0; i < 40; i++) { /* so that there is more than one stride */
		char name[24];

		(void)snprintf(name, sizeof(name), "filler%d", i);
		added(btf__add_struct(b, name, 4));
		member(b, "x", word, 0, 0);
	}
	added(btf__add_struct(b, "twice", 4));
	member(b, "a", word, 0, 0);
	added(btf__add_struct(b, "twice", 8));
	member(b, "b", word, 32, 0);
	added(btf__add_enum64(b, "wide", 8, false));
	assert_int_equal(btf__add_enum64_value(b, "FAR", 1ULL << 40), 0);
}

static int open_world(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	w->whole = btf__new_empty();
	assert_non_null(w->whole);
	add_types(w->whole);
	w->bytes = btf__raw_data(w->whole, &w->size);
	assert_non_null(w->bytes);
	*state = w;
	return 0;
}

static int close_world(void **state)
{
	struct world *w = *state;

	btf__free(w->cut);
	btf__free(w->whole);
	buf_free(&w->part);
	free(w);
	return 0;
}

static void cut(struct world *w, const char *name, struct btfcut_id *ids, size_t n)
{
	assert_int_equal(btfcut(w->bytes, w->size, &name, 1, ids, n, &w->part), 0);
	w->cut = btf__new(w->part.data, (uint32_t)w->part.len);
	assert_non_null(w->cut);
}

static bool has(const struct world *w, const char *name, uint32_t kind)
{
	return btf__find_by_name_kind(w->cut, name, kind) > 0;
}

static const struct btf_type *type(const struct world *w, uint32_t id)
{
	const struct btf_type *t = btf__type_by_id(w->cut, id);

	assert_non_null(t);
	return t;
}

static const char *text(const struct world *w, uint32_t off)
{
	return btf__name_by_offset(w->cut, off);
}

/* Member i of a struct: called so, at that bit, of so many bits (0: all of them). */
static const struct btf_type *check_member(const struct world *w, const struct btf_type *t,
					   uint32_t i, const char *name, uint32_t bit,
					   uint32_t bits)
{
	assert_true(i < btf_vlen(t));
	check_text("member", text(w, btf_members(t)[i].name_off), name);
	check_int(name, btf_member_bit_offset(t, i), bit);
	check_int(name, btf_member_bitfield_size(t, i), bits);
	return type(w, btf_members(t)[i].type);
}

static void check_inner(const struct world *w, const struct btf_type *in)
{
	assert_int_equal(btf_kind(in), BTF_KIND_CONST);
	in = type(w, in->type);
	assert_int_equal(btf_kind(in), BTF_KIND_TYPEDEF);
	check_text("alias", text(w, in->name_off), "inner_t");
	in = type(w, in->type);
	check_text("inner", text(w, in->name_off), "inner");
	check_text("int", text(w, check_member(w, in, 0, "low", 0, 3)->name_off), "unsigned int");
	(void)check_member(w, in, 1, "high", 3, 5);
}

/* All that lies within is there as it was; what a pointer points to is not. */
static void test_within(void **state)
{
	struct world *w = *state;
	const struct btf_type *outer, *t;

	cut(w, "outer", NULL, 0);
	outer = type(w, (uint32_t)btf__find_by_name_kind(w->cut, "outer", BTF_KIND_STRUCT));
	assert_int_equal(outer->size, 64);
	assert_int_equal(btf_vlen(outer), 5);
	t = check_member(w, outer, 0, "to", 0, 0);
	assert_int_equal(btf_kind(t), BTF_KIND_PTR);
	assert_int_equal(t->type, 0);
	t = check_member(w, outer, 1, "name", 64, 0);
	assert_int_equal(btf_kind(t), BTF_KIND_ARRAY);
	assert_int_equal(btf_array(t)->nelems, 16);
	check_text("element", text(w, type(w, btf_array(t)->type)->name_off), "unsigned char");
	t = check_member(w, outer, 2, "", 192, 0);
	assert_int_equal(btf_kind(t), BTF_KIND_UNION);
	(void)check_member(w, t, 1, "as_byte", 0, 0);
	check_inner(w, check_member(w, outer, 3, "in", 224, 0));
	t = check_member(w, outer, 4, "kind", 256, 0);
	check_text("constant", text(w, btf_enum(t)[1].name_off), "SECOND");
	assert_int_equal(btf_enum(t)[1].val, 9);
	assert_false(has(w, "other", BTF_KIND_STRUCT));
	assert_false(has(w, "filler0", BTF_KIND_STRUCT));
	assert_false(has(w, "cast", BTF_KIND_FUNC));
}

/* A flavour is no part of the name; nor is a name that begins like one. */
static void test_names(void **state)
{
	static const struct {
		const char *name;
		bool other, filler1, filler11;
	} cases[] = {
		{ "other", true, false, false },   { "other___before_6_8", true, false, false },
		{ "filler1", false, true, false }, { "filler", false, false, false },
		{ "othe", false, false, false },   { "", false, false, false },
		{ "cast", false, false, false }, /* a function is nothing to relocate by */
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct world *w = *state;

		cut(w, cases[i].name, NULL, 0);
		check_int(cases[i].name, has(w, "other", BTF_KIND_STRUCT), cases[i].other);
		check_int(cases[i].name, has(w, "filler1", BTF_KIND_STRUCT), cases[i].filler1);
		check_int(cases[i].name, has(w, "filler11", BTF_KIND_STRUCT), cases[i].filler11);
		btf__free(w->cut);
		w->cut = NULL;
		buf_free(&w->part);
	}
}

/* libbpf is to see that there are two, and numbers are those of the whole. */
static void test_ids(void **state)
{
	struct world *w = *state;
	struct btfcut_id ids[] = {
		{ "outer", BTF_KIND_STRUCT, 99 }, { "cast", BTF_KIND_FUNC, 99 },
		{ "twice", BTF_KIND_STRUCT, 99 }, { "outer", BTF_KIND_UNION, 99 },
		{ "absent", BTF_KIND_FUNC, 99 },
	};
	uint32_t n = 0;

	cut(w, "twice", ids, ARRAY_LEN(ids));
	assert_int_equal(ids[0].id, btf__find_by_name_kind(w->whole, "outer", BTF_KIND_STRUCT));
	assert_int_equal(ids[1].id, btf__find_by_name_kind(w->whole, "cast", BTF_KIND_FUNC));
	for (size_t i = 2; i < ARRAY_LEN(ids); i++)
		check_int(ids[i].name, ids[i].id, 0);
	for (uint32_t id = 1; id < btf__type_cnt(w->cut); id++)
		n += strcmp(text(w, type(w, id)->name_off), "twice") == 0;
	assert_int_equal(n, 2);
}

static void test_wide(void **state)
{
	struct world *w = *state;
	const struct btf_type *t;

	cut(w, "wide", NULL, 0);
	t = type(w, (uint32_t)btf__find_by_name_kind(w->cut, "wide", BTF_KIND_ENUM64));
	check_text("constant", text(w, btf_enum64(t)->name_off), "FAR");
	assert_true(btf_enum64_value(btf_enum64(t)) == 1ULL << 40);
}

/* A copy of exactly so many bytes, which a sanitizer watches the ends of. */
static int cut_copy(const struct world *w, size_t len, size_t at, uint8_t flip)
{
	struct btfcut_id id = { "outer", BTF_KIND_STRUCT, 99 };
	const char *const names[] = { "outer", "twice", "wide", "cast" };
	_cleanup_free_ uint8_t *copy = malloc(len ? len : 1);
	_cleanup_buf_ struct buf part = { 0 };
	int r;

	assert_non_null(copy);
	memcpy(copy, w->bytes, len);
	if (at < len)
		copy[at] ^= flip;
	r = btfcut(copy, len, names, ARRAY_LEN(names), &id, 1, &part);
	if (r < 0) {
		assert_int_equal(part.len, 0);
		assert_int_equal(id.id, 0);
	}
	return r;
}

/* Of the first type, behind the header: the byte of its `info` that has the kind. */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define KIND_AT (24 + 7)
#else
#define KIND_AT (24 + 4)
#endif

static void test_broken(void **state)
{
	const struct world *w = *state;
	static const uint8_t flips[] = { 0x01, 0x80, 0xff };

	for (uint32_t len = 0; len < w->size; len++)
		assert_int_equal(cut_copy(w, len, len, 0), -EINVAL);
	assert_int_equal(cut_copy(w, w->size, 0, 0x01), -EINVAL);	/* the magic number */
	assert_int_equal(cut_copy(w, w->size, 2, 0x02), -EINVAL);	/* the version */
	assert_int_equal(cut_copy(w, w->size, KIND_AT, 0x1e), -EINVAL); /* no such kind */
	assert_int_equal(cut_copy(w, w->size, w->size - 1, 0xff),
			 -EINVAL); /* names without an end */
	for (uint32_t at = 0; at < w->size; at++)
		for (size_t i = 0; i < ARRAY_LEN(flips); i++) {
			int r = cut_copy(w, w->size, at, flips[i]);

			assert_true(r == 0 || r == -EINVAL);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_within, open_world, close_world),
		cmocka_unit_test_setup_teardown(test_names, open_world, close_world),
		cmocka_unit_test_setup_teardown(test_ids, open_world, close_world),
		cmocka_unit_test_setup_teardown(test_wide, open_world, close_world),
		cmocka_unit_test_setup_teardown(test_broken, open_world, close_world),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
