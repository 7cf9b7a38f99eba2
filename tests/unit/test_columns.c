// SPDX-License-Identifier: MIT
/* Notes beside the columns that programs read. */
#include "lint_rows.h"

static const struct lint_case cases[] = {
	{ "notes and columns agree",
	  { A(ENTRIES(TCP("1", CONTROL_PLANE YES NOTES("Control plane only"))
			      TCP("2", LOCALHOST NOTES("x, localhost-only"))
				      TCP("3", ON("baremetal") NOTES("Baremetal only; y")))) },
	  "" },
	{ "notes against columns",
	  { A(ENTRIES(TCP("1", NOTES("metrics, control plane only"))
			      TCP("2", NOTES("localhost-only")) TCP("3", NOTES("baremetal only"))
				      TCP("4", ON("baremetal, aws") NOTES("baremetal only")))) },
	  "1.yaml:3 notes-contradict-columns tcp 1\n1.yaml:3 notes-contradict-columns tcp 2\n"
	  "1.yaml:3 notes-contradict-columns tcp 3\n1.yaml:3 notes-contradict-columns tcp 4\n" },
	{ "the blank cell of a page",
	  { A(ENTRIES(TCP("1", CONTROL_PLANE NOTES("control plane only")) TCP("2", NO))) },
	  "1.yaml:3 notes-contradict-columns tcp 1\n" },
	{ "no cells, no page",
	  { A(ENTRIES(TCP("1", CONTROL_PLANE NOTES("control plane only")))) },
	  "" },
	{ "cell against role",
	  { A(ENTRIES(TCP("1", YES) TCP("2", NO CONTROL_PLANE) TCP("3", NO WORKER))) },
	  "1.yaml:3 notes-contradict-columns tcp 1\n1.yaml:3 notes-contradict-columns tcp 2\n" },
	{ "localhost in the external table",
	  { A(ENTRIES(TCP("1", LOCALHOST EXTERNAL_TABLE NOTES("localhost only"))
			      TCP("2", LOCALHOST EXTERNAL_TABLE))) },
	  "1.yaml:3 notes-contradict-columns tcp 1\n" },
	{ "a retired row's notes",
	  { A("retired: [{protocol: tcp, ports: 1, process: p, removed: '4.1', notes: localhost "
	      "only}]") },
	  "1.yaml:3 notes-contradict-columns tcp 1\n" },
	{ "cells of one layer say nothing of another",
	  { A(ENTRIES(TCP("1", NO))),
	    B(ENTRIES(TCP("2", CONTROL_PLANE NOTES("control plane only")))),
	    C(ENTRIES(TCP("3", NO) TCP("4", CONTROL_PLANE NOTES("control plane only")))) },
	  "3.yaml:3 notes-contradict-columns tcp 4\n" },
	{ "a retired row's cell is one",
	  { A("retired: [{protocol: tcp, ports: 1, process: p, removed: '4.1'" YES
	      "}]\n" ENTRIES(TCP("2", CONTROL_PLANE NOTES("control plane only")))) },
	  "1.yaml:3 notes-contradict-columns tcp 1\n1.yaml:4 notes-contradict-columns tcp 2\n" },
	{ "the localhost table of a row for localhost",
	  { A(ENTRIES(TCP("1", LOCALHOST ", table: localhost" NOTES("localhost only")))) },
	  "" },
	{ "a dropped row's notes",
	  { A(ENTRIES(TCP("1", NOTES("localhost only")))),
	    B("drop: [{ports: 1, protocol: tcp, reason: r}]") },
	  "" },
};

static void test_columns(void **state)
{
	(void)state;
	lint_run(cases, ARRAY_LEN(cases), SEVERITY_WARNING, put_lint);
}

/* Which words the notes may have, in any case, and which are not enough. */
static void test_wordings(void **state)
{
	static const struct {
		const char *notes;
		bool contradict; /* a row for everybody */
	} wordings[] = {
		{ "control plane only", true },	  { "control-plane only", true },
		{ "Control-Plane-Only.", true },  { "localhost only", true },
		{ "x Localhost-Only", true },	  { "baremetal only", true },
		{ "baremetal-only", true },	  { "Bare metal only", true },
		{ "control plane", false },	  { "localhost", false },
		{ "baremetal", false },		  { "only", false },
		{ "control  plane only", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wordings); i++) {
		_cleanup_(registry_freep) struct registry *reg = NULL;
		_cleanup_buf_ struct buf lists = { 0 }, out = { 0 };
		struct lint_facts facts = lint_today;

		facts.least = SEVERITY_WARNING;
		buf_printf(&lists, "entries: [{protocol: tcp, ports: 1, process: p, notes: '%s'}]",
			   wordings[i].notes);
		reg = registry_of_lists(lists.data);
		put_lint(reg, &facts, &out);
		check_text(wordings[i].notes, out.data,
			   wordings[i].contradict ? "t.yaml:3 notes-contradict-columns tcp 1\n" :
						    NULL);
	}
}

#define SAYS(what) "notes-contradict-columns: tcp 1 (p): " what "\n"
static const struct lint_case words[] = {
	{ "role",
	  { A(ENTRIES(TCP("1", YES NOTES("control plane only")))) },
	  SAYS("notes say control plane only, and the role does not -> role: control-plane, or "
	       "other notes") },
	{ "cell",
	  { A(ENTRIES(TCP("1", NO CONTROL_PLANE NOTES("control plane only")))) },
	  SAYS("notes say control plane only, and the control_plane cell does not -> "
	       "control_plane: \"yes\", or other notes") },
	{ "cell says yes",
	  { A(ENTRIES(TCP("1", YES WORKER))) },
	  SAYS("the control_plane cell says yes, and the role does not -> role: control-plane") },
	{ "cell says no",
	  { A(ENTRIES(TCP("1", NO CONTROL_PLANE))) },
	  SAYS("the control_plane cell says no, and the role is control-plane -> role: any, or "
	       "control_plane: \"yes\"") },
	{ "scope",
	  { A(ENTRIES(TCP("1", NOTES("localhost only")))) },
	  SAYS("notes say localhost only, and the scope is external -> scope: localhost, or other "
	       "notes") },
	{ "table",
	  { A(ENTRIES(TCP("1", LOCALHOST EXTERNAL_TABLE NOTES("localhost only")))) },
	  SAYS("notes say localhost only, and it stands in the external table -> move it to the "
	       "table of localhost") },
	{ "all platforms",
	  { A(ENTRIES(TCP("1", NOTES("baremetal only")))) },
	  SAYS("notes say baremetal only, and it is for all platforms -> platforms: [baremetal], "
	       "or other notes") },
	{ "other platforms",
	  { A(ENTRIES(TCP("1", ON("aws") NOTES("baremetal only")))) },
	  SAYS("notes say baremetal only, and the platforms are others -> platforms: [baremetal], "
	       "or other notes") },
};

static void test_words(void **state)
{
	(void)state;
	lint_run(words, ARRAY_LEN(words), SEVERITY_WARNING, put_lint_words);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_columns),
		cmocka_unit_test(test_wordings),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
