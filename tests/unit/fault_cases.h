/* SPDX-License-Identifier: MIT */
/* Registry files that have faults, what is said of them, and where. */
#pragma once

#include "test.h"

#include <errno.h>

#include "../../user/registry/registry.h"

struct fault_case {
	/*
	 * What follows "version: 1, name: x, " in braces, with an @ before what is
	 * wrong; or, where it has a line end, the whole file.
	 */
	const char *text;
	const char *want; /* @ is the position of the @; NULL: nothing is wrong */
};

#define ENTRY(keys)	"entries: [{" keys "}]"
#define PORT		"ports: 1, protocol: tcp, "
#define WITH(keys)	ENTRY(PORT "process: p, " keys)
#define RETIRED(keys)	"retired: [{" PORT "process: p, " keys "}]"
#define EXCEPTION(keys) "exceptions: [{" PORT keys "}]"
#define DROP(keys)	"drop: [{" PORT keys "}]"

/* Copy the text without its mark; the position of the mark. */
static inline size_t unmark(const char *text, struct buf *out)
{
	size_t column = 0;

	for (; *text; text++) {
		if (*text == '@')
			column = out->len + 1;
		else
			buf_putc(out, *text);
	}
	return column;
}

static inline void put_want(const char *want, size_t column, struct buf *out)
{
	for (; *want; want++) {
		if (*want == '@')
			buf_printf(out, "f:1:%zu", column);
		else
			buf_putc(out, *want);
	}
}

static inline void check_fault(const struct fault_case *c)
{
	_cleanup_buf_ struct buf text = { 0 }, out = { 0 }, want = { 0 };
	bool whole = strchr(c->text, '\n') != NULL;
	_cleanup_(layer_freep) struct reg_layer *layer = NULL;
	_cleanup_diags_ struct diags diags = { 0 };
	size_t column;

	buf_puts(&text, whole ? "" : "{version: 1, name: x, ");
	column = unmark(c->text, &text);
	buf_puts(&text, whole ? "" : "}");
	check_int(c->text, layer_parse("f", text.data, text.len, &diags, &layer),
		  c->want ? -EINVAL : 0);
	check_int(c->text, layer == NULL, c->want != NULL);
	diags_text(&diags, &out);
	put_want(c->want ? c->want : "", column, &want);
	check_text(c->text, out.data, want.data);
}

static inline void check_faults(const struct fault_case *cases, size_t n)
{
	for (size_t i = 0; i < n; i++)
		check_fault(&cases[i]);
}
