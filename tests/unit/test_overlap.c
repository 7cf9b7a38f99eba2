// SPDX-License-Identifier: MIT
/* Entries that overlap: by cases, and against a comparison of each pair. */
#include "lint_rows.h"

static const struct lint_case cases[] = {
	{ "neighbours", { A(ENTRIES(TCP("1-2", "") TCP("3-4", "") UDP("1-4", ""))) }, "" },
	{ "they meet in a port",
	  { A(ENTRIES(TCP("1-3", ""))), B(ENTRIES(TCP("3-4", ""))) },
	  "2.yaml:3 overlap tcp 3\n" },
	{ "it is the later one's, though its ports are lower",
	  { A(ENTRIES(TCP("3-4", ""))), B(ENTRIES(TCP("1-3", ""))) },
	  "2.yaml:3 overlap tcp 1\n" },
	{ "roles apart", { A(ENTRIES(TCP("1", WORKER) TCP("1", CONTROL_PLANE))) }, "" },
	{ "any role meets each",
	  { A(LINES(TCP("1", WORKER) "\n" TCP("1", CONTROL_PLANE) "\n" TCP("1", ""))) },
	  "1.yaml:6 overlap tcp 1\n" },
	{ "platforms apart", { A(ENTRIES(TCP("1", ON("aws")) TCP("1", ON("gcp, azure")))) }, "" },
	{ "platforms in common",
	  { A(LINES(
		  TCP("1", ON("aws")) "\n" TCP("1", ON("gcp")) "\n" TCP("1", ON("azure, gcp")))) },
	  "1.yaml:6 overlap tcp 1\n" },
	{ "all platforms meet each",
	  { A(LINES(TCP("1", "") "\n" TCP("1", ON("gcp")))) },
	  "1.yaml:5 overlap tcp 1\n" },
	{ "localhost and external",
	  { A(LINES(TCP("1", LOCALHOST) "\n" TCP("1", ""))) },
	  "1.yaml:5 overlap tcp 1\n" },
	{ "the wide one comes first, a narrow one lies between",
	  { A(LINES(TCP("1-100", "") "\n" TCP("2", WORKER ON("x")) "\n" TCP("50", ""))) },
	  "1.yaml:5 overlap tcp 2\n1.yaml:6 overlap tcp 50\n" },
	{ "of many in one layer there is one finding",
	  { A(ENTRIES(TCP("1", "") TCP("2", "") TCP("3", ""))), B(ENTRIES(TCP("1-3", ""))) },
	  "2.yaml:3 overlap tcp 1\n" },
	{ "in two layers two",
	  { A(ENTRIES(TCP("1", ""))), B(ENTRIES(TCP("2", ""))), C(ENTRIES(TCP("1-2", ""))) },
	  "3.yaml:3 overlap tcp 1\n3.yaml:3 overlap tcp 1\n" },
	{ "the other protocol's rows do not reach over",
	  { A(ENTRIES(TCP("1-100", ""))), B(ENTRIES(UDP("50", ""))) },
	  "" },
};

static void test_overlap(void **state)
{
	(void)state;
	lint_run(cases, ARRAY_LEN(cases), SEVERITY_WARNING, put_lint);
}

static const struct lint_case words[] = {
	{ "in one layer",
	  { A(LINES(TCP("1-3", "") "\n" TCP("3-4", ""))) },
	  "overlap: tcp 3-4 (p) overlaps tcp 1-3 (p) at 1.yaml:4 -> the most permissive one "
	  "decides: "
	  "leave one out, or give each its role or platforms\n" },
	{ "in two layers, one for localhost",
	  { A(ENTRIES(TCP("9545", ""))), B(ENTRIES(TCP("9000-9999", LOCALHOST))) },
	  "overlap: tcp 9000-9999 (p) overlaps tcp 9545 (p) at 1.yaml:3: the one for localhost "
	  "does "
	  "not limit the other -> the most permissive one decides: if the earlier one does not "
	  "hold "
	  "here, drop: [{ports: 9545, protocol: tcp, layer: a, reason: \"...\"}]\n" },
	{ "several",
	  { A(LINES(TCP("1", "") "\n" TCP("2", "") "\n" TCP("3", ""))),
	    B(ENTRIES(TCP("1-3", ""))) },
	  "overlap: tcp 1-3 (p) overlaps tcp 1 (p) at 1.yaml:4 and 2 more -> the most permissive "
	  "one "
	  "decides: if the earlier one does not hold here, drop: [{ports: 1, protocol: tcp, layer: "
	  "a, reason: \"...\"}]\n" },
};

static void test_words(void **state)
{
	(void)state;
	lint_run(words, ARRAY_LEN(words), SEVERITY_WARNING, put_lint_words);
}

/* An accept of several pairs names all of their ports, and no more are needed. */
static const struct lint_case accepts[] = {
	{ "all of the earlier ones' ports",
	  { A(ENTRIES(TCP("4-5", "") TCP("1-2", "") TCP("3", ""))),
	    B(ENTRIES(TCP("1-9",
			  "")) "\naccept: [{rule: overlap, ports: 1-5, layer: a, reason: r}]") },
	  "2.yaml:3 overlap tcp 1 (r)\n" },
	{ "without the first one",
	  { A(ENTRIES(TCP("4-5", "") TCP("1-2", "") TCP("3", ""))),
	    B(ENTRIES(TCP("1-9",
			  "")) "\naccept: [{rule: overlap, ports: 2-5, layer: a, reason: r}]") },
	  "2.yaml:3 overlap tcp 1\n2.yaml:4 unused-accept tcp 2\n" },
	{ "without the last one",
	  { A(ENTRIES(TCP("4-5", "") TCP("1-2", "") TCP("3", ""))),
	    B(ENTRIES(TCP("1-9",
			  "")) "\naccept: [{rule: overlap, ports: 1-4, layer: a, reason: r}]") },
	  "2.yaml:3 overlap tcp 1\n2.yaml:4 unused-accept tcp 1\n" },
};

static void test_accepts(void **state)
{
	(void)state;
	lint_run(accepts, ARRAY_LEN(accepts), SEVERITY_WARNING, put_lint);
}

/* ---- against a comparison of each pair ----------------------------------------------------- */
#define MODEL_ROWS 12

struct model_row {
	const char *proto, *role;
	unsigned int platforms; /* bits; 0: all */
	unsigned int first, last;
};

/* The same numbers in each run. */
static unsigned int draw(unsigned int *seed, unsigned int below)
{
	*seed = *seed * 1103515245u + 12345u;
	return (*seed >> 16) % below;
}

static struct model_row draw_row(unsigned int *seed)
{
	static const char *const protos[] = { "tcp", "udp" };
	static const char *const roles[] = { "any", "control-plane", "worker" };
	struct model_row row = {
		.proto = protos[draw(seed, 2)],
		.role = roles[draw(seed, 3)],
		.platforms = draw(seed, 2) ? draw(seed, 8) : 0,
		.first = 1 + draw(seed, 40),
	};

	row.last = row.first + (draw(seed, 2) ? draw(seed, 20) : 0);
	return row;
}

static bool can_meet(const struct model_row *a, const struct model_row *b)
{
	bool roles = strcmp(a->role, b->role) == 0 || strcmp(a->role, "any") == 0 ||
		     strcmp(b->role, "any") == 0;
	bool platforms = !a->platforms || !b->platforms || (a->platforms & b->platforms);

	return strcmp(a->proto, b->proto) == 0 && roles && platforms && a->first <= b->last &&
	       b->first <= a->last;
}

static void put_row(const struct model_row *row, struct buf *out)
{
	static const char *const names[] = { "aws", "gcp", "azure" };
	const char *between = "";

	buf_printf(out, "- {protocol: %s, ports: %u-%u, process: p, role: %s, platforms: [",
		   row->proto, row->first, row->last, row->role);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (!(row->platforms & 1u << i))
			continue;
		buf_printf(out, "%s%s", between, names[i]);
		between = ", ";
	}
	buf_puts(out, "]}\n");
}

/* Is the row of a pair that starts first, or stands first: it was there when the other came. */
static bool comes_first(const struct model_row *rows, size_t i, size_t j)
{
	return rows[i].first != rows[j].first ? rows[i].first < rows[j].first : i < j;
}

/*
 * By row, how many findings there are at it: each row that meets one that comes first
 * is paired with one of these, and the finding is at the later one of the two.
 */
static size_t count_paired(const struct model_row *rows, size_t n)
{
	size_t paired = 0;

	for (size_t i = 0; i < n; i++) {
		bool meets = false;

		for (size_t j = 0; j < n; j++)
			meets |= i != j && comes_first(rows, j, i) && can_meet(&rows[i], &rows[j]);
		paired += meets;
	}
	return paired;
}

/* Pairs that findings stand for; and each finding is about two rows that do meet. */
static size_t count_found(const struct findings *findings, const struct model_row *rows)
{
	size_t found = 0;

	for (size_t i = 0; i < findings->len; i++) {
		const struct finding *f = &findings->items[i];
		const char *more = strstr(f->message, " and "), *at = strstr(f->message, " at ");
		unsigned int line = 0, others = 0;

		if (f->rule != lint_rule(LINT_OVERLAP))
			continue;
		if (more)
			(void)sscanf(more, " and %u more", &others);
		assert_non_null(at);
		check_int("place", sscanf(at, " at t.yaml:%u", &line), 1);
		check_int("the later one", line < f->line, true);
		check_int("they meet", can_meet(&rows[f->line - 4], &rows[line - 4]), true);
		found += 1 + others;
	}
	return found;
}

static void test_model(void **state)
{
	struct lint_facts facts = lint_today;
	unsigned int seed = 1;

	(void)state;
	facts.least = SEVERITY_WARNING;
	for (int round = 0; round < 400; round++) {
		_cleanup_findings_ struct findings findings = { 0 };
		_cleanup_(registry_freep) struct registry *reg = NULL;
		_cleanup_buf_ struct buf lists = { 0 };
		struct model_row rows[MODEL_ROWS];
		size_t n = 1 + draw(&seed, MODEL_ROWS);

		buf_puts(&lists, "entries:\n");
		for (size_t i = 0; i < n; i++) {
			rows[i] = draw_row(&seed);
			put_row(&rows[i], &lists);
		}
		reg = registry_of_lists(lists.data);
		assert_int_equal(lint_registry(reg, &facts, &findings), 0);
		if (count_found(&findings, rows) != count_paired(rows, n))
			fail_msg("%zu pairs, want %zu:\n%s", count_found(&findings, rows),
				 count_paired(rows, n), lists.data);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_overlap),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_accepts),
		cmocka_unit_test(test_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
