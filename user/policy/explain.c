// SPDX-License-Identifier: MIT
#include "explain.h"

#include <errno.h>

#include "explain_why.h"
#include "resolve.h"

static bool names_port(const struct reg_row *row, const struct hp_query *q)
{
	return row->kind != REG_ACCEPT && row->proto == q->proto && row->first <= q->port &&
	       q->port <= row->last;
}

static bool row_holds(const struct explain_input *in, const struct reg_row *row)
{
	uint8_t cls;

	if (row->dropped)
		return false;
	if (reg_row_owned(row) && owner_of_row(row, &in->who) != OWNER_YES)
		return false;
	if (row->kind == REG_EXCEPTION)
		return resolve_exception_holds(row, in->facts);
	if (row->kind == REG_CLIENT)
		return policy_row_class(row, in->facts) == HP_CLASS_NONE;
	if (row->kind != REG_ENTRY && row->kind != REG_RETIRED)
		return true;
	if (resolve_is_owned(row, in->facts) && owner_of_row(row, &in->who) == OWNER_NO)
		return false;
	cls = policy_row_class(row, in->facts);
	return resolve_class(row, cls, in->query.scope) == HP_CLASS_NONE;
}

static size_t count_rows(const struct explain_input *in)
{
	size_t n = 0;

	for (size_t i = 0; i < in->registry->len; i++)
		for (size_t j = 0; j < in->registry->layers[i].len; j++)
			n += names_port(&in->registry->layers[i].rows[j], &in->query);
	return n;
}

static int add_row(struct explanation *e, const struct reg_layer *layer, const struct reg_row *row)
{
	_cleanup_buf_ struct buf why = { 0 };
	char *text;

	explain_why_row(&e->input, row, &why);
	text = buf_take(&why);
	if (!text)
		return -ENOMEM;
	e->rows[e->rows_len++] = (struct explain_row) {
		.layer = layer,
		.row = row,
		.holds = row_holds(&e->input, row),
		.owner = owner_of_row(row, &e->input.who),
		.why = text,
	};
	return 0;
}

static int add_rows(struct explanation *e)
{
	const struct registry *reg = e->input.registry;
	size_t n = count_rows(&e->input);
	int r = 0;

	e->rows = calloc(n ? n : 1, sizeof(*e->rows));
	if (!e->rows)
		return -ENOMEM;
	for (size_t i = 0; i < reg->len; i++) {
		const struct reg_layer *layer = &reg->layers[i];

		for (size_t j = 0; j < layer->len && r == 0; j++)
			if (names_port(&layer->rows[j], &e->input.query))
				r = add_row(e, layer, &layer->rows[j]);
	}
	return r;
}

/* The exception that excepts the bind: of those that hold, the one that ends last. */
static const struct explain_row *exception_of(const struct explanation *e)
{
	const struct explain_row *last = NULL;

	for (size_t i = 0; i < e->rows_len; i++) {
		const struct explain_row *r = &e->rows[i];

		if (r->row->kind != REG_EXCEPTION || !r->holds || r->row->cls != e->decision.cls)
			continue;
		if (!last || reg_date_compare(r->row->until, last->row->until) > 0)
			last = r;
	}
	return last;
}

int explain(const struct explain_input *input, struct explanation **ret_explanation)
{
	_cleanup_(explanation_freep) struct explanation *e = calloc(1, sizeof(*e));
	_cleanup_buf_ struct buf why = { 0 };
	int r;

	if (!e)
		return -ENOMEM;
	e->input = *input;
	e->decision = policy_decide_for(input->policy, input->config, &input->query, &input->who);
	e->entry = registry_row(input->registry, e->decision.row, &e->entry_layer);
	r = add_rows(e);
	if (r < 0)
		return r;
	explain_why_decision(e, exception_of(e), &why);
	e->why = buf_take(&why);
	if (!e->why)
		return -ENOMEM;
	*ret_explanation = TAKE_PTR(e);
	return 0;
}

void explanation_free(struct explanation *e)
{
	if (!e)
		return;
	for (size_t i = 0; i < e->rows_len; i++)
		free(e->rows[i].why);
	free(e->rows);
	free(e->why);
	free(e);
}
